"""Which release is the newest, and is it the one that runs?"""

from urllib.parse import quote

from bot.checks.kinds import github
from bot.checks.kinds.github_deployments import state
from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import SECONDS, Finding, Verdict, span
from bot.checks.sources import NoAnswerError, Sources
from bot.playbook.check_kinds import GithubRelease

# How far back the deployment that is active is looked for.
MOST = 10


async def ask(options: GithubRelease, question: Question, sources: Sources) -> Finding:
    release = await github.get(sources, options.api, f"/repos/{options.repo}/releases/latest")
    if release is None:
        raise NoAnswerError(f"{options.repo} has no release, or GITHUB_TOKEN may not see it")
    tag, link = str(release["tag_name"]), str(release["html_url"])
    age = (question.now - github.instant(release["published_at"])).total_seconds()
    released = f"{tag}, released {span(age)} ago"
    if options.environment is None:
        return Finding(released, Verdict.OK, age, SECONDS, link)
    running = await _running(options, options.environment, sources)
    if running is None:
        return Finding(
            f"{released}, but nothing is active in {options.environment}", Verdict.FAIL, age, SECONDS, link
        )
    ref, sha = running
    if ref in (tag, f"refs/tags/{tag}") or sha == await _commit(options, tag, sources):
        return Finding(f"{released}, is active in {options.environment}", Verdict.OK, age, SECONDS, link)
    text = f"{options.environment} runs {ref} ({sha[:7]}), not {released}"
    return Finding(text, Verdict.FAIL, age, SECONDS, link)


async def _running(options: GithubRelease, environment: str, sources: Sources) -> tuple[str, str] | None:
    """The ref and the commit of the deployment that is active: the newest whose last word is success."""
    params = {"environment": environment, "per_page": str(MOST)}
    answer = await github.get(sources, options.api, f"/repos/{options.repo}/deployments", params)
    for deployment in answer or []:
        if await state(sources, options.api, options.repo, deployment) == "success":
            return str(deployment["ref"]), str(deployment["sha"])
    return None


async def _commit(options: GithubRelease, tag: str, sources: Sources) -> str:
    answer = await github.get(sources, options.api, f"/repos/{options.repo}/commits/{quote(tag, safe='')}")
    return str(answer["sha"]) if answer else ""


KIND = Kind("github_release", ask)
