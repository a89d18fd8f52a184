"""How far a long command is, and how long it will still take: a line every few seconds, made of what was measured just before."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

EVERY: Final = 5.0
"""Seconds between two lines; what is done sooner says nothing."""
# Lines whose pace is averaged for the estimate: half a minute.
_LOOKED_BACK: Final = 6


def _stopped_clock() -> float:
    return 0.0


class Progress:
    """Tells of steps, one after the other. Without arguments it is silent."""

    def __init__(self, say: Callable[[str], object] = lambda _: None, clock: Callable[[], float] = _stopped_clock) -> None:  # fmt: skip
        """``clock`` counts seconds."""
        self._say = say
        self._clock = clock
        self._step, self._steps = 0, 0
        self._what = ""
        self._done, self._total = 0, 0
        self._marks: deque[tuple[float, int]] = deque(maxlen=_LOOKED_BACK + 1)

    def expect(self, steps: int) -> None:
        """How many steps there will be."""
        self._steps = steps

    def begin(self, what: str, total: int) -> None:
        """A step begins: ``what`` completes "so many of so many"."""
        self._step += 1
        self._what, self._done, self._total = what, 0, total
        self._marks.clear()
        self._marks.append((self._clock(), 0))

    def advance(self, count: int = 1) -> None:
        """So many more are done."""
        self._done += count
        now = self._clock()
        if now - self._marks[-1][0] >= EVERY and self._done < self._total:
            self._marks.append((now, self._done))
            (since, before), (until, after) = self._marks[0], self._marks[-1]
            pace = (after - before) / (until - since)
            self._say(f"{self}, {pace:,.0f} a second: about {_spoken((self._total - self._done) / pace)} for this step")

    def __str__(self) -> str:
        """Where it is now."""
        return f"Step {self._step} of {self._steps}: {self._done:,} of {self._total:,} {self._what}"


def _spoken(seconds: float) -> str:
    """A duration, as precise as an estimate can be."""
    if seconds < 60:
        return f"{max(5, round(seconds / 5) * 5)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} min"
