"""The slash commands, as Slack and the app manifest know them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.context import Context
from handlers import checklist, incident, oncall, ops
from handlers.asked import Answer, Asked


@dataclass(frozen=True)
class Command:
    name: str
    does: str
    usage: str
    answer: Callable[[Context, Asked], Awaitable[Answer]]


SLASH_COMMANDS: tuple[Command, ...] = (
    Command("/incident", "Declare and run incidents", "sev1 What is broken | list | help", incident.answer),
    Command("/oncall", "Who is on call, and who stands in", "schedule | cover | help", oncall.answer),
    Command(
        "/checklist",
        "What is asked, and what was answered",
        "list | start | history | help",
        checklist.answer,
    ),
    Command("/ops", "Run Watchbill itself", "reload | help", ops.answer),
)
