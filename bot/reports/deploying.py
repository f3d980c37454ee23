"""Deployments as GitHub tells of them: which there were, how they ended, and how long each step took.

docs.github.com/en/rest: deployments, their statuses, workflow runs and releases. That a deployment waits for
approval is the status `waiting`, which Actions sets and the reference does not list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from bot.checks.kinds.github import instant
from bot.checks.kinds.github_workflow import BAD, GOOD
from bot.playbook.report_sources import Deployments as Options
from bot.reports.model import Period
from bot.reports.repositories import GitHub, Repository, stamp
from bot.reports.together import of_each

# Three hundred deployments, each with its statuses asked for, are what a report may cost GitHub.
MOST_PAGES = 3
MOST_ASKED = 100
MOST_RELEASES = 1
_FINAL = ("success", "failure", "error")
_ROLLBACK = ("rollback", "roll back", "roll-back", "revert")


@dataclass(frozen=True)
class Deployment:
    """`succeeded`: None while nobody knows. `approval`: how long it waited for one; `took`: from then on."""

    repo: str
    what: str
    where: str
    at: datetime
    succeeded: bool | None
    approval: timedelta | None = None
    took: timedelta | None = None
    rollback: bool = False


@dataclass(frozen=True)
class Deployed:
    """Oldest first. `complete`: whether GitHub was asked for all of them. `releases`: tags and when."""

    deployments: tuple[Deployment, ...]
    complete: bool
    releases: tuple[tuple[str, datetime], ...]


async def deployed(github: GitHub, repos: Sequence[Repository], options: Options, period: Period) -> Deployed:
    """Everything deployed in the period. Raises NoAnswerError."""
    found = await of_each(repos, lambda repo: _of_one(github, repo, options, period))
    deployments = sorted((each for one in found for each in one.deployments), key=lambda each: each.at)
    releases = sorted((each for one in found for each in one.releases), key=lambda each: each[1])
    return Deployed(tuple(deployments), all(each.complete for each in found), tuple(releases))


async def _of_one(github: GitHub, repo: Repository, options: Options, period: Period) -> Deployed:
    releases, _ = await github.pages(repo, "/releases", {}, MOST_RELEASES)
    tags = tuple(
        (str(each["tag_name"]), instant(each["published_at"]))
        for each in releases
        if each.get("published_at") and period.start <= instant(each["published_at"]) < period.end
    )
    if options.workflow is not None:
        return await _of_runs(github, repo, options.workflow, period, tags)
    listed, complete = await _listed(github, repo, options, period)
    if not listed:
        made = [Deployment(repo.name, tag, "release", at, succeeded=None) for tag, at in tags]
        return Deployed(tuple(made), True, tags)
    own = [each for each in listed if period.start <= instant(each["created_at"]) < period.end]

    async def one(deployment: Mapping[str, Any]) -> Deployment:
        path = f"/deployments/{deployment['id']}/statuses"
        statuses = await github.get(repo, path, {"per_page": "100"})
        return of_statuses(repo.name, deployment, statuses or [], rollback=is_rollback(deployment, listed))

    made = await of_each(own[:MOST_ASKED], one)
    return Deployed(tuple(made), complete and len(own) <= MOST_ASKED, tags)


async def _listed(
    github: GitHub, repo: Repository, options: Options, period: Period
) -> tuple[list[Mapping[str, Any]], bool]:
    """The newest first, beyond the period's start. Without an environment named: production's, or all."""
    params = {"environment": options.environment} if options.environment is not None else {}

    def beyond(items: Sequence[Mapping[str, Any]]) -> bool:
        return bool(items) and instant(items[-1]["created_at"]) < period.start

    found, complete = await github.pages(repo, "/deployments", params, MOST_PAGES, beyond)
    if options.environment is None:
        production = [each for each in found if each.get("production_environment")]
        found = production or [each for each in found if not each.get("transient_environment")]
    return found, complete


def of_statuses(
    repo: str, deployment: Mapping[str, Any], statuses: Sequence[Mapping[str, Any]], *, rollback: bool
) -> Deployment:
    """What became of a deployment. A later success makes up for a failure; `inactive` says neither."""
    told = sorted(
        ((instant(each["created_at"]), str(each["state"])) for each in statuses), key=lambda x: x[0]
    )
    at = instant(deployment["created_at"])
    waited = next((when for when, state in told if state == "waiting"), None)
    later = [each for each in told if waited is None or each[0] > waited]
    let_go = next((when for when, state in later if state not in ("waiting", "pending")), None)
    rejected = waited is not None and bool(later) and later[0][1] in ("failure", "error")
    started = next((when for when, state in later if state == "in_progress"), None)
    if started is None:
        started = let_go if waited is not None else at
    ends = [(when, state) for when, state in told if state in _FINAL]
    last = ends[-1] if ends else None
    return Deployment(
        repo,
        str(deployment["ref"]),
        str(deployment["environment"]),
        at,
        last[1] == "success" if last is not None else None,
        let_go - waited if waited is not None and let_go is not None and not rejected else None,
        last[0] - started if last is not None and started is not None and not rejected else None,
        rollback,
    )


def is_rollback(deployment: Mapping[str, Any], listed: Sequence[Mapping[str, Any]]) -> bool:
    """Called one, or of a commit that was there before the one it follows. `listed`: newest first."""
    words = f"{deployment.get('task') or ''} {deployment.get('description') or ''}".lower()
    if any(word in words for word in _ROLLBACK):
        return True
    here = [each for each in listed if each["environment"] == deployment["environment"]]
    at = next(n for n, each in enumerate(here) if each["id"] == deployment["id"])
    before = [each["sha"] for each in here[at + 1 :]]
    return bool(before) and before[0] != deployment["sha"] and deployment["sha"] in before


async def _of_runs(
    github: GitHub, repo: Repository, workflow: str, period: Period, tags: tuple[tuple[str, datetime], ...]
) -> Deployed:
    path = f"/actions/workflows/{quote(workflow, safe='')}/runs"
    params = {
        "created": f"{stamp(period.start)}..{stamp(period.end - timedelta(seconds=1))}",
        "exclude_pull_requests": "true",
    }
    runs, complete = await github.pages(repo, path, params, MOST_PAGES, key="workflow_runs")
    return Deployed(tuple(of_run(repo.name, each) for each in runs), complete, tags)


def of_run(repo: str, run: Mapping[str, Any]) -> Deployment:
    """A run of the workflow that deploys; one that was cancelled or skipped says nothing."""
    ended = run["status"] == "completed"
    conclusion = str(run["conclusion"])
    title = str(run.get("display_title") or run["name"] or "")
    return Deployment(
        repo,
        f"{run['head_branch']} at {str(run['head_sha'])[:7]}",
        str(run["name"] or "workflow"),
        instant(run["created_at"]),
        conclusion in GOOD if ended and conclusion in (*GOOD, *BAD) and conclusion != "skipped" else None,
        None,
        instant(run["updated_at"]) - instant(run.get("run_started_at") or run["created_at"])
        if ended
        else None,
        any(word in title.lower() for word in _ROLLBACK),
    )
