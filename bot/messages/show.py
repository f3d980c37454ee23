"""Posting a message once and editing it ever after, whatever dies in between."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot.db import Database
from bot.delivery.errors import Refused
from bot.delivery.model import Effect, Leased, Priority
from bot.delivery.queue import Transaction
from bot.delivery.worker import Done
from bot.messages import posting, store
from bot.messages.posting import Place, digest_of
from bot.messages.store import Posted
from bot.model import ChannelId, Ts
from bot.slack.blocks import Content
from bot.slack.gateway import Slack

__all__ = ["Messages", "OnPosted", "Place"]

OnPosted = Callable[[Transaction, Posted], Awaitable[None]]


class Messages:
    """Shows content under a key: posts it the first time, edits it after."""

    def __init__(self, database: Database, slack: Slack) -> None:
        self._database = database
        self._slack = slack

    async def show(
        self,
        effect: Leased,
        key: str,
        place: Place,
        content: Content,
        on_posted: OnPosted | None = None,
        *,
        is_stale: bool = False,
    ) -> Done:
        """Make the message `key` show `content`.

        `on_posted` is written in the transaction that records a first post. `is_stale`: time has answered it,
        so it is edited where it is there, or turns out to be, and not posted any more. Raises what
        `Slack.call` raises.
        """
        async with self._database.read() as connection:
            posted = await store.find(connection, key)
        if posted is not None:
            edited = await self._edit(effect, posted, content)
            if edited is not None:
                return edited
        found: Posted | None = None
        if effect.uncertain:
            found = await self._look(effect, key, place)
            if found is None and effect.priority is Priority.COSMETIC:
                return Done(detail="dropped: it may have been posted, and it is not worth saying twice")
        if found is None and is_stale:
            return Done(detail="dropped: answered before it was posted")
        fresh = found or await self._post(effect, key, place, content)
        return _first(effect, fresh, on_posted, is_found=found is not None)

    async def remove(self, effect: Leased, key: str) -> Done:
        """Delete the message `key`, if it is still there."""
        async with self._database.read() as connection:
            posted = await store.find(connection, key)
        if posted is None:
            return Done(detail="nothing to remove")
        try:
            await self._slack.call("chat.delete", channel=posted.channel, ts=posted.ts)
        except Refused as refusal:
            if refusal.error not in ("message_not_found", "channel_not_found", "is_archived"):
                raise

        async def record(tx: Transaction) -> None:
            await store.forget(tx.connection, key)

        return Done(record)

    async def once_changed(
        self,
        effect: Leased,
        key: str,
        channel: ChannelId,
        text: str,
        change: Callable[[], Awaitable[object]],
        is_set: Callable[[], Awaitable[bool]] | None = None,
    ) -> Done:
        """Something that is set rather than posted, such as a topic: `change` it only if it is not `text`.

        `is_set` looks whether an attempt whose answer was lost did it; None: doing it again does no harm.
        """
        async with self._database.read() as connection:
            shown = await store.find(connection, key)
        fresh = Posted(key, channel, Ts(""), digest_of(Content(text)))
        # After a lost answer, what is shown may be newer than what is on record here.
        if shown is not None and shown.digest == fresh.digest and not effect.uncertain:
            return Done(detail="already set")
        if not (effect.uncertain and is_set is not None and await is_set()):
            await change()

        async def record(tx: Transaction) -> None:
            await store.keep(tx.connection, fresh, tx.now)

        return Done(record)

    async def _edit(self, effect: Leased, posted: Posted, content: Content) -> Done | None:
        """None: the message is gone, somebody deleted it."""
        digest = digest_of(content)
        # After a lost answer, what is shown may be newer than what is on record here.
        if posted.digest == digest and not effect.uncertain:
            return Done(detail="already shows this")
        try:
            await self._slack.call(
                "chat.update",
                urgent=effect.priority is Priority.PAGE,
                **posting.arguments(content, posted.channel),
                ts=posted.ts,
            )
        except Refused as refusal:
            if refusal.error == "message_not_found":
                return None
            raise

        async def record(tx: Transaction) -> None:
            await store.keep(tx.connection, replace(posted, digest=digest), tx.now)

        return Done(record, detail="edited")

    async def _post(self, effect: Leased, key: str, place: Place, content: Content) -> Posted:
        urgent = effect.priority is Priority.PAGE
        return await posting.post(self._slack, key, place, content, urgent=urgent)

    async def _look(self, effect: Leased, key: str, place: Place) -> Posted | None:
        """Find the message an earlier attempt may have posted.

        None where it is not there, or, for a page, where Slack will not let us look: a page twice is better
        than none.
        """
        try:
            urgent = effect.priority is Priority.PAGE
            return await posting.search(self._slack, key, place, effect.made_at, urgent=urgent)
        except Refused as refusal:
            if refusal.error == "not_in_channel":
                return None  # nor was the earlier attempt, so it said nothing there
            if effect.priority is Priority.COSMETIC or effect.priority is Priority.PAGE:
                return None
            raise


def _first(effect: Leased, fresh: Posted, on_posted: OnPosted | None, *, is_found: bool) -> Done:
    """The message is there for the first time as far as we know; `is_found`: an earlier attempt posted it."""

    async def record(tx: Transaction) -> None:
        await store.keep(tx.connection, fresh, tx.now)
        if on_posted is not None:
            await on_posted(tx, fresh)
        if is_found:
            # It may show an older state of things. An edit of its own, so that what was found is on
            # record whatever becomes of that.
            again = (effect.kind, effect.lane, effect.priority, effect.payload, effect.key)
            tx.queue(Effect(*again))

    return Done(record, detail=f"{fresh.channel} {fresh.ts}" + (" found" if is_found else ""))
