"""The sandbox's time: the machine's, moved by an offset that the workspace keeps."""

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
        """Move time forward by so many seconds."""
        self.offset += seconds

    def move_to(self, moment: float) -> None:
        """Make it this moment; one that has passed changes nothing, for time never runs backwards."""
        self.offset += max(0.0, moment - self())
