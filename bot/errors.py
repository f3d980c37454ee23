"""The two kinds of mistake that are answered with a sentence instead of a traceback."""


class UserError(Exception):
    """What a person asked for cannot be done.

    The message is one sentence in plain words, safe as mrkdwn: it is shown to that person alone and says
    what to do instead.
    """


class ConfigError(Exception):
    """Watchbill refuses to start. The message says what to fix, and never contains a secret."""
