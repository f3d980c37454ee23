"""What somebody asked of us, out of Slack's payloads; and what we answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.context import Context
from bot.model import Act, ChannelId, UserId
from bot.mrkdwn import clean, plain
from bot.slack.blocks import Content, View

_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True)
class Asked:
    """A slash command. `text` is as Slack delivers it: mentions and entities encoded."""

    command: str
    text: str
    channel: ChannelId
    trigger: str
    act: Act

    @property
    def user(self) -> UserId:
        return self.act.by


@dataclass(frozen=True)
class Form:
    """An answer that is a form: acknowledged first, opened right after."""

    view: View


Answer = Content | Form


def command(body: Mapping[str, Any], clock: Clock) -> Asked:
    """A slash command's payload."""
    act = Act(UserId(body["user_id"]), clock.now(), f"command:{body['trigger_id']}")
    channel = ChannelId(body["channel_id"])
    return Asked(body["command"], clean(body.get("text", "")).strip(), channel, body["trigger_id"], act)


def act_of(body: Mapping[str, Any], clock: Clock) -> Act:
    """Who acted in an interaction, when, and the id that makes a repeat of it known.

    A form can be submitted once: its view's id stands for it.
    """
    view = body["view"]["id"] if body["type"] == "view_submission" else body.get("trigger_id", "")
    return Act(UserId(body["user"]["id"]), clock.now(), f"{body['type']}:{view}")


def split_word(text: str) -> tuple[str, str]:
    """The first word and the rest, whatever space is between them."""
    parts = text.split(maxsplit=1)
    return (parts[0] if parts else "", parts[1].rstrip() if len(parts) > 1 else "")


def mentioned(word: str) -> UserId | None:
    """`<@U02BO|bo>` → U02BO."""
    match = _MENTION.fullmatch(word.strip())
    return UserId(match.group(1)) if match else None


def target(context: Context, word: str) -> str:
    """Whom a word means for paging: `<@U02BO|bo>`, `@bo`, `Bo` → bo; others by their Slack id, `user:U…`."""
    found = mentioned(word)
    if found is not None:
        return context.directory.name_of(found) or f"user:{found}"
    name = plain(word).lstrip("@").rstrip(",")
    return name.lower() if name.lower() in context.playbook.current.people else name
