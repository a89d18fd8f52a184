"""A second opinion: how much a message reads like announcements that were labelled by hand, where the rules see none, or doubt.

A logistic regression on the rules' cues, the message's traits and the vector that the shipped network makes of it. Its
numbers are in `likeness.json`, fitted by tools/fit_detector.py for that very network: with another one, or without any, the
rules decide alone. docs/detection.md says on which texts, and how often it is right.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from bot.features.announcements import cues
from bot.features.announcements.detector import Cue, Detection, Kind, Weighed
from bot.features.announcements.traits import traits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.features.matching.embedder import Embedder

__all__ = ["REASON", "Likeness", "Weights", "features_of", "has_an_opinion", "is_vetoed", "text_of"]

REASON: Final = "reads like other announcements"
"""What people are told of the learned part; which words did it cannot be said of a vector."""

log = logging.getLogger(__name__)

FILE: Final = Path(__file__).with_name("likeness.json")
# Shorter messages say too little, and a longer one is read up to here.
_FEWEST_WORDS: Final = 5
_LONGEST: Final = 1_500
# About one word in five of English is one of these; of other languages, one in twenty.
_ENGLISH: Final = frozenset(
    (
        *("the", "a", "an", "and", "or", "of", "to", "for", "in", "on", "at", "by", "from", "with", "about", "as", "so", "up", "out"),
        *("is", "are", "was", "be", "been", "have", "has", "do", "does", "will", "can", "not"),
        *("we", "i", "our", "my", "us", "me", "you", "your", "it", "its", "this", "that", "who", "what", "which", "all"),
        *("more", "very", "just", "new", "first", "now", "next", "today", "tomorrow", "monday", "week", "day"),
        *("start", "starts", "started", "starting", "begin", "begins", "began", "work", "team", "lead", "owner"),
    )
)  # fmt: skip
_ENGLISH_SHARE: Final = 0.12
_WORD: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Weights:
    """What was fitted. Vectors are in the order of `features_of` (and the network's vector behind it)."""

    embedder: str
    #: Digest of the texts that it was fitted on.
    texts: str
    cues: tuple[str, ...]
    first: NDArray[np.float32]
    first_intercept: float
    whole: NDArray[np.float32]
    intercept: float
    #: Log-odds: below `look` the network is not asked; the others decide.
    look: float
    ask: float
    answer: float

    @classmethod
    def read(cls, path: Path = FILE) -> Weights:
        """The numbers of a file."""
        made = json.loads(path.read_text(encoding="utf-8"))
        made |= {name: np.array(made[name], np.float32) for name in ("first", "whole")}
        return cls(**made | {"cues": tuple(made["cues"])})


class Likeness:
    """The second opinion, with the network that it was fitted for. Safe to share between threads."""

    def __init__(self, weights: Weights, embedder: Embedder) -> None:
        self.weights: Final = weights
        self._embedder = embedder

    @classmethod
    def of(cls, embedder: Embedder | None) -> Likeness | None:
        """The opinion of this network; None if the numbers were fitted for another one, or there is none."""
        if embedder is None:
            return None
        weights = Weights.read()
        if embedder.version != weights.embedder:
            log.info(
                "Announcements are noticed by rules alone: the second opinion was fitted for %s.", weights.embedder
            )
            return None
        return cls(weights, embedder)

    def reconsider(self, weighed: Weighed) -> Detection:
        """The verdict on a message with this opinion heard. Under a millisecond for most talk; some 5 ms where the network is asked."""
        verdict = weighed.verdict
        if not has_an_opinion(weighed):
            return verdict
        odds = self.odds(weighed)
        if odds is None:
            return verdict if verdict.kind is not Kind.UNSURE else Detection(Kind.NONE)
        kind = self._kind(verdict.kind, odds, weighed)
        if kind is verdict.kind or kind is Kind.NONE:
            return verdict if kind is not Kind.NONE else Detection(Kind.NONE)
        seen = verdict if verdict.kind is not Kind.NONE else weighed.nearest
        reason = Cue(REASON if kind is Kind.SURE or verdict.kind is Kind.NONE else f"hardly {REASON}", 0.0)
        return replace(seen, kind=kind, evidence=(*seen.evidence, reason))

    def odds(self, weighed: Weighed) -> float | None:
        """Log-odds that it announces; None where the network need not be asked to say no."""
        features = features_of(weighed, self.weights.cues)
        first = float(features @ self.weights.first) + self.weights.first_intercept
        if first < self.weights.look and weighed.verdict.kind is not Kind.SURE:
            return None
        vector = self._embedder.embed([text_of(weighed)])[0]
        return float(np.concatenate([features, vector]) @ self.weights.whole) + self.weights.intercept

    def probability(self, weighed: Weighed) -> float:
        """0..1; 0 where it has no opinion or the network need not be asked."""
        odds = self.odds(weighed) if has_an_opinion(weighed) else None
        return 0.0 if odds is None else 1 / (1 + exp(-odds))

    def _kind(self, by_rules: Kind, odds: float, weighed: Weighed) -> Kind:
        """Both must be sure for a public answer, or this opinion alone where nothing forbids it."""
        if odds >= self.weights.answer and (by_rules is Kind.SURE or not is_vetoed(weighed)):
            return Kind.SURE
        doubted = by_rules is Kind.SURE or (by_rules is Kind.UNSURE and odds >= 0)
        return Kind.UNSURE if doubted or odds >= self.weights.ask else Kind.NONE


def has_an_opinion(weighed: Weighed) -> bool:
    """Whether it is a message to have an opinion about: English, long enough, no mere question, and not marked by its author."""
    if weighed.verdict.kind is Kind.MARKED or not weighed.said:
        return False
    if all(sentence.is_question for sentence in weighed.said):
        return False
    words = [word.lower() for word in _WORD.findall(weighed.own[:_LONGEST])]
    return len(words) >= _FEWEST_WORDS and sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words)


def is_vetoed(weighed: Weighed) -> bool:
    """Whether nothing is answered in public for likeness alone: it is one sentence, or the rules have found something that forbids it."""
    held = weighed.against.union(cue.name for cue in weighed.nearest.evidence)
    return len(weighed.said) == 1 or not cues.NEVER_PUBLIC.isdisjoint(held)


def features_of(weighed: Weighed, names: Sequence[str]) -> NDArray[np.float32]:
    """The numbers that the rules and the traits give: which of the named cues the nearest reading has, its points, the traits."""
    seen = weighed.verdict if weighed.verdict.kind is not Kind.NONE else weighed.nearest
    held = {cue.name for cue in seen.evidence}
    points = min(max(seen.score, -6.0), 8.0) / 4 if seen.sentence else -1.0
    said = [
        float(weighed.verdict.kind is Kind.SURE),
        float(weighed.verdict.kind is Kind.UNSURE),
        float(bool(seen.sentence)),
        points,
    ]
    return np.array([*(float(name in held) for name in names), *said, *traits_of(weighed.own)], np.float32)


def text_of(weighed: Weighed) -> str:
    """What the network reads of a message."""
    return " ".join(weighed.own[:_LONGEST].split())
