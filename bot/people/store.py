"""What Slack last said a name stands for, so that a start needs no answer from Slack."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import Column, String, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime, insert, metadata

# "left": somebody Slack does not know (any more), by what the playbook calls them, and an account that
# ended, by its id; no id stands beside either.
Kind = Literal["user", "channel", "self", "left"]
# User groups, by handle: asked of the database each time, for whichever replica listed them last knows best.
GROUP = "group"

slack_names = Table(
    "slack_names",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("name", String(200), primary_key=True),  # an e-mail address or id, a channel's name, a handle
    Column("slack_id", String(32), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)


async def keep(connection: AsyncConnection, kind: Kind, name: str, slack_id: str, now: datetime) -> None:
    values = {"kind": kind, "name": name, "slack_id": slack_id, "seen_at": now}
    await connection.execute(
        insert(connection, slack_names)
        .values(values)
        .on_conflict_do_update(index_elements=["kind", "name"], set_={"slack_id": slack_id, "seen_at": now})
    )


async def forget(connection: AsyncConnection, kind: Kind, name: str) -> None:
    await connection.execute(
        delete(slack_names).where(slack_names.c.kind == kind, slack_names.c.name == name)
    )


async def everything(connection: AsyncConnection) -> dict[tuple[Kind, str], str]:
    """What is kept in memory: people and channels."""
    result = await connection.execute(select(slack_names).where(slack_names.c.kind != GROUP))
    return {(row.kind, row.name): row.slack_id for row in result}


async def group(connection: AsyncConnection, handle: str) -> str | None:
    """The id of a user group when they were last listed; None where it was not among them."""
    query = select(slack_names.c.slack_id).where(slack_names.c.kind == GROUP, slack_names.c.name == handle)
    found: str | None = await connection.scalar(query)
    return found


async def keep_groups(connection: AsyncConnection, ids: Mapping[str, str], now: datetime) -> None:
    """The ids by handle as they were just listed; what is not among them is forgotten."""
    gone = slack_names.c.kind == GROUP, slack_names.c.name.not_in(list(ids))
    await connection.execute(delete(slack_names).where(*gone))
    if not ids:
        return
    rows = [
        {"kind": GROUP, "name": handle, "slack_id": slack_id, "seen_at": now}
        for handle, slack_id in sorted(ids.items())
    ]
    adding = insert(connection, slack_names)
    fresh = {"slack_id": adding.excluded.slack_id, "seen_at": now}
    await connection.execute(adding.on_conflict_do_update(index_elements=["kind", "name"], set_=fresh), rows)
