"""Which capability a text speaks of: the shipped list in `taxonomy.yml`, a workspace's own beside it, and how both are recognised."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import Stemmer
import yaml

from bot.yaml_files import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHIPPED: Final = Path(__file__).with_name("taxonomy.yml")

TITLE_WEIGHT: Final = 2.0
"""A capability named in the title counts as much as one named twice in the text."""

_GAP: Final = "..."
_EXACTLY: Final = "="
_WIDEST_GAP: Final = 4
_TELLING_STEM: Final = 6
_WORD: Final = re.compile(r"[^\W_]+|\.\.\.")
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_BREAK: Final = re.compile(r"[.!?;](?=\s|$)|\n|(?<=\s)[-–—•](?=\s)")
_local = threading.local()


@dataclass(frozen=True, slots=True)
class Capability:
    """What work provides. `key` identifies it in rows and files, `name` is what people read."""

    key: str
    name: str
    description: str = ""
    synonyms: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Phrase:
    stems: tuple[str, ...]
    key: str
    proves: bool
    written: tuple[str, ...]
    exact: bool

    def accepts(self, found: list[str]) -> bool:
        """Whether the words that were found, not only their stems, are those of the phrase.

        A single short word has no neighbour to say what it means, so only its plural may differ: "fair" is not "fairness".
        """
        if self.exact:
            return tuple(found) == self.written
        if len(self.written) > 1 or len(self.stems[0]) >= _TELLING_STEM:
            return True
        return _singular(found[0]) == _singular(self.written[0])


class Taxonomy:
    """A set of capabilities, compiled for recognition. Immutable, so every thread may use it."""

    def __init__(self, capabilities: Iterable[Capability]) -> None:
        self._by_key = {capability.key: capability for capability in capabilities}
        self._by_name: dict[str, str] = {}
        self._starting: dict[str, list[_Phrase]] = defaultdict(list)
        for capability in self._by_key.values():
            self._by_name.setdefault(_fold(capability.key), capability.key)
            for phrase in (capability.name, *capability.synonyms, *capability.tools):
                self._by_name.setdefault(_fold(phrase), capability.key)
                self._compile(phrase, capability.key, proves=True)
            for phrase in capability.hints:
                self._compile(phrase, capability.key, proves=False)
        for phrases in self._starting.values():
            # What proves comes before hints, the longest first: "online feature store" is not counted as "feature store" too.
            phrases.sort(key=lambda phrase: (not phrase.proves, _GAP in phrase.stems, -len(phrase.stems)))

    def __iter__(self) -> Iterator[Capability]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def by_key(self, key: str) -> Capability | None:
        """The capability of that key, if there is one."""
        return self._by_key.get(key)

    def by_name(self, name: str) -> Capability | None:
        """The capability that somebody means by a key, name, synonym or tool, whatever its case, accents and hyphens."""
        folded = _fold(name)
        key = self._by_name.get(folded)
        if key is None and folded:
            # "monitoring" for model monitoring: the last words of exactly one capability's name.
            ending = [each.key for each in self._by_key.values() if _fold(each.name).endswith(f" {folded}")]
            key = ending[0] if len(ending) == 1 else None
        return None if key is None else self._by_key[key]

    def extended(self, capabilities: Iterable[Capability]) -> Taxonomy:
        """This taxonomy with a workspace's own capabilities; one with a known key adds its words to the shipped entry."""
        merged = dict(self._by_key)
        for added in capabilities:
            known = merged.get(added.key)
            if known is None:
                merged[added.key] = added
                continue
            merged[added.key] = replace(
                known,
                name=added.name or known.name,
                description=added.description or known.description,
                synonyms=(*known.synonyms, known.name, *added.synonyms),
                hints=(*known.hints, *added.hints),
                tools=(*known.tools, *added.tools),
            )
        return Taxonomy(merged.values())

    def recognise(self, text: str, *, title: str = "", most: int = 3) -> list[Capability]:
        """The capabilities a text speaks of, best first, at most `most`; none rather than a guess. About 0.1 ms.

        A name, synonym or tool is enough. Hints are asked only where nothing was proved, and two different ones are needed. What
        stands in the title counts double, and a capability far weaker than the best is dropped: mentioned, not provided.
        """
        proved: dict[str, float] = defaultdict(float)
        hinted: dict[str, dict[tuple[str, ...], float]] = defaultdict(dict)
        order: dict[str, int] = {}
        for place, weight in ((title, TITLE_WEIGHT), (text, 1.0)):
            for phrase in self._found(place):
                order.setdefault(phrase.key, len(order))
                if phrase.proves:
                    proved[phrase.key] += weight
                else:
                    hinted[phrase.key].setdefault(phrase.stems, weight / 2)
        if proved:
            scores = {key: score + sum(hinted[key].values()) for key, score in proved.items()}
        else:
            scores = {key: sum(found.values()) for key, found in hinted.items() if len(found) > 1}
        best = max(scores.values(), default=0.0)
        kept = sorted((key for key in scores if scores[key] * 3 > best), key=lambda key: (-scores[key], order[key]))
        return [self._by_key[key] for key in kept[:most]]

    def _compile(self, phrase: str, key: str, *, proves: bool) -> None:
        words = _words(phrase)
        stems = tuple(_stem(word) for word in words)
        if stems and stems[0] != _GAP:
            found = _Phrase(stems, key, proves, tuple(words), exact=phrase.startswith(_EXACTLY))
            self._starting[stems[0]].append(found)

    def _found(self, text: str) -> Iterator[_Phrase]:
        """Phrases from left to right, sentence by sentence; a word that a longer phrase of any capability used is not used again."""
        for sentence in _BREAK.split(text):
            words = _words(sentence)
            stems = [_stem(word) for word in words]
            position = 0
            while position < len(stems):
                taken = 1
                for phrase in self._starting.get(stems[position], ()):
                    end = _match(phrase.stems, stems, position)
                    if end and phrase.accepts(words[position:end]):
                        yield phrase
                        # Behind a gap the words stay free: only what stands side by side is used up.
                        taken = len(phrase.stems) if _GAP not in phrase.stems else 1
                        break
                position += taken


def _match(phrase: tuple[str, ...], stems: list[str], start: int) -> int:
    """The place behind the phrase if it stands at `start`, else 0."""
    place = start
    reach = 0
    for stem in phrase:
        if stem == _GAP:
            reach = _WIDEST_GAP
            continue
        window = stems[place : place + reach + 1]
        if stem not in window:
            return 0
        place += window.index(stem) + 1
        reach = 0
    return place


def read_taxonomy(text: str, *, source: str = "taxonomy") -> list[Capability]:
    """The capabilities of a YAML text. Raises ValueError with a sentence that names the source and the entry at fault."""
    try:
        rows = read_yaml(text)
    except yaml.YAMLError as error:
        raise ValueError(f"{source} is not readable YAML: {error}") from error
    if not isinstance(rows, list):
        raise ValueError(f"{source} must be a list of capabilities, each with `key` and `name`.")
    found: dict[str, Capability] = {}
    for number, row in enumerate(rows, 1):
        capability = _capability(row, f"{source}, entry {number}")
        if capability.key in found:
            raise ValueError(f"{source}, entry {number}: the key {capability.key} is used twice.")
        found[capability.key] = capability
    return list(found.values())


@lru_cache(maxsize=1)
def shipped() -> Taxonomy:
    """The taxonomy that comes with Rowbot, read once."""
    return Taxonomy(read_taxonomy(SHIPPED.read_text(encoding="utf-8"), source=SHIPPED.name))


def _capability(row: object, where: str) -> Capability:
    if not isinstance(row, dict) or not all(
        isinstance(row.get(field), str) and row[field] for field in ("key", "name")
    ):
        raise ValueError(f"{where} needs a `key` and a `name`.")
    unknown = set(row) - {"key", "name", "description", "synonyms", "hints", "tools"}
    if unknown:
        raise ValueError(
            f"{where} ({row['key']}): {', '.join(sorted(map(str, unknown)))} is not a field of a capability."
        )
    lists = {field: row.get(field) or [] for field in ("synonyms", "hints", "tools")}
    for field, value in lists.items():
        if not isinstance(value, list) or not all(isinstance(phrase, str) for phrase in value):
            raise ValueError(f"{where} ({row['key']}): `{field}` must be a list of phrases.")
    return Capability(
        key=row["key"],
        name=row["name"],
        description=row.get("description") or "",
        synonyms=tuple(lists["synonyms"]),
        hints=tuple(lists["hints"]),
        tools=tuple(lists["tools"]),
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(_HUMP.sub(" ", _plain(text)))


def _singular(word: str) -> str:
    return word.lower().removesuffix("s")


def _stem(word: str) -> str:
    # A stemmer of the library must not be shared between threads.
    stemmer = getattr(_local, "stemmer", None)
    if stemmer is None:
        stemmer = _local.stemmer = Stemmer.Stemmer("english", 50_000)
    stem: str = stemmer.stemWord(word.lower())
    return _SPELLING.get(stem, stem)


# British and American forms that the stemmer keeps apart.
_SPELLING: Final = {
    "catalogu": "catalog",
    "neighbour": "neighbor",
    "optimis": "optim",
    "optimiz": "optim",
    "behaviour": "behavior",
    "labell": "label",
    "artefact": "artifact",
    "anonymis": "anonym",
    "anonymiz": "anonym",
    "productionis": "production",
    "productioniz": "production",
}


def _plain(text: str) -> str:
    if text.isascii():
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def _fold(name: str) -> str:
    return " ".join(_stem(word) for word in _words(name) if word != _GAP)
