"""The only reader of the wall clock. Everything else is given the time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

#: A source of aware UTC moments.
Clock = Callable[[], datetime]


class WallClock:
    """The wall clock of this process. Only a sandbox moves it."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def __call__(self) -> datetime:
        """The present moment, aware, in UTC."""
        return real() + self.offset


#: The one clock: everything that needs the time is given this, or a moment read from it.
now: Final = WallClock()


def real() -> datetime:
    """The machine's own moment, which nothing moves: for what lives by the machine's clock, and to measure how far ours was moved."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only run forward: for measuring how long something takes."""
    return time.monotonic()
