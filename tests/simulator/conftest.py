"""A simulator, and the clients that judge it: slack_sdk and Bolt, which are not ours."""

from collections.abc import AsyncIterator

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from simulator import Simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A workspace without rate limits."""
    async with Simulator(limits=False) as simulator:
        yield simulator


@pytest.fixture
def client(sim: Simulator) -> AsyncWebClient:
    """The official client, as the bot, without its own retries."""
    env = sim.bot_env()
    return AsyncWebClient(env["SLACK_BOT_TOKEN"], base_url=env["SLACK_API_URL"], retry_handlers=[])


@pytest.fixture
def app(client: AsyncWebClient) -> AsyncApp:
    """A Bolt app to add listeners to; it is connected by `connected`."""
    return AsyncApp(client=client, process_before_response=True)


@pytest.fixture
async def connected(sim: Simulator, app: AsyncApp) -> AsyncIterator[AsyncApp]:
    """The Bolt app, connected over Socket Mode."""
    handler = AsyncSocketModeHandler(
        app,
        sim.bot_env()["SLACK_APP_TOKEN"],
        web_client=AsyncWebClient(base_url=sim.api_url, retry_handlers=[]),
    )
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await sim.until(lambda: sim.bot_connected)
    yield app
    await handler.close_async()  # type: ignore[no-untyped-call]
