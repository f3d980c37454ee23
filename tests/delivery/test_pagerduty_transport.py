"""Pages as PagerDuty's Events API takes them, and what is made of its answers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.delivery.transports import connect, taking
from bot.delivery.transports.pagerduty import PagerDuty, severity_of, subject_of
from bot.delivery.transports.transport import Outgoing
from bot.settings import Settings
from tests import pagerduty
from tests.pagerduty import KEY, OTHER_KEY

ADDRESS = f"pagerduty://{KEY}"
MESSAGE = Outgoing(
    "INC-42", "sev1", "Checkout\nreturns 500s", "You are on call for primary", "https://w/p/1-a"
)


def settings(url: str, **more: str) -> Settings:
    given = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "PUBLIC_URL": "https://w.example.com"}
    return Settings.load({**given, "PAGERDUTY_EVENTS_URL": url, **more})


@pytest.fixture
async def service() -> AsyncIterator[pagerduty.PagerDuty]:
    async with pagerduty.PagerDuty() as found:
        yield found
    assert not service_refused(found)


def service_refused(found: pagerduty.PagerDuty) -> list[list[str]]:
    return [each for each in found.refused if each != WRONG_KEY]


WRONG_KEY = ["Length of 'routing_key' is incorrect (should be 32 characters)"]


@pytest.fixture
async def transport(service: pagerduty.PagerDuty) -> AsyncIterator[PagerDuty]:
    found = PagerDuty(settings(service.url))
    yield found
    await found.close()


async def test_a_page_opens_one_incident_however_often_it_is_sent(
    service: pagerduty.PagerDuty, transport: PagerDuty
) -> None:
    assert "INC-42" in await transport.send(ADDRESS, MESSAGE)
    await transport.send(ADDRESS, MESSAGE)

    (sent, again) = service.of("trigger")
    assert sent == again
    assert service.incidents == {(KEY, "w.example.com/INC-42"): "triggered"}
    assert sent["payload"]["summary"] == "INC-42 sev1: Checkout returns 500s"
    assert sent["payload"]["severity"] == "critical"
    assert sent["payload"]["custom_details"]["text"] == "You are on call for primary"
    assert sent["links"][0]["href"] == sent["client_url"] == "https://w/p/1-a"


async def test_it_is_acknowledged_and_resolved_under_the_same_key(
    service: pagerduty.PagerDuty, transport: PagerDuty
) -> None:
    await transport.send(ADDRESS, MESSAGE)
    await transport.follow(ADDRESS, "INC-42", "acknowledged")
    assert service.incidents == {(KEY, "w.example.com/INC-42"): "acknowledged"}
    await transport.follow(ADDRESS, "INC-42", "over")
    assert service.incidents == {(KEY, "w.example.com/INC-42"): "resolved"}


async def test_what_was_acknowledged_there_rings_again_for_somebody_else(
    service: pagerduty.PagerDuty, transport: PagerDuty
) -> None:
    await transport.send(ADDRESS, MESSAGE)
    await transport.follow(ADDRESS, "INC-42", "acknowledged")
    await transport.send(ADDRESS, replace(MESSAGE, anew=True))
    assert service.incidents == {(KEY, "w.example.com/INC-42"): "triggered"}


async def test_each_team_has_its_own_incident(service: pagerduty.PagerDuty, transport: PagerDuty) -> None:
    for key in (KEY, OTHER_KEY):
        await transport.send(f"pagerduty://{key}", MESSAGE)
    assert len(service.incidents) == 2


async def test_the_longest_title_fits(service: pagerduty.PagerDuty, transport: PagerDuty) -> None:
    await transport.send(ADDRESS, Outgoing("INC-1", "s", "€" * 3000, "x" * 9000))
    (sent,) = service.events
    assert len(sent["payload"]["summary"]) == 1024
    assert "links" not in sent


@pytest.mark.parametrize(
    ("status", "outcome"), [(429, Busy), (500, Unclear), (503, Unclear), (302, Unclear), (403, Refused)]
)
async def test_what_pagerduty_answers_is_told_apart(
    service: pagerduty.PagerDuty, transport: PagerDuty, status: int, outcome: type[Exception]
) -> None:
    service.answer_with = status
    with pytest.raises(outcome) as failure:
        await transport.send(ADDRESS, MESSAGE)
    assert KEY not in str(failure.value)


@pytest.mark.parametrize(("said", "seconds"), [(None, 30), ("7", 7), ("soon", 30), ("99999", 600)])
async def test_a_limit_says_when_to_come_back(
    service: pagerduty.PagerDuty, transport: PagerDuty, said: str | None, seconds: int
) -> None:
    service.answer_with, service.retry_after = 429, said
    before = datetime.now(UTC)
    with pytest.raises(Busy) as limit:
        await transport.send(ADDRESS, MESSAGE)
    wait = limit.value.retry_at - before
    assert timedelta(seconds=seconds) <= wait < timedelta(seconds=seconds + 20)


async def test_a_wrong_integration_key_is_refused_for_good_with_pagerdutys_reason(
    service: pagerduty.PagerDuty, transport: PagerDuty
) -> None:
    with pytest.raises(Refused, match="should be 32 characters") as refusal:
        await transport.send("pagerduty://tooshort", MESSAGE)
    assert "tooshort" not in str(refusal.value)


async def test_nobody_there_is_away_and_nothing_was_done() -> None:
    gone = PagerDuty(settings("http://127.0.0.1:9"))
    try:
        with pytest.raises(Away) as failure:
            await gone.send(ADDRESS, MESSAGE)
        assert KEY not in str(failure.value)
    finally:
        await gone.close()


async def test_among_all_transports_it_has_its_addresses(service: pagerduty.PagerDuty) -> None:
    transports = connect(settings(service.url))
    assert taking(transports, ADDRESS).name == "pagerduty"
    assert taking(transports, "pagerduty://integration@key").name == "apprise"
    for each in transports:
        await each.close()


@pytest.mark.parametrize(
    ("severity", "word"),
    [
        ("sev1", "critical"),
        ("P1", "critical"),
        ("critical", "critical"),
        ("s2", "error"),
        ("SEV-2", "error"),
        ("medium", "warning"),
        ("sev4", "info"),
        ("on fire", "error"),
    ],
)
def test_severities_are_pagerdutys(severity: str, word: str) -> None:
    assert severity_of(severity) == word


@pytest.mark.parametrize(
    ("key", "subject"),
    [
        ("w.example.com/INC-42", "INC-42"),
        ("staging.example.com/INC-42", None),
        ("d3640fbd41094207a1c11e58e46b1662", None),
        ("", None),
    ],
)
def test_only_a_key_made_here_leads_to_a_subject(key: str, subject: str | None) -> None:
    assert subject_of("https://w.example.com", key) == subject
