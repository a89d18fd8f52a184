"""One process: opens what its role needs, works until it is told to stop, and stops without losing anything."""

import asyncio
import errno
import logging
import os
import signal
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_sdk.errors import SlackApiError

from bot import clock, scheduler
from bot.app import Rowbot, assemble, session_for
from bot.config import Settings
from bot.delivery.sender import Sender
from bot.delivery.worker import Worker
from bot.errors import Misconfigured
from bot.failpoints import reach
from bot.features.matching.matcher import Matcher
from bot.server import Door
from bot.socket_mode import Socket
from storage.database import Database, StoreUnavailable
from storage.migrate import SchemaTooNew, migrate
from storage.outbox import Allowance
from storage.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


class Role(StrEnum):
    """What a process does."""

    #: Everything.
    RUN = "run"
    #: Hears Slack.
    WEB = "web"
    #: Delivers, and does timed work.
    WORKER = "worker"


class Health:
    """Whether this process can work, and why not."""

    def __init__(self, bot: Rowbot) -> None:
        self._bot = bot
        self.socket: Socket | None = None

    async def trouble(self) -> str:
        """Empty, or what is wrong."""
        try:
            await asyncio.wait_for(asyncio.to_thread(self._bot.db.ping), timeout=3)
        except (StoreUnavailable, TimeoutError) as fault:
            return f"The database does not answer ({fault})."
        if since := await self._bot.db.read(self._bot.scope, uninstalled_since):
            return (f"Slack no longer accepts the token: Rowbot was removed from {self._bot.identity.workspace_name or 'the workspace'}, it seems, at "
                    f"{since:%Y-%m-%d %H:%M} UTC. Install it again; what waits is sent for a day.")  # fmt: skip
        if self.socket is not None and not await self.socket.connected():
            return "The connection to Slack is down; it is being opened again."
        return ""


def uninstalled_since(uow: UnitOfWork) -> datetime | None:
    """Since when the app is not installed in the workspace; None while it is."""
    return uow.workspaces.uninstalled_at()


@dataclass
class Process:
    """A running bot."""

    settings: Settings
    bot: Rowbot
    door: Door | None
    _role: Role
    _stack: AsyncExitStack
    _timed: AsyncIOScheduler | None = None

    def begin_timed_work(self) -> None:
        """Let timed work begin that :func:`start` left aside."""
        self._timed = _start_timed_work(self._stack, self.bot, self._role)

    @contextmanager
    def without_timed_work(self) -> Iterator[None]:
        """Within, timed work is left to whoever moves time on; what was left out is done afterwards, once."""
        if self._timed is not None:
            self._timed.pause()
        try:
            yield
        finally:
            if self._timed is not None and self._timed.running:
                self._timed.resume()

    async def stop(self) -> None:
        """Stop in order: intake first, then timed work, then delivery, then the store."""
        await self._stack.aclose()


async def start(
    settings: Settings, role: Role, *, serve: bool = True, timed: bool = True, survives_power_cut: bool = True
) -> Process:
    """Open everything a role needs. ``serve=False`` leaves the HTTP port closed (Socket Mode inside another program).

    ``timed=False``: timed work begins with :meth:`Process.begin_timed_work`. ``survives_power_cut=False``: as :class:`Database` has it.

    Raises:
        Misconfigured: something cannot work as it is set up; says what.
    """
    settings.require_slack()
    refuse_lost_disks(settings, role)
    prepare_store(settings)
    async with AsyncExitStack() as stack:
        # The embedder takes longest; it loads while Slack is asked who we are.
        loading = asyncio.create_task(asyncio.to_thread(Matcher.load, settings.embedder))
        db = Database(settings.database_url, reach=reach, survives_power_cut=survives_power_cut)
        stack.callback(db.close)
        session = await stack.enter_async_context(session_for(settings))
        matcher = await loading
        db.on_rollback(matcher.forget)
        bot = await assemble(settings, db=db, matcher=matcher, session=session, clock=clock.now)
        await db.read(bot.scope, matcher.catch_up)
        health = Health(bot)
        if role is not Role.WEB:
            _start_delivery(stack, bot, settings)
        jobs = _start_timed_work(stack, bot, role) if timed else None
        door = await _open_door(stack, bot, settings, role, health) if serve else None
        if settings.socket_mode and role is not Role.WORKER:
            await _open_socket(stack, bot, settings, health)
        kept = stack.pop_all()
    return Process(settings, bot, door, role, kept, jobs)


def _start_timed_work(stack: AsyncExitStack, bot: Rowbot, role: Role) -> AsyncIOScheduler:
    jobs = scheduler.build(bot, clock.now, jobs=scheduler.WEB_JOBS if role is Role.WEB else scheduler.JOBS)
    jobs.start()
    stack.callback(jobs.shutdown, wait=False)
    return jobs


def _start_delivery(stack: AsyncExitStack, bot: Rowbot, settings: Settings) -> None:
    worker = Worker(
        bot.db,
        Sender(bot.sending_client),
        clock=clock.now,
        lease=settings.lease,
        http_timeout=timedelta(seconds=settings.http_timeout_seconds),
        allowance=Allowance(settings.posts_per_minute),
    )
    task = asyncio.create_task(worker.run())

    async def finish() -> None:
        await worker.stop(timedelta(seconds=settings.drain_seconds))
        await asyncio.wait([task], timeout=settings.drain_seconds)
        task.cancel()

    stack.push_async_callback(finish)


async def _open_door(stack: AsyncExitStack, bot: Rowbot, settings: Settings, role: Role, health: Health) -> Door:
    _, secret = settings.require_slack()
    hears = role is not Role.WORKER and not settings.socket_mode
    door = Door(app=bot.app if hears else None, signing_secret=secret, health=health.trouble)
    try:
        await door.open(settings.host, settings.port)
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            raise Misconfigured(f"Port {settings.port} is taken. Set PORT to another, or stop what uses it.") from fault
        raise Misconfigured(
            f"{settings.host}:{settings.port} cannot be listened on ({fault.strerror or fault}). Set ROWBOT_HOST or PORT to another."
        ) from fault
    stack.push_async_callback(door.close, settings.drain_seconds)
    return door


async def _open_socket(stack: AsyncExitStack, bot: Rowbot, settings: Settings, health: Health) -> None:
    assert settings.slack_app_token is not None  # noqa: S101 - socket_mode says so
    socket = Socket(
        bot.app, settings.slack_app_token.get_secret_value(), after_gap=lambda: bot.ears.were_deaf(clock.now())
    )
    try:
        await socket.open()
    except SlackApiError as fault:
        raise Misconfigured(
            f"Slack does not accept SLACK_APP_TOKEN ({fault.response.get('error')}). It begins with xapp- and needs connections:write."
        ) from fault
    stack.push_async_callback(socket.close, settings.drain_seconds)
    health.socket = socket


def prepare_store(settings: Settings) -> None:
    """Bring the schema up to date.

    Raises:
        Misconfigured: the database cannot be reached, or is newer than this version.
    """
    try:
        if migrate(settings.database_url):
            log.info("The database was brought up to date.")
    except (StoreUnavailable, SchemaTooNew) as fault:
        raise Misconfigured(str(fault)) from fault


def refuse_lost_disks(settings: Settings, role: Role) -> None:
    """Dynos have no disk that stays, and none that two of them share.

    Raises:
        Misconfigured: a SQLite file on such a host, or in processes that cannot share it.
    """
    if os.environ.get("DYNO") and settings.database_url.startswith("sqlite"):
        raise Misconfigured(
            "This host keeps no files between restarts, so a SQLite registry would be lost. Set DATABASE_URL to a PostgreSQL database."
        )
    if settings.socket_mode and role is Role.WEB:
        raise Misconfigured(
            "In Socket Mode there is no web process: use `python -m bot run`, or unset SLACK_APP_TOKEN to hear Slack over HTTP."
        )


async def serve(settings: Settings, role: Role) -> None:
    """Run until SIGTERM or Ctrl-C, then stop in order."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    process = await start(settings, role)
    where = (
        f"http on port {process.door.port}" if process.door is not None and not settings.socket_mode else "Socket Mode"
    )
    print(  # noqa: T201 - the one line that says it is up
        f"Rowbot is rowing in {process.bot.identity.workspace_name or process.bot.identity.workspace_id} ({role.value}, {where}). Ctrl-C stops it.",
        flush=True,
    )
    await stop.wait()
    log.info("Stopping: finishing what is under way.")
    await process.stop()


#: Exit codes of every command.
OK: Final = 0
FAILED: Final = 1
UNUSABLE: Final = 2
