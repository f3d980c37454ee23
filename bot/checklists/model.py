"""What a checklist is once it was asked, and the rules for answering it. Pure."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.errors import UserError
from bot.model import WATCHBILL, UserId
from bot.mrkdwn import said, user, when_dated

RunId = NewType("RunId", int)

# The item of a note that belongs to none.
NO_ITEM = -1


class Kind(StrEnum):
    """How an item is answered."""

    HEADING = "heading"  # not at all
    TICK = "tick"  # OK, Problem or Skip
    CHECK = "check"  # by a machine
    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True)
class Item:
    """One line of a checklist, as the playbook had it when it was asked."""

    text: str
    kind: Kind = Kind.TICK
    check: str | None = None
    choices: tuple[str, ...] = ()
    runbook: str | None = None
    within: timedelta | None = None
    optional: bool = False


class Verb(StrEnum):
    """What somebody answered."""

    OK = "ok"
    PROBLEM = "problem"
    SKIPPED = "skipped"
    VALUE = "value"  # a text, a number, a choice
    NOTE = "note"  # something odd that belongs to no item


@dataclass(frozen=True)
class Answer:
    """`text`: the value, the reason for skipping, or what was seen; `action`: what was done about it."""

    item: int
    verb: Verb
    by: UserId
    at: datetime
    text: str = ""
    action: str = ""
    seen_at: datetime | None = None
    incident: int | None = None
    followup: int | None = None


@dataclass(frozen=True)
class Checked:
    """What a machine answered. `verdict` is ok, warn, fail or unknown."""

    item: int
    verdict: str
    measured: str
    evidence: str
    link: str | None
    at: datetime

    @property
    def is_ok(self) -> bool:
        return self.verdict == "ok"


class State(StrEnum):
    OPEN = "open"
    DONE = "done"
    NOT_DONE = "not done"  # the next one began, or nobody answered


@dataclass(frozen=True)
class Scope:
    """What tells one asking of a checklist from another: the next of the same scope closes the last."""

    checklist: str
    about: UserId | None = None  # whom it is about: somebody new
    role: str | None = None
    day: int = 0  # days after the start
    incident: int | None = None


@dataclass(frozen=True)
class Run:
    """A checklist that was asked. `people` are names of the playbook, or Slack ids of those outside it."""

    id: RunId
    scope: Scope
    title: str
    items: tuple[Item, ...]
    state: State
    started_at: datetime
    started_by: UserId
    due_at: datetime  # when it should have been asked
    channel: str | None  # a name or an id; None: direct messages
    asked_at: datetime | None = None  # when the prompt was posted; None: not yet
    group: str | None = None  # a user group whose members are to be asked of Slack
    people: tuple[str, ...] = ()
    prompted: tuple[str, ...] = ()  # who has, or had, it as a direct message
    remind_after: timedelta | None = None
    escalate_after: timedelta | None = None
    escalate_to: str | None = None
    audience: str | None = None
    escalated_to: tuple[str, ...] | None = None  # None: not yet; empty: there was nobody
    done_at: datetime | None = None
    done_by: UserId | None = None
    closed_at: datetime | None = None
    answers: Mapping[int, Answer] = field(default_factory=dict)
    notes: tuple[Answer, ...] = ()
    checks: Mapping[int, Checked] = field(default_factory=dict)

    @property
    def questions(self) -> tuple[int, ...]:
        """The items that can be answered."""
        return tuple(n for n, item in enumerate(self.items) if item.kind is not Kind.HEADING)

    @property
    def late_by(self) -> timedelta:
        """How much later than it should have been people could see it."""
        return (self.asked_at or self.started_at) - self.due_at

    def is_settled(self, item: int) -> bool:
        """Answered by a person, or found in order by a machine."""
        checked = self.checks.get(item)
        return item in self.answers or (checked is not None and checked.is_ok)

    @property
    def unsettled(self) -> tuple[int, ...]:
        return tuple(n for n in self.questions if not self.is_settled(n))

    @property
    def is_complete(self) -> bool:
        """Everything that is not optional is settled."""
        return all(self.items[n].optional for n in self.unsettled)

    @property
    def problems(self) -> int:
        """How many answers and notes tell of trouble."""
        told = [each for each in self.answers.values() if each.verb is Verb.PROBLEM]
        return len(told) + len(self.notes)

    @property
    def followups(self) -> tuple[int, ...]:
        """What was opened to be followed up, by number."""
        told = [*self.answers.values(), *self.notes]
        return tuple(sorted(each.followup for each in told if each.followup is not None))


# Slack takes 50 blocks and 13,200 characters a message. An item or heading is two blocks; so many of them
# leave room for the head, the foot, and an answer to each.
PAGE_BLOCKS = 32


def pages(items: Sequence[Item]) -> list[tuple[int, ...]]:
    """Which items stand on which page of the prompt. A heading stands with what follows it."""
    found: list[list[int]] = [[]]
    used = 0
    for n, item in enumerate(items):
        needs = 4 if item.kind is Kind.HEADING else 2
        if used + needs > PAGE_BLOCKS:
            found.append([])
            used = 0
        found[-1].append(n)
        used += 2
    return [tuple(page) for page in found]


def under_headings(items: Sequence[Item]) -> tuple[Item, ...]:
    """Without headings that nothing follows."""
    kept: list[Item] = []
    for item in items:
        if item.kind is Kind.HEADING and kept and kept[-1].kind is Kind.HEADING:
            kept.pop()
        kept.append(item)
    while kept and kept[-1].kind is Kind.HEADING:
        kept.pop()
    return tuple(kept)


def must_take_answers(run: Run) -> None:
    """Raises UserError for a checklist that was closed."""
    if run.closed_at is None:
        return
    if run.state is State.DONE:
        raise UserError(f"{said(run.title, 100)} was done, and the next one has begun: answer that one.")
    raise UserError(
        f"{said(run.title, 100)} was closed as not done {when_dated(run.closed_at)}: your answer is not"
        f" counted. To ask it again: /checklist start {said(run.scope.checklist, 80)}"
    )


def must_be_free(run: Run, item: int) -> None:
    """Raises UserError that tells who was first."""
    must_take_answers(run)
    if not 0 <= item < len(run.items) or run.items[item].kind is Kind.HEADING:
        raise UserError("There is no such item on this checklist.")
    before = run.answers.get(item)
    if before is not None:
        raise UserError(
            f"“{said(run.items[item].text, 100)}” was answered already by {user(before.by)}"
            f" {when_dated(before.at)}: {told(before)}."
        )


def told(answer: Answer, limit: int = 300) -> str:
    """An answer in a word or two, as mrkdwn; somebody's words are cut at `limit`."""
    match answer.verb:
        case Verb.OK:
            return "OK"
        case Verb.SKIPPED:
            return f"skipped: {said(answer.text, limit)}"
        case Verb.PROBLEM | Verb.NOTE:
            return f"problem: {said(answer.text, limit)}"
        case Verb.VALUE:
            return said(answer.text, limit)


def number(text: str) -> str:
    """A number as typed, in either way of writing decimals, without a percent sign. Raises UserError."""
    plain = text.strip().removesuffix("%").replace(" ", "")
    if re.fullmatch(r"[+-]?\d{1,3},\d{3}", plain):
        raise UserError(
            f"Is that {plain.replace(',', '')} or {plain.replace(',', '.')}? Write it without a comma."
        )
    is_grouped = re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", plain) is not None
    plain = plain.replace(",", "" if is_grouped else ".")
    try:
        value = float(plain)
    except ValueError:
        raise UserError("This is not a number. For example: 42 or 3.5") from None
    if not math.isfinite(value):
        raise UserError("This is not a number. For example: 42 or 3.5")
    return plain


def elsewhere(run: Run, person: str | None, warnings: str) -> Run | None:
    """The run where its prompt cannot be shown to `person`, or, with None, in its channel.

    The others keep it; for the last person it goes where `warnings` go; a channel's goes to whoever started
    it. None: there is nowhere else.
    """
    if person is not None:
        others = tuple(each for each in run.prompted if each != person)
        people = tuple(each for each in run.people if each != person)
        return replace(run, prompted=others, people=people, channel=None if others else warnings)
    if run.started_by == WATCHBILL:
        return None
    return replace(run, channel=None, prompted=(run.started_by,), people=run.people or (run.started_by,))
