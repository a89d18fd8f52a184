"""The sandbox's time: a clock that tests may move."""

import time
from collections.abc import Callable


class SandboxClock:
    """Seconds since the epoch, from `base` plus an offset that can be moved.

    Args:
        base: Where time comes from; the system's clock unless a test brings its own.
    """

    def __init__(self, base: Callable[[], float] = time.time) -> None:
        self._base = base
        self.offset = 0.0

    def __call__(self) -> float:
        """Now, in seconds since the epoch."""
        return self._base() + self.offset

    def move(self, seconds: float) -> None:
        """Move time forward (or back, when negative) by so many seconds."""
        self.offset += seconds
