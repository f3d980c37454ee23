"""Reliability: day by day from probes and from Prometheus, against targets; silence is unknown."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.checks.model.result import Verdict as Answer
from bot.checks.sources import Access
from bot.db import Database
from bot.playbook.report_sources import Traffic
from bot.reports.model import Section, Verdict
from bot.reports.sections import unknown
from bot.reports.sections.reliability import reliability
from bot.reports.traffic import queries_of
from tests.checks.asking import serving
from tests.reports.wanting import END, MINUTE, SITE, WEEK, answers, figure, wanted

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
TARGETS = {"uptime": "99%", "average": "500ms", "p95": "1s", "p99": "2s", "error_rate": "0.1%"}
RATE = {"prometheus": {"query": "errors / requests"}, "every": "1m"}


def row(found: Section, date: str) -> dict[str, Any]:
    assert found.table is not None
    return next(
        dict(zip(found.table.columns, each, strict=True)) for each in found.table.rows if each[0] == date
    )


async def test_a_week_of_probes_makes_a_row_a_day_and_one_of_averages(database: Database) -> None:
    await answers(database, "site", WEEK.start, END - 2 * DAY, value=0.2)
    outage = END - 2 * DAY
    await answers(database, "site", outage, outage + 30 * MINUTE, verdict=Answer.FAIL, value=None, took=10)
    await answers(database, "site", outage + 30 * MINUTE, END - HOUR, value=0.4)
    await answers(database, "site", END - HOUR, END, value=3.0)
    await answers(database, "error-rate", WEEK.start, END, value=0.002)
    checks = {"site": SITE, "error-rate": RATE}
    found = await reliability(wanted(database, {"targets": TARGETS}, checks=checks))

    week = 7 * 1440
    uptime = figure(found, "uptime")
    assert (uptime.value, uptime.n, uptime.target) == (round(100 * (week - 30) / week, 4), week, "≥ 99 %")
    assert uptime.verdict is Verdict.OK
    assert any("site failed after 10 s" in each for each in uptime.rows)
    # Only answers have a time: the half hour of waiting in vain is none.
    n = (5 * 1440, 2 * 1440 - 90, 60)
    average = (n[0] * 0.2 + n[1] * 0.4 + n[2] * 3) / sum(n)
    assert figure(found, "average response").value == round(average * 1000, 1)
    assert figure(found, "p95 response").value == 400
    assert figure(found, "p99 response").value == 400
    errors = figure(found, "error rate")
    assert (errors.value, errors.target, errors.verdict) == (0.2, "≤ 0.1 %", Verdict.WATCH)
    assert errors.rows[0] == "from error-rate"
    assert found.verdict is Verdict.WATCH
    assert "site failed from Wed 18 Nov 16:00: 30 answers, over 29 min" in found.lines

    assert row(found, "2026-11-13")["notes"] == "from 16:00"
    assert row(found, "2026-11-14")["uptime %"] == 100
    assert row(found, "2026-11-14")["average ms"] == 200
    assert row(found, "2026-11-18")["uptime %"] == round(100 * 1410 / 1440, 4)
    assert row(found, "2026-11-20")["p99 ms"] == 3000
    total = row(found, "week, average")
    assert (total["uptime %"], total["p95 ms"], total["error %"]) == (uptime.value, 400, 0.2)
    assert found.chart is not None
    assert (len(found.chart.labels), found.chart.target) == (8, 1000)


async def test_an_uptime_below_its_target_is_bad_and_asks_for_a_decision(database: Database) -> None:
    await answers(database, "site", WEEK.start, WEEK.start + 5 * DAY)
    await answers(database, "site", WEEK.start + 5 * DAY, END, verdict=Answer.FAIL)
    found = await reliability(wanted(database, {"targets": TARGETS}, checks={"site": SITE}))

    assert found.verdict is Verdict.BAD
    assert found.decision == "Uptime was 71.4286 %, not 99 %: what is done about it?"


async def test_unknown_answers_count_neither_way_and_are_told(database: Database) -> None:
    await answers(database, "site", WEEK.start, WEEK.start + DAY)
    await answers(database, "site", WEEK.start + DAY, END, verdict=Answer.UNKNOWN, value=None)
    found = await reliability(wanted(database, {"targets": TARGETS}, checks={"site": SITE}))

    assert figure(found, "uptime").value == 100
    assert figure(found, "uptime").n == 1440
    assert found.verdict is Verdict.UNKNOWN
    assert f"{6 * 1440} answers of probes are unknown" in found.lines[0]


async def test_nothing_measured_is_unknown_and_nothing_to_measure_says_what_to_connect(
    database: Database,
) -> None:
    silent = await reliability(wanted(database, {"targets": TARGETS}, checks={"site": SITE}))
    nothing = await reliability(wanted(database))

    assert (silent.verdict, silent.headline) == (Verdict.UNKNOWN, "not known: nothing was measured")
    assert figure(silent, "uptime").value is None
    assert "add a check of an address" in nothing.connect


async def test_what_was_usual_is_said_from_four_weeks_on(database: Database) -> None:
    await answers(database, "site", WEEK.start - 21 * DAY, END, every=HOUR)
    three = await reliability(wanted(database, checks={"site": SITE}))
    await answers(database, "site", WEEK.start - 28 * DAY, WEEK.start - 21 * DAY, every=HOUR)
    four = await reliability(wanted(database, checks={"site": SITE}))

    assert figure(three, "uptime").usual == ""
    assert "4 weeks" in figure(four, "uptime").usual


async def test_a_week_of_which_little_was_measured_is_unknown_however_good_that_was(
    database: Database,
) -> None:
    await answers(database, "site", END - DAY, END)
    found = await reliability(wanted(database, {"targets": TARGETS}, checks={"site": SITE}))

    assert found.verdict is Verdict.UNKNOWN
    assert figure(found, "uptime").value == 100
    assert found.lines[0] == "Only 1440 of 10080 answers of probes are on record"
    assert "Errors are not counted" in found.lines[1]


@dataclass
class Prometheus:
    """Answers queries by what is in them; keeps them."""

    url: str = ""
    values: dict[str, str] = field(default_factory=dict)
    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(dict(request.query))
        if self.status != 200:
            return web.json_response({"status": "error"}, status=self.status)
        value = next((v for part, v in self.values.items() if part in request.query["query"]), None)
        result = [{"metric": {}, "value": [1795, value]}] if value is not None else []
        data = {"resultType": "vector", "result": result}
        return web.json_response({"status": "success", "data": data})


@pytest.fixture
async def prometheus() -> AsyncIterator[Prometheus]:
    found = Prometheus()
    async with serving(found.answer) as url:
        found.url = url
        yield found


TRAFFIC = {
    "requests": "http_total",
    "errors": 'http_total{code=~"5.."}',
    "durations": 'http_seconds{job="api"}',
}


async def test_prometheus_counts_errors_of_requests_and_percentiles_of_each_day(
    database: Database, prometheus: Prometheus
) -> None:
    prometheus.values = {
        "histogram_quantile(0.95": "0.7",
        "histogram_quantile(0.99": "1.5",
        "_count": "0.25",
        "code=~": "12",
        "http_total": "48000",
    }
    await answers(database, "site", WEEK.start, END)
    report = {"targets": TARGETS, "reliability": {"prometheus": TRAFFIC}}
    asked = wanted(database, report, checks={"site": SITE}, access=Access(prometheus=prometheus.url))
    found = await reliability(asked)
    await asked.sources.close()

    assert figure(found, "uptime").value == 100
    assert figure(found, "p95 response").value == 700
    errors = figure(found, "error rate")
    assert (errors.value, errors.n, errors.verdict) == (0.025, 48_000, Verdict.OK)
    assert "Sat 14 Nov: 0.025 %, 12 of 48000 requests" in errors.rows
    assert errors.rows[0] == "from Prometheus"
    saturday = row(found, "2026-11-14")
    assert (saturday["requests"], saturday["p99 ms"], saturday["average ms"]) == (48_000, 1500, 250)
    queries = {each["query"] for each in prometheus.asked}
    assert "sum(increase(http_total[86400s]))" in queries
    assert (
        'histogram_quantile(0.95, sum by (le) (increase(http_seconds_bucket{job="api"}[86400s])))' in queries
    )


async def test_requests_without_a_single_error_have_an_error_rate_of_nothing(
    database: Database, prometheus: Prometheus
) -> None:
    prometheus.values = {"code=~": "NaN", "http_total": "100"}
    asked = wanted(
        database,
        {"reliability": {"prometheus": {**TRAFFIC, "url": prometheus.url}}},
    )
    found = await reliability(asked)
    await asked.sources.close()
    other = {**TRAFFIC, "errors": "errors_total", "url": prometheus.url}
    prometheus.values = {"http_total": "100"}
    misspelt = wanted(database, {"reliability": {"prometheus": other}})
    unknown_errors = await reliability(misspelt)
    await misspelt.sources.close()

    assert figure(found, "error rate").value == 0
    assert figure(unknown_errors, "error rate").value is None
    assert found.verdict is Verdict.UNKNOWN  # of the times nothing is known


@pytest.mark.parametrize(("status", "says"), [(503, "Prometheus answered 503"), (400, "does not understand")])
async def test_a_prometheus_that_refuses_leaves_what_probes_know(
    database: Database, prometheus: Prometheus, status: int, says: str
) -> None:
    prometheus.status = status
    await answers(database, "site", WEEK.start, END)
    asked = wanted(
        database,
        {"targets": TARGETS, "reliability": {"prometheus": TRAFFIC}},
        checks={"site": SITE},
        access=Access(prometheus=prometheus.url),
    )
    found = await reliability(asked)
    await asked.sources.close()

    assert figure(found, "uptime").value == 100
    assert figure(found, "error rate").value is None
    assert found.verdict is Verdict.UNKNOWN
    assert says in found.lines[-1]


async def test_a_prometheus_that_hangs_is_not_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unknown, "ANSWER_WITHIN_S", 0.2)

    async def never(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    async with serving(never) as url:
        asked = wanted(
            database,
            {"reliability": {"prometheus": TRAFFIC}},
            checks={"site": SITE},
            access=Access(prometheus=url),
        )
        found = await reliability(asked)
        await asked.sources.close()

    assert "Prometheus did not answer within 0.2 seconds" in found.lines[-1]


def test_labels_stay_with_the_metric_and_not_with_the_suffix() -> None:
    plain = queries_of(Traffic.model_validate({"requests": "a", "durations": "b"}), 60)

    assert plain["average"] == "sum(increase(b_sum[60s])) / sum(increase(b_count[60s]))"
