"""Two leads whose check-in has opened, the platform team that they wait for, and the lead above it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.features.items import looking, service
from bot.features.items.card import Waiting
from bot.features.syncs.closing import show_item
from storage.database import Database
from storage.initiatives import Initiative
from storage.items import Item
from storage.repository import Viewer
from storage.unit_of_work import Scope, UnitOfWork
from tests.features.syncs.conftest import MONDAY, NOW, Leads, _people_and_work


@dataclass
class Waiters(Leads):
    """Ana waits for things. Mia leads ML Platform and is in Platform Org, which Ola leads; all of them in Lisbon."""

    platform: int = 0
    org: int = 0

    def open_round(self, day: datetime = MONDAY) -> None:
        """It is half past nine and everybody was asked."""
        self.sweep(day + timedelta(hours=9, minutes=31))

    def waits(
        self, what: str = "GPU quota", *, now: datetime = MONDAY + timedelta(hours=10), by: str = "UANA", **fields: Any
    ) -> None:
        """Somebody answers that they wait for something, from ML Platform unless it is said otherwise."""
        self.answer(by, now=now, changed="", waiting_for=what, **{"waiting_team_id": self.platform} | fields)

    def items(self) -> list[Item]:
        """All of them, the oldest first."""
        return self.read(lambda uow: list(uow.session.exec(select(Item).order_by(col(Item.id)))))

    def item(self) -> Item:
        """The only one."""
        (found,) = self.items()
        return found

    def act(self, verb: Callable[..., Any], person_id: str, *, now: datetime, **fields: Any) -> Any:
        """Something that a person does about the latest item, with their own eyes."""

        def do(uow: UnitOfWork) -> Any:
            seen = uow.seen_by(Viewer(uow.channels.private_of(person_id, now=now) | {person_id}))
            return verb(seen, self.items()[-1].id, person_id=person_id, shown=show_item, now=now, **fields)

        return self.write(do)

    def look(self, now: datetime) -> int:
        """Do what is due about items until nothing is."""
        done = 0
        while found := sum(
            self.write(looking.do, number, shown=show_item, now=now) for number in self.read(looking.due, now)
        ):
            done += found
        self.sweep(now)
        return done

    def look_daily(self, until: datetime, *, since: datetime) -> None:
        """Let days pass: the bot looks every three hours."""
        while since <= until:
            self.look(since)
            since += timedelta(hours=3)

    def listed(self, person_id: str, now: datetime = MONDAY + timedelta(hours=12)) -> Waiting:
        """What `/rowbot waiting` shows somebody."""
        viewer = self.read(lambda uow: Viewer(uow.channels.private_of(person_id, now=now) | {person_id}))
        return self.db.read_now(Scope("T1", viewer), service.listed, person_id, now=now)

    def person(self, person_id: str, **known: Any) -> None:
        """What Slack says of a person now."""
        self.write(lambda uow: uow.people.meet(person_id, **known))

    def lead(self, team_id: int, person_id: str) -> None:
        """A team has this lead from now on."""

        def put(uow: UnitOfWork) -> None:
            team = uow.teams.row(team_id)
            assert team is not None
            team.lead_id = person_id

        self.write(put)

    def make_private(self, *members: str, now: datetime = NOW) -> None:
        """Ben's initiative, and with it the check-in, is kept to a channel with these people."""

        def hide(uow: UnitOfWork) -> None:
            uow.channels.meet("G1", is_private=True)
            uow.channels.replace_members("G1", members, now=now)
            row = uow.session.get_one(Initiative, self.theirs)
            row.audience = "G1"

        self.write(hide)


def _platform(uow: UnitOfWork) -> tuple[int, int]:
    for person_id, name in (("UMIA", "Mia Okoro"), ("UOLA", "Ola Berg")):
        uow.people.meet(person_id, name=name, zone="Europe/Lisbon", read_at=NOW)
    platform, org = uow.teams.ensure("ML Platform", now=NOW), uow.teams.ensure("Platform Org", now=NOW)
    platform.lead_id, org.lead_id = "UMIA", "UOLA"
    for team in (platform, org):
        uow.teams.add_member(team.id, "UMIA")
    return platform.id, org.id


@pytest.fixture
def waiters(db: Database) -> Waiters:
    """Ana and Ben have a check-in in public."""
    found = Waiters(db)
    found.mine, found.theirs, found.overlap = found.write(_people_and_work)
    found.platform, found.org = found.write(_platform)
    return found


@pytest.fixture
def asked(waiters: Waiters) -> Waiters:
    """And they were asked how it goes."""
    waiters.arrange()
    waiters.open_round()
    return waiters
