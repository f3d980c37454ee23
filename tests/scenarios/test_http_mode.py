"""Signed HTTP instead of Socket Mode: a whole incident, and everything unsigned refused."""

import io
import json
import time
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import aiohttp
import pytest

from handlers.manifest import manifest
from simulator import Seed, Simulator
from simulator.delivery.http import HttpRoute, sign
from tests.scenarios.life import PATIENCE, live, remains
from tests.world import Bot, World

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
async def http_world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    folder = tmp_path_factory.mktemp("http")
    async with Simulator(
        Seed.default(), limits=False, manifest=manifest(), request_url="http://later"
    ) as simulator:
        bot = Bot(simulator, folder, SLACK_APP_TOKEN="", LOG_LEVEL="warning")
        assert isinstance(simulator.route, HttpRoute)
        simulator.route.url = f"{bot.url}/slack/events"
        await bot.start()
        yield World(simulator, bot)
        await bot.stop()


async def post(world: World, body: bytes, kind: str, **headers: str) -> tuple[int, str]:
    """A request as it stands, whoever sent it."""
    url = f"{world.bot.url}/slack/events"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=io.BytesIO(body), headers={"Content-Type": kind, **headers}) as answer,
    ):
        return answer.status, await answer.text()


def signed(world: World, body: bytes, *, age: float = 0, secret: str | None = None) -> dict[str, str]:
    timestamp = str(int(time.time() - age))
    key = secret or world.simulator.workspace.app.signing_secret
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": sign(key, timestamp, body)}


def command(text: str) -> bytes:
    fields = {
        "command": "/incident",
        "text": text,
        "user_id": "U04DEE",
        "channel_id": "C0GENERAL",
        "team_id": "T0ACME",
        "trigger_id": f"{time.time()}.http",
        "response_url": "http://127.0.0.1:9/",
        "api_app_id": "A0APP",
        "token": "old",
    }
    return urlencode(fields).encode()


async def test_a_whole_incident_over_http(http_world: World) -> None:
    world = http_world
    life = await live(world)
    found = remains(world, life.number)
    assert len(found["rooms"]) == 1
    assert [times for _, times in found["announcements"]] == [1]
    dee = world.person("dee")
    assert (await dee.types("/incident", channel="#general")).ok
    assert (await dee.modal(within=PATIENCE)).title
    await dee.closes()
    view = await dee.opens_home(within=PATIENCE)
    assert view.blocks


async def test_a_signed_request_is_answered(http_world: World) -> None:
    body = command("list")
    status, text = await post(http_world, body, FORM, **signed(http_world, body))
    assert status == 200
    assert json.loads(text)["response_type"] == "ephemeral"


@pytest.mark.parametrize("age", [6 * 60, 24 * 3600, -6 * 60])
async def test_an_old_signature_is_refused(http_world: World, age: float) -> None:
    body = command("sev1 Replayed")
    status, _ = await post(http_world, body, FORM, **signed(http_world, body, age=age))
    assert status == 401


async def test_a_signature_a_few_minutes_old_is_taken(http_world: World) -> None:
    body = command("list")
    assert (await post(http_world, body, FORM, **signed(http_world, body, age=4 * 60)))[0] == 200


@pytest.mark.parametrize(
    "spoil",
    ["no headers", "no signature", "no timestamp", "another secret", "another body", "not a time", "empty"],
)
async def test_what_slack_did_not_sign_is_refused_and_does_nothing(http_world: World, spoil: str) -> None:
    body = command("sev1 Forged")
    headers = signed(http_world, body, secret="another" if spoil == "another secret" else None)
    match spoil:
        case "no headers":
            headers = {}
        case "no signature":
            del headers["X-Slack-Signature"]
        case "no timestamp":
            del headers["X-Slack-Request-Timestamp"]
        case "another body":
            body = command("sev1 Forged and changed")
        case "not a time":
            headers["X-Slack-Request-Timestamp"] = "noon"
        case "empty":
            body = b""
    status, text = await post(http_world, body, FORM, **headers)
    assert status == 401, text
    listed = await http_world.person("dee").types("/incident list", channel="#general")
    assert "Forged" not in str(listed.blocks)


async def test_slack_may_verify_the_address(http_world: World) -> None:
    assert isinstance(http_world.simulator.route, HttpRoute)
    assert await http_world.simulator.route.verify()
    body = json.dumps({"type": "url_verification", "challenge": "c", "token": "t"}).encode()
    status, text = await post(http_world, body, "application/json")
    assert status == 401, "not even the handshake is answered unsigned"
    assert "challenge" not in text


async def test_a_body_beyond_all_reason_is_refused(http_world: World) -> None:
    body = b"payload=" + b"x" * (3 * 1024 * 1024)
    status, _ = await post(http_world, body, FORM, **signed(http_world, body))
    assert status == 413
    assert (await http_world.person("dee").types("/incident list", channel="#general")).ok


@pytest.mark.parametrize(
    "body", [b"", b"payload=%7Bnot-json", b"\xff\xfe\x00", b"payload=[]", b"{}", b"payload=null"]
)
@pytest.mark.parametrize("kind", [FORM, "application/json", "text/plain"])
async def test_nonsense_that_is_signed_is_answered_and_harms_nothing(
    http_world: World, body: bytes, kind: str
) -> None:
    status, _ = await post(http_world, body, kind, **signed(http_world, body))
    assert 200 <= status < 600
    assert status != 200 or not body.startswith(b"payload")
    assert (await http_world.person("dee").types("/incident list", channel="#general")).ok


async def test_over_sockets_nobody_can_post_events(world: World) -> None:
    body = command("list")
    status, _ = await post(world, body, FORM, **signed(world, body))
    assert status == 404


async def test_health_is_there_in_both_ways(http_world: World) -> None:
    async with aiohttp.ClientSession() as session:
        for path, status in (("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/nothing", 404)):
            async with session.get(f"{http_world.bot.url}{path}") as answer:
                assert answer.status == status, path
