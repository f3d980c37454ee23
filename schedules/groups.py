"""Has user groups looked at every hour: somebody may have edited one."""

from bot.context import Context
from bot.oncall.groups import look_again


async def look_at_groups(context: Context) -> None:
    """Asked often, for the hour is one of the bot's clock, which may jump; nearly always it is not over."""
    await look_again(context)
