"""Vectors of unit length by slot, in twelve bits a number: eight are enough to propose entries, all are read for the few that are scored.

A scan is bounded by memory bandwidth. Up to `SHORTLIST_FROM` slots it reads one byte a number; beyond, the sign of each number (one bit)
names a shortlist, and the bytes of the shortlist alone are read. docs/matching.md says what that is worth and how seldom it loses anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

SHORTLIST_FROM: Final = 16_384
"""Slots from which signs are kept and read first; below, reading every byte takes no longer."""
SHORTLIST: Final = 2048
"""Entries whose signs agree most with the query's, of which the bytes are read."""

_BLOCK: Final = 4096
# Slots of one block of signs: small enough that its intermediate results stay in the cache.
_SIGNS: Final = 4 * _BLOCK
# Rows made into floats at a time, so that they are still in the cache when they are multiplied.
_AT_ONCE: Final = 512
# The four finer bits of a number.
_FINE_BITS: Final = 4
_FINE: Final = 2**_FINE_BITS
_LARGEST: Final = 127 * _FINE
_WORD: Final = 64


class Vectors:
    """Vectors by slot. Not safe between threads: its index holds the lock."""

    def __init__(self, dimensions: int) -> None:
        self._dimensions = dimensions
        self._coarse: list[NDArray[np.int8]] = []
        self._fine: list[NDArray[np.uint8]] = []
        self._steps: list[NDArray[np.float32]] = []
        self._used = 0
        # A row per 64 numbers, a column per slot: so one pass compares one word of the query with many slots.
        self._signs: list[NDArray[np.uint64]] = []
        # What the first vectors have in common, which says nothing of any of them; None until signs are kept.
        self._centre: NDArray[np.float32] | None = None

    def put(self, slots: Sequence[int], rows: NDArray[np.float32]) -> None:
        """Fills slots, a row each; zeros for an entry without a vector."""
        if not len(slots):
            return
        self._reserve(max(slots) + 1)
        steps = np.maximum(rows.max(axis=1), -rows.min(axis=1)) / np.float32(_LARGEST)
        whole = np.rint(rows / np.where(steps > 0, steps, 1)[:, None]).astype(np.int16) + np.int16(_FINE // 2)
        coarse, fine = (whole >> _FINE_BITS).astype(np.int8), _packed((whole & (_FINE - 1)).astype(np.uint8))
        for block, places, within in _by_block(slots, _BLOCK):
            self._coarse[block][within] = coarse[places]
            self._fine[block][within] = fine[places]
            self._steps[block][within] = steps[places]
        if self._centre is not None:
            self._put_signs(slots, rows)
        elif self._used > SHORTLIST_FROM:
            self._begin_signs()

    def rows(self, slots: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """The vectors of those slots, a row each, each number exact to a four-thousandth of the row's largest."""
        found = np.empty((len(slots), self._dimensions), np.float32)
        for block, places, within in _by_block(slots, _BLOCK):
            fine = _unpacked(self._fine[block][within])[:, : self._dimensions]
            whole = self._coarse[block][within].astype(np.int16) * _FINE + fine - np.int16(_FINE // 2)
            found[places] = whole * self._steps[block][within, None]
        return found

    def about(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """The cosine of every slot with a vector, off by about 0.0005: good enough to say which are worth an exact one."""
        found = np.empty(self._used, np.float32)
        part = np.empty((_AT_ONCE, self._dimensions), np.float32)
        for start in range(0, self._used, _AT_ONCE):
            block, row = divmod(start, _BLOCK)
            end = min(start + _AT_ONCE, self._used)
            rows = part[: end - start]
            np.copyto(rows, self._coarse[block][row : row + len(rows)])
            np.dot(rows, vector, out=found[start:end])
            found[start:end] *= self._steps[block][row : row + len(rows)]
        found *= _FINE
        return found

    def nearest(self, vector: NDArray[np.float32], reachable: NDArray[np.bool_], limit: int) -> NDArray[np.int64]:
        """The slots nearest to a vector among the reachable ones (a place per slot), at most `limit`, in no order."""
        if self._centre is None:
            slots = np.flatnonzero(reachable[: self._used])
            return _best(slots, self.about(vector)[slots], limit) if len(slots) > limit else slots
        slots = self._shortlist(vector, reachable, max(SHORTLIST, 4 * limit))
        return _best(slots, self._about_some(slots, vector), limit) if len(slots) > limit else slots

    def memory(self) -> int:
        """Bytes reserved."""
        return sum(part.nbytes for parts in (self._coarse, self._fine, self._steps, self._signs) for part in parts)

    def _reserve(self, used: int) -> None:
        while used > len(self._coarse) * _BLOCK:
            self._coarse.append(np.zeros((_BLOCK, self._dimensions), np.int8))
            self._fine.append(np.zeros((_BLOCK, -(-self._dimensions // 2)), np.uint8))
            self._steps.append(np.zeros(_BLOCK, np.float32))
        self._used = max(self._used, used)

    def _shortlist(self, vector: NDArray[np.float32], reachable: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
        """About so many reachable slots whose signs differ least from the vector's."""
        differing = self._differing(vector)
        far = self._dimensions + 1
        differing[~reachable[: self._used]] = far
        reached = np.bincount(differing, minlength=far)[:far].cumsum()
        level = int(np.searchsorted(reached, count))
        if level >= far:
            return np.flatnonzero(differing < far)
        surely = np.flatnonzero(differing < level)
        # Where thousands of entries say the same, not all of them need to be read.
        return np.concatenate([surely, np.flatnonzero(differing == level)[: 2 * count]])

    def _differing(self, vector: NDArray[np.float32]) -> NDArray[np.uint16]:
        """In how many signs each slot differs from a vector."""
        found = np.empty(self._used, np.uint16)
        asked = self._words(vector[None])[:, 0]
        different, counted = np.empty(_SIGNS, np.uint64), np.empty(_SIGNS, np.uint8)
        for start in range(0, self._used, _SIGNS):
            part = found[start : start + _SIGNS]
            size = len(part)
            part[:] = 0
            for row, word in zip(self._signs[start // _SIGNS], asked, strict=True):
                np.bitwise_xor(row[:size], word, out=different[:size])
                np.bitwise_count(different[:size], out=counted[:size])
                np.add(part, counted[:size], out=part)
        return found

    def _about_some(self, slots: NDArray[np.int64], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `about`, for these slots in ascending order or not."""
        found = np.empty(len(slots), np.float32)
        for block, places, within in _by_block(slots, _BLOCK):
            found[places] = (self._coarse[block][within].astype(np.float32) @ vector) * self._steps[block][within]
        return found

    def _begin_signs(self) -> None:
        parts = [range(start, min(start + _BLOCK, self._used)) for start in range(0, self._used, _BLOCK)]
        total, filled = np.zeros(self._dimensions, np.float32), 0
        for part in parts:
            rows = self.rows(part)
            total += rows.sum(axis=0)
            filled += int(np.count_nonzero(rows.any(axis=1)))
        self._centre = (total / max(filled, 1)).astype(np.float32)
        for part in parts:
            self._put_signs(part, self.rows(part))

    def _put_signs(self, slots: Sequence[int], rows: NDArray[np.float32]) -> None:
        words = self._words(rows)
        while self._used > len(self._signs) * _SIGNS:
            self._signs.append(np.zeros((len(words), _SIGNS), np.uint64))
        for block, places, within in _by_block(slots, _SIGNS):
            self._signs[block][:, within] = words[:, places]

    def _words(self, rows: NDArray[np.float32]) -> NDArray[np.uint64]:
        """The signs of rows, 64 a word: (words, rows)."""
        assert self._centre is not None  # noqa: S101 - signs are kept from then on
        signs = np.packbits(rows > self._centre, axis=1)
        missing = -signs.shape[1] % (_WORD // 8)
        padded = np.pad(signs, ((0, 0), (0, missing))) if missing else signs
        return np.ascontiguousarray(np.ascontiguousarray(padded).view(np.uint64).T)


def _packed(fine: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Two numbers below 16 a byte: those of a row's first half, and beside them those of its second."""
    half = -(-fine.shape[1] // 2)
    packed = fine[:, :half].copy()
    packed[:, : fine.shape[1] - half] |= fine[:, half:] << 4
    return packed


def _unpacked(packed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.concatenate([packed & 15, packed >> 4], axis=1)


def _best(slots: NDArray[np.int64], cosines: NDArray[np.float32], limit: int) -> NDArray[np.int64]:
    return slots[np.argpartition(cosines, -limit)[-limit:]]


def _by_block(
    slots: Sequence[int] | NDArray[np.int64], size: int
) -> Iterator[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """Slots by the block that they are in: its number, their places among the slots, and their places within the block."""
    blocks, within = np.divmod(np.asarray(slots, np.int64), size)
    order = np.argsort(blocks, kind="stable")
    ordered = blocks[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(ordered)], strict=True):
        places = order[start:end]
        yield int(ordered[start]), places, within[places]
