"""GitHub's answers, in the shapes that docs.github.com/en/rest documents, from a small server."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.checks.model.result import Result
from bot.checks.sources import Access
from tests.checks.asking import asked, serving

TOKEN = "ghp_averysecrettoken"
NOW = datetime.now(UTC)


def ago(**span: float) -> str:
    return f"{NOW - timedelta(**span):%Y-%m-%dT%H:%M:%SZ}"


def run(workflow: int, conclusion: str | None, *, name: str = "CI", **more: Any) -> dict[str, Any]:
    return {
        "id": 30433642,
        "name": name,
        "workflow_id": workflow,
        "head_branch": "main",
        "head_sha": "acb5820ced9479c074f688cc328bf03f341a511d",
        "event": "push",
        "status": "completed" if conclusion else "in_progress",
        "conclusion": conclusion,
        "html_url": f"https://github.com/example/app/actions/runs/{workflow}",
        "created_at": ago(hours=1),
        **more,
    }


def deployment(number: int, created_at: str, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "sha": "a84d88e7554fc1fa21bcbc4efae3c782a70d2b9d",
        "ref": "topic-branch",
        "task": "deploy",
        "environment": "production",
        "created_at": created_at,
        **more,
    }


@dataclass
class GitHub:
    """Answers by path; what is not there is 404. `asked` is what came."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[web.Request] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request)
        if self.status != 200:
            return web.json_response({"message": "no"}, status=self.status, headers=self.headers)
        found = self.answers.get(request.path)
        if isinstance(found, list) and request.path.endswith("/issues"):
            page, size = int(request.query.get("page", 1)), int(request.query["per_page"])
            found = found[(page - 1) * size : page * size]
        if found is None:
            return web.json_response({"message": "Not Found"}, status=404)
        return web.json_response(found)

    async def asks(self, check: dict[str, Any]) -> Result:
        return await asked(check, Access(github_api=self.url, github_token=TOKEN, secrets=(TOKEN,)))


@pytest.fixture
async def github() -> AsyncIterator[GitHub]:
    found = GitHub()
    async with serving(found.answer) as url:
        found.url = url
        yield found


RUNS = "/repos/example/app/actions/runs"
WORKFLOW = {"github_workflow": {"repo": "example/app"}}


async def test_the_last_run_of_each_workflow_counts(github: GitHub) -> None:
    github.answers[RUNS] = {
        "total_count": 4,
        "workflow_runs": [
            run(1, None),
            run(2, "failure", name="Nightly"),
            run(1, "success"),
            run(2, "success", name="Nightly"),
            run(1, "failure"),
        ],
    }
    red = await github.asks(WORKFLOW)
    github.answers[RUNS]["workflow_runs"][1]["conclusion"] = "success"
    green = await github.asks(WORKFLOW)

    assert (red.verdict, red.evidence, red.value) == ("fail", "Nightly failed on main", 1)
    assert red.link == "https://github.com/example/app/actions/runs/2"
    assert (green.verdict, green.value) == ("ok", 0)
    assert green.evidence == "Nightly, CI succeeded on main, last at acb5820"
    assert github.asked[0].query["branch"] == "main"
    assert github.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_one_workflow_may_be_named_and_cancelled_is_neither_green_nor_red(github: GitHub) -> None:
    github.answers["/repos/example/app/actions/workflows/ci.yml/runs"] = {
        "workflow_runs": [run(1, "cancelled")]
    }
    found = await github.asks({"github_workflow": {"repo": "example/app", "workflow": "ci.yml"}})

    assert (found.verdict, found.evidence) == ("warn", "CI was cancelled on main")


async def test_no_run_at_all_and_no_repository_are_unknown(github: GitHub) -> None:
    github.answers[RUNS] = {"workflow_runs": [run(1, None)]}
    running = await github.asks(WORKFLOW)
    missing = await github.asks({"github_workflow": {"repo": "example/other"}})

    assert (running.verdict, missing.verdict) == ("unknown", "unknown")
    assert "no workflow has run to its end" in running.evidence
    assert "may not see it" in missing.evidence


@pytest.mark.parametrize(
    ("status", "headers", "says"),
    [
        (401, {}, "GITHUB_TOKEN is missing, expired"),
        (403, {"x-ratelimit-remaining": "0"}, "rate limit is used up"),
        (403, {}, "may not read this"),
        (502, {}, "GitHub answered 502"),
    ],
)
async def test_a_refusal_is_unknown_and_says_what_to_do(
    github: GitHub, status: int, headers: dict[str, str], says: str
) -> None:
    github.status, github.headers = status, headers
    for check in (
        WORKFLOW,
        {"github_release": {"repo": "example/app"}},
        {"github_deployments": {"repo": "example/app"}},
        {"github_issues": {"repo": "example/app"}},
    ):
        found = await github.asks(check)
        assert found.verdict == "unknown"
        assert says in found.evidence
        assert TOKEN not in found.evidence


@pytest.mark.parametrize("body", [[], {}, {"workflow_runs": [{}]}, {"workflow_runs": None}, "x", 7])
async def test_an_answer_of_another_shape_is_unknown(github: GitHub, body: Any) -> None:
    github.answers[RUNS] = body

    assert (await github.asks(WORKFLOW)).verdict == "unknown"


async def test_failed_deployments_of_the_window_count(github: GitHub) -> None:
    path = "/repos/example/app/deployments"
    github.answers[path] = [
        deployment(3, ago(hours=1), ref="v1.9"),
        deployment(2, ago(hours=2)),
        deployment(1, ago(days=3)),
    ]
    github.answers[f"{path}/3/statuses"] = [{"id": 1, "state": "success"}]
    github.answers[f"{path}/2/statuses"] = [{"id": 1, "state": "inactive"}]
    github.answers[f"{path}/1/statuses"] = [{"id": 1, "state": "failure"}]
    fine = await github.asks({"github_deployments": {"repo": "example/app"}})
    github.answers[f"{path}/3/statuses"] = [{"id": 1, "state": "error"}]
    bad = await github.asks({"github_deployments": {"repo": "example/app", "environment": "production"}})
    borne = await github.asks(
        {"github_deployments": {"repo": "example/app", "window": "7d"}, "fail_above": 2, "warn_above": 1}
    )

    assert (fine.verdict, fine.evidence) == ("ok", "0 of 2 deployments failed in 24 h")
    assert (bad.verdict, bad.value) == ("fail", 1)
    assert "the last of v1.9 to production" in bad.evidence
    assert (borne.verdict, borne.value) == ("warn", 2)


async def test_the_latest_release_is_told_with_its_age(github: GitHub) -> None:
    url = "https://github.com/example/app/releases/tag/v1.9"
    release = {"tag_name": "v1.9", "html_url": url, "published_at": ago(days=12), "draft": False}
    github.answers["/repos/example/app/releases/latest"] = release
    found = await github.asks({"github_release": {"repo": "example/app"}, "warn_above": "30d"})
    old = await github.asks({"github_release": {"repo": "example/app"}, "warn_above": "10d"})
    none = await github.asks({"github_release": {"repo": "example/other"}})

    assert (found.verdict, found.evidence, found.link) == ("ok", "v1.9, released 12 days ago", url)
    assert (old.verdict, none.verdict) == ("warn", "unknown")


async def test_the_release_must_be_what_runs_in_the_environment(github: GitHub) -> None:
    check = {"github_release": {"repo": "example/app", "environment": "production"}}
    path = "/repos/example/app/deployments"
    release = {"tag_name": "v1.9", "html_url": "https://x/", "published_at": ago(days=1)}
    github.answers["/repos/example/app/releases/latest"] = release
    github.answers[path] = [deployment(2, ago(hours=1), ref="main", sha="f" * 40), deployment(1, ago(days=1))]
    github.answers[f"{path}/2/statuses"] = [{"state": "failure"}]
    github.answers[f"{path}/1/statuses"] = [{"state": "inactive"}]
    nothing = await github.asks(check)
    github.answers[f"{path}/2/statuses"] = [{"state": "success"}]
    other = await github.asks(check)
    github.answers["/repos/example/app/commits/v1.9"] = {"sha": "f" * 40}
    same = await github.asks(check)

    assert (nothing.verdict, "nothing is active in production" in nothing.evidence) == ("fail", True)
    assert (other.verdict, "production runs main (fffffff), not v1.9" in other.evidence) == ("fail", True)
    assert (same.verdict, "is active in production" in same.evidence) == ("ok", True)


async def test_open_issues_are_counted_over_pages_without_pull_requests(github: GitHub) -> None:
    issue = {"number": 1, "title": "Found a bug", "created_at": ago(days=2)}
    pull = {**issue, "pull_request": {"url": "https://api.github.com/repos/example/app/pulls/1"}}
    old = {**issue, "created_at": ago(days=9)}
    github.answers["/repos/example/app/issues"] = [old, *[issue] * 130, *[pull] * 20]
    every = await github.asks({"github_issues": {"repo": "example/app"}, "warn_above": 100})
    week = await github.asks(
        {"github_issues": {"repo": "example/app", "labels": ["bug", "minor"], "older_than": "7d"}}
    )

    assert (every.verdict, every.value) == ("warn", 131)
    assert (week.verdict, week.value) == ("ok", 1)
    assert week.evidence == "1 open issues labelled bug, minor, older than 7 days"
    assert github.asked[-1].query["labels"] == "bug,minor"


async def test_an_enterprise_server_is_asked_where_a_check_says_so(github: GitHub) -> None:
    github.answers["/api/v3" + RUNS] = {"workflow_runs": [run(1, "success")]}
    check = {"github_workflow": {"repo": "example/app", "api": f"{github.url}/api/v3"}}
    found = await asked(check, Access(github_api="http://127.0.0.1:9"))

    assert found.verdict == "ok"
    assert "Authorization" not in github.asked[-1].headers
