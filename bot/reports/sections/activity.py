"""Activity in the repositories: branches, pull requests, issues."""

from dataclasses import dataclass
from datetime import timedelta

from bot.reports.model import Period, Section, Table, Verdict, figure
from bot.reports.repositories import CONNECT, GitHub, Repository, repositories, stamp
from bot.reports.sections.section import Wanted, plural
from bot.reports.sections.unknown import or_unknown
from bot.reports.together import of_each

# Five hundred branches are an answer in themselves.
MOST_PAGES = 5


@dataclass(frozen=True)
class Activity:
    """Of one repository. `branches`: beside the default one; `all_branches`: whether these are all."""

    repo: str
    branches: tuple[str, ...]
    all_branches: bool
    merged: int
    merged_titles: tuple[str, ...]
    opened: int
    issues_open: int
    issues_closed: int


async def activity(wanted: Wanted) -> Section:
    repos = repositories(wanted.context.playbook.current, wanted.options)
    if not repos:
        return Section("activity", "Activity", connect=CONNECT)

    async def made() -> Section:
        github = GitHub.of(wanted.sources)
        found = await of_each(repos, lambda repo: _of(github, repo, wanted.period))
        return tell(found)

    return await or_unknown("activity", "Activity", made(), "GitHub")


async def _of(github: GitHub, repo: Repository, period: Period) -> Activity:
    about = await github.get(repo, "")
    branches, complete = await github.pages(repo, "/branches", {}, MOST_PAGES)
    # GitHub's ranges have no open end.
    span = f"{stamp(period.start)}..{stamp(period.end - timedelta(seconds=1))}"
    merged, items = await github.search(repo, f"is:pr is:merged merged:{span}")
    opened, _ = await github.search(repo, f"is:pr created:{span}")
    issues, _ = await github.search(repo, "is:issue is:open")
    closed, _ = await github.search(repo, f"is:issue closed:{span}")
    default = str((about or {}).get("default_branch", "main"))
    names = tuple(str(each["name"]) for each in branches if each["name"] != default)
    titles = tuple(f"{repo.name}#{each['number']} {each['title']}" for each in items)
    return Activity(repo.name, names, complete, merged, titles, opened, issues, closed)


def tell(found: list[Activity]) -> Section:
    """The section."""
    complete = all(each.all_branches for each in found)
    branches = sum(len(each.branches) for each in found)
    merged, issues = sum(each.merged for each in found), sum(each.issues_open for each in found)

    def by_repo(count: str) -> list[str]:
        return [f"{each.repo}: {getattr(each, count)}" for each in found]

    figures = (
        figure(
            "branches" if complete else "branches, at least",
            float(branches),
            rows=[f"{each.repo}: {name}" for each in found for name in each.branches],
        ),
        figure(
            "pull requests merged",
            float(merged),
            rows=[title for each in found for title in each.merged_titles] or by_repo("merged"),
        ),
        figure("pull requests opened", float(sum(each.opened for each in found)), rows=by_repo("opened")),
        figure("issues open", float(issues), rows=by_repo("issues_open")),
        figure(
            "issues closed", float(sum(each.issues_closed for each in found)), rows=by_repo("issues_closed")
        ),
    )
    rows = tuple(
        (each.repo, len(each.branches), each.merged, each.opened, each.issues_open, each.issues_closed)
        for each in found
    )
    columns = ("repository", "branches", "PRs merged", "PRs opened", "issues open", "issues closed")
    return Section(
        "activity",
        "Activity",
        Verdict.OK,
        f"{plural(merged, 'pull request')} merged, {plural(branches, 'branch', 'branches')} beside"
        f" the default, {plural(issues, 'issue')} open",
        figures,
        table=Table(columns, rows),
    )
