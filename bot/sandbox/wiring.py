"""Puts the parts of the sandbox together and serves them on one loopback port."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from bot.sandbox import facts
from bot.sandbox.acts import Acts
from bot.sandbox.browser import Browser
from bot.sandbox.carriers import ACK_SECONDS, HttpCarrier
from bot.sandbox.clock import SandboxClock
from bot.sandbox.delivery import Delivery
from bot.sandbox.doors import Doors
from bot.sandbox.events import Events
from bot.sandbox.faults import Faults
from bot.sandbox.inspection import Inspection
from bot.sandbox.installed_app import install
from bot.sandbox.interactivity import Interactivity
from bot.sandbox.journal import Journal
from bot.sandbox.rate_limits import RateLimits
from bot.sandbox.records import Json
from bot.sandbox.rendering import Messages
from bot.sandbox.socket_mode import LIFETIME_SECONDS, SocketCarrier
from bot.sandbox.statuses import Statuses
from bot.sandbox.stream import Stream
from bot.sandbox.tickets import Tickets
from bot.sandbox.time_travel import TimeTravel
from bot.sandbox.traffic import SocketNote, Traffic
from bot.sandbox.watch import Watch
from bot.sandbox.web_api import WebApi
from bot.sandbox.workspace import Workspace

HOST = "127.0.0.1"
_LARGEST = 60 * 1024 * 1024


class Wiring:
    """One workspace with one installed app behind one port of this machine.

    Args:
        manifest: The app's manifest: a YAML file, or the manifest as a dict.
        port: Where to listen on 127.0.0.1; 0 takes a free one.
        rate_limits: Whether Slack's rate limits hold.
        retry_scale: Factor on the waits before events are tried again (0 s, 60 s, 300 s).
        journal: A file that keeps everything between runs; without, nothing is kept.
        clock: Where time comes from.
        name: The workspace's name.
        without_scopes: Scopes of the manifest that were not granted.
        ack_seconds: How long the app may take to acknowledge.
        socket_lifetime: After how many seconds a Socket Mode connection is renewed.
        file_delay: Seconds until an uploaded file can be used in an image block.
        identity: Ids and secrets of the app other than the usual ones, such as `bot_token`.
    """

    def __init__(
        self,
        manifest: Path | Json,
        *,
        port: int = 0,
        rate_limits: bool = False,
        retry_scale: float = 0.01,
        journal: Path | None = None,
        clock: Callable[[], float] = time.time,
        name: str = "Sandbox",
        without_scopes: frozenset[str] = frozenset(),
        ack_seconds: float = ACK_SECONDS,
        socket_lifetime: float = LIFETIME_SECONDS,
        file_delay: float = 0.0,
        **identity: Any,  # noqa: ANN401 - InstalledApp's fields
    ) -> None:
        self.app = install(manifest, without_scopes=without_scopes, **identity)
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{HOST}:{self.port}"
        self.clock = SandboxClock(clock)
        self.workspace = Workspace(self.clock, name=name)
        self.traffic = Traffic()
        self.faults = Faults()
        self.tickets = Tickets(self.clock)
        self.rate_limits = RateLimits(self.clock, enabled=rate_limits)
        self.drawing = Messages(self.workspace, self.app, self.url)
        self.events = Events(self.workspace, self.app, self.drawing)
        self.http = HttpCarrier(self.app, ack_seconds=ack_seconds)
        self.sockets = SocketCarrier(
            self.app.app_id,
            self.tickets,
            on_connect=self._app_is_here,
            faults=self.faults,
            note=self._note_socket,
            ack_seconds=ack_seconds,
            lifetime=socket_lifetime,
        )
        self.delivery = Delivery(
            self.workspace,
            self.app,
            self.clock,
            traffic=self.traffic,
            http=self.http,
            socket=self.sockets,
            faults=self.faults,
            retry_scale=retry_scale,
        )
        self.acts = Acts(self.workspace, self.app)
        self.interactivity = Interactivity(
            self.workspace,
            self.app,
            delivery=self.delivery,
            tickets=self.tickets,
            messages=self.drawing,
            events=self.events,
            acts=self.acts,
            base_url=self.url,
        )
        self.api = WebApi(
            workspace=self.workspace,
            app=self.app,
            clock=self.clock,
            tickets=self.tickets,
            messages=self.drawing,
            traffic=self.traffic,
            faults=self.faults,
            limits=self.rate_limits,
            base_url=self.url,
            file_delay=file_delay,
        )
        self.stream = Stream(self.workspace, self.app, self.drawing)
        self.watch = Watch(self.traffic, self.faults, self.stream)
        self.statuses = Statuses(self.workspace)
        self.time_travel = TimeTravel(
            self.workspace, self.clock, statuses=self.statuses, stream=self.stream, keep=self._keep_moment
        )
        self.inspection = Inspection(self.traffic, self.faults, self.delivery, self.sockets)
        self.browser = Browser(
            self.workspace,
            self.app,
            acts=self.acts,
            interactivity=self.interactivity,
            delivery=self.delivery,
            drawing=self.drawing,
            stream=self.stream,
            inspection=self.inspection,
            statuses=self.statuses,
            time_travel=self.time_travel,
            reset=self.reset,
        )
        self._notices: list[facts.Noticed] = []
        self.on_reset: Callable[[], Awaitable[None]] | None = None
        self._journal = Journal(journal, self.workspace, self.clock) if journal else None
        self._runner: web.AppRunner | None = None
        self._watching: asyncio.Task[None] | None = None
        self.was_kept = self._begin()

    def _begin(self) -> bool:
        """Load what was kept, else start with the app alone; then listen to what happens. True if something was kept."""
        kept = self._journal.load() if self._journal else False
        if self._journal:
            self.workspace.subscribe(self._journal.note)
        if not kept:
            self._install_bot()
        self.workspace.subscribe(self._wrote)
        self.workspace.subscribe(self.stream.note)
        self.workspace.subscribe(self._announce)
        return kept

    def _install_bot(self) -> None:
        app = self.app
        self.workspace.add_person(
            app.name, user_id=app.bot_user_id, is_bot=True, bot_id=app.bot_id, app_id=app.app_id, title=""
        )

    def _announce(self, fact: facts.Fact) -> None:
        if isinstance(fact, facts.Noticed):
            self._notices.append(fact)
        if self.api.revoked and not isinstance(fact, facts.AppRemoved):
            return  # an app that is not installed hears nothing
        for event in self.events.heard(fact):
            self.delivery.event(event)

    def _wrote(self, fact: facts.Fact) -> None:
        if isinstance(fact, facts.MessagePosted | facts.MessageChanged | facts.EphemeralChanged):
            self.traffic.wrote(fact.message.channel, fact.message.ts)

    def _note_socket(self, what: str, message: Json) -> None:
        self.traffic.add(SocketNote(self.traffic.next_number(), what, message, self.clock()))

    def _keep_moment(self) -> None:
        if self._journal is not None:
            self._journal.keep_moment()

    def _app_is_here(self) -> None:
        self.delivery.app_was_here = True

    # Running

    async def start(self) -> None:
        """Begin to serve."""
        application = web.Application(client_max_size=_LARGEST, middlewares=[Doors.only_this_host(self.port)])
        doors = Doors(
            api=self.api,
            interactivity=self.interactivity,
            workspace=self.workspace,
            traffic=self.traffic,
            faults=self.faults,
            clock=self.clock,
        )
        application.router.add_routes(
            [
                web.route("*", "/api/{method}", self.api.handle),
                web.get("/link/", self.sockets.accept),
                web.post("/response/{token}", doors.response_url),
                web.post("/upload/v1/{file_id}", doors.upload),
                web.get("/files-pri/{reference}/{name}", doors.private_file),
            ]
        )
        application.router.add_routes(self.browser.routes())
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()
        self._watching = asyncio.create_task(self.statuses.watch())

    async def stop(self) -> None:
        """Stop serving; what the journal keeps is on disk."""
        await self.time_travel.close()
        if self._watching is not None:
            self._watching.cancel()
        await self.delivery.close()
        self.watch.close()
        self.stream.close()
        await self.sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._socket.close()
        if self._journal is not None:
            self._journal.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def reset(self) -> None:
        """Forget everybody and everything, come back to the present, then let `on_reset` fill the workspace again."""
        await self.time_travel.close()
        self.clock.offset = 0.0
        with self.delivery.muted():
            self.workspace.clear()
            self.traffic.clear()
            self.faults.clear()
            if self._journal is not None:
                self._journal.clear()
            self._install_bot()
        if self.on_reset is not None:
            await self.on_reset()
        self.stream.everything_changed()


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
    except OSError as error:
        listening.close()
        raise OSError(
            error.errno, f"Port {port} of {HOST} is taken; choose another one or end the program that has it."
        ) from error
    listening.listen(128)
    return listening
