"""reaching people, and the clock

A function for each noun, called in order by `upgrade`.
"""

import sqlalchemy as sa
from alembic import op

from bot.db.types import Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _job_runs()
    _longest_due_first()
    _contacts()
    _cover_requests()
    _checks()


def _job_runs() -> None:
    op.create_table(
        "job_runs",
        sa.Column("job", sa.String(length=200), nullable=False),
        sa.Column("local_time", sa.String(length=16), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("job", "local_time", name=op.f("pk_job_runs")),
    )
    with op.batch_alter_table("job_runs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_runs_due_at"), ["due_at"], unique=False)
    op.create_table(
        "job_looks",
        sa.Column("job", sa.String(length=200), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("looked_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_looks")),
    )


def _longest_due_first() -> None:
    """Claims are made in the order of this index."""
    active = sa.text("state IN ('pending', 'leased')")
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["priority", "not_before", "id"],
        unique=False,
        sqlite_where=active,
        postgresql_where=active,
    )


def _contacts() -> None:
    op.create_table(
        "preferences",
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("rule", Json(), nullable=False),
        sa.Column("chosen_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_preferences")),
    )
    op.create_table(
        "trials",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("user", sa.String(length=32), nullable=False),
        sa.Column("method", sa.String(length=80), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trials")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("trials", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trials_person"), ["person"], unique=False)


def _cover_requests() -> None:
    op.create_table(
        "cover_requests",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("schedule", sa.String(length=200), nullable=False),
        sa.Column("start", UtcDateTime(), nullable=False),
        sa.Column("end", UtcDateTime(), nullable=False),
        sa.Column("person", sa.String(length=200), nullable=False),
        sa.Column("user", sa.String(length=32), nullable=False),
        sa.Column("asked", Json(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("taken_by", sa.String(length=200), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("cover", BIG_ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cover_requests")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("cover_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cover_requests_cover"), ["cover"], unique=False)
        batch_op.create_index(batch_op.f("ix_cover_requests_schedule"), ["schedule"], unique=False)


def _checks() -> None:
    op.create_table(
        "samples",
        sa.Column("check", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("took", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("check", "at", name=op.f("pk_samples")),
    )
    with op.batch_alter_table("samples", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_samples_at"), ["at"], unique=False)
    op.create_table(
        "sample_hours",
        sa.Column("check", sa.String(length=80), nullable=False),
        sa.Column("start", UtcDateTime(), nullable=False),
        sa.Column("ok", sa.Integer(), nullable=False),
        sa.Column("warn", sa.Integer(), nullable=False),
        sa.Column("fail", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Integer(), nullable=False),
        sa.Column("took", Json(), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.PrimaryKeyConstraint("check", "start", name=op.f("pk_sample_hours")),
    )
    with op.batch_alter_table("sample_hours", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_hours_start"), ["start"], unique=False)
    op.create_table(
        "probes",
        sa.Column("check", sa.String(length=80), nullable=False),
        sa.Column("slot", UtcDateTime(), nullable=False),
        sa.Column("bad_since", UtcDateTime(), nullable=True),
        sa.Column("result", Json(), nullable=True),
        sa.PrimaryKeyConstraint("check", name=op.f("pk_probes")),
    )
    op.create_table(
        "troubles",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("check", sa.String(length=80), nullable=False),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.Column("again_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("gravest", sa.String(length=8), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("measured", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("incident", sa.Integer(), nullable=True),
        sa.Column("unwatched", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_troubles")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("troubles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_troubles_check"), ["check"], unique=False)
