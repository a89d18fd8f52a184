"""Decides what becomes of a prompt: answered, edited, copied from last time, put off, skipped."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.errors import BadInput, NotAllowed, NotFound, Refusal
from bot.features.initiatives import plans
from bot.features.initiatives import service as initiatives
from bot.features.items import service as items
from bot.features.syncs import closing, drafts, facts, notifications, questions, recurrence
from bot.features.syncs.card import (
    FIELD_CHANGED,
    FIELD_HELPED,
    FIELD_PERSON,
    FIELD_PLAN,
    FIELD_SYSTEM,
    FIELD_TEAM,
    FIELD_WAITING,
    Asked,
    Questions,
    Report,
)
from bot.features.teams import hours
from storage.rounds import WAITING, Answer, Prompt, PromptState, Round, RoundState
from storage.syncs import Sync
from storage.unit_of_work import UnitOfWork

CHANGED_LENGTH: Final = 2000
WAITING_LENGTH: Final = 300
PLAN_LENGTH: Final = plans.LENGTH
MOST_HELPERS: Final = 10
GONE: Final = "That check-in is not there any more. `/rowbot syncs` shows yours."
_ANSWERED: Final = (PromptState.ANSWERED, PromptState.LATE)


def require(uow: UnitOfWork, prompt_id: int, person_id: str, *, hold: bool = True) -> tuple[Prompt, Round, Sync]:
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


def asked(uow: UnitOfWork, prompt_id: int, *, person_id: str, now: datetime) -> tuple[Asked, Questions]:
    """What somebody is asked, to fill the form with."""
    prompt, turn, sync = require(uow, prompt_id, person_id, hold=False)
    return facts.asked(uow.machine, prompt, turn, sync, now=now), questions.of(uow, prompt, turn, sync)


def answer(uow: UnitOfWork, prompt_id: int, report: Report, *, person_id: str, now: datetime) -> Asked:
    """Take an answer, in time or late, or an edit of one; the message and a posted summary follow.

    Raises:
        BadInput: a field cannot be used; names it.
        Refusal: the next round has opened.
    """
    return take(uow, require(uow, prompt_id, person_id), report, now=now)


def take(
    uow: UnitOfWork, where: tuple[Prompt, Round, Sync], report: Report, *, replies: Sequence[dict[str, Any]] = (), now: datetime
) -> Asked:  # fmt: skip
    """Take an answer to a prompt that is held; ``replies``: the Slack messages in which it was said."""
    prompt, turn, sync = where
    report = _checked(uow, report, prompt.person_id)
    given = uow.rounds.answer(prompt.id)
    before = None if given is None else (facts.report_of(given), uow.answers.views([prompt.id]).get(prompt.id, {}))
    if given is None:
        given = Answer(prompt_id=prompt.id, workspace_id=uow.workspace_id, pulse=report.pulse, created_at=now, updated_at=now)  # fmt: skip
        uow.session.add(given)
    _restate(uow, where, given, report, now=now)
    _fill(given, report)
    given.replies = list(replies)
    uow.answers.keep_views(prompt.id, dict(report.views), now=now)
    if before is not None and before != (facts.report_of(given), dict(report.views)):
        given.edits, given.updated_at = given.edits + 1, now
    if prompt.state not in _ANSWERED:
        prompt.state = PromptState.LATE if now > prompt.deadline_at else PromptState.ANSWERED
        prompt.answered_at = now
    sync.silent_rounds = 0
    items.follow(uow, given, prompt, sync, shown=closing.show_item, now=now)
    uow.answers.drop_drafts([prompt.id])
    return _follow(uow, prompt, turn, sync, now=now)


def as_before(uow: UnitOfWork, prompt_id: int, *, person_id: str, now: datetime) -> Asked | None:
    """Answer as last time; None where there was no last time.

    What happened once is not said again: who helped, a new plan, a new status. How clear things are is asked anew.
    """
    prompt, turn, sync = where = require(uow, prompt_id, person_id)
    last = uow.rounds.answer_before(sync.id, person_id, turn.on_day)
    if last is None:
        return None
    if prompt.state in _ANSWERED:
        raise Refusal("You have answered this one. *Edit* in its message changes it.")
    return take(uow, where, said_before(uow, where, last), now=now)


def said_before(uow: UnitOfWork, where: tuple[Prompt, Round, Sync], last: Answer) -> Report:
    """What still holds of an earlier answer: what is still waited for, teams and systems that are there, overlaps that are still asked about."""
    prompt, turn, sync = where
    team = last.waiting_team_id if last.waiting_team_id and uow.teams.get(last.waiting_team_id) else None
    system = last.waiting_system_id if uow.initiatives.named([last.waiting_system_id or 0]) else None
    open_now = {overlap.id for overlap in questions.overlaps(uow, prompt, turn, sync)}
    said = uow.answers.views([last.prompt_id]).get(last.prompt_id, {})
    views = tuple((overlap_id, view) for overlap_id, view in said.items() if overlap_id in open_now)
    report = Report(last.pulse, last.changed, last.waiting_for, team, (), last.waiting_person_id, system, views=views)
    if items.is_waited_for(uow, last.prompt_id):
        return report
    return replace(report, waiting_for="", waiting_team_id=None, waiting_person_id="", waiting_system_id=None)


def keep_draft(uow: UnitOfWork, prompt_id: int, report: Report, *, person_id: str, said_at: datetime) -> bool:
    """Keep what stands in somebody's form at a moment; False where something younger is kept or was sent, or nothing can be sent any more.

    That is said when the form is sent, and not at every letter.
    """
    try:
        require(uow, prompt_id, person_id)
    except Refusal:
        return False
    kept, given = uow.answers.draft(prompt_id), uow.rounds.answer(prompt_id)
    if (kept is not None and kept.saved_at > said_at) or (given is not None and given.updated_at > said_at):
        return False
    uow.answers.keep_draft(prompt_id, drafts.fields_of(report), saved_at=said_at)
    return True


def show_draft(uow: UnitOfWork, prompt_id: int, *, person_id: str, now: datetime) -> bool:
    """The form was closed: let the message that asked say that a draft is kept, if one is."""
    if uow.answers.draft(prompt_id) is None:
        return False
    try:
        prompt, turn, sync = require(uow, prompt_id, person_id)
    except Refusal:
        return False
    if prompt.state not in _ANSWERED:
        notifications.redraw(uow, prompt, facts.asked(uow.machine, prompt, turn, sync, now=now), now=now)
    return True


def skip(uow: UnitOfWork, prompt_id: int, *, person_id: str, now: datetime) -> Asked:
    """Leave this one out."""
    prompt, turn, sync = require(uow, prompt_id, person_id)
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
    prompt, turn, sync = require(uow, prompt_id, person_id)
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
    changed, waiting_for, plan = (
        report.changed.strip(),
        " ".join(report.waiting_for.split()),
        " ".join(report.plan.split()),
    )
    for text, longest, field in (
        (changed, CHANGED_LENGTH, FIELD_CHANGED),
        (waiting_for, WAITING_LENGTH, FIELD_WAITING),
        (plan, PLAN_LENGTH, FIELD_PLAN),
    ):
        if len(text) > longest:
            raise BadInput(f"That has {len(text)} characters; {longest} fit.", field=field)
    if report.waiting_team_id is not None and uow.teams.get(report.waiting_team_id) is None:
        raise BadInput(
            "That team is not there any more. Choose another, or name it in the field above.", field=FIELD_TEAM
        )
    if report.waiting_system_id is not None and not uow.initiatives.named([report.waiting_system_id]):
        raise BadInput(
            "That system is not in the registry any more. Choose another, or name it in the field above.",
            field=FIELD_SYSTEM,
        )
    known = uow.people.named((*report.helped_by, report.waiting_person_id))
    bots = {person.id for person in known.values() if person.is_bot}
    if report.waiting_person_id in {person_id, *bots}:
        raise BadInput("Name somebody else: the one who can give it to you.", field=FIELD_PERSON)
    helped_by = tuple(each for each in dict.fromkeys(report.helped_by) if each != person_id and each not in bots)
    if len(helped_by) > MOST_HELPERS:
        raise BadInput(f"Name {MOST_HELPERS} people at most.", field=FIELD_HELPED)
    clarity = report.clarity if report.clarity in range(1, 6) else None
    return replace(report, changed=changed, waiting_for=waiting_for, plan=plan, helped_by=helped_by, clarity=clarity)


def _restate(
    uow: UnitOfWork, where: tuple[Prompt, Round, Sync], given: Answer, report: Report, *, now: datetime
) -> None:
    """Let the initiative that they speak for follow: where it stands, and what the plan is now, as far as these are theirs to say."""
    prompt, turn, sync = where
    row = questions.work(uow, prompt)
    if row is None:
        return
    status = report.status if report.status is not None and report.status is not row.status else None
    plan = None
    if report.plan != given.plan and questions.plan_is_kept(uow, row, prompt, turn, sync):
        plan = initiatives.Plan(report.plan, facts.clock_of(uow, prompt.person_id, now).date(), instead_of=given.plan)
    if status is None and plan is None:
        return
    stood = row.status
    initiatives.restate(uow, row.id, status=status, plan=plan, person_id=prompt.person_id, now=now)
    if status is not None:
        first = given.status_before or stood
        given.status_before, given.status_after = (None, None) if first is status else (first, status)


def _fill(given: Answer, report: Report) -> None:
    given.pulse, given.changed, given.waiting_for = report.pulse, report.changed, report.waiting_for
    given.waiting_team_id, given.helped_by = report.waiting_team_id, list(report.helped_by)
    given.waiting_person_id, given.waiting_system_id = report.waiting_person_id, report.waiting_system_id
    given.plan, given.clarity = report.plan, report.clarity
