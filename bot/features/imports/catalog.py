"""What a Backstage catalog says of work and teams: components, systems and resources are initiatives, groups are teams.

The shape of entities: backstage.io/docs/features/software-catalog/descriptor-format; of references: …/references.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bot.errors import BadInput
from bot.features.imports.catalog_files import Catalog, Entity
from bot.features.imports.rows import EMAIL, TEAM_LENGTH, Cell, Fault, Row, is_address, place, read_row
from storage.initiatives import Status
from storage.teams import fold

WORK: Final = ("component", "system", "resource")
KINDS: Final = frozenset({*WORK, "group", "user"})
#: `spec.lifecycle` → status, and whether it is legacy. Anything else that stands in a catalog is at work.
LIFECYCLES: Final = {
    "experimental": (Status.PROPOSED, False),
    "production": (Status.SHIPPED, False),
    "deprecated": (Status.SHIPPED, True),
}
#: Fields of `spec`, and last parts of annotations, that name a lead. The format itself has no place for one.
_LEAD_WORDS: Final = ("lead", "team-lead", "tech-lead", "leader", "teamLead", "techLead")
_VIEW_URL: Final = "backstage.io/view-url"
_SOURCE: Final = "backstage.io/source-location"
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Squad:
    """A team as a file describes it by itself."""

    line: int
    name: str
    #: Addresses in lower case.
    members: tuple[str, ...] = ()
    #: An address in lower case; "" if the file names none.
    lead: str = ""
    file: str = ""


class CatalogReader:
    """Reads `catalog-info.yaml`; ``path`` is the file's, for what its Locations point to.

    Iterating raises BadInput if nothing can be used: not UTF-8, no entity in it.
    """

    def __init__(self, data: bytes, *, path: Path) -> None:
        self._data, self._path = data, path
        self._people: dict[str, str] = {}
        self._teams: dict[str, str] = {}
        self._leads: dict[str, str] = {}
        self._systems: dict[str, str] = {}
        self._unknown_lifecycles: Counter[str] = Counter()
        self._without_address: dict[str, None] = {}
        self.ignored: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Row | Squad | Fault]:
        """Teams first, then the work, file by file."""
        catalog = Catalog(self._path)
        read = list(catalog.entities(self._data, KINDS))
        entities = [each for each in read if isinstance(each, Entity)]
        if not catalog.found and not any(isinstance(each, Fault) for each in read):
            raise BadInput(
                f"{self._path.name} holds no entity. A catalog is YAML with `apiVersion: backstage.io/…`, `kind` and `metadata`."
            )
        by_kind: dict[str, list[Entity]] = defaultdict(list)
        for entity in entities:
            by_kind[entity.kind.lower()].append(entity)
        for user in by_kind["user"]:
            address = _text(_profile(user).get("email")).lower()
            self._people[user.ref] = address if EMAIL.fullmatch(address) else ""
        self._systems = {each.ref: _text(each.metadata.get("title")) or each.name for each in by_kind["system"]}
        squads, no_teams = self._squads(by_kind["group"], by_kind["user"], [e for k in WORK for e in by_kind[k]])
        yield from squads
        for each in read:
            if isinstance(each, Fault):
                yield each
            elif each.kind.lower() in WORK:
                row = self._row(each)
                if isinstance(row, Row):
                    yield row
                else:
                    yield from row
        self.notes = tuple(self._notes(catalog, no_teams))

    # --- teams --------------------------------------------------------------------------------------------------

    def _squads(self, groups: list[Entity], users: list[Entity], work: list[Entity]) -> tuple[list[Squad], int]:
        """The groups that are teams: called one, with people of their own, or owning something; and how many are none."""
        members: dict[str, dict[str, None]] = {group.ref: {} for group in groups}
        for group in groups:
            for each in _list(group.spec.get("members")):
                if ref := reference(each, kind="user", namespace=group.namespace):
                    members[group.ref].setdefault(ref)
        for user in users:
            for each in _list(user.spec.get("memberOf")):
                ref = reference(each, kind="group", namespace=user.namespace)
                if ref in members:
                    members[ref].setdefault(user.ref)
        owners = {reference(each.spec.get("owner"), kind="group", namespace=each.namespace) for each in work}
        squads = []
        taken: set[str] = set()
        for group in groups:
            if not (members[group.ref] or group.ref in owners or _text(group.spec.get("type")).lower() in ("", "team")):
                continue
            shown = _text(_profile(group).get("displayName")) or _text(group.metadata.get("title")) or group.name
            shown = " ".join(shown.split())
            name = shown if len(shown) <= TEAM_LENGTH else group.name
            if fold(name) in taken:
                name = f"{name[: TEAM_LENGTH - len(group.name) - 3]} ({group.name})"
            taken.add(fold(name))
            self._teams[group.ref] = name
            self._leads[group.ref] = self._lead_of(group)
            known = [self._address(ref) for ref in members[group.ref]]
            people = tuple(dict.fromkeys(address for address in known if address))
            squads.append(Squad(group.line, name, people, self._leads[group.ref], group.file))
        return squads, len(groups) - len(squads)

    def _lead_of(self, entity: Entity) -> str:
        """Whom an entity itself names as its lead."""
        named = [entity.spec.get(word) for word in _LEAD_WORDS]
        named += [text for key, text in entity.annotations.items() if key.rpartition("/")[2] in _LEAD_WORDS]
        return next((lead for each in named if each and (lead := self._person(each, entity.namespace))), "")

    def _person(self, value: Any, namespace: str) -> str:  # noqa: ANN401 - a reference, or an address
        if isinstance(value, str) and EMAIL.fullmatch(value.strip().lower()):
            return value.strip().lower()
        ref = reference(value, kind="user", namespace=namespace)
        return self._address(ref) if ref.startswith("user:") else ""

    def _address(self, ref: str) -> str:
        if not (address := self._people.get(ref, "")):
            self._without_address.setdefault(ref)
        return address

    # --- work ---------------------------------------------------------------------------------------------------

    def _row(self, entity: Entity) -> Row | list[Fault]:
        spec, metadata = entity.spec, entity.metadata
        summary = metadata.get("description")
        if summary is not None and not isinstance(summary, str):
            sentence = f"{place(entity.line, entity.file)}: `metadata.description` of {entity.ref} is no text."
            return [Fault(entity.line, "summary", sentence, entity.file)]
        team, lead = self._owner(entity)
        status, legacy = self._status(entity)
        system = reference(spec.get("system"), kind="system", namespace=entity.namespace)
        cells: dict[str, Cell] = {
            "id": entity.ref, "title": _text(metadata.get("title")) or entity.name, "summary": summary or "", "team": team,
            "lead": self._lead_of(entity) or lead, "status": status, "legacy": "yes" if legacy else "no",
            "system": self._systems.get(system, system.rpartition("/")[2]), "url": _address_of(entity),
        }  # fmt: skip
        words = [*_list(metadata.get("tags")), spec.get("type")]
        tags = tuple(dict.fromkeys(word.strip() for word in words if isinstance(word, str) and word.strip()))
        return read_row(cells, line=entity.line, file=entity.file, tags=tags)

    def _owner(self, entity: Entity) -> tuple[str, str]:
        """Team and lead by `spec.owner`: a group is a team, led by whom it names; a user or an address leads."""
        owner = entity.spec.get("owner")
        if isinstance(owner, str) and EMAIL.fullmatch(owner.strip().lower()):
            return "", owner.strip().lower()
        ref = reference(owner, kind="group", namespace=entity.namespace)
        if ref.startswith("user:"):
            return "", self._address(ref)
        return self._teams.get(ref, ref.rpartition("/")[2]), self._leads.get(ref, "")

    def _status(self, entity: Entity) -> tuple[Status, bool]:
        lifecycle = _text(entity.spec.get("lifecycle"))
        if lifecycle and lifecycle.lower() not in LIFECYCLES:
            self._unknown_lifecycles[lifecycle] += 1
        return LIFECYCLES.get(lifecycle.lower(), (Status.ACTIVE, False))

    # --- what was not taken -------------------------------------------------------------------------------------

    def _notes(self, catalog: Catalog, no_teams: int) -> Iterator[str]:
        if catalog.others:
            counts = (f"{count:,} {kind}" for kind, count in sorted(catalog.others.items()))
            yield f"Not read, because they are neither work nor teams: {', '.join(counts)}."
        if no_teams:
            yield f"{no_teams:,} group{'' if no_teams == 1 else 's'} without members that own nothing here became no team."
        if self._unknown_lifecycles:
            counts = (f"{word} ({count:,})" for word, count in self._unknown_lifecycles.most_common(_SHOWN))
            yield f"Counted as active, because Rowbot does not know the lifecycle: {', '.join(counts)}."
        if self._without_address:
            yield f"No e-mail address stands in the file for {_first(list(self._without_address))}, so nobody leads or joins by that name."
        if catalog.elsewhere:
            yield f"Skipped, because they are no files beside this one: {_first(catalog.elsewhere)}."


def reference(value: Any, *, kind: str, namespace: str) -> str:  # noqa: ANN401 - a text, or the same in parts
    """An entity reference in full and in lower case, with defaults for what it leaves out; "" if it is none."""
    if isinstance(value, dict):
        kind, namespace = _text(value.get("kind")) or kind, _text(value.get("namespace")) or namespace
        name = _text(value.get("name"))
    elif isinstance(value, str) and (
        parts := re.fullmatch(r"(?:([^:/\s]+):)?(?:([^:/\s]+)/)?([^:\s]+)", value.strip())
    ):
        kind, namespace, name = parts[1] or kind, parts[2] or namespace, parts[3]
    else:
        return ""
    return f"{kind}:{namespace}/{name}".lower() if name else ""


def _address_of(entity: Entity) -> str:
    """Where to read more: the first link, else the page of its source."""
    links = [link.get("url") for link in _list(entity.metadata.get("links")) if isinstance(link, dict)]
    places = [entity.annotations.get(_VIEW_URL), entity.annotations.get(_SOURCE, "").removeprefix("url:")]
    return next((each.strip() for each in [*links, *places] if isinstance(each, str) and is_address(each.strip())), "")


def _profile(entity: Entity) -> dict[str, Any]:
    found = entity.spec.get("profile")
    return found if isinstance(found, dict) else {}


def _text(value: Any) -> str:  # noqa: ANN401 - YAML
    return value.strip() if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:  # noqa: ANN401 - YAML
    return value if isinstance(value, list) else []


def _first(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else "")
