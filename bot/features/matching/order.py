"""The order of a list of entries: how much each looks like the same work, and how much the company it keeps speaks for it.

Only the order of lists depends on this. Whether somebody is warned is decided by a probability of other numbers (calibration.py).
docs/matching.md says what each part is worth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

COSINE_WEIGHT: Final = 0.8
SHARE_WEIGHT: Final = 0.2
KINSHIP_WEIGHT: Final = 0.5
"""Of the three in an entry's likeness: how near its subject is."""

SAME_KINSHIP_WEIGHT: Final = 0.2
SAME_SHARE_WEIGHT: Final = 0.1
OVERLAP_WEIGHT: Final = 0.3
RAREST_WEIGHT: Final = 0.25
"""In an entry's sameness, beside the cosine: kinship, the share of the best BM25, the part of the words that stands in both, and
the rarest of these. Two descriptions of one thing share what few others say."""
MOST_TELLING: Final = 8.0
"""How rare a word is that one of 4,500 entries has. Among fewer no word is as rare, and words in common say less; among more
they say no more than this."""

REORDERED: Final = 128
"""Entries that are compared with each other, the best ones; what lies behind them keeps its place."""
NEIGHBOURS: Final = 8
COMPANY_WEIGHT: Final = 0.3
"""Of the mean likeness of an entry's neighbours. An entry of a sameness of 1.2 has 1 of its own, one of 0.8 has 0.04: so the
company decides among entries that are about as far off, and never against one that is plainly the same work."""
CERTAINTY: Final = 8.0
CERTAIN: Final = 1.2

GRAMMAR: Final = 0.22
"""What a word of grammar or a sign counts in a query's vector, of a word that no entry has."""


def likeness(
    cosines: NDArray[np.floating], shares: NDArray[np.floating], kinships: NDArray[np.floating]
) -> NDArray[np.float32]:
    """How near the subject of each entry is to what is looked for, about 0..1.5, from its features: 0 where one is unknown."""
    return np.asarray(COSINE_WEIGHT * cosines + SHARE_WEIGHT * shares + KINSHIP_WEIGHT * kinships, np.float32)


def sameness(
    cosines: NDArray[np.floating],
    kinships: NDArray[np.floating],
    shares: NDArray[np.floating],
    overlaps: NDArray[np.floating],
    rarest: NDArray[np.floating],
    *,
    telling: float,
) -> NDArray[np.float32]:
    """How much speaks for the same work, about 0..1.7: its subject, and the words that both have.

    `rarest` is how rare the rarest word of both is, `telling` how rare a word of one entry alone would be.
    """
    near = COSINE_WEIGHT * cosines + SAME_KINSHIP_WEIGHT * kinships + SAME_SHARE_WEIGHT * shares
    most = min(telling, MOST_TELLING)
    said = OVERLAP_WEIGHT * overlaps * most + RAREST_WEIGHT * np.minimum(rarest, MOST_TELLING)
    return np.asarray(near + said / MOST_TELLING, np.float32)


def with_company(
    samenesses: NDArray[np.float32], likenesses: NDArray[np.float32], vectors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """What each entry is ordered by, from its sameness and the likeness of the entries whose vectors are nearest to its own.

    Work on one subject lies together: an entry in the midst of entries that resemble the query is more likely of the query's
    subject than one that resembles it alone. `vectors` has a row per entry, of unit length, or zeros where there is none.
    Among fewer than `REORDERED` entries nearly all are neighbours, and company says nothing.
    """
    own: NDArray[np.float32] = np.exp(CERTAINTY * (samenesses - CERTAIN))
    if len(likenesses) < REORDERED:
        return own
    # What all of them share is no company: the mean is taken away first.
    apart = vectors - vectors.mean(axis=0)
    apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-6)
    nearness = apart @ apart.T
    np.fill_diagonal(nearness, -np.inf)
    nearest = np.argpartition(nearness, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:]
    company = np.where(vectors.any(axis=1), likenesses[nearest].mean(axis=1), likenesses)
    return (own + COMPANY_WEIGHT * company).astype(np.float32)
