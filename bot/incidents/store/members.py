"""Who is in an incident's room, and who was: for a private one, that is who may know of it."""

from collections.abc import Iterable

from sqlalchemy import Boolean, Column, ColumnElement, ForeignKey, Integer, Select, String, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.db import insert, metadata
from bot.incidents.model.incident import Incident, Number
from bot.model import Ts, UserId

members = Table(
    "incident_members",
    metadata,
    Column("incident", Integer, ForeignKey("incidents.number"), primary_key=True),
    Column("user", String(32), primary_key=True),
    # False for whoever was in the room and left it: they are not brought back unasked.
    Column("present", Boolean, nullable=False),
    # When Slack last said that they came or went, by its clock; empty: not yet.
    Column("told", String(20), server_default="", nullable=False),
)


async def may_see(connection: AsyncConnection, incident: Incident, viewer: UserId) -> bool:
    """Private incidents exist only for those in them."""
    if not incident.private:
        return True
    return (await connection.execute(_place(incident.number, viewer))).first() is not None


async def add_members(
    connection: AsyncConnection, number: Number, users: Iterable[UserId], *, also_left: bool = True
) -> None:
    """They may know of the incident from now on; `also_left`: even if they have left it."""
    rows = [{"incident": number, "user": each, "present": True} for each in sorted(set(users))]
    if rows:
        new, at = insert(connection, members), ["incident", "user"]
        again = new.on_conflict_do_update(index_elements=at, set_={"present": new.excluded.present})
        await connection.execute(again if also_left else new.on_conflict_do_nothing(index_elements=at), rows)


async def came_or_went(
    connection: AsyncConnection, number: Number, user: UserId, *, present: bool, told: Ts
) -> bool:
    """Slack says that they came, or left: then a private incident is gone for them.

    False where its word comes late: events arrive in any order, and again, and what it `told` last holds.
    """
    statement = insert(connection, members).values(
        {"incident": number, "user": user, "present": present, "told": told}
    )
    new = statement.excluded
    done = await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["incident", "user"],
            set_={"present": new.present, "told": new.told},
            where=members.c.told <= new.told,
        )
    )
    return done.rowcount > 0


async def left(connection: AsyncConnection, number: Number) -> set[UserId]:
    """Who was in the room and left it."""
    query = select(members.c.user).where(members.c.incident == number, members.c.present.is_(False))
    return {UserId(user) for user in (await connection.execute(query)).scalars()}


def is_member(number: ColumnElement[int], viewer: UserId) -> ColumnElement[bool]:
    """For a query: whether `viewer` is in the room of the incident in that column."""
    return _place(number, viewer).exists()


def _place(number: Number | ColumnElement[int], viewer: UserId) -> Select[str]:
    """The row of somebody who is in the room."""
    return select(members.c.user).where(
        members.c.incident == number, members.c.user == viewer, members.c.present
    )
