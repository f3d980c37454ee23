"""What there is to see of an incident in a simulated workspace, whoever looks."""

import asyncio
import itertools
from datetime import datetime
from pathlib import Path

from simulator import Acts, Message
from tests.world import World

ODD = Path(__file__).parent / "scenarios" / "odd.yaml"
# Real seconds, for waits that end as soon as it is there: the machine may be busy with much else.
WITHIN = 60.0


async def in_room(world: World, by: Acts, text: str) -> tuple[int, str]:
    """Declare an incident and wait for its room and the card in it: its number, its channel."""
    number = await world.declares(by, text)
    room = await world.room(number, WITHIN)
    await by.sees(f"INC-{number} ·", channel=room, within=WITHIN)
    await world.bot.settled()
    return number, room


def from_bot(world: World, channel: str) -> list[Message]:
    """What the bot wrote there, without Slack's own notices."""
    return [each for each in world.said(channel) if each.by_app and each.subtype is None]


def cards(world: World, number: int, channel: str) -> list[Message]:
    """The messages that look like the incident's card."""
    return [
        each
        for each in from_bot(world, channel)
        if f"INC-{number} ·" in each.text and any(block["type"] == "header" for block in each.blocks)
    ]


def announcements(world: World, number: int) -> list[Message]:
    return [
        each
        for each in from_bot(world, "#incidents")
        if each.text.startswith(f"INC-{number} ·") and not each.is_reply
    ]


def thread_of(world: World, number: int) -> list[Message]:
    """What stands under the incident's announcement."""
    [announcement] = announcements(world, number)
    everything = world.simulator.channel("#incidents").by_ts.values()
    return [each for each in everything if each.thread_ts == announcement.ts and each.is_reply]


def thread_texts(world: World, number: int) -> list[str]:
    return [world.person("ana").reads(each) for each in thread_of(world, number)]


def calls(world: World, method: str, **arguments: str) -> int:
    """How often the bot called a method with these arguments and Slack did it."""
    return sum(
        each.method == method and each.ok and arguments.items() <= each.args.items()
        for each in world.simulator.calls
    )


async def pages_made(world: World) -> int:
    """How many pages the bot has made since it started, as its metrics say."""
    lines = (await world.bot.metrics()).splitlines()
    made = next(each for each in lines if each.startswith('watchbill_pages_total{event="made"}'))
    return int(float(made.rsplit(" ", 1)[1]))


async def somebody_more_is_paged(world: World, at: datetime) -> None:
    """Move the clock to `at`, and wait until that has paged somebody."""
    before = await pages_made(world)
    await world.simulator.clock.advance(at - world.simulator.clock.now())
    await are_paged(world, before + 1)


async def are_paged(world: World, made: int) -> None:
    """Wait until the bot has made so many pages since it started."""
    async with asyncio.timeout(WITHIN * 2):
        for _ in itertools.count():
            if await pages_made(world) >= made:
                return
            await asyncio.sleep(0.05)  # another process: there is nothing of ours to wait on
