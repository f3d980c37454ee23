"""What records want done outside."""

from bot.delivery.model import Effect, Priority
from bot.records.model import Warned

SHOW_WARNING = "record.budget"


def message_key(month: str, mark: float) -> str:
    return f"record:budget:{month}:{100 * mark:g}"


def show_warning(warned: Warned) -> Effect:
    """Say that a mark of a month's budget is passed, or correct what was said."""
    key = message_key(warned.month, warned.mark)
    payload = {"month": warned.month, "mark": warned.mark}
    return Effect(SHOW_WARNING, f"record:budget:{warned.month}", Priority.UPDATE, payload, key)
