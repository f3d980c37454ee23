"""Every way in which a call can end, told apart: what was not done, what perhaps was, what never will be."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from aiohttp import web

from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.slack.gateway import Slack, make_client
from bot.slack.limits import Limits
from tests.delivery.by_hand import HandClock

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def slack_that(answers: Answer, clock: HandClock) -> AsyncIterator[Slack]:
    app = web.Application()
    app.router.add_route("*", "/api/{method}", answers)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    slack = Slack(make_client("xoxb-1", f"http://127.0.0.1:{port}/api/"), Limits(1000), clock)
    try:
        yield slack
    finally:
        await slack.close()
        await runner.cleanup()


def says(status: int, body: str, kind: str = "application/json", **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(
            status=status,
            body=body.encode(),
            content_type=kind,
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    return answer


async def hangs_up(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (says(200, '{"ok": false, "error": "channel_not_found"}'), Refused),
        (says(200, '{"ok": false, "error": "missing_scope", "needed": "chat:write"}'), Refused),
        (says(200, '{"ok": false, "error": "internal_error"}'), Unclear),
        (says(200, '{"ok": false, "error": "fatal_error"}'), Unclear),
        (says(200, '{"ok": false, "error": "token_revoked"}'), Away),
        (says(200, '{"ok": false, "error": "service_unavailable"}'), Away),
        (says(503, "Service Unavailable", "text/plain"), Away),
        (says(502, "<html>Bad gateway</html>", "text/html"), Unclear),
        (says(500, "", "text/html"), Unclear),
        (says(504, "upstream timed out", "text/plain"), Unclear),
        (says(200, "<html>Please log in to the hotel's network</html>", "text/html"), Unclear),
        (says(200, "{half an ans"), Unclear),
        (hangs_up, Unclear),
    ],
)
async def test_failures_are_told_apart(answer: Answer, failure: type[Exception], clock: HandClock) -> None:
    async with slack_that(answer, clock) as slack:
        with pytest.raises(failure, match=r"chat\.postMessage"):
            await slack.call("chat.postMessage", channel="C1", text="hello")


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("30", 30), ("0", 1), ("-5", 1), ("", 1), ("Fri, 20 Nov 2026 12:00:10 GMT", 1), ("86400000", 600)],
)
@pytest.mark.parametrize("body", ['{"ok": false, "error": "ratelimited"}', "", "<html>", "slow down"])
async def test_429_says_when_to_come_back_in_whatever_words(
    retry_after: str, seconds: float, body: str, clock: HandClock
) -> None:
    kind = "application/json" if body.startswith("{") else "text/html"
    async with slack_that(says(429, body, kind, Retry_After=retry_after), clock) as slack:
        with pytest.raises(Busy) as limit:
            await slack.call("chat.postMessage", channel="C1", text="hello")
        assert limit.value.retry_at == clock.now() + timedelta(seconds=seconds)
        with pytest.raises(Busy, match="our own limit"):
            await slack.call("chat.postMessage", channel="C1", text="hello", urgent=True)


async def test_nobody_at_that_address_is_away_and_surely_not_done(clock: HandClock) -> None:
    slack = Slack(make_client("xoxb-1", "http://127.0.0.1:9/api/"), Limits(1000), clock)
    with pytest.raises(Away):
        await slack.call("chat.postMessage", channel="C1", text="hello")
    await slack.close()


async def test_nothing_is_asked_a_second_time_by_the_client_itself(clock: HandClock) -> None:
    asked = 0

    async def loses(request: web.Request) -> web.StreamResponse:
        nonlocal asked
        asked += 1
        return await hangs_up(request)

    async with slack_that(loses, clock) as slack:
        with pytest.raises(Unclear):
            await slack.call("chat.postMessage", channel="C1", text="hello")
    assert asked == 1


async def test_a_refusal_carries_what_slack_said(clock: HandClock) -> None:
    said = '{"ok": false, "error": "cant_invite", "errors": [{"user": "U1", "error": "cant_invite"}]}'
    async with slack_that(says(200, said), clock) as slack:
        with pytest.raises(Refused) as refusal:
            await slack.call("conversations.invite", channel="C1", users="U1,U2")
    assert refusal.value.error == "cant_invite"
    assert refusal.value.answer["errors"][0]["user"] == "U1"
