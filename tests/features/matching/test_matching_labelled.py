"""Labelled texts as they are read: every faulty line is named, and then nothing is scored."""

import json
from pathlib import Path

import pytest

from bot.features.matching import labelled_folder, labelled_table
from bot.features.matching.labelled import LONGEST_TEXT, Pair, Text

FILES = {
    "corpus.jsonl": '{"id": "a", "text": "a feature store"}\n{"id": 2, "text": "drift alerts", "source": "ours"}\n',
    "queries.jsonl": '{"id": "q", "text": "features online", "source": null}\n',
    "qrels.jsonl": '{"query": "q", "doc": "2", "rel": 2}\n{"query": "q", "doc": "a"}\n',
    "pairs.jsonl": '{"id": 1, "a": "x", "b": "y", "label": 1}\n{"id": 2, "a": "x", "b": "z", "label": null}\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content)
    return tmp_path


def test_a_folder_is_read_whole(folder: Path) -> None:
    data = labelled_folder.read(folder)
    assert list(data.corpus) == [Text("a", "a feature store"), Text("2", "drift alerts", "ours")]
    assert list(data.queries or ()) == [Text("q", "features online")]
    assert {query: list(docs) for query, docs in (data.answers or {}).items()} == {"q": ["2", "a"]}
    assert list(data.pairs or ()) == [Pair(1, "x", "y", True), Pair(2, "x", "z", None)]
    # As qrels.jsonl writes it, which is what a run is scored with.
    assert data.numbers == {}


@pytest.mark.parametrize("ends", ["\r\n", "\n\n", "\r\n \r\n"])
def test_line_ends_of_any_kind_and_a_byte_order_mark_change_nothing(folder: Path, ends: str) -> None:
    before = labelled_folder.read(folder)
    for name, content in FILES.items():
        (folder / name).write_bytes(("\ufeff" + content.rstrip().replace("\n", ends)).encode())
    assert labelled_folder.read(folder) == before


def test_a_line_ends_at_a_line_end_alone(folder: Path) -> None:
    text = "one\u2028two\x0cthree\x1cfour"
    (folder / "corpus.jsonl").write_text(
        "".join(json.dumps({"id": i, "text": text}, ensure_ascii=False) + "\n" for i in ("a", 2))
    )
    assert labelled_folder.read(folder).corpus[0].text == text


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("corpus.jsonl", None, r"corpus\.jsonl cannot be read: No such file"),
        ("corpus.jsonl", "", r"corpus\.jsonl has no rows"),
        ("queries.jsonl", "\n", r"queries\.jsonl has no rows"),
        ("pairs.jsonl", "", r"pairs\.jsonl has no rows"),
        ("corpus.jsonl", "{", r"corpus\.jsonl, line 1 is not JSON"),
        ("corpus.jsonl", '{"id": "a", "text": "x"}\n\n[]', r"corpus\.jsonl, line 3 is not an object"),
        ("corpus.jsonl", "[" * 100_000, "line 1 is not JSON that can be read"),
        ("corpus.jsonl", '{"id": ' + "9" * 5000 + "}", "line 1 is not JSON that can be read"),
        ("corpus.jsonl", '{"id": "a", "text": "x"}\n{"id": "a", "text": "y"}', "line 2: the id a stands there twice"),
        ("corpus.jsonl", '{"id": 1, "text": "x"}\n\n{"id": "1", "text": "y"}', "line 3: the id 1 stands there twice"),
        ("corpus.jsonl", '{"id": 1.5, "text": "x"}', "line 1: `id` is missing, or neither"),
        ("corpus.jsonl", '{"id": true, "text": "x"}', "line 1: `id` is missing, or neither"),
        ("corpus.jsonl", '{"id": " ", "text": "x"}', "line 1: `id` is missing, or neither"),
        ("corpus.jsonl", '{"id": "a", "text": "x", "source": []}', "line 1: `source` is neither"),
        ("queries.jsonl", '{"id": "q"}', r"queries\.jsonl, line 1: `text` is missing"),
        ("queries.jsonl", '{"id": "q", "text": "  "}', r"queries\.jsonl, line 1: `text` is empty"),
        ("queries.jsonl", '{"id": "q", "text": "' + "x" * 40_001 + '"}', "line 1: `text` has 40,001 characters; 40,000 fit"),
        ("queries.jsonl", '{"id": "q", "text": "\\ud800"}', "line 1: `text` holds half a character"),
        ("qrels.jsonl", '{"query": "q"}', r"qrels\.jsonl, line 1: `doc` is missing"),
        ("qrels.jsonl", '{"query": "q", "doc": "a"}\n{"query": "q", "doc": "zz"}', r"line 2: `doc` is zz, which corpus\.jsonl does not have"),
        ("qrels.jsonl", '{"query": "zz", "doc": "a"}', r"line 1: `query` is zz, which queries\.jsonl does not have"),
        ("qrels.jsonl", '{"query": "q", "doc": "a", "rel": 0}', "line 1: `rel` is not above 0"),
        ("qrels.jsonl", '{"query": "q", "doc": "a", "rel": NaN}', "line 1: `rel` is not above 0"),
        ("pairs.jsonl", '{"id": "a", "a": "x", "b": 3}', r"pairs\.jsonl, line 1: `b` is missing"),
        ("pairs.jsonl", '{"id": 1, "a": "x", "b": "y", "label": "no"}', "line 1: `label` is neither"),
        ("pairs.jsonl", '{"id": 1, "a": "x", "b": "y"}\n{"id": 1, "a": "x", "b": "z"}', "line 2: the id 1 stands there twice"),
    ],
)  # fmt: skip
def test_what_is_missing_or_faulty_in_a_folder_is_named(
    folder: Path, name: str, content: str | None, fault: str
) -> None:
    (folder / name).unlink() if content is None else (folder / name).write_text(content)
    with pytest.raises(ValueError, match=fault):
        labelled_folder.read(folder)


def test_a_query_is_not_to_be_found_for_itself(folder: Path) -> None:
    (folder / "queries.jsonl").write_text('{"id": "a", "text": "a feature store"}')
    (folder / "qrels.jsonl").write_text('{"query": "a", "doc": "a"}')
    with pytest.raises(ValueError, match="line 1: a is to be found for itself"):
        labelled_folder.read(folder)


def test_the_line_that_is_not_utf8_is_named(folder: Path) -> None:
    (folder / "corpus.jsonl").write_bytes(b'{"id": "a", "text": "x"}\n{"id": "b", "text": "caf\xe9"}\n')
    with pytest.raises(ValueError, match=r"corpus\.jsonl, line 2 is not UTF-8"):
        labelled_folder.read(folder)


def test_all_faults_are_told_at_once_but_no_more_than_ten(folder: Path) -> None:
    (folder / "corpus.jsonl").write_text('{"id": "a", "text": "x"}\n' + '{"id": "a", "text": ""}\n' * 12)
    with pytest.raises(ValueError, match="nothing was scored") as refused:
        labelled_folder.read(folder)
    lines = str(refused.value).splitlines()
    assert len(lines) == 12
    assert lines[1] == "corpus.jsonl, line 2: the id a stands there twice."
    assert lines[-1] == "2 more."


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "needs the columns"),
        (b"a,b\nx,y\n", "needs the columns"),
        (b"a,b,label\n", "a header and no rows"),
        (b"a,b,b,label\nx,y,z,1\n", "has the column b twice"),
        (b"a,b,label\nx,y,perhaps\n", "Line 2: `label` is “perhaps”"),
        (b"a,b,label\nx,,1\n", "Line 2: `b` is empty"),
        (b"a,b,label\nx\n", "Line 2: `b` is empty"),
        (b"a,b,label\nx, and more,y,1\n", "Line 2 has 4 cells and the header 3"),
        (b'a,b,label\nx,y,1\n"x,y,1\nx,y,0\n', r"line \d: unexpected end of data. Is a quotation mark missing"),
        (b"id,a,b,label\n1,x,y,1\n1,x,z,0\n", "Line 3: the id 1 stands there twice"),
        (b"id,text,expected\n1,x,9\n", "Line 2: `expected` names 9, which no row has"),
        (b"id,text,expected\n1,x,1\n", "Line 2: `expected` names the row itself"),
        (b"id,text,expected\n1,x,\n", "nothing to look for"),
        (b"id,text,expected\n1,x,2\n2," + b"y" * 40_001 + b",\n", "Line 3: `text` has 40,001 characters"),
        (b"a,b,label\nx,y,1\nx,caf\xe9,1\n", r"is not UTF-8 \(line 3\)"),
        ("a,b,label\nx,y,1\n".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_a_faulty_table_is_refused_line_by_line(tmp_path: Path, content: bytes, fault: str) -> None:
    (tmp_path / "ours.csv").write_bytes(content)
    with pytest.raises(ValueError, match=fault):
        labelled_table.read(tmp_path / "ours.csv")


def test_a_cell_may_hold_lines_and_a_table_may_end_its_lines_as_it_likes(tmp_path: Path) -> None:
    path = tmp_path / "ours.csv"
    path.write_bytes(
        b'\xef\xbb\xbfID,Text,Expected\r\n1,"a store\r\nof features",2\r\n\r\n2,drift\xe2\x80\xa8alerts\x0c,\r\n'
    )
    data = labelled_table.read(path)
    assert [row.text for row in data.corpus] == ["a store\r\nof features", "drift\u2028alerts"]
    assert data.answers == {"1": ["2"]}


def test_the_longest_message_fits(folder: Path) -> None:
    (folder / "queries.jsonl").write_text(json.dumps({"id": "q", "text": "x" * LONGEST_TEXT}))
    assert len((labelled_folder.read(folder).queries or ())[0].text) == LONGEST_TEXT


def test_an_answer_that_is_named_twice_counts_once(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("id,text,expected\n1,feature store,2;2\n2,online features,\n")
    assert {
        query: list(docs) for query, docs in (labelled_table.read(tmp_path / "rows.csv").answers or {}).items()
    } == {"1": ["2"]}
