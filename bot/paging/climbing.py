"""Climbing a ladder, whatever it is about.

Whoever pages brings how a rung is called, and what is said at the end.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.delivery.queue import Transaction
from bot.errors import UserError
from bot.mrkdwn import escape, said
from bot.paging import service, store
from bot.paging.ladder import Climb, Ladder, Rung, climbed
from bot.paging.model import Called, Page, PageState
from bot.playbook import Playbook

CallRung = Callable[[Rung, int], Awaitable[list[Called]]]
"""Calls whom a rung means; the second argument counts the steps of the climb, from 0."""


def ladder_of(playbook: Playbook, path: str) -> Ladder:
    """An escalation path as the playbook has it now. Raises KeyError."""
    rules = playbook.escalation[path]
    rungs = tuple(Rung(rung.after, tuple(rung.page)) for rung in rules.ladder)
    return Ladder(path, rungs, rules.repeat, rules.unheard, rules.acknowledge_timeout)


async def take_steps(
    tx: Transaction, climb: Climb, call: CallRung, ran_out: Callable[[Ladder], Awaitable[None]]
) -> list[Called]:
    """Take every step that is due, and come back for the next; gives whom the steps called."""
    found: list[Called] = []
    while climb.due_at is not None and climb.due_at <= tx.now:
        if climb.exhausted:
            await ran_out(climb.ladder)
            climb = replace(climb, due_at=None)
            break
        called = await call(climb.ladder.rung(climb.step), climb.step)
        climb = climbed(climb, tx.now, reached=any(each.person is not None for each in called))
        found += called
    await service.keep_climb(tx, climb)
    return found


async def left_alone(tx: Transaction, unreachable: Page) -> Climb | None:
    """The ladder to go on with at once, where a page reaches nobody: a rung like that is as good as empty.

    None where somebody who was called with them or later may answer, or where nothing is climbed.
    """
    ref = unreachable.subject.ref
    waiting = await store.of_subject(tx.connection, ref, PageState.OPEN)
    others = [each for each in waiting if each.person != unreachable.person]
    last = await service.last_climb(tx, ref)
    if last is None or last.due_at is None or any(each.made_at >= unreachable.made_at for each in others):
        return None
    return replace(last, due_at=tx.now)


def targets(playbook: Playbook, word: str) -> list[str]:
    """The targets somebody means who types a person, a schedule or its user group. Raises UserError."""
    if word.startswith(("user:", "schedule:")):
        return [word]
    if word in playbook.people:
        return [f"person:{word}"]
    if word in playbook.schedules:
        return [f"schedule:{word}"]
    # @oncall: the user group that a schedule keeps.
    groups = [name for name, each in playbook.schedules.items() if each.user_group in (word, f"@{word}")]
    if groups:
        return [f"schedule:{name}" for name in groups]
    known = ", ".join([*playbook.escalation, *playbook.schedules, *playbook.people]) or "nobody yet"
    raise UserError(
        f"Nobody is paged: I don't know whom “{said(word, 100)}” means."
        f" Name somebody with @, or one of these: {escape(known)}."
    )
