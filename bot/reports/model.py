"""What a report says. Pure values; how they look is decided by the cards and the renderers."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.walltime import days_between, instant, wall

_DAY = timedelta(days=1)
_WEEK = 7
# Rows kept with a figure, so that it can be traced; a figure made of more says how many more there are.
ROWS_KEPT = 200
# The section that says how it was, out of what the others found.
VERDICT = "verdict"


class Verdict(StrEnum):
    """How things are. Unknown is never fine: a source did not answer, or nothing was measured."""

    OK = "ok"
    WATCH = "watch"  # off its target, or unusual
    BAD = "bad"  # somebody has to decide something
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Period:
    """From `start` until before `end`; `name` is "2026-W46" or "2026-10". Days are those of `zone`."""

    name: str
    start: datetime
    end: datetime
    zone: ZoneInfo

    @property
    def days(self) -> tuple[date, ...]:
        """The calendar days it touches, in order."""
        return tuple(days_between(self.start, self.end, self.zone))

    @property
    def is_month(self) -> bool:
        """Whether it is a whole calendar month."""
        start, end = wall(self.start, self.zone), wall(self.end, self.zone)
        return start.day == 1 and start.time() == time() and end == _next_month(start)

    @property
    def plural(self) -> str:
        """What several like it are called."""
        if self.is_month:
            return "months"
        return "weeks" if self.length == _WEEK else f"periods of {self.length} days"

    @property
    def length(self) -> int:
        """In days, on the wall clock."""
        return (wall(self.end, self.zone) - wall(self.start, self.zone)).days

    def earlier(self, count: int) -> tuple["Period", ...]:
        """The `count` periods like it right before it, the oldest first."""
        found, end = [], self.start
        for _ in range(count):
            before = (
                month_before(end, self.zone)
                if self.is_month
                else days_before(end, timedelta(days=self.length), self.zone)
            )
            found.append(before)
            end = before.start
        return tuple(reversed(found))


def _next_month(first: datetime) -> datetime:
    return (first + 31 * _DAY).replace(day=1)


def days_before(end: datetime, length: timedelta, zone: ZoneInfo) -> Period:
    """The days up to `end`, counted on the wall clock: a week holds each weekday once, whatever clocks do.

    Named by the ISO week in which it ends.
    """
    local = wall(end, zone)
    year, week, _ = local.isocalendar()
    return Period(f"{year}-W{week:02}", instant(local - length, zone), end, zone)


def iso_week(name: str, zone: ZoneInfo) -> Period:
    """Monday to Sunday of "2026-W46". Raises ValueError."""
    monday = datetime.strptime(f"{name}-1", "%G-W%V-%u")  # noqa: DTZ007  A wall-clock time.
    return Period(name, instant(monday, zone), instant(monday + 7 * _DAY, zone), zone)


def month_before(at: datetime, zone: ZoneInfo) -> Period:
    """The whole calendar month before the one that `at` is in, named "2026-10"."""
    first = wall(at, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = (first - _DAY).replace(day=1)
    return Period(f"{start:%Y-%m}", instant(start, zone), instant(first, zone), zone)


def so_far(period: Period) -> Period:
    """The same stretch of time for one person's question: named by the minute, "2026-11-18 14:03"."""
    return replace(period, name=f"{wall(period.end, period.zone):%Y-%m-%d %H:%M}")


def month_to(at: datetime, zone: ZoneInfo) -> Period:
    """From the first of the month until `at`."""
    first = wall(at, zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Period(f"{first:%Y-%m}", instant(first, zone), at, zone)


@dataclass(frozen=True)
class Figure:
    """One number. `value` None: not known. `n`: how many things it was made of.

    `target`: in words, "< 500 ms". `usual`: what it was in the weeks before, in words; only where there were
    enough of them to say. `rows`: where it comes from, a line each, for those who ask.
    """

    name: str
    value: float | None
    unit: str = ""
    verdict: Verdict = Verdict.OK
    target: str = ""
    usual: str = ""
    n: int | None = None
    rows: tuple[str, ...] = ()
    more_rows: int = 0


def figure(name: str, value: float | None, unit: str = "", *, rows: Sequence[str], **more: object) -> Figure:
    """A figure with as many of its rows as are kept."""
    kept, left = tuple(rows[:ROWS_KEPT]), max(0, len(rows) - ROWS_KEPT)
    return Figure(name, value, unit, rows=kept, more_rows=left, **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Table:
    """Cells as they are shown, and as numbers for CSV where they are numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | None, ...], ...]


@dataclass(frozen=True)
class Series:
    """A line of a chart; a gap is None."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """What a chart shows. `alt`: the same in a sentence, for those who do not see it.

    `bars`: a bar for each label, the series on top of each other; else a line for each series. `target`: a
    line across.
    """

    title: str
    unit: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    alt: str
    target: float | None = None
    bars: bool = False


@dataclass(frozen=True)
class Section:
    """What one section found. All words are plain text: whoever renders them escapes them.

    `headline`: the section in a line. `decision`: what somebody has to decide, as a question; the report
    asks one, the first of its worst section. `connect`: what to set up where there is no data, in a line;
    then nothing else is shown.
    """

    name: str
    title: str
    verdict: Verdict = Verdict.OK
    headline: str = ""
    figures: tuple[Figure, ...] = ()
    lines: tuple[str, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    decision: str = ""
    connect: str = ""


@dataclass(frozen=True)
class Report:
    """A report as it was made, which it stays. A correction is a new `edition`."""

    name: str  # the playbook's, "weekly"
    team: str
    period: Period
    made_at: datetime
    edition: int
    sections: tuple[Section, ...]
    late_by: timedelta = field(default_factory=timedelta)


@dataclass(frozen=True)
class Saved:
    """A report on record."""

    id: int
    report: Report
