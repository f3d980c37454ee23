"""`/checklist`: what is asked, what was answered."""

from handlers.checklist.clicks import BUTTONS, FORMS
from handlers.checklist.command import COMMANDS, answer

__all__ = ["BUTTONS", "COMMANDS", "FORMS", "answer"]
