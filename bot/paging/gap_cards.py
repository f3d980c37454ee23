"""What would keep a page from reaching somebody, and what being on call costs, as people see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby

from bot.contacts.working import Trouble, any_of
from bot.mrkdwn import bold, escape, said, when_dated
from bot.oncall.rota import Gap
from bot.paging.gap import AHEAD, Gaps, Unreached
from bot.paging.load import Load
from bot.slack.blocks import LIST_CHARACTERS, Block, Content, context, listed, plainly, section

Shown = Callable[[str], str]
"""Turns a playbook name, or a Slack id, into a mention."""

# Of a schedule that rests every night, the first few tell all.
STRETCHES_SHOWN = 5
PEOPLE_SHOWN = 30
FAILURES_SHOWN = 3


@dataclass(frozen=True)
class _Part:
    """One kind of gap. `instead` follows the number of rows left out."""

    head: str
    rows: Sequence[str]
    instead: str = "."
    note: str = ""

    def blocks(self, room: int) -> list[Block]:
        note = [context(self.note)] if self.note else []
        # The head is a row that is never left out.
        return [*listed([self.head, *self.rows], self.instead, PEOPLE_SHOWN + 1, room), *note]


def gaps_card(found: Gaps, shown: Shown) -> Content:
    parts = [each for each in _parts(found, shown) if each.rows]
    also = [context(_slack_only(found.slack_only, shown))] if found.slack_only else []
    if not parts:
        text = (
            f"Somebody is on call on every schedule for the next {AHEAD.days} days, and nothing is known that"
            " would keep a page from anybody."
        )
        return Content(text, (section(text), *also))
    room = LIST_CHARACTERS // len(parts)
    blocks = [block for each in parts for block in each.blocks(room)]
    return Content("What would keep a page from reaching somebody", (*blocks, *also))


def _parts(found: Gaps, shown: Shown) -> list[_Part]:
    """From the gravest on."""
    days = f"in the next {AHEAD.days} days"
    return [
        _Part(f":warning: *Nobody is on call, {days}:*", _stretches(found.empty, shown), " schedules."),
        _Part(
            f":warning: *Unreachable stretches {days}:* somebody is on call, and no way to them is left",
            _stretches(found.unreached, shown),
            " schedules.",
        ),
        _Part(
            ":warning: *A page may not reach them:*",
            [_trouble(each, shown) for each in found.troubles],
            note="Each can try their ways out in /oncall me; addresses stand in the playbook.",
        ),
        _Part(":warning: *In the playbook, and no longer in Slack:*", [escape(name) for name in found.left]),
    ]


def _stretches(found: Sequence[Gap | Unreached], shown: Shown) -> list[str]:
    """A row for each schedule, of several lines."""
    rows = []
    for schedule, group in groupby(found, key=lambda each: each.schedule):
        lines = []
        for each in group:
            who = f": {_names(each.people, shown)}" if isinstance(each, Unreached) else ""
            lines.append(f"{when_dated(each.start)} – {when_dated(each.end)}{who}")
        more = [f"… and {len(lines) - STRETCHES_SHOWN} more"] if len(lines) > STRETCHES_SHOWN else []
        rows.append("\n".join([bold(schedule), *lines[:STRETCHES_SHOWN], *more]))
    return rows


def _slack_only(people: Sequence[str], shown: Shown) -> str:
    return (
        f"By Slack only: {_names(people, shown)}. A page to them waits while Slack is away;"
        " `contacts` in the playbook gives them another way."
    )


def _names(people: Sequence[str], shown: Shown) -> str:
    more = f" and {len(people) - PEOPLE_SHOWN} more" if len(people) > PEOPLE_SHOWN else ""
    return ", ".join(shown(person) for person in people[:PEOPLE_SHOWN]) + more


def load_card(found: Sequence[Load], past: timedelta, shown: Shown) -> Content:
    head = f"On-call load of the last {_days(past)}"
    if not found:
        return plainly(f"{head}: nobody was on call, and nobody was paged.")
    rows = [_load(each, shown) for each in found[:PEOPLE_SHOWN]]
    blocks: list[Block] = [section(f"*{head}*")]
    blocks += listed(rows)
    if len(found) > PEOPLE_SHOWN:
        blocks.append(context(f"… and {len(found) - PEOPLE_SHOWN} more."))
    blocks.append(
        context(
            "Night is 22:00 to 07:00, on each person's own clock. Pages within ten minutes are one"
            " interruption. Test pages do not count."
        )
    )
    return Content(head, tuple(blocks))


def _trouble(trouble: Trouble, shown: Shown) -> str:
    parts = [
        f"{escape(each.method)} failed {when_dated(each.at)}: {said(each.said or 'it did not arrive', 150)}"
        for each in trouble.fails[:FAILURES_SHOWN]
    ]
    if trouble.lacks:
        parts.insert(0, f"no address for {escape(any_of(trouble.lacks))}")
    left = ". Nothing but Slack is left" if trouble.only_slack else ""
    return f"{shown(trouble.person)}: {'; '.join(parts)}{left}"


def _load(load: Load, shown: Shown) -> str:
    who = shown(load.person)
    hours = f"{round(load.on_call.total_seconds() / 3600)} h on call"
    if not load.pages:
        return f"{who}: no pages · {hours}"
    often = f"{_counted(load.pages, 'page')} in {_counted(load.interruptions, 'interruption')}"
    return f"{who}: {often} · {load.night} at night, {load.weekend} at weekends · {hours}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _days(past: timedelta) -> str:
    if past % timedelta(days=1) == timedelta():
        return _counted(past.days, "day")
    return _counted(past // timedelta(hours=1), "hour")
