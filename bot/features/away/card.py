"""What is said of somebody's hours and days off, as facts ready to be worded. Made by `service`, drawn by the views."""

from dataclasses import dataclass
from datetime import date
from typing import Final

#: Block ids of the form's fields, so that a refusal stands beside its field.
FIELD_FIRST: Final = "absence.first"
FIELD_LAST: Final = "absence.last"
FIELD_ZONE: Final = "absence.zone"
FIELD_COUNTRY: Final = "absence.country"
FIELD_WORKDAYS: Final = "absence.workdays"
FIELD_STARTS: Final = "absence.starts"
FIELD_ENDS: Final = "absence.ends"


@dataclass(frozen=True, slots=True)
class DaysOff:
    """One time away."""

    id: int
    first: date
    #: `teams.calendars.ENDLESS` where nobody knows the end.
    last: date
    #: Known from the person's Slack status; they said nothing of it to Rowbot.
    by_status: bool = False


@dataclass(frozen=True, slots=True)
class OwnHours:
    """What somebody chooses for themselves; what is empty or None follows Slack and the workspace."""

    zone: str = ""
    country: str = ""
    workdays: tuple[int, ...] = ()
    starts: int | None = None
    ends: int | None = None


@dataclass(frozen=True, slots=True)
class Mine:
    """One person's days off and hours, as they see them."""

    today: date
    planned: tuple[DaysOff, ...]
    own: OwnHours
    #: What holds where they choose nothing: Slack's zone, the workspace's days and hours.
    slack_zone: str
    workdays: tuple[int, ...]
    starts: int
    ends: int
    #: What the country is called; "" for none.
    country: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What holds after somebody said something of their days off."""

    today: date
    #: The days off that they took; None where they took none.
    taken: DaysOff | None = None
    #: Those that they took back.
    back: tuple[DaysOff, ...] = ()
    #: What is still planned, or keeps them away today.
    others: tuple[DaysOff, ...] = ()
    #: Whether they chose other hours, too.
    hours_changed: bool = False
