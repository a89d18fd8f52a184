"""What the page asks for: the state of things as one person sees it."""

from collections.abc import Callable

from bot.sandbox import page_json
from bot.sandbox.acts import Acts
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.records import Json, Message
from bot.sandbox.rendering import Messages
from bot.sandbox.stream import Stream
from bot.sandbox.time_travel import TimeTravel
from bot.sandbox.timeline import ts_key
from bot.sandbox.workspace import Workspace


class PageReads:
    """Answers the page's questions; `given` is its query, `as` the person who looks."""

    def __init__(
        self,
        workspace: Workspace,
        app: InstalledApp,
        *,
        acts: Acts,
        drawing: Messages,
        stream: Stream,
        time_travel: TimeTravel,
    ) -> None:
        self._workspace = workspace
        self._app = app
        self._acts = acts
        self._drawing = drawing
        self._stream = stream
        self._time_travel = time_travel
        self.hints: list[Json] = []
        self.stories: list[Json] = []
        self.examples: Callable[[], Json] = dict

    def _draw(self, message: Message) -> Json:
        return page_json.message(message, self._workspace, self._app, self._drawing)

    def _first(self) -> str:
        """Whose eyes a page gets that names nobody: the first person who is no bot."""
        people = self._workspace.people.values()
        return next((person.id for person in people if not person.is_bot and not person.deleted), "")

    async def state(self, given: Json) -> Json:
        """Everything that a screen needs to begin."""
        me = self._acts.person(given.get("as") or self._first())
        channels = [c for c in self._workspace.channels.values() if self._workspace.may_see(me.id, c)]
        return {
            "team": {"id": self._workspace.team_id, "name": self._workspace.name},
            "me": me.id,
            "people": [page_json.person(p, self._workspace) for p in self._workspace.people.values()],
            "channels": [page_json.channel(c, self._workspace, me.id) for c in channels],
            "commands": [
                {"command": c.command, "description": c.description, "usage_hint": c.usage_hint}
                for c in self._app.commands
            ],
            "shortcuts": [
                {"name": s.name, "type": s.type, "callback_id": s.callback_id, "description": s.description}
                for s in self._app.shortcuts
            ],
            "app": {"id": self._app.app_id, "name": self._app.name, "bot_user_id": self._app.bot_user_id},
            "last_event_id": self._stream.last_id,
            "clock": self._time_travel.state(),
        }

    async def messages(self, given: Json) -> Json:
        """What is seen in a channel, the newest `limit` before `before`, with what only this person sees."""
        channel = self._acts.channel(given["as"], given["channel"])
        everything = [*self._workspace.timelines[channel.id].in_channel()]
        everything += [
            m
            for m in self._workspace.ephemerals
            if m.channel == channel.id and m.audience == given["as"] and not m.thread_ts
        ]
        everything.sort(key=lambda message: ts_key(message.ts))
        if given.get("before"):
            everything = [m for m in everything if ts_key(m.ts) < ts_key(given["before"])]
        limit = int(given.get("limit", 50))
        shown = everything[-limit:]
        return {"messages": [self._draw(m) for m in shown], "has_more": len(everything) > len(shown)}

    async def thread(self, given: Json) -> Json:
        """A message and its replies."""
        channel = self._acts.channel(given["as"], given["channel"])
        root = self._acts.message(given["as"], channel.id, given["ts"])
        thread = [root, *self._workspace.timelines[channel.id].replies(root.ts)]
        thread += [
            m
            for m in self._workspace.ephemerals
            if m.channel == channel.id and m.audience == given["as"] and m.thread_ts == root.ts
        ]
        return {"messages": [self._draw(m) for m in sorted(thread, key=lambda m: ts_key(m.ts))]}

    async def suggestions(self, given: Json) -> Json:
        """What a newcomer might try, as the demo has put it."""
        return {"suggestions": self.hints}

    async def tours(self, given: Json) -> Json:
        """The stories that a newcomer is led through, as the demo has put them."""
        return {"stories": self.stories}

    async def gallery(self, given: Json) -> Json:
        """What the app can draw, as whoever wires it has put it; nothing of it is of the workspace."""
        return self.examples()

    async def steps(self, given: Json) -> Json:
        """How far time can be moved at once, and where each step leads this person."""
        user = self._acts.person(given["as"]).id
        return {"steps": [{"step": step, "end": end.timestamp()} for step, end in self._time_travel.steps(user)]}

    async def views(self, given: Json) -> Json:
        """The open modals, the one on top last."""
        user = self._acts.person(given["as"]).id
        stack = self._workspace.modals.stacks.get(user, [])
        return {"views": [page_json.view(v, self._workspace, self._app) for v in stack]}
