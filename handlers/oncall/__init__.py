"""`/oncall`: who is on call, and who stands in."""

from handlers.oncall import clicks, me
from handlers.oncall.command import COMMANDS, answer

BUTTONS = (*clicks.BUTTONS, *me.BUTTONS)
FORMS = (*clicks.FORMS, *me.FORMS)

__all__ = ["BUTTONS", "COMMANDS", "FORMS", "answer"]
