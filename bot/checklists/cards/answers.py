"""Answers to `/checklist`."""

from collections.abc import Sequence
from datetime import datetime

from bot.checklists.cards.prompt import PEOPLE_SHOWN, SIGNS, Shown, finding, progress, spoken, titled
from bot.checklists.model import Checked, Kind, Run, State
from bot.incidents.cards.words import span
from bot.jobs.model import LATE
from bot.mrkdwn import bold, said, user, when, when_dated
from bot.slack.blocks import Block, Content, context, plainly, section

A_SECTION = 10
# What somebody wrote, where all of it is wanted.
IN_FULL = 800
# Slack takes 13,200 characters a message; the longest line and the head fit beside these.
PAGE_CHARACTERS = 9_000
CHECKLISTS_SHOWN = 40
_STATES = {State.DONE: ":white_check_mark:", State.NOT_DONE: ":x:", State.OPEN: ":hourglass_flowing_sand:"}


def listed(rows: Sequence[tuple[str, str, datetime | None, Run | None]]) -> Content:
    """`rows`: name, title, the next time it is asked, and the run that waits for answers."""
    if not rows:
        return plainly("There are no checklists yet. Add `checklists` to the playbook and run /ops reload")
    lines = []
    for name, title, next_at, waiting in rows:
        named = f"`{said(name, 80)}`" + (f" {said(title, 150)}" if title != name else "")
        when_next = (
            f"next {when_dated(next_at)}" if next_at else f"on demand: `/checklist start {said(name, 80)}`"
        )
        now = f" · {progress(waiting)} (#{waiting.id})" if waiting is not None else ""
        lines.append(f"{named} · {when_next}{now}")
    shown = _pages(lines)[0][:CHECKLISTS_SHOWN]
    blocks = [section("*Checklists*"), *_sections(shown)]
    if len(shown) < len(lines):
        blocks.append(context(f"… and {len(lines) - len(shown)} more; the playbook has them all."))
    return Content("Checklists", tuple(blocks))


def history(rows: Sequence[tuple[datetime, Run | None]], title: str) -> Content:
    """Newest first; a time without a run is one at which nobody was there to ask."""
    if not rows:
        return plainly("Nothing is found. Try fewer words, or: /checklist list")
    lines = [_past(at, run) for at, run in rows]
    shown = _pages(lines)[0]
    more = f"… and {len(lines) - len(shown)} more; give more words. " if len(shown) < len(lines) else ""
    hint = context(f"{more}All answers of one: `/checklist show NUMBER`")
    return Content(said(title, 300), (section(bold(title)), *_sections(shown), hint))


def _past(at: datetime, run: Run | None) -> str:
    if run is None:
        return (
            f":grey_question: {when_dated(at)} · missed: Watchbill was not running, and it was too late after"
        )
    facts = [f"{_STATES[run.state]} {when_dated(at)} · #{run.id} {titled(run)}: {progress(run)}"]
    if run.done_at is not None:
        by = f" by {user(run.done_by)}" if run.done_by and run.done_by != "watchbill" else ""
        facts.append(f"{span(run.done_at - run.started_at)}{by}")
    if run.late_by > LATE:
        facts.append(f"asked {span(run.late_by)} late")
    if run.followups:
        facts.append(", ".join(f"FU-{each}" for each in run.followups))
    return " · ".join(facts)


def whole(run: Run, page: int, shown: Shown) -> Content:
    """Every item with its answer, in as many pages as that takes. `page` counts from 1."""
    people = ", ".join(shown(each) for each in run.people[:PEOPLE_SHOWN]) or "nobody in particular"
    head = f"{titled(run, emphasized=True)} (#{run.id}): {progress(run)}"
    facts = f"asked {when_dated(run.asked_at or run.started_at)}, for {people}"
    if run.late_by > LATE:
        facts += f", {span(run.late_by)} late"
    lines = [line for n in range(len(run.items)) for line in _line(run, n)]
    lines += [f":warning: {spoken(note, IN_FULL)} · {user(note.by)} at {when(note.at)}" for note in run.notes]
    every = _pages(lines)
    page = min(max(page, 1), len(every))
    blocks = [section(head), context(facts), *_sections(every[page - 1])]
    if page < len(every):
        more = f"Page {page} of {len(every)}. The next: `/checklist show {run.id} {page + 1}`"
        blocks.append(context(more))
    return Content(f"{titled(run)}: {progress(run)}", tuple(blocks))


def _pages(lines: Sequence[str]) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    size = 0
    for line in lines:
        if pages[-1] and size + len(line) > PAGE_CHARACTERS:
            pages.append([])
            size = 0
        pages[-1].append(line)
        size += len(line)
    return pages


def _line(run: Run, n: int) -> list[str]:
    item = run.items[n]
    if item.kind is Kind.HEADING:
        return [f"\n*{said(item.text, 200)}*"]
    answer, checked = run.answers.get(n), run.checks.get(n)
    found = _found(checked) if checked is not None else ""
    if answer is not None:
        by = f"{user(answer.by)} {when_dated(answer.at)}"
        return [f"• {said(item.text, 300)}: {spoken(answer, IN_FULL)} · {by}{found}"]
    return [f"• {said(item.text, 300)}: {'not answered' if not found else ''}{found}"]


def _found(checked: Checked) -> str:
    words = said(finding(checked), 400)
    return f" {SIGNS.get(checked.verdict, '')} {words}, {when_dated(checked.at)}"


def _sections(lines: Sequence[str]) -> list[Block]:
    """Lines in as few sections as their length allows."""
    blocks: list[Block] = []
    held: list[str] = []
    size = 0
    for line in lines:
        if held and (len(held) == A_SECTION or size + len(line) > 2800):
            blocks.append(section("\n".join(held)))
            held, size = [], 0
        held.append(line)
        size += len(line) + 1
    if held:
        blocks.append(section("\n".join(held)))
    return blocks


def started(run: Run | None, where: str) -> Content:
    """`where` it was asked, as a mention; without a run nothing was to be asked today."""
    if run is None:
        return plainly("Started. Nothing of it is for today; what comes later is asked on its day.")
    return plainly(f"{titled(run)} is asked {where}. Its number is {run.id}.")
