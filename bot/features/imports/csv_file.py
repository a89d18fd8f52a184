"""Reading CSV as spreadsheets write it: which separator, which line, which columns. Pure: bytes in, rows and faults out."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.errors import BadInput
from bot.features.imports.rows import COLUMNS, Fault, Row, read_row

SEPARATORS: Final = (",", ";", "\t")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
#: The line that a spreadsheet puts first to say which separator follows.
_DECLARED: Final = re.compile(r"sep=(.)\s*", re.IGNORECASE)
_ONE_LINE: Final = 'text follows a closing quotation mark. Inside a quoted cell, write a quotation mark twice ("").'
_TOO_LONG: Final = f"a cell has more than {csv.field_size_limit():,} characters."
_MANY_LINES: Final = (
    "a quotation mark is opened here and not closed where it should be. Close it; the rows below were read without it."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: good rows in its order, what cannot be used, and columns that mean nothing here (as written)."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]
    #: Instead of cells: what is wrong with its quotation marks.
    broken: str = ""
    #: It follows a record with broken quotation marks, so it may be the inside of a text.
    doubtful: bool = False


def read_csv(data: bytes, *, name: str) -> Reading:
    """The rows of a CSV file with a header; ``name`` is the file's, for the sentences.

    Raises:
        BadInput: nothing of it can be used: not UTF-8, empty, no `title` column, a column twice.
    """
    lines = list(io.StringIO(_text(data, name), newline=""))
    start, separators = _start(lines)
    if start == len(lines):
        raise BadInput(
            f"{name} is empty. Its first line should name the columns; `title` is the one that must be there."
        )
    separator = max(separators, key=lambda each: _looks_like_header(lines, start, each))
    records = _records(lines, start, separator)
    header = next(records)
    columns, ignored = _columns(header, name)
    rows: list[Row] = []
    faults: list[Fault] = []
    for record in records:
        if not record.broken and not any(cell.strip() for cell in record.cells):
            continue
        problem = record.broken or _misshapen(record, len(header.cells))
        if problem:
            faults.append(Fault(record.line, "", f"Line {record.line}: {problem}"))
            continue
        row = read_row({column: record.cells[place] if place < len(record.cells) else "" for place, column in columns.items()},
                       line=record.line)  # fmt: skip
        if isinstance(row, Row):
            rows.append(row)
        else:
            faults += row
    return Reading(tuple(rows), tuple(faults), ignored)


def _text(data: bytes, name: str) -> str:
    if data.startswith(_UTF16):
        raise BadInput(f"{name} is UTF-16. Save it as “CSV UTF-8” and import it again.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise BadInput(
            f"{name} is not UTF-8: line {line} has a byte that cannot be read. Save it as “CSV UTF-8” and import it again."
        ) from None


def _start(lines: list[str]) -> tuple[int, tuple[str, ...]]:
    """Where the header is, and which separators it may have."""
    start = 0
    separators: tuple[str, ...] = SEPARATORS
    if lines and (declared := _DECLARED.fullmatch(lines[0])):
        start, separators = 1, (declared[1],)
    while start < len(lines) and not lines[start].strip():
        start += 1
    return start, separators


def _looks_like_header(lines: list[str], start: int, separator: str) -> tuple[int, int]:
    """How many known columns a separator shows, and how many there are in all."""
    cells = [_folded(cell) for cell in next(_records(lines, start, separator)).cells]
    return len(set(cells) & set(COLUMNS)), len(cells)


def _columns(header: _Record, name: str) -> tuple[dict[int, str], tuple[str, ...]]:
    """Known columns by their place, and the names of the others."""
    if header.broken:
        raise BadInput(f"{name}, line {header.line}: {header.broken}")
    columns: dict[int, str] = {}
    ignored: list[str] = []
    for place, cell in enumerate(header.cells):
        column = _folded(cell)
        if column not in COLUMNS:
            ignored += [cell.strip()] if cell.strip() else []
        elif column in columns.values():
            raise BadInput(f"{name} has the column `{column}` twice. Keep one of them and import it again.")
        else:
            columns[place] = column
    if "title" not in columns.values():
        shown = ", ".join(cell.strip() for cell in header.cells if cell.strip())[:200]
        raise BadInput(f"{name} has no column `title`. Its first line should name the columns; it reads: {shown}")
    return columns, tuple(dict.fromkeys(ignored))


def _folded(cell: str) -> str:
    return re.sub(r"[\s-]+", "_", cell.strip().casefold())


def _misshapen(record: _Record, width: int) -> str:
    """What is wrong with the number of cells; "" if nothing. Cells missing at the end are empty, as spreadsheets have it."""
    count = len(record.cells)
    if any(cell.strip() for cell in record.cells[width:]):
        return (
            f"it has {count} cells and the header {width}. Put quotation marks around a text that holds the separator."
        )
    if record.doubtful and count < width:
        return f"it has {count} cells and the header {width}; it seems to belong to the text with the open quotation mark above."
    return ""


def _records(lines: list[str], start: int, separator: str) -> Iterator[_Record]:
    """Every record with the line it starts on. After broken quotation marks it goes on with the next line."""
    after_broken = False
    while start < len(lines):
        reader = csv.reader((lines[place] for place in range(start, len(lines))), delimiter=separator, strict=True)
        first = start
        try:
            for cells in reader:
                yield _Record(first + 1, cells, doubtful=after_broken)
                first = start + reader.line_num
        except csv.Error as fault:
            yield _Record(first + 1, [], broken=_why_broken(str(fault), lines=start + reader.line_num - first))
            after_broken = True
            start = first + 1
        else:
            return


def _why_broken(fault: str, *, lines: int) -> str:
    """What the parser's complaint means, by the number of lines it had read of the record."""
    if lines > 1 or "unexpected end" in fault:
        return _MANY_LINES
    return _TOO_LONG if "limit" in fault else _ONE_LINE
