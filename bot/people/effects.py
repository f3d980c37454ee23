"""Looking people up."""

from bot.delivery.model import Leased
from bot.delivery.worker import Done, Perform
from bot.people.directory import Directory
from bot.people.model import LOOK_UP


def performers(directory: Directory) -> dict[str, Perform]:
    async def look_up(effect: Leased) -> Done:
        await directory.meet()
        return Done()

    return {LOOK_UP: look_up}
