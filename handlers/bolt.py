"""Wires the lists of commands, buttons, forms, shortcuts and events to Bolt."""

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.errors import UserError
from bot.incidents.service import rooms
from bot.incidents.service.work import NoSuchIncident
from bot.model import ChannelId, UserId
from bot.mrkdwn import said
from bot.slack.blocks import Block, Content, View, context, modal, section
from handlers import asked, checklist, checks, emergency, followups, handoffs, oncall, silences
from handlers.asked import Form
from handlers.buttons import BUTTONS, Outcome, Press, Pressed
from handlers.commands import SLASH_COMMANDS, Command
from handlers.door import Door
from handlers.events import EVENTS, Happen, act_of
from handlers.forms import FORMS, FieldError, Submit, Submitted
from handlers.shortcuts import SHORTCUTS, Shortcut, on_message

Body = dict[str, Any]


def register(bolt: AsyncApp, door: Door) -> None:
    """Every list, once. A name listed twice is a mistake found at start."""
    rooms = (oncall, handoffs, checks, checklist, followups, silences)
    buttons = (*BUTTONS, *(each for room in rooms for each in room.BUTTONS), *emergency.buttons(door.desk))
    forms = (*FORMS, *oncall.FORMS, *handoffs.FORMS, *checklist.FORMS)
    _refuse_twins([name for name, _ in buttons])
    _refuse_twins([name for name, _ in forms])
    for command in SLASH_COMMANDS:
        bolt.command(command.name)(_command(door, command))
    for action, press in buttons:
        bolt.action(action)(_button(door, action, press))
    for callback, submit in forms:
        bolt.view(callback)(_form(door, callback, submit))
    for shortcut in SHORTCUTS:
        bolt.message_shortcut(shortcut.callback)(_shortcut(door, shortcut))
    for event, happen in EVENTS:
        bolt.event(event)(_event(door, event, happen))


def _refuse_twins(names: list[str]) -> None:
    twins = {name for name in names if names.count(name) > 1}
    if twins:
        raise RuntimeError(f"listed twice: {', '.join(sorted(twins))}")


def _command(door: Door, command: Command) -> Any:
    async def listener(ack: AsyncAck, body: Body) -> None:
        wanted = asked.command(body, door.context.clock)

        async def sorry(sentence: str) -> None:
            await ack(text=sentence, response_type="ephemeral")

        async def work() -> None:
            answer = await door.or_emergency(command.answer(door.context, wanted))
            if isinstance(answer, Form):
                await ack()
                door.open_form(wanted.trigger, answer.view, wanted.user, wanted.channel)
            else:
                await ack(text=answer.text, blocks=list(answer.blocks), response_type="ephemeral")

        await door.guarded(command.name, wanted.act.request_id, work(), sorry)

    return listener


def _button(door: Door, action: str, press: Press) -> Any:
    async def listener(ack: AsyncAck, body: Body) -> None:
        pressed = _pressed(door, body)

        async def sorry(sentence: str) -> None:
            await ack()
            door.tell(pressed.user, pressed.channel, sentence, pressed.thread)

        async def work() -> None:
            outcome = await _press(door, press, pressed)
            await ack()
            match outcome:
                case Form(view) if pressed.view is not None and pressed.view["type"] == "modal":
                    door.update_form(pressed.view["id"], view)
                case Form(view):
                    door.open_form(pressed.trigger, view, pressed.user, pressed.channel)
                case Content() if pressed.view is not None:
                    # On the home tab there is no conversation in which it could be said.
                    door.open_form(pressed.trigger, _to_read(outcome), pressed.user, pressed.channel)
                case Content():
                    door.show(pressed.user, pressed.channel, outcome, pressed.thread)

        # What it changed is there to be seen; nobody clicked twice.
        await door.guarded(action, pressed.act.request_id, work(), sorry, again=ack)

    return listener


async def _press(door: Door, press: Press, pressed: Pressed) -> Outcome:
    try:
        return await press(door.context, pressed)
    except NoSuchIncident:
        if await rooms.found_in(door.context, pressed.channel, pressed.user):
            return await press(door.context, pressed)
        raise


def _pressed(door: Door, body: Body) -> Pressed:
    action = body["actions"][0]
    chosen = action.get("selected_option") or {}
    user = UserId(body["user"]["id"])
    channel = (body.get("channel") or {}).get("id")
    return Pressed(
        act=asked.act_of(body, door.context.clock),
        value=str(action.get("value") or chosen.get("value") or ""),
        channel=ChannelId(channel) if channel else user,
        trigger=body.get("trigger_id", ""),
        view=body.get("view"),
        thread=(body.get("container") or {}).get("thread_ts"),
        message=(body.get("container") or {}).get("message_ts"),
    )


def _to_read(content: Content) -> View:
    """The same in a modal, without the buttons that belong into a conversation."""
    blocks = [block for block in content.blocks if block["type"] != "actions"]
    return modal("incident.shown", "Watchbill", None, blocks)


def _form(door: Door, callback: str, submit: Submit) -> Any:
    async def listener(ack: AsyncAck, body: Body) -> None:
        view = body["view"]
        act = asked.act_of(body, door.context.clock)
        form = Submitted(act, view.get("private_metadata", ""), view["state"]["values"])

        async def sorry(sentence: str) -> None:
            inputs = _inputs(view)
            if inputs:  # what was typed stays on the screen
                await ack(response_action="errors", errors={inputs[0]["block_id"]: sentence})
            else:
                await ack(response_action="update", view=_instead(view, sentence))

        async def work() -> None:
            try:
                content = await door.or_emergency(submit(door.context, form))
            except FieldError as mistake:
                await ack(response_action="errors", errors={mistake.block: str(mistake)})
            except UserError as mistake:
                await ack(response_action="update", view=_instead(view, str(mistake)))
            else:
                await ack()
                if content is not None:
                    door.show(act.by, act.by, content)

        await door.guarded(callback, act.request_id, work(), sorry, again=ack)

    return listener


def _inputs(view: Mapping[str, Any]) -> list[Block]:
    return [block for block in view["blocks"] if block["type"] == "input"]


def _instead(view: Mapping[str, Any], sentence: str) -> View:
    """In the form's place: why it cannot be carried out, and what was written in it, to be copied."""
    blocks = [section(sentence)]
    for block in _inputs(view):
        entry: dict[str, Any] = next(iter(view["state"]["values"].get(block["block_id"], {}).values()), {})
        if entry.get("value"):
            blocks += [
                context(f"{said(block['label']['text'])}: you wrote"),
                section(said(entry["value"], 2900)),
            ]
    return modal("incident.sorry", view["title"]["text"], None, blocks)


def _shortcut(door: Door, shortcut: Shortcut) -> Any:
    async def listener(ack: AsyncAck, body: Body) -> None:
        chosen = on_message(body, asked.act_of(body, door.context.clock))

        async def sorry(sentence: str) -> None:
            await ack()
            door.tell(chosen.act.by, chosen.channel, sentence)

        async def work() -> None:
            outcome = await shortcut.use(door.context, chosen)
            await ack()
            match outcome:
                case Form(view):
                    door.open_form(body["trigger_id"], view, chosen.act.by, chosen.channel)
                case Content():
                    door.show(chosen.act.by, chosen.channel, outcome)

        await door.guarded(shortcut.callback, chosen.act.request_id, work(), sorry, again=ack)

    return listener


def _event(door: Door, event: str, happen: Happen) -> Any:
    async def listener(ack: AsyncAck, body: Body) -> None:
        act = act_of(body, door.context)

        async def sorry(sentence: str) -> None:
            # Nobody asked, so nobody is told; Slack delivers it again unless it is acknowledged.
            door.forget(act.request_id)

        async def work() -> None:
            if not door.seen_before(act.request_id):
                await happen(door.context, body["event"], act)
            await ack()

        await door.guarded(event, act.request_id, work(), sorry, again=ack)

    return listener
