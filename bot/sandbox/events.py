"""Facts as Slack events: which of them the app hears of, and in which words. Pure.

An app hears only what it subscribed to, only with the scope that the event needs, and of messages only those of
conversations that it is a member of. Source: https://docs.slack.dev/reference/events
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.sandbox import facts
from bot.sandbox.installed_app import InstalledApp
from bot.sandbox.records import Channel, ChannelKind, Json, Message
from bot.sandbox.rendering import Messages, channel_type, person_json
from bot.sandbox.workspace import OTHER_TEAM, Workspace

_FAMILY = {
    ChannelKind.PUBLIC: "channels",
    ChannelKind.PRIVATE: "groups",
    ChannelKind.IM: "im",
    ChannelKind.MPIM: "mpim",
}
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")
_SILENT = ("channel_join", "channel_leave", "group_join", "group_leave", "tombstone")


@dataclass(frozen=True)
class AppEvent:
    """An event and what it takes to hear it: one of the `subscriptions`, and one of the `scopes` (none: always)."""

    body: Json
    subscriptions: tuple[str, ...]
    scopes: tuple[str, ...]
    channel: Channel | None = None


class Events:
    """Draws events.

    Args:
        workspace: In which things happen.
        app: Which hears of them.
        messages: How messages are drawn.
    """

    def __init__(self, workspace: Workspace, app: InstalledApp, messages: Messages) -> None:
        self._workspace = workspace
        self._app = app
        self._messages = messages
        self._draw: dict[type, Callable[..., Iterator[AppEvent]]] = {
            facts.MessagePosted: self._posted,
            facts.MessageChanged: self._changed,
            facts.MessageDeleted: self._deleted,
            facts.Reacted: self._reacted,
            facts.MemberJoined: self._joined,
            facts.MemberLeft: self._left,
            facts.ChannelChanged: self._channel,
            facts.PersonChanged: self._person,
            facts.AppRemoved: self._removed,
            facts.FileChanged: self._file,
        }

    def heard(self, fact: facts.Fact) -> list[AppEvent]:
        """The events of a fact that the app hears."""
        draw = self._draw.get(type(fact))
        return [event for event in draw(fact) if self.hears(event)] if draw else []

    def hears(self, event: AppEvent) -> bool:
        """Whether the app has subscribed to this event and may have it."""
        subscribed = self._app.events.intersection(event.subscriptions)
        return bool(subscribed) and (not event.scopes or bool(self._app.scopes.intersection(event.scopes)))

    def stamp(self) -> str:
        """The time of an event that is no message."""
        return f"{self._workspace.clock():.6f}"

    def home_opened(self, user: str, channel: Channel, tab: str, view: Json | None) -> AppEvent:
        """Somebody looks at the app's Home or Messages tab."""
        body: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": channel.id,
            "event_ts": self.stamp(),
            "tab": tab,
        }
        if view is not None:
            body["view"] = view
        return AppEvent(body, ("app_home_opened",), (), channel)

    def _about(self, channel: Channel, body: Json) -> Iterator[AppEvent]:
        if self._app.bot_user_id in channel.members:
            family = _FAMILY[channel.kind]
            whole = {**body, "channel": channel.id, "channel_type": channel_type(channel)}
            yield AppEvent(whole, (f"message.{family}",), (f"{family}:history",), channel)

    def _posted(self, fact: facts.MessagePosted) -> Iterator[AppEvent]:
        message, channel = fact.message, fact.channel
        body = self._messages.draw(message, metadata=True, thread=False) | {"event_ts": message.ts}
        if message.subtype == "thread_broadcast":
            root = self._workspace.message(channel.id, message.thread_ts)
            if root is not None:
                body["root"] = self._messages.draw(root, metadata=False)
        yield from self._about(channel, body)
        if self._mentions_app(message) and not channel.is_direct and self._app.bot_user_id in channel.members:
            mention = {**body, "type": "app_mention", "channel": channel.id}
            mention.pop("subtype", None)
            yield AppEvent(mention, ("app_mention",), ("app_mentions:read",), channel)

    def _mentions_app(self, message: Message) -> bool:
        if message.bot_id == self._app.bot_id or message.subtype in _SILENT:
            return False
        return self._app.bot_user_id in _MENTION.findall(message.text)

    def _changed(self, fact: facts.MessageChanged) -> Iterator[AppEvent]:
        now = self.stamp()
        body = {
            "type": "message",
            "subtype": "message_changed",
            "message": self._messages.draw(fact.message, metadata=True),
            "previous_message": self._messages.draw(fact.previous, metadata=True),
            "hidden": True,
            "ts": now,
            "event_ts": now,
        }
        yield from self._about(fact.channel, body)

    def _deleted(self, fact: facts.MessageDeleted) -> Iterator[AppEvent]:
        now = self.stamp()
        body = {
            "type": "message",
            "subtype": "message_deleted",
            "previous_message": self._messages.draw(fact.previous, metadata=True),
            "hidden": True,
            "deleted_ts": fact.previous.ts,
            "ts": now,
            "event_ts": now,
        }
        yield from self._about(fact.channel, body)

    def _reacted(self, fact: facts.Reacted) -> Iterator[AppEvent]:
        if self._app.bot_user_id not in fact.channel.members:
            return
        name = "reaction_removed" if fact.removed else "reaction_added"
        body: Json = {
            "type": name,
            "user": fact.user,
            "reaction": fact.name,
            "item": {"type": "message", "channel": fact.channel.id, "ts": fact.message.ts},
            "event_ts": self.stamp(),
        }
        if fact.message.user:
            body["item_user"] = fact.message.user
        yield AppEvent(body, (name,), ("reactions:read",), fact.channel)

    def _membership(self, name: str, channel: Channel, user: str, inviter: str) -> Iterator[AppEvent]:
        person = self._workspace.people.get(user)
        body: Json = {
            "type": name,
            "user": user,
            "channel": channel.id,
            "channel_type": "G" if channel.is_private else "C",
            "team": person.team_id if person else self._workspace.team_id,
            "event_ts": self.stamp(),
        }
        if inviter:
            body["inviter"] = inviter
        yield AppEvent(body, (name,), ("groups:read",) if channel.is_private else ("channels:read",), channel)

    def _joined(self, fact: facts.MemberJoined) -> Iterator[AppEvent]:
        if self._app.bot_user_id in fact.channel.members and not fact.channel.is_direct:
            yield from self._membership("member_joined_channel", fact.channel, fact.user, fact.inviter)

    def _left(self, fact: facts.MemberLeft) -> Iterator[AppEvent]:
        channel, me = fact.channel, self._app.bot_user_id
        if channel.is_direct or (me not in channel.members and fact.user != me):
            return
        yield from self._membership("member_left_channel", channel, fact.user, "")
        if fact.user == me:
            name = "group_left" if channel.is_private else "channel_left"
            body = {"type": name, "channel": channel.id, "actor_id": fact.actor or me, "event_ts": self.stamp()}
            yield AppEvent(body, (name,), ("groups:read",) if channel.is_private else ("channels:read",), channel)

    def _channel(self, fact: facts.ChannelChanged) -> Iterator[AppEvent]:
        channel = fact.channel
        short = {"id": channel.id, "name": channel.name, "created": channel.created}
        scope = ("groups:read",) if channel.is_private else ("channels:read",)
        now = self.stamp()
        if fact.what == "created":
            if channel.kind is ChannelKind.PUBLIC:
                body: Json = {
                    "type": "channel_created",
                    "channel": {**short, "creator": channel.creator},
                    "event_ts": now,
                }
                yield AppEvent(body, ("channel_created",), scope, channel)
            return
        if self._app.bot_user_id not in channel.members or channel.is_direct:
            return
        prefix = "group" if channel.is_private else "channel"
        if fact.what == "rename":
            yield AppEvent(
                {"type": f"{prefix}_rename", "channel": short, "event_ts": now}, (f"{prefix}_rename",), scope, channel
            )
        elif fact.what in {"archive", "unarchive"}:
            name = f"{prefix}_{fact.what}"
            body = {"type": name, "channel": channel.id, "user": fact.actor, "event_ts": now}
            yield AppEvent(body, (name,), scope, channel)
        elif fact.what == "deleted":
            name = f"{prefix}_deleted"
            body = {"type": name, "channel": channel.id, "event_ts": now}
            yield AppEvent(body, (name,), scope, channel)
        elif fact.what == "shared":
            body = {"type": "channel_shared", "connected_team_id": OTHER_TEAM, "channel": channel.id, "event_ts": now}
            yield AppEvent(body, ("channel_shared",), scope, channel)
        elif fact.what == "id_changed":
            body = {
                "type": "channel_id_changed",
                "old_channel_id": fact.old_id,
                "new_channel_id": channel.id,
                "event_ts": now,
            }
            yield AppEvent(
                body, ("channel_id_changed",), ("channels:read", "groups:read", "im:read", "mpim:read"), channel
            )

    def _person(self, fact: facts.PersonChanged) -> Iterator[AppEvent]:
        name = "team_join" if fact.joined else "user_change"
        user = person_json(fact.person, self._workspace, email="users:read.email" in self._app.scopes)
        body = {"type": name, "user": user, "cache_ts": int(self._workspace.clock()), "event_ts": self.stamp()}
        yield AppEvent(body, (name,), ("users:read",))

    def _removed(self, fact: facts.AppRemoved) -> Iterator[AppEvent]:
        # Neither carries a time, and which comes first is not promised: https://docs.slack.dev/reference/events/app_uninstalled
        revoked: Json = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [fact.bot_user_id]}}
        yield AppEvent(revoked, ("tokens_revoked",), ())
        yield AppEvent({"type": "app_uninstalled"}, ("app_uninstalled",), ())

    def _file(self, fact: facts.FileChanged) -> Iterator[AppEvent]:
        for channel_id in fact.file.channels if fact.file.uploaded else []:
            channel = self._workspace.channels.get(channel_id)
            if channel is None or self._app.bot_user_id not in channel.members:
                continue
            body = {
                "type": "file_shared",
                "channel_id": channel_id,
                "file_id": fact.file.id,
                "user_id": fact.file.user,
                "file": {"id": fact.file.id},
                "event_ts": self.stamp(),
            }
            yield AppEvent(body, ("file_shared",), ("files:read",), channel)
