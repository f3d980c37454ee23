"""What people read of a message."""

import re

from bot.slack.blocks import Content


def lines(content: Content) -> list[str]:
    """The text of a message, a line each; instants as day, hour and minute."""
    found: list[str] = []
    for block in content.blocks:
        match block["type"]:
            case "section":
                found += block["text"]["text"].split("\n")
            case "context":
                found += [each["text"] for each in block["elements"]]
            case "actions":
                found.append(" ".join(f"[{each['text']['text']}]" for each in block["elements"]))
    return [re.sub(r"<!date\^[^|]*\|2026-(\d\d-\d\d \d\d:\d\d) UTC>", r"\1", line) for line in found]
