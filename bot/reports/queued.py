"""The effects of reports.

Making one asks the outside and takes its time; saving it, in the transaction that ends the making, decides
that it is made. Each channel has a lane: the screen, then its thread in order, each chart after its section.
"""

from datetime import timedelta

from bot.delivery.model import Effect, Priority
from bot.model import UserId

MAKE = "report.make"
POST = "report.post"
SAY = "report.say"
ATTACH = "report.attach"

# The file that has the figures; the others are named by the section whose chart they are.
FIGURES = "figures"


def make(name: str, until: str, late_by: timedelta = timedelta()) -> Effect:
    """The report that is due. `until`: the instant up to which it reports, in ISO format."""
    lane = f"report:{name}:{until}"
    payload = {"name": name, "until": until, "late_by": late_by.total_seconds()}
    return Effect(MAKE, lane, Priority.UPDATE, payload, lane)


def make_for(name: str, until: str, user: UserId) -> Effect:
    """The report so far, for one person."""
    lane = f"report:{name}:{until}:{user}"
    return Effect(MAKE, lane, Priority.UPDATE, {"name": name, "until": until, "to": user}, lane)


def make_again(name: str, report: int) -> Effect:
    """The next edition of a saved report."""
    lane = f"report:{name}:again:{report}"
    return Effect(MAKE, lane, Priority.UPDATE, {"name": name, "again": report}, lane)


def post(report: int, channel: str) -> Effect:
    """`channel`: its name or id; a person's id for a direct message."""
    return Effect(POST, f"report:{report}:{channel}", Priority.UPDATE, {"report": report, "channel": channel})


def say(report: int, channel: str, section: str) -> Effect:
    """A section, in the thread."""
    payload = {"report": report, "channel": channel, "section": section}
    return Effect(SAY, f"report:{report}:{channel}", Priority.UPDATE, payload)


def attach(report: int, channel: str, file: str) -> Effect:
    """A section's chart, or the figures, in the thread."""
    payload = {"report": report, "channel": channel, "file": file}
    return Effect(ATTACH, f"report:{report}:{channel}", Priority.UPDATE, payload)
