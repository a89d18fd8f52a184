"""Draws and reads back the forms of check-ins: setting one up, moving it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.errors import BadInput
from bot.features.syncs import wording as w
from bot.features.syncs.card import (
    FIELD_AT,
    FIELD_CADENCE,
    FIELD_FIRST_ON,
    FIELD_PEOPLE,
    FIELD_TOPIC,
    FIELD_WORK,
    SyncCard,
)
from bot.slack import blocks as b
from storage.syncs import Cadence

SET_UP_FORM: Final = "syncs.set_up"
MOVE_FORM: Final = "syncs.move"
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


def shown(title: str, message: b.Message) -> dict[str, Any]:
    """A message where only a form can be shown."""
    return b.modal(title, message.blocks, callback_id=SHOWN, close="Close")
