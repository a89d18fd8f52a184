"""Long work on the command line beside a running bot: how much one transaction takes, a bar, and an end by Ctrl-C."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

#: The first transaction also pays for what is only computed once.
FIRST_BATCH: Final = 25
LARGEST_BATCH: Final = 400
#: Seconds for which one transaction aims to hold the writer. Others should never wait longer than 0.1 s, so aim below.
AIM: Final = 0.05
#: Seconds between two transactions: the lock between processes knows no queue, and a bot that waits for it must get its turn.
PAUSE: Final = 0.005


def next_size(rows: int, seconds: float, *, present: int) -> int:
    """How many rows the next transaction takes: as many as fit the aim, at most twice as many as now."""
    fitting = int(rows * AIM / max(seconds, 1e-4))
    # A short last batch says little about a long one.
    fitting = max(fitting, present) if rows < present and seconds <= AIM else fitting
    return max(1, min(fitting, present * 2, LARGEST_BATCH))


@contextmanager
def progress(console: Console, name: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal; elsewhere nothing."""
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(name, total=total)
        yield lambda count: bar.advance(task, count)


@contextmanager
def stopping() -> Iterator[threading.Event]:
    """Set by the first Ctrl-C or SIGTERM; the second one ends the process as usual."""
    asked = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return
    before = {int(number): signal.getsignal(number) or signal.SIG_DFL for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(number, before[number])

    for number in before:
        signal.signal(number, stop)
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def say(console: Console, *lines: str) -> None:
    """Print lines as they are: nothing in them is markup, and none is wrapped."""
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)
