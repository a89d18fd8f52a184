"""Draws and reads back days off and hours: the form, and what is said after somebody chose."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from bot.errors import BadInput
from bot.features.away.card import (
    FIELD_COUNTRY,
    FIELD_ENDS,
    FIELD_FIRST,
    FIELD_LAST,
    FIELD_STARTS,
    FIELD_WORKDAYS,
    FIELD_ZONE,
    DaysOff,
    Mine,
    OwnHours,
    Said,
)
from bot.features.away.places import Place
from bot.features.syncs import wording as w
from bot.features.teams.calendars import ENDLESS
from bot.slack import blocks as b

OPEN: Final = "away.open"
TAKE_BACK: Final = "away.take_back"
AGAIN: Final = "away.again"
FORM: Final = "away.form"
DONE: Final = "away.done"
#: Menus whose choices are loaded while somebody types.
ZONE: Final = "hours.zone"
COUNTRY: Final = "hours.country"

#: The zone that Slack knows: a choice that cannot be made by leaving a field empty once another was chosen.
SLACK: Final = "slack"
DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Times away that a form lists.
LISTED: Final = 20
EXAMPLES: Final = (
    "`/rowbot away tomorrow`, `/rowbot away until Friday`, `/rowbot away 24 Dec - 2 Jan`, `/rowbot away back`"
)


def day(value: date, today: date) -> str:
    """Thu 24 Dec; with the year where it is not the next such day."""
    return w.day(value) + (f" {value.year}" if abs((value - today).days) > 300 else "")


def stretch(days: DaysOff, today: date) -> str:
    """From Thu 24 Dec to Sat 2 Jan."""
    if days.first == days.last:
        return f"on {day(days.first, today)}" + (", today" if days.first == today else "")
    if days.last == ENDLESS:
        return "until your Slack status changes"
    return f"from {day(days.first, today)} to {day(days.last, today)}"


# --- what is said -------------------------------------------------------------------------------------------------


def said(done: Said) -> b.Message:
    """What holds now, and the way back."""
    lines, buttons = [], []
    if done.taken is not None:
        lines.append(f"You are away {stretch(done.taken, done.today)}. Check-ins leave you out.")
        buttons.append(b.button("Undo", TAKE_BACK, value=str(done.taken.id)))
    if done.hours_changed:
        lines.append("Your hours are kept. Check-ins follow them from now on.")
    if done.back:
        lines.append(_taken_back(done))
        buttons += [b.button("Undo", AGAIN, value=value_of(days)) for days in done.back[:1] if not days.by_status]
    if not lines:
        lines.append("You are not away today." if not done.others else "Nothing was changed.")
    if (done.back or not done.taken) and done.others:
        listed = b.listed([stretch(days, done.today) for days in done.others[:3]])
        more = f", and {len(done.others) - 3} more" if len(done.others) > 3 else ""
        lines.append(f"Still planned: away {listed}{more}.")
    text = " ".join(lines)
    return b.Message(b.fallback(text), [b.section(text), *([b.actions(*buttons)] if buttons else [])])


def _taken_back(done: Said) -> str:
    if any(days.first <= done.today <= days.last for days in done.back):
        return "You are back. Check-ins ask you again."
    return f"Taken back: away {b.listed([stretch(days, done.today) for days in done.back])}."


def not_understood(text: str) -> b.Message:
    """The words did not say which days."""
    words = b.quote(text, 60).replace("`", "")
    sentence = f"I do not see from “{words}” which days you mean. These work: {EXAMPLES}. Or fill in the form."
    return b.Message(b.fallback(sentence), [b.section(sentence), b.actions(b.button("Open the form", OPEN))])


def value_of(days: DaysOff) -> str:
    """Days off as a button carries them."""
    return f"{days.first}:{days.last}"


def read_days(value: str) -> tuple[date, date]:
    """What :func:`value_of` wrote."""
    first, _, last = value.partition(":")
    return date.fromisoformat(first), date.fromisoformat(last)


# --- the form -----------------------------------------------------------------------------------------------------


def form(mine: Mine) -> dict[str, Any]:
    """Days off to come, what is planned, and one's hours."""
    drawn: list[b.Block] = [
        b.field(FIELD_FIRST, "Away from", b.date_picker("first"), optional=True, hint="The first day on which check-ins leave you out."),
        b.field(FIELD_LAST, "Away until", b.date_picker("last"), optional=True, hint="The last day, itself included. Left empty: one day."),
    ]  # fmt: skip
    if mine.planned:
        drawn += [b.header("Planned"), *(_planned(days, mine.today) for days in mine.planned[:LISTED])]
        if len(mine.planned) > LISTED:
            drawn.append(b.context(f"And {len(mine.planned) - LISTED} more, later ones."))
    return b.modal(
        "Days off and hours", [*drawn, b.header("Your hours"), *_hours(mine)], callback_id=FORM, submit="Save"
    )


def _planned(days: DaysOff, today: date) -> b.Block:
    source = " · as your Slack status says" if days.by_status and days.last != ENDLESS else ""
    return b.section(
        f"Away {stretch(days, today)}{source}", accessory=b.button("Take back", TAKE_BACK, value=str(days.id))
    )


def _hours(mine: Mine) -> list[b.Block]:
    own, slack = mine.own, b.option(f"As Slack says: {zone_words(mine.slack_zone)}", SLACK)
    zone = b.option(zone_words(own.zone), own.zone) if own.zone else slack
    country = b.option(mine.country, own.country) if own.country else None
    days = [b.option(name, str(number)) for number, name in enumerate(DAYS)]
    theirs = b.listed([DAYS[number][:3] for number in mine.workdays])
    return [
        b.field(FIELD_ZONE, "Clock", b.external_select(ZONE, initial=zone, placeholder="Lisbon, Tokyo…"), hint="Check-ins ask you by this clock."),
        b.field(FIELD_COUNTRY, "Public holidays of", b.external_select(COUNTRY, initial=country, placeholder="Portugal, Bayern…", least=0), optional=True,
                hint="On these days nobody asks you anything; a check-in waits for your next working day. Left empty: none."),
        b.field(FIELD_WORKDAYS, "Working days", b.checkboxes("workdays", days, initial=[str(number) for number in own.workdays]), optional=True,
                hint=f"None ticked: the workspace's ({theirs})."),
        b.field(FIELD_STARTS, "Working hours from", b.time_select("starts", initial=_clock(own.starts)), optional=True,
                hint=f"Outside of your own hours nobody asks you anything. Both empty: the workspace's, {w.clock(mine.starts)} to {w.clock(mine.ends)}."),
        b.field(FIELD_ENDS, "Working hours until", b.time_select("ends", initial=_clock(own.ends)), optional=True,
                hint="Earlier than the start: work goes over midnight."),
    ]  # fmt: skip


def _clock(minute: int | None) -> str:
    return w.clock(minute) if minute is not None else ""


def zone_words(zone: str) -> str:
    """A zone as people read it."""
    return zone.replace("_", " ") or "UTC"


def read_form(values: dict[str, Any]) -> dict[str, Any]:
    """What stands in :func:`form`: first and last day off (None where empty), and the chosen hours.

    Raises:
        BadInput: a day or a time that is none.
    """
    zone = b.read_value(values, FIELD_ZONE) or SLACK
    chosen = OwnHours(
        "" if zone == SLACK else zone, b.read_value(values, FIELD_COUNTRY) or "",
        tuple(sorted(int(number) for number in b.read_value(values, FIELD_WORKDAYS) or ())), _minute(values, FIELD_STARTS), _minute(values, FIELD_ENDS),
    )  # fmt: skip
    return {"first": _date(values, FIELD_FIRST), "last": _date(values, FIELD_LAST), "chosen": chosen}


def _date(values: dict[str, Any], field: str) -> date | None:
    try:
        return date.fromisoformat(chosen) if (chosen := b.read_value(values, field)) else None
    except ValueError as fault:
        raise BadInput("Choose a day.", field=field) from fault


def _minute(values: dict[str, Any], field: str) -> int | None:
    hour, _, minute = str(b.read_value(values, field) or "").partition(":")
    if not hour:
        return None
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        raise BadInput("Choose a time, such as 09:00.", field=field)
    return int(hour) * 60 + int(minute)


def offered(found: Sequence[Place], *, first: Place | None = None) -> list[dict[str, Any]]:
    """Choices of a menu that are loaded while somebody types."""
    return [b.option(place.label, place.value) for place in [*([first] if first is not None else []), *found]][
        : b.OPTIONS
    ]


def done(message: b.Message) -> dict[str, Any]:
    """What holds now, in the place of the form."""
    return b.modal("Days off and hours", message.blocks, callback_id=DONE, close="Close")
