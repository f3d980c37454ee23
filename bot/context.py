"""What every use case needs, passed as one value."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.delivery.queue import Queue
from bot.errors import UserError
from bot.links import Links
from bot.model import UserId
from bot.people.directory import Directory
from bot.playbook import Permission, PlaybookFile


@dataclass(frozen=True)
class Context:
    queue: Queue
    playbook: PlaybookFile
    directory: Directory
    clock: Clock
    links: Links


def must_be(context: Context, user: UserId, role: Permission) -> None:
    """Raises UserError, naming who may, unless the playbook gives `user` the role."""
    playbook = context.playbook.current
    if not playbook.may(context.directory.name_of(user), role):
        holders = ", ".join(playbook.roles[role])
        raise UserError(f"This needs the role {role}, which you do not have. These do: {holders}.")
