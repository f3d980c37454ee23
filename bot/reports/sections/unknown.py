"""Asking sources that may be silent: what they do not answer is unknown, and said so."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.checks.asking import NOT_UNDERSTOOD
from bot.checks.sources import NoAnswerError
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.reports.model import Section, Verdict

Found = TypeVar("Found")

log = structlog.get_logger()

# A section has 25 seconds in all; a source that needs longer than this is not waited for.
ANSWER_WITHIN_S = 15.0
_SLACK = {
    "not_in_channel": "the bot is not in that channel: invite it",
    "channel_not_found": "there is no such channel, or the bot is not in it: invite it",
    "missing_scope": "the app lacks a scope, and `watchbill check` tells which",
}


async def or_unknown(name: str, title: str, made: Awaitable[Section], whom: str) -> Section:
    """The section, or one that says why nothing is known. `whom`: who is asked, as people call it."""
    found, why = await answered(made, whom)
    return found if found is not None else Section(name, title, Verdict.UNKNOWN, f"not known: {why}")


async def answered(made: Awaitable[Found], whom: str) -> tuple[Found | None, str]:
    """What was answered; or None, and why there is no answer."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return await made, ""
    except TimeoutError:
        return None, f"{whom} did not answer within {ANSWER_WITHIN_S:g} seconds"
    except NoAnswerError as silence:
        return None, str(silence)
    except Refused as refused:
        return None, _SLACK.get(refused.error, f"{whom} refused: {refused.error}")
    except (Away, Busy, Unclear):
        return None, f"{whom} did not answer"
    except NOT_UNDERSTOOD as error:
        # What was answered may be private: of the error only the type is told.
        log.warning("answer_not_understood", whom=whom, error=type(error).__name__)
        return None, f"{whom} answered something that is not understood here"
