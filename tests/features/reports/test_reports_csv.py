"""The file: opens as it was meant, and computes nothing."""

import csv
import io

import pytest

from bot.features.reports.csv_table import cell, written


@pytest.mark.parametrize(
    "text", ["=1+1", "+49 30", "-1", "@SUM(A1)", "\t=1+1", "\r=1", "\n=1", "  =1", "＝1", "|calc", "%0A"]
)
def test_a_text_that_would_be_computed_is_a_text(text: str) -> None:
    assert str(cell(text)).startswith("'")


def test_behind_a_semicolon_nothing_is_computed_either() -> None:
    assert cell("drift;=1+1; -2;fine") == "drift;'=1+1; '-2;fine"


def test_numbers_and_plain_texts_stay() -> None:
    assert [cell(value) for value in (-3, 0, "Feature store", "a = b", "2026-10-01", "")] == [
        -3,
        0,
        "Feature store",
        "a = b",
        "2026-10-01",
        "",
    ]


def test_the_file_is_read_back_as_it_was_written() -> None:
    rows: list[list[str | int]] = [["Größe, “groß”", 'say "hi"', 3], ["two\nlines", "a\x00b", 0], ["מחסן", "🚣", -1]]
    text = written(("one", "two", "three"), rows)
    raw = text.encode()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == 4
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    read = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert read == [
        ["one", "two", "three"],
        ["Größe, “groß”", 'say "hi"', "3"],
        ["two lines", "a b", "0"],
        ["מחסן", "🚣", "-1"],
    ]
