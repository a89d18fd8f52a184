"""Scores the matcher, as it runs in the bot, on a folder of texts with known answers: `python -m bot evaluate`.

The folder holds JSON Lines: `corpus.jsonl` and `queries.jsonl` (`id`, `text`, and `source` where a query is only compared with rows of the
same source), `qrels.jsonl` (`query`, `doc`, `rel`) if the answers are known, and `pairs.jsonl` (`id`, `a`, `b`, `label`) for pairs.
Rows are bare texts, so nobody has recognised or chosen capabilities of them. A table (`labelled.py`) does as well as a folder.
"""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from math import log2
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.features.capabilities.taxonomy import shipped
from bot.features.matching import labelled, misses, ranking
from bot.features.matching.concepts import Concepts
from bot.features.matching.embedder import Embedder, EmbedderUnavailableError
from bot.features.matching.index import PUBLIC, Document, Hit, Index, Query

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

RETURNED: Final = 20
"""Documents per query in a run file; the measures read the first ten."""

#: Texts, queries or pairs after which there is a word of how far it is.
_REPORTED: Final = 1_000
_EVERYBODY: Final = frozenset({PUBLIC})


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, and whether they describe the same work; None where nobody said."""

    id: str
    a: str
    b: str
    label: bool | None


@dataclass(frozen=True, slots=True)
class RetrievalScores:
    """Means over the judged queries."""

    queries: int
    mrr: float
    recall: float
    ndcg: float
    precision: float
    """How often the first document is an answer."""

    def __str__(self) -> str:
        return f"MRR@10 {self.mrr:.3f}  R@5 {self.recall:.3f}  nDCG@10 {self.ndcg:.3f}  P@1 {self.precision:.3f}  ({self.queries} queries)"


@dataclass(frozen=True, slots=True)
class PairScores:
    """Average precision, precision where half of the true pairs are found, and the error of the probabilities (ten equal bins)."""

    pairs: int
    average_precision: float
    precision_at_half: float
    calibration_error: float

    def __str__(self) -> str:
        return (
            f"AP {self.average_precision:.3f}  P@R.5 {self.precision_at_half:.3f}  ECE {self.calibration_error:.3f}"
            f"  ({self.pairs} pairs)"
        )


def _silent(line: str) -> None:
    """Progress that nobody asked for."""
    del line


def evaluate(
    path: Path,
    *,
    run_out: Path | None = None,
    pairs_out: Path | None = None,
    out: Callable[[str], object] = print,
    progress: Callable[[str], object] = _silent,
) -> None:
    """As `evaluate_folder`, also for a table: a `.csv` file of pairs, or of entries with the ids that are expected."""
    if path.suffix.lower() != ".csv":
        evaluate_folder(path, run_out=run_out, pairs_out=pairs_out, out=out, progress=progress)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / path.name
        folder.mkdir()
        for file, rows in labelled.read(path).items():
            _write(folder / file, rows)
        evaluate_folder(folder, run_out=run_out, pairs_out=pairs_out, out=out, progress=progress)


def evaluate_folder(
    path: Path,
    *,
    run_out: Path | None = None,
    pairs_out: Path | None = None,
    out: Callable[[str], object] = print,
    progress: Callable[[str], object] = _silent,
) -> None:
    """Ranks every query and rates every pair of the folder, writes what was asked for, and says the scores where answers are known.

    A run file has `{"query": id, "docs": [ids, best first]}` a line, a pairs file `{"id": id, "p": probability}`.
    Raises ValueError, with a sentence that names the file and line, for what is missing or unreadable.
    """
    if not path.is_dir():
        raise ValueError(
            f"{path} is not a folder. Give one that holds corpus.jsonl and queries.jsonl, or pairs.jsonl; or a .csv file (docs/matching.md shows both)."
        )
    try:
        embedder: Embedder | None = Embedder.load()
    except EmbedderUnavailableError as error:
        embedder = None
        out(str(error))
    has_queries, has_pairs = (path / "queries.jsonl").exists(), (path / "pairs.jsonl").exists()
    if not has_queries and (run_out or not has_pairs):
        raise ValueError(
            f"{path} has no {'queries.jsonl' if path.suffix != '.csv' else 'column `expected`'}, so there is nothing to rank."
        )
    if pairs_out and not has_pairs:
        raise ValueError(
            f"{path} has no {'pairs.jsonl' if path.suffix != '.csv' else 'columns `a` and `b`'}, so there are no pairs to rate."
        )
    if has_queries:
        run = ranked(path, embedder, progress=progress)
        if run_out:
            _write(run_out, ({"query": query, "docs": docs} for query, docs in run.items()))
        if (path / "qrels.jsonl").exists():
            relevant = _relevant(path / "qrels.jsonl")
            out(f"{path.name}: {retrieval_scores(run, relevant)}")
            texts = [
                {str(row["id"]): str(row["text"]) for row in _texts(path / name)}
                for name in ("queries.jsonl", "corpus.jsonl")
            ]
            for line in (*misses.by_shared_words(run, relevant, *texts), *misses.unanswered(run, relevant, *texts)):
                out(line)
        else:
            out(f"{path.name}: {len(run)} queries ranked; there is no qrels.jsonl to score them with.")
    if has_pairs:
        rated = [
            (pair, ranking.probability(Query(pair.a, None), hit))
            for pair, hit in pair_hits(path, embedder, progress=progress)
        ]
        if pairs_out:
            _write(pairs_out, ({"id": pair.id, "p": likely} for pair, likely in rated))
        known = [(likely, pair.label, pair) for pair, likely in rated if pair.label is not None]
        if known:
            chances, labels = [p for p, _, _ in known], [label for _, label, _ in known]
            out(f"{path.name} pairs: {pair_scores(chances, labels)}")
            out(precision_line(chances, labels, ranking.WARN_FROM if embedder else ranking.WARN_FROM_WORDS))
            sides = [(pair.id, pair.a, pair.b) for _, _, pair in known]
            for line in (*misses.calibration(chances, labels), *misses.worst_pairs(chances, labels, sides)):
                out(line)
        else:
            out(f"{path.name} pairs: {len(rated)} rated; they have no labels to score them with.")


def precision_line(likely: Sequence[float], labels: Sequence[bool], level: float) -> str:
    """What the level from which the bot warns would have meant for these pairs."""
    said = [label for p, label in zip(likely, labels, strict=True) if p >= level]
    right = f"{sum(said)} of {len(said)} right ({sum(said) / len(said):.2f})" if said else "none"
    return f"  at {level:g} and more, where the bot warns: {right}, {sum(labels) - sum(said)} true pairs below"


def ranked(
    path: Path, embedder: Embedder | None, *, progress: Callable[[str], object] = _silent
) -> dict[str, list[str]]:
    """The best documents of every query by id: within its source, and never the query itself."""
    corpus, queries = _texts(path / "corpus.jsonl"), _texts(path / "queries.jsonl")
    for name, rows in (("corpus", corpus), ("queries", queries)):
        if not rows:
            raise ValueError(f"{path / name}.jsonl has no rows.")
        _refuse_doubles(path / f"{name}.jsonl", rows)
    sources: dict[str, list[int]] = defaultdict(list)
    place = {str(row["id"]): number for number, row in enumerate(corpus)}
    for number, row in enumerate(corpus):
        sources[str(row.get("source", ""))].append(number)
    said = [ranking.wording("", str(row["text"])) for row in corpus]
    vectors = _vectors(said, embedder, progress)
    concepts = _concepts(embedder)
    indexes = {name: Index(concepts) for name in sources}
    for name, numbers in sources.items():
        indexes[name].put(Document(number, said[number], vectors[number]) for number in numbers)
        indexes[name].flush()
    run: dict[str, list[str]] = {}
    for count, row in enumerate(queries):
        if count and count % _REPORTED == 0:
            progress(f"{count:,} of {len(queries):,} queries ranked")
        identity = str(row["id"])
        index = indexes.get(str(row.get("source", "")))
        itself = [place[identity]] if identity in place else []
        hits = (
            []
            if index is None
            else index.search(_query(str(row["text"]), embedder), audiences=_EVERYBODY, exclude=itself, limit=RETURNED)
        )
        run[identity] = [str(corpus[hit.id]["id"]) for hit in hits]
    return run


def pair_hits(
    path: Path, embedder: Embedder | None, *, progress: Callable[[str], object] = _silent
) -> list[tuple[Pair, Hit]]:
    """Every pair with the features of its second text, found from the first one inside the registry of all texts of the folder.

    The registry is `corpus.jsonl`, if there is one, and every second text; a text equal to the first one is not in it.
    """
    pairs = _pairs(path / "pairs.jsonl")
    if not pairs:
        raise ValueError(f"{path / 'pairs.jsonl'} has no rows.")
    corpus = [str(row["text"]) for row in _texts(path / "corpus.jsonl")] if (path / "corpus.jsonl").exists() else []
    texts = list(dict.fromkeys([*corpus, *(pair.b for pair in pairs)]))
    number_of = {text: number for number, text in enumerate(texts)}
    said = [ranking.wording("", text) for text in texts]
    index = Index(_concepts(embedder))
    index.put(
        Document(*entry) for entry in zip(range(len(texts)), said, _vectors(said, embedder, progress), strict=True)
    )
    index.flush()
    firsts = {text: _query(text, embedder) for text in dict.fromkeys(pair.a for pair in pairs)}
    found: list[tuple[Pair, Hit]] = []
    for count, pair in enumerate(pairs):
        if count and count % _REPORTED == 0:
            progress(f"{count:,} of {len(pairs):,} pairs rated")
        target = number_of[pair.b]
        itself = [number_of[pair.a]] if pair.a in number_of and pair.a != pair.b else []
        hits = index.search(firsts[pair.a], audiences=_EVERYBODY, exclude=itself, limit=0, including=[target])
        found += [(pair, hit) for hit in hits]
    return found


def retrieval_scores(run: Mapping[str, Sequence[str]], relevant: Mapping[str, Mapping[str, float]]) -> RetrievalScores:
    """Reciprocal rank, recall at five (of at most five) and discounted gain at ten, averaged over the judged queries."""
    sums = [0.0, 0.0, 0.0, 0.0]
    for query, answers in relevant.items():
        docs = [doc for doc in run.get(query, ()) if doc != query][:10]
        sums[0] += next((1 / place for place, doc in enumerate(docs, 1) if doc in answers), 0.0)
        sums[1] += sum(doc in answers for doc in docs[:5]) / min(5, len(answers))
        gain = sum(1 / log2(place + 1) for place, doc in enumerate(docs, 1) if doc in answers)
        sums[2] += gain / sum(1 / log2(place + 1) for place in range(1, min(10, len(answers)) + 1))
        sums[3] += bool(docs) and docs[0] in answers
    count = max(len(relevant), 1)
    return RetrievalScores(len(relevant), *(total / count for total in sums))


def pair_scores(likely: Sequence[float], labels: Sequence[bool]) -> PairScores:
    """How well probabilities order and state the truth of pairs."""
    positives = max(sum(labels), 1)
    hits, average, at_half = 0, 0.0, 0.0
    for place, number in enumerate(sorted(range(len(likely)), key=lambda number: -likely[number]), 1):
        hits += labels[number]
        average += labels[number] * hits / place / positives
        if hits / positives >= 0.5:
            at_half = max(at_half, hits / place)
    bins: dict[int, float] = defaultdict(float)
    for p, label in zip(likely, labels, strict=True):
        bins[min(int(p * 10), 9)] += p - label
    error = sum(abs(value) for value in bins.values()) / max(len(likely), 1)
    return PairScores(len(likely), average, at_half, error)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file. Raises ValueError with a sentence that names the file and the line."""
    try:
        # Split at line ends alone: JSON may hold the other characters at which str.splitlines() splits.
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 (byte {error.start + 1}). Save it as UTF-8.") from error
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}, line {number} is not JSON: {error.msg}.") from error
        if not isinstance(row, dict):
            raise ValueError(f"{path}, line {number} is not an object.")
        rows.append(row)
    return rows


def _texts(path: Path) -> list[dict[str, Any]]:
    return _checked(path, ("id", "text"))


def _pairs(path: Path) -> list[Pair]:
    return [
        Pair(str(row["id"]), row["a"], row["b"], _label(path, number, row.get("label")))
        for number, row in enumerate(_checked(path, ("id", "a", "b")), 1)
    ]


def _label(path: Path, number: int, said: object) -> bool | None:
    if said is None or said in (0, 1):
        return None if said is None else bool(said)
    raise ValueError(f"{path}, row {number}: `label` is neither 1 (the same work) nor 0.")


def _refuse_doubles(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for number, row in enumerate(rows, 1):
        if str(row["id"]) in seen:
            raise ValueError(f"{path}, row {number}: the id {row['id']} stands there twice.")
        seen.add(str(row["id"]))


def _relevant(path: Path) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for row in _checked(path, ("query", "doc")):
        found[str(row["query"])][str(row["doc"])] = row.get("rel", 1)
    return found


def _checked(path: Path, fields: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows of a file, each with those fields; ids may be numbers, everything else is text."""
    rows = read_rows(path)
    for number, row in enumerate(rows, 1):
        for field in fields:
            allowed = (str,) if field in {"text", "a", "b"} else (str, int)
            if not isinstance(row.get(field), allowed):
                raise ValueError(f"{path}, row {number}: `{field}` is missing or is not text.")
    return rows


def _vectors(
    texts: Sequence[str], embedder: Embedder | None, progress: Callable[[str], object]
) -> Sequence[NDArray[np.float32] | None]:
    if embedder is None:
        return [None] * len(texts)
    found: list[NDArray[np.float32]] = []
    for start in range(0, len(texts), _REPORTED):
        if start:
            progress(f"{start:,} of {len(texts):,} texts embedded")
        found += list(embedder.embed(texts[start : start + _REPORTED]))
    return found


def _concepts(embedder: Embedder | None) -> Concepts | None:
    return None if embedder is None else Concepts.of(shipped(), embedder)


def _query(text: str, embedder: Embedder | None) -> Query:
    said = ranking.wording("", text)
    if embedder is None:
        return Query(said, None)
    reading = embedder.read(said)
    return Query(said, reading.vector, reading=reading)


def _write(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    try:
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error}") from error
