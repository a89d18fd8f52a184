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

_LOOKED_AT: Final = 50


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
        telling=hit.telling or 0.0,
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
    """Candidates at or above the threshold, likeliest first, at most `limit`; `audiences` and `exclude` are those of `Index.search`."""
    level = threshold if threshold is not None else (WARN_FROM if query.vector is not None else WARN_FROM_WORDS)
    found = _found(index, query, audiences, exclude, level)
    found.sort(key=lambda match: (-match.probability, match.id))
    return found[:limit]


def listed(
    index: Index,
    query: Query,
    *,
    audiences: frozenset[str] | None,
    exclude: Collection[int] = (),
    limit: int,
) -> list[Match]:
    """What somebody finds who looks for a text, at most `limit`: the same work, likeliest first, then related work.

    Related work has the index's order: the probability was made for "is it the same?" and says less about subjects.
    """
    found = _found(index, query, audiences, exclude, RELATED_FROM)
    same = sorted((match for match in found if match.tier is Tier.SAME), key=lambda match: -match.probability)
    return [*same, *(match for match in found if match.tier is Tier.RELATED)][:limit]


def _found(
    index: Index, query: Query, audiences: frozenset[str] | None, exclude: Collection[int], level: float
) -> list[Match]:
    """Matches at or above a level, in the index's order."""
    rated = [
        (probability(query, hit), hit)
        for hit in index.search(query, audiences=audiences, exclude=exclude, limit=_LOOKED_AT)
    ]
    return [
        Match(hit.id, likely, Tier.SAME if likely >= max(level, WARN_FROM) else Tier.RELATED, hit)
        for likely, hit in rated
        if likely >= level
    ]
