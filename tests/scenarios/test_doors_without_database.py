"""The doors beside Slack while nothing can be written: nobody is told it worked, and nothing is half done."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.links import Links
from bot.operator.signing import signed
from bot.paging.links import page_link
from bot.paging.model import PageId
from tests.pagerduty import PagerDuty
from tests.taking import taken_away
from tests.world import World
from tests.world import world as running_world

SECRET = "the-secret-of-the-doors-in-this-file"
WITHIN = 60.0
# Real seconds: PagerDuty waits five, and the database is given four and a half.
SOON = 15.0


@pytest.fixture
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running_world(
        tmp_path_factory.mktemp("doors"),
        PUBLIC_URL="https://watchbill.example.com",
        LINK_SECRET=SECRET,
        PAGERDUTY_WEBHOOK_SECRET=PagerDuty.secret,
    ) as found:
        yield found


async def post(url: str, **request: object) -> tuple[int, str]:
    timeout = aiohttp.ClientTimeout(total=SOON)
    async with (
        aiohttp.ClientSession(timeout=timeout) as session,
        session.post(url, **request) as answer,  # type: ignore[arg-type]
    ):
        return answer.status, await answer.text()


async def test_each_door_says_that_it_did_not_work_and_does_it_later(night: World) -> None:
    dee, service = night.person("dee"), PagerDuty()
    number = await night.declares(dee, "sev2 Nothing can be written")
    await night.bot.settled(within=WITHIN)
    link = page_link(Links(night.bot.url, SECRET), PageId(1))
    assert link is not None
    body = json.dumps({"what": f"INC-{number}", "as": "bo"}).encode()
    event = service.event("incident.acknowledged", f"watchbill.example.com/INC-{number}")

    async with taken_away(night):
        headers = signed(SECRET, "ack", body, now=datetime.now(UTC), nonce=secrets.token_hex())
        # At once: each is given a few seconds.
        by_link, by_shell, by_service = await asyncio.gather(
            post(link, data={"do": "acknowledge"}),
            post(f"{night.bot.url}/operator/ack", data=body, headers=headers),
            service.tells(night.bot.url, event),
        )
        assert by_link[0] == 503
        assert "nothing was changed" in by_link[1]
        assert by_shell[0] == 503
        assert "database" in json.loads(by_shell[1])["error"]
        assert by_service[0] == 503, "PagerDuty tries again"

    await night.bot.until(lambda state: bool(state["database"]), within=WITHIN)
    shown = await dee.types(f"/incident show INC-{number}", channel="#general")
    assert "not yet" in str(shown.blocks), "and nothing was done in secret"
    status, said = await service.tells(night.bot.url, event)
    assert (status, said) == (200, {"done": f"INC-{number} is acknowledged by Tenex Engineer"})
    status, text = await post(link, data={"do": "acknowledge"})
    assert status == 200
    assert "Acknowledged by Tenex Engineer" in text
