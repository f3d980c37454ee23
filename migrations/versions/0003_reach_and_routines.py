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
    _notices()
    _job_runs()
    _checklists()
    _longest_due_first()
    _contacts()
    _cover_requests()
    _handoffs()
    _checks()
    _calls()
    _reports()
    _records()
    _followups()
    _budget_warnings()
    _reloads()
    _members()


def _notices() -> None:
    op.add_column("pages", sa.Column("room_name", sa.String(length=80), nullable=True))
    op.add_column("pages", sa.Column("reason", Json(), nullable=True))
    op.create_table(
        "notices",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("page", BIG_ID, nullable=False),
        sa.Column("method", sa.String(length=80), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("said", sa.Text(), server_default="", nullable=False),
        sa.Column("unclear", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["page"], ["pages.id"], name=op.f("fk_notices_page"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_page"), ["page"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_state"), ["state"], unique=False)
    # Pages from before there were notices: each went to Slack, or is still on its way there.
    op.execute(
        """
        INSERT INTO notices (page, method, made_at, due_at, held, state, tried_at, accepted_at)
        SELECT pages.id, 'slack', pages.made_at, pages.made_at, false,
               CASE WHEN messages.key IS NULL THEN 'waiting' ELSE 'accepted' END,
               messages.shown_at, messages.shown_at
        FROM pages LEFT JOIN messages ON messages.key = 'page:' || pages.id
        WHERE pages.state = 'open'
        """
    )


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
        sa.Column("outlived", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_troubles")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("troubles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_troubles_check"), ["check"], unique=False)


def _checklists() -> None:
    op.create_table(
        "checklist_runs",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("checklist", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=32), nullable=True),
        sa.Column("role", sa.String(length=80), nullable=True),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("incident", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("items", Json(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", sa.String(length=32), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=True),
        sa.Column("channel", sa.String(length=100), nullable=True),
        sa.Column("user_group", sa.String(length=100), nullable=True),
        sa.Column("people", Json(), nullable=False),
        sa.Column("prompted", Json(), nullable=False),
        sa.Column("remind_after", sa.Integer(), nullable=True),
        sa.Column("escalate_after", sa.Integer(), nullable=True),
        sa.Column("escalate_to", sa.String(length=200), nullable=True),
        sa.Column("audience", sa.String(length=200), nullable=True),
        sa.Column("escalated_to", Json(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.String(length=32), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_runs")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_checklist_runs_checklist", "checklist_runs", ["checklist", "started_at"])
    op.create_index(op.f("ix_checklist_runs_incident"), "checklist_runs", ["incident"])
    op.create_table(
        "checklist_answers",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("run", BIG_ID, nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("verb", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("incident", sa.Integer(), nullable=True),
        sa.Column("followup", BIG_ID, nullable=True),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run"],
            ["checklist_runs.id"],
            name=op.f("fk_checklist_answers_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_answers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_checklist_answers_run"), "checklist_answers", ["run"])
    counts = sa.text("taken_back_at IS NULL AND item >= 0")
    op.create_index(
        "uq_checklist_answers_item",
        "checklist_answers",
        ["run", "item"],
        unique=True,
        sqlite_where=counts,
        postgresql_where=counts,
    )
    op.create_table(
        "checklist_checks",
        sa.Column("run", BIG_ID, nullable=False),
        sa.Column("item", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("measured", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run"],
            ["checklist_runs.id"],
            name=op.f("fk_checklist_checks_run"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run", "item", name=op.f("pk_checklist_checks")),
    )


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("unheard", sa.Text(), nullable=False),
        sa.Column("acknowledged_by", sa.String(length=32), nullable=True),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sqlite_autoincrement=True,
    )


def _handoffs() -> None:
    op.create_table(
        "seen_watches",
        sa.Column("schedule", sa.String(length=200), nullable=False),
        sa.Column("people", Json(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=False),
        sa.Column("reminded", Json(), nullable=False),
        sa.PrimaryKeyConstraint("schedule", name=op.f("pk_seen_watches")),
    )
    op.create_table(
        "handoffs",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("schedule", sa.String(length=200), nullable=False),
        sa.Column("announce", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("outgoing", Json(), nullable=False),
        sa.Column("began", UtcDateTime(), nullable=False),
        sa.Column("ended", UtcDateTime(), nullable=False),
        sa.Column("incoming", Json(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("overlap", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked", Json(), nullable=False),
        sa.Column("words", Json(), nullable=False),
        sa.Column("parts", Json(), nullable=True),
        sa.Column("posted_at", UtcDateTime(), nullable=True),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("unheard_at", UtcDateTime(), nullable=True),
        sa.Column("taken_by", sa.String(length=32), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handoffs")),
        sqlite_autoincrement=True,
    )
    planned = sa.text("state = 'planned'")
    with op.batch_alter_table("handoffs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handoffs_schedule"), ["schedule"], unique=False)
        batch_op.create_index(
            "uq_handoffs_planned",
            ["schedule"],
            unique=True,
            sqlite_where=planned,
            postgresql_where=planned,
        )


def _reports() -> None:
    op.create_table(
        "reports",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("period", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("said", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("name", "period", "edition", name=op.f("uq_reports_name_period_edition")),
        sqlite_autoincrement=True,
    )


def _records() -> None:
    op.create_table(
        "records",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("of", sa.Float(), nullable=True),
        sa.Column("often", sa.String(length=20), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.Column("begins_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_records")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_records_kind", "records", ["kind", "at"])


def _budget_warnings() -> None:
    op.create_table(
        "budget_warnings",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("record", BIG_ID, nullable=False),
        sa.Column("budget", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"], ["records.id"], name=op.f("fk_budget_warnings_record"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("month", "mark", name=op.f("pk_budget_warnings")),
    )


def _followups() -> None:
    op.create_table(
        "followups",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("zone", sa.String(length=80), nullable=False),
        sa.Column("opened_by", sa.String(length=32), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("incident", sa.Integer(), nullable=True),
        sa.Column("run", BIG_ID, nullable=True),
        sa.Column("item", sa.Integer(), nullable=True),
        sa.Column("run_title", sa.Text(), nullable=False),
        sa.Column("told", Json(), nullable=False),
        sa.Column("done_by", sa.String(length=32), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_followups")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_followups_done_at", "followups", ["done_at"])


def _reloads() -> None:
    op.create_table(
        "reloads",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reloads")),
    )


def _members() -> None:
    op.add_column(
        "incident_members", sa.Column("told", sa.String(length=20), server_default="", nullable=False)
    )
