"""Reads rows into facts for one reader: with the reader's eyes and on the reader's clock."""

from collections.abc import Collection, Iterable
from datetime import datetime

from bot.features.initiatives import service as initiatives
from bot.features.syncs import recurrence
from bot.features.syncs.card import Asked, Ended, Line, Report, Reported, Side, Summary, SyncCard
from bot.features.syncs.clocks import clocks_of
from bot.features.teams import hours
from storage.initiatives import Initiative
from storage.people import Person
from storage.repository import Viewer
from storage.rounds import HEARD, Answer, Prompt, PromptState, Round, RoundState
from storage.syncs import Sync, SyncMember, SyncState
from storage.unit_of_work import UnitOfWork


def clock_of(uow: UnitOfWork, person_id: str, moment: datetime) -> datetime:
    """A moment on a person's own clock."""
    return moment.astimezone(recurrence.zone_of(hours.zone_of(uow, person_id)))


def can_take_part(person: Person | None) -> bool:
    """Whether somebody can be asked: a present member of this workspace, as far as we know."""
    return person is None or not (person.is_bot or person.is_deleted or person.is_external)


def eyes(uow: UnitOfWork, person_id: str, *, now: datetime) -> UnitOfWork:
    """The same transaction with a person's eyes."""
    return uow.seen_by(initiatives.eyes_of(uow, person_id, now=now))


def work_of(uow: UnitOfWork, sync: Sync, members: Iterable[SyncMember | Prompt]) -> list[Initiative]:
    """The initiatives that a check-in is about or participants speak for, also those taken back; with the machine's eyes."""
    spoken_for = {member.initiative_id for member in members if member.initiative_id is not None}
    found = (uow.machine.initiatives.get(initiative_id) for initiative_id in sorted(spoken_for | set(sync.work)))
    return [row for row in found if row is not None]


def sees_all(viewer: Viewer, sync: Sync, work: Iterable[Initiative]) -> bool:
    """Whether a viewer may see a check-in and all that it is about."""
    return viewer.sees(sync.audience) and all(viewer.sees(row.audience) for row in work)


def sides(uow: UnitOfWork, pairs: Collection[tuple[str, int | None]]) -> list[Side]:
    """Participants with what they speak for, as far as these eyes see it."""
    people = uow.people.named([person_id for person_id, _ in pairs])
    work = uow.initiatives.named([number for _, number in pairs if number is not None])
    teams = uow.teams.named({row.team_id for row in work.values() if row.team_id is not None})
    drawn = []
    for person_id, number in pairs:
        row = work.get(number) if number is not None else None
        team = teams.get(row.team_id) if row is not None and row.team_id is not None else None
        person = people.get(person_id)
        drawn.append(
            Side(
                person_id,
                person.name if person else "",
                team.name if team else "",
                row.title if row is not None else "",
            )
        )
    return drawn


def card(uow: UnitOfWork, sync: Sync, reader_id: str, *, now: datetime) -> SyncCard:
    """A check-in for one reader, with these eyes."""
    members = uow.syncs.members(sync.id)
    held = uow.rounds.latest_held(sync.id)
    part = None
    if sync.next_on is not None:
        readers = [
            *members,
            *([] if _is_in(members, reader_id) else [SyncMember(sync_id=sync.id, person_id=reader_id)]),
        ]
        part = clocks_of(uow, sync, readers, now=now).parts(sync.next_on)[reader_id]
    return SyncCard(
        id=sync.id, topic=sync.topic, cadence=sync.cadence, state=sync.state, at_minute=sync.at_minute, first_on=sync.first_on,
        next_on=sync.next_on, next_at=clock_of(uow, reader_id, part.times.due_at) if part is not None else None,
        is_away=part is not None and part.is_away and _is_in(members, reader_id), sides=tuple(sides(uow, [(member.person_id, member.initiative_id) for member in members])),
        place=sync.channel_id, created_by=sync.created_by, is_open=held is not None and held.state is RoundState.OPEN,
    )  # fmt: skip


def _is_in(members: Iterable[SyncMember], person_id: str) -> bool:
    return any(member.person_id == person_id for member in members)


def reported(uow: UnitOfWork, answer: Answer) -> Reported:
    """What somebody answered."""
    team = uow.teams.get(answer.waiting_team_id) if answer.waiting_team_id is not None else None
    report = Report(answer.pulse, answer.changed, answer.waiting_for, answer.waiting_team_id, tuple(answer.helped_by))
    helpers = tuple(_helper(uow, person_id) for person_id in answer.helped_by)
    return Reported(report, team.name if team else "", helpers, answer.edits > 0)


def _helper(uow: UnitOfWork, person_id: str) -> Side:
    person, teams = uow.people.get(person_id), uow.teams.of(person_id)
    return Side(person_id, person.name if person else "", teams[0].name if teams else "")


def is_answerable(uow: UnitOfWork, turn: Round) -> bool:
    """Whether answers to a round are still taken: until the next one opens."""
    return uow.rounds.is_latest(turn)


def asked(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync, *, now: datetime) -> Asked:
    """What a prompt's message says now to the one who is asked."""
    own = eyes(uow, prompt.person_id, now=now)
    roster = uow.rounds.prompts(turn.id)
    here = {each.person_id for each in roster if each.state is not PromptState.AWAY}
    away = {
        each.person_id: each.back_on
        for each in roster
        if each.back_on is not None and each.person_id != prompt.person_id
    }
    here |= {each.person_id for each in roster if each.back_on is not None}
    absent = [(member.person_id, None) for member in uow.syncs.members(sync.id) if member.person_id not in here]
    before = uow.rounds.answer_before(sync.id, prompt.person_id, turn.on_day)
    given = uow.rounds.answer(prompt.id)
    stopped = sync.state if prompt.state is PromptState.PAUSED else None
    if stopped is SyncState.ACTIVE:  # paused then, resumed since
        stopped = SyncState.PAUSED

    def local(moment: datetime) -> datetime:
        return clock_of(uow, prompt.person_id, moment)

    return Asked(
        prompt_id=prompt.id, sync_id=sync.id, topic=sync.topic, cadence=sync.cadence, state=prompt.state, deadline=local(prompt.deadline_at),
        now=local(now), place=sync.channel_id, last=reported(uow, before) if before is not None else None,
        reported=reported(uow, given) if given is not None else None,
        answered_at=local(prompt.answered_at) if prompt.answered_at is not None else None,
        again_at=local(prompt.next_at) if prompt.state is PromptState.SNOOZED and prompt.next_at is not None else None,
        is_open=is_answerable(uow, turn), ended=tuple(_ended(own, sync, roster)), without=tuple(sides(own, absent)),
        away=tuple((side, away[side.person_id]) for side in sides(own, [(each, None) for each in sorted(away)])), back_on=prompt.back_on, missed=uow.rounds.missed_before(turn), stopped=stopped,
    )  # fmt: skip


def _ended(own: UnitOfWork, sync: Sync, roster: Iterable[Prompt]) -> list[Ended]:
    work = [row for row in work_of(own, sync, roster) if own.viewer.sees(row.audience)]
    return [
        Ended(row.title, row.status if row.withdrawn_at is None else None)
        for row in work
        if row.is_over or row.withdrawn_at is not None
    ]


def summary(uow: UnitOfWork, turn: Round, sync: Sync) -> Summary:
    """A round summed up, with these eyes."""
    roster = uow.rounds.prompts(turn.id)
    answers = uow.rounds.answers([prompt.id for prompt in roster])
    shown = sides(uow, [(prompt.person_id, prompt.initiative_id) for prompt in roster])
    lines = [
        Line(side, prompt.state, prompt.sent_at is not None or prompt.state in HEARD,
             reported(uow, answers[prompt.id]) if prompt.id in answers else None, prompt.back_on)
        for prompt, side in zip(roster, shown, strict=True)
    ]  # fmt: skip
    return Summary(sync.id, sync.topic, turn.number, tuple(lines), sync.next_on, sync.state, sync.cadence, turn.on_day)
