"""The answer to "why was I paged?"."""

from collections.abc import Sequence

from bot.slack.blocks import Block, Content, context, section

# Slack's limits: 50 blocks a message, 3,000 characters a section.
PARTS_SHOWN = 45
LONGEST_PART = 2900


def why_card(parts: Sequence[Sequence[str]]) -> Content:
    """A part is a few lines, the first one its head. What does not fit is said to be elsewhere."""
    blocks: list[Block] = [section(_part(*part)) for part in parts[:PARTS_SHOWN]]
    if len(parts) > PARTS_SHOWN:
        blocks.append(context(f"… and {len(parts) - PARTS_SHOWN} more: `watchbill why` shows all of them."))
    return Content(parts[0][0], tuple(blocks))


def _part(head: str, *lines: str) -> str:
    found = f"*{head}*" if lines else head
    for line in lines:
        if len(found) + len(line) > LONGEST_PART:
            return f"{found}\n…"
        found += f"\n• {line}"
    return found
