"""What a row of an import may say, cell by cell, and the sentence for each cell that cannot be used. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from storage.initiatives import Status
from storage.teams import fold

#: Every column, in the order of the documentation. Only `title` must be there.
COLUMNS: Final = ("id", "title", "summary", "team", "lead", "status", "capabilities", "system", "started_on", "url",
                  "legacy", "visibility", "lesson")  # fmt: skip
PUBLIC: Final = "public"
PRIVATE: Final = "private"

#: The same as in Rowbot's own form.
TITLE_LENGTH: Final = 150
SUMMARY_LENGTH: Final = 3000
TEAM_LENGTH: Final = 80
_LENGTHS: Final = {"id": 200, "title": TITLE_LENGTH, "summary": SUMMARY_LENGTH, "team": TEAM_LENGTH, "system": 150,
                   "url": 3000, "lesson": SUMMARY_LENGTH}  # fmt: skip
CAPABILITY_LENGTH: Final = 80
#: More than this is a list of tags, and says nothing about what the work provides.
MOST_CAPABILITIES: Final = 10
#: A cell that says: no capability, and none is to be read from the text either. An empty one leaves that open.
NO_CAPABILITIES: Final = ";"
#: Of a cell that is quoted back to people.
_QUOTED: Final = 40

_YES: Final = frozenset({"yes", "true", "1", "x", "y"})
_NO: Final = frozenset({"no", "false", "0", "n", ""})
_SLACK_ID: Final = re.compile(r"[UW](?=[A-Z0-9]*[0-9]|[A-Z]{8})[A-Z0-9]{2,}")
_CHANNEL_ID: Final = re.compile(r"[CG](?=[A-Z0-9]*[0-9]|[A-Z]{8})[A-Z0-9]{2,}")
EMAIL: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_DAY: Final = re.compile(r"(\d{4}-\d{2})(-\d{2})?")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_MENTION: Final = re.compile(r"<[@#]([A-Z0-9]+)(?:\|[^>]*)?>")


#: Text between two separators of `capabilities`: a semicolon or backslash behind a backslash is a part of the name.
_NAME: Final = re.compile(r"(?:\\[\\;]|[^;])+")

#: What a cell of a file holds: a text, or names that were separate already.
Cell = str | Sequence[str]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something of a file is left out. ``column`` is "" when the whole row is meant; the sentence names the line."""

    line: int
    column: str
    sentence: str
    #: Where several files were read as one: which; "" for the one that was named.
    file: str = ""


def place(line: int, file: str = "") -> str:
    """How a sentence that is about a line begins."""
    return f"{file}, line {line}" if file else f"Line {line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One initiative as the file describes it, every cell checked."""

    #: Where it starts in the file, counted from 1.
    line: int
    #: The columns about which the row says something; about the others it is silent, and they are left as they are.
    says: frozenset[str]
    title: str
    id: str = ""
    summary: str = ""
    team: str = ""
    #: A Slack id, or an address in lower case.
    lead: str = ""
    status: Status = Status.PROPOSED
    #: As written.
    capabilities: tuple[str, ...] = ()
    system: str = ""
    started_on: date | None = None
    url: str = ""
    legacy: bool = False
    #: `public`, `private`, `#channel`, a channel's id, or the id of the one person who sees it.
    visibility: str = PUBLIC
    lesson: str = ""
    #: Words that name a capability only if the workspace knows it: tags of a catalog.
    tags: tuple[str, ...] = ()
    #: Whether capabilities are read from title and summary where the row names none.
    recognises: bool = True
    #: Where several files were read as one: which; "" for the one that was named.
    file: str = ""

    @property
    def place(self) -> tuple[str, int]:
        """File and line: no two rows share them."""
        return self.file, self.line

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        return self.visibility == PUBLIC

    @property
    def name(self) -> tuple[str, str]:
        """Team and title, folded: what identifies a row that has neither id nor url."""
        return fold(self.team), fold(self.title)


class _CellError(Exception):
    """A cell cannot be used; the message is the part of the sentence after the line number."""


def read_row(cells: Mapping[str, Cell], *, line: int, file: str = "", tags: Sequence[str] = ()) -> Row | list[Fault]:
    """A record as a row, or everything that is wrong with it. ``cells`` has the known columns only."""
    values: dict[str, Any] = {}
    says = {"title"}
    faults: list[Fault] = []
    where = place(line, file)
    for column, cell in cells.items():
        try:
            value = _read(column, cell)
        except _CellError as fault:
            faults.append(Fault(line, column, f"{where}: {fault}", file))
            continue
        if value is not None:
            values[column] = value
            says.add(column)
    if "title" not in cells:
        faults.append(Fault(line, "title", f"{where}: `title` is missing; every row needs one.", file))
    if not faults and values.get("visibility") == PRIVATE and not values.get("lead"):
        sentence = f"{where}: `visibility` is private, but `lead` is empty: name who may see it, or use #channel."
        faults.append(Fault(line, "visibility", sentence, file))
    if faults:
        return faults
    # An empty cell for a day is an answer too: it takes back the day that the file gave before.
    if values.get("started_on") == "":
        values["started_on"] = None
    if tags:
        says.add("capabilities")
    none = cells.get("capabilities") in (NO_CAPABILITIES, [], ())
    return Row(line=line, file=file, says=frozenset(says), tags=tuple(tags), recognises=not none, **values)


def _read(column: str, cell: Cell) -> Any:  # noqa: ANN401 - what the column holds; None: the cell is silent
    parts = [cell] if isinstance(cell, str) else list(cell)
    for part in parts:
        if "\0" in part:
            raise _CellError(f"`{column}` holds a NUL character, which cannot be stored; remove it.")
        if _SURROGATE.search(part):
            raise _CellError(f"`{column}` holds half of a character (a lone surrogate), which cannot be stored.")
    if column == "capabilities":
        return _capabilities(names_in(cell) if isinstance(cell, str) else parts)
    if not isinstance(cell, str):
        raise _CellError(f"`{column}` holds a list; one text is expected.")
    text = tidy(column, cell)
    most = _LENGTHS.get(column)
    if most is not None and len(text) > most:
        raise _CellError(f"`{column}` has {len(text):,} characters; {most:,} are the most.")
    reader = _READERS.get(column)
    return text if reader is None else reader(text)


def tidy(column: str, text: str) -> str:
    """A cell's text as it is kept: line ends are one character, a text of one line has single blanks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return text if column in ("summary", "lesson") else " ".join(text.split())


def names_in(cell: str) -> list[str]:
    """The names of a cell, between semicolons. Behind a backslash, a semicolon or backslash is a part of the name."""
    return [re.sub(r"\\([\\;])", r"\1", name) for name in _NAME.findall(cell)]


def names_as_cell(names: Iterable[str]) -> str:
    """The cell that :func:`names_in` reads as these names."""
    return "; ".join(re.sub(r"[\\;]", r"\\\g<0>", name) for name in names)


def _title(text: str) -> str:
    if not text:
        raise _CellError("`title` is empty; every row needs one.")
    return text


def _status(text: str) -> Status | None:
    if not text:
        return None
    try:
        return Status(text.casefold())
    except ValueError:
        *most, last = Status
        raise _CellError(f"`status` is {_quote(text)}; use {', '.join(most)} or {last}.") from None


def _legacy(text: str) -> bool:
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES
    raise _CellError(f"`legacy` is {_quote(text)}; use yes or no.")


def _started_on(text: str) -> date | str:
    if not text:
        return ""
    found = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(found[1] + (found[2] or "-01") if found else "")
    except ValueError:
        raise _CellError(
            f"`started_on` is {_quote(text)}; write the day as 2026-03-31, or the month as 2026-03."
        ) from None


def _url(text: str) -> str:
    if text and not is_address(text):
        raise _CellError(f"`url` is {_quote(text)}; it must be one address that starts with https:// or http://.")
    return text


def is_address(text: str) -> bool:
    """Whether a text is one http(s) address."""
    try:
        parts = urlsplit(text)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"]", text)
    except ValueError:
        return False


def _lead(text: str) -> str:
    if not text:
        return ""
    mention = _MENTION.fullmatch(text)
    text = mention[1] if mention else text
    if _SLACK_ID.fullmatch(text):
        return text
    if EMAIL.fullmatch(text):
        return text.lower()
    raise _CellError(f"`lead` is {_quote(text)}; use a Slack member id such as U012AB3CD, or an e-mail address.")


def _capabilities(written: Iterable[str]) -> tuple[str, ...]:
    names = list(dict.fromkeys(" ".join(name.split()) for name in written if name.strip()))
    for name in names:
        if len(name) > CAPABILITY_LENGTH:
            raise _CellError(f"`capabilities` names {_quote(name)}, which is longer than {CAPABILITY_LENGTH} characters; "
                            "separate several by semicolons.")  # fmt: skip
        if not slug(name):
            raise _CellError(f"`capabilities` names {_quote(name)}, which has no letter and no digit.")
    if len(names) > MOST_CAPABILITIES:
        raise _CellError(
            f"`capabilities` names {len(names)}; {MOST_CAPABILITIES} are the most. Keep what the work provides."
        )
    return tuple(names)


def _visibility(text: str) -> str | None:
    if not text:
        return None
    if text.casefold() in (PUBLIC, PRIVATE):
        return text.casefold()
    mention = _MENTION.fullmatch(text)
    text = mention[1] if mention else text
    if _CHANNEL_ID.fullmatch(text) or _SLACK_ID.fullmatch(text):
        return text
    if re.fullmatch(r"#[^\s#]+", text):
        return text.lower()
    raise _CellError(f"`visibility` is {_quote(text)}; use public, private, #channel or a channel's id.")


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "title": _title, "status": _status, "legacy": _legacy, "started_on": _started_on, "url": _url, "lead": _lead,
    "visibility": _visibility,
}  # fmt: skip


def _quote(text: str) -> str:
    return f'"{text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"}"'


def slug(name: str) -> str:
    """The key of a capability of the workspace's own: lower case, words joined by hyphens; "" if nothing is left."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return "-".join(re.findall(r"[^\W_]+", plain.casefold()))
