"""Every Web API method the bot calls: its limit and the scopes it needs.

The app manifest and `watchbill check` are derived from this table, and the gateway calls nothing else, so
neither can drift from the code. Tiers and scopes: Slack's method reference
(docs.slack.dev/reference/methods).
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Method:
    """`per_minute`: calls a minute and workspace that Slack promises to take. `scopes`: all are needed."""

    per_minute: int
    scopes: tuple[str, ...] = ()


TIER_2, TIER_3, TIER_4 = 20, 50, 100

METHODS: dict[str, Method] = {
    "auth.test": Method(600),
    "apps.connections.open": Method(TIER_3),
    # "Several hundred a minute" per workspace, and about one a second per channel (see limits.py).
    "chat.postMessage": Method(300, ("chat:write",)),
    "chat.update": Method(TIER_3, ("chat:write",)),
    "chat.delete": Method(TIER_3, ("chat:write",)),
    "chat.postEphemeral": Method(TIER_4, ("chat:write",)),
    "chat.getPermalink": Method(600),
    "conversations.create": Method(TIER_2, ("channels:manage", "groups:write")),
    "conversations.invite": Method(TIER_3, ("channels:manage", "groups:write")),
    "conversations.setTopic": Method(TIER_2, ("channels:manage", "groups:write")),
    "conversations.join": Method(TIER_3, ("channels:join",)),
    "conversations.open": Method(TIER_3, ("im:write",)),
    "conversations.list": Method(TIER_2, ("channels:read", "groups:read")),
    "conversations.info": Method(TIER_3, ("channels:read", "groups:read")),
    "conversations.history": Method(TIER_3, ("channels:history", "groups:history", "im:history")),
    "conversations.replies": Method(TIER_3, ("channels:history", "groups:history", "im:history")),
    "users.conversations": Method(TIER_3, ("channels:read", "groups:read")),
    "users.info": Method(TIER_4, ("users:read",)),
    "users.list": Method(TIER_2, ("users:read",)),
    "users.lookupByEmail": Method(TIER_3, ("users:read", "users:read.email")),
    "usergroups.list": Method(TIER_2, ("usergroups:read",)),
    "usergroups.users.update": Method(TIER_2, ("usergroups:write",)),
    "files.getUploadURLExternal": Method(TIER_4, ("files:write",)),
    "files.completeUploadExternal": Method(TIER_4, ("files:write",)),
    "pins.add": Method(TIER_2, ("pins:write",)),
    "bookmarks.add": Method(TIER_2, ("bookmarks:write",)),
    "bookmarks.list": Method(TIER_3, ("bookmarks:read",)),
    "views.open": Method(TIER_4),
    "views.update": Method(TIER_4),
    "views.publish": Method(TIER_4),
}

# The event each needs to be subscribed to, and the scope Slack asks for it.
EVENTS: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "pin_added": ("pins:read",),
    "pin_removed": ("pins:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
}


def scopes() -> tuple[str, ...]:
    """The bot token's scopes, sorted: what the methods and events above need, and `commands`."""
    wanted = {"commands"}
    for method in METHODS.values():
        wanted.update(method.scopes)
    for needed in EVENTS.values():
        wanted.update(needed)
    return tuple(sorted(wanted))
