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
#: What a spreadsheet takes for a formula, behind any number of apostrophes.
_FORMULA: Final = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_ONE_LINE: Final = 'text follows a closing quotation mark. Inside a quoted cell, write a quotation mark twice ("").'
_TOO_LONG: Final = f"a cell has more than {csv.field_size_limit():,} characters."
_MANY_LINES: Final = (
    "a quotation mark is opened here and not closed where it should be. Close it; the rows below were read without it."
)


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]
    #: Instead of cells: what is wrong with its quotation marks.
    broken: str = ""
    #: It follows a record with broken quotation marks, so it may be the inside of a text.
    doubtful: bool = False


class CsvReader:
    """Reads a CSV file with a header; ``name`` is the file's, for the sentences.

    Iterating raises BadInput if nothing can be used: not UTF-8, empty, no `title` column, a column twice.
    """

    def __init__(self, data: bytes, *, name: str) -> None:
        self._data, self._name = data, name
        #: Columns that mean nothing here, as written.
        self.ignored: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Row | Fault]:
        """The rows and faults, each with the line on which its record starts."""
        lines = list(io.StringIO(_text(self._data, self._name), newline=""))
        start, separators = _start(lines)
        if start == len(lines):
            raise BadInput(
                f"{self._name} is empty. Its first line should name the columns; `title` is the one that must be there."
            )
        separator = max(separators, key=lambda each: _looks_like_header(lines, start, each))
        records = _records(lines, start, separator)
        header = next(records)
        columns, self.ignored = _columns(header, self._name)
        for record in records:
            if not record.broken and not any(cell.strip() for cell in record.cells):
                continue
            problem = record.broken or _misshapen(record, len(header.cells))
            if problem:
                yield Fault(record.line, "", f"Line {record.line}: {problem}")
                continue
            cells = {column: bare(record.cells[at]) if at < len(record.cells) else "" for at, column in columns.items()}
            row = read_row(cells, line=record.line)
            if isinstance(row, Row):
                yield row
            else:
                yield from row


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what would begin one.

    See OWASP, "CSV Injection"; the wide signs are read like the plain ones in East Asian editions.
    """
    return f"'{cell}" if _FORMULA.match(cell) else cell


def bare(cell: str) -> str:
    """What :func:`guarded` was given. An apostrophe before anything but a formula is a character like others."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


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
