"""Figures, periods and decisions in plain words. Pure."""

from datetime import datetime, timedelta

from bot.reports.model import Figure, Period, Report, Verdict
from bot.reports.statistics import in_words, number
from bot.walltime import wall

# Whose decision is asked for: the section's that is worst, the first of several.
_GRAVEST = (Verdict.BAD, Verdict.WATCH, Verdict.UNKNOWN, Verdict.OK)
# A share of 99.95 % is not one of 100 %.
_DECIMALS = {"%": 3}


def shown(figure: Figure) -> str:
    """The value with its unit; minutes as people say them."""
    if figure.value is None:
        return "not known"
    if figure.unit == "min":
        return in_words(timedelta(minutes=figure.value)) if figure.value else "0 min"
    return f"{number(figure.value, _DECIMALS.get(figure.unit))} {figure.unit}".rstrip()


def told(figure: Figure) -> str:
    """A figure in a line."""
    more = [f"target {figure.target}"] if figure.target else []
    more += [f"usually {figure.usual}"] if figure.usual else []
    more += [f"n = {figure.n}"] if figure.n is not None else []
    return f"{figure.name}: {shown(figure)}" + (f" ({', '.join(more)})" if more else "")


def title(report: Report) -> str:
    edition = f", edition {report.edition}" if report.edition > 1 else ""
    return f"{report.name.capitalize()} report · {report.team} · {report.period.name}{edition}"


def span(period: Period) -> str:
    """From when to when: "Fri 13 Nov 16:00 to Fri 20 Nov 16:00, America/New_York"."""
    if period.is_month:
        return f"{wall(period.start, period.zone):%B %Y}, {period.zone.key}"
    return f"{dated(period.start, period)} to {dated(period.end, period)}, {period.zone.key}"


def dated(at: datetime, period: Period) -> str:
    """An instant as people of the period's zone read it: "Mon 16 Nov 14:03"."""
    local = wall(at, period.zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"


def decision(report: Report) -> str:
    """The one thing the report asks to be decided; empty where there is none."""
    asked = [each for each in report.sections if each.decision and not each.connect]
    return min(asked, key=lambda each: _GRAVEST.index(each.verdict)).decision if asked else ""


def late(report: Report) -> str:
    """That it comes late, where people notice."""
    if report.late_by <= timedelta(minutes=1):
        return ""
    return f"Late by {in_words(report.late_by)}: Watchbill was not running."
