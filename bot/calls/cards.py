"""What whoever calls sees."""

from bot.calls.model import Call
from bot.mrkdwn import bold, one_line, said, user, when
from bot.slack.blocks import Block, Content, context, plainly, section


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


def answered(call: Call) -> Content:
    """News for whoever called."""
    return plainly(f":white_check_mark: {_answer(call)}\n{bold(call.text, 300)}")


def unheard(call: Call, reason: str) -> Content:
    """News for whoever called: nobody further is called."""
    return plainly(f":warning: {call.name}: {reason}.\n{bold(call.text, 300)}")


def alarm(call: Call) -> Content:
    """To a channel, loud for as long as nobody answers."""
    about = f"{bold(call.text, 300)}\nPaged by {user(call.by)}: {call.whom}"
    if call.acknowledged_at is not None:
        return plainly(f"{about}\n{call.unheard}. {_answer(call)}")
    return plainly(f"<!here> :rotating_light: {about}\n{call.unheard}. Is anybody here to take it?")


def _answer(call: Call) -> str:
    by = user(call.acknowledged_by) if call.acknowledged_by else "Somebody"
    at = f" at {when(call.acknowledged_at)}" if call.acknowledged_at else ""
    return f"{by} acknowledged {call.name}{at}"
