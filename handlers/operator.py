"""The door of the command line: what it asks is signed with LINK_SECRET, fresh, and answered once."""

import json
from datetime import UTC, datetime

from aiohttp import web

from bot.errors import UserError
from bot.mrkdwn import plain
from bot.operator.asks import ASKS
from bot.operator.client import PATH
from bot.operator.signing import NONCE, objection
from bot.reports.making import Maker
from handlers.web import kept


def routes(maker: Maker, secret: str) -> list[web.RouteDef]:
    """`maker`: what the bot has to ask with; `secret`: LINK_SECRET."""

    async def answer(request: web.Request) -> web.Response:
        name, body = request.match_info["name"], await request.read()
        # The machine's own clock on both sides: a simulated one may be weeks ahead.
        problem = objection(secret, name, body, request.headers, now=datetime.now(UTC))
        if problem is not None:
            raise web.HTTPUnauthorized(reason=problem)
        if name not in ASKS:
            raise web.HTTPNotFound(reason=f"This release cannot be asked for {name}")
        try:
            given = {str(key): str(value) for key, value in json.loads(body).items()}
        except (ValueError, AttributeError) as error:
            raise web.HTTPBadRequest(reason="A JSON object is needed") from error
        try:
            said = await ASKS[name](maker, given, request.headers[NONCE])
        except UserError as mistake:
            return web.json_response({"error": plain(str(mistake))}, status=409)
        return web.json_response({"said": said})

    return [web.post(PATH + "{name}", kept("operator", answer))]
