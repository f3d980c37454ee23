"""What people see of a checklist: as it should read, and within what Slack takes whatever they wrote."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.checklists.cards import answers, forms, messages
from bot.checklists.cards.prompt import prompt
from bot.checklists.model import (
    NO_ITEM,
    Answer,
    Checked,
    Item,
    Kind,
    Run,
    RunId,
    Scope,
    State,
    Verb,
    pages,
    under_headings,
)
from bot.model import WATCHBILL, UserId
from bot.mrkdwn import escape
from bot.playbook.checklists import LONGEST_ITEM
from simulator.blocks import check_message_blocks, check_view

NINE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
ANA, BO = UserId("U01ANA"), UserId("U02BO")
ITEMS = (
    Item("Production answers", Kind.CHECK, "site-up"),
    Item("Certificates are valid", Kind.CHECK, "certificate"),
    Item("By hand", Kind.HEADING),
    Item("Overnight alerts reviewed"),
    Item("Roll back or fix forward?", Kind.CHOICE, choices=("Back", "Forward"), within=timedelta(minutes=5)),
    Item("Anything odd?", Kind.TEXT, optional=True, runbook="odd-things"),
)
RUN = Run(
    id=RunId(17),
    scope=Scope("morning"),
    title="Morning checklist",
    items=ITEMS,
    state=State.OPEN,
    started_at=NINE,
    started_by=WATCHBILL,
    due_at=NINE,
    channel="#prod-alerts",
    people=("ana",),
)


def shown(person: str) -> str:
    return {"ana": f"<@{ANA}>"}.get(person, escape(person))


def lines(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """The text of blocks, a line each; buttons in brackets."""
    found: list[str] = []
    for block in blocks:
        if block["type"] == "section":
            found += block["text"]["text"].split("\n")
            if "accessory" in block:
                found.append(f"[{block['accessory']['text']['text']}]")
        elif block["type"] == "context":
            found += [each["text"] for each in block["elements"]]
        elif block["type"] == "actions":
            found.append(" ".join(f"[{_label(each)}]" for each in block["elements"]))
        else:
            found.append("---")
    return [_without_dates(line) for line in found]


def _label(element: Mapping[str, Any]) -> str:
    text: str = (element.get("text") or element["placeholder"])["text"]
    return text


def _without_dates(line: str) -> str:
    while "<!date" in line:
        before, _, rest = line.partition("<!date")
        shown_as, _, after = rest.partition(">")
        line = before + shown_as.split("|")[1].split(" ")[1] + after
    return line


def test_a_prompt_as_it_is_asked() -> None:
    assert lines(prompt(RUN, 0, shown).blocks) == [
        "*Morning checklist* · for <@U01ANA>",
        "0 of 5 answered · asked 09:00",
        ":hourglass_flowing_sand: Production answers",
        "_being asked…_",
        "[Run again] [Problem] [Skip]",
        ":hourglass_flowing_sand: Certificates are valid",
        "_being asked…_",
        "[Run again] [Problem] [Skip]",
        "---",
        "*By hand*",
        "Overnight alerts reviewed",
        "[OK] [Problem] [Skip]",
        "Roll back or fix forward?",
        "_by 09:05 (5 min)_",
        "[Choose] [Problem] [Skip]",
        "Anything odd?",
        "_optional · runbook: odd-things_",
        "[Answer] [Problem] [Skip]",
        "[Note something odd] [Hand over]",
    ]


ANSWERED = replace(
    RUN,
    state=State.DONE,
    done_at=NINE + timedelta(minutes=12),
    done_by=BO,
    checks={
        0: Checked(0, "ok", "310 ms", "200 in 310 ms", "https://app.example.com/?a&b", NINE),
        1: Checked(1, "unknown", "", "no answer within 10 s", None, NINE),
    },
    answers={
        1: Answer(1, Verb.PROBLEM, BO, NINE + timedelta(minutes=3), "It hangs", "Restarted it", NINE, 8, 3),
        3: Answer(3, Verb.OK, ANA, NINE + timedelta(minutes=4)),
        4: Answer(4, Verb.SKIPPED, BO, NINE + timedelta(minutes=12), "nothing is broken"),
    },
    notes=(Answer(NO_ITEM, Verb.NOTE, ANA, NINE + timedelta(minutes=5), "A light blinks"),),
)


def test_a_prompt_that_was_answered_tells_by_whom_and_when() -> None:
    assert lines(prompt(ANSWERED, 0, shown).blocks) == [
        "*Morning checklist* · for <@U01ANA>",
        ":white_check_mark: Done by <@U02BO> at 09:12, 12 min after it was asked",
        ":warning: 2 problems",
        ":white_check_mark: Production answers",
        "200 in 310 ms · <https://app.example.com/?a&b|look> · checked at 09:00",
        "[Run again]",
        ":warning: Certificates are valid",
        "problem: It hangs — done about it: Restarted it (seen 09:00) → INC-8 → FU-3 · <@U02BO> at 09:03",
        "no answer within 10 s · checked at 09:00",
        "[Change]",
        "---",
        "*By hand*",
        ":white_check_mark: Overnight alerts reviewed",
        "OK · <@U01ANA> at 09:04",
        "[Change]",
        ":fast_forward: Roll back or fix forward?",
        "skipped: nothing is broken · <@U02BO> at 09:12",
        "[Change]",
        "Anything odd?",
        "_optional · runbook: odd-things_",
        "[Answer] [Problem] [Skip]",
        "---",
        ":warning: problem: A light blinks · <@U01ANA> at 09:05",
        "[Note something odd] [Hand over]",
    ]


def test_one_that_was_closed_has_no_buttons_and_says_what_is_missing() -> None:
    closed = replace(RUN, items=ITEMS[2:4], state=State.NOT_DONE, closed_at=NINE + timedelta(days=1))
    assert lines(prompt(closed, 0, shown).blocks) == [
        "*Morning checklist* · for <@U01ANA>",
        ":x: Closed as *not done* 09:00, when the next one began: 1 of 1 not answered",
        "---",
        "*By hand*",
        ":x: Overnight alerts reviewed",
        "_not answered_",
    ]


def test_what_need_not_be_answered_is_no_failure_once_it_is_closed() -> None:
    closed = replace(ANSWERED, closed_at=NINE + timedelta(days=1))
    told = lines(prompt(closed, 0, shown).blocks)
    at = told.index("Anything odd?")
    assert told[at + 1] == "_optional, not answered_"


def test_one_that_was_asked_late_or_escalated_says_so() -> None:
    late = replace(RUN, items=ITEMS[3:4], asked_at=NINE + timedelta(minutes=95))
    assert ":hourglass: Asked 1 h 35 min late: it was due 09:00" in lines(prompt(late, 0, shown).blocks)
    hair = replace(RUN, items=ITEMS[3:4], asked_at=NINE + timedelta(seconds=59))
    assert "late" not in str(prompt(hair, 0, shown).blocks)
    asked = replace(RUN, escalate_after=timedelta(hours=2), escalated_to=("bo", "chen"))
    assert ":warning: Not done after 2 h: bo, chen were asked" in lines(prompt(asked, 0, shown).blocks)
    nobody = replace(RUN, escalate_after=timedelta(hours=2), escalated_to=())
    assert any("nobody further to ask" in line for line in lines(prompt(nobody, 0, shown).blocks))


def test_whom_it_is_about_and_which_day_stand_in_the_title() -> None:
    scope = Scope("onboarding", UserId("U09NEW"), "developer", 1)
    run = replace(RUN, scope=scope, title="Onboarding", people=("U09NEW",), items=ITEMS[3:4])
    assert lines(prompt(run, 0, shown).blocks)[0] == "*Onboarding* of <@U09NEW> · developer · day 2"


def test_a_reminder_names_what_is_open() -> None:
    told = messages.reminder(RUN, "https://acme.slack.com/archives/C1/p1")
    assert lines(told.blocks) == [
        ":bell: *Morning checklist* waits for you: 0 of 5 answered, asked 09:00.",
        "• Production answers",
        "• Certificates are valid",
        "• Overnight alerts reviewed",
        "• Roll back or fix forward?",
        "• Anything odd?",
        "[Open it]",
    ]


# Whatever they wrote

WORDS = st.text(min_size=1, max_size=40) | st.sampled_from(
    ("&<>" * 1000, "🙂" * 3000, "<!channel>", "*_~`", "שלום", "x" * 3000, "\x00", "a\nb\nc")
)
KINDS = st.sampled_from((Kind.TICK, Kind.CHECK, Kind.TEXT, Kind.NUMBER, Kind.CHOICE))


@st.composite
def asked_items(draw: st.DrawFn) -> Item:
    """With words as long as the playbook takes them."""
    if draw(st.integers(0, 5)) == 0:
        return Item(draw(WORDS)[:LONGEST_ITEM], Kind.HEADING)
    kind = draw(KINDS)
    choices = tuple(draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))) if kind is Kind.CHOICE else ()
    within = draw(st.none() | st.just(timedelta(minutes=2)))
    runbook = draw(st.none() | WORDS)
    return Item(
        draw(WORDS)[:LONGEST_ITEM], kind, "check" if kind is Kind.CHECK else None, choices, runbook, within
    )


@st.composite
def any_run(draw: st.DrawFn) -> Run:
    items = tuple(draw(st.lists(asked_items(), min_size=1, max_size=45)))
    questions = [n for n, item in enumerate(items) if item.kind is not Kind.HEADING]
    wordy = st.builds(
        Answer,
        st.just(0),
        st.sampled_from((Verb.OK, Verb.PROBLEM, Verb.SKIPPED, Verb.VALUE)),
        st.sampled_from((ANA, BO)),
        st.just(NINE),
        WORDS,
        WORDS,
        st.none() | st.just(NINE - timedelta(hours=1)),
        st.none() | st.just(7),
    )
    checked = st.builds(
        Checked,
        st.just(0),
        st.sampled_from(("ok", "warn", "fail", "unknown")),
        WORDS,
        WORDS,
        st.none() | st.just("https://example.com/" + "x" * 500),
        st.just(NINE),
    )
    return replace(
        RUN,
        items=items,
        title=draw(WORDS),
        people=tuple(draw(st.lists(st.sampled_from(("ana", "bo", "chen")), max_size=3, unique=True))),
        answers={n: replace(draw(wordy), item=n) for n in questions if draw(st.booleans())},
        checks={n: draw(checked) for n in questions if items[n].kind is Kind.CHECK and draw(st.booleans())},
        notes=tuple(draw(st.lists(wordy, max_size=5))),
        closed_at=draw(st.none() | st.just(NINE)),
        state=draw(st.sampled_from(State)),
        done_at=NINE,
    )


class Held:
    """A run whose repr is short: Hypothesis warns of long ones, and these are long on purpose."""

    def __init__(self, run: Run) -> None:
        self.run = run


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(any_run().map(Held))
def test_slack_takes_it_whatever_was_written(held: Held) -> None:
    run = held.run
    for page in range(len(pages(run.items))):
        check_message_blocks(list(prompt(run, page, shown).blocks))
    for page in range(1, 4):
        check_message_blocks(list(answers.whole(run, page, shown).blocks))
    check_message_blocks(list(answers.history([(NINE, run), (NINE, None)], "History").blocks))
    check_message_blocks(list(answers.listed([("a", run.title, NINE, run), ("b", "b", None, None)]).blocks))
    check_message_blocks(list(messages.reminder(run, "https://example.com").blocks))
    check_message_blocks(list(messages.escalated(run, None, shown).blocks))
    suggested = forms.Suggested(NINE, UserId("U01ANA"), NINE.date())
    for n in run.questions[:1]:
        check_view(forms.skip_form(run, n), "modal")
        check_view(forms.write_form(run, n), "modal")
        check_view(forms.problem_form(run, n, [("sev1", "x" * 200)], suggested), "modal")


@given(st.lists(st.sampled_from(ITEMS), max_size=120))
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
def test_no_item_is_lost_between_pages(items: list[Item]) -> None:
    assert [n for page in pages(items) for n in page] == list(range(len(items)))
    kept = under_headings(items)
    assert [item for item in kept if item.kind is not Kind.HEADING] == [
        item for item in items if item.kind is not Kind.HEADING
    ]
    assert not kept or kept[-1].kind is not Kind.HEADING
