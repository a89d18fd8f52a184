"""A public and a private channel, teams and their work, and time that is an argument."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlmodel import col, select

from bot.features.digests import service
from bot.features.digests.issue import Issue
from bot.features.digests.places import State
from bot.features.digests.timing import Weekly
from storage.announcements import Announcement, AnnouncementState, Door
from storage.channels import Channel
from storage.database import Database
from storage.digests import Digest
from storage.initiatives import Initiative
from storage.outbox import OutboxRow, OutboxState, OutboxVerb
from storage.overlaps import Feedback, Verb
from storage.repository import EVERYBODY, Viewer
from storage.rounds import Answer, Prompt, PromptState, Pulse, Round, RoundState
from storage.syncs import Sync
from storage.teams import fold
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import everything

T = TypeVar("T")

#: A Wednesday, and the Mondays after it. Lisbon is on UTC.
NOW = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
MONDAY = datetime(2027, 1, 18, 9, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
PRIVATE = Viewer(frozenset({"C2"}))


@dataclass
class Stage:
    """C1 is public, C2 private with Ana in it; Ana is of Search ML in Lisbon, Ben of Ads Platform, Cleo of Data Tools."""

    db: Database
    scope: Scope = field(default_factory=lambda: Scope("T1", EVERYBODY))

    def write(self, unit: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """One transaction."""
        return self.db.write_now(self.scope, unit, *args, **kwargs)

    def seen(self, viewer: Viewer, unit: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """One transaction with somebody's eyes."""
        return self.db.write_now(Scope("T1", viewer), unit, *args, **kwargs)

    def turn_on(
        self, weekly: Weekly | None = None, *, channel: str = "C1", person: str = "UANA", now: datetime = NOW
    ) -> State:
        """Somebody turns the digest on."""
        return self.seen(PRIVATE, service.turn_on, channel, weekly, person_id=person, now=now)

    def turn_off(self, *, now: datetime = NOW, person: str = "UBEN") -> State:
        """Somebody turns it off."""
        return self.write(service.turn_off, "C1", person_id=person, now=now)

    def publish(self, now: datetime, channel: str = "C1") -> bool:
        """The job looks."""
        return self.write(service.publish, channel, self.write(service.compose, channel, now=now), now=now)

    def issue(self, channel: str = "C1", *, now: datetime = MONDAY) -> Issue:
        """What the digest would say."""
        return self.seen(PRIVATE, service.preview, channel, person_id="UANA", now=now)[0]

    def digest(self, channel: str = "C1") -> Digest:
        """The row."""
        return self.write(_digest, channel)

    def change(self, channel: str = "C1", **fields: Any) -> None:
        """Something about a channel is different."""
        self.write(_change, channel, fields)

    def announce(
        self,
        title: str,
        *,
        team: str = "Search ML",
        lead: str = "UANA",
        at: datetime = NOW,
        audience: str = "",
        **fields: Any,
    ) -> int:
        """An initiative that was announced."""
        return self.write(_announce, title, team, lead, at, audience, fields)

    def overlap(self, one: int, other: int, *, at: datetime = NOW) -> int:
        """Two initiatives that look alike."""
        return int(self.write(lambda uow: uow.overlaps.between(one, other, now=at).id))

    def say(self, overlap: int, verb: Verb, *, at: datetime) -> None:
        """Somebody says something of them."""
        self.write(
            lambda uow: uow.overlaps.say(
                Feedback(workspace_id="T1", overlap_id=overlap, person_id="UANA", verb=verb, created_at=at)
            )
        )

    def sync(self, **fields: Any) -> int:
        """A check-in that is summed up in C1."""
        plain: dict[str, Any] = {"topic": "Online features", "first_on": NOW.date(), "at_minute": 540, "channel_id": "C1", "thread_ts": "5.5",
                                 "next_on": (MONDAY + timedelta(days=1)).date(), "created_at": NOW, "updated_at": NOW}  # fmt: skip
        return self.write(_add, Sync(workspace_id="T1", **plain | fields))

    def answered(
        self,
        sync: int,
        person: str,
        *,
        helped_by: tuple[str, ...],
        closes_at: datetime = NOW,
        state: RoundState = RoundState.CLOSED,
        work: int | None = None,
    ) -> int:
        """A round in which somebody said who helped; the prompt's id."""
        return self.write(_answered, sync, person, list(helped_by), closes_at, state, work)

    def add(self, row: Any) -> int:
        """Put a row in."""
        return self.write(_add, row)

    def sent(self, target: str = "C1", *, verb: OutboxVerb = OutboxVerb.POST) -> list[str]:
        """What a channel or person was sent, in words."""
        rows = self.write(lambda uow: list(uow.session.exec(select(OutboxRow).order_by(col(OutboxRow.id)))))
        return [everything(row.body) for row in rows if row.target == target and row.verb is verb]

    def deliver(self) -> None:
        """What waits arrives."""
        self.write(_deliver)


def _digest(uow: UnitOfWork, channel_id: str) -> Digest:
    return uow.session.get_one(Digest, ("T1", channel_id))


def _add(uow: UnitOfWork, row: Any) -> int:
    uow.session.add(row)
    uow.session.flush()
    return int(row.id)


def _change(uow: UnitOfWork, channel_id: str, fields: dict[str, Any]) -> None:
    row = uow.session.get_one(Channel, ("T1", channel_id))
    for name, value in fields.items():
        setattr(row, name, value)


def _announce(
    uow: UnitOfWork, title: str, team: str, lead: str, at: datetime, audience: str, fields: dict[str, Any]
) -> int:
    row = Initiative(workspace_id="T1", title=title, folded_title=fold(title), lead_id=lead, audience=audience, created_at=at, updated_at=at,
                     team_id=uow.teams.ensure(team, now=NOW).id if team else None, version=uow.workspaces.raise_version(), **{"created_by": lead} | fields)  # fmt: skip
    number = uow.initiatives.add(row).id
    if row.created_by:
        uow.announcements.add(Announcement(workspace_id="T1", channel_id=audience or "C1", ts=f"{number}.1", author_id=lead, door=Door.PROSE,
                                           state=AnnouncementState.REGISTERED, initiative_id=number, created_at=at, updated_at=at))  # fmt: skip
    return number


def _answered(
    uow: UnitOfWork,
    sync: int,
    person: str,
    helped_by: list[str],
    closes_at: datetime,
    state: RoundState,
    work: int | None,
) -> int:
    turn = Round(
        workspace_id="T1",
        sync_id=sync,
        number=1,
        on_day=closes_at.date(),
        state=state,
        opened_at=closes_at - timedelta(hours=6),
        closes_at=closes_at,
    )
    prompt = Prompt(workspace_id="T1", round_id=0, person_id=person, initiative_id=work, state=PromptState.ANSWERED, due_at=closes_at,
                    remind_at=closes_at, deadline_at=closes_at)  # fmt: skip
    uow.rounds.open_round(turn, [prompt])
    said_at = closes_at - timedelta(hours=2)
    uow.session.add(
        Answer(
            prompt_id=prompt.id,
            workspace_id="T1",
            pulse=Pulse.ON_TRACK,
            helped_by=helped_by,
            created_at=said_at,
            updated_at=said_at,
        )
    )
    return prompt.id


def _deliver(uow: UnitOfWork) -> None:
    for row in uow.session.exec(select(OutboxRow).where(OutboxRow.state == OutboxState.PENDING)):
        row.state, row.arrived_channel, row.arrived_ts, row.done_at = (
            OutboxState.SENT,
            row.target,
            f"{row.id}.1",
            row.created_at,
        )


def _furnish(uow: UnitOfWork) -> None:
    uow.workspaces.ensure(now=NOW, url="https://row.slack.com/")
    for person_id, name, zone, team in (
        ("UANA", "Ana Ruiz", "Europe/Lisbon", "Search ML"), ("UBEN", "Ben Okafor", "Africa/Lagos", "Ads Platform"),
        ("UCLEO", "Cleo Danso", "Asia/Tokyo", "Data Tools"),
    ):  # fmt: skip
        uow.people.meet(person_id, name=name, zone=zone, read_at=NOW)
        uow.teams.add_member(uow.teams.ensure(team, now=NOW).id, person_id)
    uow.channels.meet("C1", name="ml-initiatives", is_private=False)
    uow.channels.meet("C2", name="secret-lab", is_private=True)


@pytest.fixture
def stage(db: Database) -> Stage:
    """A workspace in which nothing has happened yet."""
    found = Stage(db)
    found.write(_furnish)
    return found
