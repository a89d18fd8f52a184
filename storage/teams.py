"""Organisational teams, their leads and members."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint, delete
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant, Key, Word
from storage.repository import Repository


class TeamKind(StrEnum):
    """Central (platform) teams serve the others; product teams build for customers."""

    CENTRAL = "central"
    PRODUCT = "product"


class Team(SQLModel, table=True):
    """A team. Its folded name is unique in the workspace."""

    __table_args__ = (UniqueConstraint("workspace_id", "folded"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    name: str
    folded: str
    kind: TeamKind = Field(default=TeamKind.PRODUCT, sa_type=Word(TeamKind))
    lead_id: str = ""
    home_channel_id: str = ""
    #: The Slack user group whose members are the team's; "" for a team kept by hand.
    user_group_id: str = Field(default="", sa_column_kwargs={"server_default": ""})
    #: Set when it was merged: its name still finds the team that it is part of now.
    merged_into_id: int | None = Field(default=None, sa_type=Key)
    created_at: datetime = Field(sa_type=Instant)


class TeamMember(SQLModel, table=True):
    """A person in a team."""

    team_id: int = Field(primary_key=True, sa_type=Key, foreign_key="team.id")
    person_id: str = Field(primary_key=True, index=True)


def fold(name: str) -> str:
    """The form in which two spellings of a name are equal: case, outer and repeated blanks do not count."""
    return " ".join(name.split()).casefold()


class Teams(Repository):
    """The workspace's teams."""

    def get(self, team_id: int) -> Team | None:
        """The team of this id, if it is of this workspace."""
        row = self.session.get(Team, team_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def by_name(self, name: str) -> Team | None:
        """The team whose folded name is equal."""
        statement = select(Team).where(Team.workspace_id == self.workspace_id, Team.folded == fold(name))
        return self.session.exec(statement).first()

    def ensure(self, name: str, *, now: datetime) -> Team:
        """The team of this name, made if it is new."""
        name = " ".join(name.split())
        self.insert_new(
            Team,
            [
                Team(workspace_id=self.workspace_id, name=name, folded=fold(name), created_at=now).model_dump(
                    exclude={"id"}
                )
            ],
            key="id",
        )
        statement = select(Team).where(Team.workspace_id == self.workspace_id, Team.folded == fold(name))
        return self.session.exec(statement).one()

    def all(self) -> list[Team]:
        """Every team, by name."""
        return list(self.session.exec(select(Team).where(Team.workspace_id == self.workspace_id).order_by(Team.folded)))

    def named(self, team_ids: Collection[int]) -> dict[int, Team]:
        """These teams, by id."""
        statement = select(Team).where(Team.workspace_id == self.workspace_id, col(Team.id).in_(sorted(set(team_ids))))
        return {team.id: team for team in self.session.exec(statement)}

    def of(self, person_id: str) -> list[Team]:
        """The teams this person is in or leads, by name."""
        inside = select(TeamMember.team_id).where(TeamMember.person_id == person_id)
        statement = (
            select(Team)
            .where(Team.workspace_id == self.workspace_id)
            .where((col(Team.lead_id) == person_id) | col(Team.id).in_(inside))
            .order_by(Team.folded)
        )
        return list(self.session.exec(statement))

    def add_member(self, team_id: int, person_id: str) -> None:
        """Put a person into a team; once is enough."""
        self.insert_new(TeamMember, [{"team_id": team_id, "person_id": person_id}], key="person_id")

    def remove_member(self, team_id: int, person_id: str) -> None:
        """Take a person out of a team."""
        self.session.execute(
            delete(TeamMember).where(col(TeamMember.team_id) == team_id, col(TeamMember.person_id) == person_id)
        )
