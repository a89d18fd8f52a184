"""Organisational teams, their leads and members."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint, delete
from sqlmodel import Field, SQLModel, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

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
    #: Set when it was deleted: nobody finds it, and its name is free.
    deleted_at: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)


class TeamMember(SQLModel, table=True):
    """A person in a team."""

    team_id: int = Field(primary_key=True, sa_type=Key, foreign_key="team.id")
    person_id: str = Field(primary_key=True, index=True)


def fold(name: str) -> str:
    """The form in which two spellings of a name are equal: case, outer and repeated blanks do not count."""
    return " ".join(name.split()).casefold()


class Teams(Repository):
    """The workspace's teams. Whoever asks for one that was merged gets the team that it is part of now."""

    def get(self, team_id: int) -> Team | None:
        """The team of this id, if it is of this workspace; the one that it was merged into, if it was."""
        return self.known("teams", team_id, lambda: self._standing(self.row(team_id)))

    def row(self, team_id: int) -> Team | None:
        """The team of this id itself, merged or not."""
        row = self.session.get(Team, team_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def by_name(self, name: str) -> Team | None:
        """The team whose folded name is equal, or into which the team of that name was merged."""
        return self._standing(self.row_named(name))

    def row_named(self, name: str) -> Team | None:
        """The row that holds a name, merged or not."""
        statement = select(Team).where(Team.workspace_id == self.workspace_id, Team.folded == fold(name))
        return self.session.exec(statement).first()

    def _standing(self, row: Team | None) -> Team | None:
        while row is not None and row.merged_into_id is not None:
            row = self.row(row.merged_into_id)
        return row if row is None or row.deleted_at is None else None

    def ensure(self, name: str, *, now: datetime) -> Team:
        """The team of this name, made if it is new."""
        self.add(name, now=now)
        found = self.by_name(name)
        assert found is not None  # noqa: S101 - it was made one line above, or was there
        return found

    def add(self, name: str, *, now: datetime) -> Team | None:
        """A new team of this name; None if the name finds a team already."""
        name = " ".join(name.split())
        holder = self.row_named(name)
        if holder is not None and self._standing(holder) is None:  # a former name of a team that is gone
            self.free_name(holder)
        fresh = Team(workspace_id=self.workspace_id, name=name, folded=fold(name), created_at=now)
        made = self.insert_new(Team, [fresh.model_dump(exclude={"id"})], key="id")
        return self.session.get_one(Team, made[0]) if made else None

    def free_name(self, team: Team) -> None:
        """Let somebody else have a team's name; the team keeps how it is written."""
        team.folded = f"\N{BULLET}{team.id}"
        self.session.flush()

    def remove(self, team: Team, *, now: datetime) -> None:
        """Delete a team. Its row stays for what points to it."""
        team.deleted_at = now
        self.free_name(team)

    def put_back(self, team: Team) -> None:
        """A deleted team again. The caller has seen that its name is free."""
        holder = self.row_named(team.name)
        if holder is not None:
            self.free_name(holder)
        team.deleted_at, team.folded = None, fold(team.name)
        self.session.flush()

    def all(self) -> list[Team]:
        """Every team that stands, by name."""
        return list(self.session.exec(self._all().order_by(Team.folded)))

    def page(self, *, offset: int, limit: int) -> tuple[list[Team], int]:
        """Teams that stand, by name, from ``offset`` on; and how many there are."""
        total = self.session.exec(select(func.count()).select_from(self._all().subquery())).one()
        return list(self.session.exec(self._all().order_by(Team.folded).offset(offset).limit(limit))), total

    def _all(self) -> SelectOfScalar[Team]:
        stands = col(Team.merged_into_id).is_(None) & col(Team.deleted_at).is_(None)
        return select(Team).where(Team.workspace_id == self.workspace_id, stands)

    def merged_into(self, team_id: int) -> list[Team]:
        """Teams that were merged into this one directly, and names that it had."""
        statement = select(Team).where(Team.workspace_id == self.workspace_id, Team.merged_into_id == team_id)
        return list(self.session.exec(statement.order_by(col(Team.id))))

    def merged(self) -> dict[int, int]:
        """Each merged team (or former name), and what it was merged into."""
        statement = select(Team.id, Team.merged_into_id).where(
            Team.workspace_id == self.workspace_id, col(Team.merged_into_id).is_not(None)
        )
        return {team_id: into for team_id, into in self.session.exec(statement) if into is not None}

    def grouped(self) -> list[Team]:
        """Teams whose members come from a Slack user group, merged ones too."""
        statement = select(Team).where(
            Team.workspace_id == self.workspace_id, Team.user_group_id != "", col(Team.deleted_at).is_(None)
        )
        return list(self.session.exec(statement.order_by(col(Team.id))))

    def named(self, team_ids: Collection[int]) -> dict[int, Team]:
        """These teams, by the id that was asked for."""
        known: dict[int, Team | None] | None = self.all_known("teams", team_ids)
        if known is not None:
            return {team_id: team for team_id, team in known.items() if team is not None}
        statement = select(Team).where(Team.workspace_id == self.workspace_id, col(Team.id).in_(sorted(set(team_ids))))
        found = {row.id: self._standing(row) for row in self.session.exec(statement).all()}
        return {team_id: team for team_id, team in found.items() if team is not None}

    def look_ahead(self, team_ids: Collection[int]) -> None:
        """Read these teams for the rest of this unit."""
        wanted = sorted(set(team_ids))
        self.read_ahead("teams", wanted, self.named(wanted), otherwise=lambda: None)

    def of(self, person_id: str) -> list[Team]:
        """The teams this person is in or leads, by name."""
        inside = select(TeamMember.team_id).where(TeamMember.person_id == person_id)
        statement = self._all().where((col(Team.lead_id) == person_id) | col(Team.id).in_(inside)).order_by(Team.folded)
        return list(self.session.exec(statement))

    def members(self, team_id: int) -> list[str]:
        """The people in a team, by id."""
        statement = select(TeamMember.person_id).where(TeamMember.team_id == team_id)
        return list(self.session.exec(statement.order_by(TeamMember.person_id)))

    def member_counts(self, team_ids: Collection[int]) -> dict[int, int]:
        """How many people are in each of these teams; teams without any are left out."""
        statement = (
            select(TeamMember.team_id, func.count())
            .where(col(TeamMember.team_id).in_(sorted(set(team_ids))))
            .group_by(col(TeamMember.team_id))
        )
        return dict(self.session.exec(statement).all())

    def led_by(self, person_ids: Collection[str]) -> list[Team]:
        """The standing teams that these people lead, by name."""
        statement = (
            select(Team)
            .where(Team.workspace_id == self.workspace_id, col(Team.lead_id).in_(sorted(set(person_ids) - {""})))
            .where(col(Team.merged_into_id).is_(None))
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
