"""Initiatives that changed in a check-in: matched again as an edit is, their replies follow, and the leads hear of what came up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.features.announcements import answer
from bot.features.announcements.service import Means, links_of
from bot.features.initiatives import service as initiatives
from bot.features.matching import service as matching
from bot.features.matching.matcher import Probe
from bot.features.matching.service import Found
from bot.features.overlaps import notifications as overlap_notifications
from bot.features.overlaps import service as overlaps
from bot.features.overlaps.said import Candidate
from storage.initiatives import Initiative
from storage.unit_of_work import UnitOfWork


def behind(uow: UnitOfWork) -> dict[int, tuple[str, str]]:
    """Initiatives that their announcements have not followed, with title and summary as they stand."""
    waiting = uow.announcements.behind()
    rows = {number: uow.machine.initiatives.get(number) for number in waiting}
    return {number: (row.title, row.summary) for number, row in rows.items() if row is not None}


def follow(uow: UnitOfWork, initiative_id: int, probe: Probe, means: Means, *, now: datetime) -> bool:
    """Match an initiative again and let everything that was said of it follow; False if there was nothing to do any more."""
    if not uow.announcements.catch_up(initiative_id):
        return False
    version = matching.take_turn(uow, means.matcher)
    row = uow.machine.initiatives.get(initiative_id)
    if row is None or row.withdrawn_at is not None:
        return False
    if (row.title, row.summary) != (probe.title, probe.body):
        uow.announcements.fall_behind(initiative_id, now=now)  # it changed since the probe was made
        return False
    findings = answer.look(uow, means.matcher, probe, keys=row.capabilities, channel=answer.audience_of_initiative(uow, row),
                           author_id=row.created_by or row.lead_id, links=links_of(uow, row), own_id=row.id, threshold=means.threshold, now=now)  # fmt: skip
    known = {match.candidate_id for match in uow.matches.of(row.id)}
    row.version = version
    matching.keep_analysis(uow, row, probe)
    uow.session.flush()
    answer.again(uow, row, findings, version=means.matcher.version, now=now)
    fresh = [found for found in (*findings.channel, *findings.author) if found.initiative.id not in known]
    _tell_leads(uow, row, fresh, now=now)
    return True


def _tell_leads(uow: UnitOfWork, row: Initiative, fresh: Sequence[Found], *, now: datetime) -> None:
    """To each lead what they may see of both sides; several in order of their ids."""
    shown: dict[str, list[tuple[Initiative, Initiative, Found]]] = {}
    for found in fresh:
        if not found.initiative.is_over:
            shown.setdefault(found.initiative.lead_id, []).append((found.initiative, row, found))
        shown.setdefault(row.lead_id, []).append((row, found.initiative, found))
    present = uow.people.present(shown)
    for lead_id, pairs in sorted(shown.items()):
        eyes = initiatives.eyes_of(uow, lead_id, now=now)
        own = uow.seen_by(eyes)
        seen = [pair for pair in pairs if eyes.sees(pair[0].audience) and eyes.sees(pair[1].audience)]
        if lead_id not in present or not seen:
            continue
        for yours in dict.fromkeys(mine.id for mine, _, _ in seen):
            candidates = [
                _candidate(own, mine, other, found, now=now) for mine, other, found in seen if mine.id == yours
            ]
            card = initiatives.card(own, initiatives.require(own, yours))
            overlap_notifications.tell_came_up(own, lead_id, card, candidates, is_new_plan=yours == row.id, now=now)


def _candidate(own: UnitOfWork, mine: Initiative, other: Initiative, found: Found, *, now: datetime) -> Candidate:
    """The other side as this one's lead sees it; the reasons were found from the side that changed."""
    reasons = found.reasons
    if found.initiative.id == mine.id:
        swapped = (reasons.sentences[1], reasons.sentences[0]) if reasons.sentences is not None else None
        reasons = replace(reasons, differs=(reasons.differs[1], reasons.differs[0]), sentences=swapped)
    said = overlaps.said_of(own, mine.id, other.id, now=now)
    return Candidate(initiatives.card(own, other), reasons, tuple(said))
