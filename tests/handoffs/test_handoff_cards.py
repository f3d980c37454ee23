"""How a change of watch reads, and that Slack takes it whatever people wrote."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.followups.model import FollowUp, FollowUpId
from bot.handoffs import cards, part_cards
from bot.handoffs.model import Change, Handoff, HandoffId, HandoffState, Part
from bot.incidents.model.incident import Holder, Incident, Number, Resolution, Room, RoomKind, Status
from bot.model import ChannelId, UserId
from bot.mrkdwn import clean
from bot.paging.model import Page, PageId, PageState, Subject
from bot.slack.blocks import Content
from simulator.blocks import check_message_blocks, check_view
from tests.reading import lines

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WEEK = timedelta(weeks=1)
BO = UserId("U02BO")
HANDOFF = Handoff(
    HandoffId(7),
    "primary",
    "#prod-alerts",
    Change(NINE, ("ana",), NINE - WEEK, NINE, ("bo",), NINE + WEEK),
    HandoffState.POSTED,
    overlap=timedelta(minutes=30),
    asked=("ana",),
)
INCIDENT = Incident(
    number=Number(42),
    title="Checkout returns 500s",
    severity="sev1",
    status=Status.MITIGATING,
    private=False,
    declared_by=BO,
    declared_at=NINE,
    started_at=NINE,
    room=Room(RoomKind.CHANNEL, ChannelId("C0ROOM"), "inc-42"),
    request_id="command:1",
    roles={"commander": Holder(BO, NINE)},
    last_update="Rolled back,\nwatching",
    next_update_at=NINE + timedelta(minutes=15),
)
EXPORT = FollowUp(
    FollowUpId(7), "Fix the export", BO, date(2026, 11, 22), ZoneInfo("UTC"), BO, NINE - timedelta(days=7)
)


def shown(name: str) -> str:
    return f"@{name}"


def page(hour: int, answered: bool) -> Page:
    made = NINE.replace(hour=hour)
    subject = Subject("INC-42", "sev1", "Checkout")
    state = PageState.ACKNOWLEDGED if answered else PageState.OVER
    by = BO if answered else None
    return Page(PageId(1), subject, "ana", None, "on call for primary", BO, made, state, by, made)


def test_the_note_of_a_busy_watch() -> None:
    watched = replace(
        INCIDENT, number=Number(40), status=Status.RESOLVED, watch_until=NINE + timedelta(hours=1)
    )
    parts = (
        part_cards.open_incidents([INCIDENT]),
        part_cards.to_watch([watched]),
        part_cards.followups_due([EXPORT], NINE),
        part_cards.pages([page(3, True), page(12, False)], lambda _: ZoneInfo("UTC")),
    )
    handoff = replace(HANDOFF, words={"ana": "The cache is <warm>"})
    note = cards.note(handoff, parts, NINE, shown)
    assert note.text == "The watch on *primary* goes from @ana to @bo"
    assert lines(note) == [
        ":handshake: *Handoff on primary:* @ana → @bo",
        "On call until 11-30 09:00. @ana can still be asked until 11-23 09:30.",
        "*From @ana*",
        "The cache is &lt;warm&gt;",
        "*Open incidents (1)*",
        "INC-42 · sev1 · *Checkout returns 500s* · Mitigating <#C0ROOM> · commander <@U02BO>"
        " · next update: 11-23 09:15",
        "      Rolled back, watching",
        "*Keep an eye on*",
        "INC-40 · sev1 · *Checkout returns 500s* · Resolved <#C0ROOM> · watched until 11-23 10:00",
        "*Follow-ups due (1)*",
        ":hourglass: FU-7 · *Fix the export* · <@U02BO> · due Sun 22 Nov, *1 day late*",
        "*Pages of this watch*",
        "2 pages · 1 unanswered · 1 at night",
        "[I have the watch]",
        "For @bo. Pages follow the schedule, pressed or not.",
    ]


def test_what_began_and_ended_in_the_watch_says_how() -> None:
    ended = [
        replace(INCIDENT, status=Status.RESOLVED, resolution=Resolution("Rolled <back>\nand more")),
        replace(INCIDENT, number=Number(41), severity="sev3", status=Status.CANCELLED),
        replace(INCIDENT, number=Number(40), status=Status.MERGED, merged_into=Number(42)),
    ]
    part = part_cards.recent_incidents(ended)
    assert part.title == "Over by now (3)"
    assert part.lines == (
        "INC-42 · sev1 · *Checkout returns 500s* · Resolved: Rolled &lt;back&gt; and more",
        "INC-41 · sev3 · *Checkout returns 500s* · False alarm",
        "INC-40 · sev1 · *Checkout returns 500s* · Merged into INC-42",
    )
    assert part_cards.recent_incidents([]).lines == ()


def test_the_note_of_the_busiest_watch_is_one_that_slack_takes() -> None:
    long = "&" * 500
    many = [replace(INCIDENT, title=long, last_update=long, number=Number(n)) for n in range(60)]
    names = [f"person{n}" for n in range(12)]
    handoff = replace(
        HANDOFF,
        words=dict.fromkeys(names, long * 5),
        change=replace(HANDOFF.change, outgoing=tuple(names)),
    )
    parts = (
        part_cards.open_incidents(many),
        part_cards.to_watch(many),
        part_cards.recent_incidents(
            [replace(each, status=Status.RESOLVED, resolution=Resolution(long)) for each in many]
        ),
        part_cards.followups_due([replace(EXPORT, title=long)] * 60, NINE),
        part_cards.pages([page(3, True)], lambda _: ZoneInfo("UTC")),
    )
    note = cards.note(handoff, parts, NINE, shown)
    are_taken([note])
    for head in ("Open incidents", "Keep an eye on", "Over by now", "Follow-ups due"):
        assert any(line.startswith(f"*{head}") for line in lines(note))
    assert "1 page · 0 unanswered · 1 at night" in lines(note)


def test_the_note_of_a_quiet_watch_and_what_becomes_of_it() -> None:
    quiet = (
        part_cards.open_incidents([]),
        part_cards.to_watch([]),
        part_cards.followups_due([], NINE),
        part_cards.pages([], lambda _: ZoneInfo("UTC")),
    )
    calm = replace(HANDOFF, overlap=timedelta(), change=replace(HANDOFF.change, until=None))
    assert lines(cards.note(calm, quiet, NINE, shown)) == [
        ":handshake: *Handoff on primary:* @ana → @bo",
        "No incident is open. Nothing has to be watched after a fix. No follow-up is due. There was no page.",
        "[I have the watch]",
        "For @bo. Pages follow the schedule, pressed or not.",
    ]
    taken = replace(calm, state=HandoffState.TAKEN, taken_by=BO, ended_at=NINE + timedelta(minutes=2))
    assert lines(cards.note(taken, quiet, NINE, shown))[2:] == [
        ":white_check_mark: <@U02BO> has the watch since 11-23 09:02"
    ]
    passed = replace(calm, state=HandoffState.PASSED_ON, ended_at=NINE + timedelta(hours=5))
    late = lines(cards.note(passed, quiet, NINE + timedelta(minutes=3), shown))
    assert late[2:] == [
        "Nobody confirmed it; the watch went on, 11-23 14:00.",
        "Told late: the watch changed at 11-23 09:00.",
    ]


def test_what_whoever_goes_is_asked() -> None:
    planned = replace(HANDOFF, state=HandoffState.PLANNED)
    assert lines(cards.ask(planned, "ana", shown)) == [
        "*Your watch on primary goes to @bo at 11-23 09:00.*",
        "What should they know? It goes into the handoff note. Stay within reach until 11-23 09:30.",
        "[Write it]",
    ]
    written = replace(
        HANDOFF, state=HandoffState.TAKEN, taken_by=BO, ended_at=NINE, words={"ana": "All *quiet*"}
    )
    assert lines(cards.ask(written, "ana", shown)) == [
        "Your watch on *primary* went to @bo at 11-23 09:00. Stay within reach until 11-23 09:30.",
        "*You wrote*",
        "All *quiet*",
        "[Change it]",
        ":white_check_mark: <@U02BO> has the watch since 11-23 09:00.",
    ]
    gone = replace(planned, state=HandoffState.DROPPED)
    assert lines(cards.ask(gone, "ana", shown)) == [
        "You hand over nothing on *primary* now: the rotation or a cover changed."
    ]


def test_what_whoever_comes_on_is_asked() -> None:
    assert lines(cards.nudge(HANDOFF, ChannelId("C1"))) == [
        "You are on call on *primary* since 11-23 09:00. Do you have the watch?"
        " The handoff note is in <#C1>.",
        "[I have the watch]",
        "Pages come to you already, pressed or not.",
    ]
    assert lines(cards.unheard(HANDOFF, shown)) == [
        ":warning: *The watch on primary is not confirmed:* @bo was asked 4 times in 75 min."
        " Pages go there all the same, since 11-23 09:00."
        " Please make sure that somebody is there; before, it was @ana."
    ]


def test_what_is_prepared_before_a_watch() -> None:
    change = HANDOFF.change
    assert lines(cards.reminder("primary", change, HANDOFF.stays_until, [INCIDENT], shown)) == [
        ":bell: Your watch on *primary* begins 11-23 09:00, until 11-30 09:00.",
        "@ana can still be asked until 11-23 09:30.",
        "*Before it begins*",
        "• Access: sign in now to everything you would need at 3 a.m.",
        "• Your phone: test a page with /oncall me",
        "• Rollback: know how the last change is undone",
        "• Recent incidents: 1 incident below",
        "• Runbooks: current, and you know where they are",
        "INC-42 · sev1 · *Checkout returns 500s* · Mitigating <#C0ROOM>",
        "You cannot? /oncall ask-cover asks the others.",
    ]


TEXTS = st.text(max_size=4000).map(clean)


@settings(max_examples=60)
@given(TEXTS, TEXTS, st.integers(0, 120), st.sampled_from(HandoffState))
def test_slack_takes_whatever_people_wrote(text: str, title: str, count: int, state: HandoffState) -> None:
    handoff = replace(
        HANDOFF, state=state, words={"ana": text, "chen": text}, taken_by=BO, ended_at=NINE, nudges=1
    )
    many = [replace(INCIDENT, title=title, last_update=text, number=Number(n)) for n in range(count)]
    parts = (part_cards.open_incidents(many), part_cards.to_watch(many), Part("Pages", (), "None."))
    are_taken(
        [
            cards.note(handoff, parts, NINE, shown),
            cards.ask(handoff, "ana", shown),
            cards.nudge(handoff, None),
            cards.unheard(handoff, shown),
            cards.reminder("primary", handoff.change, None, many, shown),
        ]
    )
    check_view(cards.words_form(handoff, text[: cards.WORDS_LONGEST]), None)


def are_taken(contents: Iterable[Content]) -> None:
    for content in contents:
        blocks: list[Mapping[str, Any]] = list(content.blocks)
        check_message_blocks([dict(each) for each in blocks])
        assert 0 < len(content.text) < 4000
        for block in blocks:
            assert len(str(block.get("text", {}).get("text", ""))) <= 3000
