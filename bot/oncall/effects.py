"""Keeping a schedule's user group equal to who is on call, and carrying requests for cover."""

import structlog

from bot.context import Context
from bot.delivery.errors import Refused
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.messages.show import Messages
from bot.model import ChannelId, UserId
from bot.oncall import requesting
from bot.oncall.queued import KEEP_GROUP, WATCH_CHANGES
from bot.oncall.service import on_call
from bot.oncall.watching import watch_changed
from bot.slack.gateway import Slack

log = structlog.get_logger()


def performers(context: Context, slack: Slack, messages: Messages) -> dict[str, Perform]:
    async def changes(effect: Leased) -> Done:
        async def record(tx: Transaction) -> None:
            await watch_changed(tx, context.playbook.current, effect.payload["schedule"])

        return Done(record)

    async def keep_group(effect: Leased) -> Done:
        name = effect.payload["schedule"]
        schedule = context.playbook.current.schedules.get(name)
        if schedule is None or schedule.user_group is None:
            return Done(detail="the schedule keeps no group")
        async with context.queue.database.read() as connection:
            people = await on_call(connection, context.playbook.current, name, context.clock.now())
        members = sorted(await _members(context, people or ()))
        if not members:
            # Slack takes no empty group; whoever was on last is better mentioned than nobody.
            return Done(detail="nobody is on call: the group stays as it is")
        group = await _group(slack, schedule.user_group)
        users = ",".join(members)
        return await messages.once_changed(
            effect,
            f"oncall:{name}:group",
            ChannelId(group),
            users,
            lambda: slack.call("usergroups.users.update", usergroup=group, users=users),
        )

    requests = requesting.performers(context, messages)
    return {WATCH_CHANGES: changes, KEEP_GROUP: keep_group, **requests}


async def _members(context: Context, people: tuple[str, ...]) -> set[UserId]:
    found = set()
    for person in people:
        try:
            found.add(await context.directory.user(person))
        except Refused as refusal:
            # The gap is told by `watchbill check`; the others are on call all the same.
            log.warning("not_in_user_group", person=person, error=str(refusal))
    return found


async def _group(slack: Slack, handle: str) -> str:
    """The id of `@oncall`. Raises Refused where there is no such group, or the plan has none."""
    bare = handle.lstrip("@").lower()
    answer = await slack.call("usergroups.list", include_disabled=True)
    for group in answer["usergroups"]:
        if group["handle"].lower() == bare:
            return str(group["id"])
    raise Refused(f"there is no user group @{bare}; create it in Slack", error="no_such_subteam")
