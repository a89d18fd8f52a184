"""Decides how a sync's people meet: which moments are proposed, when one is agreed, what calendars are told, what came of it.

Whatever is pressed holds the sync's row first, then the meeting's.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.overlaps import service as overlaps
from bot.features.syncs import facts, invitation, places, recurrence, slots
from bot.features.syncs import meeting_facts as seen
from bot.features.syncs import meeting_notifications as notifications
from bot.features.syncs import meeting_times as times
from bot.features.syncs.meeting_card import FIELD_OUTCOME, MeetingCard
from bot.features.syncs.scheduling import roster_of
from bot.features.teams import hours
from storage.meetings import Meeting, MeetingState, Result, Slot
from storage.overlaps import Verb
from storage.syncs import Cadence, Sync, SyncState
from storage.unit_of_work import UnitOfWork

#: Nobody has to decide about a moment that is closer than this.
NOTICE: Final = timedelta(hours=18)
#: Moments lie within this time from then on; where there are none, within twice as much.
AHEAD: Final = timedelta(days=14)
#: A meeting that comes round in single moments is held within these days of the day that it should be.
BEFORE: Final = timedelta(days=3)
AFTER: Final = timedelta(days=4)
#: What came of a meeting may be said this long.
PATIENCE: Final = timedelta(days=7)
OUTCOME_LENGTH: Final = 1000
OVER: Final = "That meeting is over. `/rowbot sync` sets up another."
GONE: Final = "That meeting is not there any more. `/rowbot syncs` shows your check-ins."

_VERBS: Final = {Result.JOIN: Verb.JOIN, Result.DIFFER: Verb.DIFFER, Result.NOT_RELATED: Verb.NOT_RELATED}


# --- with the sync ------------------------------------------------------------------------------------------------


def begin(uow: UnitOfWork, sync: Sync, *, by: str, now: datetime) -> None:
    """Propose moments to the people of a sync who want to meet."""
    uow = uow.machine
    people = sorted(member.person_id for member in roster_of(uow, sync, now=now).present)
    if not sync.meet_minutes or len(people) < 2:
        return
    last = uow.meetings.latest(sync.id)
    number = 1 if last is None else last.number + 1
    if last is not None:
        last.next_at = None
    meeting = uow.meetings.add(
        Meeting(
            workspace_id=uow.workspace_id, sync_id=sync.id, number=number, people=people, minutes=sync.meet_minutes,
            uid=f"{uuid5(NAMESPACE_URL, f'{uow.workspace_id}/{sync.id}/{number}')}@rowbot", created_by=by, created_at=now, updated_at=now,
        )
    )  # fmt: skip
    _propose(uow, sync, meeting, day_from=_next_day(sync, last), now=now)


def follow(uow: UnitOfWork, sync: Sync, *, has_new_talk: bool, by: str, now: datetime) -> None:
    """A sync was set anew: its length, its agenda (``has_new_talk``: one of these), its rhythm. The meeting and people's calendars follow."""
    uow = uow.machine
    meeting = _lock_latest(uow, sync)
    if not sync.meet_minutes:
        if meeting is not None:
            _call_off(uow, sync, meeting, now=now)
        return
    if meeting is None or meeting.state in (MeetingState.CALLED_OFF, MeetingState.CLOSED):
        take_up(uow, sync, by=by, now=now)
        return
    has_new_length, meeting.minutes = meeting.minutes != sync.meet_minutes, sync.meet_minutes
    if meeting.state is MeetingState.PROPOSED:
        if has_new_length:
            _propose_again(uow, sync, meeting, now=now)
        else:
            _redraw_offer(uow, sync, meeting, now=now)
    elif times.is_in_calendars(sync, meeting, now=now) and (
        # Another rhythm of the written check-in is nothing to a meeting that is held once.
        has_new_talk or meeting.is_recurring or _comes_again(uow, sync, meeting)
    ):
        _set_anew(uow, sync, meeting, now=now)


def stop(uow: UnitOfWork, sync: Sync, *, now: datetime) -> None:
    """A sync is paused or ended: its meeting is called off, in people's calendars too."""
    meeting = _lock_latest(uow.machine, sync)
    if meeting is not None:
        _call_off(uow.machine, sync, meeting, now=now)


def take_up(uow: UnitOfWork, sync: Sync, *, by: str, now: datetime) -> None:
    """A sync goes on: what was agreed stands again as far as it is still to come, else moments are proposed anew."""
    uow = uow.machine
    meeting = _lock_latest(uow, sync)
    if not sync.meet_minutes or (meeting is not None and (meeting.next_at is not None or meeting.is_open)):
        return
    if meeting is None or times.next_of(sync, meeting, after=now) is None:
        begin(uow, sync, by=by, now=now)
        return
    meeting.state, meeting.minutes = MeetingState.AGREED, sync.meet_minutes
    _set_anew(uow, sync, meeting, now=now)


def replace(uow: UnitOfWork, sync: Sync, old_id: str, new_id: str, *, now: datetime) -> None:
    """Somebody meets in another's place: a group message of its own, and calendars that follow."""
    uow = uow.machine
    meeting = _lock_latest(uow, sync)
    if meeting is None or old_id not in meeting.people:
        return
    is_invited = meeting.state is not MeetingState.PROPOSED and times.is_in_calendars(sync, meeting, now=now)
    if is_invited:
        meeting.sequence += 1
        if facts.can_take_part(uow.people.get(old_id)) and seen.may_be_told(uow, sync, [old_id], now=now):
            card = seen.card(uow, sync, meeting, now=now)
            cancelled = invitation.file(seen.invited(uow, sync, meeting, is_cancelled=True), now=now)
            notifications.uninvite(uow, meeting, card, old_id, cancelled, now=now)
    if (is_invited or meeting.state is MeetingState.PROPOSED) and seen.may_be_told(uow, sync, meeting.people, now=now):
        notifications.move_on(uow, meeting, seen.card(uow, sync, meeting, now=now), now=now)
    meeting.people = sorted({*meeting.people, new_id} - {old_id})
    sync.group_channel_id = ""
    uow.session.flush()
    if meeting.state is MeetingState.PROPOSED:
        _propose(uow, sync, meeting, now=now)
    elif is_invited:
        # Whoever is new knows neither what it is about nor why: the group of theirs begins with that.
        if seen.may_be_told(uow, sync, meeting.people, now=now):
            notifications.offer(uow, meeting, seen.card(uow, sync, meeting, now=now), now=now)
        _invite(uow, sync, meeting, now=now)


# --- picking ------------------------------------------------------------------------------------------------------


def pick(uow: UnitOfWork, slot_id: int, *, person_id: str, now: datetime) -> None:
    """Somebody can at a moment. When all can, it is agreed."""
    slot, meeting, sync = _require_slot(uow, slot_id, person_id, now=now)
    uow = uow.machine
    uow.meetings.pick(slot.id, person_id, now=now)
    if set(uow.meetings.picks([slot.id])[slot.id]) >= set(meeting.people):
        _agree(uow, sync, meeting, slot, now=now)
    else:
        _redraw_offer(uow, sync, meeting, now=now)


def unpick(uow: UnitOfWork, slot_id: int, *, person_id: str, now: datetime) -> None:
    """Somebody cannot at a moment after all."""
    slot, meeting, sync = _require_slot(uow, slot_id, person_id, now=now)
    uow.machine.meetings.unpick(slot.id, person_id)
    _redraw_offer(uow.machine, sync, meeting, now=now)


def fix(uow: UnitOfWork, slot_id: int, *, person_id: str, now: datetime) -> None:
    """Anybody may settle it."""
    slot, meeting, sync = _require_slot(uow, slot_id, person_id, now=now)
    uow.machine.meetings.pick(slot.id, person_id, now=now)
    _agree(uow.machine, sync, meeting, slot, now=now)


def others(uow: UnitOfWork, meeting_id: int, *, proposal: int, person_id: str, now: datetime) -> None:
    """None suits, or what was agreed does not any more: other moments, in a message of their own.

    ``proposal``: where they pressed. Of two who press at once, or one who presses twice, the second finds the first's moments.
    """
    meeting, sync = _require(uow, meeting_id, person_id, now=now)
    if not meeting.is_open and not times.is_in_calendars(sync, meeting, now=now):
        raise Refusal(OVER)
    if proposal != meeting.proposals:
        return
    was_asked = meeting.state is MeetingState.ASKED
    _propose_again(uow.machine, sync, meeting, now=now)
    if was_asked:  # about an earlier one of a row of meetings
        _redraw_question(uow.machine, sync, meeting, now=now)


def no_meeting(uow: UnitOfWork, meeting_id: int, *, person_id: str, now: datetime) -> None:
    """They talk without one. Written check-ins go on."""
    meeting, sync = _require(uow, meeting_id, person_id, now=now)
    if not _is_latest(uow, meeting):
        raise Refusal(OVER)
    sync.meet_minutes, sync.updated_at = 0, now
    _call_off(uow.machine, sync, meeting, now=now)


# --- afterwards ---------------------------------------------------------------------------------------------------


def asked(uow: UnitOfWork, meeting_id: int, *, person_id: str, now: datetime) -> MeetingCard:
    """What the form about a meeting is filled with."""
    meeting, sync = _require(uow, meeting_id, person_id, hold=False, now=now)
    _require_asked(uow, sync, meeting, now=now)
    return seen.card(uow.machine, sync, meeting, now=now)


def talked(
    uow: UnitOfWork, meeting_id: int, text: str, result: Result | None, *, person_id: str, now: datetime
) -> MeetingCard:
    """They talked, and this came of it: kept, said of the overlap, and told where the sync lives.

    Raises:
        BadInput: a field cannot be used; names it.
        Refusal: somebody said so already.
    """
    meeting, sync = _require(uow, meeting_id, person_id, now=now)
    _require_asked(uow, sync, meeting, now=now)
    text = text.strip()
    if len(text) > OUTCOME_LENGTH:
        raise BadInput(f"That has {len(text)} characters; {OUTCOME_LENGTH} fit.", field=FIELD_OUTCOME)
    if result is Result.DIFFER and not text:
        raise BadInput("Say in a sentence how they differ.", field=FIELD_OUTCOME)
    uow = uow.machine
    meeting.talked, meeting.outcome, meeting.result, meeting.outcome_by = True, text, result, person_id
    meeting.updated_at = now
    _close(uow, sync, meeting, now=now)
    overlap = uow.overlaps.get(sync.overlap_id) if sync.overlap_id is not None else None
    if overlap is not None and result in _VERBS:
        said = text if result is Result.DIFFER else ""
        overlaps.record(uow, overlap, _VERBS[result], text=said, person_id=person_id, now=now)
    _redraw_question(uow, sync, meeting, now=now)
    _tell_place(uow, sync, meeting, now=now)
    return seen.card(uow, sync, meeting, now=now)


def not_yet(uow: UnitOfWork, meeting_id: int, *, person_id: str, now: datetime) -> None:
    """They did not talk: one that comes again is asked about after its next time, for a single one other moments are proposed."""
    meeting, sync = _require(uow, meeting_id, person_id, now=now)
    _require_asked(uow, sync, meeting, now=now)
    uow = uow.machine
    meeting.talked, meeting.outcome_by, meeting.updated_at = False, person_id, now
    _close(uow, sync, meeting, now=now)
    _redraw_question(uow, sync, meeting, now=now)
    if meeting.is_recurring:
        _await_end(sync, meeting, now=now)
    elif _is_latest(uow, meeting) and sync.state is SyncState.ACTIVE:
        meeting.next_at = None
        begin(uow, sync, by=person_id, now=now)


# --- in time ------------------------------------------------------------------------------------------------------


def due(uow: UnitOfWork, now: datetime, *, limit: int = 200) -> list[int]:
    """Meetings about which something is to be done."""
    return uow.machine.meetings.due(now, limit=limit)


def wake(uow: UnitOfWork, meeting_id: int, *, now: datetime) -> bool:
    """Do what is due about a meeting, if it is still to be done and nobody else has it in hand."""
    uow = uow.machine
    known = uow.meetings.get(meeting_id)
    sync = uow.syncs.lock(known.sync_id) if known is not None else None
    meeting = uow.meetings.claim(meeting_id, now)
    if meeting is None or sync is None:
        return False
    meeting.next_at = None
    match meeting.state:
        case MeetingState.PROPOSED:  # its last moment has begun
            _redraw_offer(uow, sync, meeting, now=now)
        case MeetingState.AGREED:
            meeting.state, meeting.asked_at, meeting.next_at = MeetingState.ASKED, now, now + PATIENCE
            meeting.talked, meeting.outcome_by = None, ""
            uow.session.flush()
            if seen.may_be_told(uow, sync, meeting.people, now=now):
                notifications.ask(uow, meeting, seen.card(uow, sync, meeting, now=now), now=now)
        case MeetingState.ASKED:  # nobody said
            _close(uow, sync, meeting, now=now)
            _redraw_question(uow, sync, meeting, now=now)
        case MeetingState.CLOSED if sync.state is SyncState.ACTIVE:
            begin(uow, sync, by=sync.created_by, now=now)
        case _:
            pass
    uow.session.flush()
    return True


# --- inside -------------------------------------------------------------------------------------------------------


def _propose(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, day_from: datetime | None = None, now: datetime) -> None:
    """Up to three moments, in a message of their own. ``day_from``: around that day, where it is to be held once in every round."""
    start = max(now + NOTICE, day_from - BEFORE) if day_from is not None else now + NOTICE
    ends = [day_from + AFTER] if day_from is not None else []
    calendars = hours.calendars_of(uow, meeting.people, now=now)
    earlier = uow.meetings.slots(meeting.id)
    found: list[slots.Moment] = []
    for end in [*ends, start + AHEAD, start + 2 * AHEAD]:
        if end > start and not found:
            found = slots.propose(
                calendars, minutes=meeting.minutes, start=start, end=end, borne=uow.meetings.borne(sync.id, before=meeting.number),
                without=[slot.starts_at for slot in earlier], weekdays=sync.weekdays if sync.cadence is Cadence.CUSTOM else (),
                zone=_ruling_zone(uow, sync),
            )  # fmt: skip
    meeting.state, meeting.proposals, meeting.updated_at = MeetingState.PROPOSED, meeting.proposals + 1, now
    meeting.next_at = found[-1].starts_at if found else None
    uow.meetings.propose(
        [
            Slot(workspace_id=uow.workspace_id, meeting_id=meeting.id, proposal=meeting.proposals, starts_at=moment.starts_at, strain=dict(moment.strain))
            for moment in found
        ]
    )  # fmt: skip
    if seen.may_be_told(uow, sync, meeting.people, now=now):
        notifications.offer(uow, meeting, seen.card(uow, sync, meeting, now=now), now=now)


def _propose_again(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, now: datetime) -> None:
    _propose(uow, sync, meeting, now=now)
    if seen.may_be_told(uow, sync, meeting.people, now=now):
        notifications.overtake(uow, meeting, seen.card(uow, sync, meeting, now=now), now=now)


def _agree(uow: UnitOfWork, sync: Sync, meeting: Meeting, slot: Slot, *, now: datetime) -> None:
    """A moment is agreed. One that is inside of everybody's hours comes again in the sync's rhythm; another is held once."""
    meeting.sequence += meeting.at is not None
    meeting.at, meeting.zone = slot.starts_at, _ruling_zone(uow, sync)
    meeting.is_recurring = sync.cadence is not Cadence.ONCE and not slot.strain
    meeting.state, meeting.updated_at = MeetingState.AGREED, now
    _await_end(sync, meeting, now=now)
    uow.session.flush()
    _redraw_offer(uow, sync, meeting, now=now)
    _invite(uow, sync, meeting, now=now)


def _set_anew(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, now: datetime) -> None:
    """An agreed meeting is as the sync is now: calendars are told once more."""
    meeting.is_recurring = _comes_again(uow, sync, meeting)
    meeting.sequence += 1
    if meeting.state is MeetingState.AGREED and meeting.asked_at is None:
        _await_end(sync, meeting, now=now)
    _invite(uow, sync, meeting, now=now)
    _redraw_offer(uow, sync, meeting, now=now)


def _comes_again(uow: UnitOfWork, sync: Sync, meeting: Meeting) -> bool:
    strain = next((slot.strain for slot in uow.meetings.slots(meeting.id) if slot.starts_at == meeting.at), {})
    return sync.cadence is not Cadence.ONCE and not strain


def _await_end(sync: Sync, meeting: Meeting, *, now: datetime) -> None:
    following = times.next_of(sync, meeting, after=now)
    meeting.next_at = following + timedelta(minutes=meeting.minutes) if following is not None else None


def _call_off(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, now: datetime) -> None:
    if meeting.state is MeetingState.CALLED_OFF:
        return
    was_invited = meeting.at is not None and times.is_in_calendars(sync, meeting, now=now)
    was_open, was_to_move = meeting.is_open, meeting.state is MeetingState.PROPOSED
    meeting.next_at, meeting.updated_at = None, now
    if not was_invited and not was_open:
        return
    meeting.state = MeetingState.CALLED_OFF
    if was_invited:
        meeting.sequence += 1
        _invite(uow, sync, meeting, is_cancelled=True, now=now)
    if was_to_move:  # what did not suit any more is not taken up again
        meeting.at = None
    _redraw_offer(uow, sync, meeting, now=now)


def _close(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, now: datetime) -> None:
    """What is to be done after the question was answered, or was not in time: one that is held once may come round anew, if it has not."""
    meeting.next_at = None
    if meeting.is_recurring:
        meeting.state = MeetingState.AGREED
        return
    meeting.state = MeetingState.CLOSED
    day = _next_day(sync, meeting)
    if day is not None and sync.meet_minutes and sync.state is SyncState.ACTIVE and _is_latest(uow, meeting):
        meeting.next_at = max(now, day - AHEAD / 2)


def _next_day(sync: Sync, last: Meeting | None) -> datetime | None:
    """Around when the meeting after a single one should be; None when there is none, or it may be any time soon."""
    if last is None or last.at is None or last.is_recurring or last.talked is False or sync.cadence is Cadence.ONCE:
        return None
    day = last.at.astimezone(recurrence.zone_of(last.zone)).date()
    rhythm = recurrence.Rhythm(sync.cadence, day, sync.every_weeks, tuple(sorted(set(sync.weekdays))))
    following = recurrence.after(rhythm, day)
    return recurrence.instant(following, 12 * 60, last.zone) if following is not None else None


def _invite(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, is_cancelled: bool = False, now: datetime) -> None:
    uow.session.flush()
    if seen.may_be_told(uow, sync, meeting.people, now=now):
        file = invitation.file(seen.invited(uow, sync, meeting, is_cancelled=is_cancelled), now=now)
        notifications.invite(uow, meeting, seen.card(uow, sync, meeting, now=now), file, now=now)


def _redraw_offer(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, now: datetime) -> None:
    """Let the group message say what is true now, as long as everybody in it may see what it is about."""
    uow.session.flush()
    sync.group_channel_id = notifications.group_of_meeting(uow, meeting) or sync.group_channel_id
    if seen.may_be_told(uow, sync, meeting.people, now=now):
        notifications.redraw_offer(uow, meeting, seen.card(uow, sync, meeting, now=now), now=now)


def _redraw_question(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, now: datetime) -> None:
    """Let the question say what is true now, as long as everybody who was asked may see it: who pressed it may not be all."""
    uow.session.flush()
    if seen.may_be_told(uow, sync, meeting.people, now=now):
        notifications.redraw_question(uow, meeting, seen.card(uow, sync, meeting, now=now), now=now)


def _tell_place(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, now: datetime) -> None:
    work = facts.work_of(uow, sync, uow.syncs.members(sync.id))
    audience = places.place_of(uow, sync, work)
    if audience is not None:
        card = seen.card(uow.seen_by(audience), sync, meeting, now=now)
        notifications.tell_place(uow, meeting, card, channel_id=sync.channel_id, thread_ts=sync.thread_ts, now=now)


def _ruling_zone(uow: UnitOfWork, sync: Sync) -> str:
    """On whose clock a meeting keeps its time: who rules the sync, else who set it up."""
    return hours.zone_of(uow, sync.ruled_by or sync.created_by)


def _is_latest(uow: UnitOfWork, meeting: Meeting) -> bool:
    last = uow.meetings.latest(meeting.sync_id)
    return last is None or last.id == meeting.id


def _lock_latest(uow: UnitOfWork, sync: Sync) -> Meeting | None:
    last = uow.meetings.latest(sync.id)
    return uow.meetings.lock(last.id) if last is not None else None


def _require(
    uow: UnitOfWork, meeting_id: int, person_id: str, *, hold: bool = True, now: datetime
) -> tuple[Meeting, Sync]:
    """The meeting and its sync, if this person meets and may still see what it is about.

    Raises:
        NotFound: it is not there for them.
        NotAllowed: says who may.
    """
    known = uow.machine.meetings.get(meeting_id)
    if known is None:
        raise NotFound(GONE)
    sync = uow.syncs.lock(known.sync_id) if hold else uow.syncs.get(known.sync_id)
    meeting = uow.meetings.lock(meeting_id) if hold else known
    if (
        sync is None
        or meeting is None
        or not facts.sees_all(uow.viewer, sync, facts.work_of(uow, sync, uow.syncs.members(sync.id)))
    ):
        raise NotFound(GONE)
    if person_id not in meeting.people:
        people = " and ".join(f"<@{each}>" for each in meeting.people[:5])
        raise NotAllowed(f"Only who meets can say that: {people}.")
    return meeting, sync


def _require_slot(uow: UnitOfWork, slot_id: int, person_id: str, *, now: datetime) -> tuple[Slot, Meeting, Sync]:
    slot = uow.machine.meetings.get_slot(slot_id)
    if slot is None:
        raise NotFound(GONE)
    meeting, sync = _require(uow, slot.meeting_id, person_id, now=now)
    if meeting.state is not MeetingState.PROPOSED or slot.proposal != meeting.proposals:
        raise Refusal(
            "That proposal is settled, or others have taken its place. The latest message says how it stands."
        )
    if slot.starts_at <= now:
        raise Refusal("That time has passed. *None suits* proposes others.")
    return slot, meeting, sync


def _require_asked(uow: UnitOfWork, sync: Sync, meeting: Meeting, *, now: datetime) -> None:
    if meeting.state is MeetingState.ASKED:
        return
    if meeting.outcome_by:
        said = facts.sides(uow, [(meeting.outcome_by, None)])[0]
        raise Refusal(f"{said.name or 'Somebody'} said so already; it stands in your group message.")
    if meeting.state in (MeetingState.PROPOSED, MeetingState.CALLED_OFF):
        raise Refusal("That meeting was moved or called off since. Your next check-in asks how it goes.")
    raise Refusal("That question was closed after a week. The next check-in asks how it goes.")
