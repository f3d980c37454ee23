"""What a person can do in the workspace: the one door for tests and for the page."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from simulator import submissions
from simulator.blocks import check_options
from simulator.delivery import payloads
from simulator.delivery.response_urls import Permission, ResponseUrls, answer
from simulator.delivery.route import Delivered, NotAnsweredError, Route
from simulator.errors import Json, SlackError
from simulator.manifest import Manifest
from simulator.workspace import channels, files, links, messages, render, views
from simulator.workspace.model import Channel, Message, Person, View
from simulator.workspace.text import typed
from simulator.workspace.typed import as_block
from simulator.workspace.workspace import Workspace

ANSWERS_KEPT = 20_000


@dataclass(frozen=True)
class Answer:
    """What came back from a command or a click. `elapsed` in real seconds; `errors` by block_id.

    `options` is what an external select was answered with.
    """

    ok: bool = True
    error: str = ""
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    response_type: str = ""
    elapsed: float = 0.0
    errors: dict[str, str] = field(default_factory=dict)
    message: Message | None = None
    options: Json | None = None


class Acting:
    """Performs people's acts by Slack's rules, and delivers what the app is to know."""

    def __init__(
        self, workspace: Workspace, manifest: Manifest, route: Route, response_urls: ResponseUrls
    ) -> None:
        self.workspace = workspace
        self.manifest = manifest
        self.route = route
        self.response_urls = response_urls
        self.last: Delivered | None = None
        # What the app answered with, for those who judge it.
        self.answers: deque[Any] = deque(maxlen=ANSWERS_KEPT)

    async def _ask(
        self, what: Delivered, permission: Permission | None = None, *, twice: bool = False
    ) -> Answer:
        """Deliver and wait; post the answer where there is a place for one."""

        def posted(body: Any, elapsed: float) -> Answer:
            if permission is None or not body:
                return Answer(elapsed=elapsed)
            return self._post_answer(permission, body, elapsed)

        return await self._deliver(what, posted, twice=twice)

    async def _deliver(
        self, what: Delivered, then: Callable[[Any, float], Answer], *, twice: bool = False
    ) -> Answer:
        """Deliver and wait; `then` gets what the app answered, and how many seconds that took."""
        self.last = what
        started = time.monotonic()
        try:
            body = await self.route.ask(what)
            self.answers.append(body)
            if twice:
                await self.deliver_again()
        except NotAnsweredError as error:
            return Answer(False, error.code, elapsed=time.monotonic() - started)
        return then(body, time.monotonic() - started)

    def _post_answer(self, permission: Permission, body: object, elapsed: float) -> Answer:
        fields: Json = body if isinstance(body, dict) else {"text": str(body)}
        try:
            posted = answer(self.workspace, permission, fields)
        except SlackError as error:
            detail = error.extra.get("response_metadata", {}).get("messages", [error.code])
            return Answer(False, "invalid_command_response", "\n".join(detail), elapsed=elapsed)
        return Answer(
            text=str(fields.get("text") or ""),
            blocks=fields.get("blocks") or [],
            response_type=fields.get("response_type") or "ephemeral",
            elapsed=elapsed,
            message=posted,
        )

    async def deliver_again(self) -> Answer:
        """Deliver the last command or interaction once more, exactly as it was."""
        if self.last is None:
            raise LookupError("Nothing was delivered yet")
        started = time.monotonic()
        again = Delivered(self.last.type, self.last.payload, envelope_id=self.last.envelope_id)
        try:
            await self.route.ask(again)
        except NotAnsweredError as error:
            return Answer(False, error.code, elapsed=time.monotonic() - started)
        return Answer(elapsed=time.monotonic() - started)

    # Commands and messages

    async def command(
        self, who: Person, channel: Channel, line: str, thread_ts: str | None = None, *, twice: bool = False
    ) -> Answer:
        """`/name text` as typed. An unknown command is refused as Slack does."""
        self._require_in(who, channel)
        name, _, text = line.partition(" ")
        command = self.manifest.command(name)
        if command is None:
            return Answer(False, "unknown_command", f"{name} is not a valid command.")
        if thread_ts:
            return Answer(False, "not_in_thread", f"{name} is not supported in threads. Sorry!")
        text = typed(self.workspace, text.strip(), labels=True, mentions=command.escape)
        url, permission = self.response_urls.new(who.id, channel.id)
        what = payloads.command(self.workspace, who, channel, name=name, text=text, response_url=url)
        return await self._ask(what, permission, twice=twice)

    def _require_in(self, who: Person, channel: Channel) -> None:
        if not self.workspace.can_see(who.id, channel):
            raise SlackError("channel_not_found")

    def say(self, who: Person, channel: Channel, text: str, thread_ts: str | None = None) -> Message:
        """Post a message. SlackError not_in_channel, is_archived, cannot_reply_to_message."""
        self._require_in(who, channel)
        channels.require_open(channel)
        channels.require_member(channel, who.id)
        message = self._written(who, channel, text, thread_ts)
        messages.post(self.workspace, message)
        links.tell(self.workspace, channel, message)
        return message

    def _written(self, who: Person, channel: Channel, text: str, thread_ts: str | None) -> Message:
        stored = typed(self.workspace, text)
        message = Message("", channel.id, who.id, stored, client_msg_id=str(uuid4()))
        message.blocks = [as_block(stored, self.workspace.new_id("b"))] if stored else []
        if thread_ts:
            message.thread_ts = messages.thread_root(channel, thread_ts).ts
        return message

    def share(
        self,
        who: Person,
        channel: Channel,
        name: str,
        content: bytes,
        *,
        text: str = "",
        alt_text: str = "",
        thread_ts: str | None = None,
    ) -> Message:
        """Post a file with a text beside it. SlackError as for `say`."""
        self._require_in(who, channel)
        channels.require_open(channel)
        channels.require_member(channel, who.id)
        made = files.begin(self.workspace, who.id, name, len(content), alt_text)
        made.content = content
        return files.share(self.workspace, channel, [made], self._written(who, channel, text, thread_ts))

    def type_on(self, who: Person, channel: Channel) -> None:
        """Keys are being pressed: the others in the conversation see it. Apps are not told."""
        self._require_in(who, channel)
        self.workspace.changed("typing", channel, to=set(channel.members) - {who.id}, by=who.id)

    def edit(self, who: Person, message: Message, text: str) -> None:
        """SlackError cant_update_message for other people's."""
        if message.user != who.id:
            raise SlackError("cant_update_message")
        stored = typed(self.workspace, text)
        block = as_block(stored, self.workspace.new_id("b"))
        messages.edit(self.workspace, message, by=who.id, text=stored, blocks=[block])

    def delete(self, who: Person, message: Message) -> None:
        """SlackError cant_delete_message for other people's."""
        if who.id not in (message.user, message.ephemeral_to):
            raise SlackError("cant_delete_message")
        messages.delete(self.workspace, message)

    # Interactions

    async def click(
        self, who: Person, message: Message, action: Json, state: Json | None = None, *, twice: bool = False
    ) -> Answer:
        """An action in a message: `action` as Slack sends it, `state` the values of the message's inputs."""
        # What a click is acknowledged with is not shown: answers go through the response_url.
        url, _ = self.response_urls.new(who.id, message.channel, message, message.thread_ts)
        stamped = {**action, "action_ts": self.workspace.next_ts()}
        values = state if state is not None else views.initial_state(message.blocks)
        what = payloads.message_action_click(
            self.workspace, who, message, action=stamped, state=values, response_url=url
        )
        return await self._ask(what, twice=twice)

    async def click_in_view(
        self, who: Person, view: View, action: Json, state: Json | None = None, *, twice: bool = False
    ) -> Answer:
        """An action in a modal or on the home tab."""
        if state is not None:
            view.values = state
        stamped = {**action, "action_ts": self.workspace.next_ts()}
        return await self._ask(payloads.view_action_click(self.workspace, who, view, stamped), twice=twice)

    async def suggest(
        self, who: Person, place: Message | View, block_id: str, element: Json, typed_in: str
    ) -> Json:
        """Ask the app what an external select offers for this text: its `options` or `option_groups`.

        SlackError with what the person would see when the app does not answer or answers nonsense.
        """
        what = payloads.block_suggestion(self.workspace, who, place, block_id, element, typed_in)
        try:
            body = await self.route.ask(what)
        except NotAnsweredError as error:
            raise SlackError(error.code) from None
        return check_options(body)

    def open_entity(self, who: Person, message: Message, url: str) -> None:
        """Open what the app showed of a link: it is asked for the details. SlackError not_found."""
        entity = next(
            (a["entity"] for a in message.attachments if a.get("app_unfurl_url") == url and "entity" in a),
            None,
        )
        if entity is None:
            raise SlackError("not_found")
        self.workspace.tell_app(payloads.entity_details(self.workspace, who, message, entity), None)

    async def shortcut(
        self, who: Person, callback_id: str, message: Message, *, twice: bool = False
    ) -> Answer:
        """A message shortcut."""
        url, _ = self.response_urls.new(who.id, message.channel, None, message.thread_ts)
        what = payloads.message_shortcut(self.workspace, who, callback_id, message, url)
        return await self._ask(what, twice=twice)

    async def global_shortcut(self, who: Person, callback_id: str) -> Answer:
        """A shortcut from the menu of all apps."""
        return await self._ask(payloads.global_shortcut(self.workspace, who, callback_id))

    def open_home(self, who: Person) -> View | None:
        """Look at the app's home tab; the view published so far."""
        workspace = self.workspace
        channel, _ = channels.direct(workspace, [workspace.app.user_id, who.id])
        held = workspace.homes.get(who.id)
        event: Json = {
            "type": "app_home_opened",
            "user": who.id,
            "channel": channel.id,
            "tab": "home",
            "event_ts": workspace.next_ts(),
        }
        if held is not None:
            event["view"] = render.view(workspace, held)
        workspace.tell_app(event, None)
        return held

    # Modals

    async def submit(self, who: Person, view: View, values: Json, *, twice: bool = False) -> Answer:
        """Send a modal off. `errors` of the answer are by block_id; the modal stays open then."""
        view.values = values
        if missing := submissions.incomplete(view):
            return Answer(True, errors=missing)
        what = payloads.view_submission(self.workspace, who, view, [])

        def answered(body: Json | None, elapsed: float) -> Answer:
            return self._after_submit(view, body or {}, elapsed)

        return await self._deliver(what, answered, twice=twice)

    def _after_submit(self, view: View, body: Json, elapsed: float) -> Answer:
        try:
            errors = submissions.respond(self.workspace, view, body)
        except SlackError as error:
            detail = error.extra.get("response_metadata", {}).get("messages", [error.code])
            return Answer(False, "invalid_view_response", "\n".join(detail), elapsed=elapsed)
        return Answer(elapsed=elapsed, errors=errors)

    async def close(self, who: Person, view: View) -> None:
        """Close a modal with its cross; the app hears of it if it asked to."""
        held = list(views.stack(self.workspace, who.id))
        clear = bool(view.body.get("clear_on_close"))
        if clear:
            views.close_all(self.workspace, who.id)
        else:
            views.close(self.workspace, view)
        for gone in reversed(held if clear else [view]):
            if gone.body.get("notify_on_close"):
                await self._ask(payloads.view_closed(self.workspace, who, gone, cleared=clear))
