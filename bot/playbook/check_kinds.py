"""What each kind of check is asked about: the models under its key in Check."""

from datetime import timedelta
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from bot.playbook.check_fields import Address, Host, JsonPath, OneOrMore, Repository, Statuses
from bot.playbook.fields import PositiveDuration, refused
from bot.playbook.sections import Section

_DAY = timedelta(days=1)


class Http(Section):
    """Does it answer, with what, how soon? The value: seconds, or the number at `json_path`."""

    url: Address
    method: Literal["GET", "HEAD", "POST"] = "GET"
    headers: dict[str, str] = Field(default={}, repr=False)
    body: str | None = Field(default=None, repr=False)
    expect: Statuses = frozenset({200})
    under: PositiveDuration | None = None
    contains: str | None = None
    lacks: str | None = None
    json_path: JsonPath | None = None
    equals: str | int | float | bool | None = None
    follow: bool = True

    @field_validator("equals")
    @classmethod
    def _needs_a_path(cls, value: Any, info: ValidationInfo) -> Any:
        if value is not None and info.data.get("json_path") is None:
            raise refused("needs a `json_path` that says where")
        return value


class Tls(Section):
    """How long is the certificate valid? The value: seconds left."""

    host: Host
    port: int = Field(default=443, ge=1, le=65535)
    ca_file: str | None = None


class GithubWorkflow(Section):
    """Did the last runs on a branch succeed? The value: workflows that did not."""

    repo: Repository
    branch: str = "main"
    workflow: str | None = None
    """Its file's name; default: all that ran there."""
    api: Address | None = None


class GithubRelease(Section):
    """Which release is the newest, and is it what runs? The value: its age in seconds."""

    repo: Repository
    environment: str | None = None
    api: Address | None = None


class GithubDeployments(Section):
    """Did deployments fail? The value: how many did."""

    repo: Repository
    environment: str | None = None
    window: PositiveDuration = _DAY
    api: Address | None = None


class GithubIssues(Section):
    """How many open issues are there? The value: the number."""

    repo: Repository
    labels: OneOrMore = Field(default=[])
    older_than: PositiveDuration | None = None
    api: Address | None = None


class Sentry(Section):
    """How many errors were there? The value: the number."""

    project: Repository
    window: PositiveDuration = _DAY
    environment: str | None = None
    query: str | None = None
    api: Address | None = None


class Prometheus(Section):
    """What does a query give? The value: its sample, or the gravest of several."""

    query: str = Field(min_length=1)
    unit: str = ""
    empty: Literal["unknown", "ok", "fail"] = "unknown"
    url: Address | None = None
    headers: dict[str, str] = Field(default={}, repr=False)


class Alertmanager(Section):
    """Which alerts fire? The value: how many."""

    match: OneOrMore = Field(default=[])
    url: Address | None = None
    headers: dict[str, str] = Field(default={}, repr=False)


class Command(Section):
    """What does a program say? The value: the number at the beginning of its output."""

    run: list[str] = Field(min_length=1)
    folder: str | None = None
    unit: str = ""


class Incidents(Section):
    """Are incidents open? The value: how many."""

    severity: OneOrMore = Field(default=[])
    service: str | None = None


class ChecklistDone(Section):
    """Was a checklist done? The value: seconds since it last was."""

    name: str
    within: PositiveDuration = _DAY
