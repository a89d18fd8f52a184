"""Matches an announced initiative and answers: in the thread, to the author alone, or to the owner of private work."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bot import metrics
from bot.features.announcements import notifications
from bot.features.announcements.reply import Reply, ReplyState
from bot.features.initiatives import service as initiatives
from bot.features.matching import service as matching
from bot.features.matching.matcher import Matcher, Probe
from bot.features.matching.service import Found
from bot.features.overlaps import notifications as overlap_notifications
from bot.features.overlaps import service as overlaps
from bot.features.overlaps.said import Candidate
from storage.announcements import Announcement, AnnouncementState, Door
from storage.channels import ChannelMode
from storage.initiatives import Initiative
from storage.matches import Match, ShownTo
from storage.repository import EVERYBODY, Viewer
from storage.unit_of_work import UnitOfWork

_PERMALINK: Final = re.compile(r"/archives/([A-Z0-9]+)/p(\d{10})(\d{6})")
_STATES: Final = {
    AnnouncementState.DISMISSED: ReplyState.DISMISSED,
    AnnouncementState.WITHDRAWN: ReplyState.WITHDRAWN,
    AnnouncementState.DELETED: ReplyState.DELETED,
}


def audience_of_channel(uow: UnitOfWork, channel_id: str) -> Viewer:
    """The eyes of a channel's whole membership: the public's, and the channel's own if it is private."""
    channel = uow.channels.get(channel_id)
    return Viewer(frozenset({channel_id})) if channel is not None and channel.is_private else EVERYBODY


def eyes_of(uow: UnitOfWork, person_id: str, *, now: datetime) -> Viewer:
    """The eyes of a person, as far as membership is known freshly."""
    person = uow.people.get(person_id) if person_id else None
    if not person_id or (person is not None and person.is_external):
        return EVERYBODY
    return Viewer(uow.channels.private_of(person_id, now=now) | {person_id})


def look(uow: UnitOfWork, matcher: Matcher, probe: Probe, *, keys: Iterable[str], channel_id: str, author_id: str, links: Iterable[str],
         own_id: int | None, threshold: float | None, now: datetime) -> matching.Findings:  # fmt: skip
    """What resembles it, leaving out what its author owns or cites and what was marked as not related."""
    shut = _owned(uow, author_id) | _cited(uow, links)
    if own_id is not None:
        shut |= {own_id} | uow.overlaps.unrelated_to(own_id)
    return matching.find(uow, matcher, probe, keys=list(keys), channel=audience_of_channel(uow, channel_id),
                         author=eyes_of(uow, author_id, now=now), exclude=shut, threshold=threshold)  # fmt: skip


def _owned(uow: UnitOfWork, person_id: str) -> set[int]:
    return {row.id for row in uow.machine.initiatives.of(person_id, limit=1000)} if person_id else set()


def _cited(uow: UnitOfWork, links: Iterable[str]) -> set[int]:
    addresses = list(links)
    cited = {row.id for row in uow.machine.initiatives.by_urls(addresses).values()}
    for address in addresses:
        found = _PERMALINK.search(address)
        if found:
            announcement = uow.announcements.at(found[1], f"{found[2]}.{found[3]}")
            if announcement is not None and announcement.initiative_id is not None:
                cited.add(announcement.initiative_id)
    return cited


def answer(uow: UnitOfWork, announcement: Announcement, initiative: Initiative, findings: matching.Findings, *, version: str, now: datetime) -> None:
    """Keep what was found and tell those who may hear of it."""
    matching.keep(uow, initiative, findings, version=version, now=now)
    channel = uow.channels.get(announcement.channel_id)
    mode = channel.effective_mode if channel is not None else ChannelMode.ON
    in_a_message = "." in announcement.ts
    quiet = mode is ChannelMode.QUIET and in_a_message
    public = reply_of(uow, announcement, initiative, now=now)
    if mode is ChannelMode.ON and (findings.channel or not in_a_message):
        if announcement.channel_id:
            notifications.post_reply(uow, announcement, public, now=now)
    elif mode is ChannelMode.ON:
        notifications.mark_seen(uow, announcement, now=now)
    for_author = [*(findings.channel if quiet else ()), *findings.author]
    if announcement.author_id and in_a_message and (for_author or quiet):
        eyes = uow.seen_by(eyes_of(uow, announcement.author_id, now=now))
        candidates = [_candidate(eyes, initiative, found, now=now) for found in for_author]
        notifications.tell_author(eyes, announcement, public.card, candidates, now=now)
    for found in findings.hidden:
        ask_owner(uow, found.initiative, initiative, where=announcement.channel_id, now=now)
    metrics.WARNINGS.labels("warned" if findings.channel else "whispered" if for_author else "nothing similar").inc()


def ask_owner(uow: UnitOfWork, hidden: Initiative, announced: Initiative, *, where: str, now: datetime) -> None:
    """Ask the owner of private work whether to make contact. Only about what the public may see: they learn nothing else either."""
    owner_id = hidden.lead_id or hidden.created_by
    if not owner_id or announced.audience:
        return
    card = initiatives.card(uow.seen_by(Viewer(frozenset({hidden.audience}))), hidden)
    overlap_notifications.ask_owner(uow, owner_id, card, initiatives.card(uow.seen_by(EVERYBODY), announced), where=where, now=now)


def reply_of(uow: UnitOfWork, announcement: Announcement, initiative: Initiative, *, now: datetime) -> Reply:
    """What the reply says now, with the eyes of everybody in the channel."""
    eyes = uow.seen_by(audience_of_channel(uow, announcement.channel_id))
    matches = [match for match in eyes.matches.of(initiative.id) if match.shown_to is ShownTo.CHANNEL]
    rows = eyes.initiatives.named([match.candidate_id for match in matches])
    candidates = tuple(_stored(eyes, initiative, match, rows[match.candidate_id], now=now) for match in matches if match.candidate_id in rows)
    posted_for = announcement.author_id if announcement.door is Door.FORM and "." not in announcement.ts else ""
    return Reply(announcement.id, initiatives.card(eyes, initiative), _STATES.get(announcement.state, ReplyState.OPEN), candidates, posted_for)


def redraw(uow: UnitOfWork, initiative: Initiative, *, now: datetime) -> None:
    """Let every reply about an initiative say what is true now."""
    for announcement in uow.announcements.of_initiative(initiative.id):
        if notifications.has_reply(uow, announcement):
            notifications.redraw_reply(uow, announcement, reply_of(uow, announcement, initiative, now=now), now=now)


def again(uow: UnitOfWork, initiative: Initiative, findings: matching.Findings, *, version: str, now: datetime) -> None:
    """After a change: keep what is found now, and let the replies follow: updated, posted for the first time, or left quiet."""
    before = {match.candidate_id for match in uow.matches.of(initiative.id)}
    kept = _with_unrelated(uow, initiative, findings)
    matching.keep(uow, initiative, kept, version=version, now=now)
    for announcement in uow.announcements.of_initiative(initiative.id):
        if announcement.state is not AnnouncementState.REGISTERED or not announcement.channel_id:
            continue
        channel = uow.channels.get(announcement.channel_id)
        mode = channel.effective_mode if channel is not None else ChannelMode.ON
        drawn = reply_of(uow, announcement, initiative, now=now)
        if notifications.has_reply(uow, announcement):
            notifications.redraw_reply(uow, announcement, drawn, now=now)
        elif mode is ChannelMode.ON and findings.channel and "." in announcement.ts:
            notifications.unmark_seen(uow, announcement, now=now)
            notifications.post_reply(uow, announcement, drawn, now=now)
        elif mode is ChannelMode.QUIET and announcement.author_id and any(found.initiative.id not in before for found in findings.channel):
            announcement.reply_version += 1
            notifications.tell_author(uow, announcement, drawn.card, list(drawn.candidates), now=now)
        for found in findings.hidden:
            if found.initiative.id not in before:
                ask_owner(uow, found.initiative, initiative, where=announcement.channel_id, now=now)


def _with_unrelated(uow: UnitOfWork, initiative: Initiative, findings: matching.Findings) -> matching.Findings:
    """What was marked as not related is never found again, and so leaves the reply with the next change."""
    unrelated = uow.overlaps.unrelated_to(initiative.id)
    channel = [found for found in findings.channel if found.initiative.id not in unrelated]
    return matching.Findings(channel, findings.author, findings.hidden)


def _candidate(uow: UnitOfWork, initiative: Initiative, found: Found, *, now: datetime) -> Candidate:
    said = tuple(overlaps.said_of(uow, initiative.id, found.initiative.id, now=now))
    return Candidate(initiatives.card(uow, found.initiative), found.reasons, said)


def _stored(uow: UnitOfWork, initiative: Initiative, match: Match, row: Initiative, *, now: datetime) -> Candidate:
    said = tuple(overlaps.said_of(uow, initiative.id, row.id, now=now))
    return Candidate(initiatives.card(uow, row), matching.reasons_from_json(match.reasons), said)
