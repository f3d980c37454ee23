"""reaching people, and the clock

A function for each noun, called in order by `upgrade`.
"""

import sqlalchemy as sa
from alembic import op

from bot.db.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _job_runs()
    _longest_due_first()


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
