"""Turns the playbook's names into Slack's ids, and back."""

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NewType
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock
from bot.db import Database
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.model import ChannelId, UserId
from bot.mrkdwn import escape, user
from bot.people import store
from bot.playbook import PlaybookFile
from bot.slack.gateway import Slack

log = structlog.get_logger()

# From so many unknown people on, reading the whole workspace costs fewer calls than asking for each.
MANY = 10

# What Slack says of somebody who is not there, or not any more.
NOT_THERE = {"user_deleted", "users_not_found", "user_not_found", "user_not_visible"}

GroupId = NewType("GroupId", str)

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,}")
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,}")


def bare_handle(handle: str) -> str:
    """@OnCall and oncall are one user group."""
    return handle.removeprefix("@").lower()


class Directory:
    """Names known from the last look-ups at once; others are asked of Slack when they are needed."""

    def __init__(self, database: Database, slack: Slack, playbook: PlaybookFile, clock: Clock) -> None:
        self._database = database
        self._slack = slack
        self._playbook = playbook
        self._clock = clock
        self._ids: dict[tuple[store.Kind, str], str] = {}
        self._listing = asyncio.Lock()
        self.groups_looked_at: datetime | None = None

    async def load(self) -> None:
        """What was known when the process last ran."""
        async with self._database.read() as connection:
            self._ids |= await store.everything(connection)

    def names(self) -> Mapping[tuple[store.Kind, str], str]:
        """What is known now: what kind of name, the name, and the id it stands for."""
        return dict(self._ids)

    def recall(self, names: Mapping[tuple[store.Kind, str], str]) -> None:
        """What was known when the process last ran, where the database cannot tell."""
        self._ids = {**names, **self._ids}

    async def meet(self) -> None:
        """Ask Slack who those people of the playbook are whom we do not know yet.

        Until somebody's id is known, what they do counts as a stranger's.
        """
        if len(self._unknown()) > MANY:
            await self._read_everybody()
        for name in self._unknown():
            try:
                await self.look_up_user(name)
            except (Refused, Busy, Away, Unclear) as error:
                log.warning("person_not_looked_up", person=name, error=str(error))

    async def refresh(self) -> None:
        """Ask Slack again about everybody, waiting for its limits: people leave, addresses change."""
        for name in list(self._playbook.current.people):
            try:
                await self._patiently(name)
            except (Refused, Away, Unclear) as error:
                log.warning("person_not_looked_up", person=name, error=str(error))

    def _unknown(self) -> list[str]:
        return [name for name in self._playbook.current.people if self.known_user(name) is None]

    async def _patiently(self, name: str) -> None:
        while True:
            try:
                await self._ask(name)
            except Busy as limit:
                await self._clock.wait_until(limit.retry_at, asyncio.Event())
            else:
                return

    async def _read_everybody(self) -> None:
        """Many are unknown: a few pages of the whole workspace are quicker than a call for each."""
        wanted = {person.slack.lower() for person in self._playbook.current.people.values()}
        cursor: dict[str, Any] = {}
        try:
            while True:
                answer = await self._slack.call("users.list", limit=1000, **cursor)
                for member in answer["members"]:
                    email = str((member.get("profile") or {}).get("email") or "").lower()
                    if email in wanted and not member.get("deleted"):
                        await self._keep("user", email, member["id"])
                following = (answer.get("response_metadata") or {}).get("next_cursor")
                if not following:
                    return
                cursor = {"cursor": following}
        except (Refused, Busy, Away, Unclear) as error:
            log.warning("workspace_not_read", error=str(error))

    def known_user(self, name: str) -> UserId | None:
        """The Slack id of a person of the playbook, if it is known."""
        person = self._playbook.current.people.get(name)
        if person is None:
            return None
        if _USER_ID.fullmatch(person.slack):
            return UserId(person.slack)
        found = self._ids.get(("user", person.slack.lower()))
        return UserId(found) if found else None

    def shown(self, name: str) -> str:
        """A person of the playbook as others see them: mentioned where the Slack id is known."""
        known = self.known_user(name)
        if known is None and _USER_ID.fullmatch(name):
            known = UserId(name)  # somebody outside the playbook, who was paged by name
        return user(known) if known else escape(name)

    def name_of(self, slack_id: UserId) -> str | None:
        """The playbook's name of a Slack user."""
        for name in self._playbook.current.people:
            if self.known_user(name) == slack_id:
                return name
        return None

    def zone_of(self, slack_id: UserId) -> ZoneInfo:
        """The person's own zone where the playbook has it, else the team's."""
        playbook = self._playbook.current
        name = self.name_of(slack_id)
        own = playbook.people[name].timezone if name else None
        return ZoneInfo(own) if own else playbook.zone

    async def user(self, name: str) -> UserId:
        """As `known_user`, asking Slack where it is not. Raises Refused for somebody Slack does not know."""
        return self.known_user(name) or await self.look_up_user(name)

    async def look_up_user(self, name: str) -> UserId:
        person = self._playbook.current.people.get(name)
        if person is None:
            raise Refused(f"{name} is not in the playbook", error="person_unknown")
        if _USER_ID.fullmatch(person.slack):
            return UserId(person.slack)
        return await self._ask(name)

    def left(self) -> set[str]:
        """People of the playbook whom Slack, when it was last asked, did not know, or not any more."""
        people = self._playbook.current.people
        return {name for name, each in people.items() if ("left", each.slack.lower()) in self._ids}

    def has_ended(self, user: UserId) -> bool:
        """Whether this account was found to be deactivated, or not there at all."""
        return ("left", user.lower()) in self._ids

    async def end_seen(self, user: UserId) -> bool:
        """Ask Slack whether this account is deactivated, and remember it if it is.

        That is not the same as `left`: there somebody may only have another address now.
        """
        try:
            answer = await self._slack.call("users.info", user=user)
        except Refused as refusal:
            if refusal.error not in NOT_THERE:
                raise
            is_gone = True
        else:
            is_gone = bool(answer["user"].get("deleted"))
        if is_gone:
            await self._keep("left", user.lower(), "")
        return is_gone

    async def _ask(self, name: str) -> UserId:
        """Who a person of the playbook is, from Slack itself."""
        slack = self._playbook.current.people[name].slack
        try:
            found = await self._look_up(name, slack)
        except Refused as refusal:
            if refusal.error in NOT_THERE:
                await self._keep("left", slack.lower(), "")
            raise
        for gone in (slack.lower(), found.lower()):
            await self._forget("left", gone)
        if not _USER_ID.fullmatch(slack):
            await self._keep("user", slack.lower(), found)
        return found

    async def _look_up(self, name: str, slack: str) -> UserId:
        if _USER_ID.fullmatch(slack):
            answer = await self._slack.call("users.info", urgent=True, user=slack)
        else:
            answer = await self._slack.call("users.lookupByEmail", urgent=True, email=slack)
        if answer["user"].get("deleted"):
            raise Refused(f"{name} has left Slack", error="user_deleted")
        return UserId(answer["user"]["id"])

    async def channel(self, name: str) -> ChannelId:
        """The id of `#incidents`. Raises Refused where there is no such channel to be seen."""
        if _CHANNEL_ID.fullmatch(name):
            return ChannelId(name)
        bare = name.lstrip("#").lower()
        known = self._ids.get(("channel", bare))
        return ChannelId(known) if known else await self._look_up_channel(bare)

    async def group(self, handle: str) -> GroupId:
        """The id of the user group @oncall, as it was when groups were last listed.

        Raises Refused where there is no such group, or the plan has none.
        """
        bare = bare_handle(handle)
        # Many ask at the same instant after a start: the first one's list answers all of them.
        async with self._listing:
            known = await self._known_group(bare)
            if known is None:
                await self.groups()
                known = await self._known_group(bare)
        if known is None:
            raise Refused(f"there is no user group @{bare}; create it in Slack", error="no_such_subteam")
        return GroupId(known)

    async def groups(self) -> dict[str, frozenset[UserId]]:
        """Who Slack has in each user group, by its handle. Those of the playbook's are remembered.

        Raises Refused where the plan has none.
        """
        answer = await self._slack.call("usergroups.list", include_disabled=True, include_users=True)
        # Where two have the same handle, the one that is in use counts.
        listed = sorted(answer["usergroups"], key=lambda group: not group.get("date_delete"))
        found = {bare_handle(group["handle"]): group for group in listed}
        handles = (bare_handle(each.user_group or "") for each in self._playbook.current.schedules.values())
        ids = {bare: str(found[bare]["id"]) for bare in handles if bare in found}
        async with self._database.write() as connection:
            await store.keep_groups(connection, ids, self._clock.now())
        return {bare: frozenset(map(UserId, group.get("users") or ())) for bare, group in found.items()}

    async def _known_group(self, bare: str) -> str | None:
        async with self._database.read() as connection:
            return await store.group(connection, bare)

    async def me(self) -> UserId:
        """The bot's own user."""
        known = self._ids.get(("self", "user"))
        if known is None:
            answer = await self._slack.call("auth.test")
            known = str(answer["user_id"])
            await self._keep("self", "user", known)
        return UserId(known)

    async def _look_up_channel(self, bare: str) -> ChannelId:
        cursor = None
        while True:
            answer = await self._slack.call(
                "conversations.list",
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=1000,
                **({"cursor": cursor} if cursor else {}),
            )
            for channel in answer["channels"]:
                if channel["name"] == bare:
                    await self._keep("channel", bare, channel["id"])
                    return ChannelId(channel["id"])
            cursor = (answer.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                raise Refused(
                    f"there is no channel #{bare} that Watchbill can see", error="channel_not_found"
                )

    async def _keep(self, kind: store.Kind, name: str, slack_id: str) -> None:
        if self._ids.get((kind, name)) == slack_id:
            return
        self._ids[(kind, name)] = slack_id
        async with self._database.write() as connection:
            await store.keep(connection, kind, name, slack_id, self._clock.now())

    async def _forget(self, kind: store.Kind, name: str) -> None:
        if self._ids.pop((kind, name), None) is not None:
            async with self._database.write() as connection:
                await store.forget(connection, kind, name)
