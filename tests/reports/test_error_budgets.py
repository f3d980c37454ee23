"""Error budgets: the arithmetic, and the section over probes' answers in both databases."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.checks import store
from bot.checks.model.figures import hour_of
from bot.checks.model.result import Verdict as Answer
from bot.checks.store import samples
from bot.db import Database
from bot.playbook.slos import Slo
from bot.reports.budget import Budget, Day
from bot.reports.model import Verdict, month_before
from bot.reports.sections.slos import judge, slos
from tests.reports.wanting import END, MINUTE, NEW_YORK, SITE, WEEK, answers, figure, wanted

DAY = timedelta(days=1)
MONTH = 30 * DAY
SLO = {"objective": "99.9%", "good": "check:site"}


def budget(
    bad: list[int], *, lately: tuple[int, int] = (10_080, 0), resets_at: datetime | None = None
) -> Budget:
    """A budget of 99.9 % over thirty days, of answers a minute, so many of which were bad each day."""
    start = END - len(bad) * DAY
    days = tuple(
        Day(start + n * DAY, start + (n + 1) * DAY, 1440 - each, each, 0) for n, each in enumerate(bad)
    )
    return Budget(0.999, MONTH, MINUTE, days, (*lately, 7 * DAY), resets_at)


def test_a_month_at_three_nines_may_fail_for_43_minutes_and_12_seconds() -> None:
    assert budget([0] * 30).total == pytest.approx(43.2)
    assert Budget(0.99, 7 * DAY, MINUTE, (), (0, 0, DAY)).total == pytest.approx(100.8)


@pytest.mark.parametrize(
    ("bad", "left", "verdict"),
    [
        ([0] * 30, 43.2, Verdict.OK),
        ([0] * 29 + [20], 23.2, Verdict.OK),
        ([0] * 29 + [33], 10.2, Verdict.WATCH),
        ([0] * 29 + [43], 0.2, Verdict.WATCH),
        ([0] * 29 + [44], -0.8, Verdict.BAD),
        ([10] * 30, -256.8, Verdict.BAD),
    ],
)
def test_what_is_left_and_what_that_means(bad: list[int], left: float, verdict: Verdict) -> None:
    found = budget(bad)
    assert found.left == pytest.approx(left)
    assert judge(found) is verdict
    assert found.used == sum(bad)


def test_a_burn_of_one_lasts_exactly_and_twice_as_fast_ends_when_the_rest_is_gone() -> None:
    even = budget([0] * 30, lately=(9990, 10))
    fast = budget([0] * 29 + [20], lately=(9980, 20))

    assert even.burn == pytest.approx(1.0)
    assert even.runs_out_at is None
    assert fast.burn == pytest.approx(2.0)
    # 23.2 minutes are left, and 2.88 go every day.
    assert fast.runs_out_at is not None
    assert (fast.runs_out_at - END) / DAY == pytest.approx(23.2 / 2.88)
    assert judge(fast) is Verdict.WATCH


def test_nothing_is_projected_from_few_answers() -> None:
    few = budget([0] * 29 + [20], lately=(50, 10))

    assert few.burn is None
    assert few.runs_out_at is None


def test_a_window_that_begins_anew_runs_out_before_that_or_not_at_all() -> None:
    slow = budget([1] * 19, lately=(9990, 10), resets_at=END + 10 * DAY)
    fast = budget([1] * 19, lately=(9970, 30), resets_at=END + 10 * DAY)

    assert slow.runs_out_at is None
    assert fast.runs_out_at is not None
    assert fast.runs_out_at < END + 10 * DAY


def test_without_answers_it_is_unknown_and_never_fine() -> None:
    nothing = Budget(0.999, MONTH, MINUTE, (Day(END - DAY, END, 0, 0, 0),), (0, 0, DAY))
    silent = Budget(0.999, MONTH, MINUTE, (Day(END - DAY, END, 10, 0, 1430),), (10, 0, DAY))

    assert nothing.achieved is None
    assert judge(nothing) is judge(silent) is Verdict.UNKNOWN
    # Nor is a few days' good luck the whole of a week.
    assert judge(budget([0] * 30, lately=(4000, 0))) is Verdict.UNKNOWN


async def test_the_section_says_what_was_reached_what_is_left_and_where_it_comes_from(
    database: Database,
) -> None:
    await answers(database, "site", END - MONTH, END - 2 * DAY)
    await answers(database, "site", END - 2 * DAY, END - 2 * DAY + 12 * MINUTE, verdict=Answer.FAIL)
    await answers(database, "site", END - 2 * DAY + 12 * MINUTE, END)
    found = await slos(wanted(database, checks={"site": SITE}, slos={"availability": SLO}))

    achieved = figure(found, "availability achieved")
    assert achieved.value == pytest.approx(100 * (43_200 - 12) / 43_200, abs=1e-4)
    assert (achieved.n, achieved.target) == (43_200, "99.9 %")
    assert any("12 bad" in row for row in achieved.rows)
    assert figure(found, "availability budget left").value == 31.2
    assert figure(found, "availability burn").value == round(12 / 10_080 / 0.001, 2)
    assert found.headline == "99.9722 % (target 99.9 %), 31.2 of 43.2 min of error budget left"
    assert found.chart is not None
    assert found.chart.series[0].values[-1] == pytest.approx(72.2, abs=0.1)
    # Burnt faster than it lasts: that it will be gone is worth a look.
    assert found.verdict is Verdict.WATCH
    assert "if it goes on like this" in found.lines[0]


async def test_a_budget_that_is_gone_asks_for_a_decision(database: Database) -> None:
    await answers(database, "site", END - DAY, END - DAY + 50 * MINUTE, verdict=Answer.FAIL)
    await answers(database, "site", END - DAY + 50 * MINUTE, END)
    found = await slos(wanted(database, checks={"site": SITE}, slos={"availability": SLO}))

    assert found.verdict is Verdict.BAD
    assert "The error budget of availability is used up" in found.decision
    assert "measured for 3" in found.lines[0]


async def test_answers_that_were_too_slow_are_bad_where_a_time_is_given(database: Database) -> None:
    await answers(database, "site", END - DAY, END - 60 * MINUTE, value=0.3)
    await answers(database, "site", END - 60 * MINUTE, END, value=0.6)
    fast = {"objective": "95%", "window": "1d", "good": "check:site", "under": "500ms"}
    found = await slos(wanted(database, checks={"site": SITE}, slos={"fast": fast}))

    assert figure(found, "fast achieved").value == pytest.approx(100 * 1380 / 1440, abs=1e-4)


async def test_of_answers_that_were_forgotten_the_hours_tell(database: Database) -> None:
    await answers(
        database, "site", END - 3 * DAY, END - 3 * DAY + 30 * MINUTE, verdict=Answer.FAIL, value=None
    )
    await answers(database, "site", END - 3 * DAY + 30 * MINUTE, END)
    async with database.write() as connection:
        for n in range(72):
            start = END - 3 * DAY + n * timedelta(hours=1)
            kept = await store.samples_of(connection, "site", start, start + timedelta(hours=1))
            await store.add_hours(connection, [hour_of("site", start, kept)])
        await connection.execute(samples.delete().where(samples.c.at < END - DAY))
    found = await slos(wanted(database, checks={"site": SITE}, slos={"availability": {**SLO, "under": "1s"}}))

    assert figure(found, "availability achieved").n == 3 * 1440
    assert figure(found, "availability budget left").value == 13.2


async def test_a_window_by_the_month_begins_with_it(database: Database) -> None:
    october = month_before(datetime(2026, 11, 6, tzinfo=UTC), NEW_YORK)
    await answers(database, "site", october.start - DAY, october.start, verdict=Answer.FAIL)
    await answers(database, "site", october.start, october.start + DAY)
    monthly = {**SLO, "window": "month"}
    asked = wanted(database, period=october, checks={"site": SITE}, slos={"availability": monthly})
    found = await slos(asked)

    assert figure(found, "availability achieved").value == 100
    assert figure(found, "availability budget left").value == 44.6


async def test_without_objectives_or_answers_it_says_so(database: Database) -> None:
    none = await slos(wanted(database))
    silent = await slos(wanted(database, checks={"site": SITE}, slos={"availability": SLO}))

    assert "add `slos` to the playbook" in none.connect
    assert silent.verdict is Verdict.UNKNOWN
    assert figure(silent, "availability achieved").value is None
    assert figure(silent, "availability budget left").value is None


def test_objectives_are_shares_and_windows_whole_days() -> None:
    found = Slo.model_validate({"objective": "99.95%", "window": "4w", "good": "check:site"})

    assert found.objective == pytest.approx(0.9995)
    assert (found.window, found.good) == (28 * DAY, "site")
    assert WEEK.end - WEEK.start == 7 * DAY
