"""One workspace's searchable memory: words and vectors of every entry, held in this process and rebuilt from rows at start."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np
import tantivy

from bot.features.matching import order, words
from bot.features.matching.allocator import give_back
from bot.features.matching.embedder import DIMENSIONS
from bot.features.matching.lexicon import Lexicon
from bot.features.matching.places import Places
from bot.features.matching.vectors import Vectors

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from bot.features.matching.concepts import Concepts
    from bot.features.matching.embedder import Reading

PUBLIC: Final = ""
"""The audience of what everybody in the workspace may see."""

_BLOCK: Final = 4096
# Entries waiting for the next commit of the full-text part; each costs a search about four microseconds until then.
_MOST_FRESH: Final = 512
# Entries that are put under one lock.
_TOGETHER: Final = 1024
# Entries that one commit takes while many are read in.
_MOST_WAITING: Final = 10_000
# From so many on it is worth it to give back what bringing them in took.
_MANY: Final = 5_000
_PROPOSED: Final = 128
# Bytes that the full-text engine may fill before it makes a segment: more than what waits for one commit needs.
_HEAP: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Document:
    """An entry as matching sees it. `text` is its title and body without chatter (`ranking.wording`).

    `vector` is (384,) float32 of unit length, or None while nobody has embedded the text.
    `audience` is "" for what the whole workspace may see, else the id of the private channel whose members alone may.
    """

    id: int
    text: str
    vector: NDArray[np.float32] | None
    audience: str = PUBLIC
    capabilities: frozenset[str] = frozenset()
    """Keys of the taxonomy, recognised or chosen by people."""
    stems: str | None = None
    """The text's stems (`words.stems`) where somebody kept them, blanks between them; None: they are made from the text."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: the text's words, its vector unless the bot runs on words alone, and its capabilities.

    Capabilities are None for a bare text, of which nobody tried to recognise them; empty means that none was recognised.
    With a reading, the words of the text are weighed by their rarity among the entries, for the order of the hits alone.
    """

    text: str
    vector: NDArray[np.float32] | None
    capabilities: frozenset[str] | None = None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found, with what its score is made of.

    `cosine` is -1..1, None if either side has no vector; `telling` is the same with the query's words weighed by their rarity. `bm25` is unbounded; `share` is bm25 divided by the best bm25
    among the entries that this audience may see (0..1). `overlap` is 0..1: how much of the shorter text's weight of words stands in both.
    `visible` is how many entries this audience may see, excluded ones left out.
    """

    id: int
    cosine: float | None
    telling: float | None
    bm25: float
    share: float
    overlap: float
    shared: frozenset[str]
    """Capabilities of both."""
    agreement: float | None
    """1 for the same capabilities, 0 for none in common (shared / the geometric mean of both counts); None if either side has none."""
    kinship: float | None
    """0..1: how far both lean towards the same capabilities and subjects, named or not; None without vectors or concepts."""
    leaning: str | None
    """The capability that both lean towards most, by key, if it makes up a good part of the kinship."""
    visible: int


@dataclass(frozen=True, slots=True)
class Memory:
    """What the index occupies, in bytes: vectors by their blocks, words by their packed numbers and the vocabulary."""

    vectors: int
    words: int

    @property
    def total(self) -> int:
        """Bytes in all, without the full-text engine's own (about as much as `words`)."""
        return self.vectors + self.words


class Index:
    """Entries of one workspace. Every method may be called from any thread; a search sees all writes that returned before it.

    The full-text engine only proposes candidates; they are scored here, by one formula for entries that it has committed and for fresh
    ones alike. So a new entry is found at once, and a replaced or removed one never appears in its old form.
    """

    def __init__(self, concepts: Concepts | None = None, *, dimensions: int = DIMENSIONS) -> None:
        """An empty index for vectors of so many numbers. Without concepts no kinship is computed."""
        self._dimensions = dimensions
        self._concepts = concepts
        self._lock = threading.Lock()  # guards every attribute below
        self._commit_lock = threading.Lock()  # one commit at a time; taken before `_lock`, never inside it
        self._places = Places()
        self._used = 0  # slots, filled or free
        self._words = Lexicon()
        self._capabilities: list[frozenset[str]] = []
        self._known_sets: dict[frozenset[str], frozenset[str]] = {}
        self._vectors = Vectors(dimensions)
        self._ids = np.zeros(_BLOCK, np.int64)  # the entry of each slot
        self._codes = np.full(_BLOCK, -1, np.int32)  # the audience of each slot; -1: nothing there
        self._embedded = np.zeros(_BLOCK, np.bool_)
        self._audiences: dict[str, int] = {PUBLIC: 0}
        self._audience_names = [PUBLIC]
        self._population: Counter[str] = Counter()
        self._free: list[int] = []
        self._fresh: set[int] = set()
        self._waiting: dict[int, str] = {}  # stems by slot
        self._retired: set[int] = set()
        schema = tantivy.SchemaBuilder()
        schema.add_integer_field("slot", indexed=True, fast=True)
        schema.add_text_field("audience", tokenizer_name="raw", index_option="basic")
        schema.add_text_field("words", tokenizer_name="whitespace", index_option="freq")
        self._schema = schema.build()
        self._engine = tantivy.Index(self._schema)
        self._engine.config_reader("manual")
        self._writer: tantivy.IndexWriter | None = None
        self._searcher = self._engine.searcher()

    def __len__(self) -> int:
        with self._lock:
            return len(self._places)

    def __contains__(self, entry: int) -> bool:
        with self._lock:
            return entry in self._places

    def put(self, documents: Iterable[Document]) -> None:
        """Adds entries, or replaces those whose id is known. They are found by the next search."""
        several, count = iter(documents), 0
        # Whoever names an entry twice means the last.
        while some := list({each.id: each for each in islice(several, _TOGETHER)}.values()):
            stems = [" ".join(words.stems(each.text)) if each.stems is None else each.stems for each in some]
            rows = np.zeros((len(some), self._dimensions), np.float32)
            for place, document in enumerate(some):
                if document.vector is not None:
                    rows[place] = document.vector
            with self._lock:
                self._forget(each.id for each in some)
                self._add(some, stems, rows)
                count += len(some)
                crowded = len(self._waiting) >= _MOST_WAITING
            if crowded:
                self.flush()
        if count >= _MANY:
            self.flush()
            self._settle()
        elif len(self._waiting) > _MOST_FRESH:
            self.flush()

    def remove(self, ids: Iterable[int]) -> None:
        """Forgets entries; unknown ids are ignored. The next search does not find them."""
        with self._lock:
            self._forget(ids)

    def flush(self) -> None:
        """Commits what is fresh to the full-text engine: tens of milliseconds, so call it beside the request.

        Nothing depends on it but speed. Searches go on meanwhile.
        """
        with self._commit_lock:
            with self._lock:
                added, self._waiting = self._waiting, {}
                retired, self._retired = self._retired, set()
            if not added and not retired:
                return
            if self._writer is None:
                self._writer = self._engine.writer(heap_size=_HEAP, num_threads=1)
            for slot in retired:
                self._writer.delete_documents_by_term("slot", slot)
            several = iter(added)
            while some := list(islice(several, _TOGETHER)):
                with self._lock:
                    # What was forgotten meanwhile is retired by the next commit: its slot is not in use again before.
                    codes = self._codes[some].tolist()
                for slot, code in zip(some, codes, strict=True):
                    if code >= 0:
                        audience = self._audience_names[code]
                        self._writer.add_document(tantivy.Document(slot=slot, audience=audience, words=added[slot]))
            self._writer.commit()
            self._engine.reload()
            searcher = self._engine.searcher()
            with self._lock:
                self._searcher = searcher
                self._fresh = (
                    self._fresh - added.keys()
                )  # a new set: the old one would keep the room of all it ever held
                self._free.extend(retired)

    def _settle(self) -> None:
        """Ends the full-text engine's writing, and gives back the memory that bringing in many entries took."""
        with self._commit_lock:
            writer, self._writer = self._writer, None
            if writer is not None:
                writer.wait_merging_threads()
            self._engine.reload()
            searcher = self._engine.searcher()
            with self._lock:
                self._searcher = searcher
        give_back()

    def search(
        self,
        query: Query,
        *,
        audiences: frozenset[str] | None,
        exclude: Collection[int] = (),
        limit: int = 20,
        including: Collection[int] = (),
    ) -> list[Hit]:
        """The entries that may be the same work, at most `limit`, in the order of `order.py`.

        Entries of `including` are scored and returned in any case (after the limit), if they may be seen.

        `audiences` are the private channels whose entries may be seen besides the public ones, and must name "" for those;
        None means all, which is only for questions whose answer nobody reads. What may not be seen has no influence on the
        candidates, their shares or their order; only the rarity of a word and the mean length of a text count every entry of the workspace.
        """
        asked = frozenset(words.stems(query.text))
        with self._lock:
            allowed = self._allowed(audiences)
            visible = self._visible(audiences) - sum(self._may_see(entry, allowed) for entry in set(exclude))
            if visible <= 0:
                return []
            left_out = self._filled(exclude)
            wanted = max(_PROPOSED, limit) + len(left_out)
            chosen = self._propose(asked, audiences, wanted) | self._fresh
            chosen |= self._nearest(query.vector, allowed, wanted)
            if query.vector is None and query.capabilities:
                chosen |= self._of_one_kind(query.capabilities, allowed, wanted)
            chosen |= self._filled(including)
            slots = np.array(sorted(chosen - left_out), np.int64)
            slots = slots[allowed[self._codes[slots]]]
            return self._scored(slots, query, asked, visible, limit, frozenset(including)) if len(slots) else []

    def audiences(self) -> frozenset[str]:
        """The audiences that have any entry."""
        with self._lock:
            return frozenset(name for name, count in self._population.items() if count > 0)

    def rarity(self, stem: str) -> float:
        """How telling a stem is among the entries of this workspace: BM25's idf, 0 for what stands everywhere."""
        with self._lock:
            return self._words.rarity(stem)

    def memory(self) -> Memory:
        """Bytes occupied now."""
        with self._lock:
            return Memory(vectors=self._vectors.memory(), words=self._words.memory())

    # Below: everything is called with `_lock` held.

    def _add(self, documents: Sequence[Document], stems: Sequence[str], rows: NDArray[np.float32]) -> None:
        """Puts documents that are new."""
        slots = self._slots(len(documents))
        self._words.put(slots, stems)
        self._vectors.put(slots, rows)
        self._ids[slots] = [document.id for document in documents]
        self._embedded[slots] = [document.vector is not None for document in documents]
        self._codes[slots] = [self._code(document.audience) for document in documents]
        self._population.update(document.audience for document in documents)
        for slot, document in zip(slots, documents, strict=True):
            # Most entries share their capabilities with others: each set is kept once.
            self._capabilities[slot] = self._known_sets.setdefault(document.capabilities, document.capabilities)
            self._places.put(document.id, slot)
        self._fresh.update(slots)
        self._waiting.update(zip(slots, stems, strict=True))

    def _slots(self, count: int) -> list[int]:
        """So many slots to fill: free ones, then the next."""
        free = [self._free.pop() for _ in range(min(count, len(self._free)))]
        begin = self._used
        self._used += count - len(free)
        while self._used > len(self._ids):
            self._ids = np.concatenate([self._ids, np.zeros_like(self._ids)])
            self._codes = np.concatenate([self._codes, np.full_like(self._codes, -1)])
            self._embedded = np.concatenate([self._embedded, np.zeros_like(self._embedded)])
        self._capabilities += [frozenset()] * (self._used - begin)
        return [*free, *range(begin, self._used)]

    def _code(self, audience: str) -> int:
        if audience not in self._audiences:
            self._audiences[audience] = len(self._audience_names)
            self._audience_names.append(audience)
        return self._audiences[audience]

    def _forget(self, entries: Iterable[int]) -> None:
        for entry in entries:
            slot = self._places.pop(entry)
            if slot is None:
                continue
            self._words.clear(slot)
            self._population[self._audience_names[self._codes[slot]]] -= 1
            self._codes[slot] = -1
            self._embedded[slot] = False
            self._fresh.discard(slot)
            if self._waiting.pop(slot, None) is not None:
                self._free.append(slot)
            else:
                # The engine still knows it (or is just learning it): the slot is used again only after its deletion is committed.
                self._retired.add(slot)

    def _allowed(self, audiences: frozenset[str] | None) -> NDArray[np.bool_]:
        """By audience code; the last place is that of empty slots (code -1) and always False."""
        table = np.zeros(len(self._audiences) + 1, np.bool_)
        for name, code in self._audiences.items():
            table[code] = audiences is None or name in audiences
        return table

    def _may_see(self, entry: int, allowed: NDArray[np.bool_]) -> bool:
        slot = self._places.get(entry)
        return slot is not None and bool(allowed[self._codes[slot]])

    def _filled(self, entries: Iterable[int]) -> set[int]:
        """The slots of those entries that are here."""
        return {slot for entry in entries if (slot := self._places.get(entry)) is not None}

    def _visible(self, audiences: frozenset[str] | None) -> int:
        if audiences is None:
            return len(self._places)
        return sum(self._population[name] for name in audiences)

    def _propose(self, asked: frozenset[str], audiences: frozenset[str] | None, limit: int) -> set[int]:
        """The best of the full-text engine among what may be seen."""
        known = [stem for stem in asked if stem in self._words]
        if not known or self._searcher.num_docs == 0:
            return set()
        terms = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self._schema, "words", stem, "freq")) for stem in known
        ]
        question = tantivy.Query.boolean_query(terms)
        if audiences is not None:
            permitted = tantivy.Query.term_set_query(self._schema, "audience", sorted(audiences))
            question = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(permitted, 0.0)),
                    (tantivy.Occur.Must, question),
                ]
            )
        # What was replaced or removed since the last commit is still in there, hence so many more.
        wanted = limit + len(self._retired)
        found = self._searcher.search(question, limit=wanted, count=False).hits
        slots = self._searcher.fast_field_values("slot", [address for _, address in found])
        return {int(slot) for slot in slots if slot is not None and slot not in self._retired}

    def _nearest(self, vector: NDArray[np.float32] | None, allowed: NDArray[np.bool_], limit: int) -> set[int]:
        if vector is None:
            return set()
        reachable = allowed[self._codes[: self._used]] & self._embedded[: self._used]
        return set(self._vectors.nearest(vector, reachable, limit).tolist())

    def _of_one_kind(self, capabilities: frozenset[str], allowed: NDArray[np.bool_], limit: int) -> set[int]:
        """Entries that agree most in their capabilities, the newest first: without vectors nothing else proposes who shares no word."""
        agreed = {each: _agreement(capabilities, each) or 0.0 for each in self._known_sets if capabilities & each}
        found = [
            (agreed[each], slot)
            for slot, each in enumerate(self._capabilities)
            if each in agreed and allowed[self._codes[slot]]
        ]
        return {slot for _, slot in nlargest(limit, found)}

    def _scored(
        self,
        slots: NDArray[np.int64],
        query: Query,
        asked: frozenset[str],
        visible: int,
        limit: int,
        including: frozenset[int],
    ) -> list[Hit]:
        """Hits of those slots, best first: so many, and after them those of `including`."""
        said = self._words.scores(asked, slots.tolist())
        shares = said.bm25 / (said.bm25.max() or 1)
        ids, rows = self._ids[slots], self._vectors.rows(slots)
        weighed = query.vector if query.reading is None else query.reading.weighed(self._weight)
        # A slot without a vector has a row of zeros.
        cosines, tellings = (
            np.zeros(len(slots), np.float32) if vector is None else rows @ vector for vector in (query.vector, weighed)
        )
        kinships = self._kinships(slots, rows, query)
        leant = np.array([kinship or 0 for kinship, _ in kinships], np.float32)
        likenesses = order.likeness(tellings, shares, leant)
        samenesses = order.sameness(tellings, leant, shares, said.overlap, said.rarest, telling=said.telling)
        places = _ordered(likenesses, samenesses, ids, rows)
        places = np.concatenate([places[:limit], [place for place in places[limit:] if int(ids[place]) in including]])
        known = self._embedded[slots] & (query.vector is not None)
        hits = []
        for place in places.astype(np.int64).tolist():
            capabilities = self._capabilities[slots[place]]
            kinship, leaning = kinships[place]
            hits.append(
                Hit(
                    id=int(ids[place]),
                    cosine=float(cosines[place]) if known[place] else None,
                    telling=float(tellings[place]) if known[place] else None,
                    bm25=float(said.bm25[place]),
                    share=float(shares[place]),
                    overlap=float(said.overlap[place]),
                    shared=(query.capabilities or frozenset()) & capabilities,
                    agreement=_agreement(query.capabilities, capabilities),
                    kinship=kinship,
                    leaning=leaning,
                    visible=visible,
                )
            )
        return hits

    def _weight(self, word: str) -> float:
        """What a word of a query counts in its vector: the rarity of its rarest stem."""
        found = [self._words.rarity(stem) for stem in words.stems(word)]
        return max(found) if found else order.GRAMMAR * self._words.rarity("")

    def _kinships(
        self, slots: NDArray[np.int64], rows: NDArray[np.float32], query: Query
    ) -> list[tuple[float | None, str | None]]:
        """Kinship and common leaning of each slot, unknown without a vector; `rows` are the slots' vectors."""
        found: list[tuple[float | None, str | None]] = [(None, None)] * len(slots)
        known = np.flatnonzero(self._embedded[slots])
        if query.vector is not None and self._concepts is not None and len(known):
            mine = self._concepts.spread(query.vector[None], [query.capabilities or ()])
            theirs = self._concepts.spread(rows[known], [self._capabilities[slot] for slot in slots[known]])
            for place, kinship in zip(known.tolist(), self._concepts.kinships(mine[0], theirs), strict=True):
                found[place] = kinship
        return found


def _ordered(
    likenesses: NDArray[np.float32], samenesses: NDArray[np.float32], ids: NDArray[np.int64], rows: NDArray[np.float32]
) -> NDArray[np.int64]:
    """The places of entries, best first; `rows` are their vectors, zeros for those without one."""
    places = np.lexsort((ids, -likenesses))
    first, rest = places[: order.REORDERED], places[order.REORDERED :]
    scores = order.with_company(samenesses[first], likenesses[first], rows[first])
    return np.concatenate([first[np.lexsort((ids[first], -scores))], rest])


def _agreement(mine: frozenset[str] | None, theirs: frozenset[str]) -> float | None:
    if not mine or not theirs:
        return None
    return float(len(mine & theirs) / (len(mine) * len(theirs)) ** 0.5)
