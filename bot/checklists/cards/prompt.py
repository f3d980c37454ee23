"""The prompt: one message, edited as it is answered; a long checklist has further pages."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Literal

from bot.checklists.model import Answer, Checked, Kind, Run, State, Verb, pages, told
from bot.incidents.cards.words import span
from bot.jobs.model import LATE
from bot.model import WATCHBILL
from bot.mrkdwn import bold, link, said, user, when, when_dated
from bot.slack.blocks import (
    Block,
    Content,
    Element,
    Option,
    actions,
    button,
    context,
    divider,
    section,
    select,
)

OK = "checklist.ok"
PROBLEM = "checklist.problem"
SKIP = "checklist.skip"
WRITE = "checklist.write"
CHOOSE = "checklist.choose"
AGAIN = "checklist.again"
CHANGE = "checklist.change"
HAND_OVER = "checklist.hand_over"
NOTE = "checklist.note"

# What was noted stands below the first page; more of it is in /checklist show.
NOTES_SHOWN = 3
PEOPLE_SHOWN = 10
# Slack takes 13,200 characters a message (the limit of msg_blocks_too_long), a little less to be sure.
MOST_CHARACTERS = 12_500
# How much of what was said is shown, from generous to what a page full of it leaves.
LIMITS = (300, 120, 40)
# The playbook takes no longer ones; what is escaped is longer than what was written.
LONGEST_ITEM = 400
# With more than these, a menu in the message would take the room of the items.
MENU_CHARACTERS = 300
# A machine that says nothing else: its verdict in words.
VERDICTS = {"ok": "OK", "warn": "Warning", "fail": "Failed", "unknown": "No answer"}
SIGNS = {
    "ok": ":white_check_mark:",
    "warn": ":warning:",
    "fail": ":red_circle:",
    "unknown": ":grey_question:",
}

Shown = Callable[[str], str]
"""Turns a playbook name or a Slack id into a mention."""


def prompt(run: Run, page: int, shown: Shown) -> Content:
    """One page of the checklist as it stands. `page` counts from 0.

    What people and machines said is shortened as far as the page needs it; all of it is in /checklist show.
    """
    for limit in LIMITS:
        content = _prompt(run, page, shown, limit)
        if characters(content.blocks) <= MOST_CHARACTERS:
            break
    return content


def characters(blocks: Sequence[Block]) -> int:
    """How much text Slack counts in them: every `text`, however deep."""
    return sum(_counted(block) for block in blocks)


def _counted(value: Any) -> int:
    if isinstance(value, list):
        return sum(_counted(each) for each in value)
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(_counted(each) for each in value.values())


def _prompt(run: Run, page: int, shown: Shown, limit: int) -> Content:
    every = pages(run.items)
    blocks = _head(run, shown) if page == 0 else []
    if len(every) > 1:
        where = f"Page {page + 1} of {len(every)}"
        follows = ": the others follow in the thread" if page == 0 else f" of {bold(run.title, 200)}"
        blocks.append(context(f"{where}{follows}"))
    for n in every[page]:
        blocks += _item(run, n, limit)
    if page == 0:
        blocks += _foot(run, limit)
    return Content(f"{titled(run)}: {progress(run)}", tuple(blocks))


def titled(run: Run, *, emphasized: bool = False) -> str:
    """The title, whom it is about, in which role, and which day of it."""
    parts = [bold(run.title, 150) if emphasized else said(run.title, 150)]
    if run.scope.about:
        parts[0] += f" of {user(run.scope.about)}"
    if run.scope.role:
        parts.append(said(run.scope.role, 80))
    if run.scope.day:
        parts.append(f"day {run.scope.day + 1}")
    return " · ".join(parts)


def progress(run: Run) -> str:
    """Where it stands, in words."""
    asked = len(run.questions)
    settled = asked - len(run.unsettled)
    if run.state is State.DONE:
        return "done" + (f", with {_problems(run)}" if run.problems else "")
    if run.state is State.NOT_DONE:
        return f"not done, {settled} of {asked} answered"
    return f"{settled} of {asked} answered"


def _problems(run: Run) -> str:
    return f"{run.problems} problem{'' if run.problems == 1 else 's'}"


def _head(run: Run, shown: Shown) -> list[Block]:
    head = titled(run, emphasized=True)
    people = ", ".join(shown(each) for each in run.people[:PEOPLE_SHOWN])
    if len(run.people) > PEOPLE_SHOWN:
        people += f" and {len(run.people) - PEOPLE_SHOWN} more"
    if people and run.people != (run.scope.about,):
        head += f" · for {people}"
    return [section(head), context(*_facts(run, shown))]


def _facts(run: Run, shown: Shown) -> list[str]:
    facts = []
    match run.state:
        case State.DONE if run.done_at is not None:
            by = f" by {user(run.done_by)}" if run.done_by and run.done_by != WATCHBILL else ""
            took = span(run.done_at - run.started_at)
            facts.append(f":white_check_mark: Done{by} at {when(run.done_at)}, {took} after it was asked")
            if run.problems:
                facts.append(f":warning: {_problems(run)}")
        case State.NOT_DONE if run.closed_at is not None:
            left = len(run.unsettled)
            facts.append(
                f":x: Closed as *not done* {when_dated(run.closed_at)}, when the next one began: "
                f"{left} of {len(run.questions)} not answered"
            )
        case _:
            facts.append(f"{progress(run)} · asked {when_dated(run.asked_at or run.started_at)}")
    if run.late_by > LATE:
        facts.append(f":hourglass: Asked {span(run.late_by)} late: it was due {when_dated(run.due_at)}")
    if run.state is State.OPEN and run.escalated_to is not None and run.escalate_after is not None:
        asked = (
            ", ".join(shown(each) for each in run.escalated_to[:PEOPLE_SHOWN])
            or "and there was nobody further to ask"
        )
        who = (
            f"{asked} {'was' if len(run.escalated_to) == 1 else 'were'} asked" if run.escalated_to else asked
        )
        facts.append(f":warning: Not done after {span(run.escalate_after)}: {who}")
    return facts


def _item(run: Run, n: int, limit: int) -> list[Block]:
    item = run.items[n]
    if item.kind is Kind.HEADING:
        return [divider(), section(bold(item.text, LONGEST_ITEM))]
    answer, checked = run.answers.get(n), run.checks.get(n)
    if answer is not None:
        return [section(_answered(run, n, answer, limit), accessory=_change(run, n))]
    if checked is not None and checked.is_ok:
        return [section(_checked(run, n, checked, limit), accessory=_again(run, n))]
    if run.closed_at is not None:
        return [section(_never_answered(run, n, checked, limit))]
    if checked is not None:
        return [section(_checked(run, n, checked, limit)), actions(*_buttons(run, n))]
    if item.kind is Kind.CHECK:
        asking = f":hourglass_flowing_sand: {_text(run, n)}\n_being asked…_"
        return [section(asking), actions(*_buttons(run, n))]
    return [section(f"{_text(run, n)}{_small_print(run, n, limit)}"), actions(*_buttons(run, n))]


def _never_answered(run: Run, n: int, checked: Checked | None, limit: int) -> str:
    if checked is None and run.items[n].optional:
        return f"{_text(run, n)}\n_optional, not answered_"
    text = _checked(run, n, checked, limit) if checked is not None else f":x: {_text(run, n)}"
    return f"{text}\n_not answered_"


def _text(run: Run, n: int) -> str:
    return said(run.items[n].text, LONGEST_ITEM)


def _buttons(run: Run, n: int) -> list[Element]:
    item = run.items[n]

    def press(label: str, action: str, style: Literal["primary"] | None = None) -> Element:
        # The same words stand on every item: whoever hears them needs to hear which.
        return button(label, action, f"{run.id}:{n}", style=style, spoken=f"{label}: {item.text}")

    problem, skip = press("Problem", PROBLEM), press("Skip", SKIP)
    match item.kind:
        case Kind.CHECK:
            return [press("Run again", AGAIN), problem, skip]
        case Kind.TEXT | Kind.NUMBER:
            return [press("Answer", WRITE, "primary"), problem, skip]
        case Kind.CHOICE if sum(len(choice) for choice in item.choices) > MENU_CHARACTERS:
            return [press("Answer", WRITE, "primary"), problem, skip]
        case Kind.CHOICE:
            options = [Option(choice, f"{run.id}:{n}:{at}") for at, choice in enumerate(item.choices)]
            return [select(CHOOSE, "Choose", options), problem, skip]
        case _:
            return [press("OK", OK, "primary"), problem, skip]


def _small_print(run: Run, n: int, limit: int) -> str:
    item, parts = run.items[n], []
    if item.optional:
        parts.append("optional")
    if item.within is not None:
        due = (run.asked_at or run.started_at) + item.within
        parts.append(f"by {when(due)} ({span(item.within)})")
    if item.runbook:
        parts.append(f"runbook: {said(item.runbook, min(limit, 100))}")
    return f"\n_{' · '.join(parts)}_" if parts else ""


def _answered(run: Run, n: int, answer: Answer, limit: int) -> str:
    sign = {Verb.PROBLEM: ":warning:", Verb.SKIPPED: ":fast_forward:"}.get(answer.verb, ":white_check_mark:")
    text = f"{sign} {_text(run, n)}\n{spoken(answer, limit)} · {user(answer.by)} at {when(answer.at)}"
    checked = run.checks.get(n)
    return text if checked is None else f"{text}\n{_finding(checked, limit)}"


def spoken(answer: Answer, limit: int = LIMITS[0]) -> str:
    """An answer with all that belongs to it; somebody's words are cut at `limit`."""
    text = told(answer, limit)
    if answer.action:
        text += f" — done about it: {said(answer.action, limit)}"
    if answer.seen_at is not None and abs(answer.at - answer.seen_at) > timedelta(minutes=1):
        text += f" (seen {when_dated(answer.seen_at)})"
    if answer.incident is not None:
        text += f" → INC-{answer.incident}"
    if answer.followup is not None:
        text += f" → FU-{answer.followup}"
    return text


def _checked(run: Run, n: int, checked: Checked, limit: int) -> str:
    sign = SIGNS.get(checked.verdict, ":grey_question:")
    return f"{sign} {_text(run, n)}\n{_finding(checked, limit)}"


def _finding(checked: Checked, limit: int) -> str:
    parts = [said(finding(checked), limit)]
    if checked.link and len(checked.link) <= limit:
        parts.append(link(checked.link, "look"))
    return " · ".join([*parts, f"checked at {when(checked.at)}"])


def finding(checked: Checked) -> str:
    """The value and the line of evidence, without saying the same twice; plain text."""
    if checked.measured and checked.measured not in checked.evidence:
        return f"{checked.measured} · {checked.evidence}".removesuffix(" · ")
    return checked.evidence or VERDICTS.get(checked.verdict, checked.verdict)


def _change(run: Run, n: int) -> Element | None:
    return (
        None
        if run.closed_at is not None
        else button("Change", CHANGE, f"{run.id}:{n}", spoken=f"Change: {run.items[n].text}")
    )


def _again(run: Run, n: int) -> Element | None:
    return (
        None
        if run.closed_at is not None
        else button("Run again", AGAIN, f"{run.id}:{n}", spoken=f"Run again: {run.items[n].text}")
    )


def _foot(run: Run, limit: int) -> list[Block]:
    blocks: list[Block] = []
    notes = run.notes[-NOTES_SHOWN:]
    if notes:
        lines = [f":warning: {spoken(each, limit)} · {user(each.by)} at {when(each.at)}" for each in notes]
        more = len(run.notes) - len(notes)
        if more:
            lines.append(f"… and {more} more: /checklist show {run.id}")
        blocks += [divider(), section("\n".join(lines))]
    if run.closed_at is None:
        blocks.append(
            actions(
                button("Note something odd", NOTE, f"{run.id}:-1"),
                button("Hand over", HAND_OVER, f"{run.id}:-1"),
            )
        )
    return blocks
