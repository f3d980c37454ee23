"""A report in Slack: one screen, and a message in its thread for each section."""

from bot.mrkdwn import bold, escape, said
from bot.reports.formats import told
from bot.reports.model import Report, Section, Verdict
from bot.slack.blocks import Block, Content, context, section

MARKS = {
    Verdict.OK: ":large_green_circle:",
    Verdict.WATCH: ":large_yellow_circle:",
    Verdict.BAD: ":red_circle:",
    Verdict.UNKNOWN: ":white_circle:",
}


def screen(report: Report) -> Content:
    """What everybody reads: how it was, what to decide, and a line for each section."""
    head = f"{report.name.capitalize()} report · {report.team} · {report.period.name}"
    lines = [_headline(each) for each in report.sections]
    blocks: list[Block] = [section(f"*{escape(head)}*"), section("\n".join(lines))]
    if decision := next((each.decision for each in report.sections if each.decision), ""):
        blocks.append(section(f"*To decide:* {said(decision, 300)}"))
    edition = f"Edition {report.edition}. " if report.edition > 1 else ""
    minutes = int(report.late_by.total_seconds() // 60)
    late = f"Late by {minutes} min. " if minutes else ""
    blocks.append(context(f"{edition}{late}Details in the thread."))
    return Content(head, tuple(blocks))


def _headline(found: Section) -> str:
    return f"{MARKS[found.verdict]} {bold(found.title)}: {said(found.headline or found.connect, 200)}"


def detail(found: Section) -> Content:
    """A section in the thread."""
    head = f"{MARKS[found.verdict]} {bold(found.title)}"
    if found.connect:
        return Content(f"{found.title}: {said(found.connect)}", (section(f"{head}\n{said(found.connect)}"),))
    lines = [*(said(told(each), 300) for each in found.figures), *(said(line, 500) for line in found.lines)]
    blocks: list[Block] = [section(f"{head}\n{said(found.headline, 500)}")]
    blocks += [section("\n".join(lines[first : first + 10])) for first in range(0, len(lines), 10)]
    return Content(f"{found.title}: {said(found.headline, 300)}", tuple(blocks))
