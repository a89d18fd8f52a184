"""Wakes: vectors for texts that changed, and the index's own housekeeping."""

import asyncio
import logging
from typing import Final

from bot.clock import Clock
from bot.features.matching import service
from bot.features.matching.matcher import Matcher
from storage.database import Database
from storage.unit_of_work import Scope

log = logging.getLogger(__name__)

#: Texts embedded between two transactions: about a third of a second of CPU.
BATCH: Final = 64
#: Texts of a backlog between two lines of the log.
TOLD_EVERY: Final = 5_000


async def follow_registry(db: Database, matcher: Matcher, scope: Scope, clock: Clock) -> None:
    """Bring the index up to the registry, embed what has no vector for its present text, and tidy the index.

    Several processes share what is to be read: each claims a batch, and leaves to the others what they have claimed.
    """
    await db.read(scope, matcher.catch_up)
    backlog, entries = matcher.waiting(scope.workspace_id)
    told = backlog
    if backlog > BATCH:
        log.info(
            "%d of %d initiatives are read anew for %s; until then they are found by their words.",
            backlog,
            entries,
            matcher.version,
        )
    while matcher.waiting(scope.workspace_id)[0]:
        texts = await db.write(scope, service.claim, matcher, limit=BATCH, now=clock())
        if not texts:
            break
        probes = await asyncio.to_thread(matcher.probes, list(texts.values()))
        await db.write(scope, service.keep_analyses, dict(zip(texts, probes, strict=True)))
        await db.read(scope, matcher.catch_up)
        left, entries = matcher.waiting(scope.workspace_id)
        if told - left >= TOLD_EVERY or (told > BATCH and not left):
            told = left
            log.info("%d of %d initiatives are still to be read anew.", left, entries)
    await asyncio.to_thread(matcher.flush)
