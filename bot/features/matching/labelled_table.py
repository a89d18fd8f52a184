"""Reads a table of labelled texts, for those who have a spreadsheet and no folder of JSON Lines.

Either pairs: the columns `a`, `b` and `label` (1: the same work, 0: not, empty: nobody knows), and `id` if the rows have names. Or entries:
the columns `id`, `text` and `expected`, which holds the ids of the rows that are to be found for this one, `;` between them; a row
without any is only there to be found. `source` restricts a row to rows of the same source.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from bot.features.matching.labelled import LONGEST_TEXT, Labelled, Pair, Text, fault_of, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_LABELS: Final = {"1": True, "true": True, "yes": True, "same": True, "0": False, "false": False, "no": False, "different": False, "": None}  # fmt: skip
#: A longer cell is a quotation mark that is never closed.
_LONGEST_CELL: Final = 25 * LONGEST_TEXT

_Row = tuple[int, dict[str, str]]


def read(path: Path) -> Labelled:
    """What the table holds.

    Raises ValueError with a sentence that names every faulty line (the first ten), or what is wrong with the file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror or error}.") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path} is not UTF-8 (line {line}). Save it as CSV UTF-8.") from error
    columns, rows, faults = _cells(path, text)
    if columns >= {"a", "b", "label"}:
        found = Labelled(
            path.name, pairs=_pairs(rows, faults), files=[path],
            ranking_needs="column `expected`, with `id` and `text`", rating_needs="columns `a` and `b`",
        )  # fmt: skip
    elif columns >= {"id", "text", "expected"}:
        found = _entries(path, rows, faults)
    else:
        raise ValueError(
            f"{path} needs the columns `a`, `b` and `label`, or `id`, `text` and `expected`; it has {', '.join(sorted(columns)) or 'none'}."
        )
    if not rows and not faults:
        raise ValueError(f"{path} has a header and no rows.")
    refuse(path, faults)
    return found


def _cells(path: Path, text: str) -> tuple[set[str], list[_Row], list[str]]:
    """The columns, and the rows by them with the lines on which they end; rows of another width are faults."""
    head = text.partition("\n")[0]
    # Line ends are left to the reader: a cell may hold some.
    table = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if head.count(";") > head.count(",") else ",", strict=True
    )
    limit = csv.field_size_limit(_LONGEST_CELL)
    rows: list[_Row] = []
    faults: list[str] = []
    try:
        names = [name.strip().lower() for name in next(table, [])]
        for cells in table:
            if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
                faults.append(f"Line {table.line_num} has {len(cells)} cells and the header {len(names)}: put quotation marks around a text that holds the separator.")  # fmt: skip
            elif any(cell.strip() for cell in cells):
                padded = [*cells, *[""] * (len(names) - len(cells))]
                rows.append((table.line_num, {name: cell.strip() for name, cell in zip(names, padded, strict=False)}))
    except csv.Error as error:
        raise ValueError(f"{path}, line {table.line_num}: {error}. Is a quotation mark missing?") from error
    finally:
        csv.field_size_limit(limit)  # it is the process's: imports have their own
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise ValueError(f"{path} has the column {doubled[0]} twice.")
    return set(names), rows, faults


def _pairs(rows: Sequence[_Row], faults: list[str]) -> list[Pair]:
    found: dict[str, Pair] = {}
    for number, (line, row) in enumerate(rows, 1):
        identity, label = row.get("id") or str(number), row["label"].lower()
        if identity in found:
            faults.append(f"Line {line}: the id {identity} stands there twice.")
        faults += [f"Line {line}: {fault}." for side in ("a", "b") if (fault := fault_of(side, row[side]))]
        if label not in _LABELS:
            faults.append(f"Line {line}: `label` is “{row['label'][:40]}”; use 1 (the same work), 0 (not), or leave it empty.")  # fmt: skip
        found[identity] = Pair(identity, row["a"], row["b"], _LABELS.get(label))
    return list(found.values())


def _entries(path: Path, rows: Sequence[_Row], faults: list[str]) -> Labelled:
    corpus: dict[str, Text] = {}
    answers: dict[str, list[str]] = {}
    known = {row["id"] for _, row in rows}
    for line, row in rows:
        identity = row["id"]
        faults += [f"Line {line}: {fault}." for name in ("id", "text") if (fault := fault_of(name, row[name]))]
        if identity and identity in corpus:
            faults.append(f"Line {line}: the id {identity} stands there twice.")
        corpus[identity] = Text(identity, row["text"], row.get("source", ""))
        expected = list(dict.fromkeys(name.strip() for name in row["expected"].split(";") if name.strip()))
        faults += [f"Line {line}: `expected` names {name}, which no row has." for name in expected if name not in known]
        faults += [f"Line {line}: `expected` names the row itself." for name in expected if name == identity]
        if expected:
            answers[identity] = expected
    if rows and not answers and not faults:
        faults.append("`expected` is empty in every row, so there is nothing to look for.")
    queries = [corpus[identity] for identity in answers]
    return Labelled(path.name, list(corpus.values()), queries, answers, files=[path], rating_needs="columns `a` and `b`")  # fmt: skip
