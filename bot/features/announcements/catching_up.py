"""Decides how a channel's past becomes known: what still has to be read, what a message of it means, what edits and deletions were missed.

Reading proves that everything was heard; hearing only presumes it. Why and how: docs/decisions/0013-catch-up.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.delivery import outbox
from bot.features.announcements import entering, service
from bot.features.announcements.detector import Kind, is_public
from bot.features.announcements.heard import Heard
from bot.features.announcements.judging import TOMBSTONE
from bot.features.announcements.service import Means
from bot.features.matching.matcher import Probe
from storage.announcements import Announcement, AnnouncementState
from storage.channels import Channel, ChannelMode
from storage.unit_of_work import UnitOfWork

#: A channel's past is read again this often.
EVERY: Final = timedelta(minutes=15)
#: Nothing older is read to catch up, and of known announcements nothing older is compared.
READ_BACK: Final = timedelta(days=7)
#: Announced longer ago: registered and matched, without a word.
ANSWER_WITHIN: Final = timedelta(days=3)
#: Said longer ago: its author is not asked any more whether it announced something.
ASK_WITHIN: Final = timedelta(days=1)
#: Live messages let what was said this much before them count as heard, though no reading proved it.
PRESUMED_AFTER: Final = timedelta(minutes=30)
#: A channel that greeted its bot this recently is read from then on; else from now.
JUST_INVITED: Final = timedelta(minutes=10)


#: Younger than any ts.
_NEVER: Final = "~"
#: Announcements whose words still matter.
_FOLLOWED: Final = (AnnouncementState.REGISTERED, AnnouncementState.ASKED, AnnouncementState.WITHDRAWN)


class Ears:
    """What this process knows of its own hearing: since when it hears without a break, and how far in each channel."""

    def __init__(self, *, now: datetime) -> None:
        """Deaf until ``now``: every channel is to be read."""
        #: What was last read before this moment is to be read again.
        self.deaf_until = now
        #: When to look for channels whose past is to be read.
        self.look_at = now
        #: When Slack was last asked in which channels the bot is.
        self.listed_at: datetime | None = None
        #: Channels in which known announcements are to be compared with what stands there now: said after the one ts, up to the other.
        self.compare: dict[str, tuple[str, str]] = {}
        #: When that was last begun.
        self.compared_at: dict[str, datetime] = {}
        self._heard: dict[str, str] = {}

    def heard(self, channel_id: str, ts: str) -> None:
        """A message was heard live. Kept in memory; nothing is written for it."""
        if ts > self._heard.get(channel_id, ""):
            self._heard[channel_id] = ts

    def were_deaf(self, now: datetime) -> None:
        """Slack's events did not reach this process for a while: every channel is to be read, at once."""
        self.deaf_until, self.look_at, self.listed_at = now, now, None

    def take(self) -> dict[str, str]:
        """How far was heard in each channel since this was last asked."""
        heard, self._heard = self._heard, {}
        return heard


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a channel's past that is to be read: after ``low``, before ``high``."""

    channel_id: str
    is_private: bool
    is_shared: bool
    low: str
    #: "" for the present.
    high: str
    #: Where the reading began; "" where it begins now.
    top: str
    #: Known announcements said after this are compared too, although they were heard before.
    known_from: str


def moment_of(ts: str) -> datetime:
    """When a message was said."""
    return datetime.fromtimestamp(float(ts), UTC)


def ts_of(moment: datetime) -> str:
    """A moment as Slack's ts."""
    return f"{moment.timestamp():.6f}"


# --- which channels ---------------------------------------------------------------------------------------------


def meet(uow: UnitOfWork, channels: Sequence[Mapping[str, Any]], *, now: datetime) -> None:
    """Know the channels that Slack says the bot is in: an invitation may have been missed."""
    uow.workspaces.ensure(now=now)
    for each in channels:
        row = uow.channels.meet(
            str(each["id"]),
            name=str(each.get("name") or ""),
            is_private=bool(each.get("is_private") or each.get("is_group")),
            is_shared=bool(each.get("is_ext_shared") or each.get("is_pending_ext_shared")),
        )
        row.is_member, row.is_archived, row.is_deleted = True, bool(each.get("is_archived")), False


def has_to_begin(uow: UnitOfWork) -> bool:
    """Whether any channel begins or ceases to be followed."""
    return any(_is_followed(uow, row) != bool(row.heard_until) for row in uow.channels.all())


def begin(uow: UnitOfWork, *, now: datetime) -> None:
    """Follow channels from the invitation on, and no longer those that the bot left or is to ignore: nothing of that time is read later."""
    for row in uow.channels.all():
        if not _is_followed(uow, row):
            begin_anew(row, is_followed=False, now=now)
        elif not row.heard_until:
            greeted = row.greeted_at
            begin_anew(
                row,
                is_followed=True,
                now=greeted if greeted is not None and now - greeted < JUST_INVITED else now,
            )


def begin_anew(row: Channel, *, is_followed: bool, now: datetime) -> None:
    """Follow a channel from now on, or no longer: of what was said before, or meanwhile, nothing is read later."""
    row.catch_up_to = row.caught_down_to = ""
    row.heard_until = ts_of(now) if is_followed else ""


def _is_followed(uow: UnitOfWork, row: Channel) -> bool:
    return row.id.startswith(("C", "G")) and row.is_reachable and uow.channels.mode_of(row) is not ChannelMode.OFF


def is_due(uow: UnitOfWork, *, read_before: datetime) -> bool:
    """Whether any channel's past is to be read."""
    return uow.channels.heard_up_to(read_before=read_before) is not None


def claim(uow: UnitOfWork, *, read_before: datetime, deaf_until: datetime, now: datetime) -> Stretch | None:
    """Take the channel that has waited longest; other processes then leave it alone."""
    row = uow.channels.heard_up_to(read_before=read_before, claim=True)
    if row is None:
        return None
    after_gap = row.caught_up_at is None or row.caught_up_at < deaf_until
    row.caught_up_at = now
    earliest = ts_of(now - READ_BACK)
    low = max(row.heard_until, earliest)
    # A stretch that was begun is read to its end first; what was said since is the next one.
    top, high = (row.catch_up_to, row.caught_down_to or row.catch_up_to) if row.catch_up_to > low else ("", "")
    return Stretch(row.id, row.is_private, row.is_shared, low, high, top, known_from=earliest if after_gap else low)


def keep_place(uow: UnitOfWork, stretch: Stretch, *, now: datetime) -> None:
    """The stretch was read in part: go on there, behind the channels that wait."""
    row = uow.channels.get(stretch.channel_id)
    if row is not None and row.heard_until:
        if stretch.top > row.heard_until:
            row.catch_up_to, row.caught_down_to = stretch.top, stretch.high
        row.caught_up_at = now - EVERY


def finish(uow: UnitOfWork, stretch: Stretch, *, now: datetime) -> None:
    """The stretch was read to its end. ``heard_until`` becomes the youngest message that was seen, never a moment of our own clock."""
    row = uow.channels.get(stretch.channel_id)
    if row is None or not row.heard_until:
        return
    resumed = row.catch_up_to != ""
    row.catch_up_to = row.caught_down_to = ""
    row.heard_until = max(row.heard_until, stretch.top)
    if resumed:
        row.caught_up_at = now - EVERY  # what was said since it was begun


def give_up(uow: UnitOfWork, channel_id: str, code: str, *, now: datetime) -> None:
    """Slack says (with ``code``) that the bot is not in the channel: it is neither read nor posted in."""
    row = uow.channels.get(channel_id)
    if row is not None:
        outbox.out_of_reach(uow, channel_id, code, now=now)
        row.heard_until = row.catch_up_to = row.caught_down_to = ""


def presume(uow: UnitOfWork, heard: Mapping[str, str], *, deaf_until: datetime) -> None:
    """Move ``heard_until`` behind what is heard live, where everything before this process began to hear was read.

    Matters where Slack lets us read so seldom that reading stays behind.
    """
    for channel_id, ts in heard.items():
        row = uow.channels.get(channel_id)
        if row is None or not row.heard_until or row.catch_up_to or row.caught_up_at is None:
            continue
        presumed = ts_of(moment_of(ts) - PRESUMED_AFTER)
        if row.caught_up_at >= deaf_until and presumed > max(row.heard_until, ts_of(deaf_until)):
            row.heard_until = presumed


def known_between(uow: UnitOfWork, channel_id: str, low: str, high: str) -> list[Announcement]:
    """Announcements that are known of a stretch, the oldest first."""
    return uow.announcements.said_between(channel_id, low, high)


# --- what a message of the past means ---------------------------------------------------------------------------


def key_of(heard: Heard) -> str:
    """What makes a message of the past the same one when it is read again. Not the key of its event, which may still come."""
    return f"history:{heard.channel_id}:{heard.ts}:{heard.edited_ts}"


def edited_ts(message: Mapping[str, Any]) -> str:
    """When a message was last edited; "" for never. Slack tells whole seconds here and fractions in events, so that an event wins within the second."""
    seconds = str((message.get("edited") or {}).get("ts") or "").partition(".")[0]
    return f"{seconds}.000000" if seconds.isdecimal() else ""


def take_in(uow: UnitOfWork, heard: Heard, probe: Probe, means: Means, *, now: datetime) -> Announcement | None:
    """Take in a message that was missed, as if it had been heard, and with the date on which it was said.

    Late is better than never for three days; after that it is registered and found by others, and nobody is told.
    """
    said_at = moment_of(heard.ts)
    if heard.kind is Kind.UNSURE and now - said_at > ASK_WITHIN:
        return None
    if uow.announcements.at(heard.channel_id, heard.ts) is not None or not uow.events.take(key_of(heard), now=now):
        return None
    speaks = uow.channels.mode_of(uow.channels.get(heard.channel_id)) in (ChannelMode.ON, ChannelMode.QUIET)
    if speaks and now - said_at > ANSWER_WITHIN and not service._is_external(uow, heard.author_id):
        return entering.enter(uow, heard, probe, means, by_itself=is_public(heard.kind), said_at=said_at, now=now)
    row = service.hear(uow, heard, probe, means, now=now)
    if row is not None:
        entering.date_back(uow, row, said_at)
    return row


def was_edited(row: Announcement, message: Mapping[str, Any], text: str) -> bool:
    """Whether a message says something else than what is known of it, by an edit that was not heard of."""
    edited = edited_ts(message)
    if not edited or text == row.text or row.state not in _FOLLOWED:
        return False
    known = row.edited_ts.partition(".")[0]
    now_says = edited.partition(".")[0]
    return now_says > known or (now_says == known and bool(row.text))


def amend(uow: UnitOfWork, heard: Heard, probe: Probe, means: Means, *, was: str, now: datetime) -> Announcement | None:
    """Take in an edit that was missed, unless an event has told of another one since (``was``: the last one known before history was read)."""
    row = uow.announcements.at(heard.channel_id, heard.ts)
    if row is None or row.edited_ts != was:
        return None
    if row.edited_ts and heard.edited_ts <= row.edited_ts:
        # Two edits within one second, of which one was heard.
        heard = replace(heard, edited_ts=f"{float(row.edited_ts) + 0.000001:.6f}")
    return service.amend(uow, heard, probe, means, now=now)


def remove(uow: UnitOfWork, channel_id: str, ts: str, *, now: datetime) -> Announcement | None:
    """Take in a deletion that was missed."""
    return service.remove(uow, channel_id, ts, was_announcement=True, now=now)


def missing(
    known: Sequence[Announcement], messages: Sequence[Mapping[str, Any]], *, low: str, high: str, more: bool
) -> tuple[list[Announcement], list[Announcement]]:
    """Of what is known, what was deleted, and what cannot be told from this page.

    ``messages`` are all messages of the channel from ``high`` down to ``low``, the youngest first. What is not among them was deleted, if
    something older is still there: where nothing is, the workspace may keep messages only for so long. What is younger may have
    been said after they were read.
    """
    there = {str(each["ts"]) for each in messages if each.get("subtype") != TOMBSTONE}
    tombs = {str(each["ts"]) for each in messages} - there
    oldest = str(messages[-1]["ts"]) if messages else _NEVER
    gone: list[Announcement] = []
    untold: list[Announcement] = []
    for row in known:
        covered = low <= row.ts <= high and (more or oldest < row.ts)
        if row.ts in tombs or (covered and row.ts not in there):
            gone.append(row)
        elif row.ts not in there:
            untold.append(row)
    return gone, untold
