"""Slack is down for 9 hours and 28 minutes, as in February 2025, and 50 incidents fall into it."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp
import pytest

from tests.receivers import Hooks, Received, hooks
from tests.seeing import announcements, are_paged, from_bot, somebody_more_is_paged, thread_of
from tests.world import World
from tests.world import world as running_world

OUTAGE = timedelta(hours=9, minutes=28)
INCIDENTS = 50
# How late something may be by the moved clock, which runs on while a busy machine gets round to it.
LATE = timedelta(seconds=60)
# Of the most severe, ended in the morning without anybody having answered a page.
LATE_ENDS = {4, 20}
# Attempts in a fifth of a second that a busy machine makes besides answering at once.
CALM = 10
# What Slack has refused is not all tried again at once.
TRIED_AGAIN = timedelta(seconds=20)
# Real seconds.
RECOVERED_WITHIN = 300.0

UPDATE_EVERY = {"sev1": timedelta(minutes=30), "sev2": timedelta(hours=1), "sev3": timedelta(hours=2)}
PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {{slack: ana@example.com, contacts: {{sms: "{hook}/ana"}}}}
  bo: {{slack: bo@example.com, contacts: {{push: "{hook}/bo", sms: "{hook}/bo-sms"}}, notify: careful}}
  dee: {{slack: dee@example.com}}
notify:
  careful: [{{via: slack}}, {{after: 3m, via: push}}, {{after: 1h, via: sms}}]
escalation:
  platform: {{ladder: [{{page: [ana]}}, {{after: 5m, page: [bo]}}]}}
severities:
  sev1:
    page: {{path: platform}}
    room: channel
    update_every: 30m
    acknowledge_within: 5m
    resolve_within: 1h
  sev2: {{room: thread, page: {{at_once: [bo]}}, update_every: 1h, watch_after_fix: 10m}}
  sev3: {{room: thread, update_every: 2h}}
"""


@dataclass
class Incident:
    number: int
    severity: str
    declared_at: datetime
    updated_at: datetime
    is_open: bool = True
    is_answered: bool = False
    updates: list[str] = field(default_factory=list)

    @property
    def ref(self) -> str:
        return f"INC-{self.number} "


@dataclass
class Night:
    """One long night. Slack takes commands, over its sockets, and does nothing that it is asked."""

    world: World
    hook: Hooks
    incidents: list[Incident] = field(default_factory=list)

    def now(self) -> datetime:
        return self.world.simulator.clock.now()

    async def until(self, at: datetime) -> None:
        if (span := at - self.now()) > timedelta():
            await self.world.simulator.clock.advance(span)

    async def calm(self) -> None:
        """Wait until what one leap of the clock made due has been tried: time passes in no such bursts."""
        tried = 0
        for _ in itertools.count():
            lines = (await self.world.bot.metrics()).splitlines()
            counts = [each for each in lines if each.startswith("watchbill_deliveries_total")]
            before, tried = tried, sum(int(float(each.rsplit(" ", 1)[1])) for each in counts)
            if tried - before < CALM:
                return
            await asyncio.sleep(0.2)  # another process: there is nothing of ours to wait on

    async def declares(self, severity: str) -> Incident:
        before = self.now()
        dee = self.world.person("dee")
        number = await self.world.declares(dee, f"{severity} Number {len(self.incidents)} of a long night")
        found = Incident(number, severity, before, before)
        self.incidents.append(found)
        return found

    async def updates(self, incident: Incident) -> None:
        text = f"Word {len(incident.updates) + 1} on number {incident.number}, and no more"
        answer = await self.world.person("dee").types(f"/incident update {incident.ref}{text}")
        assert answer.ok, answer.error
        assert "could not" not in answer.text, answer.text
        incident.updates.append(text)
        incident.updated_at = self.now()

    async def resolves(self, incident: Incident) -> None:
        answer = await self.world.person("dee").types(f"/incident resolve {incident.ref}It passed")
        assert answer.ok, answer.error
        assert "could not" not in answer.text, answer.text
        incident.is_open = False

    async def acknowledges(self, incident: Incident, received: Received) -> None:
        """By the link in the message, which needs no Slack."""
        incident.is_answered = True
        path = received.text.split("https://bill.example.com")[1].split()[0]
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.world.bot.url}{path}", data={"do": "acknowledge"}) as answer,
        ):
            assert answer.status == 200, await answer.text()

    def rooms_words(self, incident: Incident) -> list[str]:
        """What was said about an incident where it is worked on, in order."""
        if incident.severity != "sev1":
            said = [each for each in thread_of(self.world, incident.number) if each.by_app]
        else:
            [room] = [
                each.name
                for each in self.world.simulator.channels()
                if f"{each.name}-".startswith(f"inc-{incident.number}-")
            ]
            said = from_bot(self.world, f"#{room}")
        return [self.world.person("dee").reads(each) for each in said]


def on_time(received: Received, expected: datetime) -> bool:
    return expected <= received.at <= expected + LATE


@pytest.fixture
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Night]:
    folder = tmp_path_factory.mktemp("outage")
    worlds: list[World] = []

    def now() -> datetime:
        return worlds[0].simulator.clock.now()

    async with hooks(now) as hook:
        playbook = folder / "playbook.yaml"
        playbook.write_text(PLAYBOOK.format(hook=f"json://127.0.0.1:{hook.port}"))
        async with running_world(
            folder,
            PLAYBOOK=str(playbook),
            PUBLIC_URL="https://bill.example.com",
            LINK_SECRET="0123456789abcdef0123456789abcdef",
            LOG_LEVEL="warning",
        ) as world:
            worlds.append(world)
            yield Night(world, hook)


@pytest.mark.slow
async def test_the_outage_of_february_2025_with_50_incidents_inside_it(night: Night) -> None:
    world, hook = night.world, night.hook
    before = await night.declares("sev2")
    await night.updates(before)
    await world.bot.settled(60)
    world.simulator.faults.outage(sockets=False)
    began_at = night.now()
    for n in range(INCIDENTS):
        await night.until(began_at + OUTAGE * n / INCIDENTS)
        await night.calm()
        incident = await night.declares(("sev1", "sev2", "sev1", "sev3")[n % 4])
        await night.updates(incident)
        at = incident.declared_at
        await night.until(at + timedelta(seconds=31))
        first = {"sev1": "ana", "sev2": "bo"}.get(incident.severity)
        if first is not None:
            paged = await hook.gets(first, incident.ref)
            assert on_time(paged, at + timedelta(seconds=30))
        if n % 8 == 0:
            await night.acknowledges(incident, paged)
        elif incident.severity == "sev1":
            await somebody_more_is_paged(world, at + timedelta(minutes=5))
            await night.until(at + timedelta(minutes=6))
            assert on_time(await hook.gets("bo", incident.ref), at + timedelta(minutes=5, seconds=30))
        await night.until(at + timedelta(minutes=6))
        await night.updates(incident)
        if n % 5 == 4:
            await night.resolves(incident)
    await night.until(began_at + OUTAGE)
    await night.calm()
    # Nobody had answered these, and everybody would be called together for them.
    for incident in [each for each in night.incidents if each.number in LATE_ENDS]:
        await night.resolves(incident)
    calls = len(world.simulator.calls)
    world.simulator.faults.clear()
    await world.simulator.clock.advance(seconds=31)
    await world.bot.settled(RECOVERED_WITHIN, over=TRIED_AGAIN)
    posted = [each for each in world.simulator.calls[calls:] if each.method == "chat.postMessage" and each.ok]
    check_afterwards(night, posted=len(posted))


def check_afterwards(night: Night, *, posted: int) -> None:
    """Every word once and in order, and nothing that time has answered."""
    alarms = [each.text for each in night.world.said("#incidents") if "nobody left to call" in each.text]
    for incident in night.incidents:
        is_calling = incident.severity == "sev1" and incident.is_open and not incident.is_answered
        assert sum(incident.ref in each for each in alarms) == int(is_calling), (incident, alarms)
        assert len(announcements(night.world, incident.number)) == 1, incident
        words = night.rooms_words(incident)
        posts = [each for each in words if each.startswith("Update on")]
        said = [text for each in posts for text in incident.updates if text in each]
        assert said == incident.updates, f"{incident}: {words}"
        asked = [each for each in words if "Where do things stand?" in each]
        is_overdue = night.now() - incident.updated_at > UPDATE_EVERY[incident.severity]
        assert len(asked) == int(incident.is_open and is_overdue), f"{incident}: {words}"
    for name in ("ana", "bo"):
        who = night.world.person(name)
        assert not [each.text for each in who.direct_messages() if "before anybody acknowledged" in each.text]
        about = Counter(
            text.text.split("INC-")[1].split()[0] for text in who.direct_messages() if "INC-" in text.text
        )
        assert set(about.values()) <= {1}, about
    # Rooms, cards, announcements, updates twice where they are relayed, one nudge, pages.
    assert posted < 14 * INCIDENTS, "stale things do not pour out"
    assert len(night.hook.received) == len({(each.to, each.subject) for each in night.hook.received})


async def test_the_way_out_of_slack_holds_while_its_web_api_hangs(night: Night) -> None:
    """Every call takes ten seconds to fail: no hand that could page is stuck in one."""
    await night.world.bot.settled(60)
    night.world.simulator.faults.hang()
    made = await asyncio.gather(*(night.declares("sev1") for _ in range(25)))
    await night.world.simulator.clock.advance(seconds=31)
    for incident in made:
        received = await night.hook.gets("ana", incident.ref)
        assert on_time(received, incident.declared_at + timedelta(seconds=30))
    await night.world.simulator.clock.advance(minutes=5)
    # What Slack has thirty seconds for counts from when it was made.
    await are_paged(night.world, 2 * len(made))
    await night.world.simulator.clock.advance(seconds=31)
    for incident in made:
        await night.hook.gets("bo", incident.ref)
