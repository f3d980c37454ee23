"""What a report can be made of: a file for each section, and a line in SECTIONS or SUMS."""

from collections.abc import Mapping

from bot.reports.sections.actions import actions
from bot.reports.sections.activity import activity
from bot.reports.sections.alerts import alerts
from bot.reports.sections.capacity import capacity
from bot.reports.sections.checklists import checklists
from bot.reports.sections.cost import cost
from bot.reports.sections.deployments import deployments
from bot.reports.sections.feedback import feedback
from bot.reports.sections.incidents import incidents
from bot.reports.sections.next_week import next_week
from bot.reports.sections.pages import pages
from bot.reports.sections.recommendations import recommendations
from bot.reports.sections.reliability import reliability
from bot.reports.sections.section import Ask, Sum, Wanted
from bot.reports.sections.slos import slos
from bot.reports.sections.toil import toil
from bot.reports.sections.verdict import verdict

SECTIONS: Mapping[str, Ask] = {
    "incidents": incidents,
    "reliability": reliability,
    "slos": slos,
    "deployments": deployments,
    "alerts": alerts,
    "feedback": feedback,
    "activity": activity,
    "toil": toil,
    "capacity": capacity,
    "cost": cost,
    "pages": pages,
    "checklists": checklists,
    "actions": actions,
    "next_week": next_week,
}

SUMS: Mapping[str, Sum] = {
    "verdict": verdict,
    "recommendations": recommendations,
}

__all__ = ["SECTIONS", "SUMS", "Ask", "Sum", "Wanted"]
