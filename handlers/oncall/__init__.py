"""`/oncall`: who is on call, and who stands in."""

from handlers.oncall.clicks import BUTTONS, FORMS
from handlers.oncall.command import COMMANDS, answer

__all__ = ["BUTTONS", "COMMANDS", "FORMS", "answer"]
