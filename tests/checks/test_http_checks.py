"""Whether an address answers, with what, and how soon; and servers that hang, lie, or never stop."""

import asyncio
import contextlib
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from bot.checks.model.result import Verdict
from tests.checks.asking import Answering, asked, serving

MEGABYTE = 1024 * 1024


def says(text: str = "fine", status: int = 200, **headers: str) -> Answering:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(text=text, status=status, headers=headers)

    return answer


@asynccontextmanager
async def raw(data: bytes, *, hangs: bool = False) -> AsyncIterator[str]:
    """A server that reads what it is asked, writes this, and hangs up, or does not."""
    never = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(data)
            await writer.drain()
            if hangs:
                await never.wait()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        never.set()
        server.close()
        await server.wait_closed()


async def test_an_answer_as_expected_is_ok_and_its_value_is_the_time() -> None:
    async with serving(says()) as url:
        found = await asked({"http": {"url": f"{url}/health"}})

    assert found.verdict is Verdict.OK
    assert found.evidence.startswith("200 in ")
    assert found.unit == "s"
    assert found.value is not None
    assert 0 < found.value < 5
    assert found.link == f"{url}/health"
    assert found.took >= found.value


@pytest.mark.parametrize(
    ("expect", "status", "verdict"),
    [
        (200, 503, "fail"),
        ([200, 204], 204, "ok"),
        ("2xx", 299, "ok"),
        ("2xx", 301, "fail"),
        ([401, "2xx"], 401, "ok"),
    ],
)
async def test_the_status_is_held_against_what_is_expected(expect: object, status: int, verdict: str) -> None:
    async with serving(says(status=status)) as url:
        found = await asked({"http": {"url": url, "expect": expect}})

    assert (found.verdict, str(status) in found.evidence) == (verdict, True)


async def test_text_is_looked_for_and_never_repeated() -> None:
    async with serving(says("all systems nominal for ana@example.com")) as url:
        there = await asked({"http": {"url": url, "contains": "nominal"}})
        gone = await asked({"http": {"url": url, "contains": "splendid"}})
        bad = await asked({"http": {"url": url, "lacks": "ana@example.com"}})

    assert [there.verdict, gone.verdict, bad.verdict] == ["ok", "fail", "fail"]
    assert not any(
        "example.com" in each.evidence or "nominal" in each.evidence for each in (there, gone, bad)
    )


async def test_a_json_path_is_compared_or_measured() -> None:
    body = '{"status": "degraded", "queue": {"length": 1200}, "user": {"mail": "x@y"}}'
    async with serving(says(body)) as url:
        same = await asked({"http": {"url": url, "json_path": "$.status", "equals": "degraded"}})
        other = await asked({"http": {"url": url, "json_path": "$.status", "equals": "ok"}})
        long = await asked({"http": {"url": url, "json_path": "$.queue.length"}, "warn_above": 1000})
        nothing = await asked({"http": {"url": url, "json_path": "$.nothing", "equals": 1}})
        mapping = await asked({"http": {"url": url, "json_path": "$.user", "equals": "x"}})
        word = await asked({"http": {"url": url, "json_path": "$.status"}})

    assert (same.verdict, other.verdict) == ("ok", "fail")
    assert other.evidence.endswith('$.status is "degraded", not "ok"')
    assert (long.verdict, long.value) == ("warn", 1200)
    assert "warns above 1000" in long.evidence
    assert (nothing.verdict, word.verdict) == ("fail", "fail")
    assert "x@y" not in mapping.evidence


async def test_headers_and_bodies_are_sent() -> None:
    got: list[tuple[str, str | None, str]] = []

    async def answer(request: web.Request) -> web.Response:
        got.append((request.method, request.headers.get("X-Key"), await request.text()))
        return web.Response()

    async with serving(answer) as url:
        await asked({"http": {"url": url, "method": "POST", "headers": {"X-Key": "k"}, "body": "ping"}})

    assert got == [("POST", "k", "ping")]


async def test_redirects_are_followed_a_few_times_and_secrets_stay_behind() -> None:
    seen: list[str | None] = []

    async def other(request: web.Request) -> web.Response:
        seen.append(request.headers.get("X-Key"))
        return web.Response(text="there")

    async with serving(other) as elsewhere:

        async def answer(request: web.Request) -> web.Response:
            if request.path == "/loop":
                return web.Response(status=302, headers={"Location": "/loop"})
            if request.path == "/start":
                return web.Response(status=301, headers={"Location": "/next"})
            seen.append(request.headers.get("X-Key"))
            return web.Response(status=307, headers={"Location": elsewhere})

        async with serving(answer) as url:
            headers = {"X-Key": "secret"}
            arrived = await asked({"http": {"url": f"{url}/start", "headers": headers, "contains": "there"}})
            round_and_round = await asked({"http": {"url": f"{url}/loop"}})
            stays = await asked({"http": {"url": f"{url}/start", "follow": False, "expect": 301}})

    assert arrived.verdict is Verdict.OK
    assert seen == ["secret", None]
    assert (round_and_round.verdict, stays.verdict) == ("fail", "ok")
    assert "redirects more than" in round_and_round.evidence


async def test_a_server_that_hangs_is_given_up_in_time() -> None:
    async with raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", hangs=True) as url:
        found = await asked({"http": {"url": url}, "timeout": "1s"})

    assert (found.verdict, found.evidence) == ("fail", "no answer within 1 s")
    assert 0.9 < found.took < 10


@pytest.mark.parametrize(
    "lie",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnot a length",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnot gzip",
        b"220 smtp.example.com ready\r\n",
        b"",
    ],
    ids=["too short", "no chunks", "no gzip", "another protocol", "nothing"],
)
async def test_a_server_that_lies_is_no_answer(lie: bytes) -> None:
    async with raw(lie) as url:
        found = await asked({"http": {"url": url, "contains": "x"}, "timeout": "5s"})

    assert found.verdict is Verdict.FAIL
    assert "broke off" in found.evidence


async def test_ten_megabytes_are_not_read_to_the_end() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            await response.write(b"[early, ")
            for _ in range(10):
                await response.write(b"x" * MEGABYTE)
        return response

    async with serving(answer) as url:
        up = await asked({"http": {"url": url}})
        early = await asked({"http": {"url": url, "contains": "early"}})
        late = await asked({"http": {"url": url, "contains": "late"}})
        parsed = await asked({"http": {"url": url, "json_path": "$[0]", "equals": "x"}})
        unsure = await asked({"http": {"url": url, "lacks": "late"}})

    assert [up.verdict, early.verdict, late.verdict] == ["ok", "ok", "fail"]
    assert "not in the first 1 MB" in late.evidence
    assert "more than is read" in parsed.evidence
    assert unsure.verdict is not Verdict.OK


async def test_what_unpacks_to_a_gigabyte_is_not_unpacked() -> None:
    packed = gzip.compress(b"0" * (64 * MEGABYTE))

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=packed, headers={"Content-Encoding": "gzip"})

    async with serving(answer) as url:
        found = await asked({"http": {"url": url, "contains": "1"}})

    assert found.verdict is Verdict.FAIL


async def test_json_nested_without_end_is_no_json() -> None:
    async with serving(says("[" * 100_000)) as url:
        found = await asked({"http": {"url": url, "json_path": "$.a", "equals": 1}})

    assert (found.verdict, "not JSON" in found.evidence) == ("fail", True)


async def test_nobody_there_and_an_unknown_name_are_failures_in_plain_words() -> None:
    refused = await asked({"http": {"url": "http://127.0.0.1:9/"}})
    unknown = await asked({"http": {"url": "http://nowhere.invalid/"}})

    assert (refused.verdict, unknown.verdict) == ("fail", "fail")
    assert refused.evidence.startswith("no connection")
    assert "DNS" in unknown.evidence or "no connection" in unknown.evidence


async def test_time_limits_and_thresholds_on_time() -> None:
    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(0.3)  # it is slow
        return web.Response()

    async with serving(answer) as url:
        under = await asked({"http": {"url": url, "under": "10s"}, "warn_above": "5s"})
        slow = await asked({"http": {"url": url}, "warn_above": "100ms", "fail_above": "9s"})
        late = await asked({"http": {"url": url}, "fail_above": "200ms"})

    assert [under.verdict, slow.verdict, late.verdict] == ["ok", "warn", "fail"]
    assert "warns above 100 ms" in slow.evidence
    assert "fails above 200 ms" in late.evidence


async def test_half_a_character_and_no_number_are_told_as_such() -> None:
    async with serving(says(r'{"status": "\ud800|<x>", "value": NaN}')) as url:
        half = await asked({"http": {"url": f"{url}/<a|b>", "json_path": "$.status", "equals": "ok"}})
        nan = await asked({"http": {"url": url, "json_path": "$.value"}})

    assert (half.verdict, nan.verdict) == ("fail", "fail")
    half.evidence.encode()
    assert half.link == f"{url}/%3Ca%7Cb%3E"
    assert "which is no number" in nan.evidence


async def test_what_is_secret_in_an_address_is_not_shown() -> None:
    async with serving(says()) as url:
        address = url.replace("http://", "http://bot:hunter2@") + "/health?token=hunter3"
        found = await asked({"http": {"url": address}})

    assert found.verdict is Verdict.OK
    assert "hunter" not in f"{found.evidence} {found.link}"
    assert found.link == f"{url}/health"
