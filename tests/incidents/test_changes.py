"""How an incident changes, held to what must always be true of it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.delivery.model import Effect
from bot.errors import UserError
from bot.incidents import effects
from bot.incidents.effects.outside import Outside
from bot.incidents.model import answering, change, ending, queued, rooms, timers
from bot.incidents.model.change import Change, Declaration
from bot.incidents.model.incident import (
    OPEN,
    EntryKind,
    Incident,
    Number,
    Resolution,
    RoomKind,
    Status,
    Terms,
    parse_number,
    room_name,
)
from bot.incidents.service import timers as timer_service
from bot.model import Act, ChannelId, UserId
from bot.paging.model import CLIMB

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANA, BO, CHEN = UserId("U01ANA"), UserId("U02BO"), UserId("U03CHEN")
MINUTE = timedelta(minutes=1)
TERMS = {
    "sev1": Terms("sev1", RoomKind.CHANNEL, 5 * MINUTE, 60 * MINUTE, 15 * MINUTE, 15 * MINUTE, 10 * MINUTE),
    "sev2": Terms("sev2", RoomKind.CHANNEL, 15 * MINUTE, 240 * MINUTE, 30 * MINUTE, 60 * MINUTE),
    "sev3": Terms("sev3", RoomKind.THREAD, 240 * MINUTE, 1440 * MINUTE),
    "sev4": Terms("sev4", RoomKind.THREAD),
}


def act(by: UserId = ANA, minutes: float = 0) -> Act:
    return Act(by, NOON + minutes * MINUTE, f"test:{by}:{minutes}")


def declared(severity: str = "sev1", *, number: int = 1, private: bool = False) -> Incident:
    wanted = Declaration("Checkout returns 500s", TERMS[severity], act(), private=private)
    return change.declare(Number(number), wanted).incident


def in_room(severity: str = "sev1", *, number: int = 1, private: bool = False) -> Incident:
    incident = declared(severity, number=number, private=private)
    return rooms.open_room(incident, ChannelId("C1"), "inc-1", NOON, moved=False).incident


def kinds(found: Change) -> list[str]:
    return [effect.kind for effect in found.effects]


def due(found: Change, kind: str) -> datetime | None:
    """When the timer of this kind goes off; None where the change sets none."""
    [*at] = (effect.not_before for effect in found.effects if effect.kind == kind)
    assert len(at) <= 1
    return at[0] if at else None


# Status, fix and watch


@pytest.mark.parametrize("start", OPEN)
@pytest.mark.parametrize("to", OPEN)
def test_every_open_state_leads_to_every_other(start: Status, to: Status) -> None:
    incident = replace(in_room(), status=start)
    if start is to:
        with pytest.raises(UserError, match="already"):
            change.set_status(incident, to, act(), TERMS["sev1"])
    else:
        assert change.set_status(incident, to, act(), TERMS["sev1"]).incident.status is to


@pytest.mark.parametrize("status", [Status.RESOLVED, Status.CANCELLED, Status.MERGED])
@pytest.mark.parametrize(
    "attempt",
    [
        lambda i: answering.acknowledge(i, act()),
        lambda i: change.update(i, "words", act(), TERMS["sev1"]),
        lambda i: change.set_status(i, Status.MONITORING, act(), TERMS["sev1"]),
        lambda i: change.set_severity(i, act(), TERMS["sev2"]),
        lambda i: change.take_role(i, "scribe", BO, act(), claimed=True),
        lambda i: answering.answer_page(i, act()),
        lambda i: ending.resolve(i, Resolution("fixed"), act(), TERMS["sev1"]),
        lambda i: ending.cancel(i, act()),
        lambda i: ending.merge(i, declared(number=2), act()),
        lambda i: ending.merge(declared(number=2), i, act()),
        lambda i: timers.snooze_updates(i, act(), TERMS["sev1"]),
        lambda i: timers.stop_updates(i, act()),
    ],
)
def test_what_ended_changes_no_more_and_says_who_ended_it(
    status: Status, attempt: Callable[[Incident], Change]
) -> None:
    ended = replace(in_room(), status=status, ended_by=BO, ended_at=NOON)
    with pytest.raises(UserError):
        attempt(ended)


def test_a_fix_is_watched_from_monitoring_on() -> None:
    found = change.set_status(in_room(), Status.MONITORING, act(minutes=10), TERMS["sev1"])
    assert found.incident.fixed_at == NOON + 10 * MINUTE
    assert due(found, queued.WATCH_OVER) == found.incident.watch_until == NOON + 25 * MINUTE


def test_a_resolve_without_monitoring_is_watched_from_then_on() -> None:
    found = ending.resolve(in_room(), Resolution("rolled back"), act(minutes=10), TERMS["sev1"])
    assert due(found, queued.WATCH_OVER) == NOON + 25 * MINUTE


def test_a_resolve_during_the_watch_does_not_end_it() -> None:
    watched = change.set_status(in_room(), Status.MONITORING, act(minutes=10), TERMS["sev1"]).incident
    found = ending.resolve(watched, Resolution("rolled back"), act(minutes=12), TERMS["sev1"])
    assert due(found, queued.WATCH_OVER) == NOON + 25 * MINUTE
    assert queued.watch_over_key(Number(1)) in found.cancelled


def test_a_resolve_after_the_watch_asks_no_second_time() -> None:
    watched = change.set_status(in_room(), Status.MONITORING, act(minutes=10), TERMS["sev1"]).incident
    asked = timers.watch_over(watched, NOON + 25 * MINUTE)
    assert asked is not None
    assert kinds(asked) == [queued.SHOW_ALL_CLEAR]
    found = ending.resolve(asked.incident, Resolution(), act(minutes=30), TERMS["sev1"])
    assert due(found, queued.WATCH_OVER) is None
    # The question that stands in the room offers to reopen now, instead of going back to work.
    assert queued.SHOW_ALL_CLEAR in kinds(found)


def test_a_fix_that_was_none_is_forgotten_and_the_next_one_is_watched() -> None:
    watched = change.set_status(in_room(), Status.MONITORING, act(minutes=10), TERMS["sev1"]).incident
    back = change.set_status(watched, Status.INVESTIGATING, act(minutes=12), TERMS["sev1"])
    assert back.incident.fixed_at is None
    assert back.incident.watch_until is None
    assert queued.watch_over_key(Number(1)) in back.cancelled
    found = ending.resolve(back.incident, Resolution("now really"), act(minutes=20), TERMS["sev1"])
    assert due(found, queued.WATCH_OVER) == NOON + 35 * MINUTE


def test_the_all_clear_is_given_once_and_the_second_is_told_by_whom() -> None:
    resolved = ending.resolve(in_room(), Resolution(), act(), TERMS["sev1"]).incident
    asked = timers.watch_over(resolved, NOON + 15 * MINUTE)
    assert asked is not None
    cleared = timers.all_clear(asked.incident, act(BO, 16)).incident
    assert cleared.all_clear_by == BO
    with pytest.raises(UserError, match="U02BO"):
        timers.all_clear(cleared, act(minutes=17))
    with pytest.raises(UserError, match="U02BO"):
        timers.keep_watching(cleared, act(minutes=17), TERMS["sev1"])


def test_keep_watching_watches_as_long_again_and_only_once() -> None:
    resolved = ending.resolve(in_room(), Resolution(), act(), TERMS["sev1"]).incident
    asked = timers.watch_over(resolved, NOON + 15 * MINUTE)
    assert asked is not None
    kept = timers.keep_watching(asked.incident, act(BO, 16), TERMS["sev1"])
    assert due(kept, queued.WATCH_OVER) == NOON + 31 * MINUTE
    with pytest.raises(UserError, match="already"):
        timers.keep_watching(kept.incident, act(minutes=17), TERMS["sev1"])
    with pytest.raises(UserError, match="watches no fix"):
        timers.keep_watching(asked.incident, act(minutes=17), TERMS["sev4"])


# Targets and nudges


def test_targets_count_from_the_declaration_whatever_the_severity_was() -> None:
    raised = change.set_severity(declared("sev3"), act(minutes=30), TERMS["sev1"])
    at = {
        each.payload["target"]: each.not_before for each in raised.effects if each.kind == queued.TARGET_DUE
    }
    assert at == {"acknowledge": NOON + 5 * MINUTE, "resolve": NOON + 60 * MINUTE}


def test_a_missed_target_is_said_once_and_kept() -> None:
    missed = timers.target_due(in_room(), "acknowledge", NOON + 5 * MINUTE, TERMS["sev1"])
    assert missed is not None
    assert missed.incident.missed == ("acknowledge",)
    assert [entry.kind for entry in missed.entries] == [EntryKind.MISSED]
    assert timers.target_due(missed.incident, "acknowledge", NOON + 6 * MINUTE, TERMS["sev1"]) is None
    # Changing the severity does not make it un-missed.
    again = change.set_severity(missed.incident, act(minutes=7), TERMS["sev2"])
    assert [e.payload["target"] for e in again.effects if e.kind == queued.TARGET_DUE] == ["resolve"]


def test_a_target_that_was_met_or_is_not_due_any_more_says_nothing() -> None:
    acknowledged = answering.acknowledge(in_room(), act(BO, 1)).incident
    assert timers.target_due(acknowledged, "acknowledge", NOON + 5 * MINUTE, TERMS["sev1"]) is None
    lowered = change.set_severity(in_room(), act(minutes=1), TERMS["sev3"]).incident
    assert timers.target_due(lowered, "acknowledge", NOON + 5 * MINUTE, TERMS["sev3"]) is None


def test_a_reopened_incident_has_its_clocks_anew() -> None:
    resolved = ending.resolve(in_room(), Resolution("done"), act(minutes=20), TERMS["sev1"]).incident
    day_later = 1440 + 20
    found = ending.reopen(resolved, act(BO, day_later), TERMS["sev1"])
    at = {each.payload["target"]: each.not_before for each in found.effects if each.kind == queued.TARGET_DUE}
    assert at["resolve"] == NOON + (day_later + 60) * MINUTE
    assert due(found, queued.UPDATE_DUE) == NOON + (day_later + 15) * MINUTE
    assert found.incident.ended_at is None


def test_a_nudge_asks_once_however_many_times_were_missed() -> None:
    hours_later = NOON + timedelta(hours=5)
    found = timers.update_due(in_room(), hours_later, TERMS["sev1"])
    assert found is not None
    assert kinds(found).count(queued.SHOW_NUDGE) == 1
    assert queued.REMOVE_NUDGE not in kinds(found)
    assert due(found, queued.UPDATE_DUE) == hours_later + 15 * MINUTE
    # What was promised stays, and is shown as overdue.
    assert found.incident.next_update_at == NOON + 15 * MINUTE


def test_one_nudge_takes_the_place_of_the_one_before() -> None:
    first = timers.update_due(in_room(), NOON + 15 * MINUTE, TERMS["sev1"])
    assert first is not None
    second = timers.update_due(first.incident, NOON + 30 * MINUTE, TERMS["sev1"])
    assert second is not None
    shown = [(e.kind, e.payload["nudge"]) for e in second.effects if "nudge" in e.payload]
    assert shown == [(queued.REMOVE_NUDGE, 1), (queued.SHOW_NUDGE, 2)]


def test_an_update_answers_the_nudge_and_makes_a_new_promise() -> None:
    nudged = timers.update_due(in_room(), NOON + 15 * MINUTE, TERMS["sev1"])
    assert nudged is not None
    found = change.update(nudged.incident, "Rolling back", act(minutes=16), TERMS["sev1"], "in 10 minutes")
    assert found.incident.nudge == 0
    assert found.incident.eta == "in 10 minutes"
    assert queued.REMOVE_NUDGE in kinds(found)
    assert due(found, queued.UPDATE_DUE) == found.incident.next_update_at == NOON + 31 * MINUTE
    assert change.update(found.incident, "Nearly", act(minutes=20), TERMS["sev1"]).incident.eta == ""
    for answer in (timers.snooze_updates, lambda i, a, _: timers.stop_updates(i, a)):
        with pytest.raises(UserError, match="answered already"):
            answer(found.incident, act(minutes=17), TERMS["sev1"])


# Rooms


def test_only_what_moves_from_a_thread_gets_a_new_room() -> None:
    thread = declared("sev3")
    raised = change.set_severity(thread, act(minutes=1), TERMS["sev1"])
    assert raised.incident.room.kind is RoomKind.CHANNEL
    assert kinds(raised)[0] == queued.OPEN_ROOM
    lowered = change.set_severity(in_room(), act(minutes=1), TERMS["sev3"])
    assert lowered.incident.room.channel == "C1"
    assert queued.OPEN_ROOM not in kinds(lowered)


def test_a_room_that_cannot_be_made_is_a_thread_unless_it_is_private() -> None:
    assert rooms.do_without_room(declared(), "why", NOON).incident.room.kind is RoomKind.THREAD
    private = rooms.do_without_room(declared(private=True), "why", NOON)
    assert private.incident.room.kind is RoomKind.NONE
    assert queued.ANNOUNCE not in kinds(private)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Checkout returns 500s", "inc-7-checkout-returns-500s"),
        ("  What's --- up?  ", "inc-7-whats-up"),
        ("Größe & Ärger", "inc-7-große-arger".replace("ß", "-")),
        ("🔥🔥🔥", "inc-7"),
        ("x" * 3000, "inc-7-" + "x" * 54),
    ],
)
def test_a_room_is_named_after_number_and_title(title: str, name: str) -> None:
    assert room_name(Number(7), title) == name


@pytest.mark.parametrize(
    ("word", "number"),
    [("INC-42", 42), ("inc42", 42), ("#42", 42), ("42", 42), ("inc_42", 42), ("INC-", None), ("sev1", None)],
)
def test_numbers_are_understood_as_people_write_them(word: str, number: int | None) -> None:
    assert parse_number(word) == number


# Merging


def test_merging_names_no_private_incident_to_anybody() -> None:
    public, private = in_room(number=1), in_room(number=2, private=True)
    gone, kept = ending.merge(public, private, act())
    assert "INC-2" not in gone.entries[0].text
    assert "INC-1" in kept.entries[0].text
    gone, kept = ending.merge(private, public, act())
    assert "INC-2" not in kept.entries[0].text
    assert "INC-1" in gone.entries[0].text


def test_nothing_is_merged_into_itself() -> None:
    with pytest.raises(UserError, match="itself"):
        ending.merge(declared(), declared(), act())


# The whole of it


def performed() -> set[str]:
    """Every kind of effect that has a performer among the incident's own."""
    outside = Outside(*cast("Any", (None, None, None)))
    return {*effects.performers(outside), *timer_service.performers(cast("Any", None))}


def test_every_kind_of_effect_has_a_performer_and_no_other() -> None:
    named = {value for name, value in vars(queued).items() if name.isupper() and isinstance(value, str)}
    named -= {queued.CHANGED, queued.ASK_TASKS}  # the work of rooms that know of incidents
    assert named | {CLIMB} == performed()


KINDS = performed()
people = st.sampled_from([ANA, BO, CHEN])
severities = st.sampled_from(list(TERMS))


class Life(RuleBasedStateMachine):
    """Two incidents, and whatever people, Slack and the clock do to them in any order."""

    @initialize(first=severities, second=severities, private=st.booleans())
    def declare(self, first: str, second: str, private: bool) -> None:
        self.now = NOON
        self.incidents: dict[Number, Incident] = {}
        self.timers: dict[str, Effect] = {}
        self.lanes: dict[tuple[str, int], str] = {}
        self.seen: dict[Number, list[int]] = {}
        for number, severity in ((1, first), (2, second)):
            wanted = Declaration("Title", TERMS[severity], self.act(ANA), private=private and number == 2)
            self.apply(change.declare(Number(number), wanted))

    def act(self, by: UserId) -> Act:
        return Act(by, self.now, "test")

    def apply(self, found: Change | None) -> None:
        """As bot.incidents.record.apply does, with a mapping for an outbox."""
        if found is None:
            return
        incident = found.incident
        self.incidents[incident.number] = incident
        self.seen.setdefault(incident.number, []).extend(entry.seq for entry in found.entries)
        for key in found.cancelled:
            self.timers.pop(key, None)
        for effect in found.effects:
            assert effect.kind in KINDS
            assert not (incident.private and effect.kind in (queued.ANNOUNCE, queued.RELAY))
            if effect.kind in (queued.SHOW_CARD, queued.ANNOUNCE):
                # One message from two lanes would be posted twice.
                lane = self.lanes.setdefault((effect.kind, incident.number), effect.lane)
                assert lane == effect.lane
            if effect.kind in timer_service.TIMERS:
                assert effect.key is not None
                assert effect.not_before is not None
                assert effect.lane == f"timer:{effect.key}"
                self.timers.setdefault(effect.key, effect)

    def attempt(self, number: int, do: Callable[[Incident], Change | None]) -> None:
        # What does not fit is refused with a sentence, and nothing has changed.
        with suppress(UserError):
            self.apply(do(self.incidents[Number(number)]))

    def terms(self, incident: Incident) -> Terms:
        return TERMS[incident.severity]

    numbers = st.sampled_from([1, 2])

    @rule(number=numbers, by=people)
    def acknowledge(self, number: int, by: UserId) -> None:
        self.attempt(number, lambda i: answering.acknowledge(i, self.act(by)))

    @rule(number=numbers, by=people)
    def update(self, number: int, by: UserId) -> None:
        self.attempt(number, lambda i: change.update(i, "words", self.act(by), self.terms(i)))

    @rule(number=numbers, by=people, status=st.sampled_from(OPEN))
    def set_status(self, number: int, by: UserId, status: Status) -> None:
        self.attempt(number, lambda i: change.set_status(i, status, self.act(by), self.terms(i)))

    @rule(number=numbers, by=people, severity=severities)
    def set_severity(self, number: int, by: UserId, severity: str) -> None:
        self.attempt(number, lambda i: change.set_severity(i, self.act(by), TERMS[severity]))

    @rule(number=numbers, by=people, holder=people, claimed=st.booleans())
    def take_role(self, number: int, by: UserId, holder: UserId, claimed: bool) -> None:
        who = by if claimed else holder
        self.attempt(number, lambda i: change.take_role(i, "commander", who, self.act(by), claimed=claimed))

    @rule(number=numbers)
    def slack_opens_the_room(self, number: int) -> None:
        incident = self.incidents[Number(number)]
        if not incident.room.is_open:
            channel, moved = ChannelId(f"C{number}"), not incident.private
            self.apply(rooms.open_room(incident, channel, "name", self.now, moved=moved))

    @rule(number=numbers)
    def slack_allows_no_room(self, number: int) -> None:
        incident = self.incidents[Number(number)]
        if not incident.room.is_open:
            self.apply(rooms.do_without_room(incident, "restricted_action", self.now))

    @rule(number=numbers, by=people)
    def resolve(self, number: int, by: UserId) -> None:
        self.attempt(number, lambda i: ending.resolve(i, Resolution("ok"), self.act(by), self.terms(i)))

    @rule(number=numbers, by=people)
    def cancel(self, number: int, by: UserId) -> None:
        self.attempt(number, lambda i: ending.cancel(i, self.act(by)))

    @rule(number=numbers, by=people)
    def reopen(self, number: int, by: UserId) -> None:
        self.attempt(number, lambda i: ending.reopen(i, self.act(by), self.terms(i)))

    @rule(number=numbers, by=people)
    def merge(self, number: int, by: UserId) -> None:
        other = self.incidents[Number(3 - number)]
        try:
            gone, kept = ending.merge(self.incidents[Number(number)], other, self.act(by))
        except UserError:
            return
        self.apply(gone)
        self.apply(kept)

    @rule(number=numbers, by=people)
    def snooze(self, number: int, by: UserId) -> None:
        self.attempt(number, lambda i: timers.snooze_updates(i, self.act(by), self.terms(i)))

    @rule(number=numbers, by=people)
    def stop(self, number: int, by: UserId) -> None:
        self.attempt(number, lambda i: timers.stop_updates(i, self.act(by)))

    @rule(number=numbers, by=people)
    def all_clear(self, number: int, by: UserId) -> None:
        self.attempt(number, lambda i: timers.all_clear(i, self.act(by)))

    @rule(number=numbers, by=people)
    def keep_watching(self, number: int, by: UserId) -> None:
        self.attempt(number, lambda i: timers.keep_watching(i, self.act(by), self.terms(i)))

    @rule(minutes=st.sampled_from([1, 5, 16, 61, 300]))
    def time_passes(self, minutes: int) -> None:
        """Every timer that is due fires, once: what it queues for now waits for the next time."""
        self.now += minutes * MINUTE
        for key, effect in list(self.timers.items()):
            if effect.not_before is not None and effect.not_before <= self.now:
                del self.timers[key]
                self.fire(effect)

    def fire(self, effect: Effect) -> None:
        incident = self.incidents[Number(effect.payload["incident"])]
        terms = self.terms(incident)
        match effect.kind:
            case queued.UPDATE_DUE:
                self.apply(timers.update_due(incident, self.now, terms))
            case queued.TARGET_DUE:
                self.apply(timers.target_due(incident, effect.payload["target"], self.now, terms))
            case queued.WATCH_OVER:
                self.apply(timers.watch_over(incident, self.now))

    def alive(self, number: Number) -> set[str]:
        return {effect.kind for effect in self.timers.values() if effect.payload["incident"] == number}

    @invariant()
    def clocks_run_exactly_where_they_should(self) -> None:
        for number, incident in getattr(self, "incidents", {}).items():
            alive = self.alive(number)
            assert (queued.WATCH_OVER in alive) == (incident.watch_until is not None)
            if not incident.is_open:
                assert alive <= {queued.WATCH_OVER}
                assert incident.status is Status.RESOLVED or not alive
                assert incident.ended_at is not None
                continue
            assert (queued.UPDATE_DUE in alive) == (incident.next_update_at is not None)
            for target in change.TARGETS:
                at = change.target_at(incident, target, self.terms(incident))
                assert (queued.target_key(number, target) in self.timers) == (at is not None)

    @invariant()
    def what_is_known_fits_together(self) -> None:
        for number, incident in getattr(self, "incidents", {}).items():
            assert self.seen[number] == list(range(1, incident.last_seq + 1))
            assert len(set(incident.missed)) == len(incident.missed)
            assert (incident.merged_into is not None) == (incident.status is Status.MERGED)
            if incident.nudge:
                assert incident.is_open
                assert incident.next_update_at is not None
            if incident.status in (Status.INVESTIGATING, Status.MITIGATING):
                assert incident.watch_until is None


Life.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLife = Life.TestCase
