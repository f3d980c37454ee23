"""The life of one incident, step by step, and what is left of it: to compare one that was disturbed."""

import asyncio
import itertools
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from simulator import Message
from simulator.acting import Answer
from simulator.calls import BOT, Call
from simulator.faults import Phase
from tests.world import World

# Calls that belong to nobody's incident: the bot's own hello, home tabs, who is who.
NOT_OF_A_LIFE = {"auth.test", "views.publish", "users.lookupByEmail", "users.info"}
# A lease that a killed replica left behind ends after this (bot/delivery/leases.py), in seconds.
LEASE_S = 13
# Real seconds; a machine busy with other tests takes its time.
PATIENCE = 60.0

Step = Callable[["Life"], Awaitable[None]]


@dataclass
class Reaper:
    """Kills the bot at the nth call of a life, before Slack does what was asked or after, unanswered."""

    world: World
    at_call: int | None
    phase: Phase
    counted: list[Call] = field(default_factory=list)
    struck: Call | None = None

    async def __call__(self, call: Call, phase: Phase) -> str | None:
        if call.token_kind != BOT or call.method in NOT_OF_A_LIFE or self.struck is not None:
            return None
        if phase == "before":
            self.counted.append(call)
        nth = next((n for n, each in enumerate(self.counted, 1) if each is call), None)
        if nth is None or nth != self.at_call or phase != self.phase:
            return None
        self.struck = call
        await self.world.bot.kill()
        return "drop"


@dataclass
class Life:
    """One incident from declared to resolved. Whenever the bot is found dead, it is started again."""

    world: World
    reaper: Reaper
    number: int = 0
    room: str = ""
    revived: bool = False

    async def act(self, does: Callable[[], Awaitable[Answer]]) -> Answer:
        """What a person does; where the bot died over it, Slack delivers it again."""
        answer = await does()
        await self.settled()
        if not answer.ok:
            answer = await self.world.simulator.acting.deliver_again()
            await self.settled()
        assert answer.ok, answer.error
        return answer

    async def types(self, who: str, line: str, channel: str | None = None) -> Answer:
        return await self.act(lambda: self.world.person(who).types(line, channel=channel or self.room))

    async def clicks(self, who: str, what: str, seen: str, channel: str | None = None) -> None:
        person = self.world.person(who)
        message = await person.sees(seen, channel=channel, within=PATIENCE)
        await self.act(lambda: person.clicks(what, message=message))

    async def passes(self, minutes: float) -> None:
        await self.world.simulator.clock.advance(minutes=minutes)
        await self.settled()

    async def settled(self) -> None:
        """Wait until everything that is due was done, by the bot or by its next life."""
        # Edits of one message keep a distance; no need to sit it out.
        await self.world.simulator.clock.advance(seconds=2)
        while True:
            if self.reaper.struck is not None and not self.revived:
                self.revived = True
                await self.world.bot.start()
                if self.world.bot.environment["DATABASE_URL"].startswith("postgres"):
                    await self.world.simulator.clock.advance(seconds=LEASE_S)
            waits = asyncio.ensure_future(self.world.bot.settled(within=PATIENCE))
            dies = asyncio.ensure_future(self._dies())
            await asyncio.wait([waits, dies], return_when=asyncio.FIRST_COMPLETED)
            dies.cancel()
            if self.reaper.struck is not None and not self.revived:
                waits.cancel()
                await asyncio.gather(waits, return_exceptions=True)
                continue
            return await waits

    async def _dies(self) -> None:
        reaper = self.reaper
        if self.revived:
            await asyncio.Event().wait()
        await self.world.simulator.until(lambda: reaper.struck is not None, within=PATIENCE)


async def declared(life: Life) -> None:
    await life.types("dee", "/incident sev1 Checkout returns 500s service:checkout", "#general")
    person = life.world.person("dee")
    # Slack shows no answer to a request that it delivered again; the list has it.
    answer = await person.types("/incident list", channel="#general")
    life.number = max(int(found) for found in re.findall(r"INC-(\d+)", str(answer.blocks) + answer.text))
    life.room = await life.world.room(life.number, within=PATIENCE)


async def acknowledged(life: Life) -> None:
    await life.clicks("bo", "Acknowledge", f"You are paged: INC-{life.number} ")


async def led(life: Life) -> None:
    await life.types("bo", "/incident role commander @chen")


async def monitored(life: Life) -> None:
    await life.types("bo", "/incident status monitoring")


async def reminded(life: Life) -> None:
    """Nobody posts an update for a quarter of an hour, and the fix has been watched."""
    await life.passes(minutes=16)


async def updated(life: Life) -> None:
    await life.types("bo", "/incident update The deploy is rolled back")


async def resolved(life: Life) -> None:
    await life.types("bo", "/incident resolve Rolled back")


STEPS: tuple[Step, ...] = (
    declared,
    acknowledged,
    led,
    monitored,
    reminded,
    updated,
    resolved,
)


async def live(world: World, at_call: int | None = None, phase: Phase = "before") -> Life:
    """A whole life, with a kill at the nth call if it has so many."""
    reaper = Reaper(world, at_call, phase)
    life = Life(world, reaper)
    world.simulator.faults.intercept(reaper)
    try:
        for step in STEPS:
            await step(life)
    finally:
        world.simulator.faults.intercept(None)
    return life


def remains(world: World, number: int) -> dict[str, Any]:
    """What people find of an incident: rooms, cards, announcements, pages, and how often."""
    rooms = [each for each in world.simulator.channels() if re.fullmatch(rf"inc-{number}(-.*)?", each.name)]
    found: dict[str, Any] = {"rooms": []}
    for room in rooms:
        topics = [each.text for each in room.messages if (each.subtype or "").endswith("_topic")]
        found["rooms"].append(
            {
                "name": plain(room.name),
                "topic": plain(room.topic),
                "the topic was set to the same twice": _repeated(topics),
                "members": sorted(room.members),
                "pinned": [shown(world, room.by_ts[ts]) for ts in room.pins],
                "bookmarks": [(plain(each.title), plain(each.link)) for each in room.bookmarks],
                "messages": _messages(world, [each for each in room.messages if each.subtype is None]),
            }
        )
    incidents = world.simulator.channel("#incidents")
    heads = [each for each in incidents.messages if _is_about(each, number) and not each.is_reply]
    found["announcements"] = _messages(world, heads)
    replies = [incidents.by_ts[ts] for head in heads for ts in head.replies]
    found["thread"] = [shown(world, each) for each in replies]
    found["direct"] = {
        name: _messages(
            world, [each for each in world.person(name).direct_messages() if _is_about(each, number)]
        )
        for name in ("ana", "bo", "chen", "dee", "eli")
    }
    alerts = world.simulator.channel("#prod-alerts")
    # The watch may change meanwhile, which is told there as well.
    told = [each for each in alerts.messages if each.by_app and "The watch on" not in each.text]
    found["troubles"] = [shown(world, each) for each in told]
    return found


def _is_about(message: Message, number: int) -> bool:
    return re.search(rf"INC-{number}\b", f"{message.text} {message.blocks}") is not None


def _messages(world: World, messages: list[Message]) -> list[tuple[str, int]]:
    """Each as it is read and how often; lanes may overtake each other, so in no order."""
    return sorted(Counter(shown(world, each) for each in messages).items())


def _repeated(texts: list[str]) -> list[str]:
    return [text for text, following in itertools.pairwise(texts) if text == following]


def shown(world: World, message: Message) -> str:
    """A message as it is read, with what differs from life to life made the same; then its buttons."""
    buttons = [
        element.get("action_id", "")
        for block in message.blocks
        for element in [*block.get("elements", []), block.get("accessory") or {}]
        if isinstance(element, dict)
    ]
    return f"{plain(world.person('ana').reads(message))} {[each for each in buttons if each]}"


def plain(text: str) -> str:
    """Numbers, times and spans made the same."""
    text = re.sub(r"(?i)inc-\d+", "inc-#", text)
    text = re.sub(r"<!date\^\d+[^>]*>", "TIME", text)
    text = re.sub(r"<#C\w+(\|[^>]*)?>", "#room", text)
    text = re.sub(r"\d{4}-\d\d-\d\d", "DATE", text)
    text = re.sub(r"\d{1,2}:\d\d( [AP]M)?( UTC)?", "TIME", text)
    return re.sub(r"\b\d+ ?(s|sec|seconds?|m|min|minutes?|h|hours?)\b", "SPAN", text)
