"""Draws and reads back the forms of check-ins: setting one up, moving it."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from bot.errors import BadInput
from bot.features.syncs import wording as w
from bot.features.syncs.card import (
    FIELD_AGENDA,
    FIELD_AT,
    FIELD_CADENCE,
    FIELD_EVERY,
    FIELD_FIRST_ON,
    FIELD_HEIR,
    FIELD_MEET,
    FIELD_PEOPLE,
    FIELD_PLACE,
    FIELD_RULED_BY,
    FIELD_TEAMS,
    FIELD_TOPIC,
    FIELD_WEEKDAYS,
    FIELD_WORK,
    Plan,
    SyncCard,
    Times,
)
from bot.slack import blocks as b
from storage.syncs import Cadence
from storage.teams import Team

SET_UP_FORM: Final = "syncs.set_up"
MOVE_FORM: Final = "syncs.move"
SHOWN: Final = "syncs.shown"

CADENCE: Final = "syncs.cadence"
HAND_OVER_FORM: Final = "syncs.hand_over"

_CADENCES: Final = {
    Cadence.WEEKLY: "Every week",
    Cadence.BIWEEKLY: "Every two weeks",
    Cadence.MONTHLY: "Every month, on the same nth weekday",
    Cadence.ONCE: "Once",
    Cadence.CUSTOM: "On certain weekdays…",
}
#: How long people may want to meet, in minutes; 0: they only write.
MEETINGS: Final = {0: "No, we only write", 15: "15 minutes", 30: "30 minutes", 45: "45 minutes", 60: "An hour"}
#: What a form proposes.
USUAL_MEETING: Final = 30
MOST_WEEKS: Final = 12


def set_up_form(
    people: Sequence[str], work: Sequence[tuple[int, str]], teams: Sequence[Team] = (), *, cadence: Cadence, first_on: date, at_minute: int
) -> dict[str, Any]:  # fmt: skip
    """Who talks about what, and when. ``work``: initiatives to choose from, as (id, title)."""
    fields = [
        b.field(FIELD_PEOPLE, "Who takes part", b.people_select("people", initial=people, most=20), optional=bool(teams),
                hint="Two or more. Each is asked in a direct message."),
    ]  # fmt: skip
    if teams:
        options = [b.option(team.name, str(team.id)) for team in teams]
        fields.append(b.field(FIELD_TEAMS, "Or which teams", b.multi_select("teams", options, placeholder="Choose teams…"), optional=True,
                              hint="Their leads take part."))  # fmt: skip
    about = "the initiatives or teams" if work and teams else "the initiatives" if work else "the teams"
    fields.append(
        b.field(FIELD_TOPIC, "What it is about", b.text_input("topic", longest=150, placeholder="Online features: who serves what"),
                optional=bool(work or teams), hint=f"Left empty: named after {about} that you choose." if work or teams else "")
    )  # fmt: skip
    if work:
        options = [b.option(title, str(number)) for number, title in work]
        fields.append(b.field(FIELD_WORK, "Which initiatives it is about", b.multi_select("work", options), optional=True,
                              hint="Each participant speaks for the one that they lead."))  # fmt: skip
    fields += _schedule(Times(cadence, first_on, at_minute, meet_minutes=USUAL_MEETING))
    return b.modal("Set up a check-in", fields, callback_id=SET_UP_FORM, submit="Set it up")


def _schedule(times: Times) -> list[b.Block]:
    options = [b.option(words, value.value) for value, words in _CADENCES.items()]
    lengths = [b.option(words, str(minutes)) for minutes, words in MEETINGS.items()]
    return [
        b.field(FIELD_CADENCE, "How often", b.select(CADENCE, options, initial=times.cadence.value), tells=True),
        *(_own_rhythm(times.every_weeks, times.weekdays or (times.first_on.weekday(),)) if times.cadence is Cadence.CUSTOM else ()),
        b.field(FIELD_FIRST_ON, "First day", b.date_picker("first_on", initial=times.first_on), hint="Later rounds follow from it."),
        b.field(FIELD_AT, "Time of the written check-in", b.time_select("at", initial=w.clock(times.at_minute))),
        b.field(FIELD_RULED_BY, "On whose clock", b.person_select("ruled_by", initial=times.ruled_by, placeholder="Each person's own"), optional=True,
                hint="Left empty: each is asked at that time on their own clock. Else all are asked at once."),
        b.field(FIELD_MEET, "Do you also want to meet?", b.select("meet_minutes", lengths, initial=str(times.meet_minutes)),
                hint="I propose times that are fair to everybody's zone and hours, in a group message."),
        b.field(FIELD_AGENDA, "Agenda", b.text_input("agenda", initial=times.agenda, multiline=True, longest=1000), optional=True),
    ]  # fmt: skip


def _own_rhythm(every_weeks: int, weekdays: Sequence[int]) -> list[b.Block]:
    """The fields of a rhythm of its own."""
    weeks = [b.option("Every week" if n == 1 else f"Every {n} weeks", str(n)) for n in range(1, MOST_WEEKS + 1)]
    days = [b.option(name, str(number)) for number, name in enumerate(w.WEEKDAYS)]
    return [
        b.field(FIELD_EVERY, "Every how many weeks", b.select("every_weeks", weeks, initial=str(every_weeks))),
        b.field(FIELD_WEEKDAYS, "On which weekdays", b.checkboxes("weekdays", days, initial=[str(each) for each in weekdays])),
    ]  # fmt: skip


def following_rhythm(view: Mapping[str, Any]) -> dict[str, Any]:
    """The open form, with the fields of a rhythm of its own where that is chosen and without them where it is not.

    What was typed stays: Slack keeps it for fields that stay.
    """
    values = view["state"]["values"]
    cadence = Cadence(b.read_value(values, FIELD_CADENCE) or Cadence.WEEKLY)
    first_on = b.read_value(values, FIELD_FIRST_ON)
    weekday = date.fromisoformat(first_on).weekday() if first_on else 0
    blocks = [block for block in view["blocks"] if block["block_id"] not in (FIELD_EVERY, FIELD_WEEKDAYS)]
    place = next(number for number, block in enumerate(blocks, 1) if block["block_id"] == FIELD_CADENCE)
    if cadence is Cadence.CUSTOM:
        blocks[place:place] = _own_rhythm(1, (weekday,))
    return b.modal(
        view["title"]["text"], blocks, callback_id=view["callback_id"], submit=view["submit"]["text"], metadata=view["private_metadata"]
    )  # fmt: skip


def read_set_up(values: dict[str, Any]) -> Plan:
    """What stands in :func:`set_up_form`."""
    times = read_schedule(values)
    return Plan(
        people=tuple(b.read_value(values, FIELD_PEOPLE) or ()), topic=b.read_value(values, FIELD_TOPIC) or "",
        work=tuple(int(number) for number in b.read_value(values, FIELD_WORK) or ()),
        teams=tuple(int(number) for number in b.read_value(values, FIELD_TEAMS) or ()), cadence=times.cadence, first_on=times.first_on,
        at_minute=times.at_minute, every_weeks=times.every_weeks, weekdays=times.weekdays, ruled_by=times.ruled_by, agenda=times.agenda,
        meet_minutes=times.meet_minutes,
    )  # fmt: skip


def move_form(card: SyncCard, *, first_on: date) -> dict[str, Any]:
    """Another day, time or rhythm, agenda or length."""
    opening = b.section(f"{w.topic(card.topic)} with {w.names(card.sides)}\nNow {w.rhythm(card)}.")
    times = Times(card.cadence, first_on, card.at_minute, card.every_weeks, card.weekdays,
                  card.ruled_by.person_id if card.ruled_by is not None else "", card.agenda, card.meet_minutes)  # fmt: skip
    place = b.field(FIELD_PLACE, "Where the summary goes", b.channel_select("place", initial=card.place, placeholder="To each, directly"),
                    optional=True, hint="A channel that I am in. Left empty: to each participant in a direct message.")  # fmt: skip
    return b.modal("Change the check-in", [opening, *_schedule(times), place], callback_id=MOVE_FORM, submit="Change it",
                   metadata=json.dumps({"id": card.id}))  # fmt: skip


def read_schedule(values: dict[str, Any]) -> Times:
    """Rhythm, first day, time, clock, length and agenda of a form.

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
    return Times(
        cadence=Cadence(b.read_value(values, FIELD_CADENCE) or Cadence.WEEKLY), first_on=first_on, at_minute=int(hour) * 60 + int(minute),
        every_weeks=int(b.read_value(values, FIELD_EVERY) or 1), weekdays=tuple(int(each) for each in b.read_value(values, FIELD_WEEKDAYS) or ()),
        ruled_by=b.read_value(values, FIELD_RULED_BY) or "", agenda=b.read_value(values, FIELD_AGENDA) or "",
        meet_minutes=int(b.read_value(values, FIELD_MEET) or 0),
        channel_id=(b.read_value(values, FIELD_PLACE) or "") if FIELD_PLACE in values else None,
    )  # fmt: skip


def hand_over_form(card: SyncCard) -> dict[str, Any]:
    """Who takes part in one's place?"""
    return b.modal(
        "Hand over",
        [
            b.section(f"{w.topic(card.topic)} with {w.names(card.sides)}"),
            b.field(FIELD_HEIR, "Who takes part in your place?", b.person_select("heir"),
                    hint="From the next round on they are asked instead of you. What you speak for goes with it."),
        ],
        callback_id=HAND_OVER_FORM, submit="Hand over", metadata=json.dumps({"id": card.id}),
    )  # fmt: skip


def read_heir(view: Mapping[str, Any]) -> str:
    """Who was chosen in :func:`hand_over_form`."""
    return b.read_value(view["state"]["values"], FIELD_HEIR) or ""


def read_id(view: Mapping[str, Any]) -> int:
    """Which check-in or prompt a form is about."""
    return int(json.loads(view["private_metadata"])["id"])


def shown(title: str, message: b.Message) -> dict[str, Any]:
    """A message where only a form can be shown."""
    return b.modal(title, message.blocks, callback_id=SHOWN, close="Close")
