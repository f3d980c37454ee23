"""Which repositories GitHub is asked about, and how: bounded pages, bounded calls at the same time."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.checks.kinds import github
from bot.checks.sources import NoAnswerError, Sources
from bot.playbook import Playbook
from bot.playbook.reports import Report as Options

# GitHub asks for no crowds of requests (docs.github.com/en/rest, best practices); its limit is 100 at once.
AT_ONCE = 6
_KINDS = ("github_deployments", "github_release", "github_workflow", "github_issues")
CONNECT = "Nothing is known of GitHub: name repositories in the report's `github`, and set GITHUB_TOKEN."


@dataclass(frozen=True)
class Repository:
    """`api`: where it is asked about; None for the one that is set for all."""

    name: str
    api: str | None = None


def repositories(playbook: Playbook, options: Options) -> list[Repository]:
    """Those the report names, or else those that checks ask about."""
    if options.github:
        return [Repository(name) for name in dict.fromkeys(options.github)]
    asked = [check.options for check in playbook.checks.values() if check.kind in _KINDS]
    found: dict[str, Repository] = {}
    for each in asked:
        name = str(getattr(each, "repo", ""))
        found.setdefault(name, Repository(name, getattr(each, "api", None)))
    return list(found.values())


@dataclass(frozen=True)
class GitHub:
    """One report's questions to GitHub."""

    sources: Sources
    turn: asyncio.Semaphore

    @classmethod
    def of(cls, sources: Sources) -> "GitHub":
        return cls(sources, asyncio.Semaphore(AT_ONCE))

    async def get(self, repo: Repository, path: str, params: Mapping[str, str] | None = None) -> Any:
        """What it answers about the repository at `path`; None for 404. Raises NoAnswerError."""
        async with self.turn:
            return await github.get(self.sources, repo.api, f"/repos/{repo.name}{path}", dict(params or {}))

    async def pages(
        self,
        repo: Repository,
        path: str,
        params: Mapping[str, str],
        most: int,
        enough: Callable[[Sequence[Any]], bool] = lambda _: False,
        key: str | None = None,
    ) -> tuple[list[Any], bool]:
        """All items, and whether that is all of them: at most `most` pages, and none after `enough`.

        `key`: where the items are within an answer. Raises NoAnswerError, also for what GitHub does not know.
        """
        found: list[Any] = []
        for page in range(1, most + 1):
            asked = {**params, "per_page": github.LARGEST_PAGE, "page": str(page)}
            answer = await self.get(repo, path, asked)
            if answer is None:
                raise github.missing(repo.name)
            items = answer if key is None else answer[key]
            found += items
            if len(items) < int(github.LARGEST_PAGE) or enough(items):
                return found, True
        return found, False

    async def search(self, repo: Repository, query: str) -> tuple[int, list[Any]]:
        """How many issues and pull requests `query` finds, and the newest hundred. Raises NoAnswerError."""
        params = {
            "q": f"repo:{repo.name} {query}",
            "sort": "created",
            "order": "desc",
            "per_page": github.LARGEST_PAGE,
        }
        async with self.turn:
            answer = await github.get(self.sources, repo.api, "/search/issues", params)
        if answer is None:
            raise github.missing(repo.name)
        if answer["incomplete_results"]:
            raise NoAnswerError("GitHub's search did not get to its end")
        return int(answer["total_count"]), list(answer["items"])


def stamp(at: datetime) -> str:
    """As GitHub's searches take an instant."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
