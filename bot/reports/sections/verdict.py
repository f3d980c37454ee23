"""The verdict: how it was, in a line, out of what the other sections found."""

from collections.abc import Sequence

from bot.reports.model import Section, Verdict
from bot.reports.sections.section import Wanted, listed, worst

_NAMED = 3


def verdict(wanted: Wanted, found: Sequence[Section]) -> Section:
    known = [each for each in found if not each.connect]
    if not known:
        return Section("verdict", "Verdict", Verdict.UNKNOWN, "nothing is connected yet")
    how = worst(each.verdict for each in known)
    by_verdict = {
        each: [section for section in known if section.verdict is each]
        for each in (Verdict.BAD, Verdict.WATCH, Verdict.UNKNOWN, Verdict.OK)
    }
    words = {Verdict.BAD: "act on", Verdict.WATCH: "watch", Verdict.UNKNOWN: "not known"}
    parts = [
        f"{word}: {listed([section.title.lower() for section in by_verdict[each]], _NAMED)}"
        for each, word in words.items()
        if by_verdict[each]
    ]
    span = "month" if wanted.period.is_month else "week"
    if not parts:
        return Section("verdict", "Verdict", how, f"a good {span}: everything is on target")
    lines = [
        f"{section.title}: {section.headline}"
        for each in (Verdict.BAD, Verdict.WATCH, Verdict.UNKNOWN)
        for section in by_verdict[each]
    ]
    return Section("verdict", "Verdict", how, "; ".join(parts), lines=tuple(lines))
