"""The words of an index: which entry holds which, how rare each is, and the two scores made of that, BM25 and overlap."""

from __future__ import annotations

from array import array
from collections import Counter
from math import log
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

SATURATION: Final = 1.2
LENGTH_WEIGHT: Final = 0.75
"""BM25's k1 and b, the values that full-text engines ship."""

# A packed list and a dictionary entry of CPython, about, in bytes.
_LIST_OVERHEAD: Final = 80
_WORD_OVERHEAD: Final = 200


class Lexicon:
    """Entries by their slot, each a bag of stems. Not safe between threads: its index holds the lock."""

    def __init__(self) -> None:
        self._terms: list[array[int]] = []
        self._number_of: dict[str, int] = {}
        self._stem_of: list[str] = []
        self._holders: list[int] = []
        self._length = 0
        self._entries = 0

    def __contains__(self, stem: str) -> bool:
        return stem in self._number_of

    def put(self, slot: int, stems: Sequence[str]) -> None:
        """Fills an empty slot; a slot may be at most one behind the last."""
        numbers = array("I", [self._number(stem) for stem in stems])
        if slot == len(self._terms):
            self._terms.append(numbers)
        else:
            self._terms[slot] = numbers
        for number in set(numbers):
            self._holders[number] += 1
        self._length += len(numbers)
        self._entries += 1

    def clear(self, slot: int) -> None:
        """Empties a filled slot."""
        for number in set(self._terms[slot]):
            self._holders[number] -= 1
        self._length -= len(self._terms[slot])
        self._entries -= 1
        self._terms[slot] = array("I")

    def joined(self, slot: int) -> str:
        """The slot's stems with blanks between them, as the full-text engine takes them."""
        return " ".join([self._stem_of[number] for number in self._terms[slot]])

    def rarity(self, stem: str) -> float:
        """How telling a stem is: BM25's idf, near 0 for what stands everywhere."""
        number = self._number_of.get(stem)
        return self._idf(0 if number is None else self._holders[number])

    def scores(self, asked: Collection[str], slots: Collection[int]) -> dict[int, tuple[float, float]]:
        """BM25 and overlap of each slot for the asked stems.

        The overlap is 0..1: of the shorter side's stems, each weighted by its rarity, the part that stands on both.
        """
        known = {self._number_of[stem] for stem in asked if stem in self._number_of}
        rarities = {number: self._idf(self._holders[number]) for number in known}
        mine = sum(rarities.values()) + (len(asked) - len(known)) * self._idf(0)
        for slot in slots:
            for number in self._terms[slot]:
                if number not in rarities:
                    rarities[number] = self._idf(self._holders[number])
        average = self._length / max(self._entries, 1) or 1.0
        return {slot: self._score(self._terms[slot], known, rarities, mine, average=average) for slot in slots}

    def memory(self) -> int:
        """Bytes, about."""
        packed = sum(len(terms) * terms.itemsize + _LIST_OVERHEAD for terms in self._terms)
        return packed + sum(len(stem) + _WORD_OVERHEAD for stem in self._stem_of)

    @staticmethod
    def _score(
        terms: array[int], known: set[int], rarities: dict[int, float], mine: float, *, average: float
    ) -> tuple[float, float]:
        found = Counter([number for number in terms if number in known])
        damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * len(terms) / average)
        bm25 = sum([rarities[number] * count * (SATURATION + 1) / (count + damping) for number, count in found.items()])
        smaller = min(mine, sum([rarities[number] for number in set(terms)]))
        return bm25, sum([rarities[number] for number in found]) / smaller if smaller else 0.0

    def _number(self, stem: str) -> int:
        number = self._number_of.get(stem)
        if number is None:
            number = self._number_of[stem] = len(self._stem_of)
            self._stem_of.append(stem)
            self._holders.append(0)
        return number

    def _idf(self, holders: int) -> float:
        return log(1 + (self._entries - holders + 0.5) / (holders + 0.5))
