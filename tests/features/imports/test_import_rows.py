from datetime import date

import pytest

from bot.features.imports.rows import (
    SUMMARY_LENGTH,
    TITLE_LENGTH,
    Fault,
    Row,
    read_row,
)
from bot.features.imports.whole_file import leads_of_teams, without_repeats
from bot.features.initiatives import service as initiatives
from storage.initiatives import Status


def row(line: int = 2, **cells: str) -> Row:
    read = read_row({"title": f"title {line}", **cells}, line=line)
    assert isinstance(read, Row), read
    return read


def fault(**cells: str) -> str:
    read = read_row({"title": "t", **cells}, line=12)
    assert isinstance(read, list)
    (only,) = read
    assert only.line == 12
    return only.sentence


@pytest.mark.parametrize(("written", "means"), [("yes", True), ("TRUE", True), ("1", True), ("x", True), ("no", False), ("false", False),
                                                ("0", False), ("", False)])  # fmt: skip
def test_legacy_is_read_in_every_usual_spelling(written: str, means: object) -> None:
    assert row(legacy=written).legacy is means


def test_a_month_is_its_first_day() -> None:
    assert row(started_on="2026-03").started_on == date(2026, 3, 1)


def test_an_empty_status_and_visibility_are_silence_and_an_empty_summary_is_an_answer() -> None:
    assert row(status="", visibility="", summary="").says == {"title", "summary"}


def test_a_lead_is_a_slack_id_a_mention_or_an_address_in_any_case() -> None:
    assert [row(lead=lead).lead for lead in ("U012AB3CD", "<@U012AB3CD|ann>", "Ann@Example.org")] == [
        "U012AB3CD",
        "U012AB3CD",
        "ann@example.org",
    ]


def test_capabilities_are_split_at_semicolons_and_named_once() -> None:
    assert row(capabilities="feature store; GPU  scheduling;;feature store").capabilities == (
        "feature store",
        "GPU scheduling",
    )


@pytest.mark.parametrize(
    ("column", "cell", "part"),
    [
        (
            "status",
            "in progress",
            '`status` is "in progress"; use proposed, active, paused, shipped, abandoned or merged.',
        ),
        ("title", " ", "`title` is empty"),
        ("title", "x" * 151, "`title` has 151 characters; 150 are the most."),
        ("summary", "x" * 3001, "`summary` has 3,001 characters; 3,000 are the most."),
        ("legacy", "perhaps", '`legacy` is "perhaps"; use yes or no.'),
        ("started_on", "31.3.2026", "write the day as 2026-03-31"),
        ("started_on", "2026-02-30", "write the day as 2026-03-31"),
        ("url", "javascript:alert(1)", "`url`"),
        ("url", "https://", "`url`"),
        ("url", "https://[x", "`url`"),
        ("lead", "Ann Lee", '`lead` is "Ann Lee"'),
        ("lead", "UNKNOWN", '`lead` is "UNKNOWN"'),
        ("visibility", "secret", "use public, private, #channel or a channel's id"),
        ("visibility", "private", "`lead` is empty"),
        ("capabilities", "!!!", "no letter"),
        ("capabilities", "x" * 81, "longer than 80"),
        ("summary", "a\0b", "NUL"),
    ],
)
def test_each_cell_that_cannot_be_used_has_its_sentence(column: str, cell: str, part: str) -> None:
    assert part in fault(**{column: cell})


def test_everything_wrong_with_a_row_is_said_at_once() -> None:
    faults = read_row({"title": "", "status": "done", "url": "x"}, line=3)
    assert isinstance(faults, list)
    assert [each.column for each in faults] == ["title", "status", "url"]


def test_the_limits_are_those_of_the_form() -> None:
    assert (TITLE_LENGTH, SUMMARY_LENGTH) == (initiatives.TITLE_LENGTH, initiatives.SUMMARY_LENGTH)


def test_every_status_can_be_imported() -> None:
    assert [row(status=status.upper()).status for status in Status] == list(Status)


def test_a_row_that_repeats_another_is_named_with_its_line() -> None:
    rows = [row(2, id="1", title="A"), row(3, id="1", title="B"), row(4, url="https://x.org/1"), row(5, url="https://x.org/1"),
            row(6, title="Same", team="Ads"), row(7, title=" same ", team="ADS"), row(8, title="Same", team="Search")]  # fmt: skip
    kept, faults = without_repeats(rows)
    assert [each.line for each in kept] == [2, 4, 6, 8]
    assert faults[0] == Fault(3, "id", "Line 3: this is line 2 again (same `id`); keep one of the two.")
    assert [(each.line, each.column) for each in faults[1:]] == [(5, "url"), (7, "title")]


def test_two_ids_are_two_initiatives_whatever_else_they_share() -> None:
    rows = [row(2, id="1", title="A", url="https://x.org"), row(3, id="2", title="A", url="https://x.org")]
    assert without_repeats(rows) == (rows, [])


def test_a_team_has_a_lead_only_if_all_its_public_rows_agree() -> None:
    rows = [row(2, team="Ads", lead="a@x.org"), row(3, team="ads", lead="a@x.org"), row(4, team="Search", lead="a@x.org"),
            row(5, team="Search", lead="b@x.org"), row(6, team="Data"), row(7, team="Secret", lead="c@x.org", visibility="private")]  # fmt: skip
    assert leads_of_teams(rows) == {"ads": "a@x.org"}
