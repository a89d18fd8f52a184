"""Reads the demo organisation: who works there, in which teams, what happened there lately, what a newcomer may try."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.yaml_files import read_yaml

DATA: Final = Path(__file__).parent / "data"
REGISTRY: Final = DATA / "registry.csv"
#: The day on which the dates of the registry's file are true. They move with the present, by whole weeks.
WRITTEN: Final = date(2026, 11, 23)
#: Dates in the file: of a day, or of a month.
_DATE: Final = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that somebody did: ``who`` is a person's key, ``verb`` one of those that `past.yml` explains."""

    at: datetime
    who: str
    verb: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Organisation:
    """The demo organisation as its files have it. People are named by a short key, channels by their name."""

    name: str
    people: Mapping[str, Mapping[str, Any]]
    teams: tuple[Mapping[str, Any], ...]
    channels: tuple[Mapping[str, Any], ...]
    suggestions: tuple[Mapping[str, Any], ...]
    #: What happened before today, as `past.yml` has it.
    past: tuple[Mapping[str, Any], ...]
    #: What people answer in check-ins: by the title that a check-in speaks of, a round each.
    check_ins: Mapping[str, tuple[Mapping[str, Any], ...]]

    def moments(self, now: datetime) -> list[Moment]:
        """The past as seen from now, in its order: what `past.yml` tells, and the talk of the last days."""
        told = [
            Moment(self._instant(moment, moment["who"], now), moment["who"], moment["do"], self._dated(moment, now))
            for moment in self.past
        ]
        talk = [
            Moment(self._instant(message, message["by"], now), message["by"], "say", {**message, "in": channel["name"]})
            for channel in self.channels
            for message in channel["messages"]
        ]
        return sorted((moment for moment in [*told, *talk] if moment.at < now), key=lambda moment: moment.at)

    def _dated(self, moment: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
        """With its first day as a date, where it has one."""
        return (
            {**moment, "first_on": working_day(now.date(), moment["first"]).isoformat()}
            if "first" in moment
            else moment
        )

    def _instant(self, moment: Mapping[str, Any], who: str, now: datetime) -> datetime:
        if "hours_ago" in moment:
            return now - timedelta(hours=moment["hours_ago"])
        zone = ZoneInfo(self.people[who]["tz"])
        clock = time.fromisoformat(moment["at"])
        return datetime.combine(working_day(now.date(), moment["day"]), clock, zone).astimezone(UTC)


def read() -> Organisation:
    """The organisation that ships with Rowbot."""
    loaded, suggested, past = (
        read_yaml((DATA / name).read_text(encoding="utf-8"))
        for name in ("organisation.yml", "suggestions.yml", "past.yml")
    )
    return Organisation(
        name=loaded["workspace"], people=loaded["people"], teams=tuple(loaded["teams"]), channels=tuple(loaded["channels"]),
        suggestions=tuple(suggested["suggestions"]), past=tuple(past["moments"]), check_ins={title: tuple(rounds) for title, rounds in past["check_ins"].items()},
    )  # fmt: skip


def working_day(today: date, back: int) -> date:
    """The working day (Monday to Friday) that is so many of them before today."""
    day = today
    while back:
        day -= timedelta(days=1)
        back -= day.weekday() < 5
    return day


def registry_as_of(today: date) -> str:
    """The registry's file with its dates as far back from today as they are from the day on which it was written."""
    weeks = (today - WRITTEN).days // 7
    text = REGISTRY.read_text(encoding="utf-8")
    if not weeks:
        return text
    rows = list(csv.DictReader(io.StringIO(text)))
    moved = io.StringIO()
    writer = csv.DictWriter(moved, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        row | {"started_on": _DATE.sub(lambda found: _moved(found, weeks), row["started_on"])} for row in rows
    )
    return moved.getvalue()


def _moved(found: re.Match[str], weeks: int) -> str:
    year, month, day = found.groups()
    moved = date(int(year), int(month), int(day or 15)) + timedelta(weeks=weeks)
    return moved.isoformat() if day else f"{moved:%Y-%m}"


def members_of(organisation: Organisation, team: str) -> Iterator[str]:
    """Keys of the people in a team."""
    return (key for key, person in organisation.people.items() if person.get("team") == team)
