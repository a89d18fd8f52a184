# ruff: noqa: T201, S311 - a benchmark prints, and its chance is no secret
"""How fast the matcher is, beside rapidfuzz and SQLite's FTS5 in the same run: `python tests/bench/bench_matching.py`.

Registries are made of sentences about machine-learning work; their vectors are random (only the embedder's own rows are real), which
changes no time. Everything runs in one thread. Takes about two minutes.
"""

import os
import random
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: a second thread waits for its turn on a busy machine
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from rapidfuzz import fuzz, process, utils

from bot.features.capabilities import taxonomy
from bot.features.matching import explanation, ranking, words
from bot.features.matching.concepts import Concepts
from bot.features.matching.embedder import DIMENSIONS, Embedder
from bot.features.matching.index import PUBLIC, Document, Index, Query

SIZES: Final = (100, 10_000, 100_000)
ROUNDS: Final = {100: 200, 10_000: 100, 100_000: 40}
PEER_ROUNDS: Final = {100: 100, 10_000: 20, 100_000: 5}
EVERYBODY: Final = frozenset({PUBLIC})
SAID: Final = (
    "Hi all :wave: we're kicking off a feature store for ranking, so that the values in training and at request time are the same. Ping <@U1>!",
    "New initiative: alerts when a model in production sees data that no longer looks like its training sample",
    "starting a gateway to hosted language models with keys, budgets per team and fallback between providers",
    "We begin work on a labelling tool for product pictures with a review queue and consensus between annotators",
)
SYLLABLES: Final = ["ta", "re", "mi", "lo", "du", "fen", "kar", "sol", "vin", "pra", "dex", "or", "bel", "qua", "zin"]


def main() -> None:
    """Measures and prints every table."""
    embedder = Embedder.load()
    concepts = Concepts.of(taxonomy.shipped(), embedder)
    known = taxonomy.shipped()
    said = [ranking.wording("", text) for text in SAID]
    queries = [asked(text, embedder, frozenset(found.key for found in known.recognise(text))) for text in said]
    print("one announcement, milliseconds (p50 / p95)")
    show("chatter and capabilities", times(lambda i: known.recognise(ranking.wording("", SAID[i % 4])), 200))
    show("embed", times(lambda i: embedder.embed([said[i % 4]]), 100))
    start = time.perf_counter()
    embedder.embed([f"{text} {number}" for text in said for number in range(50)])
    print(f"  {'embed in bulk':34}{200 / (time.perf_counter() - start):9.0f} texts a second")
    start = time.perf_counter()
    Embedder.load()
    print(f"  {'load the embedder':34}{(time.perf_counter() - start) * 1e3:9.1f} ms\n")
    print(f"{'entries':>9} {'':26}{'p50 ms':>9}{'p95 ms':>9}{'× ours':>9}")
    for size in SIZES:
        compare(size, queries, said, embedder, concepts)


def asked(text: str, embedder: Embedder, capabilities: frozenset[str] | None) -> Query:
    """A query as the bot makes it."""
    reading = embedder.read(text)
    return Query(text, reading.vector, capabilities, reading)


def compare(size: int, queries: Sequence[Query], said: Sequence[str], embedder: Embedder, concepts: Concepts) -> None:
    """The index and its peers at one size."""
    texts = registry(size)
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(size, DIMENSIONS)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    stems = [words.stems(text) for text in texts]
    documents = [Document(i, "", rows[i], stems=stems[i]) for i in range(size)]
    index = Index(concepts)
    start = time.perf_counter()
    index.put(documents)
    index.flush()
    built = time.perf_counter() - start
    rounds, peer_rounds = ROUNDS[size], PEER_ROUNDS[size]
    search = times(lambda i: index.search(queries[i % 4], audiences=EVERYBODY), rounds)
    ranked = times(lambda i: ranking.rank(index, queries[i % 4], audiences=EVERYBODY), rounds)
    whole = times(
        lambda i: ranking.rank(
            index,
            asked(said[i % 4], embedder, queries[i % 4].capabilities),
            audiences=EVERYBODY,
        ),
        rounds,
    )
    fresh = times(lambda i: put_and_find(index, size + i, queries[i % 4]), min(rounds, 100))
    base = statistics.median(ranked)
    show("search", search, base=base, size=size)
    show("rank (with kinship)", ranked, base=base, size=size)
    show("embed and rank", whole, base=base, size=size)
    show("put one, rank (uncommitted)", fresh, base=base, size=size)
    sides = (
        explanation.Side("", said[0]),
        [
            (explanation.Side("", texts[hit.id]), hit)
            for hit in index.search(queries[0], audiences=EVERYBODY, limit=3)
            if hit.id < size
        ],
    )
    show(
        "explain three",
        times(lambda _: explanation.explain_all(*sides, rarity=index.rarity, embed=embedder.embed), 20),
        base=base,
        size=size,
    )
    lowered = [utils.default_process(text) for text in texts]
    show(
        "rapidfuzz token_set",
        times(
            lambda i: process.extract(
                utils.default_process(said[i % 4]), lowered, scorer=fuzz.token_set_ratio, limit=20
            ),
            peer_rounds,
        ),
        base=base,
        size=size,
    )
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE entries USING fts5(text, tokenize='porter unicode61')")
    database.executemany("INSERT INTO entries(rowid, text) VALUES (?, ?)", enumerate(texts))
    question = [" OR ".join(f'"{word.surface}"' for word in words.read(text)) for text in said]
    show(
        "SQLite FTS5 bm25",
        times(
            lambda i: database.execute(
                "SELECT rowid FROM entries WHERE entries MATCH ? ORDER BY rank LIMIT 20", (question[i % 4],)
            ).fetchall(),
            peer_rounds,
        ),
        base=base,
        size=size,
    )
    memory = index.memory()
    print(
        f"{size:>9} built in {built:.2f} s; {memory.vectors / 1e6:.0f} MB vectors, {memory.words / 1e6:.1f} MB words\n"
    )


def put_and_find(index: Index, number: int, query: Query) -> None:
    """A fresh entry, and the search that must already find it."""
    index.put([Document(number, query.text, query.vector)])
    if all(
        match.id != number
        for match in ranking.rank(index, query, audiences=EVERYBODY, exclude=range(number - 200, number), threshold=0)
    ):
        raise SystemExit("A fresh entry was not found: the figures mean nothing.")
    index.remove([number])


def registry(size: int) -> list[str]:
    """Texts of about 25 words with the skewed frequencies of real ones: a few common words, many rare names."""
    rng = random.Random(1)
    common = sorted(
        {
            word
            for capability in taxonomy.shipped()
            for phrase in (capability.name, *capability.synonyms)
            for word in phrase.split()
        }
    )
    rare = ["".join(rng.choices(SYLLABLES, k=3)) for _ in range(4000)]
    weights = [1 / (place + 3) for place in range(len(common))]
    rng.shuffle(common)
    return [" ".join([*rng.choices(common, weights, k=20), *rng.choices(rare, k=5)]) for _ in range(size)]


def times(run: Callable[[int], object], rounds: int) -> list[float]:
    """Milliseconds of each round, after a warm-up."""
    for number in range(3):
        run(number)
    found = []
    for number in range(rounds):
        start = time.perf_counter()
        run(number)
        found.append((time.perf_counter() - start) * 1e3)
    return found


def show(name: str, found: Sequence[float], *, base: float | None = None, size: int | None = None) -> None:
    """One line: the median, the 95th percentile and, beside peers, how many times our own."""
    middle, high = statistics.median(found), sorted(found)[int(len(found) * 0.95)]
    if base is None:
        print(f"  {name:34}{middle:9.2f}{high:9.2f}")
    else:
        print(f"{size:>9} {name:26}{middle:9.2f}{high:9.2f}{middle / base:9.1f}")


if __name__ == "__main__":
    main()
