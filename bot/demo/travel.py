"""Time as the demo moves it: the sandbox's clock and the bot's stand at the same moment, and never run backwards in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bot import clock
from bot.sandbox import Sandbox
from bot.sandbox.delivery import Collected


class Travel:
    """Both clocks. They run on at their usual pace from wherever they were set."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._told = Collected()

    def follow(self) -> None:
        """The bot lives in the sandbox's time: that of a kept workspace, or the present."""
        clock.now.offset = timedelta(seconds=self._sandbox.clock.offset)

    def to(self, moment: datetime) -> None:
        """Set both clocks forward to this moment; one that has passed changes nothing."""
        if moment > clock.now():
            with self._sandbox.delivery.collecting() as self._told:
                self._sandbox.time_travel.move_to(moment.timestamp())
            self.follow()

    async def heard(self) -> None:
        """Wait until the bot has heard what ended by itself on the way."""
        await self._told.settled()

    def next_status_ends(self, after: datetime) -> datetime | None:
        """When somebody's status ends by itself; None when none does."""
        moment = self._sandbox.statuses.next_end(after.timestamp())
        return None if moment is None else datetime.fromtimestamp(moment, UTC)

    def home(self) -> None:
        """Back to the present."""
        self._sandbox.clock.offset = 0.0
        self.follow()

    @contextmanager
    def away(self, start: datetime) -> Iterator[None]:
        """Within, it is ``start`` at first; afterwards it is the present, whatever happened."""
        self._sandbox.clock.offset = (start - clock.real()).total_seconds()
        self.follow()
        try:
            yield
        finally:
            self.home()
