"""Moments are shown in each reader's own zone."""

import re
from datetime import UTC, datetime
from typing import Final

from bot.slack import blocks as b
from tests.world import ROOT

MOMENT: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


def test_a_date_is_slacks_to_word_with_a_fallback_in_words() -> None:
    assert b.local_date(MOMENT) == f"<!date^{int(MOMENT.timestamp())}^{{date_short}}|23 Nov 2026>"


def test_a_moment_has_weekday_and_time_and_its_fallback_names_its_zone() -> None:
    said = b.local_moment(MOMENT)
    assert said.startswith(f"<!date^{int(MOMENT.timestamp())}^")
    assert "{date_long_pretty}" in said, "of Slack's forms only the long ones have the weekday"
    assert "{time}" in said
    assert said.endswith("|Mon 23 Nov, 09:30 UTC>")


def test_no_view_words_a_moment_in_a_zone_that_is_not_its_readers() -> None:
    for path in sorted((ROOT / "bot" / "features").glob("*/*views.py")):
        assert not re.search(r"strftime|:%H|(?<!from)isoformat|utcnow", path.read_text()), path
