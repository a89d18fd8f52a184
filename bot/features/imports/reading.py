"""Reading a file whatever its format: one interface, three readers, and how the format is told. Pure, but for the file itself."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

from bot.errors import BadInput
from bot.features.imports.catalog import CatalogReader, Squad
from bot.features.imports.csv_file import CsvReader
from bot.features.imports.json_lines import JsonLinesReader
from bot.features.imports.rows import Fault, Row
from bot.features.imports.whole_file import without_repeats


class Format(StrEnum):
    """What a file is written in."""

    CSV = "csv"
    JSONL = "jsonl"
    BACKSTAGE = "backstage"


class Reader(Protocol):
    """What a format gives: good rows and faults in the order of the file, each with its line."""

    @property
    def ignored(self) -> Sequence[str]:
        """Names of columns or keys that mean nothing here, as written; complete after the last row."""

    @property
    def notes(self) -> Sequence[str]:
        """Sentences about what was read and not taken; complete after the last row."""

    def __iter__(self) -> Iterator[Row | Squad | Fault]:
        """Read the file. Raises BadInput if nothing of it can be used."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says as a whole."""

    #: Each an initiative of its own.
    rows: tuple[Row, ...] = ()
    #: Teams that the file describes by themselves.
    squads: tuple[Squad, ...] = ()
    faults: tuple[Fault, ...] = ()
    ignored: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    format: Format = field(default=Format.CSV)


_SUFFIXES: Final = {
    ".csv": Format.CSV, ".tsv": Format.CSV, ".jsonl": Format.JSONL, ".ndjson": Format.JSONL, ".json": Format.JSONL,
    ".yaml": Format.BACKSTAGE, ".yml": Format.BACKSTAGE,
}  # fmt: skip
#: What spreadsheets and archives begin with.
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_file(path: Path, *, as_format: Format | None = None) -> Reading:
    """Everything that a file says.

    Raises:
        BadInput: nothing of it can be used; the sentence says why.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise BadInput(f"{path} cannot be read: {(fault.strerror or str(fault)).lower()}.") from fault
    if data.startswith(_WORKBOOKS):
        raise BadInput(
            f"{path.name} is a spreadsheet's own format. Save it as “CSV UTF-8” with a column `title` and import that."
        )
    chosen = as_format or detect(path.name, data)
    return collect(reader_for(chosen, data, path=path), as_format=chosen)


def detect(name: str, data: bytes) -> Format:
    """The format by the file's name; where the content plainly is another one (or the name says nothing), by the content."""
    named = _SUFFIXES.get(Path(name).suffix.lower())
    if named is Format.BACKSTAGE:
        return named
    lines = [line.strip() for line in data.removeprefix(b"\xef\xbb\xbf")[:65536].splitlines() if line.strip()]
    if lines and lines[0].startswith(b"{") and _is_object(lines[0]):
        return Format.JSONL
    if named is None and any(line.startswith((b"apiVersion:", b"kind:")) for line in lines):
        return Format.BACKSTAGE
    return named or Format.CSV


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def reader_for(chosen: Format, data: bytes, *, path: Path) -> Reader:
    """The reader of a format. ``path`` is the file's: its name for the sentences, its folder for what it refers to."""
    match chosen:
        case Format.CSV:
            return CsvReader(data, name=path.name)
        case Format.JSONL:
            return JsonLinesReader(data, name=path.name)
        case Format.BACKSTAGE:
            return CatalogReader(data, path=path)


def collect(reader: Reader, *, as_format: Format = Format.CSV) -> Reading:
    """Everything that a reader gives, without the rows that repeat earlier ones."""
    found: Iterable[Row | Squad | Fault] = list(reader)
    rows, repeats = without_repeats(each for each in found if isinstance(each, Row))
    faults = [*(each for each in found if isinstance(each, Fault)), *repeats]
    faults.sort(key=lambda fault: (fault.file, fault.line))
    squads = tuple(each for each in found if isinstance(each, Squad))
    return Reading(tuple(rows), squads, tuple(faults), tuple(reader.ignored), tuple(reader.notes), as_format)
