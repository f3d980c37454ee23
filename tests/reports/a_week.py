"""One week as values: what happened in it, and the report that is made of that."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.checklists.model import Answer, Item, Run, RunId, Scope, State, Verb
from bot.incidents.model.incident import Incident, Number, Resolution, Room, RoomKind, Status
from bot.jobs.model import Time
from bot.jobs.service import Upcoming
from bot.model import WATCHBILL, UserId
from bot.oncall.model import Shift
from bot.paging.asked import Loads
from bot.paging.load import loads
from bot.paging.model import Page, PageId, Subject
from bot.reports.model import Chart, Report, Section, Series, Table, Verdict, days_before, figure
from bot.reports.sections.actions import tell as told_of_actions
from bot.reports.sections.checklists import tell as told_of_checklists
from bot.reports.sections.incidents import Rules
from bot.reports.sections.incidents import tell as told_of_incidents
from bot.reports.sections.next_week import Ahead
from bot.reports.sections.next_week import tell as told_of_next_week
from bot.reports.sections.pages import tell as told_of_pages
from bot.reports.statistics import PERIODS_COMPARED

NEW_YORK = ZoneInfo("America/New_York")
END = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
WEEK = days_before(END, timedelta(days=7), NEW_YORK)
BEFORE = WEEK.earlier(PERIODS_COMPARED)
RULES = Rules(("sev1", "sev2", "sev3"), frozenset(("sev1", "sev2")), timedelta(minutes=5), None)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANA = UserId("U0ANA")


def incident(
    number: int,
    severity: str = "sev2",
    *,
    ago: timedelta = DAY,
    taken: timedelta | None = 3 * MINUTE,
    over: timedelta | None = 40 * MINUTE,
    status: Status = Status.RESOLVED,
    title: str = "Search is slow",
    cause: str = "A full disk",
) -> Incident:
    """Declared `ago` before the week's end; taken and over that long after."""
    at = END - ago
    return Incident(
        Number(number),
        title,
        severity,
        status if over is not None else Status.INVESTIGATING,
        private=False,
        declared_by=ANA,
        declared_at=at,
        started_at=at,
        room=Room(RoomKind.THREAD),
        request_id=f"r{number}",
        acknowledged_at=at + taken if taken is not None else None,
        ended_at=at + over if over is not None else None,
        resolution=Resolution(root_cause=cause),
    )


def run(
    number: int,
    *,
    ago: timedelta = DAY,
    state: State = State.DONE,
    late: timedelta = timedelta(),
    answers: Mapping[int, Answer] | None = None,
) -> Run:
    at = END - ago
    items = (Item("Production answers"), Item("Backups are there"))
    return Run(
        RunId(number),
        Scope("morning"),
        "Morning checklist",
        items,
        state,
        at,
        WATCHBILL,
        at - late,
        "#prod-alerts",
        answers=answers or {},
    )


def problem(text: str, *, action: str = "", ago: timedelta = DAY) -> Answer:
    return Answer(1, Verb.PROBLEM, ANA, END - ago, text, action)


def page(number: int, person: str, at: datetime) -> Page:
    subject = Subject("INC-1", "sev2", "Search is slow")
    return Page(PageId(number), subject, person, None, "on call for primary", WATCHBILL, at)


def paged() -> Loads:
    """Bo has three broken nights, one of them at the weekend; ana one page by day."""
    night = datetime(2026, 11, 14, 8, 0, tzinfo=UTC)  # Saturday, 03:00 in New York
    found = [
        page(1, "bo", night),
        page(2, "bo", night + 2 * DAY),
        page(3, "bo", night + 3 * DAY),
        page(4, "ana", datetime(2026, 11, 18, 16, 0, tzinfo=UTC)),
    ]
    told = loads(
        [(each.person, each.made_at) for each in found], {"bo": 5 * DAY, "ana": 2 * DAY}, lambda _: NEW_YORK
    )
    return Loads(told, found)


def ahead() -> Ahead:
    first = Shift(END, END + 3 * DAY, ("ana",))
    gap = Shift(END + 3 * DAY, END + 3 * DAY + 2 * HOUR, ())
    last = Shift(END + 3 * DAY + 2 * HOUR, END + 7 * DAY, ("bo", "chen"))
    backup = END + 4 * DAY
    due = [Upcoming("checklist:backups", Time(backup.replace(tzinfo=None), backup))]
    due += [
        Upcoming("checklist:morning", Time((END + n * DAY).replace(tzinfo=None), END + n * DAY))
        for n in range(5)
    ]
    return Ahead({"primary": [first, gap, last]}, {date(2026, 11, 26): "Thanksgiving Day"}, due)


def happened() -> list[Incident]:
    """Two to four a week before; five in this one."""
    past = [
        incident(number, "sev3", ago=8 * DAY + week * 7 * DAY)
        for number, week in enumerate((w for w in range(8) for _ in range(2 + w % 3)), 1)
    ]
    return [
        *past,
        incident(30, "sev1", ago=5 * DAY, title="Checkout returns <500> & worse", cause=""),
        incident(31, "sev2", ago=4 * DAY, taken=9 * MINUTE, over=90 * MINUTE),
        incident(32, "sev3", ago=3 * DAY, taken=20 * MINUTE, over=3 * HOUR),
        incident(33, "sev3", ago=2 * DAY, status=Status.CANCELLED, over=MINUTE),
        incident(34, "sev3", ago=2 * DAY, taken=30 * MINUTE, over=5 * HOUR),
        incident(35, "sev3", ago=DAY, taken=None, over=None, title="=HYPERLINK(1) | odd"),
    ]


def reliability() -> Section:
    """As a section of figures by day would be."""
    days = tuple(f"{day:%a} {day.day}" for day in WEEK.days)
    values = (99.98, 100.0, 100.0, 99.1, None, 100.0, 100.0, 99.95)
    table = Table(("day", "uptime, %"), (*zip(days, values, strict=True), ("average", 99.86)))
    chart = Chart("Uptime", "%", days, (Series("site-up", values),), "Uptime by day, 99.1 % at worst.", 99.9)
    worst = figure("Uptime", 99.86, "%", rows=["Mon 16: 99.1 %"], verdict=Verdict.WATCH, target="≥ 99.9 %")
    return Section("reliability", "Reliability", Verdict.WATCH, "uptime 99.86 %", (worst,), (), table, chart)


def sections() -> tuple[Section, ...]:
    """What the others find; the verdict is not among them."""
    runs = [
        run(1, ago=4 * DAY),
        run(2, ago=3 * DAY, late=HOUR, answers={1: problem("Backup of *orders* missing")}),
        run(3, ago=2 * DAY, state=State.NOT_DONE),
        run(4, ago=HOUR, state=State.OPEN),
    ]
    titles = {"morning": "Morning checklist", "never": "Never asked"}
    found, zones = happened(), {"ana": NEW_YORK, "bo": NEW_YORK}
    now = [each for each in found if each.declared_at >= WEEK.start]
    return (
        told_of_incidents(found, WEEK, BEFORE, RULES),
        reliability(),
        Section("deployments", "Deployments", connect="Set GITHUB_TOKEN, and name a repository."),
        told_of_pages(paged(), WEEK, zones),
        told_of_checklists(runs, [(END - 5 * DAY, "morning")], titles, WEEK, 0.9),
        told_of_actions(runs, now, RULES.impact, WEEK),
        told_of_next_week(ahead(), WEEK, {"checklist:backups": "Restore a backup"}),
    )


def report(*found: Section, edition: int = 1, late_by: timedelta = timedelta()) -> Report:
    return Report("weekly", "Checkout", WEEK, END, edition, found, late_by)
