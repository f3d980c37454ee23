"""Alerts: what probes told, what came of it, and what Prometheus and Alertmanager know."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web

from bot.checks import store
from bot.checks.model.result import Verdict as Answer
from bot.checks.model.trouble import NEW, Trouble
from bot.checks.sources import Access
from bot.db import Database
from bot.incidents.model.incident import Incident, Status
from bot.reports.model import Verdict
from bot.reports.sections.alerts import Alert, Fired, alerts, tell
from tests.checks.asking import serving
from tests.reports.wanting import END, SITE, WEEK, figure, wanted

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def trouble(began: datetime, check: str = "site", **more: Any) -> Trouble:
    told = Trouble(NEW, check, began, began, Answer.FAIL, Answer.FAIL, "503, expected 200")
    return Trouble(**{**told.__dict__, "ended_at": began + 5 * MINUTE, **more})


def incident(number: int, status: Status) -> Incident:
    return cast("Incident", SimpleNamespace(name=f"INC-{number}", status=status))


@dataclass
class Alerting:
    """A Prometheus and an Alertmanager in one."""

    url: str = ""
    status: int = 200
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.query.get("query", request.path))
        if self.status != 200:
            return web.Response(status=self.status)
        if request.path.endswith("/alerts"):
            labels = {"labels": {"alertname": "DiskFull"}, "status": {"state": "active"}}
            return web.json_response([labels])
        result = [
            {"metric": {"alertname": "HighErrors"}, "value": [1, "3"]},
            {"metric": {"alertname": "DiskFull"}, "value": [1, "1"]},
        ]
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": result}})


@pytest.fixture
async def alerting() -> AsyncIterator[Alerting]:
    found = Alerting()
    async with serving(found.answer) as url:
        found.url = url
        yield found


async def test_troubles_of_the_week_are_counted_and_those_before_are_not(database: Database) -> None:
    async with database.write() as connection:
        for each in (
            trouble(WEEK.start - DAY),
            trouble(WEEK.start + DAY),
            trouble(WEEK.start + 2 * DAY, gravest=Answer.UNKNOWN),
            trouble(WEEK.start - 2 * DAY, again_at=END - DAY, times=3, ended_at=None),
        ):
            await store.keep_trouble(connection, each)
    found = await alerts(wanted(database, checks={"site": SITE}))

    assert figure(found, "alerts").value == 3
    assert figure(found, "alerts of silent sources").value == 1
    assert "still there, 3 times, no incident: 503, expected 200" in found.lines[0]
    assert found.headline == "3 alerts of probes, 0 led to an incident, 0 false"


def test_an_alert_whose_incident_was_no_incident_is_false() -> None:
    told = [
        Alert(trouble(WEEK.start + DAY, incident=4), incident(4, Status.RESOLVED)),
        Alert(trouble(WEEK.start + 2 * DAY, incident=5), incident(5, Status.CANCELLED)),
        # Of a private one nobody else hears.
        Alert(trouble(WEEK.start + 3 * DAY, incident=6), None),
    ]
    found = tell(told, Fired(), WEEK)

    assert figure(found, "alerts that led to an incident").value == 2
    assert figure(found, "false alarms").value == 1
    assert "INC-5" in figure(found, "false alarms").rows[0]
    assert not any("INC-6" in line for line in found.lines)
    assert found.verdict is Verdict.WATCH


def test_much_noise_asks_whether_a_threshold_is_right() -> None:
    told = [Alert(trouble(WEEK.start + n * MINUTE, "flaky"), None) for n in range(6)]
    found = tell(told, Fired(), WEEK)

    assert found.decision == "flaky raised 6 alerts that asked for nothing: is its threshold right?"


async def test_what_prometheus_fired_and_what_fires_now(database: Database, alerting: Alerting) -> None:
    access = Access(prometheus=alerting.url, alertmanager=alerting.url)
    asked = wanted(database, checks={"site": SITE}, access=access)
    found = await alerts(asked)
    await asked.sources.close()

    assert figure(found, "alerts fired by Prometheus").value == 4
    assert figure(found, "alerts fired by Prometheus").rows == ("HighErrors: 3", "DiskFull: 1")
    assert figure(found, "alerts firing now").rows == ("1 firing: DiskFull",)
    assert 'count by (alertname) (last_over_time(ALERTS{alertstate="firing"}[604800s]))' in alerting.asked
    assert found.verdict is Verdict.OK


async def test_alerting_that_does_not_answer_is_unknown(database: Database, alerting: Alerting) -> None:
    alerting.status = 503
    access = Access(prometheus=alerting.url, alertmanager=alerting.url)
    asked = wanted(database, checks={"site": SITE}, access=access)
    found = await alerts(asked)
    await asked.sources.close()

    assert found.verdict is Verdict.UNKNOWN
    assert figure(found, "alerts fired by Prometheus").value is None
    assert figure(found, "alerts firing now").value is None
    assert "not known: what Prometheus fired, for Prometheus answered 503" in found.headline


async def test_without_probes_and_alerting_it_says_what_to_connect(database: Database) -> None:
    assert "give checks an `every`" in (await alerts(wanted(database))).connect
