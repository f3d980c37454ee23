"""Messages the bot has posted, each under a key of its own: one fact, one message."""
