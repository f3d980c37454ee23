"""What people see of an incident: as it should read, and within what Slack takes whatever they wrote."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.home.cards import home_tab
from bot.incidents.cards import answers, card, messages, modals
from bot.incidents.cards.words import span
from bot.incidents.model.incident import (
    DETECTIONS,
    VERIFICATION,
    Entry,
    EntryKind,
    Holder,
    Incident,
    Number,
    Resolution,
    Room,
    RoomKind,
    Source,
    Status,
)
from bot.model import WATCHBILL, ChannelId, Ts, UserId
from bot.mrkdwn import blank, clean, plain, said
from bot.slack.blocks import Content, View
from simulator.blocks import check_message_blocks, check_view

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ANA, BO = UserId("U01ANA"), UserId("U02BO")
ROOM = Room(RoomKind.CHANNEL, ChannelId("C0ROOM"), "inc-42-checkout-returns-500s")

OPEN = Incident(
    number=Number(42),
    title="Checkout returns 500s",
    severity="sev1",
    status=Status.INVESTIGATING,
    private=False,
    declared_by=ANA,
    declared_at=NOON,
    started_at=NOON,
    room=ROOM,
    request_id="command:1",
    service="checkout",
    next_update_at=NOON + timedelta(minutes=15),
)


# How they read


def lines(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """The text of blocks, a line each; dates as the hour and minute they stand for."""
    found: list[str] = []
    for block in blocks:
        match block["type"]:
            case "header":
                found.append("# " + block["text"]["text"])
            case "section" if "fields" in block:
                found += [each["text"].replace("*", "").replace("\n", ": ") for each in block["fields"]]
            case "section":
                found += block["text"]["text"].split("\n")
            case "context":
                found += [line for each in block["elements"] for line in each["text"].split("\n")]
            case "actions":
                labels = [each["text"]["text"] for each in block["elements"] if "text" in each]
                found.append(" ".join(f"[{label}]" for label in labels))
    return [re.sub(r"<!date\^[^|]*\|2026-11-20 (\d\d:\d\d) UTC>", r"\1", line) for line in found]


def test_the_card_of_a_new_incident() -> None:
    declared = Entry(OPEN.number, 1, NOON, EntryKind.DECLARED, ANA, "declared as sev1")
    shown = card.incident_card(OPEN, means="Customers cannot buy", paged=["<@U02BO>"], newest=[declared])
    assert shown.text == "INC-42 · sev1 · Checkout returns 500s · Investigating"
    assert lines(shown.blocks) == [
        "# INC-42 Checkout returns 500s",
        "Severity: sev1: Customers cannot buy",
        "Status: Investigating",
        "Commander: nobody yet",
        "Acknowledged: not yet; paged <@U02BO>",
        "Service: checkout",
        "Declared: <@U01ANA> 12:00",
        "Next update: 12:15",
        "12:00 <@U01ANA> declared as sev1",
        "[Acknowledge] [Post update] [Change severity/status] [Take a role] [Page someone] [Resolve]",
    ]


def test_the_card_of_one_that_is_worked_on_and_of_one_that_ended() -> None:
    worked = replace(
        OPEN,
        status=Status.MONITORING,
        acknowledged_by=BO,
        acknowledged_at=NOON + timedelta(minutes=3),
        roles={"commander": Holder(BO, NOON), "scribe": Holder(ANA, NOON)},
        last_update="Rolled <back>",
        updated_at=NOON + timedelta(minutes=10),
        missed=("acknowledge",),
    )
    shown = lines(card.incident_card(worked, means="").blocks)
    assert "Commander: <@U02BO>" in shown
    assert "Acknowledged: <@U02BO> at 12:03" in shown
    assert "Missed targets: acknowledge" in shown
    assert "*Latest update* (12:10)" in shown
    assert "Rolled &lt;back&gt;" in shown
    assert "Scribe: <@U01ANA>" in shown
    assert shown[-1].startswith("[Post update]")
    ended = replace(
        worked,
        status=Status.RESOLVED,
        ended_by=ANA,
        ended_at=NOON + timedelta(hours=1),
        next_update_at=None,
        resolution=Resolution("Rolled back", "A missing index"),
    )
    shown = lines(card.incident_card(ended, means="").blocks)
    assert "Ended: <@U01ANA> 13:00" in shown
    assert "*Resolution:* Rolled back" in shown
    assert "*Root cause:* A missing index" in shown
    assert shown[-1] == "[Reopen] [Show the timeline]"


def test_the_announcement_leads_to_the_room() -> None:
    opening = card.announcement(replace(OPEN, room=Room(RoomKind.CHANNEL)), means="")
    assert lines(opening.blocks)[:3] == [
        ":rotating_light: INC-42 · sev1",
        "*Checkout returns 500s*",
        "Opening a room…",
    ]
    assert "Room: <#C0ROOM>" in lines(card.announcement(OPEN, means="").blocks)
    assert lines(opening.blocks)[-1] == "[Acknowledge] [Show]"


def test_what_is_said_of_changes() -> None:
    told = {
        EntryKind.STATUS: (
            "investigating → monitoring",
            "<@U01ANA> changed the status: investigating → monitoring",
        ),
        EntryKind.SEVERITY: ("sev2 → sev1", "<@U01ANA> changed the severity: sev2 → sev1"),
        EntryKind.ROLE: ("commander: <@U02BO>", "Commander: <@U02BO>"),
        EntryKind.CANCELLED: ("a false alarm", "INC-42 was a false alarm, says <@U01ANA>."),
        EntryKind.REOPENED: ("reopened; it was resolved", "<@U01ANA> reopened INC-42."),
        EntryKind.MISSED: ("The target has passed", ":warning: The target has passed."),
    }
    for kind, (text, sentence) in told.items():
        entry = Entry(OPEN.number, 2, NOON, kind, ANA, text)
        assert messages.entry_message(OPEN, entry).text == sentence
    gone = Entry(OPEN.number, 2, NOON, EntryKind.MERGED, ANA, "merged into INC-7")
    kept = Entry(OPEN.number, 2, NOON, EntryKind.MERGED, ANA, "INC-41 was merged into this one")
    assert messages.entry_message(OPEN, gone).text == "INC-42 is merged into INC-7, says <@U01ANA>."
    assert messages.entry_message(OPEN, kept).text == "INC-41 was merged into this one, says <@U01ANA>."


def test_the_alarm_of_a_private_incident_calls_nobody() -> None:
    unheard = Entry(
        OPEN.number, 2, NOON, EntryKind.UNHEARD, WATCHBILL, "Nobody was paged for schedule:primary"
    )
    assert messages.alarm(OPEN, unheard).text.startswith("<!here> :warning: INC-42")
    private = messages.alarm(replace(OPEN, private=True), unheard)
    assert "<!here>" not in private.text + str(private.blocks)
    assert "only you are told" in str(private.blocks)


def test_the_topic_fits_and_says_who_commands_and_when_the_next_update_comes() -> None:
    held = replace(OPEN, roles={"commander": Holder(BO, NOON)})
    assert messages.topic(held) == "sev1 · Investigating · Commander: <@U02BO> · Next update: 12:15 UTC"
    assert messages.topic(replace(OPEN, status=Status.CANCELLED)) == "sev1 · False alarm"
    assert len(messages.topic(replace(OPEN, severity="s" * 300))) <= 250


def test_spans_are_read_in_the_units_that_matter() -> None:
    assert [span(timedelta(seconds=seconds)) for seconds in (0, 40, 61, 3900, 90000, 4 * 86400 + 60)] == [
        "0 s",
        "40 s",
        "1 min",
        "1 h 5 min",
        "1 d 1 h",
        "4 d 1 min",
    ]


# Within what Slack takes

NASTY = st.sampled_from(
    [
        "<!channel>",
        "<@U02BO>",
        "&",
        "<",
        ">",
        "*",
        "`",
        "```",
        "_",
        "~",
        "|",
        "\n",
        "x",
        "🔥",
        "שלום",
        "@here",
        "&amp;",
    ]
)
TEXTS = st.one_of(
    st.text(min_size=1, max_size=50),
    st.lists(NASTY, min_size=1, max_size=40).map(" ".join),
    st.builds(lambda part, times: (part * times)[:3000], NASTY, st.integers(1, 3000)),
).map(lambda text: clean(text).strip() or "x")
TIMES = st.integers(0, 10**6).map(lambda seconds: NOON + timedelta(seconds=seconds))
USERS = st.sampled_from([ANA, BO, UserId("W0123456789")])
SOMETIMES = st.one_of(st.none(), TIMES)


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    status = draw(st.sampled_from(Status))
    ended = None if status in (Status.INVESTIGATING, Status.MITIGATING, Status.MONITORING) else draw(TIMES)
    acknowledged = draw(SOMETIMES)
    updated = draw(SOMETIMES)
    roles = draw(
        st.lists(st.sampled_from(["commander", "operations", "communications", "scribe"]), unique=True)
    )
    return replace(
        OPEN,
        number=Number(draw(st.integers(1, 10**9 - 1))),
        title=draw(TEXTS),
        status=status,
        private=draw(st.booleans()),
        service=draw(st.one_of(st.none(), TEXTS)),
        started_at=draw(TIMES),
        room=draw(
            st.sampled_from([ROOM, Room(RoomKind.CHANNEL), Room(RoomKind.THREAD), Room(RoomKind.NONE)])
        ),
        origin=draw(
            st.one_of(st.none(), st.just("https://acme.slack.com/archives/C1/p1?thread_ts=1.2&cid=C1"))
        ),
        roles={role: Holder(draw(USERS), NOON) for role in roles},
        acknowledged_by=draw(USERS) if acknowledged else None,
        acknowledged_at=acknowledged,
        ended_by=draw(USERS) if ended else None,
        ended_at=ended,
        resolution=Resolution(
            draw(TEXTS),
            draw(TEXTS),
            draw(st.sampled_from(["", *DETECTIONS])),
            tuple(draw(st.lists(st.sampled_from(sorted(VERIFICATION)), unique=True))),
        ),
        merged_into=Number(7) if status is Status.MERGED else None,
        last_update=draw(TEXTS) if updated else "",
        updated_at=updated,
        next_update_at=draw(SOMETIMES),
        missed=tuple(draw(st.lists(st.sampled_from(["acknowledge", "resolve"]), unique=True))),
        watch_until=draw(SOMETIMES),
        all_clear_by=ANA if status is Status.RESOLVED else None,
        all_clear_at=NOON if status is Status.RESOLVED else None,
    )


WORDS = (EntryKind.UPDATE, EntryKind.NOTE, EntryKind.MESSAGE, EntryKind.RESOLVED)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Those with people's words in them; the others are written by the model."""
    source = Source(ChannelId("C1"), Ts("1.2"), BO, "https://acme.slack.com/archives/C1/p1")
    return Entry(
        Number(42),
        draw(st.integers(1, 999)),
        draw(TIMES),
        draw(st.sampled_from(WORDS)),
        draw(USERS),
        draw(TEXTS),
        draw(st.sampled_from([None, source])),
    )


def is_taken(content: Content) -> None:
    """Slack's checks pass, and nothing that people wrote is markup, or was cut in two."""
    check_message_blocks(list(content.blocks))
    assert content.text
    assert len(content.text) <= 4000
    assert_is_sound(content.text)
    for text in mrkdwn(list(content.blocks)):
        assert_is_sound(text)


def assert_is_sound(text: str) -> None:
    assert "<!channel>" not in text
    without_markup = re.sub(r"<[@#!][^<>]*>|<https://[^<>]*>", "", text)
    assert not re.search(r"[<>]", without_markup), text
    assert not re.search(r"&(?!amp;|lt;|gt;)", without_markup), text


def mrkdwn(value: object) -> list[str]:
    if isinstance(value, list):
        return [text for each in value for text in mrkdwn(each)]
    if not isinstance(value, dict):
        return []
    if value.get("type") == "mrkdwn":
        return [value["text"]]
    return [text for each in value.values() for text in mrkdwn(each)]


@given(incidents(), st.lists(entries(), max_size=3))
def test_every_card_and_message_of_any_incident_is_taken(incident: Incident, newest: list[Entry]) -> None:
    is_taken(card.incident_card(incident, means=incident.title, paged=["<@U02BO>"] * 5, newest=newest))
    is_taken(card.announcement(incident, means=incident.title, paged=["<@U02BO>"]))
    is_taken(card.moved_card(incident))
    is_taken(answers.declared(incident))
    is_taken(messages.nudge(incident))
    is_taken(messages.all_clear(incident))
    is_taken(messages.duties(incident, "commander", incident.title))
    assert len(messages.topic(incident)) <= 250
    for entry in newest:
        is_taken(messages.entry_message(incident, entry, postmortem="due within 5 business days"))
        is_taken(messages.alarm(incident, entry))


@settings(max_examples=30)
@given(st.lists(incidents(), max_size=30), TEXTS)
def test_every_list_of_any_incidents_is_taken(found: list[Incident], typed: str) -> None:
    is_taken(answers.open_list(found))
    is_taken(
        answers.which_one(
            "Which incident do you mean?", found, answers.Again("update", "update INC-8", "", typed)
        )
    )
    view_is_taken(home_tab(found, [(each, "scribe") for each in found], ["*primary*: <@U02BO>"] * 30))


@settings(max_examples=30)
@given(incidents(), st.lists(entries(), max_size=120), st.integers(-1, 9))
def test_every_page_of_any_timeline_is_taken(incident: Incident, found: list[Entry], page: int) -> None:
    is_taken(answers.timeline(incident, found, page))


@settings(max_examples=30)
@given(st.lists(entries(), max_size=100))
def test_the_pages_of_a_timeline_hold_every_entry_once(found: list[Entry]) -> None:
    shown, page = 0, 1
    while True:
        blocks = answers.timeline(OPEN, found, page).blocks
        shown += sum("accessory" in block for block in blocks)
        if "Older entries" not in str(blocks[-1]):
            break
        page += 1
    assert shown == len(found)


@given(incidents(), entries(), TEXTS)
def test_every_form_about_any_incident_is_taken(incident: Incident, entry: Entry, text: str) -> None:
    severities = [("sev1", "Customers cannot buy " * 20), ("sev2", "")]
    view_is_taken(
        modals.declare_form(severities, ["checkout"], title=text, origin="https://acme.slack.com/x")
    )
    view_is_taken(modals.declare_form(severities, []))
    view_is_taken(modals.update_form(incident))
    view_is_taken(modals.change_form(incident, severities))
    view_is_taken(modals.role_form(incident, {"commander": text, "scribe": ""}, notice="Too late."))
    view_is_taken(modals.role_form(incident, {}))
    view_is_taken(modals.page_form(incident, ["platform"]))
    view_is_taken(modals.page_form(incident, []))
    view_is_taken(modals.resolve_form(incident))
    view_is_taken(modals.note_form(incident))
    view_is_taken(modals.rename_form(incident))
    view_is_taken(modals.cancel_form(incident))
    view_is_taken(modals.entry_form(entry, words_change=True))
    view_is_taken(modals.entry_form(replace(entry, text=said(text)), words_change=False))
    source = Source(ChannelId("C1"), Ts("1.2"), BO, "https://acme.slack.com/archives/C1/p1", text[:200])
    form = modals.mark_form([incident], text, source)
    view_is_taken(form)
    assert modals.marked(form["private_metadata"])[1] == source


def view_is_taken(view: View) -> None:
    check_view(view, None)
    for text in mrkdwn(view["blocks"]):
        assert_is_sound(text)


# Text


@given(st.text(), st.integers(2, 300))
def test_words_are_cut_to_their_limit_and_not_within_an_escape(text: str, limit: int) -> None:
    shown = said(text, limit)
    assert len(shown) <= limit
    assert_is_sound(shown.replace("<!channel>", ""))
    assert plain(shown).startswith(plain(said(text, 10**6))[: max(0, limit // 5 - 1)].rstrip())


@given(st.text(st.characters(exclude_categories=())))
def test_clean_text_can_be_stored_anywhere(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    cleaned.encode()
    assert clean(cleaned) == cleaned


def test_clean_keeps_what_is_text() -> None:
    for text in ("plain", "tab\tand\nline", "🔥👩‍👩‍👧", "שלום عالم", "naïve — “quoted”"):
        assert clean(text) == text
    assert clean("a\r\nb\rc") == "a\nb\nc"
    assert clean("\ud83d\udd25") == "🔥"
    assert blank(" \u200b\u200e\u00a0\n")
    assert not blank("🔥")
