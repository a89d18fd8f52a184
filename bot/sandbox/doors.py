"""The smaller doors of the server: response URLs, uploads, private files; and the check that keeps other sites out."""

import re
import time

from aiohttp import BodyPartReader, web
from aiohttp.typedefs import Handler, Middleware

from bot.sandbox.clock import SandboxClock
from bot.sandbox.errors import SlackError
from bot.sandbox.faults import Fault, Faults
from bot.sandbox.interactivity import Interactivity
from bot.sandbox.traffic import Traffic
from bot.sandbox.web_api import WebApi
from bot.sandbox.workspace import Workspace

_PAGES = re.compile(r"/(archives/.*)?$")
_STATUS = {"expired_url": 404, "used_url": 404}


class Doors:
    """Handlers of aiohttp routes."""

    def __init__(
        self,
        *,
        api: WebApi,
        interactivity: Interactivity,
        workspace: Workspace,
        traffic: Traffic,
        faults: Faults,
        clock: SandboxClock,
    ) -> None:
        self._api = api
        self._interactivity = interactivity
        self._workspace = workspace
        self._traffic = traffic
        self._faults = faults
        self._clock = clock

    @staticmethod
    def only_this_host(port: int) -> Middleware:
        """Refuse requests for another host name, against DNS rebinding, and whatever another site has a browser ask for.

        The tokens are known to everybody, so a picture's address could post as the app: browsers send no Origin with it, but
        say where it comes from (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site). A link to the page
        may be followed from anywhere.
        """
        hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        origins = {f"http://{host}" for host in hosts}

        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            origin = request.headers.get("Origin")
            foreign = request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
            link = request.headers.get("Sec-Fetch-Mode") == "navigate" and _PAGES.match(request.path)
            if (
                request.host not in hosts
                or (origin is not None and origin not in origins)
                or (foreign and not (link and request.method == "GET"))
            ):
                raise web.HTTPForbidden(text=f"This sandbox answers at http://127.0.0.1:{port} only.")
            return await handler(request)

        return check

    async def response_url(self, request: web.Request) -> web.StreamResponse:
        """`POST /response/TOKEN`: the app answers where an interaction happened."""
        started, at = time.perf_counter(), self._clock()
        try:
            body = await request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            return web.Response(status=400, text="invalid_payload")
        plan = self._faults.take("response_url", body)
        status, said = 200, "ok"
        with self._traffic.making() as made:
            if plan is None or plan.fault.accepts:
                try:
                    self._interactivity.answers.respond(request.match_info["token"], body)
                except SlackError as error:
                    status, said = _STATUS.get(error.code, 400), error.code
        accepted = said == "ok" and (plan is None or plan.fault.accepts)
        if plan is not None and plan.fault is not Fault.SLOW:
            status, said = 500, "internal_error"
        self._traffic.called(
            "response_url",
            body,
            {"ok": True} if said == "ok" else {"ok": False, "error": said},
            status,
            at=at,
            started=started,
            accepted=accepted,
            fault=plan.fault.value if plan else "",
            made=made,
        )
        return web.Response(status=status, text=said)

    async def upload(self, request: web.Request) -> web.StreamResponse:
        """`POST /upload/v1/FILE`: the bytes of a file, raw or as the first part of a form."""
        started, at = time.perf_counter(), self._clock()
        record = self._workspace.files.get(request.match_info["file_id"])
        if record is None or record.uploaded:
            return web.Response(status=404, text="File not found")
        if self._faults.take("upload", {"file": record.id}) is not None:
            self._traffic.called(
                "upload",
                {"file": record.id},
                {"ok": False},
                500,
                at=at,
                started=started,
                accepted=False,
                fault="error_500",
            )
            return web.Response(status=500, text="Internal Server Error")
        if request.content_type == "multipart/form-data":
            content = b""
            part = await (await request.multipart()).next()
            content = bytes(await part.read()) if isinstance(part, BodyPartReader) else b""
        else:
            content = await request.read()
        if len(content) != record.size:
            said = f"Expected {record.size} bytes, got {len(content)}"
            self._traffic.called(
                "upload", {"file": record.id}, {"ok": False, "error": said}, 400, at=at, started=started, accepted=False
            )
            return web.Response(status=400, text=said)
        record.content = content
        self._traffic.called(
            "upload",
            {"file": record.id, "bytes": len(content)},
            {"ok": True},
            200,
            at=at,
            started=started,
            accepted=True,
        )
        return web.Response(text=f"OK - {len(content)}")

    async def private_file(self, request: web.Request) -> web.StreamResponse:
        """`GET /files-pri/TEAM-FILE/NAME`: a file's bytes, for the app's token."""
        record = self._workspace.files.get(request.match_info["reference"].rpartition("-")[2])
        if record is None or not record.uploaded:
            raise web.HTTPNotFound
        if request.headers.get("Authorization") != f"Bearer {self._api.app.bot_token}":
            raise web.HTTPForbidden
        return web.Response(body=record.content, content_type=record.mimetype)
