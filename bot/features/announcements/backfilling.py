"""Decides about reading a channel's past: who may ask, how far it goes, what is found, and what of it enters the registry.

Nothing is registered before somebody has looked at it, and nothing is posted in old threads.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.errors import BadInput, NotFound, Refusal
from bot.features.announcements import answer, backfill_notifications, service
from bot.features.announcements.backfill_facts import Begun, Progress
from bot.features.announcements.catching_up import moment_of, ts_of
from bot.features.announcements.detector import Kind
from bot.features.announcements.heard import Heard
from bot.features.announcements.service import Means
from bot.features.capabilities import service as capabilities
from bot.features.matching import answers, ranking
from bot.features.matching.index import PUBLIC, Document, Index, Query
from bot.features.matching.matcher import Probe
from bot.features.teams import rights
from storage.backfills import Backfill, BackfillState, Finding, FindingState
from storage.channels import Channel
from storage.unit_of_work import UnitOfWork

DEFAULT_DAYS: Final = 90
MOST_DAYS: Final = 730
#: A process that reads a page has it for itself this long; then another one may go on.
LEASE: Final = timedelta(seconds=30)
#: The message about a reading is drawn anew this often at the most.
TELL_EVERY: Final = timedelta(seconds=10)
TITLE_LENGTH: Final = 150

_PERIOD: Final = re.compile(r"(\d{1,4})\s*(d|days?|w|weeks?|m|months?|y|years?)", re.IGNORECASE)
_CHANNEL: Final = re.compile(r"<#([CG][A-Z0-9]+)(?:\|[^<>]*)?>|#([\w.-]+)")
_DAYS_IN: Final = {"d": 1, "w": 7, "m": 30, "y": 365}
_HOW: Final = "Say it like this: `/rowbot backfill #channel 90d`. The period is days, weeks, months or a year or two: `30d`, `12w`, `6m`, `1y`."


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asked to be read."""

    #: "" where only a name was given, or nothing.
    channel_id: str
    channel_name: str
    days: int


# --- asking -----------------------------------------------------------------------------------------------------


def read_request(text: str, *, here: str) -> Request:
    """What is asked for behind `/rowbot backfill`: a channel (left out: this one) and a period (left out: 90 days), in any order.

    Raises:
        BadInput: it cannot be understood; says how to put it.
    """
    found = _CHANNEL.search(text)
    rest = (text[: found.start()] + text[found.end() :] if found else text).strip()
    days = DEFAULT_DAYS
    if rest:
        period = _PERIOD.fullmatch(rest)
        if period is None:
            raise BadInput(f"I do not understand the period `{rest[:40].replace('`', '')}`. {_HOW}")
        days = int(period[1]) * _DAYS_IN[period[2][0].lower()]
        if not 1 <= days <= MOST_DAYS:
            raise BadInput(f"I read back between a day and two years. {_HOW}")
    if found:
        return Request(found[1] or "", (found[2] or "").lower(), days)
    if not here.startswith(("C", "G")):
        raise BadInput(f"Which channel? {_HOW}")
    return Request(here, "", days)


def find_channel(uow: UnitOfWork, request: Request) -> str:
    """The id of the channel that is asked for by name; "" for one that is not known."""
    if request.channel_id or not request.channel_name:
        return request.channel_id
    row = uow.channels.by_name(request.channel_name)
    return row.id if row is not None else ""


def require_reader(uow: UnitOfWork, channel_id: str, person_id: str) -> Channel:
    """Refuse whoever may not have a channel's past read and shown. The unit must have this person's eyes.

    A private channel is there for its members only: to everybody else it does not exist, admin or not.

    Raises:
        NotAllowed, NotFound, Refusal
    """
    rights.require_admin(uow, person_id)
    row = uow.channels.get(channel_id) if channel_id else None
    if row is None or (row.is_private and not uow.viewer.sees(channel_id)):
        raise NotFound(
            "I know no such channel, or am not in it. Invite me there with `/invite @Rowbot`, then try again."
        )
    if row.is_shared:
        raise Refusal("That channel is shared with another organisation, so I do not read its past.")
    return row


def begin(uow: UnitOfWork, channel_id: str, days: int, *, person_id: str, now: datetime) -> tuple[Begun, Progress]:
    """Have a channel's past read; the worker does it, page by page. A reading that is under way or was stopped goes on."""
    uow.workspaces.ensure(now=now)
    channel = require_reader(uow, channel_id, person_id)
    if not channel.is_reachable:
        raise Refusal(
            "I can't read that channel: I am not in it. Invite me there with `/invite @Rowbot`, then try again."
        )
    oldest = ts_of(now - timedelta(days=days))
    last = uow.backfills.latest_of(channel_id)
    if last is not None and last.state is BackfillState.READING:
        last.oldest_ts = min(last.oldest_ts, oldest)
        return Begun.UNDER_WAY, progress_of(uow, last, now=now)
    if last is not None and last.state is BackfillState.STOPPED:
        last.oldest_ts, last.requested_by = min(last.oldest_ts, oldest), person_id
        go_on(uow, last, now=now)
        return Begun.GOES_ON, progress_of(uow, last, now=now)
    made = uow.backfills.add(
        Backfill(workspace_id=uow.workspace_id, channel_id=channel_id, requested_by=person_id, oldest_ts=oldest, latest_ts=ts_of(now),
                 not_before=now, told_at=now, created_at=now, updated_at=now)
    )  # fmt: skip
    if last is not None:
        uow.backfills.carry_over(last.id, made.id)
    tell(uow, made, now=now)
    return Begun.NEW, progress_of(uow, made, now=now)


def go_on(uow: UnitOfWork, backfill: Backfill, *, now: datetime) -> None:
    """Read on where it was stopped."""
    backfill.state, backfill.error = BackfillState.READING, ""
    backfill.not_before = backfill.updated_at = now
    tell(uow, backfill, now=now)


def require(uow: UnitOfWork, backfill_id: int, person_id: str) -> Backfill:
    """The backfill, if this person may review it.

    Raises:
        NotAllowed, NotFound, Refusal
    """
    row = uow.backfills.get(backfill_id)
    if row is None:
        raise NotFound("That reading is not there any more. `/rowbot backfill #channel` starts another.")
    require_reader(uow, row.channel_id, person_id)
    return row


def channel_of(uow: UnitOfWork, backfill_id: int) -> Channel | None:
    """The channel of a backfill: its members decide who may see what was found."""
    row = uow.backfills.get(backfill_id)
    return uow.channels.get(row.channel_id) if row is not None else None


def channel_of_finding(uow: UnitOfWork, finding_id: int) -> Channel | None:
    """The channel of a finding."""
    row = uow.backfills.finding(finding_id)
    return channel_of(uow, row.backfill_id) if row is not None else None


def stop(uow: UnitOfWork, backfill_id: int, *, person_id: str, now: datetime) -> Backfill:
    """Read no further. What was found stays for review; the same command goes on."""
    row = require(uow, backfill_id, person_id)
    if row.state is BackfillState.READING:
        row.state, row.updated_at = BackfillState.STOPPED, now
        tell(uow, row, now=now)
    return row


def resume(uow: UnitOfWork, backfill_id: int, *, person_id: str, now: datetime) -> Backfill:
    """Read on."""
    row = require(uow, backfill_id, person_id)
    if row.state is BackfillState.STOPPED:
        go_on(uow, row, now=now)
    return row


# --- reading ----------------------------------------------------------------------------------------------------


def is_due(uow: UnitOfWork, *, now: datetime) -> bool:
    """Whether a page is to be read."""
    return uow.backfills.due(now=now) is not None


def claim(uow: UnitOfWork, *, now: datetime) -> tuple[Backfill, Channel] | None:
    """Take the next page to be read, for a while."""
    row = uow.backfills.due(now=now, claim=True)
    if row is None:
        return None
    row.not_before = now + LEASE
    channel = uow.channels.get(row.channel_id)
    if channel is None or channel.is_shared or not channel.is_reachable:
        row.state, row.error, row.updated_at = BackfillState.STOPPED, "not_in_channel", now
        tell(uow, row, now=now)
        return None
    return row, channel


def hold(uow: UnitOfWork, backfill_id: int, *, until: datetime) -> None:
    """Slack wants to be asked later."""
    row = uow.backfills.get(backfill_id)
    if row is not None:
        row.not_before = until


def fail(uow: UnitOfWork, backfill_id: int, code: str, *, now: datetime) -> None:
    """Slack refuses. It is said, and the command goes on once that is mended."""
    row = uow.backfills.get(backfill_id)
    if row is not None and row.state is BackfillState.READING:
        row.state, row.error, row.updated_at = BackfillState.STOPPED, code, now
        tell(uow, row, now=now)


def keep_page(
    uow: UnitOfWork, backfill_id: int, found: Sequence[Heard], *, was_latest: str, low: str, count: int, now: datetime
) -> bool:
    """Keep what a page brought, and the place; False if another process was faster, or somebody stopped it."""
    row = uow.backfills.get(backfill_id)
    if row is None or row.latest_ts != was_latest or row.state is not BackfillState.READING:
        return False
    seen = uow.backfills.seen(row.channel_id, [each.ts for each in found])
    fresh = [each for each in found if each.ts not in seen and _is_news(uow, each)]
    uow.backfills.add_findings([
        Finding(workspace_id=uow.workspace_id, backfill_id=row.id, ts=each.ts, author_id=each.author_id, text=each.text,
                title=each.draft.title[:TITLE_LENGTH], edited_ts=each.edited_ts, is_sure=each.kind is not Kind.UNSURE)
        for each in fresh
    ])  # fmt: skip
    row.latest_ts, row.messages_read = low or row.latest_ts, row.messages_read + count
    row.not_before = row.updated_at = now
    if now - row.told_at >= TELL_EVERY:
        tell(uow, row, now=now)
    return True


def _is_news(uow: UnitOfWork, heard: Heard) -> bool:
    """Whether it is not known yet, and by somebody of this workspace."""
    return uow.announcements.at(heard.channel_id, heard.ts) is None and not service._is_external(uow, heard.author_id)


def waiting(uow: UnitOfWork, backfill_id: int) -> list[Finding]:
    """What waits for review, the oldest message first."""
    return uow.backfills.findings(backfill_id, state=FindingState.WAITING)


def likenesses(
    uow: UnitOfWork, channel: Channel, findings: Sequence[Finding], probes: Sequence[Probe], means: Means
) -> Mapping[int, tuple[int | None, str]]:
    """For each finding what looks like the same work: an entry that the channel may see, and an older finding (its ts)."""
    means.matcher.catch_up(uow)
    eyes = answer.audience_of_channel(uow, channel.id)
    level = answers.level(uow, means.matcher, means.threshold).number
    among = Index()
    found: dict[int, tuple[int | None, str]] = {}
    by_id = {row.id: row for row in findings}
    for row, probe in zip(findings, probes, strict=True):
        keys = capabilities.recognise(uow, probe.body, title=probe.title)
        entries = means.matcher.rank(
            uow,
            probe,
            capabilities=keys,
            audiences=(eyes.audiences or frozenset()) | {PUBLIC},
            exclude=(),
            threshold=level,
            limit=1,
        )
        query = Query(probe.text, probe.vector, frozenset(keys))
        others = ranking.rank(among, query, audiences=frozenset({PUBLIC}), threshold=level, limit=1)
        found[row.id] = (entries[0].id if entries else None, by_id[others[0].id].ts if others else "")
        among.put([Document(row.id, probe.text, probe.vector, PUBLIC, frozenset(keys), stems=probe.stems)])
    return found


def finish(uow: UnitOfWork, backfill_id: int, like: Mapping[int, tuple[int | None, str]], *, now: datetime) -> None:
    """It is read to the end; say what was found."""
    row = uow.backfills.get(backfill_id)
    if row is None or row.state is not BackfillState.READING:
        return
    for finding in uow.backfills.findings(backfill_id):
        finding.like_id, finding.like_ts = like.get(finding.id, (finding.like_id, finding.like_ts))
    row.state, row.updated_at = BackfillState.READ, now
    tell(uow, row, now=now)


# --- how far it is --------------------------------------------------------------------------------------------------


def progress_of(uow: UnitOfWork, row: Backfill, *, now: datetime) -> Progress:
    """How far it is."""
    uow.session.flush()
    counts = uow.backfills.counts(row.id)
    begun, oldest, down_to = row.created_at, moment_of(row.oldest_ts), moment_of(row.latest_ts)
    done = (begun - down_to) / (begun - oldest) if begun > oldest else 1.0
    spent = (now - begun).total_seconds()
    left = (
        int(spent * (1 - done) / done) if row.state is BackfillState.READING and 0.02 < done < 1 and spent > 2 else None
    )
    return Progress(
        row.id, row.channel_id, row.requested_by, row.state, oldest, max(down_to, oldest), row.messages_read,
        waiting=counts.get(FindingState.WAITING, 0), sure=uow.backfills.count_sure(row.id), accepted=counts.get(FindingState.ACCEPTED, 0),
        registered=counts.get(FindingState.REGISTERED, 0), left_out=counts.get(FindingState.LEFT_OUT, 0), left_seconds=left, error=row.error,
    )  # fmt: skip


def tell(uow: UnitOfWork, row: Backfill, *, now: datetime) -> None:
    """Let the message to whoever asked say how far it is: counts, and never what was said. Who left a private channel is told nothing more."""
    row.told_at = now
    channel = uow.channels.get(row.channel_id)
    if channel is None or not channel.is_private or channel.id in uow.channels.private_of(row.requested_by, now=now):
        backfill_notifications.tell(uow, progress_of(uow, row, now=now), now=now)
