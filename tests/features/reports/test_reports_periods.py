"""Periods: what people may type, which days that means in their zone, and how a chart cuts it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import BadInput
from bot.features.reports.periods import POINTS, Span, buckets, count_in, from_key, parse
from tests.world import NOW

BERLIN = "Europe/Berlin"


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "start", "end", "label", "days"),
    [
        ("", "2026-10-24T22:00", "2026-11-23T09:30", "Last 30 days", 30),
        ("overview", "2026-10-24T22:00", "2026-11-23T09:30", "Last 30 days", 30),
        ("7d", "2026-11-16T23:00", "2026-11-23T09:30", "Last 7 days", 7),
        ("OVERVIEW  90D", "2026-08-25T22:00", "2026-11-23T09:30", "Last 90 days", 90),
        ("quarter", "2026-09-30T22:00", "2026-11-23T09:30", "This quarter", 54),
        ("year", "2025-12-31T23:00", "2026-11-23T09:30", "This year", 327),
        ("2026-10-01..2026-10-31", "2026-09-30T22:00", "2026-10-31T23:00", "1 Oct to 31 Oct 2026", 31),
        ("2026-10-01 … 2026-10-01", "2026-09-30T22:00", "2026-10-01T22:00", "1 Oct 2026", 1),
        ("2026-10-01 to 2026-10-31", "2026-09-30T22:00", "2026-10-31T23:00", "1 Oct to 31 Oct 2026", 31),
        ("2026-10-01 - 2026-10-31", "2026-09-30T22:00", "2026-10-31T23:00", "1 Oct to 31 Oct 2026", 31),
        ("2026-10-01", "2026-09-30T22:00", "2026-10-01T22:00", "1 Oct 2026", 1),
        ("2025-12-24..2026-12-31", "2025-12-23T23:00", "2026-11-23T09:30", "24 Dec 2025 to 23 Nov 2026", 335),
    ],
)
def test_a_period_begins_and_ends_at_midnight_where_the_reader_is_and_never_in_the_future(
    words: str, start: str, end: str, label: str, days: int
) -> None:
    period = parse(words, now=NOW, zone=BERLIN)
    assert (period.span, period.label, period.days) == (Span(at(start), at(end)), label, days)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("yesterday", "“yesterday”"),
        ("31d", "`/rowbot report 30d`"),
        ("<!channel> *x*", "‹!channel› x"),
        ("2026-02-30..2026-03-01", "in no calendar"),
        ("2026-10-31..2026-10-01", "2026-10-01..2026-10-31"),
        ("2026-12-01..2026-12-31", "has not come yet"),
        ("2019-01-01..2026-01-01", "three years"),
        ("9999-12-31..9999-12-31", "three years"),
        ("0001-01-01..0001-01-02", "too long ago"),
        ("2026-10-01 2026", "from one day to another"),
    ],
)
def test_words_that_are_no_period_get_a_sentence_that_helps(words: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(words, now=NOW)
    assert said in refused.value.sentence


@pytest.mark.parametrize("zone", ["", "Nowhere/Land", "../etc/passwd", "/", "Europe"])
def test_a_zone_that_nobody_knows_is_utc(zone: str) -> None:
    assert parse("2026-10-01..2026-10-01", now=NOW, zone=zone).span == Span(
        at("2026-10-01T00:00"), at("2026-10-02T00:00")
    )


@pytest.mark.parametrize(
    "words", ["7d", "30d", "90d", "quarter", "year", "2026-10-01..2026-10-31", "2024-01-01..2026-11-23"]
)
def test_the_period_before_is_as_long_and_ends_where_this_one_begins(words: str) -> None:
    span = parse(words, now=NOW, zone=BERLIN).span
    assert span.before.end == span.start
    assert span.before.end - span.before.start == span.end - span.start
    assert span.holds(span.start)
    assert not span.holds(span.end)


@pytest.mark.parametrize("words", ["", "7d", "quarter", "year", "2026-10-01..2026-10-31", "2026-11-01..2026-11-30"])
def test_a_button_means_the_same_period_later_on(words: str) -> None:
    period = parse(words, now=NOW + timedelta(milliseconds=250), zone=BERLIN)
    assert from_key(period.key, zone=BERLIN) == period
    assert period.span.end >= min(NOW, period.span.end)


@pytest.mark.parametrize("key", ["", "30d", "30d@", "30d@x", "banana@1795426200", "30d@-5"])
def test_a_button_that_is_none_gets_a_sentence(key: str) -> None:
    with pytest.raises(BadInput):
        from_key(key, zone="")


@pytest.mark.parametrize(
    "words",
    [
        "7d",
        "30d",
        "90d",
        "quarter",
        "year",
        "2026-11-23..2026-11-23",
        "2025-12-24..2026-01-10",
        "2023-12-01..2026-11-23",
    ],
)
@pytest.mark.parametrize("zone", ["", BERLIN, "America/Los_Angeles", "Pacific/Auckland"])
def test_the_points_of_a_chart_cover_the_period_without_a_gap_and_fit(words: str, zone: str) -> None:
    period = parse(words, now=NOW, zone=zone)
    cut = buckets(period)
    assert 1 <= len(cut) <= POINTS
    assert (cut[0].span.start, cut[-1].span.end) == (period.span.start, period.span.end)
    assert [each.span.end for each in cut[:-1]] == [each.span.start for each in cut[1:]]
    assert len({each.label for each in cut}) == len(cut)
    assert max(len(each.label) for each in cut) <= 20


def test_a_week_on_a_chart_is_named_by_its_days_and_the_last_may_be_short() -> None:
    assert [each.label for each in buckets(parse("30d", now=NOW, zone=BERLIN))] == [
        "25 Oct–31 Oct", "1 Nov–7 Nov", "8 Nov–14 Nov", "15 Nov–21 Nov", "22 Nov–23 Nov",
    ]  # fmt: skip
    assert [each.label for each in buckets(parse("2025-12-30..2026-01-01", now=NOW))] == [
        "30 Dec 25",
        "31 Dec 25",
        "1 Jan 26",
    ]


def test_moments_are_counted_where_they_lie_and_those_of_the_period_before_are_laid_over() -> None:
    period = parse("2026-10-19..2026-10-25", now=NOW, zone=BERLIN)  # its last day has 25 hours
    cut = buckets(period)
    span = period.span
    moments = [
        span.start,
        span.end - timedelta(milliseconds=1),
        span.end,
        span.start - timedelta(milliseconds=1),
        at("2026-10-25T22:30"),
    ]
    assert count_in(cut, moments) == [1, 0, 0, 0, 0, 0, 2]
    length = span.end - span.start
    assert count_in(cut, [moment - length for moment in moments], shift=length) == [1, 0, 0, 0, 0, 0, 2]
    assert count_in([], moments) == []
