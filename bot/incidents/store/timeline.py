"""The timeline and its marks: tables and queries."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ForeignKey,
    Integer,
    Row,
    RowMapping,
    String,
    Table,
    Text,
    UniqueConstraint,
    delete,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime, insert, metadata
from bot.incidents.model.incident import (
    Entry,
    EntryKind,
    Number,
    Source,
)
from bot.model import ChannelId, Ts, UserId

timeline = Table(
    "timeline",
    metadata,
    Column("incident", Integer, ForeignKey("incidents.number"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("by", String(32), nullable=False),
    Column("text", Text, nullable=False),
    Column("source_channel", String(32)),
    Column("source_ts", String(32)),
    Column("source_author", String(32)),
    Column("source_link", Text),
    Column("source_name", Text),
    # A message is in the timeline once, however often it is marked.
    UniqueConstraint("incident", "source_channel", "source_ts"),
)


# Who or what put a message into the timeline: "reaction:U02BO", "pin", "shortcut:U02BO". The entry goes when
# the last mark does.
marks = Table(
    "timeline_marks",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("ts", String(32), primary_key=True),
    Column("mark", String(80), primary_key=True),
    Column("incident", Integer, ForeignKey("incidents.number")),
)


async def add_entries(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    if entries:
        await connection.execute(timeline.insert(), [_entry_row(entry) for entry in entries])


async def entry(connection: AsyncConnection, number: Number, seq: int) -> Entry | None:
    query = select(timeline).where(timeline.c.incident == number, timeline.c.seq == seq)
    row = (await connection.execute(query)).first()
    return _entry(row) if row else None


async def entries_of(connection: AsyncConnection, number: Number, *kinds: EntryKind) -> list[Entry]:
    query = select(timeline).where(timeline.c.incident == number, timeline.c.kind.in_(kinds))
    return [_entry(row) for row in await connection.execute(query.order_by(timeline.c.seq))]


async def entry_of(connection: AsyncConnection, number: Number, channel: ChannelId, ts: Ts) -> Entry | None:
    """The entry taken from this message, if it is in the timeline."""
    query = select(timeline).where(
        timeline.c.incident == number, timeline.c.source_channel == channel, timeline.c.source_ts == ts
    )
    row = (await connection.execute(query)).first()
    return _entry(row) if row else None


async def save_entry(connection: AsyncConnection, changed: Entry) -> None:
    await connection.execute(
        update(timeline)
        .where(timeline.c.incident == changed.incident, timeline.c.seq == changed.seq)
        .values(_entry_row(changed))
    )


async def remove_entry(connection: AsyncConnection, number: Number, seq: int) -> None:
    await connection.execute(delete(timeline).where(timeline.c.incident == number, timeline.c.seq == seq))


async def entries(connection: AsyncConnection, number: Number, newest: int | None = None) -> list[Entry]:
    """The timeline, oldest first; `newest`: only that many of its end."""
    query = select(timeline).where(timeline.c.incident == number)
    if newest is None:
        result = await connection.execute(query.order_by(timeline.c.at, timeline.c.seq))
        return [_entry(row) for row in result]
    result = await connection.execute(
        query.order_by(timeline.c.at.desc(), timeline.c.seq.desc()).limit(newest)
    )
    return [_entry(row) for row in result][::-1]


async def add_mark(
    connection: AsyncConnection, channel: ChannelId, ts: Ts, mark: str, number: Number | None
) -> None:
    """`number` is None until it is known which incident's thread the message is in."""
    values = {"channel": channel, "ts": ts, "mark": mark, "incident": number}
    await connection.execute(insert(connection, marks).values(values).on_conflict_do_nothing())


async def remove_mark(connection: AsyncConnection, channel: ChannelId, ts: Ts, mark: str) -> None:
    await connection.execute(
        delete(marks).where(marks.c.channel == channel, marks.c.ts == ts, marks.c.mark == mark)
    )


async def marks_of(connection: AsyncConnection, channel: ChannelId, ts: Ts) -> list[str]:
    query = select(marks.c.mark).where(marks.c.channel == channel, marks.c.ts == ts).order_by(marks.c.mark)
    return list((await connection.execute(query)).scalars())


async def hold_marks(connection: AsyncConnection, channel: ChannelId, ts: Ts) -> bool:
    """Whether it has marks; nobody takes them back until this transaction ends."""
    query = select(marks.c.mark).where(marks.c.channel == channel, marks.c.ts == ts).with_for_update()
    return (await connection.execute(query)).first() is not None


async def entry_from(connection: AsyncConnection, channel: ChannelId, ts: Ts) -> Entry | None:
    """The entry taken from this message, whichever incident's it is."""
    query = select(timeline).where(timeline.c.source_channel == channel, timeline.c.source_ts == ts)
    row = (await connection.execute(query)).first()
    return _entry(row) if row else None


def _entry_row(entry: Entry) -> dict[str, Any]:
    source = entry.source
    return {
        "incident": entry.incident,
        "seq": entry.seq,
        "at": entry.at,
        "kind": str(entry.kind),
        "by": entry.by,
        "text": entry.text,
        "source_channel": source.channel if source else None,
        "source_ts": source.ts if source else None,
        "source_author": source.author if source else None,
        "source_link": source.link if source else None,
        "source_name": source.name if source else None,
    }


def _entry(row: Row[Any]) -> Entry:
    columns: RowMapping = row._mapping
    source = None
    if columns["source_channel"] is not None:
        author = columns["source_author"]
        source = Source(
            ChannelId(columns["source_channel"]),
            Ts(columns["source_ts"]),
            UserId(author) if author else None,
            columns["source_link"],
            columns["source_name"],
        )
    return Entry(
        Number(columns["incident"]),
        columns["seq"],
        columns["at"],
        EntryKind(columns["kind"]),
        UserId(columns["by"]),
        columns["text"],
        source,
    )
