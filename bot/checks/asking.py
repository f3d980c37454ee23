"""Asking one check: its kind, its time limit, and what counts when nobody answers."""

import asyncio
import time

import structlog

from bot.checks.kinds import BY_NAME
from bot.checks.kinds.kind import Question
from bot.checks.model.result import Finding, Limits, Result, judged, span
from bot.checks.sources import NoAnswerError, Sources
from bot.clock import Clock
from bot.mrkdwn import clean
from bot.playbook import Playbook
from bot.playbook.check_fields import shown_address
from bot.playbook.checks import Check

log = structlog.get_logger()

# What an answer of an unexpected shape raises where it is taken apart.
NOT_UNDERSTOOD = (LookupError, TypeError, ValueError, AttributeError, OverflowError)


async def ask(playbook: Playbook, name: str, sources: Sources, clock: Clock) -> Result:
    """Ask the check `name` now. Raises KeyError where the playbook has none of that name."""
    check = playbook.checks[name]
    kind = BY_NAME[check.kind]
    limits = limits_of(check)
    now = clock.now()
    question = Question(check, limits if limits.given else kind.limits, now, _severities(playbook, check))
    within = check.timeout.total_seconds()
    started = time.perf_counter()
    try:
        async with asyncio.timeout(within):
            found = await kind.ask(check.options, question, sources)
    except TimeoutError:
        found = Finding(f"no answer within {span(within)}", kind.silence)
    except NoAnswerError as silence:
        found = Finding(str(silence), kind.silence)
    except NOT_UNDERSTOOD as error:
        # What was answered may be private: of the error only the type is told.
        log.warning("check_not_understood", check=name, kind=kind.name, error=type(error).__name__)
        found = Finding("answered something that is not understood here", kind.silence)
    took = time.perf_counter() - started
    # Whatever a program or a server says: no database takes every character of it.
    evidence = sources.redact(None, "", clean(found.evidence))
    link = shown_address(check.link) if check.link else found.link
    told = Finding(evidence, found.verdict, found.value, found.unit, link)
    return judged(name, told, question.limits, now, took)


def limits_of(check: Check) -> Limits:
    return Limits(check.warn_above, check.fail_above, check.warn_below, check.fail_below)


def _severities(playbook: Playbook, check: Check) -> frozenset[str]:
    if check.incidents is None:
        return frozenset()
    return frozenset(playbook.severity(word)[0] for word in check.incidents.severity)
