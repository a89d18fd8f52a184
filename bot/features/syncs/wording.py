"""How check-ins speak of days, rhythms, people and answers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from bot.features.initiatives.views import STATUS_WORDS
from bot.features.items import wording as items
from bot.features.items.card import ItemCard
from bot.features.syncs.card import OverlapSaid, Reported, Side, SyncCard
from bot.features.teams.calendars import ENDLESS
from bot.slack import blocks as b
from storage.rounds import Pulse, View
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
#: Still the same problem?
VIEW_WORDS: Final[Mapping[View, str]] = {
    View.SAME: "yes",
    View.DIVERGING: "no, they are going different ways",
    View.SETTLED: "it is settled",
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


def since(value: datetime, now: datetime) -> str:
    """10:42; with the day where that is not today."""
    return f"{value:%H:%M}" if value.date() == now.date() else moment(value)


def there(value: datetime) -> str:
    """07:30 there: on the clock of somebody else than the reader."""
    return f"{value:%H:%M} there"


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
        return f"{card.meet_minutes} minutes to meet, no time agreed"
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
    return "away" if back_on == ENDLESS else f"away and back on {day(back_on)}"


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


def answer(given: Reported, item: ItemCard | None = None) -> str:
    """What somebody answered: one paragraph. How clear things are to them is nobody else's.

    ``item``: what they wait for, with its age and who has it.
    """
    report = given.report
    changed = _sentence(b.quote(report.changed, SHOWN))
    parts = [
        f"*{PULSE_WORDS[report.pulse]}*",
        _stands(given),
        f"As before: {changed}" if given.is_as_before else changed,
        f"The plan now: {b.quote(report.plan, 500)}" if report.plan else "",
        waiting(given) if item is None else waited(given, item),
        helped(given),
    ]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


def _stands(given: Reported) -> str:
    if given.stands is None or given.stood is None:
        return ""
    return f"Now _{STATUS_WORDS[given.stands]}_ (was {STATUS_WORDS[given.stood]})"


def waiting(given: Reported) -> str:
    """For whom or what they wait."""
    what = b.quote(given.report.waiting_for, 300)
    whom = b.listed([b.quote(name, 80) for name in (given.team, given.person, given.system) if name])
    if not what and not whom:
        return ""
    return f"Waiting for {' from '.join(part for part in (what, whom) if part)}"


def same_problem(said: OverlapSaid, *, among_several: bool) -> str:
    """Still the same problem? both say _yes_. ``among_several``: says which, too."""
    which = f"{b.listed([topic(title) for title in said.titles])}: still" if among_several else "Still"
    spoken = [(side, view) for side, view in said.views if view is not None]
    agreed = said.agreed
    if agreed is not None:
        both = "both say" if len(said.views) == 2 else f"all {len(said.views)} say"
        return f"{which} the same problem? {both} _{VIEW_WORDS[agreed]}_."
    return (
        f"{which} the same problem? {b.listed([f'{name(side)} says _{VIEW_WORDS[view]}_' for side, view in spoken])}."
    )


def waited(given: Reported, item: ItemCard) -> str:
    """For whom or what they wait, since when, and who has it."""
    since = f" ({items.age(item)})" if item.days and item.stands else ""
    said = waiting(given)
    if not item.stands:  # what they answered holds no more
        said = said.replace("Waiting for", "Waited for", 1)
    return f"{said}{since}. {items.standing(item)}"


def helped(given: Reported) -> str:
    """Who helped."""
    if not given.helpers:
        return ""
    credited = [name(side) + (f" ({b.quote(side.team, 60)})" if side.team else "") for side in given.helpers]
    return f"Helped by {b.listed(credited)}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
