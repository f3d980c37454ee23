"""What would keep a page from reaching somebody, and what being on call costs, as people see it."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import groupby

from bot.contacts.working import Trouble, any_of
from bot.mrkdwn import bold, escape, said, when_dated
from bot.oncall.cards import listed
from bot.oncall.rota import Gap
from bot.paging.gap import AHEAD, Gaps
from bot.paging.load import Load
from bot.slack.blocks import Block, Content, context, plainly, section

Shown = Callable[[str], str]
"""Turns a playbook name, or a Slack id, into a mention."""

# Of a schedule that rests every night, the first few tell all.
EMPTY_SHOWN = 5
SCHEDULES_SHOWN = 20
PEOPLE_SHOWN = 30
FAILURES_SHOWN = 3


def gaps_card(found: Gaps, shown: Shown) -> Content:
    if not found:
        return plainly(
            f"Somebody is on call on every schedule for the next {AHEAD.days} days, and nothing is known that"
            " would keep a page from anybody."
        )
    blocks: list[Block] = []
    if found.empty:
        blocks += _empty(found.empty)
    if found.troubles:
        rows = [_trouble(each, shown) for each in found.troubles]
        blocks += _people(":warning: *A page may not reach them:*", rows)
        blocks.append(context("Each can try their ways out in /oncall me; addresses stand in the playbook."))
    if found.left:
        rows = [escape(name) for name in found.left]
        blocks += _people(":warning: *In the playbook, and no longer in Slack:*", rows)
    return Content("What would keep a page from reaching somebody", tuple(blocks))


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


def _empty(empty: Sequence[Gap]) -> list[Block]:
    blocks: list[Block] = [section(f":warning: *Nobody is on call, in the next {AHEAD.days} days:*")]
    schedules = [(name, list(group)) for name, group in groupby(empty, key=lambda gap: gap.schedule)]
    for schedule, found in schedules[:SCHEDULES_SHOWN]:
        rows = [f"{when_dated(gap.start)} – {when_dated(gap.end)}" for gap in found[:EMPTY_SHOWN]]
        if len(found) > EMPTY_SHOWN:
            rows.append(f"… and {len(found) - EMPTY_SHOWN} more")
        blocks.append(section("\n".join([bold(schedule), *rows])))
    if len(schedules) > SCHEDULES_SHOWN:
        blocks.append(context(f"… and {len(schedules) - SCHEDULES_SHOWN} more schedules."))
    return blocks


def _people(head: str, rows: Sequence[str]) -> list[Block]:
    blocks = listed([head, *rows[:PEOPLE_SHOWN]])
    if len(rows) > PEOPLE_SHOWN:
        blocks.append(context(f"… and {len(rows) - PEOPLE_SHOWN} more."))
    return blocks


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
