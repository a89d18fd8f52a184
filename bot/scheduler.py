"""The table of timed work. APScheduler ticks in memory; what is due is in the rows, so a tick that runs twice harms nothing."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import metrics
from bot.app import Rowbot
from bot.clock import Clock, real
from bot.delivery import outbox as front
from bot.features.announcements import jobs as announcements
from bot.features.announcements import leaving
from bot.features.away import jobs as away
from bot.features.digests import jobs as digests
from bot.features.home import jobs as home
from bot.features.imports import jobs as imports
from bot.features.items import jobs as items
from bot.features.matching import jobs as matching
from bot.features.syncs import jobs as syncs
from bot.features.syncs.closing import show_item
from bot.features.teams import jobs as teams
from storage import backup, outbox
from storage.database import StoreUnavailable
from storage.unit_of_work import Scope, UnitOfWork

log = logging.getLogger(__name__)
# That the last turn of a sweep is still at work is no news: it comes again in seconds.
logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)

Job = Callable[[Rowbot, Clock], Awaitable[None]]

#: Rows of each kind that one transaction forgets, and seconds until the next: whoever announces meanwhile should not notice.
FORGOTTEN_AT_ONCE: Final = 1000
BREATH: Final = 0.05
BATCHES: Final = 200


async def follow_registry(bot: Rowbot, clock: Clock) -> None:
    """Index and vectors follow the registry."""
    await matching.follow_registry(bot.db, bot.matcher, bot.scope, clock)


async def read_people(bot: Rowbot, clock: Clock) -> None:
    """Names, zones, addresses of everybody, and who is away by their status; leads that were named by address get their Slack id."""

    async def hears(users: list[dict[str, Any]]) -> None:
        await away.follow_statuses(bot.db, bot.scope, users, clock())

    await bot.directory.read_everybody(hears=hears)
    await teams.find_leads(bot.db, bot.directory, bot.scope)


async def follow_user_groups(bot: Rowbot, clock: Clock) -> None:
    """Teams whose members come from a Slack user group have them."""
    await teams.follow_user_groups(bot.app.client, bot.db, bot.directory, bot.scope)


async def name_leads(bot: Rowbot, clock: Clock) -> None:
    """Leads that an import named by address get their Slack id as soon as we know them."""
    await teams.name_known_leads(bot.db, bot.scope)


async def redraw_open_homes(bot: Rowbot, clock: Clock) -> None:
    """App Homes that are open follow what happens."""
    await home.redraw_open_homes(
        bot.app.client, bot.db, bot.directory, bot.scope, bot.lookers, bot.matcher, now=clock()
    )


async def read_memberships(bot: Rowbot, clock: Clock) -> None:
    """Who may see private work, before anybody waits for it."""
    await bot.directory.read_memberships(ahead=timedelta(minutes=5))


async def ask_for_leads(bot: Rowbot, clock: Clock) -> None:
    """Who takes over what people led who have left."""
    if await bot.db.read(bot.scope, unasked):
        await bot.db.write(bot.scope, leaving.ask_for_leads, now=clock())


async def read_out_of_reach(bot: Rowbot, clock: Clock) -> None:
    """Channels that the bot cannot post in: perhaps it can again."""
    await bot.directory.read_out_of_reach()


async def mind_installation(bot: Rowbot, clock: Clock) -> None:
    """Once removed from the workspace: whether it is back."""
    if await bot.db.read(bot.scope, is_uninstalled) and await bot.directory.is_installed():
        await bot.db.write(bot.scope, resume_delivery, now=clock())


async def catch_up(bot: Rowbot, clock: Clock) -> None:
    """What was said while nobody listened is read: at the start, after a gap, and in each channel every quarter of an hour."""
    await announcements.catch_up(_reader(bot, clock))


async def follow_initiatives(bot: Rowbot, clock: Clock) -> None:
    """Initiatives that changed in a check-in are matched again, and their replies follow."""
    await announcements.follow_initiatives(bot.db, bot.directory, bot.scope, bot.means, clock)


async def read_back(bot: Rowbot, clock: Clock) -> None:
    """The past of channels that admins asked for is read, a page at a time."""
    await announcements.read_back(_reader(bot, clock))


async def forget_findings(bot: Rowbot, clock: Clock) -> None:
    """Words of what was found in the past and never decided upon."""
    await announcements.forget_findings(bot.db, bot.scope, clock)


async def keep_what_was_heard(bot: Rowbot, clock: Clock) -> None:
    """How far this process has heard."""
    await announcements.keep_what_was_heard(bot.db, bot.scope, bot.ears)


def _reader(bot: Rowbot, clock: Clock) -> announcements.Reader:
    return announcements.Reader(bot.db, bot.scope, bot.history, bot.directory, bot.means, bot.ears, clock,
                                bot_user_id=bot.identity.bot_user_id, bot_id=bot.identity.bot_id)  # fmt: skip


async def forget(bot: Rowbot, clock: Clock) -> None:
    """Drop what the workspace need not keep any longer, a thousand rows at a time."""
    for _ in range(BATCHES):
        if await bot.db.write(bot.scope, forget_old, clock()) < FORGOTTEN_AT_ONCE:
            return
        await asyncio.sleep(BREATH)


async def back_up(bot: Rowbot, clock: Clock) -> None:
    """Last night's backup, if it is missing; after a night that this machine slept through too."""
    began = await bot.db.read(Scope(""), registry_began)
    await asyncio.to_thread(bot.backups.nightly, since=began, now=clock())


async def take_back_imports(bot: Rowbot, clock: Clock) -> None:
    """Imports that an admin asked to take back."""
    await imports.take_back(bot.db, bot.scope, clock)


async def sweep_syncs(bot: Rowbot, clock: Clock) -> None:
    """Check-ins that are due: rounds open and close, people are asked and reminded."""
    await syncs.sweep(bot.db, bot.directory, bot.scope, clock())


async def follow_items(bot: Rowbot, clock: Clock) -> None:
    """What people wait for: owners who are to be told, or who have not answered."""
    await items.sweep(bot.db, bot.directory, bot.scope, show_item, clock())


async def sweep_meetings(bot: Rowbot, clock: Clock) -> None:
    """Meetings that are due: whose time has passed, or which are to be proposed."""
    await syncs.sweep_meetings(bot.db, bot.directory, bot.scope, clock())


async def follow_clocks(bot: Rowbot, clock: Clock) -> None:
    """Check-ins open by the hours that people keep now."""
    await syncs.follow_clocks(bot.db, bot.scope, clock())


async def sweep_digests(bot: Rowbot, clock: Clock) -> None:
    """Digests that are due are posted."""
    await digests.sweep(bot.db, bot.directory, bot.scope, clock())


async def count_outbox(bot: Rowbot, clock: Clock) -> None:
    """Numbers for the metrics page."""
    waiting = await bot.db.read(Scope(""), outbox_counts)
    for state in outbox.OutboxState:
        if state is not outbox.OutboxState.SENT:
            metrics.OUTBOX.labels(state).set(waiting.get(state, 0))
    since = await bot.db.read(Scope(""), outbox_waits_since, clock())
    metrics.OUTBOX_OLDEST.set((clock() - since).total_seconds() if since is not None else 0)
    await syncs.show_backlog(bot.db, bot.scope, clock())


def forget_old(uow: UnitOfWork, now: datetime, *, limit: int = FORGOTTEN_AT_ONCE) -> int:
    """Forget a batch of each: keys of events, words of delivered messages, texts of announcements, as old as the workspace's
    settings say. The largest number of any kind: as many as ``limit`` means that there is more.
    """
    chosen = uow.settings.preferences()
    before = now - timedelta(days=chosen.keep_days)
    gone = [uow.events.forget_before(before, limit=limit),
            outbox.forget_before(uow.session, before, workspace_id=uow.workspace_id, limit=limit)]  # fmt: skip
    if chosen.keep_text_days:
        gone.append(uow.announcements.forget_texts_before(now - timedelta(days=chosen.keep_text_days), limit=limit))
    return max(gone)


def registry_began(uow: UnitOfWork) -> datetime | None:
    """When the first workspace joined."""
    return backup.began(uow.session)


def unasked(uow: UnitOfWork) -> bool:
    """Whether somebody left about whose work nobody was asked."""
    return bool(uow.people.gone_and_unasked(limit=1))


def is_uninstalled(uow: UnitOfWork) -> bool:
    """Whether the app was removed from the workspace."""
    return uow.workspaces.uninstalled_at() is not None


def resume_delivery(uow: UnitOfWork, *, now: datetime) -> int:
    """It is back: what waited for less than a day leaves."""
    return front.resume(uow, now=now)


def outbox_waits_since(uow: UnitOfWork, now: datetime) -> datetime | None:
    """Since when the message that is due the longest has been."""
    return outbox.waits_since(uow.session, now)


def outbox_counts(uow: UnitOfWork) -> dict[str, int]:
    """Messages that are not delivered, by state."""
    return outbox.waiting(uow.session)


#: name, every, function, also at once
JOBS: Final[tuple[tuple[str, timedelta, Job, bool], ...]] = (
    ("follow the registry", timedelta(seconds=2), follow_registry, False),
    ("read people", timedelta(hours=6), read_people, True),
    ("follow user groups", timedelta(days=1), follow_user_groups, True),
    ("name leads", timedelta(seconds=15), name_leads, False),
    ("read memberships", timedelta(seconds=30), read_memberships, True),
    ("redraw open Homes", timedelta(seconds=3), redraw_open_homes, False),
    ("catch up", timedelta(seconds=2), catch_up, True),
    ("keep what was heard", timedelta(minutes=1), keep_what_was_heard, False),
    ("follow initiatives", timedelta(seconds=2), follow_initiatives, False),
    ("read back", timedelta(seconds=2), read_back, False),
    ("forget findings", timedelta(hours=6), forget_findings, False),
    ("ask for leads", timedelta(seconds=60), ask_for_leads, False),
    ("read out of reach", timedelta(minutes=15), read_out_of_reach, True),
    ("mind the installation", timedelta(seconds=30), mind_installation, False),
    ("forget", timedelta(hours=1), forget, False),
    ("back up", timedelta(minutes=15), back_up, True),
    ("check-ins", timedelta(seconds=15), sweep_syncs, True),
    ("items", timedelta(seconds=20), follow_items, True),
    ("meetings", timedelta(seconds=30), sweep_meetings, True),
    ("check-ins follow clocks", timedelta(minutes=30), follow_clocks, True),
    ("digests", timedelta(seconds=30), sweep_digests, True),
    ("take back imports", timedelta(seconds=2), take_back_imports, True),
    ("count the outbox", timedelta(seconds=15), count_outbox, False),
)


#: What keeps this process and what it knows of Slack in order, at its own pace. Every other job does what is due at a moment
#: of its own (a column of `storage/due.py`): it is done when time is moved on.
HOUSEKEEPING: Final = frozenset(
    {
        "follow the registry", "read people", "follow user groups", "name leads", "read memberships", "redraw open Homes", "catch up",
        "keep what was heard", "read back", "forget findings", "ask for leads", "read out of reach", "mind the installation", "forget",
        "back up", "check-ins follow clocks", "take back imports", "count the outbox",
    }
)  # fmt: skip


#: What a process without delivery still needs: an index that follows.
WEB_JOBS: Final = tuple(
    job
    for job in JOBS
    if job[0] in ("follow the registry", "read memberships", "redraw open Homes", "keep what was heard")
)


#: What goes on while the app is removed from the workspace: the rest speaks to Slack, or makes what nobody would get.
WITHOUT_SLACK: Final = frozenset(
    {"follow the registry", "mind the installation", "forget", "back up", "count the outbox"}
)


def build(bot: Rowbot, clock: Clock, *, jobs: tuple[tuple[str, timedelta, Job, bool], ...] = JOBS) -> AsyncIOScheduler:
    """A scheduler with the whole table; start and stop it."""
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for name, every, job, at_once in jobs:
        # The scheduler itself lives by the machine's clock, whatever ours was moved to.
        first = {"next_run_time": real()} if at_once else {}
        scheduler.add_job(
            _guarded, "interval", args=(name, job, bot, clock), seconds=every.total_seconds(), id=name, **first
        )
    return scheduler


async def do_what_is_due(bot: Rowbot, clock: Clock) -> None:
    """Do now what timed work has to do by now, in the order of the table."""
    for name, _, job, _ in JOBS:
        if name not in HOUSEKEEPING:
            await _guarded(name, job, bot, clock)


async def _guarded(name: str, job: Job, bot: Rowbot, clock: Clock) -> None:
    """A job that fails is logged and comes again; it never takes the process with it."""
    try:
        if name not in WITHOUT_SLACK and await bot.db.read(bot.scope, is_uninstalled):
            return
        await job(bot, clock)
    except asyncio.CancelledError:
        log.info("%s was interrupted by the stop; it runs again at the next start", name)
    except StoreUnavailable as fault:
        log.warning("%s: %s", name, fault)
    except Exception:
        log.exception("%s failed; it runs again at its next time", name)
