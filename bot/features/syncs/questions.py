"""Reads which questions there are facts behind, for one person who is asked."""

from collections.abc import Iterable
from typing import Final

from bot.features.initiatives import service as initiatives
from bot.features.items import service as items
from bot.features.syncs import drafts, facts
from bot.features.syncs.card import OverlapAsked, Questions
from storage.initiatives import Initiative
from storage.overlaps import Overlap
from storage.rounds import Prompt, Round, View
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork

#: Overlaps that one answer is asked about.
OVERLAPS: Final = 3


def of(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync) -> Questions:
    """What the person whose eyes these are can be asked."""
    row = work(uow, prompt)
    draft = uow.answers.draft(prompt.id)
    last = uow.rounds.answer_before(sync.id, prompt.person_id, turn.on_day)
    return Questions(
        title=row.title if row is not None else "",
        status=row.status if row is not None and initiatives.may_change(uow, row, prompt.person_id) else None,
        overlaps=tuple(_asked(uow, row.id, each) for each in overlaps(uow, prompt, turn, sync)) if row is not None else (),
        views=tuple(uow.answers.views([prompt.id]).get(prompt.id, {}).items()),
        teams=tuple((team.id, team.name) for team in uow.teams.all()),
        systems=tuple((system.id, system.title) for system in uow.initiatives.legacy_systems()),
        plan_is_kept=row is not None and plan_is_kept(uow, row, prompt, turn, sync),
        still_waits=last is None or items.is_waited_for(uow, last.prompt_id),
        draft=drafts.report_of(draft.fields) if draft is not None else None,
        drafted_at=facts.clock_of(uow, prompt.person_id, draft.saved_at) if draft is not None else None,
    )  # fmt: skip


def work(uow: UnitOfWork, prompt: Prompt) -> Initiative | None:
    """The initiative that somebody speaks for, as it stands for these eyes."""
    found = uow.initiatives.named([prompt.initiative_id] if prompt.initiative_id is not None else [])
    return next(iter(found.values()), None)


def plan_is_kept(uow: UnitOfWork, row: Initiative, prompt: Prompt, turn: Round, sync: Sync) -> bool:
    """Whether a changed plan becomes part of the initiative's text: it is theirs to change, and may be read wherever that is read.

    What is said in a check-in that others' private work is part of stays in it.
    """
    if not initiatives.may_change(uow, row, prompt.person_id):
        return False
    about = facts.work_of(uow, sync, uow.rounds.prompts(turn.id))
    return {sync.audience, *(each.audience for each in about)} <= {"", row.audience}


def overlaps(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync) -> list[Overlap]:
    """Overlaps to ask somebody about: those with work of this check-in first, then others of theirs that they did not call settled."""
    if prompt.initiative_id is None:
        return []
    here = {row.id for row in facts.work_of(uow, sync, uow.rounds.prompts(turn.id))}
    undecided = uow.overlaps.undecided_of(prompt.initiative_id)
    within = [each for each in undecided if each.other(prompt.initiative_id) in here]
    before = uow.answers.before(sync.id, prompt.person_id, turn.on_day)
    settled = _settled(uow, (answer.prompt_id for answer in before))
    return [*within, *(each for each in undecided if each not in within and each.id not in settled)][:OVERLAPS]


def _settled(uow: UnitOfWork, prompt_ids: Iterable[int]) -> set[int]:
    """Overlaps that were called settled in any of these answers."""
    said = uow.answers.views(list(prompt_ids))
    return {overlap_id for views in said.values() for overlap_id, view in views.items() if view is View.SETTLED}


def _asked(uow: UnitOfWork, mine_id: int, overlap: Overlap) -> OverlapAsked:
    other = initiatives.require(uow, overlap.other(mine_id))
    team = uow.teams.get(other.team_id) if other.team_id is not None else None
    return OverlapAsked(overlap.id, other.title, team.name if team is not None else "")
