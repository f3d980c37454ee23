"""Questions people ask about paging as a whole."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.contacts.service import chosen_rules, rule_of_playbook
from bot.contacts.working import Outcome, latest
from bot.context import Context
from bot.oncall.rota import Rota, time_on_call
from bot.oncall.service import covers, worked_out
from bot.paging import store
from bot.paging.gap import AHEAD, Gaps
from bot.paging.gaps import find, known
from bot.paging.load import Load, loads
from bot.paging.model import Page, PageState
from bot.paging.outcomes import outcomes


async def gaps(context: Context) -> Gaps:
    """What would keep a page from reaching somebody in the next 90 days."""
    playbook, now = context.playbook.current, context.clock.now()
    async with context.queue.database.read() as connection:
        what = await known(connection, playbook, now)
    on_duty = await worked_out(playbook, what.covers, now, now + AHEAD)
    return find(playbook, on_duty, what, context.directory.left())


async def last_of(context: Context, person: str) -> dict[str, Outcome]:
    """What came of each of a person's methods when it was last used."""
    async with context.queue.database.read() as connection:
        found = latest(await outcomes(connection, context.clock.now()))
    return {method: outcome for (whose, method), outcome in found.items() if whose == person}


async def load(context: Context, past: timedelta) -> list[Load]:
    """What the last while cost each person, the heaviest load first. Test pages are no pages."""
    now = context.clock.now()
    return (await load_between(context, now - past, now)).loads


@dataclass(frozen=True)
class Loads:
    """What a stretch of time cost each person, and the pages that make it up, oldest first."""

    loads: list[Load]
    pages: list[Page]


async def load_between(context: Context, start: datetime, end: datetime) -> Loads:
    """As `load`, over [start, end)."""
    playbook = context.playbook.current
    async with context.queue.database.read() as connection:
        pages = await store.made_between(connection, start, end)
        chosen = await chosen_rules(connection)
        stood_in = await covers(connection, playbook, start)
    on_duty = await worked_out(playbook, stood_in, start, end)
    # What reached nobody interrupted nobody.
    sent = [page for page in pages if page.state is not PageState.UNREACHABLE]
    paged: list[tuple[str, datetime]] = [(page.person, page.made_at) for page in sent]
    on_call = await asyncio.to_thread(_times, on_duty, list(playbook.people))
    found = loads(
        paged,
        on_call,
        lambda person: (chosen.get(person) or rule_of_playbook(playbook, person)).zone,
    )
    return Loads(found, sent)


def _times(on_duty: Rota, people: Iterable[str]) -> dict[str, timedelta]:
    return {person: time_on_call(on_duty, person) for person in people}
