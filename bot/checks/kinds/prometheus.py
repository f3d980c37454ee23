"""What does a query of Prometheus give?

prometheus.io/docs/prometheus/latest/querying/api: an instant query.
"""

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from bot.checks.kinds.kind import Kind, Question
from bot.checks.model.result import Finding, Limits, Verdict, quantity
from bot.checks.sources import NoAnswerError, Sources
from bot.playbook.check_kinds import Prometheus

_EMPTY = {"ok": Verdict.OK, "fail": Verdict.FAIL}
# Labels shown of the series that is the gravest.
SHOWN_LABELS = 3


async def ask(options: Prometheus, question: Question, sources: Sources) -> Finding:
    base = options.url or sources.access.prometheus
    if base is None:
        raise NoAnswerError("nobody to ask: set PROMETHEUS_URL, or a `url` of the check")
    url = base.rstrip("/")
    reply = await sources.fetch(
        f"{url}/api/v1/query", headers=options.headers, params={"query": options.query}
    )
    if reply.status in (400, 422):
        # Prometheus repeats the query and points into it; its words may hold what is not for everybody.
        raise NoAnswerError("Prometheus does not understand the query, or could not carry it out")
    if reply.status != 200:
        raise NoAnswerError(f"Prometheus answered {reply.status}")
    answer = reply.json()["data"]
    link = (
        f"{url}/graph?" + urlencode({"g0.expr": options.query, "g0.tab": "1"})
        if options.url is None
        else None
    )
    unit = question.check.unit
    series = _series(answer)
    if not series:
        if options.empty == "unknown":
            raise NoAnswerError("the query gives no data")
        return Finding("the query gives no data", _EMPTY[options.empty], None, unit, link)
    labels, value = _gravest(series, question.limits)
    if math.isnan(value):
        raise NoAnswerError("the query gives NaN: a division of nothing by nothing?")
    named = f" ({_labels(labels)})" if labels else ""
    more = f", the gravest of {len(series)} series" if len(series) > 1 else ""
    return Finding(f"{quantity(value, unit)}{named}{more}", value=value, unit=unit, link=link)


def _series(answer: Mapping[str, Any]) -> list[tuple[dict[str, str], float]]:
    match answer["resultType"]:
        case "scalar":
            return [({}, float(answer["result"][1]))]
        case "vector":
            return [(each["metric"], float(each["value"][1])) for each in answer["result"]]
        case other:
            raise NoAnswerError(f"the query gives a {other}, not a value: take one with an aggregation")


def _gravest(series: list[tuple[dict[str, str], float]], limits: Limits) -> tuple[dict[str, str], float]:
    """The lowest where thresholds are below, else the highest; a number before what is none."""
    numbers = [each for each in series if not math.isnan(each[1])] or series
    below = limits.warn_below is not None or limits.fail_below is not None
    above = limits.warn_above is not None or limits.fail_above is not None
    if below and above:
        order = [Verdict.OK, Verdict.WARN, Verdict.FAIL]
        return max(numbers, key=lambda each: order.index(limits.judge(each[1])) if each[1] == each[1] else 0)
    return min(numbers, key=lambda each: each[1]) if below else max(numbers, key=lambda each: each[1])


def _labels(labels: Mapping[str, str]) -> str:
    shown = [f"{name}={value}" for name, value in labels.items() if name != "__name__"]
    return ", ".join(shown[:SHOWN_LABELS]) or labels.get("__name__", "")


KIND = Kind("prometheus", ask)
