"""Reads rows into facts for one reader: with the reader's eyes and on the reader's clock."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Final

from bot.features.initiatives import service as initiatives
from bot.features.items import service as items
from bot.features.syncs import meeting_times, recurrence
from bot.features.syncs.card import Asked, Ended, Line, OverlapSaid, Report, Reported, Side, Summary, SyncCard
from bot.features.syncs.clocks import clocks_of
from bot.features.teams import hours
from storage.initiatives import Initiative
from storage.meetings import MeetingState
from storage.people import Person
from storage.repository import Viewer
from storage.rounds import HEARD, Answer, Prompt, PromptState, Round, RoundState
from storage.syncs import Sync, SyncMember, SyncState
from storage.unit_of_work import UnitOfWork

#: Fewer than so many say nothing about a team: a mean of them would be somebody's answer.
FEW: Final = 5


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
    meeting = uow.meetings.latest(sync.id) if sync.meet_minutes else None
    meets_at = (
        meeting_times.next_of(sync, meeting, after=now)
        if meeting is not None and meeting.state is MeetingState.AGREED
        else None
    )
    ruler = next(iter(sides(uow, [(sync.ruled_by, None)])), None) if sync.ruled_by else None
    return SyncCard(
        id=sync.id, topic=sync.topic, cadence=sync.cadence, state=sync.state, at_minute=sync.at_minute, first_on=sync.first_on,
        next_on=sync.next_on, next_at=clock_of(uow, reader_id, part.times.due_at) if part is not None else None,
        is_away=part is not None and part.is_away and _is_in(members, reader_id), sides=tuple(sides(uow, [(member.person_id, member.initiative_id) for member in members])),
        place=_place_of(uow, sync), created_by=sync.created_by, is_open=held is not None and held.state is RoundState.OPEN,
        every_weeks=sync.every_weeks, weekdays=tuple(sorted(set(sync.weekdays))), ruled_by=ruler, agenda=sync.agenda,
        meet_minutes=sync.meet_minutes, meets_at=clock_of(uow, reader_id, meets_at) if meets_at is not None else None,
    )  # fmt: skip


def _place_of(uow: UnitOfWork, sync: Sync) -> str:
    """The channel in which a check-in lives, as far as it is there: Slack opens no form that names one that is not."""
    channel = uow.channels.get(sync.channel_id) if sync.channel_id else None
    return "" if channel is not None and not channel.is_reachable else sync.channel_id


def _is_in(members: Iterable[SyncMember], person_id: str) -> bool:
    return any(member.person_id == person_id for member in members)


def reported(uow: UnitOfWork, answer: Answer, before: Answer | None = None) -> Reported:
    """What somebody answered, with these eyes. ``before``: what they answered the time before in this check-in."""
    team = uow.teams.get(answer.waiting_team_id) if answer.waiting_team_id is not None else None
    person = uow.people.get(answer.waiting_person_id) if answer.waiting_person_id else None
    system = uow.initiatives.named([answer.waiting_system_id] if answer.waiting_system_id is not None else [])
    return Reported(
        report_of(answer), team.name if team else "", tuple(_helper(uow, person_id) for person_id in answer.helped_by), answer.edits > 0,
        person=person.name if person else "", system=next((row.title for row in system.values()), ""),
        is_as_before=before is not None and bool(answer.changed) and before.changed == answer.changed, stood=answer.status_before, stands=answer.status_after,
    )  # fmt: skip


def report_of(answer: Answer) -> Report:
    """An answer's row, without what it says of overlaps."""
    return Report(
        answer.pulse, answer.changed, answer.waiting_for, answer.waiting_team_id, tuple(answer.helped_by), answer.waiting_person_id,
        answer.waiting_system_id, answer.plan, answer.clarity, answer.status_after,
    )  # fmt: skip


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
    away = {each.person_id: each.back_on for each in roster if each.back_on is not None and each.person_id != prompt.person_id}  # fmt: skip
    here |= {each.person_id for each in roster if each.back_on is not None}
    absent = [(member.person_id, None) for member in uow.syncs.members(sync.id) if member.person_id not in here]
    if (away or absent) and not sees_all(own.viewer, sync, work_of(uow, sync, roster)):
        away, absent = (
            {},
            [],
        )  # who left its private channel keeps the message that they were sent, and learns nothing new
    before = uow.rounds.answer_before(sync.id, prompt.person_id, turn.on_day)
    given, draft = uow.rounds.answer(prompt.id), uow.answers.draft(prompt.id)
    stopped = sync.state if prompt.state is PromptState.PAUSED else None
    if stopped is SyncState.ACTIVE:  # paused then, resumed since
        stopped = SyncState.PAUSED

    def local(moment: datetime) -> datetime:
        return clock_of(uow, prompt.person_id, moment)

    return Asked(
        prompt_id=prompt.id, sync_id=sync.id, topic=sync.topic, cadence=sync.cadence, state=prompt.state, deadline=local(prompt.deadline_at),
        now=local(now), place=sync.channel_id, last=reported(own, before) if before is not None else None,
        reported=reported(own, given, before) if given is not None else None,
        answered_at=local(prompt.answered_at) if prompt.answered_at is not None else None,
        again_at=local(prompt.next_at) if prompt.state is PromptState.SNOOZED and prompt.next_at is not None else None,
        is_open=is_answerable(uow, turn), ended=tuple(_ended(own, sync, roster)), without=tuple(sides(own, absent)),
        away=tuple((side, away[side.person_id]) for side in sides(own, [(each, None) for each in sorted(away)])), back_on=prompt.back_on, missed=uow.rounds.missed_before(turn), stopped=stopped,
        drafted_at=local(draft.saved_at) if draft is not None else None,
    )  # fmt: skip


def _ended(own: UnitOfWork, sync: Sync, roster: Iterable[Prompt]) -> list[Ended]:
    work = [row for row in work_of(own, sync, roster) if own.viewer.sees(row.audience)]
    return [
        Ended(row.title, row.status if row.withdrawn_at is None else None)
        for row in work
        if row.is_over or row.withdrawn_at is not None
    ]


def summary(uow: UnitOfWork, turn: Round, sync: Sync, *, now: datetime) -> Summary:
    """A round summed up, with these eyes."""
    roster = uow.rounds.prompts(turn.id)
    answers = uow.rounds.answers([prompt.id for prompt in roster])
    shown = sides(uow, [(prompt.person_id, prompt.initiative_id) for prompt in roster])
    waited_for = items.shown_in(uow, answers, now=now)
    lines = [
        Line(side, prompt.state, prompt.sent_at is not None or prompt.state in HEARD,
             _reported_in(uow, answers[prompt.id], prompt, turn) if prompt.id in answers else None, prompt.back_on, waited_for.get(prompt.id))
        for prompt, side in zip(roster, shown, strict=True)
    ]  # fmt: skip
    said = [answer.clarity for answer in answers.values() if answer.clarity is not None]
    return Summary(
        sync.id, sync.topic, turn.number, tuple(lines), sync.next_on, sync.state, sync.cadence, turn.on_day,
        overlaps=tuple(_said_of_overlaps(uow, roster, shown)), clarity=(sum(said) / len(said), len(said)) if len(said) >= FEW else None,
    )  # fmt: skip


def _reported_in(uow: UnitOfWork, answer: Answer, prompt: Prompt, turn: Round) -> Reported:
    return reported(uow, answer, uow.rounds.answer_before(turn.sync_id, prompt.person_id, turn.on_day))


def _said_of_overlaps(uow: UnitOfWork, roster: Sequence[Prompt], shown: Sequence[Side]) -> list[OverlapSaid]:
    """What was said of the overlaps whose two sides have somebody here to speak for them."""
    speaking = [
        (prompt, side) for prompt, side in zip(roster, shown, strict=True) if prompt.state is not PromptState.AWAY
    ]
    views = uow.answers.views([prompt.id for prompt, _ in speaking])
    overlaps = uow.overlaps.named({overlap_id for said in views.values() for overlap_id in said})
    spoken_for = {prompt.initiative_id for prompt, _ in speaking}
    drawn = []
    for overlap in sorted(overlaps.values(), key=lambda each: each.id):
        pair = (overlap.first_id, overlap.second_id)
        titles = uow.initiatives.named(pair)
        if spoken_for.issuperset(pair) and len(titles) == len(pair):
            said = [
                (side, views.get(prompt.id, {}).get(overlap.id))
                for prompt, side in speaking
                if prompt.initiative_id in pair
            ]
            drawn.append(OverlapSaid(tuple(titles[number].title for number in pair), tuple(said)))
    return drawn
