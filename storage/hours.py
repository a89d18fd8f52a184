"""When people can be reached: their own hours, where they say them, and the days on which they are away."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel, col, select

from storage.columns import Instant, Key, Word
from storage.people import Person
from storage.repository import Repository


class AwaySource(StrEnum):
    """From where it is known that somebody is away."""

    #: They said so, or somebody who may said it for them.
    SAID = "said"
    #: Their Slack status says so.
    STATUS = "status"


class Hours(SQLModel, table=True):
    """What one person chose for themselves. What is empty or None follows Slack and the workspace."""

    workspace_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    #: IANA name; "": the zone that Slack knows.
    zone: str = ""
    #: Country whose public holidays are days off, with a subdivision where it has its own: "DE", "DE-BY"; "": none.
    country: str = ""
    #: Days on which they work (0 is Monday); None: the workspace's.
    workdays: list[int] | None = Field(default=None, sa_type=JSON)
    #: Minutes after midnight between which they work; None: the workspace's.
    starts_minute: int | None = None
    ends_minute: int | None = None
    updated_at: datetime = Field(sa_type=Instant)


class Away(SQLModel, table=True):
    """Days on which somebody is not to be asked."""

    __table_args__ = (Index("ix_away_person", "workspace_id", "person_id", "last_on"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    workspace_id: str
    person_id: str
    #: The first and the last day off, on their own calendar.
    first_on: date
    last_on: date
    source: AwaySource = Field(default=AwaySource.SAID, sa_type=Word(AwaySource))
    created_by: str = ""
    created_at: datetime = Field(sa_type=Instant)
    #: Set when it was taken back; days that have passed stay as they were.
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class PeoplesHours(Repository):
    """The workspace's people's hours and days off."""

    def get(self, person_id: str) -> Hours | None:
        """What this person chose."""
        return self.known("hours", person_id, lambda: self.session.get(Hours, (self.workspace_id, person_id)))

    def of(self, person_ids: Collection[str]) -> dict[str, Hours]:
        """What these people chose, by person."""
        known: dict[str, Hours | None] | None = self.all_known("hours", person_ids)
        if known is not None:
            return {person_id: row for person_id, row in known.items() if row is not None}
        statement = select(Hours).where(
            Hours.workspace_id == self.workspace_id, col(Hours.person_id).in_(sorted(set(person_ids)))
        )
        return {row.person_id: row for row in self.session.exec(statement)}

    def away(self, person_ids: Collection[str], *, since: date) -> dict[str, list[Away]]:
        """Days off of these people that have not ended before ``since``, by person, the earliest first."""
        known: dict[tuple[str, date], list[Away]] | None = self.all_known(
            "away", [(each, since) for each in person_ids]
        )
        if known is not None:
            return {person_id: rows for (person_id, _), rows in known.items() if rows}
        statement = (
            select(Away)
            .where(Away.workspace_id == self.workspace_id, col(Away.person_id).in_(sorted(set(person_ids))))
            .where(col(Away.last_on) >= since, col(Away.ended_at).is_(None))
            .order_by(col(Away.first_on), col(Away.id))
        )
        found: dict[str, list[Away]] = {}
        for row in self.session.exec(statement):
            found.setdefault(row.person_id, []).append(row)
        return found

    def look_ahead(self, person_ids: Collection[str], *, since: date) -> None:
        """Read for these people what :meth:`of` and :meth:`away` say, for the rest of this unit."""
        wanted = sorted(set(person_ids))
        self.read_ahead("hours", wanted, self.of(wanted), otherwise=lambda: None)
        away = {(person_id, since): rows for person_id, rows in self.away(wanted, since=since).items()}
        self.read_ahead("away", [(person_id, since) for person_id in wanted], away, otherwise=list)

    def ensure(self, person_id: str, *, now: datetime) -> Hours:
        """What this person chose, a row without any choice on first sight."""
        fresh = Hours(workspace_id=self.workspace_id, person_id=person_id, updated_at=now).model_dump()
        self.insert_new(Hours, [fresh], key="person_id")
        return self.session.get_one(Hours, (self.workspace_id, person_id))

    def add(self, away: Away) -> Away:
        """Store days off and give them their id."""
        self.session.add(away)
        self.session.flush()
        return away

    def one(self, away_id: int) -> Away | None:
        """Days off, also those that were taken back; None if they are not of this workspace."""
        row = self.session.get(Away, away_id)
        return row if row is not None and row.workspace_id == self.workspace_id else None

    def by_status(self, person_ids: Collection[str], *, since: date) -> dict[str, list[Away]]:
        """Days off that a Slack status told of and that reach to ``since``, by person: also those that the person took back."""
        statement = (
            select(Away)
            .where(Away.workspace_id == self.workspace_id, col(Away.person_id).in_(sorted(set(person_ids))))
            .where(Away.source == AwaySource.STATUS, col(Away.last_on) >= since)
            .order_by(col(Away.id))
        )
        found: dict[str, list[Away]] = {}
        for row in self.session.exec(statement):
            found.setdefault(row.person_id, []).append(row)
        return found

    def lock(self, person_id: str) -> None:
        """Hold a person's days off until this transaction ends: of two who change them at once, the second sees the first's."""
        statement = select(Person.id).where(Person.workspace_id == self.workspace_id, Person.id == person_id)
        self.session.exec(statement.with_for_update()).first()
