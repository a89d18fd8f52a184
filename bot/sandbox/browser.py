"""The page's door: everything under `/sandbox`, in JSON, for the person that `as` names."""

import asyncio
import base64
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.sandbox import markup, page_json, values
from bot.sandbox.acts import Acts
from bot.sandbox.delivery import Delivery
from bot.sandbox.errors import NotPossibleError
from bot.sandbox.inspection import Inspection
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.interactivity import Interactivity
from bot.sandbox.outcomes import Reply
from bot.sandbox.page_files import PageFiles
from bot.sandbox.page_reads import PageReads
from bot.sandbox.records import Json, Message, View
from bot.sandbox.rendering import Messages
from bot.sandbox.statuses import Statuses
from bot.sandbox.stream import Stream
from bot.sandbox.time_travel import TimeTravel
from bot.sandbox.workspace import Workspace

_Handler = Callable[[Json], Awaitable[Json]]


class Browser:
    """Answers the page."""

    def __init__(
        self,
        workspace: Workspace,
        app: InstalledApp,
        *,
        acts: Acts,
        interactivity: Interactivity,
        delivery: Delivery,
        drawing: Messages,
        stream: Stream,
        inspection: Inspection,
        statuses: Statuses,
        time_travel: TimeTravel,
        reset: Callable[[], Awaitable[None]],
    ) -> None:
        self._workspace = workspace
        self._app = app
        self._acts = acts
        self._interactivity = interactivity
        self._delivery = delivery
        self._stream = stream
        self.reads = PageReads(workspace, app, acts=acts, drawing=drawing, stream=stream, time_travel=time_travel)
        self._files = PageFiles()
        self._inspection = inspection
        self._statuses = statuses
        self._time_travel = time_travel
        self._reset = reset

    def routes(self) -> list[web.AbstractRouteDef]:
        """All routes of the page."""
        inspection = self._inspection
        reads: dict[str, _Handler] = {
            "state": self.reads.state,
            "messages": self.reads.messages,
            "thread": self.reads.thread,
            "traffic": inspection.traffic,
            "traffic/entry": inspection.entry,
            "faults": inspection.faults,
            "views": self.reads.views,
            "suggestions": self.reads.suggestions,
            "tours": self.reads.tours,
            "gallery": self.reads.gallery,
            "steps": self.reads.steps,
        }
        writes: dict[str, _Handler] = {
            "message": self._say,
            "message/edit": self._edit,
            "message/delete": self._delete,
            "reaction": self._react,
            "read": self._read,
            "command": self._command,
            "action": self._action,
            "shortcut": self._shortcut,
            "view/submit": self._submit,
            "view/close": self._close,
            "options": self._options,
            "channel": self._create,
            "join": self._join,
            "leave": self._leave,
            "invite": self._invite,
            "remove": self._remove,
            "archive": self._archive,
            "dm": self._direct,
            "home": self._home,
            "status": self._set_status,
            "travel": self._travel,
            "travel/stop": self._stop_travelling,
            "faults": inspection.plan,
            "faults/stop": inspection.stop,
            "traffic/clear": inspection.clear_traffic,
            "file": self._attach,
            "reset": self._start_over,
        }
        routes: list[web.AbstractRouteDef] = [
            web.get("/", self._page),
            web.get("/gallery", self._gallery_page),
            web.get("/archives/{channel}/{message}", self._page),
            web.get("/page/{name:[\\w./-]+}", self._asset),
            web.get("/sandbox/stream", self._listen),
            web.get("/sandbox/file/{file}", self._file),
            web.delete("/sandbox/faults", self._reading(inspection.stop)),
        ]
        routes += [web.get(f"/sandbox/{name}", self._reading(handler)) for name, handler in reads.items()]
        routes += [web.post(f"/sandbox/{name}", self._writing(handler)) for name, handler in writes.items()]
        return routes

    # Transport

    async def _finish(self, handler: _Handler, given: Json) -> web.Response:
        try:
            answer = await handler(given)
        except NotPossibleError as error:
            return web.json_response({"ok": False, "error": str(error)})
        except (KeyError, LookupError, TypeError, ValueError) as error:
            return web.json_response({"ok": False, "error": f"The request does not fit: {error}"}, status=400)
        return web.json_response({"ok": True, **answer})

    def _reading(self, handler: _Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await self._finish(handler, dict(request.query))

        return answer

    def _writing(self, handler: _Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            # Only JSON: another site's form cannot send it without asking first, and we never agree.
            if request.content_type != "application/json":
                return web.json_response({"ok": False, "error": "Send JSON."}, status=415)
            try:
                given = await request.json()
            except ValueError:
                given = None
            if not isinstance(given, dict):
                return web.json_response({"ok": False, "error": "Send a JSON object."}, status=400)
            return await self._finish(handler, given)

        return answer

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return self._files.html(request, "index.html")

    async def _gallery_page(self, request: web.Request) -> web.StreamResponse:
        return self._files.html(request, "gallery.html")

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return self._files.asset(request, request.match_info["name"])

    async def _file(self, request: web.Request) -> web.StreamResponse:
        record = self._workspace.files.get(request.match_info["file"])
        if record is None or not record.uploaded:
            raise web.HTTPNotFound
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        if not record.mimetype.startswith("image/"):
            headers["Content-Disposition"] = "attachment"
        return web.Response(body=record.content, content_type=record.mimetype, headers=headers)

    async def _listen(self, request: web.Request) -> web.StreamResponse:
        user = request.query.get("as", "")
        if user not in self._workspace.people:
            raise web.HTTPNotFound(text="There is nobody with this id.")
        last_id = request.headers.get("Last-Event-ID") or request.query.get("last_id", "")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-cache"})
        try:
            await response.prepare(request)
            await response.write(b"retry: 1000\n\n")
            async for number, data in self._stream.listen(user, last_id):
                await response.write(f"id: {number}\ndata: {data}\n\n".encode() if number else b": still here\n\n")
        except (ConnectionError, asyncio.CancelledError):
            return response
        return response

    # Writing

    def _marked(self, text: str) -> str:
        return markup.from_typed(text, people=self._workspace.people, channels=self._workspace.channels)

    async def _say(self, given: Json) -> Json:
        text, thread_ts = self._marked(str(given.get("text", ""))), given.get("thread_ts") or ""
        message = self._acts.say(
            given["as"], given["channel"], text, thread_ts=thread_ts, broadcast=bool(given.get("broadcast"))
        )
        return {"ts": message.ts}

    async def _edit(self, given: Json) -> Json:
        self._acts.edit(given["as"], given["channel"], given["ts"], self._marked(str(given["text"])))
        return {}

    async def _delete(self, given: Json) -> Json:
        self._acts.delete(given["as"], given["channel"], given["ts"])
        return {}

    async def _react(self, given: Json) -> Json:
        self._acts.react(given["as"], given["channel"], given["ts"], given["name"], remove=bool(given.get("remove")))
        return {}

    async def _read(self, given: Json) -> Json:
        self._acts.read(given["as"], given["channel"], given["ts"])
        return {}

    @staticmethod
    def _told(reply: Reply) -> Json:
        # What went wrong reaches the person as a notice of the stream; the answer only says so.
        return {"message": reply.message, "ms": round(reply.ms)} | ({"failed": reply.error} if reply.error else {})

    async def _command(self, given: Json) -> Json:
        return self._told(await self._interactivity.command(given["as"], given["channel"], str(given["text"])))

    def _container(self, given: Json) -> tuple[Message | None, View | None]:
        container = given.get("container") or {"type": "view", "view_id": given.get("view_id")}
        user = given["as"]
        if container["type"] == "message":
            return self._acts.message(user, container["channel"], container["ts"]), None
        modals = self._workspace.modals
        view = modals.homes.get(user) if container["type"] == "home" else modals.get(str(container["view_id"]))
        if view is None:
            raise NotPossibleError("This is not on the screen any more.")
        return None, view

    async def _action(self, given: Json) -> Json:
        message, view = self._container(given)
        stamp = f"{self._workspace.clock():.6f}"
        action = {"action_ts": stamp, **given["action"]}
        typed = given.get("state") or {}
        if view is not None:
            return self._told(await self._interactivity.click_in_view(given["as"], view, action, typed))
        if message is None:
            raise NotPossibleError("This message is gone.")
        return self._told(await self._interactivity.click(given["as"], message, action, typed))

    async def _shortcut(self, given: Json) -> Json:
        message = self._acts.message(given["as"], given["channel"], given["ts"]) if given.get("ts") else None
        return self._told(await self._interactivity.shortcut(given["as"], given["callback_id"], message))

    def _modal(self, given: Json) -> View:
        view = self._workspace.modals.get(given["view_id"])
        if view is None:
            raise NotPossibleError("This form is not on the screen any more.")
        return view

    async def _submit(self, given: Json) -> Json:
        view = self._modal(given)
        typed = values.read_form(view.blocks, given.get("values") or {}, strict=False)
        sent = await self._interactivity.submit(given["as"], view, typed)
        if sent.errors:
            return {"ok": False, "errors": sent.errors}
        if sent.error:
            return {"ok": False, "error": sent.error}
        return {"closed": sent.closed}

    async def _close(self, given: Json) -> Json:
        await self._interactivity.close_view(given["as"], self._modal(given), whole_stack=bool(given.get("all")))
        return {}

    async def _options(self, given: Json) -> Json:
        message, view = self._container(given)
        return await self._interactivity.suggest(
            given["as"],
            action_id=given["action_id"],
            block_id=given["block_id"],
            value=str(given.get("value", "")),
            view=view,
            message=message,
        )

    async def _attach(self, given: Json) -> Json:
        content = base64.b64decode(str(given["content"]), validate=True)
        return {"file": self._interactivity.attach(given["as"], str(given["name"]), content)}

    async def _create(self, given: Json) -> Json:
        channel = self._acts.create_channel(given["as"], str(given["name"]), private=bool(given.get("private")))
        return {"channel": page_json.channel(channel, self._workspace, given["as"])}

    async def _join(self, given: Json) -> Json:
        self._acts.join(given["as"], given["channel"])
        return {}

    async def _leave(self, given: Json) -> Json:
        self._acts.leave(given["as"], given["channel"])
        return {}

    async def _invite(self, given: Json) -> Json:
        self._acts.invite(given["as"], given["channel"], given["user"])
        return {}

    async def _remove(self, given: Json) -> Json:
        self._acts.remove(given["as"], given["channel"], given["user"])
        return {}

    async def _archive(self, given: Json) -> Json:
        self._acts.archive(given["as"], given["channel"], restore=bool(given.get("restore")))
        return {}

    async def _direct(self, given: Json) -> Json:
        channel = self._acts.direct(given["as"], [str(user) for user in given["users"]])
        return {"channel": page_json.channel(channel, self._workspace, given["as"])}

    async def _home(self, given: Json) -> Json:
        user = self._acts.person(given["as"]).id
        with self._delivery.collecting() as sent:
            self._interactivity.open_home(user)
        home = self._workspace.modals.homes.get(user)
        if home is None:
            # The first time the app draws the tab while it handles the event; the page need not wait for a retry.
            if sent.sendings:
                await asyncio.wait([sending.task for sending in sent.sendings], timeout=3.5)
            home = self._workspace.modals.homes.get(user)
        return {"view": page_json.view(home, self._workspace, self._app) if home else None}

    async def _set_status(self, given: Json) -> Json:
        user = self._acts.person(given["as"]).id
        self._statuses.set(
            user,
            text=str(given.get("text", "")),
            emoji=str(given.get("emoji", "")),
            until=float(given.get("until") or 0),
        )
        return {}

    # Steering

    async def _travel(self, given: Json) -> Json:
        user = self._acts.person(given["as"]).id
        trip = self._time_travel.begin(user, str(given["step"]), others_answer=bool(given.get("others_answer", True)))
        return {"start": trip.start, "end": trip.end}

    async def _stop_travelling(self, given: Json) -> Json:
        self._time_travel.stop()
        return {}

    async def _start_over(self, given: Json) -> Json:
        await self._reset()
        return {}
