"""The entities of a Backstage catalog: of one file, and of the local files that its Locations point to."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from bot.errors import BadInput
from bot.features.imports.rows import Fault, place
from bot.features.imports.yaml_documents import Broken, documents

#: Files that one import follows at most.
MOST_FILES: Final = 5_000
MOST_BYTES: Final = 64 * 1024 * 1024
LARGEST_NAME: Final = 63


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity: its envelope checked, its `spec` as it was written."""

    kind: str
    namespace: str
    name: str
    metadata: dict[str, Any]
    spec: dict[str, Any]
    line: int
    #: "" for the file that was named, else the path of a file that a Location pointed to.
    file: str = ""

    @property
    def ref(self) -> str:
        """Its entity reference; these are the same in upper and lower case (Backstage, "Entity References")."""
        return f"{self.kind}:{self.namespace}/{self.name}".lower()

    @property
    def annotations(self) -> dict[str, str]:
        """Its annotations, as far as they are texts."""
        found = self.metadata.get("annotations")
        return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}


@dataclass(slots=True)
class Catalog:
    """Reads a catalog file and what it points to."""

    path: Path
    #: Entities of kinds that nobody here reads, by kind.
    others: Counter[str] = field(default_factory=Counter)
    #: Location targets that are no local files.
    elsewhere: list[str] = field(default_factory=list)
    #: Whether it holds any entity at all.
    found: bool = False
    _read: set[Path] = field(default_factory=set)

    def entities(self, data: bytes, kinds: frozenset[str]) -> Iterator[Entity | Fault]:
        """Entities of these kinds, in the order of the files, and what is wrong with others.

        Raises:
            BadInput: the file that was named is not UTF-8.
        """
        self._read.add(self.path.resolve())
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as fault:
            line = data.count(b"\n", 0, fault.start) + 1
            raise BadInput(f"{self.path.name} is not UTF-8: line {line} has a byte that cannot be read.") from None
        yield from self._of(text, self.path, "", kinds)

    def _of(self, text: str, path: Path, file: str, kinds: frozenset[str]) -> Iterator[Entity | Fault]:
        for document in documents(text):
            if isinstance(document, Broken):
                yield _fault(document.line, file, document.problem)
                continue
            entity = _entity(document.content, document.line, file)
            if isinstance(entity, str):
                yield _fault(document.line, file, entity)
                continue
            self.found = True
            if entity.kind.lower() == "location":
                yield from self._follow(entity, path, kinds)
            elif entity.kind.lower() in kinds:
                yield entity
            else:
                self.others[entity.kind] += 1

    def _follow(self, location: Entity, path: Path, kinds: frozenset[str]) -> Iterator[Entity | Fault]:
        targets = location.spec.get("targets")
        named = [location.spec.get("target"), *(targets if isinstance(targets, list) else [])]
        optional = location.spec.get("presence") == "optional"
        for target in (each for each in named if isinstance(each, str) and each.strip()):
            if (
                "://" in target
                or Path(target).is_absolute()
                or str(location.spec.get("type", "file")) not in ("file", "url")
            ):
                self.elsewhere.append(target)
                continue
            found = sorted(path.parent.glob(target)) if "*" in target else [path.parent / target]
            for each in found:
                try:
                    yield from self._of_target(each, kinds)
                except OSError as fault:
                    if not optional:
                        reason = (fault.strerror or str(fault)).lower()
                        yield _fault(location.line, location.file, f"the target {target} cannot be read: {reason}.")
                except UnicodeDecodeError:
                    yield _fault(location.line, location.file, f"the target {target} is not UTF-8.")

    def _of_target(self, path: Path, kinds: frozenset[str]) -> Iterator[Entity | Fault]:
        known = path.resolve()
        if known in self._read:
            return
        self._read.add(known)
        if len(self._read) > MOST_FILES:
            raise BadInput(f"{self.path.name} points to more than {MOST_FILES:,} files. Import its parts one by one.")
        if path.stat().st_size > MOST_BYTES:
            raise OSError(f"it is larger than {MOST_BYTES // 1024 // 1024} MB")
        text = path.read_bytes().decode("utf-8-sig")
        yield from self._of(text, path, _shown(path, self.path.parent), kinds)


def _shown(path: Path, folder: Path) -> str:
    """A path as people read it beside the file that they named."""
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return str(path)


def _fault(line: int, file: str, problem: str) -> Fault:
    return Fault(line, "", f"{place(line, file)}: {problem}", file)


def _entity(content: Any, line: int, file: str) -> Entity | str:  # noqa: ANN401 - whatever the document holds
    """The entity of a document, or what is wrong with it."""
    if not isinstance(content, dict) or not isinstance(content.get("kind"), str) or not content["kind"].strip():
        return "this is no entity; one has `apiVersion`, `kind` and `metadata`."
    kind, version = content["kind"].strip(), content.get("apiVersion")
    if not isinstance(version, str) or not version.startswith("backstage.io/"):
        # Other systems keep their objects in the same shape, often in the same files.
        kind = f"{kind} of {version or 'no apiVersion'}"
    metadata, spec = content.get("metadata"), content.get("spec")
    if not isinstance(metadata, dict):
        return f"this {kind} has no `metadata`."
    name, namespace = metadata.get("name"), metadata.get("namespace") or "default"
    if not isinstance(name, str) or not name.strip():
        return f"this {kind} has no `metadata.name`."
    if (
        not isinstance(namespace, str)
        or any(sign in name + namespace for sign in ":/{}$ \n")
        or len(name) > LARGEST_NAME
    ):
        return f"`metadata.name` of this {kind} is no name of an entity; it has at most {LARGEST_NAME} letters, digits and -_."
    return Entity(kind, namespace, name, metadata, spec if isinstance(spec, dict) else {}, line, file)
