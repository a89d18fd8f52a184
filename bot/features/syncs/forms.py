"""Draws and reads back the forms of check-ins: setting one up, moving it, answering."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.errors import BadInput
from bot.features.syncs import wording as w
from bot.features.syncs.card import (
    FIELD_AT,
    FIELD_CADENCE,
    FIELD_CHANGED,
    FIELD_FIRST_ON,
    FIELD_HELPED,
    FIELD_PEOPLE,
    FIELD_PULSE,
    FIELD_TEAM,
    FIELD_TOPIC,
    FIELD_WAITING,
    FIELD_WORK,
    Asked,
    Report,
    SyncCard,
)
from bot.slack import blocks as b
from storage.rounds import Pulse
from storage.syncs import Cadence
from storage.teams import Team

SET_UP_FORM: Final = "syncs.set_up"
MOVE_FORM: Final = "syncs.move"
ANSWER_FORM: Final = "syncs.answer_form"
SHOWN: Final = "syncs.shown"

_CADENCES: Final = {
    Cadence.WEEKLY: "Every week",
    Cadence.BIWEEKLY: "Every two weeks",
    Cadence.MONTHLY: "Every month",
    Cadence.ONCE: "Once",
}


def set_up_form(
    people: Sequence[str], work: Sequence[tuple[int, str]], *, cadence: Cadence, first_on: date, at_minute: int
) -> dict[str, Any]:
    """Who talks about what, and when. ``work``: initiatives to choose from, as (id, title)."""
    fields = [
        b.field(FIELD_PEOPLE, "Who takes part", b.people_select("people", initial=people, most=20), hint="Two or more. Each is asked in a direct message."),
        b.field(FIELD_TOPIC, "What it is about", b.text_input("topic", longest=150, placeholder="Online features: who serves what"), optional=bool(work),
                hint="Left empty: named after the initiatives below." if work else ""),
    ]  # fmt: skip
    if work:
        options = [b.option(title, str(number)) for number, title in work]
        fields.append(b.field(FIELD_WORK, "Which initiatives it is about", b.multi_select("work", options), optional=True,
                              hint="Each participant speaks for the one that they lead."))  # fmt: skip
    fields += _schedule(cadence, first_on, at_minute)
    return b.modal("Set up a check-in", fields, callback_id=SET_UP_FORM, submit="Set it up")


def _schedule(cadence: Cadence, first_on: date, at_minute: int) -> list[b.Block]:
    options = [b.option(words, value.value) for value, words in _CADENCES.items()]
    return [
        b.field(FIELD_CADENCE, "How often", b.select("cadence", options, initial=cadence.value)),
        b.field(FIELD_FIRST_ON, "First day", b.date_picker("first_on", initial=first_on), hint="Later rounds fall on the same weekday."),
        b.field(FIELD_AT, "Time", b.time_select("at", initial=w.clock(at_minute)), hint="On each participant's own clock, wherever they are."),
    ]  # fmt: skip


def read_set_up(values: dict[str, Any]) -> dict[str, Any]:
    """What stands in :func:`set_up_form`: people, topic, work (ids), cadence, first_on, at_minute."""
    return {
        "people": tuple(b.read_value(values, FIELD_PEOPLE) or ()), "topic": b.read_value(values, FIELD_TOPIC) or "",
        "work": tuple(int(number) for number in b.read_value(values, FIELD_WORK) or ()), **read_schedule(values),
    }  # fmt: skip


def move_form(card: SyncCard, *, first_on: date) -> dict[str, Any]:
    """Another day, time or rhythm."""
    opening = b.section(f"{w.topic(card.topic)} with {w.names(card.sides)}\nNow {w.rhythm(card)}.")
    return b.modal("Change the check-in", [opening, *_schedule(card.cadence, first_on, card.at_minute)], callback_id=MOVE_FORM, submit="Change it",
                   metadata=json.dumps({"id": card.id}))  # fmt: skip


def read_schedule(values: dict[str, Any]) -> dict[str, Any]:
    """Rhythm, first day and time of a form.

    Raises:
        BadInput: a day or a time that is none.
    """
    try:
        first_on = date.fromisoformat(b.read_value(values, FIELD_FIRST_ON) or "")
    except ValueError as fault:
        raise BadInput("Choose the first day.", field=FIELD_FIRST_ON) from fault
    hour, _, minute = str(b.read_value(values, FIELD_AT) or "").partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        raise BadInput("Choose a time, such as 09:30.", field=FIELD_AT)
    cadence = Cadence(b.read_value(values, FIELD_CADENCE) or Cadence.WEEKLY)
    return {"cadence": cadence, "first_on": first_on, "at_minute": int(hour) * 60 + int(minute)}


def read_id(view: Mapping[str, Any]) -> int:
    """Which check-in or prompt a form is about."""
    return int(json.loads(view["private_metadata"])["id"])


def answer_form(asked: Asked, teams: Sequence[Team]) -> dict[str, Any]:
    """How is it going? Filled with what was answered to this prompt already; of last time it only reminds."""
    given = asked.reported.report if asked.reported is not None else None
    last = asked.last.report if asked.last is not None else None
    pulses = [b.option(words.capitalize(), pulse.value) for pulse, words in w.PULSE_WORDS.items()]
    chosen = given.pulse if given is not None else last.pulse if last is not None else Pulse.ON_TRACK
    before = (
        f"Last time: {last.changed}"
        if last is not None and last.changed
        else "What moved, what you learned, what comes next."
    )
    fields = [
        b.section(w.topic(asked.topic)),
        b.field(FIELD_PULSE, "How is it going?", b.select("pulse", pulses, initial=chosen.value)),
        b.field(FIELD_CHANGED, "What changed since last time?",
                b.text_input("changed", initial=given.changed if given is not None else "", multiline=True, longest=2000), optional=True,
                hint=b.clip(before, 600)),
        b.field(FIELD_WAITING, "What are you waiting for?",
                b.text_input("waiting_for", initial=given.waiting_for if given is not None else "", longest=300, placeholder="GPU quota"), optional=True,
                hint=f"Last time: {b.clip(last.waiting_for, 300)}" if last is not None and last.waiting_for else ""),
    ]  # fmt: skip
    if teams:
        options = [b.option(team.name, str(team.id)) for team in teams[: b.OPTIONS]]
        initial = str(given.waiting_team_id) if given is not None and given.waiting_team_id is not None else ""
        fields.append(
            b.field(
                FIELD_TEAM,
                "From which team?",
                b.select("team", options, initial=initial, placeholder="Choose a team…"),
                optional=True,
            )
        )
    helpers = b.people_select("helped_by", initial=given.helped_by if given is not None else (), most=10)
    fields += [
        b.field(FIELD_HELPED, "Who helped you?", helpers, optional=True),
        b.context(f"The summary goes {w.where(asked.place)}."),
    ]
    return b.modal(
        "Check-in", fields, callback_id=ANSWER_FORM, submit="Send", metadata=json.dumps({"id": asked.prompt_id})
    )


def read_answer(values: dict[str, Any]) -> Report:
    """What stands in :func:`answer_form`."""
    team = b.read_value(values, FIELD_TEAM)
    return Report(
        pulse=Pulse(b.read_value(values, FIELD_PULSE) or Pulse.ON_TRACK), changed=b.read_value(values, FIELD_CHANGED) or "",
        waiting_for=b.read_value(values, FIELD_WAITING) or "", waiting_team_id=int(team) if team else None,
        helped_by=tuple(b.read_value(values, FIELD_HELPED) or ()),
    )  # fmt: skip


def shown(title: str, message: b.Message) -> dict[str, Any]:
    """A message where only a form can be shown."""
    return b.modal(title, message.blocks, callback_id=SHOWN, close="Close")
