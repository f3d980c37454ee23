"""Asking GitHub's REST API (docs.github.com/en/rest), or an Enterprise server's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.checks.sources import NoAnswerError, Sources

API_VERSION = "2022-11-28"
LARGEST_PAGE = "100"


async def get(
    sources: Sources, api: str | None, path: str, params: Mapping[str, str | list[str]] | None = None
) -> Any:
    """What GitHub answers at `path`; None for 404. Raises NoAnswerError for everything else but 200."""
    base = (api or sources.access.github_api).rstrip("/")
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": API_VERSION}
    if sources.access.github_token:
        headers["Authorization"] = f"Bearer {sources.access.github_token}"
    reply = await sources.fetch(f"{base}{path}", headers=headers, params=params)
    if reply.status == 200:
        return reply.json()
    if reply.status == 404:
        return None
    if reply.status in (403, 429) and reply.headers.get("x-ratelimit-remaining") == "0":
        raise NoAnswerError("GitHub's rate limit is used up")
    if reply.status in (401, 403):
        raise NoAnswerError(
            f"GitHub answered {reply.status}: GITHUB_TOKEN is missing, expired or may not read this"
        )
    raise NoAnswerError(f"GitHub answered {reply.status}")


def missing(repo: str, what: str = "repository") -> NoAnswerError:
    """GitHub says 404 also of what the token may not see."""
    return NoAnswerError(f"GitHub knows no such {what} in {repo}, or GITHUB_TOKEN may not see it")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
