"""Writing an emergency into the database: as it happened, and once, however often it is tried."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clock import SystemClock
from bot.context import Context
from bot.db import Database
from bot.delivery.queue import Queue
from bot.delivery.store import outbox
from bot.emergency.model import (
    Acknowledged,
    Call,
    Declared,
    Emergency,
    Ended,
    Event,
    Paged,
    Unheard,
    following,
)
from bot.emergency.recording import acknowledge, record
from bot.emergency.roster import Roster
from bot.incidents import store
from bot.incidents.service.declare import Declare, declare
from bot.links import Links
from bot.messages import store as messages
from bot.model import Act, UserId
from bot.paging import store as pages
from bot.paging.model import PageState
from bot.paging.notice import NoticeState
from bot.people.directory import Directory
from bot.playbook import PlaybookFile
from bot.slack.gateway import Slack, make_client
from bot.slack.limits import Limits
from tests.emergency.test_emergency_files import NOW, story
from tests.scenarios.test_ladders import PLAYBOOK


@pytest.fixture
def context(database: Database, tmp_path: Path) -> Context:
    (tmp_path / "playbook.yaml").write_text(PLAYBOOK)
    clock, playbook = SystemClock(), PlaybookFile(tmp_path / "playbook.yaml", {})
    slack = Slack(make_client("xoxb-none", "http://127.0.0.1:9/api/"), Limits(), clock)
    directory = Directory(database, slack, playbook, clock)
    return Context(Queue(database, clock), playbook, directory, clock, Links(None, None))


def emergency(*more: Event) -> Emergency:
    events = [*story("one"), *more]
    assert isinstance(events[0], Declared)
    found = Emergency(events[0], (events[0],))
    for event in events[1:]:
        found = following(found, event)
    return found


async def test_what_happened_is_there_once_however_often_it_is_written(context: Context) -> None:
    answer = Acknowledged("one", NOW + timedelta(minutes=2), UserId("U01ANA"))
    number = await record(context, emergency(answer), Roster(NOW))
    assert await record(context, emergency(answer), Roster(NOW)) == number

    async with context.queue.database.read() as connection:
        incident = await store.find(connection, number)
        entries = await store.entries(connection, number)
        [page] = await pages.of_subject(connection, f"INC-{number}")
        [notice] = await pages.notices_of(connection, page.id)
        [climb] = await pages.climbs_of(connection, f"INC-{number}")
        posted = await messages.find(connection, page.key)
    assert incident is not None
    assert (incident.declared_at, incident.acknowledged_at) == (NOW, answer.at)
    assert [str(each.kind) for each in entries] == ["declared", "paged", "acknowledged", "note"]
    assert (page.state, page.made_at, page.answered_at) == (PageState.ACKNOWLEDGED, NOW, answer.at)
    assert (notice.state, notice.accepted_at) == (NoticeState.ACCEPTED, NOW)
    assert (climb.step, climb.due_at) == (1, None)
    assert posted is not None
    assert posted.ts == "1.2"


async def test_the_ladder_goes_on_at_its_time(context: Context) -> None:
    await record(context, emergency(), Roster(NOW))

    async with context.queue.database.read() as connection:
        due = [
            row.not_before
            for row in await connection.execute(select(outbox).where(outbox.c.kind == "page.climb"))
        ]
    assert due == [NOW + timedelta(minutes=5)]


async def test_a_declaration_that_was_saved_after_all_is_the_same_incident_and_page(context: Context) -> None:
    act = Act(UserId("U02BO"), NOW, "one")
    saved = await declare(context, Declare("sev1", story("one")[0].title, act))  # type: ignore[union-attr]
    async with context.queue.database.read() as connection:
        [made] = await pages.of_subject(connection, saved.name)

    assert await record(context, emergency(), Roster(NOW)) == saved.number

    async with context.queue.database.read() as connection:
        [page] = await pages.of_subject(connection, saved.name)
        posted = await messages.find(connection, page.key)
    assert page.id == made.id
    assert posted is not None
    assert posted.ts == "1.2"


async def test_who_was_refused_by_every_way_is_unreachable(context: Context) -> None:
    events = [each for each in story("one") if each.event != "shown"]
    refused = Ended("one", NOW, 1, "slack", error="user_not_found")
    assert isinstance(events[0], Declared)
    found = Emergency(events[0], (events[0],))
    for event in [*events[1:], refused]:
        found = following(found, event)
    number = await record(context, found, Roster(NOW))

    async with context.queue.database.read() as connection:
        [page] = await pages.of_subject(connection, f"INC-{number}")
    assert page.state is PageState.UNREACHABLE


async def test_an_answer_to_what_another_replica_holds_waits_for_it(context: Context) -> None:
    answer = Acknowledged("one", NOW + timedelta(minutes=2), UserId("U01ANA"))
    assert await acknowledge(context, answer) is None

    number = await record(context, emergency(), Roster(NOW))

    assert await acknowledge(context, replace(answer)) == number
    async with context.queue.database.read() as connection:
        incident = await store.find(connection, number)
        [page] = await pages.of_subject(connection, f"INC-{number}")
    assert incident is not None
    assert incident.acknowledged_at == answer.at
    assert page.state is PageState.ACKNOWLEDGED


async def test_two_things_that_happened_at_one_moment_are_both_there(context: Context) -> None:
    second = Call(2, "dee", UserId("U04DEE"), "on call for secondary")
    number = await record(
        context,
        emergency(
            Paged("one", NOW, UserId("U02BO"), (second,)),
            Unheard("one", NOW, "Nobody was paged for schedule:night"),
            Unheard("one", NOW, "Nobody was paged for schedule:day"),
        ),
        Roster(NOW),
    )

    async with context.queue.database.read() as connection:
        entries = await store.entries(connection, number)
        alarms = list(await connection.execute(select(outbox).where(outbox.c.kind == "incident.alarm")))
    assert [str(each.kind) for each in entries].count("paged") == 2
    assert [str(each.kind) for each in entries].count("unheard") == 2
    assert len(alarms) == 2


async def test_an_answer_given_elsewhere_takes_back_what_has_not_gone_out(context: Context) -> None:
    number = await record(context, replace(emergency(), shown={}), Roster(NOW))
    await acknowledge(context, Acknowledged("one", NOW + timedelta(minutes=2), UserId("U01ANA")))

    async with context.queue.database.read() as connection:
        [page] = await pages.of_subject(connection, f"INC-{number}")
        [notice] = await pages.notices_of(connection, page.id)
    assert notice.state is NoticeState.CALLED_OFF
