"""Two incidents that turn out to be one."""

import asyncio
from pathlib import Path

import pytest

from simulator import Acts
from tests.seeing import ODD, WITHIN, announcements
from tests.world import World
from tests.world import world as running_world


async def test_what_is_private_is_not_named_in_what_is_not(world: World, ana: Acts, dee: Acts) -> None:
    public = await world.declares(ana, "sev2 Everybody knows")
    private = await world.declares(ana, "sev2 private Nobody knows")
    open_room, closed_room = await world.room(public, WITHIN), await world.room(private, WITHIN)
    await ana.types(f"/incident merge INC-{public} INC-{private}")
    await dee.sees("merged into another incident, which is private", channel="#incidents", within=WITHIN)
    await ana.sees(f"INC-{public} was merged into this one", channel=closed_room, within=WITHIN)
    await world.bot.settled()
    for channel in ("#incidents", open_room):
        assert not any(f"INC-{private}" in ana.reads(each) for each in world.said(channel))
    answer = await dee.types(f"/incident show INC-{public}")
    assert f"INC-{private}" not in str(answer.blocks)


async def test_a_private_one_disappears_into_a_public_one_unnamed(world: World, ana: Acts, dee: Acts) -> None:
    public = await world.declares(ana, "sev2 Everybody knows")
    private = await world.declares(ana, "sev2 private Nobody knows")
    open_room, closed_room = await world.room(public, WITHIN), await world.room(private, WITHIN)
    await ana.types(f"/incident merge INC-{private} INC-{public}")
    await ana.sees(f"merged into INC-{public}", channel=closed_room, within=WITHIN)
    await ana.sees("another incident was merged into this one", channel=open_room, within=WITHIN)
    await world.bot.settled()
    for channel in ("#incidents", open_room):
        assert not any(f"INC-{private}" in ana.reads(each) for each in world.said(channel))
    answer = await dee.types(f"/incident merge INC-{private} INC-{public}")
    assert f"There is no INC-{private}" in answer.text


@pytest.mark.postgres
async def test_merging_crosswise_at_once_waits_for_nobody(empty_postgres_url: str, tmp_path: Path) -> None:
    async with running_world(tmp_path, PLAYBOOK=str(ODD), DATABASE_URL=empty_postgres_url) as world:
        ana, bo = world.person("ana"), world.person("bo")
        for _ in range(5):
            first, second = await world.declares(ana, "sev3 One"), await world.declares(bo, "sev3 Other")
            answers = await asyncio.gather(
                ana.types(f"/incident merge INC-{first} INC-{second}"),
                bo.types(f"/incident merge INC-{second} INC-{first}"),
            )
            texts = sorted(answer.text for answer in answers)
            assert sum("is merged into" in text for text in texts) == 1, texts
            assert sum("was already merged" in text for text in texts) == 1, texts
        await world.simulator.until(lambda: announcements(world, first), WITHIN)
        assert "deadlock" not in world.bot.log
