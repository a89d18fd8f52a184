"""How check-ins speak of days, rhythms, people and answers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from bot.features.syncs.card import Reported, Side, SyncCard
from bot.features.teams.calendars import ENDLESS
from bot.slack import blocks as b
from storage.rounds import Pulse
from storage.syncs import Cadence, SyncState

PULSE_WORDS: Final[Mapping[Pulse, str]] = {
    Pulse.ON_TRACK: "on track",
    Pulse.AT_RISK: "at risk",
    Pulse.BLOCKED: "blocked",
    Pulse.PAUSED: "paused",
    Pulse.DONE: "done",
}
CADENCE_WORDS: Final[Mapping[Cadence, str]] = {
    Cadence.ONCE: "once",
    Cadence.WEEKLY: "every week",
    Cadence.BIWEEKLY: "every two weeks",
    Cadence.MONTHLY: "every month",
    Cadence.CUSTOM: "in a rhythm of its own",
}
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH: Final = ("first", "second", "third", "fourth", "last")
#: Characters of one answer's text in a message.
SHOWN: Final = 700


def day(value: date) -> str:
    """Mon 7 Dec."""
    return f"{WEEKDAYS[value.weekday()][:3]} {value.day} {value:%b}"


def clock(minute: int) -> str:
    """09:30."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def moment(value: datetime) -> str:
    """Mon 7 Dec, 09:30: on the clock that the moment is given in."""
    return f"{day(value.date())}, {value:%H:%M}"


def until(value: datetime, now: datetime) -> str:
    """18:00 your time; with the day where that is not today."""
    if value.date() == now.date():
        return f"{value:%H:%M} your time"
    return f"{moment(value)} your time"


def rhythm(card: SyncCard) -> str:
    """Every second Monday at 09:30 on each person's own clock."""
    weekday = WEEKDAYS[card.first_on.weekday()]
    whose = "each person's own clock" if card.ruled_by is None else f"{name(card.ruled_by)}'s clock"
    at = f"at {clock(card.at_minute)} on {whose}"
    match card.cadence:
        case Cadence.ONCE:
            return f"once, {at}"
        case Cadence.WEEKLY:
            return f"every {weekday} {at}"
        case Cadence.BIWEEKLY:
            return f"every second {weekday} {at}"
        case Cadence.CUSTOM:
            days = b.listed([WEEKDAYS[each] for each in card.weekdays]) or weekday
            return f"every {days} {at}" if card.every_weeks == 1 else f"every {card.every_weeks} weeks on {days} {at}"
        case _:
            return f"every {_NTH[(card.first_on.day - 1) // 7]} {weekday} of the month {at}"


def meets(card: SyncCard) -> str:
    """That they meet, and when as far as it is agreed; "" where they only write."""
    if not card.meet_minutes:
        return ""
    if card.meets_at is None:
        return f"you also meet for {card.meet_minutes} minutes"
    return f"you meet {moment(card.meets_at)} your time"


def coming(card: SyncCard) -> str:
    """What comes next, for the reader."""
    match card.state:
        case SyncState.PAUSED:
            return "paused"
        case SyncState.ENDED:
            return "ended"
        case _ if card.next_at is not None:
            return f"next {moment(card.next_at)} your time" + (", when you are away" if card.is_away else "")
        case _:
            return "its round is under way"


def away(back_on: date) -> str:
    """Away until Mon 4 Jan; the day is the first on which they work again."""
    return "away" if back_on == ENDLESS else f"away until {day(back_on)}"


def name(side: Side) -> str:
    """A person by name, without notifying them; mentioned where the name is unknown."""
    return b.quote(side.name, 80) if side.name else b.mention(side.person_id)


def names(sides: Sequence[Side]) -> str:
    """Ana, Ben and Ines."""
    return b.listed([name(side) for side in sides])


def topic(text: str) -> str:
    """What it is about, in bold."""
    return f"*{b.quote(text, b.HEADER)}*"


def speaker(side: Side) -> str:
    """For whom somebody speaks: the team, else the work, else they themselves."""
    own = name(side)
    for what in (side.team, side.title):
        if what:
            return f"*{b.quote(what, 80)}* ({own})"
    return f"*{own}*" if side.name else own


def where(place: str) -> str:
    """Where the summary goes."""
    return f"in the thread in {b.channel(place)}" if place else "to each of you in a direct message"


def answer(given: Reported) -> str:
    """What somebody answered: one paragraph."""
    report = given.report
    parts = [f"*{PULSE_WORDS[report.pulse]}*", _sentence(b.quote(report.changed, SHOWN)), waiting(given), helped(given)]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def waiting(given: Reported) -> str:
    """For whom or what they wait."""
    what, team = b.quote(given.report.waiting_for, 300), b.quote(given.team, 80)
    if what and team:
        return f"Waiting for {what} (from {team})"
    return f"Waiting for {what or team}" if what or team else ""


def helped(given: Reported) -> str:
    """Who helped."""
    if not given.helpers:
        return ""
    credited = [name(side) + (f" ({b.quote(side.team, 60)})" if side.team else "") for side in given.helpers]
    return f"Helped by {b.listed(credited)}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
