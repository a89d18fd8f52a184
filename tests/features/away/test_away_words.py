"""What people say of their days off, as it is meant on their calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.away.words import Days, IsBack, read

#: A Friday.
TODAY = date(2026, 11, 27)


def days(first: tuple[int, int, int], last: tuple[int, int, int] | None = None) -> Days:
    """From a day to a day, or one day."""
    return Days(date(*first), date(*(last or first)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("today", days((2026, 11, 27))), ("tomorrow", days((2026, 11, 28))), ("off tomorrow", days((2026, 11, 28))),
        ("day after tomorrow", days((2026, 11, 29))), ("I'm out sick today", days((2026, 11, 27))), ("on Monday", days((2026, 11, 30))),
        ("next wed", days((2026, 12, 2))), ("until monday", days((2026, 11, 27), (2026, 11, 30))), ("UNTIL FRIDAY.", days((2026, 11, 27), (2026, 12, 4))),
        ("until next friday", days((2026, 11, 27), (2026, 12, 4))), ("till 3 dec", days((2026, 11, 27), (2026, 12, 3))),
        ("mon - wed", days((2026, 11, 30), (2026, 12, 2))), ("thursday and friday", days((2026, 12, 3), (2026, 12, 4))),
        ("tomorrow - friday", days((2026, 11, 28), (2026, 12, 4))),
        ("this week", days((2026, 11, 27), (2026, 11, 29))), ("the rest of the week", days((2026, 11, 27), (2026, 11, 29))),
        ("on vacation next week", days((2026, 11, 30), (2026, 12, 6))), ("next month", days((2026, 12, 1), (2026, 12, 31))),
        ("until the end of the month", days((2026, 11, 27), (2026, 11, 30))),
        ("for 3 days", days((2026, 11, 27), (2026, 11, 29))), ("two weeks", days((2026, 11, 27), (2026, 12, 10))),
        ("2 weeks from monday", days((2026, 11, 30), (2026, 12, 13))), ("Monday for a week", days((2026, 11, 30), (2026, 12, 6))),
        ("for a month from 31 Jan", days((2027, 1, 31), (2027, 2, 27))),
    ],
)  # fmt: skip
def test_days_by_name(text: str, expected: Days) -> None:
    assert read(text, TODAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "24 Dec - 2 Jan", "24 Dec – 2 Jan", "24 Dec-2 Jan", "24 dec to 2 jan", "from 24 December until 2nd of January", "Dec 24 - Jan 2", "24.12. - 2.1.",
        "December 24th through January 2nd", "2026-12-24 to 2027-01-02", "2026-12-24 - 2027-01-02", "2026-12-24/2027-01-02", "24.12.2026 - 02.01.2027",
        "Thu 24 Dec to Sat 2 Jan", "Dec 24, 2026 - Jan 2, 2027", "I am away from 24 Dec 2026 till 2 Jan 2027, thanks!", "between 24 dec and 2 jan",
        "24 Dec..2 Jan", "PTO: 24 Dec - 2 Jan", "  24   Dec   -   2   Jan  ",
    ],
)  # fmt: skip
def test_one_stretch_said_in_many_ways(text: str) -> None:
    assert read(text, TODAY) == days((2026, 12, 24), (2027, 1, 2))


@pytest.mark.parametrize(
    "text", ["24-26 Dec", "24 - 26 December", "Dec 24-26", "24th to 26th Dec", "12/24 - 12/26", "24/12 - 26/12"]
)
def test_days_of_one_month(text: str) -> None:
    assert read(text, TODAY) == days((2026, 12, 24), (2026, 12, 26))


def test_a_stretch_that_has_begun_is_meant_as_it_stands() -> None:
    assert read("20 Nov - 5 Dec", TODAY) == days((2026, 11, 20), (2026, 12, 5))
    assert read("29 Feb", TODAY) == days((2028, 2, 29))


@pytest.mark.parametrize("text", ["off", "back", "I'm back", "Back early!", "cancel", "no", "I am back now"])
def test_being_back(text: str) -> None:
    assert read(text, TODAY) == IsBack()


@pytest.mark.parametrize(
    "text",
    ["", "  ", "banana", "until", "-", "3/4", "31 Feb", "32 Dec", "2026-13-45", "5 Dec - 1 Dec", "24 Dec 2020", "yesterday", "for 0 days", "soon", "for a while",
     "may", "99999 weeks", "the 3rd Thursday", "x" * 500, "24 Dec - 2 Jan - 5 Jan", "until never", "<@U1> until friday"],
)  # fmt: skip
def test_what_is_not_understood_is_not_guessed(text: str) -> None:
    assert read(text, TODAY) is None


@given(st.text(max_size=60), st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_no_words_break_it_and_what_it_understands_is_not_over(text: str, today: date) -> None:
    found = read(text, today)
    if isinstance(found, Days):
        assert found.first <= found.last >= today


parts = st.sampled_from(
    (
        "until",
        "friday",
        "next",
        "24",
        "dec",
        "-",
        "2",
        "jan",
        "for",
        "weeks",
        "from",
        "monday",
        "to",
        "week",
        "tomorrow",
        "2027-01-02",
        "end of",
        "days",
    )
)


@given(st.lists(parts, min_size=1, max_size=6).map(" ".join), st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_no_order_of_its_own_words_breaks_it(text: str, today: date) -> None:
    found = read(text, today)
    if isinstance(found, Days):
        assert found.first <= found.last >= today


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(0, 300), st.integers(0, 200))
def test_days_written_out_are_read_as_they_stand(today: date, ahead: int, length: int) -> None:
    first = today + timedelta(days=ahead)
    last = first + timedelta(days=length)
    assert read(f"{first.isoformat()} to {last.isoformat()}", today) == Days(first, last)
    assert read(f"{first:%d %b %Y} - {last:%d %b %Y}", today) == Days(first, last)
    if length < 60:
        assert read(f"{first.day} {first:%B} until {last.day} {last:%B}", today) == Days(first, last)
