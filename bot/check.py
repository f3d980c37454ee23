"""`watchbill check`: whether everything is in place, and what to do about what is not."""

from collections.abc import Mapping
from typing import TextIO

from bot.settings import Settings


async def check(environ: Mapping[str, str], out: TextIO) -> int:
    Settings.load(environ)
    return 0
