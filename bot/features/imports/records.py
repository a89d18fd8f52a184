"""An entry as a line of a file that an import reads back without loss. Pure."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from bot.features.capabilities.taxonomy import Taxonomy
from bot.features.imports.csv_file import guarded
from bot.features.imports.identity import own_id
from bot.features.imports.rows import (
    COLUMNS,
    NO_CAPABILITIES,
    PRIVATE,
    PUBLIC,
    Cell,
    Row,
    names_as_cell,
    read_row,
    slug,
    tidy,
)
from storage.initiatives import Initiative

#: What ends a line for some readers of text, though not for JSON Lines.
_SEPARATORS: Final = re.compile("[\x85\u2028\u2029]")
#: What no address may hold (RFC 3986); people type it nevertheless.
_NO_ADDRESS: Final = re.compile(r'[\s<>"]')


@dataclass(frozen=True, slots=True)
class Record:
    """One entry: a cell for each column, and why an import would not take what some of them held."""

    cells: Mapping[str, Cell]
    #: Sentences about cells that were left empty.
    problems: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str]:
        """Where it stands in a file: the same work stands at the same place whichever database wrote it."""
        return str(self.cells["title"]).casefold(), str(self.cells["id"])


def record_of(entry: Initiative, *, team: str, names: Sequence[str]) -> Record:
    """The record of an entry; ``names`` are those of its capabilities, each as :func:`spelling` has it."""
    texts = {
        "id": entry.external_id or own_id(entry), "title": entry.title, "summary": entry.summary, "team": team,
        "lead": entry.lead_id or entry.lead_email, "status": entry.status.value, "system": entry.system,
        "started_on": entry.started_on.isoformat() if entry.started_on else "", "url": _NO_ADDRESS.sub(lambda sign: quote(sign.group()), entry.url),
        "legacy": "yes" if entry.legacy else "no", "visibility": _visibility(entry), "lesson": entry.lesson,
    }  # fmt: skip
    cells: dict[str, Cell] = {
        column: tuple(names) if column == "capabilities" else tidy(column, texts[column]) for column in COLUMNS
    }
    read = read_row(cells, line=1)
    if isinstance(read, Row):
        return Record(cells)
    # The registry holds what people typed elsewhere; what a file may not say stays out of it, and is named.
    problems = tuple(f'"{entry.title}": {fault.sentence.removeprefix("Line 1: ")}' for fault in read)
    return Record(
        {**cells, **{fault.column: () if fault.column == "capabilities" else "" for fault in read if fault.column}},
        problems,
    )


def _visibility(entry: Initiative) -> str:
    if not entry.audience:
        return PUBLIC
    return PRIVATE if entry.audience in {entry.lead_id, entry.lead_email} else entry.audience


def spelling(key: str, taxonomy: Taxonomy, shipped: Taxonomy) -> str:
    """How a file names a capability, so that every database reads the same one: its name, or its key where that is not sure."""
    known = taxonomy.by_key(key)
    if known is None:
        return key
    here, elsewhere = taxonomy.by_name(known.name), shipped.by_name(known.name)
    is_sure = (
        here is not None
        and here.key == key
        and (elsewhere.key == key if elsewhere is not None else slug(known.name) == key)
    )
    return known.name if is_sure and " ".join(known.name.split()) == known.name else key


def as_json_line(record: Record) -> str:
    """A record as a line of JSON Lines, its line feed included."""
    value: dict[str, Any] = dict(record.cells)
    value["legacy"] = record.cells["legacy"] == "yes"
    value["capabilities"] = list(record.cells["capabilities"])
    text = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    return _SEPARATORS.sub(lambda sign: f"\\u{ord(sign.group()):04x}", text) + "\n"


def as_csv_line(record: Record) -> str:
    """A record as a line of CSV; no cell of it is a formula to a spreadsheet."""
    cells = dict(record.cells)
    cells["capabilities"] = names_as_cell(record.cells["capabilities"]) or NO_CAPABILITIES
    return csv_line([guarded(str(cells[column])) for column in COLUMNS])


def csv_line(cells: Sequence[str]) -> str:
    """Cells as a line of CSV (RFC 4180), its end included."""
    line = io.StringIO(newline="")
    csv.writer(line).writerow(cells)
    return line.getvalue()
