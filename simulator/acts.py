"""What POST /sim/act can do, one function each."""

from collections.abc import Awaitable, Callable

from simulator.acting import Acting, Answer
from simulator.errors import Json, SlackError
from simulator.workspace import channels, messages, views
from simulator.workspace.model import Channel, Message, Person, View

Act = Callable[[Acting, Person, Json], Awaitable[Answer | None]]


def _channel(acting: Acting, who: Person, body: Json) -> Channel:
    return acting.workspace.channel_for(who.id, str(body["channel"]))


def _message(acting: Acting, who: Person, body: Json) -> Message:
    channel = _channel(acting, who, body)
    ts = str(body["ts"])
    own = next((m for m in channel.ephemerals if m.ts == ts and m.ephemeral_to == who.id), None)
    return own or messages.get(channel, ts)


def _view(acting: Acting, who: Person, body: Json) -> View:
    found = views.find(acting.workspace, str(body["view_id"]), "")
    if found.user != who.id:
        raise SlackError("not_found")
    return found


async def say(acting: Acting, who: Person, body: Json) -> Answer | None:
    channel, text = _channel(acting, who, body), str(body["text"]).strip()
    thread = body.get("thread")
    if text.startswith("/") and acting.manifest.command(text.split()[0]) is not None:
        return await acting.command(who, channel, text, thread)
    if not text:
        raise SlackError("no_text")
    return Answer(message=acting.say(who, channel, text, thread))


async def command(acting: Acting, who: Person, body: Json) -> Answer | None:
    return await acting.command(
        who, _channel(acting, who, body), str(body["text"]).strip(), body.get("thread")
    )


async def click(acting: Acting, who: Person, body: Json) -> Answer | None:
    action: Json = body["action"]
    if body.get("view_id"):
        view = _view(acting, who, body)
        _require(view.blocks, action)
        return await acting.click_in_view(who, view, action, body.get("state"))
    message = _message(acting, who, body)
    _require(message.blocks, action)
    return await acting.click(who, message, action, body.get("state"))


def _require(blocks: list[Json], action: Json) -> None:
    """The element must still be there. SlackError invalid_action."""
    for block in views.every_block(blocks):
        if block["block_id"] == action["block_id"]:
            for element in views.elements(block):
                if element.get("action_id") == action["action_id"]:
                    return
    raise SlackError("invalid_action")


async def submit(acting: Acting, who: Person, body: Json) -> Answer | None:
    return await acting.submit(who, _view(acting, who, body), body["values"])


async def close(acting: Acting, who: Person, body: Json) -> Answer | None:
    await acting.close(who, _view(acting, who, body))
    return None


async def react(acting: Acting, who: Person, body: Json) -> Answer | None:
    messages.react(acting.workspace, _message(acting, who, body), str(body["name"]).strip(":"), who.id)
    return None


async def unreact(acting: Acting, who: Person, body: Json) -> Answer | None:
    messages.unreact(acting.workspace, _message(acting, who, body), str(body["name"]).strip(":"), who.id)
    return None


async def pin(acting: Acting, who: Person, body: Json) -> Answer | None:
    messages.pin(acting.workspace, _message(acting, who, body), who.id)
    return None


async def unpin(acting: Acting, who: Person, body: Json) -> Answer | None:
    messages.unpin(acting.workspace, _message(acting, who, body), who.id)
    return None


async def shortcut(acting: Acting, who: Person, body: Json) -> Answer | None:
    return await acting.shortcut(who, str(body["callback_id"]), _message(acting, who, body))


async def global_shortcut(acting: Acting, who: Person, body: Json) -> Answer | None:
    return await acting.global_shortcut(who, str(body["callback_id"]))


async def home(acting: Acting, who: Person, body: Json) -> Answer | None:
    acting.open_home(who)
    return None


async def read(acting: Acting, who: Person, body: Json) -> Answer | None:
    channel = _channel(acting, who, body)
    channel.reads[who.id] = max(channel.reads.get(who.id, ""), str(body["ts"]))
    acting.workspace.changed("channels", channel, to={who.id})
    return None


async def join(acting: Acting, who: Person, body: Json) -> Answer | None:
    channel = _channel(acting, who, body)
    channels.require_open(channel)
    channels.join(acting.workspace, channel, who.id)
    return None


async def leave(acting: Acting, who: Person, body: Json) -> Answer | None:
    channel = _channel(acting, who, body)
    if channel.is_general:
        raise SlackError("cant_leave_general")
    channels.require_member(channel, who.id)
    channels.remove(acting.workspace, channel, who.id)
    return None


async def invite(acting: Acting, who: Person, body: Json) -> Answer | None:
    channel = _channel(acting, who, body)
    channels.require_open(channel)
    channels.require_member(channel, who.id)
    channels.join(acting.workspace, channel, acting.workspace.person(str(body["user"])).id, who.id)
    return None


async def edit(acting: Acting, who: Person, body: Json) -> Answer | None:
    message = _message(acting, who, body)
    acting.edit(who, message, str(body["text"]))
    return Answer(message=message)


async def delete(acting: Acting, who: Person, body: Json) -> Answer | None:
    acting.delete(who, _message(acting, who, body))
    return None


async def create(acting: Acting, who: Person, body: Json) -> Answer | None:
    channels.create(acting.workspace, str(body["name"]), who.id, private=bool(body.get("private")))
    return None


async def typing(acting: Acting, who: Person, body: Json) -> Answer | None:
    acting.type_on(who, _channel(acting, who, body))
    return None


async def suggest(acting: Acting, who: Person, body: Json) -> Answer | None:
    """What an external select offers for what is typed in: `options` of the answer."""
    place = _view(acting, who, body) if body.get("view_id") else _message(acting, who, body)
    for block in views.every_block(place.blocks):
        for element in views.elements(block):
            if (block["block_id"], element.get("action_id")) == (body["block_id"], body["action_id"]):
                typed_in = str(body.get("value", ""))
                return Answer(options=await acting.suggest(who, place, block["block_id"], element, typed_in))
    raise SlackError("invalid_action")


async def open_entity(acting: Acting, who: Person, body: Json) -> Answer | None:
    acting.open_entity(who, _message(acting, who, body), str(body["url"]))
    return None


async def dm(acting: Acting, who: Person, body: Json) -> Answer | None:
    wanted = body["users"] if "users" in body else [body["user"]]
    others = [acting.workspace.person(str(user)).id for user in wanted]
    channels.direct(acting.workspace, [who.id, *others])
    return None


ACTS: dict[str, Act] = {
    act.__name__: act
    for act in (
        say,
        command,
        click,
        submit,
        close,
        react,
        unreact,
        pin,
        unpin,
        shortcut,
        global_shortcut,
        home,
        read,
        join,
        leave,
        invite,
        edit,
        delete,
        create,
        dm,
        typing,
        suggest,
        open_entity,
    )
}
