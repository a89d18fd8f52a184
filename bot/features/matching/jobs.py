"""Wakes: vectors for texts that changed, and the index's own housekeeping."""

import asyncio
from typing import Final

from bot.features.matching import service
from bot.features.matching.matcher import Matcher
from storage.database import Database
from storage.unit_of_work import Scope

#: Texts embedded between two transactions: about a third of a second of CPU.
BATCH: Final = 64


async def follow_registry(db: Database, matcher: Matcher, scope: Scope) -> None:
    """Bring the index up to the registry, embed what has no vector for its present text, and tidy the index."""
    await db.read(scope, matcher.catch_up)
    while stale := matcher.stale(scope.workspace_id, limit=BATCH):
        texts = await db.read(scope, service.texts_of, stale)
        if not texts:
            break
        probes = await asyncio.to_thread(matcher.probes, list(texts.values()))
        await db.write(scope, service.keep_analyses, dict(zip(texts, probes, strict=True)))
        await db.read(scope, matcher.catch_up)
    await asyncio.to_thread(matcher.flush)
