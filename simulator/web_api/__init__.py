"""The Web API: every method the workspace knows. What is not in METHODS answers unknown_method."""

from simulator.web_api import (
    auth,
    block_kit,
    canvases,
    chat,
    conversations,
    files,
    history,
    links,
    marks,
    scheduled,
    usergroups,
    users,
    views,
)
from simulator.web_api.asked import Method

METHODS: tuple[Method, ...] = (
    *auth.METHODS,
    *chat.METHODS,
    *scheduled.METHODS,
    *links.METHODS,
    *conversations.METHODS,
    *history.METHODS,
    *users.METHODS,
    *usergroups.METHODS,
    *marks.METHODS,
    *views.METHODS,
    *files.METHODS,
    *canvases.METHODS,
    *block_kit.METHODS,
)

__all__ = ["METHODS", "Method"]
