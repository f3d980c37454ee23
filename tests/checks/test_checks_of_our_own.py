"""What Watchbill answers of itself: open incidents, checklists done."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.checks.asking import asked
from tests.world import STARTER, World
from tests.world import world as running_world

LISTS: dict[str, Any] = {"checklists": {"morning": {"items": [{"text": "Look"}]}}}


def done(at: datetime | None) -> Callable[[str], Awaitable[datetime | None]]:
    async def last_done(name: str) -> datetime | None:
        assert name == "morning"
        return at

    return last_done


@pytest.mark.parametrize(
    ("hours", "within", "verdict"), [(1, "24h", "ok"), (25, "24h", "fail"), (25, "2d", "ok")]
)
async def test_a_checklist_must_have_been_done_lately(hours: int, within: str, verdict: str) -> None:
    at = datetime.now(UTC) - timedelta(hours=hours)
    check = {"checklist": {"name": "morning", "within": within}}
    found = await asked(check, last_done=done(at), **LISTS)

    assert found.verdict == verdict
    assert f"morning was done {'60 min' if hours == 1 else '25 h'} ago" in found.evidence


async def test_one_never_done_fails_and_without_checklists_it_is_unknown() -> None:
    never = await asked({"checklist": "morning"}, last_done=done(None), **LISTS)
    nobody = await asked({"checklist": "morning"}, **LISTS)

    assert (never.verdict, nobody.verdict) == ("fail", "unknown")


@pytest.fixture(scope="module")
async def found(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("incidents")
    (folder / "playbook.yaml").write_text(
        STARTER.read_text()
        + "\nchecks:\n  all-quiet: {incidents: {}}\n  no-p1: {incidents: {severity: p1}}\n"
        + "  payments-quiet: {incidents: {service: payments}}\n"
    )
    async with running_world(folder, PLAYBOOK=str(folder / "playbook.yaml")) as world:
        yield world


async def test_open_incidents_count_and_private_ones_do_not(found: World) -> None:
    ana, dee = found.person("ana"), found.person("dee")
    await found.declares(dee, "sev1 private Somebody broke in")
    await ana.types("/ops check all-quiet")
    await ana.sees("all-quiet is ok: no incident is open", within=30)
    number = await found.declares(dee, "sev2 Search is <slow>")
    await ana.types("/ops check all-quiet")
    await ana.sees(f"INC-{number} Search is", within=30)
    await ana.types("/ops check no-p1")
    await ana.sees("no-p1 is ok", within=30)
    await ana.types("/ops check payments-quiet")
    await ana.sees("payments-quiet is ok", within=30)
