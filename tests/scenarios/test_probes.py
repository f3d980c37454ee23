"""Checks that are asked again and again: one warning, edited until it is over; or an incident."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from simulator import Message
from tests.watched import PATIENCE, Site, open_site
from tests.world import Bot, World
from tests.world import world as running_world

ALERTS = "#prod-alerts"
ELSEWHERE = "#dev-help"


def playbook(site: Site, **changed: dict[str, Any] | None) -> str:
    def http(path: str, **more: Any) -> dict[str, Any]:
        return {"http": {"url": f"{site.url}/{path}"}, **more}

    checks = {
        "site-up": http("site", title="Production <answers>", every="1m", **{"for": "2m"}),
        "shop": http("shop", every="1m", incident="p2", service="checkout"),
        "on-demand": http("demand"),
        "hidden": http("hidden", every="1m", channel=ELSEWHERE),
        **changed,
    }
    return json.dumps(
        {
            "version": 1,
            "people": {"ana": {"slack": "ana@example.com"}},
            "services": {"checkout": {}},
            "schedules": {
                "primary": {"layers": [{"rotate": ["ana"], "every": "1 week", "starts": "2026-01-05 09:00"}]}
            },
            "checks": {name: check for name, check in checks.items() if check is not None},
        }
    )


class Watched:
    """A world whose bot watches a site."""

    def __init__(self, world: World, site: Site, file: Path) -> None:
        self.world = world
        self.site = site
        self.file = file
        self.dee = world.person("dee")

    async def minutes(self, count: int, *paths: str) -> None:
        """Let so many minutes pass, one by one: in each, each path is asked once more."""
        for _ in range(count):
            wanted = {path: self.site.asked[path] + 1 for path in paths}
            await self.world.simulator.clock.advance(minutes=1)
            await self.site.until_asked(wanted)

    async def an_hour(self, path: str) -> None:
        """Let an hour pass at once: what was due meanwhile is asked once."""
        wanted = self.site.asked[path] + 1
        await self.world.simulator.clock.advance(hours=1)
        await self.site.until_asked({path: wanted})

    async def says(self, name: str, words: str) -> str:
        """Wait until the list of checks says this of a check: its last answer is on record then."""
        line = ""
        for _ in range(int(PATIENCE / 0.2)):
            answer = await self.dee.types("/ops checks")
            text = json.dumps(answer.blocks, ensure_ascii=False)
            line = next((each for each in text.split("\\n") if name in each), "")
            if words in line:
                return line
            await asyncio.sleep(0.2)  # another process: nothing of ours to wait on
        raise AssertionError(f"{name}: {line!r} never said {words!r}")

    def messages(self, about: str, channel: str = ALERTS) -> list[Message]:
        return [each for each in self.world.said(channel) if about in each.text]

    def others(self, than: list[Message]) -> list[Message]:
        """What was said about the site's answers besides what was there before."""
        before = {each.ts for each in than}
        return [each for each in self.messages("answers") if each.ts not in before]

    async def one_more(self, words: str, than: list[Message]) -> Message:
        """Wait until one message about the site's answers that was not there before says this."""
        await self.world.simulator.until(
            lambda: any(words in each.text for each in self.others(than)), PATIENCE, words
        )
        [found] = self.others(than)
        return found

    async def told(self, words: str, channel: str = ALERTS) -> Message:
        found = await self.dee.sees(words, channel=channel, within=PATIENCE)
        assert isinstance(found, Message)
        return found


@pytest.fixture(scope="module")
async def watched(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Watched]:
    folder = tmp_path_factory.mktemp("probes")
    async with open_site() as site:
        file = folder / "playbook.yaml"
        file.write_text(playbook(site))
        async with running_world(folder, PLAYBOOK=str(file)) as world:
            await site.until_asked({"site": 1, "shop": 1, "hidden": 1})
            yield Watched(world, site, file)


async def test_a_lasting_failure_is_one_warning_edited_until_it_is_over(watched: Watched) -> None:
    site = watched.site
    await watched.an_hour("site")
    before = watched.messages("answers")
    site.bad.add("site")
    await watched.minutes(1, "site")
    await watched.says("site-up", "503")
    site.bad.clear()
    await watched.minutes(1, "site")
    await watched.says("site-up", "200 in")
    assert not watched.others(before), "a blip is not worth a word"

    site.bad.add("site")
    await watched.minutes(3, "site")
    message = await watched.one_more("is failing: 503", before)
    await watched.minutes(5, "site")
    site.bad.clear()
    await watched.minutes(1, "site")
    over = await watched.one_more("is ok again, after 8 min", before)

    assert over.ts == message.ts
    assert "Production &lt;answers&gt;" in over.text
    assert "hunter2" not in json.dumps([message.blocks, over.blocks])


async def test_what_flaps_stays_in_its_message(watched: Watched) -> None:
    site = watched.site
    await watched.an_hour("site")
    before = watched.messages("answers")
    for _ in range(3):
        site.bad.add("site")
        await watched.minutes(3, "site")
        await watched.one_more("is failing: 503", before)
        site.bad.clear()
        await watched.minutes(1, "site")
        found = await watched.one_more("is ok again, after 3 min", before)

    assert "Came and went 3 times since" in json.dumps(found.blocks)


async def test_what_comes_back_much_later_is_a_new_warning(watched: Watched) -> None:
    first = watched.messages("answers")
    for _ in range(2):
        before = watched.messages("answers")
        await watched.an_hour("site")
        watched.site.bad.add("site")
        await watched.minutes(3, "site")
        await watched.one_more("is failing: 503", before)
        watched.site.bad.clear()
        await watched.minutes(1, "site")
        await watched.one_more("is ok again, after 3 min", before)
    await watched.world.bot.settled(within=PATIENCE)

    assert [each.text.endswith("after 3 min") for each in watched.others(first)] == [True, True]


async def test_a_check_may_declare_an_incident_and_says_there_when_it_is_over(watched: Watched) -> None:
    site, world = watched.site, watched.world
    site.bad.add("shop")
    await watched.minutes(2, "shop")
    announced = await watched.dee.sees("shop: 503", channel="#incidents", within=PATIENCE)
    assert "sev2" in announced.text
    assert "checkout" in json.dumps(announced.blocks)
    number = int(announced.text.split("INC-")[1].split()[0])
    await world.person("ana").sees(f"You are paged: INC-{number}", within=PATIENCE)
    site.bad.clear()
    await watched.minutes(1, "shop")
    room = await world.room(number, within=PATIENCE)
    await world.simulator.until(
        lambda: any("shop is ok again, after 2 min" in json.dumps(each.blocks) for each in world.said(room)),
        within=PATIENCE,
        why="the end of the trouble in the timeline",
    )

    site.bad.add("shop")
    await watched.minutes(2, "shop")
    await watched.says("shop", "503")
    site.bad.clear()
    await watched.minutes(1, "shop")
    await watched.says("shop", "200 in")
    await world.bot.settled(within=PATIENCE)
    declared = [each for each in world.said("#incidents") if "shop: 503" in each.text]
    assert len(declared) == 1, "it came back while the incident is open: that is the same one"
    assert not watched.messages("shop"), "the incident tells of it"


async def test_a_failure_that_goes_on_after_its_incident_was_ended_is_said_once(tmp_path: Path) -> None:
    file = tmp_path / "playbook.yaml"
    async with open_site() as site:
        asks = {"url": f"{site.url}/shop", "json_path": "$.open"}
        file.write_text(playbook(site, shop={"http": asks, "every": "1m", "incident": "p2"}))
        site.bodies["shop"] = '{"open": 1}'
        async with running_world(tmp_path, PLAYBOOK=str(file)) as world:
            watched, ana = Watched(world, site, file), world.person("ana")

            def declared() -> list[str]:
                told = [each.text for each in world.said("#incidents") if not each.is_reply]
                return [each.split(" ")[0] for each in told if each.startswith("INC-") and "shop: " in each]

            await site.until_asked({"shop": 1})
            site.bad.add("shop")
            await watched.minutes(2, "shop")
            await watched.dee.sees("shop: 503", channel="#incidents", within=PATIENCE)
            [first] = declared()
            await ana.types(f"/incident resolve {first} Not worth it")
            await world.bot.settled(within=PATIENCE)
            assert not watched.messages("shop")

            await watched.minutes(2, "shop")
            warning = await watched.told("shop is failing")
            assert f"{first} was ended, and it still fails" in ana.reads(warning)
            # One that gives no answer for a while is still the same failure.
            site.bad.clear()
            site.bodies["shop"] = "{}"
            await watched.minutes(3, "shop")
            await watched.says("shop", "there is nothing at")
            site.bad.add("shop")
            await watched.minutes(3, "shop")
            await watched.says("shop", "503")
            await world.bot.settled(within=PATIENCE)
            assert declared() == [first]
            assert watched.messages("shop") == [warning]

            site.bad.clear()
            site.bodies["shop"] = '{"open": 1}'
            await watched.minutes(1, "shop")
            await watched.says("shop", ":large_green_circle:")
            site.bad.add("shop")
            await watched.minutes(2, "shop")
            await world.simulator.until(lambda: len(declared()) == 2, PATIENCE, "a new incident")
            assert watched.messages("shop") == [warning]


async def test_a_probe_may_warn_elsewhere_and_one_that_is_dropped_is_over(watched: Watched) -> None:
    watched.site.bad.add("hidden")
    await watched.minutes(2, "hidden")
    warned = await watched.told("hidden is failing: 503", channel=ELSEWHERE)
    assert not watched.messages("hidden")

    watched.file.write_text(playbook(watched.site, hidden=None))
    await watched.dee.types("/ops reload")
    dropped = await watched.told("hidden is not asked any more", channel=ELSEWHERE)
    assert dropped.ts == warned.ts


async def test_a_check_is_asked_on_demand_and_the_answer_follows(watched: Watched) -> None:
    ana, site = watched.world.person("ana"), watched.site
    answer = await ana.types("/ops check on-demand")
    assert (answer.ok, answer.text) == (True, "Asking *on-demand*. The answer follows.")
    message = await ana.sees("on-demand is ok: 200 in", within=PATIENCE)
    assert site.asked["demand"] == 1
    site.bad.add("demand")
    await ana.clicks("Ask again", message=message)
    await ana.sees("on-demand is failing: 503", within=PATIENCE)
    assert "on-demand" in await watched.says("on-demand", "503")

    wrong = await ana.types("/ops check on-demnd")
    assert "Did you mean: /ops check on-demand" in wrong.text
    listed = await ana.types("/ops check")
    assert listed.text.endswith("not ok")


async def test_a_restart_in_the_middle_of_a_trouble_says_nothing_twice(watched: Watched) -> None:
    before = watched.messages("answers")
    await watched.an_hour("site")
    watched.site.bad.add("site")
    await watched.minutes(3, "site")
    await watched.one_more("is failing: 503", before)
    await watched.world.bot.kill()
    await watched.world.bot.start()
    await watched.minutes(2, "site")
    watched.site.bad.clear()
    await watched.minutes(1, "site")
    await watched.one_more("is ok again, after 5 min", before)


@pytest.mark.postgres
async def test_two_replicas_ask_once(tmp_path: Path, empty_postgres_url: str) -> None:
    async with open_site() as site:
        file = tmp_path / "playbook.yaml"
        file.write_text(playbook(site))
        address = empty_postgres_url
        async with running_world(tmp_path, PLAYBOOK=str(file), DATABASE_URL=address) as world:
            (tmp_path / "second").mkdir()
            second = Bot(world.simulator, tmp_path / "second", PLAYBOOK=str(file), DATABASE_URL=address)
            await second.start()
            try:
                watched = Watched(world, site, file)
                await site.until_asked({"site": 1, "shop": 1})
                first = site.asked["site"]
                await watched.minutes(10, "site", "shop")
                site.bad.add("site")
                await watched.minutes(3, "site")
                await watched.told("is failing: 503")
                assert site.asked["site"] == first + 13
                assert len(watched.messages("answers")) == 1
            finally:
                await second.stop()
