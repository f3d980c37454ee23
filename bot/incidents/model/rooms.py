"""Where an incident is worked on: the channel Slack made for it, or what is left where it made none."""

from dataclasses import replace
from datetime import datetime

from bot.incidents.model import queued
from bot.incidents.model.change import Change, call_link, note, spoken
from bot.incidents.model.incident import EntryKind, Incident, Room, RoomKind
from bot.model import WATCHBILL, ChannelId
from bot.mrkdwn import channel as mention_channel


def open_room(incident: Incident, channel: ChannelId, name: str, at: datetime, *, moved: bool) -> Change:
    """Slack made the channel: everything that belongs into it follows.

    `moved`: it was worked on in a thread before, and those who read there are told where it went.
    """
    opened = Change(replace(incident, room=Room(RoomKind.CHANNEL, channel, name)))
    if moved:
        where = f"{incident.name} is worked on in {mention_channel(channel)} from here on"
        opened = note(opened.incident, EntryKind.ROOM, WATCHBILL, at, where)
        opened = opened.also(queued.relay(incident.number, opened.incident.last_seq))
        opened = opened.also(queued.moved(incident.number))
    return opened.also(
        *queued.shown(opened.incident), queued.invite(incident.number), *call_link(opened.incident)
    )


def do_without_room(incident: Incident, reason: str, at: datetime) -> Change:
    """Slack allows no channel: work goes on in the announcement's thread, or nowhere public."""
    kind = RoomKind.NONE if incident.private else RoomKind.THREAD
    text = f"Slack allowed no channel ({reason}): {incident.name} lives in the thread of its announcement"
    if incident.private:
        text = f"Slack allowed no private channel ({reason}), so there is no room"
    moved = replace(incident, room=Room(kind))
    change = note(moved, EntryKind.ROOM, WATCHBILL, at, text)
    if incident.private:
        # Nobody else may hear of it, and without this the declarer would wait for a room.
        return change.also(queued.alarm(incident.number, change.entries[-1].seq))
    return change.also(*queued.shown(change.incident), *spoken(change.incident))
