"""The Socket Mode side of one process, with a watchdog: slack_sdk's aiohttp client can go deaf while looking healthy.

Its `connect()` repeats a spent ticket for ever, because a new address is asked for only when it has none, and its monitor
waits for the lock that `connect()` holds. So: while the connection is down, drop the address; later, start anew.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Final

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot import metrics
from bot.clock import monotonic

log = logging.getLogger(__name__)

WATCH: Final = 1.0
#: Down this long: ask for a new address. Down this much longer: throw the client away.
NEW_ADDRESS_AFTER: Final = 3.0
NEW_CLIENT_AFTER: Final = 20.0
CLOSE_WITHIN: Final = 5.0


class _Handler(AsyncSocketModeHandler):
    """Bolt's handler, which also knows how many requests are under way."""

    busy = 0

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override]  # Bolt's own override differs from its base in the same way
        """Answer one envelope."""
        self.busy += 1
        try:
            await super().handle(client, req)
        finally:
            self.busy -= 1


class Socket:
    """Keeps one WebSocket to Slack open."""

    def __init__(self, app: AsyncApp, app_token: str, *, after_gap: Callable[[], None] = lambda: None) -> None:
        """``app_token`` begins with `xapp-`. ``after_gap`` is called when the connection stands again: what happened meanwhile was not heard."""
        self._app, self._token, self._after_gap = app, app_token, after_gap
        self._handler = self._new()
        self._watch: asyncio.Task[None] | None = None
        self.reconnects = 0

    def _new(self) -> _Handler:
        return _Handler(self._app, self._token)

    async def open(self) -> None:
        """Connect, and stay connected.

        Raises:
            SlackApiError: the app token does not work.
        """
        await self._app.client.apps_connections_open(
            app_token=self._token
        )  # a wrong token is said now, not retried for ever
        await self._connect()
        self._watch = asyncio.create_task(self._stay_connected())

    async def _connect(self) -> None:
        try:
            await asyncio.wait_for(self._handler.client.connect(), timeout=NEW_CLIENT_AFTER)  # type: ignore[no-untyped-call]  # slack_sdk leaves it untyped
        except (TimeoutError, OSError) as fault:
            log.warning("No connection to Slack yet (%s)", type(fault).__name__)

    async def connected(self) -> bool:
        """Whether the WebSocket stands."""
        return bool(await self._handler.client.is_connected())

    async def _stay_connected(self) -> None:
        down_since: float | None = None
        while True:
            await asyncio.sleep(WATCH)
            try:
                down_since = await self._watch_once(down_since)
            except Exception:
                log.exception("The watch over the connection to Slack stumbled; it goes on")

    async def _watch_once(self, down_since: float | None) -> float | None:
        """Look once; since when it is down, None while it stands."""
        if await self.connected():
            metrics.SOCKETS.set(1)
            if down_since is not None:
                self._after_gap()
            return None
        metrics.SOCKETS.set(0)
        if down_since is None:
            return monotonic()
        down = monotonic() - down_since
        if down > NEW_CLIENT_AFTER:
            log.warning("The connection to Slack has been down for %.0f s: starting anew", down)
            old, self._handler = self._handler, self._new()
            self.reconnects += 1
            await self._close(old)
            await self._connect()
            return monotonic()
        if down > NEW_ADDRESS_AFTER:
            self._handler.client.wss_uri = None
        return down_since

    async def close(self, drain: float) -> None:
        """Take no more, let requests under way end, then close."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        until = monotonic() + drain
        self._handler.client.auto_reconnect_enabled = False
        while self._handler.busy and monotonic() < until:  # noqa: ASYNC110 - a stop is rare, and an event per request is not
            await asyncio.sleep(0.02)
        await self._close(self._handler)

    async def _close(self, handler: _Handler) -> None:
        try:
            await asyncio.wait_for(handler.client.close(), timeout=CLOSE_WITHIN)  # type: ignore[no-untyped-call]  # slack_sdk leaves it untyped
        except (TimeoutError, RuntimeError, OSError) as fault:
            log.warning("A connection did not close in time (%s)", type(fault).__name__)
