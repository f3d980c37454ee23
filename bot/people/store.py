"""What Slack last said a name stands for, so that a start needs no answer from Slack."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Column, String, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import UtcDateTime, insert, metadata

# "left": somebody Slack does not know (any more), by what the playbook calls them; there is no id then.
Kind = Literal["user", "channel", "self", "left"]

slack_names = Table(
    "slack_names",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("name", String(200), primary_key=True),  # an e-mail address or id, a channel's name
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
    result = await connection.execute(select(slack_names))
    return {(row.kind, row.name): row.slack_id for row in result}
