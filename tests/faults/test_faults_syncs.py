"""Killed beside every commit of a check-in's day: each person is asked once, reminded once, and one summary is posted."""

import os
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest
from sqlmodel import select

from bot.features.syncs import service
from bot.features.syncs.service import Plan
from storage.database import Database
from storage.outbox import OutboxRow, OutboxVerb
from storage.repository import MACHINE
from storage.unit_of_work import Scope, UnitOfWork
from tests.faults.lives import Template

NOW: Final = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
SCOPE: Final = Scope("T1", MACHINE)

#: One life: everything that is due on that Monday, piece by piece, until it is done or the failpoint kills it.
_LIFE: Final = """
import sys
from datetime import UTC, datetime
from bot.failpoints import reach
from bot.features.syncs import rounds
from storage.database import Database
from storage.repository import MACHINE
from storage.unit_of_work import Scope

db, scope = Database(sys.argv[1], reach=reach), Scope("T1", MACHINE)
for hour, minute in ((8, 30), (9, 30), (16, 0), (18, 0)):
    now = datetime(2027, 1, 18, hour, minute, tzinfo=UTC)
    while pieces := db.read_now(scope, rounds.due, now):
        for piece in pieces:
            db.write_now(scope, rounds.do, piece, now=now)
db.close()
"""


def _arrange(uow: UnitOfWork) -> None:
    for person, zone in (("U1", "Europe/Lisbon"), ("U2", "Africa/Lagos")):
        uow.people.meet(person, name=person, zone=zone)
    service.set_up(uow, Plan(("U1", "U2"), topic="Features", first_on=date(2027, 1, 18)), person_id="U1", now=NOW)


def _posted(uow: UnitOfWork) -> list[str]:
    return list(uow.session.exec(select(OutboxRow.key).where(OutboxRow.verb == OutboxVerb.POST)))


@pytest.mark.parametrize("side", ["before", "after"])
async def test_a_day_of_many_lives_is_one_day(template: Template, database_url: str, tmp_path: Path, side: str) -> None:
    db = Database(database_url)
    db.write_now(SCOPE, _arrange)

    async def live(failpoint: str) -> int:
        environment = {**os.environ, "ROWBOT_FAILPOINT": failpoint}
        return await (await template.life([database_url], environment, tmp_path / "log", program=_LIFE)).wait()

    lives = 0
    while await live(f"commit:do:{side}") != 0 and lives < (1 if side == "before" else 12):
        lives += 1
    assert lives == (1 if side == "before" else 6), "opened, asked twice, reminded twice, closed: each a commit"
    assert await live("") == 0
    # Ids of what was rolled back are not given out again on PostgreSQL, so only the kinds are compared.
    posted = [key.split(":") for key in db.read_now(SCOPE, _posted) if not key.startswith("T1:sync:")]
    kinds = Counter(":".join(part for part in key if not part.isdecimal()) for key in posted)
    assert kinds == {"T1:prompt": 2, "T1:prompt:reminder": 2, "T1:summary:U1": 1, "T1:summary:U2": 1}
    db.close()
