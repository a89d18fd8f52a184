"""Workspaces: nothing is ever shared between two of them."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, update
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant
from storage.repository import Repository

#: Noted in the session's `info` by a unit that changes the registry: if it fails, indexes that read ahead are wrong.
REGISTRY_CHANGED: Final = "registry_changed"


class Workspace(SQLModel, table=True):
    """A Slack workspace or Enterprise organisation."""

    id: str = Field(primary_key=True)
    name: str = ""
    #: Where the workspace lives, with a slash at the end: the base of links to messages.
    url: str = ""
    #: Raised by one in every transaction that changes the registry; each changed initiative carries its value.
    registry_version: int = Field(default=0, sa_type=BigInteger)
    settings: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    created_at: datetime = Field(sa_type=Instant)
    #: Set when the app was removed from the workspace: nothing is sent there until it is installed again.
    uninstalled_at: datetime | None = Field(default=None, sa_type=Instant)


class Workspaces(Repository):
    """The one workspace that this unit of work is about."""

    def ensure(self, *, now: datetime, name: str = "", url: str = "") -> Workspace:
        """The workspace's row, made on first sight; a name and address that are given are kept."""
        row = self.session.get(Workspace, self.workspace_id)
        if row is None:
            self.insert_new(Workspace, [{"id": self.workspace_id, "name": name, "url": url, "registry_version": 0,
                                         "settings": {}, "created_at": now}], key="id")  # fmt: skip
            row = self.session.get_one(Workspace, self.workspace_id)
        if name and row.name != name:
            row.name = name
        if url and row.url != url:
            row.url = url
        return row

    def uninstalled(self, *, now: datetime) -> bool:
        """Note that the app is not installed any more; False if that was known, or the workspace is not."""
        row = self.session.get(Workspace, self.workspace_id)
        if row is None or row.uninstalled_at is not None:
            return False
        row.uninstalled_at = now
        return True

    def installed(self) -> bool:
        """Note that the app is installed; False if that was known."""
        row = self.session.get(Workspace, self.workspace_id)
        if row is None or row.uninstalled_at is None:
            return False
        row.uninstalled_at = None
        return True

    def uninstalled_at(self) -> datetime | None:
        """Since when the app is not installed any more; None while it is."""
        statement = select(Workspace.uninstalled_at).where(Workspace.id == self.workspace_id)
        return self.session.exec(statement).first()

    def raise_version(self) -> int:
        """Take the next version of the registry, and with it the lock that orders the workspace's changes.

        On PostgreSQL a sequence is not commit order; this row lock is.
        """
        statement = (
            update(Workspace)
            .where(col(Workspace.id) == self.workspace_id)
            .values(registry_version=Workspace.registry_version + 1)
            .returning(col(Workspace.registry_version))
        )
        self.session.info[REGISTRY_CHANGED] = True
        return int(self.session.execute(statement).scalar_one())

    def version(self) -> int:
        """The registry's version as this transaction sees it; 0 for a workspace never seen."""
        statement = select(Workspace.registry_version).where(Workspace.id == self.workspace_id)
        return self.session.exec(statement).first() or 0

    def link(self, channel_id: str, ts: str) -> str:
        """The address of a message; "" while the workspace's own is unknown."""
        row = self.session.get(Workspace, self.workspace_id)
        return f"{row.url}archives/{channel_id}/p{ts.replace('.', '')}" if row is not None and row.url else ""

    def all_ids(self) -> list[str]:
        """Every workspace's id: for the machine's own sweeps."""
        return list(self.session.exec(select(Workspace.id).order_by(Workspace.id)))
