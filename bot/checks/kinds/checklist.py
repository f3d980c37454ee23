"""Was a checklist done?"""

from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import SECONDS, Finding, Verdict, span
from bot.checks.sources import NoAnswerError, Sources
from bot.playbook.check_kinds import ChecklistDone


async def ask(options: ChecklistDone, question: Question, sources: Sources) -> Finding:
    if sources.last_done is None:
        raise NoAnswerError("nobody keeps checklists here")
    at = await sources.last_done(options.name)
    if at is None:
        return Finding(f"{options.name} was never done", Verdict.FAIL)
    ago = (question.now - at).total_seconds()
    text = f"{options.name} was done {span(ago)} ago"
    late = ago > options.within.total_seconds() and not question.limits.given
    return Finding(text, Verdict.FAIL if late else Verdict.OK, ago, SECONDS)


KIND = Kind("checklist", ask)
