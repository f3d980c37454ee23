"""What is posted and edited for a request for cover."""

from collections.abc import Callable

from bot.context import Context
from bot.delivery.model import Leased
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done, Perform
from bot.messages.show import Messages, Place
from bot.oncall import asking, store
from bot.oncall import request_cards as cards
from bot.oncall.queued import CONFIRM_COVER, REQUEST_EXPIRES, RETURN_COVER, SHOW_EXPIRED, SHOW_REQUEST
from bot.oncall.request import CoverRequest, RequestId
from bot.slack.blocks import Content

Card = Callable[[CoverRequest, str, cards.Shown], Content]


def performers(context: Context, messages: Messages) -> dict[str, Perform]:
    def showing(card: Card) -> Perform:
        async def show(effect: Leased) -> Done:
            request, person = await _request(context, effect), effect.payload["person"]
            place = await _place(context, request, person)
            key = f"{effect.kind}:{request.id}:{person}"
            return await messages.show(effect, key, place, card(request, person, context.directory.shown))

        return show

    async def expires(effect: Leased) -> Done:
        async def record(tx: Transaction) -> None:
            await asking.expire(context, tx, RequestId(effect.payload["request"]))

        return Done(record)

    return {
        SHOW_REQUEST: showing(_request_card),
        CONFIRM_COVER: showing(cards.confirmed),
        RETURN_COVER: showing(lambda request, _, shown: cards.given_back(request, shown)),
        SHOW_EXPIRED: showing(cards.expired),
        REQUEST_EXPIRES: expires,
    }


def _request_card(request: CoverRequest, person: str, shown: cards.Shown) -> Content:
    if person == request.person:
        return cards.for_the_asker(request, shown)
    return cards.for_the_asked(request, person, shown)


async def _request(context: Context, effect: Leased) -> CoverRequest:
    """The request as it is at this moment."""
    number = RequestId(effect.payload["request"])
    async with context.queue.database.read() as connection:
        found = await store.find_request(connection, number)
    if found is None:
        raise LookupError(f"effect {effect.id} is about request {number}, which is not there")
    return found


async def _place(context: Context, request: CoverRequest, person: str) -> Place:
    """Somebody's own conversation; for everybody, where the schedule announces its changes."""
    if person:
        return Place(await context.directory.user(person))
    playbook = context.playbook.current
    schedule = playbook.schedules.get(request.schedule)
    announce = schedule.announce if schedule is not None else None
    return Place(await context.directory.channel(announce or playbook.channels.alerts))
