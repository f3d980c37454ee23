"""Whom the playbook's checks and reports ask, and which of them cannot be asked as things are set up."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.checkup.verdict import Verdict, warn
from bot.playbook import Playbook
from bot.playbook.check_kinds import Alertmanager, Prometheus
from bot.playbook.checks import Check
from bot.playbook.reports import Report
from bot.reports.repositories import repositories
from bot.settings import Settings

# Sections that are made of what GitHub knows.
OF_GITHUB = ("deployments", "activity")


@dataclass(frozen=True)
class Source:
    """Something to ask. `variable` leads to it; `without` is what its lack means."""

    variable: str
    without: str
    is_set: Callable[[Settings], bool]
    check: Callable[[Check], bool]
    parts: Callable[[Playbook, Report], list[str]]


def _of_github(playbook: Playbook, report: Report) -> list[str]:
    parts: list[str] = [each for each in report.sections if each in OF_GITHUB]
    if "feedback" in report.sections and report.feedback is not None and report.feedback.github_label:
        parts.append("feedback")
    return parts if repositories(playbook, report) else []


def _of_prometheus(playbook: Playbook, report: Report) -> list[str]:
    traffic = report.reliability.prometheus
    return ["reliability"] if "reliability" in report.sections and traffic and traffic.url is None else []


SOURCES: tuple[Source, ...] = (
    Source(
        "GITHUB_TOKEN",
        "GitHub answers 60 times an hour, and of public repositories only",
        lambda settings: settings.github_token is not None,
        lambda check: check.kind.startswith("github_"),
        _of_github,
    ),
    Source(
        "SENTRY_AUTH_TOKEN",
        "Sentry is not asked",
        lambda settings: settings.sentry_auth_token is not None,
        lambda check: check.sentry is not None,
        lambda playbook, report: [],
    ),
    Source(
        "PROMETHEUS_URL",
        "nobody is asked",
        lambda settings: settings.prometheus_url is not None,
        lambda check: isinstance(check.options, Prometheus) and check.options.url is None,
        _of_prometheus,
    ),
    Source(
        "ALERTMANAGER_URL",
        "nobody is asked",
        lambda settings: settings.alertmanager_url is not None,
        lambda check: isinstance(check.options, Alertmanager) and check.options.url is None,
        lambda playbook, report: [],
    ),
)


def sources(settings: Settings, playbook: Playbook) -> list[Verdict]:
    """A warning for each variable that is not set and that something in the playbook needs."""
    return [
        warn(
            "sources",
            f"{', '.join(wanting)}: without {each.variable} {each.without}",
            f"Set {each.variable}; docs/checks.md tells of it",
        )
        for each in SOURCES
        if not each.is_set(settings) and (wanting := list(_wanting(each, playbook)))
    ]


def _wanting(source: Source, playbook: Playbook) -> Iterator[str]:
    """Keys of the playbook, as they are written there."""
    for name, check in playbook.checks.items():
        if source.check(check):
            yield f"checks.{name}"
    for name, report in playbook.reports.items():
        for part in source.parts(playbook, report):
            yield f"reports.{name} ({part})"
