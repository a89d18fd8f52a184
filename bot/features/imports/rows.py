"""What a row of an import may say, cell by cell, and the sentence for each cell that cannot be used. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
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
                   "url": 2000, "lesson": SUMMARY_LENGTH}  # fmt: skip
CAPABILITY_LENGTH: Final = 80
#: More than this is a list of tags, and says nothing about what the work provides.
MOST_CAPABILITIES: Final = 10
#: Of a cell that is quoted back to people.
_QUOTED: Final = 40

_YES: Final = frozenset({"yes", "true", "1", "x", "y"})
_NO: Final = frozenset({"no", "false", "0", "n", ""})
_SLACK_ID: Final = re.compile(r"[UW](?=[A-Z0-9]*[0-9]|[A-Z]{8})[A-Z0-9]{2,}")
_CHANNEL_ID: Final = re.compile(r"[CG](?=[A-Z0-9]*[0-9]|[A-Z]{8})[A-Z0-9]{2,}")
_EMAIL: Final = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+")
_DAY: Final = re.compile(r"(\d{4}-\d{2})(-\d{2})?")
_MENTION: Final = re.compile(r"<[@#]([A-Z0-9]+)(?:\|[^>]*)?>")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something of a file is left out. ``column`` is "" when the whole row is meant; the sentence names the line."""

    line: int
    column: str
    sentence: str


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
    #: `public`, `private`, `#channel` or a channel's id.
    visibility: str = PUBLIC
    lesson: str = ""

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


def read_row(cells: Mapping[str, str], *, line: int) -> Row | list[Fault]:
    """A record as a row, or everything that is wrong with it. ``cells`` has the known columns only."""
    values: dict[str, Any] = {}
    says = {"title"}
    faults: list[Fault] = []
    for column, cell in cells.items():
        try:
            value = _read(column, cell)
        except _CellError as fault:
            faults.append(Fault(line, column, f"Line {line}: {fault}"))
            continue
        if value is not None:
            values[column] = value
            says.add(column)
    if not faults and values.get("visibility") == PRIVATE and not values.get("lead"):
        sentence = f"Line {line}: `visibility` is private, but `lead` is empty: name who may see it, or use #channel."
        faults.append(Fault(line, "visibility", sentence))
    if faults:
        return faults
    # An empty cell for a day is an answer too: it takes back the day that the file gave before.
    if values.get("started_on") == "":
        values["started_on"] = None
    return Row(line=line, says=frozenset(says), **values)


def _read(column: str, cell: str) -> Any:  # noqa: ANN401 - what the column holds; None: the cell is silent
    if "\0" in cell:
        raise _CellError(f"`{column}` holds a NUL character, which cannot be stored; remove it.")
    text = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    if column not in ("summary", "lesson"):
        text = " ".join(text.split())
    most = _LENGTHS.get(column)
    if most is not None and len(text) > most:
        raise _CellError(f"`{column}` has {len(text):,} characters; {most:,} are the most.")
    reader = _READERS.get(column)
    return text if reader is None else reader(text)


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
    if not text:
        return ""
    try:
        parts = urlsplit(text)
        good = parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s<>\"]", text)
    except ValueError:
        good = False
    if not good:
        raise _CellError(f"`url` is {_quote(text)}; it must be one address that starts with https:// or http://.")
    return text


def _lead(text: str) -> str:
    if not text:
        return ""
    mention = _MENTION.fullmatch(text)
    text = mention[1] if mention else text
    if _SLACK_ID.fullmatch(text):
        return text
    if _EMAIL.fullmatch(text):
        return text.lower()
    raise _CellError(f"`lead` is {_quote(text)}; use a Slack member id such as U012AB3CD, or an e-mail address.")


def _capabilities(text: str) -> tuple[str, ...]:
    names = list(dict.fromkeys(" ".join(part.split()) for part in text.split(";") if part.strip()))
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
    if _CHANNEL_ID.fullmatch(text):
        return text
    if re.fullmatch(r"#[^\s#]+", text):
        return text.lower()
    raise _CellError(f"`visibility` is {_quote(text)}; use public, private, #channel or a channel's id.")


_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    "title": _title, "status": _status, "legacy": _legacy, "started_on": _started_on, "url": _url, "lead": _lead,
    "capabilities": _capabilities, "visibility": _visibility,
}  # fmt: skip


def _quote(text: str) -> str:
    return f'"{text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"}"'


def slug(name: str) -> str:
    """The key of a capability of the workspace's own: lower case, words joined by hyphens; "" if nothing is left."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return "-".join(re.findall(r"[^\W_]+", plain.casefold()))


@dataclass(slots=True)
class _Seen:
    """First lines on which a key stood, with and without an id beside it."""

    with_id: dict[Any, int] = field(default_factory=dict)
    without_id: dict[Any, int] = field(default_factory=dict)

    def first(self, key: object, *, has_id: bool) -> int | None:
        """The line that means the same initiative: two rows with two ids never do."""
        lines = [self.without_id.get(key), None if has_id else self.with_id.get(key)]
        return min((line for line in lines if line is not None), default=None)

    def keep(self, key: object, line: int, *, has_id: bool) -> None:
        (self.with_id if has_id else self.without_id).setdefault(key, line)


def without_repeats(rows: Iterable[Row]) -> tuple[list[Row], list[Fault]]:
    """The rows that are each an initiative of their own, and a fault for each that repeats an earlier one."""
    kept: list[Row] = []
    faults: list[Fault] = []
    ids: dict[str, int] = {}
    urls, names = _Seen(), _Seen()
    for row in rows:
        has_id = bool(row.id)
        column, line, advice = "", None, ""
        if has_id and row.id in ids:
            column, line, advice = "id", ids[row.id], "keep one of the two."
        elif row.url and (line := urls.first(row.url, has_id=has_id)) is not None:
            column, advice = "url", "keep one of the two, or give each an `id`."
        elif (line := names.first(row.name, has_id=has_id)) is not None:
            column, advice = "title", "keep one of the two, or give each an `id`."
        if line is not None:
            same = "team and `title`" if column == "title" else f"`{column}`"
            faults.append(
                Fault(row.line, column, f"Line {row.line}: this is line {line} again (same {same}); {advice}")
            )
            continue
        kept.append(row)
        if has_id:
            ids[row.id] = row.line
        if row.url:
            urls.keep(row.url, row.line, has_id=has_id)
        names.keep(row.name, row.line, has_id=has_id)
    return kept, faults


def leads_of_teams(rows: Iterable[Row]) -> dict[str, str]:
    """By folded name, the lead of each team whose public rows all name the same one."""
    named: dict[str, set[str]] = {}
    for row in rows:
        if row.team and row.is_public:
            named.setdefault(fold(row.team), set()).add(row.lead)
    return {team: leads.pop() for team, leads in named.items() if len(leads) == 1 and "" not in leads}
