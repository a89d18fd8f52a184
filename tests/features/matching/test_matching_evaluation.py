"""The command that scores the matcher on a folder."""

import itertools
import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.features.matching.evaluation import Interrupted, evaluate
from bot.features.matching.progress import EVERY, Progress

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
    assert ranked[7][0] == "b"  # type: ignore[index]  # likewise; a number stays one
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


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a folder"):
        evaluate(tmp_path / "nowhere")


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


def scored(folder: Path, run: Path, pairs: Path) -> dict[str, str]:
    """The measures by their definitions, from the files alone, as somebody else would write them."""
    relevant: dict[object, list[object]] = {}
    for row in read(folder / "qrels.jsonl"):
        relevant.setdefault(row["query"], []).append(row["doc"])
    found: dict[object, Any] = {row["query"]: row["docs"] for row in read(run)}
    reciprocal, recall, gains = list[float](), list[float](), list[float]()
    for query, answers in relevant.items():
        right = [place for place, doc in enumerate(found[query][:10], 1) if doc in answers]
        reciprocal.append(1 / right[0] if right else 0)
        recall.append(len([place for place in right if place <= 5]) / min(len(answers), 5))
        best = sum(1 / math.log2(1 + place) for place in range(1, min(len(answers), 10) + 1))
        gains.append(sum(1 / math.log2(1 + place) for place in right) / best)
    likely: dict[object, Any] = {row["id"]: row["p"] for row in read(pairs)}
    truth: list[tuple[float, Any]] = [(likely[row["id"]], row["label"]) for row in read(folder / "pairs.jsonl")]
    ordered = [label for _, label in sorted(truth, key=lambda each: each[0], reverse=True)]
    precisions = [sum(ordered[:n]) / n for n in range(1, len(ordered) + 1)]
    recalls = [sum(ordered[:n]) / sum(ordered) for n in range(1, len(ordered) + 1)]
    error = 0.0
    for low in range(10):
        inside = [(p, label) for p, label in truth if low / 10 <= p < (low + 1) / 10 or (low == 9 and p == 1)]
        if inside:
            error += len(inside) / len(truth) * abs(sum(p for p, _ in inside) - sum(y for _, y in inside)) / len(inside)
    measures = {
        "MRR@10": sum(reciprocal) / len(reciprocal),
        "R@5": sum(recall) / len(recall),
        "nDCG@10": sum(gains) / len(gains),
        "AP": sum(p for p, label in zip(precisions, ordered, strict=True) if label) / sum(ordered),
        "P@R.5": max(p for p, r in zip(precisions, recalls, strict=True) if r >= 0.5),
        "F1": max(2 * p * r / (p + r) for p, r in zip(precisions, recalls, strict=True) if p + r),
        "ECE": error,
    }
    return {name: f"{number:.3f}" for name, number in measures.items()}


def test_what_is_said_is_what_anybody_else_computes_from_the_files(tmp_path: Path) -> None:
    subjects = ["feature store", "drift alerts", "image labelling", "model registry", "batch scoring", "vector search"]
    hows = ["for ranking models", "with a web page", "in two regions", "for the risk team", "on spot machines"]
    texts = [f"{subject} {how}" for how in hows for subject in subjects]
    write(tmp_path, "corpus.jsonl", [{"id": number, "text": text} for number, text in enumerate(texts)])
    # The third and the fourth are rows of the corpus; what is to be found is only in part what is like them.
    asked = [("a", "a store of features"), ("b", "search among vectors"), (7, texts[7]), (20, texts[20])]
    write(tmp_path, "queries.jsonl", [{"id": name, "text": text} for name, text in asked])
    judged = [("a", 0), ("a", 6), ("a", 13), ("b", 5), ("b", 1), (7, 1), (7, 13), (7, 2), *[(20, n) for n in range(8)]]
    write(tmp_path, "qrels.jsonl", [{"query": query, "doc": doc, "rel": 1} for query, doc in judged])
    sides = list(itertools.combinations(range(0, 30, 3), 2))
    pairs = [{"id": n, "a": texts[a], "b": texts[b], "label": int((a + b) % 6 == 0)} for n, (a, b) in enumerate(sides)]
    write(tmp_path, "pairs.jsonl", pairs[::2] + pairs[1::2])
    said: list[str] = []
    run, rated = tmp_path / "run.jsonl", tmp_path / "p.jsonl"
    evaluate(tmp_path, run_out=run, pairs_out=rated, out=said.append)
    told = dict(re.findall(r"(\S+) (\d\.\d{3})", " ".join(line for line in said if "MRR" in line or "AP " in line)))
    expected = scored(tmp_path, run, rated)
    assert {name: told[name] for name in expected} == expected
    assert all(row["query"] not in row["docs"] for row in read(run))  # type: ignore[operator]  # a list


def test_the_same_text_under_another_id_is_found_and_under_the_same_id_is_not(tmp_path: Path) -> None:
    write(tmp_path, "corpus.jsonl", [*CORPUS, {"id": "again", "text": CORPUS[0]["text"]}])
    write(tmp_path, "queries.jsonl", [{"id": "a", "text": CORPUS[0]["text"]}, {"id": "b", "text": "another text"}])
    said: list[str] = []
    evaluate(tmp_path, run_out=tmp_path / "run.jsonl", out=said.append)
    docs: dict[object, Any] = {row["query"]: row["docs"] for row in read(tmp_path / "run.jsonl")}
    assert docs["a"][0] == "again"
    assert "a" not in docs["a"]
    assert any(line.startswith("  1 queries have the id of a row of the corpus with another text.") for line in said)


def test_pure_chatter_and_an_unjudged_query_are_ranked(folder: Path) -> None:
    asked: list[dict[str, object]] = [
        *read(folder / "queries.jsonl"),
        {"id": "hello", "text": "Hi all, thanks! :wave: See you tomorrow."},
    ]
    write(folder, "queries.jsonl", asked)
    said: list[str] = []
    evaluate(folder, run_out=folder / "run.jsonl", out=said.append)
    assert len(read(folder / "run.jsonl")) == 3
    assert "(2 queries)" in said[0]
    assert said[1] == "  1 queries have no answers, and are ranked but not scored."


def stopping(after: int) -> Callable[[], float]:
    """A clock that is read once a text, a query or a pair: Ctrl-C comes at one of them."""
    numbers = itertools.count()

    def clock() -> float:
        if next(numbers) == after:
            raise KeyboardInterrupt
        return 0.0

    return clock


def test_what_is_stopped_leaves_its_lines_beside_and_the_earlier_file_as_it_was(folder: Path) -> None:
    run, pairs = folder / "run.jsonl", folder / "p.jsonl"
    run.write_text("of yesterday")
    # Read at the beginning of both steps, after the texts, and after each query.
    with pytest.raises(Interrupted) as stopped:
        evaluate(folder, run_out=run, pairs_out=pairs, out=lambda _: None, progress=Progress(clock=stopping(3)))
    assert str(stopped.value) == (
        f"Stopped. Step 2 of 4: 1 of 2 queries ranked. run.jsonl was not written; the first 1 lines are in {run}.part. p.jsonl was not written."
    )
    assert run.read_text() == "of yesterday"
    assert [row["query"] for row in read(folder / "run.jsonl.part")] == ["a"]
    assert not list(folder.glob("p.jsonl*"))


def test_what_was_finished_before_it_is_stopped_is_whole(folder: Path) -> None:
    with pytest.raises(Interrupted, match=r"Stopped\. Step 4 of 4: 1 of 2 pairs rated\. p\.jsonl was not written"):
        evaluate(
            folder, run_out=folder / "run.jsonl", pairs_out=folder / "p.jsonl", out=lambda _: None, progress=Progress(clock=stopping(8))
        )  # fmt: skip
    assert len(read(folder / "run.jsonl")) == 2
    assert sorted(each.name for each in folder.glob("*.part")) == ["p.jsonl.part"]


def test_places_that_cannot_be_written_are_said_before_anything_is_computed(folder: Path) -> None:
    def clock() -> float:
        raise AssertionError

    progress = Progress(clock=clock)
    for run, pairs, fault in (
        (folder / "nowhere" / "run.jsonl", None, r"run\.jsonl cannot be written: No such file"),
        (folder, None, "cannot be written: Is a directory"),
        (folder / "x", folder / "y" / ".." / "x", "the same file"),
        (folder / "queries.jsonl", None, "is what is evaluated"),
    ):
        with pytest.raises(ValueError, match=fault):
            evaluate(folder, run_out=run, pairs_out=pairs, out=lambda _: None, progress=progress)


def test_progress_is_told_every_few_seconds_with_the_pace_of_the_last_ones() -> None:
    said: list[str] = []
    moment = 0.0
    progress = Progress(said.append, lambda: moment)
    progress.expect(2)
    progress.begin("texts embedded", 20_000)
    for _ in range(20):
        moment += 1
        progress.advance(200)
    assert said[0] == "Step 1 of 2: 1,000 of 20,000 texts embedded, 200 a second: about 2 min for this step"
    assert len(said) == 4
    # Something else takes the machine: the estimate follows within half a minute.
    for _ in range(35):
        moment += 1
        progress.advance(20)
    assert said[-1].endswith(", 20 a second: about 13 min for this step")
    progress.begin("queries ranked", 60)
    progress.advance(59)
    moment += EVERY
    progress.advance()
    assert len(said) == 11


@pytest.mark.skipif(
    not Path("/dev/full").exists(),
    reason="There is no /dev/full on this system, whose writes say that the disk is full.",
)
def test_a_full_disk_is_said_in_a_sentence(folder: Path) -> None:
    with pytest.raises(ValueError, match="cannot be written: No space left"):
        evaluate(folder, run_out=Path("/dev/full"), out=str)


def test_results_follow_a_link_and_leave_it_one(folder: Path) -> None:
    target, link = folder / "kept.jsonl", folder / "link.jsonl"
    target.write_text("before")
    link.symlink_to(target)
    evaluate(folder, run_out=link, out=str)
    assert link.is_symlink()
    assert "docs" in read(target)[0]
