"""What a workspace consists of. Plain state: the rules are in the modules beside this one."""

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any, Literal

from simulator.errors import Json

ChannelKind = Literal["channel", "private", "im", "mpim"]


@dataclass(slots=True)
class Person:
    """A member of the workspace, people and bots alike. `updated` in Unix seconds."""

    id: str
    name: str
    real_name: str
    email: str
    tz: str = "UTC"
    title: str = ""
    is_bot: bool = False
    bot_id: str = ""
    deleted: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    updated: int = 0


@dataclass(slots=True)
class Message:
    """A message as stored. `text` carries Slack's escapes; `ephemeral_to` is the one person who sees it."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    broadcast: bool = False
    subtype: str | None = None
    by_app: bool = False
    username: str | None = None
    icons: Json | None = None
    metadata: Json | None = None
    edited_by: str | None = None
    edited_ts: str | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    replies: list[str] = field(default_factory=list)
    reply_users: list[str] = field(default_factory=list)
    pinned: bool = False
    ephemeral_to: str | None = None
    client_msg_id: str | None = None
    extra: Json = field(default_factory=dict)
    files: list["File"] = field(default_factory=list)
    seen_as: tuple[str, str] | None = None

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def edited(self) -> bool:
        return self.edited_ts is not None

    @property
    def is_ephemeral(self) -> bool:
        return self.ephemeral_to is not None


@dataclass(slots=True)
class File:
    """Something uploaded. `size` in bytes, `created` in Unix seconds; `shared` are the channels it is in."""

    id: str
    name: str
    title: str
    user: str
    size: int
    mimetype: str
    created: int
    content: bytes = b""
    alt_text: str = ""
    complete: bool = False
    deleted: bool = False
    shared: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Canvas:
    """A document of sections: the id of each and its markdown."""

    id: str
    title: str
    creator: str
    channel: str | None = None
    sections: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Scheduled:
    """A message the app has put off; `post_at` in Unix seconds."""

    id: str
    post_at: int
    message: Message


@dataclass(slots=True)
class Pin:
    """Who pinned a message, and when (Unix seconds)."""

    by: str
    at: int


@dataclass(slots=True)
class Bookmark:
    """A link in a channel's bar."""

    id: str
    channel: str
    title: str
    link: str
    emoji: str = ""
    created: int = 0
    updated: int = 0
    updated_by: str = ""


@dataclass(slots=True)
class Note:
    """A channel's topic or purpose, and who set it when (Unix seconds)."""

    value: str = ""
    creator: str = ""
    last_set: int = 0


@dataclass(slots=True)
class Channel:
    """A conversation of any kind. `by_ts` is in order of time, as every ts is later than the one before."""

    id: str
    name: str
    kind: ChannelKind
    creator: str
    created: int
    members: dict[str, None] = field(default_factory=dict)
    topic_note: Note = field(default_factory=Note)
    purpose_note: Note = field(default_factory=Note)
    is_archived: bool = False
    is_general: bool = False
    previous_names: list[str] = field(default_factory=list)
    by_ts: dict[str, Message] = field(default_factory=dict)
    timeline: list[str] = field(default_factory=list)
    ephemerals: list[Message] = field(default_factory=list)
    pins: dict[str, Pin] = field(default_factory=dict)
    bookmarks_by_id: dict[str, Bookmark] = field(default_factory=dict)
    reads: dict[str, str] = field(default_factory=dict)
    updated: int = 0

    @property
    def topic(self) -> str:
        return self.topic_note.value

    @property
    def purpose(self) -> str:
        return self.purpose_note.value

    @property
    def is_private(self) -> bool:
        return self.kind != "channel"

    @property
    def messages(self) -> list[Message]:
        """All messages and replies, oldest first; ephemeral ones are not among them."""
        return list(self.by_ts.values())

    @property
    def bookmarks(self) -> list[Bookmark]:
        return list(self.bookmarks_by_id.values())

    def position(self, ts: str) -> int:
        """Where `ts` stands, or would stand, in the timeline of top-level messages."""
        return bisect_left(self.timeline, ts)


@dataclass(slots=True)
class UserGroup:
    """A group that can be mentioned. `users` are ids; times in Unix seconds."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    created_by: str = ""
    created: int = 0
    updated: int = 0
    disabled: bool = False
    description: str = ""
    channels: list[str] = field(default_factory=list)


@dataclass(slots=True)
class View:
    """A modal or a home tab as somebody sees it. `body` is what the app sent; `values` what was entered."""

    id: str
    user: str
    body: Json
    hash: str
    root: str
    previous: str | None = None
    values: Json = field(default_factory=dict)

    @property
    def is_home(self) -> bool:
        return self.body.get("type") == "home"

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.body.get("blocks", [])
        return blocks

    @property
    def title(self) -> str:
        title: Any = self.body.get("title") or {}
        return str(title.get("text", ""))


@dataclass(slots=True)
class Trigger:
    """The permission to open one modal, once, within three seconds. `at` in Unix seconds."""

    user: str
    at: float
    used: bool = False
