"""Slack's rate limits: the figures, and that time gives the calls back."""

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator
from simulator.limits import Limits


def burst(method: str, tier: int, channels: list[str]) -> int:
    """How many calls pass at one instant."""
    limits = Limits()
    return sum(limits.take(method, tier, channel, now=0.0) == 0 for channel in channels)


@pytest.mark.parametrize(("tier", "at_once"), [(1, 1), (2, 5), (3, 12), (4, 25), (0, 150)])
def test_a_quarter_of_a_minutes_figure_may_come_at_once(tier: int, at_once: int) -> None:
    assert burst("users.info", tier, ["C1"] * 500) == at_once


def test_a_channel_takes_four_messages_at_once_and_a_workspace_fifty() -> None:
    assert burst("chat.postMessage", 0, ["C1"] * 10) == 4
    assert burst("chat.postMessage", 0, [f"C{n}" for n in range(100)]) == 50


@pytest.mark.parametrize(("tier", "a_minute"), [(1, 1), (2, 20), (3, 50), (4, 100)])
def test_a_minute_gives_back_what_the_tier_says(tier: int, a_minute: int) -> None:
    limits = Limits()
    while limits.take("users.info", tier, "", now=0.0) == 0:
        pass

    passed = sum(limits.take("users.info", tier, "", now=second / 10) == 0 for second in range(601))

    assert passed in (a_minute, a_minute - 1)


def test_the_wait_is_told_in_whole_seconds_upwards() -> None:
    limits = Limits()
    for _ in range(5):
        assert limits.take("pins.add", 2, "", now=0.0) == 0
    assert limits.take("pins.add", 2, "", now=0.5) == 3
    assert limits.take("pins.add", 2, "", now=3.1) == 0


async def test_what_is_too_much_is_answered_429_until_the_clock_has_moved() -> None:
    async with Simulator() as sim:
        env = sim.bot_env()
        client = AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"], retry_handlers=[])
        for _ in range(4):
            await client.chat_postMessage(channel="U01ANA", text="x")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="U01ANA", text="x")
        answer = caught.value.response
        assert (answer.status_code, answer["error"]) == (429, "ratelimited")
        assert answer.headers["Retry-After"] == "1"
        assert len(sim.person("ana").direct_messages()) == 4

        await client.chat_postMessage(channel="U02BO", text="another channel has its own")
        await sim.clock.advance(seconds=1)
        await client.chat_postMessage(channel="U01ANA", text="x")


async def test_a_channel_has_one_limit_under_all_its_names() -> None:
    async with Simulator() as sim:
        env = sim.bot_env()
        client = AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"], retry_handlers=[])
        direct = (await client.conversations_open(users="U01ANA"))["channel"]["id"]
        for channel in ("U01ANA", direct, "U01ANA", direct):
            await client.chat_postMessage(channel=channel, text="x")
        with pytest.raises(SlackApiError, match="ratelimited"):
            await client.chat_postMessage(channel="U01ANA", text="x")
