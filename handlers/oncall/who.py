"""Whom somebody means, and who they are themselves."""

from bot.context import Context
from bot.errors import UserError
from bot.model import UserId


def own_name(context: Context, user: UserId) -> str:
    """The playbook's name of whoever asks. Raises UserError for somebody who is not in it."""
    name = context.directory.name_of(user)
    if name is None:
        raise UserError("You are not in the playbook, so you cannot be on call. Ask an admin to add you.")
    return name
