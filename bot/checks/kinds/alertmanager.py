"""Which alerts fire?

The Alertmanager's own API, version 2: what is silenced or inhibited is not asked for.
"""

from typing import Any

from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import Finding, Limits
from bot.checks.sources import NoAnswerError, Sources
from bot.playbook.check_kinds import Alertmanager

NAMED = 3


async def ask(options: Alertmanager, _: Question, sources: Sources) -> Finding:
    base = options.url or sources.access.alertmanager
    if base is None:
        raise NoAnswerError("nobody to ask: set ALERTMANAGER_URL, or a `url` of the check")
    url = base.rstrip("/")
    params: dict[str, str | list[str]] = {"active": "true", "silenced": "false", "inhibited": "false"}
    if options.match:
        params["filter"] = options.match
    reply = await sources.fetch(f"{url}/api/v2/alerts", headers=options.headers, params=params)
    if reply.status == 400:
        raise NoAnswerError("the Alertmanager does not understand a matcher")
    if reply.status != 200:
        raise NoAnswerError(f"the Alertmanager answered {reply.status}")
    firing = reply.json()
    if not isinstance(firing, list):
        raise NoAnswerError("the Alertmanager answered something else than a list of alerts")
    text = f"{len(firing)} firing: {_names(firing)}" if firing else "no alert fires"
    link = f"{url}/#/alerts" if options.url is None else None
    return Finding(text, value=len(firing), unit="alerts", link=link)


def _names(alerts: list[dict[str, Any]]) -> str:
    names: dict[str, int] = {}
    for alert in alerts:
        name = str(alert["labels"].get("alertname", "without a name"))
        names[name] = names.get(name, 0) + 1
    shown = [f"{name} ×{count}" if count > 1 else name for name, count in names.items()]
    return ", ".join(shown[:NAMED]) + (f" and {len(shown) - NAMED} more" if len(shown) > NAMED else "")


KIND = Kind("alertmanager", ask, Limits(fail_above=0))
