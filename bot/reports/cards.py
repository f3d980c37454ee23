"""A report in Slack: one screen, a message in its thread for each section, and what it was made of."""

from collections.abc import Sequence

from bot.mrkdwn import bold, escape, said, when_dated
from bot.reports.model import VERDICT, Figure, Report, Saved, Section, Verdict
from bot.reports.words import decision, late, shown, span, title, told
from bot.slack.blocks import Block, Content, context, section

MARKS = {
    Verdict.OK: ":large_green_circle:",
    Verdict.WATCH: ":large_yellow_circle:",
    Verdict.BAD: ":red_circle:",
    Verdict.UNKNOWN: ":white_circle:",
}
# Together they stay below what Slack takes of a message.
LINES_SHOWN = 25
FIGURES_TOLD = 15
ROWS_SHOWN = 30


def screen(report: Report, below: str = "Details in the thread.") -> Content:
    """What everybody reads: how it was, what to decide, a line for each section. `below`: where more is."""
    head = title(report)
    summed = next((each for each in report.sections if each.name == VERDICT), None)
    rest = [each for each in report.sections if each is not summed]
    blocks: list[Block] = [section(bold(head))]
    if summed is not None:
        verdict = f"{MARKS[summed.verdict]} {said(_sentence(summed.headline), 300)}"
        blocks.append(section(verdict))
        head = f"{head}: {summed.headline}"
    if asked := decision(report):
        blocks.append(section(f"*To decide:* {said(asked, 300)}"))
    if lines := [_headline(each) for each in rest if not each.connect]:
        blocks.append(section("\n".join(lines)))
    silent = [each.title.lower() for each in rest if each.connect]
    foot = [span(report.period)]
    if silent:
        foot.append(f"Not connected: {', '.join(silent)}.")
    if lateness := late(report):
        foot.append(lateness)
    foot.append(below)
    blocks.append(context(" · ".join(escape(each) for each in foot)))
    return Content(said(head, 300), tuple(blocks))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _headline(found: Section) -> str:
    return f"{MARKS[found.verdict]} {bold(found.title)}: {said(found.headline, 200)}"


def detail(found: Section) -> Content:
    """A section in the thread."""
    head = f"{MARKS[found.verdict]} {bold(found.title)}"
    if found.connect:
        return Content(
            f"{said(found.title, 200)}: {said(found.connect)}", (section(f"{head}\n{said(found.connect)}"),)
        )
    blocks: list[Block] = [section(f"{head}\n{said(_sentence(found.headline), 500)}")]
    figures = [f"{_mark(each)}{said(told(each), 250)}" for each in found.figures[:FIGURES_TOLD]]
    blocks += _in_sections(figures)
    blocks += _in_sections([f"• {said(line, 200)}" for line in found.lines[:LINES_SHOWN]])
    if len(found.lines) > LINES_SHOWN or len(found.figures) > FIGURES_TOLD:
        blocks.append(context("The rest is in the figures attached below."))
    if found.decision:
        blocks.append(section(f"*To decide:* {said(found.decision, 500)}"))
    return Content(f"{said(found.title, 200)}: {said(found.headline, 300)}", tuple(blocks))


def _mark(figure: Figure) -> str:
    """Only what is not as it should be is marked."""
    return "" if figure.verdict is Verdict.OK else f"{MARKS[figure.verdict]} "


def _in_sections(lines: Sequence[str]) -> list[Block]:
    """Ten lines in each: well below Slack's limit."""
    return [section("\n".join(lines[first : first + 10])) for first in range(0, len(lines), 10)]


def nothing_yet(name: str) -> Content:
    text = f"No {escape(name)} report has been made yet. To make one now: `/ops report {escape(name)}`"
    return Content(text, (section(text),))


def overview(found: Sequence[Saved]) -> Content:
    """What was made, the newest first."""
    lines = [_line(each) for each in found]
    blocks: list[Block] = [section("*Reports*"), *_in_sections(lines)]
    foot = "What a figure was made of: `/ops report why uptime`. An older one: `/ops report weekly last`"
    return Content(f"{len(found)} report{'' if len(found) == 1 else 's'}", (*blocks, context(foot)))


def _line(saved: Saved) -> str:
    report = saved.report
    summed = next((each for each in report.sections if each.name == VERDICT), None)
    mark = f"{MARKS[summed.verdict]} " if summed else ""
    edition = f", edition {report.edition}" if report.edition > 1 else ""
    made = when_dated(report.made_at)
    return f"{mark}{bold(f'{report.name} {report.period.name}')}{edition}, made {made}"


def traced(report: Report, found: Sequence[tuple[Section, Figure]]) -> Content:
    """The figures, each with the rows it was made of."""
    blocks: list[Block] = [section(f"What these figures of {bold(title(report))} were made of")]
    # As many rows as a message holds, shared out among the figures.
    most = max(3, ROWS_SHOWN // max(1, len(found)))
    for part, figure in found:
        rows = [f"• {said(row, 200)}" for row in figure.rows[:most]]
        left = len(figure.rows) - len(rows) + figure.more_rows
        blocks.append(section(f"{bold(part.title)}: {said(told(figure), 300)}"))
        blocks += _in_sections(rows) or [context("It was made of no rows: there were none.")]
        if left > 0:
            blocks.append(context(f"and {left} more"))
    return Content(f"{said(found[0][1].name, 200)}: {said(shown(found[0][1]), 100)}", tuple(blocks))
