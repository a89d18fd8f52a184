"""Decides what becomes of a prompt: answered, edited, copied from last time, put off, skipped."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.items import service as items
from bot.features.syncs import closing, facts, notifications, recurrence
from bot.features.syncs.card import FIELD_CHANGED, FIELD_HELPED, FIELD_TEAM, FIELD_WAITING, Asked, Report
from bot.features.teams import hours
from storage.rounds import WAITING, Answer, Prompt, PromptState, Round, RoundState
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork

CHANGED_LENGTH: Final = 2000
WAITING_LENGTH: Final = 300
MOST_HELPERS: Final = 10
GONE: Final = "That check-in is not there any more. `/rowbot syncs` shows yours."
_ANSWERED: Final = (PromptState.ANSWERED, PromptState.LATE)


def _require(uow: UnitOfWork, prompt_id: int, person_id: str, *, hold: bool = True) -> tuple[Prompt, Round, Sync]:
    """The prompt, if it was sent to this person, they still see what it is about, and its round takes answers.

    ``hold`` it until the transaction ends.
    """
    rounds = uow.machine.rounds
    found = rounds.lock_prompt(prompt_id) if hold else rounds.prompt(prompt_id)
    if found is None or found[0].state is PromptState.SCHEDULED:
        raise NotFound(GONE)
    prompt, turn, sync = found
    if prompt.person_id != person_id:
        raise NotAllowed(f"That was asked of <@{prompt.person_id}>; only they can answer it.")
    if not facts.sees_all(uow.viewer, sync, facts.work_of(uow, sync, uow.rounds.prompts(turn.id))):
        raise NotFound(GONE)  # they left its private channel: its summary is not theirs to write in
    if not facts.is_answerable(uow, turn):
        raise Refusal("The next round has opened since, so this one can't be changed any more. Answer the new one.")
    return found


def asked(uow: UnitOfWork, prompt_id: int, *, person_id: str, now: datetime) -> Asked:
    """What somebody is asked, to fill the form with."""
    return facts.asked(uow.machine, *_require(uow, prompt_id, person_id, hold=False), now=now)


def answer(uow: UnitOfWork, prompt_id: int, report: Report, *, person_id: str, now: datetime) -> Asked:
    """Take an answer, in time or late, or an edit of one; the message and a posted summary follow.

    Raises:
        BadInput: a field cannot be used; names it.
        Refusal: the next round has opened.
    """
    prompt, turn, sync = _require(uow, prompt_id, person_id)
    report = _checked(uow, report, person_id)
    given = uow.rounds.answer(prompt_id)
    if given is None:
        given = Answer(
            prompt_id=prompt_id, workspace_id=uow.workspace_id, pulse=report.pulse, created_at=now, updated_at=now
        )
        _fill(given, report)
        uow.session.add(given)
    elif _report_of(given) != report:
        _fill(given, report)
        given.edits, given.updated_at = given.edits + 1, now
    if prompt.state not in _ANSWERED:
        prompt.state = PromptState.LATE if now > prompt.deadline_at else PromptState.ANSWERED
        prompt.answered_at = now
    sync.silent_rounds = 0
    items.follow(uow, given, prompt, sync, shown=closing.show_item, now=now)
    return _follow(uow, prompt, turn, sync, now=now)


def as_before(uow: UnitOfWork, prompt_id: int, *, person_id: str, now: datetime) -> Asked | None:
    """Answer as last time; None where there was no last time. Who helped then is not credited again."""
    prompt, turn, sync = _require(uow, prompt_id, person_id)
    last = uow.rounds.answer_before(sync.id, person_id, turn.on_day)
    if last is None:
        return None
    if prompt.state in _ANSWERED:
        raise Refusal("You have answered this one. *Edit* in its message changes it.")
    team = last.waiting_team_id if last.waiting_team_id and uow.teams.get(last.waiting_team_id) else None
    report = Report(last.pulse, last.changed, last.waiting_for, team)
    if not items.is_waited_for(uow, last.prompt_id):
        report = replace(report, waiting_for="", waiting_team_id=None)
    return answer(uow, prompt_id, report, person_id=person_id, now=now)


def skip(uow: UnitOfWork, prompt_id: int, *, person_id: str, now: datetime) -> Asked:
    """Leave this one out."""
    prompt, turn, sync = _require(uow, prompt_id, person_id)
    if prompt.state in _ANSWERED:
        raise Refusal("You have answered this one. *Edit* in its message changes it.")
    prompt.state = PromptState.SKIPPED
    sync.silent_rounds = 0
    return _follow(uow, prompt, turn, sync, now=now)


def later(uow: UnitOfWork, prompt_id: int, *, person_id: str, now: datetime) -> Asked:
    """Ask again later today, in place of the reminder.

    Raises:
        Refusal: there is no time left for that.
    """
    prompt, turn, sync = _require(uow, prompt_id, person_id)
    if prompt.state not in WAITING or turn.state is not RoundState.OPEN:
        raise Refusal("There is nothing left to put off here. A late answer counts until the next round opens.")
    again = recurrence.later_today(now, prompt.deadline_at, hours.calendar_of(uow, person_id, now=now))
    if again is None:
        raise Refusal(
            "The deadline is too close to ask again before it. A late answer counts too, until the next round opens."
        )
    prompt.state, prompt.next_at = PromptState.SNOOZED, again
    return _follow(uow, prompt, turn, sync, now=now)


def _follow(uow: UnitOfWork, prompt: Prompt, turn: Round, sync: Sync, *, now: datetime) -> Asked:
    """Let the message, and a summary that stands, say what is true now."""
    if prompt.state is not PromptState.SNOOZED:
        prompt.next_at = None
    uow.session.flush()
    said = facts.asked(uow.machine, prompt, turn, sync, now=now)
    notifications.redraw(uow, prompt, said, now=now)
    if turn.state is RoundState.CLOSED:
        closing.sum_up(uow.machine, turn, sync, now=now)
    uow.session.flush()
    return said


def _checked(uow: UnitOfWork, report: Report, person_id: str) -> Report:
    changed, waiting_for = report.changed.strip(), " ".join(report.waiting_for.split())
    if len(changed) > CHANGED_LENGTH:
        raise BadInput(f"That has {len(changed)} characters; {CHANGED_LENGTH} fit.", field=FIELD_CHANGED)
    if len(waiting_for) > WAITING_LENGTH:
        raise BadInput(f"That has {len(waiting_for)} characters; {WAITING_LENGTH} fit.", field=FIELD_WAITING)
    if report.waiting_team_id is not None and uow.teams.get(report.waiting_team_id) is None:
        raise BadInput(
            "That team is not there any more. Choose another, or name it in the field above.", field=FIELD_TEAM
        )
    known = uow.people.named(report.helped_by)
    bots = {person.id for person in known.values() if person.is_bot}
    helped_by = tuple(each for each in dict.fromkeys(report.helped_by) if each != person_id and each not in bots)
    if len(helped_by) > MOST_HELPERS:
        raise BadInput(f"Name {MOST_HELPERS} people at most.", field=FIELD_HELPED)
    return Report(report.pulse, changed, waiting_for, report.waiting_team_id, helped_by)


def _report_of(given: Answer) -> Report:
    return Report(given.pulse, given.changed, given.waiting_for, given.waiting_team_id, tuple(given.helped_by))


def _fill(given: Answer, report: Report) -> None:
    given.pulse, given.changed, given.waiting_for = report.pulse, report.changed, report.waiting_for
    given.waiting_team_id, given.helped_by = report.waiting_team_id, list(report.helped_by)
