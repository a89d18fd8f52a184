"""JSON Lines: what a line may hold, and what each line that cannot be used is told."""

import json
from datetime import date

import pytest

from bot.errors import BadInput
from bot.features.imports.json_lines import JsonLinesReader
from bot.features.imports.reading import Format, Reading, collect, detect
from bot.features.imports.rows import Row
from storage.initiatives import Status
from tests.features.imports.conftest import Registry


def read(data: str | bytes) -> Reading:
    return collect(JsonLinesReader(data if isinstance(data, bytes) else data.encode(), name="f.jsonl"))


def fault(line: str) -> str:
    (only,) = read('{"title": "fine"}\n' + line).faults
    assert only.line == 2
    return only.sentence


def test_every_key_reaches_its_row() -> None:
    (row,) = read(
        '{"id": 17, "title": "Store", "summary": "a\\nb", "team": "Ads", "lead": "Ann@example.org", "status": "active", "capabilities": ["a;b", "c"],'
        '"system": "feast", "started_on": "2026-03", "url": "https://x.org", "legacy": true, "visibility": "public", "lesson": "none"}'
    ).rows
    assert (row.id, row.title, row.summary, row.team, row.lead) == ("17", "Store", "a\nb", "Ads", "ann@example.org")
    assert (row.status, row.capabilities, row.system, row.started_on) == (
        Status.ACTIVE,
        ("a;b", "c"),
        "feast",
        date(2026, 3, 1),
    )
    assert (row.url, row.legacy, row.visibility, row.lesson) == ("https://x.org", True, "public", "none")


def test_a_key_that_is_missing_is_silent_and_null_is_an_empty_cell() -> None:
    (row,) = read('{"title": "A", "summary": null}').rows
    assert row.says == {"title", "summary"}
    assert row.summary == ""


def test_capabilities_may_be_one_text_and_an_empty_list_says_that_there_are_none() -> None:
    rows = read(
        '{"title": "A", "capabilities": "a; b\\\\; c"}\n{"title": "B", "capabilities": []}\n{"title": "C", "capabilities": ""}'
    ).rows
    assert [(row.capabilities, row.recognises) for row in rows] == [(("a", "b; c"), True), ((), False), ((), True)]


def test_unknown_keys_are_named_once_as_written() -> None:
    assert read('{"title": "A", "Budget": 1}\n{"TITLE": "B", "Budget": 2, "Due by": 3}').ignored == ("Budget", "Due by")


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_lines_are_read_whatever_their_end_byte_order_mark_and_blank_lines(mark: bytes, end: bytes) -> None:
    reading = read(mark + b'{"title": "A"}' + end + end + b"  " + end + b'{"title": "B"}')
    assert [(row.title, row.line) for row in reading.rows] == [("A", 1), ("B", 4)]
    assert not reading.faults


def test_only_a_line_feed_ends_a_line() -> None:
    text = json.dumps({"title": "A", "summary": "one\u2028two\x85three"}, ensure_ascii=False)
    assert read(text).rows[0].summary == "one\u2028two\x85three"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"title": "A"', "it is no JSON object: expecting ',' delimiter (character 14)."),
        ('["A"]', 'it holds a list; each line is one JSON object such as {"title": "…"}.'),
        ("17", 'it holds a number; each line is one JSON object such as {"title": "…"}.'),
        ('{"title": "A", "title": "B"}', "it names `title` twice; keep one of them."),
        ('{"summary": "A"}', "`title` is missing; every row needs one."),
        ('{"title": ""}', "`title` is empty; every row needs one."),
        ('{"title": {"a": 1}}', "`title` is an object; a text is expected."),
        ('{"title": ["a"]}', "`title` is a list; a text is expected."),
        ('{"title": true}', "`title` is true; a text is expected."),
        ('{"title": "A", "capabilities": [1]}', "`capabilities` is a list of more than texts; name them by texts."),
        ('{"title": NaN}', "it holds a number that cannot be read."),
        ('{"title": ' + "9" * 5000 + "}", "it holds a number that cannot be read."),
        ('{"title": ' + "[" * 100_000, "it is nested too deeply."),
        ('{"title": "\\ud800"}', "`title` holds half of a character (a lone surrogate), which cannot be stored."),
        ('{"title": "\\u0000"}', "`title` holds a NUL character, which cannot be stored; remove it."),
    ],
)  # fmt: skip
def test_each_bad_line_is_named_with_its_reason_and_the_others_are_kept(line: str, reason: str) -> None:
    assert fault(line) == f"Line 2: {reason}"
    assert [row.title for row in read('{"title": "fine"}\n' + line).rows] == ["fine"]


def test_a_line_that_is_not_utf_8_costs_itself_alone() -> None:
    reading = read(b'{"title": "A"}\n{"title": "\xff"}\n{"title": "C"}')
    assert [row.title for row in reading.rows] == ["A", "C"]
    assert reading.faults[0].sentence == "Line 2: byte 12 is not UTF-8. Save the file as UTF-8."


def test_a_file_of_the_wrong_kind_is_refused_with_the_way_out() -> None:
    for data, sentence in (
        (b"", "is empty"),
        (b'[{"title": "A"}]', "jq -c"),
        ('{"title": "A"}'.encode("utf-16"), "is UTF-16"),
    ):
        with pytest.raises(BadInput, match=sentence):
            read(data)


@pytest.mark.parametrize(
    ("name", "data", "is_read_as"),
    [
        ("a.csv", b"title\nA\n", Format.CSV), ("a.CSV", b"title\n", Format.CSV), ("a.jsonl", b"{}", Format.JSONL), ("a.ndjson", b"", Format.JSONL),
        ("catalog-info.yaml", b"", Format.BACKSTAGE), ("a.yml", b'{"kind": "x"}', Format.BACKSTAGE), ("a", b"title,team\n", Format.CSV),
        ("a", b'\n{"title": "A"}\n', Format.JSONL), ("a.txt", b"# x\nkind: Component\n", Format.BACKSTAGE), ("a.csv", b'{"title": "A"}\n', Format.JSONL),
        ("a.csv", b"{title,team\n", Format.CSV),
    ],
)  # fmt: skip
def test_the_format_is_told_by_name_and_content(name: str, data: bytes, is_read_as: Format) -> None:
    assert detect(name, data) is is_read_as


def test_a_format_that_is_named_wins(registry: Registry) -> None:
    result = registry.load('{"title": "A"}\n', name="list.csv", as_format=Format.CSV)
    assert (result.exit_code, "has no column `title`" in registry.said) == (2, True)


def test_json_lines_come_in_like_csv(registry: Registry) -> None:
    text = '{"id": "1", "title": "A", "team": "Ads", "status": "active"}\nnonsense\n{"title": "B", "capabilities": ["Feast"]}\n'
    result = registry.load(text, name="f.jsonl")
    assert (result.new, result.left_out, result.exit_code) == (2, 1, 1)
    assert registry.one("B").capabilities == ["feature-store"]
    assert registry.load(text, name="f.jsonl").unchanged == 2
    assert registry.load("id,title\n1,A\n").unchanged == 1


def test_no_capability_is_read_from_the_text_where_the_file_says_that_there_is_none(registry: Registry) -> None:
    registry.load(
        '{"title": "A feature store", "capabilities": []}\n{"title": "Another feature store"}', name="f.jsonl"
    )
    assert [row.capabilities for row in registry.all()] == [[], ["feature-store"]]


def test_rows_of_json_lines_are_rows() -> None:
    assert all(isinstance(row, Row) for row in JsonLinesReader(b'{"title": "A"}', name="f"))
