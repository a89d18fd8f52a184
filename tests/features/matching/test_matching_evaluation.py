"""The command that scores the matcher on a folder."""

import json
from pathlib import Path

import pytest

from bot.features.matching import misses
from bot.features.matching.evaluation import evaluate, pair_scores, retrieval_scores

CORPUS: list[dict[str, object]] = [
    {"id": "a", "text": "a feature store with online serving"},
    {"id": "b", "text": "alerts when model inputs drift"},
    {"id": "c", "text": "labelling tool for images"},
    {"id": "d", "text": "one place for model features at request time"},
]


def write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def read(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, "corpus.jsonl", CORPUS)
    write(
        tmp_path,
        "queries.jsonl",
        [{"id": "a", "text": CORPUS[0]["text"]}, {"id": 7, "text": "drift detection for models"}],
    )
    write(tmp_path, "qrels.jsonl", [{"query": "a", "doc": "d", "rel": 1}, {"query": 7, "doc": "b", "rel": 1}])
    write(
        tmp_path,
        "pairs.jsonl",
        [
            {"id": "p1", "a": "alerts when inputs of a model drift", "b": CORPUS[1]["text"], "label": 1},
            {"id": "p2", "a": "alerts when inputs of a model drift", "b": CORPUS[2]["text"], "label": 0},
        ],
    )
    return tmp_path


def test_queries_are_ranked_pairs_are_rated_and_both_are_scored(folder: Path) -> None:
    said: list[str] = []
    run, pairs = folder / "run.jsonl", folder / "p.jsonl"
    evaluate(folder, run_out=run, pairs_out=pairs, out=said.append)
    ranked = {row["query"]: row["docs"] for row in read(run)}
    assert ranked["a"][0] == "d"  # type: ignore[index]  # a list, as the file's format says
    assert "a" not in ranked["a"]  # type: ignore[operator]  # likewise
    assert ranked["7"][0] == "b"  # type: ignore[index]  # likewise
    rated = {row["id"]: row["p"] for row in read(pairs)}
    assert 0 <= rated["p2"] < rated["p1"] <= 1  # type: ignore[operator]  # numbers, as the file's format says
    assert any("MRR@10 1.000" in line for line in said)
    assert any("AP 1.000" in line for line in said)
    assert any("an answer among the first 10 for 1 of 1 queries (1.00)" in line for line in said)
    assert any(line.startswith("  probability 0.") for line in said)
    assert any("true, and thought unlikely" in line for line in said)


def test_a_query_is_compared_with_its_own_source_only(tmp_path: Path) -> None:
    write(
        tmp_path, "corpus.jsonl", [{**row, "source": "x" if number < 2 else "y"} for number, row in enumerate(CORPUS)]
    )
    write(
        tmp_path,
        "queries.jsonl",
        [{"id": "q", "text": "feature store", "source": "y"}, {"id": "r", "text": "feature store", "source": "z"}],
    )
    said: list[str] = []
    evaluate(tmp_path, run_out=tmp_path / "run.jsonl", out=said.append)
    docs = {row["query"]: row["docs"] for row in read(tmp_path / "run.jsonl")}
    assert sorted(docs["q"]) == ["c", "d"]  # type: ignore[call-overload]  # a list, as the file's format says
    assert docs["r"] == []
    assert "no qrels.jsonl" in said[0]


def test_pairs_without_labels_are_rated_and_not_scored(tmp_path: Path) -> None:
    write(tmp_path, "pairs.jsonl", [{"id": "p", "a": "drift alerts", "b": "alerts on drift"}])
    said: list[str] = []
    evaluate(tmp_path, pairs_out=tmp_path / "p.jsonl", out=said.append)
    assert len(read(tmp_path / "p.jsonl")) == 1
    assert "no labels" in said[0]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("corpus.jsonl", None, "corpus.jsonl cannot be read"),
        ("corpus.jsonl", "{", "corpus.jsonl, line 1 is not JSON"),
        ("corpus.jsonl", '{"id": "a", "text": "x"}\n\n[]', "corpus.jsonl, line 3 is not an object"),
        ("queries.jsonl", '{"id": "a"}', "queries.jsonl, row 1: `text` is missing"),
        ("queries.jsonl", None, "no queries.jsonl"),
        ("qrels.jsonl", '{"query": "a"}', "qrels.jsonl, row 1: `doc` is missing"),
        ("pairs.jsonl", '{"id": "a", "a": "x", "b": 3}', "pairs.jsonl, row 1: `b` is missing"),
        ("pairs.jsonl", None, "no pairs.jsonl"),
    ],
)
def test_a_missing_or_broken_file_is_named(folder: Path, name: str, content: str | None, fault: str) -> None:
    (folder / name).unlink() if content is None else (folder / name).write_text(content)
    with pytest.raises(ValueError, match=fault):
        evaluate(folder, run_out=folder / "run.jsonl", pairs_out=folder / "p.jsonl", out=lambda _: None)


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a folder"):
        evaluate(tmp_path / "nowhere")


def test_the_measures_are_the_textbook_s() -> None:
    scores = retrieval_scores({"q": ["x", "a", "b"], "r": []}, {"q": {"a": 1, "b": 1}, "r": {"z": 1}})
    assert scores.mrr == pytest.approx(0.25)
    assert scores.recall == pytest.approx(0.5)
    assert scores.ndcg == pytest.approx((1 / 1.58496 + 1 / 2) / (1 + 1 / 1.58496) / 2, abs=1e-4)
    rated = pair_scores([0.9, 0.8, 0.1], [True, False, True])
    assert rated.average_precision == pytest.approx((1 + 2 / 3) / 2)
    assert rated.precision_at_half == 1
    assert rated.calibration_error == pytest.approx((0.1 + 0.8 + 0.9) / 3)


def test_hits_are_counted_by_how_many_words_question_and_answer_share() -> None:
    corpus = {"near": "drift alerts for models", "far": "notice when inputs shift", "other": "labelling of images"}
    queries = {"q": "drift alerts for models", "r": "drift alerts for models"}
    said = list(
        misses.by_shared_words({"q": ["near"], "r": ["other"]}, {"q": {"near": 1}, "r": {"far": 1}}, queries, corpus)
    )
    assert said == [
        "  words in common under 10%: an answer among the first 10 for 0 of 1 queries (0.00)",
        "  words in common 20% and more: an answer among the first 10 for 1 of 1 queries (1.00)",
    ]


def test_what_was_not_found_is_shown_with_what_came_instead() -> None:
    corpus = {"a": "drift alerts", "b": "labelling of images", "itself": "alerts"}
    run = {"q": ["b"], "itself": ["itself", "a"]}
    said = list(misses.unanswered(run, {"q": {"a": 1}, "itself": {"a": 1}}, {"q": "alerts on shift"}, corpus))
    assert said[0] == "  queries without an answer among the first 10: 1, such as"
    assert said[1] == "    q: alerts on shift\n      wanted: drift alerts\n      first:  labelling of images"
    assert len(said) == 2


def test_probabilities_are_held_against_the_truth_and_the_worst_pairs_are_shown() -> None:
    likely, labels = [0.95, 0.91, 0.02, 1.0], [True, False, True, False]
    assert list(misses.calibration(likely, labels)) == [
        "  probability 0.0 to 0.1: said 0.02, true 1.00 of 1 pairs",
        "  probability 0.9 to 1.0: said 0.95, true 0.33 of 3 pairs",
    ]
    said = list(misses.worst_pairs(likely, labels, [(f"p{n}", f"one {n}", "x" * 200) for n in range(4)]))
    assert [line.split(":")[0].strip() for line in said] == [
        "wrong, and thought likely", "p3 1.00", "p1 0.91", "true, and thought unlikely", "p2 0.02", "p0 0.95",
    ]  # fmt: skip
    assert all(len(line) < 140 for line in said)


def test_a_table_of_pairs_is_rated_by_the_ids_of_its_rows(tmp_path: Path) -> None:
    table, said = tmp_path / "ours.csv", list[str]()
    table.write_text(
        "\ufeffid,a,b,label\n"
        'p1,alerts when inputs of a model drift,"alerts, when model inputs drift",1\n'
        "p2,alerts when inputs of a model drift,labelling tool for images,no\n"
        "p3,drift,labels,\n",
        encoding="utf-8",
    )
    evaluate(table, pairs_out=tmp_path / "p.jsonl", out=said.append)
    assert [row["id"] for row in read(tmp_path / "p.jsonl")] == ["p1", "p2", "p3"]
    assert said[0].startswith("ours.csv pairs: AP 1.000")
    assert any("1 of 1 right (1.00), 0 true pairs below" in line for line in said)


def test_a_table_of_entries_is_ranked_and_a_row_is_never_its_own_answer(tmp_path: Path) -> None:
    table, said = tmp_path / "ours.csv", list[str]()
    lines = [f"{row['id']};{row['text']};{'d' if row['id'] == 'a' else ''}" for row in CORPUS]
    table.write_text("id;text;expected\n" + "\n".join(lines) + "\n")
    evaluate(table, run_out=tmp_path / "run.jsonl", out=said.append)
    [row] = read(tmp_path / "run.jsonl")
    assert row["query"] == "a"
    assert row["docs"][0] == "d"  # type: ignore[index]  # a list, as the file's format says
    assert "a" not in row["docs"]  # type: ignore[operator]  # likewise
    assert "P@1 1.000" in said[0]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "needs the columns"),
        (b"a,b\nx,y\n", "needs the columns"),
        (b"a,b,label\n", "a header and no rows"),
        (b"a,b,label\nx,y,perhaps\n", "Line 2: `label` is “perhaps”"),
        (b"a,b,label\nx,,1\n", "Line 2: `b` is empty"),
        (b"id,a,b,label\n1,x,y,1\n1,x,z,0\n", "Line 3: the id 1 stands there twice"),
        (b"id,text,expected\n1,x,9\n", "Line 2: `expected` names 9, which no row has"),
        (b"id,text,expected\n1,x,1\n", "Line 2: `expected` names the row itself"),
        (b"id,text,expected\n1,x,\n", "nothing to look for"),
        ("a,b,label\nx,y,1\n".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_a_faulty_table_is_refused_line_by_line(tmp_path: Path, content: bytes, fault: str) -> None:
    (tmp_path / "ours.csv").write_bytes(content)
    with pytest.raises(ValueError, match=fault):
        evaluate(tmp_path / "ours.csv", out=lambda _: None)


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("corpus.jsonl", "", "corpus.jsonl has no rows"),
        ("queries.jsonl", "\n", "queries.jsonl has no rows"),
        ("pairs.jsonl", "", "pairs.jsonl has no rows"),
        ("corpus.jsonl", '{"id": 1, "text": "x"}\n{"id": "1", "text": "y"}', "row 2: the id 1 stands there twice"),
        ("pairs.jsonl", '{"id": 1, "a": "x", "b": "y", "label": "no"}', "row 1: `label` is neither"),
    ],
)
def test_empty_files_doubles_and_unknown_labels_are_refused(folder: Path, name: str, content: str, fault: str) -> None:
    (folder / name).write_text(content)
    with pytest.raises(ValueError, match=fault):
        evaluate(folder, out=lambda _: None)


def test_a_file_in_another_encoding_is_refused_and_a_byte_order_mark_is_not(folder: Path) -> None:
    said = (folder / "corpus.jsonl").read_text()
    (folder / "corpus.jsonl").write_text(said, encoding="utf-8-sig")
    evaluate(folder, out=lambda _: None)
    (folder / "corpus.jsonl").write_text(said, encoding="utf-16")
    with pytest.raises(ValueError, match="is not UTF-8"):
        evaluate(folder, out=lambda _: None)
