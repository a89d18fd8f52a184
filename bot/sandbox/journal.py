"""Keeps the workspace between runs, in one SQLite file. Modals are not kept: whoever looked at one has left."""

import dataclasses
import json
import sqlite3
from pathlib import Path
from typing import Any

from bot.sandbox import facts
from bot.sandbox.clock import SandboxClock
from bot.sandbox.records import Channel, ChannelKind, File, Message, Person, View
from bot.sandbox.timeline import Timeline, ts_key
from bot.sandbox.workspace import Workspace

_SCHEMA = """
CREATE TABLE IF NOT EXISTS kept (kind TEXT, id TEXT, body TEXT NOT NULL, content BLOB, PRIMARY KEY (kind, id)) WITHOUT ROWID;
"""


class Journal:
    """Writes every change down as it happens.

    Args:
        path: The file; its folder is made if needed.
        workspace: What is kept.
        clock: Whose offset is kept too.
    """

    def __init__(self, path: Path, workspace: Workspace, clock: SandboxClock) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._workspace = workspace
        self._clock = clock
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        # A crash of the machine may cost the last moments of a demo; a crash of the program costs nothing.
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.executescript(_SCHEMA)

    def _keep(self, kind: str, key: str, record: Any, content: bytes | None = None) -> None:  # noqa: ANN401 - any record
        body = (
            dataclasses.asdict(record) if dataclasses.is_dataclass(record) and not isinstance(record, type) else record
        )
        if isinstance(body, dict):
            body.pop("content", None)
        self._db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", (kind, key, json.dumps(body), content))

    def _drop(self, kind: str, key: str) -> None:
        self._db.execute("DELETE FROM kept WHERE kind = ? AND id = ?", (kind, key))

    def _message(self, message: Message) -> None:
        self._keep("message", f"{message.channel}:{message.ts}", message)

    def note(self, fact: facts.Fact) -> None:
        """Write one fact down."""
        self._db.execute("BEGIN")
        self._write(fact)
        self._db.execute("COMMIT")

    def keep_moment(self) -> None:
        """Write down how far time was moved."""
        self._meta()

    def _meta(self) -> None:
        self._keep("meta", "counters", self._workspace.counters.next)
        self._keep("meta", "offset", self._clock.offset)
        self._keep("meta", "usergroups", self._workspace.usergroups)

    def _write(self, fact: facts.Fact) -> None:
        self._meta()
        match fact:
            case facts.MessagePosted(channel, message):
                self._message(message)
                self._keep("channel", channel.id, channel)
            case facts.MessageChanged(_, message, _) | facts.Reacted(_, message):
                self._message(message)
            case facts.MessageDeleted(channel, previous):
                self._drop("message", f"{channel.id}:{previous.ts}")
            case facts.EphemeralChanged(channel, message, gone):
                if gone:
                    self._drop("ephemeral", f"{channel.id}:{message.ts}")
                else:
                    self._keep("ephemeral", f"{channel.id}:{message.ts}", message)
            case facts.ChannelChanged(channel, "id_changed", _, old_id):
                self._drop("channel", old_id)
                self._db.execute("DELETE FROM kept WHERE kind = 'message' AND id LIKE ?", (f"{old_id}:%",))
                for message in self._workspace.timelines[channel.id]:
                    self._message(message)
                self._keep("channel", channel.id, channel)
            case facts.ChannelChanged(channel, "deleted"):
                self._drop("channel", channel.id)
                for kind in ("message", "ephemeral"):
                    self._db.execute("DELETE FROM kept WHERE kind = ? AND id LIKE ?", (kind, f"{channel.id}:%"))
            case facts.AppRemoved():
                for channel in self._workspace.channels.values():
                    self._keep("channel", channel.id, channel)
            case (
                facts.ChannelChanged(channel)
                | facts.MemberJoined(channel)
                | facts.MemberLeft(channel)
                | facts.ChannelRead(channel)
            ):
                self._keep("channel", channel.id, channel)
            case facts.PersonChanged(person):
                self._keep("person", person.id, person)
                if person.deleted:
                    for channel in self._workspace.channels.values():
                        self._keep("channel", channel.id, channel)
            case facts.FileChanged(record):
                self._keep("file", record.id, dataclasses.replace(record, content=b""), record.content)
            case facts.HomeChanged(view):
                self._keep("home", view.user, view)
            case _:
                pass

    def load(self) -> bool:
        """Fill the workspace with what is kept; False if there is nothing."""
        meta = {
            key: json.loads(body) for key, body in self._db.execute("SELECT id, body FROM kept WHERE kind = 'meta'")
        }
        if not meta:
            return False
        workspace = self._workspace
        workspace.counters.next = meta["counters"]
        workspace.usergroups = meta["usergroups"]
        self._clock.offset = meta["offset"]
        rows = self._db.execute("SELECT kind, id, body, content FROM kept ORDER BY kind, id").fetchall()
        bodies: dict[str, list[tuple[dict[str, Any], bytes | None]]] = {}
        for kind, _, body, content in rows:
            bodies.setdefault(kind, []).append((json.loads(body), content))
        for body, _ in bodies.get("person", []):
            workspace.people[body["id"]] = Person(**body)
        for body, _ in sorted(bodies.get("channel", []), key=lambda row: row[0]["created"]):
            channel = Channel(**{**body, "kind": ChannelKind(body["kind"])})
            workspace.channels[channel.id] = channel
            workspace.timelines[channel.id] = Timeline()
        for message in sorted((Message(**body) for body, _ in bodies.get("message", [])), key=lambda m: ts_key(m.ts)):
            workspace.timelines[message.channel].add(message)
        workspace.ephemerals = [Message(**body) for body, _ in bodies.get("ephemeral", [])]
        for body, content in bodies.get("file", []):
            workspace.files[body["id"]] = File(**body, content=content or b"")
        for body, _ in bodies.get("home", []):
            workspace.modals.homes[body["user"]] = View(**body)
        return True

    def clear(self) -> None:
        """Keep nothing any more."""
        self._db.execute("DELETE FROM kept")

    def close(self) -> None:
        """Write down what no fact told, and let go of the file."""
        self._meta()
        self._db.close()
