"""Writing CSV that spreadsheets open as it was meant: UTF-8 with a byte order mark, RFC 4180, and no cell that is a formula. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final

#: Tells spreadsheets that UTF-8 follows.
BYTE_ORDER_MARK: Final = "\ufeff"
#: A cell that begins so is computed when the file is opened (OWASP, CSV injection); full-width forms are folded to these.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "|", "%")
#: Spreadsheets of many countries take a semicolon for the end of a cell.
_AFTER_SEMICOLON: Final = re.compile(r";(\s*)(?=[=+\-@＝＋－＠])")


def cell(value: str | int) -> str | int:
    """A value as it may stand in a cell: numbers as they are; a text that would be a formula has an apostrophe before it."""
    if isinstance(value, int):
        return value
    flat = " ".join(value.replace("\x00", " ").split())
    if ";" in flat:
        flat = _AFTER_SEMICOLON.sub(r";\1'", flat)
    return f"'{flat}" if flat.startswith(_FORMULA) else flat


def written(header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """The file: a header and rows of equal width, lines ended by CR LF, every cell on one line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([cell(value) if value else value for value in row] for row in rows)
    return BYTE_ORDER_MARK + out.getvalue()
