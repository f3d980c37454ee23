"""How many open issues are there?"""

from bot.checks.kinds import github
from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import Finding, span
from bot.checks.sources import Sources
from bot.playbook.check_kinds import GithubIssues

# A thousand open issues is an answer in itself.
MOST_PAGES = 10


async def ask(options: GithubIssues, question: Question, sources: Sources) -> Finding:
    found, complete = 0, False
    params: dict[str, str | list[str]] = {
        "state": "open",
        "sort": "created",
        "direction": "asc",
        "per_page": github.LARGEST_PAGE,
    }
    if options.labels:
        params["labels"] = ",".join(options.labels)
    before = question.now - options.older_than if options.older_than else question.now
    for page in range(1, MOST_PAGES + 1):
        path = f"/repos/{options.repo}/issues"
        answer = await github.get(sources, options.api, path, {**params, "page": str(page)})
        if answer is None:
            raise github.missing(options.repo)
        # GitHub lists pull requests as issues.
        issues = [each for each in answer if "pull_request" not in each]
        found += sum(github.instant(each["created_at"]) <= before for each in issues)
        if len(answer) < int(github.LARGEST_PAGE):
            complete = True
            break
    labelled = f" labelled {', '.join(options.labels)}" if options.labels else ""
    old = f", older than {span(options.older_than.total_seconds())}" if options.older_than else ""
    text = f"{found}{'' if complete else ' or more'} open issues{labelled}{old}"
    link = f"https://github.com/{options.repo}/issues" if options.api is None else None
    return Finding(text, value=found, unit="issues", link=link)


KIND = Kind("github_issues", ask)
