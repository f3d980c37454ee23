"""Checklists that were asked, and their answers."""

from bot.checklists.store.queries import (
    add,
    answered,
    asked_between,
    checked,
    find,
    last_done,
    latest,
    lock,
    open_ones,
    save,
    take_back,
    unclosed,
    was_asked,
)

__all__ = [
    "add",
    "answered",
    "asked_between",
    "checked",
    "find",
    "last_done",
    "latest",
    "lock",
    "open_ones",
    "save",
    "take_back",
    "unclosed",
    "was_asked",
]
