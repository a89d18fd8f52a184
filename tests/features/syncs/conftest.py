"""Two leads in two zones, the overlap of their work, and time that is an argument."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlmodel import col, select

from bot.features.syncs import rounds, service
from bot.features.syncs.card import Report, SyncCard
from bot.features.syncs.service import Plan
from storage.announcements import Announcement, AnnouncementState, Door
from storage.database import Database
from storage.initiatives import Initiative
from storage.outbox import OutboxRow, OutboxState, OutboxVerb
from storage.repository import MACHINE
from storage.rounds import Prompt, Pulse, Round
from storage.syncs import Sync
from storage.teams import fold
from storage.unit_of_work import Scope, UnitOfWork
from tests.world import everything

T = TypeVar("T")

#: A Wednesday.
NOW = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
#: The Monday after it.
MONDAY = datetime(2027, 1, 18, tzinfo=UTC)
WEEK = timedelta(days=7)
#: Minutes of a day at which something falls due for somebody here.
LOOKS = (30, 480, 510, 570, 720, 900, 960, 1020, 1080, 1380)


@dataclass
class Leads:
    """Ana in Lisbon leads one initiative, Ben in Lagos the other; Cleo leads nothing, in Tokyo."""

    db: Database
    scope: Scope = field(default_factory=lambda: Scope("T1", MACHINE))
    mine: int = 0
    theirs: int = 0
    overlap: int = 0

    def write(self, unit: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """One transaction, with the machine's eyes."""
        return self.db.write_now(self.scope, unit, *args, **kwargs)

    def read(self, unit: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """One look."""
        return self.db.read_now(self.scope, unit, *args, **kwargs)

    def arrange(self, **changes: Any) -> SyncCard:
        """A check-in of Ana and Ben about their overlap, in the thread of the announcement."""
        fields: dict[str, Any] = {"people": ("UANA", "UBEN"), "work": (self.mine, self.theirs), "overlap_id": self.overlap, "channel_id": "C1", "thread_ts": "1.1",
                  "person_id": "UANA", "now": NOW} | changes  # fmt: skip
        person_id, now = fields.pop("person_id"), fields.pop("now")
        return self.write(service.set_up, Plan(**fields), person_id=person_id, now=now).card

    def sweep(self, now: datetime) -> int:
        """Do what is due until nothing is."""
        done = 0
        while found := self.write(rounds.sweep, now):
            done += found
        if done:
            self.write(_delivered)
        return done

    def live(self, until: datetime, *, since: datetime) -> None:
        """Let a part of a day pass: the bot looks whenever something may be due."""
        midnight = since.replace(hour=0, minute=0)
        for moment in (midnight + timedelta(minutes=minute) for minute in LOOKS):
            if since <= moment <= until:
                self.sweep(moment)

    def answer(self, person_id: str, *, now: datetime, **fields: Any) -> None:
        """Answer the latest prompt."""
        report = Report(**{"pulse": Pulse.ON_TRACK, "changed": "Schema agreed"} | fields)
        self.write(service.answer, self.prompt(person_id).id, report, person_id=person_id, now=now)

    def prompt(self, person_id: str) -> Prompt:
        """The latest prompt of somebody."""
        return self.prompts(person_id)[-1]

    def prompts(self, person_id: str = "") -> list[Prompt]:
        """Prompts, the oldest first."""
        return [prompt for prompt in self.read(_all, Prompt) if person_id in ("", prompt.person_id)]

    def rounds(self) -> list[Round]:
        """Rounds, the oldest first."""
        return self.read(_all, Round)

    def sync(self) -> Sync:
        """The latest check-in."""
        found: Sync = self.read(_all, Sync)[-1]
        return found

    def sent(self, target: str, prefix: str = "", *, verb: OutboxVerb = OutboxVerb.POST) -> list[str]:
        """What a person or channel was sent, in words."""
        rows = self.read(_all, OutboxRow)
        return [
            everything(row.body)
            for row in rows
            if row.target == target and row.key.startswith(f"T1:{prefix}") and row.verb is verb
        ]

    def updates(self, target: str, prefix: str = "") -> list[str]:
        """What messages were changed to."""
        return self.sent(target, prefix, verb=OutboxVerb.UPDATE)


def _all(uow: UnitOfWork, table: Any) -> list[Any]:
    return list(uow.session.exec(select(table).order_by(col(table.id))))


def _delivered(uow: UnitOfWork) -> None:
    for row in uow.session.exec(select(OutboxRow).where(OutboxRow.state == OutboxState.PENDING)):
        row.state, row.attempts, row.arrived_channel, row.arrived_ts, row.done_at = (
            OutboxState.SENT,
            1,
            row.target,
            f"{row.id}.1",
            row.created_at,
        )


def _people_and_work(uow: UnitOfWork, audience: str = "") -> tuple[int, int, int]:
    uow.workspaces.ensure(now=NOW)
    for number, (person_id, name, zone) in enumerate((("UANA", "Ana Ruiz", "Europe/Lisbon"), ("UBEN", "Ben Okafor", "Africa/Lagos"),
                                                      ("UCLEO", "Cleo Danso", "Asia/Tokyo"), ("UADMIN", "Ines Meyer", "Europe/Berlin"))):  # fmt: skip
        uow.people.meet(person_id, name=name, zone=zone, is_admin=number == 3, read_at=NOW)
    uow.channels.meet("C1", name="ml-initiatives", is_private=False)
    ids = []
    for title, lead, team in (("Online features", "UANA", "Search ML"), ("Feature store", "UBEN", "Ads Platform")):
        row = Initiative(workspace_id=uow.workspace_id, title=title, folded_title=fold(title), lead_id=lead, created_by=lead, audience=audience,
                         team_id=uow.teams.ensure(team, now=NOW).id, version=uow.workspaces.raise_version(), created_at=NOW, updated_at=NOW)  # fmt: skip
        ids.append(uow.initiatives.add(row).id)
        uow.announcements.add(Announcement(workspace_id=uow.workspace_id, channel_id="C1", ts=f"{ids[-1]}.1", author_id=lead, door=Door.PROSE,
                                           state=AnnouncementState.REGISTERED, initiative_id=ids[-1], created_at=NOW, updated_at=NOW))  # fmt: skip
    return ids[0], ids[1], uow.overlaps.between(*ids, now=NOW).id


@pytest.fixture
def leads(db: Database) -> Leads:
    """The two, in public."""
    found = Leads(db)
    found.mine, found.theirs, found.overlap = found.write(_people_and_work)
    return found
