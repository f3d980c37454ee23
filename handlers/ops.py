"""`/ops`: running Watchbill itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from bot.calls.model import parse_ref
from bot.context import Context, must_be
from bot.errors import UserError
from bot.home.service import playbook_changed
from bot.incidents.cards.why import why_card
from bot.incidents.model.incident import parse_number
from bot.incidents.service import why
from bot.jobs import cards as jobs_cards
from bot.jobs import service as jobs
from bot.mrkdwn import escape, plain, said, user, when_dated
from bot.paging.model import PageId
from bot.paging.why import Voice
from bot.playbook import PlaybookError
from bot.reloads import service as reloads
from bot.slack.blocks import help_text, plainly
from bot.timetable import routines
from handlers import checks, followups, records, reports, silences
from handlers.asked import Answer, Asked, split_word
from handlers.oncall.times import span

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
# Digits of the largest id a database gives.
LONGEST_NUMBER = 18
FARTHEST = timedelta(days=92)


@dataclass(frozen=True)
class OpsCommand:
    name: str
    usage: str
    does: str
    run: Callable[[Context, Asked], Awaitable[Answer]]


async def reload(context: Context, asked: Asked) -> Answer:
    """Read the playbook again; a bad one changes nothing and says why."""
    must_be(context, asked.user, "admin")
    try:
        playbook = context.playbook.reload()
    except PlaybookError as error:
        lines = "\n".join(f"• {escape(str(problem))}" for problem in error.problems[:20])
        raise UserError(
            f"The playbook was not changed: the one before stays in force. What is wrong:\n{lines}"
        ) from error
    await playbook_changed(context)
    await reloads.ask_others(context)
    counted = ", ".join(
        f"{count} {one if count == 1 else many}"
        for count, one, many in (
            (len(playbook.people), "person", "people"),
            (len(playbook.schedules), "schedule", "schedules"),
            (len(playbook.services), "service", "services"),
        )
    )
    # Nobody knows of the others: each reads its own file.
    are_others = reloads.has_others(context.queue.database)
    others = " Other replicas, if there are any, read theirs within seconds." if are_others else ""
    return plainly(f"The playbook is read again: {counted}.{others}")


async def upcoming(context: Context, asked: Asked) -> Answer:
    """`upcoming [7d]`: which jobs are due when."""
    _, rest = split_word(asked.text)
    ahead = min(max(span(plain(rest)) if rest else WEEK, DAY), FARTHEST)
    now = context.clock.now()
    found = jobs.upcoming(routines(context.playbook.current), now, now + ahead)
    return jobs_cards.upcoming([(each.job, each.time.at) for each in found], ahead.days)


async def explain(context: Context, asked: Asked) -> Answer:
    """`why INC-42`, `why CALL-7` or `why 17`, the number of a page."""
    _, rest = split_word(asked.text)
    word, shown = plain(rest).strip(), context.directory.shown
    voice = Voice(at=when_dated, person=shown, user=user, said=lambda text: said(text, 300))
    if word.isdecimal() and len(word) <= LONGEST_NUMBER:
        told = await why.of_page(context, PageId(int(word)), asked.user, voice)
    elif (call := parse_ref(word.upper())) is not None:
        told = await why.of_call(context, call, voice)
    elif (number := parse_number(word)) is not None:
        told = await why.of_incident(context, number, asked.user, voice)
    else:
        raise UserError(
            "Why what? Try: /ops why INC-42, /ops why CALL-7, or the number of a page: /ops why 17"
        )
    return why_card(told.parts)


COMMANDS: tuple[OpsCommand, ...] = (
    OpsCommand("checks", "checks", "what each check said last", checks.overview),
    OpsCommand("check", "check NAME", "asks a check now; the answer follows", checks.check),
    OpsCommand(
        "silence", silences.USAGE, "keeps probes quiet while you work on what they watch", silences.silence
    ),
    OpsCommand("upcoming", "upcoming [7d]", "what will happen when: checklists and other routines", upcoming),
    OpsCommand("report", reports.USAGE, "the report so far, the last one, a figure's rows", reports.report),
    OpsCommand(
        "followup", followups.USAGE, "what is left to be done, whose, and by when", followups.followup
    ),
    OpsCommand(
        "record", "record capacity|cost|toil|change", "what no machine knows, for reports", records.record
    ),
    OpsCommand("why", "why INC-42|CALL-7|PAGE", "why somebody was paged, or nobody was", explain),
    OpsCommand("reload", "reload", "reads the playbook again (admins)", reload),
)


async def answer(context: Context, asked: Asked) -> Answer:
    word, _ = split_word(asked.text)
    for command in COMMANDS:
        if word.lower() == command.name:
            return await command.run(context, asked)
    shown = help_text("Operations", [(f"/ops {each.usage}", each.does) for each in COMMANDS])
    if word.lower() in ("", "help"):
        return shown
    raise UserError(f"I don't know “{said(plain(word), 100)}”. Try: /ops help")
