"""Decides what a heard message means: registered, asked about, ignored; and what edits, deletions and second thoughts do."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from bot import metrics
from bot.errors import NotAllowed, NotFound, Refusal
from bot.features.announcements import answer, notifications
from bot.features.announcements.detector import Kind, is_public
from bot.features.announcements.heard import Heard
from bot.features.announcements.likeness import Likeness
from bot.features.announcements.reading import Draft as Reading
from bot.features.announcements.reading import links, read
from bot.features.capabilities import service as capabilities
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.initiatives.service import Draft
from bot.features.matching import service as matching
from bot.features.matching.matcher import Matcher, Probe
from storage.announcements import Announcement, AnnouncementState, Door
from storage.channels import Channel, ChannelMode
from storage.initiatives import Initiative, Status
from storage.repository import EVERYBODY, Viewer
from storage.unit_of_work import UnitOfWork

#: The same text by the same person elsewhere within this is a cross-post.
CROSS_POST: Final = timedelta(days=14)
#: "Not an initiative" and "withdrawn" can be undone this long.
UNDO: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Means:
    """What deciding needs beside the rows."""

    matcher: Matcher
    threshold: float | None
    #: The second opinion on messages; None where the rules decide alone.
    likeness: Likeness | None = None


def hear(uow: UnitOfWork, heard: Heard, probe: Probe, means: Means, *, now: datetime) -> Announcement | None:
    """Take in a message that announces something, or may. None when there is nothing to do."""
    uow.workspaces.ensure(now=now)
    channel = uow.channels.meet(heard.channel_id, is_private=heard.is_private, is_shared=heard.is_shared)
    channel.is_member = True  # else it would not have been heard
    mode = uow.channels.mode_of(channel)
    known = uow.announcements.at(heard.channel_id, heard.ts)
    if mode is ChannelMode.OFF or known is not None or _is_external(uow, heard.author_id):
        return None
    if mode is ChannelMode.OBSERVE:
        return _note(uow, heard, AnnouncementState.OBSERVED, now=now, with_text=False)
    if heard.kind is Kind.UNSURE:
        return _ask(uow, heard, probe, means, now=now)
    first = uow.announcements.same_text(heard.author_id, heard.fingerprint, since=now - CROSS_POST)
    announcement = _note(uow, heard, AnnouncementState.REGISTERED, now=now)
    initiative = uow.machine.initiatives.get(first.initiative_id or 0) if first is not None else None
    if initiative is not None and initiative.withdrawn_at is None:
        return _cross_post(uow, announcement, initiative, probe, means, links=heard.links, now=now)
    register(uow, announcement, _draft(uow, heard), probe, means, links=heard.links, now=now)
    return announcement


def _note(
    uow: UnitOfWork, heard: Heard, state: AnnouncementState, *, now: datetime, with_text: bool = True
) -> Announcement:
    door = Door.MARKER if heard.kind is Kind.MARKED else Door.PROSE
    return uow.announcements.add(
        Announcement(workspace_id=uow.workspace_id, channel_id=heard.channel_id, ts=heard.ts, author_id=heard.author_id, door=door,
                     state=state, fingerprint=heard.fingerprint, text=heard.text if with_text else "", edited_ts=heard.edited_ts,
                     by_itself=is_public(heard.kind), created_at=now, updated_at=now)
    )  # fmt: skip


def _ask(uow: UnitOfWork, heard: Heard, probe: Probe, means: Means, *, now: datetime) -> Announcement | None:
    """Ask the author quietly, naming what they may see of similar work. Nobody to ask, or asked not to be asked: nothing is kept."""
    if not heard.author_id or uow.channels.is_muted(heard.channel_id, heard.author_id):
        return None
    means.matcher.catch_up(uow)
    eyes = initiatives.eyes_of(uow, heard.author_id, now=now)
    findings = answer.look(uow, means.matcher, probe, keys=capabilities.recognise(uow, heard.draft.summary, title=heard.draft.title), channel=eyes,
                           author_id=heard.author_id, links=heard.links, own_id=None, threshold=means.threshold, now=now,
                           draft=_draft(uow, heard))  # fmt: skip
    similar = initiatives.cards(uow.seen_by(eyes), [found.initiative for found in findings.channel])
    announcement = _note(uow, heard, AnnouncementState.ASKED, now=now)
    notifications.ask_author(uow, announcement, heard.draft.title, similar, now=now)
    return announcement


def _cross_post(uow: UnitOfWork, announcement: Announcement, initiative: Initiative, probe: Probe, means: Means, *, links: Iterable[str],
                now: datetime) -> Announcement:  # fmt: skip
    """The same entry in another place.

    A private one that its author now posts in public is public from here on, and matched as such: for the first time others may hear of it.
    """
    announcement.initiative_id = initiative.id
    uow.session.flush()
    channel = uow.channels.get(announcement.channel_id)
    if initiative.audience and channel is not None and not channel.is_private:
        version = matching.take_turn(uow, means.matcher)
        findings = answer.look(uow, means.matcher, probe, keys=initiative.capabilities, channel=answer.audience_of_initiative(uow, initiative),
                               author_id=announcement.author_id, links=[*links, initiative.url], own_id=initiative.id, threshold=means.threshold,
                               now=now)  # fmt: skip
        uow.initiatives.change(initiative, version=version, now=now, audience="")
        uow.session.flush()
        answer.again(uow, initiative, findings, version=means.matcher.version, now=now)
    elif uow.channels.mode_of(channel) is ChannelMode.ON:
        # What is similar is said where it was announced first.
        notifications.mark_seen(uow, announcement, now=now)
    return announcement


def register(
    uow: UnitOfWork, announcement: Announcement, draft: Draft, probe: Probe, means: Means, *, links: Iterable[str] = (), now: datetime,
    audience: str | None = None,
) -> Initiative:  # fmt: skip
    """Put what was announced into the registry, match it, and answer."""
    version = matching.take_turn(uow, means.matcher)
    keys = list(draft.capabilities) or capabilities.recognise(uow, draft.summary, title=draft.title)
    findings = answer.look(uow, means.matcher, probe, keys=keys, channel=answer.audience_of_channel(uow, announcement.channel_id),
                           author_id=announcement.author_id, links=[*links, draft.url], own_id=None, threshold=means.threshold, now=now,
                           draft=draft)  # fmt: skip
    channel = uow.channels.get(announcement.channel_id) if announcement.channel_id else None
    if audience is None:
        audience = _audience_in(channel, announcement.author_id)
    initiative = initiatives.register(uow, replace(draft, capabilities=tuple(keys)), created_by=announcement.author_id, audience=audience,
                                      version=version, now=now)  # fmt: skip
    matching.keep_analysis(uow, initiative, probe)
    announcement.initiative_id, announcement.state = initiative.id, AnnouncementState.REGISTERED
    uow.session.flush()
    answer.answer(uow, announcement, initiative, findings, version=means.matcher.version, now=now)
    _ask_for_team(uow, announcement, initiative, now=now)
    metrics.ANNOUNCEMENTS.labels(announcement.door).inc()
    return initiative


def _audience_in(channel: Channel | None, author_id: str) -> str:
    """Who may see what is announced in a channel: everybody; a private channel's members; or, where the bot cannot see who these are, its author."""
    if channel is None or not channel.is_private:
        return ""
    return channel.id if channel.is_member else author_id


def _ask_for_team(uow: UnitOfWork, announcement: Announcement, initiative: Initiative, *, now: datetime) -> None:
    """Ask an author without a team, once in their life. A form has a field for it, so nobody is asked after one."""
    if initiative.team_id is not None or not announcement.author_id or announcement.door in (Door.FORM, Door.SHORTCUT):
        return
    person = uow.people.meet(announcement.author_id)
    if person.team_asked_at is None:
        person.team_asked_at = now
        card = initiatives.card(uow.seen_by(Viewer(frozenset({initiative.audience}))), initiative)
        notifications.ask_team(uow, announcement, card, uow.teams.all(), now=now)


def _draft(uow: UnitOfWork, heard: Heard) -> Draft:
    """What the message says, with its names looked up."""
    return _read(
        uow,
        heard.draft,
        author_id=heard.author_id,
        private=answer.audience_of_channel(uow, heard.channel_id) != EVERYBODY,
    )


def _read(uow: UnitOfWork, reading: Reading, *, author_id: str, private: bool) -> Draft:
    team = uow.teams.by_name(reading.team) if reading.team else None
    title = " ".join(reading.title.split())
    if len(title) > initiatives.TITLE_LENGTH:
        title = title[: initiatives.TITLE_LENGTH - 1].rstrip() + "…"
    # A name that only a private message says makes no team: the list of teams is for everybody.
    new_team = reading.team if team is None and not private and len(reading.team) <= 40 else ""
    return Draft(
        title=title if initiatives.is_readable(title) else "Untitled initiative", summary=reading.summary[: initiatives.SUMMARY_LENGTH],
        team_id=team.id if team else None, team_name=new_team, lead_id=reading.lead or author_id, url=_own_page(reading),
        system=reading.system, status=_status(reading.status),
    )  # fmt: skip


def _own_page(reading: Reading) -> str:
    """A link that the message labels as its own page; a link in passing may be anything."""
    return reading.url if "url" in reading.labels else ""


def _status(word: str) -> Status:
    try:
        return Status(word.strip().lower())
    except ValueError:
        return Status.PROPOSED


def _is_external(uow: UnitOfWork, person_id: str) -> bool:
    person = uow.people.get(person_id) if person_id else None
    return person is not None and person.is_external


# --- edits and deletions ----------------------------------------------------------------------------------------


def amend(uow: UnitOfWork, heard: Heard, probe: Probe, means: Means, *, now: datetime) -> Announcement | None:
    """Take in an edit. Copies that come late or twice change nothing; what people said of it stands.

    An edit that no longer announces anything withdraws the initiative, unless somebody had vouched for it: by a form, by
    *Register it*, by *Undo*.
    """
    row = uow.announcements.at(heard.channel_id, heard.ts)
    if row is None:
        return hear(uow, heard, probe, means, now=now) if heard.kind is not Kind.NONE else None
    if row.state in (AnnouncementState.DELETED, AnnouncementState.DISMISSED, AnnouncementState.OBSERVED) or _not_newer(
        heard.edited_ts, row.edited_ts
    ):
        return None
    if not row.text:
        return row  # its words were forgotten, so nothing can be told of what changed: the entry is its people's by now
    by_itself, before = answer.stands_on_its_words(row), read(row.text)
    row.edited_ts, row.updated_at = heard.edited_ts, now
    if heard.fingerprint == row.fingerprint and heard.text == row.text:
        return row
    row.text, row.fingerprint, row.by_itself = heard.text, heard.fingerprint, is_public(heard.kind)
    if row.state is AnnouncementState.ASKED:
        if is_public(heard.kind):
            register(uow, row, _draft(uow, heard), probe, means, links=heard.links, now=now)
        return row
    initiative = uow.machine.initiatives.get(row.initiative_id or 0)
    if initiative is None:
        return row
    if row.state is AnnouncementState.WITHDRAWN:
        if by_itself or row.door in (Door.FORM, Door.SHORTCUT) or heard.kind is Kind.NONE:
            return row  # taken back by hand, or still no announcement
        row.state = AnnouncementState.REGISTERED
        initiatives.restore(uow, initiative, now=now)
    elif heard.kind is Kind.NONE and by_itself:
        return take_back(uow, row, initiative, AnnouncementState.WITHDRAWN, now=now)
    _rewrite(uow, initiative, before, heard, probe, means, now=now)
    return row


def _not_newer(edited_ts: str, known_ts: str) -> bool:
    return bool(known_ts) and bool(edited_ts) and float(edited_ts) <= float(known_ts)


def _rewrite(
    uow: UnitOfWork, initiative: Initiative, before: Reading, heard: Heard, probe: Probe, means: Means, *, now: datetime
) -> None:
    """Give an initiative the words of its edited message, match it again, and let the replies follow. What people changed by hand stays theirs."""
    version = matching.take_turn(uow, means.matcher)
    private = bool(initiative.audience)
    was, now_says = (
        _read(uow, reading, author_id=heard.author_id, private=private) for reading in (before, heard.draft)
    )
    fields = {name: getattr(now_says, name) for name in ("title", "summary", "url", "system", "status", "lead_id")
              if getattr(initiative, name) == getattr(was, name)}  # fmt: skip
    if before.team != heard.draft.team and (now_says.team_id or now_says.team_name):
        fields["team_id"] = initiatives.team_of(uow, now_says, person_id=now_says.lead_id, now=now)
    if list(initiative.capabilities) == capabilities.recognise(uow, was.summary, title=was.title):
        fields["capabilities"] = capabilities.recognise(uow, now_says.summary, title=now_says.title)
    findings = answer.look(uow, means.matcher, probe, keys=fields.get("capabilities", initiative.capabilities),
                           channel=answer.audience_of_initiative(uow, initiative), author_id=initiative.created_by or initiative.lead_id,
                           links=[*heard.links, *links_of(uow, initiative)], own_id=initiative.id, threshold=means.threshold, now=now)  # fmt: skip
    uow.initiatives.change(initiative, version=version, now=now, **fields)
    if (initiative.title, initiative.summary) == (probe.title, probe.body):
        matching.keep_analysis(uow, initiative, probe)  # else matching's job makes it
    uow.session.flush()
    answer.again(uow, initiative, findings, version=means.matcher.version, now=now)


def links_of(uow: UnitOfWork, initiative: Initiative) -> list[str]:
    """What an initiative points to: its own page, and what its announcements cite."""
    said = [link for row in uow.announcements.of_initiative(initiative.id) for link in links(row.text)]
    return [*said, initiative.url] if initiative.url else said


def take_back(
    uow: UnitOfWork, row: Announcement, initiative: Initiative, state: AnnouncementState, *, now: datetime
) -> Announcement:
    """The announcement no longer stands; its initiative goes out of sight unless another announcement holds it."""
    row.state, row.updated_at = state, now
    uow.session.flush()
    others = [
        other for other in uow.announcements.of_initiative(initiative.id) if other.state is AnnouncementState.REGISTERED
    ]
    if not others:
        initiatives.withdraw(uow, initiative, now=now)
    answer.settle(uow, row, initiative, now=now)
    return row


def remove(uow: UnitOfWork, channel_id: str, ts: str, *, was_announcement: bool, now: datetime) -> Announcement | None:
    """The message is gone. Told of it before the message itself, remember that, so that a late copy is not answered."""
    row = uow.announcements.at(channel_id, ts)
    if row is None:
        if not was_announcement:
            return None
        uow.workspaces.ensure(now=now)
        return uow.announcements.add(
            Announcement(
                workspace_id=uow.workspace_id,
                channel_id=channel_id,
                ts=ts,
                door=Door.PROSE,
                state=AnnouncementState.DELETED,
                created_at=now,
                updated_at=now,
            )
        )
    if row.state is AnnouncementState.DELETED:
        return row
    row.text = ""
    initiative = uow.machine.initiatives.get(row.initiative_id) if row.initiative_id is not None else None
    if initiative is None:
        row.state, row.updated_at = AnnouncementState.DELETED, now
        return row
    return take_back(uow, row, initiative, AnnouncementState.DELETED, now=now)


# --- what people press ------------------------------------------------------------------------------------------


def require(uow: UnitOfWork, announcement_id: int) -> Announcement:
    """The announcement behind a button.

    Raises:
        NotFound: it is gone.
    """
    row = uow.announcements.get(announcement_id)
    if row is None or row.state is AnnouncementState.DELETED:
        raise NotFound("That announcement was deleted, so there is nothing left to change.")
    return row


def _require_own(uow: UnitOfWork, announcement_id: int, person_id: str) -> tuple[Announcement, Initiative]:
    row = require(uow, announcement_id)
    initiative = uow.machine.initiatives.get(row.initiative_id or 0)
    if initiative is None:
        raise NotFound("That initiative is not in the registry any more.")
    if row.author_id != person_id and not initiatives.may_change(uow, initiative, person_id):
        who = f"<@{row.author_id}> announced it" if row.author_id else "it has no author here"
        raise NotAllowed(f"You can't change this one: {who}. They, its lead or an admin can.")
    return row, initiative


def dismiss(uow: UnitOfWork, announcement_id: int, *, person_id: str, now: datetime) -> Card:
    """It is no initiative, says its author. Can be undone for a week."""
    row, initiative = _require_own(uow, announcement_id, person_id)
    card = card_for(uow, initiative)
    if row.state is AnnouncementState.REGISTERED:
        for each in uow.announcements.of_initiative(initiative.id):  # cross-posts announce the same
            if each.state is AnnouncementState.REGISTERED:
                take_back(uow, each, initiative, AnnouncementState.DISMISSED, now=now)
    return card


def restore(uow: UnitOfWork, announcement_id: int, *, person_id: str, now: datetime) -> Card:
    """It is one after all."""
    row, initiative = _require_own(uow, announcement_id, person_id)
    if row.state is AnnouncementState.REGISTERED:
        return card_for(uow, initiative)
    if now - row.updated_at > UNDO:
        raise Refusal("That was more than a week ago and can't be undone. Announce it again with `/rowbot announce`.")
    stand_again(uow, initiative, row.state, now=now)
    return card_for(uow, initiative)


def stand_again(uow: UnitOfWork, initiative: Initiative, taken_back: AnnouncementState, *, now: datetime) -> None:
    """Bring an initiative back, with every announcement that was taken back in this way."""
    rows = [row for row in uow.announcements.of_initiative(initiative.id) if row.state is taken_back]
    for row in rows:
        row.state, row.updated_at = AnnouncementState.REGISTERED, now
    initiatives.restore(uow, initiative, now=now)
    uow.session.flush()
    for row in rows:
        answer.settle(uow, row, initiative, now=now)


def accept(
    uow: UnitOfWork, announcement_id: int, heard: Heard, probe: Probe, means: Means, *, person_id: str, now: datetime
) -> Card:
    """The author says: yes, register it."""
    row = require(uow, announcement_id)
    if row.author_id != person_id:
        raise NotAllowed("Only the author of the message is asked.")
    if row.state is AnnouncementState.DISMISSED and row.initiative_id is None:
        raise Refusal(
            "You said that it is none. If it is one after all: *Register as initiative* is in the message's menu."
        )
    if row.state is AnnouncementState.ASKED:
        register(uow, row, _draft(uow, heard), probe, means, links=heard.links, now=now)
    initiative = uow.machine.initiatives.get(row.initiative_id or 0)
    if initiative is None:
        raise NotFound("That initiative is not in the registry any more.")
    return card_for(uow, initiative)


def decline(uow: UnitOfWork, announcement_id: int, *, person_id: str, mute: bool, now: datetime) -> None:
    """The author says: no; with ``mute``: and do not ask me here again. The text is forgotten."""
    row = require(uow, announcement_id)
    if row.author_id != person_id:
        raise NotAllowed("Only the author of the message is asked.")
    if row.state is AnnouncementState.ASKED:
        row.state, row.text, row.updated_at = AnnouncementState.DISMISSED, "", now
    if mute:
        uow.channels.mute(row.channel_id, person_id)


def asked_text(uow: UnitOfWork, announcement_id: int) -> Announcement:
    """The announcement that its author is asked about."""
    return require(uow, announcement_id)


def card_for(uow: UnitOfWork, initiative: Initiative) -> Card:
    """The card for whoever may see the initiative."""
    return initiatives.card(uow.seen_by(Viewer(frozenset({initiative.audience}) - {""})), initiative)
