"""Puts what was announced in the past into the registry and matches it, without a word to anybody."""

from dataclasses import replace
from datetime import datetime

from bot.features.announcements import answer, service
from bot.features.announcements.detector import Kind
from bot.features.announcements.heard import Heard
from bot.features.announcements.service import CROSS_POST, Means
from bot.features.capabilities import service as capabilities
from bot.features.initiatives import service as initiatives
from bot.features.matching import service as matching
from bot.features.matching.matcher import Probe
from storage.announcements import Announcement, AnnouncementState, Door
from storage.unit_of_work import UnitOfWork


def enter(
    uow: UnitOfWork, heard: Heard, probe: Probe, means: Means, *, by_itself: bool, said_at: datetime, now: datetime
) -> Announcement:
    """Register a message of the past with the date on which it was said; its author leads it unless it names somebody.

    ``by_itself``: its words announce, and nobody had to say that they do.

    Its message is known from here on: an event of it that comes late changes nothing. The same text by the same person
    around the same time is another copy of the same entry.
    """
    uow.workspaces.ensure(now=now)
    first = uow.announcements.same_text(heard.author_id, heard.fingerprint, since=said_at - CROSS_POST)
    version = matching.take_turn(uow, means.matcher)
    row = uow.announcements.add(
        Announcement(workspace_id=uow.workspace_id, channel_id=heard.channel_id, ts=heard.ts, author_id=heard.author_id,
                     door=Door.MARKER if heard.kind is Kind.MARKED else Door.PROSE, state=AnnouncementState.REGISTERED,
                     fingerprint=heard.fingerprint, text=heard.text, edited_ts=heard.edited_ts, by_itself=by_itself, created_at=said_at, updated_at=now)
    )  # fmt: skip
    copied = uow.machine.initiatives.get(first.initiative_id or 0) if first is not None else None
    if copied is not None and copied.withdrawn_at is None:
        row.initiative_id = copied.id
        channel = uow.channels.get(heard.channel_id)
        if copied.audience and channel is not None and not channel.is_private:
            uow.initiatives.change(copied, version=version, now=now, audience="")  # its author said it in public
        uow.session.flush()
        return row
    draft = service._draft(uow, heard)
    keys = list(draft.capabilities) or capabilities.recognise(uow, draft.summary, title=draft.title)
    findings = answer.look(uow, means.matcher, probe, keys=keys, channel=answer.audience_of_channel(uow, heard.channel_id),
                           author_id=heard.author_id, links=[*heard.links, draft.url], own_id=None, threshold=means.threshold, now=now, draft=draft)  # fmt: skip
    audience = service._audience_in(uow.channels.get(heard.channel_id), heard.author_id)
    initiative = initiatives.register(uow, replace(draft, capabilities=tuple(keys)), created_by=heard.author_id, audience=audience,
                                      version=version, now=now)  # fmt: skip
    initiative.created_at = said_at
    matching.keep_analysis(uow, initiative, probe)
    row.initiative_id = initiative.id
    uow.session.flush()
    # Nobody was told, so nobody's owner was asked either.
    matching.keep(uow, initiative, replace(findings, author=[], hidden=[]), version=means.matcher.version, now=now)
    return row


def date_back(uow: UnitOfWork, row: Announcement, said_at: datetime) -> None:
    """Give what was just taken in the date on which it was said."""
    if row.initiative_id is not None and uow.announcements.of_initiative(row.initiative_id)[0].id == row.id:
        initiative = uow.machine.initiatives.get(row.initiative_id)
        if initiative is not None:
            initiative.created_at = min(initiative.created_at, said_at)
    row.created_at = min(row.created_at, said_at)
