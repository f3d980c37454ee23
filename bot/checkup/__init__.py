"""`watchbill check`: whether everything is in place, and what to do about what is not."""

from bot.checkup.run import checkup

__all__ = ["checkup"]
