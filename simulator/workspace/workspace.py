"""The workspace itself: what exists, who may see it, and who is told when it changes."""

import math
from collections.abc import Callable
from itertools import count

from simulator.changes import Change, Feed
from simulator.clock import SimulatedClock
from simulator.errors import Json, SlackError
from simulator.seed import AppSeed, Seed, TeamSeed
from simulator.workspace.model import (
    Canvas,
    Channel,
    ChannelKind,
    File,
    Message,
    Note,
    Person,
    Scheduled,
    Trigger,
    UserGroup,
    View,
)

# docs.slack.dev: a trigger_id expires three seconds after it was issued.
TRIGGER_SECONDS = 3.0
TRIGGER_KEPT_SECONDS = 60.0


class Workspace:
    """State with its indexes. `tell_app` receives every event the app may get, with its channel."""

    def __init__(self, seed: Seed, clock: SimulatedClock, feed: Feed) -> None:
        self.clock = clock
        self.feed = feed
        self.team: TeamSeed = seed.team
        self.app: AppSeed = seed.app
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.channel_ids: dict[str, str] = {}
        self.directs: dict[str, Channel] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.stacks: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.files: dict[str, File] = {}
        self.canvases: dict[str, Canvas] = {}
        self.scheduled: dict[str, Scheduled] = {}
        # Links the app was told of: which message each stands in, as (channel, ts).
        self.unfurls: dict[str, tuple[str, str]] = {}
        # What the app last showed each person of an entity.
        self.details: dict[str, Json] = {}
        # The domains whose links the app is told of; None: all.
        self.unfurl_domains: frozenset[str] | None = None
        self.address = ""
        self.rescheduled: Callable[[], None] = lambda: None
        self.tell_app: Callable[[Json, Channel | None], None] = lambda event, channel: None
        self._last_ts = 0
        self._numbers = count(1)
        self._plant(seed)

    def _plant(self, seed: Seed) -> None:
        for person in [entry.person() for entry in seed.people]:
            self.people[person.id] = person
        bot = Person(
            id=seed.app.user_id,
            name=seed.app.name,
            real_name=seed.app.name,
            email="",
            is_bot=True,
            bot_id=seed.app.bot_id,
        )
        self.people[bot.id] = bot
        by_name = {person.name: person.id for person in self.people.values()}
        everybody = tuple(entry.name for entry in seed.people)
        creator = next(iter(self.people))
        for entry in seed.channels:
            kind: ChannelKind = "private" if entry.private else "channel"
            channel = self.add_channel(
                entry.name, kind, creator, entry.id or self.readable_id("C", entry.name)
            )
            channel.members = dict.fromkeys(
                by_name[name] for name in (everybody if entry.members is None else entry.members)
            )
            channel.topic_note = Note(entry.topic, creator, self.now())
            channel.purpose_note = Note(entry.purpose, creator, self.now())
            channel.is_archived = entry.archived
            channel.is_general = entry.name == "general"
        for group in seed.usergroups:
            users = [by_name[name] for name in group.users]
            group_id = self.readable_id("S", group.handle)
            self.usergroups[group_id] = UserGroup(
                group_id, group.handle, group.name or group.handle, users, creator, self.now(), self.now()
            )

    # Time and ids

    def now(self) -> int:
        """Whole Unix seconds of the workspace."""
        return int(self.clock.seconds())

    def next_ts(self) -> str:
        """A message's ts: unique in the workspace and later than all before it."""
        self._last_ts = max(int(self.clock.seconds() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """A fresh id of Slack's shape, for example C0000000A7."""
        digits, number = "", next(self._numbers)
        while number:
            number, digit = divmod(number, 36)
            digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit] + digits
        return f"{prefix}0{digits:0>8}"

    def readable_id(self, prefix: str, name: str) -> str:
        """An id made from a seed's name, easy to recognise in logs and tests."""
        return f"{prefix}0" + "".join(character for character in name.upper() if character.isalnum())

    # Finding

    def person(self, user_id: str) -> Person:
        """SlackError user_not_found."""
        if (found := self.people.get(user_id)) is None:
            raise SlackError("user_not_found")
        return found

    def person_named(self, name: str) -> Person | None:
        wanted = name.lstrip("@")
        return next((p for p in self.people.values() if wanted in (p.name, p.id)), None)

    def channel_named(self, name: str) -> Channel | None:
        """By id, or by name with or without `#`."""
        found = self.channels.get(name)
        return found or self.channels.get(self.channel_ids.get(name.lstrip("#"), ""))

    def can_see(self, user_id: str, channel: Channel) -> bool:
        """Guests see only where they are; everybody else all public channels."""
        if user_id in channel.members:
            return True
        return channel.kind == "channel" and not self.people[user_id].is_restricted

    def channel_for(self, user_id: str, channel_id: str) -> Channel:
        """SlackError channel_not_found, also for what this person or bot must not know about."""
        channel = self.channels.get(channel_id)
        if channel is None or not self.can_see(user_id, channel):
            raise SlackError("channel_not_found")
        return channel

    def is_bot_in(self, channel: Channel) -> bool:
        return self.app.user_id in channel.members

    # Making

    def add_channel(self, name: str, kind: ChannelKind, creator: str, channel_id: str = "") -> Channel:
        """A new conversation without members; the rules are the caller's."""
        channel_id = channel_id or self.new_id("D" if kind == "im" else "C")
        channel = Channel(channel_id, name, kind, creator, self.now(), updated=self.now())
        self.channels[channel_id] = channel
        if kind in ("channel", "private"):
            self.channel_ids[name] = channel_id
        return channel

    def new_trigger(self, user_id: str) -> str:
        """A trigger_id for this person, good for three seconds and one modal."""
        now = self.clock.seconds()
        while self.triggers and now - next(iter(self.triggers.values())).at > TRIGGER_KEPT_SECONDS:
            del self.triggers[next(iter(self.triggers))]
        trigger_id = f"{next(self._numbers)}.{math.floor(now * 1000)}.{self.team.id.lower()}"
        self.triggers[trigger_id] = Trigger(user_id, now)
        return trigger_id

    def use_trigger(self, trigger_id: str) -> str:
        """The person who gave it. SlackError invalid_, exchanged_ or expired_trigger_id."""
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self.clock.seconds() - trigger.at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    # Telling

    def changed(
        self,
        kind: str,
        channel: Channel | None = None,
        message: Message | None = None,
        to: set[str] | None = None,
        by: str | None = None,
    ) -> None:
        """Publish to the feed. A private channel's changes reach its members only, `to` narrows further.

        `by` is who does it, where that is all there is to show: somebody types.
        """
        only = None if to is None else frozenset(to)
        if only is None and channel is not None and channel.kind != "channel":
            only = frozenset(channel.members)
        self.feed.publish(Change(kind, channel.id if channel else None, message, only, by))
