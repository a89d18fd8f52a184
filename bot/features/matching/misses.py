"""What the scores of `python -m bot evaluate` rest on: how far words carry, how far probabilities hold, and the worst misses, as lines."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Final

from bot.features.matching import words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

WORST: Final = 5
FIRST: Final = 10
"""Documents of a ranking that count."""
BINS: Final = 10

_SHARED: Final = ((0.0, 0.1), (0.1, 0.2), (0.2, 1.01))
_LONGEST: Final = 100


def by_shared_words(
    run: Mapping[str, Sequence[str]],
    relevant: Mapping[str, Collection[str]],
    queries: Mapping[str, str],
    corpus: Mapping[str, str],
) -> Iterator[str]:
    """How often an answer is among the first ten, by how many words (Jaccard, stems) a query has in common with its nearest answer."""
    wanted = {doc for answers in relevant.values() for doc in answers if doc in corpus}
    stems = {doc: frozenset(words.stems(corpus[doc])) for doc in wanted}
    found: dict[tuple[float, float], list[bool]] = defaultdict(list)
    for query, answers in relevant.items():
        asked = frozenset(words.stems(queries.get(query, "")))
        shared = max((_jaccard(asked, stems[doc]) for doc in answers if doc in stems), default=0.0)
        place = next(between for between in _SHARED if between[0] <= shared < between[1])
        found[place].append(_hit(run, query, answers))
    for low, high in _SHARED:
        hits = found[low, high]
        if hits:
            reach = (
                f"under {high:.0%}" if low == 0 else f"{low:.0%} and more" if high > 1 else f"{low:.0%} to {high:.0%}"
            )
            yield f"  words in common {reach}: an answer among the first {FIRST} for {sum(hits)} of {len(hits)} queries ({sum(hits) / len(hits):.2f})"


def unanswered(
    run: Mapping[str, Sequence[str]],
    relevant: Mapping[str, Collection[str]],
    queries: Mapping[str, str],
    corpus: Mapping[str, str],
) -> Iterator[str]:
    """Queries without an answer among the first ten, in the file's order, with what came first instead."""
    missed = [query for query, answers in relevant.items() if not _hit(run, query, answers)]
    if missed:
        yield f"  queries without an answer among the first {FIRST}: {len(missed)}, such as"
    for query in islice(missed, WORST):
        answer = next((corpus[doc] for doc in relevant[query] if doc in corpus), "")
        first = next((corpus[doc] for doc in run.get(query, ()) if doc in corpus), "")
        yield f"    {query}: {_cut(queries.get(query, ''))}\n      wanted: {_cut(answer)}\n      first:  {_cut(first)}"


def calibration(likely: Sequence[float], labels: Sequence[bool]) -> Iterator[str]:
    """For each tenth of probability: what was said, what was true, of how many pairs."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for p, label in zip(likely, labels, strict=True):
        bins[min(int(p * BINS), BINS - 1)].append((p, label))
    for number, rows in sorted(bins.items()):
        said, true = (sum(row[i] for row in rows) / len(rows) for i in (0, 1))
        yield f"  probability {number / BINS:.1f} to {(number + 1) / BINS:.1f}: said {said:.2f}, true {true:.2f} of {len(rows)} pairs"


EVEN: Final = 0.5
"""A pair that is thought likelier than not."""


def worst_pairs(
    likely: Sequence[float], labels: Sequence[bool], texts: Sequence[tuple[str, str, str]]
) -> Iterator[str]:
    """The surest of the wrong pairs that were thought likelier than not, the least sure of the true ones that were not; a text is its id and both sides."""
    order = sorted(range(len(likely)), key=lambda number: likely[number])
    for title, numbers in (
        ("wrong, and thought likely", [at for at in reversed(order) if not labels[at] and likely[at] >= EVEN]),
        ("true, and thought unlikely", [at for at in order if labels[at] and likely[at] < EVEN]),
    ):
        yield f"  {title}:" if numbers else f"  {title}: none"
        for number in numbers[:WORST]:
            name, a, b = texts[number]
            yield f"    {name} {likely[number]:.2f}: {_cut(a)}\n      {_cut(b)}"


def _hit(run: Mapping[str, Sequence[str]], query: str, answers: Collection[str]) -> bool:
    return any(doc in answers for doc in [doc for doc in run.get(query, ()) if doc != query][:FIRST])


def _jaccard(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / (len(a | b) or 1)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
