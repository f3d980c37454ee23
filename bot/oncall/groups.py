"""User groups: each made to hold exactly who is on call, looked at every hour, told of where it cannot be."""

from datetime import timedelta
from hashlib import sha256

import structlog

from bot.context import Context
from bot.delivery.errors import Refused
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.messages.posting import Place
from bot.messages.show import Messages
from bot.model import ChannelId, UserId
from bot.mrkdwn import said
from bot.oncall import store
from bot.oncall.queued import COMPARE_GROUPS, KEEP_GROUP, TELL_GROUP, compare_groups, keep_group, tell_group
from bot.oncall.service import on_call
from bot.people.directory import GroupId, bare_handle
from bot.slack.blocks import Content, section
from bot.slack.gateway import Slack

log = structlog.get_logger()

# Slack says this of a group that is not there (any more), and of one that the bot must not change.
NO_GROUP = {"no_such_subteam", "subteam_not_found", "permission_denied"}
# One of the people cannot be a member, and then nobody is made one.
NOT_ALL = {"invalid_users", "failed_for_some_users"}
# What concerns one group; any other refusal concerns them all.
OF_ONE = NOT_ALL | {"no_such_subteam", "subteam_not_found", "subteam_max_users_exceeded"}
# A refusal may be put right by what is learned from it: who has left, and which group it is now.
TRIES = 3
# Somebody may have edited a group in Slack.
LOOK_AGAIN = timedelta(hours=1)


def performers(context: Context, slack: Slack, messages: Messages) -> dict[str, Perform]:
    async def keep(effect: Leased) -> Done:
        name = effect.payload["schedule"]
        schedule = context.playbook.current.schedules.get(name)
        if schedule is None or schedule.user_group is None:
            return Done(detail="the schedule keeps no group")
        handle = bare_handle(schedule.user_group)
        for _ in range(TRIES):
            members, group = frozenset[UserId](), None
            try:
                members = await _members(context, name)
                if not members:
                    # Slack takes no empty group; whoever was on last is better mentioned than nobody.
                    return Done(detail="nobody is on call: the group stays as it is")
                group = await context.directory.group(handle)
                return _kept(await _write(effect, slack, messages, group, members), handle)
            except Refused as refusal:
                told = refusal
            try:
                if not await _learned(context, told, handle, group, members):
                    break
            except Refused as refusal:
                told = refusal
                break
        return _refused(context, handle, told)

    async def compare(_: Leased) -> Done:
        return await _compare(context)

    async def tell(effect: Leased) -> Done:
        told = effect.payload
        text = f":warning: {told['whom']} not who is on call: {said(told['reason'], 500)}"
        text += "\nIt is tried again every hour and at each change, and not said again."
        channel = await context.directory.channel(context.playbook.current.channels.alerts)
        return await messages.show(effect, told["key"], Place(channel), Content(text, (section(text),)))

    return {KEEP_GROUP: keep, COMPARE_GROUPS: compare, TELL_GROUP: tell}


async def _members(context: Context, schedule: str) -> frozenset[UserId]:
    """Who is on call, but for those whose account Slack has ended: one of them would keep out all."""
    async with context.queue.database.read() as connection:
        people = await on_call(connection, context.playbook.current, schedule, context.clock.now())
    found = set()
    for person in people or ():
        try:
            user = await context.directory.user(person)
        except Refused as refusal:
            # The gap is told by `watchbill check`; the others are on call all the same.
            log.warning("not_in_user_group", person=person, error=str(refusal))
        else:
            if not context.directory.has_ended(user):
                found.add(user)
    return frozenset(found)


def _shown(group: GroupId, members: frozenset[UserId]) -> str:
    """What is kept of what Slack was told; also when another group has the same members."""
    return f"{group} {_users(members)}"


def _users(members: frozenset[UserId]) -> str:
    return ",".join(sorted(members))


async def _write(
    effect: Leased, slack: Slack, messages: Messages, group: GroupId, members: frozenset[UserId]
) -> Done:
    return await messages.once_changed(
        effect,
        shown_key(effect.payload["schedule"]),
        ChannelId(group),
        _shown(group, members),
        lambda: slack.call("usergroups.users.update", usergroup=group, users=_users(members)),
    )


def shown_key(schedule: str) -> str:
    return f"oncall:{schedule}:group"


async def _learned(
    context: Context, refusal: Refused, handle: str, group: GroupId | None, members: frozenset[UserId]
) -> bool:
    """Whether asking Slack about what it refused found out something that makes trying again worth it."""
    if refusal.error in NOT_ALL:
        ended = [user for user in sorted(members) if await context.directory.end_seen(user)]
        return bool(ended)
    if refusal.error in NO_GROUP and group is not None:
        await context.directory.groups()
        return await context.directory.group(handle) != group
    return False


def _kept(done: Done, handle: str) -> Done:
    if done.record is None:
        return done
    written = done.record

    async def record(tx: Transaction) -> None:
        await written(tx)
        # It works: should it not do so again, that is news.
        await store.forget_refusals(tx.connection, [_about(handle), _about(None)])

    return Done(record, done.detail)


def _refused(context: Context, handle: str, refusal: Refused) -> Done:
    """Somebody is told, and the effect is done with: the next change tries again, or the next look."""
    reason = str(refusal)
    log.warning("user_group_refused", group=handle, error=reason)
    if refusal.error in OF_ONE:
        effect = tell_group(f"The user group @{handle} does", reason, _about(handle) + _short(reason))
    else:
        # A plan without groups, a missing scope: one message for all of them, until there are others.
        playbook = context.playbook.current
        handles = sorted(bare_handle(each.user_group or "") for each in playbook.schedules.values())
        key = _about(None) + _short(" ".join((reason, *handles)))
        effect = tell_group("User groups do", reason, key)

    async def record(tx: Transaction) -> None:
        tx.queue(effect)

    return Done(record, detail=f"refused: {reason}")


def _about(handle: str | None) -> str:
    """How the keys of all that was told begin: about one group, or, without a handle, about all."""
    return f"oncall:refused:{'all' if handle is None else _short(handle)}:"


def _short(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]


async def look_again(context: Context) -> None:
    """Have the groups looked at if that was an hour ago, by the bot's clock, or never since the start."""
    schedules = context.playbook.current.schedules.values()
    keeps_groups = any(schedule.user_group is not None for schedule in schedules)
    last, now = context.directory.groups_looked_at, context.clock.now()
    if keeps_groups and (last is None or now - last >= LOOK_AGAIN):
        await context.queue.put([compare_groups()])
        context.directory.groups_looked_at = now


async def _compare(context: Context) -> Done:
    """Groups that somebody else changed, or that are there by now, are set right; all cost one call."""
    schedules = context.playbook.current.schedules.items()
    kept = {name: bare_handle(each.user_group) for name, each in schedules if each.user_group is not None}
    if not kept:
        return Done(detail="no schedule keeps a group")
    listed_at = context.clock.now()
    refused: Done | None = None
    groups: dict[str, frozenset[UserId]] = {}
    try:
        groups = await context.directory.groups()
    except Refused as refusal:
        refused = _refused(context, "", refusal)
    wrong: set[str] = set()
    if refused is None:
        wanted = {name: await _members(context, name) for name in kept}
        wrong = {name for name, handle in kept.items() if wanted[name] and groups.get(handle) != wanted[name]}

    async def record(tx: Transaction) -> None:
        if refused is not None and refused.record is not None:
            await refused.record(tx)
        for name in sorted(wrong):
            await store.doubt(tx.connection, shown_key(name), listed_at)
            tx.queue(keep_group(name))

    return Done(record, detail=refused.detail if refused is not None else f"{len(wrong)} to be set right")
