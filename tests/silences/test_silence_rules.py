"""Who keeps quiet when, and when maintenance windows are open."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import UserError
from bot.model import UserId
from bot.playbook import parse
from bot.silences import model
from bot.silences.model import Held, Silence, SilenceId
from bot.silences.windows import openings, routines

AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ANA, BO = UserId("U01ANA"), UserId("U02BO")
SILENCE = Silence(SilenceId(7), ("checkout", "ci-green"), AT, AT + 2 * HOUR, ANA)


def test_a_silence_is_half_open_and_ends_when_it_is_ended() -> None:
    instants = [AT - MINUTE, AT, AT + HOUR, AT + 2 * HOUR - MINUTE, AT + 2 * HOUR]
    assert [each for each in instants if SILENCE.has_begun(each) and not SILENCE.is_over(each)] == instants[
        1:4
    ]
    ended = model.ended(SILENCE, BO, AT + HOUR)
    assert ended.is_over(AT + HOUR)
    assert not ended.is_over(AT + HOUR - MINUTE)


def test_it_covers_probes_by_name_those_of_a_service_and_all() -> None:
    everything = Silence(SilenceId(8), (model.ALL,), AT, AT + HOUR, ANA)
    assert SILENCE.covers("ci-green", None)
    assert SILENCE.covers("site-up", "checkout")
    assert not SILENCE.covers("site-up", "payments")
    assert not SILENCE.covers("site-up", None)
    assert everything.covers("anything", None)


@pytest.mark.parametrize(
    ("starts", "lasts", "says"),
    [
        (-2 * HOUR, HOUR, "That time is over"),
        (-HOUR, HOUR, "That time is over"),
        (HOUR, timedelta(), "from a minute to 7 days"),
        (timedelta(), timedelta(days=8), "from a minute to 7 days"),
        (timedelta(days=400), HOUR, "Is the year right?"),
    ],
)
def test_what_nobody_can_mean_is_refused_with_a_sentence(
    starts: timedelta, lasts: timedelta, says: str
) -> None:
    with pytest.raises(UserError, match=says.replace("?", r"\?")):
        model.must_fit(AT + starts, AT + starts + lasts, AT)


def test_it_can_be_made_longer_up_to_a_week_and_not_once_it_is_over() -> None:
    assert model.longer(SILENCE, HOUR, AT + HOUR).ends_at == AT + 3 * HOUR
    with pytest.raises(UserError, match="7 days"):
        model.longer(SILENCE, timedelta(days=7), AT + HOUR)
    with pytest.raises(UserError, match="That silence ended"):
        model.longer(SILENCE, HOUR, AT + 2 * HOUR)
    with pytest.raises(UserError, match=r"by <@U02BO>"):
        model.ended(model.ended(SILENCE, BO, AT + HOUR), ANA, AT + HOUR + MINUTE)


def test_what_is_kept_back_is_noted_once_for_each_trouble_until_it_is_graver() -> None:
    slow = Held("site-up", "warn", "slow: 3 s", AT + MINUTE)
    noted = model.holding(SILENCE, slow)
    assert model.holding(noted, Held("site-up", "warn", "slow: 4 s", AT + MINUTE)) == noted
    graver = model.holding(noted, Held("site-up", "fail", "503", AT + MINUTE))
    assert [(each.verdict, each.evidence) for each in graver.held] == [("fail", "503")]

    over = model.recovered(graver, "site-up", AT + HOUR)
    again = model.holding(over, Held("site-up", "fail", "504", AT + HOUR + MINUTE))
    assert [(each.verdict, each.since, each.until, each.times) for each in again.held] == [
        ("fail", AT + MINUTE, None, 2)
    ]
    assert model.recovered(SILENCE, "site-up", AT) == SILENCE


def test_of_several_the_one_that_lasts_longest_keeps_quiet() -> None:
    longer = Silence(SilenceId(6), ("all",), AT, AT + 3 * HOUR, ANA)
    assert model.last_to_end([SILENCE, longer]) == longer
    assert model.last_to_end([SILENCE, model.ended(longer, BO, AT + HOUR)]) == SILENCE
    assert model.last_to_end([]) is None


PLAYBOOK = """
version: 1
timezone: America/New_York
services: {checkout: {}}
checks: {site: {http: {url: "https://example.com"}, every: 1m, service: checkout}}
maintenance:
  windows:
    - {name: nightly, when: "30 2 * * *", for: 90m, silence: checkout}
    - {name: high-risk, when: "0 2 * * TUE,THU", timezone: UTC, for: 2h}
"""


def test_windows_open_on_the_wall_clock_of_their_zone_also_when_it_changes() -> None:
    """In New York, 02:30 does not exist on 8 March 2026, and the hour from 1:00 comes twice on 1 November."""
    playbook = parse(PLAYBOOK, {})
    found = [
        (each.starts_at, each.ends_at)
        for each in openings(
            playbook, datetime(2026, 3, 7, 12, tzinfo=UTC), datetime(2026, 3, 9, 12, tzinfo=UTC)
        )
        if each.window == "nightly"
    ]
    eighth, ninth = datetime(2026, 3, 8, 7, 0, tzinfo=UTC), datetime(2026, 3, 9, 6, 30, tzinfo=UTC)
    assert found == [(eighth, eighth + 1.5 * HOUR), (ninth, ninth + 1.5 * HOUR)]
    autumn = openings(playbook, datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 1, 12, tzinfo=UTC))
    assert [each.starts_at for each in autumn] == [datetime(2026, 11, 1, 7, 30, tzinfo=UTC)]


def test_a_window_counts_wherever_a_part_of_it_lies_in_the_stretch() -> None:
    playbook = parse(PLAYBOOK, {})

    def high_risk(start: datetime, end: datetime) -> list[datetime]:
        return [each.starts_at for each in openings(playbook, start, end) if each.window == "high-risk"]

    assert high_risk(AT + 2 * HOUR - MINUTE, AT + 2 * HOUR) == [AT]
    assert high_risk(AT + 2 * HOUR, AT + 3 * HOUR) == []
    assert high_risk(AT - HOUR, AT) == []
    assert high_risk(AT - HOUR, AT + timedelta(days=7)) == [AT, AT + timedelta(days=2)]


def test_only_a_window_that_silences_something_is_a_job() -> None:
    assert [each.name for each in routines(parse(PLAYBOOK, {}))] == ["maintenance:nightly"]
