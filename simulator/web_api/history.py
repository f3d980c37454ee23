"""What is read from a conversation: history, replies, members."""

import re
from bisect import bisect_left, bisect_right

from simulator.errors import Json, SlackError
from simulator.web_api.asked import Asked, Method, family
from simulator.web_api.paging import decode, encode, page
from simulator.workspace import render
from simulator.workspace.model import Channel

_TS = re.compile(r"^\d+(\.\d+)?$")


def _bound(asked: Asked, name: str) -> str:
    value = asked.args.text(name)
    if value in ("", "0"):
        return ""
    if not _TS.match(value):
        raise SlackError(f"invalid_ts_{name}")
    # Compared as text: bring both to ten digits before the point and six after it.
    whole, _, part = value.partition(".")
    return f"{int(whole):010d}.{part:0<6.6}"


def _between(asked: Asked, ordered: list[str]) -> list[str]:
    """The part of ascending timestamps that oldest, latest and inclusive leave."""
    oldest, latest = _bound(asked, "oldest"), _bound(asked, "latest")
    inclusive = asked.args.flag("inclusive")
    first = (bisect_left if inclusive else bisect_right)(ordered, oldest) if oldest else 0
    last = (bisect_right if inclusive else bisect_left)(ordered, latest) if latest else len(ordered)
    return ordered[first:last]


def _messages(asked: Asked, channel: Channel, chosen: list[str]) -> list[Json]:
    metadata = asked.args.flag("include_all_metadata")
    return [render.message(asked.workspace, channel.by_ts[ts], metadata=metadata) for ts in chosen]


def history(asked: Asked) -> Json:
    channel = asked.channel("history")
    if asked.me not in channel.members:
        raise SlackError("not_in_channel")
    found = _between(asked, channel.timeline)
    if asked.args.has("cursor"):
        found = found[: bisect_left(found, decode(asked.args.text("cursor")))]
    limit = asked.args.limit(100, 999, "invalid_arguments")
    chosen = found[-limit:]
    shape: Json = {
        "messages": _messages(asked, channel, chosen[::-1]),
        "has_more": len(found) > len(chosen),
        "pin_count": len(channel.pins),
        "channel_actions_ts": None,
        "channel_actions_count": 0,
    }
    shape |= {name: asked.args.text(name) for name in ("oldest", "latest") if asked.args.has(name)}
    if shape["has_more"]:
        shape["response_metadata"] = {"next_cursor": encode(chosen[0])}
    return shape


def replies(asked: Asked) -> Json:
    channel = asked.channel("history")
    root = channel.by_ts.get(asked.args.required("ts"))
    if root is None or asked.me not in channel.members:
        raise SlackError("thread_not_found")
    if root.is_reply:
        chosen = [root.ts]
        return {"messages": _messages(asked, channel, chosen), "has_more": False}
    # The parent comes with every page; the replies follow, oldest first.
    found = _between(asked, root.replies)
    if asked.args.has("cursor"):
        found = found[bisect_right(found, decode(asked.args.text("cursor"))) :]
    limit = asked.args.limit(1000, 1000, "invalid_arguments")
    chosen = found[: max(limit - 1, 1)]
    shape: Json = {
        "messages": _messages(asked, channel, [root.ts, *chosen]),
        "has_more": len(found) > len(chosen),
    }
    if shape["has_more"]:
        shape["response_metadata"] = {"next_cursor": encode(chosen[-1])}
    return shape


def members(asked: Asked) -> Json:
    channel = asked.channel("read")
    found = list(channel.members)
    entries, metadata = page(found, asked.args.text("cursor"), asked.args.limit(100, 1000))
    return {"members": list(entries), "response_metadata": metadata}


METHODS = (
    Method("conversations.history", history, family("history")),
    Method("conversations.replies", replies, family("history")),
    Method("conversations.members", members, family("read"), tier=4),
)
