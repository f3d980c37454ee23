"""What an incident sends outside: one small performer per effect."""

from bot.delivery.worker import Perform
from bot.incidents.effects import messages, reading, room
from bot.incidents.effects.outside import Outside
from bot.incidents.model import queued


def performers(outside: Outside) -> dict[str, Perform]:
    """Every kind of effect an incident queues, but its timers."""
    kinds = {
        queued.OPEN_ROOM: room.open_room,
        queued.INVITE: room.invite,
        queued.TOPIC: room.set_topic,
        queued.BOOKMARK: room.add_bookmark,
        queued.PIN: room.pin_card,
        queued.SHOW_CARD: messages.show_card,
        queued.SHOW_MOVED: messages.show_moved,
        queued.ANNOUNCE: messages.announce,
        queued.SAY: messages.say,
        queued.RELAY: messages.relay,
        queued.ALARM: messages.sound_alarm,
        queued.SHOW_NUDGE: messages.show_nudge,
        queued.REMOVE_NUDGE: messages.remove_nudge,
        queued.SHOW_ALL_CLEAR: messages.show_all_clear,
        queued.DUTIES: messages.send_duties,
        queued.STILL_THERE: messages.ask_still_there,
        queued.READ_MESSAGE: reading.read_message,
    }
    return {kind: outside.bound(perform) for kind, perform in kinds.items()}
