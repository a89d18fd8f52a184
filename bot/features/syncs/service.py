"""Decides about check-ins: who sets one up, with whom, and who moves, pauses or ends it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.initiatives import service as initiatives
from bot.features.items import service as items
from bot.features.syncs import closing, facts, meetings, notifications, places, succession
from bot.features.syncs.answers import answer, as_before, later, skip
from bot.features.syncs.card import FIELD_FIRST_ON, FIELD_HEIR, Plan, Summary, SyncCard, Times
from bot.features.syncs.planning import (
    checked_agenda,
    checked_weekdays,
    first_day,
    leads_of,
    members_of,
    proposed_day,
    require_future,
    require_insight,
    require_people,
    require_ruler,
    topic_of,
)
from bot.features.syncs.rounds import sweep
from bot.features.syncs.scheduling import cards_for_present, roster_of, schedule, unschedule
from bot.features.teams.rights import is_admin
from storage.initiatives import Initiative
from storage.repository import EVERYBODY
from storage.rounds import RoundState
from storage.syncs import Cadence, Sync, SyncState
from storage.unit_of_work import UnitOfWork

__all__ = [
    "Arranged",
    "Listed",
    "Plan",
    "Times",
    "about",
    "answer",
    "as_before",
    "bring_back",
    "can_meet",
    "end",
    "hand_over",
    "later",
    "listed",
    "move",
    "pause",
    "proposed_day",
    "resume",
    "set_up",
    "skip",
    "sweep",
]

#: A check-in that was ended can be brought back this long.
UNDO: Final = timedelta(days=7)
GONE: Final = "That check-in is not there any more. `/rowbot syncs` shows yours."


@dataclass(frozen=True, slots=True)
class Arranged:
    """A check-in that stands now, as the one who asked for it sees it."""

    card: SyncCard
    #: It was there already.
    again: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """What `/rowbot syncs` shows."""

    own: tuple[SyncCard, ...]
    ended: tuple[SyncCard, ...]
    #: For admins: the public ones of others. None for everybody else.
    public: tuple[SyncCard, ...] | None


# --- setting up -------------------------------------------------------------------------------------------------


def people_of(uow: UnitOfWork, plan: Plan) -> list[str]:
    """Everybody who would take part: who was chosen, and the leads of the chosen teams as far as they are known."""
    teams = (uow.teams.get(number) for number in plan.teams)
    return list(dict.fromkeys([*plan.people, *(team.lead_id for team in teams if team is not None and team.lead_id)]))


def set_up(uow: UnitOfWork, plan: Plan, *, person_id: str, now: datetime) -> Arranged:
    """Set up a check-in and tell everybody in it. About an overlap that has one: that one.

    Raises:
        BadInput: it cannot be held like this; names the field of the form.
        NotFound: an initiative is gone, or not for this viewer.
    """
    uow.workspaces.ensure(now=now)
    if plan.overlap_id is not None:
        uow.syncs.lock_overlap(plan.overlap_id)
        standing = uow.machine.syncs.of_overlap(plan.overlap_id)
        if standing is not None:
            return Arranged(facts.card(uow, standing, person_id, now=now), again=True)
    teams = [team for number in dict.fromkeys(plan.teams) if (team := uow.teams.get(number)) is not None]
    people = tuple(dict.fromkeys([*plan.people, *leads_of(teams)]))
    require_people(uow, people)
    require_ruler(plan.ruled_by, people)
    work = [initiatives.require(uow, number) for number in dict.fromkeys(plan.work)]
    require_insight(uow, people, work, now=now)
    preferences = uow.settings.preferences()
    cadence = preferences.cadence if plan.cadence is None else plan.cadence
    at_minute = preferences.checkin_minute if plan.at_minute is None else plan.at_minute
    private = sorted({row.audience for row in work if row.audience})
    sync = Sync(
        workspace_id=uow.workspace_id, topic=topic_of(plan.topic, work, teams), overlap_id=plan.overlap_id,
        work=[row.id for row in work], cadence=cadence, first_on=now.date(),
        at_minute=at_minute, channel_id=plan.channel_id, thread_ts=plan.thread_ts, audience=private[0] if private else "", created_by=person_id,
        ruled_by=plan.ruled_by, agenda=checked_agenda(plan.agenda), meet_minutes=plan.meet_minutes, created_at=now, updated_at=now,
    )  # fmt: skip
    if cadence is Cadence.CUSTOM:
        sync.every_weeks = plan.every_weeks
        sync.weekdays = checked_weekdays(cadence, plan.first_on or now.date(), plan.weekdays)
    if places.place_of(uow, sync, work) is None:
        sync.channel_id = sync.thread_ts = ""
    members = members_of(uow, people, work)
    if plan.first_on is None:
        sync.first_on = first_day(uow, sync, members, now=now)
    else:
        require_future(uow, sync, members, plan.first_on, now=now)
        sync.first_on = plan.first_on
    uow.syncs.add(sync, members)
    schedule(uow, sync, now=now)
    uow.session.flush()
    notifications.tell_set_up(uow, cards_for_present(uow.machine, sync, now=now), by=person_id, now=now)
    meetings.begin(uow, sync, by=person_id, now=now)
    return Arranged(facts.card(uow, sync, person_id, now=now), again=False)


def about(uow: UnitOfWork, overlap_id: int, *, person_id: str, now: datetime) -> Arranged | None:
    """The check-in about an overlap that goes on, if there is one that this viewer may see."""
    standing = uow.syncs.of_overlap(overlap_id)
    return None if standing is None else Arranged(facts.card(uow, standing, person_id, now=now), again=True)


def can_meet(uow: UnitOfWork, people: Iterable[str], work: Sequence[Initiative], *, now: datetime) -> bool:
    """Whether a check-in of these people about this work can be held: all are known and here, and may see all of it."""
    private = {row.audience for row in work if row.audience}
    return len(private) < 2 and all(
        person_id and facts.can_take_part(uow.people.get(person_id))
        and all(initiatives.eyes_of(uow, person_id, now=now).sees(audience) for audience in private)
        for person_id in people
    )  # fmt: skip


# --- looking after ----------------------------------------------------------------------------------------------


def require(uow: UnitOfWork, sync_id: int, person_id: str, *, hold: bool = True) -> Sync:
    """The check-in, if this person may change it: who takes part, who set it up, admins. ``hold`` it until the transaction ends.

    Raises:
        NotFound: it is not there for them.
        NotAllowed: says who may.
    """
    sync = uow.syncs.lock(sync_id) if hold else uow.syncs.get(sync_id)
    members = uow.syncs.members(sync_id)
    if sync is None or not facts.sees_all(uow.viewer, sync, facts.work_of(uow, sync, members)):
        raise NotFound(GONE)
    own = {member.person_id for member in members} | {sync.created_by}
    if person_id not in own and not (not sync.audience and is_admin(uow, person_id)):
        people = " and ".join(f"<@{member.person_id}>" for member in members[:5])
        raise NotAllowed(f"Only who takes part can change this check-in: {people}.")
    return sync


def card_of(uow: UnitOfWork, sync_id: int, *, person_id: str, now: datetime) -> SyncCard:
    """The check-in as this person sees it, if they may change it."""
    return facts.card(uow, require(uow, sync_id, person_id, hold=False), person_id, now=now)


def move(uow: UnitOfWork, sync_id: int, times: Times, *, person_id: str, now: datetime) -> SyncCard:
    """Another day, time or rhythm, agenda or length; one that was paused goes on with it. A round that is open goes on as it opened."""
    sync = require(uow, sync_id, person_id)
    _require_standing(sync)
    members = uow.syncs.members(sync_id)
    require_ruler(times.ruled_by, [member.person_id for member in members])
    weekdays = checked_weekdays(times.cadence, times.first_on, times.weekdays)
    every_weeks = times.every_weeks if times.cadence is Cadence.CUSTOM else 1
    rounds = {"cadence": times.cadence, "first_on": times.first_on, "every_weeks": every_weeks, "weekdays": weekdays,
              "at_minute": times.at_minute, "ruled_by": times.ruled_by, "state": SyncState.ACTIVE}  # fmt: skip
    talk = {"agenda": checked_agenda(times.agenda), "meet_minutes": times.meet_minutes}
    place = {} if times.channel_id is None else {"channel_id": times.channel_id}
    changed = {name for name, value in (rounds | talk | place).items() if getattr(sync, name) != value}
    if not changed:
        return facts.card(uow, sync, person_id, now=now)
    last = uow.rounds.last_day(sync_id)
    is_timed_anew = bool(changed & set(rounds))
    if is_timed_anew and last is not None and times.first_on <= last:
        raise BadInput("There was a round on that day or later already; choose a later day.", field=FIELD_FIRST_ON)
    if times.channel_id and "channel_id" in changed:
        places.require_place(uow, sync, times.channel_id, facts.work_of(uow, sync, members))
    for name in changed:
        setattr(sync, name, (rounds | talk | place)[name])
    if "channel_id" in changed:
        sync.thread_ts = ""
    if is_timed_anew:
        require_future(uow, sync, members, times.first_on, now=now)
        schedule(uow, sync, now=now)
    card = _changed(uow, sync, "moved", person_id=person_id, now=now)
    if changed - {"first_on", "at_minute", "ruled_by", "channel_id"}:
        meetings.follow(uow, sync, has_new_talk=bool(changed & set(talk)), by=person_id, now=now)
    return card


def hand_over(uow: UnitOfWork, sync_id: int, to_id: str, *, person_id: str, now: datetime) -> SyncCard:
    """Somebody else takes part in one's place from the next round on, and speaks for what one spoke for. Both are told.

    Raises:
        BadInput: they cannot take part; says why.
    """
    sync = require(uow, sync_id, person_id)
    _require_standing(sync)
    members = {member.person_id: member for member in uow.syncs.members(sync_id)}
    if person_id not in members:
        raise Refusal("You take no part in it, so there is nothing to hand over.")
    if to_id in members:
        raise BadInput("They take part already; choose somebody else.", field=FIELD_HEIR)
    if not facts.can_take_part(uow.people.get(to_id)):
        raise BadInput("Choose a member of this workspace: that account can't be asked.", field=FIELD_HEIR)
    if not facts.sees_all(initiatives.eyes_of(uow, to_id, now=now), sync, facts.work_of(uow, sync, members.values())):
        raise BadInput(
            "Some of this work is private, and they are not in its channel. Invite them there first.", field=FIELD_HEIR
        )
    succession.put_in_place(uow, sync, members[person_id], to_id)
    sync.updated_at = now
    if sync.state is SyncState.ACTIVE:
        schedule(uow, sync, now=now)
    uow.session.flush()
    notifications.tell_handed_over(uow, cards_for_present(uow.machine, sync, now=now), by=person_id, to=to_id, now=now)
    meetings.replace(uow, sync, person_id, to_id, now=now)
    return facts.card(uow, sync, person_id, now=now)


def pause(uow: UnitOfWork, sync_id: int, *, person_id: str, by_message: bool = False, now: datetime) -> SyncCard:
    """Ask nobody until somebody resumes it."""
    sync = require(uow, sync_id, person_id)
    _require_standing(sync)
    if sync.state is SyncState.PAUSED:
        return facts.card(uow, sync, person_id, now=now)
    sync.state = SyncState.PAUSED
    unschedule(sync)
    uow.session.flush()
    closing.stop(uow.machine, sync, now=now)
    meetings.stop(uow, sync, now=now)
    return _changed(uow, sync, "paused", person_id=person_id, by_message=by_message, now=now)


def resume(uow: UnitOfWork, sync_id: int, *, person_id: str, by_message: bool = False, now: datetime) -> SyncCard:
    """Go on with one that was paused, at its next time."""
    sync = require(uow, sync_id, person_id)
    _require_standing(sync)
    if sync.state is SyncState.ACTIVE:
        return facts.card(uow, sync, person_id, now=now)
    _go_on(uow, sync, now=now)
    meetings.take_up(uow, sync, by=person_id, now=now)
    return _changed(uow, sync, "resumed", person_id=person_id, by_message=by_message, now=now)


def end(uow: UnitOfWork, sync_id: int, *, person_id: str, by_message: bool = False, now: datetime) -> SyncCard:
    """End it. Nothing is deleted, and for a week :func:`bring_back` undoes it."""
    sync = require(uow, sync_id, person_id)
    if sync.state is SyncState.ENDED:
        return facts.card(uow, sync, person_id, now=now)
    sync.state, sync.ended_at = SyncState.ENDED, now
    unschedule(sync)
    uow.session.flush()
    for turn in uow.machine.rounds.rounds(sync.id)[:1]:
        uow.answers.drop_drafts([prompt.id for prompt in uow.machine.rounds.prompts(turn.id)])
    closing.stop(uow.machine, sync, now=now)
    items.tell_sync_ended(uow, sync, now=now)
    meetings.stop(uow, sync, now=now)
    return _changed(uow, sync, "ended", person_id=person_id, by_message=by_message, now=now)


def bring_back(uow: UnitOfWork, sync_id: int, *, person_id: str, by_message: bool = False, now: datetime) -> SyncCard:
    """Undo :func:`end`."""
    sync = require(uow, sync_id, person_id)
    if sync.state is not SyncState.ENDED:
        return facts.card(uow, sync, person_id, now=now)
    if sync.ended_at is None or now - sync.ended_at > UNDO:
        raise Refusal("That check-in ended more than a week ago. `/rowbot sync` sets up a new one.")
    if sync.overlap_id is not None:
        uow.syncs.lock_overlap(sync.overlap_id)
        if uow.machine.syncs.of_overlap(sync.overlap_id) is not None:
            raise Refusal("There is a new check-in about this already. `/rowbot syncs` shows it.")
    _go_on(uow, sync, now=now)
    meetings.take_up(uow, sync, by=person_id, now=now)
    return _changed(uow, sync, "brought back", person_id=person_id, by_message=by_message, now=now)


def _go_on(uow: UnitOfWork, sync: Sync, *, now: datetime) -> None:
    if len(roster_of(uow.machine, sync, now=now).present) < 2:
        raise Refusal("It needs two people, and only one is left. `/rowbot sync` sets one up with somebody else.")
    schedule(uow, sync, now=now)
    if sync.next_on is None:
        raise Refusal("Its one round is over. `/rowbot sync` sets up another.")
    sync.state, sync.ended_at, sync.silent_rounds = SyncState.ACTIVE, None, 0


def _require_standing(sync: Sync) -> None:
    if sync.state is SyncState.ENDED:
        raise Refusal("That check-in has ended. `/rowbot syncs` brings it back within a week.")


def _changed(
    uow: UnitOfWork, sync: Sync, what: str, *, person_id: str, by_message: bool = False, now: datetime
) -> SyncCard:
    """Tell everybody in it. Who did it is answered where they did it, or ``by_message`` where nothing can be answered."""
    sync.updated_at = now
    uow.session.flush()
    cards = cards_for_present(uow.machine, sync, now=now)
    if by_message:
        cards.setdefault(person_id, facts.card(uow, sync, person_id, now=now))
    else:
        cards.pop(person_id, None)
    notifications.tell_changed(uow, cards, what, by=person_id, now=now)
    return facts.card(uow, sync, person_id, now=now)


# --- looking ----------------------------------------------------------------------------------------------------


def listed(uow: UnitOfWork, person_id: str, *, now: datetime) -> Listed:
    """One's own check-ins, those ended within a week, and for admins the public ones of others."""
    own = [sync for sync in uow.syncs.of_person(person_id) if _may_see(uow, sync)]
    ended = [sync for sync in uow.syncs.ended_since(person_id, now - UNDO) if _may_see(uow, sync)]
    public = None
    if is_admin(uow, person_id):
        mine, everybody = {sync.id for sync in own}, uow.seen_by(EVERYBODY)
        others = [sync for sync in everybody.syncs.public() if sync.id not in mine and _may_see(everybody, sync)]
        public = tuple(facts.card(everybody, sync, person_id, now=now) for sync in others)
    return Listed(
        tuple(facts.card(uow, sync, person_id, now=now) for sync in own),
        tuple(facts.card(uow, sync, person_id, now=now) for sync in ended),
        public,
    )


def _may_see(uow: UnitOfWork, sync: Sync) -> bool:
    return facts.sees_all(uow.viewer, sync, facts.work_of(uow, sync, uow.syncs.members(sync.id)))


def last_summary(uow: UnitOfWork, sync_id: int, *, person_id: str, now: datetime) -> tuple[SyncCard, Summary | None]:
    """The check-in, and the summary of its latest round that closed; None before there was one.

    Raises:
        NotFound: it is not there for them.
        NotAllowed: they may not change it, or its summaries go to its participants alone and they are none.
    """
    sync = require(uow, sync_id, person_id, hold=False)
    takes_part = any(member.person_id == person_id for member in uow.syncs.members(sync_id))
    if not sync.channel_id and not takes_part:
        raise NotAllowed("Its summaries go to those who take part, by direct message.")
    closed = [turn for turn in uow.rounds.rounds(sync_id) if turn.state is RoundState.CLOSED]
    return facts.card(uow, sync, person_id, now=now), facts.summary(uow, closed[0], sync, now=now) if closed else None


def choices(uow: UnitOfWork, people: Iterable[str]) -> list[tuple[int, str]]:
    """Initiatives under way of these people that this viewer may see: what a check-in can be about, as (id, title)."""
    found = {
        row.id: row.title for person_id in people for row in uow.initiatives.of(person_id, limit=50) if not row.is_over
    }
    return list(found.items())[:100]
