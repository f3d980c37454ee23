"""Everything that can go wrong on demand."""

import asyncio
import time

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Call, Simulator

LOST = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)


def posted(sim: Simulator) -> list[str]:
    return [message.text for message in sim.person("ana").direct_messages()]


async def test_latency_makes_calls_wait(sim: Simulator, client: AsyncWebClient) -> None:
    sim.faults.latency(1.0, ["auth.test"])
    started = time.monotonic()
    await client.api_test()
    assert time.monotonic() - started < 1.0
    await client.auth_test()
    assert time.monotonic() - started >= 1.0


async def test_in_an_outage_nothing_is_performed_and_sockets_are_cut(
    sim: Simulator, client: AsyncWebClient, connected: AsyncApp
) -> None:
    sim.faults.outage()
    with pytest.raises(LOST):
        await client.chat_postMessage(channel="U01ANA", text="x")
    assert not sim.bot_connected
    sim.faults.clear()
    await client.chat_postMessage(channel="U01ANA", text="y")
    assert posted(sim) == ["y"]


async def test_an_outage_can_leave_the_sockets_alone(
    sim: Simulator, client: AsyncWebClient, connected: AsyncApp
) -> None:
    sim.faults.outage(sockets=False)
    with pytest.raises(LOST):
        await client.auth_test()
    assert sim.bot_connected


async def test_unavailable_is_503(sim: Simulator, client: AsyncWebClient) -> None:
    sim.faults.unavailable()
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="U01ANA", text="x")
    assert caught.value.response.status_code == 503
    assert posted(sim) == []


async def test_a_hanging_call_is_never_performed(sim: Simulator, client: AsyncWebClient) -> None:
    sim.faults.hang()
    call = asyncio.ensure_future(client.chat_postMessage(channel="U01ANA", text="x"))
    await sim.until(lambda: sim.calls)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.shield(call), 0.05)
    sim.faults.clear()
    with pytest.raises(LOST):
        await call
    assert posted(sim) == []


async def test_every_third_answer_is_lost_after_the_deed(sim: Simulator, client: AsyncWebClient) -> None:
    sim.faults.lose_answers(every=3)
    for number in range(2):
        await client.chat_postMessage(channel="U01ANA", text=str(number))
    with pytest.raises(LOST):
        await client.chat_postMessage(channel="U01ANA", text="2")
    assert posted(sim) == ["0", "1", "2"]
    assert sim.calls[-1].phase == "lost"


async def test_everything_can_be_answered_429(sim: Simulator, client: AsyncWebClient) -> None:
    sim.faults.rate_limit(retry_after=30)
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "30"


async def test_one_method_can_be_refused(sim: Simulator, client: AsyncWebClient) -> None:
    sim.faults.refuse("conversations.create", "restricted_action")
    with pytest.raises(SlackApiError, match="restricted_action"):
        await client.conversations_create(name="inc-1")
    sim.faults.clear()
    await client.conversations_create(name="inc-1")


async def test_calls_can_be_intercepted_before_and_after(sim: Simulator, client: AsyncWebClient) -> None:
    phases: list[tuple[str, int]] = []

    async def watch(call: Call, phase: str) -> str | None:
        phases.append((phase, len(posted(sim))))
        return "drop" if call.args["text"] == phase else None

    sim.faults.intercept(watch)
    await client.chat_postMessage(channel="U01ANA", text="x")
    assert phases == [("before", 0), ("after", 1)]
    for text in ("before", "after"):
        with pytest.raises(LOST):
            await client.chat_postMessage(channel="U01ANA", text=text)
    assert posted(sim) == ["x", "after"]


async def test_it_closes_at_once_with_everything_hanging() -> None:
    sim = Simulator(limits=False)
    await sim.start()
    env = sim.bot_env()
    client = AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"], retry_handlers=[])
    async with aiohttp.ClientSession() as session:
        stream = await session.get(sim.url + "/sim/events?as=U01ANA")
        clock = asyncio.ensure_future(session.get(sim.url + "/clock?after=1"))
        sim.faults.hang()
        hanging = asyncio.ensure_future(client.auth_test())
        await sim.until(lambda: sim.calls)
        await sim.person("ana").says("an event for nobody", channel="watchbill")

        started = time.monotonic()
        await sim.close()
        assert time.monotonic() - started < 5.0
        with pytest.raises(LOST):
            await hanging
        (await clock).close()
        stream.close()
