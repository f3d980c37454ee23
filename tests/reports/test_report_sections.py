"""What sections tell of what happened, from values to values."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.checklists.model import State
from bot.followups.model import FollowUp, FollowUpId, done
from bot.incidents.model.incident import Status
from bot.model import UserId
from bot.paging.asked import Loads
from bot.reports.model import Figure, Section, Verdict
from bot.reports.sections.actions import Followed
from bot.reports.sections.actions import tell as told_of_actions
from bot.reports.sections.checklists import tell as told_of_checklists
from bot.reports.sections.incidents import tell as told_of_incidents
from bot.reports.sections.next_week import Ahead
from bot.reports.sections.next_week import tell as told_of_next_week
from bot.reports.sections.pages import tell as told_of_pages
from tests.reports.a_week import (
    BEFORE,
    DAY,
    END,
    HOUR,
    MINUTE,
    NEW_YORK,
    RULES,
    WEEK,
    ahead,
    happened,
    incident,
    paged,
    problem,
    run,
)


def figure(found: Section, name: str) -> Figure:
    return next(each for each in found.figures if each.name == name)


def test_nothing_happened_is_good_news() -> None:
    found = told_of_incidents([], WEEK, [], RULES)
    assert (found.verdict, found.headline, found.decision, found.chart) == (Verdict.OK, "none", "", None)
    assert figure(found, "Incidents sev1").value == 0


def test_incidents_are_counted_by_severity_against_eight_weeks() -> None:
    found = told_of_incidents(happened(), WEEK, BEFORE, RULES)
    counted = figure(found, "Incidents sev3")
    assert (counted.value, counted.usual) == (3, "3, from 2 to 4 in 8 weeks")
    assert figure(found, "Incidents sev1").verdict is Verdict.BAD
    assert found.headline == "5 (1 sev1, 1 sev2, 3 sev3), customers affected for 2 h 10 min, 1 still open"
    assert found.chart is not None
    assert [len(each.values) for each in found.chart.series] == [9, 9, 9]


def test_no_trend_is_told_of_three_weeks() -> None:
    found = told_of_incidents(happened(), WEEK, BEFORE[-3:], RULES)
    assert {each.usual for each in found.figures} == {""}
    assert found.chart is None


def test_more_than_in_any_of_the_weeks_before_is_worth_a_look() -> None:
    many = [incident(n, "sev3", ago=DAY) for n in range(5)]
    found = told_of_incidents([*happened()[:20], *many], WEEK, BEFORE, RULES)
    assert figure(found, "Incidents sev3").verdict is Verdict.WATCH


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.MERGED])
def test_false_alarms_and_duplicates_are_in_no_figure(status: Status) -> None:
    found = told_of_incidents([incident(1, "sev1", status=status)], WEEK, [], RULES)
    assert found.headline == "none"
    assert found.verdict is Verdict.OK
    assert found.lines == ("1 false alarm or duplicate left out",)


def test_times_are_medians_with_how_many_they_are_of() -> None:
    quick = [incident(n, taken=n * MINUTE, over=n * HOUR) for n in (1, 2, 3, 4)]
    found = told_of_incidents(quick, WEEK, [], RULES)
    middle = figure(found, "Time to acknowledge, median")
    assert (middle.value, middle.n, middle.verdict) == (2.5, 4, Verdict.OK)
    assert not [each for each in found.figures if "p90" in each.name]
    # Of five there is a 90th percentile; and a slower median than the target is worth a look.
    slow = [*quick, incident(5, taken=90 * MINUTE), incident(6, taken=80 * MINUTE), incident(7, taken=HOUR)]
    found = told_of_incidents(slow, WEEK, [], RULES)
    assert figure(found, "Time to acknowledge, p90").value == pytest.approx(84)
    assert figure(found, "Time to resolve, p90").n == 7
    found = told_of_incidents(slow[3:], WEEK, [], RULES)
    assert figure(found, "Time to acknowledge, median").verdict is Verdict.WATCH


def test_customers_feel_two_incidents_at_once_only_once() -> None:
    both = [incident(1, ago=3 * HOUR, over=HOUR), incident(2, ago=3 * HOUR, over=HOUR)]
    unnoticed = incident(3, "sev3", over=9 * HOUR)
    found = told_of_incidents([*both, unnoticed], WEEK, [], RULES)
    assert figure(found, "Customer impact").value == 60


def test_one_that_goes_on_is_counted_up_to_the_end_of_the_week() -> None:
    found = told_of_incidents([incident(1, ago=2 * HOUR, over=None)], WEEK, [], RULES)
    assert figure(found, "Customer impact").value == 120
    assert found.decision == "INC-1 (sev2) still open: who brings it to an end?"
    ended_later = told_of_incidents([incident(1, ago=2 * HOUR, over=5 * HOUR)], WEEK, [], RULES)
    assert "still open" in ended_later.lines[0]


def test_an_unexplained_incident_asks_for_its_cause() -> None:
    found = told_of_incidents([incident(n, cause="") for n in range(1, 6)], WEEK, [], RULES)
    named = "INC-1 (sev2), INC-2 (sev2), INC-3 (sev2) and 2 more"
    assert found.decision == f"No cause is on record for {named}: who finds out, and by when?"


def test_a_long_list_of_incidents_ends_and_says_so() -> None:
    found = told_of_incidents([incident(n) for n in range(1, 60)], WEEK, [], RULES)
    assert len(found.lines) == 21
    assert found.lines[-1] == "… and 39 more, in the figures attached"
    assert found.table is not None
    assert len(found.table.rows) == 59


def test_three_broken_nights_ask_who_takes_over() -> None:
    found = told_of_pages(paged(), WEEK, {"ana": NEW_YORK, "bo": NEW_YORK})
    assert found.verdict is Verdict.BAD
    assert found.headline == "4 pages to 2 people, 75 % by night, 25 % at the weekend"
    assert found.decision.startswith("bo was interrupted 3 times, 3 of the pages by night")
    assert figure(found, "Pages by night").value == 3
    assert figure(found, "Pages of ana").verdict is Verdict.OK


def test_a_quiet_week_of_pages_is_said() -> None:
    assert told_of_pages(Loads([], []), WEEK, {}).headline == "nobody was paged, and nobody was on call"


def test_checklists_are_done_late_missed_or_waiting() -> None:
    runs = [
        run(1),
        run(2, late=HOUR),
        run(3, state=State.NOT_DONE),
        run(4, state=State.OPEN),
        run(5, answers={0: problem("Queue is long")}),
    ]
    found = told_of_checklists(runs, [(END - DAY, "morning")], {"morning": "Morning"}, WEEK, 0.9)
    assert found.headline == "3 of 5 done, 1 problem found"
    assert found.lines == ("Morning: 3 of 5 done, 1 time missed, 1 asked late, 1 waiting, 1 problem",)
    share = figure(found, "Checklists done")
    assert (share.value, share.n, share.verdict) == (60, 5, Verdict.WATCH)
    assert any("missed, Watchbill was not running" in row for row in share.rows)


def test_a_checklist_that_is_rarely_done_is_questioned() -> None:
    runs = [run(n, state=State.NOT_DONE) for n in range(3)]
    found = told_of_checklists(runs, [], {"morning": "Morning"}, WEEK, None)
    assert found.decision.startswith("“Morning” was done 0 of 3 times")


def test_only_what_still_waits_is_neither_done_nor_not() -> None:
    found = told_of_checklists([run(1, state=State.OPEN)], [], {}, WEEK, None)
    assert figure(found, "Checklists done").value is None
    assert found.verdict is Verdict.OK


def test_a_problem_somebody_acts_on_is_no_loose_end() -> None:
    runs = [
        run(1, answers={0: problem("Disk is full", action="Ordered a larger one")}),
        run(2, answers={0: problem("Queue is long")}),
    ]
    found = told_of_actions(runs, [incident(7, cause="")], RULES.impact, WEEK)
    assert found.headline == "1 of 2 problems without an action, 1 cause to be found"
    assert found.lines == (
        "INC-7 sev2: Search is slow",
        "Thu 19 Nov 16:00, Morning checklist: Queue is long",
    )
    assert told_of_actions([], [], RULES.impact, WEEK).headline == "nothing is left to be done"


def followed() -> Followed:
    """One that is late, one that was done in time, and one that is done only after the week."""

    def followup(number: int, due: int) -> FollowUp:
        ana, bo = UserId("U01ANA"), UserId("U02BO")
        day = (END + due * DAY).astimezone(NEW_YORK).date()
        return FollowUp(FollowUpId(number), f"Mend <{number}>", bo, day, NEW_YORK, ana, END - 3 * DAY)

    return Followed(
        [
            replace(followup(1, -2), opened_at=END - 30 * DAY),
            done(followup(2, -1), UserId("U01ANA"), END - 2 * DAY),
            done(followup(3, -1), UserId("U02BO"), END + DAY),
            followup(4, 5),
        ],
        {"U01ANA": "ana", "U02BO": "bo"}.__getitem__,
    )


def test_overdue_follow_ups_come_first_and_ask_for_a_decision() -> None:
    runs = [run(1, answers={0: problem("Queue is long"), 1: replace(problem("Slow"), followup=4)})]
    found = told_of_actions(runs, [], RULES.impact, WEEK, followed())
    assert found.headline == "2 follow-ups overdue, 1 of 2 problems without an action"
    assert found.lines[0].startswith("FU-1 Mend <1>: bo, due Wed 18 Nov, 2 days late")
    assert found.lines[1].startswith("FU-3 Mend <3>: bo, due Thu 19 Nov, 1 day late")
    assert found.decision.startswith("Overdue: FU-1 Mend <1>: bo")
    assert found.verdict is Verdict.WATCH
    late = figure(found, "Follow-ups overdue")
    assert (late.value, late.n, late.verdict, late.rows) == (2, 3, Verdict.WATCH, found.lines[:2])
    assert figure(found, "Follow-ups opened").value == 3
    [closed] = figure(found, "Follow-ups closed").rows
    assert closed.endswith("FU-2 Mend <2>: ana")


def test_follow_ups_in_time_are_no_reason_to_worry() -> None:
    found = told_of_actions([], [], RULES.impact, WEEK, Followed(followed().found[3:], str))
    assert (found.headline, found.verdict, found.lines) == ("no follow-up overdue", Verdict.OK, ())


def test_a_gap_in_the_rota_asks_who_takes_it() -> None:
    found = told_of_next_week(ahead(), WEEK, {"checklist:backups": "Restore a backup"})
    assert found.verdict is Verdict.BAD
    assert found.decision == (
        "Nobody is on call on primary from Mon 23 Nov 16:00 to Mon 23 Nov 18:00 (2 h): who takes it?"
    )
    told = "\n".join(found.lines)
    assert "Day off: Thu 26 Nov, Thanksgiving Day" in told
    assert "Tue 24 Nov 16:00: Restore a backup" in told
    assert "checklist:morning" not in told


def test_nothing_known_of_next_week_says_what_to_connect() -> None:
    found = told_of_next_week(Ahead({}, {}, []), WEEK, {})
    assert found.connect.startswith("Nothing is known of it")


def test_half_a_minute_is_not_late() -> None:
    found = told_of_checklists([run(1, late=timedelta(seconds=30))], [], {}, WEEK, None)
    assert "late" not in found.lines[0]
