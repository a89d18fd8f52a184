"""Reads a table of labelled texts, for those who have a spreadsheet and no folder of JSON Lines.

Either pairs: the columns `a`, `b` and `label` (1: the same work, 0: not, empty: nobody knows), and `id` if the rows have names. Or entries:
the columns `id`, `text` and `expected`, which holds the ids of the rows that are to be found for this one, `;` between them; a row
without any is only there to be found. `source` restricts a row to rows of the same source.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LABELS: Final = {"1": 1, "true": 1, "yes": 1, "same": 1, "0": 0, "false": 0, "no": 0, "different": 0, "": None}
_LONGEST_CELL: Final = 1_000_000


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of the table as the files of a folder, by their names.

    Raises ValueError with a sentence that names every faulty line (the first ten), or what is wrong with the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 (byte {error.start + 1}). Save it as CSV UTF-8.") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    limit = csv.field_size_limit(_LONGEST_CELL)
    try:
        return _read(path, text)
    finally:
        csv.field_size_limit(limit)  # it is the process's: imports have their own


def _read(path: Path, text: str) -> dict[str, list[dict[str, Any]]]:
    first = text.partition("\n")[0]
    table = csv.DictReader(
        text.splitlines(keepends=True), delimiter=";" if first.count(";") > first.count(",") else ","
    )
    table.fieldnames = [name.strip().lower() for name in table.fieldnames or ()]
    columns = set(table.fieldnames)
    try:
        rows = [(table.line_num, {key: (value or "").strip() for key, value in row.items() if isinstance(key, str) and not isinstance(value, list)})
                for row in table]  # fmt: skip
    except csv.Error as error:
        raise ValueError(f"{path}, line {table.line_num}: {error}.") from error
    if columns >= {"a", "b", "label"}:
        found = {"pairs.jsonl": [row for _, row in rows]}
        faults = list(_paired(rows))
    elif columns >= {"id", "text", "expected"}:
        found, faults = _entries(rows)
    else:
        raise ValueError(
            f"{path} needs the columns `a`, `b` and `label`, or `id`, `text` and `expected`; it has {', '.join(sorted(columns)) or 'none'}."
        )
    if not rows:
        raise ValueError(f"{path} has a header and no rows.")
    if faults:
        more = f"\n{len(faults) - 10} more." if len(faults) > 10 else ""
        raise ValueError(f"{path}: nothing was scored.\n" + "\n".join(faults[:10]) + more)
    return found


def _paired(rows: list[tuple[int, dict[str, Any]]]) -> Iterator[str]:
    """Gives pairs their ids and labels, and yields what is wrong with them."""
    seen: set[str] = set()
    for number, (line, row) in enumerate(rows, 1):
        row["id"] = row.get("id") or str(number)
        if row["id"] in seen:
            yield f"Line {line}: the id {row['id']} stands there twice."
        seen.add(row["id"])
        for side in ("a", "b"):
            if not row[side]:
                yield f"Line {line}: `{side}` is empty."
        label = row["label"].lower()
        if label not in _LABELS:
            yield f"Line {line}: `label` is “{row['label']}”; use 1 (the same work), 0 (not), or leave it empty."
        row["label"] = _LABELS.get(label)


def _entries(rows: list[tuple[int, dict[str, Any]]]) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    faults: list[str] = []
    corpus: dict[str, dict[str, Any]] = {}
    asked: list[dict[str, Any]] = []
    judged: list[dict[str, Any]] = []
    known = {row["id"] for _, row in rows}
    for line, row in rows:
        entry = {"id": row["id"], "text": row["text"], "source": row.get("source", "")}
        faults += [f"Line {line}: `{name}` is empty." for name in ("id", "text") if not row[name]]
        if row["id"] and row["id"] in corpus:
            faults.append(f"Line {line}: the id {row['id']} stands there twice.")
        corpus[row["id"]] = entry
        expected = [name.strip() for name in row["expected"].split(";") if name.strip()]
        faults += [f"Line {line}: `expected` names {name}, which no row has." for name in expected if name not in known]
        faults += [f"Line {line}: `expected` names the row itself." for name in expected if name == row["id"]]
        if expected:
            asked.append(entry)
            judged += [{"query": row["id"], "doc": name, "rel": 1} for name in expected]
    if rows and not asked and not faults:
        faults.append("`expected` is empty in every row, so there is nothing to look for.")
    return {"corpus.jsonl": list(corpus.values()), "queries.jsonl": asked, "qrels.jsonl": judged}, faults
