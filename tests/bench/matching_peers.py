# ruff: noqa: T201, S608 - it answers on its output; the statement holds no one's words
"""What others find and how fast, run in their own environment (`peer_environment.py`): `matching_peers.py quality FOLDER` or `speed TEXTS QUERIES ROUNDS`.

Each is used as its own documentation shows, with stemming where it has any: nothing is tuned, neither for nor against it.
"""

import json
import re
import sqlite3
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, Final

LIMIT: Final = 20
#: Ranks of a query: positions of texts, best first.
Search = Callable[[str], list[int]]


def rapidfuzz(texts: Sequence[str]) -> Search:
    """How much of the words of one text stands in the other, whatever their order."""
    from rapidfuzz import fuzz, process, utils

    ready = [utils.default_process(text) for text in texts]

    def search(query: str) -> list[int]:
        asked = utils.default_process(query)
        return [place for _, _, place in process.extract(asked, ready, scorer=fuzz.token_set_ratio, limit=LIMIT)]

    return search


def fts5(texts: Sequence[str]) -> Search:
    """BM25 of SQLite's full text, with Porter's stemmer; the words of the query joined by OR."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE entries USING fts5(text, tokenize='porter unicode61')")
    database.executemany("INSERT INTO entries(rowid, text) VALUES (?, ?)", enumerate(texts))
    database.execute("INSERT INTO entries(entries) VALUES ('optimize')")

    def search(query: str) -> list[int]:
        asked = " OR ".join(f'"{word}"' for word in dict.fromkeys(re.findall(r"\w+", query.lower())))
        statement = f"SELECT rowid FROM entries WHERE entries MATCH ? ORDER BY rank LIMIT {LIMIT}"
        return [row for (row,) in database.execute(statement, (asked,))] if asked else []

    return search


def bm25s(texts: Sequence[str]) -> Search:
    """BM25 in sparse matrices, with its English stop words and Snowball's stemmer."""
    import bm25s as library
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    found = library.BM25()
    found.index(
        library.tokenize(list(texts), stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False
    )

    def search(query: str) -> list[int]:
        asked = library.tokenize(query, stopwords="en", stemmer=stemmer, show_progress=False)
        places, _ = found.retrieve(asked, k=min(LIMIT, len(texts)), show_progress=False)
        return [int(place) for place in places[0]]

    return search


def tantivy(texts: Sequence[str]) -> Search:
    """BM25 of tantivy, with its English stemmer; the words of the query joined by OR."""
    import tantivy as library

    builder = library.SchemaBuilder()
    builder.add_integer_field("place", fast=True)
    builder.add_text_field("text", tokenizer_name="en_stem")
    index = library.Index(builder.build())
    writer = index.writer(heap_size=100_000_000, num_threads=1)
    for place, text in enumerate(texts):
        writer.add_document(library.Document(place=place, text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(query: str) -> list[int]:
        asked = index.parse_query(" ".join(re.findall(r"\w+", query.lower())), ["text"])
        hits = searcher.search(asked, LIMIT, count=False).hits
        found = searcher.fast_field_values("place", [address for _, address in hits])
        return [int(place) for place in found if place is not None]

    return search


PEERS: Final[dict[str, Callable[[Sequence[str]], Search]]] = {
    "rapidfuzz token_set_ratio": rapidfuzz,
    "SQLite FTS5 BM25": fts5,
    "bm25s": bm25s,
    "tantivy": tantivy,
}


def quality(folder: Path) -> dict[str, dict[str, list[str]]]:
    """By peer, the documents of each query by id: within its source, and never the query itself."""
    corpus, queries = rows(folder / "corpus.jsonl"), rows(folder / "queries.jsonl")
    sources: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in corpus:
        sources[row.get("source", "")].append(row)
    found: dict[str, dict[str, list[str]]] = {}
    for name, make in PEERS.items():
        searches = {source: make([row["text"] for row in of]) for source, of in sources.items()}
        found[name] = {
            query["id"]: list(ids(query, searches[source], sources[source]))
            for query in queries
            if (source := query.get("source", "")) in searches
        }
    return found


def ids(query: dict[str, Any], search: Search, corpus: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What a search finds, by id, the query itself left out."""
    return (corpus[place]["id"] for place in search(query["text"]) if corpus[place]["id"] != query["id"])


def speed(texts: Sequence[str], queries: Sequence[str], rounds: int) -> dict[str, dict[str, float]]:
    """By peer: seconds until it is ready, milliseconds of a search by the clock on the wall and of the processor."""
    found = {}
    for name, make in PEERS.items():
        start = time.perf_counter()
        search = make(texts)
        ready = time.perf_counter() - start
        asked = cycle(queries)
        wall, processor = times(partial(_next, search, asked), rounds)
        found[name] = {"ready": ready, "wall": wall, "processor": processor}
        del search
    return found


def _next(search: Search, asked: Iterator[str], _: int) -> list[int]:
    return search(next(asked))


def times(run: Callable[[int], object], rounds: int) -> tuple[float, float]:
    """Median milliseconds of a round, by the clock on the wall and of the processor, after one that does not count."""
    run(0)
    wall, processor = [], []
    for number in range(rounds):
        begun, used = time.perf_counter(), time.process_time()
        run(number)
        processor.append((time.process_time() - used) * 1e3)
        wall.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(wall), statistics.median(processor)


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


if __name__ == "__main__":
    if sys.argv[1] == "quality":
        print(json.dumps(quality(Path(sys.argv[2]))))
    else:
        lines, asked = (Path(path).read_text().splitlines() for path in sys.argv[2:4])
        print(json.dumps(speed(lines, asked, int(sys.argv[4]))))
