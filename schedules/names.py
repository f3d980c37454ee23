"""Asks Slack again who the playbook's people are."""

from bot.context import Context


async def refresh_names(context: Context) -> None:
    await context.directory.refresh()
