"""Recommendations: what every other section wants decided, and which figures are off their target."""

from collections.abc import Sequence

from bot.reports.model import Figure, Section, Verdict
from bot.reports.sections.section import Wanted, plural, worst
from bot.reports.words import shown

OFF_TARGET = (Verdict.WATCH, Verdict.BAD)


def recommendations(wanted: Wanted, found: Sequence[Section]) -> Section:
    decisions = [each for each in found if each.decision]
    off = [(each, figure) for each in found for figure in each.figures if figure.verdict in OFF_TARGET]
    if not decisions and not off:
        return Section("recommendations", "Recommendations", headline="go on as you do")
    lines = [f"{each.title}: {each.decision}" for each in decisions]
    lines += [_line(figure) for _, figure in off]
    verdict = worst(each.verdict for each in (*decisions, *(section for section, _ in off)))
    parts = [
        plural(len(decisions), "decision") if decisions else "",
        f"{plural(len(off), 'figure')} off target" if off else "",
    ]
    return Section(
        "recommendations",
        "Recommendations",
        verdict,
        ", ".join(each for each in parts if each),
        lines=tuple(lines),
    )


def _line(figure: Figure) -> str:
    target = f", target {figure.target}" if figure.target else ""
    usual = f", usually {figure.usual}" if figure.usual else ""
    return f"{figure.name} is {shown(figure)}{target}{usual}"
