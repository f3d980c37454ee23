"""Pages: what being on call cost each person, and how much of it by night and at the weekend."""

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from bot.contacts.service import chosen_rules, rule_of_playbook
from bot.paging.asked import Loads, load_between
from bot.paging.load import Load, is_night, is_weekend
from bot.paging.model import Page
from bot.reports.model import Figure, Period, Section, Table, Verdict, figure
from bot.reports.sections.section import Wanted, dated, plural
from bot.reports.statistics import in_words

# Two interruptions in twelve hours are what one person can follow up on (Google's SRE book, "Being On-Call").
MOST_INTERRUPTIONS_A_DAY = 4.0
# More than one broken night in a week is no rest.
MOST_NIGHTS_A_WEEK = 2
_WEEK = 7


async def pages(wanted: Wanted) -> Section:
    playbook, period = wanted.context.playbook.current, wanted.period
    if not playbook.schedules and not playbook.escalation:
        connect = "Nobody can be paged yet: add `schedules` and `escalation` to the playbook."
        return Section("pages", "Pages", connect=connect)
    found = await load_between(wanted.context, period.start, period.end)
    async with wanted.context.queue.database.read() as connection:
        chosen = await chosen_rules(connection)
    zones = {
        each.person: (chosen.get(each.person) or rule_of_playbook(playbook, each.person)).zone
        for each in found.loads
    }
    return tell(found, period, zones)


def tell(found: Loads, period: Period, zones: Mapping[str, ZoneInfo]) -> Section:
    """The section; `zones`: on whose clock it was night."""
    loads = [each for each in found.loads if each.pages or each.on_call]
    if not loads:
        return Section("pages", "Pages", headline="nobody was paged, and nobody was on call")
    figures = [
        _of_all("Pages", found.pages, period),
        _of_all("Pages by night", [each for each in found.pages if _night(each, zones)], period),
        _of_all("Pages at the weekend", [each for each in found.pages if _weekend(each, zones)], period),
        *(_of_person(each, found.pages, period) for each in loads if each.pages),
    ]
    worn = [each for each in loads if _is_worn(each, period)]
    decision = ""
    if worn:
        who = worn[0]
        decision = (
            f"{who.person} was interrupted {plural(who.interruptions, 'time')}, {who.night} of the pages by"
            " night: who takes the next watch instead, and which alert goes first?"
        )
    return Section(
        "pages",
        "Pages",
        Verdict.BAD if worn else Verdict.OK,
        _headline(loads, len(found.pages)),
        tuple(figures),
        tuple(_line(each) for each in loads),
        _table(loads),
        decision=decision,
    )


def _is_worn(load: Load, period: Period) -> bool:
    weeks = max(1.0, period.length / _WEEK)
    days = load.on_call.total_seconds() / 86_400
    busy = days >= 1 and load.interruptions / days > MOST_INTERRUPTIONS_A_DAY
    return busy or load.night > MOST_NIGHTS_A_WEEK * weeks


def _of_all(name: str, found: Sequence[Page], period: Period) -> Figure:
    rows = [f"{dated(each.made_at, period)}: {each.person} (page {each.id})" for each in found]
    return figure(name, float(len(found)), rows=rows)


def _of_person(load: Load, found: Sequence[Page], period: Period) -> Figure:
    rows = [f"{dated(each.made_at, period)} (page {each.id})" for each in found if each.person == load.person]
    worn = _is_worn(load, period)
    return figure(
        f"Pages of {load.person}",
        float(load.pages),
        rows=rows,
        verdict=Verdict.BAD if worn else Verdict.OK,
        target=f"≤ {MOST_NIGHTS_A_WEEK} nights a week" if worn else "",
    )


def _night(page: Page, zones: Mapping[str, ZoneInfo]) -> bool:
    return page.person in zones and is_night(page.made_at, zones[page.person])


def _weekend(page: Page, zones: Mapping[str, ZoneInfo]) -> bool:
    return page.person in zones and is_weekend(page.made_at, zones[page.person])


def _headline(loads: Sequence[Load], total: int) -> str:
    paged = [each for each in loads if each.pages]
    if not paged:
        return "nobody was paged"
    night, weekend = sum(each.night for each in paged), sum(each.weekend for each in paged)
    shares = f"{_share(night, total)} by night, {_share(weekend, total)} at the weekend"
    return f"{plural(total, 'page')} to {plural(len(paged), 'person', 'people')}, {shares}"


def _line(load: Load) -> str:
    told = f"{load.person}: {plural(load.pages, 'page')}"
    if load.pages:
        told += (
            f" in {plural(load.interruptions, 'interruption')}, {_share(load.night, load.pages)} by night,"
            f" {_share(load.weekend, load.pages)} at the weekend"
        )
    return f"{told}; {in_words(load.on_call)} on call" if load.on_call else told


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else "0 %"


def _table(loads: Sequence[Load]) -> Table:
    columns = ("person", "pages", "interruptions", "by night", "at the weekend", "hours on call")
    rows = [
        (
            each.person,
            each.pages,
            each.interruptions,
            each.night,
            each.weekend,
            round(each.on_call.total_seconds() / 3600, 1),
        )
        for each in loads
    ]
    return Table(columns, tuple(rows))
