"""Reading JSON Lines: one object a line. Pure: bytes in, rows and faults out."""

import json
from collections.abc import Iterator
from typing import Any, Final

from bot.errors import BadInput
from bot.features.imports.rows import COLUMNS, Cell, Fault, Row, place, read_row

_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_BOM: Final = b"\xef\xbb\xbf"


class _LineError(Exception):
    """A line cannot be used; the message is the part of the sentence after the line number."""


class JsonLinesReader:
    """Reads JSON Lines (jsonlines.org); ``name`` is the file's, for the sentences.

    Iterating raises BadInput if nothing can be used: UTF-16, empty, one array instead of lines, no line with an object.
    """

    def __init__(self, data: bytes, *, name: str) -> None:
        self._data, self._name = data, name
        self._ignored: dict[str, None] = {}
        self.notes: tuple[str, ...] = ()

    @property
    def ignored(self) -> tuple[str, ...]:
        """Keys that mean nothing here, as written, each once."""
        return tuple(self._ignored)

    def __iter__(self) -> Iterator[Row | Fault]:
        """The rows and faults, line by line; only a line feed ends a line, for texts may hold every other separator."""
        if self._data.startswith(_UTF16):
            raise BadInput(f"{self._name} is UTF-16. Save it as UTF-8 and import it again.")
        data = self._data.removeprefix(_BOM)
        if not data.strip():
            raise BadInput(f"{self._name} is empty. Each of its lines should hold one JSON object with a key `title`.")
        if data.lstrip().startswith(b"["):
            raise BadInput(
                f"{self._name} is one JSON array. Write one object a line instead; `jq -c '.[]' {self._name}` does it."
            )
        for number, line in enumerate(data.split(b"\n"), start=1):
            if not line.strip():
                continue
            try:
                cells = self._cells(_object(line))
            except _LineError as fault:
                yield Fault(number, "", f"{place(number)}: {fault}")
                continue
            row = read_row(cells, line=number)
            if isinstance(row, Row):
                yield row
            else:
                yield from row

    def _cells(self, pairs: list[tuple[str, Any]]) -> dict[str, Cell]:
        cells: dict[str, Cell] = {}
        for key, value in pairs:
            column = "_".join(key.casefold().replace("-", " ").split())
            if column not in COLUMNS:
                self._ignored.setdefault(key.strip() or '""')
                continue
            if column in cells:
                raise _LineError(f"it names `{column}` twice; keep one of them.")
            cells[column] = _cell(column, value)
        return cells


def _object(line: bytes) -> list[tuple[str, Any]]:
    """The pairs of a line's object, in order, keys that stand twice included."""
    try:
        text = line.decode()
    except UnicodeDecodeError as fault:
        raise _LineError(f"byte {fault.start + 1} is not UTF-8. Save the file as UTF-8.") from None
    try:
        value = json.loads(text, object_pairs_hook=_Pairs, parse_constant=_refuse)
    except json.JSONDecodeError as fault:
        raise _LineError(f"it is no JSON object: {_lower(fault.msg)} (character {fault.colno}).") from None
    except RecursionError:
        raise _LineError("it is nested too deeply.") from None
    except ValueError:
        raise _LineError("it holds a number that cannot be read.") from None
    if not isinstance(value, _Pairs):
        raise _LineError(f'it holds {_kind(value)}; each line is one JSON object such as {{"title": "…"}}.')
    return list(value)


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it was written."""


def _refuse(word: str) -> None:
    raise ValueError(word)


def _cell(column: str, value: Any) -> Cell:  # noqa: ANN401 - JSON
    """A JSON value as a cell; null is an empty one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        if column != "legacy":
            raise _LineError(f"`{column}` is {str(value).lower()}; a text is expected.")
        return "yes" if value else "no"
    if isinstance(value, str | int | float):
        return str(value)
    if column == "capabilities" and not isinstance(value, _Pairs):
        if all(isinstance(name, str) for name in value):
            return tuple(value)
        raise _LineError("`capabilities` is a list of more than texts; name them by texts.")
    raise _LineError(f"`{column}` is {_kind(value)}; a text is expected.")


def _kind(value: Any) -> str:  # noqa: ANN401 - JSON
    names = {_Pairs: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
