"""Socket Mode: WebSockets that the app opens, with tickets, acknowledgements and farewells.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import itertools
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.carriers import ACK_SECONDS, Answer, Parcel
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.records import Json
from bot.sandbox.tickets import Tickets

MOST = 10
"""Connections of one app at a time."""
LIFETIME_SECONDS = 5 * 3600.0
DEBUG_LIFETIME_SECONDS = 360.0
WARNING_SECONDS = 10.0
PING_SECONDS = 10.0
_GRACE_SECONDS = 0.5
_HOST = "applink-sandbox"


class Connection:
    """One WebSocket of the app."""

    def __init__(self, socket: web.WebSocketResponse, transport: asyncio.Transport | None) -> None:
        self.socket = socket
        self._transport = transport
        self.leaving = False
        self.waiting: dict[str, asyncio.Future[Any]] = {}

    async def say(self, message: Json) -> bool:
        """Send a message; False when the connection is gone."""
        with contextlib.suppress(ConnectionError, RuntimeError):
            await self.socket.send_json(message)
            return True
        return False

    async def disconnect(self, reason: str) -> None:
        """Say goodbye as Slack does; a `warning` leaves the connection open."""
        self.leaving = True
        await self.say({"type": "disconnect", "reason": reason, "debug_info": {"host": _HOST}})

    def cut(self) -> None:
        """End the connection without a word, as a broken network does."""
        self.leaving = True
        if self._transport is not None:
            self._transport.abort()

    def gone(self) -> None:
        """Tell those who wait that nothing will come."""
        for future in self.waiting.values():
            if not future.done():
                future.set_result(None)


class SocketCarrier:
    """All connections of the app; brings each parcel to one of them.

    Args:
        app_id: Whose.
        tickets: What a connection must show to be let in.
        on_connect: Called when the app has connected.
        faults: Those of the `socket` end a connection when something is brought to it.
        note: Told what is said outside of deliveries.
        ack_seconds: How long an acknowledgement may take.
        lifetime: After how many seconds a connection is asked to renew itself.
    """

    def __init__(
        self,
        app_id: str,
        tickets: Tickets,
        *,
        on_connect: Callable[[], None],
        faults: Faults,
        note: Callable[[str, Json], None],
        ack_seconds: float = ACK_SECONDS,
        lifetime: float = LIFETIME_SECONDS,
    ) -> None:
        self.connections: list[Connection] = []
        self.refusing = False
        self.lifetime = lifetime
        self._app_id = app_id
        self._tickets = tickets
        self._on_connect = on_connect
        self._faults = faults
        self._note = note
        self._ack_seconds = ack_seconds
        self._turn = itertools.count()
        self._closing: set[asyncio.Task[None]] = set()

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Take a connection in and serve it until it ends."""
        if self.refusing:
            return web.Response(status=503)
        if not self._tickets.admit(request.query.get("ticket", "")):
            return web.Response(status=403, text="This ticket was used before, has expired or was never issued.")
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS)
        await socket.prepare(request)
        connection = Connection(socket, request.transport)
        if len(self.connections) >= MOST:
            await connection.disconnect("too_many_websockets")
            await socket.close()
            return socket
        debug = request.query.get("debug_reconnects") == "true"
        lifetime = DEBUG_LIFETIME_SECONDS if debug else self.lifetime
        self.connections.append(connection)
        ageing = asyncio.create_task(self._age(connection, lifetime))
        try:
            hello = self._hello(lifetime)
            self._note("hello", hello)
            await connection.say(hello)
            self._on_connect()
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(connection, message.data)
        finally:
            ageing.cancel()
            if connection in self.connections:
                self.connections.remove(connection)
            self._note("closed", {"num_connections": len(self.connections), "code": socket.close_code})
            connection.gone()
        return socket

    def _hello(self, lifetime: float) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": _HOST, "build_number": 1, "approximate_connection_time": int(lifetime)},
            "connection_info": {"app_id": self._app_id},
        }

    async def _farewell(self, connection: Connection, reason: str) -> None:
        self._note("disconnect", {"type": "disconnect", "reason": reason})
        await connection.disconnect(reason)

    def _cut(self, connection: Connection) -> None:
        self._note("cut", {"what": "The connection was cut without a word."})
        connection.cut()

    async def _age(self, connection: Connection, lifetime: float) -> None:
        await asyncio.sleep(max(lifetime - WARNING_SECONDS, 0))
        await self._farewell(connection, "warning")
        await asyncio.sleep(min(WARNING_SECONDS, lifetime))
        await self._farewell(connection, "refresh_requested")
        await connection.socket.close()

    @staticmethod
    def _acknowledged(connection: Connection, text: str) -> None:
        with contextlib.suppress(ValueError, AttributeError):
            said = json.loads(text)
            future = connection.waiting.get(str(said.get("envelope_id")))
            if future is not None and not future.done():
                future.set_result(said)

    def _choose(self) -> Connection | None:
        """Slack may use any connection; taking turns shows an app that relies on one of them."""
        open_ones = [c for c in self.connections if not c.socket.closed]
        candidates = [c for c in open_ones if not c.leaving] or open_ones
        return candidates[next(self._turn) % len(candidates)] if candidates else None

    async def carry(self, parcel: Parcel) -> Answer:
        """See `Carrier`."""
        connection = self._choose()
        if connection is None:
            return Answer(fault="connection_failed")
        envelope: Json = {
            "envelope_id": str(uuid.uuid4()),
            "payload": parcel.payload,
            "type": parcel.kind,
            "accepts_response_payload": parcel.wants_answer,
        }
        if parcel.kind == "events_api":
            envelope |= {"retry_attempt": parcel.retry, "retry_reason": parcel.retry_reason}
        shown = {key: value for key, value in envelope.items() if key != "payload"}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = future
        started = time.perf_counter()
        try:
            if not await connection.say(envelope):
                return Answer(fault="connection_failed", ms=_ms(started), envelope=shown)
            await self._break(connection)
            said = await asyncio.wait_for(future, self._ack_seconds)
        except TimeoutError:
            return Answer(fault="timeout", ms=_ms(started), envelope=shown)
        finally:
            del connection.waiting[envelope["envelope_id"]]
        if said is None:
            return Answer(fault="connection_failed", ms=_ms(started), envelope=shown)
        return Answer(200, said.get("payload") or None, ms=_ms(started), envelope=shown)

    async def _break(self, connection: Connection) -> None:
        """A planned fault hits the connection after something was brought to it, so that an acknowledgement may be lost."""
        plan = self._faults.take("socket", {})
        if plan is None:
            return
        if plan.fault is Fault.CUT:
            self._cut(connection)
        else:
            await self._farewell(connection, "refresh_requested")
            # Slack leaves some time to finish what was begun: https://docs.slack.dev/apis/events-api/using-socket-mode
            task = asyncio.create_task(self._close_soon(connection))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)

    @staticmethod
    async def _close_soon(connection: Connection) -> None:
        await asyncio.sleep(_GRACE_SECONDS)
        await connection.socket.close()

    async def disconnect(self, reason: str = "refresh_requested", *, abruptly: bool = False) -> int:
        """End all connections, with a word (`warning`, `refresh_requested`, `link_disabled`) or `abruptly`; gives how many."""
        ended = list(self.connections)
        for connection in ended:
            if abruptly:
                self._cut(connection)
                continue
            await self._farewell(connection, reason)
            if reason != "warning":
                await connection.socket.close()
        return len(ended)

    async def close(self) -> None:
        """End everything when the server stops."""
        for task in self._closing:
            task.cancel()
        for connection in list(self.connections):
            await connection.socket.close(code=WSCloseCode.GOING_AWAY)


def _ms(started: float) -> float:
    return (time.perf_counter() - started) * 1000
