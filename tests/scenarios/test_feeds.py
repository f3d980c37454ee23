"""Calendars that people subscribe to: found by their address alone, right after a cover, and cheap to ask."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import aiohttp
import pytest
from icalendar import Calendar

from bot.links import Links
from bot.oncall.feed import feed_url
from simulator import Acts
from tests.world import World
from tests.world import world as running_world

SECRET = "the-secret-of-these-calendars-only"
PUBLIC = "https://watchbill.example.com"


@pytest.fixture(scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("feeds")
    async with running_world(folder, PUBLIC_URL=PUBLIC, LINK_SECRET=SECRET) as found:
        yield found


@dataclass
class Fetched:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def summaries(self) -> list[str]:
        parsed = Calendar.from_ical(self.body)
        assert isinstance(parsed, Calendar)
        return [str(event["SUMMARY"]) for event in parsed.walk("VEVENT")]


async def fetches(night: World, url: str, **headers: str) -> Fetched:
    """As a calendar does, by way of the bot's own port instead of a proxy."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with (
        aiohttp.ClientSession() as session,
        session.get(url.replace(PUBLIC, night.bot.url), headers=sent) as answer,
    ):
        return Fetched(answer.status, answer.headers, await answer.read())


def address(night: World, **which: str) -> str:
    found = feed_url(Links(PUBLIC, SECRET), **which)
    assert found is not None
    return found


async def told(who: Acts, line: str) -> list[str]:
    """The calendars' addresses in what Slack answers."""
    answer = await who.types(line, channel="#general")
    assert answer.ok, answer.error
    return re.findall(rf"{PUBLIC}/calendar/[a-z0-9]+\.ics", str(answer.blocks))


async def test_slack_tells_the_addresses_and_they_work(night: World) -> None:
    ana = night.person("ana")

    (schedule,) = await told(ana, "/oncall schedule secondary")
    (own,) = await told(ana, "/oncall me")

    assert schedule == address(night, schedule="secondary")
    assert own == address(night, person="ana")
    found = await fetches(night, schedule)
    assert found.status == 200
    assert found.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"X-WR-CALNAME:On call: secondary\r\n" in found.body
    assert {"secondary: ana", "secondary: bo", "secondary: chen"} == set(found.summaries)
    mine = await fetches(night, own)
    assert set(mine.summaries) == {"On call: primary", "On call: secondary"}


async def test_a_cover_is_in_both_calendars_at_once(night: World) -> None:
    dee, schedule = night.person("dee"), address(night, schedule="primary")
    before = await fetches(night, schedule)
    assert "primary: dee" not in before.summaries

    assert (await dee.types("/oncall cover primary for 3h", channel="#general")).ok

    after = await fetches(night, schedule)
    assert after.summaries.count("primary: dee") == 1
    assert after.headers["ETag"] != before.headers["ETag"]
    assert (await fetches(night, address(night, person="dee"))).summaries == ["On call: primary"]


async def test_who_has_it_already_is_told_so_and_gets_nothing(night: World) -> None:
    url = address(night, schedule="secondary")
    first = await fetches(night, url)
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]

    for known in (
        {"If_None_Match": tag},
        {"If_None_Match": f'"other", W/{tag}'},
        {"If_Modified_Since": modified},
    ):
        again = await fetches(night, url, **known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == tag
    for unknown in (
        {"If_None_Match": '"other"'},
        {"If_None_Match": '"other"', "If_Modified_Since": modified},
        {"If_Modified_Since": "Mon, 05 Jan 2026 09:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
    ):
        assert (await fetches(night, url, **unknown)).status == 200


async def test_an_address_that_was_not_given_out_leads_nowhere(night: World) -> None:
    url = address(night, schedule="primary")
    other = feed_url(Links(PUBLIC, "x" * 40), schedule="primary")
    assert other is not None
    for wrong in (
        other,
        url.replace(".ics", "a.ics"),
        url.removesuffix(".ics"),
        f"{PUBLIC}/calendar/primary.ics",
        f"{PUBLIC}/calendar/%C3%BC.ics",
        address(night, schedule="tertiary"),
    ):
        assert (await fetches(night, wrong)).status == 404


async def test_it_is_the_same_all_week_and_keeps_its_events(night: World) -> None:
    url = address(night, schedule="secondary")
    first = await fetches(night, url)
    await night.simulator.clock.advance(days=2)
    later = await fetches(night, url)
    names = [re.findall(rb"UID:(\S+)", each.body) for each in (first, later)]
    assert set(names[0][1:]) <= set(names[1])
