"""The composition root: builds everything, starts and stops it in order."""

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot import __version__
from bot.checklists.service.queries import last_done
from bot.checks.probing import Prober
from bot.checks.sources import Access, Sources
from bot.clock import Clock
from bot.context import Context
from bot.db import Database, DatabaseError, Unreachable, migrate
from bot.delivery import service as delivery
from bot.delivery.errors import Away, Busy, Refused, Unclear
from bot.delivery.model import Leased
from bot.delivery.queue import Queue
from bot.delivery.transports import connect
from bot.delivery.worker import Done, Perform, Worker
from bot.emergency.desk import Desk
from bot.emergency.returning import record_all, record_when_back
from bot.errors import ConfigError
from bot.home.service import playbook_changed
from bot.messages import dead
from bot.messages.show import Messages
from bot.people.directory import Directory
from bot.performing import Parts, performers
from bot.playbook import PlaybookError, PlaybookFile
from bot.reports.making import Maker
from bot.settings import Settings
from bot.slack.gateway import Slack, make_client
from bot.slack.limits import Limits
from handlers import calendar, operator, pagerduty, pages
from handlers.bolt import register
from handlers.door import Door
from handlers.http import Readiness, server
from handlers.sockets import Sockets
from schedules import JOBS
from schedules.clockwork import EVER, Clockwork
from schedules.heartbeat import Heartbeat
from schedules.job import scheduler
from schedules.reloads import follow_reloads

log = structlog.get_logger()

# How often Slack is asked whether it still knows us.
HELLO_EVERY_S = 60
# Longer than any request takes to be answered (handlers/door.py).
FINISH_WITHIN_S = 3.0
# How long the database may take to tell how much is waiting.
BACKLOG_WITHIN_S = 3.0
# How often a database that was away at the start is asked for, and how soon after it is back we begin.
DATABASE_EVERY_S = 1.0
# What follows from a declaration that the database took after all waits for what was said without it.
HELD_FOR = timedelta(seconds=0.5)


class Watchbill:
    """One running bot. `start` returns when it is at work; `stop` leaves nothing half done."""

    def __init__(self, settings: Settings, playbook: PlaybookFile, clock: Clock, database: Database) -> None:
        self._settings = settings
        self._clock = clock
        self._database = database
        token = settings.slack_bot_token.get_secret_value()
        self._slack = Slack(make_client(token, settings.slack_api_url), Limits(settings.slack_rate), clock)
        queue = Queue(database, clock)
        directory = Directory(database, self._slack, playbook, clock)
        self.context = Context(queue, playbook, directory, clock, settings.links)
        self._messages = Messages(database, self._slack)
        self._transports = connect(settings)
        self._sources = Sources(Access.of(settings), database, partial(last_done, self.context))
        self._maker = Maker(self.context, self._sources, self._slack)
        self._prober = Prober(self.context, self._sources)
        self._desk = Desk(self.context, self._slack, self._transports, settings.roster_file)
        self._heartbeat = Heartbeat(self.context, settings.heartbeat_url)
        self._worker = Worker(queue, self._performers(), dead.bury)
        self._door = Door(self.context, self._slack, self._desk)
        self._bolt = self._make_bolt(token)
        register(self._bolt, self._door)
        self._sockets: Sockets | None = None
        self._runner: web.AppRunner | None = None
        self._scheduler: AsyncIOScheduler | None = None
        self._clockwork: Clockwork | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._slack_answers = False
        self._introduced = False
        self._at_work = False
        # Done when it is to stop, or with the error that stops it.
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def start(self, *, database_is_there: bool) -> None:
        """Without a database people are still paged; work begins when it is there."""
        self._desk.open()
        in_socket_mode = self._settings.slack_app_token is not None
        application = server(self.readiness, None if in_socket_mode else self._bolt, self._doors())
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=FINISH_WITHIN_S)
        await self._runner.setup()
        await self._listen(self._runner)
        if database_is_there:
            await self._begin_work()
        else:
            self._tasks.append(asyncio.create_task(self._await_database(), name="await-database"))
        if self._settings.slack_app_token is not None:
            app_token = self._settings.slack_app_token.get_secret_value()
            self._sockets = Sockets(self._bolt, app_token, self._settings.slack_api_url)
            await self._sockets.start()
        self._tasks.append(asyncio.create_task(self._keep_in_touch(), name="keep-in-touch"))
        way = "sockets" if in_socket_mode else "http"
        log.info("started", version=__version__, requests_over=way, address=self._address())

    async def _begin_work(self) -> None:
        """Everything that needs the database; first what happened without it."""
        await self.context.directory.load()
        await record_all(self._desk)
        await self._worker.start()
        self._tasks.append(asyncio.create_task(record_when_back(self._desk), name="record-when-back"))
        self._desk.keeping.start()
        self._scheduler = scheduler(self.context, JOBS, self._heartbeat.ran_well)
        self._clockwork = Clockwork(self.context, self._scheduler)
        self._clockwork.start()
        self._scheduler.start()
        self._prober.start()
        self._tasks.append(asyncio.create_task(self._heartbeat.run(), name="heartbeat"))
        following = follow_reloads(self.context, self.reload_playbook)
        self._tasks.append(asyncio.create_task(following, name="follow-reloads"))
        self._at_work = True

    async def _await_database(self) -> None:
        """Begin as soon as it answers; what would have stopped the start stops us now."""
        while True:
            try:
                await reach(self._database)
                await self._begin_work()
            except (Unreachable, DatabaseError, OSError) as error:
                log.warning("database_awaited", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(DATABASE_EVERY_S)
            except ConfigError as error:
                if not self.over.done():
                    self.over.set_exception(error)
                return
            else:
                log.info("database_is_back")
                return

    async def _listen(self, runner: web.AppRunner) -> None:
        host, port = self._settings.http_host, self._settings.http_port
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {host}:{port} ({error.strerror}): HTTP_PORT and HTTP_HOST say where"
            ) from error

    async def stop(self) -> None:
        """Intake first, then what is in hand; what waits is left for the next start."""
        log.info("stopping")
        if self._sockets is not None:
            await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._clockwork is not None:
            await self._clockwork.stop()
        if self._scheduler is not None:
            self._scheduler.shutdown(wait=False)
        await self._prober.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._door.close()
        await self._worker.stop()
        await self._desk.close()
        for transport in self._transports:
            await transport.close()
        await self._sources.close()
        await self._slack.close()

    async def readiness(self) -> Readiness:
        """What /readyz says."""
        connected = self._slack_answers if self._sockets is None else await self._sockets.up() > 0
        now = self._clock.now()
        if not self._at_work:
            return Readiness(False, False, connected, 0, 0.0, now.isoformat(), None)
        # Before the rest: a routine that is carried out meanwhile is told as due, or as what it queued.
        routine_at = self._clockwork.next_at if self._clockwork and self._heartbeat.was_audited else EVER
        probe_at = self._prober.next_at
        try:
            async with asyncio.timeout(BACKLOG_WITHIN_S):
                backlog, timer_at = await delivery.backlog(self.context.queue)
        except Exception:  # the request's edge: whatever is wrong, the answer is "not ready"
            log.exception("database_not_ready")
            return Readiness(False, False, connected, 0, 0.0, now.isoformat(), None)
        age = (now - backlog.oldest).total_seconds() if backlog.oldest else 0.0
        # Before the playbook's people are known to us, what they type would be a stranger's words.
        ready = connected and self._introduced
        next_at = min((at for at in (routine_at, timer_at, probe_at) if at is not None), default=None)
        told = next_at.isoformat() if next_at is not None else None
        return Readiness(ready, True, connected, backlog.size, max(0.0, age), now.isoformat(), told)

    def end(self) -> None:
        """SIGTERM or SIGINT: asked to stop."""
        if not self.over.done():
            self.over.set_result(None)

    def reload_playbook(self) -> None:
        """SIGHUP, or another replica was asked: read it again; a bad one changes nothing and says why."""
        try:
            self.context.playbook.reload()
        except PlaybookError as error:
            log.error("playbook_not_changed", problems=[str(problem) for problem in error.problems])
        else:
            log.info("playbook_reloaded")
            self._door.later(playbook_changed(self.context))

    def _doors(self) -> list[web.RouteDef]:
        """For those who come over HTTP and are not Slack; what lacks its setting is not there."""
        found = []
        if self.context.links.secret:
            found += pages.routes(self.context)
            found += operator.routes(self._maker, self.context.links.secret)
            found += calendar.routes(self.context)
        if self._settings.pagerduty_webhook_secret is not None:
            secret = self._settings.pagerduty_webhook_secret.get_secret_value()
            found += pagerduty.routes(self.context, secret, self._desk)
        return found

    def _performers(self) -> dict[str, Perform]:
        parts = Parts(self.context, self._slack, self._messages, self._transports, self._sources, self._maker)
        return {kind: self._unless_held(perform) for kind, perform in performers(parts).items()}

    def _unless_held(self, perform: Perform) -> Perform:
        async def performer(effect: Leased) -> Done:
            if self._desk.holds(effect.request_id):
                raise Busy("what was said without the database comes first", self._clock.now() + HELD_FOR)
            return await perform(effect)

        return performer

    def _make_bolt(self, token: str) -> AsyncApp:
        async def authorize() -> AuthorizeResult:
            # No call of auth.test here: a request is answered while Slack's Web API is away.
            return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=token)

        secret = self._settings.slack_signing_secret
        return AsyncApp(
            # Its loggers copy this one's level, or else the root's: at debug they tell what people wrote.
            logger=logging.getLogger("slack_bolt"),
            # Without a token of its own, for `authorize` gives it; Bolt warns of one that it will not use.
            client=make_client(None, self._settings.slack_api_url),
            authorize=authorize,
            signing_secret=secret.get_secret_value() if secret else "",
            # The answer leaves when the listener returns; stock Bolt polls for it every 10 ms.
            process_before_response=True,
            request_verification_enabled=self._settings.slack_app_token is None,
        )

    async def _keep_in_touch(self) -> None:
        """Know ourselves and the playbook's people, and notice when Slack no longer knows us."""
        while True:
            try:
                await self._slack.call("auth.test")
                self._slack_answers = True
                if not self._introduced:
                    await self.context.directory.me()
                    await self.context.directory.meet()
                    self._introduced = True
            except (Away, Busy, Unclear, Refused) as error:
                self._slack_answers = False
                log.warning("slack_not_answering", error=str(error))
            except (DatabaseError, OSError) as error:
                # Slack is there; who is who, which could not be kept, is asked for when needed.
                self._introduced = True
                log.warning("names_not_kept", error=str(error))
            await asyncio.sleep(HELLO_EVERY_S if self._slack_answers else 5)

    def _address(self) -> str:
        addresses: list[Any] = self._runner.addresses if self._runner else []
        return ", ".join(f"{host}:{port}" for host, port, *_ in addresses)


async def reach(database: Database) -> None:
    """The database, its tables as this release wants them. Raises Unreachable, or another ConfigError."""
    await database.reach()
    await migrate(database)
