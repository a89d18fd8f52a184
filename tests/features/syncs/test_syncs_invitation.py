"""Invitations as calendars read them: the same days and hours as the sync's rhythm, whatever the clocks do."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from bot.features.syncs import invitation, recurrence
from bot.features.syncs.invitation import Guest, Invitation
from bot.features.syncs.recurrence import Rhythm
from storage.syncs import Cadence

NOW = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)
ZONES = [
    "Europe/Lisbon",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Africa/Casablanca",
]
GUESTS = (
    Guest("Ana Ruiz", "ana@example.com", can=True),
    Guest('B; "Ben", Okafor', "ben@example.com", can=False),
    Guest("", "", can=True),
)


def invited(day: date, minute: int = 600, zone: str = "Europe/Lisbon", **changes: Any) -> Invitation:
    plain = Invitation("7@rowbot", 0, "Größe; × store,", "Line one\nline two", recurrence.instant(day, minute, zone), 30, zone,
                       Rhythm(Cadence.WEEKLY, day), GUESTS, "ana@example.com")  # fmt: skip
    return replace(plain, **changes)


def parsed(made: Invitation) -> tuple[Any, Any]:
    calendar: Any = Calendar.from_ical(invitation.file(made, now=NOW))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


@settings(max_examples=150, deadline=None)
@given(
    day=st.dates(date(2026, 1, 1), date(2029, 12, 31)),
    minute=st.integers(0, 47).map(lambda half: half * 30),
    zone=st.sampled_from(ZONES),
    cadence=st.sampled_from([Cadence.WEEKLY, Cadence.BIWEEKLY, Cadence.MONTHLY, Cadence.CUSTOM]),
    weeks=st.integers(1, 5),
    others=st.sets(st.integers(0, 6)),
)
def test_calendars_and_the_rhythm_name_the_same_days_at_the_same_wall_time(
    day: date, minute: int, zone: str, cadence: Cadence, weeks: int, others: set[int]
) -> None:
    moment = recurrence.instant(day, minute, zone)
    wall = moment.astimezone(ZoneInfo(zone))
    day = wall.date()  # a wall time that is left out is shifted, perhaps over midnight
    rhythm = Rhythm(cadence, day, weeks, tuple(sorted(others | {day.weekday()})))
    _, event = parsed(invited(day, zone=zone, starts_at=moment, rhythm=rhythm))
    assert event.decoded("DTSTART") == moment
    rule = rrulestr(str(event["RRULE"].to_ical(), "utf-8"), dtstart=wall.replace(tzinfo=None))
    told = [each.replace(tzinfo=ZoneInfo(zone)) for each in islice(rule, 40)]
    days = list(islice(recurrence.days_from(rhythm, day), 40))
    assert [each.date() for each in told] == days
    ours = [recurrence.instant(each, wall.hour * 60 + wall.minute, zone) for each in days]
    assert [each.astimezone(UTC) for each in told] == ours


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_in_the_file_has_the_offsets_of_the_real_one_in_every_hour(zone: str) -> None:
    calendar, _ = parsed(invited(date(2027, 1, 20), zone=zone))
    (told,) = calendar.walk("VTIMEZONE")
    changes = sorted(
        (each["DTSTART"].dt - each["TZOFFSETFROM"].td, each["TZOFFSETTO"].td) for each in told.subcomponents
    )
    moment = datetime(2027, 1, 20, tzinfo=UTC)
    for _ in range(24 * 365 * 2):
        offset = [to for since, to in changes if since <= moment.replace(tzinfo=None)][-1]
        assert offset == moment.astimezone(ZoneInfo(zone)).utcoffset(), moment
        moment += timedelta(hours=1)


def test_an_invitation_asks_those_with_an_address_and_says_who_can() -> None:
    calendar, event = parsed(invited(date(2027, 1, 20)))
    assert (calendar["VERSION"], calendar["METHOD"], event["STATUS"], event["CLASS"]) == (
        "2.0",
        "REQUEST",
        "CONFIRMED",
        "PUBLIC",
    )
    assert (event["UID"], event["SEQUENCE"], event.decoded("DTSTAMP")) == ("7@rowbot", 0, NOW)
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("Größe; × store,", "Line one\nline two")
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(minutes=30)
    assert event["ORGANIZER"] == "mailto:ana@example.com"
    assert {each: each.params["PARTSTAT"] for each in event["ATTENDEE"]} == {
        "mailto:ana@example.com": "ACCEPTED",
        "mailto:ben@example.com": "NEEDS-ACTION",
    }
    assert all(
        len(line.encode()) <= 75
        for line in invitation.file(invited(date(2027, 1, 20), title="ö" * 300), now=NOW).split("\r\n")
    )


def test_what_is_held_once_is_an_instant_and_names_no_zone() -> None:
    calendar, event = parsed(invited(date(2027, 1, 20), rhythm=None))
    assert calendar.walk("VTIMEZONE") == []
    assert "RRULE" not in event
    assert event["DTSTART"].to_ical() == b"20270120T100000Z"


def test_without_an_address_of_its_organiser_it_is_published_and_names_nobody() -> None:
    calendar, event = parsed(invited(date(2027, 1, 20), organiser="", guests=(Guest("Ana", "", can=True),)))
    assert calendar["METHOD"] == "PUBLISH"
    assert "ATTENDEE" not in event
    assert "ORGANIZER" not in event


def test_a_cancellation_names_the_same_meeting_and_private_work_stays_private_in_calendars() -> None:
    calendar, event = parsed(invited(date(2027, 1, 20), sequence=3, is_cancelled=True, is_private=True))
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"], event["UID"], event["CLASS"]) == (
        "CANCEL",
        "CANCELLED",
        3,
        "7@rowbot",
        "PRIVATE",
    )


def test_links_carry_the_moment_the_zone_and_the_words() -> None:
    made = invited(date(2027, 7, 14), title="A & B? #1", rhythm=Rhythm(Cadence.CUSTOM, date(2027, 7, 14), 2, (2, 4)))
    links = invitation.links(made)
    google = parse_qs(urlsplit(links["Google Calendar"]).query)
    assert google == {"action": ["TEMPLATE"], "text": ["A & B? #1"], "dates": ["20270714T100000/20270714T103000"], "details": ["Line one\nline two"],
                      "ctz": ["Europe/Lisbon"], "recur": ["RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=WE,FR;WKST=MO"]}  # fmt: skip
    for name, host in (("Outlook.com", "outlook.live.com"), ("Microsoft 365", "outlook.office.com")):
        assert urlsplit(links[name]).netloc == host
        fields = parse_qs(urlsplit(links[name]).query)
        assert (fields["startdt"], fields["enddt"], fields["subject"]) == (
            ["2027-07-14T09:00:00Z"],
            ["2027-07-14T09:30:00Z"],
            ["A & B? #1"],
        )
        assert (fields["path"], fields["rru"]) == (["/calendar/action/compose"], ["addevent"])
    once = parse_qs(urlsplit(invitation.links(replace(made, rhythm=None))["Google Calendar"]).query)
    assert once["dates"] == ["20270714T090000Z/20270714T093000Z"]


@pytest.mark.parametrize("title", ["🚣" * 150, "&" * 150, "a" * 150])
def test_links_stay_short_enough_to_be_links(title: str) -> None:
    for url in invitation.links(invited(date(2027, 1, 20), title=title, description="x" * 1000)).values():
        assert len(url) <= invitation.LONGEST_LINK
        assert parse_qs(urlsplit(url).query).keys() & {"text", "subject"}
