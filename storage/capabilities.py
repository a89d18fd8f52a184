"""Capabilities that a workspace added to the shipped taxonomy."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel, select

from storage.columns import Instant
from storage.repository import Repository


class Capability(SQLModel, table=True):
    """A capability of the workspace's own: what the shipped file does not name."""

    workspace_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    name: str
    synonyms: list[str] = Field(default_factory=list, sa_type=JSON)
    created_at: datetime = Field(sa_type=Instant)


class Capabilities(Repository):
    """The workspace's own capabilities."""

    def all(self) -> list[Capability]:
        """Every one of them, by key."""
        statement = select(Capability).where(Capability.workspace_id == self.workspace_id).order_by(Capability.key)
        return list(self.session.exec(statement))

    def add(self, key: str, *, name: str, synonyms: Sequence[str] = (), now: datetime) -> None:
        """Add one; the same key again changes nothing."""
        row = {
            "workspace_id": self.workspace_id,
            "key": key,
            "name": name,
            "synonyms": list(synonyms),
            "created_at": now,
        }
        self.insert_new(Capability, [row], key="key")
