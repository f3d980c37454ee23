"""Incidents: how many of each severity."""

from collections import Counter

from bot.incidents.service import queries
from bot.reports.model import Section, figure
from bot.reports.sections.section import Wanted


async def incidents(wanted: Wanted) -> Section:
    found = await queries.declared_between(
        wanted.context.queue.database, wanted.period.start, wanted.period.end
    )
    counted = Counter(each.severity for each in found)
    figures = [
        figure(
            f"Incidents {severity}",
            float(counted[severity]),
            n=counted[severity],
            rows=[f"{each.name} {each.title}" for each in found if each.severity == severity],
        )
        for severity in wanted.context.playbook.current.severities
    ]
    return Section("incidents", "Incidents", headline=f"{len(found)} incidents", figures=tuple(figures))
