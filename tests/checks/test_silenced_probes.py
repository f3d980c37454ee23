"""What a silence keeps back, and what is told when it is over; on both databases, through the service."""

from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from sqlalchemy import select

from bot.checks import service, store, watching
from bot.checks.model.result import Result, Verdict
from bot.checks.model.trouble import Trouble
from bot.context import Context
from bot.db import Database
from bot.delivery.queue import Queue
from bot.delivery.store import outbox
from bot.errors import UserError
from bot.model import Act, UserId
from bot.people.directory import Directory
from bot.playbook import Playbook, PlaybookFile, parse
from bot.silences import service as silences
from bot.silences import store as silences_store
from bot.silences.model import Silence, SilenceId
from bot.silences.service import Wanted
from tests.delivery.by_hand import START, HandClock

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ANA = UserId("U01ANA")
# The clock of these tests begins at noon.
PLAYBOOK = """
version: 1
services: {shop: {}, idle: {}}
checks:
  site: {http: {url: "https://example.com"}, every: 1m, service: shop}
  rare: {http: {url: "https://example.com"}, every: 6h}
  other: {http: {url: "https://example.com"}, every: 1m}
maintenance:
  windows: [{name: noon, when: "0 13 * * *", for: 1h, silence: other}]
"""


class Kept:
    """A playbook that is what it is."""

    def __init__(self, current: Playbook) -> None:
        self.current = current


class Office:
    """Probes that answer what the test says, at the time that the clock shows."""

    def __init__(self, database: Database) -> None:
        self.clock = HandClock()
        written = cast("PlaybookFile", Kept(parse(PLAYBOOK, {})))
        known = cast("Directory", Nobody())
        self.context = Context(
            Queue(database, self.clock), written, known, self.clock, links=cast("Any", None)
        )
        self._acts = 0

    def act(self) -> Act:
        self._acts += 1
        return Act(ANA, self.clock.now(), f"request {self._acts}")

    async def silence(
        self, *names: str, lasts: timedelta = 2 * HOUR, begins: timedelta = 0 * HOUR
    ) -> Silence:
        starts_at = self.clock.now() + begins
        return await silences.make(self.context, Wanted(names, starts_at, starts_at + lasts), self.act())

    async def answers(self, check: str, verdict: Verdict, evidence: str = "503", times: int = 1) -> None:
        """Once each minute."""
        for _ in range(times):
            result = Result(check, verdict, evidence, self.clock.now(), 0.2)
            async with self.context.queue.transaction() as tx:
                await service.claim(tx, [(check, result.at)])
                await watching.record(tx, self.context.playbook.current, [result])
            self.clock.at += MINUTE

    async def is_over(self, silence: Silence) -> None:
        async with self.context.queue.transaction() as tx:
            ended = await silences.turn(tx, silence.id)
            assert ended is not None
            await watching.ask_again(tx, self.context.playbook.current, ended)

    async def asked_again(self) -> list[str]:
        """The probes that are to be asked out of their turn."""
        async with self.context.queue.database.read() as connection:
            rows = await connection.execute(
                select(outbox.c.payload).where(outbox.c.kind == "check.again").order_by(outbox.c.id)
            )
            return [payload["check"] for payload in rows.scalars()]

    async def turns(self) -> list[datetime]:
        """When silences are looked at next."""
        async with self.context.queue.database.read() as connection:
            rows = await connection.execute(
                select(outbox.c.not_before).where(
                    outbox.c.kind == "silence.turn", outbox.c.state == "pending"
                )
            )
            return sorted(rows.scalars())

    async def trouble(self, check: str) -> Trouble | None:
        async with self.context.queue.database.read() as connection:
            return (await store.last_troubles(connection, [check])).get(check)

    async def held(self, silence: Silence) -> list[tuple[str, str, str, datetime | None]]:
        async with self.context.queue.database.read() as connection:
            found = await silences_store.find(connection, silence.id)
        assert found is not None
        return [(each.check, each.verdict, each.evidence, each.until) for each in found.held]


class Nobody:
    """A directory of nobody: the playbook has no roles to ask about."""

    def name_of(self, _: UserId) -> None:
        return None


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


async def test_what_fails_in_a_silence_is_noted_and_told_nobody(office: Office) -> None:
    silence = await office.silence("shop")
    await office.answers("site", Verdict.FAIL)
    assert await office.held(silence) == [], "one answer alone would not have been told either"
    await office.answers("site", Verdict.FAIL, "504", times=3)
    assert await office.trouble("site") is None
    assert await office.held(silence) == [("site", "fail", "504", None)]

    await office.answers("other", Verdict.FAIL, times=2)
    assert await office.trouble("other") is not None


async def test_what_came_and_went_in_a_silence_is_over_with_it(office: Office) -> None:
    silence = await office.silence("site")
    await office.answers("site", Verdict.FAIL, times=3)
    ok_at = office.clock.now()
    await office.answers("site", Verdict.OK, "200")
    assert await office.held(silence) == [("site", "fail", "503", ok_at)]
    office.clock.at += 2 * HOUR
    await office.is_over(silence)
    assert await office.trouble("site") is None


async def test_what_still_fails_at_the_end_is_asked_and_told_with_its_true_beginning(office: Office) -> None:
    silence = await office.silence("site", "rare")
    began = office.clock.now()
    await office.answers("rare", Verdict.FAIL)
    await office.answers("site", Verdict.FAIL, times=119)
    office.clock.at = began + 2 * HOUR
    await office.is_over(silence)
    assert await office.asked_again() == ["rare", "site"]

    for check, since in (("site", began + MINUTE), ("rare", began)):
        await office.answers(check, Verdict.FAIL)
        trouble = await office.trouble(check)
        assert trouble is not None, check
        assert (trouble.began_at, trouble.verdict, trouble.is_over) == (since, Verdict.FAIL, False)


async def test_what_came_and_went_is_not_asked_again(office: Office) -> None:
    silence = await office.silence("site")
    await office.answers("site", Verdict.FAIL, times=3)
    await office.answers("site", Verdict.OK, "200")
    office.clock.at += 3 * HOUR
    await office.is_over(silence)
    assert await office.asked_again() == []


async def test_what_was_on_its_way_as_the_silence_ended_is_told_all_the_same(office: Office) -> None:
    """Its answer was written down after the end had looked: the end looks again."""
    silence = await office.silence("site", lasts=2 * MINUTE)
    await office.answers("site", Verdict.FAIL)
    office.clock.at = silence.ends_at
    await office.is_over(silence)
    async with office.context.queue.transaction() as tx:
        await tx.cancel(f"silence:{silence.id}:ends")
    office.clock.at = silence.ends_at - timedelta(milliseconds=5)
    await office.answers("site", Verdict.FAIL)
    assert await office.turns() == [silence.ends_at]
    await office.is_over(silence)
    assert await office.asked_again() == ["site"]


async def test_a_turn_that_comes_too_early_comes_again(office: Office) -> None:
    """The clocks of two replicas differ."""
    begins = office.clock.now() + HOUR
    silence = await office.silence("site", begins=HOUR, lasts=HOUR)
    for at in (begins - MINUTE, begins + MINUTE):
        office.clock.at = at
        async with office.context.queue.transaction() as tx:
            await tx.cancel(f"silence:{silence.id}:begins", f"silence:{silence.id}:ends")
            assert await silences.turn(tx, silence.id) is None
        assert await office.turns() == ([begins, begins + HOUR] if at < begins else [begins + HOUR])


async def test_a_relapse_that_was_kept_back_for_long_is_news(office: Office) -> None:
    """The message about the time before is hours old, and an edit of it would notify nobody."""
    await office.answers("site", Verdict.FAIL, times=2)
    before = await office.trouble("site")
    silence = await office.silence("site")
    await office.answers("site", Verdict.OK, "200")
    await office.answers("site", Verdict.FAIL, times=119)
    office.clock.at = silence.ends_at
    await office.is_over(silence)
    await office.answers("site", Verdict.FAIL)
    after = await office.trouble("site")
    assert before is not None
    assert after is not None
    assert after.id != before.id


async def test_that_all_is_well_again_is_noted_by_every_silence(office: Office) -> None:
    first = await office.silence("site")
    await office.answers("site", Verdict.FAIL, times=3)
    await office.silence("all", lasts=5 * HOUR)
    await office.answers("site", Verdict.OK, "200")
    assert [each[3] is not None for each in await office.held(first)] == [True]


async def test_ending_one_of_two_says_which_other_keeps_quiet(office: Office) -> None:
    first = await office.silence("shop")
    second = await office.silence("site", lasts=HOUR)
    await office.silence("other", lasts=HOUR)
    assert (await silences.end(office.context, first.id, office.act()))[1] == second
    assert (await silences.end(office.context, second.id, office.act()))[1] is None


async def test_a_trouble_from_before_ends_in_a_silence_and_gets_no_worse_in_it(office: Office) -> None:
    await office.answers("site", Verdict.WARN, "slow", times=2)
    silence = await office.silence("site")
    await office.answers("site", Verdict.WARN, "slow")
    assert await office.held(silence) == [], "that is known already"
    await office.answers("site", Verdict.FAIL, times=2)
    trouble = await office.trouble("site")
    assert trouble is not None
    assert (trouble.verdict, trouble.gravest) == (Verdict.WARN, Verdict.WARN)
    assert [each[:2] for each in await office.held(silence)] == [("site", "fail")]

    await office.answers("site", Verdict.OK, "200")
    over = await office.trouble("site")
    assert over is not None
    assert over.is_over


async def test_where_two_silences_meet_the_second_keeps_what_the_first_let_go(office: Office) -> None:
    first = await office.silence("site", lasts=10 * MINUTE)
    await office.answers("site", Verdict.FAIL, times=3)
    second = await office.silence("all", lasts=HOUR)
    office.clock.at = first.ends_at
    await office.answers("site", Verdict.FAIL)
    await office.is_over(first)
    await office.answers("site", Verdict.FAIL)
    assert await office.trouble("site") is None
    assert [each[:2] for each in await office.held(second)] == [("site", "fail")]


async def test_a_silence_holds_from_its_beginning_to_its_end_and_no_longer(office: Office) -> None:
    await office.silence("site", begins=5 * MINUTE, lasts=5 * MINUTE)
    await office.answers("site", Verdict.FAIL, times=2)
    before = await office.trouble("site")
    assert before is not None
    await office.answers("site", Verdict.OK, "200", times=3)
    await office.answers("site", Verdict.FAIL, times=5)
    assert (found := await office.trouble("site")) is not None
    assert found.times == 1
    await office.answers("site", Verdict.FAIL)
    assert (found := await office.trouble("site")) is not None
    assert (found.times, found.is_over) == (2, False)


async def test_a_window_that_is_open_keeps_quiet_before_its_job_has_run(office: Office) -> None:
    """As when the bot starts in the middle of one, and the probe answers first."""
    office.clock.at = START.replace(hour=13, minute=30)
    await office.answers("other", Verdict.FAIL, times=3)
    assert await office.trouble("other") is None
    begun = (await silences.coming(office.context)).silences
    assert [(each.window, each.starts_at) for each in begun] == [("noon", START.replace(hour=13, minute=0))]
    # Once, however many look.
    await office.answers("other", Verdict.FAIL, times=2)
    assert [each.id for each in (await silences.coming(office.context)).silences] == [begun[0].id]


async def test_ended_by_hand_a_window_stays_ended(office: Office) -> None:
    office.clock.at = START.replace(hour=13, minute=30)
    await office.answers("other", Verdict.FAIL, times=3)
    [begun] = (await silences.coming(office.context)).silences
    ended, _ = await silences.end(office.context, begun.id, office.act())
    await office.is_over(ended)
    await office.answers("other", Verdict.FAIL)
    assert await office.trouble("other") is not None
    await office.answers("other", Verdict.OK, "200")
    await office.answers("other", Verdict.FAIL, times=3)
    assert (found := await office.trouble("other")) is not None
    assert found.times == 2
    coming = await silences.coming(office.context)
    assert coming.silences == []
    # The next ones are those of the days to come.
    assert [each.starts_at.day for each in coming.windows] == [21, 22, 23, 24, 25, 26, 27]


async def test_states_tell_what_is_silenced(office: Office) -> None:
    silence = await office.silence("shop")
    site, rare, other = await service.states(office.context)
    assert (site.silence, rare.silence, other.silence) == (silence, None, None)


async def test_silences_of_nothing_are_neither_made_nor_ended(office: Office) -> None:
    with pytest.raises(UserError, match="Nothing watches idle"):
        await office.silence("idle")
    with pytest.raises(UserError, match="What is to be silenced"):
        await office.silence()
    with pytest.raises(UserError, match="There is no silence 99"):
        await silences.end(office.context, SilenceId(99), office.act())
