"""`/incident` and everything that can be done from it."""

from handlers.incident.command import COMMANDS, answer
from handlers.incident.subcommand import Subcommand

__all__ = ["COMMANDS", "Subcommand", "answer"]
