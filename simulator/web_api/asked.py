"""One call as a method sees it: who asks, with what, and what they may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from simulator.calls import BOT
from simulator.errors import Json, SlackError
from simulator.web_api.arguments import Arguments
from simulator.workspace.model import Channel
from simulator.workspace.workspace import Workspace

Family = Literal["read", "history", "manage", "topic", "invite", "join"]

# Scopes by what is done to which kind of conversation; any one of a cell is enough (method reference).
FAMILIES: dict[Family, dict[str, tuple[str, ...]]] = {
    "read": {
        "channel": ("channels:read",),
        "private": ("groups:read",),
        "im": ("im:read",),
        "mpim": ("mpim:read",),
    },
    "history": {
        "channel": ("channels:history",),
        "private": ("groups:history",),
        "im": ("im:history",),
        "mpim": ("mpim:history",),
    },
    "manage": {
        "channel": ("channels:manage",),
        "private": ("groups:write",),
        "im": ("im:write",),
        "mpim": ("mpim:write",),
    },
    "topic": {
        "channel": ("channels:manage", "channels:write.topic"),
        "private": ("groups:write", "groups:write.topic"),
        "im": ("im:write", "im:write.topic"),
        "mpim": ("mpim:write", "mpim:write.topic"),
    },
    "invite": {
        "channel": ("channels:manage", "channels:write.invites"),
        "private": ("groups:write", "groups:write.invites"),
        "im": ("im:write",),
        "mpim": ("mpim:write",),
    },
    "join": dict.fromkeys(("channel", "private", "im", "mpim"), ("channels:join",)),
}

# What an app without a manifest holds: all there is, except posting where it is no member.
ALL_SCOPES = frozenset(
    (
        "app_mentions:read",
        "bookmarks:read",
        "bookmarks:write",
        "canvases:read",
        "canvases:write",
        "channels:history",
        "channels:join",
        "channels:manage",
        "channels:read",
        "chat:write",
        "chat:write.customize",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "groups:write",
        "im:history",
        "im:read",
        "im:write",
        "links:read",
        "links:write",
        "mpim:history",
        "mpim:read",
        "mpim:write",
        "pins:read",
        "pins:write",
        "reactions:read",
        "reactions:write",
        "team:read",
        "usergroups:read",
        "usergroups:write",
        "users:read",
        "users:read.email",
        "users.profile:read",
    )
)


@dataclass(slots=True)
class Asked:
    """A call being performed. `me` is the bot's user id."""

    workspace: Workspace
    args: Arguments
    me: str
    scopes: frozenset[str]
    app_token: bool
    socket_url: Callable[[], str]

    def require(self, *any_of: str) -> None:
        """SlackError missing_scope, with what is needed and what is there."""
        if any_of and self.scopes.isdisjoint(any_of):
            raise missing_scope(any_of, self.scopes)

    def channel(self, family: Family, name: str = "channel") -> Channel:
        """The conversation asked for, if the bot may know of it and holds the scope for its kind."""
        channel = self.workspace.channel_for(self.me, self.args.required(name))
        self.require(*FAMILIES[family][channel.kind])
        return channel

    def named_channel(self, family: Family) -> Channel:
        """As `channel`, but only what has a name. SlackError method_not_supported_for_channel_type."""
        channel = self.channel(family)
        if channel.kind in ("im", "mpim"):
            raise SlackError("method_not_supported_for_channel_type")
        return channel


def missing_scope(needed: tuple[str, ...], provided: frozenset[str]) -> SlackError:
    return SlackError("missing_scope", needed=",".join(needed), provided=",".join(sorted(provided)))


@dataclass(frozen=True, slots=True)
class Method:
    """A Web API method: what it does, the scopes of which one is needed, its tier (0: special)."""

    name: str
    perform: Callable[[Asked], Json]
    scopes: tuple[str, ...] = ()
    tier: int = 3
    caller: str = BOT


def family(of: Family) -> tuple[str, ...]:
    """All scopes of a family: holding one of them lets a call begin."""
    return tuple(dict.fromkeys(scope for cell in FAMILIES[of].values() for scope in cell))
