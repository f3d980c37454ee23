"""`/ops check` and `/ops checks`: asking what machines can answer."""

from bot.checks import cards, service
from bot.context import Context, must_be
from bot.model import ChannelId
from bot.mrkdwn import plain
from handlers.asked import Answer, Asked, split_word
from handlers.buttons import Outcome, Press, Pressed


async def check(context: Context, asked: Asked) -> Answer:
    """`check NAME`: the answer follows as soon as there is one."""
    _, rest = split_word(asked.text)
    name = plain(rest).strip("`")
    if not name:
        return await overview(context, asked)
    must_be(context, asked.user, "responder")
    found = await service.ask_for(context, name, asked.user, asked.channel)
    return cards.asking(cards.title(found, context.playbook.current.checks.get(found)))


async def overview(context: Context, asked: Asked) -> Answer:
    """`checks`: what each said last."""
    return cards.overview(await service.states(context), asked.act.at)


async def run_again(context: Context, pressed: Pressed) -> Outcome:
    must_be(context, pressed.user, "responder")
    await service.ask_for(context, pressed.value, pressed.user, ChannelId(pressed.channel))
    return None


BUTTONS: tuple[tuple[str, Press], ...] = ((cards.RUN_AGAIN, run_again),)
