"""Wakes check-ins: rounds that open and close, people who are to be asked or reminded."""

import asyncio
import logging
from datetime import datetime
from typing import Final

from bot.features.syncs import meetings, rounds, scheduling
from bot.features.syncs.rounds import Due
from bot.slack.directory import Directory
from storage.database import Database, StoreUnavailable
from storage.unit_of_work import Scope

log = logging.getLogger(__name__)

#: Pieces that are written at once: the store puts them into few commits.
AT_ONCE: Final = 16


async def sweep(db: Database, directory: Directory, scope: Scope, now: datetime) -> int:
    """Do everything that is due, each piece in a transaction of its own; how much was done.

    A piece that fails is logged and tried at the next turn; it holds nobody else up.
    """
    if not await db.read(scope, rounds.due, now, limit=1):
        return 0
    await directory.read_memberships()
    done = 0
    while pieces := await db.read(scope, rounds.due, now):
        progress = 0
        for start in range(0, len(pieces), AT_ONCE):
            batch = pieces[start : start + AT_ONCE]
            progress += sum(await asyncio.gather(*(_do(db, scope, piece, now) for piece in batch)))
        done += progress
        if not progress:
            break
    return done


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


async def follow_clocks(db: Database, scope: Scope, now: datetime) -> None:
    """Next rounds follow people who move or go away, and settings that change."""
    await db.write(scope, scheduling.follow_clocks, now=now)


async def _do(db: Database, scope: Scope, piece: Due, now: datetime) -> bool:
    try:
        return await db.write(scope, rounds.do, piece, now=now)
    except StoreUnavailable:
        raise
    except Exception:
        log.exception("%s %d of a check-in failed; it is tried again", piece.kind, piece.id)
        return False
