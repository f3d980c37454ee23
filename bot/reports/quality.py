"""How well things ran, held against targets. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bot.checks.model.figures import Sample
from bot.reports.days import Quality, milliseconds, percent
from bot.reports.model import Figure, Period, Verdict, figure
from bot.reports.statistics import in_words, number, usual
from bot.reports.words import dated
from bot.walltime import wall

_PERCENT = 100


@dataclass(frozen=True)
class Judged:
    """What is judged: each day between two edges, and the whole. `failed`: answers of probes that did.

    `before`: uptimes of earlier periods, in percent. `sources`: where each figure comes from, in words.
    `expected`: how many answers of probes there would be if each had come.
    """

    edges: Sequence[datetime]
    days: Sequence[Quality]
    whole: Quality
    failed: Sequence[Sample]
    before: Sequence[float]
    sources: Mapping[str, str]
    expected: int = 0


@dataclass(frozen=True)
class Judgement:
    verdict: Verdict
    headline: str
    figures: tuple[Figure, ...]
    lines: tuple[str, ...]
    decision: str


def judged(found: Judged, targets: Mapping[str, float], period: Period) -> Judgement:
    """`targets`: of the report, by their names there: shares, and seconds."""
    figures = [_uptime(found, targets.get("uptime"), period)]
    figures += [_time(name, getattr(found.whole, name), found, targets.get(name), period) for name in _TIMES]
    figures.append(_errors(found, targets.get("error_rate"), period))
    whole, target = found.whole, targets.get("uptime")
    decision = ""
    if figures[0].verdict is Verdict.BAD and target is not None:
        decision = f"Uptime was {_share(whole.uptime)} %, not {_share(target)} %: what is done about it?"
    lines = (
        [f"{whole.unknown} answers of probes are unknown: their sources were silent"] if whole.unknown else []
    )
    if whole.answers + whole.unknown < WELL_MEASURED * found.expected:
        lines.append(
            f"Only {whole.answers + whole.unknown} of {found.expected} answers of probes are on record"
        )
    sourced = [each for each in figures if found.sources.get(_KEYS[each.name])]
    if not found.sources.get("error_rate"):
        lines.append(ERRORS)
    lines += [_outage(each, period) for each in outages(found.failed)][:10]
    return Judgement(_verdict(figures, found), _headline(figures), tuple(sourced), tuple(lines), decision)


def _verdict(figures: Sequence[Figure], found: Judged) -> Verdict:
    """What no source was named for is no mystery; what a source was silent about is."""
    silent = [each for each in figures if each.value is None and found.sources.get(_KEYS[each.name])]
    verdicts = [each.verdict for each in figures if each.value is not None]
    if Verdict.BAD in verdicts:
        return Verdict.BAD
    if silent or not verdicts or found.whole.answers < MEASURED_FROM * found.expected:
        return Verdict.UNKNOWN
    return Verdict.WATCH if Verdict.WATCH in verdicts else Verdict.OK


_TIMES = {"average": "average response", "p95": "p95 response", "p99": "p99 response"}
_KEYS = {"uptime": "uptime", **{title: name for name, title in _TIMES.items()}, "error rate": "error_rate"}
# Below this, what is missing of the answers is said; and below the other, nobody knows how it was.
WELL_MEASURED, MEASURED_FROM = 0.95, 0.5
ERRORS = "Errors are not counted: name a check in the report's `reliability` as `error_rate`, or `prometheus`"


def _uptime(found: Judged, target: float | None, period: Period) -> Figure:
    whole = found.whole
    missed = whole.uptime is not None and target is not None and whole.uptime < target
    days = [
        f"{day}: {quality.answers - quality.failed} of {quality.answers} answers did not fail"
        + (f", {quality.unknown} unknown" if quality.unknown else "")
        for day, quality in _days(found, period)
    ]
    failed = [
        f"{dated(each.at, period)} {each.check} failed after {number(each.took)} s" for each in found.failed
    ]
    verdict = Verdict.BAD if missed else Verdict.OK
    return figure(
        "uptime",
        percent(whole.uptime),
        "%",
        rows=[*_from(found, "uptime"), *days, *failed],
        n=whole.answers,
        target=f"≥ {_share(target)} %" if target is not None else "",
        usual=usual(list(found.before), period.plural),
        verdict=Verdict.UNKNOWN if whole.uptime is None else verdict,
    )


def _time(name: str, value: float | None, found: Judged, target: float | None, period: Period) -> Figure:
    over = value is not None and target is not None and value > target
    rows = [
        f"{day}: {number(ms)} ms"
        for day, quality in _days(found, period)
        if (ms := milliseconds(getattr(quality, name))) is not None
    ]
    verdict = Verdict.WATCH if over else Verdict.OK
    return figure(
        _TIMES[name],
        milliseconds(value),
        "ms",
        rows=[*_from(found, name), *rows],
        target=f"≤ {number(target * 1000)} ms" if target is not None else "",
        verdict=Verdict.UNKNOWN if value is None else verdict,
    )


def _errors(found: Judged, target: float | None, period: Period) -> Figure:
    whole = found.whole
    over = whole.error_rate is not None and target is not None and whole.error_rate > target
    rows = [
        f"{day}: {_share(quality.error_rate)} %{_of(quality)}"
        for day, quality in _days(found, period)
        if quality.error_rate is not None
    ]
    verdict = Verdict.WATCH if over else Verdict.OK
    return figure(
        "error rate",
        percent(whole.error_rate),
        "%",
        rows=[*_from(found, "error_rate"), *rows],
        n=round(whole.requests) if whole.requests is not None else None,
        target=f"≤ {_share(target)} %" if target is not None else "",
        verdict=Verdict.UNKNOWN if whole.error_rate is None else verdict,
    )


def _of(quality: Quality) -> str:
    if quality.errors is None or quality.requests is None:
        return ""
    return f", {round(quality.errors)} of {round(quality.requests)} requests"


def _from(found: Judged, name: str) -> list[str]:
    source = found.sources.get(name)
    return [f"from {source}"] if source else []


def _share(share: float | None) -> str:
    return f"{(share or 0) * _PERCENT:.4f}".rstrip("0").rstrip(".")


def _days(found: Judged, period: Period) -> Iterator[tuple[str, Quality]]:
    """Each day as people call it, with how it was."""
    for (start, _), quality in zip(pairwise(found.edges), found.days, strict=True):
        first = wall(start, period.zone)
        yield f"{first:%a} {first.day} {first:%b}", quality


def _headline(figures: Sequence[Figure]) -> str:
    shown = [f"{each.name} {each.value:g} {each.unit}" for each in figures if each.value is not None]
    kept = [each for each in shown if not each.startswith("p99")]
    return ", ".join(kept) or "not known: nothing was measured"


# Failing answers less than this apart are one outage.
_APART = timedelta(minutes=10)


def outages(failed: Sequence[Sample]) -> list[tuple[str, datetime, datetime, int]]:
    """Of each check, stretches of failing answers that are not far apart: first, last, how many."""
    found: dict[str, list[tuple[str, datetime, datetime, int]]] = {}
    for each in sorted(failed, key=lambda each: each.at):
        own = found.setdefault(each.check, [])
        if own and each.at - own[-1][2] <= _APART:
            own[-1] = (each.check, own[-1][1], each.at, own[-1][3] + 1)
        else:
            own.append((each.check, each.at, each.at, 1))
    return sorted((each for own in found.values() for each in own), key=lambda each: (-each[3], each[1]))


def _outage(outage: tuple[str, datetime, datetime, int], period: Period) -> str:
    check, first, last, count = outage
    lasted = f", over {in_words(last - first)}" if last > first else ""
    answers = "1 answer" if count == 1 else f"{count} answers"
    return f"{check} failed from {dated(first, period)}: {answers}{lasted}"
