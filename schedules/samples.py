"""Sums up what probes answered, and forgets what is old."""

from bot.checks import service
from bot.context import Context


async def keep_samples(context: Context) -> None:
    await service.sum_up(context)
    await service.forget(context)
