"""Time as the demo moves it: the sandbox's clock and the bot's stand at the same moment, and never run backwards in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bot import clock
from bot.sandbox import Sandbox


class Travel:
    """Both clocks. They run on at their usual pace from wherever they were set."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def to(self, moment: datetime) -> None:
        """Set both clocks forward to this moment; one that has passed changes nothing."""
        if moment > clock.now():
            self._set(moment - datetime.now(UTC))

    def home(self) -> None:
        """Back to the present."""
        self._set(timedelta())

    @contextmanager
    def away(self, start: datetime) -> Iterator[None]:
        """Within, it is ``start`` at first; afterwards it is the present, whatever happened."""
        self._set(start - datetime.now(UTC))
        try:
            yield
        finally:
            self.home()

    def _set(self, offset: timedelta) -> None:
        clock.now.offset = offset
        self._sandbox.clock.offset = offset.total_seconds()
