"""The matcher of this process: the embedder, and for each workspace an index that follows the registry's rows.

Rows are the truth. Each transaction that ranks first brings the index up to the registry's version; nothing is ever put
into an index that is not a committed row (a failed commit makes it forget everything, and it is built again).
"""

import hashlib
import logging
import threading
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nsmallest
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot import metrics
from bot.features.capabilities.taxonomy import shipped
from bot.features.matching import explanation, onnx_folder, ranking, words
from bot.features.matching.concepts import Concepts
from bot.features.matching.embedder import DIMENSIONS, Embedder, EmbedderUnavailableError, Reading
from bot.features.matching.index import PUBLIC, Document, Index, Query
from storage.initiatives import Change
from storage.repository import Viewer
from storage.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

#: Raised when anything that changes scores changes; every stored match carries it.
VERSION: Final = "5"
#: Raised when chatter or words are read in another way: every stored analysis is then made anew.
ANALYSIS: Final = "4"
WORDS_ONLY: Final = "words"
SHIPPED: Final = "shipped"

# Changed rows that are brought in at once.
_TOGETHER: Final = 1024

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Probe:
    """A text made ready to be matched, before any transaction opens. ``vector`` is None when matching on words alone."""

    title: str
    body: str
    text: str
    #: The text's stems, blanks between them.
    stems: str
    vector: Vector | None
    made_from: str
    #: What each word adds to the vector, of a text that is looked for; None where it is only stored.
    reading: Reading | None = None


@dataclass(slots=True)
class _Shelf:
    """One workspace's index and how far it has followed."""

    index: Index
    version: int = 0
    stale: set[int] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)


@lru_cache(maxsize=1)
def _shipped_embedder() -> Embedder:
    """The shipped network, loaded once a process: it keeps nothing of what it read."""
    return Embedder.load()


@lru_cache(maxsize=1)
def _concepts(embedder: Embedder) -> Concepts:
    """What texts lean to, as this network reads the shipped taxonomy."""
    return Concepts.of(shipped(), embedder)


class Matcher:
    """Embeds, indexes and ranks. Safe to use from every database thread."""

    def __init__(self, embedder: Embedder | None) -> None:
        """``embedder`` None: match on words alone."""
        self.embedder = embedder
        self._made_by = f"{embedder.version if embedder else WORDS_ONLY}/{ANALYSIS}"
        self._shelves: dict[str, _Shelf] = {}
        #: What texts lean to, over the shipped taxonomy; shared by every index.
        self._concepts = _concepts(embedder) if embedder is not None else None
        self._dimensions = embedder.dimensions if embedder is not None else DIMENSIONS
        self._lock = threading.Lock()

    @classmethod
    def load(cls, mode: str) -> "Matcher":
        """The matcher of `ROWBOT_EMBEDDER`: the shipped embedder, words alone (also when that cannot run here), or a folder's.

        Raises:
            Misconfigured: the folder is not there, or holds no network that can be used; says what is missing.
        """
        if mode == WORDS_ONLY:
            return cls(None)
        if mode != SHIPPED:
            return cls(onnx_folder.load(Path(mode).expanduser()))
        try:
            return cls(_shipped_embedder())
        except EmbedderUnavailableError as fault:
            log.warning("Matching on words alone: %s", fault)
            return cls(None)

    @property
    def version(self) -> str:
        """What made a score: the ranking and the embedder."""
        return f"{VERSION}/{self.embedder.version if self.embedder else WORDS_ONLY}"

    def made_from(self, title: str, summary: str) -> str:
        """What the analysis of this text is stored under; another value means that it is stale."""
        digest = hashlib.blake2b(f"{title}\n{summary}".encode(), digest_size=12).hexdigest()
        return f"{self._made_by}/{digest}"

    def probe(self, title: str, summary: str) -> Probe:
        """Make a text ready. Takes milliseconds of CPU: call it in a worker thread, before the transaction."""
        if self.embedder is None:
            return self.probes([(title, summary)])[0]
        wording = ranking.wording(title, summary)
        if not self.embedder.can_read(wording):
            return self.probes([(title, summary)])[0]
        reading = self.embedder.read(wording)
        stems = " ".join(words.stems(wording))
        return Probe(title, summary, wording, stems, reading.vector, self.made_from(title, summary), reading)

    def probes(self, texts: Sequence[tuple[str, str]]) -> list[Probe]:
        """As :meth:`probe`, for many (title, summary) to be stored."""
        wordings = [ranking.wording(title, summary) for title, summary in texts]
        vectors: list[Vector | None] = [None] * len(texts)
        if self.embedder is not None and (
            places := [at for at, text in enumerate(wordings) if self.embedder.can_read(text)]
        ):
            found = self.embedder.embed([wordings[at] for at in places])
            for at, vector in zip(places, found, strict=True):
                vectors[at] = vector
        return [
            Probe(title, summary, wording, " ".join(words.stems(wording)), vector, self.made_from(title, summary))
            for (title, summary), wording, vector in zip(texts, wordings, vectors, strict=True)
        ]

    def closest(self, mine: tuple[str, str], theirs: tuple[str, str]) -> tuple[str, str] | None:
        """The sentences of two (title, summary) that say nearly the same in other words; None where the network reads neither. Takes milliseconds of CPU."""
        if self.embedder is None or not all(self.embedder.can_read("\n".join(side)) for side in (mine, theirs)):
            return None
        return explanation.closest(explanation.Side(*mine), explanation.Side(*theirs), self.embedder.embed)

    def catch_up(self, uow: UnitOfWork) -> Index:
        """The workspace's index, holding every row that this transaction sees."""
        shelf = self._shelf(uow.workspace_id)
        with shelf.lock:
            before = shelf.version
            shelf.index.put(self._followed(uow, shelf))
            if shelf.version != before:
                shelves = list(self._shelves.values())  # other threads add to them meanwhile
                metrics.INDEX_WAITING.set(sum(len(each.stale) for each in shelves))
                metrics.INDEX_ENTRIES.set(sum(len(each.index) for each in shelves))
            return shelf.index

    def index_of(self, workspace_id: str) -> Index:
        """The workspace's index as far as it has followed."""
        return self._shelf(workspace_id).index

    def rank(self, uow: UnitOfWork, probe: Probe, *, capabilities: Collection[str], audiences: frozenset[str], exclude: Collection[int],
             threshold: float | None, limit: int) -> list[ranking.Match]:  # fmt: skip
        """The best entries of these audiences, at or above a probability. Call :meth:`catch_up` first."""
        return ranking.rank(
            self._shelf(uow.workspace_id).index,
            _query(probe, capabilities),
            audiences=audiences,
            exclude=exclude,
            threshold=threshold,
            limit=limit,
        )

    def listed(
        self, uow: UnitOfWork, probe: Probe, *, capabilities: Collection[str], viewer: Viewer, limit: int
    ) -> list[ranking.Match]:
        """What this viewer finds who looks for a text, related work too. Call :meth:`catch_up` first."""
        return ranking.listed(
            self._shelf(uow.workspace_id).index,
            _query(probe, capabilities),
            audiences=_audiences(viewer),
            limit=limit,
        )

    def stale(self, workspace_id: str, *, limit: int) -> list[int]:
        """Initiatives whose stored analysis is not of their text by this embedder."""
        shelf = self._shelf(workspace_id)
        with shelf.lock:
            return nsmallest(limit, shelf.stale)

    def still_stale(self, workspace_id: str, ids: Collection[int]) -> set[int]:
        """Those of these whose stored analysis is still not of their text."""
        shelf = self._shelf(workspace_id)
        with shelf.lock:
            return shelf.stale.intersection(ids)

    def waiting(self, workspace_id: str) -> tuple[int, int]:
        """How many initiatives are found by their words alone until they are read again, and how many there are."""
        shelf = self._shelf(workspace_id)
        with shelf.lock:
            return len(shelf.stale), len(shelf.index)

    def flush(self) -> None:
        """Let the full-text engines commit what is fresh. Tens of milliseconds: call it beside requests."""
        for shelf in list(self._shelves.values()):
            shelf.index.flush()

    def forget(self) -> None:
        """Drop every index: a commit failed, and rows that were read inside it may not exist."""
        with self._lock:
            self._shelves.clear()

    def _shelf(self, workspace_id: str) -> _Shelf:
        with self._lock:
            return self._shelves.setdefault(workspace_id, _Shelf(Index(self._concepts, dimensions=self._dimensions)))

    def _followed(self, uow: UnitOfWork, shelf: _Shelf) -> Iterator[Document]:
        """What changed since the shelf's version, a few at a time; only who takes all of it has followed."""
        reached = shelf.version
        changes = uow.machine.initiatives.changed_since(reached)
        while some := list(islice(changes, _TOGETHER)):
            gone = [change.id for change in some if change.withdrawn]
            shelf.index.remove(gone)
            shelf.stale.difference_update(gone)
            yield from self._documents(shelf, [change for change in some if not change.withdrawn])
            reached = some[-1].version
        shelf.version = reached

    def _documents(self, shelf: _Shelf, changes: Sequence[Change]) -> Iterator[Document]:
        """Changed rows as the index takes them. Whose analysis is not ours is stale: found by its words alone until it is read again.

        Stems are the same whatever the embedder is: on words alone every analysis of the present text will do.
        """
        wanted = [self.made_from(change.title, change.summary) for change in changes]
        ours = [change.made_from == made for change, made in zip(changes, wanted, strict=True)]
        embedded = [change for change, is_ours in zip(changes, ours, strict=True) if is_ours and change.vector]
        rows = unpack([change.vector for change in embedded], self._dimensions)
        vectors = {change.id: row for change, row in zip(embedded, rows, strict=True)}
        for change, made, is_ours in zip(changes, wanted, ours, strict=True):
            is_read = is_ours or change.made_from.partition("/")[2] == made.partition("/")[2]
            if is_ours or (is_read and self.embedder is None):
                shelf.stale.discard(change.id)
            else:
                shelf.stale.add(change.id)
            yield Document(
                change.id,
                "" if is_read else ranking.wording(change.title, change.summary),
                vectors.get(change.id),
                change.audience or PUBLIC,
                change.capabilities,
                stems=change.stems if is_read else None,
            )


def _query(probe: Probe, capabilities: Collection[str]) -> Query:
    return Query(probe.text, probe.vector, frozenset(capabilities), probe.reading)


def _audiences(viewer: Viewer) -> frozenset[str] | None:
    return None if viewer.audiences is None else viewer.audiences | {PUBLIC}


def pack(vector: Vector) -> bytes:
    """A vector as it is stored: half precision, which moves a cosine by less than 0.001."""
    return vector.astype(np.float16).tobytes()


def unpack(stored: Sequence[bytes], dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """Stored vectors, of unit length again, a row each."""
    rows = np.frombuffer(b"".join(stored), np.float16).reshape(-1, dimensions).astype(np.float32)
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return rows
