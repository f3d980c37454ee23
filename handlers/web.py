"""What the doors for browsers and machines have in common: time kept, and failures answered, not shown."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from bot import metrics
from bot.db import DatabaseError

log = structlog.get_logger()

# PagerDuty gives up after 5 s, people sooner.
ANSWER_WITHIN_S = 4.5

Answer = Callable[[web.Request], Awaitable[web.Response]]
Sorry = Callable[[int, str], web.Response]
"""An answer to a failure: an HTTP status and a sentence for whoever asked."""

NOT_SAVED = "The database did not answer; nothing was changed that is known of. Look again in a moment."
MISTAKE = (
    "Something went wrong here, and it is recorded. Try again; if it stays, tell whoever runs Watchbill."
)


def json_sorry(status: int, reason: str) -> web.Response:
    return web.json_response({"error": reason}, status=status)


def kept(name: str, answer: Answer, sorry: Sorry = json_sorry) -> Answer:
    """`answer` within `ANSWER_WITHIN_S`, counted and logged as a request of this name."""

    async def answered(request: web.Request) -> web.Response:
        started = time.perf_counter()
        response = None
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                response = await answer(request)
        except web.HTTPException as refusal:
            response = sorry(refusal.status, refusal.reason)
        except (TimeoutError, DatabaseError, OSError):
            log.exception("not_saved", request=name)
            response = sorry(503, NOT_SAVED)
        except Exception:  # the loop's edge: one request's mistake stays that request's
            log.exception("request_failed", request=name)
            response = sorry(500, MISTAKE)
        finally:
            seconds = time.perf_counter() - started
            metrics.ACKS.labels(name).observe(seconds)
            status = response.status if response is not None else None
            log.info("answered", request=name, status=status, seconds=round(seconds, 4))
        return response

    return answered
