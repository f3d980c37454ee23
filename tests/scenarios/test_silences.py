"""Silences: probes that tell nobody while people work on what they watch, and what is told afterwards."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator import Acts, Message
from tests.seeing import from_bot
from tests.watched import Site, open_site
from tests.world import World
from tests.world import world as running_world

# Real seconds: the machine may be busy with much else.
WITHIN = 60.0
ALERTS = "#prod-alerts"


def playbook(site: Site, **more: Any) -> str:
    def http(path: str, **options: Any) -> dict[str, Any]:
        return {"http": {"url": f"{site.url}/{path}"}, **options}

    return json.dumps(
        {
            "version": 1,
            "timezone": "UTC",
            "people": {name: {"slack": f"{name}@example.com"} for name in ("ana", "bo", "dee")},
            "roles": {"responder": ["ana", "bo"]},
            "services": {"checkout": {}, "payments": {}},
            "schedules": {
                "primary": {
                    "announce": "#dev-help",
                    "layers": [{"rotate": ["ana", "bo"], "every": "1 day", "starts": "2026-01-05 09:00"}],
                }
            },
            "escalation": {"all": {"ladder": [{"page": ["schedule:primary"]}]}},
            "severities": {"sev1": {"page": {"path": "all"}, "room": "thread"}},
            "checks": {
                "shop": http("shop", every="1m", incident="sev1", service="checkout"),
                "pay": http("pay", every="1m", service="payments"),
                "rare": http("rare", every="6h", service="checkout"),
            },
            **more,
        }
    )


class Office:
    """A world whose bot watches a site."""

    def __init__(self, world: World, site: Site) -> None:
        self.world = world
        self.site = site

    async def minutes(self, count: int, path: str) -> None:
        """Let so many minutes pass, one by one: in each, the path is asked once more and the answer kept."""
        for _ in range(count):
            wanted = self.site.asked[path] + 1
            await self.world.simulator.clock.advance(minutes=1)
            await self.site.until_asked({path: wanted})
            await self.world.bot.settled(WITHIN)

    async def passes(self, *, hours: float = 0, minutes: float = 0, seconds: float = 0) -> None:
        await self.world.simulator.clock.advance(hours=hours, minutes=minutes, seconds=seconds)
        await self.world.bot.settled(WITHIN)

    def silences(self) -> list[Message]:
        """The messages of silences in the alerts channel."""
        return [
            each
            for each in from_bot(self.world, ALERTS)
            if "silenced until" in each.text or "heard again" in each.text
        ]

    def declared(self) -> list[Message]:
        return [each for each in from_bot(self.world, "#incidents") if not each.is_reply]

    async def until_reads(self, who: Acts, message: Message, text: str) -> None:
        await self.world.simulator.until(lambda: text in who.reads(message), WITHIN, why=text)


async def told(who: Acts, command: str) -> str:
    """What somebody reads who types this."""
    answer = await who.types(command)
    assert answer.message is not None
    return who.reads(answer.message)


@asynccontextmanager
async def office_with(folder: Path, site: Site, **more: Any) -> AsyncIterator[Office]:
    async with running_world(folder, playbook=playbook(site, **more)) as world:
        await site.until_asked({"shop": 1, "pay": 1, "rare": 1})
        await world.bot.settled(WITHIN)
        yield Office(world, site)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with open_site() as found:
        yield found


@pytest.fixture
async def office(tmp_path: Path, site: Site) -> AsyncIterator[Office]:
    async with office_with(tmp_path, site) as found:
        yield found


async def test_what_fails_while_it_is_silenced_is_told_when_that_ends(office: Office) -> None:
    world, site = office.world, office.site
    ana, bo = world.person("ana"), world.person("bo")
    assert "checkout is silenced until" in await told(
        ana, "/ops silence CHECKOUT 2h Upgrading the <database> & *more*"
    )
    said = await bo.sees("silenced until", channel=ALERTS, within=WITHIN)
    assert isinstance(said, Message)
    assert "· Upgrading the <database> & more ·" in bo.reads(said)
    assert "Kept back" not in bo.reads(said)

    site.bad |= {"shop", "pay"}
    await office.minutes(3, "shop")
    await office.until_reads(bo, said, "Kept back so far")
    assert "shop failing since" in bo.reads(said)
    assert "503" in bo.reads(said)
    # A service that is not silenced is as loud as ever.
    await bo.sees("pay is failing", channel=ALERTS, within=WITHIN)
    assert office.declared() == []
    listed = await told(ana, "/ops checks")
    assert "silenced until" in next(line for line in listed.splitlines() if "shop" in line)
    assert "silenced until" not in next(line for line in listed.splitlines() if "pay" in line)

    # The bot is restarted in the middle of it; then the time is over.
    await world.bot.kill()
    await world.bot.start()
    await world.bot.settled(WITHIN)
    await office.minutes(2, "shop")
    assert office.declared() == []
    await world.simulator.clock.advance(hours=2)
    announced = await bo.sees("shop: 503", channel="#incidents", within=WITHIN)
    assert "sev1" in bo.reads(announced)
    number = int(announced.text.split("INC-")[1].split()[0])
    await world.simulator.until(
        lambda: any(
            f"You are paged: INC-{number}" in who.reads(each)
            for who in (ana, bo)
            for each in who.direct_messages()
        ),
        WITHIN,
    )
    await office.until_reads(bo, said, "checkout is heard again")
    assert "Kept back meanwhile" in bo.reads(said)
    assert office.silences() == [said]


async def test_it_can_be_ended_and_made_longer_by_its_buttons(office: Office) -> None:
    world, site = office.world, office.site
    ana, bo, dee = world.person("ana"), world.person("bo"), world.person("dee")
    await ana.types("/ops silence checkout,pay 30m")
    said = await bo.sees("silenced until", channel=ALERTS, within=WITHIN)
    assert isinstance(said, Message)
    await bo.clicks("30 min more", message=said)
    begun = world.simulator.clock.now()
    site.bad |= {"shop", "rare"}
    await office.minutes(3, "shop")
    await office.passes(minutes=40)
    assert office.declared() == []

    # Who may not is told so, and nothing changes.
    await dee.clicks("End it now", message=said)
    await dee.sees("This needs the role responder", within=WITHIN)
    await office.minutes(1, "shop")
    assert office.declared() == []
    await bo.clicks("End it now", message=said)
    await ana.sees("shop: 503", channel="#incidents", within=WITHIN)
    await office.until_reads(ana, said, f"ended by @{bo.name}")
    assert "End it now" not in ana.reads(said)
    assert world.simulator.clock.now() - begun < timedelta(hours=1)

    # What was over for one is over for all: a click on an old view of it says so.
    assert "That silence ended" in await told(ana, "/ops silence end 1")
    assert "Nothing is silenced" in await told(ana, "/ops silence")


async def test_a_slow_probe_is_told_of_as_soon_as_it_may_be(office: Office) -> None:
    """It is asked every six hours, and the silence ends long before the next time."""
    world, site = office.world, office.site
    ana = world.person("ana")
    await ana.types("/ops silence rare 7h")
    site.bad.add("rare")
    wanted = site.asked["rare"] + 1
    await world.simulator.clock.advance(hours=6)
    await site.until_asked({"rare": wanted})
    said = await ana.sees("Kept back so far", channel=ALERTS, within=WITHIN)
    assert "rare failing since" in ana.reads(said)
    assert not any("rare is failing" in each.text for each in world.said(ALERTS))
    await world.simulator.clock.advance(hours=1)
    await ana.sees("rare is failing: 503", channel=ALERTS, within=WITHIN)
    # Asked once more as it ended, for what it said an hour before may not be so any more.
    assert site.asked["rare"] > wanted


async def test_what_people_get_wrong_is_answered_with_what_to_type(office: Office) -> None:
    ana, dee = office.world.person("ana"), office.world.person("dee")
    for typed, says in {
        "/ops silence chekout 2h": "Did you mean checkout?",
        "/ops silence chekout": "Did you mean checkout?",
        "/ops silence checkout": "For how long?",
        "/ops silence checkout soon": "“soon” is no time",
        "/ops silence checkout 2h tomorrow 02:00": "It comes first",
        "/ops silence checkout until 04:00 tomorrow": "It comes first",
        "/ops silence `` 2h": "What is to be silenced?",
        "/ops silence checkout 9d": "from a minute to 7 days",
        "/ops silence checkout 2020-01-01 10:00 2h": "That time is over",
        "/ops silence checkout 2036-01-01 10:00 2h": "Is the year right?",
        "/ops silence end": "Which one?",
        "/ops silence end 99": "There is no silence 99",
        "/ops silence more 99 1h": "There is no silence 99",
    }.items():
        assert says in await told(ana, typed), typed
    assert "This needs the role responder" in await told(dee, "/ops silence checkout 2h")
    overview = await told(dee, "/ops silence")
    assert "Nothing is silenced, now or later." in overview
    assert "/ops silence checkout 2h Upgrading the database" in overview
    await office.world.bot.settled(WITHIN)
    assert office.silences() == []


async def test_what_is_planned_is_in_the_handoff_note_and_begins_by_itself(office: Office) -> None:
    world, site = office.world, office.site
    ana = world.person("ana")
    now = world.simulator.clock.now()
    before = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), UTC).replace(
        hour=8, minute=59
    )
    await world.simulator.clock.advance(before - now)
    await world.bot.settled(WITHIN)
    answer = await told(ana, "/ops silence all 10:00 to 12:00 Moving house")
    assert "The handoff notes before tell of it" in answer
    await ana.types(f"/ops silence pay {before.date() + timedelta(days=3)} 10:00 2h Too far away")
    await ana.types("/ops silence checkout 11:00 1h Taken back")
    assert "Taken back: checkout, silenced from" in await told(ana, "/ops silence end 3")
    await office.passes(minutes=2)
    note = await ana.sees("The watch on primary goes from", channel="#dev-help", within=WITHIN)
    read = ana.reads(note)
    assert "Silences and maintenance coming" in read
    assert "2 h: all probes · Moving house" in read
    assert "Too far away" not in read
    assert "Taken back" not in read
    assert office.silences() == [], "it has not begun"

    await office.passes(hours=1)
    said = await ana.sees("all probes are silenced until", channel=ALERTS, within=WITHIN)
    site.bad.add("pay")
    await office.minutes(3, "pay")
    assert not any("pay is failing" in each.text for each in world.said(ALERTS))
    site.bad.clear()
    await office.minutes(1, "pay")
    await world.simulator.until(lambda: " until " in ana.reads(said).split("Kept back so far")[1], WITHIN)
    await office.passes(hours=2)
    await office.until_reads(ana, said, "all probes are heard again")
    assert " until " in ana.reads(said).split("Kept back meanwhile")[1]
    assert not any("pay is failing" in each.text for each in world.said(ALERTS))
    assert office.silences() == [said]


async def test_a_maintenance_window_opens_without_a_word_and_says_what_it_kept_back(
    tmp_path: Path, site: Site
) -> None:
    windows = [
        {"name": "nightly", "when": "0 2 * * *", "for": "2h", "silence": "checkout"},
        {"name": "high-risk", "when": "0 3 * * *", "for": "1h"},
    ]
    async with office_with(tmp_path, site, maintenance={"windows": windows}) as office:
        world = office.world
        ana = world.person("ana")
        now = world.simulator.clock.now()
        nine = now.replace(hour=9, minute=1, second=0, microsecond=0)
        nine += timedelta(days=1) if nine <= now else timedelta()
        await office.passes(seconds=(nine - now).total_seconds())
        note = ana.reads(await ana.sees("The watch on primary goes from", channel="#dev-help", within=WITHIN))
        assert "2 h: maintenance window nightly, silences checkout" in note
        assert "1 h: maintenance window high-risk, silences nothing" in note

        await office.passes(hours=17)
        assert office.silences() == []
        listed = await told(ana, "/ops silence")
        assert "checkout · maintenance window nightly" in listed
        site.bad.add("shop")
        await office.minutes(3, "shop")
        said = await ana.sees("maintenance window nightly", channel=ALERTS, within=WITHIN)
        assert "shop failing since" in ana.reads(said)
        assert office.declared() == []
        await office.passes(hours=2)
        await ana.sees("shop: 503", channel="#incidents", within=WITHIN)
        assert office.silences() == [said]
        assert "maintenance:nightly" in await told(ana, "/ops upcoming 2d")
