"""Message shortcuts: the same acts, from any message."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.context import Context
from bot.incidents.cards import modals
from bot.incidents.model.incident import Source
from bot.incidents.service import queries, timeline
from bot.model import Act, ChannelId, Ts, UserId
from bot.mrkdwn import one_line, plain
from bot.slack.authors import author_of
from bot.slack.blocks import Content, plainly
from handlers.asked import Form
from handlers.incident import declaring


@dataclass(frozen=True)
class OnMessage:
    """A shortcut used on a message; `link` leads back to it."""

    act: Act
    channel: ChannelId
    ts: Ts
    text: str
    link: str
    author: UserId | None = None
    author_name: str | None = None  # of an author who is no user
    thread: Ts | None = None


Use = Callable[[Context, OnMessage], Awaitable[Content | Form]]


@dataclass(frozen=True)
class Shortcut:
    callback: str
    name: str
    does: str
    use: Use


async def declare(context: Context, chosen: OnMessage) -> Content | Form:
    """The form, filled in from the message; the incident keeps the link to it."""
    playbook = context.playbook.current
    return Form(
        modals.declare_form(
            declaring.severities(playbook),
            list(playbook.services),
            title=one_line(plain(chosen.text, context.directory.name_of)),
            origin=chosen.link,
        )
    )


async def add_to_timeline(context: Context, chosen: OnMessage) -> Content | Form:
    """Into the timeline of the incident it is about; elsewhere the person is asked which one that is."""
    source = Source(chosen.channel, chosen.ts, chosen.author, chosen.link, chosen.author_name)
    message = timeline.Message(plain(chosen.text, context.directory.name_of), source, chosen.thread)
    try:
        incident = await timeline.add(context, message, f"shortcut:{chosen.act.by}", chosen.act)
    except timeline.NoIncidentThere:
        found = await queries.open_incidents(context, chosen.act.by)
        return Form(modals.mark_form(found, message.text, source) if found else modals.nothing_open())
    return plainly(f"Added to the timeline of {incident.name}.")


SHORTCUTS: tuple[Shortcut, ...] = (
    Shortcut("incident.declare_from", "Declare incident", "Opens an incident about this message", declare),
    Shortcut(
        "incident.add_to_timeline", "Add to timeline", "Keeps this message in the timeline", add_to_timeline
    ),
)


def on_message(body: Mapping[str, Any], act: Act) -> OnMessage:
    """A message shortcut's payload. Slack gives no link with it; the archive address leads to the message."""
    channel, ts = body["channel"]["id"], body["message_ts"]
    domain = body["team"]["domain"]
    link = f"https://{domain}.slack.com/archives/{channel}/p{ts.replace('.', '')}"
    message = body["message"]
    thread = message.get("thread_ts")
    if thread and thread != ts:
        link += f"?thread_ts={thread}&cid={channel}"
    text = message.get("text", "")
    return OnMessage(act, ChannelId(channel), Ts(ts), text, link, *author_of(message), thread)
