"""What an emergency wants to have sent at this moment, and begins to send."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from bot.contacts.model import SLACK, Planned, plan, quiet_until
from bot.contacts.service import methods
from bot.context import Context
from bot.db import DatabaseError
from bot.emergency import cards
from bot.emergency.model import ANNOUNCEMENT, Call, Emergency, Unheard
from bot.emergency.roster import Roster
from bot.emergency.sending import Sending
from bot.messages.posting import Place
from bot.model import UserId
from bot.paging.reaching import heeds_quiet
from bot.people.directory import Directory
from bot.playbook import Playbook
from bot.slack.blocks import Content

# Slack answers a look-up much sooner; the database, which would keep the answer, may hang.
LOOK_UP_WITHIN_S = 12.0
# When a way is due that is used only where another fails.
NEVER = timedelta(days=365)


def begin(
    sending: Sending, emergency: Emergency, context: Context, roster: Roster, *, look_first: bool
) -> None:
    """Begin what is not at work already. `look_first`: it may have been sent, before a restart."""
    playbook = context.playbook.current
    for call in emergency.calls:
        if emergency.is_waiting(call):
            _page(sending, emergency, call, context, roster, look_first)
    if not emergency.declared.private:
        place = partial(_channel, context, None)
        _post(sending, emergency, ANNOUNCEMENT, place, cards.announcement, look_first)
    for key, unheard in emergency.unheard:
        place = partial(_channel, context, unheard.channel)
        if emergency.declared.private:
            place = partial(_declarer, emergency.declared.by)
        _post(sending, emergency, key, place, partial(cards.alarm, unheard=unheard), look_first)
    for (number, method), ended in emergency.ended.items():
        call = emergency.calls[number - 1]
        if ended.word and not emergency.is_waiting(call):
            address = next((m.address for m in methods(playbook, call.person) if m.name == method), None)
            if address is not None:
                sending.begin(f"{call.key}:{method}:follow", partial(sending.follow, address))
    for key in emergency.shown:
        sending.begin(
            f"{key}:edit:{len(emergency.events)}", partial(sending.edit, key, _render(emergency, key))
        )
    sending.stir()


def ways(emergency: Emergency, call: Call, playbook: Playbook, roster: Roster) -> list[Planned]:
    """How a call goes to a person, soonest first; Slack is always among it."""
    return plan(
        roster.rule(playbook, call.person),
        methods(playbook, call.person),
        heeds_quiet=heeds_quiet(playbook, emergency.declared.severity),
        now=emergency.made_at(call),
    )


def spare(emergency: Emergency, call: Call, playbook: Playbook, roster: Roster) -> list[Planned]:
    """A contact that the person's rule does not use, for when Slack, which is all it uses, fails them."""
    unused = [method for method in methods(playbook, call.person) if method.name != SLACK]
    rule, now = roster.rule(playbook, call.person), emergency.made_at(call)
    held = False
    if rule.quiet is not None and heeds_quiet(playbook, emergency.declared.severity):
        held = quiet_until(rule.quiet, rule.zone, now) > now
    return [Planned(method, now + NEVER, held) for method in unused[:1]]


def _page(
    sending: Sending, emergency: Emergency, call: Call, context: Context, roster: Roster, look_first: bool
) -> None:
    found = ways(emergency, call, context.playbook.current, roster)
    slack_due = next(way.due_at for way in found if way.method.name == SLACK)
    others = [way for way in found if way.method.name != SLACK]
    others = others or spare(emergency, call, context.playbook.current, roster)
    sending.ways[call.id] = 1 + len(others)
    if call.key not in emergency.shown and (call.id, SLACK) not in emergency.ended:
        posting = partial(
            sending.post,
            call.key,
            partial(_direct, context.directory, call),
            partial(cards.page, call=call),
            made_at=emergency.made_at(call),
            look_first=look_first,
            urgent=True,
            wanted=lambda now: now.is_waiting(call),
            not_before=slack_due,
        )
        sending.begin(call.key, posting)
    for way in others:
        if (call.id, way.method.name) not in emergency.ended:
            is_next = way.due_at == others[0].due_at
            using = partial(sending.use, call, way, slack_due, is_next=is_next)
            sending.begin(f"{call.key}:{way.method.name}", using)


def _post(
    sending: Sending,
    emergency: Emergency,
    key: str,
    place: Callable[[], Awaitable[Place]],
    render: Callable[[Emergency], Content],
    look_first: bool,
) -> None:
    if key not in emergency.shown:
        posting = partial(
            sending.post,
            key,
            place,
            render,
            made_at=emergency.declared.at,
            look_first=look_first,
            urgent=key != ANNOUNCEMENT,
            wanted=lambda _: True,
        )
        sending.begin(key, posting)


def _render(emergency: Emergency, key: str) -> Callable[[Emergency], Content]:
    calls: dict[str, Call] = {call.key: call for call in emergency.calls}
    alarms: dict[str, Unheard] = dict(emergency.unheard)
    if key in calls:
        return partial(cards.page, call=calls[key])
    if key in alarms:
        return partial(cards.alarm, unheard=alarms[key])
    return cards.announcement


async def _direct(directory: Directory, call: Call) -> Place:
    known = call.user or directory.known_user(call.person)
    if known is None:
        # What Slack says is known from then on, also where it could not be kept.
        with contextlib.suppress(DatabaseError, OSError):
            async with asyncio.timeout(LOOK_UP_WITHIN_S):
                await directory.look_up_user(call.person)
        known = await directory.user(call.person)
    return Place(known)


async def _channel(context: Context, name: str | None) -> Place:
    name = name or context.playbook.current.channels.incidents
    with contextlib.suppress(DatabaseError, OSError):
        async with asyncio.timeout(LOOK_UP_WITHIN_S):
            return Place(await context.directory.channel(name))
    return Place(await context.directory.channel(name))


async def _declarer(user: UserId) -> Place:
    return Place(user)
