"""What can be asked. Each takes what was given and gives what is to be said; a new one is a line in ASKS."""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from pydantic import TypeAdapter

from bot.calls import service as calls
from bot.calls.model import Call, parse_ref
from bot.errors import UserError
from bot.incidents.model.incident import Incident, Number
from bot.incidents.service import changes, why
from bot.incidents.service.work import AlreadyCarriedOut
from bot.model import Act, outside_name, outsider
from bot.mrkdwn import plain
from bot.oncall import store as oncall
from bot.oncall.model import Override
from bot.paging.model import PageId
from bot.paging.why import Voice
from bot.reports.asked import on_request
from bot.reports.formats import FORMATS
from bot.reports.making import Maker

Given = Mapping[str, str]
Ask = Callable[[Maker, Given, str], Awaitable[str]]
"""What to ask with, what was given by name, and an id that stays the same when the request is repeated.

Returns the answer in plain words. Raises UserError.
"""

COVERS: TypeAdapter[list[Override]] = TypeAdapter(list[Override])

_INCIDENT = re.compile(r"(?:inc[-_ ]?|#)(\d{1,9})", re.IGNORECASE)
_PAGE = re.compile(r"(?:page:?)?(\d{1,18})", re.IGNORECASE)


async def acknowledge(maker: Maker, given: Given, request: str) -> str:
    """`what`: INC-42, CALL-7, or the number of a page; `as`: a name of the playbook."""
    context = maker.context
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
        elif (call := parse_ref(what.upper())) is not None:
            done = await calls.acknowledge(context, call, act)
        elif page := _PAGE.fullmatch(what):
            done = await changes.acknowledge_page(context, PageId(int(page.group(1))), act)
        else:
            raise UserError(
                f"{what or 'Nothing'} is neither an incident (INC-42), nor a call (CALL-7), nor a page (17)."
            )
    except AlreadyCarriedOut:
        return "That was done already."
    return f"{done.name} is acknowledged by {name}: {done.title}"


async def explain(maker: Maker, given: Given, _: str) -> str:
    """`what`: INC-42, CALL-7, or the number of a page: why somebody was paged, or nobody was."""
    context, what = maker.context, given.get("what", "").strip()
    shown = context.directory.name_of
    voice = Voice(
        at=lambda at: f"{at:%Y-%m-%d %H:%M:%S} UTC",
        person=str,
        user=lambda user: shown(user) or outside_name(user) or user,
        said=str,
    )
    if incident := _INCIDENT.fullmatch(what):
        told = await why.of_incident(context, Number(int(incident.group(1))), None, voice)
    elif (call := parse_ref(what.upper())) is not None:
        told = await why.of_call(context, call, voice)
    elif page := _PAGE.fullmatch(what):
        told = await why.of_page(context, PageId(int(page.group(1))), None, voice)
    else:
        raise UserError(
            f"{what or 'Nothing'} is neither an incident (INC-42), nor a call (CALL-7), nor a page (17)."
        )
    # What stands in the timeline is written for Slack.
    return "\n\n".join("\n  ".join(plain(line, shown) for line in part) for part in told.parts)


async def covers(maker: Maker, given: Given, _: str) -> str:
    """`schedule`; `after`: an instant. Every cover that bears on it from then on, as COVERS reads them."""
    after = datetime.fromisoformat(given["after"])
    async with maker.context.queue.database.read() as connection:
        found = await oncall.overrides(connection, given["schedule"], after)
    return COVERS.dump_json(found).decode()


async def report(maker: Maker, given: Given, _: str) -> str:
    """`name`: of a report; `period`: 2026-W46, 2026-10 or nothing for up to now; `format`: of `FORMATS`."""
    form = FORMATS.get(given.get("format", "md"))
    if form is None:
        raise UserError(f"There is no format {given['format']}. There are: {', '.join(FORMATS)}.")
    return form(await on_request(maker, given.get("name", ""), given.get("period", "")))


ASKS: Mapping[str, Ask] = {"ack": acknowledge, "why": explain, "report": report, "covers": covers}
# How long the answer may take, in seconds; of the others, ANSWER_WITHIN_S in bot/operator/client.py.
PATIENCE: Mapping[str, float] = {"report": 40.0}
