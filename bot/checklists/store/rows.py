"""From rows to runs, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.checklists.model import NO_ITEM, Answer, Checked, Item, Kind, Run, RunId, Scope, State, Verb
from bot.checklists.store.tables import answers, checks
from bot.model import UserId


async def read(connection: AsyncConnection, query: Any) -> list[Run]:
    rows = list(await connection.execute(query))
    ids = [row.id for row in rows]
    given: dict[int, list[Answer]] = {}
    counting = select(answers).where(answers.c.run.in_(ids), answers.c.taken_back_at.is_(None))
    for row in await connection.execute(counting.order_by(answers.c.id)):
        given.setdefault(row.run, []).append(_answer(row))
    found: dict[int, dict[int, Checked]] = {}
    for row in await connection.execute(select(checks).where(checks.c.run.in_(ids))):
        found.setdefault(row.run, {})[row.item] = _checked(row)
    return [_run(row, given.get(row.id, []), found.get(row.id, {})) for row in rows]


def _run(row: Row[Any], given: Sequence[Answer], found: Mapping[int, Checked]) -> Run:
    columns = row._mapping
    escalated_to = columns["escalated_to"]
    return Run(
        id=RunId(columns["id"]),
        scope=Scope(
            columns["checklist"], columns["about"], columns["role"], columns["day"], columns["incident"]
        ),
        title=columns["title"],
        items=tuple(_item(each) for each in columns["items"]),
        state=State(columns["state"]),
        started_at=columns["started_at"],
        started_by=UserId(columns["started_by"]),
        due_at=columns["due_at"],
        asked_at=columns["asked_at"],
        channel=columns["channel"],
        group=columns["user_group"],
        people=tuple(columns["people"]),
        prompted=tuple(columns["prompted"]),
        remind_after=_span(columns["remind_after"]),
        escalate_after=_span(columns["escalate_after"]),
        escalate_to=columns["escalate_to"],
        audience=columns["audience"],
        escalated_to=None if escalated_to is None else tuple(escalated_to),
        done_at=columns["done_at"],
        done_by=columns["done_by"],
        closed_at=columns["closed_at"],
        answers={each.item: each for each in given if each.item != NO_ITEM},
        notes=tuple(each for each in given if each.item == NO_ITEM),
        checks=found,
    )


def _answer(row: Row[Any]) -> Answer:
    return Answer(
        row.item,
        Verb(row.verb),
        UserId(row.by),
        row.at,
        row.text,
        row.action,
        row.seen_at,
        row.incident,
        row.followup,
    )


def _checked(row: Row[Any]) -> Checked:
    return Checked(row.item, row.verdict, row.measured, row.evidence, row.link, row.at)


def item_as_json(item: Item) -> dict[str, Any]:
    return {**asdict(item), "within": in_seconds(item.within), "choices": list(item.choices)}


def _item(stored: Mapping[str, Any]) -> Item:
    return Item(
        **{
            **stored,
            "kind": Kind(stored["kind"]),
            "within": _span(stored["within"]),
            "choices": tuple(stored["choices"]),
        }
    )


def in_seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def _span(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
