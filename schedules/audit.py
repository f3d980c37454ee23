"""Looks for what should exist and does not, and repairs it."""

import structlog

from bot import metrics
from bot.context import Context
from bot.incidents.service import audit as incidents
from bot.oncall.watching import await_changes
from bot.paging import audit as paging

log = structlog.get_logger()


async def audit(context: Context) -> None:
    """Each repair queues what is missing; finding nothing is the rule."""
    async with context.queue.transaction() as tx:
        await await_changes(tx, context.playbook.current)
        found = [*await paging.repair(tx), *await incidents.repair(tx)]
    for finding in found:
        metrics.REPAIRS.labels(finding.what).inc()
        log.warning("repaired", what=finding.what, which=finding.which)
