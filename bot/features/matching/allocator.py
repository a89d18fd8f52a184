"""Memory that was freed and that the C library keeps: given back to the system after much was read at once."""

import ctypes
from collections.abc import Callable
from functools import lru_cache


def give_back() -> None:
    """Tens of milliseconds. Does nothing where the C library has no such call: musl, macOS and Windows give back by themselves."""
    if (trim := _trim()) is not None:
        trim(0)


@lru_cache(maxsize=1)
def _trim() -> Callable[[int], int] | None:
    """Glibc's malloc_trim; None elsewhere."""
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (OSError, TypeError, AttributeError):
        return None
    return found
