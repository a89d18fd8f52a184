"""Changes of a workspace's settings: who changed what, so that it can be taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant, Key
from storage.preferences import Preferences
from storage.repository import Repository
from storage.workspaces import Workspace


class SettingChange(SQLModel, table=True):
    """One change of one setting (or of a team): kept when it is undone."""

    __table_args__ = (Index("ix_settingchange_workspace", "workspace_id", "changed_at"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    person_id: str
    #: A field of Preferences.
    name: str
    before: Any = Field(default=None, sa_type=JSON)
    after: Any = Field(default=None, sa_type=JSON)
    changed_at: datetime = Field(sa_type=Instant)
    undone_at: datetime | None = Field(default=None, sa_type=Instant)


class Settings(Repository):
    """What the workspace has chosen, and how that came about."""

    def preferences(self) -> Preferences:
        """The settings as they stand."""
        row = self.session.get(Workspace, self.workspace_id)
        return Preferences.model_validate(row.settings if row is not None else {})

    def change(self, *, person_id: str, now: datetime, **fields: Any) -> list[SettingChange]:  # noqa: ANN401 - fields of Preferences
        """Set fields of the preferences; what was changed. The workspace's row must exist."""
        row = self.session.get_one(Workspace, self.workspace_id)
        before = Preferences.model_validate(row.settings)
        after = Preferences.model_validate(before.model_dump() | fields)
        old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
        changes = [
            SettingChange(workspace_id=self.workspace_id, person_id=person_id, name=name, before=old[name], after=new[name], changed_at=now)
            for name in new if new[name] != old[name]
        ]  # fmt: skip
        row.settings = row.settings | {change.name: change.after for change in changes}
        self.session.add_all(changes)
        self.session.flush()
        return changes

    def get_change(self, change_id: int) -> SettingChange | None:
        """A change, if it is of this workspace."""
        row = self.session.get(SettingChange, change_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def latest(self, *, limit: int = 20) -> list[SettingChange]:
        """The latest changes, the youngest first."""
        statement = (
            select(SettingChange)
            .where(SettingChange.workspace_id == self.workspace_id)
            .order_by(col(SettingChange.changed_at).desc(), col(SettingChange.id).desc())
            .limit(limit)
        )
        return list(self.session.exec(statement))
