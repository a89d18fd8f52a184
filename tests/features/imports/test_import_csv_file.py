import pytest

from bot.errors import BadInput
from bot.features.imports.csv_file import CsvReader
from bot.features.imports.reading import Reading, collect


def read_csv(data: bytes, *, name: str) -> Reading:
    return collect(CsvReader(data, name=name))


def titles(data: str | bytes) -> list[str]:
    return [row.title for row in read_csv(data if isinstance(data, bytes) else data.encode(), name="f.csv").rows]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_file_is_read_whatever_its_separator_line_end_and_byte_order_mark(
    mark: str, separator: str, end: str
) -> None:
    text = (
        mark
        + end.join(
            separator.join(cells) for cells in (("team", "title"), ("Ads", "Feature store"), ("Search", "Drift"))
        )
        + end
    )
    rows = read_csv(text.encode(), name="f.csv").rows
    assert [(row.team, row.title, row.line) for row in rows] == [("Ads", "Feature store", 2), ("Search", "Drift", 3)]


def test_a_comma_inside_the_only_other_column_does_not_become_the_separator() -> None:
    rows = read_csv(b"title;summary\nA;first, second, third\n", name="f.csv").rows
    assert rows[0].summary == "first, second, third"


def test_the_separator_that_a_spreadsheet_declares_is_believed() -> None:
    assert titles("sep=|\ntitle|team\nA|B\n") == ["A"]


def test_header_names_are_known_whatever_their_case_and_blanks() -> None:
    (row,) = read_csv(b" Title , STARTED on\nA,2026-03-05\n", name="f.csv").rows
    assert str(row.started_on) == "2026-03-05"


def test_unknown_columns_are_named_once_as_written() -> None:
    reading = read_csv(b"title,Budget,Owner Team,\nA,1,2,\nB,1,2,\n", name="f.csv")
    assert reading.ignored == ("Budget", "Owner Team")
    assert not reading.faults


def test_a_line_number_is_where_the_record_starts_behind_multi_line_cells_and_blank_lines() -> None:
    text = 'title,summary,status\nA,"one\ntwo\nthree",active\n\n,,\nB,"x\ny",in progress\nC,z,paused\n'
    reading = read_csv(text.encode(), name="f.csv")
    assert [(row.title, row.line) for row in reading.rows] == [("A", 2), ("C", 9)]
    assert reading.rows[0].summary == "one\ntwo\nthree"
    assert [fault.sentence for fault in reading.faults] == [
        'Line 7: `status` is "in progress"; use proposed, active, paused, shipped, abandoned or merged.'
    ]


def test_cells_missing_at_the_end_are_empty_and_cells_too_many_are_a_fault() -> None:
    reading = read_csv(b"title,team,status\nA\nB,Ads,active,surplus\nC,Ads,active,\n", name="f.csv")
    assert [row.title for row in reading.rows] == ["A", "C"]
    assert [(fault.line, "quotation marks" in fault.sentence) for fault in reading.faults] == [(3, True)]


def test_an_open_quotation_mark_costs_its_own_row_and_not_those_below() -> None:
    text = 'title,summary,team\nA,fine,T\nB,"never closed,T\nC,"quoted",T\nD,plain,T\n'
    reading = read_csv(text.encode(), name="f.csv")
    assert [row.title for row in reading.rows] == ["A", "C", "D"]
    assert [fault.line for fault in reading.faults] == [3]
    assert "not closed" in reading.faults[0].sentence


def test_a_stray_quotation_mark_is_told_from_an_open_one_on_the_last_line_too() -> None:
    assert "text follows" in read_csv(b'title\n"a"b', name="f.csv").faults[0].sentence
    assert "not closed" in read_csv(b'title\n"a b', name="f.csv").faults[0].sentence


def test_the_inside_of_an_unclosed_text_does_not_become_an_initiative() -> None:
    text = 'title,summary,team\nA,"begins\nnot a title\n'
    reading = read_csv(text.encode(), name="f.csv")
    assert reading.rows == ()
    assert [fault.line for fault in reading.faults] == [2, 3]


def test_an_endless_cell_costs_its_own_row() -> None:
    reading = read_csv(f"title,summary\nA,{'x' * 140_000}\nB,fine\n".encode(), name="f.csv")
    assert [row.title for row in reading.rows] == ["B"]
    assert [fault.sentence for fault in reading.faults] == ["Line 2: a cell has more than 131,072 characters."]


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "f.csv is empty"),
        (b"\n\n", "f.csv is empty"),
        (
            b"name,team\nA,B\n",
            "f.csv has no column `title`. Its first line should name the columns; it reads: name, team",
        ),
        (b"title,status,Status\nA,active,paused\n", "column `status` twice"),
        (b"title\nA\nB\xff\n", "f.csv is not UTF-8: line 3"),
        ("title\nA\n".encode("utf-16"), "f.csv is UTF-16"),
        (b'"title,team\nA,B\n', "f.csv, line 1: a quotation mark"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_sentence(data: bytes, part: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_csv(data, name="f.csv")
    assert part in caught.value.sentence
