"""Posting once and editing ever after, against a simulated Slack: whatever was lost in between."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.clock import SystemClock
from bot.db import Database
from bot.delivery.errors import Refused, Unclear
from bot.delivery.model import EffectId, Leased, Priority
from bot.delivery.queue import Queue
from bot.delivery.store import outbox
from bot.delivery.worker import Done
from bot.messages.show import Messages, Place
from bot.model import ChannelId, Ts, UserId
from bot.slack.blocks import Content, section
from bot.slack.gateway import Slack, make_client
from bot.slack.limits import Limits
from handlers.manifest import manifest
from simulator import Acts, Message, Simulator

BO = UserId("U02BO")


class Desk:
    """What a performer works with, and the message it is about."""

    def __init__(self, simulator: Simulator, database: Database, slack: Slack) -> None:
        self.simulator = simulator
        self.queue = Queue(database, SystemClock())
        self.slack = slack
        self.messages = Messages(database, slack)
        self.place = Place(ChannelId(simulator.channel("#incidents").id))

    def effect(self, *, uncertain: bool = False, priority: Priority = Priority.UPDATE) -> Leased:
        now = datetime.now(UTC)
        return Leased(EffectId(1), "show", "lane", priority, {}, None, 1, 0, uncertain, now)

    async def shows(
        self,
        text: str,
        *,
        uncertain: bool = False,
        priority: Priority = Priority.UPDATE,
        place: Place | None = None,
        recorded: bool = True,
    ) -> Done:
        """Show it; `recorded` False: the process died before it was put on record."""
        effect = self.effect(uncertain=uncertain, priority=priority)
        content = Content(text, (section(text),))
        done = await self.messages.show(effect, "card", place or self.place, content)
        if recorded:
            await self.record(done)
        if recorded and done.detail.endswith(" found"):
            [again] = await self.queued()
            assert (again.kind, again.lane, again.priority) == (effect.kind, effect.lane, effect.priority)
            await self.record(await self.messages.show(self.effect(), "card", place or self.place, content))
        return done

    async def queued(self) -> list[Row[Any]]:
        """What was queued to be shown again."""
        async with self.queue.database.read() as connection:
            return list(await connection.execute(select(outbox)))

    async def record(self, done: Done) -> None:
        async with self.queue.transaction() as tx:
            if done.record is not None:
                await done.record(tx)

    def said(self, channel: str = "#incidents") -> list[Message]:
        return [each for each in self.simulator.channel(channel).messages if each.by_app]

    def texts(self, channel: str = "#incidents") -> list[str]:
        return [each.text for each in self.said(channel)]


@pytest.fixture
async def desk(sqlite_database: Database) -> AsyncIterator[Desk]:
    async with Simulator(limits=False, manifest=manifest()) as simulator:
        slack = Slack(
            make_client(simulator.bot_env()["SLACK_BOT_TOKEN"], simulator.api_url),
            Limits(1000),
            SystemClock(),
        )
        yield Desk(simulator, sqlite_database, slack)
        simulator.faults.clear()
        await slack.close()


@pytest.fixture
def ana(desk: Desk) -> Acts:
    return desk.simulator.person("ana")


async def test_it_is_posted_once_and_edited_after(desk: Desk) -> None:
    await desk.shows("first")
    await desk.shows("second")
    assert desk.texts() == ["second"]
    calls = len(desk.simulator.calls)
    await desk.shows("second")
    assert len(desk.simulator.calls) == calls, "what it shows already is not sent again"


async def test_a_message_that_somebody_deleted_is_posted_anew(desk: Desk) -> None:
    await desk.shows("first")
    message = desk.said()[0]
    await desk.slack.call("chat.delete", channel=message.channel, ts=message.ts)
    await desk.shows("second")
    assert desk.texts() == ["second"]


@pytest.mark.parametrize("priority", list(Priority))
async def test_what_was_posted_by_an_attempt_that_died_is_found_and_brought_up_to_date(
    desk: Desk, priority: Priority
) -> None:
    await desk.shows("first", recorded=False)
    await desk.shows("second", uncertain=True, priority=priority)
    await desk.shows("third")
    assert desk.texts() == ["third"]


@pytest.mark.parametrize("priority", [Priority.PAGE, Priority.ANSWER, Priority.UPDATE])
async def test_what_was_not_posted_is_posted(desk: Desk, priority: Priority) -> None:
    """Also where the bot is not in the channel yet, and so can neither look nor have spoken."""
    await desk.shows("first", uncertain=True, priority=priority)
    assert desk.texts() == ["first"]


async def test_a_cosmetic_message_is_never_risked_twice(desk: Desk) -> None:
    done = await desk.shows("first", uncertain=True, priority=Priority.COSMETIC)
    assert desk.texts() == []
    assert "dropped" in done.detail


async def test_where_slack_lets_nobody_look_a_page_goes_again_and_the_rest_does_not(desk: Desk) -> None:
    await desk.shows("first", recorded=False)
    desk.simulator.faults.refuse("conversations.history", "missing_scope")
    await desk.shows("cosmetic", uncertain=True, priority=Priority.COSMETIC)
    with pytest.raises(Refused, match="missing_scope"):
        await desk.shows("update", uncertain=True)
    assert desk.texts() == ["first"]
    await desk.shows("page", uncertain=True, priority=Priority.PAGE)
    assert desk.texts() == ["first", "page"]


async def test_it_is_found_in_a_direct_message(desk: Desk) -> None:
    place = Place(BO)
    await desk.shows("first", place=place, recorded=False)
    await desk.shows("second", place=place, uncertain=True, priority=Priority.PAGE)
    assert [each.text for each in desk.simulator.person("bo").direct_messages()] == ["second"]


async def test_it_is_found_in_a_thread_and_only_there(desk: Desk, ana: Acts) -> None:
    root = Ts(await ana.says("A thread begins", "#incidents"))
    place = replace(desk.place, thread=root)
    await desk.shows("first", place=place, recorded=False)
    await desk.shows("second", place=place, uncertain=True)
    assert desk.texts() == ["second"]
    assert desk.said()[0].thread_ts == root


async def test_it_is_found_behind_hundreds_of_others(desk: Desk, ana: Acts) -> None:
    await desk.shows("first", recorded=False)
    for number in range(230):
        await ana.says(f"chatter {number}", "#incidents")
    await desk.shows("second", uncertain=True)
    assert desk.texts() == ["second"]


async def test_a_message_that_only_looks_like_ours_is_not_taken_for_it(desk: Desk, ana: Acts) -> None:
    await desk.slack.call("conversations.join", channel=desk.place.channel)
    await desk.slack.call(
        "chat.postMessage",
        channel=desk.place.channel,
        text="another's",
        metadata={"event_type": "other_app", "event_payload": {"id": "card"}},
    )
    await desk.shows("first", uncertain=True)
    assert desk.texts() == ["another's", "first"]


async def test_an_edit_whose_answer_was_lost_is_made_again_even_back_to_what_is_on_record(desk: Desk) -> None:
    await desk.shows("as it was")
    desk.simulator.faults.lose_answers(every=1)
    with pytest.raises(Unclear):
        await desk.shows("for a moment")
    desk.simulator.faults.clear()
    assert desk.texts() == ["for a moment"]
    await desk.shows("as it was", uncertain=True)
    assert desk.texts() == ["as it was"]


async def test_a_message_is_removed_once_and_may_be_gone_already(desk: Desk) -> None:
    await desk.shows("first")
    await desk.record(await desk.messages.remove(desk.effect(), "card"))
    assert desk.texts() == []
    assert (await desk.messages.remove(desk.effect(), "card")).detail == "nothing to remove"
    await desk.shows("second")
    message = desk.said()[0]
    await desk.slack.call("chat.delete", channel=message.channel, ts=message.ts)
    await desk.record(await desk.messages.remove(desk.effect(), "card"))


async def test_what_is_set_rather_than_posted_is_set_when_it_changes(desk: Desk) -> None:
    changes: list[str] = []
    shown = [False]

    async def set_to(text: str, *, uncertain: bool = False, recorded: bool = True) -> None:
        async def change() -> None:
            changes.append(text)

        async def is_set() -> bool:
            return shown[0]

        done = await desk.messages.once_changed(
            desk.effect(uncertain=uncertain), "topic", ChannelId("C1"), text, change, is_set
        )
        if recorded:
            await desk.record(done)

    await set_to("a")
    await set_to("a")
    assert changes == ["a"]
    await set_to("b", recorded=False)
    shown[0] = True
    await set_to("b", uncertain=True)
    assert changes == ["a", "b"], "found set by the attempt that died"
    await set_to("a")
    assert changes == ["a", "b", "a"]
    shown[0] = False
    await set_to("a", uncertain=True)
    assert changes[3:] == ["a"]
