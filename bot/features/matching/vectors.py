"""Vectors of unit length by slot, in two bytes a number: the first is read for every entry, both for the few that are scored.

A scan is bounded by memory bandwidth, so reading one byte instead of four makes it faster as well as smaller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from bot.features.matching.embedder import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_BLOCK: Final = 4096
# Rows made into floats at a time, so that they are still in the cache when they are multiplied.
_AT_ONCE: Final = 512
_COARSE: Final = 256
_LARGEST: Final = 127 * _COARSE


class Vectors:
    """Vectors by slot. Not safe between threads: its index holds the lock."""

    def __init__(self) -> None:
        self._coarse: list[NDArray[np.int8]] = []
        self._fine: list[NDArray[np.int8]] = []
        self._steps: list[NDArray[np.float32]] = []
        self._used = 0

    def put(self, slot: int, vector: NDArray[np.float32] | None) -> None:
        """Fills a slot; zeros for an entry without a vector."""
        while slot >= len(self._coarse) * _BLOCK:
            self._coarse.append(np.zeros((_BLOCK, DIMENSIONS), np.int8))
            self._fine.append(np.zeros((_BLOCK, DIMENSIONS), np.int8))
            self._steps.append(np.zeros(_BLOCK, np.float32))
        self._used = max(self._used, slot + 1)
        block, row = divmod(slot, _BLOCK)
        step = 0.0 if vector is None else float(np.abs(vector).max()) / _LARGEST
        self._steps[block][row] = step
        if vector is None or step == 0.0:
            return
        whole = np.rint(vector / step).astype(np.int32)
        # The nearest multiple of 256 leaves -128..127.
        coarse = (whole + _COARSE // 2) // _COARSE
        self._coarse[block][row] = coarse
        self._fine[block][row] = whole - coarse * _COARSE

    def rows(self, slots: Sequence[int]) -> NDArray[np.float32]:
        """The vectors of those slots, a row each, exact to a few millionths."""
        found = np.empty((len(slots), DIMENSIONS), np.float32)
        blocks, rows = np.divmod(np.asarray(slots, np.int64), _BLOCK)
        for block in np.unique(blocks).tolist():
            places = np.flatnonzero(blocks == block)
            chosen = rows[places]
            whole = self._coarse[block][chosen].astype(np.float32) * _COARSE + self._fine[block][chosen]
            found[places] = whole * self._steps[block][chosen, None]
        return found

    def about(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """The cosine of every slot with a vector, off by about 0.0005: good enough to say which are worth an exact one."""
        found = np.empty(self._used, np.float32)
        part = np.empty((_AT_ONCE, DIMENSIONS), np.float32)
        for start in range(0, self._used, _AT_ONCE):
            block, row = divmod(start, _BLOCK)
            end = min(start + _AT_ONCE, self._used)
            rows = part[: end - start]
            np.copyto(rows, self._coarse[block][row : row + len(rows)])
            np.dot(rows, vector, out=found[start:end])
            found[start:end] *= self._steps[block][row : row + len(rows)]
        found *= _COARSE
        return found

    def memory(self) -> int:
        """Bytes reserved."""
        return sum(part.nbytes for parts in (self._coarse, self._fine, self._steps) for part in parts)
