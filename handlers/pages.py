"""The link in a page's e-mail or text message: a document with a button, which works while Slack is away.

Looking changes nothing: mail scanners and link previews look at every link there is.
"""

import uuid
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from bot.context import Context
from bot.errors import UserError
from bot.incidents.service import changes, queries
from bot.incidents.service.queries import Paged
from bot.incidents.service.work import AlreadyCarriedOut
from bot.model import Act, UserId, outside_name, outsider
from bot.paging.links import PATH, VALID_FOR, page_of
from bot.paging.model import Page
from bot.paging.webpage import ACKNOWLEDGE, CONTENT_SECURITY, DECLINE, Standing, notice, page_document
from handlers.web import kept

log = structlog.get_logger()

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "Cache-Control": "no-store",
    # The address is the proof: it must not travel on.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
}
NOTHING = "There is nothing here."


def routes(context: Context) -> list[web.RouteDef]:
    """Where pages are looked at and answered."""

    async def look(request: web.Request) -> web.Response:
        found = await _found(context, request)
        zone = _zone(context, found.page)
        return _html(page_document(found.page, _standing(context, found), zone, context.clock.now()))

    async def answer(request: web.Request) -> web.Response:
        page = (await _found(context, request)).page
        wanted = (await request.post()).get("do")
        act = Act(
            _person(context, page),
            context.clock.now(),
            f"link:{uuid.uuid4().hex}",
            via="by link",
            proven=True,
        )
        try:
            match wanted:
                case str() if wanted == ACKNOWLEDGE:
                    await changes.acknowledge_page(context, page.id, act)
                case str() if wanted == DECLINE:
                    await changes.decline_page(context, page.id, act)
                case _:
                    raise web.HTTPBadRequest(reason="Nothing that can be done with a page was asked for.")
        except (UserError, AlreadyCarriedOut) as nothing_to_do:
            # How things stand, which is shown next, says why.
            log.info("page_link_changed_nothing", page=page.id, reason=type(nothing_to_do).__name__)
        # Looking again by reloading must not answer again. Relative: a proxy may have put a path before ours.
        return web.Response(status=303, headers={**HEADERS, "Location": request.match_info["token"]})

    path = PATH + "{token}"
    return [
        web.get(path, kept("page_link", look, _sorry)),
        web.post(path, kept("page_link", answer, _sorry)),
    ]


def _html(document: str, status: int = 200) -> web.Response:
    return web.Response(
        text=document, status=status, content_type="text/html", charset="utf-8", headers=HEADERS
    )


def _sorry(status: int, reason: str) -> web.Response:
    title = "Not found" if status == 404 else "That did not work"
    return _html(notice(title, reason), status)


async def _found(context: Context, request: web.Request) -> Paged:
    """Raises HTTPNotFound, the same for a forged link, a stale one, and one of a page that is gone."""
    page = page_of(context.links, request.match_info["token"])
    found = await queries.paged(context, page) if page is not None else None
    if found is None or found.page.made_at + VALID_FOR < context.clock.now():
        raise web.HTTPNotFound(reason=NOTHING)
    return found


def _person(context: Context, page: Page) -> UserId:
    return page.user or context.directory.known_user(page.person) or outsider(page.person)


def _standing(context: Context, found: Paged) -> Standing:
    return Standing(
        answered_by=_name(context, found.page.answered_by),
        taken_by=_name(context, found.taken_by),
        taken_at=found.taken_at,
        over_at=found.over_at,
    )


def _name(context: Context, who: UserId | None) -> str | None:
    """As the playbook calls them: the document has no mentions."""
    if who is None:
        return None
    return outside_name(who) or context.directory.name_of(who) or "somebody who is not in the playbook"


def _zone(context: Context, page: Page) -> ZoneInfo:
    person = context.playbook.current.people.get(page.person)
    return ZoneInfo(person.timezone) if person and person.timezone else context.playbook.current.zone
