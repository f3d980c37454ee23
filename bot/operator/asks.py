"""What can be asked. Each takes what was given and gives what is to be said; a new one is a line in ASKS."""

import re
from collections.abc import Awaitable, Callable, Mapping

from bot.calls.model import Call
from bot.context import Context
from bot.errors import UserError
from bot.incidents.model.incident import Incident, Number
from bot.incidents.service import changes
from bot.incidents.service.work import AlreadyCarriedOut
from bot.model import Act, outsider
from bot.paging.model import PageId

Given = Mapping[str, str]
Ask = Callable[[Context, Given, str], Awaitable[str]]
"""The context, what was given by name, and an id that stays the same when the request is repeated.

Returns the answer in plain words. Raises UserError.
"""

_INCIDENT = re.compile(r"(?:inc[-_ ]?|#)(\d{1,9})", re.IGNORECASE)
_PAGE = re.compile(r"(?:page:?)?(\d{1,18})", re.IGNORECASE)


async def acknowledge(context: Context, given: Given, request: str) -> str:
    """`what`: INC-42, or the number of a page; `as`: a name of the playbook."""
    what, name = given.get("what", "").strip(), given.get("as", "").strip()
    people = context.playbook.current.people
    if name not in people:
        raise UserError(
            f"There is no {name or 'nobody'} in the playbook. It has: {', '.join(people) or 'nobody'}."
        )
    by = context.directory.known_user(name) or outsider(name)
    act = Act(by, context.clock.now(), f"operator:{request}", via="from the command line", proven=True)
    try:
        if incident := _INCIDENT.fullmatch(what):
            done: Incident | Call = await changes.acknowledge(context, Number(int(incident.group(1))), act)
        elif page := _PAGE.fullmatch(what):
            done = await changes.acknowledge_page(context, PageId(int(page.group(1))), act)
        else:
            raise UserError(f"{what or 'Nothing'} is neither an incident (INC-42) nor a page (17).")
    except AlreadyCarriedOut:
        return "That was done already."
    return f"{done.name} is acknowledged by {name}: {done.title}"


ASKS: Mapping[str, Ask] = {"ack": acknowledge}
