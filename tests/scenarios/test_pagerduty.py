"""PagerDuty beside Slack: pages go there, answers come back, and each side hears of the other once."""

from collections.abc import AsyncIterator

import pytest

from tests import pagerduty
from tests.pagerduty import KEY
from tests.world import World
from tests.world import world as running_world

WITHIN = 30.0
HOUSE = "watchbill.example.com"
PLAYBOOK = f"""
version: 1
timezone: UTC
people:
  ana: {{slack: ana@example.com, contacts: {{pagerduty: "pagerduty://{KEY}"}}}}
  bo: {{slack: bo@example.com}}
  dee: {{slack: dee@example.com, contacts: {{pagerduty: "pagerduty://{KEY}"}}}}
schedules:
  primary: {{layers: [{{rotate: [ana], every: 1 week, starts: 2026-01-05 00:00}}]}}
escalation:
  platform:
    ladder:
      - {{page: [schedule:primary]}}
      - {{after: 10m, page: [dee]}}
  watched:
    acknowledge_timeout: 20m
    ladder:
      - {{page: [schedule:primary]}}
      - {{after: 10m, page: [dee]}}
notify:
  default:
    - {{via: slack}}
    - {{via: pagerduty}}
severities:
  sev1: {{page: {{path: platform}}, room: channel}}
  sev2: {{page: {{path: watched}}, room: channel}}
"""


@pytest.fixture(scope="module")
async def service() -> AsyncIterator[pagerduty.PagerDuty]:
    async with pagerduty.PagerDuty() as found:
        yield found
    assert not found.refused, "what was sent is as documented"


@pytest.fixture(scope="module")
async def night(
    tmp_path_factory: pytest.TempPathFactory, service: pagerduty.PagerDuty
) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("pagerduty")
    async with running_world(
        folder,
        playbook=PLAYBOOK,
        PUBLIC_URL=f"https://{HOUSE}",
        PAGERDUTY_EVENTS_URL=service.url,
        PAGERDUTY_WEBHOOK_SECRET=service.secret,
    ) as found:
        yield found


async def declared(night: World, title: str, severity: str = "sev1") -> tuple[int, str]:
    """The number, and the key under which PagerDuty knows it."""
    number = await night.declares(night.person("bo"), f"{severity} {title}")
    await night.person("ana").sees(f"You are paged: INC-{number}", within=WITHIN)
    await night.bot.settled(within=WITHIN)
    return number, f"{HOUSE}/INC-{number}"


async def stands(night: World, service: pagerduty.PagerDuty, key: str, status: str) -> None:
    """Wait until PagerDuty's incident is in this state."""
    await night.simulator.until(
        lambda: service.incidents.get((KEY, key)) == status, WITHIN, f"{key} {status} in PagerDuty"
    )


async def timeline(night: World, number: int) -> str:
    told = await night.person("bo").types(f"/incident timeline INC-{number}", channel="#general")
    return str(told.blocks)


async def test_a_page_opens_an_incident_there_which_follows_the_one_here(
    night: World, service: pagerduty.PagerDuty
) -> None:
    ana = night.person("ana")
    number, key = await declared(night, "There and back")
    await stands(night, service, key, "triggered")
    (opened,) = [event for event in service.of("trigger") if event["dedup_key"] == key]
    assert opened["payload"]["severity"] == "critical"
    assert opened["payload"]["summary"] == f"INC-{number} sev1: There and back"

    await ana.clicks("Acknowledge", message=await ana.sees(f"You are paged: INC-{number}"))
    await stands(night, service, key, "acknowledged")

    assert (await ana.types(f"/incident resolve INC-{number} Gone", channel="#general")).ok
    await stands(night, service, key, "resolved")


async def test_whoever_comes_next_is_called_there_as_well(night: World, service: pagerduty.PagerDuty) -> None:
    """An incident acknowledged in PagerDuty is silent, so that the next page has to open another."""
    ana, dee = night.person("ana"), night.person("dee")
    number, key = await declared(night, "Passed on to the same team")
    await stands(night, service, key, "triggered")
    await ana.clicks("I can't, next please", message=await ana.sees(f"You are paged: INC-{number}"))
    await dee.sees(f"You are paged: INC-{number}", within=WITHIN)
    await night.bot.settled(within=WITHIN)
    assert service.incidents[(KEY, key)] == "triggered", "dee is called"

    await dee.clicks("Acknowledge", message=await dee.sees(f"You are paged: INC-{number}"))
    await stands(night, service, key, "acknowledged")

    number, key = await declared(night, "Help is needed")
    await ana.clicks("Acknowledge", message=await ana.sees(f"You are paged: INC-{number}"))
    await stands(night, service, key, "acknowledged")
    await ana.clicks("Escalate", message=await ana.sees(f"INC-{number} · sev1 · Help is needed: "))
    await stands(night, service, key, "triggered")


async def test_who_acknowledges_in_pagerduty_has_it_by_name(
    night: World, service: pagerduty.PagerDuty
) -> None:
    ana, bo = night.person("ana"), night.person("bo")
    number, key = await declared(night, "Answered in PagerDuty")

    status, said = await service.tells(
        night.bot.url, service.event("incident.acknowledged", key, "Tenex <Engineer>")
    )

    assert (status, said) == (200, {"done": f"INC-{number} is acknowledged by Tenex <Engineer>"})
    await ana.sees("Acknowledged by Tenex &lt;Engineer&gt;", within=WITHIN)
    assert "Tenex &lt;Engineer&gt; acknowledged in PagerDuty" in await timeline(night, number)
    second = await ana.types(f"/incident ack INC-{number}", channel="#general")
    assert "already acknowledged by Tenex &lt;Engineer&gt;" in second.text
    assert (await bo.types(f"/incident show INC-{number}", channel="#general")).ok


async def test_an_event_is_carried_out_once_however_often_it_comes(
    night: World, service: pagerduty.PagerDuty
) -> None:
    number, key = await declared(night, "Told five times")
    event = service.event("incident.acknowledged", key)
    answers = [await service.tells(night.bot.url, event) for _ in range(5)]
    assert [status for status, _ in answers] == [200] * 5
    assert answers[1][1] == {"done": "nothing: this event was carried out before"}
    assert (await timeline(night, number)).count("acknowledged in PagerDuty") == 1


async def test_the_echo_of_what_was_done_here_changes_nothing(
    night: World, service: pagerduty.PagerDuty
) -> None:
    ana = night.person("ana")
    number, key = await declared(night, "Answered in Slack")
    await ana.clicks("Acknowledge", message=await ana.sees(f"You are paged: INC-{number}"))
    before = await timeline(night, number)
    for event in (
        service.event("incident.acknowledged", key, agent=None),
        service.event("incident.acknowledged", key),
        service.event("incident.resolved", key, agent=None),
        service.event("incident.triggered", key, agent=None),
    ):
        status, said = await service.tells(night.bot.url, event)
        assert status == 200
        assert said["done"].startswith("nothing: ")
    assert await timeline(night, number) == before


async def test_the_echo_after_a_reopening_acknowledges_nothing(
    night: World, service: pagerduty.PagerDuty
) -> None:
    """PagerDuty may tell late of what this bot told it."""
    _, key = await declared(night, "A late echo")
    status, said = await service.tells(night.bot.url, service.event("incident.acknowledged", key, agent=None))
    assert (status, said) == (200, {"done": "nothing: no person did it"})


async def test_who_resolves_it_in_pagerduty_has_acknowledged_it(
    night: World, service: pagerduty.PagerDuty
) -> None:
    ana = night.person("ana")
    number, key = await declared(night, "Resolved in PagerDuty")
    await service.tells(night.bot.url, service.event("incident.resolved", key))
    await ana.sees("Acknowledged by Tenex Engineer", within=WITHIN)
    assert "acknowledged by resolving it in PagerDuty" in await timeline(night, number)
    answer = await ana.types(f"/incident resolve INC-{number} Gone", channel="#general")
    assert answer.ok, "it goes on here until somebody says what it was"


async def test_an_escalation_there_is_noted_here(night: World, service: pagerduty.PagerDuty) -> None:
    number, key = await declared(night, "Escalated there")
    await service.tells(night.bot.url, service.event("incident.escalated", key))
    assert "Escalated in PagerDuty to User 123" in await timeline(night, number)


async def test_somebody_called_for_help_may_answer_in_pagerduty_as_well(
    night: World, service: pagerduty.PagerDuty
) -> None:
    ana, dee = night.person("ana"), night.person("dee")
    number, key = await declared(night, "Help by PagerDuty")
    await ana.clicks("Acknowledge", message=await ana.sees(f"You are paged: INC-{number}"))
    await ana.clicks("Escalate", message=await ana.sees(f"INC-{number} · sev1 · Help by PagerDuty: "))
    await dee.sees(f"You are paged: INC-{number}", within=WITHIN)
    await service.tells(night.bot.url, service.event("incident.acknowledged", key, "Dee Dee"))
    await dee.sees("Acknowledged by Dee Dee", within=WITHIN)
    assert "answered the page in PagerDuty" in await timeline(night, number)


async def test_a_call_without_an_incident_goes_there_and_back(
    night: World, service: pagerduty.PagerDuty
) -> None:
    bo = night.person("bo")
    assert (await bo.types("/oncall page @dee Please call the bank", channel="#general")).ok
    key = f"{HOUSE}/CALL-1"
    await stands(night, service, key, "triggered")
    status, said = await service.tells(night.bot.url, service.event("incident.acknowledged", key, "Dee Dee"))
    assert (status, said) == (200, {"done": "CALL-1 is acknowledged by Dee Dee"})
    await bo.sees("Dee Dee acknowledged", within=WITHIN)
    assert (await service.tells(night.bot.url, service.event("incident.escalated", key)))[0] == 200


async def test_who_answers_there_and_goes_silent_is_asked_after_in_the_room(
    night: World, service: pagerduty.PagerDuty
) -> None:
    bo, dee = night.person("bo"), night.person("dee")
    number, key = await declared(night, "Answered and fell asleep", "sev2")
    room = await night.room(number, within=WITHIN)
    await service.tells(night.bot.url, service.event("incident.acknowledged", key, "Zoe Zed"))
    await night.bot.settled(within=WITHIN)
    await night.simulator.clock.advance(minutes=20)
    await bo.sees(f"Is anybody on INC-{number}", channel=room, within=WITHIN)
    await night.bot.settled(within=WITHIN)
    await night.simulator.clock.advance(minutes=5)
    await dee.sees(f"You are paged: INC-{number}", within=WITHIN)
    await night.bot.settled(within=WITHIN)
    assert not any("could not do" in each.text for each in night.said("#prod-alerts"))


@pytest.mark.parametrize(
    "key",
    ["staging.example.com/INC-1", "d3640fbd41094207a1c11e58e46b1662", f"{HOUSE}/INC-99999", f"{HOUSE}/x"],
)
async def test_incidents_of_others_are_none_of_ours(
    night: World, service: pagerduty.PagerDuty, key: str
) -> None:
    status, said = await service.tells(night.bot.url, service.event("incident.acknowledged", key))
    assert status == 200, "PagerDuty stops calling after three refusals"
    assert said["done"].startswith("nothing: ")


async def test_while_secrets_are_rotated_one_right_signature_is_enough(
    night: World, service: pagerduty.PagerDuty
) -> None:
    body = b'{"event": {"id": "1", "event_type": "pagey.ping", "data": {"type": "ping"}}}'
    both = service.signed(body, "the-old-secret", service.secret)
    assert both.count("v1=") == 2
    assert (await service.tells(night.bot.url, body, both))[0] == 200
    assert (await service.tells(night.bot.url, body, both.replace(",", ", ")))[0] == 200


@pytest.mark.parametrize("signature", ["", "v1=", "v1=00", "sha256=00", "v0={right}", "{right}", "v1=\u00fc"])
async def test_what_pagerduty_did_not_sign_is_refused_and_does_nothing(
    night: World, service: pagerduty.PagerDuty, signature: str
) -> None:
    body = b'{"event": {"id": "1", "event_type": "incident.acknowledged"}}'
    right = service.signed(body).removeprefix("v1=")
    status, said = await service.tells(night.bot.url, body, signature.format(right=right))
    assert status == 401
    assert "PAGERDUTY_WEBHOOK_SECRET" in said["error"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"\xff",
        b"{}",
        b'{"event": 1}',
        b'{"event": {}}',
        b'{"event": {"id": "1"}}',
    ],
)
async def test_what_is_signed_and_cannot_be_read_is_refused_with_the_reason(
    night: World, service: pagerduty.PagerDuty, body: bytes
) -> None:
    status, said = await service.tells(night.bot.url, body)
    assert status == 400
    assert "`event_type`" in said["error"]


@pytest.mark.parametrize(
    "event",
    [
        b'{"event": {"id": 1, "event_type": "x", "data": 3, "agent": []}}',
        b'{"event": {"id": null, "event_type": null}}',
    ],
)
async def test_odd_shapes_mean_nothing(night: World, service: pagerduty.PagerDuty, event: bytes) -> None:
    assert (await service.tells(night.bot.url, event))[0] == 200
