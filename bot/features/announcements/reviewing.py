"""Decides what becomes of announcements that a backfill found: each is looked at, and registered without a word, left out, or taken back."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.errors import NotFound
from bot.features.announcements import backfilling, entering, service
from bot.features.announcements.backfill_facts import Item, Sheet
from bot.features.announcements.catching_up import moment_of
from bot.features.announcements.detector import Kind, detect
from bot.features.announcements.heard import Heard
from bot.features.announcements.reading import fingerprint, links, read
from bot.features.announcements.service import Means
from bot.features.initiatives import service as initiatives
from bot.features.matching.matcher import Probe
from storage.announcements import AnnouncementState
from storage.backfills import Backfill, Finding, FindingState
from storage.channels import Channel
from storage.unit_of_work import UnitOfWork

#: Findings on one page of the review.
ON_A_PAGE: Final = 8
#: Words of what nobody decided upon are kept this long.
KEEP: Final = timedelta(days=30)


def sheet(uow: UnitOfWork, backfill_id: int, page: int, *, person_id: str, now: datetime) -> Sheet:
    """A page of the review with this person's eyes: what waits, what was registered."""
    row = backfilling.require(uow, backfill_id, person_id)
    shown = [each for each in uow.backfills.findings(backfill_id) if each.state is not FindingState.LEFT_OUT]
    pages = max(1, -(-len(shown) // ON_A_PAGE))
    page = min(max(page, 0), pages - 1)
    titles = {each.ts: each.title for each in shown}
    items = [_item(uow, row, each, titles) for each in shown[page * ON_A_PAGE : (page + 1) * ON_A_PAGE]]
    return Sheet(backfilling.progress_of(uow, row, now=now), tuple(items), page, pages)


def _item(uow: UnitOfWork, backfill: Backfill, row: Finding, titles: Mapping[str, str]) -> Item:
    card = None
    if row.initiative_id is not None and row.state is FindingState.REGISTERED:
        named = uow.initiatives.named([row.initiative_id]).get(row.initiative_id)
        card = initiatives.card(uow, named) if named is not None else None
    like = titles.get(row.like_ts, "")
    if row.like_id is not None:
        seen = uow.initiatives.named([row.like_id]).get(row.like_id)
        like = seen.title if seen is not None else like
    return Item(row.id, row.title or "Untitled", row.text, row.author_id, moment_of(row.ts), uow.workspaces.link(backfill.channel_id, row.ts),
                row.is_sure, row.state, like, card)  # fmt: skip


def require_finding(uow: UnitOfWork, finding_id: int, person_id: str) -> tuple[Finding, Backfill]:
    """The finding behind a button, if this person may review it.

    Raises:
        NotAllowed, NotFound, Refusal
    """
    row = uow.backfills.finding(finding_id)
    if row is None:
        raise NotFound("That is not there any more. `/rowbot backfill #channel` reads the channel again.")
    return row, backfilling.require(uow, row.backfill_id, person_id)


def heard_of(finding: Finding, channel: Channel) -> Heard:
    """The message of a finding, read again; whoever registers it says that it is an announcement."""
    kind = detect(finding.text).kind
    return Heard(channel_id=channel.id, ts=finding.ts, author_id=finding.author_id, text=finding.text,
                 kind=Kind.MARKED if kind is Kind.MARKED else Kind.SURE, draft=read(finding.text), fingerprint=fingerprint(finding.text),
                 links=tuple(links(finding.text)), is_private=channel.is_private, is_shared=channel.is_shared, edited_ts=finding.edited_ts)  # fmt: skip


def to_register(uow: UnitOfWork, finding_id: int, *, person_id: str) -> tuple[Backfill, Heard | None]:
    """The message of a finding; None where it is decided upon already."""
    row, backfill = require_finding(uow, finding_id, person_id)
    channel = backfilling.require_reader(uow, backfill.channel_id, person_id)
    undecided = row.state in (FindingState.WAITING, FindingState.ACCEPTED) and row.text
    return backfill, heard_of(row, channel) if undecided else None


def register(
    uow: UnitOfWork, finding_id: int, heard: Heard, probe: Probe, means: Means, *, person_id: str, now: datetime
) -> Backfill:
    """Put one finding into the registry, as it was announced then: its author leads it, its date is the message's. Nothing is posted."""
    row, backfill = require_finding(uow, finding_id, person_id)
    _enter(uow, row, backfill, heard, probe, means, person_id=person_id, now=now)
    return backfill


def _enter(
    uow: UnitOfWork,
    row: Finding,
    backfill: Backfill,
    heard: Heard,
    probe: Probe,
    means: Means,
    *,
    person_id: str,
    now: datetime,
) -> None:
    if row.state not in (FindingState.WAITING, FindingState.ACCEPTED):
        return
    known = uow.announcements.at(heard.channel_id, heard.ts)
    if known is None:
        known = entering.enter(uow, heard, probe, means, by_itself=row.is_sure, said_at=moment_of(heard.ts), now=now)
    elif known.state is AnnouncementState.DISMISSED and known.initiative_id is not None:
        initiative = uow.machine.initiatives.get(known.initiative_id)
        if initiative is not None:  # taken back before
            known.state, known.updated_at = AnnouncementState.REGISTERED, now
            initiatives.restore(uow, initiative, now=now)
    row.initiative_id, row.text = known.initiative_id, ""
    _decide(uow, row, backfill, FindingState.REGISTERED, person_id=person_id, now=now)


def _decide(
    uow: UnitOfWork, row: Finding, backfill: Backfill, state: FindingState, *, person_id: str, now: datetime
) -> None:
    row.state, row.decided_by, row.decided_at = state, person_id, now
    backfill.updated_at = now
    backfilling.tell(uow, backfill, now=now)


def leave_out(uow: UnitOfWork, finding_id: int, *, person_id: str, now: datetime) -> Backfill:
    """It is no initiative. Its words are forgotten; the next backfill of the channel does not bring it again."""
    row, backfill = require_finding(uow, finding_id, person_id)
    if row.state in (FindingState.WAITING, FindingState.ACCEPTED):
        row.text = row.title = ""
        _decide(uow, row, backfill, FindingState.LEFT_OUT, person_id=person_id, now=now)
    return backfill


def take_back(uow: UnitOfWork, finding_id: int, *, person_id: str, now: datetime) -> Backfill:
    """Out of the registry again, and back among what waits."""
    row, backfill = require_finding(uow, finding_id, person_id)
    announcement = uow.announcements.at(backfill.channel_id, row.ts)
    if row.state is not FindingState.REGISTERED or announcement is None:
        return backfill
    initiative = uow.machine.initiatives.get(announcement.initiative_id or 0)
    row.text = announcement.text
    if initiative is not None and announcement.state is AnnouncementState.REGISTERED:
        service.take_back(uow, announcement, initiative, AnnouncementState.DISMISSED, now=now)
    _decide(
        uow, row, backfill, FindingState.WAITING if row.text else FindingState.LEFT_OUT, person_id=person_id, now=now
    )
    return backfill


def accept_sure(uow: UnitOfWork, backfill_id: int, *, person_id: str, now: datetime) -> Backfill:
    """Register all that is sure; the worker does it."""
    backfill = backfilling.require(uow, backfill_id, person_id)
    for row in uow.backfills.findings(backfill_id, state=FindingState.WAITING):
        if row.is_sure:
            row.state, row.decided_by, row.decided_at = FindingState.ACCEPTED, person_id, now
    backfill.updated_at = now
    backfilling.tell(uow, backfill, now=now)
    return backfill


def accepted(uow: UnitOfWork, *, limit: int) -> list[tuple[int, Heard]]:
    """What is to be registered next."""
    found = []
    for row in uow.backfills.accepted(limit=limit):
        backfill = uow.backfills.get(row.backfill_id)
        channel = uow.channels.get(backfill.channel_id) if backfill is not None else None
        if channel is not None:
            found.append((row.id, heard_of(row, channel)))
    return found


def register_accepted(
    uow: UnitOfWork, finding_id: int, heard: Heard, probe: Probe, means: Means, *, now: datetime
) -> None:
    """Register one of those; whoever accepted it did so for good, whatever became of them since."""
    row = uow.backfills.finding(finding_id)
    backfill = uow.backfills.get(row.backfill_id) if row is not None else None
    if row is None or backfill is None or row.state is not FindingState.ACCEPTED:
        return
    _enter(uow, row, backfill, heard, probe, means, person_id=row.decided_by, now=now)


def forget_words(uow: UnitOfWork, *, now: datetime, limit: int = 500) -> int:
    """Drop the words of what nobody decided upon for a month; how many."""
    rows = uow.backfills.undecided_before(now - KEEP, limit=limit)
    for row in rows:
        row.text = row.title = ""
        if row.state in (FindingState.WAITING, FindingState.ACCEPTED):
            row.state, row.decided_at = FindingState.LEFT_OUT, now
    return len(rows)
