"""A file of results that is whole or not there: until the last line is written, the lines stand beside its name, in `NAME.part`."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class ResultsFile:
    """JSON Lines that are written one by one. What is there under the name stays until all are written."""

    def __init__(self, path: Path) -> None:
        """Raises ValueError, with a sentence, if it cannot be written there."""
        self.path = path
        # A link to a file stays one.
        self._place = path = path.resolve() if path.is_file() else path
        # /dev/stdout and pipes have no place beside them.
        self._part = path.with_name(f"{path.name}.part") if path.is_file() or not path.exists() else path
        self.lines = 0
        try:
            self._file = self._part.open("w", encoding="utf-8", buffering=1)
        except OSError as error:
            raise ValueError(f"{path} cannot be written: {error.strerror or error}.") from error

    def write(self, row: Mapping[str, object]) -> None:
        """One more line; it is in the file when this returns."""
        try:
            self._file.write(json.dumps(row) + "\n")
        except OSError as error:
            raise ValueError(f"{self.path} cannot be written: {error.strerror or error}. {self.kept()}") from error
        self.lines += 1

    def finish(self) -> None:
        """All lines are written: the file takes its name. Raises ValueError, with a sentence, if the last ones cannot be."""
        try:
            self._file.close()
        except OSError as error:
            raise ValueError(f"{self.path} cannot be written: {error.strerror or error}. {self.kept()}") from error
        if self._part != self._place:
            self._part.replace(self._place)

    def kept(self) -> str:
        """Where an unfinished file's lines are, in a sentence."""
        if not self.lines or self._part == self._place:
            return f"{self.path.name} was not written."
        return f"{self.path.name} was not written; the first {self.lines:,} lines are in {self._part}."

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        """Leave what was written beside the name, if it was not finished; nothing, if nothing was written."""
        if self._file.closed:
            return
        with contextlib.suppress(OSError):  # told already, by the line that could not be written
            self._file.close()
        if not self.lines and self._part != self._place:
            self._part.unlink(missing_ok=True)
