"""People as Slack knows them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel, col, func, select

from storage.columns import Instant
from storage.initiatives import OVER, Initiative
from storage.repository import Repository
from storage.teams import Team


class Person(SQLModel, table=True):
    """A member of the workspace, or somebody met in a shared channel."""

    workspace_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str = ""
    email: str = Field(default="", index=True)
    zone: str = ""
    is_admin: bool = False
    is_bot: bool = False
    is_external: bool = False
    is_deleted: bool = False
    read_at: datetime | None = Field(default=None, sa_type=Instant)
    team_asked_at: datetime | None = Field(default=None, sa_type=Instant)
    #: When others were asked who takes over what this person led; None again once they are back.
    heirs_asked_at: datetime | None = Field(default=None, sa_type=Instant)


class People(Repository):
    """The workspace's people."""

    def get(self, person_id: str) -> Person | None:
        """The person, if they were met before."""
        return self.known("people", person_id, lambda: self.session.get(Person, (self.workspace_id, person_id)))

    def meet(self, person_id: str, **known: Any) -> Person:  # noqa: ANN401 - columns of Person
        """The person's row, made on first sight; what is given is kept."""
        row = self.get(person_id)
        if row is None:
            self.insert_new(Person, [Person(workspace_id=self.workspace_id, id=person_id).model_dump()], key="id")
            row = self.session.get_one(Person, (self.workspace_id, person_id))
        for field, value in known.items():
            if getattr(row, field) != value:
                setattr(row, field, value)
        return row

    def by_email(self, email: str) -> Person | None:
        """The person with this address, upper and lower case alike."""
        statement = select(Person).where(
            Person.workspace_id == self.workspace_id, func.lower(Person.email) == email.strip().lower()
        )
        return self.session.exec(statement).first()

    def members_by_address(self, addresses: Collection[str]) -> dict[str, str]:
        """Ids by address (in lower case) of present members of the workspace: no bots, no strangers, nobody who left."""
        statement = select(func.lower(Person.email), Person.id).where(
            Person.workspace_id == self.workspace_id,
            func.lower(Person.email).in_(sorted(addresses)),
            col(Person.is_external).is_(False),
            col(Person.is_bot).is_(False),
            col(Person.is_deleted).is_(False),
        )
        return dict(self.session.exec(statement).all())

    def gone_and_unasked(self, *, limit: int = 200) -> list[Person]:
        """Deactivated people who lead something that has not ended, or a team, and about whom nobody was asked yet."""
        leads_work = (
            select(Initiative.id)
            .where(Initiative.workspace_id == self.workspace_id, Initiative.lead_id == col(Person.id))
            .where(col(Initiative.withdrawn_at).is_(None), col(Initiative.status).not_in(OVER))
        )
        leads_team = (
            select(Team.id)
            .where(Team.workspace_id == self.workspace_id, Team.lead_id == col(Person.id))
            .where(col(Team.merged_into_id).is_(None))
        )
        statement = (
            select(Person)
            .where(Person.workspace_id == self.workspace_id, col(Person.is_deleted).is_(True))
            .where(col(Person.heirs_asked_at).is_(None), leads_work.exists() | leads_team.exists())
            .order_by(Person.id)
            .limit(limit)
        )
        return list(self.session.exec(statement))

    def gone_leads(self) -> set[str]:
        """Ids of deactivated people who lead an initiative or a team."""
        gone = (Person.workspace_id == self.workspace_id, col(Person.is_deleted).is_(True))
        work = select(Person.id).where(*gone).where(
            select(Initiative.id).where(Initiative.workspace_id == self.workspace_id, Initiative.lead_id == col(Person.id)).exists()
        )  # fmt: skip
        team = select(Person.id).where(*gone).where(
            select(Team.id).where(Team.workspace_id == self.workspace_id, Team.lead_id == col(Person.id)).exists()
        )  # fmt: skip
        return {*self.session.exec(work), *self.session.exec(team)}

    def present(self, person_ids: Collection[str]) -> set[str]:
        """Those of these people who can be written to: known, of this workspace, neither bots nor deactivated."""
        return {
            person.id for person in self.named(person_ids).values()
            if not (person.is_deleted or person.is_external or person.is_bot)
        }  # fmt: skip

    def named(self, person_ids: Collection[str]) -> dict[str, Person]:
        """Those of these people that were met before, by id."""
        wanted = sorted(set(person_ids))
        known: dict[str, Person | None] | None = self.all_known("people", wanted)
        if known is not None:
            return {person_id: person for person_id, person in known.items() if person is not None}
        statement = select(Person).where(Person.workspace_id == self.workspace_id, col(Person.id).in_(wanted))
        return {person.id: person for person in self.session.exec(statement)}

    def look_ahead(self, person_ids: Collection[str]) -> None:
        """Read these people for the rest of this unit."""
        wanted = sorted(set(person_ids))
        self.read_ahead("people", wanted, self.named(wanted), otherwise=lambda: None)
