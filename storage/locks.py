"""Locks between the processes that share one SQLite file, and around migrations on both databases."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on a file until the block ends.

    SQLite's busy handler sleeps and starves under two writers, and before 3.51.3 two connections that write or checkpoint
    at once can corrupt a write-ahead log (sqlite.org/wal.html#walresetbug): so every write and checkpoint stands here.
    The kernel frees the lock when its holder dies.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
