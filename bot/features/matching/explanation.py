"""Why an entry was named, and how it may differ: found in both texts, never invented."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.features.matching import chatter, words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from bot.features.matching.index import Hit


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts, as people wrote it. `capabilities` are the names shown to people, by key."""

    title: str
    body: str
    capabilities: dict[str, str]
    system: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasons of a candidate, strongest kind first; every part may be empty.

    Wording for the views: "both are a _feature store_" (capabilities); "both speak of *fresh features* and *request time*" (phrases);
    "“shared definitions across squads” ≈ “a registry of feature definitions”" (sentences);
    "same idea in other words" (reworded); "both are about *Ranker*" (system); "May differ: yours is about bidding, theirs about ranking" (differs).
    """

    capabilities: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    sentences: tuple[str, str] | None = None
    reworded: bool = False
    system: str = ""
    differs: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Words particular to the new text and to the existing one."""

    def __bool__(self) -> bool:
        return bool(self.capabilities or self.phrases or self.sentences or self.reworded or self.system)


REWORDED_FROM: Final = 0.5


def explain(
    new: Side,
    existing: Side,
    hit: Hit,
    *,
    rarity: Callable[[str], float],
    embed: Callable[[Sequence[str]], NDArray[np.float32]] | None = None,
) -> Explanation:
    """The reasons why `existing` was found for `new`. `rarity` is `Index.rarity`."""
    shared = [name for key, name in new.capabilities.items() if key in existing.capabilities]
    mine = {word.stem: word.surface for word in words.read(chatter.content(new.title + "\n" + new.body))}
    theirs = {word.stem: word.surface for word in words.read(chatter.content(existing.title + "\n" + existing.body))}
    common = sorted((stem for stem in mine if stem in theirs), key=lambda stem: (-rarity(stem), stem))
    phrases = tuple(mine[stem] for stem in common[:4])
    return Explanation(
        capabilities=tuple(shared),
        phrases=phrases,
        reworded=(hit.cosine or 0.0) >= REWORDED_FROM and len(common) < 3,
        system=new.system if new.system and new.system.casefold() == existing.system.casefold() else "",
    )
