"""The Web API's door: reads a call in all forms that Slack takes, checks token, scope and rate, and plays the planned faults."""

import asyncio
import functools
import time
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.arguments import Arguments
from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import SlackError
from bot.sandbox.faults import Fault, Faults, Planned
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.methods import chat, connections, conversations, files, people, reactions, usergroups, views
from bot.sandbox.methods.registry import METHODS, Call, Method
from bot.sandbox.rate_limits import RateLimits
from bot.sandbox.records import Json
from bot.sandbox.rendering import Messages
from bot.sandbox.tickets import Tickets
from bot.sandbox.traffic import Place, Traffic
from bot.sandbox.workspace import Workspace

FAMILIES = (chat, connections, conversations, files, people, reactions, usergroups, views)
"""The modules that register methods; naming them here is what loads them."""
_TOKEN = "token"  # noqa: S105 - the name of an argument
_JSON = "application/json"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass
class WebApi:
    """Answers `/api/METHOD` for one installed app."""

    workspace: Workspace
    app: InstalledApp
    clock: SandboxClock
    tickets: Tickets
    messages: Messages
    traffic: Traffic
    faults: Faults
    limits: RateLimits
    base_url: str
    file_delay: float = 0.0
    #: Whether the app was removed from the workspace: its bot token is that of a deactivated user then.
    revoked: bool = False

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request."""
        started, at = time.perf_counter(), self.clock()
        name = request.match_info["method"]
        arguments, token, malformed = await _read(request)
        plan = self.faults.take(name, arguments)
        status, body, headers = 200, _refusal(malformed) if malformed else {}, dict[str, str]()
        fault, made = plan.fault.value if plan else "", list[Place]()
        note = functools.partial(self.traffic.called, name, arguments, at=at, started=started, fault=fault, made=made)
        if plan is not None and not plan.fault.accepts:
            return await self._fail(request, plan, note)
        if not malformed:
            with self.traffic.making() as written:
                status, body, headers = self._answer(name, arguments, token)
            made += written
        if status == 200:
            _warn(body, _charset_warning(request))
        if plan is not None and plan.fault is not Fault.SLOW:
            return await self._fail(request, plan, note, body)
        if plan is not None:
            await asyncio.sleep(plan.seconds)
        note(body, status, accepted=bool(body.get("ok")))
        return web.json_response(body, status=status, headers={**self._scopes(name, token), **headers})

    def _scopes(self, name: str, token: str) -> dict[str, str]:
        """What the token may do and what the method would take; a token that is none of ours is told nothing."""
        if token not in {self.app.bot_token, self.app.app_token}:
            return {}
        found = METHODS.get(name)
        accepted = {"x-accepted-oauth-scopes": ",".join(found.scopes)} if found and found.scopes else {}
        held = "connections:write" if token == self.app.app_token else self.app.scope_header
        return {"x-oauth-scopes": held} | accepted

    def _answer(self, name: str, arguments: Json, token: str) -> tuple[int, Json, dict[str, str]]:
        found = METHODS.get(name)
        if found is None:
            return 200, SlackError("unknown_method", req_method=name).answer(), {}
        try:
            self._admit(found, token)
            wait = self.limits.wait(name, found.tier, str(arguments.get("channel", "")))
            if wait:
                return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(wait)}
            return 200, found.answer(self._call(arguments)), {}
        except SlackError as error:
            return 200, error.answer(), {}

    def _call(self, arguments: Json) -> Call:
        return Call(
            args=Arguments(arguments),
            app=self.app,
            workspace=self.workspace,
            tickets=self.tickets,
            messages=self.messages,
            base_url=self.base_url,
            file_delay=self.file_delay,
        )

    def _admit(self, found: Method, token: str) -> None:
        if found.name == "api.test" and not token:
            return
        if not token:
            raise SlackError("not_authed")
        if token not in {self.app.bot_token, self.app.app_token}:
            raise SlackError("invalid_auth")
        if self.revoked and token == self.app.bot_token:
            raise SlackError("account_inactive")
        if (token == self.app.app_token) is not found.app_token and found.name not in {"auth.test", "api.test"}:
            raise SlackError("not_allowed_token_type")
        if found.scopes and not self.app.scopes.intersection(found.scopes):
            raise SlackError("missing_scope", needed=",".join(found.scopes), provided=self.app.scope_header)

    async def _fail(
        self, request: web.Request, plan: Planned, note: Callable[..., None], body: Json | None = None
    ) -> web.StreamResponse:
        accepted = body is not None and bool(body.get("ok"))
        status, answer, headers = 200, {"ok": False, "error": plan.code}, dict[str, str]()
        text: str | None = None
        match plan.fault:
            case Fault.RATE_LIMIT:
                status, answer, headers = (
                    429,
                    {"ok": False, "error": "ratelimited"},
                    {"Retry-After": str(plan.retry_after)},
                )
            case Fault.ERROR_500 | Fault.ACCEPT_THEN_500:
                status, text = 500, "<html><body>Internal Server Error</body></html>"
            case Fault.ERROR_503:
                status, text = 503, "<html><body>Service Unavailable</body></html>"
            case Fault.MALFORMED | Fault.ACCEPT_THEN_MALFORMED:
                text = '{"ok": tru'
            case Fault.HANG | Fault.ACCEPT_THEN_HANG:
                status = 0
            case Fault.DROP | Fault.ACCEPT_THEN_DROP:
                status = 0
            case _:
                pass
        note(body or answer, status, accepted=accepted)
        if plan.fault in {Fault.HANG, Fault.ACCEPT_THEN_HANG}:
            await asyncio.sleep(plan.seconds)
        if not status:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=500)
        if text is not None:
            kind = "application/json" if status == 200 else "text/html"
            return web.Response(status=status, text=text, content_type=kind)
        return web.json_response(answer, status=status, headers=headers)


def _refusal(code: str) -> Json:
    return {"ok": False, "error": code}


async def _read(request: web.Request) -> tuple[Json, str, str]:
    """The arguments, the token, and the error code of a body that cannot be read.

    A token in the address or in a form counts; beside a JSON body it has to be in the header. None of them stays among the
    arguments, also when the body cannot be read: what is noted of a call must not hold one.
    """
    arguments: Json = dict(request.query)
    token, malformed = str(arguments.pop(_TOKEN, "")), ""
    if request.can_read_body:
        body, malformed = await _body(request)
        given = str(body.pop(_TOKEN, ""))
        token = "" if request.content_type == _JSON else given or token
        arguments |= body
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        token = header.removeprefix("Bearer ").strip()
    return arguments, token, malformed


async def _body(request: web.Request) -> tuple[Json, str]:
    """The arguments of a body, and the error code when it cannot be read."""
    if "Content-Type" not in request.headers:
        return {}, "missing_post_type"
    if request.content_type not in {_JSON, *_FORMS}:
        return {}, "invalid_post_type"
    if (request.charset or "utf-8").lower() not in {"utf-8", "utf8", "iso-8859-1"}:
        return {}, "invalid_charset"
    if request.content_type in _FORMS:
        return {key: value for key, value in (await request.post()).items() if isinstance(value, str)}, ""
    try:
        body = await request.json()
    except ValueError:
        return {}, "invalid_json"
    return (body, "") if isinstance(body, dict) else ({}, "json_not_object")


def _charset_warning(request: web.Request) -> str:
    """What Slack has to say of the charset: JSON should name one, a form should not."""
    if not request.body_exists:
        return ""
    if request.content_type == _JSON and not request.charset:
        return "missing_charset"
    return "superfluous_charset" if request.content_type == _FORMS[0] and request.charset else ""


def _warn(body: Json, warning: str) -> None:
    if warning:
        body["warning"] = ",".join(filter(None, [body.get("warning"), warning]))
        metadata = body.setdefault("response_metadata", {})
        metadata["warnings"] = [*metadata.get("warnings", []), warning]
