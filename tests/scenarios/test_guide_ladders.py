"""Nobody acknowledges, by the playbook of each operations guide: who hears what, and when."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.oncall.model import who
from bot.playbook import Playbook, PlaybookFile
from tests.world import ROOT, World
from tests.world import world as running_world

# Minutes after the declaration → whom; "!" is the alarm that there is nobody left to call.
Heard = dict[int, list[str]]
A = ["schedule:primary", "schedule:secondary"]
LADDERS: dict[str, dict[str, Heard]] = {
    "a-ongoing-operations": {
        "p1": {0: A, 5: ["dee"], 15: ["eli"], 20: A, 25: ["dee"], 35: ["eli"], 40: ["!"]},
        "p2": {0: ["schedule:primary"], 30: ["dee"], 45: ["eli"], 60: ["!"]},
        "p3": {},
    },
    "b-operations-template": {
        "p1": {
            0: ["schedule:on-call"],
            10: ["dee"],
            30: ["eli"],
            40: ["schedule:on-call"],
            50: ["dee"],
            70: ["eli"],
            80: ["!"],
        },
        "p2": {
            15: ["schedule:on-call"],
            25: ["dee"],
            45: ["eli"],
            55: ["schedule:on-call"],
            65: ["dee"],
            85: ["eli"],
            95: ["!"],
        },
        "p4": {},
    },
    "c-continuous-operations": {
        "sev1": {
            0: ["schedule:primary"],
            5: ["schedule:backup"],
            15: ["dee"],
            20: ["schedule:primary"],
            25: ["schedule:backup"],
            35: ["dee"],
            40: ["schedule:primary"],
            45: ["schedule:backup"],
            55: ["dee"],
            60: ["!"],
        },
        "sev2": {
            15: ["schedule:primary"],
            20: ["schedule:backup"],
            30: ["dee"],
            35: ["schedule:primary"],
            40: ["schedule:backup"],
            50: ["dee"],
            55: ["schedule:primary"],
            60: ["schedule:backup"],
            70: ["dee"],
            75: ["!"],
        },
        "sev3": {},
    },
    "d-platform-overview": {
        "p1": {
            0: ["schedule:primary"],
            10: ["schedule:secondary"],
            15: ["dee", "eli"],
            25: ["schedule:primary"],
            35: ["schedule:secondary"],
            40: ["dee", "eli"],
            50: ["!"],
        },
        "p2": {0: ["schedule:primary"], 60: ["schedule:secondary"], 90: ["dee", "eli"], 120: ["!"]},
        "p3": {},
    },
    "e-operations-guide": {
        "s1": {
            0: ["schedule:ops-core", "schedule:ops-core-secondary"],
            5: ["schedule:platform"],
            15: ["dee"],
            30: ["eli"],
            35: ["schedule:ops-core"],
            40: ["schedule:platform"],
            50: ["dee"],
            65: ["eli"],
            70: ["!"],
        },
        "s2": {
            0: ["schedule:ops-core"],
            5: ["schedule:platform"],
            15: ["dee"],
            30: ["eli"],
            35: ["schedule:ops-core"],
            40: ["schedule:platform"],
            50: ["dee"],
            65: ["eli"],
            70: ["!"],
        },
        "s4": {},
    },
}
# Every figure above is a multiple of it.
STEP = timedelta(minutes=5)


def test_every_guide_has_its_playbook() -> None:
    assert {each.stem for each in (ROOT / "playbooks").glob("*-*.yaml")} == LADDERS.keys()


@pytest.mark.parametrize("name", LADDERS)
async def test_nobody_acknowledges(name: str, tmp_path: Path) -> None:
    path = ROOT / "playbooks" / f"{name}.yaml"
    playbook = PlaybookFile(path, {}).current
    async with running_world(tmp_path, start=False, PLAYBOOK=str(path)) as world:
        # What the probes look at is well: they declare nothing of their own.
        world.bot.environment.update(world.simulator.example_env())
        await world.bot.start()
        ladders = LADDERS[name]
        began = world.simulator.clock.now()
        numbers = {
            severity: await world.declares(world.person("eli"), f"{severity} Nobody") for severity in ladders
        }
        await world.bot.settled(30)
        last = max(minute for heard in ladders.values() for minute in heard)
        for _ in range(last // 5 + 6):
            await world.simulator.clock.advance(minutes=5)
            await world.bot.settled(30)
        for severity, heard in ladders.items():
            expected = sorted(
                (minute, person)
                for minute, targets in heard.items()
                for target in targets
                for person in meant(playbook, target, began + timedelta(minutes=minute))
            )
            assert paged(world, numbers[severity], began) == expected, severity


def meant(playbook: Playbook, target: str, at: datetime) -> tuple[str, ...]:
    kind, _, name = target.rpartition(":")
    return who(playbook.rotation(name), at) if kind == "schedule" else (target,)


def paged(world: World, number: int, began: datetime) -> list[tuple[int, str]]:
    """Who was paged, at which minute; and the alarm."""
    heard = [
        (message, person)
        for person in ("ana", "bo", "chen", "dee", "eli")
        for message in world.person(person).direct_messages()
        if message.text.startswith(f"You are paged: INC-{number} ")
    ]
    alarms = [
        (message, "!")
        for message in world.said("#incidents")
        if f"here> :warning: INC-{number} " in message.text and "nobody left to call" in message.text
    ]
    return sorted((minute(message.ts, began), whom) for message, whom in [*heard, *alarms])


def minute(ts: str, began: datetime) -> int:
    """To the step: a machine under load is some seconds late."""
    return round((float(ts) - began.timestamp()) // 60 / 5) * 5
