"""The Web API: every method the workspace knows. What is not in METHODS answers unknown_method."""

from simulator.web_api import auth, chat, conversations, history, marks, users, views
from simulator.web_api.asked import Method

METHODS: tuple[Method, ...] = (
    *auth.METHODS,
    *chat.METHODS,
    *conversations.METHODS,
    *history.METHODS,
    *users.METHODS,
    *marks.METHODS,
    *views.METHODS,
)

__all__ = ["METHODS", "Method"]
