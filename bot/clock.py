"""The only reader of the wall clock. Everything else is given the time."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

#: A source of aware UTC moments.
Clock = Callable[[], datetime]


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only run forward: for measuring how long something takes."""
    return time.monotonic()
