"""Activity in the repositories: branches, pull requests, issues."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.playbook import Playbook
from bot.playbook.checks import Check
from bot.reports.model import Figure, Period, Section, Table, Verdict, figure
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


@dataclass(frozen=True)
class Labelled:
    """Open issues with the labels of a check; more than `most` of them are too many, where that is said."""

    check: str
    labels: tuple[str, ...]
    count: int
    titles: tuple[str, ...]
    most: float | None


async def activity(wanted: Wanted) -> Section:
    playbook = wanted.context.playbook.current
    repos = repositories(playbook, wanted.options)
    if not repos:
        return Section("activity", "Activity", connect=CONNECT)

    async def made() -> Section:
        github = GitHub.of(wanted.sources)
        found = await of_each(repos, lambda repo: _of(github, repo, wanted.period))
        return tell(found, await of_each(_asked(playbook), lambda each: _labelled(github, *each)))

    return await or_unknown("activity", "Activity", made(), "GitHub")


def _asked(playbook: Playbook) -> list[tuple[str, Check]]:
    """The checks that count open issues with labels: what a team calls critical, it has a check for."""
    return [
        (name, check)
        for name, check in playbook.checks.items()
        if check.github_issues is not None and check.github_issues.labels
    ]


async def _labelled(github: GitHub, name: str, check: Check) -> Labelled:
    options = check.github_issues
    assert options is not None  # noqa: S101  that is what it was chosen for
    labels = " ".join(f'label:"{label}"' for label in (each.replace('"', "") for each in options.labels))
    repo = Repository(options.repo, options.api)
    count, items = await github.search(repo, f"is:issue is:open {labels}")
    titles = tuple(f"{repo.name}#{each['number']} {each['title']}" for each in items)
    most = check.fail_above if check.fail_above is not None else check.warn_above
    return Labelled(name, tuple(options.labels), count, titles, most)


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


def tell(found: Sequence[Activity], labelled: Sequence[Labelled] = ()) -> Section:
    """The section."""
    labels = tuple(_figure(each) for each in labelled)
    many = [each for each in labels if each.verdict is not Verdict.OK]
    merged, issues = sum(each.merged for each in found), sum(each.issues_open for each in found)
    branches = sum(len(each.branches) for each in found)
    rows = tuple(
        (each.repo, len(each.branches), each.merged, each.opened, each.issues_open, each.issues_closed)
        for each in found
    )
    columns = ("repository", "branches", "PRs merged", "PRs opened", "issues open", "issues closed")
    return Section(
        "activity",
        "Activity",
        Verdict.WATCH if many else Verdict.OK,
        f"{plural(merged, 'pull request')} merged, {plural(branches, 'branch', 'branches')} beside"
        f" the default, {plural(issues, 'issue')} open",
        (*_figures(found), *labels),
        table=Table(columns, rows),
    )


def _figures(found: Sequence[Activity]) -> tuple[Figure, ...]:
    def counted(name: str, count: str, rows: Sequence[str] = ()) -> Figure:
        by_repo = [(each.repo, getattr(each, count)) for each in found]
        told = [f"{repo}: {n}" for repo, n in by_repo]
        return figure(name, float(sum(n for _, n in by_repo)), rows=rows or told)

    complete = all(each.all_branches for each in found)
    branches = [f"{each.repo}: {name}" for each in found for name in each.branches]
    return (
        figure("branches" if complete else "branches, at least", float(len(branches)), rows=branches),
        counted("pull requests merged", "merged", [t for each in found for t in each.merged_titles]),
        counted("pull requests opened", "opened"),
        counted("issues open", "issues_open"),
        counted("issues closed", "issues_closed"),
    )


def _figure(each: Labelled) -> Figure:
    many = each.most is not None and each.count > each.most
    return figure(
        f"open issues labelled {', '.join(each.labels)}",
        float(each.count),
        rows=list(each.titles),
        target=f"≤ {each.most:g}" if each.most is not None else "",
        verdict=Verdict.WATCH if many else Verdict.OK,
    )
