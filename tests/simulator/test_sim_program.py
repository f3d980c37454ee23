"""python -m simulator as a program, with a bot as its child."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from simulator import Seed, Simulator
from simulator.seed import PersonSeed

ROOT = Path(__file__).parents[2]

BOT = """
import asyncio, os
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

async def main():
    web = AsyncWebClient(os.environ["SLACK_BOT_TOKEN"], base_url=os.environ["SLACK_API_URL"])
    handler = AsyncSocketModeHandler(AsyncApp(client=web), os.environ["SLACK_APP_TOKEN"], web_client=web)
    await handler.start_async()

asyncio.run(main())
"""


async def start(*command: str) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "--port", "0", *command, cwd=ROOT, stdout=PIPE, stderr=PIPE
    )


async def test_it_starts_the_bot_says_where_it_is_and_ends_with_it_on_ctrl_c(tmp_path: Path) -> None:
    script = tmp_path / "bot.py"
    script.write_text(BOT, encoding="utf-8")
    process = await start("--", sys.executable, str(script))
    assert process.stdout is not None
    said = b""
    while b"The bot is connected" not in said:
        line = await asyncio.wait_for(process.stdout.readline(), 10)
        assert line, "it ended before the bot was connected"
        said += line
    assert b"http://127.0.0.1:" in said
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    await process.communicate()


async def test_it_ends_when_the_bot_ends_and_with_its_status() -> None:
    process = await start(
        "--", sys.executable, "-c", "import os; os.environ['CLOCK_URL']; raise SystemExit(3)"
    )
    _, errors = await asyncio.wait_for(process.communicate(), 10)

    assert process.returncode == 3
    assert b"The bot ended with status 3." in errors


async def test_a_taken_port_or_a_wrong_seed_is_told_in_a_line(tmp_path: Path) -> None:
    seed = tmp_path / "seed.yaml"
    seed.write_text("poeple: [ana]\n", encoding="utf-8")
    process = await start("--seed", str(seed))
    _, errors = await asyncio.wait_for(process.communicate(), 10)

    assert process.returncode == 1
    assert b"unknown section 'poeple'" in errors
    assert b"Traceback" not in errors


async def test_a_workspace_is_seeded_from_yaml(tmp_path: Path) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(
        """
        team: {name: Umbrella, domain: umbrella, plan: free}
        people:
          - ana
          - {name: zoe, id: U9ZOE, tz: Asia/Tokyo, deleted: true}
        channels:
          - general
          - {name: "#ops", private: true, members: [ana], topic: Quiet}
        usergroups:
          - {handle: oncall, users: [ana]}
        """,
        encoding="utf-8",
    )
    async with Simulator(Seed.load(path)) as sim:
        assert sim.workspace.team.name == "Umbrella"
        assert sim.channel("ops").topic == "Quiet"
        assert sim.person("ana").can_see("ops")
        assert not sim.person("zoe").can_see("ops")
        assert sim.person("zoe").who.deleted


async def test_a_message_is_found_among_thousands() -> None:
    people = tuple(PersonSeed(f"p{number}") for number in range(200))
    async with Simulator(Seed(people=people), limits=False) as sim:
        writer = sim.person("p1")
        for number in range(5_000):
            await writer.says(f"message {number}")
        assert sim.person("p2").sees_now("message 4999") is not None
        assert sim.person("p2").sees_now("message 5000") is None


def test_a_clock_that_is_to_go_back_refuses() -> None:
    with pytest.raises(ValueError, match="only moves forward"):
        asyncio.run(Simulator().clock.advance(seconds=-1))


@pytest.mark.parametrize("is_wanted", [True, False])
async def test_the_bot_is_told_of_the_example_service_where_that_is_wanted(is_wanted: bool) -> None:
    says = (
        "from os import environ\n"
        "raise SystemExit(('SITE_URL' in environ) + 2 * ('example' in environ['SENTRY_URL']))"
    )
    options = ["--example"] if is_wanted else []
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "simulator", "--port", "0", *options, "--", sys.executable, "-c", says),
        cwd=ROOT,
        env={**os.environ, "SENTRY_URL": "https://sentry.test"},
        stdout=PIPE,
        stderr=PIPE,
    )
    await asyncio.wait_for(process.communicate(), 10)
    # Who says where Sentry is means it.
    assert process.returncode == int(is_wanted)
