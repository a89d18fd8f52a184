"""Which Slack statuses mean that somebody is away, and until when."""

from datetime import UTC, date, datetime

import pytest

from bot.features.away.statuses import last_day, says_away
from bot.features.teams.calendars import ENDLESS, Calendar

LISBON = Calendar("Europe/Lisbon")
#: A Wednesday, noon.
NOW = datetime(2027, 1, 13, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["Vacationing", "On vacation", "Out sick", "on leave", "Parental leave", "PTO", "OOO", "ooo until Monday", "Out of office", "OOO, back tomorrow",
     "On vacation, back next week", "Sick", "Day off", "On holiday", "Holidays", "Sabbatical", "On sick leave", "off until Jan 4", "Away until Friday"],
)  # fmt: skip
def test_words_that_mean_away(text: str) -> None:
    assert says_away(text, "")


@pytest.mark.parametrize(
    "text",
    ["", "In a meeting", "Commuting", "Working remotely", "Working from home", "Back from vacation", "Lunch", "Focus time", "OOO next week", "PTO tomorrow",
     "Vacation soon", "Holiday party planning", "Leave me alone", "Not on leave any more", "Away from keyboard for 5", "Sick of flaky tests", "Office hours"],
)  # fmt: skip
def test_words_that_do_not(text: str) -> None:
    assert not says_away(text, "")


@pytest.mark.parametrize("emoji", ["palm_tree", "airplane", "face_with_thermometer", "baby"])
def test_an_emoji_counts_unless_the_words_say_otherwise(emoji: str) -> None:
    assert says_away("", emoji)
    assert says_away("Slow to answer", emoji)
    assert not says_away("Working from Bali", emoji)


def profile(ends: datetime | None, text: str = "Vacationing", emoji: str = ":palm_tree:") -> dict[str, object]:
    """A profile as Slack sends it."""
    return {"status_text": text, "status_emoji": emoji, "status_expiration": int(ends.timestamp()) if ends else 0}


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        (None, ENDLESS),
        (datetime(2027, 1, 15, 23, 59, tzinfo=UTC), date(2027, 1, 15)),
        (datetime(2027, 1, 16, 0, 0, tzinfo=UTC), date(2027, 1, 15)),  # midnight belongs to the day before
        (datetime(2027, 1, 15, 17, 0, tzinfo=UTC), date(2027, 1, 15)),  # the end of their work
        (datetime(2027, 1, 15, 12, 0, tzinfo=UTC), date(2027, 1, 14)),  # they are back at noon
        (datetime(2027, 1, 13, 14, 0, tzinfo=UTC), None),  # an errand
        (datetime(2027, 1, 12, 23, 0, tzinfo=UTC), None),  # over
    ],
)
def test_until_when(ends: datetime | None, expected: date | None) -> None:
    assert last_day(profile(ends), LISBON, now=NOW) == expected


def test_the_day_is_the_persons_own() -> None:
    assert last_day(profile(datetime(2027, 1, 15, 15, 0, tzinfo=UTC)), Calendar("Asia/Tokyo"), now=NOW) == date(
        2027, 1, 15
    )


@pytest.mark.parametrize("ends", ["soon", -5, 10**18, None, [1]])
def test_an_end_that_is_none_is_no_end(ends: object) -> None:
    assert last_day(profile(None) | {"status_expiration": ends}, LISBON, now=NOW) == ENDLESS


def test_other_statuses_are_no_days_off() -> None:
    assert last_day(profile(None, "In a meeting", ":spiral_calendar_pad:"), LISBON, now=NOW) is None
    assert last_day({}, LISBON, now=NOW) is None
