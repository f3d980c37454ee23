"""Where each message is, so that it is edited and not posted again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Row, String, Table, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime, insert, metadata
from bot.model import ChannelId, Ts

messages = Table(
    "messages",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("ts", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("shown_at", UtcDateTime, nullable=False),
)


@dataclass(frozen=True)
class Posted:
    """`digest` is of the content last shown: the same content is not sent again."""

    key: str
    channel: ChannelId
    ts: Ts
    digest: str


async def find(connection: AsyncConnection, key: str) -> Posted | None:
    row = (await connection.execute(select(messages).where(messages.c.key == key))).first()
    return _posted(row) if row else None


async def find_at(connection: AsyncConnection, channel: ChannelId, ts: Ts) -> Posted | None:
    query = select(messages).where(messages.c.channel == channel, messages.c.ts == ts)
    row = (await connection.execute(query)).first()
    return _posted(row) if row else None


async def any_in(connection: AsyncConnection, channel: ChannelId, pattern: str) -> bool:
    """Whether a message whose key is like `pattern` (% for anything) is in the channel."""
    query = select(messages.c.key).where(messages.c.channel == channel, messages.c.key.like(pattern)).limit(1)
    return (await connection.execute(query)).first() is not None


async def keep(connection: AsyncConnection, posted: Posted, now: datetime) -> None:
    """Remember where a message is and what it shows."""
    values = {
        "key": posted.key,
        "channel": posted.channel,
        "ts": posted.ts,
        "digest": posted.digest,
        "shown_at": now,
    }
    changed = {name: value for name, value in values.items() if name != "key"}
    await connection.execute(
        insert(connection, messages)
        .values(values)
        .on_conflict_do_update(index_elements=["key"], set_=changed)
    )


async def rename(connection: AsyncConnection, key: str, new: str) -> bool:
    """The message stands for something else from now on. False where there is none under `key`."""
    result = await connection.execute(update(messages).where(messages.c.key == key).values(key=new))
    return result.rowcount == 1


async def shown_at(connection: AsyncConnection, key: str) -> datetime | None:
    """When what it shows last changed."""
    at: datetime | None = await connection.scalar(select(messages.c.shown_at).where(messages.c.key == key))
    return at


async def forget(connection: AsyncConnection, key: str) -> None:
    await connection.execute(delete(messages).where(messages.c.key == key))


def _posted(row: Row[tuple[str, ...]]) -> Posted:
    return Posted(row.key, ChannelId(row.channel), Ts(row.ts), row.digest)
