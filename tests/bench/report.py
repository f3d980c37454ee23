"""A weekly report out of a year of data: computed, and rendered in every form."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.checklists.model import Item
from bot.checklists.store.rows import item_as_json
from bot.checklists.store.tables import answers, runs
from bot.checks.service import sum_up
from bot.checks.sources import Access, Sources
from bot.checks.store import samples
from bot.clock import SystemClock
from bot.context import Context
from bot.db import Database, migrate
from bot.delivery.queue import Queue
from bot.incidents.store.records import incidents
from bot.links import Links
from bot.paging.store.pages import pages
from bot.people.directory import Directory
from bot.playbook import PlaybookFile
from bot.reports.cards import detail, screen
from bot.reports.formats import FORMATS
from bot.reports.making import Maker, make, period_of
from bot.slack.gateway import Slack, make_client
from bot.slack.limits import Limits
from tests.bench.figures import Figure, percentile

INCIDENTS, PAGES, SAMPLES, CHECKLISTS = 2_000, 20_000, 500_000, 1_000
YEAR, KEPT = timedelta(days=365), timedelta(days=30)
PROBES = 12
TIMES = 5
NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
PEOPLE = ("ana", "bo", "chen", "dee")
PLAYBOOK: dict[str, Any] = {
    "version": 1,
    "team": "Checkout",
    "timezone": "America/New_York",
    "holidays": "US",
    "people": {name: {"slack": f"{name}@example.com"} for name in PEOPLE},
    "schedules": {
        name: {"layers": [{"rotate": list(PEOPLE), "every": "1 week", "starts": "2025-01-06 09:00"}]}
        for name in ("primary", "secondary")
    },
    "escalation": {"platform": {"ladder": [{"page": ["schedule:primary"]}]}},
    "checks": {
        f"probe-{n}": {"http": {"url": f"https://{n}.example.com"}, "every": "1m"} for n in range(PROBES)
    },
    "slos": {"availability": {"objective": "99.9%", "window": "30d", "good": "check:probe-0"}},
    "checklists": {
        "morning": {"when": "0 9 * * *", "channel": "#prod-alerts", "items": ["Alerts", "Backups", "Queue"]}
    },
    "reports": {
        "weekly": {
            "sections": [
                "verdict",
                "incidents",
                "reliability",
                "slos",
                "pages",
                "alerts",
                "checklists",
                "actions",
                "recommendations",
                "next_week",
            ],
            "targets": {"uptime": "99.9%", "average": "500ms", "p95": "1s", "acknowledge": "5m"},
        }
    },
}


async def weekly(folder: Path) -> list[Figure]:
    """On SQLite; nothing outside is asked."""
    async with _maker(folder) as maker:
        period = period_of(maker.context, "weekly", NOW)
        computed, rendered = [], []
        for _ in range(TIMES):
            started = time.perf_counter()
            report = await make(maker, "weekly", period)
            made = time.perf_counter()
            for each in report.sections:
                detail(each)
            screen(report)
            for form in FORMATS.values():
                form(report)
            computed.append(made - started)
            rendered.append(time.perf_counter() - made)
    both = [sum(each) for each in zip(computed, rendered, strict=True)]
    half = percentile(both, 0.5)
    told = {each.name: each.headline or each.connect for each in report.sections}
    assert "not known: it could not be made" not in json.dumps(told), told
    return [
        Figure(
            "weekly report of a year's data, computed and rendered, p50",
            f"{half:.2f} s (computed {percentile(computed, 0.5):.2f} s; worst {max(both):.2f} s)",
            "",
            "< 2 s",
            half < 2,
        )
    ]


@asynccontextmanager
async def _maker(folder: Path) -> AsyncIterator[Maker]:
    file = folder / "playbook.yaml"
    file.write_text(json.dumps(PLAYBOOK))
    clock = SystemClock()
    database = Database.at(f"sqlite+aiosqlite:///{folder}/year.db")
    slack = Slack(make_client("xoxb-none", "http://127.0.0.1:9/"), Limits(1), clock)
    try:
        await database.reach()
        await migrate(database)
        playbook, queue = PlaybookFile(file, {}), Queue(database, clock)
        directory = Directory(database, slack, playbook, clock)
        context = Context(queue, playbook, directory, clock, Links(None, None))
        async with queue.transaction() as tx:
            await _fill(tx.connection)
        # As the bot does of itself, hour by hour.
        await sum_up(context)
        yield Maker(context, Sources(Access(), database), slack)
    finally:
        await slack.close()
        await database.close()


async def _fill(connection: AsyncConnection) -> None:
    chance = Random(11)
    for table, rows in (
        (incidents, _incidents(chance)),
        (pages, _pages(chance)),
        (samples, _samples(chance)),
        (runs, _runs()),
        (answers, _answers()),
    ):
        for first in range(0, len(rows), 20_000):
            await connection.execute(table.insert(), rows[first : first + 20_000])


def _some_time(chance: Random) -> datetime:
    return NOW - YEAR * chance.random()


def _incidents(chance: Random) -> list[dict[str, Any]]:
    begun = sorted(_some_time(chance) for _ in range(INCIDENTS))
    nothing = dict.fromkeys(
        (
            *("service", "origin", "channel", "channel_name", "fixed_at", "merged_into", "reopened_at"),
            *("updated_at", "next_update_at", "watch_until", "all_clear_by", "all_clear_at"),
        )
    )
    return [
        {
            **nothing,
            "number": number,
            "request_id": f"r{number}",
            "title": f"Something is slow, number {number}",
            "severity": chance.choices(("sev1", "sev2", "sev3", "sev4"), (1, 4, 10, 10))[0],
            "status": "resolved",
            "private": False,
            "declared_by": "UANA",
            "declared_at": at,
            "started_at": at,
            "room_kind": "thread",
            "roles": {},
            "acknowledged_by": "UANA",
            "acknowledged_at": at + timedelta(minutes=chance.random() * 9),
            "ended_by": "UANA",
            "ended_at": at + timedelta(minutes=20 + chance.random() * 200),
            "resolution": {"summary": "", "root_cause": "", "detection": "", "verified": []},
            "last_update": "",
            "eta": "",
            "nudge": 0,
            "nudges": 0,
            "missed": [],
            "asked": 0,
            "last_seq": 1,
        }
        for number, at in enumerate(begun, 1)
    ]


def _pages(chance: Random) -> list[dict[str, Any]]:
    return [
        {
            "subject": f"INC-{chance.randrange(1, INCIDENTS)}",
            "severity": "sev2",
            "title": "Something is slow",
            "person": chance.choice(PEOPLE),
            "why": "on call for primary",
            "made_by": "UANA",
            "made_at": at,
            "state": "acknowledged",
        }
        for at in sorted(_some_time(chance) for _ in range(PAGES))
    ]


def _samples(chance: Random) -> list[dict[str, Any]]:
    """A minute apart, as far back as raw samples are kept."""
    minutes = SAMPLES // PROBES
    return [
        {
            "check": f"probe-{number}",
            "at": NOW - timedelta(minutes=minute),
            "verdict": "fail" if chance.random() < 0.001 else "ok",
            "value": (took := 0.1 + chance.random() / 5),
            "took": took,
        }
        for number in range(PROBES)
        for minute in range(1, minutes + 1)
    ]


def _runs() -> list[dict[str, Any]]:
    items = [item_as_json(Item(text)) for text in ("Alerts", "Backups", "Queue")]
    return [
        {
            "id": number,
            "checklist": "morning",
            "day": 0,
            "title": "Morning",
            "items": items,
            "state": "done",
            "started_at": (at := NOW - YEAR * number / CHECKLISTS),
            "started_by": "UANA",
            "due_at": at,
            "people": [],
            "prompted": [],
            "done_at": at + timedelta(minutes=9),
        }
        for number in range(1, CHECKLISTS + 1)
    ]


def _answers() -> list[dict[str, Any]]:
    return [
        {"run": number, "item": item, "verb": "ok", "by": "UANA", "at": NOW, "text": "", "action": ""}
        for number in range(1, CHECKLISTS + 1)
        for item in range(3)
    ]
