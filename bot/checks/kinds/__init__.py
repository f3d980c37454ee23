"""Kinds of checks. A new one: a module here, a line in CHECKS, its options in bot/playbook/check_kinds.py."""

from bot.checks.kinds import (
    alertmanager,
    checklist,
    command,
    github_deployments,
    github_issues,
    github_release,
    github_workflow,
    http,
    incidents,
    prometheus,
    sentry,
    tls,
)
from bot.checks.kinds.kind import Kind
from bot.playbook.checks import KINDS

CHECKS: tuple[Kind, ...] = (
    http.KIND,
    tls.KIND,
    github_workflow.KIND,
    github_release.KIND,
    github_deployments.KIND,
    github_issues.KIND,
    sentry.KIND,
    prometheus.KIND,
    alertmanager.KIND,
    command.KIND,
    incidents.KIND,
    checklist.KIND,
)

BY_NAME = {kind.name: kind for kind in CHECKS}
if tuple(BY_NAME) != KINDS or len(BY_NAME) != len(CHECKS):
    raise RuntimeError("the kinds of checks here and in the playbook's section are not the same")

__all__ = ["BY_NAME", "CHECKS", "Kind"]
