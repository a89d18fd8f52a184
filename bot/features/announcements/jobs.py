"""Wakes: what was said while nobody listened is read and taken in; the past that an admin asked for is read."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from bot.clock import Clock
from bot.features.announcements import backfilling, catching_up, following, reviewing
from bot.features.announcements.catching_up import Ears, Stretch, ts_of
from bot.features.announcements.detector import Kind
from bot.features.announcements.heard import Heard
from bot.features.announcements.judging import SAID, is_by_strangers, is_by_us, is_on_its_own, judge, spoken
from bot.features.announcements.reading import read
from bot.features.announcements.service import Means
from bot.slack.directory import Directory
from bot.slack.errors import OUT_OF_REACH
from bot.slack.history import History, NotNow, Unreadable
from storage.announcements import Announcement
from storage.backfills import Backfill
from storage.channels import MEMBERS_FRESH_FOR, Channel
from storage.database import Database, StoreUnavailable
from storage.unit_of_work import Scope

log = logging.getLogger(__name__)

#: Pages of one channel in one turn; then the next channel has its turn.
PAGES: Final = 10
#: A new channel begins to be followed within this.
LOOK_EVERY: Final = timedelta(minutes=1)
#: Findings that are embedded together.
BATCH: Final = 20
_END_OF_TIME: Final = "9"

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading the past needs."""

    db: Database
    scope: Scope
    history: History
    directory: Directory
    means: Means
    ears: Ears
    clock: Clock
    bot_user_id: str
    bot_id: str

    def counts(self, message: Said) -> bool:
        """Whether a message of a channel's history may announce something: of its own, by somebody of ours, not by this bot."""
        team = self.scope.workspace_id
        return (
            message.get("subtype") in SAID
            and is_on_its_own(message)
            and not is_by_us(message, bot_user_id=self.bot_user_id, bot_id=self.bot_id)
            and not is_by_strangers(message, team_id=team, in_enterprise=team.startswith("E"))
        )

    def heard(self, message: Said, channel_id: str, *, is_private: bool, is_shared: bool) -> Heard:
        """A message of a channel's history, judged and read."""
        return judge(message, channel_id=channel_id, is_private=is_private, is_shared=is_shared, bot_user_id=self.bot_user_id,
                     likeness=self.means.likeness, edited_ts=catching_up.edited_ts(message))  # fmt: skip


# --- after a start, after a gap, and every quarter of an hour -----------------------------------------------------


async def catch_up(reader: Reader) -> None:
    """Read what was said in each channel since it was last read, and take in what was missed."""
    ears, started = reader.ears, reader.clock()
    if started < ears.look_at:
        return
    deaf_until = ears.deaf_until
    try:
        await _follow_channels(reader)
        while (stretch := await _claim(reader)) is not None:
            await _read(reader, stretch)
        while ears.compare:
            await _compare_some(reader, next(iter(ears.compare)))
    except NotNow as wait:
        ears.look_at = wait.until
    else:
        ears.look_at = started + LOOK_EVERY
    if ears.deaf_until != deaf_until:
        ears.look_at = started  # a gap came up meanwhile


async def _follow_channels(reader: Reader) -> None:
    now = reader.clock()
    if reader.ears.listed_at is None or now - reader.ears.listed_at >= catching_up.EVERY:
        try:
            await reader.db.write(reader.scope, catching_up.meet, await reader.history.channels(), now=now)
        except Unreadable as fault:
            log.warning(
                "Slack would not list the channels that Rowbot is in (%s); those that are known are read.", fault
            )
        reader.ears.listed_at = now
    if await reader.db.read(reader.scope, catching_up.has_to_begin):
        await reader.db.write(reader.scope, catching_up.begin, now=now)


async def _claim(reader: Reader) -> Stretch | None:
    now, deaf_until = reader.clock(), reader.ears.deaf_until
    read_before = max(now - catching_up.EVERY, deaf_until)
    if not await reader.db.read(reader.scope, catching_up.is_due, read_before=read_before):
        return None
    reader.history.require_turn()
    return await reader.db.write(
        reader.scope, catching_up.claim, read_before=read_before, deaf_until=deaf_until, now=now
    )


async def _read(reader: Reader, stretch: Stretch) -> None:
    """Read a stretch as far as Slack lets us, take in what was missed, and keep the place."""
    messages: list[Said] = []
    # What is known is read first: what an event tells after that is younger than what history says.
    known = await reader.db.read(
        reader.scope, catching_up.known_between, stretch.channel_id, stretch.low, stretch.high or _END_OF_TIME
    )
    high, top = stretch.high or ts_of(reader.clock() + timedelta(hours=1)), stretch.top
    more, wait = True, None
    try:
        for _ in range(PAGES):
            page = await reader.history.page(stretch.channel_id, oldest=stretch.low, latest=high)
            messages += page.messages
            high, top, more = page.low or high, top or page.high, page.more
            if not more:
                break
    except NotNow as fault:
        wait = fault
    except Unreadable as fault:
        await _cannot_read(reader, stretch.channel_id, fault)
        return
    untold = await _take_in(reader, stretch, known, messages, low=high if more else stretch.low, more=more)
    read = replace(stretch, high=high, top=top)
    now = reader.clock()
    if more:
        await reader.db.write(reader.scope, catching_up.keep_place, read, now=now)
    else:
        await reader.db.write(reader.scope, catching_up.finish, read, now=now)
    _plan_to_compare(reader.ears, stretch, top, untold, done=not more, now=now)
    if wait is not None:
        raise wait


def _plan_to_compare(
    ears: Ears, stretch: Stretch, top: str, untold: Sequence[Announcement], *, done: bool, now: datetime
) -> None:
    """After a gap what was heard before may have been changed, once for each channel; what is missing now may have been deleted."""
    compared = ears.compared_at.get(stretch.channel_id)
    low, high = stretch.low, max([stretch.low, *(row.ts for row in untold)])
    if done and stretch.known_from < low and (compared is None or compared < ears.deaf_until):
        ears.compared_at[stretch.channel_id] = now
        low = stretch.known_from
        if stretch.high:
            high = max(high, top)  # part of it was read before the gap
    if low < high:
        before = ears.compare.get(stretch.channel_id, (low, high))
        ears.compare[stretch.channel_id] = (min(low, before[0]), max(high, before[1]))


async def _cannot_read(reader: Reader, channel_id: str, fault: Unreadable) -> None:
    log.warning("What was said in %s while Rowbot did not listen cannot be read (%s).", channel_id, fault)
    if fault.code in OUT_OF_REACH:
        await reader.db.write(reader.scope, catching_up.give_up, channel_id, fault.code, now=reader.clock())


async def _take_in(
    reader: Reader, stretch: Stretch, between: Sequence[Announcement], messages: Sequence[Said], *, low: str, more: bool
) -> list[Announcement]:
    """Take in what was missed in a stretch; known announcements of it of which these messages do not tell what became."""
    known = [row for row in between if row.ts >= low]
    fresh = await asyncio.to_thread(_announcing, reader, stretch, messages, {row.ts for row in known})
    if fresh:
        await reader.directory.read_memberships()
    for heard in fresh:
        if stretch.is_shared and heard.author_id:
            await reader.directory.person(heard.author_id)
        await _take_in_one(reader, heard)
    high = str(messages[0]["ts"]) if messages else ""
    return await _compare(reader, stretch.channel_id, known, messages, low=low, high=high, more=more)


async def _take_in_one(reader: Reader, heard: Heard) -> None:
    """Take in one message; one that cannot be is left out, so that it does not keep the rest of its channel unread."""
    try:
        probe = await asyncio.to_thread(reader.means.matcher.probe, heard.draft.title, heard.draft.summary)
        await reader.db.write(reader.scope, catching_up.take_in, heard, probe, reader.means, now=reader.clock())
    except StoreUnavailable:
        raise
    except Exception:
        log.exception("A missed message of %s could not be taken in; it is left out", heard.channel_id)


def _announcing(reader: Reader, stretch: Stretch, messages: Sequence[Said], known: set[str]) -> list[Heard]:
    """What announces something, or may, and is not known; the oldest first, so that the younger twin is the one that is warned."""
    heard = [
        reader.heard(message, stretch.channel_id, is_private=stretch.is_private, is_shared=stretch.is_shared)
        for message in reversed(messages)
        if reader.counts(message) and str(message["ts"]) not in known
    ]
    return [each for each in heard if each.kind is not Kind.NONE]


# --- edits and deletions that were missed -------------------------------------------------------------------------


async def _compare_some(reader: Reader, channel_id: str) -> None:
    """Compare known announcements with what stands in their channel now; one page, and the place is kept."""
    low, high = reader.ears.compare[channel_id]
    known = await reader.db.read(reader.scope, catching_up.known_between, channel_id, low, high)
    rest: Sequence[Announcement] = ()
    if known:
        try:
            page = await reader.history.page(channel_id, latest=known[-1].ts, inclusive=True)
        except Unreadable as fault:
            await _cannot_read(reader, channel_id, fault)
        else:
            down_to = page.low if page.more else ""
            here, rest = [row for row in known if row.ts >= down_to], [row for row in known if row.ts < down_to]
            await _compare(reader, channel_id, here, page.messages, low=down_to, high=known[-1].ts, more=page.more)
    if rest:
        reader.ears.compare[channel_id] = (low, rest[-1].ts)
    else:
        del reader.ears.compare[channel_id]


async def _compare(
    reader: Reader,
    channel_id: str,
    known: Sequence[Announcement],
    messages: Sequence[Said],
    *,
    low: str,
    high: str,
    more: bool,
) -> list[Announcement]:
    """Take in edits and deletions of what is known; what cannot be told from these messages."""
    rows = {row.ts: row for row in known}
    for message in messages:
        row = rows.get(str(message["ts"]))
        if row is None or not catching_up.was_edited(row, message, spoken(message, reader.bot_user_id)):
            continue
        # Its channel was met when it was first heard, so what is said of the channel here is not looked at.
        heard = await asyncio.to_thread(reader.heard, message, channel_id, is_private=False, is_shared=False)
        probe = await asyncio.to_thread(reader.means.matcher.probe, heard.draft.title, heard.draft.summary)
        await reader.directory.read_memberships()
        await reader.db.write(
            reader.scope, catching_up.amend, heard, probe, reader.means, was=row.edited_ts, now=reader.clock()
        )
    gone, untold = catching_up.missing(known, messages, low=low, high=high, more=more)
    for row in gone:
        await reader.db.write(reader.scope, catching_up.remove, channel_id, row.ts, now=reader.clock())
    return untold


async def keep_what_was_heard(db: Database, scope: Scope, ears: Ears) -> None:
    """Write down, once a minute at the most, how far this process has heard in each channel."""
    heard = ears.take()
    if heard:
        await db.write(scope, catching_up.presume, heard, deaf_until=ears.deaf_until)


# --- the past that an admin asked for -----------------------------------------------------------------------------


async def read_back(reader: Reader) -> None:
    """Read the past of channels as far as admins asked for, a page at a time, and register what they accepted."""
    await _register_accepted(reader)
    while await reader.db.read(reader.scope, backfilling.is_due, now=reader.clock()):
        try:
            reader.history.require_turn()
        except NotNow:
            return
        claimed = await reader.db.write(reader.scope, backfilling.claim, now=reader.clock())
        if claimed is not None and not await _read_page(reader, *claimed):
            return


async def _read_page(reader: Reader, backfill: Backfill, channel: Channel) -> bool:
    """Read a page; False where Slack wants us to wait."""
    read_at = channel.members_read_at
    if channel.is_private and (read_at is None or reader.clock() - read_at > MEMBERS_FRESH_FOR / 2):
        await reader.directory.read_members(channel.id)  # who left it is told nothing more
    try:
        page = await reader.history.page(channel.id, oldest=backfill.oldest_ts, latest=backfill.latest_ts)
    except NotNow as wait:
        await reader.db.write(reader.scope, backfilling.hold, backfill.id, until=wait.until)
        return False
    except Unreadable as fault:
        await reader.db.write(reader.scope, backfilling.fail, backfill.id, fault.code, now=reader.clock())
        return True
    found = await asyncio.to_thread(_found, reader, channel, page.messages)
    kept = await reader.db.write(reader.scope, backfilling.keep_page, backfill.id, found, was_latest=backfill.latest_ts, low=page.low,
                                 count=len(page.messages), now=reader.clock())  # fmt: skip
    if kept and not page.more:
        await _end_of(reader, backfill, channel)
    return True


def _found(reader: Reader, channel: Channel, messages: Sequence[Said]) -> list[Heard]:
    heard = [reader.heard(message, channel.id, is_private=channel.is_private, is_shared=channel.is_shared)
             for message in messages if reader.counts(message)]  # fmt: skip
    return [each for each in heard if each.kind is not Kind.NONE]


async def _end_of(reader: Reader, backfill: Backfill, channel: Channel) -> None:
    """All is read: see what of it looks like the same work, and say so."""
    findings = await reader.db.read(reader.scope, backfilling.waiting, backfill.id)
    drafts = [read(finding.text) for finding in findings]
    probes = await asyncio.to_thread(reader.means.matcher.probes, [(draft.title, draft.summary) for draft in drafts])
    like = await reader.db.read(reader.scope, backfilling.likenesses, channel, findings, probes, reader.means)
    await reader.db.write(reader.scope, backfilling.finish, backfill.id, like, now=reader.clock())


async def _register_accepted(reader: Reader) -> None:
    while batch := await reader.db.read(reader.scope, reviewing.accepted, limit=BATCH):
        texts = [(heard.draft.title, heard.draft.summary) for _, heard in batch]
        probes = await asyncio.to_thread(reader.means.matcher.probes, texts)
        for (finding_id, heard), probe in zip(batch, probes, strict=True):
            await reader.db.write(
                reader.scope, reviewing.register_accepted, finding_id, heard, probe, reader.means, now=reader.clock()
            )


async def forget_findings(db: Database, scope: Scope, clock: Clock) -> None:
    """Drop the words of what nobody decided upon."""
    while await db.write(scope, reviewing.forget_words, now=clock()):
        pass


async def follow_initiatives(db: Database, directory: Directory, scope: Scope, means: Means, clock: Clock) -> None:
    """Match initiatives again that changed in a check-in, each in a transaction of its own; replies and leads follow."""
    texts = await db.read(scope, following.behind)
    if not texts:
        return
    probes = await asyncio.to_thread(means.matcher.probes, list(texts.values()))
    await directory.read_memberships()
    for initiative_id, probe in zip(texts, probes, strict=True):
        await db.write(scope, following.follow, initiative_id, probe, means, now=clock())
