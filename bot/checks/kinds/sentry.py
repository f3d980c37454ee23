"""How many errors did Sentry see in a window?

docs.sentry.io/api/explore: the table of events, of which the number alone is asked for.
"""

from datetime import timedelta
from urllib.parse import urlencode

from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import Finding, span
from bot.checks.sources import NoAnswerError, Sources
from bot.playbook.check_kinds import Sentry


async def ask(options: Sentry, _: Question, sources: Sources) -> Finding:
    organization, project = options.project.split("/")
    base = (options.api or sources.access.sentry).rstrip("/")
    token = sources.access.sentry_token
    if token is None:
        raise NoAnswerError("SENTRY_AUTH_TOKEN is not set")
    query = f"project:{project}" + (f" {options.query}" if options.query else "")
    params: dict[str, str | list[str]] = {
        "dataset": "errors",
        "field": "count()",
        "query": query,
        "statsPeriod": _period(options.window),
    }
    if options.environment:
        params["environment"] = options.environment
    url = f"{base}/api/0/organizations/{organization}/events/"
    reply = await sources.fetch(url, headers={"Authorization": f"Bearer {token}"}, params=params)
    if reply.status in (401, 403):
        raise NoAnswerError(f"Sentry answered {reply.status}: SENTRY_AUTH_TOKEN is wrong or lacks org:read")
    if reply.status != 200:
        raise NoAnswerError(f"Sentry answered {reply.status}")
    rows = reply.json()["data"]
    count = int(rows[0]["count()"]) if rows else 0
    narrowed = f" ({options.query})" if options.query else ""
    text = f"{count} errors{narrowed} of {options.project} in {span(options.window.total_seconds())}"
    link = f"{base}/organizations/{organization}/issues/?" + urlencode(
        {"query": query, "statsPeriod": _period(options.window)}
    )
    return Finding(text, value=count, unit="errors", link=link)


def _period(window: timedelta) -> str:
    seconds = int(window.total_seconds())
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"


KIND = Kind("sentry", ask)
