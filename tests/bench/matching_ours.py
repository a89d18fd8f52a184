# ruff: noqa: T201, F821 - it answers on its output; what a lambda no longer needs is deleted to free its memory
"""How fast the matcher is at one size, and what it occupies: `matching_ours.py FOLDER ROUNDS`, in a fresh process for each size.

The folder has what `bench_matching.py` put there: `registry.db`, its `texts`, the `queries`, and `vectors.npy` of which the entries' were mixed.
"""

import gc
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.features.capabilities import taxonomy
from bot.features.matching import explanation, ranking, vectors
from bot.features.matching.embedder import DIMENSIONS, Embedder
from bot.features.matching.index import PUBLIC, Document, Index, Query
from bot.features.matching.matcher import Matcher
from storage.database import Database
from tests.bench.matching_peers import LIMIT, times
from tests.bench.matching_registry import WORKSPACE, mixed

EVERYBODY: Final = frozenset({PUBLIC})
#: Nearest vectors of a search.
PROPOSED: Final = 128
#: Queries by which the shortlist is judged.
_JUDGED: Final = 40
_COPIED: Final = 256_000_000


def main(folder: Path, rounds: int) -> dict[str, object]:
    """Every figure of one size: pairs are milliseconds by the clock on the wall and of the processor, seconds for what makes ready."""
    said = (folder / "queries").read_text().splitlines()
    embedder = Embedder.load()
    matcher = Matcher(embedder)
    capabilities = [frozenset(found.key for found in taxonomy.shipped().recognise(text)) for text in said]
    queries = [asked(*each, embedder) for each in zip(said, capabilities, strict=True)]
    db = Database(f"sqlite:///{folder / 'registry.db'}")
    gc.collect()
    before = forget_peak()
    begun, used = time.perf_counter(), time.process_time()
    index = db.read_now(WORKSPACE, matcher.catch_up)
    ready = time.perf_counter() - begun, time.process_time() - used
    gc.collect()
    figures: dict[str, object] = {
        "ready": ready,
        "resident": resident() - before,
        "peak": peak() - before,
        "vectors": index.memory().vectors,
        "words": index.memory().words,
    }
    begun, used = time.perf_counter(), time.process_time()
    count = db.read_now(WORKSPACE, lambda uow: sum(1 for _ in uow.initiatives.changed_since(0)))
    figures["read"] = time.perf_counter() - begun, time.process_time() - used
    db.close()
    if count != len(index):
        raise SystemExit("Not every row is in the index: the figures mean nothing.")
    texts = (folder / "texts").read_text().splitlines()
    turns = len(said)
    looked_for = [query.vector for query in queries if query.vector is not None]
    reachable = np.ones(count, np.bool_)
    kept: vectors.Vectors = index._vectors
    figures |= {
        "whole": times(lambda i: whole(index, said[i % turns], capabilities[i % turns], embedder), rounds),
        "rank": times(lambda i: ranking.rank(index, queries[i % turns], audiences=EVERYBODY), rounds),
        "nearest": times(lambda i: kept.nearest(looked_for[i % turns], reachable, PROPOSED), rounds),
        "explain three": times(lambda i: explain(index, texts, queries[i % turns], embedder), rounds),
    }
    del texts
    exact = np.empty((count, DIMENSIONS), np.float32)
    filled = 0
    for rows in mixed(np.load(folder / "vectors.npy"), count):
        exact[filled : filled + len(rows)] = rows
        filled += len(rows)
    figures["kept"] = judged(kept, exact, reachable)
    figures["numpy scan"] = times(lambda i: scan(exact, looked_for[i % turns]), rounds)
    figures["numpy embed and scan"] = times(lambda i: scan(exact, embedder.embed([said[i % turns]])[0]), rounds)
    del exact
    figures["put one and rank"] = times(lambda i: put_and_find(index, count + 1 + i, queries[i % turns]), rounds)
    return figures | {"must read": must_read(count), "copied a second": bandwidth()}


def judged(kept: vectors.Vectors, exact: NDArray[np.float32], reachable: NDArray[np.bool_]) -> tuple[float, float]:
    """Of the true best ten and the true best hundred and twenty-eight, the part that is proposed; slots are filled in the order of rows."""
    tens, all_ = 0, 0
    asked = exact[:: max(1, len(exact) // _JUDGED)][:_JUDGED]
    for vector in asked:
        proposed = kept.nearest(vector, reachable, PROPOSED)
        best = np.argsort(-(exact @ vector), kind="stable")[:PROPOSED]
        tens += len(np.intersect1d(best[:10], proposed))
        all_ += len(np.intersect1d(best, proposed))
    return tens / len(asked) / 10, all_ / len(asked) / PROPOSED


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
    hits = [hit for hit in index.search(query, audiences=EVERYBODY, limit=3) if hit.id <= len(texts)]
    sides = [(explanation.Side("", texts[hit.id - 1]), hit) for hit in hits]
    return explanation.explain_all(explanation.Side("", query.text), sides, rarity=index.rarity, embed=embedder.embed)


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


def forget_peak() -> float:
    """Begins to measure the peak anew, where the system lets it; bytes occupied now."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return float("nan")
    return resident()


def peak() -> float:
    """Bytes occupied at most since `forget_peak`; nan where the system does not say."""
    try:
        status = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return float("nan")
    return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM")), float("nan"))


def resident() -> float:
    """Bytes of memory that this process occupies; nan where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return float("nan")


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]))))
