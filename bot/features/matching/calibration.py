"""From features to a probability: what tools/fit_matcher.py fitted, when each model applies, and its arithmetic.

docs/matching.md says on which texts, and how far the probabilities can be trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import Final

SMALL_REGISTRY: Final = 20
"""With fewer visible entries the best BM25 of a query is an accident, so its share is not used."""


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic regression: one weight per feature, and the intercept."""

    intercept: float
    cosine: float = 0.0
    telling: float = 0.0
    overlap: float = 0.0
    share: float = 0.0
    agreement: float = 0.0
    apart: float = 0.0
    kinship: float = 0.0

    def probability(
        self,
        *,
        cosine: float,
        telling: float,
        overlap: float,
        share: float,
        agreement: float | None,
        kinship: float,
    ) -> float:
        """0..1. `apart` counts when both sides have capabilities and share none."""
        logit = (
            self.intercept
            + self.cosine * cosine
            + self.telling * telling
            + self.overlap * overlap
            + self.share * share
            + self.agreement * (agreement or 0.0)
            + self.apart * (agreement == 0.0)
            + self.kinship * kinship
        )
        return 1 / (1 + exp(-logit))


# Two initiatives, whose capabilities are known or known to be unrecognised: what a warning is decided with.
INITIATIVES: Final = Model(intercept=-12.21, cosine=9.21, overlap=5.39, kinship=10.71)
INITIATIVES_WORDS: Final = Model(intercept=-4.21, overlap=9.93, agreement=6.26, apart=-3.03)
# Two bare texts, such as the rows of a benchmark.
TEXTS: Final = Model(intercept=-4.91, telling=4.64, overlap=2.37, share=1.97)
TEXTS_SMALL: Final = Model(intercept=-5.05, cosine=5.23, overlap=4.43)
TEXTS_WORDS: Final = Model(intercept=-3.75, overlap=3.32, share=3.48)
TEXTS_WORDS_SMALL: Final = Model(intercept=-3.52, overlap=7.62)


def model_for(*, capabilities: bool, vectors: bool, concepts: bool, visible: int) -> Model:
    """The model for what is known of a pair.

    That is whether capabilities take part, whether both sides have vectors, whether these were compared with the taxonomy's
    concepts, and how many entries are visible.
    """
    if capabilities and not vectors:
        return INITIATIVES_WORDS
    if capabilities and concepts:
        return INITIATIVES
    if vectors:
        return TEXTS if visible >= SMALL_REGISTRY else TEXTS_SMALL
    return TEXTS_WORDS if visible >= SMALL_REGISTRY else TEXTS_WORDS_SMALL
