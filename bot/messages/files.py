"""Files in a thread, each there once: its name, which is its own there, is how it is found again."""

from dataclasses import dataclass
from typing import Any

from bot.delivery.model import Leased
from bot.delivery.worker import Done
from bot.messages.store import Posted
from bot.slack.gateway import Slack

# docs.slack.dev/reference/methods/files.getUploadURLExternal
LONGEST_ALT = 1000


@dataclass(frozen=True)
class File:
    """`name`: no other file of the thread has it. `alt`: what a picture shows, in words."""

    name: str
    title: str
    content: bytes
    alt: str = ""


async def attach(slack: Slack, effect: Leased, parent: Posted, file: File) -> Done:
    """Put the file into the thread under `parent`. Raises what `Slack.call` raises."""
    if effect.uncertain and await _is_there(slack, parent, file.name):
        return Done(detail=f"{file.name} found")
    asked: dict[str, Any] = {"filename": file.name, "length": len(file.content)}
    if file.alt:
        asked["alt_txt"] = file.alt[:LONGEST_ALT]
    given = await slack.call("files.getUploadURLExternal", **asked)
    await slack.put(given["upload_url"], file.content)
    await slack.call(
        "files.completeUploadExternal",
        files=[{"id": given["file_id"], "title": file.title}],
        channel_id=parent.channel,
        thread_ts=parent.ts,
    )
    return Done(detail=file.name)


async def _is_there(slack: Slack, parent: Posted, name: str) -> bool:
    asked: dict[str, Any] = {"channel": parent.channel, "ts": parent.ts, "limit": 200}
    while True:
        answer = await slack.call("conversations.replies", **asked)
        if any(
            each.get("name") == name for message in answer["messages"] for each in message.get("files") or ()
        ):
            return True
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return False
        asked["cursor"] = cursor
