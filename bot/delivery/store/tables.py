"""The outbox and the record of every attempt: tables."""

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    literal_column,
    text,
)

from bot.db import BigId, Json, UtcDateTime, metadata
from bot.delivery.model import State

# Written into the statement, not bound to it: SQLite uses a partial index only where it can see the words.
PENDING: ColumnElement[str] = literal_column(f"'{State.PENDING}'")
LEASED: ColumnElement[str] = literal_column(f"'{State.LEASED}'")
ACTIVE = (PENDING, LEASED)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("lane", String(200), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("kind", String(80), nullable=False),
    Column("key", String(200)),
    Column("payload", Json, nullable=False),
    Column("not_before", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("lease_until", UtcDateTime),
    Column("lease_owner", String(80)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("uncertain", Boolean, nullable=False, default=False),
    Column("error", Text),
    Column("request_id", String(200)),
    Column("made_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
    sqlite_autoincrement=True,
)
_PENDING_KEY = text("state = 'pending' AND key IS NOT NULL")
_ACTIVE = text("state IN ('pending', 'leased')")
_LEASED = text("state = 'leased'")
# One pending effect per key: the database keeps the promise, not the code.
Index(
    "uq_outbox_pending_key",
    outbox.c.key,
    unique=True,
    sqlite_where=_PENDING_KEY,
    postgresql_where=_PENDING_KEY,
)
Index(
    "ix_outbox_lane_active",
    outbox.c.lane,
    outbox.c.id,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)
Index(
    "ix_outbox_key_leased",
    outbox.c.key,
    sqlite_where=_LEASED,
    postgresql_where=_LEASED,
)
Index(
    "ix_outbox_due",
    outbox.c.priority,
    outbox.c.not_before,
    outbox.c.id,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)

attempts = Table(
    "delivery_attempts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("effect", BigId, ForeignKey("outbox.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
)
