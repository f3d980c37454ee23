"""The order of a check-up: what lies near first, since the rest depends on it."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import TextIO

from bot.checkup import here
from bot.checkup.doors import doors
from bot.checkup.duty import Asking, duty
from bot.checkup.sources import sources
from bot.checkup.verdict import Grade, Verdict, ok
from bot.checkup.ways import ways
from bot.checkup.workspace import Workspace
from bot.clock import Clock, SystemClock
from bot.playbook import Playbook
from bot.settings import Settings
from bot.slack.gateway import Slack, make_client
from bot.slack.limits import Limits


async def checkup(environ: Mapping[str, str], out: TextIO, clock: Clock | None = None) -> int:
    """Look at everything, a line each on `out`. Returns the exit status: 1 if there is a problem."""
    counts = dict.fromkeys(Grade, 0)
    async for verdict in _verdicts(environ, clock or SystemClock()):
        counts[verdict.grade] += 1
        print(verdict, file=out, flush=True)
    problems, warnings = counts[Grade.PROBLEM], counts[Grade.WARN]
    if problems:
        print(f"\nTo put right: {problems}. Warnings: {warnings}.", file=out)
        return 1
    print(f"\nReady to run.{f' Warnings: {warnings}.' if warnings else ''}", file=out)
    return 0


async def _verdicts(environ: Mapping[str, str], clock: Clock) -> AsyncIterator[Verdict]:
    settings, found = here.settings(environ)
    for verdict in found:
        yield verdict
    playbook, found = here.playbook(environ)
    for verdict in found:
        yield verdict
    if settings is None:
        for verdict in await duty(playbook, None, clock.now()) if playbook is not None else []:
            yield verdict
    else:
        for verdict in [*doors(settings, playbook), *(sources(settings, playbook) if playbook else [])]:
            yield verdict
        for verdict in [*await here.database(settings.database_url), *here.roster(settings.roster_file)]:
            yield verdict
        slack = _slack(settings, settings.slack_bot_token.get_secret_value(), clock)
        try:
            workspace = Workspace(slack, clock)
            async for verdict in _of_slack(workspace, settings, playbook, clock):
                yield verdict
        finally:
            await slack.close()
        for verdict in await _reaching(settings, environ, playbook, workspace, clock.now()):
            yield verdict


async def _reaching(
    settings: Settings,
    environ: Mapping[str, str],
    playbook: Playbook | None,
    workspace: Workspace,
    now: datetime,
) -> list[Verdict]:
    """Whether a page finds somebody, and has a way to them: last, since it takes who is in Slack."""
    if playbook is None:
        return []
    asking = Asking(settings, environ, workspace.left)
    return [*await duty(playbook, asking, now), *await ways(settings, playbook)]


async def _of_slack(
    workspace: Workspace, settings: Settings, playbook: Playbook | None, clock: Clock
) -> AsyncIterator[Verdict]:
    if settings.slack_app_token is not None:
        app_token = settings.slack_app_token.get_secret_value()
        slack = _slack(settings, app_token, clock)
        found = await Workspace(slack, clock).app_token(app_token)
        await slack.close()
    else:
        found = [
            ok("requests", f"signed ones are taken at {settings.http_host}:{settings.http_port}/slack/events")
        ]
    for verdict in found:
        yield verdict
    found = await workspace.bot_token()
    for verdict in found:
        yield verdict
    if playbook is not None and found[0].grade is not Grade.PROBLEM:
        for verdict in [*await workspace.channels(playbook), *await workspace.people(playbook)]:
            yield verdict


def _slack(settings: Settings, token: str, clock: Clock) -> Slack:
    return Slack(make_client(token, settings.slack_api_url), Limits(settings.slack_rate), clock)
