"""What people see of checks."""

from collections.abc import Sequence
from datetime import datetime

from bot.checks.model.result import Result, Verdict, span
from bot.checks.model.trouble import Trouble
from bot.checks.state import State
from bot.mrkdwn import bold, escape, link, said, when, when_dated
from bot.playbook.checks import Check
from bot.slack.blocks import Block, Content, actions, button, context, plainly, section

RUN_AGAIN = "check.run_again"

SIGNS = {
    Verdict.OK: ":large_green_circle:",
    Verdict.WARN: ":large_yellow_circle:",
    Verdict.FAIL: ":red_circle:",
    Verdict.UNKNOWN: ":white_circle:",
}
NEVER_ASKED = ":black_circle:"
WORDS = {
    Verdict.OK: "is ok",
    Verdict.WARN: "is out of bounds",
    Verdict.FAIL: "is failing",
    Verdict.UNKNOWN: "gives no answer",
}
WERE = {
    Verdict.OK: "ok",
    Verdict.WARN: "out of bounds",
    Verdict.FAIL: "failing",
    Verdict.UNKNOWN: "without an answer",
}
# Slack shows about this much of a message before it folds it away; a phone, less.
MOST_LINES = 40
# Of the longest lines there can be, so many fit into the 3000 characters of a section.
LINES_PER_SECTION = 5


def title(name: str, check: Check | None) -> str:
    """What a check is called, in plain text."""
    return check.title if check is not None and check.title else name


def trouble_card(trouble: Trouble, check: Check | None) -> Content:
    """The warning about a probe: the same message from its first word to its last."""
    name = title(trouble.check, check)
    if trouble.ended_at is None:
        since = when_dated(trouble.again_at)
        head = f"{SIGNS[trouble.verdict]} {bold(name)} {WORDS[trouble.verdict]} since {since}"
        plain = f"{name} {WORDS[trouble.verdict]}: {trouble.evidence}"
        blocks = [section(f"{head}\n{said(trouble.evidence, 500)}")]
        again = actions(button("Ask again", RUN_AGAIN, trouble.check))
        return Content(escape(plain), (*blocks, context(*_details(trouble, check)), again))
    lasted = _span(trouble.again_at, trouble.ended_at)
    was = f"It was {WERE[trouble.gravest]} for {lasted}, until {when_dated(trouble.ended_at)}."
    if trouble.unwatched:
        head = f"{NEVER_ASKED} {bold(name)} is not asked any more: the playbook does not have it as a probe."
        plain = f"{name} is not asked any more"
    else:
        head = f":white_check_mark: {bold(name)} is ok again. {was}"
        plain = f"{name} is ok again, after {lasted}"
    blocks = [section(head), context(*_details(trouble, check))]
    return Content(escape(plain), tuple(blocks))


def _details(trouble: Trouble, check: Check | None) -> list[str]:
    details = []
    if trouble.is_over:
        details.append(f"What it said: {said(trouble.evidence, 300)}")
    if trouble.times > 1:
        details.append(f"Came and went {trouble.times} times since {when_dated(trouble.began_at)}.")
    if trouble.incident is not None and trouble.outlived and not trouble.is_over:
        details.append(
            f"INC-{trouble.incident} was ended, and it still fails."
            " A new incident is declared when it fails again after an ok."
        )
    elif trouble.incident is not None:
        details.append(f"INC-{trouble.incident} is about it.")
    if check is not None and check.every is not None and not trouble.is_over:
        details.append(
            f"Asked every {span(check.every.total_seconds())}; this message changes when that does."
        )
    if trouble.link:
        details.append(link(trouble.link, "Look at it"))
    return details or ["Nothing more is known."]


def _span(start: datetime, end: datetime) -> str:
    return span((end - start).total_seconds())


def result_card(result: Result, check: Check | None) -> Content:
    """The answer to somebody who asked."""
    name = title(result.check, check)
    head = f"{SIGNS[result.verdict]} {bold(name)} {WORDS[result.verdict]}"
    details = [f"Asked {when(result.at)}, took {span(result.took)}"]
    if result.measured and result.measured not in result.evidence:
        details.insert(0, f"Value: {escape(result.measured)}")
    if result.link:
        details.append(link(result.link, "Look at it"))
    blocks: tuple[Block, ...] = (
        section(f"{head}\n{said(result.evidence, 500)}"),
        context(*details),
        actions(button("Ask again", RUN_AGAIN, result.check)),
    )
    return Content(escape(f"{name} {WORDS[result.verdict]}: {result.evidence}"), blocks)


def asking(name: str) -> Content:
    return plainly(f"Asking {bold(name)}. The answer follows.")


def overview(states: Sequence[State], now: datetime) -> Content:
    """Every check in a line: what is not ok first."""
    if not states:
        return plainly("The playbook has no checks yet: its section `checks` is where they go.")
    graded = sorted(states, key=_grade)
    shown, rest = graded[:MOST_LINES], graded[MOST_LINES:]
    lines = [_line(state, now) for state in shown]
    if rest:
        fine = sum(_grade(state) == len(_ORDER) for state in rest)
        lines.append(f"and {len(rest)} more, of which {fine} are ok")
    blocks = [
        section("\n".join(lines[first : first + LINES_PER_SECTION]))
        for first in range(0, len(lines), LINES_PER_SECTION)
    ]
    bad = sum(state.last is not None and state.last.verdict is not Verdict.OK for state in states)
    counted = f"{len(states)} check{'' if len(states) == 1 else 's'}"
    text = f"{counted}, {bad} not ok" if bad else counted
    return Content(text, (*blocks, context("Ask one now: `/ops check NAME`")))


_ORDER = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN)


def _grade(state: State) -> int:
    if state.last is None:
        return len(_ORDER) + 1
    return _ORDER.index(state.last.verdict) if state.last.verdict in _ORDER else len(_ORDER)


def _line(state: State, now: datetime) -> str:
    name = bold(title(state.name, state.check), 80)
    if state.check.title:
        name = f"{name} (`{escape(state.name)}`)"
    if state.last is None:
        return f"{NEVER_ASKED} {name} was never asked"
    ago = f"{_span(state.last.at, now)} ago" if now > state.last.at else "now"
    since = f", since {when_dated(state.trouble.again_at)}" if state.trouble else ""
    quiet = f", silenced until {when_dated(state.silence.over_at)}" if state.silence else ""
    return f"{SIGNS[state.last.verdict]} {name}: {said(state.last.evidence, 150)} ({ago}{since}{quiet})"
