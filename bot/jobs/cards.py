"""What is coming, as people see it."""

from collections.abc import Sequence
from datetime import datetime

from bot.mrkdwn import said, when
from bot.slack.blocks import Block, Content, context, plainly, section

# What a phone shows without losing the reader.
SHOWN = 60
A_SECTION = 15


def upcoming(found: Sequence[tuple[str, datetime]], days: int) -> Content:
    """`found`: job and instant, in order of time."""
    span = f"{days} day{'' if days == 1 else 's'}"
    if not found:
        return plainly(f"Nothing is due in the next {span}: nothing in the playbook has a `when` by then.")
    rows = [f"{when(at, '{date_short_pretty} at {time}')}  {said(job, 200)}" for job, at in found[:SHOWN]]
    blocks: list[Block] = [section(f"*The next {span}*")]
    blocks += [
        section("\n".join(rows[first : first + A_SECTION])) for first in range(0, len(rows), A_SECTION)
    ]
    if len(found) > SHOWN:
        blocks.append(context(f"… and {len(found) - SHOWN} more; ask for fewer days."))
    return Content(f"The next {span}", tuple(blocks))
