"""`watchbill ack` as a process: of a running bot, of a stopped one's database, and what is refused."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from bot.operator.signing import signed
from tests import postgres
from tests.world import ROOT, World
from tests.world import world as running_world

SECRET = "the-secret-of-the-command-line-here"
WITHIN = 30.0


@pytest.fixture(scope="module")
async def night(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    async with running_world(tmp_path_factory.mktemp("ack"), LINK_SECRET=SECRET) as found:
        yield found


async def watchbill(world: World, *arguments: str, **environ: str) -> tuple[int, str]:
    """Run it with the bot's own settings; gives the exit status and all it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        env={**world.bot.environment, **environ},
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    assert process.returncode is not None
    assert b"Traceback" not in printed, printed.decode()
    return process.returncode, printed.decode()


async def paged(night: World, title: str) -> int:
    number = await night.declares(night.person("dee"), f"sev2 {title}")
    await night.bot.settled(within=WITHIN)
    return number


async def test_an_incident_is_acknowledged_by_name(night: World) -> None:
    number = await paged(night, "Answered from a shell")

    status, printed = await watchbill(night, "ack", f"INC-{number}", "--as", "bo")

    assert (status, printed) == (0, f"INC-{number} is acknowledged by bo: Answered from a shell\n")
    told = await night.person("bo").types(f"/incident timeline INC-{number}", channel="#general")
    assert "<@U02BO> acknowledged from the command line" in str(told.blocks)

    status, printed = await watchbill(night, "ack", f"inc{number}", "--as", "ana")
    assert status == 1
    assert f"INC-{number} was already acknowledged by @U02BO at 20" in printed


async def test_a_page_is_acknowledged_by_its_number(night: World) -> None:
    number = await paged(night, "Answered by number")
    (_, page), *_ = [
        (message, block["elements"][0]["value"])
        for name in ("ana", "bo", "chen")
        for message in night.person(name).direct_messages()
        if f"INC-{number} ·" in message.text
        for block in message.blocks
        if block["type"] == "actions"
    ]
    status, printed = await watchbill(night, "ack", page, "--as", "chen")
    assert (status, printed) == (0, f"INC-{number} is acknowledged by chen: Answered by number\n")


async def test_a_call_without_an_incident_is_acknowledged_as_well(night: World) -> None:
    bo = night.person("bo")
    assert (await bo.types("/oncall page @dee Can you look at the backup?", channel="#general")).ok
    await night.bot.settled(within=WITHIN)
    status, printed = await watchbill(night, "ack", "call-1", "--as", "dee")
    assert (status, printed) == (0, "CALL-1 is acknowledged by dee: Can you look at the backup?\n")
    await bo.sees("<@U04DEE> acknowledged", within=WITHIN)


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("INC-1", "--as", "nobody"), 1, "There is no nobody in the playbook. It has: ana, bo,"),
        (("INC-99999", "--as", "bo"), 1, "There is no INC-99999"),
        (("99999", "--as", "bo"), 1, "about nothing I know of"),
        (("Checkout", "--as", "bo"), 1, "neither an incident (INC-42), nor a call (CALL-7), nor a page (17)"),
        (("INC-1",), 2, "--as"),
    ],
)
async def test_what_cannot_be_done_is_said_in_a_line(
    night: World, arguments: tuple[str, ...], status: int, said: str
) -> None:
    found, printed = await watchbill(night, "ack", *arguments)
    assert found == status
    assert said in printed


async def test_another_secret_is_not_believed(night: World) -> None:
    status, printed = await watchbill(night, "ack", "INC-1", "--as", "bo", LINK_SECRET="x" * 40)
    assert status == 2
    assert "It is not signed with this bot's LINK_SECRET" in printed


async def test_something_else_at_the_port_is_not_taken_for_a_bot(night: World) -> None:
    other = night.simulator.url.rpartition(":")[2]
    status, printed = await watchbill(night, "ack", "INC-1", "--as", "bo", HTTP_PORT=other)
    assert status == 2
    assert "HTTP_PORT" in printed or "refuses" in printed


async def test_without_the_secret_a_running_bot_keeps_its_file_to_itself(night: World) -> None:
    number = await paged(night, "Without a secret")
    status, printed = await watchbill(night, "ack", f"INC-{number}", "--as", "bo", LINK_SECRET="")
    if postgres.server is not None:
        assert status == 0, "PostgreSQL has room for both"
    else:
        assert status == 2
        assert "LINK_SECRET" in printed


async def test_while_the_bot_is_down_its_database_is_asked_and_slack_hears_of_it_later(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    async with running_world(tmp_path_factory.mktemp("down")) as night:
        number = await paged(night, "Answered while the bot was down")
        await night.bot.stop()

        status, printed = await watchbill(night, "ack", f"INC-{number}", "--as", "ana")
        assert (status, printed) == (
            0,
            f"INC-{number} is acknowledged by ana: Answered while the bot was down\n",
        )
        again, said = await watchbill(night, "ack", f"INC-{number}", "--as", "bo")
        assert again == 1
        assert "already acknowledged by @U01ANA" in said

        await night.bot.start()
        await night.bot.settled(within=WITHIN)
        pages = [
            message.text
            for name in ("ana", "bo", "chen")
            for message in night.person(name).direct_messages()
            if f"INC-{number} ·" in message.text
        ]
        assert pages
        assert all("Acknowledged by <@U01ANA>" in text for text in pages)


async def test_asking_makes_no_database(night: World) -> None:
    url = f"sqlite+aiosqlite:///{night.bot.folder}/none.db"
    status, printed = await watchbill(
        night, "ack", "INC-1", "--as", "bo", DATABASE_URL=url, HTTP_PORT="9", LINK_SECRET=""
    )
    assert status == 2
    assert "there is no database" in printed
    assert not (night.bot.folder / "none.db").exists()


# The door itself


async def post(world: World, name: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{world.bot.url}/operator/{name}", data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.text()


def request(number: int, *, age: float = 0, name: str = "ack") -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"what": f"INC-{number}", "as": "bo"}).encode()
    now = datetime.now(UTC) - timedelta(seconds=age)
    return body, signed(SECRET, name, body, now=now, nonce=f"nonce-{time.monotonic_ns()}")


async def test_a_request_that_is_caught_and_repeated_does_nothing(night: World) -> None:
    number, bo = await paged(night, "Repeated"), night.person("bo")
    body, headers = request(number)
    assert (await post(night, "ack", body, headers))[0] == 200
    assert (await bo.types(f"/incident resolve INC-{number} Gone", channel="#general")).ok
    assert (await bo.types(f"/incident reopen INC-{number}", channel="#general")).ok
    before = str((await bo.types(f"/incident timeline INC-{number}", channel="#general")).blocks)

    status, said = await post(night, "ack", body, headers)

    assert (status, json.loads(said)) == (200, {"said": "That was done already."})
    assert str((await bo.types(f"/incident timeline INC-{number}", channel="#general")).blocks) == before


@pytest.mark.parametrize("age", [61, 3600, -61])
async def test_a_request_is_good_for_a_minute(night: World, age: float) -> None:
    status, said = await post(night, "ack", *request(1, age=age))
    assert status == 401
    assert "mind the clocks" in said


@pytest.mark.parametrize("spoil", ["body", "name", "nonce", "timestamp", "nothing at all", "odd bytes"])
async def test_what_was_not_signed_is_refused(night: World, spoil: str) -> None:
    name, (body, headers) = "ack", request(1)
    match spoil:
        case "body":
            body = body.replace(b"INC-1", b"INC-2")
        case "name":
            name, (body, headers) = "ack", request(1, name="why")
        case "nonce":
            headers["X-Watchbill-Nonce"] = "another"
        case "timestamp":
            headers["X-Watchbill-Timestamp"] = str(int(headers["X-Watchbill-Timestamp"]) + 1)
        case "nothing at all":
            headers = {}
        case "odd bytes":
            headers["X-Watchbill-Signature"] = "\u00fc"
    assert (await post(night, name, body, headers))[0] == 401


async def test_a_question_of_a_later_release_is_answered_with_why_not(night: World) -> None:
    status, said = await post(night, "tea", *request(1, name="tea"))
    assert status == 404
    assert "cannot be asked for tea" in said


@pytest.mark.parametrize("body", [b"", b"[]", b"\xff", b"1"])
async def test_nonsense_that_is_signed_is_refused_with_the_reason(night: World, body: bytes) -> None:
    headers = signed(SECRET, "ack", body, now=datetime.now(UTC), nonce=f"n-{time.monotonic_ns()}")
    status, said = await post(night, "ack", body, headers)
    assert status == 400
    assert "JSON object" in said
