"""`/oncall`: who is on call."""

from bot.context import Context
from bot.errors import UserError
from bot.mrkdwn import escape
from bot.oncall.cards import on_now
from bot.oncall.service import watches
from bot.slack.blocks import help_text
from handlers.asked import Answer, Asked, split_word


async def answer(context: Context, asked: Asked) -> Answer:
    word, _ = split_word(asked.text)
    if word.lower() in ("", "now", "who"):
        return on_now(watches(context.playbook.current, context.clock.now()), context.directory.shown)
    if word.lower() == "help":
        return help_text("On call", [("/oncall", "who is on call now, on every schedule")])
    raise UserError(f"I don't know “{escape(word)}”. Type /oncall to see who is on call now.")
