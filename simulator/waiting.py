"""What waits for whom: unread marks and badges, counted once and kept until something changes."""

import json
from collections.abc import Callable
from contextlib import ExitStack

from simulator import finding
from simulator.changes import Feed
from simulator.errors import Json
from simulator.workspace.model import Channel, Message, Person
from simulator.workspace.workspace import Workspace

# More than this is shown as "99+" anyway.
COUNTED = 100


class Waiting:
    """Counts what people have not read. Follows the feed to know which counts are still true."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._feed: Feed = workspace.feed
        self._following = ExitStack()
        self._changes = self._following.enter_context(self._feed.stream())
        # By channel, then by person: unread messages, and how many of them call that person.
        self._counted: dict[str, dict[str, tuple[int, int]]] = {}
        # By channel, then by person: the channel as it was last written for them.
        self._written: dict[str, dict[str, str]] = {}

    def of(self, who: Person, channel: Channel) -> tuple[int, int]:
        """How many messages somebody has not read in a channel, and how many of them call for them."""
        self._forget()
        return self._of(who, channel)

    def written(self, who: Person, channel: Channel, make: Callable[[], Json]) -> str:
        """What `make` says of a channel for somebody, as JSON; made once until something changes there."""
        self._forget()
        kept = self._written.setdefault(channel.id, {})
        if (text := kept.get(who.id)) is None:
            text = kept[who.id] = json.dumps(make(), ensure_ascii=False)
        return text

    def badge(self, who: Person) -> Json:
        """{"badge": what calls for them, "unread": whether there is anything at all}."""
        self._forget()
        unread, badge = False, 0
        for channel in self._workspace.channels.values():
            if who.id in channel.members:
                new, calling = self._of(who, channel)
                unread, badge = unread or new > 0, badge + calling
        return {"badge": badge, "unread": unread}

    def badges(self, ids: list[str]) -> dict[str, Json]:
        """`badge` of each of these people; unknown ids are left out."""
        return {one: self.badge(who) for one in ids if (who := self._workspace.people.get(one))}

    def _of(self, who: Person, channel: Channel) -> tuple[int, int]:
        counted = self._counted.setdefault(channel.id, {})
        if (found := counted.get(who.id)) is None:
            unread = _unread(who, channel)
            found = counted[who.id] = (len(unread), _calling(self._workspace, who, channel, unread))
        return found

    def _forget(self) -> None:
        """Drop the counts that what happened since the last look may have made wrong."""
        if self._changes.ended:
            self._following.close()
            self._changes = self._following.enter_context(self._feed.stream())
            self._counted.clear()
            self._written.clear()
            return
        changes, self._changes.pending = self._changes.pending, []
        for change in changes:
            if change.channel is not None and change.kind != "typing":
                self._counted.pop(change.channel, None)
                self._written.pop(change.channel, None)
            elif change.kind == "people":  # user groups changed, perhaps: any mention may mean others now
                self._counted.clear()
                self._written.clear()


def _unread(who: Person, channel: Channel) -> list[Message]:
    read = channel.reads.get(who.id, "")
    if who.id not in channel.members or not channel.timeline or channel.timeline[-1] <= read:
        return []
    recent = channel.timeline[channel.position(read) :][-COUNTED:]
    entries = [channel.by_ts[ts] for ts in recent if ts > read]
    return [entry for entry in entries if entry.user != who.id and entry.subtype != "tombstone"]


def _calling(workspace: Workspace, who: Person, channel: Channel, unread: list[Message]) -> int:
    """Everything in a direct message calls for somebody; elsewhere mentions of them do."""
    if channel.kind in ("im", "mpim"):
        return len(unread)
    groups = [f"<!subteam^{g.id}" for g in workspace.usergroups.values() if who.id in g.users]
    marks = (f"<@{who.id}", "<!here", "<!channel", "<!everyone", *groups)
    texts = [finding.raw(workspace, entry) for entry in unread]
    return sum(any(mark in text for mark in marks) for text in texts)
