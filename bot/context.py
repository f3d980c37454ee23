"""What every use case needs, passed as one value."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.delivery.queue import Queue
from bot.links import Links
from bot.people.directory import Directory
from bot.playbook import PlaybookFile


@dataclass(frozen=True)
class Context:
    queue: Queue
    playbook: PlaybookFile
    directory: Directory
    clock: Clock
    links: Links
