"""Wakes: whoever is away, or back, by a Slack status of which no event told, because nobody listened."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.features.away import following
from storage.database import Database
from storage.unit_of_work import Scope


async def follow_statuses(db: Database, scope: Scope, users: Sequence[Mapping[str, Any]], now: datetime) -> int:
    """Let these people be away or back as their statuses say, each in a transaction of their own; how many it changed."""
    changed = 0
    for user in await db.read(scope, following.changed, users, now):
        changed += await db.write(scope, following.follow, user, now=now)
    return changed
