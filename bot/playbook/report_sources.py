"""Where the figures of a report's sections come from, as far as that is not plain from the rest."""

import re
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator

from bot.playbook.check_fields import Address, OneOrMore, Threshold
from bot.playbook.fields import Channel, refused
from bot.playbook.sections import Section

_METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*\s*(\{[^{}]*\})?", re.DOTALL)


def _selector(value: Any) -> str:
    """`http_requests_total{job="api"}`: a metric, and labels that narrow it."""
    if not isinstance(value, str) or not _METRIC.fullmatch(value.strip()):
        raise refused('is not a metric such as http_requests_total{job="api"}; what is summed is up to us')
    return value.strip()


Selector = Annotated[
    str,
    PlainValidator(_selector),
    WithJsonSchema({"type": "string", "examples": ['http_requests_total{code=~"5.."}']}),
]


class Feedback(Section):
    """Where people say what they think: questions in a channel, issues with a label."""

    channels_here: ClassVar[frozenset[str]] = frozenset({"channel"})

    channel: Channel | None = None
    github_label: str | None = None


class Traffic(Section):
    """Counters and a histogram of all requests, from which Prometheus counts whole days."""

    requests: Selector
    errors: Selector | None = None
    durations: Selector | None = None
    """The histogram without `_bucket`, in seconds."""
    url: Address | None = None
    headers: dict[str, str] = Field(default={}, repr=False)


class Reliability(Section):
    """Probes by which it is measured; and Prometheus, which has seen every request, where there is one."""

    uptime: OneOrMore = Field(default=[])
    error_rate: str | None = None
    average: str | None = None
    p95: str | None = None
    p99: str | None = None
    prometheus: Traffic | None = None

    @model_validator(mode="after")
    def _one_source_each(self) -> Self:
        traffic = self.prometheus
        if traffic is not None and traffic.errors is not None and self.error_rate is not None:
            raise refused("has two sources of the error rate: keep `error_rate` or `prometheus.errors`")
        return self


class Deployments(Section):
    """Which deployments count. `workflow`: its file, where GitHub is not told of deployments as such."""

    environment: str | None = None
    workflow: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.environment is not None and self.workflow is not None:
            raise refused("has two sources: keep `environment`, or `workflow` where there are no deployments")
        return self


class Resource(Section):
    """Something that can run out. `check`: a probe that measures it; without one people enter it."""

    check: str | None = None
    scale_above: Threshold | None = None


class Cost(Section):
    """`budget` of a month; `check`: a probe that knows what was spent in this month so far."""

    check: str | None = None
    budget: Annotated[float, Field(gt=0)] | None = None
    currency: str = ""
