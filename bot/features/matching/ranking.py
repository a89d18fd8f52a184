"""Which entries may be the same work as an announcement: features to one probability, one order and two tiers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from bot.features.matching import calibration, chatter
from bot.features.matching.index import Hit, Index, Query

if TYPE_CHECKING:
    from collections.abc import Collection

MOST_CANDIDATES: Final = 3
"""A warning names at most so many."""

WARN_FROM: Final = 0.45
WARN_FROM_WORDS: Final = 0.5
"""On words alone, where no vector stands against an accident of words."""
RELATED_FROM: Final = 0.15


class Tier(StrEnum):
    """SAME is worth a warning; RELATED is worth a mention where somebody asks, never a warning."""

    SAME = "same"
    RELATED = "related"


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate: the entry, how likely it is the same work, and the features that say so."""

    id: int
    probability: float
    tier: Tier
    hit: Hit


def wording(title: str, body: str) -> str:
    """The text of an initiative that is embedded and compared: title first, then the body without chatter.

    The same function serves both sides, an announcement and an entry; a body that repeats the title does not count it twice.
    """
    said = chatter.content(body) if body.strip() else ""
    head = chatter.plain(title)
    if head and said.lower().startswith(head.lower()):
        return said
    return "\n".join(part for part in (head, said) if part)


def probability(query: Query, hit: Hit) -> float:
    """How likely the hit is the same work as what was looked for, 0..1."""
    model = calibration.model_for(
        capabilities=query.capabilities is not None,
        vectors=hit.cosine is not None,
        concepts=hit.kinship is not None,
        visible=hit.visible,
    )
    return model.probability(
        cosine=hit.cosine or 0.0,
        overlap=hit.overlap,
        share=hit.share,
        agreement=hit.agreement,
        kinship=hit.kinship or 0.0,
    )


def rank(
    index: Index,
    query: Query,
    *,
    audiences: frozenset[str] | None,
    exclude: Collection[int] = (),
    threshold: float | None = None,
    limit: int = MOST_CANDIDATES,
) -> list[Match]:
    """Candidates at or above the threshold, likeliest first, at most `limit`.

    Pass RELATED_FROM as the threshold to see related work too; `audiences` and `exclude` are those of `Index.search`.
    """
    level = threshold if threshold is not None else (WARN_FROM if query.vector is not None else WARN_FROM_WORDS)
    found = [
        (probability(query, hit), hit) for hit in index.search(query, audiences=audiences, exclude=exclude, limit=50)
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].id))
    return [
        Match(hit.id, likely, Tier.SAME if likely >= max(level, WARN_FROM) else Tier.RELATED, hit)
        for likely, hit in found[:limit]
        if likely >= level
    ]
