"""Message shortcuts: the same acts, from any message."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.context import Context
from bot.incidents.cards import modals
from bot.incidents.service import queries, timeline
from bot.model import Act, ChannelId, Ts
from bot.mrkdwn import one_line, plain
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
            title=one_line(plain(chosen.text)),
            origin=chosen.link,
        )
    )


async def add_to_timeline(context: Context, chosen: OnMessage) -> Content | Form:
    mark = f"shortcut:{chosen.act.by}"
    if await timeline.mark(context, chosen.channel, chosen.ts, mark, chosen.act):
        return plainly("Added to the timeline.")
    found = await queries.open_incidents(context, chosen.act.by)
    return Form(modals.mark_form(found, chosen.channel, chosen.ts) if found else modals.nothing_open())


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
    return OnMessage(act, ChannelId(channel), Ts(ts), body["message"].get("text", ""), link)
