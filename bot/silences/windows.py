"""The maintenance windows of the playbook: when they are open, and the jobs that begin their silences."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.context import Context
from bot.delivery.queue import Transaction
from bot.jobs.model import Due
from bot.jobs.routine import Routine, times
from bot.model import WATCHBILL
from bot.playbook import Playbook
from bot.playbook.maintenance import Window
from bot.silences import queued, store
from bot.silences.model import Opening, Silence, SilenceId

PREFIX = "maintenance:"
_MICROSECOND = timedelta(microseconds=1)


def openings(playbook: Playbook, start: datetime, end: datetime) -> list[Opening]:
    """The times at which windows are open for a part of [start, end), the first to begin first."""
    found = [
        _opening(window, time.at)
        for window, routine in _planned(playbook)
        for time in times(routine, start - window.lasting + _MICROSECOND, end)
    ]
    return sorted(found, key=lambda each: (each.starts_at, each.window))


def _opening(window: Window, at: datetime) -> Opening:
    return Opening(window.name, tuple(window.silence), at, at + window.lasting)


def routines(playbook: Playbook) -> list[Routine]:
    """A job for each window that silences something."""
    return [routine for window, routine in _planned(playbook) if window.silence]


def _planned(playbook: Playbook) -> Iterator[tuple[Window, Routine]]:
    for window in playbook.maintenance.windows:
        zone = ZoneInfo(window.timezone) if window.timezone else playbook.zone
        # However late: what is left of the window is quiet.
        yield (
            window,
            Routine(f"{PREFIX}{window.name}", window.when, zone, window.lasting - _MICROSECOND, _begin),
        )


async def _begin(context: Context, tx: Transaction, due: Due) -> None:
    named = {f"{PREFIX}{window.name}": window for window in context.playbook.current.maintenance.windows}
    # The playbook may have been read again since the job fell due.
    if due.job in named:
        await _open(tx, _opening(named[due.job], due.at))


async def open_those_due(tx: Transaction, playbook: Playbook) -> None:
    """Begin the silences of windows that are open now, should their jobs not have come to it."""
    if not playbook.maintenance.windows:
        return
    for opening in openings(playbook, tx.now, tx.now + _MICROSECOND):
        await _open(tx, opening)


async def _open(tx: Transaction, opening: Opening) -> None:
    if not opening.names:
        return
    new = Silence(
        SilenceId(0), opening.names, opening.starts_at, opening.ends_at, WATCHBILL, window=opening.window
    )
    begun = await store.add(tx.connection, new)
    if begun is not None:
        # That it opens was known long before. Its message comes with the first thing it keeps back.
        tx.queue(queued.ends(begun))
