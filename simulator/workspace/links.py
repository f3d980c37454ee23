"""Links in messages: which the app is told of, and the previews it gives them."""

import re
from urllib.parse import urlsplit

from simulator.errors import Json
from simulator.workspace import messages
from simulator.workspace.model import Channel, Message
from simulator.workspace.text import unescape
from simulator.workspace.workspace import Workspace

_LINK = re.compile(r"<(https?://[^|<>\s]+)(?:\|[^<>]*)?>")


def in_message(message: Message) -> list[str]:
    """The addresses in a message's text, each once."""
    return list(dict.fromkeys(unescape(found) for found in _LINK.findall(message.text)))


def tell(workspace: Workspace, channel: Channel, message: Message) -> None:
    """Tell the app of links to the domains it asked for: link_shared, wherever the message stands."""
    links = [
        {"domain": domain, "url": url} for url in in_message(message) if (domain := _wanted(workspace, url))
    ]
    if not links:
        return
    unfurl_id = f"{workspace.new_id('C')}.{message.ts}"
    workspace.unfurls[unfurl_id] = (channel.id, message.ts)
    event: Json = {
        "type": "link_shared",
        "channel": channel.id,
        "user": message.user,
        "message_ts": message.ts,
        "links": links,
        "is_bot_user_member": workspace.is_bot_in(channel),
        "unfurl_id": unfurl_id,
        "source": "conversations_history",
        "event_ts": workspace.next_ts(),
    }
    if message.thread_ts:
        event["thread_ts"] = message.thread_ts
    workspace.tell_app(event, None)


def _wanted(workspace: Workspace, url: str) -> str:
    """The domain of an address if the app asked for it or for one it belongs to; else an empty string."""
    domain = urlsplit(url).hostname or ""
    asked_for = workspace.unfurl_domains
    if asked_for is None or any(domain == own or domain.endswith(f".{own}") for own in asked_for):
        return domain
    return ""


def unfurl(workspace: Workspace, message: Message, previews: dict[str, Json]) -> None:
    """Put the app's previews under the message, in place of those it gave these links before."""
    kept = [entry for entry in message.attachments if entry.get("app_unfurl_url") not in previews]
    for url, preview in previews.items():
        made = {
            "id": len(kept) + 1,
            "from_url": url,
            "app_unfurl_url": url,
            "is_app_unfurl": True,
            "app_id": workspace.app.id,
            "bot_id": workspace.app.bot_id,
            "fallback": "[no preview available]",
            **preview,
        }
        kept.append(made)
    messages.edit(workspace, message, by=message.user, marked=False, attachments=kept)
