"""Draws and reads back the form in which a check-in is answered: how it goes, and what there are facts to ask about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from bot.features.initiatives.views import STATUS_WORDS
from bot.features.syncs import wording as w
from bot.features.syncs.card import (
    FIELD_CHANGED,
    FIELD_CLARITY,
    FIELD_HELPED,
    FIELD_OVERLAP,
    FIELD_PERSON,
    FIELD_PLAN,
    FIELD_PULSE,
    FIELD_STATUS,
    FIELD_SYSTEM,
    FIELD_TEAM,
    FIELD_WAITING,
    Asked,
    OverlapAsked,
    Questions,
    Report,
)
from bot.slack import blocks as b
from storage.initiatives import Status
from storage.rounds import Pulse, View

ANSWER_FORM: Final = "syncs.answer_form"
#: The action of every field: whatever is filled in is kept as a draft.
DRAFT: Final = "syncs.draft"

_VIEWS: Final = {
    View.SAME: "Yes, the same problem",
    View.DIVERGING: "No, they are going different ways",
    View.SETTLED: "It is settled",
}
_CLARITY: Final = {1: "1: not at all", 2: "2: a little", 3: "3: half", 4: "4: mostly", 5: "5: fully"}


def form(asked: Asked, questions: Questions) -> dict[str, Any]:
    """How is it going? Filled with the draft, else with what was answered to this prompt, else with what was said last time."""
    given = replace(asked.reported.report, status=None, views=questions.views) if asked.reported is not None else None
    last = asked.last.report if asked.last is not None else None
    start = questions.draft or given or Report(last.pulse if last is not None else Pulse.ON_TRACK)
    is_fresh = questions.draft is None and given is None
    if is_fresh and last is not None:
        start = Report(last.pulse, last.changed)
        if questions.still_waits:
            start = replace(start, waiting_for=last.waiting_for, waiting_team_id=last.waiting_team_id,
                            waiting_person_id=last.waiting_person_id, waiting_system_id=last.waiting_system_id)  # fmt: skip
    fields = [
        b.section(_opening(asked, questions)),
        _field(FIELD_PULSE, "How is it going?", _select([(words.capitalize(), pulse.value) for pulse, words in w.PULSE_WORDS.items()], start.pulse.value), optional=False),
        _field(FIELD_CHANGED, "What changed since last time?", _text(start.changed, longest=2000, multiline=True), hint=_before(last, is_shown=is_fresh)),
        *(_overlap(each, start) for each in questions.overlaps),
        *_waiting(questions, start, goes_on=is_fresh and bool(start.waiting_for)),
        *_work(questions, start),
        _field(FIELD_HELPED, "Who helped you?", b.people_select(DRAFT, initial=start.helped_by, most=10)),
        _field(FIELD_CLARITY, "How clear is it to you what the others do?",
               _select([(words, str(number)) for number, words in _CLARITY.items()], str(start.clarity or "")), hint="Shown as a mean of five people or more, never by itself."),
        b.context(f"The summary goes {w.where(asked.place)}. What stands here is kept as a draft that only you see."),
    ]  # fmt: skip
    metadata: dict[str, Any] = {"id": asked.prompt_id} | (
        {"status": questions.status.value} if questions.status is not None else {}
    )
    if start.waiting_for:
        metadata["from"] = [start.waiting_team_id, start.waiting_person_id, start.waiting_system_id]
    return b.modal(
        "Check-in", fields, callback_id=ANSWER_FORM, submit="Send", metadata=json.dumps(metadata), notify_on_close=True
    )


def _opening(asked: Asked, questions: Questions) -> str:
    kept = f"\nYour draft of {w.since(questions.drafted_at, asked.now)}." if questions.drafted_at is not None else ""
    return f"{w.topic(asked.topic)}{kept}"


def _before(last: Report | None, *, is_shown: bool) -> str:
    if last is None or not last.changed:
        return "What moved, what you learned, what comes next."
    if is_shown:
        return "This is what you said last time. Change it; sent unchanged it counts as “as before”."
    return f"Last time: {b.clip(last.changed, 600)}"


def _overlap(asked: OverlapAsked, start: Report) -> b.Block:
    whose = f" ({b.without_turns(asked.team)})" if asked.team else ""
    said = next((view.value for overlap_id, view in start.views if overlap_id == asked.id), "")
    menu = _select([(words, view.value) for view, words in _VIEWS.items()], said)
    label = f"{b.without_turns(b.clip(asked.title, b.HEADER))}{whose}: still the same problem?"
    return _field(f"{FIELD_OVERLAP}{asked.id}", label, menu)


def _waiting(questions: Questions, start: Report, *, goes_on: bool) -> list[b.Block]:
    hint = "This is what you waited for last time. Empty it if you have it." if goes_on else ""
    drawn = [_field(FIELD_WAITING, "What are you waiting for?", _text(start.waiting_for, longest=300, placeholder="GPU quota"), hint=hint)]  # fmt: skip
    if questions.teams:
        drawn.append(_field(FIELD_TEAM, "From which team?", _named(questions.teams, start.waiting_team_id)))
    drawn.append(_field(FIELD_PERSON, "From whom?", b.person_select(DRAFT, initial=start.waiting_person_id)))
    if questions.systems:
        drawn.append(_field(FIELD_SYSTEM, "Which legacy system holds you up?", _named(questions.systems, start.waiting_system_id)))  # fmt: skip
    return drawn


def _work(questions: Questions, start: Report) -> list[b.Block]:
    """What is asked of the initiative that they speak for."""
    if not questions.title:
        return []
    drawn = []
    title = b.without_turns(b.clip(questions.title, b.HEADER))
    if questions.status is not None:
        statuses = [(STATUS_WORDS[status].capitalize(), status.value) for status in Status]
        drawn.append(_field(FIELD_STATUS, f"Where {title} stands", _select(statuses, (start.status or questions.status).value)))  # fmt: skip
    kept = f"It becomes part of what the registry says of {title}." if questions.plan_is_kept else "It stands in the summary only."  # fmt: skip
    drawn.append(
        _field(FIELD_PLAN, "Has the plan changed? Say in a sentence what it is now.", _text(start.plan, longest=500), hint=kept)
    )  # fmt: skip
    return drawn


def _field(block_id: str, label: str, element: b.Element, *, optional: bool = True, hint: str = "") -> b.Block:
    return b.field(block_id, label, element, optional=optional, hint=hint) | {"dispatch_action": True}


def _text(initial: str, *, longest: int, multiline: bool = False, placeholder: str = "") -> b.Element:
    element = b.text_input(DRAFT, initial=initial, longest=longest, multiline=multiline, placeholder=placeholder)
    return element | {"dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}}


def _select(options: Sequence[tuple[str, str]], initial: str) -> b.Element:
    return b.select(DRAFT, [b.option(label, value) for label, value in options], initial=initial)


def _named(options: Sequence[tuple[int, str]], initial: int | None) -> b.Element:
    chosen_first = sorted(
        options, key=lambda each: each[0] != initial
    )  # beyond a hundred the menu ends, and what it leaves out is lost
    return _select([(name, str(number)) for number, name in chosen_first], "" if initial is None else str(initial))


def read(view: Mapping[str, Any]) -> Report:
    """What stands in :func:`form`. A status that was left as it stood is none; whoever empties what they waited for waits for nobody there."""
    values, metadata = view["state"]["values"], json.loads(view["private_metadata"])
    shown = metadata.get("status")
    team, system, clarity, status = (
        b.read_value(values, field) for field in (FIELD_TEAM, FIELD_SYSTEM, FIELD_CLARITY, FIELD_STATUS)
    )
    said = [(block_id.removeprefix(FIELD_OVERLAP), b.read_value(values, block_id)) for block_id in sorted(values) if block_id.startswith(FIELD_OVERLAP)]  # fmt: skip
    report = Report(
        pulse=Pulse(b.read_value(values, FIELD_PULSE) or Pulse.ON_TRACK), changed=b.read_value(values, FIELD_CHANGED) or "",
        waiting_for=b.read_value(values, FIELD_WAITING) or "", waiting_team_id=int(team) if team else None,
        helped_by=tuple(b.read_value(values, FIELD_HELPED) or ()), waiting_person_id=b.read_value(values, FIELD_PERSON) or "",
        waiting_system_id=int(system) if system else None, plan=b.read_value(values, FIELD_PLAN) or "", clarity=int(clarity) if clarity else None,
        status=Status(status) if status and status != shown else None, views=tuple((int(number), View(view)) for number, view in said if view),
    )  # fmt: skip
    named = [report.waiting_team_id, report.waiting_person_id, report.waiting_system_id]
    if not report.waiting_for.strip() and named == metadata.get("from"):
        return replace(report, waiting_team_id=None, waiting_person_id="", waiting_system_id=None)
    return report
