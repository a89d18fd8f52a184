"""Scores the matcher, as it runs in the bot, on texts with known answers: `python -m bot evaluate PATH`.

Rows are bare texts, so nobody has recognised or chosen capabilities of them.
"""

from __future__ import annotations

import os
from collections import defaultdict, deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final, TypeVar

from bot.features.capabilities.taxonomy import shipped
from bot.features.matching import labelled_folder, labelled_table, misses, ranking
from bot.features.matching.concepts import Concepts
from bot.features.matching.embedder import Embedder, EmbedderUnavailableError
from bot.features.matching.index import PUBLIC, Document, Hit, Index, Query
from bot.features.matching.progress import Progress
from bot.features.matching.results_file import ResultsFile
from bot.features.matching.scores import pair_scores, retrieval_scores

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from bot.features.matching.labelled import Labelled, Pair

A = TypeVar("A")
B = TypeVar("B")

RETURNED: Final = 20
"""Documents per query in a run file; the measures read the first ten."""

_EVERYBODY: Final = frozenset({PUBLIC})
#: Texts that a thread embeds at once: a fraction of a second, which is what Ctrl-C waits for.
_TOGETHER: Final = 64
#: Texts among which those of one length are put together, which halves the work of the network.
_SORTED: Final = 1024
#: The network leaves Python to other threads while it runs; more than so many gain nothing beside the ranking.
_THREADS: Final = min(os.cpu_count() or 1, 4)


#: Vectors by text, for those that are indexed twice.
Known = dict[str, "NDArray[np.float32]"]


class Interrupted(Exception):
    """Somebody ended it. The sentence says how far it was, and what is kept."""


def evaluate(
    path: Path,
    *,
    run_out: Path | None = None,
    pairs_out: Path | None = None,
    out: Callable[[str], object] = print,
    progress: Progress | None = None,
) -> None:
    """Ranks every query and rates every pair of a folder or table, writes what was asked for, and says the scores where answers are known.

    A run file has `{"query": id, "docs": [ids, best first]}` a line, a pairs file `{"id": id, "p": probability}`; each is whole or not there.
    Raises ValueError, with a sentence that names file and line, for what is missing or unreadable, and Interrupted at Ctrl-C.
    """
    data = _read(path)
    _require(data, run_out, pairs_out)
    progress = progress or Progress()
    try:
        embedder: Embedder | None = Embedder.load()
    except EmbedderUnavailableError as error:
        embedder = None
        out(str(error))
    with ExitStack() as opened:
        # Opened before anything is computed: a place that cannot be written is said at once.
        run_file, pairs_file = (opened.enter_context(ResultsFile(at)) if at else None for at in (run_out, pairs_out))
        progress.expect(2 * sum(each is not None for each in (data.queries, data.pairs)))
        unfinished = [each for each in (run_file, pairs_file) if each is not None]
        known: Known | None = {} if data.queries is not None and data.pairs is not None else None
        try:
            if data.queries is not None:
                _rank(data, embedder, run_file, out, progress, known)
                unfinished = [each for each in unfinished if each is not run_file]
            if data.pairs is not None:
                _rate(data, embedder, pairs_file, out, progress, known)
        except KeyboardInterrupt:
            raise Interrupted(" ".join([f"Stopped. {progress}.", *(each.kept() for each in unfinished)])) from None


def _read(path: Path) -> Labelled:
    if path.suffix.lower() == ".csv" and not path.is_dir():
        return labelled_table.read(path)
    if not path.is_dir():
        raise ValueError(
            f"{path} is not a folder. Give one that holds corpus.jsonl and queries.jsonl, or pairs.jsonl; or a .csv file (docs/matching.md shows both)."
        )
    return labelled_folder.read(path)


def _require(data: Labelled, run_out: Path | None, pairs_out: Path | None) -> None:
    """Raise ValueError where what was asked for cannot be made of this."""
    if data.queries is None and (run_out or data.pairs is None):
        raise ValueError(f"{data.name} has no {data.ranking_needs}, so there is nothing to rank.")
    if data.pairs is None and pairs_out:
        raise ValueError(f"{data.name} has no {data.rating_needs}, so there are no pairs to rate.")
    places = [place.resolve() for place in (run_out, pairs_out) if place]
    if len(set(places)) < len(places):
        raise ValueError("--run and --pairs name the same file. Give two.")
    for place in places:
        if place in {file.resolve() for file in data.files}:
            raise ValueError(f"{place} is what is evaluated. Give another name for the results.")


def _rank(
    data: Labelled,
    embedder: Embedder | None,
    file: ResultsFile | None,
    out: Callable[[str], object],
    progress: Progress,
    known: Known | None,
) -> None:
    run: dict[str, list[str]] = {}
    for query, docs in ranked(data, embedder, progress=progress, known=known):
        run[query] = docs
        if file:
            file.write({"query": data.numbers.get(query, query), "docs": [data.numbers.get(doc, doc) for doc in docs]})
    if file:
        file.finish()
    queries = {each.id: each.text for each in data.queries or ()}
    corpus = {each.id: each.text for each in data.corpus}
    others = sum(corpus.get(query, text) != text for query, text in queries.items())
    if others:
        out(f"  {others} queries have the id of a row of the corpus with another text. That row is taken for the query itself and never returned for it.")  # fmt: skip
    if data.answers is None:
        out(f"{data.name}: {len(run)} queries ranked; there is no qrels.jsonl to score them with.")
        return
    out(f"{data.name}: {retrieval_scores(run, data.answers)}")
    if len(data.answers) < len(run):
        out(f"  {len(run) - len(data.answers)} queries have no answers, and are ranked but not scored.")
    for line in (
        *misses.by_shared_words(run, data.answers, queries, corpus),
        *misses.unanswered(run, data.answers, queries, corpus),
    ):
        out(line)


def _rate(
    data: Labelled,
    embedder: Embedder | None,
    file: ResultsFile | None,
    out: Callable[[str], object],
    progress: Progress,
    known: Known | None,
) -> None:
    rated: dict[str | int, float] = {}
    for pair, hit in pair_hits(data, embedder, progress=progress, known=known):
        rated[pair.id] = ranking.probability(Query(pair.a, None), hit)
        if file:
            file.write({"id": pair.id, "p": rated[pair.id]})
    if file:
        file.finish()
    judged = [(rated[pair.id], pair.label, pair) for pair in data.pairs or () if pair.label is not None]
    if not judged:
        out(f"{data.name} pairs: {len(rated)} rated; they have no labels to score them with.")
        return
    likely, labels = [p for p, _, _ in judged], [label for _, label, _ in judged]
    out(f"{data.name} pairs: {pair_scores(likely, labels)}")
    out(precision_line(likely, labels, ranking.WARN_FROM if embedder else ranking.WARN_FROM_WORDS))
    sides = [(str(pair.id), pair.a, pair.b) for _, _, pair in judged]
    for line in (*misses.calibration(likely, labels), *misses.worst_pairs(likely, labels, sides)):
        out(line)


def precision_line(likely: Sequence[float], labels: Sequence[bool], level: float) -> str:
    """What the level from which the bot warns would have meant for these pairs."""
    said = [label for p, label in zip(likely, labels, strict=True) if p >= level]
    right = f"{sum(said)} of {len(said)} right ({sum(said) / len(said):.2f})" if said else "none"
    return f"  at {level:g} and more, where the bot warns: {right}, {sum(labels) - sum(said)} true pairs below"


def ranked(
    data: Labelled, embedder: Embedder | None, *, progress: Progress | None = None, known: Known | None = None
) -> Iterator[tuple[str, list[str]]]:
    """Every query with the ids of its best documents: within its source, and never the row of its own id.

    The same text under another id is another row: work that was announced twice is what is looked for.
    """
    progress = progress or Progress()
    place = {row.id: number for number, row in enumerate(data.corpus)}
    indexes = _indexed([(row.source, row.text) for row in data.corpus], embedder, progress, known)
    queries = data.queries or ()
    progress.begin("queries ranked", len(queries))
    for row, query in zip(queries, _asked([each.text for each in queries], embedder), strict=True):
        index = indexes.get(row.source)
        itself = [place[row.id]] if row.id in place else []
        hits = [] if index is None else index.search(query, audiences=_EVERYBODY, exclude=itself, limit=RETURNED)
        yield row.id, [data.corpus[hit.id].id for hit in hits]
        progress.advance()


def pair_hits(
    data: Labelled, embedder: Embedder | None, *, progress: Progress | None = None, known: Known | None = None
) -> Iterator[tuple[Pair, Hit]]:
    """Every pair with the features of its second text, found from the first one inside the registry of all texts; pairs of one first text together.

    The registry is the corpus, if there is one, and every second text; a text equal to the first one is not in it.
    """
    progress = progress or Progress()
    pairs = data.pairs or ()
    texts = list(dict.fromkeys([*(row.text for row in data.corpus), *(pair.b for pair in pairs)]))
    number_of = {text: number for number, text in enumerate(texts)}
    index = _indexed([("", text) for text in texts], embedder, progress, known)[""]
    of_first: dict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        of_first[pair.a].append(pair)
    progress.begin("pairs rated", len(pairs))
    for first, query in zip(of_first, _asked(list(of_first), embedder), strict=True):
        for pair in of_first[first]:
            target = number_of[pair.b]
            itself = [number_of[first]] if first in number_of and first != pair.b else []
            (hit,) = index.search(query, audiences=_EVERYBODY, exclude=itself, limit=0, including=[target])
            yield pair, hit
            progress.advance()


def _indexed(
    texts: Sequence[tuple[str, str]], embedder: Embedder | None, progress: Progress, known: Known | None
) -> dict[str, Index]:
    """An index for each source, of (source, text); the number of an entry is its place."""
    concepts = None if embedder is None else Concepts.of(shipped(), embedder)
    progress.begin("texts embedded" if embedder else "texts read", len(texts))
    order = [
        number
        for start in range(0, len(texts), _SORTED)
        for number in sorted(range(start, min(start + _SORTED, len(texts))), key=lambda number: len(texts[number][1]))
    ]
    chunks = [order[start : start + _TOGETHER] for start in range(0, len(texts), _TOGETHER)]

    def made(chunk: Sequence[int]) -> list[Document]:
        said = [ranking.wording("", texts[number][1]) for number in chunk]
        vectors = {text: known[text] for text in said if known and text in known}
        if embedder is not None:
            new = [text for text in dict.fromkeys(said) if text not in vectors and embedder.can_read(text)]
            vectors |= dict(zip(new, embedder.embed(new), strict=True))
            if known is not None:
                known.update(vectors)
        return [Document(number, text, vectors.get(text)) for number, text in zip(chunk, said, strict=True)]

    documents: list[Document] = []
    for some in _ahead(made, chunks):
        documents += some
        progress.advance(len(some))
    by_source: dict[str, list[Document]] = defaultdict(list)
    for document in sorted(documents, key=lambda each: each.id):
        by_source[texts[document.id][0]].append(document)
    indexes = {source: Index(concepts) for source in by_source}
    for source, some in by_source.items():
        # All at once: in how many parts the full-text engine is written decides between equal candidates.
        indexes[source].put(some)
        indexes[source].flush()
    return indexes


def _asked(texts: Sequence[str], embedder: Embedder | None) -> Iterator[Query]:
    """Texts as they are looked for. A reading is some ten kilobytes, so that only a few are made ahead."""

    def made(text: str) -> Query:
        said = ranking.wording("", text)
        if embedder is None or not embedder.can_read(said):
            return Query(said, None)
        reading = embedder.read(said)
        return Query(said, reading.vector, reading=reading)

    return _ahead(made, texts)


def _ahead(make: Callable[[A], B], items: Iterable[A]) -> Iterator[B]:
    """What is made of the items, in their order, a few of them ahead of whoever asks."""
    waiting: deque[Future[B]] = deque()
    pool = ThreadPoolExecutor(_THREADS)
    try:
        for item in items:
            waiting.append(pool.submit(make, item))
            if len(waiting) > 2 * _THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
