"""Who performs what: every room's effects, put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.calls import effects as calls
from bot.checklists import effects as checklists
from bot.checks import effects as checks
from bot.checks.service import run_check
from bot.checks.sources import Sources
from bot.checks.watching import ask_again
from bot.contacts import effects as contacts
from bot.context import Context
from bot.delivery.transports import Transport
from bot.delivery.worker import Perform
from bot.followups import effects as followups
from bot.handoffs import effects as handoffs
from bot.home import effects as home
from bot.incidents import effects as incidents
from bot.incidents.effects.outside import Outside
from bot.incidents.service import timers
from bot.incidents.service.calling import reached, unreachable
from bot.messages import dead, tell
from bot.messages.show import Messages
from bot.oncall import effects as oncall
from bot.paging import effects as paging
from bot.paging.effects import Ways
from bot.people import effects as people
from bot.records import effects as records
from bot.reports import effects as reports
from bot.reports.effects import Making
from bot.reports.making import Maker
from bot.silences import effects as silences
from bot.slack.gateway import Slack


@dataclass(frozen=True)
class Parts:
    """What performing takes."""

    context: Context
    slack: Slack
    messages: Messages
    transports: Sequence[Transport]
    sources: Sources
    maker: Maker


def performers(parts: Parts) -> dict[str, Perform]:
    """A performer for each kind of effect. Raises RuntimeError where two rooms have one for the same kind."""
    context, slack, messages, transports = parts.context, parts.slack, parts.messages, parts.transports
    outside = Outside(context, slack, messages)
    rooms = (
        incidents.performers(outside),
        timers.performers(context),
        paging.performers(Ways(context, messages, transports, reached, partial(unreachable, context))),
        calls.performers(context, messages),
        oncall.performers(context, slack, messages),
        contacts.performers(context, messages, transports),
        checks.performers(context, parts.sources, messages),
        silences.performers(context, messages, ask_again),
        records.performers(context, messages),
        reports.performers(Making(parts.maker, messages)),
        checklists.performers(outside, partial(run_check, context, parts.sources)),
        followups.performers(context, messages),
        handoffs.performers(context, messages),
        home.performers(context, slack),
        people.performers(context.directory),
        tell.performers(slack),
        dead.performers(messages, context.directory, context.playbook),
    )
    found: dict[str, Perform] = {}
    for each in rooms:
        if twins := found.keys() & each.keys():
            raise RuntimeError(f"two performers for {', '.join(sorted(twins))}")
        found.update(each)
    return found
