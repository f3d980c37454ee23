"""Acting as somebody: typing, clicking, filling in modals, and seeing what they see."""

from typing import Any

from simulator import finding, forms
from simulator.acting import Acting, Answer
from simulator.errors import Json, SlackError
from simulator.waking import PATIENCE_SECONDS
from simulator.workspace import channels, messages, views
from simulator.workspace.model import Channel, Message, Person, View

# How long an app gets to publish a home tab anew before the one from before is taken, in seconds.
HOME_SECONDS = 1.0


class Acts:
    """One person at their screen. Channels are named with or without `#`, or by id."""

    def __init__(self, acting: Acting, who: Person) -> None:
        self._acting = acting
        self._workspace = acting.workspace
        self.who = who
        self.id: str = who.id
        self.name: str = who.name

    def __repr__(self) -> str:
        return f"@{self.name}"

    def _channel(self, name: str) -> Channel:
        found = self._workspace.channel_named(name)
        if found is None and (person := self._workspace.person_named(name)) is not None:
            found, _ = channels.direct(self._workspace, [self.id, person.id])
        if found is None or not self._workspace.can_see(self.id, found):
            raise LookupError(f"@{self.name} sees no channel {name}")
        return found

    def _message(self, channel: str, ts: str) -> Message:
        room = self._channel(channel)
        found = room.by_ts.get(ts) or next((m for m in room.ephemerals if m.ts == ts), None)
        if found is None:
            raise LookupError(f"There is no message {ts} in {channel}")
        return found

    # Typing

    async def types(
        self, line: str, channel: str = "#general", thread: str | None = None, *, twice: bool = False
    ) -> Answer:
        """Type a line and press Enter: a slash command or, without a slash, a message."""
        room = self._channel(channel)
        if line.startswith("/"):
            return await self._acting.command(self.who, room, line, thread, twice=twice)
        message = self._acting.say(self.who, room, line, thread)
        return Answer(text=message.text, message=message)

    async def says(self, text: str, channel: str = "#general", thread: str | None = None) -> str:
        """Post a message; its ts."""
        return self._acting.say(self.who, self._channel(channel), text, thread).ts

    async def shares(
        self, name: str, content: bytes, channel: str = "#general", text: str = "", thread: str | None = None
    ) -> str:
        """Post a file with a text beside it; the message's ts."""
        room = self._channel(channel)
        return self._acting.share(self.who, room, name, content, text=text, thread_ts=thread).ts

    def presses_keys(self, channel: str = "#general") -> None:
        """Be seen typing. Apps are not told."""
        self._acting.type_on(self.who, self._channel(channel))

    async def opens_entity(self, url: str, channel: str, ts: str) -> None:
        """Open what the app showed of a link as an entity."""
        self._acting.open_entity(self.who, self._message(channel, ts), url)

    async def edits(self, channel: str, ts: str, text: str) -> None:
        self._acting.edit(self.who, self._message(channel, ts), text)

    async def deletes(self, channel: str, ts: str) -> None:
        self._acting.delete(self.who, self._message(channel, ts))

    # Clicking

    async def clicks(
        self, what: str, channel: str | None = None, message: Any = None, *, twice: bool = False
    ) -> Answer:
        """Click a button or pick an overflow entry, by its text or action_id.

        In the given message, else the newest visible one that has it, else the open modal or the home tab.
        """
        found = finding.clickable(self._workspace, self.who, what, self._scope(channel), _ts(message))
        if found is None:
            raise AssertionError(self._unseen(f"nothing to click called {what!r}", channel))
        return await self._act(found, twice=twice)

    async def selects(
        self, what: str, choice: Any, channel: str | None = None, message: Any = None, *, twice: bool = False
    ) -> Answer:
        """Choose in a select, by its action_id, placeholder or label; `choice` is a text, value or name."""
        scope = self._scope(channel)
        found = finding.selectable(
            self._workspace, self.who, what, choice=choice, channel=scope, ts=_ts(message)
        )
        if found is None and (
            asked := finding.external(self._workspace, self.who, what, scope, _ts(message))
        ):
            place, block, element = asked
            offer = await self._offer(place, block, element, choice)
            found = finding.choosing(self._workspace, place, block, element | offer, choice)
        if found is None:
            raise AssertionError(self._unseen(f"nothing to choose {choice!r} from called {what!r}", channel))
        return await self._act(found, twice=twice)

    async def _offer(self, place: Message | View, block: Json, element: Json, choice: Any) -> Json:
        """What the app offers when each choice is typed into an external select."""
        offered: list[Json] = []
        for one in forms.many(choice):
            answer = await self._acting.suggest(self.who, place, block["block_id"], element, str(one))
            offered += answer.get("options") or []
            offered += [entry for group in answer.get("option_groups") or [] for entry in group["options"]]
        return {"options": offered}

    async def _act(self, found: finding.Found, *, twice: bool) -> Answer:
        if isinstance(found.place, View):
            return await self._acting.click_in_view(
                self.who, found.place, found.action, found.state, twice=twice
            )
        return await self._acting.click(self.who, found.place, found.action, found.state, twice=twice)

    async def shortcut(
        self, name: str, channel: str = "#general", ts: str = "", *, twice: bool = False
    ) -> Answer:
        """Use a message shortcut by its name or callback_id."""
        callback_id = name
        for entry in self._acting.manifest.shortcuts:
            if name in (entry.name, entry.callback_id):
                callback_id = entry.callback_id
        return await self._acting.shortcut(self.who, callback_id, self._message(channel, ts), twice=twice)

    async def opens_home(self, within: float = PATIENCE_SECONDS) -> View:
        """Look at the app's home tab, and wait for what the app publishes then.

        One published earlier is what counts when nothing new comes soon. AssertionError without any.
        """
        before = self._acting.open_home(self.who)
        homes, seen = self._workspace.homes, before.hash if before else ""

        def published() -> bool:
            return self.id in homes and homes[self.id].hash != seen

        patience = within if before is None else HOME_SECONDS * self._acting.route.connected
        if not await self._workspace.feed.until(published, patience):
            if before is None:
                raise AssertionError(f"No home tab was published for @{self.name} within {within} s")
            return before
        return homes[self.id]

    # Modals

    async def modal(self, within: float = PATIENCE_SECONDS) -> View:
        """The modal on top of the screen, waiting for one. AssertionError without."""
        stack = views.stack
        if not await self._workspace.feed.until(lambda: stack(self._workspace, self.id), within):
            raise AssertionError(f"No modal opened for @{self.name} within {within} s")
        return stack(self._workspace, self.id)[-1]

    def modal_now(self) -> View | None:
        held = views.stack(self._workspace, self.id)
        return held[-1] if held else None

    async def submits(self, fields: Json | None = None, *, twice: bool = False) -> dict[str, str]:
        """Fill in the modal by label, block_id or action_id and send it off; the errors by label.

        SlackError with what the person would see when the bot does not answer or answers nonsense.
        """
        view = await self.modal()
        offered = {
            name: await self._offer(view, *asked, choice)
            for name, choice in (fields or {}).items()
            if (asked := forms.external(view, name)) is not None
        }
        values = forms.fill(self._workspace, view, fields or {}, offered)
        answer = await self._acting.submit(self.who, view, values, twice=twice)
        if not answer.ok:
            raise SlackError(answer.error, message=answer.text)
        return forms.by_label(view, answer.errors)

    async def closes(self) -> None:
        """Close the modal on top."""
        await self._acting.close(self.who, await self.modal())

    # Marks and membership

    async def reacts(self, name: str, channel: str, ts: str) -> None:
        messages.react(self._workspace, self._message(channel, ts), name.strip(":"), self.id)

    async def unreacts(self, name: str, channel: str, ts: str) -> None:
        messages.unreact(self._workspace, self._message(channel, ts), name.strip(":"), self.id)

    async def pins(self, channel: str, ts: str) -> None:
        messages.pin(self._workspace, self._message(channel, ts), self.id)

    async def unpins(self, channel: str, ts: str) -> None:
        messages.unpin(self._workspace, self._message(channel, ts), self.id)

    async def opens_conversation(self, *people: str) -> str:
        """Begin a direct or group conversation with these people, the bot's name included; its id."""
        ids = [self._acting.workspace.person_named(name) for name in people]
        if None in ids or not ids:
            raise LookupError(f"Not all of {people} are here")
        return channels.direct(self._workspace, [self.id, *(found.id for found in ids if found)])[0].id

    async def joins(self, channel: str) -> None:
        channels.join(self._workspace, self._channel(channel), self.id)

    async def leaves(self, channel: str) -> None:
        room = self._channel(channel)
        channels.require_member(room, self.id)
        channels.remove(self._workspace, room, self.id)

    async def invites(self, channel: str, person: str) -> None:
        found = self._workspace.person_named(person)
        if found is None:
            raise LookupError(f"Nobody is called {person}")
        channels.join(self._workspace, self._channel(channel), found.id, self.id)

    # Seeing

    def _scope(self, channel: str | None) -> Channel | None:
        return None if channel is None else self._channel(channel)

    def sees_now(self, text: str, channel: str | None = None) -> Message | None:
        """The newest visible message that contains the text."""
        if channel is not None and not self.can_see(channel):
            return None
        return finding.message_with(self._workspace, self.who, text, self._scope(channel))

    async def sees(self, text: str, channel: str | None = None, within: float = PATIENCE_SECONDS) -> Message:
        """Wait for a visible message that contains the text. AssertionError lists what is there."""
        found: list[Message] = []

        def look() -> bool:
            message = self.sees_now(text, channel)
            if message is not None:
                found.append(message)
            return message is not None

        if not await self._workspace.feed.until(look, within):
            raise AssertionError(self._unseen(f"{text!r} within {within} s", channel))
        return found[-1]

    def _unseen(self, what: str, channel: str | None) -> str:
        room = self._workspace.channel_named(channel) if channel else None
        seen = finding.describe(self._workspace, self.who, room)
        return f"@{self.name} does not see {what}" + (f" in {channel}" if channel else "") + f"\n{seen}"

    def messages(self, channel: str) -> list[Message]:
        """Everything in a channel, threads and this person's ephemeral messages included, oldest first."""
        return finding.visible(self._workspace, self.who, self._channel(channel))

    def direct_messages(self) -> list[Message]:
        """The conversation with the bot, oldest first."""
        users = sorted((self.id, self._workspace.app.user_id))
        channel = self._workspace.directs.get("-".join(users))
        return [] if channel is None else finding.visible(self._workspace, self.who, channel)

    def ephemerals(self) -> list[Message]:
        """The messages only this person sees, oldest first."""
        every = [m for c in self._workspace.channels.values() for m in c.ephemerals]
        return sorted((m for m in every if m.ephemeral_to == self.id), key=lambda m: m.ts)

    def can_see(self, channel: str) -> bool:
        """Whether the channel exists for this person."""
        found = self._workspace.channel_named(channel)
        return found is not None and self._workspace.can_see(self.id, found)

    def reads(self, message: Message) -> str:
        """A message as this person reads it: names for ids, no marks, everything in its blocks."""
        return finding.readable(self._workspace, message)


def _ts(message: Any) -> str | None:
    return message.ts if isinstance(message, Message) else message
