"""What whoever calls sees."""

from bot.calls.model import Call
from bot.mrkdwn import bold, one_line, said, user, when
from bot.slack.blocks import Block, Content, context, section


def call_card(call: Call) -> Content:
    """How the call stands: waiting, answered, or heard by nobody."""
    short = said(one_line(call.text), 200)
    lines = f"You paged {call.whom}\n{bold(call.text)}"
    if call.acknowledged_by and call.acknowledged_at:
        answered = f"{user(call.acknowledged_by)} acknowledged at {when(call.acknowledged_at)}"
        shown: list[Block] = [section(lines), context(f":white_check_mark: {answered}")]
        return Content(f"{call.name} · {short}: {answered}", tuple(shown))
    if call.unheard:
        alarm = f":warning: {call.name}: {call.unheard}."
        return Content(alarm, (section(f"{alarm}\n{lines}"),))
    waiting = f"Nobody has answered yet. Since {when(call.made_at)}"
    return Content(f"{call.name} · {short}: {waiting}", (section(lines), context(waiting)))
