"""What the page hears: every change as a Server-Sent Event, for those who may see it, with ids so that nothing is missed."""

import asyncio
import json
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox import facts, page_json
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.records import Channel, Json
from bot.sandbox.rendering import Messages
from bot.sandbox.workspace import Workspace

KEPT = 5000
"""Changes that can be replayed to a page that was away."""


@dataclass(frozen=True)
class Change:
    """One change and who may hear of it (None: everybody)."""

    number: int
    audience: frozenset[str] | None
    data: Json


class Stream:
    """All changes since the start, and the pages that listen."""

    def __init__(self, workspace: Workspace, app: InstalledApp, drawing: Messages) -> None:
        self._workspace = workspace
        self._app = app
        self._drawing = drawing
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._kept: deque[Change] = deque(maxlen=KEPT)
        self._listeners: set[asyncio.Queue[Change | None]] = set()
        self._draw: dict[type, Callable[[Any], None]] = {
            facts.MessagePosted: self._posted,
            facts.MessageChanged: self._changed,
            facts.MessageTouched: self._changed,
            facts.MessageDeleted: self._deleted,
            facts.EphemeralChanged: self._ephemeral,
            facts.Reacted: self._reacted,
            facts.MemberJoined: self._channels,
            facts.MemberLeft: self._left,
            facts.ChannelChanged: self._channels,
            facts.ChannelRead: self._read,
            facts.PersonChanged: self._people,
            facts.AppRemoved: self._app_removed,
            facts.ViewChanged: self._view,
            facts.ViewsClosed: self._closed,
            facts.HomeChanged: self._home,
            facts.Noticed: self._notice,
        }

    # Listening

    @property
    def last_id(self) -> str:
        """The id of the newest change; a page that has loaded everything listens from here on."""
        return f"{self._epoch}-{self._number}"

    async def listen(self, user: str, last_id: str) -> AsyncIterator[tuple[str, str]]:
        """Ids and data for one page, from what it missed on; an empty pair now and then keeps the connection open."""
        queue: asyncio.Queue[Change | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            for change in self._missed(last_id):
                if change.audience is None or user in change.audience:
                    yield f"{self._epoch}-{change.number}", json.dumps(change.data)
            while True:
                try:
                    heard = await asyncio.wait_for(queue.get(), 15)
                except TimeoutError:
                    yield "", ""
                    continue
                if heard is None:
                    return
                if heard.audience is None or user in heard.audience:
                    yield f"{self._epoch}-{heard.number}", json.dumps(heard.data)
        finally:
            self._listeners.discard(queue)

    def _missed(self, last_id: str) -> list[Change]:
        if not last_id:
            return []
        epoch, _, number = last_id.partition("-")
        oldest = self._kept[0].number if self._kept else self._number + 1
        if epoch != self._epoch or not number.isdigit() or int(number) + 1 < oldest:
            return [Change(self._number, None, {"type": "resync"})]
        return [change for change in self._kept if change.number > int(number)]

    def close(self) -> None:
        """End all pages' streams."""
        for queue in list(self._listeners):
            queue.put_nowait(None)

    def everything_changed(self) -> None:
        """Tell all pages to load everything again."""
        self.say({"type": "resync"})

    def say(self, data: Json, audience: set[str] | None = None) -> None:
        """Tell something that is no fact of the workspace, to these people or to everybody."""
        self._say(None if audience is None else frozenset(audience), data)

    def hint(self, data: Json) -> None:
        """Tell all pages that are here now; a page that was away asks by itself."""
        change = Change(self._number, None, data)
        for queue in self._listeners:
            queue.put_nowait(change)

    # Telling

    def note(self, fact: facts.Fact) -> None:
        """Tell a fact to the pages that may hear it."""
        draw = self._draw.get(type(fact))
        if draw is not None:
            draw(fact)

    def _say(self, audience: frozenset[str] | None, data: Json) -> None:
        self._number += 1
        change = Change(self._number, audience, data)
        self._kept.append(change)
        for queue in self._listeners:
            queue.put_nowait(change)

    def _watchers(self, channel: Channel) -> frozenset[str]:
        return frozenset(user for user in self._workspace.people if self._workspace.may_see(user, channel))

    def _message(self, kind: str, channel: Channel, message: Any) -> None:  # noqa: ANN401 - a Message, kept loose for MessageTouched
        drawn = page_json.message(message, self._workspace, self._app, self._drawing)
        self._say(self._watchers(channel), {"type": kind, "channel": channel.id, "message": drawn})

    def _posted(self, fact: facts.MessagePosted) -> None:
        self._message("message", fact.channel, fact.message)
        if fact.message.is_in_channel:
            for user in fact.channel.members:
                if user != fact.message.user:
                    self._unread(fact.channel, user)

    def _changed(self, fact: facts.MessageChanged | facts.MessageTouched) -> None:
        self._message("message_changed", fact.channel, fact.message)

    def _deleted(self, fact: facts.MessageDeleted) -> None:
        data = {"type": "message_deleted", "channel": fact.channel.id, "ts": fact.previous.ts}
        if fact.previous.is_reply:
            data["thread_ts"] = fact.previous.thread_ts
        self._say(self._watchers(fact.channel), data)

    def _ephemeral(self, fact: facts.EphemeralChanged) -> None:
        audience = frozenset([fact.message.audience])
        if fact.gone:
            data: Json = {
                "type": "message_deleted",
                "channel": fact.channel.id,
                "ts": fact.message.ts,
                "ephemeral": True,
            }
        else:
            drawn = page_json.message(fact.message, self._workspace, self._app, self._drawing)
            data = {"type": "ephemeral", "channel": fact.channel.id, "message": drawn}
        self._say(audience, data)

    def _reacted(self, fact: facts.Reacted) -> None:
        drawn = page_json.reactions(fact.message)
        data = {"type": "reaction", "channel": fact.channel.id, "ts": fact.message.ts, "reactions": drawn}
        self._say(self._watchers(fact.channel), data)

    def _channels(self, fact: facts.ChannelChanged | facts.MemberJoined) -> None:
        self._say(self._watchers(fact.channel), {"type": "channels", "channel": fact.channel.id})

    def _left(self, fact: facts.MemberLeft) -> None:
        self._say(self._watchers(fact.channel) | {fact.user}, {"type": "channels", "channel": fact.channel.id})

    def _read(self, fact: facts.ChannelRead) -> None:
        self._unread(fact.channel, fact.user)

    def _unread(self, channel: Channel, user: str) -> None:
        unread, mentions = self._workspace.unread(channel, user)
        self._say(frozenset([user]), {"type": "unread", "channel": channel.id, "unread": unread, "mentions": mentions})

    def _people(self, fact: facts.PersonChanged) -> None:
        self._say(None, {"type": "people", "user": fact.person.id})

    def _app_removed(self, fact: facts.AppRemoved) -> None:
        self._say(None, {"type": "people", "user": fact.bot_user_id})

    def _view(self, fact: facts.ViewChanged) -> None:
        drawn = page_json.view(fact.view, self._workspace, self._app)
        self._say(frozenset([fact.view.user]), {"type": "view", "how": fact.how, "view": drawn})

    def _closed(self, fact: facts.ViewsClosed) -> None:
        top = page_json.view(fact.top, self._workspace, self._app) if fact.top else None
        data = {"type": "view_closed", "view_ids": list(fact.view_ids), "view_id": fact.view_ids[-1], "top": top}
        self._say(frozenset([fact.user]), data)

    def _home(self, fact: facts.HomeChanged) -> None:
        drawn = page_json.view(fact.view, self._workspace, self._app)
        self._say(frozenset([fact.view.user]), {"type": "home", "view": drawn})

    def _notice(self, fact: facts.Noticed) -> None:
        self._say(frozenset([fact.user]), {"type": "notice", "text": fact.text, "channel": fact.channel})
