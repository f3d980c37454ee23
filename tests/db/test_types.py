from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import StatementError

from bot.db import BigId, Database, Json, UtcDateTime

METADATA = MetaData()
samples = Table(
    "odd_values",
    METADATA,
    Column("id", BigId, primary_key=True),
    Column("at", UtcDateTime),
    Column("value", Json),
)
INSTANTS = [
    datetime(1900, 1, 1, tzinfo=UTC),
    datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2026, 3, 29, 0, 59, 59, 999999, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    datetime(2026, 3, 29, 1, 0, 0, 1, tzinfo=UTC),
    datetime(2199, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
]
aware = st.datetimes(timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))))
ON_SQLITE, ON_POSTGRES = sqlite.dialect(), postgresql.dialect()  # type: ignore[no-untyped-call]


@pytest.fixture
async def tables(database: Database) -> Database:
    async with database.write() as connection:
        await connection.run_sync(METADATA.create_all)
    return database


async def test_instants_come_back_aware_exact_and_in_order(tables: Database) -> None:
    async with tables.write() as connection:
        await connection.execute(insert(samples), [{"at": each} for each in reversed(INSTANTS)])
    async with tables.read() as connection:
        found = (await connection.scalars(select(samples.c.at).order_by(samples.c.at))).all()
        later = (await connection.scalars(select(samples.c.at).where(samples.c.at > INSTANTS[3]))).all()
    assert found == INSTANTS
    assert {each.tzinfo for each in found} == {UTC}
    assert set(later) == set(INSTANTS[4:])


async def test_an_instant_given_in_another_zone_is_the_same_instant(tables: Database) -> None:
    given_in_nepal = datetime(2026, 1, 5, 9, 0, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    async with tables.write() as connection:
        await connection.execute(insert(samples).values(at=given_in_nepal))
        found = (await connection.scalars(select(samples.c.at))).one()
    assert found == given_in_nepal
    assert found.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(tables: Database) -> None:
    with pytest.raises(StatementError, match="instants are aware"):
        async with tables.write() as connection:
            await connection.execute(insert(samples).values(at=datetime(2026, 1, 5, 9, 0)))  # noqa: DTZ001


@pytest.mark.parametrize("value", [{}, [], "", "42", "null", 42, 1.5, True, False, {"ü": [None, "👩‍🚒"]}])
async def test_json_comes_back_as_it_was(tables: Database, value: object) -> None:
    async with tables.write() as connection:
        await connection.execute(insert(samples).values(value=value))
        assert (await connection.scalars(select(samples.c.value))).one() == value


async def test_no_value_is_null_on_both(tables: Database) -> None:
    async with tables.write() as connection:
        await connection.execute(insert(samples).values(at=None, value=None))
        row = (await connection.execute(select(samples).where(samples.c.value.is_(None)))).one()
    assert (row.at, row.value) == (None, None)


async def test_keys_count_up(tables: Database) -> None:
    async with tables.write() as connection:
        made = [(await connection.execute(insert(samples))).inserted_primary_key for _ in range(3)]
    assert [tuple(each or ()) for each in made] == [(1,), (2,), (3,)]


@given(aware, aware)
def test_what_sqlite_keeps_sorts_as_the_instants_do(one: datetime, other: datetime) -> None:
    kept = UtcDateTime().bind_processor(ON_SQLITE)
    back = UtcDateTime().result_processor(ON_SQLITE, None)
    assert kept
    assert back
    assert (kept(one) < kept(other)) == (one < other)
    assert back(kept(one)) == one


@given(aware)
def test_what_postgres_gets_is_the_same_instant(one: datetime) -> None:
    assert UtcDateTime().process_bind_param(one, ON_POSTGRES) == one
