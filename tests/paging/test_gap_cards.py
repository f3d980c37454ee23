"""Gaps, load, how one is reached, and test pages: as people see them."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.contacts.cards import change_form, me_card, trial_card
from bot.contacts.model import SLACK, Method, Quiet, Rule, Step
from bot.contacts.trial import Trial, TrialId, TrialState
from bot.contacts.working import Outcome, Trouble, latest, trouble
from bot.model import UserId
from bot.oncall.model import Shift
from bot.oncall.rota import Gap
from bot.paging.gap import Gaps, Unreached
from bot.paging.gap_cards import gaps_card, load_card
from bot.paging.load import Load
from bot.slack.blocks import Content
from simulator.blocks import check_message_blocks
from tests.second_opinion import judged

AT = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
EVIL = "<!channel> & *bold* `code` " + "x" * 400
MADRID = ZoneInfo("Europe/Madrid")


def shown(person: str) -> str:
    return f"<@U{person.upper()}>"


def text(content: Content) -> str:
    return "\n".join(
        block["text"]["text"] if "text" in block else " ".join(each["text"] for each in block["elements"])
        for block in content.blocks
        if block["type"] in ("section", "context")
    )


def fails(person: str, method: str = "sms", said: str = "no credit", days_ago: int = 0) -> Outcome:
    return Outcome(person, method, AT - timedelta(days=days_ago), worked=False, said=said)


def test_gaps_name_stretches_people_and_those_who_left() -> None:
    found = Gaps(
        [Gap("office", AT + timedelta(days=day), AT + timedelta(days=day, hours=9)) for day in range(7)],
        troubles=[
            Trouble("ana", ("sms", "push", "voice"), (), only_slack=True),
            Trouble("bo", (), (fails("bo"),), only_slack=False),
        ],
        left=["zoe"],
    )
    said = text(gaps_card(found, shown))
    assert said.count("–") == 5
    assert "… and 2 more" in said
    assert "<@UANA>: no address for sms, push or voice. Nothing but Slack is left" in said
    assert "<@UBO>: sms failed <!date^1795143600^" in said
    assert said.rstrip().endswith("zoe")


def test_stretches_in_which_nobody_can_be_reached_name_who_is_on_call_then() -> None:
    week = timedelta(weeks=1)
    found = Gaps(
        unreached=[Unreached("primary", AT + n * week, AT + (n + 1) * week, ("zoe",)) for n in range(7)]
    )
    head, schedule, first, *_, last = text(gaps_card(found, shown)).splitlines()
    assert head.startswith(":warning: *Unreachable stretches in the next 90 days:*")
    assert schedule == "*primary*"
    assert first.endswith(": <@UZOE>")
    assert last == "… and 2 more"


@pytest.mark.parametrize("graver", [[], ["zoe"]])
def test_whoever_has_slack_only_is_told_of_below_the_rest_and_alarms_nobody(graver: list[str]) -> None:
    said = text(gaps_card(Gaps(left=graver, slack_only=["ana", "bo"]), shown))
    assert said.splitlines()[-1].startswith("By Slack only: <@UANA>, <@UBO>. A page to them waits")
    assert (":warning:" in said) is bool(graver)
    assert ("Somebody is on call on every schedule" in said) is (not graver)
    assert "By Slack only" not in text(gaps_card(Gaps(left=graver), shown))


def test_the_largest_cards_keep_to_slacks_limits_and_escape_what_others_wrote() -> None:
    many = [f"person{n}" for n in range(200)]
    failures = tuple(fails("ana", f"way{n}", EVIL) for n in range(9))
    schedules = [f"schedule-{'y' * 70}-{n % 40:02}" for n in sorted(range(400), key=lambda n: n % 40)]
    gaps = Gaps(
        [Gap(each, AT, AT) for each in schedules],
        [Unreached(each, AT, AT, tuple(many)) for each in schedules],
        [Trouble(person, ("sms",) * 9, failures, only_slack=True) for person in many],
        many,
        many,
    )
    load = [Load(person, 999, 99, 99, 500, timedelta(days=30)) for person in many]
    methods = [
        Method(SLACK, ""),
        *(Method(f"way{n}-{'z' * 70}", f"json://host{'h' * 60}/{n}") for n in range(30)),
    ]
    steps = tuple(Step(timedelta(minutes=n), (each.name,)) for n, each in enumerate(methods))
    shifts = {f"s{n}-{'y' * 70}": [Shift(AT, AT, ("ana",))] * 9 for n in range(30)}
    last = {each.name: fails("ana", each.name, EVIL) for each in methods}
    rule = Rule(steps, Quiet(time(22), time(7)), MADRID)
    cards = [
        gaps_card(gaps, shown),
        load_card(load, timedelta(days=30), shown),
        me_card(shifts, methods, rule, last, chosen=True, grave=[EVIL], calendar="https://x.example/a.ics"),
    ]
    for card in cards[:2]:
        check_message_blocks([dict(each) for each in card.blocks])
    for card in cards:
        assert list(judged(list(card.blocks))) == []
        assert len(card.blocks) <= 50
        assert "<!channel>" not in str(card)
    assert list(judged(change_form(methods, rule))) == []


@pytest.mark.parametrize("state", list(TrialState))
@pytest.mark.parametrize("method", [SLACK, "sms"])
def test_a_test_page_tells_where_it_stands(state: TrialState, method: str) -> None:
    card = trial_card(Trial(TrialId(7), "ana", UserId("U01ANA"), method, AT, state, EVIL, AT))
    assert list(judged(list(card.blocks))) == []
    assert "<!channel>" not in str(card)
    buttons = [each["text"]["text"] for block in card.blocks[1:] for each in block["elements"]]
    assert (
        buttons
        == {
            TrialState.WAITING: [],
            TrialState.ACCEPTED: ["It arrived", "Nothing came"],
            TrialState.ARRIVED: [],
            TrialState.MISSING: ["Test again"],
            TrialState.FAILED: ["Test again"],
        }[state]
    )


def rule(*via: str) -> Rule:
    return Rule((Step(timedelta(), (SLACK,)), Step(timedelta(minutes=2), via)), None, MADRID)


def ways(*names: str) -> list[Method]:
    return [Method(SLACK, ""), *(Method(name, f"json://x/{name}") for name in names)]


@pytest.mark.parametrize(
    ("of", "methods", "outcomes", "lacks", "failing", "only_slack"),
    [
        # A rule that rests on what nobody has an address for.
        (rule("sms", "voice"), ways(), [], ("sms", "voice"), [], True),
        (rule("sms", "voice"), ways("email"), [], ("sms", "voice"), [], True),
        # One of two fails: the other is left.
        (rule("sms", "push"), ways("sms", "push"), [fails("ana")], (), ["sms"], False),
        (rule("sms"), ways("sms", "push"), [fails("ana")], (), ["sms"], True),
        # Slack alone, by choice; what would be used where Slack fails counts.
        (rule(SLACK), ways("sms"), [fails("ana")], (), ["sms"], True),
    ],
)
def test_why_somebody_may_not_be_reached(
    of: Rule,
    methods: list[Method],
    outcomes: list[Outcome],
    lacks: tuple[str, ...],
    failing: list[str],
    only_slack: bool,
) -> None:
    found = trouble("ana", of, methods, latest(outcomes))
    assert found is not None
    assert found.lacks == lacks
    assert [each.method for each in found.fails] == failing
    assert found.only_slack is only_slack


@pytest.mark.parametrize(
    ("of", "methods", "outcomes"),
    [
        (rule(SLACK), ways(), []),
        (rule("sms", "voice"), ways("sms"), []),
        # It failed, and worked since; a failure of a way that is gone; somebody else's.
        (rule("sms"), ways("sms"), [Outcome("ana", "sms", AT, worked=True), fails("ana", days_ago=1)]),
        (rule("sms"), ways("sms"), [fails("ana", "pager"), fails("bo")]),
    ],
)
def test_nothing_is_wrong_where_nothing_is_known_to_be(
    of: Rule, methods: list[Method], outcomes: list[Outcome]
) -> None:
    assert trouble("ana", of, methods, latest(outcomes)) is None


@pytest.mark.parametrize(("hours", "says"), [(36, "36 hours"), (24, "1 day"), (1, "1 hour"), (72, "3 days")])
def test_the_head_of_the_load_says_the_time_that_was_asked_for(hours: int, says: str) -> None:
    assert load_card([], timedelta(hours=hours), shown).text.startswith(f"On-call load of the last {says}:")
