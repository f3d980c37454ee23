"""The tables of checklists that were asked."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, text

from bot.db import BigId, Json, UtcDateTime, metadata

runs = Table(
    "checklist_runs",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("checklist", String(80), nullable=False),
    Column("about", String(32)),
    Column("role", String(80)),
    Column("day", Integer, nullable=False),
    Column("incident", Integer, index=True),
    Column("title", Text, nullable=False),
    Column("items", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("started_by", String(32), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    # When its prompt was first posted: later than it was begun, where Slack was away.
    Column("asked_at", UtcDateTime),
    Column("channel", String(100)),
    Column("user_group", String(100)),
    Column("people", Json, nullable=False),
    Column("prompted", Json, nullable=False),
    Column("remind_after", Integer),  # these two in seconds
    Column("escalate_after", Integer),
    Column("escalate_to", String(200)),
    Column("audience", String(200)),
    Column("escalated_to", Json),
    Column("done_at", UtcDateTime),
    Column("done_by", String(32)),
    Column("closed_at", UtcDateTime),
    Index("ix_checklist_runs_checklist", "checklist", "started_at"),
    sqlite_autoincrement=True,
)

_COUNTS = text("taken_back_at IS NULL AND item >= 0")
answers = Table(
    "checklist_answers",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("run", BigId, ForeignKey("checklist_runs.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("item", Integer, nullable=False),
    Column("verb", String(16), nullable=False),
    Column("by", String(32), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("incident", Integer),
    Column("followup", BigId),
    # What was answered first is kept, also where it was changed.
    Column("taken_back_at", UtcDateTime),
    # Two who answer at once: the database knows who was first.
    Index(
        "uq_checklist_answers_item",
        "run",
        "item",
        unique=True,
        sqlite_where=_COUNTS,
        postgresql_where=_COUNTS,
    ),
    sqlite_autoincrement=True,
)

checks = Table(
    "checklist_checks",
    metadata,
    Column("run", BigId, ForeignKey("checklist_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("item", Integer, primary_key=True, autoincrement=False),
    Column("verdict", String(16), nullable=False),
    Column("measured", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("link", Text),
    Column("at", UtcDateTime, nullable=False),
)
