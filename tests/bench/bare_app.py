"""The reference: a Bolt app with stock settings that does nothing but acknowledge."""

import asyncio
import os

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def main() -> None:
    url = os.environ["SLACK_API_URL"]
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=url)
    app = AsyncApp(client=client)

    @app.command("/incident")
    async def acknowledge(ack: AsyncAck) -> None:
        await ack("ok")

    handler = AsyncSocketModeHandler(
        app, os.environ["SLACK_APP_TOKEN"], web_client=AsyncWebClient(base_url=url)
    )
    await handler.start_async()  # type: ignore[no-untyped-call]


asyncio.run(main())
