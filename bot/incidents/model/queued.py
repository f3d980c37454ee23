"""The effects that follow from a change of an incident, by name.

Lanes: `incident:42` for what is said in the room, in order, the room's making first; `announce:42` for the
announcement and what those who read its thread are told; the rest have lanes of their own, so that a slow
invitation holds up no words. One message is only ever shown from one lane: two at once would post it twice.
"""

from datetime import datetime, timedelta

from bot.delivery.model import Effect, Priority
from bot.incidents.model.incident import Incident, Number, room_name

OPEN_ROOM = "incident.room"
SHOW_CARD = "incident.card"
ANNOUNCE = "incident.announcement"
SAY = "incident.say"
RELAY = "incident.relay"
ALARM = "incident.alarm"
INVITE = "incident.invite"
TOPIC = "incident.topic"
BOOKMARK = "incident.bookmark"
PIN = "incident.pin"
DUTIES = "incident.duties"
STILL_THERE = "incident.still_there"
SHOW_NUDGE = "incident.nudge"
REMOVE_NUDGE = "incident.nudge_gone"
SHOW_ALL_CLEAR = "incident.all_clear"
SHOW_MOVED = "incident.moved"
READ_MESSAGE = "incident.read_message"
# Its severity may have checklists; bot.checklists asks them in the incident's room.
ASK_TASKS = "incident.tasks"
# Something about an incident changed: whoever shows lists of them draws them anew.
CHANGED = "incident.changed"

REDRAW_AFTER = timedelta(seconds=1)

# Timers: what happens when the time comes is decided by incidents.service.timers.
UPDATE_DUE = "incident.update_due"
TARGET_DUE = "incident.target_due"
PAGE_DUE = "incident.page_due"
WATCH_OVER = "incident.watch_over"
SILENT = "incident.silent"


def changed(at: datetime) -> Effect:
    """Held back a moment, so that a burst of changes redraws the lists once."""
    return Effect(CHANGED, CHANGED, Priority.COSMETIC, {}, CHANGED, at + REDRAW_AFTER)


def open_room(incident: Incident) -> Effect:
    """The name is settled here: a second attempt after a rename must not make a second channel."""
    lane, name = f"incident:{incident.number}", room_name(incident.number, incident.title)
    return _effect(OPEN_ROOM, incident.number, lane, Priority.UPDATE, name=name)


def shown(incident: Incident) -> tuple[Effect, ...]:
    """Everything that displays the incident: what a change makes stale."""
    effects = [card(incident.number)] if incident.room.is_open else []
    if not incident.private:
        effects.append(announcement(incident.number))
    if incident.room.channel is not None:
        effects.append(topic(incident.number))
    return tuple(effects)


def card(number: Number) -> Effect:
    return _effect(SHOW_CARD, number, f"incident:{number}", Priority.UPDATE, key=f"incident:{number}:card")


def announcement(number: Number) -> Effect:
    return _effect(
        ANNOUNCE, number, f"announce:{number}", Priority.UPDATE, key=f"incident:{number}:announcement"
    )


def moved(number: Number) -> Effect:
    """The card that was left behind in the thread."""
    return _effect(SHOW_MOVED, number, f"incident:{number}", Priority.UPDATE)


def say(number: Number, seq: int) -> Effect:
    return _effect(SAY, number, f"incident:{number}", Priority.UPDATE, seq=seq)


def relay(number: Number, seq: int) -> Effect:
    return _effect(RELAY, number, f"announce:{number}", Priority.UPDATE, seq=seq)


def alarm(number: Number, seq: int, channel: str | None = None) -> Effect:
    """What must not be overlooked, with the urgency of a page; `channel`: default the incidents channel."""
    lane = f"alarm:{number}:{seq}"
    return _effect(ALARM, number, lane, Priority.PAGE, seq=seq, channel=channel or "")


def alarm_answered(number: Number, seq: int) -> Effect:
    """Somebody has it, or it is over: the alarm that was sounded says so."""
    lane = f"alarm:{number}:{seq}"
    return _effect(ALARM, number, lane, Priority.UPDATE, key=f"incident:{lane}", seq=seq)


def invite(number: Number) -> Effect:
    lane = f"invite:{number}"
    return _effect(INVITE, number, lane, Priority.UPDATE, key=f"incident:{number}:invite")


def topic(number: Number) -> Effect:
    return _effect(TOPIC, number, f"topic:{number}", Priority.COSMETIC, key=f"incident:{number}:topic")


def bookmark(number: Number) -> Effect:
    return _effect(BOOKMARK, number, f"bookmark:{number}", Priority.COSMETIC)


def pin(number: Number) -> Effect:
    return _effect(PIN, number, f"pin:{number}", Priority.COSMETIC)


def duties(number: Number, role: str, user: str, seq: int) -> Effect:
    """`seq`: the entry that gave the role, so that who gets it a second time is told a second time."""
    lane = f"duties:{number}:{role}:{user}"
    return _effect(DUTIES, number, lane, Priority.UPDATE, role=role, user=user, seq=seq)


def show_nudge(number: Number, nudge: int) -> Effect:
    return _effect(SHOW_NUDGE, number, f"nudge:{number}", Priority.UPDATE, nudge=nudge)


def remove_nudge(number: Number, nudge: int) -> Effect:
    return _effect(REMOVE_NUDGE, number, f"nudge:{number}", Priority.UPDATE, nudge=nudge)


def all_clear(number: Number, asked: int) -> Effect:
    lane, key = f"allclear:{number}", f"incident:{number}:allclear:{asked}"
    return _effect(SHOW_ALL_CLEAR, number, lane, Priority.UPDATE, key=key, asked=asked)


def ask_tasks(number: Number) -> Effect:
    lane = f"incident:{number}:tasks"
    return _effect(ASK_TASKS, number, lane, Priority.UPDATE, key=lane)


def read_message(number: Number | None, channel: str, ts: str, by: str) -> Effect:
    """Fetch a marked message's words and author; `number` is None where its thread will tell."""
    key = f"read:{channel}:{ts}"
    payload: dict[str, str | int] = {"channel": channel, "ts": ts, "by": by, "incident": number or 0}
    return Effect(READ_MESSAGE, key, Priority.UPDATE, payload, key)


def update_due(number: Number, at: datetime) -> Effect:
    key = update_due_key(number)
    return _effect(UPDATE_DUE, number, f"timer:{key}", Priority.UPDATE, key=key, at=at)


def update_due_key(number: Number) -> str:
    return f"incident:{number}:update_due"


def target_due(number: Number, target: str, at: datetime) -> Effect:
    key = target_key(number, target)
    return _effect(TARGET_DUE, number, f"timer:{key}", Priority.UPDATE, key=key, at=at, target=target)


def target_key(number: Number, target: str) -> str:
    return f"incident:{number}:target:{target}"


def page_due(number: Number, at: datetime) -> Effect:
    key = page_due_key(number)
    return _effect(PAGE_DUE, number, f"timer:{key}", Priority.TIMER, key=key, at=at)


def page_due_key(number: Number) -> str:
    return f"incident:{number}:page_due"


def watch_over(number: Number, at: datetime) -> Effect:
    key = watch_over_key(number)
    return _effect(WATCH_OVER, number, f"timer:{key}", Priority.UPDATE, key=key, at=at)


def watch_over_key(number: Number) -> str:
    return f"incident:{number}:watch_over"


def still_there(number: Number, since: int) -> Effect:
    """Ask whoever answered with entry `since` whether they are on it; or show what came of asking.

    As urgent as a page: it decides whether the next are paged.
    """
    lane = f"still:{number}:{since}"
    return _effect(STILL_THERE, number, lane, Priority.PAGE, key=f"incident:{lane}", since=since)


def silent(number: Number, since: int, at: datetime, *, asked: bool = False) -> Effect:
    key = silent_key(number)
    return _effect(
        SILENT, number, f"timer:{key}", Priority.TIMER, key=key, at=at, since=since, asked=int(asked)
    )


def silent_key(number: Number) -> str:
    return f"incident:{number}:silent"


def timer_keys(number: Number) -> tuple[str, ...]:
    """Every timer of an incident: what ends with it."""
    return (
        update_due_key(number),
        target_key(number, "acknowledge"),
        target_key(number, "resolve"),
        page_due_key(number),
        watch_over_key(number),
        silent_key(number),
    )


def _effect(
    kind: str,
    number: Number,
    lane: str,
    priority: Priority,
    *,
    key: str | None = None,
    at: datetime | None = None,
    **payload: str | int,
) -> Effect:
    return Effect(kind, lane, priority, {"incident": number, **payload}, key, at)
