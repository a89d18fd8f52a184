"""The table of timed work. APScheduler ticks in memory; what is due is in the rows, so a tick that runs twice harms nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import metrics
from bot.app import Rowbot
from bot.clock import Clock
from bot.features.matching import jobs as matching
from bot.features.teams import jobs as teams
from storage import outbox
from storage.database import StoreUnavailable
from storage.unit_of_work import Scope, UnitOfWork

log = logging.getLogger(__name__)

Job = Callable[[Rowbot, Clock], Awaitable[None]]

#: How long keys of events and delivered messages are kept. Slack brings an event again for a day at the most.
KEEP_KEYS: Final = timedelta(days=30)


async def follow_registry(bot: Rowbot, clock: Clock) -> None:
    """Index and vectors follow the registry."""
    await matching.follow_registry(bot.db, bot.matcher, bot.scope)


async def read_people(bot: Rowbot, clock: Clock) -> None:
    """Names, zones and addresses of everybody; leads that were named by address get their Slack id."""
    await bot.directory.read_everybody()
    await teams.find_leads(bot.db, bot.directory, bot.scope)


async def name_leads(bot: Rowbot, clock: Clock) -> None:
    """Leads that an import named by address get their Slack id as soon as we know them."""
    await teams.name_known_leads(bot.db, bot.scope)


async def read_memberships(bot: Rowbot, clock: Clock) -> None:
    """Who may see private work, before anybody waits for it."""
    await bot.directory.read_memberships()


async def forget(bot: Rowbot, clock: Clock) -> None:
    """Drop what is no longer needed, a thousand rows at a time."""
    await bot.db.write(bot.scope, forget_before, clock() - KEEP_KEYS)


async def count_outbox(bot: Rowbot, clock: Clock) -> None:
    """Numbers for the metrics page."""
    waiting = await bot.db.read(Scope(""), outbox_counts)
    for state in outbox.OutboxState:
        if state is not outbox.OutboxState.SENT:
            metrics.OUTBOX.labels(state).set(waiting.get(state, 0))


def forget_before(uow: UnitOfWork, moment: datetime) -> int:
    """Old keys and delivered messages."""
    return uow.events.forget_before(moment) + outbox.forget_before(uow.session, moment)


def outbox_counts(uow: UnitOfWork) -> dict[str, int]:
    """Messages that are not delivered, by state."""
    return outbox.waiting(uow.session)


#: name, every, function, also at once
JOBS: Final[tuple[tuple[str, timedelta, Job, bool], ...]] = (
    ("follow the registry", timedelta(seconds=2), follow_registry, False),
    ("read people", timedelta(hours=6), read_people, True),
    ("name leads", timedelta(seconds=15), name_leads, False),
    ("read memberships", timedelta(minutes=4), read_memberships, True),
    ("forget", timedelta(hours=1), forget, False),
    ("count the outbox", timedelta(seconds=15), count_outbox, False),
)


#: What a process without delivery still needs: an index that follows.
WEB_JOBS: Final = tuple(job for job in JOBS if job[0] in ("follow the registry", "read memberships"))


def build(bot: Rowbot, clock: Clock, *, jobs: tuple[tuple[str, timedelta, Job, bool], ...] = JOBS) -> AsyncIOScheduler:
    """A scheduler with the whole table; start and stop it."""
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for name, every, job, at_once in jobs:
        first = {"next_run_time": clock()} if at_once else {}
        scheduler.add_job(
            _guarded, "interval", args=(name, job, bot, clock), seconds=every.total_seconds(), id=name, **first
        )
    return scheduler


async def _guarded(name: str, job: Job, bot: Rowbot, clock: Clock) -> None:
    """A job that fails is logged and comes again; it never takes the process with it."""
    try:
        await job(bot, clock)
    except asyncio.CancelledError:
        log.info("%s was interrupted by the stop; it runs again at the next start", name)
    except StoreUnavailable as fault:
        log.warning("%s: %s", name, fault)
    except Exception:
        log.exception("%s failed; it runs again at its next time", name)
