"""Deployments, activity and feedback out of GitHub's answers, in the shapes its reference documents."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.checks.sources import Access
from bot.db import Database
from bot.reports.deploying import is_rollback, of_run, of_statuses
from bot.reports.model import Section, Verdict
from bot.reports.sections.activity import activity
from bot.reports.sections.deployments import deployments
from bot.reports.sections.feedback import feedback
from bot.reports.sections.section import Ask
from tests.checks.asking import serving
from tests.reports.wanting import END, WEEK, figure, wanted

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
REPO = "/repos/example/app"
TARGETS = {
    "deployments": 2,
    "deployments_succeed": "99%",
    "approval": "5m",
    "deployment": "10m",
    "rollbacks": 0,
}


def at(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"


def deployment(number: int, when: datetime, sha: str = "a84d88e", **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "sha": sha,
        "ref": f"v1.{number}.0",
        "task": "deploy",
        "environment": "production",
        "description": None,
        "created_at": at(when),
        "updated_at": at(when),
        "transient_environment": False,
        "production_environment": True,
        **more,
    }


def statuses(when: datetime, *steps: tuple[str, float]) -> list[dict[str, Any]]:
    """Each step's state and how many minutes after `when`; as GitHub does, the newest first."""
    found = [
        {"id": n, "state": state, "created_at": at(when + minutes * MINUTE), "environment": "production"}
        for n, (state, minutes) in enumerate(steps)
    ]
    return found[::-1]


@dataclass
class GitHub:
    """Answers by path, lists by pages, searches by what is in the query. What is not there is 404."""

    url: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    searches: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    status: int = 200
    asked: list[str] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        if self.status != 200:
            return web.json_response({"message": "no"}, status=self.status)
        if request.path == "/search/issues":
            query = request.query["q"]
            items = next((found for part, found in self.searches.items() if part in query), [])
            body = {"total_count": len(items), "incomplete_results": False, "items": items[:100]}
            return web.json_response(body)
        found = self.answers.get(request.path)
        if found is None:
            return web.json_response({"message": "Not Found"}, status=404)
        if isinstance(found, list):
            page, size = int(request.query.get("page", 1)), int(request.query.get("per_page", 30))
            found = found[(page - 1) * size : page * size]
        return web.json_response(found)

    async def tells(self, database: Database, ask: Ask, report: dict[str, Any], **more: Any) -> Section:
        access = Access(github_api=self.url)
        asked = wanted(database, {"github": ["example/app"], **report}, access=access, **more)
        try:
            return await ask(asked)
        finally:
            await asked.sources.close()


@pytest.fixture
async def github() -> AsyncIterator[GitHub]:
    found = GitHub(answers={f"{REPO}/releases": [], f"{REPO}/deployments": []})
    async with serving(found.answer) as url:
        found.url = url
        yield found


async def test_a_week_of_deployments(database: Database, github: GitHub) -> None:
    monday, tuesday, thursday = (WEEK.start + n * DAY for n in (3, 4, 6))
    github.answers[f"{REPO}/deployments"] = [
        deployment(14, thursday, sha="one"),
        deployment(13, tuesday, sha="two"),
        deployment(12, monday, sha="one"),
        deployment(11, WEEK.start - DAY, sha="none"),
        deployment(15, monday, environment="staging", production_environment=False),
    ]
    github.answers |= {
        f"{REPO}/deployments/12/statuses": statuses(
            monday, ("waiting", 0), ("queued", 4), ("in_progress", 5), ("success", 13), ("inactive", 500)
        ),
        f"{REPO}/deployments/13/statuses": statuses(
            tuesday, ("waiting", 0), ("queued", 8), ("in_progress", 9), ("failure", 15)
        ),
        f"{REPO}/deployments/14/statuses": statuses(thursday, ("in_progress", 1), ("success", 7)),
    }
    github.answers[f"{REPO}/releases"] = [
        {"tag_name": "v1.12.0", "published_at": at(monday), "draft": False},
        {"tag_name": "v1.11.0", "published_at": at(WEEK.start - DAY), "draft": False},
        {"tag_name": "v2", "published_at": None, "draft": True},
    ]
    found = await github.tells(database, deployments, {"targets": TARGETS})

    assert figure(found, "deployments").value == 3
    succeeded = figure(found, "deployments that succeeded")
    assert (succeeded.value, succeeded.n, succeeded.verdict) == (66.67, 3, Verdict.BAD)
    approval = figure(found, "average approval time")
    assert (approval.value, approval.n, approval.verdict) == (6.0, 2, Verdict.WATCH)
    assert figure(found, "average deployment time").value == round((8 + 6 + 6) / 3, 1)
    back = figure(found, "rollbacks")
    assert (back.value, back.verdict) == (1, Verdict.WATCH)
    assert "v1.14.0 to production, rollback, succeeded" in back.rows[0]
    assert found.headline == "3 deployments, 1 failed, 1 rolled back"
    assert found.decision == "66.67 % of deployments succeeded, not ≥ 99 %: what is done about v1.13.0?"
    assert found.lines[-1] == "Released: v1.12.0"
    assert found.table is not None
    assert found.table.rows[0][1:] == ("example/app", "v1.12.0", "production", "succeeded", 4.0, 8.0)
    # Staging's statuses, and those of other weeks, are nobody's question.
    assert not any("/15/" in each or "/11/" in each for each in github.asked)


async def test_a_week_without_deployments_is_a_number_and_not_a_mystery(
    database: Database, github: GitHub
) -> None:
    found = await github.tells(database, deployments, {"targets": TARGETS})

    assert (found.headline, found.verdict) == ("nothing was deployed", Verdict.WATCH)
    assert figure(found, "deployments").value == 0
    assert figure(found, "deployments that succeeded").value is None


async def test_where_nothing_is_deployed_by_github_releases_count(database: Database, github: GitHub) -> None:
    github.answers[f"{REPO}/releases"] = [{"tag_name": "v3", "published_at": at(END - DAY)}]
    found = await github.tells(database, deployments, {})

    assert figure(found, "deployments").value == 1
    assert "v3 to release, outcome not known" in found.lines[0]


async def test_a_workflow_that_deploys_may_be_named(database: Database, github: GitHub) -> None:
    def run(conclusion: str | None, minutes: float, **more: Any) -> dict[str, Any]:
        start = END - DAY
        return {
            "id": 30433642,
            "name": "Deploy",
            "display_title": "Ship it",
            "head_branch": "main",
            "head_sha": "acb5820ced9479c074f688cc328bf03f341a511d",
            "status": "completed" if conclusion else "in_progress",
            "conclusion": conclusion,
            "created_at": at(start),
            "run_started_at": at(start),
            "updated_at": at(start + minutes * MINUTE),
            **more,
        }

    runs = [
        run("success", 6),
        run("failure", 4),
        run("cancelled", 1),
        run("success", 2, display_title="Roll back"),
    ]
    github.answers[f"{REPO}/actions/workflows/deploy.yml/runs"] = {"total_count": 4, "workflow_runs": runs}
    found = await github.tells(database, deployments, {"deployments": {"workflow": "deploy.yml"}})

    assert figure(found, "deployments").value == 4
    assert figure(found, "deployments that succeeded").value == 66.67
    assert figure(found, "average deployment time").value == round((6 + 4 + 1 + 2) / 4, 1)
    assert figure(found, "rollbacks").value == 1
    [asked] = [each for each in github.asked if "deploy.yml" in each]
    assert "created=2026-11-13T21:00:00Z..2026-11-20T20:59:59Z" in asked.replace("%3A", ":")
    assert of_run("example/app", run(None, 3)).succeeded is None


async def test_hundreds_of_deployments_are_not_all_asked_about(database: Database, github: GitHub) -> None:
    github.answers[f"{REPO}/deployments"] = [deployment(n, END - n * MINUTE) for n in range(1, 500)]
    found = await github.tells(database, deployments, {})

    assert len([each for each in github.asked if "/statuses" in each]) == 100
    assert len([each for each in github.asked if "/deployments?" in each]) == 3
    assert figure(found, "deployments, at least").value == 100
    assert "There were more than are asked for" in found.lines[-1]


@pytest.mark.parametrize(
    ("steps", "succeeded", "approval", "took"),
    [
        ((("success", 3),), True, None, 3),
        ((("failure", 3), ("in_progress", 4), ("success", 9)), True, None, 5),
        ((("waiting", 0),), None, None, None),
        ((("waiting", 0), ("failure", 30)), False, None, None),
        ((("waiting", 0), ("pending", 1), ("queued", 2), ("error", 7)), False, 2, 5),
        ((), None, None, None),
        ((("inactive", 5),), None, None, None),
    ],
)
def test_what_became_of_a_deployment(
    steps: tuple[tuple[str, float], ...], succeeded: bool | None, approval: float | None, took: float | None
) -> None:
    found = of_statuses("example/app", deployment(1, END), statuses(END, *steps), rollback=False)

    assert found.succeeded is succeeded
    assert (found.approval and found.approval / MINUTE, found.took and found.took / MINUTE) == (
        approval,
        took,
    )


def test_a_rollback_is_an_older_commit_again_and_not_the_same_one_twice() -> None:
    newest_first = [
        deployment(n, END - n * DAY, sha=sha) for n, sha in enumerate(["one", "two", "two", "one"])
    ]

    assert [is_rollback(each, newest_first) for each in newest_first] == [True, False, False, False]
    named = deployment(9, END, task="deploy:rollback")
    assert is_rollback(named, [named])


async def test_activity_counts_branches_pull_requests_and_issues(database: Database, github: GitHub) -> None:
    github.answers[REPO] = {"default_branch": "trunk"}
    github.answers[f"{REPO}/branches"] = [{"name": name} for name in ("trunk", "login", "search")]
    github.searches = {
        "is:merged": [{"number": 7, "title": "Faster login"}],
        "is:pr created": [{}] * 3,
        "is:issue is:open": [{}] * 12,
        "is:issue closed": [{}] * 4,
    }
    found = await github.tells(database, activity, {})

    assert found.headline == "1 pull request merged, 2 branches beside the default, 12 issues open"
    assert figure(found, "pull requests merged").rows == ("example/app#7 Faster login",)
    assert figure(found, "issues closed").value == 4
    assert figure(found, "branches").rows == ("example/app: login", "example/app: search")


async def test_issues_that_a_check_counts_are_told_with_its_limit(database: Database, github: GitHub) -> None:
    github.answers |= {REPO: {"default_branch": "main"}, f"{REPO}/branches": []}
    github.searches = {'label:"high"': [{"number": n, "title": "Slow"} for n in (3, 4)]}
    checks = {
        "critical": {"github_issues": {"repo": "example/app", "labels": "critical"}, "fail_above": 0},
        "high": {"github_issues": {"repo": "example/app", "labels": "high"}, "fail_above": 1},
    }
    found = await github.tells(database, activity, {}, checks=checks)

    critical, high = (figure(found, f"open issues labelled {name}") for name in ("critical", "high"))
    assert (critical.value, critical.target, critical.verdict) == (0, "≤ 0", Verdict.OK)
    assert (high.value, high.target, high.verdict) == (2, "≤ 1", Verdict.WATCH)
    assert high.rows == ("example/app#3 Slow", "example/app#4 Slow")
    assert found.verdict is Verdict.WATCH


async def test_issues_with_a_label_are_feedback(database: Database, github: GitHub) -> None:
    github.searches = {
        'label:"from users"': [
            {
                "number": 4,
                "title": "Where is the export?",
                "state": "open",
                "html_url": "https://github.com/example/app/issues/4",
                "created_at": at(END - DAY),
            }
        ]
    }
    found = await github.tells(database, feedback, {"feedback": {"github_label": "from users"}})

    assert figure(found, "issues with feedback").value == 1
    assert found.lines == (
        "Thu 19 Nov 16:00: example/app#4 Where is the export? https://github.com/example/app/issues/4",
    )
    assert found.headline == "1 issue"


@pytest.mark.parametrize("ask", [deployments, activity])
async def test_a_github_that_refuses_or_talks_nonsense_is_unknown(
    database: Database, github: GitHub, ask: Ask
) -> None:
    github.status = 502
    refused = await github.tells(database, ask, {})
    github.status = 200
    github.answers = {REPO: {}, f"{REPO}/releases": [1], f"{REPO}/branches": [1]}
    nonsense = await github.tells(database, ask, {})
    nobody = await ask(wanted(database))

    assert (refused.verdict, refused.headline) == (Verdict.UNKNOWN, "not known: GitHub answered 502")
    assert "not understood" in nonsense.headline
    assert nonsense.verdict is Verdict.UNKNOWN
    assert refused.figures == nonsense.figures == ()
    assert "set GITHUB_TOKEN" in nobody.connect
