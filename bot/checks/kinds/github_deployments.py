"""Did deployments fail?"""

from typing import Any

from bot.checks.kinds import github
from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import Finding, Limits, span
from bot.checks.sources import Sources
from bot.playbook.check_kinds import GithubDeployments

# Each has to be asked for its state; who deploys more often than this in a window looks at a shorter one.
MOST = 30
FAILED = ("error", "failure")


async def ask(options: GithubDeployments, question: Question, sources: Sources) -> Finding:
    params = {"per_page": str(MOST), **({"environment": options.environment} if options.environment else {})}
    answer = await github.get(sources, options.api, f"/repos/{options.repo}/deployments", params)
    if answer is None:
        raise github.missing(options.repo)
    since = question.now - options.window
    recent = [each for each in answer if github.instant(each["created_at"]) >= since]
    failed = [each for each in recent if await state(sources, options.api, options.repo, each) in FAILED]
    window = span(options.window.total_seconds())
    where = f" to {options.environment}" if options.environment else ""
    link = f"https://github.com/{options.repo}/deployments" if options.api is None else None
    text = f"{len(failed)} of {len(recent)} deployments{where} failed in {window}"
    if failed:
        newest = failed[0]
        text = f"{text}, the last of {newest['ref']} to {newest['environment']}"
    return Finding(text, value=len(failed), unit="failed deployments", link=link)


async def state(sources: Sources, api: str | None, repo: str, deployment: dict[str, Any]) -> str:
    """GitHub's newest word on a deployment: success, failure, inactive …; `pending` before the first one."""
    path = f"/repos/{repo}/deployments/{deployment['id']}/statuses"
    answer = await github.get(sources, api, path, {"per_page": "1"})
    return str(answer[0]["state"]) if answer else "pending"


KIND = Kind("github_deployments", ask, Limits(fail_above=0))
