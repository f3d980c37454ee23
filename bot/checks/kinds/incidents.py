"""Are incidents open? Private ones are not counted: they exist only for those in them."""

from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import Finding, Limits
from bot.checks.sources import Sources
from bot.incidents.service.queries import open_public
from bot.playbook.check_kinds import Incidents

NAMED = 3


async def ask(options: Incidents, question: Question, sources: Sources) -> Finding:
    found = await open_public(sources.database)
    if question.severities:
        found = [each for each in found if each.severity in question.severities]
    if options.service is not None:
        found = [each for each in found if each.service == options.service]
    if not found:
        return Finding("no incident is open", value=0, unit="incidents")
    names = ", ".join(f"{each.name} {each.title}" for each in found[:NAMED])
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return Finding(f"{names}{more}", value=len(found), unit="incidents")


KIND = Kind("incidents", ask, Limits(fail_above=0))
