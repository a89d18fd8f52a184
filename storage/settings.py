"""Changes of a workspace's settings: who changed what, so that it can be taken back."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import aliased
from sqlmodel import Field, SQLModel, col, func, select

from storage.columns import Instant, Key
from storage.initiatives import Initiative
from storage.matches import Match, ShownTo
from storage.preferences import Preferences
from storage.repository import Repository
from storage.workspaces import Workspace


class SettingChange(SQLModel, table=True):
    """One change of one setting (or of a team): kept when it is undone."""

    __table_args__ = (Index("ix_settingchange_workspace", "workspace_id", "changed_at"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    person_id: str
    #: A field of Preferences; `channel.ID` for a channel's mode; `team.ID` for a team's fields; `merge.ID` for a team that went into another.
    name: str
    before: Any = Field(default=None, sa_type=JSON)
    after: Any = Field(default=None, sa_type=JSON)
    changed_at: datetime = Field(sa_type=Instant)
    undone_at: datetime | None = Field(default=None, sa_type=Instant)


class Settings(Repository):
    """What the workspace has chosen, and how that came about."""

    def preferences(self) -> Preferences:
        """The settings as they stand."""
        return self.known("preferences", self.workspace_id, self._preferences)

    def _preferences(self) -> Preferences:
        row = self.session.get(Workspace, self.workspace_id)
        return Preferences.model_validate(row.settings if row is not None else {})

    def look_ahead(self) -> None:
        """Read the settings for the rest of this unit, which must not change them."""
        self.read_ahead("preferences", [self.workspace_id], {}, otherwise=self._preferences)

    def change(self, *, person_id: str, now: datetime, **fields: Any) -> list[SettingChange]:  # noqa: ANN401 - fields of Preferences
        """Set fields of the preferences; what was changed. The workspace's row must exist.

        The row is locked first: of two admins at once the second builds on what the first has left.
        """
        self.session.flush()
        row = self.session.get_one(Workspace, self.workspace_id, with_for_update=True, populate_existing=True)
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

    def record(self, name: str, before: Any, after: Any, *, person_id: str, now: datetime) -> SettingChange:  # noqa: ANN401 - JSON
        """Keep a change of something that is not a preference: a channel's mode, a team."""
        row = SettingChange(
            workspace_id=self.workspace_id, person_id=person_id, name=name, before=before, after=after, changed_at=now
        )
        self.session.add(row)
        self.session.flush()
        return row

    def last_changed_by(self, name: str) -> str:
        """Who changed this last and did not take it back; "" for nobody."""
        statement = (
            select(SettingChange.person_id)
            .where(SettingChange.workspace_id == self.workspace_id, SettingChange.name == name)
            .where(col(SettingChange.undone_at).is_(None))
            .order_by(col(SettingChange.id).desc())
        )
        return self.session.exec(statement.limit(1)).first() or ""

    def get_change(self, change_id: int) -> SettingChange | None:
        """A change, if it is of this workspace."""
        row = self.session.get(SettingChange, change_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def lock_change(self, change_id: int) -> SettingChange | None:
        """As :meth:`get_change`, kept from others until this transaction ends: of two who undo it one comes second."""
        row = self.session.get(SettingChange, change_id, with_for_update=True, populate_existing=True)
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

    def of_name(self, name: str, *, since: datetime) -> list[SettingChange]:
        """The changes of one setting since then, the oldest first."""
        statement = (
            select(SettingChange)
            .where(SettingChange.workspace_id == self.workspace_id, SettingChange.name == name)
            .where(col(SettingChange.changed_at) >= since)
            .order_by(col(SettingChange.changed_at), col(SettingChange.id))
        )
        return list(self.session.exec(statement))

    def best_public_matches(self, *, since: datetime) -> list[float]:
        """The best probability of each public initiative that was matched since then, of the matches that its channel was shown."""
        announced, candidate = aliased(Initiative), aliased(Initiative)
        statement = (
            select(func.max(Match.probability))
            .join(announced, col(announced.id) == col(Match.initiative_id))
            .join(candidate, col(candidate.id) == col(Match.candidate_id))
            .where(Match.workspace_id == self.workspace_id, col(Match.created_at) >= since)
            .where(Match.shown_to == ShownTo.CHANNEL, announced.audience == "", candidate.audience == "")
            .group_by(col(Match.initiative_id))
        )
        return sorted(self.session.exec(statement))
