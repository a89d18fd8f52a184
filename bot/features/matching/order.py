"""The order of a list of entries: how alike each is to what is looked for, and how much the company it keeps speaks for it.

Only the order of lists depends on this. Whether somebody is warned is decided by a probability of other numbers (calibration.py).
docs/matching.md says what each part is worth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

COSINE_WEIGHT: Final = 0.8
"""Of the cosine in the sum; the rest is the share of the best BM25."""
KINSHIP_WEIGHT: Final = 0.2

REORDERED: Final = 128
"""Entries that are compared with each other, the best ones; what lies behind them keeps its place."""
NEIGHBOURS: Final = 8
COMPANY_WEIGHT: Final = 0.2
"""Of the mean likeness of an entry's neighbours. An entry of a likeness of 1 has 1 of its own, one of 0.6 has 0.04: so
the company decides among entries that are about as far off, and never against one that is plainly the same work."""
CERTAINTY: Final = 8.0

GRAMMAR: Final = 0.22
"""What a word of grammar or a sign counts in a query's vector, of a word that no entry has."""


def likeness(
    cosines: NDArray[np.float32], shares: NDArray[np.float32], kinships: NDArray[np.float32]
) -> NDArray[np.float32]:
    """How alike each entry is to what is looked for, about 0..1.2, from its features: 0 where one is unknown."""
    total: NDArray[np.float32] = COSINE_WEIGHT * cosines + (1 - COSINE_WEIGHT) * shares + KINSHIP_WEIGHT * kinships
    return total


def with_company(likenesses: NDArray[np.float32], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """What each entry is ordered by, from its likeness and that of the entries whose vectors are nearest to its own.

    Work on one subject lies together: an entry in the midst of entries that resemble the query is more likely of the query's
    subject than one that resembles it alone. `vectors` has a row per entry, of unit length, or zeros where there is none.
    """
    own: NDArray[np.float32] = np.exp(CERTAINTY * (likenesses - 1))
    count = min(NEIGHBOURS, len(likenesses) - 1)
    if count < 1:
        return own
    # What all of them share is no company: the mean is taken away first.
    apart = vectors - vectors.mean(axis=0)
    apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6)
    nearness = apart @ apart.T
    np.fill_diagonal(nearness, -np.inf)
    nearest = np.argpartition(nearness, -count, axis=1)[:, -count:]
    company = np.where(vectors.any(axis=1), likenesses[nearest].mean(axis=1), likenesses)
    return (own + COMPANY_WEIGHT * company).astype(np.float32)
