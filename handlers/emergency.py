"""Buttons on what was sent while the database was away; they outlive that."""

from bot.context import Context
from bot.emergency import cards
from bot.emergency.desk import Desk
from bot.emergency.model import Acknowledged
from bot.emergency.service import recorded
from bot.errors import UserError
from bot.incidents.service import changes
from bot.model import ChannelId
from bot.mrkdwn import user, when
from handlers.buttons import Outcome, Press, Pressed


def buttons(desk: Desk) -> tuple[tuple[str, Press], ...]:
    """The buttons, and what they do at this process's desk."""

    async def acknowledge(context: Context, pressed: Pressed) -> Outcome:
        told = cards.carried(pressed.value)
        request = told["request"]
        if not desk.holds(request):
            known = await recorded(context, request, pressed.channel, pressed.message)
            if known is not None and known[1] is not None:
                await changes.acknowledge_page(context, known[1], pressed.act)
                return None
            if known is not None:
                await changes.acknowledge(context, known[0], pressed.act)
                return None
        answer = Acknowledged(request, pressed.act.at, pressed.user)
        is_ours = desk.holds(request)
        first = await desk.acknowledged(answer)
        if first != answer:
            raise UserError(f"This was already acknowledged by {user(first.by)} at {when(first.at)}.")
        if not is_ours and pressed.message is not None:
            await desk.mark(
                ChannelId(pressed.channel), pressed.message, told["severity"], told["title"], answer
            )
        return None

    async def decline(context: Context, pressed: Pressed) -> Outcome:
        told = cards.carried(pressed.value)
        if await desk.declined(told["request"], told["call"], pressed.user):
            return None
        known = await recorded(context, told["request"], pressed.channel, pressed.message)
        if known is None or known[1] is None:
            raise UserError("I could not pass this on. Please press it once more, or call whoever is next.")
        await changes.decline_page(context, known[1], pressed.act)
        return None

    return ((cards.ACKNOWLEDGE, acknowledge), (cards.DECLINE, decline))
