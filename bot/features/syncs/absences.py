"""What somebody's going away and coming back do to check-ins: to the round that is open, and to when the next one opens."""

from datetime import date, datetime

from bot.features.syncs import facts, notifications, presence, recurrence, scheduling
from bot.features.teams import hours
from bot.features.teams.calendars import Calendar
from storage.rounds import WAITING, Prompt, PromptState, Round, RoundState
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork


def follow(uow: UnitOfWork, person_id: str, *, now: datetime) -> None:
    """Let somebody's check-ins do what their hours and days off say now.

    Who is away for the rest of a round is left out of it; who is back in time is asked after all.
    """
    uow = uow.machine
    uow.session.flush()
    for sync_id in sorted(sync.id for sync in uow.syncs.of_person(person_id)):
        scheduling.follow_clock(uow, sync_id, now=now)
        turn = uow.rounds.latest_held(sync_id)
        if turn is None or turn.state is not RoundState.OPEN:
            continue
        for prompt_id in [prompt.id for prompt in uow.rounds.prompts(turn.id) if prompt.person_id == person_id]:
            held = uow.rounds.lock_prompt(prompt_id)
            if held is not None and not leave_out_if_away(uow, *held, now=now):
                _take_in(uow, *held, now=now)
    uow.session.flush()


def back_on_if_away(uow: UnitOfWork, person_id: str, *, now: datetime) -> date | None:
    """The working day on which somebody is back who is away today; None for who is not."""
    calendar = hours.calendar_of(uow, person_id, now=now)
    today = now.astimezone(recurrence.zone_of(calendar.zone)).date()
    return presence.back_on(now, calendar) if calendar.is_away(today) else None


def leave_out_if_away(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync, *, now: datetime) -> bool:
    """Leave somebody who has not answered out of a round, if their days off leave them no time in it; whether that is so."""
    if prompt.state not in (PromptState.SCHEDULED, *WAITING) or now >= prompt.deadline_at:
        return False
    calendar = hours.calendar_of(uow, prompt.person_id, now=now)
    if not presence.is_absent(max(now, prompt.due_at), prompt.deadline_at, calendar):
        return False
    leave_out(uow, prompt, turn, sync, calendar, now=now)
    return True


def leave_out(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync, calendar: Calendar, *, now: datetime) -> None:
    """Ask them no more; the round closes with the last of the others. The message that asked says so."""
    prompt.state, prompt.next_at = PromptState.AWAY, None
    prompt.back_on = presence.back_on(max(now, prompt.due_at), calendar)
    uow.session.flush()
    left = [each.deadline_at for each in uow.rounds.prompts(turn.id) if each.state is not PromptState.AWAY]
    turn.closes_at = max(left, default=turn.closes_at)
    _redraw(uow, prompt, turn, sync, now=now)


def _take_in(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync, *, now: datetime) -> None:
    """Ask somebody who was left out and is back, if there is an hour left; at the least let it be known when they are back."""
    if prompt.state is not PromptState.AWAY or prompt.back_on is None:
        return
    calendar, start = hours.calendar_of(uow, prompt.person_id, now=now), max(now, prompt.due_at)
    closes_at = max(turn.closes_at, prompt.deadline_at)
    times = presence.when_back(start, closes_at, calendar, uow.settings.preferences().deadline_minute)
    if times is None:
        prompt.back_on = presence.back_on(start, calendar)
    else:
        prompt.due_at, prompt.remind_at, prompt.deadline_at = times.due_at, times.remind_at, times.deadline_at
        turn.closes_at, prompt.back_on = max(turn.closes_at, times.deadline_at), None
        if prompt.sent_at is None:
            prompt.state, prompt.next_at = PromptState.SCHEDULED, times.due_at
        elif prompt.reminded_at is None:  # the reminder asks again, as soon as it may
            prompt.state, prompt.next_at = PromptState.SENT, times.due_at
        else:
            prompt.state, prompt.next_at = PromptState.REMINDED, None
    uow.session.flush()
    _redraw(uow, prompt, turn, sync, now=now)


def _redraw(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync, *, now: datetime) -> None:
    if prompt.sent_at is not None:
        notifications.redraw(uow, prompt, facts.asked(uow, prompt, turn, sync, now=now), now=now)
