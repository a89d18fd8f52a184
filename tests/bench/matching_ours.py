# ruff: noqa: T201, F821 - it answers on its output; what a lambda no longer needs is deleted to free its memory
"""How fast the matcher is at one size, and what it occupies: `matching_ours.py TEXTS QUERIES ROUNDS`, in a fresh process for each size.

The vectors of the entries are random, which changes no time; the queries' are the embedder's.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.features.capabilities import taxonomy
from bot.features.matching import explanation, ranking, vectors, words
from bot.features.matching.concepts import Concepts
from bot.features.matching.embedder import DIMENSIONS, Embedder
from bot.features.matching.index import PUBLIC, Document, Index, Query
from bot.features.matching.matcher import unpack
from tests.bench.matching_peers import LIMIT, times

EVERYBODY: Final = frozenset({PUBLIC})
_AT_ONCE: Final = 50_000
_TOGETHER: Final = 1024
_COPIED: Final = 256_000_000


def main(texts: Sequence[str], said: Sequence[str], rounds: int) -> dict[str, object]:
    """Every figure of one size: pairs are milliseconds by the clock on the wall and of the processor."""
    embedder = Embedder.load()
    concepts = Concepts.of(taxonomy.shipped(), embedder)
    capabilities = [frozenset(found.key for found in taxonomy.shipped().recognise(text)) for text in said]
    queries = [asked(*each, embedder) for each in zip(said, capabilities, strict=True)]
    stems = [" ".join(words.stems(text)) for text in texts]
    rows = halves(len(texts))
    gc.collect()
    before = resident()
    begun, used = time.perf_counter(), time.process_time()
    index = Index(concepts)
    index.put(stored(stems, rows))
    index.flush()
    ready = time.perf_counter() - begun, time.process_time() - used
    gc.collect()
    occupied = resident() - before
    count = len(said)
    figures: dict[str, object] = {
        "ready": ready,
        "resident": occupied,
        "vectors": index.memory().vectors,
        "words": index.memory().words,
        "whole": times(lambda i: whole(index, said[i % count], capabilities[i % count], embedder), rounds),
        "rank": times(lambda i: ranking.rank(index, queries[i % count], audiences=EVERYBODY), rounds),
        "put one and rank": times(lambda i: put_and_find(index, len(texts) + i, queries[i % count]), rounds),
        "explain three": times(lambda i: explain(index, texts, queries[i % count], embedder), rounds),
    }
    del index
    kept = vectors.Vectors(DIMENSIONS)
    for start in range(0, len(rows), _AT_ONCE):
        part = rows[start : start + _AT_ONCE]
        kept.put(range(start, start + len(part)), part.astype(np.float32))
    reachable = np.ones(len(rows), np.bool_)
    looked_for = [query.vector for query in queries if query.vector is not None]
    figures["nearest"] = times(lambda i: kept.nearest(looked_for[i % count], reachable, 128), rounds)
    del kept
    exact = rows.astype(np.float32)
    figures["numpy scan"] = times(lambda i: scan(exact, looked_for[i % count]), rounds)
    figures["numpy embed and scan"] = times(lambda i: scan(exact, embedder.embed([said[i % count]])[0]), rounds)
    del exact
    return figures | {"must read": must_read(len(rows)), "copied a second": bandwidth()}


def asked(text: str, capabilities: frozenset[str], embedder: Embedder) -> Query:
    """A query as the bot makes it."""
    reading = embedder.read(text)
    return Query(text, reading.vector, capabilities, reading)


def whole(index: Index, text: str, capabilities: frozenset[str], embedder: Embedder) -> list[ranking.Match]:
    """From an announcement to its ranked answer."""
    return ranking.rank(index, asked(text, capabilities, embedder), audiences=EVERYBODY)


def put_and_find(index: Index, number: int, query: Query) -> None:
    """A fresh entry, and the search that must already find it."""
    index.put([Document(number, query.text, query.vector)])
    found = ranking.rank(index, query, audiences=EVERYBODY, exclude=range(number - 200, number), threshold=0)
    if all(match.id != number for match in found):
        raise SystemExit("A fresh entry was not found: the figures mean nothing.")
    index.remove([number])


def explain(index: Index, texts: Sequence[str], query: Query, embedder: Embedder) -> object:
    """Reasons for the first three."""
    hits = [hit for hit in index.search(query, audiences=EVERYBODY, limit=3) if hit.id < len(texts)]
    sides = [(explanation.Side("", texts[hit.id]), hit) for hit in hits]
    return explanation.explain_all(explanation.Side("", query.text), sides, rarity=index.rarity, embed=embedder.embed)


def halves(count: int) -> NDArray[np.float16]:
    """Vectors as they are stored."""
    chance = np.random.default_rng(0)
    found = np.empty((count, DIMENSIONS), np.float16)
    for start in range(0, count, _AT_ONCE):
        part = chance.standard_normal((min(_AT_ONCE, count - start), DIMENSIONS), np.float32)
        found[start : start + len(part)] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return found


def stored(stems: Sequence[str], rows: NDArray[np.float16]) -> Iterator[Document]:
    """Entries as they are made of the rows of the database when the bot starts."""
    for start in range(0, len(stems), _TOGETHER):
        packed = [row.tobytes() for row in rows[start : start + _TOGETHER]]
        for number, vector in enumerate(unpack(packed), start):
            yield Document(number, "", vector, stems=stems[number])


def scan(rows: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.int64]:
    """The exact nearest, best first."""
    cosines = rows @ vector
    best = np.argpartition(cosines, -LIMIT)[-LIMIT:]
    found: NDArray[np.int64] = best[np.argsort(-cosines[best])]
    return found


def must_read(entries: int) -> int:
    """Bytes of vectors that a search cannot do without: signs and the bytes of the shortlist, or every byte below that size."""
    if entries <= vectors.SHORTLIST_FROM:
        return entries * DIMENSIONS
    return entries * DIMENSIONS // 8 + vectors.SHORTLIST * DIMENSIONS


def bandwidth() -> float:
    """Bytes a second that one thread reads and writes: the best of nine copies of more than any cache holds."""
    source = np.ones(_COPIED, np.uint8)
    target = np.empty_like(source)
    best = 0.0
    for _ in range(9):
        begun = time.perf_counter()
        np.copyto(target, source)
        best = max(best, 2 * _COPIED / (time.perf_counter() - begun))
    return best


def resident() -> float:
    """Bytes of memory that this process occupies; nan where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return float("nan")


if __name__ == "__main__":
    lines, queries = (Path(path).read_text().splitlines() for path in sys.argv[1:3])
    print(json.dumps(main(lines, queries, int(sys.argv[3]))))
