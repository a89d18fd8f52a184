"""What owners do with their initiatives, and how the replies follow."""

from dataclasses import replace
from datetime import datetime

from bot.features.announcements import answer, notifications
from bot.features.announcements.service import Means, card_for, links_of, stand_again, take_back
from bot.features.capabilities import service as capabilities
from bot.features.initiatives import service as initiatives
from bot.features.initiatives.card import Card
from bot.features.initiatives.service import Draft
from bot.features.matching import service as matching
from bot.features.matching.matcher import Probe
from storage.announcements import AnnouncementState
from storage.initiatives import Status
from storage.unit_of_work import UnitOfWork


def edit(
    uow: UnitOfWork, initiative_id: int, draft: Draft, probe: Probe, means: Means, *, person_id: str, now: datetime
) -> Card:
    """Change an initiative by its form; match it again and let its replies follow."""
    matching.take_turn(uow, means.matcher)
    initiative = initiatives.require_mine(uow, initiative_id, person_id)
    keys = list(draft.capabilities) or capabilities.recognise(uow, draft.summary, title=draft.title)
    findings = answer.look(uow, means.matcher, probe, keys=keys, channel=answer.audience_of_initiative(uow, initiative),
                           author_id=initiative.created_by or initiative.lead_id, links=[*links_of(uow, initiative), draft.url],
                           own_id=initiative_id, threshold=means.threshold, now=now)  # fmt: skip
    changed = initiatives.edit(
        uow, initiative_id, replace(draft, capabilities=tuple(keys)), person_id=person_id, now=now
    )
    if (initiative.title, initiative.summary) == (probe.title, probe.body):
        matching.keep_analysis(uow, initiative, probe)
    uow.session.flush()
    answer.again(uow, initiative, findings, version=means.matcher.version, now=now)
    if "lead_id" in changed.before and changed.card.lead_id not in ("", person_id):
        notifications.tell_new_lead(uow, changed.card, by=person_id, now=now)
    return changed.card


def close(
    uow: UnitOfWork, initiative_id: int, status: Status, *, person_id: str, lesson: str = "", now: datetime
) -> None:
    """Say how an initiative ended and let its replies say so; who did it is told of the way back."""
    changed = initiatives.set_status(uow, initiative_id, status, person_id=person_id, lesson=lesson, now=now)
    if "status" in changed.before:
        empty = changed.before.get("lesson") == ""
        notifications.tell_closed(
            uow, changed.card, changed.before["status"], lesson_was_empty=empty, person_id=person_id, now=now
        )
    _redraw(uow, initiative_id, now=now)


def reopen(
    uow: UnitOfWork, initiative_id: int, status: Status, *, drop_lesson: bool, person_id: str, now: datetime
) -> Card:
    """Undo :func:`close`: the status as it was, and without the lesson that closing brought."""
    changed = initiatives.set_status(
        uow, initiative_id, status, person_id=person_id, lesson="" if drop_lesson else None, now=now
    )
    _redraw(uow, initiative_id, now=now)
    return changed.card


def hand_over(uow: UnitOfWork, initiative_id: int, to_id: str, *, person_id: str, now: datetime) -> Card:
    """Give an initiative another lead, who is told."""
    changed = initiatives.hand_over(uow, initiative_id, to_id, person_id=person_id, now=now)
    if changed.before and to_id != person_id:
        notifications.tell_new_lead(uow, changed.card, by=person_id, now=now)
    _redraw(uow, initiative_id, now=now)
    return changed.card


def withdraw(uow: UnitOfWork, initiative_id: int, *, person_id: str, by_message: bool = False, now: datetime) -> Card:
    """Take one's initiative out of sight. With ``by_message`` the way back is sent: where it was done, nothing can be answered."""
    initiative = initiatives.require_mine(uow, initiative_id, person_id)
    card = card_for(uow, initiative)
    for row in uow.announcements.of_initiative(initiative_id):
        if row.state is AnnouncementState.REGISTERED:
            take_back(uow, row, initiative, AnnouncementState.WITHDRAWN, now=now)
    initiatives.withdraw(uow, initiative, now=now)
    if by_message:
        notifications.tell_withdrawn(uow, card, person_id=person_id, now=now)
    return card


def bring_back(uow: UnitOfWork, initiative_id: int, *, person_id: str, now: datetime) -> Card:
    """Undo :func:`withdraw`."""
    initiative = initiatives.require_mine(uow, initiative_id, person_id, withdrawn=True)
    stand_again(uow, initiative, AnnouncementState.WITHDRAWN, now=now)
    return card_for(uow, initiative)


def set_team(
    uow: UnitOfWork, initiative_id: int, team_id: int | None, *, team_name: str = "", person_id: str, now: datetime
) -> Card:
    """Answer which team it is for."""
    card = initiatives.set_team(uow, initiative_id, team_id, team_name=team_name, person_id=person_id, now=now).card
    _redraw(uow, initiative_id, now=now)
    return card


def _redraw(uow: UnitOfWork, initiative_id: int, *, now: datetime) -> None:
    initiative = uow.machine.initiatives.get(initiative_id)
    if initiative is not None:
        answer.redraw(uow, initiative, now=now)
