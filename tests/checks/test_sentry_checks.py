"""Sentry's table of events, in its documented shape (docs.sentry.io/api/explore), from a small server."""

from typing import Any

import pytest
from aiohttp import web

from bot.checks.sources import Access
from tests.checks.asking import asked, serving

TOKEN = "sntrys_averysecrettoken"


def rows(count: int) -> dict[str, Any]:
    return {
        "data": [{"count()": count}],
        "meta": {"fields": {"count()": "integer"}, "units": {"count()": None}, "dataset": "errors"},
    }


async def test_errors_of_the_window_are_held_against_thresholds() -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response(rows(7))

    async with serving(answer) as url:
        access = Access(sentry=url, sentry_token=TOKEN)
        check = {"sentry": {"project": "example/app", "window": "2h", "environment": "production"}}
        high = await asked({**check, "fail_above": 5}, access)
        fatal = {"sentry": {"project": "example/app", "query": "level:fatal"}, "fail_above": 10}
        low = await asked(fatal, access)

    assert (high.verdict, high.value, high.unit) == ("fail", 7, "errors")
    assert high.evidence == "7 errors of example/app in 2 h; fails above 5 errors"
    assert low.verdict == "ok"
    assert low.evidence == "7 errors (level:fatal) of example/app in 24 h"
    asked_first, asked_second = seen
    assert asked_first.path == "/api/0/organizations/example/events/"
    assert dict(asked_first.query) == {
        "dataset": "errors",
        "field": "count()",
        "query": "project:app",
        "statsPeriod": "2h",
        "environment": "production",
    }
    assert asked_first.headers["Authorization"] == f"Bearer {TOKEN}"
    assert asked_second.query["query"] == "project:app level:fatal"
    assert high.link == f"{url}/organizations/example/issues/?query=project%3Aapp&statsPeriod=2h"


@pytest.mark.parametrize("status", [401, 403, 429, 500])
async def test_a_refusal_is_unknown(status: int) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"detail": f"no, {TOKEN}"}, status=status)

    async with serving(answer) as url:
        check = {"sentry": {"project": "example/app"}, "fail_above": 5}
        found = await asked(check, Access(sentry=url, sentry_token=TOKEN))

    assert (found.verdict, str(status) in found.evidence) == ("unknown", True)
    assert TOKEN not in found.evidence


async def test_no_token_and_an_answer_without_a_number_are_unknown() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"data": [{"events": "many"}]})

    check = {"sentry": {"project": "example/app"}, "fail_above": 5}
    async with serving(answer) as url:
        without = await asked(check, Access(sentry=url))
        odd = await asked(check, Access(sentry=url, sentry_token=TOKEN))

    assert without.evidence == "SENTRY_AUTH_TOKEN is not set"
    assert (without.verdict, odd.verdict) == ("unknown", "unknown")
