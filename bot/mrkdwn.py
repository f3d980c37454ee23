"""Text as Slack wants it: escaped where people's words enter, cut at limits, times in the reader's zone."""

import html
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime

from bot.model import ChannelId, UserId, outside_name

_MENTION = re.compile(r"<([@#!])([^|>]*)(?:\|([^>]*))?>")
_LINK = re.compile(r"<(https?://[^|>]+|mailto:[^|>]+)(?:\|([^>]*))?>")
_SPACES = re.compile(r"\s+")
# Control characters, and the marks that turn around everything written after them.
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """What somebody typed, without what is no text; called wherever words enter.

    PostgreSQL refuses NUL and halves of surrogate pairs, and a title that turns its surroundings around would
    hide the number before it. Text that runs from right to left stays as it is.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _UNWANTED.sub("", whole.replace("\r\n", "\n").replace("\r", "\n"))


def blank(text: str) -> bool:
    """Whether nothing of it would be seen: spaces, and characters without a shape of their own."""
    return all(char.isspace() or unicodedata.category(char) in ("Cf", "Cc", "Mn") for char in text)


def escape(text: str) -> str:
    """What a person wrote, safe inside mrkdwn: exactly & < > are escaped, as Slack asks."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(text: str, name: Callable[[UserId], str | None] = lambda _: None) -> str:
    """Text as Slack delivers it, back to what was typed: mentions become @name, entities characters.

    `name` knows people whose mention carries no name.
    """

    def mention(match: re.Match[str]) -> str:
        sign, target, label = match.groups()
        if sign == "!" and target.startswith("date^"):
            return label or ""
        if sign == "!":
            return "@" + (label or target.split("^")[0]).lstrip("@")
        return sign + (label or (sign == "@" and name(UserId(target))) or target)

    return clean(html.unescape(_LINK.sub(lambda m: m.group(1), _MENTION.sub(mention, text))))


def one_line(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


def cut(text: str, limit: int) -> str:
    """At most `limit` characters; what was cut off is marked by an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def said(text: str, limit: int = 2500) -> str:
    """A person's words for mrkdwn, cut where they, escaped, reach `limit`, and never within an escape."""
    escaped = escape(text)
    if len(escaped) <= limit:
        return escaped
    length = 0
    for kept, char in enumerate(text):
        length += len(escape(char))
        if length >= limit:  # the ellipsis needs a place
            return escape(text[:kept].rstrip()) + "…"
    return escaped


def bold(text: str, limit: int = 500) -> str:
    """A person's words in bold; a star inside would end the bold, so it becomes a look-alike."""
    return f"*{said(one_line(text), limit).replace('*', '∗')}*"


def user(who: UserId) -> str:
    """A mention; of somebody outside Slack, the name."""
    name = outside_name(who)
    return f"<@{who}>" if name is None else said(name, 100)


def channel(where: ChannelId) -> str:
    return f"<#{where}>"


def link(url: str, label: str) -> str:
    return f"<{url}|{escape(label).replace('|', '¦')}>"


def when(at: datetime, style: str = "{time}") -> str:
    """An instant in the reader's own zone; `style` as in Slack's date formatting."""
    return f"<!date^{int(at.timestamp())}^{style}|{at:%Y-%m-%d %H:%M} UTC>"


def when_dated(at: datetime) -> str:
    return when(at, "{date_short_pretty} at {time}")
