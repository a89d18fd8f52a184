"""Wakes check-ins: rounds that open and close, people who are to be asked or reminded."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from bot import metrics
from bot.features.syncs import meetings, rounds, scheduling
from bot.features.syncs.rounds import Due, Kind
from bot.slack.directory import Directory
from storage.database import Database, StoreUnavailable
from storage.unit_of_work import Scope

log = logging.getLogger(__name__)

#: Pieces that are looked up at once.
PAGE: Final = 1000
#: Pieces of a kind that share a transaction: about a twentieth of a second, for which others who write wait at the most.
TOGETHER: Final = {Kind.PROMPT: 50, Kind.OPENING: 10, Kind.CLOSING: 10}


async def sweep(db: Database, directory: Directory, scope: Scope, now: datetime) -> int:
    """Do everything that is due; how much was done.

    Many pieces share a transaction; where one of them fails each has its own. That one is logged and tried at the next turn; it
    holds nobody else up.
    """
    if not await db.read(scope, rounds.due, now, limit=1):
        return 0
    await directory.read_memberships()
    done, failed = 0, set[Due]()
    while True:
        found = await db.read(scope, rounds.due, now, limit=PAGE + len(failed))
        pieces = [piece for piece in found if piece not in failed]
        progress = 0
        for batch in _batches(pieces):
            progress += await _do_together(db, scope, batch, now, failed)
        done += progress
        await show_backlog(db, scope, now)
        if not progress:
            return done


async def show_backlog(db: Database, scope: Scope, now: datetime) -> None:
    """Numbers for the metrics page: what is due and not done."""
    found = await db.read(scope, rounds.backlog, now)
    for kind, number in found.pieces.items():
        metrics.CHECKINS_DUE.labels(kind).set(number)
    metrics.CHECKINS_OLDEST.set((now - found.since).total_seconds() if found.since is not None else 0)


async def follow_clocks(db: Database, scope: Scope, now: datetime) -> int:
    """Next rounds follow people who move to another zone, and settings that change; how many did.

    Whoever writes meanwhile hardly notices: looking is reading, and only what has to change is written.
    """
    changed, after = 0, 0
    while True:
        found, begin = await db.read(scope, scheduling.astray, now, after=after)
        changed += await db.write(scope, scheduling.follow_clocks, found, now=now) if found else 0
        if begin is None:
            return changed
        after = begin


def _batches(pieces: Sequence[Due]) -> Iterator[Sequence[Due]]:
    """Pieces of one kind, in their order, that are done in one transaction."""
    for kind, group in groupby(pieces, key=lambda piece: piece.kind):
        same, size = list(group), TOGETHER[kind]
        yield from (same[start : start + size] for start in range(0, len(same), size))


async def _do_together(db: Database, scope: Scope, batch: Sequence[Due], now: datetime, failed: set[Due]) -> int:
    try:
        done = await db.write(scope, rounds.do_together, batch[0].kind, [piece.id for piece in batch], now=now)
    except StoreUnavailable:
        raise
    except Exception:  # noqa: BLE001 - each is tried by itself, and what fails then is logged
        done = sum([await _do(db, scope, piece, now, failed) for piece in batch])
    metrics.CHECKINS.labels(batch[0].kind).inc(done)
    return done


async def _do(db: Database, scope: Scope, piece: Due, now: datetime, failed: set[Due]) -> bool:
    try:
        return await db.write(scope, rounds.do, piece, now=now)
    except StoreUnavailable:
        raise
    except Exception:
        log.exception("%s %d of a check-in failed; it is tried again", piece.kind, piece.id)
        failed.add(piece)
        return False


async def sweep_meetings(db: Database, directory: Directory, scope: Scope, now: datetime) -> int:
    """Ask about meetings whose time has passed, and propose those that are next; how much was done.

    Each in a transaction of its own: one that fails is logged, tried at the next turn, and holds nobody else up.
    """
    found = await db.read(scope, meetings.due, now)
    if found:
        await directory.read_memberships()
    return sum([await _wake(db, scope, meeting_id, now) for meeting_id in found])


async def _wake(db: Database, scope: Scope, meeting_id: int, now: datetime) -> bool:
    try:
        return await db.write(scope, meetings.wake, meeting_id, now=now)
    except StoreUnavailable:
        raise
    except Exception:
        log.exception("Meeting %d failed; it is tried again", meeting_id)
        return False
