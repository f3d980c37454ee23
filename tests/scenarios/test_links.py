"""A page answered from its link: by people, not by whatever looks at links; also while Slack is away."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest

from bot.links import Links
from bot.paging.links import page_link
from bot.paging.model import PageId
from simulator import Acts
from tests.receivers import hooks
from tests.world import World
from tests.world import world as running_world

SECRET = "the-secret-of-these-scenarios-only"
WITHIN = 30.0
PLAYBOOK = """
version: 1
timezone: UTC
people:
  ana: {slack: ana@example.com, timezone: Europe/Berlin}
  bo: {slack: bo@example.com}
  dee: {slack: dee@example.com}
  eli: {slack: eli@example.com}
  fay: {slack: nobody-here@example.com}
schedules:
  primary: {layers: [{rotate: [ana], every: 1 week, starts: 2026-01-05 00:00}]}
escalation:
  platform:
    ladder:
      - {page: [schedule:primary]}
      - {after: 10m, page: [dee]}
      - {after: 30m, page: [eli]}
severities:
  sev1: {page: {path: platform}, room: channel}
  sev2: {page: {at_once: [fay]}, room: thread}
"""


@dataclass
class Seen:
    """What a browser got."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def buttons(self) -> list[str]:
        return re.findall(r"<button[^>]*>([^<]*)</button>", self.text)

    @property
    def state(self) -> str:
        found = re.search(r'role="status">([^<]*)<', self.text)
        return found.group(1) if found else ""


class Browser:
    """Opens links at the bot, as a phone does."""

    def __init__(self, world: World) -> None:
        self._links = Links(world.bot.url, SECRET)

    def link(self, page: int) -> str:
        found = page_link(self._links, PageId(page))
        assert found is not None
        return found

    async def opens(self, link: str, method: str = "GET") -> Seen:
        async with aiohttp.ClientSession() as session, session.request(method, link) as answer:
            return Seen(answer.status, answer.headers, await answer.text())

    async def presses(self, link: str, button: str) -> Seen:
        """Post the form by its button, and follow to what is shown then."""
        async with aiohttp.ClientSession() as session, session.post(link, data={"do": button}) as answer:
            assert answer.status != 200 or answer.history, "an answered form leads away from itself"
            return Seen(answer.status, answer.headers, await answer.text())

    async def finds(self, title: str) -> str:
        """The newest link whose document has this title, as the message with it would."""
        found = ""
        for page in range(1, 80):
            seen = await self.opens(self.link(page))
            found = self.link(page) if title in seen.text else found
        assert found, title
        return found


@pytest.fixture(scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("links")
    async with running_world(
        folder,
        playbook=PLAYBOOK,
        PUBLIC_URL="https://watchbill.example.com/",
        LINK_SECRET=SECRET,
    ) as found:
        yield found


@pytest.fixture
def phone(night: World) -> Browser:
    return Browser(night)


async def paged(night: World, title: str, severity: str = "sev1") -> int:
    number = await night.declares(night.person("bo"), f"{severity} {title}")
    await night.person("ana").sees(f"You are paged: INC-{number}", within=WITHIN)
    await night.bot.settled(within=WITHIN)
    return number


def page_count(who: Acts, number: int) -> int:
    return sum(f"INC-{number} ·" in message.text for message in who.direct_messages())


@pytest.fixture(scope="module")
async def known(night: World) -> str:
    """The link of a page that exists."""
    await paged(night, "Known well")
    return await Browser(night).finds("Known well")


async def test_a_page_is_shown_and_acknowledged_from_its_link(night: World, phone: Browser) -> None:
    ana = night.person("ana")
    number = await paged(night, "Checkout <b>fails</b> & burns")
    link = await phone.finds("Checkout &lt;b&gt;fails&lt;/b&gt; &amp; burns")
    seen = await phone.opens(link)
    assert f"INC-{number} · sev1" in seen.text
    assert "ana (on call for primary)" in seen.text
    assert seen.buttons == ["Acknowledge", "I can't, next please"]
    assert seen.state == "Nobody has acknowledged yet."

    after = await phone.presses(link, "acknowledge")

    assert re.fullmatch(r"Acknowledged by ana at \d\d:\d\d\s?CES?T\.", after.state)
    assert after.buttons == []
    await ana.sees("Acknowledged by <@U01ANA>", within=WITHIN)
    told = await ana.types(f"/incident timeline INC-{number}", channel="#general")
    assert "acknowledged by link" in str(told.blocks)


async def test_looking_at_a_link_changes_nothing_however_often(night: World, phone: Browser) -> None:
    await paged(night, "Previewed by a mail scanner")
    link = await phone.finds("Previewed by a mail scanner")

    for method in ("GET", "HEAD", "GET"):
        assert (await phone.opens(link, method)).status == 200

    seen = await phone.opens(link)
    assert seen.state == "Nobody has acknowledged yet."
    assert "Acknowledge" in seen.buttons


async def test_the_document_loads_nothing_keeps_its_address_and_is_not_kept(
    night: World, phone: Browser
) -> None:
    await paged(night, "Headers")
    seen = await phone.opens(await phone.finds("Headers"))

    assert seen.headers["Cache-Control"] == "no-store"
    assert seen.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in seen.headers["X-Robots-Tag"]
    assert "default-src 'none'" in seen.headers["Content-Security-Policy"]
    assert "<script" not in seen.text
    assert "http" not in seen.text.replace("https://watchbill.example.com", "")


async def test_acknowledging_twice_keeps_the_first(night: World, phone: Browser) -> None:
    await paged(night, "Pressed twice")
    link = await phone.finds("Pressed twice")

    first, second = await phone.presses(link, "acknowledge"), await phone.presses(link, "acknowledge")

    assert first.status == second.status == 200
    assert first.state == second.state


async def test_who_cannot_passes_on_from_the_link_and_the_next_is_called_once(
    night: World, phone: Browser
) -> None:
    dee, eli = night.person("dee"), night.person("eli")
    number = await paged(night, "Passed on by link")
    link = await phone.finds("Passed on by link")

    first, second = await phone.presses(link, "decline"), await phone.presses(link, "decline")

    assert first.state.startswith("Passed on by ana at")
    assert first.state == second.state
    await dee.sees(f"You are paged: INC-{number}", within=WITHIN)
    await night.bot.settled(within=WITHIN)
    assert page_count(eli, number) == 0, "two clicks are one answer"


async def test_what_was_acknowledged_in_slack_or_is_over_says_so(night: World, phone: Browser) -> None:
    ana, bo = night.person("ana"), night.person("bo")
    number = await paged(night, "Somebody was quicker")
    link = await phone.finds("Somebody was quicker")
    assert (await bo.types(f"/incident ack INC-{number}", channel="#general")).ok
    assert (await phone.opens(link)).state.startswith("Acknowledged by bo at")
    assert (await bo.types(f"/incident resolve INC-{number} Gone", channel="#general")).ok
    assert "It is over since" in (await phone.opens(link)).state

    number = await paged(night, "Over before anybody answered")
    link = await phone.finds("Over before anybody answered")
    assert (await ana.types(f"/incident cancel INC-{number}", channel="#general")).ok
    seen = await phone.presses(link, "acknowledge")
    assert seen.state.startswith("Over since")
    assert seen.buttons == []


async def test_somebody_called_for_help_answers_for_themselves(night: World, phone: Browser) -> None:
    ana, dee = night.person("ana"), night.person("dee")
    number = await paged(night, "Help is called")
    await ana.clicks("Acknowledge", message=await ana.sees(f"You are paged: INC-{number}"))
    await ana.clicks("Escalate", message=await ana.sees(f"INC-{number} · sev1 · Help is called: "))
    await dee.sees(f"You are paged: INC-{number}", within=WITHIN)
    link = await phone.finds("Help is called")

    seen = await phone.opens(link)
    assert "ana has it since" in seen.state
    assert seen.buttons == ["Acknowledge", "I can't, next please"]
    assert "Acknowledged by dee" in (await phone.presses(link, "acknowledge")).state


async def test_a_private_incident_can_be_answered_by_whoever_was_paged(night: World, phone: Browser) -> None:
    bo = night.person("bo")
    answer = await bo.types("/incident private sev1 Somebody broke in", channel="#general")
    assert answer.ok, answer.error
    await night.bot.settled(within=WITHIN)
    seen = await phone.presses(await phone.finds("Somebody broke in"), "acknowledge")
    assert seen.state.startswith("Acknowledged by ana")


async def test_somebody_slack_does_not_know_answers_by_name(night: World, phone: Browser) -> None:
    bo = night.person("bo")
    number = await night.declares(bo, "sev2 Nobody in Slack")
    await bo.sees("fay could not be paged", channel="#incidents", within=WITHIN)
    seen = await phone.presses(await phone.finds("Nobody in Slack"), "acknowledge")
    shown = await bo.types(f"/incident show INC-{number}", channel="#general")
    assert seen.status == 200
    assert "fay at " in str(shown.blocks)


async def test_a_call_without_an_incident_has_a_link_too(night: World, phone: Browser) -> None:
    bo, dee = night.person("bo"), night.person("dee")
    assert (await bo.types("/oncall page platform Please call the bank", channel="#general")).ok
    await night.bot.settled(within=WITHIN)
    link = await phone.finds("Please call the bank")
    seen = await phone.opens(link)
    assert re.search(r'class="ref">CALL-\d+<', seen.text)
    assert seen.buttons == ["Acknowledge", "I can't, next please"]

    for _ in range(2):
        assert (await phone.presses(link, "decline")).state.startswith("Passed on by ana")
    page = await dee.sees("Please call the bank", within=WITHIN)
    await dee.clicks("Acknowledge", message=page)
    await bo.sees("<@U04DEE> acknowledged", within=WITHIN)
    assert not any("call the bank" in each.text for each in night.person("eli").direct_messages())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda link: link[:-1] + ("a" if link[-1] != "a" else "b"),
        lambda link: link[:-1],
        lambda link: link.rpartition("-")[0],
        lambda link: re.sub(r"/p/\d+", "/p/999999", link),
        lambda link: re.sub(r"/p/\d+", "/p/" + "9" * 30, link),
        lambda link: link + "%00",
        lambda link: re.sub(r"/p/.*", "/p/%E2%82%AC-aaaaaaaaaaaaaaaaaaaaaaaaaa", link),
    ],
)
async def test_a_forged_link_finds_nothing_and_is_told_nothing(
    phone: Browser, known: str, spoil: Callable[[str], str]
) -> None:
    assert (await phone.opens(known)).status == 200
    forged = spoil(known)
    unknown = await phone.opens(phone.link(999_999))

    for seen in (await phone.opens(forged), await phone.presses(forged, "acknowledge")):
        assert seen.status == unknown.status == 404
        assert seen.text == unknown.text, "no hint at what is wrong with it"


async def test_a_form_that_asks_for_something_else_is_refused(night: World, phone: Browser) -> None:
    await paged(night, "Odd forms")
    link = await phone.finds("Odd forms")
    assert (await phone.presses(link, "resolve")).status == 400
    assert (await phone.opens(link, "POST")).status == 400
    assert (await phone.opens(link)).state == "Nobody has acknowledged yet."


async def test_a_page_is_answered_while_slack_is_away_and_slack_hears_of_it_later(
    night: World, phone: Browser
) -> None:
    bo, ana, dee = night.person("bo"), night.person("ana"), night.person("dee")
    night.simulator.faults.outage(sockets=False)
    try:
        number = await night.declares(bo, "sev1 Slack is down as well")
        link = await phone.finds("Slack is down as well")
        assert (await phone.presses(link, "acknowledge")).state.startswith("Acknowledged by ana")
        await night.simulator.clock.advance(minutes=15)
    finally:
        night.simulator.faults.clear()
    await night.simulator.clock.advance(seconds=30)
    await night.bot.settled(within=60)
    await ana.sees("Acknowledged by <@U01ANA>", within=WITHIN)
    assert page_count(dee, number) == 0, "nobody further is called"


async def test_the_link_in_a_text_message_answers_while_slack_is_away(tmp_path: Path) -> None:
    """From one end to the other: paged by another way after 30 seconds, and answered by what came in it."""
    async with hooks() as provider:
        reachable = PLAYBOOK.replace(
            "timezone: Europe/Berlin", f'contacts: {{sms: "{provider.address("ana")}"}}'
        )
        async with running_world(
            tmp_path,
            playbook=reachable,
            PUBLIC_URL="https://watchbill.example.com",
            LINK_SECRET=SECRET,
        ) as dark:
            phone = Browser(dark)
            dark.simulator.faults.outage(sockets=False)
            await dark.declares(dark.person("bo"), "sev1 All is dark")
            await dark.simulator.clock.advance(seconds=31)
            message = await provider.gets("ana", "All is dark")
            (link,) = re.findall(r"https://watchbill\.example\.com/p/\S+", message.text)
            here = link.replace("https://watchbill.example.com", dark.bot.url)

            assert (await phone.opens(here)).state == "Nobody has acknowledged yet."
            assert (await phone.presses(here, "acknowledge")).state.startswith("Acknowledged by ana")

            await dark.simulator.clock.advance(minutes=40)
            dark.simulator.faults.clear()
            await dark.simulator.clock.advance(seconds=30)
            await dark.person("bo").sees("@ana at", channel="#incidents", within=WITHIN)
            assert not dark.person("dee").direct_messages(), "nobody further was called"


async def test_a_link_is_good_for_a_week(night: World, phone: Browser) -> None:
    await paged(night, "An old message")
    link = await phone.finds("An old message")
    await night.simulator.clock.advance(days=6, hours=23)
    assert (await phone.opens(link)).status == 200
    await night.simulator.clock.advance(hours=2)
    assert (await phone.opens(link)).status == 404
