"""Asking the same of many at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")


async def of_each(items: Sequence[Item], ask: Callable[[Item], Awaitable[Found]]) -> list[Found]:
    """What each gives, in order. Raises what the first to fail raises; then nobody is asked any more."""
    asked = [asyncio.ensure_future(ask(each)) for each in items]
    try:
        return list(await asyncio.gather(*asked))
    finally:
        for each in asked:
            each.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
