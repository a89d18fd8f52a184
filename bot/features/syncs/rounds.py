"""What time does to check-ins: rounds open, people are asked and reminded, rounds close and are summed up.

Due work is a column. Each piece is claimed in the transaction that does it, so a tick that runs twice, or in two processes,
harms nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from bot.features.initiatives import service as initiatives
from bot.features.syncs import ahead, facts, meetings, notifications, places, recurrence
from bot.features.syncs.absences import leave_out, leave_out_if_away
from bot.features.syncs.clocks import clocks_of
from bot.features.syncs.closing import close, redraw_prompts
from bot.features.syncs.presence import LATE, Clocks, Part
from bot.features.syncs.scheduling import Roster, roster_of, unschedule
from bot.features.syncs.succession import follow_leads
from bot.features.teams import hours
from bot.features.teams.calendars import ENDLESS
from storage.channels import MEMBERS_FRESH_FOR
from storage.initiatives import Initiative
from storage.repository import EVERYBODY
from storage.rounds import Prompt, PromptState, Round, RoundState
from storage.syncs import Sync, SyncMember, SyncState
from storage.unit_of_work import UnitOfWork

#: How soon it is tried again when it is not known who may see what a check-in is about.
AGAIN: Final = timedelta(minutes=5)
#: Before everything: nobody is asked in a round.
NEVER: Final = datetime.min.replace(tzinfo=UTC)
#: A reminder closer to the deadline than this is no help.
TOO_CLOSE: Final = timedelta(minutes=5)


class Kind(StrEnum):
    """What is due."""

    PROMPT = "prompt"
    CLOSING = "closing"
    OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Due:
    """One piece of due work: what, and the id of its prompt, round or sync."""

    kind: Kind
    id: int


def due(uow: UnitOfWork, now: datetime, *, limit: int = 200) -> list[Due]:
    """What is to be done, in the order in which it should be: ask and remind, close, open."""
    uow = uow.machine
    found = [Due(Kind.PROMPT, number) for number in uow.rounds.due_prompts(now, limit=limit)]
    found += [Due(Kind.CLOSING, number) for number in uow.rounds.due_rounds(now, limit=limit - len(found))]
    found += [Due(Kind.OPENING, number) for number in uow.syncs.due_syncs(now, limit=limit - len(found))]
    return found


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is due and not done: how many pieces of each kind, and since when the oldest."""

    pieces: Mapping[Kind, int]
    since: datetime | None


def backlog(uow: UnitOfWork, now: datetime) -> Backlog:
    """How far what is done lies behind what is due."""
    uow = uow.machine
    found = {Kind.PROMPT: uow.rounds.count_due_prompts(now), Kind.CLOSING: uow.rounds.count_due_rounds(now),
             Kind.OPENING: uow.syncs.count_due(now)}  # fmt: skip
    since = [oldest for _, oldest in found.values() if oldest is not None]
    return Backlog({kind: number for kind, (number, _) in found.items()}, min(since, default=None))


def do_together(uow: UnitOfWork, kind: Kind, ids: Sequence[int], *, now: datetime) -> int:
    """Do many pieces of one kind in one transaction, in this order; how many of them were still to be done and in nobody else's hand.

    What each needs to know is read for all of them at once, and their messages are put in together. Nothing is kept unless all
    goes well: then each is done by itself with :func:`do`.
    """
    uow = uow.machine
    with uow.outbox.together():
        match kind:
            case Kind.PROMPT:
                prompts = uow.rounds.claim_prompts(ids, now)
                ahead.of_prompts(uow, prompts, now=now)
                for prompt in prompts:
                    follow_prompt(uow, prompt, now=now)
                return len(prompts)
            case Kind.CLOSING:
                turns = uow.rounds.claim_rounds(ids, now)
                ahead.of_series(uow, [turn.sync_id for turn in turns], now=now)
                for turn in turns:
                    close(uow, turn, now=now)
                return len(turns)
            case _:
                syncs = uow.syncs.claim_syncs(ids, now)
                ahead.of_series(uow, [sync.id for sync in syncs], now=now)
                for sync in syncs:
                    open_next(uow, sync, now=now)
                return len(syncs)


def do(uow: UnitOfWork, piece: Due, *, now: datetime) -> bool:
    """Do one piece, if it is still to be done and nobody else has it in hand."""
    return do_together(uow, piece.kind, [piece.id], now=now) > 0


def sweep(uow: UnitOfWork, now: datetime, *, limit: int = 50) -> int:
    """Do what is due, a bounded batch at a time; how much was done. Call it until that is 0."""
    return sum(do(uow, piece, now=now) for piece in due(uow, now, limit=limit))


# --- opening ----------------------------------------------------------------------------------------------------


def open_next(uow: UnitOfWork, sync: Sync, *, now: datetime) -> None:
    """Open the newest round that is due; older ones are recorded as missed, so that a week off brings no flood."""
    if sync.state is not SyncState.ACTIVE or sync.next_on is None:
        unschedule(sync)
        return
    members = uow.syncs.members(sync.id)
    work, lived_in = facts.work_of(uow, sync, members), sync.audience
    _follow_audience(sync, work)
    if not _is_membership_known(uow, sync, now=now):
        sync.next_opens_at = now + AGAIN
        return
    follow_leads(uow, sync, now=now)
    places.leave_if_lost(uow, sync, now=now)
    members = uow.syncs.members(sync.id)
    roster = roster_of(uow, sync, now=now)
    if len(roster.present) < 2:
        _pause_for_too_few(uow, sync, roster, lived_in=lived_in, now=now)
        return
    clocks = clocks_of(uow, sync, members, now=now)
    newest, passed, following = _newest_due(clocks, sync, now=now)
    for day, later in pairwise([*passed, newest]):
        _record_unheld(uow, sync, day, _why_not(clocks, day, later), now=now)
    parts = clocks.parts(newest, people=[member.person_id for member in roster.present], now=now)
    if following is not None and _closes_at(clocks.parts(newest)) > clocks.opens_at(following):
        parts = clocks.parts_before(following, parts)
    previous = uow.rounds.latest_held(sync.id)
    sync.next_on = following
    sync.next_opens_at = clocks.opens_at(following) if following is not None else None
    closes_at = _closes_at(parts)
    if closes_at == NEVER:
        why = _why_not(clocks, newest, following) if following is not None else RoundState.SKIPPED
        _record_unheld(uow, sync, newest, why, now=now)
        if following is None:
            _wait_for_the_first(sync, clocks, newest, parts, now=now)
        return
    if following is not None and sync.next_opens_at is not None and closes_at > sync.next_opens_at:
        # So late that its answers would run into the next round: two at once help nobody.
        _record_unheld(uow, sync, newest, _why_not(clocks, newest, following), now=now)
        return
    turn = Round(workspace_id=uow.workspace_id, sync_id=sync.id, number=uow.rounds.held(sync.id) + 1, on_day=newest, state=RoundState.OPEN,
                 opened_at=now, closes_at=closes_at)  # fmt: skip
    if previous is not None and previous.state is RoundState.OPEN:
        close(uow, previous, now=now)
    uow.rounds.open_round(turn, [_prompt(uow, member, parts[member.person_id]) for member in roster.present])
    if previous is not None:
        uow.answers.drop_drafts([prompt.id for prompt in uow.rounds.prompts(previous.id)])
        redraw_prompts(uow, previous, sync, now=now)


def _newest_due(clocks: Clocks, sync: Sync, *, now: datetime) -> tuple[date, list[date], date | None]:
    """The day of the newest due round, the days of older ones, and the day of the round after it."""
    assert sync.next_on is not None  # noqa: S101 - a due sync has a day
    newest = sync.next_on
    passed: list[date] = []
    while True:
        following = recurrence.after(recurrence.rhythm_of(sync), newest)
        if following is None or clocks.opens_at(following) > now:
            return newest, passed, following
        passed.append(newest)
        newest = following


def _why_not(clocks: Clocks, day: date, following: date) -> RoundState:
    """Why nobody was asked in a round: everybody was away, or holidays moved it into the next one; else it was missed."""
    was_off = _closes_at(clocks.parts_before(following, clocks.parts(day))) == NEVER
    return RoundState.SKIPPED if was_off else RoundState.MISSED


def _closes_at(parts: Mapping[str, Part]) -> datetime:
    """The last deadline of those who are asked; `NEVER` where nobody is."""
    return max((part.times.deadline_at for part in parts.values() if not part.is_away), default=NEVER)


def _record_unheld(uow: UnitOfWork, sync: Sync, day: date, state: RoundState, *, now: datetime) -> None:
    row = Round(
        workspace_id=uow.workspace_id,
        sync_id=sync.id,
        number=uow.rounds.held(sync.id) + 1,
        on_day=day,
        state=state,
        opened_at=now,
        closes_at=now,
    )
    uow.rounds.open_round(row, ())


def _wait_for_the_first(sync: Sync, clocks: Clocks, day: date, parts: Mapping[str, Part], *, now: datetime) -> None:
    """A single check-in for which everybody is away is held when the first is back; paused where that is not in sight."""
    back_on = min((part.back_on for part in parts.values() if part.back_on is not None), default=ENDLESS)
    if back_on == ENDLESS:
        sync.state, sync.updated_at = SyncState.PAUSED, now
        return
    sync.first_on = sync.next_on = max(back_on, day + timedelta(days=1))
    sync.next_opens_at = clocks.opens_at(sync.next_on)


def _prompt(uow: UnitOfWork, member: SyncMember, part: Part) -> Prompt:
    times, state = part.times, PromptState.AWAY if part.is_away else PromptState.SCHEDULED
    return Prompt(
        workspace_id=uow.workspace_id, round_id=0, person_id=member.person_id, initiative_id=member.initiative_id, state=state, due_at=times.due_at,
        remind_at=times.remind_at, deadline_at=times.deadline_at, next_at=None if part.is_away else times.due_at, back_on=part.back_on,
    )  # fmt: skip


def _follow_audience(sync: Sync, work: Sequence[Initiative]) -> None:
    """Work that was private and is public now, or the other way round, takes its check-in with it."""
    private = sorted({row.audience for row in work if row.audience})
    if work:
        sync.audience = private[0] if private else ""


def _is_membership_known(uow: UnitOfWork, sync: Sync, *, now: datetime) -> bool:
    """Whether we know freshly who is in the private channel that a check-in belongs to. Unknown is no reason to leave anybody out."""
    channel = uow.channels.get(sync.audience) if sync.audience else None
    if channel is None or not channel.is_private or not channel.is_member:
        return True
    return channel.members_read_at is not None and channel.members_read_at >= now - MEMBERS_FRESH_FOR


def _pause_for_too_few(uow: UnitOfWork, sync: Sync, roster: Roster, *, lived_in: str, now: datetime) -> None:
    """``lived_in``: the private channel whose members saw it until now, if it was one."""
    sync.state, sync.updated_at = SyncState.PAUSED, now
    unschedule(sync)
    uow.session.flush()
    cards = {}
    for member in roster.present:
        own = facts.eyes(uow, member.person_id, now=now)
        cards[member.person_id] = facts.card(own, sync, member.person_id, now=now)
    gone = facts.sides(uow.seen_by(EVERYBODY), [(member.person_id, None) for member in roster.gone])
    notifications.tell_too_few(uow, cards, gone, now=now)
    channel = uow.channels.get(lived_in) if lived_in else None
    is_out_of_sight = channel is not None and not channel.is_member and sync.created_by not in cards
    if channel is not None and is_out_of_sight and facts.can_take_part(uow.people.get(sync.created_by)):
        # Who is inside is not known any more: the one who knows what it is about is told, and nothing of it is named.
        notifications.tell_out_of_sight(uow, sync, is_deleted=channel.is_deleted, now=now)
    meetings.stop(uow, sync, now=now)


# --- asking -----------------------------------------------------------------------------------------------------


def follow_prompt(uow: UnitOfWork, prompt: Prompt, *, now: datetime) -> None:
    """Ask, remind, or leave in peace."""
    _, turn, sync = uow.rounds.around(prompt)
    waits = prompt.state in (PromptState.SCHEDULED, PromptState.SENT, PromptState.SNOOZED)
    if turn.state is not RoundState.OPEN or not waits:
        prompt.next_at = None
    elif not _can_be_asked(uow, prompt, sync, now=now):
        prompt.state, prompt.next_at = PromptState.AWAY, None
    elif leave_out_if_away(uow, prompt, turn, sync, now=now):
        pass
    elif prompt.state is PromptState.SCHEDULED:
        _ask(uow, prompt, turn, sync, now=now)
    else:
        _remind(uow, prompt, turn, sync, now=now)


def _can_be_asked(uow: UnitOfWork, prompt: Prompt, sync: Sync, *, now: datetime) -> bool:
    return facts.can_take_part(uow.people.get(prompt.person_id)) and (
        not _is_membership_known(uow, sync, now=now)
        or facts.sees_all(
            initiatives.eyes_of(uow, prompt.person_id, now=now),
            sync,
            facts.work_of(uow, sync, uow.rounds.prompts(prompt.round_id)),
        )
    )


def _ask(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync, *, now: datetime) -> None:
    if sync.next_opens_at is not None and sync.next_opens_at <= now:
        prompt.state, prompt.next_at = PromptState.MISSED, None  # the next round is due: one message, not two
        return
    calendar, start = hours.calendar_of(uow, prompt.person_id, now=now), now
    if now - prompt.due_at > LATE or recurrence.allowed(now, calendar) != now:
        again = recurrence.times_from(now, calendar, uow.settings.preferences().deadline_minute)
        if again is None:
            leave_out(uow, prompt, turn, sync, calendar, now=now)
            return
        start, prompt.deadline_at = again.due_at, max(prompt.deadline_at, again.deadline_at)
        prompt.remind_at = recurrence.reminder_between(start, prompt.deadline_at, calendar)
        turn.closes_at = max(turn.closes_at, prompt.deadline_at)
    if start > now:
        prompt.due_at = prompt.next_at = start
        return
    prompt.state, prompt.sent_at = PromptState.SENT, now
    prompt.next_at = prompt.remind_at if prompt.remind_at <= prompt.deadline_at - TOO_CLOSE else None
    notifications.ask(uow, prompt, facts.asked(uow, prompt, turn, sync, now=now), now=now)


def _remind(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync, *, now: datetime) -> None:
    was_put_off = prompt.state is PromptState.SNOOZED
    at = recurrence.allowed(now, hours.calendar_of(uow, prompt.person_id, now=now))
    if at is None or at > prompt.deadline_at - TOO_CLOSE:
        prompt.state = PromptState.SENT if prompt.state is PromptState.SNOOZED else prompt.state
        prompt.next_at = None
        if was_put_off:
            notifications.redraw(uow, prompt, facts.asked(uow, prompt, turn, sync, now=now), now=now)
    elif at > now:
        prompt.next_at = at
        if was_put_off:
            notifications.redraw(uow, prompt, facts.asked(uow, prompt, turn, sync, now=now), now=now)
    else:
        prompt.state, prompt.reminded_at, prompt.next_at = PromptState.REMINDED, now, None
        asked = facts.asked(uow, prompt, turn, sync, now=now)
        if was_put_off:  # its message says when it asks again
            notifications.redraw(uow, prompt, asked, now=now)
        notifications.remind(uow, prompt, asked, now=now)
