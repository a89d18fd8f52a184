"""How well a ranking or probabilities do against known answers. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


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
    """Average precision, precision where half of the true pairs are found, the best F1, and the error of the probabilities (ten equal bins)."""

    pairs: int
    average_precision: float
    precision_at_half: float
    best_f1: float
    calibration_error: float

    def __str__(self) -> str:
        return (
            f"AP {self.average_precision:.3f}  P@R.5 {self.precision_at_half:.3f}  F1 {self.best_f1:.3f}"
            f"  ECE {self.calibration_error:.3f}  ({self.pairs} pairs)"
        )


def retrieval_scores(run: Mapping[str, Sequence[str]], relevant: Mapping[str, Collection[str]]) -> RetrievalScores:
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
    """How well probabilities order and state the truth of pairs; of equal ones the first counts first."""
    positives = max(sum(labels), 1)
    hits, average, at_half, best_f1 = 0, 0.0, 0.0, 0.0
    for place, number in enumerate(sorted(range(len(likely)), key=lambda number: -likely[number]), 1):
        hits += labels[number]
        precision, recall = hits / place, hits / positives
        average += labels[number] * precision / positives
        best_f1 = max(best_f1, 2 * precision * recall / (precision + recall) if hits else 0.0)
        if recall >= 0.5:
            at_half = max(at_half, precision)
    bins: dict[int, float] = defaultdict(float)
    for p, label in zip(likely, labels, strict=True):
        bins[min(int(p * 10), 9)] += p - label
    error = sum(abs(value) for value in bins.values()) / max(len(likely), 1)
    return PairScores(len(likely), average, at_half, best_f1, error)
