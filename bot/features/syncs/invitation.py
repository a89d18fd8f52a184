"""A meeting as calendars take it: an iCalendar file (RFC 5545, RFC 5546) and links into calendars on the web. Pure.

A meeting that comes again is held at one wall time of one zone, so that it follows that zone's daylight saving; a single one is an
instant, in UTC.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur, vText

from bot.features.syncs.recurrence import Rhythm, zone_of
from storage.syncs import Cadence

PRODUCT: Final = "-//Rowbot//Rowbot//EN"
#: Longer addresses are no links in Slack any more, and some calendars cut them.
LONGEST_LINK: Final = 800
#: Changes of a zone's offset are told for this long.
TOLD: Final = timedelta(days=5 * 366)
_DAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who is invited: only with an address are they named in the file."""

    name: str
    email: str
    #: They said that they can at this moment.
    can: bool


@dataclass(frozen=True, slots=True)
class Invitation:
    """What calendars are told of a meeting."""

    uid: str
    sequence: int
    title: str
    description: str
    starts_at: datetime
    minutes: int
    #: In this zone it keeps its wall time, if it comes again; IANA name, "" for UTC.
    zone: str
    #: None: it is held once.
    rhythm: Rhythm | None
    guests: Sequence[Guest]
    #: The address of who set it up; "" where we have none.
    organiser: str = ""
    is_private: bool = False
    is_cancelled: bool = False


def rule(rhythm: Rhythm) -> dict[str, object]:
    """The RRULE of a rhythm that comes again, by its parts.

    The first day of a rhythm must be one of its own days: calendars count no other.
    """
    day = _DAYS[rhythm.first_on.weekday()]
    match rhythm.cadence:
        case Cadence.MONTHLY:
            nth = (rhythm.first_on.day - 1) // 7 + 1
            return {"FREQ": "MONTHLY", "BYDAY": f"{nth if nth < 5 else -1}{day}"}
        case Cadence.CUSTOM:
            days = [_DAYS[each] for each in rhythm.weekdays] or [day]
            return {"FREQ": "WEEKLY", "INTERVAL": rhythm.every_weeks, "BYDAY": days, "WKST": "MO"}
        case cadence:
            return {"FREQ": "WEEKLY", "INTERVAL": 2 if cadence is Cadence.BIWEEKLY else 1, "BYDAY": day, "WKST": "MO"}


def unnamed(invitation: Invitation) -> Invitation:
    """The same without a word of what it is about: calendars know it by its UID."""
    return replace(invitation, title="Meeting", description="", is_private=True)


def file(invitation: Invitation, *, now: datetime) -> str:
    """The invitation, an update of it (a higher sequence), or its cancellation.

    Without the address of an organiser nobody can be asked to answer: then it is published, and whoever opens it adds it.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    asks = "REQUEST" if invitation.organiser else "PUBLISH"
    calendar.add("method", "CANCEL" if invitation.is_cancelled else asks)
    starts, _ = _span(invitation)
    if starts.tzinfo is not UTC:
        calendar.add_component(_timezone(invitation.zone, starts))
    calendar.add_component(_event(invitation, now=now))
    return str(calendar.to_ical(), "utf-8")


def _timezone(name: str, starts: datetime) -> Timezone:
    """The zone's offsets from UTC, before the meeting's first day and after each change in the years that follow.

    Calendars that know the zone by its name use their own, newer rules. Not icalendar's: 7.3 writes the hour in which summer time
    begins by the clock after the change, and RFC 5545 wants the one before.
    """
    zone, component = zone_of(name), Timezone()
    component.add("tzid", name)
    moment = starts.astimezone(UTC).replace(hour=0, minute=0) - timedelta(days=1)
    component.add_component(_observance(zone, moment, moment))
    last = moment + TOLD
    while moment < last:
        following = moment + timedelta(days=1)
        if moment.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            component.add_component(_observance(zone, moment, _change(zone, moment, following)))
        moment = following
    return component


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The minute between the two from which on the zone has another offset."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(minutes=1):
        middle = before + (after - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return after.replace(second=0, microsecond=0)


def _observance(zone: ZoneInfo, before: datetime, since: datetime) -> TimezoneStandard | TimezoneDaylight:
    then, old = since.astimezone(zone), before.astimezone(zone).utcoffset() or timedelta()
    observance = TimezoneDaylight() if then.dst() else TimezoneStandard()
    observance.add("dtstart", since.replace(tzinfo=None) + old)
    observance.add("tzoffsetfrom", old)
    observance.add("tzoffsetto", then.utcoffset() or timedelta())
    observance.add("tzname", then.tzname() or zone.key)
    return observance


def _event(invitation: Invitation, *, now: datetime) -> Event:
    event = Event()
    starts, ends = _span(invitation)
    event.add("uid", invitation.uid)
    event.add("sequence", invitation.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", starts)
    event.add("dtend", ends)
    event.add("summary", invitation.title)
    if invitation.description:
        event.add("description", invitation.description)
    if invitation.rhythm is not None:
        event.add("rrule", vRecur(rule(invitation.rhythm)))
    event.add("status", "CANCELLED" if invitation.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE" if invitation.is_private else "PUBLIC")
    if invitation.organiser:
        names = {guest.email: guest.name for guest in invitation.guests}
        event.add("organizer", _address(invitation.organiser, names.get(invitation.organiser, "")), encode=False)
        for guest in invitation.guests:
            if guest.email:
                event.add("attendee", _attendee(guest), encode=False)
    return event


def _span(invitation: Invitation) -> tuple[datetime, datetime]:
    named = invitation.rhythm is not None and zone_of(invitation.zone).key == invitation.zone
    zone = zone_of(invitation.zone) if named and invitation.zone != "UTC" else UTC
    starts = invitation.starts_at.astimezone(zone)
    return starts, (invitation.starts_at + timedelta(minutes=invitation.minutes)).astimezone(zone)


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    if name:
        address.params["CN"] = vText(name.replace('"', "'"))
    return address


def _attendee(guest: Guest) -> vCalAddress:
    """Nobody is asked to answer by mail: who can, said so in Slack."""
    address = _address(guest.email, guest.name)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("ACCEPTED" if guest.can else "NEEDS-ACTION")
    address.params["RSVP"] = vText("FALSE")
    return address


# --- links --------------------------------------------------------------------------------------------------------


def links(invitation: Invitation) -> dict[str, str]:
    """Addresses at which a calendar on the web takes the meeting, by the calendar's name. Only Google's carry the rhythm.

    None of the formats is documented by its maker; they are those of github.com/InteractionDesignFoundation/add-event-to-calendar-docs.
    """
    drawn: dict[str, Callable[[Invitation], str]] = {
        "Google Calendar": _google,
        "Outlook.com": partial(_outlook, "https://outlook.live.com"),
        "Microsoft 365": partial(_outlook, "https://outlook.office.com"),
    }
    return {name: _fitting(draw, invitation) for name, draw in drawn.items()}


def _outlook(host: str, invitation: Invitation) -> str:
    starts = invitation.starts_at.astimezone(UTC)
    ends = starts + timedelta(minutes=invitation.minutes)
    fields = {
        "path": "/calendar/action/compose", "rru": "addevent", "subject": invitation.title, "startdt": f"{starts:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{ends:%Y-%m-%dT%H:%M:%SZ}", "body": invitation.description,
    }  # fmt: skip
    return _url(f"{host}/calendar/deeplink/compose", fields)


def _google(invitation: Invitation) -> str:
    starts, ends = _span(invitation)
    is_local = starts.tzinfo is not UTC
    pattern = "%Y%m%dT%H%M%S" if is_local else "%Y%m%dT%H%M%SZ"
    fields = {
        "action": "TEMPLATE", "text": invitation.title, "dates": f"{starts:{pattern}}/{ends:{pattern}}", "details": invitation.description,
        "ctz": invitation.zone if is_local else "",
    }  # fmt: skip
    if invitation.rhythm is not None:
        fields["recur"] = "RRULE:" + _as_text(rule(invitation.rhythm))
    return _url("https://calendar.google.com/calendar/render", fields)


def _as_text(parts: Mapping[str, object]) -> str:
    return ";".join(f"{name}={','.join(value) if isinstance(value, list) else value}" for name, value in parts.items())


def _url(base: str, fields: Mapping[str, str]) -> str:
    """An address; signs that format a text in Slack are escaped beyond what the web asks for."""
    query = urlencode({name: value for name, value in fields.items() if value}, quote_via=quote, safe="")
    return f"{base}?" + query.replace("_", "%5F").replace("~", "%7E")


def _fitting(draw: Callable[[Invitation], str], invitation: Invitation) -> str:
    """The address with as many of the words as fit: what it is about goes first, the title is cut last."""
    if len(whole := draw(invitation)) <= LONGEST_LINK:
        return whole
    invitation = replace(invitation, description="")
    while len(drawn := draw(invitation)) > LONGEST_LINK:
        invitation = replace(invitation, title=invitation.title[: len(invitation.title) * 2 // 3].rstrip() + "…")
    return drawn
