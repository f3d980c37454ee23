"""The watch as a calendar, by an address that only those know who were given it."""

import hashlib
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime

from aiohttp import web

from bot.context import Context
from bot.oncall.feed import PATH, SUFFIX
from bot.oncall.feeding import document
from handlers.web import kept

NOTHING = "There is no calendar at this address"


def routes(context: Context) -> list[web.RouteDef]:
    # When this process first saw what a calendar holds now, and its tag: from then on it can only be older.
    seen: dict[str, tuple[str, datetime]] = {}

    async def answer(request: web.Request) -> web.Response:
        token = request.match_info["token"].lower()
        found = await document(context, token)
        if found is None:
            raise web.HTTPNotFound(reason=NOTHING)
        tag = hashlib.sha256(found).hexdigest()[:32]
        if token not in seen or seen[token][0] != tag:
            seen[token] = (tag, context.clock.now().replace(microsecond=0))
        modified = seen[token][1]
        headers = {
            "ETag": f'"{tag}"',
            "Last-Modified": format_datetime(modified, usegmt=True),
            # Whoever keeps it asks whether it is still good: an hour-old watch may be the wrong one.
            "Cache-Control": "private, no-cache",
            "X-Robots-Tag": "noindex",
            "X-Content-Type-Options": "nosniff",
        }
        if _is_known(request, tag, modified):
            return web.Response(status=304, headers=headers)
        return web.Response(body=found, content_type="text/calendar", charset="utf-8", headers=headers)

    return [web.get(PATH + "{token}" + SUFFIX, kept("calendar", answer))]


def _is_known(request: web.Request, tag: str, modified: datetime) -> bool:
    """Whether the subscriber has it already; a tag counts before a date (RFC 9110, 13.2.2)."""
    tags = request.if_none_match
    if tags is not None:
        return any(each.value in (tag, "*") for each in tags)
    try:
        since = parsedate_to_datetime(request.headers.get("If-Modified-Since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and modified <= since
