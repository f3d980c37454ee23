"""What an operator has to go by: one log, health for machines, figures for Prometheus."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot import metrics
from tests.world import World
from tests.world import world as running_world


@pytest.fixture(scope="module")
async def told(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A world whose bot logs everything it can, as JSON, through one incident."""
    folder: Path = tmp_path_factory.mktemp("told")
    async with running_world(folder, start=False, LOG_LEVEL="debug", LOG_FORMAT="json") as found:
        await found.bot.start_as_command()
        ana, dee = found.person("ana"), found.person("dee")
        number = await found.declares(dee, "sev1 Checkout returns 500s service:checkout")
        await found.room(number)
        # An edit that two requests want is one edit, with the first one's id.
        await found.bot.settled()
        await ana.clicks("Acknowledge", message=await ana.sees(f"You are paged: INC-{number}"))
        await found.bot.settled()
        yield found


def lines(world: World, message: str) -> list[dict[str, Any]]:
    """The log's lines that say this; all of its lines are JSON."""
    every = [json.loads(line) for line in world.bot.log.splitlines()]
    return [line for line in every if line["message"] == message]


async def get(world: World, path: str) -> tuple[int, str, str]:
    """Status, content type and body."""
    async with aiohttp.ClientSession() as session, session.get(f"{world.bot.url}{path}") as answer:
        return answer.status, answer.content_type, await answer.text()


def values(text: str) -> dict[str, float]:
    """Prometheus' text format: sample → value."""
    samples = (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in samples}


async def test_everything_that_follows_from_a_request_carries_its_id(told: World) -> None:
    # The first of each are those the world began with.
    asked, *_ = [line for line in lines(told, "answered") if line["request"] == "/incident"]
    clicked, *_ = [line for line in lines(told, "answered") if line["request"].startswith("page")]
    delivered = lines(told, "delivery")
    followed = {line["kind"] for line in delivered if line["request_id"] == asked["request_id"]}
    edited = {line["kind"] for line in delivered if line["request_id"] == clicked["request_id"]}

    assert asked["request_id"].startswith("command:")
    assert asked["seconds"] < 3
    assert {"incident.room", "incident.card", "incident.announcement", "page.show"} <= followed
    assert "page.show" in edited
    assert all(line["lane"] and line["outcome"] for line in delivered)


async def test_no_secret_is_in_the_log_not_even_when_everything_goes_wrong(told: World) -> None:
    sim, dee = told.simulator, told.person("dee")
    faults = sim.faults
    try:
        troubles: tuple[Callable[[], None], ...] = (
            lambda: faults.outage(sockets=False),
            faults.lose_answers,
            faults.unavailable,
        )
        for fault in troubles:
            fault()
            await told.declares(dee, "sev2 Search is slow")
            await told.bot.until(lambda state: state["backlog"] > 0)
            faults.clear()
    finally:
        faults.clear()
    faults.disconnect(None)
    await told.bot.settled(within=60)
    await told.bot.until(lambda state: bool(state["ready"]), within=60)

    env, log = sim.bot_env(), told.bot.log
    assert "slack_call" in log, "it says much"
    for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"):
        assert env[name] not in log
    assert "ticket=" not in log.replace("ticket=[redacted]", "")
    assert "Search is slow" not in log, "what people write stays among them"


async def test_a_running_bot_is_alive_and_ready(told: World) -> None:
    await told.bot.settled()

    assert await get(told, "/healthz") == (200, "application/json", '{"alive": true}')
    status, kind, body = await get(told, "/readyz")
    assert (status, kind) == (200, "application/json")
    said = json.loads(body)
    assert datetime.fromisoformat(said.pop("now")) <= told.simulator.clock.now()
    # The reminder of the update that is due for the incident.
    assert datetime.fromisoformat(said.pop("next_at")) > told.simulator.clock.now()
    assert said == {"ready": True, "database": True, "slack": True, "backlog": 0, "oldest_seconds": 0.0}


async def test_metrics_tell_of_answers_deliveries_pages_and_connections(told: World) -> None:
    await told.bot.until(lambda state: bool(state["ready"]))
    status, kind, body = await get(told, "/metrics")
    found = values(body)

    assert (status, kind) == (200, "text/plain")
    assert found['watchbill_ack_seconds_count{request="/incident"}'] >= 1
    assert found['watchbill_ack_seconds_bucket{le="3.0",request="/incident"}'] >= 1
    assert found['watchbill_deliveries_total{kind="incident.card",outcome="done"}'] >= 1
    assert found['watchbill_slack_calls_total{method="chat.postMessage",result="ok"}'] >= 1
    assert found['watchbill_pages_total{event="made"}'] >= 2
    assert found['watchbill_pages_total{event="sent"}'] >= 2
    assert found['watchbill_pages_total{event="acknowledged"}'] >= 1
    assert found["watchbill_backlog"] == 0
    assert "watchbill_sockets" in found


async def test_every_metric_is_there_from_the_start_under_the_name_the_code_gives_it(told: World) -> None:
    _, _, body = await get(told, "/metrics")
    named = {each._name for each in vars(metrics).values() if hasattr(each, "_name")}

    assert {name for name in named if f"# HELP {name}" in body} == named


async def test_slack_gone_is_told_to_machines_while_the_process_is_alive(told: World) -> None:
    told.simulator.faults.outage()
    try:
        await told.bot.until(lambda state: not state["slack"], within=90)
        status, _, body = await get(told, "/readyz")

        assert status == 503
        assert json.loads(body)["database"] is True
        assert (await get(told, "/healthz"))[0] == 200
    finally:
        told.simulator.faults.clear()
    await told.bot.until(lambda state: bool(state["ready"]), within=60)
