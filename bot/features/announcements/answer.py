"""Matches an announced initiative and answers: in the thread, to the author alone, or to the owner of private work."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from bot import metrics
from bot.features.announcements import notifications
from bot.features.announcements.detector import detect, is_public
from bot.features.announcements.reply import Aside, Reply, ReplyState
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.service import Draft
from bot.features.matching import answers
from bot.features.matching import service as matching
from bot.features.matching.circumstances import Circumstances
from bot.features.matching.matcher import Matcher, Probe
from bot.features.overlaps import notifications as overlap_notifications
from bot.features.overlaps import service as overlaps
from bot.features.overlaps.said import Candidate
from storage.announcements import Announcement, AnnouncementState, Door
from storage.channels import ChannelMode
from storage.initiatives import OVER, Initiative
from storage.matches import ShownTo
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


def audience_of_initiative(uow: UnitOfWork, initiative: Initiative) -> Viewer:
    """The eyes of every channel that an initiative was announced in, together; each reply names only what its own may see."""
    rows = uow.announcements.of_initiative(initiative.id)
    seen = [audience_of_channel(uow, row.channel_id).audiences or frozenset() for row in rows if row.channel_id]
    return Viewer(frozenset().union(*seen))


def is_message(announcement: Announcement) -> bool:
    """Whether a message of somebody's announced it, and not a form."""
    return "." in announcement.ts


def stands_on_its_words(announcement: Announcement) -> bool:
    """Whether the message announces by itself: no form, and nobody had to say that it is one."""
    if announcement.door not in (Door.MARKER, Door.PROSE):
        return False
    if announcement.by_itself is not None:
        return announcement.by_itself
    return is_public(detect(announcement.text).kind)


def look(uow: UnitOfWork, matcher: Matcher, probe: Probe, *, keys: Iterable[str], channel: Viewer, author_id: str, links: Iterable[str],
         own_id: int | None, threshold: float | None, now: datetime, draft: Draft | None = None) -> matching.Findings:  # fmt: skip
    """What resembles it, leaving out what its author owns or cites and what was marked as not related.

    ``threshold`` is the process's own; what an admin has set counts more. ``draft``: what is not in the registry yet.
    """
    shut = owned_or_cited(uow, author_id, links)
    if own_id is not None:
        shut |= {own_id} | uow.overlaps.unrelated_to(own_id)
    return matching.find(uow, matcher, probe, keys=list(keys), channel=channel, author=initiatives.eyes_of(uow, author_id, now=now),
                         exclude=shut, threshold=answers.level(uow, matcher, threshold).number, about=_about(uow, draft, author_id, own_id, now=now))  # fmt: skip


def _about(uow: UnitOfWork, draft: Draft | None, author_id: str, own_id: int | None, *, now: datetime) -> Circumstances:
    row = uow.machine.initiatives.get(own_id) if own_id is not None else None
    if draft is None:
        return Circumstances.of(row) if row is not None else Circumstances(author_id=author_id)
    named = uow.teams.by_name(draft.team_name) if draft.team_name else None
    began = None if draft.status in OVER else draft.started_on or now.date()
    return Circumstances(
        draft.system, named.id if named is not None else draft.team_id, draft.lead_id, author_id, began
    )


def owned_or_cited(uow: UnitOfWork, person_id: str, links: Iterable[str]) -> set[int]:
    """What nobody has to be told of: a person's own work, and what they point to themselves."""
    owned = uow.machine.initiatives.ids_of(person_id) if person_id else set()
    return owned | _cited(uow, links)


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


def answer(
    uow: UnitOfWork,
    announcement: Announcement,
    initiative: Initiative,
    findings: matching.Findings,
    *,
    version: str,
    now: datetime,
) -> None:
    """Keep what was found and tell those who may hear of it."""
    matching.keep(uow, initiative, findings, version=version, now=now)
    settle(uow, announcement, initiative, now=now)
    quiet = _mode(uow, announcement) is ChannelMode.QUIET
    whispered = [*(findings.channel if quiet else ()), *findings.author]
    # Who filled a form saw all of this before it was saved.
    if announcement.door in (Door.MARKER, Door.PROSE) and announcement.author_id and (whispered or quiet):
        _tell_author(uow, announcement, initiative, key=f"author:{announcement.id}", now=now)
    for found in findings.hidden:
        ask_owner(uow, found.initiative, initiative, where=announcement.channel_id, now=now)
    metrics.WARNINGS.labels("warned" if findings.channel else "whispered" if whispered else "nothing similar").inc()


def settle(uow: UnitOfWork, announcement: Announcement, initiative: Initiative, *, now: datetime) -> None:
    """Let what stands at an announcement say what is true now: the reply follows, or comes; the tick comes, or goes."""
    drawn = reply_of(uow, announcement, initiative, now=now)
    if notifications.has_reply(uow, announcement):
        notifications.redraw_reply(uow, announcement, drawn, now=now)
        return
    aloud = (
        announcement.state is AnnouncementState.REGISTERED
        and _mode(uow, announcement) is ChannelMode.ON
        and announcement.channel_id
    )
    if aloud and (not is_message(announcement) or any(candidate.unrelated is None for candidate in drawn.candidates)):
        notifications.unmark_seen(uow, announcement, now=now)
        notifications.post_reply(uow, announcement, drawn, now=now)
    elif aloud and _is_inside(uow, announcement):
        notifications.mark_seen(uow, announcement, now=now)
    elif announcement.state is not AnnouncementState.DELETED:
        notifications.unmark_seen(uow, announcement, now=now)


def _mode(uow: UnitOfWork, announcement: Announcement) -> ChannelMode:
    channel = uow.channels.get(announcement.channel_id)
    return uow.channels.mode_of(channel)


def _is_inside(uow: UnitOfWork, announcement: Announcement) -> bool:
    """Whether the bot is in the channel, as far as we know: only there may it react."""
    channel = uow.channels.get(announcement.channel_id)
    return channel is None or channel.is_member


def _tell_author(
    uow: UnitOfWork, announcement: Announcement, initiative: Initiative, *, key: str, now: datetime
) -> None:
    eyes = uow.seen_by(initiatives.eyes_of(uow, announcement.author_id, now=now))
    notifications.tell_author(uow, announcement, aside_of(eyes, announcement, initiative, now=now), key=key, now=now)


def aside_of(eyes: UnitOfWork, announcement: Announcement, initiative: Initiative, *, now: datetime) -> Aside:
    """What its author alone is told, with the author's eyes: everything in a quiet channel, else only what others there may not see."""
    quiet = _mode(eyes, announcement) is ChannelMode.QUIET
    shown = (ShownTo.CHANNEL, ShownTo.AUTHOR) if quiet else (ShownTo.AUTHOR,)
    candidates = _candidates(eyes, initiative, shown, now=now)
    card = initiatives.card(eyes.seen_by(audience_of_channel(eyes, announcement.channel_id)), initiative)
    return Aside(announcement.id, card, candidates, private=any(candidate.card.is_private for candidate in candidates))


def ask_owner(uow: UnitOfWork, hidden: Initiative, announced: Initiative, *, where: str, now: datetime) -> None:
    """Ask the owner of private work whether to make contact. Only about what the public may see: they learn nothing else either.

    The owner is its lead, else who registered it, if they may still see it: somebody who left the channel hears nothing of it.
    """
    if announced.audience:
        return
    for owner_id in dict.fromkeys((hidden.lead_id, hidden.created_by)):
        if owner_id and initiatives.eyes_of(uow, owner_id, now=now).sees(hidden.audience):
            card = initiatives.card(uow.seen_by(Viewer(frozenset({hidden.audience}))), hidden)
            overlap_notifications.ask_owner(
                uow, owner_id, card, initiatives.card(uow.seen_by(EVERYBODY), announced), where=where, now=now
            )
            return


def reply_of(uow: UnitOfWork, announcement: Announcement, initiative: Initiative, *, now: datetime) -> Reply:
    """What the reply says now, with the eyes of everybody in the channel."""
    eyes = uow.seen_by(audience_of_channel(uow, announcement.channel_id))
    state = _STATES.get(announcement.state, ReplyState.OPEN)
    if state is ReplyState.WITHDRAWN and (
        stands_on_its_words(announcement) or announcement.door in (Door.FORM, Door.SHORTCUT)
    ):
        state = ReplyState.RETIRED
    posted_for = announcement.author_id if not is_message(announcement) else ""
    return Reply(
        announcement.id,
        initiatives.card(eyes, initiative),
        state,
        _candidates(eyes, initiative, (ShownTo.CHANNEL,), now=now),
        posted_for,
    )


def _candidates(
    eyes: UnitOfWork, initiative: Initiative, shown_to: tuple[ShownTo, ...], *, now: datetime
) -> tuple[Candidate, ...]:
    """The stored matches that these eyes may see, at most three."""
    matches = sorted(
        (match for match in eyes.matches.of(initiative.id) if match.shown_to in shown_to),
        key=lambda match: -match.probability,
    )
    rows = eyes.initiatives.named([match.candidate_id for match in matches])
    seen = [(match, rows[match.candidate_id]) for match in matches if match.candidate_id in rows][: matching.CANDIDATES]
    cards = initiatives.cards(eyes, [row for _, row in seen])
    said = overlaps.said_of_each(eyes, initiative.id, [row.id for _, row in seen], now=now)
    return tuple(
        Candidate(card, matching.reasons_from_json(match.reasons), tuple(said[row.id]))
        for (match, row), card in zip(seen, cards, strict=True)
    )


def redraw(uow: UnitOfWork, initiative: Initiative, *, now: datetime) -> None:
    """Let every reply about an initiative say what is true now."""
    for announcement in uow.announcements.of_initiative(initiative.id):
        if notifications.has_reply(uow, announcement):
            notifications.redraw_reply(uow, announcement, reply_of(uow, announcement, initiative, now=now), now=now)


def again(uow: UnitOfWork, initiative: Initiative, findings: matching.Findings, *, version: str, now: datetime) -> None:
    """After a change: keep what is found now, and let the replies follow: updated, posted for the first time, or left quiet."""
    before = {match.candidate_id for match in uow.matches.of(initiative.id)}
    matching.keep(uow, initiative, findings, version=version, now=now)
    standing = [
        row for row in uow.announcements.of_initiative(initiative.id) if row.state is AnnouncementState.REGISTERED
    ]
    for announcement in standing:
        settle(uow, announcement, initiative, now=now)
        quiet = _mode(uow, announcement) is ChannelMode.QUIET
        news = [
            found
            for found in (*(findings.channel if quiet else ()), *findings.author)
            if found.initiative.id not in before
        ]
        if news and announcement.author_id and is_message(announcement):
            _tell_author(uow, announcement, initiative, key=f"author:{announcement.id}:{now.timestamp()}", now=now)
    for found in findings.hidden:
        if found.initiative.id not in before:
            ask_owner(uow, found.initiative, initiative, where=_public_place(uow, standing), now=now)


def _public_place(uow: UnitOfWork, announcements: Iterable[Announcement]) -> str:
    """A public channel in which it was announced; "" for none."""
    places = (announcement.channel_id for announcement in announcements if announcement.channel_id)
    return next((place for place in places if audience_of_channel(uow, place) == EVERYBODY), "")
