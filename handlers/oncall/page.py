"""`/oncall page`: paging people with a few words."""

from bot.calls import service
from bot.context import Context
from bot.errors import UserError
from bot.mrkdwn import escape, plain
from bot.slack.blocks import plainly
from handlers.asked import Answer, Asked, mentioned, split_word, target


async def page(context: Context, asked: Asked, rest: str) -> Answer:
    """`page @who|schedule|path … TEXT`: everything up to the first word that means nobody is whom to page."""
    whom, text = [], rest
    while text:
        word, more = split_word(text)
        if not _means_somebody(context, word):
            break
        whom.append(target(context, word))
        text = more
    if not whom:
        raise UserError(
            "Whom? Name people, a schedule or a path, then what they shall read:"
            " /oncall page @bo The backup did not run, can you look?"
        )
    call, called = await service.call(context, whom, plain(text), asked.act)
    missed = [f"Not reached: {escape(each.why)}." for each in called if each.person is None]
    return plainly(" ".join([f"Paging {call.whom}. You hear from me when somebody answers.", *missed]))


def _means_somebody(context: Context, word: str) -> bool:
    playbook, bare = context.playbook.current, plain(word).rstrip(",")
    known = {*playbook.escalation, *playbook.schedules, *playbook.people}
    return mentioned(word) is not None or bare.startswith("@") or bare in known
