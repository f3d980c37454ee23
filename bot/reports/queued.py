"""The effects of reports.

Making one asks the outside and takes its time; saving it, in the transaction that ends the making, decides
that it is made. Each channel has a lane: the screen, then its thread in order, then the files.
"""

from datetime import timedelta

from bot.delivery.model import Effect, Priority

MAKE = "report.make"
POST = "report.post"
SAY = "report.say"
ATTACH = "report.attach"


def make(name: str, until: str, late_by: timedelta = timedelta()) -> Effect:
    """`until`: the instant up to which it reports, in ISO format."""
    lane = f"report:{name}:{until}"
    payload = {"name": name, "until": until, "late_by": late_by.total_seconds()}
    return Effect(MAKE, lane, Priority.UPDATE, payload, lane)


def post(report: int, channel: str) -> Effect:
    return Effect(POST, f"report:{report}:{channel}", Priority.UPDATE, {"report": report, "channel": channel})


def say(report: int, channel: str, section: str) -> Effect:
    """A section, in the thread."""
    payload = {"report": report, "channel": channel, "section": section}
    return Effect(SAY, f"report:{report}:{channel}", Priority.UPDATE, payload)


def attach(report: int, channel: str, file: str) -> Effect:
    """A chart or the figures as CSV, in the thread."""
    payload = {"report": report, "channel": channel, "file": file}
    return Effect(ATTACH, f"report:{report}:{channel}", Priority.COSMETIC, payload)
