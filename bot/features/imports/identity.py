"""Which initiative of the registry a row is: the same id, else the same url, else the same team and title. Pure."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from bot.features.imports.rows import PRIVATE, PUBLIC, Row
from storage.columns import to_milliseconds
from storage.initiatives import Initiative

#: In `Initiative.imported`: when an undo withdrew the entry, in milliseconds since 1970.
UNDONE: Final = "undone"
_OWN_ID: Final = re.compile(r"rowbot-(\d{1,18})-[0-9a-f]{1,16}")

#: A folded team and a folded title.
Name = tuple[str, str]


def own_id(entry: Initiative) -> str:
    """The `id` under which an export names an entry that has none from elsewhere.

    Its number alone would mean another entry in another database; with the moment of its making it means this one.
    """
    return f"rowbot-{entry.id}-{to_milliseconds(entry.created_at):x}"


def number_in(row_id: str) -> int | None:
    """The entry's number in an id of our own making; None for any other id."""
    found = _OWN_ID.fullmatch(row_id)
    return int(found[1]) if found else None


def is_undone(entry: Initiative) -> bool:
    """Whether taking back an import withdrew it, and not a person: then a file may bring it again."""
    return entry.withdrawn_at is not None and entry.imported.get(UNDONE) == to_milliseconds(entry.withdrawn_at)


def find_entries(rows: Sequence[Row], candidates: Iterable[Initiative], *, team_ids: Mapping[str, int],
                 renamed: Mapping[Name, Initiative], taken: Collection[int]) -> dict[tuple[str, int], Initiative]:  # fmt: skip
    """By file and line, the entry that a row is; rows that are in none of them are new.

    ``team_ids`` are by folded name. ``renamed`` are entries under the team and title that the file gave them, where
    people changed either since. An entry goes to one row only: first the ids choose, then the urls, then the names.
    """
    # A standing entry before one that was taken back, then the oldest.
    ordered = sorted(candidates, key=lambda entry: (entry.withdrawn_at is not None, entry.id))
    by_id: dict[str, list[Initiative]] = {}
    by_own_id = {own_id(entry): [entry] for entry in ordered if not entry.external_id}
    by_url: dict[str, list[Initiative]] = {}
    by_name: dict[tuple[int | None, str], list[Initiative]] = {}
    for entry in ordered:
        by_id.setdefault(entry.external_id, []).append(entry)
        by_url.setdefault(entry.url, []).append(entry)
        by_name.setdefault((entry.team_id, entry.folded_title), []).append(entry)

    def named(row: Row) -> Sequence[Initiative]:
        team, title = row.name
        if team and team not in team_ids:
            return ()
        return by_name.get((team_ids[team] if team else None, title), ())

    def formerly_named(row: Row) -> Sequence[Initiative]:
        entry = renamed.get(row.name)
        return () if entry is None else (entry,)

    ways: tuple[Callable[[Row], Sequence[Initiative]], ...] = (
        lambda row: by_id.get(row.id, ()) if row.id else (),
        lambda row: by_own_id.get(row.id, ()),
        lambda row: by_url.get(row.url, ()) if row.url else (),
        named,
        formerly_named,
    )
    found: dict[tuple[str, int], Initiative] = {}
    gone = set(taken)
    for way in ways:
        for row in rows:
            if row.place in found:
                continue
            chosen = next((entry for entry in way(row) if entry.id not in gone and _may_be(row, entry)), None)
            if chosen is not None:
                found[row.place] = chosen
                gone.add(chosen.id)
    return found


def _may_be(row: Row, entry: Initiative) -> bool:
    """Whether a row that looks like an entry may be taken for it.

    Two different ids are two initiatives. And a file must not find out, or open, private work that it did not bring:
    such an entry is nobody's business here, and the row becomes an entry of its own.
    """
    same_id = bool(row.id) and row.id == entry.external_id
    if row.id and entry.external_id and not same_id:
        return False
    if entry.audience == "":
        return True
    if row.id and row.id == own_id(entry):
        # An export wrote it, and says of it what only those know who may see it.
        return row.visibility in (PRIVATE, entry.audience)
    if not entry.imported:
        return False
    return same_id or not row.is_public or entry.imported.get("visibility", PUBLIC) == PUBLIC
