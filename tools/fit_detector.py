"""Fits the second opinion on announcements again, writes bot/features/announcements/likeness.json, and prints how well it does.

    python tools/fit_detector.py

Trained on every labelled file of tests/features/announcements/data. Each independent author is judged by what was fitted
without a word of theirs (and without `detector_hard.tsv`, which was written with theirs in mind); the thresholds are chosen on
those judgements. To be run after the shipped network, a rule, a trait or a labelled file has changed.
"""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.features.announcements import likeness  # noqa: E402 - the path stands above
from bot.features.announcements.detector import Kind, Weighed, weigh  # noqa: E402
from bot.features.announcements.likeness import Likeness, Weights, features_of, has_an_opinion, text_of  # noqa: E402
from bot.features.matching.embedder import Embedder  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Vector = NDArray[np.floating[Any]]

DATA: Final = ROOT / "tests/features/announcements/data"
HARD: Final = "hard"
INDEPENDENT: Final = "independent_"
WEIGHTS: Final = {HARD: 4.0, INDEPENDENT: 6.0}
"""Of one text, by the beginning of its file's name; 1 for the rest, all by the author of the rules."""
SEEN_OFTEN: Final = 5
"""Texts in which a cue must be found to have a number of its own."""
PENALTY: Final = 1.0
VECTOR_PENALTY: Final = 0.1
"""Of the squared weights: of a cue or trait, which are about 1; of one of the 384 numbers of a vector, which are about 0.05."""
PRECISION: Final = 0.985
"""Of public answers to independent authors: above what is promised, since the next author is another one."""
DISTURBED: Final = 0.025
"""The share of independent authors' other messages whose author is asked quietly."""
MARGIN: Final = 0.75
"""Log-odds by which the network is asked more often than these authors needed."""


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled message and what the rules make of it."""

    source: str
    is_new: bool
    text: str
    weighed: Weighed


@dataclass(frozen=True, slots=True)
class Table:
    """All rows as numbers."""

    features: Vector
    vectors: Vector
    is_new: NDArray[np.bool_]
    weights: Vector

    @property
    def whole(self) -> Vector:
        """Cues, traits and vectors, side by side."""
        return np.hstack([self.features, self.vectors])


def main() -> None:
    """Fits, judges, writes."""
    rows = labelled()
    embedder = Embedder.load()
    names = cues_of(rows)
    table = Table(
        np.stack([features_of(row.weighed, names) for row in rows]),
        embedder.embed([text_of(row.weighed) for row in rows]),
        np.array([row.is_new for row in rows]),
        np.array([weight_of(row.source) for row in rows], np.float32),
    )
    authors = sorted({row.source for row in rows if row.source.startswith(INDEPENDENT)})
    first, whole = (np.zeros(len(rows)) for _ in range(2))
    judged = np.zeros(len(rows), bool)
    for author in authors:
        theirs = np.array([row.source == author for row in rows])
        others = ~theirs & np.array([row.source != HARD for row in rows])
        judged |= theirs
        for odds, numbers, penalty in columns(table, first, whole):
            fitted = fit(numbers[others], table.is_new[others], table.weights[others], penalty)
            odds[theirs] = numbers[theirs] @ fitted[:-1] + fitted[-1]
    parts = [fit(numbers, table.is_new, table.weights, penalty) for _, numbers, penalty in columns(table, first, whole)]
    made = thresholds(rows, first, whole, judged)
    digest = hashlib.sha256("\n".join(sorted(f"{row.is_new}{row.text}" for row in rows)).encode()).hexdigest()[:16]
    write(embedder.version, digest, names, parts, made)
    report(rows, authors, first, whole, Weights.read(), embedder)


def labelled() -> list[Row]:
    """Every labelled message."""
    found = []
    for path in sorted(DATA.glob("detector_*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines():
            label, text = line.split("\t", 1)
            text = text.replace("\\n", "\n")
            found.append(Row(path.stem.removeprefix("detector_"), label == "new", text, weigh(text)))
    return found


def cues_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """The cues that are found often enough."""
    counts: dict[str, int] = {}
    for row in rows:
        seen = row.weighed.verdict if row.weighed.verdict.kind is not Kind.NONE else row.weighed.nearest
        for name in {cue.name for cue in seen.evidence}:
            counts[name] = counts.get(name, 0) + 1
    return tuple(sorted(name for name, count in counts.items() if count >= SEEN_OFTEN))


def weight_of(source: str) -> float:
    """How much a text of this file counts."""
    return next((weight for name, weight in WEIGHTS.items() if source.startswith(name)), 1.0)


def columns(table: Table, first: Vector, whole: Vector) -> list[tuple[Vector, Vector, Vector]]:
    """For both models: where their odds go, what they see, and the penalty of each weight."""
    count, size = table.features.shape[1], table.vectors.shape[1]
    small = np.full(count, PENALTY, np.float32)
    return [
        (first, table.features, small),
        (whole, table.whole, np.concatenate([small, np.full(size, VECTOR_PENALTY, np.float32)])),
    ]


def fit(numbers: Vector, is_new: NDArray[np.bool_], weights: Vector, penalty: Vector) -> Vector:
    """A logistic regression by Newton's method; the intercept stands last and is not penalised."""
    given = np.hstack([numbers, np.ones((len(numbers), 1), np.float32)]).astype(np.float64)
    shrink = np.append(penalty, 1e-6).astype(np.float64)
    share = weights / weights.mean()
    found = np.zeros(given.shape[1])
    for _ in range(12):
        probability = 1 / (1 + np.exp(-np.clip(given @ found, -30, 30)))
        slope = given.T @ (share * (probability - is_new)) + shrink * found
        bend = (given * (share * np.maximum(probability * (1 - probability), 1e-6))[:, None]).T @ given
        step = np.linalg.solve(bend + np.diag(shrink), slope)
        found -= step
        if np.abs(step).max() < 1e-4:
            break
    return found.astype(np.float32)


def thresholds(rows: Sequence[Row], first: Vector, whole: Vector, judged: NDArray[np.bool_]) -> dict[str, float]:
    """Where the odds mean a public answer, a question, and that the network is not asked; see the constants above."""
    theirs = [index for index in np.flatnonzero(judged).tolist() if has_an_opinion(rows[index].weighed)]
    open_to_all = {index for index in theirs if not likeness.is_vetoed(rows[index].weighed)}
    others = sum(not rows[index].is_new for index in np.flatnonzero(judged).tolist())
    # Where the rules are silent or in doubt, the opinion decides; from the likeliest down.
    order = sorted(
        (index for index in theirs if rows[index].weighed.verdict.kind is not Kind.SURE), key=lambda at: -whole[at]
    )
    right = wrong = 0
    answer = float("inf")
    for index in order:
        if index not in open_to_all:
            continue
        right, wrong = right + rows[index].is_new, wrong + (not rows[index].is_new)
        if right / (right + wrong) >= PRECISION:
            answer = float(whole[index])
    quiet = 0
    ask = answer
    for index in order:
        quiet += not rows[index].is_new and (whole[index] < answer or index not in open_to_all)
        if quiet > DISTURBED * others:
            break
        ask = float(whole[index])
    look = min(float(first[index]) for index in order if rows[index].is_new and whole[index] >= ask) - MARGIN
    return {"look": look, "ask": ask, "answer": answer}


def write(version: str, digest: str, names: tuple[str, ...], parts: Sequence[Vector], made: dict[str, float]) -> None:
    """Put everything into likeness.json."""
    first, whole = ([round(float(each), 4) for each in part] for part in parts)
    kept = {"embedder": version, "texts": digest, "cues": names, "first": first[:-1], "first_intercept": first[-1],
            "whole": whole[:-1], "intercept": whole[-1], **{name: round(value, 3) for name, value in made.items()}}  # fmt: skip
    likeness.FILE.write_text(json.dumps(kept, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")


class _Left(Likeness):
    """The opinion of somebody who has not read an author: odds that were found before."""

    def __init__(self, weights: Weights, embedder: Embedder, first: float, whole: float) -> None:
        super().__init__(weights, embedder)
        self._found = first, whole

    def odds(self, weighed: Weighed) -> float | None:
        """Those found before."""
        first, whole = self._found
        return None if first < self.weights.look and weighed.verdict.kind is not Kind.SURE else whole


def report(
    rows: Sequence[Row], authors: Sequence[str], first: Vector, whole: Vector, weights: Weights, embedder: Embedder
) -> None:
    """How often it is right, for authors whose texts it had not seen, and how often the network is asked."""
    print(f"{weights.embedder}, {len(rows)} texts, {len(weights.cues)} cues; look {weights.look:.2f}, ask {weights.ask:.2f}, answer {weights.answer:.2f}")  # fmt: skip
    for author in authors:
        theirs = [index for index, row in enumerate(rows) if row.source == author]
        kinds = {index: _Left(weights, embedder, first[index], whole[index]).reconsider(rows[index].weighed).kind for index in theirs}  # fmt: skip
        asked = sum(first[index] >= weights.look for index in theirs if not rows[index].is_new)
        print(f"{author}: {figures([(rows[index].is_new, kinds[index]) for index in theirs])}; others read by the network {asked}")  # fmt: skip
        for index in theirs:
            if rows[index].is_new is (kinds[index] is Kind.NONE) and "-v" in sys.argv:
                text = rows[index].text[:220].replace("\n", " / ")
                print(f"   {kinds[index]:6} by rules {rows[index].weighed.verdict.kind:6} {first[index]:6.2f} {whole[index]:6.2f} {text}")  # fmt: skip


def figures(judged: Sequence[tuple[bool, Kind]]) -> str:
    """Recall, precision and disturbance in words."""
    public = [is_new for is_new, kind in judged if kind in (Kind.SURE, Kind.MARKED)]
    news, others = sum(is_new for is_new, _ in judged), sum(not is_new for is_new, _ in judged)
    noticed = sum(is_new and kind is not Kind.NONE for is_new, kind in judged)
    asked = sum(not is_new and kind is Kind.UNSURE for is_new, kind in judged)
    return (f"public recall {sum(public) / news:.3f}, noticed {noticed / news:.3f}, precision {sum(public) / max(1, len(public)):.3f} ({len(public) - sum(public)} wrong), "
            f"asked about {asked} of {others} others")  # fmt: skip


if __name__ == "__main__":
    main()
