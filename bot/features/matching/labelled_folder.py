"""Reads labelled texts from a folder of JSON Lines, UTF-8, with or without a byte order mark.

`corpus.jsonl` and `queries.jsonl` (`id`, `text`, and `source` where a query is only compared with rows of the same source), `qrels.jsonl`
(`query`, `doc`, and `rel` above 0 if it is there) if the answers are known, and `pairs.jsonl` (`id`, `a`, `b`, `label`) for pairs.
An id is text or a whole number; 7 and "7" are the same one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.features.matching.labelled import Labelled, Pair, Text, fault_of, refuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_Row = tuple[int, dict[str, Any]]


def read(path: Path) -> Labelled:
    """What the folder holds.

    Raises ValueError with a sentence for what is missing, and with file and line for every faulty row (the first ten).
    """
    files = {name: path / f"{name}.jsonl" for name in ("corpus", "queries", "qrels", "pairs")}
    there = {name: file for name, file in files.items() if file.exists()}
    if "queries" in there:
        there["corpus"] = files["corpus"]  # without it there is nothing to rank: reading it says so
    faults: list[str] = []
    rows = {name: list(_lines(file, faults)) for name, file in there.items()}
    faults += [f"{file.name} has no rows." for name, file in there.items() if not rows[name] and not faults]
    numbers: dict[str, int] = {}
    texts = {name: _texts(files[name], rows[name], numbers, faults) for name in ("corpus", "queries") if name in there}
    answers = None
    # With a row that cannot be read the ids are not all known.
    if not faults and "qrels" in there and "queries" in there:
        queries, corpus = ({row.id for row in texts[name]} for name in ("queries", "corpus"))
        answers = _answers(files["qrels"], rows["qrels"], queries, corpus, numbers, faults)
    pairs = _pairs(files["pairs"], rows["pairs"], faults) if "pairs" in there else None
    refuse(path, faults)
    return Labelled(
        path.name, texts.get("corpus", ()), texts.get("queries"), answers, pairs, numbers, list(there.values())
    )


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file. Raises ValueError with a sentence that names the file and every faulty line."""
    faults: list[str] = []
    rows = [row for _, row in _lines(path, faults)]
    refuse(path, faults)
    return rows


def _lines(path: Path, faults: list[str]) -> Iterator[_Row]:
    """The objects of a file with the numbers of their lines."""
    try:
        # Read as bytes: a line ends at a line end alone, and the line of a broken character is known.
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                row = _object(line, first=number == 1)
                if isinstance(row, str):
                    faults.append(f"{path.name}, line {number} {row}.")
                elif row is not None:
                    yield number, row
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}.") from error


def _object(line: bytes, *, first: bool) -> dict[str, Any] | str | None:
    """The object of a line, what is wrong with it, or None for an empty line."""
    try:
        said = line.decode("utf-8-sig" if first else "utf-8").strip()
        row = json.loads(said) if said else None
    except UnicodeDecodeError:
        return "is not UTF-8. Save the file as UTF-8"
    except json.JSONDecodeError as error:
        return f"is not JSON: {error.msg}"
    except (ValueError, RecursionError):
        return "is not JSON that can be read: a number is too long, or it is nested too deeply"
    return row if row is None or isinstance(row, dict) else "is not an object"


def _id(row: dict[str, Any], name: str) -> str | int | None:
    """An id as it is written; None if it is missing, empty, or neither text nor a whole number."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int)) or fault_of(name, str(value)):
        return None
    return value


def _texts(path: Path, rows: Iterable[_Row], numbers: dict[str, int], faults: list[str]) -> list[Text]:
    found: dict[str, Text] = {}
    for line, row in rows:
        identity, source = _id(row, "id"), row.get("source")
        wrong = fault_of("text", row.get("text"))
        if identity is None:
            wrong = "`id` is missing, or neither text nor a whole number"
        elif str(identity) in found:
            wrong = f"the id {identity} stands there twice"
        elif source is not None and _id(row, "source") is None and source != "":
            wrong = "`source` is neither text nor a whole number"
        if wrong:
            faults.append(f"{path.name}, line {line}: {wrong}.")
        if identity is not None:
            if isinstance(identity, int):
                numbers[str(identity)] = identity
            found.setdefault(str(identity), Text(str(identity), str(row.get("text")), "" if source is None else str(source)))  # fmt: skip
    return list(found.values())


def _answers(
    path: Path, rows: Iterable[_Row], queries: set[str], corpus: set[str], numbers: dict[str, int], faults: list[str]
) -> dict[str, dict[str, None]]:
    found: dict[str, dict[str, None]] = {}
    for line, row in rows:
        query, doc, rel = _id(row, "query"), _id(row, "doc"), row.get("rel", 1)
        wrong = ""
        if query is None or doc is None:
            wrong = f"`{'query' if query is None else 'doc'}` is missing, or neither text nor a whole number"
        elif isinstance(rel, bool) or not isinstance(rel, (int, float)) or not rel > 0:
            wrong = "`rel` is not above 0. Leave out what is no answer"
        elif str(query) not in queries:
            wrong = f"`query` is {query}, which queries.jsonl does not have"
        elif str(doc) not in corpus:
            wrong = f"`doc` is {doc}, which corpus.jsonl does not have"
        elif str(query) == str(doc):
            wrong = f"{query} is to be found for itself, and a query is never its own answer"
        if wrong:
            faults.append(f"{path.name}, line {line}: {wrong}.")
            continue
        found.setdefault(str(query), {})[str(doc)] = None
        for written in (query, doc):
            # Whoever scores a run compares its ids with these.
            if isinstance(written, int):
                numbers[str(written)] = written
            else:
                numbers.pop(str(written), None)
    return found


def _pairs(path: Path, rows: Iterable[_Row], faults: list[str]) -> list[Pair]:
    found: dict[str, Pair] = {}
    for line, row in rows:
        identity, label = _id(row, "id"), row.get("label")
        wrong = next((fault for side in ("a", "b") if (fault := fault_of(side, row.get(side)))), "")
        if identity is None:
            wrong = "`id` is missing, or neither text nor a whole number"
        elif str(identity) in found:
            wrong = f"the id {identity} stands there twice"
        elif label is not None and label not in (0, 1):
            wrong = "`label` is neither 1 (the same work) nor 0"
        if wrong:
            faults.append(f"{path.name}, line {line}: {wrong}.")
        if identity is not None:
            found.setdefault(str(identity), Pair(identity, str(row.get("a")), str(row.get("b")), None if label is None else bool(label)))  # fmt: skip
    return list(found.values())
