"""Did the last run of each workflow on a branch succeed?"""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from bot.checks.kinds import github
from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import Finding, Limits, Verdict
from bot.checks.sources import NoAnswerError, Sources
from bot.playbook.check_kinds import GithubWorkflow

# Of the newest runs; each takes GitHub some 20 KB to describe.
RUNS = 100
UNIT = "failed workflows"
# Of GitHub's conclusions; `cancelled`, `action_required` and `stale` say neither that it works nor that not.
GOOD = ("success", "neutral", "skipped")
BAD = ("failure", "timed_out", "startup_failure")


async def ask(options: GithubWorkflow, _: Question, sources: Sources) -> Finding:
    path = f"/repos/{options.repo}/actions"
    if options.workflow is not None:
        path += f"/workflows/{quote(options.workflow, safe='')}"
    params = {"branch": options.branch, "exclude_pull_requests": "true", "per_page": str(RUNS)}
    answer = await github.get(sources, options.api, f"{path}/runs", params)
    if answer is None:
        raise github.missing(options.repo, "workflow" if options.workflow else "repository")
    last = _last_completed(answer["workflow_runs"])
    if not last:
        raise NoAnswerError(f"no workflow has run to its end on {options.branch}")
    bad = [run for run in last if run["conclusion"] in BAD]
    odd = [run for run in last if run["conclusion"] not in (*GOOD, *BAD)]
    pointed = (bad or odd or last)[0]
    if bad:
        text = f"{_names(bad)} failed on {options.branch}"
        return Finding(text, Verdict.FAIL, len(bad), UNIT, pointed["html_url"])
    if odd:
        text = f"{pointed['name']} was {pointed['conclusion']} on {options.branch}"
        return Finding(text, Verdict.WARN, 0, UNIT, pointed["html_url"])
    text = f"{_names(last)} succeeded on {options.branch}, last at {pointed['head_sha'][:7]}"
    return Finding(text, Verdict.OK, 0, UNIT, pointed["html_url"])


def _last_completed(runs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of each workflow the newest run that ended, newest first: GitHub lists them in that order."""
    found: dict[int, dict[str, Any]] = {}
    for run in runs:
        if run["status"] == "completed":
            found.setdefault(run["workflow_id"], run)
    return list(found.values())


def _names(runs: list[dict[str, Any]]) -> str:
    names = [str(run["name"]) for run in runs]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


KIND = Kind("github_workflow", ask, Limits())
