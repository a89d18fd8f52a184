"""Wakes: imports that an admin asked to take back."""

import asyncio

from bot import clock
from bot.features.imports import undoing
from bot.features.imports.pacing import FIRST_BATCH, PAUSE, next_size
from storage.database import Database
from storage.repository import MACHINE
from storage.unit_of_work import Scope


async def take_back(db: Database, scope: Scope, now: clock.Clock) -> None:
    """Take back what was asked for, a few entries to a transaction; whatever a stop interrupts goes on at the next start."""
    eyes = Scope(scope.workspace_id, MACHINE)
    for run_id in await db.read(eyes, undoing.asked):
        size, done = FIRST_BATCH, False
        while not done:
            began = clock.monotonic()
            step = await db.write(eyes, undoing.take_back, run_id, limit=size, now=now())
            size = next_size(step.entries, clock.monotonic() - began, present=size)
            done = step.done
            await asyncio.sleep(PAUSE)
