"""An example service for bots to look after: a site, its repository, its errors, its metrics.

It answers below /example/ in the shapes of GitHub's REST API, Sentry's, Prometheus's and Alertmanager's, as
far as looking at a healthy product goes. Its history follows the workspace's clock: a release and some pull
requests each week, a CI run every few hours.
"""

import re
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from simulator.clock import SimulatedClock
from simulator.errors import Json

ADDRESS = "/example"
SHA = "acb5820ced9479c074f688cc328bf03f341a511d"
DEPLOYED_EVERY, DEPLOYMENT_TOOK, APPROVAL_TOOK = timedelta(days=2), timedelta(minutes=7), timedelta(minutes=3)
TESTED_EVERY, TESTS_TOOK = timedelta(hours=6), timedelta(minutes=6)
MERGED_EVERY = timedelta(hours=34)
SHOWN = 30
# What a query of Prometheus gives, by a word in it; the first that fits.
METRICS = (
    ("database:up", 1.0),
    ("network", 0.3),
    ("error", 0.0004),
    ("p50", 0.085),
    ("p95", 0.18),
    ("p99", 0.32),
    ("cpu", 0.42),
    ("memory", 0.61),
    ("disk", 0.45),
    ("volume", 0.58),
    ("connections", 120.0),
    ("queue", 12.0),
    ("lag", 240.0),
    ("lcp", 1.9),
)


class Example:
    """Serves /example/…, and /sim/example to break it.

    `is_up` False: the site answers 503, and everything else as before. `in_use`: the bot was told of it.
    """

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self.is_up = True
        self.in_use = False

    def routes(self) -> list[web.RouteDef]:
        repo = f"{ADDRESS}/github/repos/{{owner}}/{{name}}"
        return [
            web.get("/sim/example", self._told),
            web.post("/sim/example", self._change),
            web.get(f"{ADDRESS}/health", self._health),
            web.get(repo, self._about),
            web.get(f"{repo}/actions/runs", self._runs),
            web.get(f"{repo}/actions/workflows/{{file}}/runs", self._runs),
            web.get(f"{repo}/releases", self._releases),
            web.get(f"{repo}/releases/latest", self._release),
            web.get(f"{repo}/commits/{{ref}}", self._commit),
            web.get(f"{repo}/deployments", self._deployments),
            web.get(f"{repo}/deployments/{{id}}/statuses", self._statuses),
            web.get(f"{repo}/issues", self._issues),
            web.get(f"{repo}/pulls", self._pulls),
            web.get(f"{repo}/branches", self._branches),
            web.get(f"{ADDRESS}/github/search/issues", self._found),
            web.get(f"{ADDRESS}/sentry/api/0/organizations/{{name}}/events/", self._errors),
            web.get(f"{ADDRESS}/prometheus/api/v1/query", self._metric),
            web.get(f"{ADDRESS}/alertmanager/api/v2/alerts", self._alerts),
        ]

    async def _told(self, request: web.Request) -> web.Response:
        return web.json_response({"in_use": self.in_use, "up": self.is_up})

    async def _change(self, request: web.Request) -> web.Response:
        """{"up": false}: the site goes down."""
        try:
            body: Any = await request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict) or not isinstance(body.get("up"), bool):
            return web.json_response({"ok": False, "error": "invalid_arguments"}, status=400)
        self.is_up = body["up"]
        return await self._told(request)

    async def _health(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"status": "ok" if self.is_up else "down"}, status=200 if self.is_up else 503
        )

    async def _runs(self, request: web.Request) -> web.Response:
        runs = [self._run(request, number, at) for number, at in self._every(TESTED_EVERY)]
        return _page(request, runs, "workflow_runs")

    def _run(self, request: web.Request, number: int, at: datetime) -> Json:
        return {
            "id": number,
            "name": "CI",
            "path": ".github/workflows/ci.yml",
            "workflow_id": 1,
            "run_number": number,
            "run_attempt": 1,
            "event": "push",
            "head_branch": request.query.get("branch", "main"),
            "head_sha": SHA,
            "status": "completed",
            "conclusion": "success",
            "html_url": f"{_web(request)}/actions/runs/{number}",
            "created_at": _time(at),
            "run_started_at": _time(at),
            "updated_at": _time(at + TESTS_TOOK),
        }

    async def _about(self, request: web.Request) -> web.Response:
        info = request.match_info
        return web.json_response({"full_name": f"{info['owner']}/{info['name']}", "default_branch": "main"})

    async def _releases(self, request: web.Request) -> web.Response:
        return _page(request, [self._made(request, *each) for each in self._every(DEPLOYED_EVERY)])

    async def _release(self, request: web.Request) -> web.Response:
        return web.json_response(self._made(request, *self._every(DEPLOYED_EVERY)[0]))

    def _made(self, request: web.Request, number: int, at: datetime) -> Json:
        tag = f"v1.{number}.0"
        return {
            "id": number,
            "tag_name": tag,
            "name": tag,
            "draft": False,
            "prerelease": False,
            "html_url": f"{_web(request)}/releases/tag/{tag}",
            "created_at": _time(at),
            "published_at": _time(at),
        }

    async def _commit(self, request: web.Request) -> web.Response:
        return web.json_response({"sha": SHA, "html_url": f"{_web(request)}/commit/{SHA}"})

    async def _deployments(self, request: web.Request) -> web.Response:
        environment = request.query.get("environment", "production")
        made = [
            {
                "id": number,
                "sha": SHA,
                "ref": f"v1.{number}.0",
                "task": "deploy",
                "environment": environment,
                "created_at": _time(at),
                "updated_at": _time(at + DEPLOYMENT_TOOK),
            }
            for number, at in self._every(DEPLOYED_EVERY)
        ]
        return _page(request, made)

    async def _statuses(self, request: web.Request) -> web.Response:
        number = request.match_info["id"]
        at = next((at for each, at in self._every(DEPLOYED_EVERY) if str(each) == number), None)
        if at is None:
            return web.json_response({"message": "Not Found"}, status=404)
        stages = (
            ("success", APPROVAL_TOOK + DEPLOYMENT_TOOK),
            ("in_progress", APPROVAL_TOOK),
            ("waiting", timedelta()),
        )
        said = [
            {"id": place, "state": state, "created_at": _time(at + after), "updated_at": _time(at + after)}
            for place, (state, after) in enumerate(stages)
            if at + after <= self._clock.now()
        ]
        return _page(request, said)

    async def _issues(self, request: web.Request) -> web.Response:
        wanted = request.query.get("labels", "")
        return _page(request, [] if wanted else self._small_ones(_web(request)))

    async def _pulls(self, request: web.Request) -> web.Response:
        state = request.query.get("state", "open")
        return _page(request, self._merged(_web(request)) if state in ("closed", "all") else [])

    async def _found(self, request: web.Request) -> web.Response:
        """Issues and pull requests, by the few words of GitHub's search that matter here."""
        query = request.query.get("q", "")
        site = f"https://github.com/{_after('repo:', query)}"
        found = self._merged(site) if "is:pr" in query else self._small_ones(site)
        if "label:" in query or "closed:" in query:
            found = []
        span = re.search(r"(merged|created):(\S+)\.\.(\S+)", query)
        if span is not None and "is:pr" in query:
            key, first, last = f"{span[1]}_at", span[2], span[3]
            found = [each for each in found if first <= each[key] <= last]
        return web.json_response({"total_count": len(found), "incomplete_results": False, "items": found})

    def _small_ones(self, site: str) -> list[Json]:
        """Two issues are open; nothing grave."""
        titles = ((411, "The date picker is narrow on phones"), (408, "A typo in the footer"))
        return [
            {
                "number": number,
                "title": title,
                "state": "open",
                "labels": [],
                "html_url": f"{site}/issues/{number}",
                "created_at": _time(self._clock.now() - timedelta(days=number % 5 + 1)),
            }
            for number, title in titles
        ]

    def _merged(self, site: str) -> list[Json]:
        return [
            {
                "number": 300 + number % 1000,
                "title": f"Change {number}",
                "state": "closed",
                "html_url": f"{site}/pull/{300 + number % 1000}",
                "created_at": _time(at - MERGED_EVERY),
                "updated_at": _time(at),
                "closed_at": _time(at),
                "merged_at": _time(at),
                "user": {"login": "example"},
            }
            for number, at in self._every(MERGED_EVERY)
        ]

    async def _branches(self, request: web.Request) -> web.Response:
        names = ("main", "feature/wish-list", "feature/faster-search", "fix/footer")
        return _page(request, [{"name": name, "commit": {"sha": SHA}, "protected": False} for name in names])

    async def _errors(self, request: web.Request) -> web.Response:
        is_grave = "level:fatal" in request.query.get("query", "")
        period = request.query.get("statsPeriod", "24h")
        count = 0 if is_grave or (period.endswith("h") and period != "24h") else 2
        return web.json_response({"data": [{"count()": count}], "meta": {"fields": {"count()": "integer"}}})

    async def _metric(self, request: web.Request) -> web.Response:
        query, at = request.query.get("query", ""), self._clock.seconds()
        value = next((value for word, value in METRICS if word in query), None)
        result = [] if value is None else [{"metric": {}, "value": [at, str(value)]}]
        return web.json_response({"status": "success", "data": {"resultType": "vector", "result": result}})

    async def _alerts(self, request: web.Request) -> web.Response:
        return web.json_response([])

    def _every(self, span: timedelta) -> list[tuple[int, datetime]]:
        """The last times something happened that happens so often, newest first, each with its number."""
        last = int(self._clock.seconds() // span.total_seconds())
        began = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
        return [(number, began + number * span) for number in range(last, last - SHOWN, -1)]


def _page(request: web.Request, found: list[Json], key: str | None = None) -> web.Response:
    query = request.query
    size = int(query["per_page"]) if query.get("per_page", "").isdigit() else SHOWN
    first = (int(query["page"]) - 1) * size if query.get("page", "").isdigit() else 0
    shown: Any = found[first : first + size]
    return web.json_response({"total_count": len(found), key: shown} if key else shown)


def _after(word: str, query: str) -> str:
    return next((each.removeprefix(word) for each in query.split() if each.startswith(word)), "")


def _web(request: web.Request) -> str:
    return f"https://github.com/{request.match_info['owner']}/{request.match_info['name']}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
