"""Fits the numbers of bot/features/matching/calibration.py again and prints them, with how well they do.

    python tools/fit_matcher.py PAIRS_FOLDER [INITIATIVES_FOLDER]

PAIRS_FOLDER holds `pairs.jsonl` (two texts, label 1 for the same work) and the `corpus.jsonl` that they come from, as
`python -m bot evaluate` reads them. INITIATIVES_FOLDER (by default the one of the tests) holds `registry*.jsonl` and
`announcements*.jsonl` of the same ending. Results are cross-validated in five folds; no text is in two of them.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.features.capabilities import taxonomy  # noqa: E402 - the path stands above
from bot.features.matching import calibration, evaluation, labelled_folder, ranking  # noqa: E402
from bot.features.matching.concepts import KEPT, Concepts  # noqa: E402
from bot.features.matching.embedder import Embedder  # noqa: E402
from bot.features.matching.index import PUBLIC, Document, Hit, Index, Query  # noqa: E402
from bot.features.matching.scores import pair_scores  # noqa: E402

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDS: Final = 5
PENALTY: Final = 0.1
"""Of the squared weights: keeps them finite where a feature separates perfectly."""
HARD_NEGATIVES: Final = 4
OTHER_NEGATIVES: Final = 2
"""Per announcement, the likeliest wrong entries and some others: the mixture of the pairs file."""

MODELS: Final = {
    "TEXTS": ("pairs", ("telling", "overlap", "share")),
    "TEXTS_SMALL": ("pairs", ("cosine", "overlap")),
    "TEXTS_WORDS": ("pairs", ("overlap", "share")),
    "TEXTS_WORDS_SMALL": ("pairs", ("overlap",)),
    "INITIATIVES": ("initiatives", ("cosine", "overlap", "kinship")),
    "INITIATIVES_WORDS": ("initiatives", ("overlap", "agreement", "apart")),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One pair: its features by name, whether it is the same work, and the text that both folds must not share."""

    features: dict[str, float]
    same: bool
    group: str


def main() -> None:
    """Fits every model and prints it as a line of calibration.py."""
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    initiatives = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "tests/features/matching/data"
    embedder = Embedder.load()
    rows = {
        "pairs": rows_of_pairs(Path(sys.argv[1]), embedder),
        "initiatives": rows_of_initiatives(initiatives, embedder),
    }
    for name, (source, features) in MODELS.items():
        chosen = rows[source]
        weights = fit(chosen, features)
        written = ", ".join(
            f"{feature}={weight:.2f}" for feature, weight in zip(("intercept", *features), weights, strict=True)
        )
        print(f"{name}: Final = Model({written})")
        print(f"    {len(chosen)} pairs, {FOLDS} folds: {crossed(chosen, features)}")
        print(f"    as shipped: {shipped(chosen, name)}")


def rows_of_pairs(folder: Path, embedder: Embedder) -> list[Row]:
    """Features of labelled pairs inside the registry that they come from."""
    found = evaluation.pair_hits(labelled_folder.read(folder), embedder)
    return [Row(features_of(hit), bool(pair.label), pair.a) for pair, hit in found]


def rows_of_initiatives(folder: Path, embedder: Embedder) -> list[Row]:
    """Features of announcements with the entry that they describe, the likeliest wrong ones and a few others."""
    rows: list[Row] = []
    rng = np.random.default_rng(0)
    known = taxonomy.shipped()
    concepts = Concepts.of(known, embedder)
    if concepts.made_from:
        concepts.keep()
        print(f"{KEPT.name} was made again from the present taxonomy.")
    for path in sorted(folder.glob("registry*.jsonl")):
        index = Index(concepts)
        for entry in labelled_folder.rows_of(path):
            text = ranking.wording(str(entry["title"]), str(entry["summary"]))
            recognised = known.recognise(str(entry["summary"]), title=str(entry["title"]))
            keys = frozenset(capability.key for capability in recognised)
            index.put([Document(int(str(entry["id"])), text, embedder.embed([text])[0], capabilities=keys)])
        for said in labelled_folder.rows_of(path.with_name(path.name.replace("registry", "announcements"))):
            text = ranking.wording("", str(said["text"]))
            keys = frozenset(capability.key for capability in known.recognise(text))
            query = Query(text, embedder.embed([text])[0], keys)
            hits = index.search(query, audiences=frozenset({PUBLIC}), limit=len(index))
            wrong = [hit for hit in hits if hit.id != said["of"]]
            wrong.sort(key=partial(_unlikeness, query))
            others = rng.permutation(len(wrong) - HARD_NEGATIVES)[:OTHER_NEGATIVES] + HARD_NEGATIVES
            chosen = [hit for hit in hits if hit.id == said["of"]] + wrong[:HARD_NEGATIVES] + [wrong[i] for i in others]
            rows += [Row(features_of(hit), hit.id == said["of"], text) for hit in chosen]
    return rows


def _unlikeness(query: Query, hit: Hit) -> float:
    return -ranking.probability(query, hit)


def features_of(hit: Hit) -> dict[str, float]:
    """The features by the names that a Model has for them."""
    return {
        "cosine": hit.cosine or 0.0,
        "telling": hit.telling or 0.0,
        "overlap": hit.overlap,
        "share": hit.share,
        "agreement": hit.agreement or 0.0,
        "apart": float(hit.agreement == 0.0),
        "kinship": hit.kinship or 0.0,
    }


def fit(rows: list[Row], features: tuple[str, ...]) -> NDArray[np.float64]:
    """Logistic regression by Newton's method: the intercept, then a weight per feature."""
    matrix = table(rows, features)
    labels = np.array([row.same for row in rows], float)
    penalty = np.diag([0.0] + [PENALTY] * len(features))
    weights = np.zeros(matrix.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-matrix @ weights))
        slope = matrix.T @ (likely - labels) + penalty @ weights
        bend = (matrix * (likely * (1 - likely))[:, None]).T @ matrix + penalty + 1e-9 * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    return weights


def table(rows: list[Row], features: tuple[str, ...]) -> NDArray[np.float64]:
    """(rows, 1 + features), the first column for the intercept."""
    return np.array([[1.0, *(row.features[feature] for feature in features)] for row in rows])


def crossed(rows: list[Row], features: tuple[str, ...]) -> str:
    """Scores of probabilities that were each given by a model fitted without the pair's own text."""
    groups = {group: number % FOLDS for number, group in enumerate(dict.fromkeys(row.group for row in rows))}
    likely = np.zeros(len(rows))
    for fold in range(FOLDS):
        held = [i for i, row in enumerate(rows) if groups[row.group] == fold]
        weights = fit([row for row in rows if groups[row.group] != fold], features)
        likely[held] = 1 / (1 + np.exp(-table([rows[i] for i in held], features) @ weights))
    return str(pair_scores(likely.tolist(), [row.same for row in rows]))


def shipped(rows: list[Row], name: str) -> str:
    """Scores of the numbers that are in calibration.py now."""
    model: calibration.Model = getattr(calibration, name)
    likely = [
        model.probability(
            cosine=row.features["cosine"],
            telling=row.features["telling"],
            overlap=row.features["overlap"],
            share=row.features["share"],
            agreement=0.0 if row.features["apart"] else row.features["agreement"] or None,
            kinship=row.features["kinship"],
        )
        for row in rows
    ]
    return str(pair_scores(likely, [row.same for row in rows]))


if __name__ == "__main__":
    main()
