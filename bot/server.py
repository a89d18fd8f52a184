"""The doors: signed HTTP and Socket Mode, the health and metrics pages, and a stop that loses nothing.

Bolt parses before it verifies, and answers malformed requests with 500 even when nobody signed them. So the raw bytes are
checked here first: size, timestamp and signature, then shape; only then Bolt's request is built.
"""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import NoneType
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot import clock, metrics
from bot.clock import monotonic

log = logging.getLogger(__name__)

LARGEST_BODY: Final = 1 << 20
DEEPEST: Final = 64
#: Slack's own window against replays (docs.slack.dev, verifying requests), seconds.
SIGNED_WITHIN: Final = 300

#: Answers whether this process can work, and why not: "" or a sentence.
Health = Callable[[], Awaitable[str]]


class Unusable(Exception):
    """A request that is refused, with its HTTP status and a word for the caller."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def verify(headers: Mapping[str, str], raw: bytes, *, secret: str, now: float) -> None:
    """Check Slack's signature over the raw bytes.

    Raises:
        Unusable: 401 with the reason.
    """
    stamp, signature = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 12) or not signature:
        raise Unusable(401, "not signed")
    if abs(now - int(stamp)) > SIGNED_WITHIN:
        raise Unusable(401, "signed too long ago")
    expected = "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + raw, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        raise Unusable(401, "wrong signature")


def decode(content_type: str, raw: bytes) -> dict[str, Any]:
    """The request's envelope, checked for its shape.

    Raises:
        Unusable: 400 with what is wrong.
    """
    try:
        text = raw.decode("utf-8")
        if "application/json" in content_type:
            body = json.loads(text)
        else:
            form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=200))
            body = json.loads(form["payload"]) if "payload" in form else form
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise Unusable(400, "neither JSON nor a form") from fault
    if not isinstance(body, dict):
        raise Unusable(400, "not an object")
    _check_depth(body)
    _check_shape(body)
    return body


def _check_depth(body: object) -> None:
    level: list[object] = [body]
    for _ in range(DEEPEST):
        level = [child for parent in level if isinstance(parent, dict | list)
                 for child in (parent.values() if isinstance(parent, dict) else parent)]  # fmt: skip
        if not level:
            return
    raise Unusable(400, "nested too deeply")


#: What an envelope of each type must hold, and as what.
_SHAPES: Final[Mapping[str, Mapping[str, type]]] = {
    "url_verification": {"challenge": str},
    "event_callback": {"event": dict, "event_id": str, "team_id": str},
    "app_rate_limited": {},
    "block_actions": {"user": dict, "actions": list},
    "view_submission": {"user": dict, "view": dict},
    "view_closed": {"user": dict, "view": dict},
    "shortcut": {"user": dict, "callback_id": str, "trigger_id": str},
    "message_action": {"user": dict, "callback_id": str, "trigger_id": str, "message": dict, "channel": dict},
    "block_suggestion": {"user": dict, "action_id": str},
}


def _check_shape(body: Mapping[str, Any]) -> None:
    if "ssl_check" in body:
        return
    if "command" in body and "type" not in body:
        for field in ("command", "user_id", "team_id", "channel_id"):
            if not isinstance(body.get(field), str) or not body[field]:
                raise Unusable(400, f"a command without {field}")
        if not all(isinstance(value, str) for value in body.values()):
            raise Unusable(400, "a command that is no form")
        return
    shape = _SHAPES.get(str(body.get("type")))
    if shape is None:
        raise Unusable(400, "an unknown type")
    for field, kind in shape.items():
        if not isinstance(body.get(field), kind):
            raise Unusable(400, f"{body['type']} without {field}")
    if "user" in shape and not (isinstance(body["user"].get("id"), str) and body["user"]["id"]):
        raise Unusable(400, f"{body['type']} without a user")
    _check_kinds(body, body["type"])
    if body["type"] == "event_callback":
        event = body["event"]
        if not isinstance(event.get("type"), str):
            raise Unusable(400, "an event without a type")
        for field in _EVENT_FIELDS.get(event["type"], ()):
            if not isinstance(event.get(field), str) or not event[field]:
                raise Unusable(400, f"{event['type']} without {field}")
    if body["type"] == "block_actions" and not (
        body["actions"] and all(isinstance(action.get("action_id"), str) for action in body["actions"])
    ):
        raise Unusable(400, "an action without an id")


#: Fields without which an event of this type says nothing.
_EVENT_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "message": ("channel",),
    "app_mention": ("channel", "ts"),
    "member_joined_channel": ("channel", "user"),
    "member_left_channel": ("channel", "user"),
    "app_home_opened": ("user",),
    "channel_id_changed": ("old_channel_id", "new_channel_id"),
} | {
    f"{family}_{what}": ("channel",)
    for family in ("channel", "group")
    for what in ("left", "archive", "unarchive", "deleted")
}
_WORD: Final = (str, NoneType)
_OBJECT: Final = (dict, NoneType)
_LIST: Final = (list, NoneType)
#: What these fields are wherever they stand, in the envelope or inside: neither Bolt nor a listener expects anything else.
_KINDS: Final[Mapping[str, tuple[type, ...]]] = {
    "id": _WORD, "ts": _WORD, "thread_ts": _WORD, "deleted_ts": _WORD, "event_ts": _WORD, "subtype": _WORD, "bot_id": _WORD, "app_id": _WORD,
    "channel_type": _WORD, "channel_id": _WORD, "user_id": _WORD, "team_id": _WORD, "user_team": _WORD, "enterprise_id": _WORD, "trigger_id": _WORD,
    "response_url": _WORD, "callback_id": _WORD, "action_id": _WORD, "block_id": _WORD, "private_metadata": _WORD, "hash": _WORD, "tab": _WORD,
    "message": _OBJECT, "previous_message": _OBJECT, "edited": _OBJECT, "view": _OBJECT, "state": (dict, str, NoneType), "container": _OBJECT,
    "selected_option": _OBJECT, "assistant_thread": _OBJECT, "event": _OBJECT,
    "blocks": _LIST, "attachments": _LIST, "files": _LIST, "actions": _LIST, "authorizations": _LIST, "selected_options": _LIST,
    "user": (str, dict, NoneType), "channel": (str, dict, NoneType), "team": (str, dict, NoneType), "enterprise": (str, dict, NoneType),
}  # fmt: skip
#: Fields whose lists hold nothing but objects.
_OBJECTS: Final = frozenset({"blocks", "attachments", "files", "actions", "authorizations", "selected_options"})


def _check_kinds(part: Mapping[str, Any], where: str) -> None:
    for name, value in part.items():
        if name in _KINDS and not isinstance(value, _KINDS[name]):
            raise Unusable(400, f"{where} with a strange {name}")
        children = value if isinstance(value, list) else [value]
        if name in _OBJECTS and value is not None and not all(isinstance(child, dict) for child in children):
            raise Unusable(400, f"{where} with strange {name}")
        for child in children:
            if isinstance(child, dict) and name != "state":
                _check_kinds(child, where)


class Door:
    """The HTTP side of one process."""

    def __init__(self, *, app: AsyncApp | None, signing_secret: str, health: Health) -> None:
        """Without ``app`` (a worker, or Socket Mode) only the health and metrics pages are served."""
        self._app, self._secret, self._health = app, signing_secret, health
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def open(self, host: str, port: int) -> None:
        """Listen.

        Raises:
            OSError: the address is taken.
        """
        pages = web.Application(client_max_size=LARGEST_BODY)
        pages.add_routes(
            [
                web.get("/healthz", self._show_health),
                web.get("/metrics", self._show_metrics),
                web.get("/", self._show_name),
            ]
        )
        if self._app is not None:
            pages.add_routes([web.post("/slack/events", self._take)])
        self._runner = web.AppRunner(pages, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def close(self, drain: float) -> None:
        """Take no more connections, let requests under way end, then close."""
        if self._runner is None:
            return
        for site in list(self._runner.sites):
            await site.stop()
        try:
            await asyncio.wait_for(self._idle.wait(), timeout=drain)
        except TimeoutError:
            log.warning("%d requests did not end in time; Slack will bring their events again.", self._busy)
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        started = monotonic()
        self._busy += 1
        self._idle.clear()
        kind = "unusable"
        try:
            raw = await self._read(request)
            verify(request.headers, raw, secret=self._secret, now=clock.now().timestamp())
            body = decode(request.headers.get("Content-Type", ""), raw)
            kind = "ssl_check" if "ssl_check" in body else str(body.get("type") or "command")
            response = await self._dispatch(request, body)
        except Unusable as refusal:
            response = web.Response(status=refusal.status, text=refusal.reason)
        finally:
            self._busy -= 1
            if not self._busy:
                self._idle.set()
        metrics.REQUESTS.labels(kind, response.status).inc()
        metrics.REQUEST_SECONDS.labels(kind).observe(monotonic() - started)
        return response

    async def _read(self, request: web.Request) -> bytes:
        if (request.content_length or 0) > LARGEST_BODY:
            raise Unusable(413, "too large")
        try:
            return await request.read()
        except web.HTTPRequestEntityTooLarge as fault:
            raise Unusable(413, "too large") from fault
        except (web.HTTPException, ValueError, web.RequestPayloadError) as fault:
            raise Unusable(400, "an unreadable body") from fault

    async def _dispatch(self, request: web.Request, body: dict[str, Any]) -> web.Response:
        if body.get("type") == "url_verification":
            return web.json_response({"challenge": body["challenge"]})
        if body.get("type") == "app_rate_limited" or "ssl_check" in body:
            return web.Response()
        assert self._app is not None  # noqa: S101 - the route exists only with an app
        headers: dict[str, str | Sequence[str]] = {name: request.headers.getall(name) for name in request.headers}
        # Bolt gets what was checked here, not the bytes: it would read a doubled field or a mislabelled body in its own way.
        headers["Content-Type"] = "application/json"
        try:
            answer = await self._app.async_dispatch(AsyncBoltRequest(body=json.dumps(body), headers=headers))
        except Exception as fault:
            # Listeners have their own error handler; what comes out here is Bolt stumbling over a shape that it does not expect.
            log.exception("Bolt could not read a request of type %s", body.get("type") or "command")
            raise Unusable(400, "a shape that cannot be read") from fault
        response = web.Response(status=answer.status, body=(answer.body or "").encode())
        for name, values in answer.headers.items():
            if name.lower() not in ("content-length", "set-cookie"):
                response.headers[name] = values[0]
        return response

    async def _show_health(self, _request: web.Request) -> web.Response:
        trouble = await self._health()
        return web.json_response({"ready": not trouble, "why": trouble}, status=503 if trouble else 200)

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        await self._health()
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _show_name(self, _request: web.Request) -> web.Response:
        return web.Response(text="Rowbot is here. Slack speaks to /slack/events; /healthz says whether it is well.\n")
