"""Where a checklist is, and whom Slack knows by what: what its performers have in common."""

from dataclasses import dataclass

from bot.checklists import store
from bot.checklists.model import Run, RunId
from bot.delivery.errors import Refused
from bot.delivery.model import Leased
from bot.incidents import store as incidents
from bot.incidents.effects.outside import Outside
from bot.incidents.model.incident import Number
from bot.messages import store as messages_store
from bot.messages.show import Place
from bot.messages.store import Posted
from bot.model import UserId
from bot.mrkdwn import user


@dataclass(frozen=True)
class Around:
    """`person`: a name of the playbook or a Slack id; None: the channel."""

    outside: Outside

    async def run(self, effect: Leased) -> Run | None:
        """As it is at this moment."""
        async with self.outside.context.queue.database.read() as connection:
            return await store.find(connection, RunId(effect.payload["run"]))

    def shown(self, person: str) -> str:
        """A person as others see them."""
        known = person in self.outside.context.playbook.current.people
        return self.outside.context.directory.shown(person) if known else user(UserId(person))

    async def user(self, person: str) -> UserId:
        """Raises Refused for somebody Slack does not know."""
        if person in self.outside.context.playbook.current.people:
            return await self.outside.context.directory.user(person)
        return UserId(person)

    async def place(self, run: Run, person: str | None, page: int, effect: Leased) -> Place | None:
        """Where a page of the prompt goes: pages after the first hang under it.

        None: its incident has no room. Raises Busy while that, or the first page, is still to be made.
        """
        if person is not None:
            base: Place | None = Place(await self.user(person))
        elif run.scope.incident is not None:
            base = await self._room(Number(run.scope.incident), effect)
        else:
            base = Place(await self.outside.context.directory.channel(run.channel or ""))
        if page == 0 or base is None or base.thread is not None:
            return base
        first = await self.posted(f"{effect.lane}:page:0")
        if first is None:
            raise self.outside.not_yet(effect, "its first page is not posted yet")
        return Place(first.channel, first.ts)

    async def beside(self, run: Run, person: str | None, effect: Leased) -> Place | None:
        """Where something is said about it: to a person, or under the prompt; for direct messages that
        concern everybody, where warnings go.
        """
        if person is not None:
            return Place(await self.user(person))
        if run.prompted:
            alerts = self.outside.context.playbook.current.channels.alerts
            return Place(await self.outside.context.directory.channel(alerts))
        posted = await self.posted(f"checklist:{run.id}:channel:page:0")
        base = await self.place(run, None, 0, effect)
        if posted is None or base is None or base.thread is not None:
            return base
        return Place(posted.channel, posted.ts)

    async def posted(self, key: str) -> Posted | None:
        async with self.outside.context.queue.database.read() as connection:
            return await messages_store.find(connection, key)

    async def link(self, run: Run, person: str | None) -> str | None:
        """The way to the prompt; None where it is not posted, or gone."""
        own = await self.posted(f"checklist:{run.id}:{person}:page:0") if person in run.prompted else None
        posted = own or await self.posted(f"checklist:{run.id}:channel:page:0")
        if posted is None:
            return None
        try:
            answer = await self.outside.slack.call(
                "chat.getPermalink", channel=posted.channel, message_ts=posted.ts
            )
        except Refused:
            return None
        return str(answer["permalink"])

    async def members(self, group: str) -> list[UserId]:
        """Who is in a user group now; nobody where Slack knows none, or the plan has none."""
        try:
            answer = await self.outside.slack.call("usergroups.list", include_users=True)
        except Refused:
            return []
        for each in answer["usergroups"]:
            if each["handle"].lower() == group.lower():
                return [UserId(member) for member in each.get("users") or ()]
        return []

    async def _room(self, number: Number, effect: Leased) -> Place | None:
        async with self.outside.context.queue.database.read() as connection:
            incident = await incidents.find(connection, number)
        return await self.outside.room(incident, effect) if incident is not None else None
