"""The reference: a bare client that posts what ten thousand pages would, and does nothing else."""

import asyncio
import itertools
import sys

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

MESSAGES, PEOPLE, AT_ONCE = 10_000, 200, 16


async def main(url: str, token: str) -> None:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=token, base_url=url, session=session, retry_handlers=[])
        numbers = itertools.count()

        async def hand() -> None:
            while (number := next(numbers)) < MESSAGES:
                metadata = {"event_type": "watchbill_message", "event_payload": {"id": f"page:{number}"}}
                await client.chat_postMessage(
                    channel=f"U0P{number % PEOPLE:04}",
                    text=f"You are paged: INC-{number} · sev1 · Checkout fails",
                    blocks=[{"type": "section", "text": {"type": "mrkdwn", "text": f"INC-{number}"}}],
                    metadata=metadata,
                )

        await asyncio.gather(*(hand() for _ in range(AT_ONCE)))


asyncio.run(main(*sys.argv[1:]))
