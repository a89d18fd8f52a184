"""The words of an index: which entry holds which, how rare each is, and what follows of that: BM25, overlap and the rarest word of both."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import chain
from math import log
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

SATURATION: Final = 1.2
LENGTH_WEIGHT: Final = 0.75
"""BM25's k1 and b, the values that full-text engines ship."""

# A stem's number is in the lower half of a word, whose it is in the upper one.
_NUMBER_BITS: Final = np.uint64(32)
_NUMBER: Final = np.uint64(2**32 - 1)
_NOTHING: Final = np.uint64(2**64 - 1)
# A dictionary entry of CPython, about, in bytes.
_WORD_OVERHEAD: Final = 200
# Numbers of emptied slots that are left lying before the rest moves together.
_MOST_WASTE: Final = 1_000_000


class _Numbers(dict[str, int]):
    """Numbers of stems: one that is looked up and unknown gets the next, and a place in both lists."""

    def __init__(self, stems: list[str], holders: array[int]) -> None:
        self._stems, self._holders = stems, holders

    def __missing__(self, stem: str) -> int:
        number = self[stem] = len(self._stems)
        self._stems.append(stem)
        self._holders.append(0)
        return number


@dataclass(frozen=True, slots=True)
class Scores:
    """What asked stems and the entry of each slot have in common, a number per slot."""

    bm25: NDArray[np.float64]
    """Unbounded."""
    overlap: NDArray[np.float64]
    """0..1: of the shorter side's stems, each weighted by its rarity, the part that stands on both."""
    rarest: NDArray[np.float64]
    """How rare the rarest stem of both is (`Lexicon.rarity`), 0 where they have none."""
    telling: float
    """How rare a stem is that one entry alone has: the more entries there are, the more does a word of both say."""


class Lexicon:
    """Entries by their slot, each a bag of stems. Not safe between threads: its index holds the lock."""

    def __init__(self) -> None:
        # The numbers of all entries' stems, one entry after the other, ascending within each: where a slot's begin and how many there are.
        self._pool = array("I")
        self._starts = array("Q")
        self._lengths = array("I")
        self._stem_of: list[str] = []
        self._holders = array("I")
        self._number_of = _Numbers(self._stem_of, self._holders)
        self._length = 0
        self._entries = 0

    def __contains__(self, stem: str) -> bool:
        return stem in self._number_of

    def put(self, slots: Sequence[int], texts: Sequence[str]) -> None:
        """Fills empty slots, each with a text's stems, blanks between them."""
        bags = [text.split() for text in texts]
        numbers = np.array(list(map(self._number_of.__getitem__, chain.from_iterable(bags))), np.uint64)
        lengths = np.array([len(bag) for bag in bags], np.uint32)
        owners = np.repeat(np.arange(len(bags), dtype=np.uint64), lengths)
        ascending = np.sort(owners << _NUMBER_BITS | numbers)
        once = ascending[np.flatnonzero(np.diff(ascending, prepend=_NOTHING))] & _NUMBER
        np.add.at(np.frombuffer(self._holders, np.uint32), once.astype(np.intp), np.uint32(1))
        if (missing := max(slots, default=-1) + 1 - len(self._starts)) > 0:
            self._starts.extend([0] * missing)
            self._lengths.extend([0] * missing)
        np.frombuffer(self._starts, np.uint64)[slots] = len(self._pool) + np.cumsum(lengths) - lengths
        np.frombuffer(self._lengths, np.uint32)[slots] = lengths
        self._pool.frombytes((ascending & _NUMBER).astype(np.uint32).tobytes())
        self._length += len(numbers)
        self._entries += len(bags)

    def clear(self, slot: int) -> None:
        """Empties a filled slot."""
        terms = self._terms(slot)
        for number in set(terms):
            self._holders[number] -= 1
        self._length -= len(terms)
        self._entries -= 1
        self._lengths[slot] = 0
        if len(self._pool) - self._length > max(_MOST_WASTE, self._length):
            self._move_together()

    def rarity(self, stem: str) -> float:
        """How telling a stem is: BM25's idf, near 0 for what stands everywhere."""
        number = self._number_of.get(stem)
        return self._idf(0 if number is None else self._holders[number])

    def scores(self, asked: Collection[str], slots: Collection[int]) -> Scores:
        """What the asked stems and those of each slot have in common."""
        known = [self._number_of[stem] for stem in asked if stem in self._number_of]
        mine = sum([self._idf(self._holders[number]) for number in known])
        mine += (len(asked) - len(known)) * self._idf(0)
        terms, counts, owners, lengths = self._bags(slots)
        holders = np.frombuffer(self._holders, np.uint32)[terms].astype(np.float64) if len(terms) else np.zeros(0)
        rarities = np.log(1 + (self._entries - holders + 0.5) / (holders + 0.5))
        whole = np.bincount(owners, rarities, minlength=len(lengths))
        found = np.flatnonzero(np.isin(terms, np.array(known, np.uint32)))
        average = self._length / max(self._entries, 1) or 1.0
        damping = SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * lengths / average)
        owners, counted, weights = owners[found], counts[found], rarities[found]
        gains = weights * counted * (SATURATION + 1) / (counted + damping[owners])
        bm25, both = (np.bincount(owners, each, len(lengths)).astype(np.float64) for each in (gains, weights))
        smaller = np.minimum(float(mine), whole)
        rarest = np.zeros(len(lengths))
        np.maximum.at(rarest, owners, weights)
        overlap = np.where(smaller > 0, both / np.where(smaller > 0, smaller, 1), 0)
        return Scores(bm25, overlap, rarest, self._idf(1))

    def memory(self) -> int:
        """Bytes, about."""
        packed = sum(len(part) * part.itemsize for part in (self._pool, self._starts, self._lengths, self._holders))
        return packed + sum(len(stem) + _WORD_OVERHEAD for stem in self._stem_of)

    def _terms(self, slot: int) -> array[int]:
        start = self._starts[slot]
        return self._pool[start : start + self._lengths[slot]]

    def _bags(
        self, slots: Collection[int]
    ) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The different stems of slots by number, how often each stands there, and whose it is (a place among the slots); and the slots' lengths."""
        joined = array("I")
        for slot in slots:
            joined.extend(self._terms(slot))
        lengths = np.array([self._lengths[slot] for slot in slots], np.int64)
        numbers = np.frombuffer(joined, np.uint32) if joined else np.zeros(0, np.uint32)
        owners = np.repeat(np.arange(len(lengths)), lengths)
        first = np.ones(len(numbers), np.bool_)
        first[1:] = (numbers[1:] != numbers[:-1]) | (owners[1:] != owners[:-1])
        places = np.flatnonzero(first)
        return numbers[places], np.diff(places, append=len(numbers)), owners[places], lengths

    def _move_together(self) -> None:
        """Leave no gaps between entries."""
        pool = array("I")
        for slot in range(len(self._starts)):
            terms = self._terms(slot)
            self._starts[slot] = len(pool)
            pool.extend(terms)
        self._pool = pool

    def _idf(self, holders: int) -> float:
        return log(1 + (self._entries - holders + 0.5) / (holders + 0.5))
