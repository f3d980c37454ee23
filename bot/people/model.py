"""When people are looked up."""

from bot.delivery.model import Effect, Priority

LOOK_UP = "people.look_up"


def look_up() -> Effect:
    """Ask Slack for everybody in the playbook: it was read anew, and may name people nobody has met yet."""
    return Effect(LOOK_UP, LOOK_UP, Priority.UPDATE, {}, LOOK_UP)
