"""What probes answer is kept, and becomes troubles that people hear of, unless a silence holds them back."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.checks import queued, store
from bot.checks.model.figures import Sample
from bot.checks.model.result import Result, Verdict
from bot.checks.model.trouble import Patience, Step, Trouble, asks_for_incident, outlives, step
from bot.delivery.queue import Transaction
from bot.incidents import store as incidents
from bot.incidents.model.incident import Number
from bot.playbook import Playbook
from bot.playbook.checks import Check
from bot.silences import service as silences
from bot.silences.model import Held, Silence, last_to_end

Since = dict[str, datetime | None]
"""Since when each probe is not ok; None while it is."""


def patience(check: Check) -> Patience:
    return Patience(check.every or timedelta(0), check.lasting)


async def record(tx: Transaction, playbook: Playbook, results: Sequence[Result]) -> None:
    """Keep samples and what follows from them: a trouble that began, changed or ended is told."""
    connection = tx.connection
    await store.add_samples(connection, (Sample(r.check, r.at, r.verdict, r.value, r.took) for r in results))
    since: Since = dict(await store.bad_since(connection, {r.check for r in results}))
    in_order = sorted(results, key=lambda each: each.at)
    await _follow(tx, playbook, in_order, since)
    newest = {result.check: result for result in in_order}
    await store.keep_results(connection, [(result, since.get(name)) for name, result in newest.items()])


async def ask_again(tx: Transaction, playbook: Playbook, silence: Silence) -> None:
    """A silence is over: the probes of which it kept something back are asked at once.

    What was heard last may be hours old, and so may be the time at which they would be asked anyway.
    """
    held = [each.check for each in silence.held if each.until is None]
    tx.queue(*(queued.ask_again(name) for name in held if _is_probe(playbook, name)))


def _is_probe(playbook: Playbook, name: str) -> bool:
    check = playbook.checks.get(name)
    return check is not None and check.every is not None


async def _follow(tx: Transaction, playbook: Playbook, results: Sequence[Result], since: Since) -> None:
    """`results`, in order of time, change what is told, and `since`."""
    # Nearly always all is well and was: then nothing more has to be read.
    bad = {r.check for r in results if r.verdict is not Verdict.OK or since.get(r.check) is not None}
    if not bad:
        return
    last = await store.last_troubles(tx.connection, bad)
    quiet = {each.id: each for each in await silences.those_now(tx, playbook)}
    for result in results:
        check = playbook.checks.get(result.check)
        if result.check not in bad or check is None:
            continue
        taken = step(result, since.get(result.check), last.get(result.check), patience(check))
        since[result.check] = taken.bad_since
        covering = [each for each in quiet.values() if each.covers(result.check, check.service)]
        for each in covering if result.verdict is Verdict.OK else ():
            # That all is well again is no secret.
            quiet[each.id] = await silences.recovered(tx, each, result.check, result.at)
        keeping = last_to_end(covering) if result.verdict is not Verdict.OK else None
        if keeping is not None:
            quiet[keeping.id] = await _keep_back(tx, keeping, result, taken)
        elif taken.told is not None:
            last[result.check] = await _tell(tx, check, taken.told)
        elif (going_on := last.get(result.check)) is not None:
            last[result.check] = await _say_if_outliving(tx, going_on, result, check)


async def _keep_back(tx: Transaction, silence: Silence, result: Result, taken: Step) -> Silence:
    """Note what people would have been told."""
    if taken.told is None or taken.bad_since is None:
        return silence
    held = Held(result.check, str(result.verdict), result.evidence, taken.bad_since)
    return await silences.hold(tx, silence, held)


async def _say_if_outliving(tx: Transaction, trouble: Trouble, result: Result, check: Check) -> Trouble:
    """Say it, once, if it fails on although people ended its incident."""
    if trouble.incident is None or trouble.outlived or result.verdict is not Verdict.FAIL:
        return trouble
    incident = await incidents.find(tx.connection, Number(trouble.incident))
    if incident is None or incident.ended_at is None:
        return trouble
    if not outlives(trouble, incident.ended_at, result, patience(check)):
        return trouble
    tx.queue(queued.show_trouble(trouble))
    return await store.keep_trouble(tx.connection, replace(trouble, outlived=True))


async def _tell(tx: Transaction, check: Check, trouble: Trouble) -> Trouble:
    kept = await store.keep_trouble(tx.connection, trouble)
    tx.queue(queued.show_trouble(kept))
    if check.incident is not None and (asks_for_incident(kept) or kept.incident is not None):
        tx.queue(queued.tell_incident(kept))
    return kept


async def end_unwatched(tx: Transaction, playbook: Playbook) -> None:
    """Troubles of probes that the playbook no longer has are over, as far as anybody can know."""
    watched = {name for name, check in playbook.checks.items() if check.every is not None}
    for trouble in await store.open_troubles(tx.connection):
        if trouble.check not in watched:
            ended = replace(trouble, ended_at=tx.now, unwatched=True)
            tx.queue(queued.show_trouble(await store.keep_trouble(tx.connection, ended)))
    await store.forget_bad(tx.connection, watched)
