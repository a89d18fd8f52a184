"""From which probability a workspace is warned: the precision that it wants, and what its own answers say of the shipped probabilities.

A warning that was answered is a pair with the probability that was given and the truth. One number is learnt from them, by how much
the shipped log-odds are too low or too high here; it has a strong prior around nothing (docs/decisions/0025-learning-from-answers.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, fsum, log
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

PRECISION: Final = 0.8
"""Of the warnings that people answer, the part that should be right, unless an admin wants another. The shipped threshold stands for it."""
LEAST_LEVEL: Final = 0.15
MOST_LEVEL: Final = 0.95
MOST_SHIFT: Final = 1.5
"""Log-odds. Answers never move a probability of 0.5 beyond 0.18 or 0.82."""

# How far workspaces may be expected to lie from the shipped probabilities, in log-odds: one answer moves 0.5 by about 0.03.
_SPREAD: Final = 0.5
_STEPS: Final = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What people made of a warning: the probability that was given, and whether it was the same work."""

    probability: float
    same: bool


@dataclass(frozen=True, slots=True)
class Level:
    """From which probability on there is a warning, and where that comes from."""

    shipped: float
    number: float
    same: int
    """Answers that acted on the match as on the same work."""
    unrelated: int

    @property
    def answers(self) -> int:
        """How many were learnt from."""
        return self.same + self.unrelated


def shift(answers: Sequence[Answer]) -> float:
    """By how many log-odds the shipped probabilities are too low here (positive), or too high; exactly 0 without answers.

    The likeliest shift under a normal prior. It does not depend on the order of the answers.
    """
    if not answers:
        return 0.0
    odds = sorted((_odds(answer.probability), answer.same) for answer in answers)

    def slope(at: float) -> float:
        return fsum(same - _chance(odd + at) for odd, same in odds) - at / _SPREAD**2

    low, high = -MOST_SHIFT, MOST_SHIFT
    if slope(low) <= 0:
        return low
    if slope(high) >= 0:
        return high
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return (low + high) / 2


def level(shipped: float, answers: Sequence[Answer], *, precision: float = PRECISION) -> Level:
    """From which probability on to warn. With the default precision and no answers it is the shipped one, exactly."""
    same = sum(answer.same for answer in answers)
    moved = _odds(precision) - _odds(PRECISION) - shift(answers)
    number = shipped if moved == 0 else _chance(_odds(shipped) + moved)
    least, most = min(LEAST_LEVEL, shipped), max(MOST_LEVEL, shipped)
    bounded = number if moved == 0 else round(min(max(number, least), most), 4)
    return Level(shipped, bounded, same, len(answers) - same)


def _odds(chance: float) -> float:
    bounded = min(max(chance, 0.001), 0.999)
    return log(bounded / (1 - bounded))


def _chance(odds: float) -> float:
    return 1 / (1 + exp(-odds))
