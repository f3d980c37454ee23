"""Getting events, commands and interactions to the bot: over sockets, or over signed HTTP."""
