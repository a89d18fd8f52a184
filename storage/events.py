"""Events that were taken in: the same one again changes nothing."""

from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant
from storage.repository import Repository


class ProcessedEvent(SQLModel, table=True):
    """An event or interaction by its key, with what went wrong if it could not be handled."""

    workspace_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    #: "" when all went well; else the reference under which the fault was logged.
    fault: str = ""
    received_at: datetime = Field(sa_type=Instant, index=True)


class Events(Repository):
    """Keys of what was taken in."""

    def take(self, key: str, *, now: datetime, fault: str = "") -> bool:
        """Whether this key is new; it is not new a second time."""
        row = {"workspace_id": self.workspace_id, "key": key, "fault": fault, "received_at": now}
        return bool(self.insert_new(ProcessedEvent, [row], key="key"))

    def is_known(self, key: str) -> bool:
        """Whether this key was taken before."""
        return self.session.get(ProcessedEvent, (self.workspace_id, key)) is not None

    def faults(self, *, limit: int = 50) -> list[ProcessedEvent]:
        """Events that could not be handled, the youngest first."""
        statement = (
            select(ProcessedEvent)
            .where(ProcessedEvent.workspace_id == self.workspace_id, ProcessedEvent.fault != "")
            .order_by(col(ProcessedEvent.received_at).desc())
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def forget_before(self, moment: datetime, *, limit: int = 1000) -> int:
        """Drop keys older than this, a batch at a time; how many went."""
        old = (
            select(ProcessedEvent.key)
            .where(ProcessedEvent.workspace_id == self.workspace_id, ProcessedEvent.received_at < moment)
            .limit(limit)
        )
        statement = (
            delete(ProcessedEvent)
            .where(col(ProcessedEvent.workspace_id) == self.workspace_id, col(ProcessedEvent.key).in_(old))
            .returning(col(ProcessedEvent.key))
        )
        return len(self.session.execute(statement).scalars().all())
