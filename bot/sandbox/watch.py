"""Tells the page's inspector that there is traffic to ask for and which faults are on, a few times a second at most."""

import asyncio

from bot.sandbox.faults import Faults
from bot.sandbox.stream import Stream
from bot.sandbox.traffic import Traffic

_PAUSE = 0.15
"""Seconds between two hints."""


class Watch:
    """Listens to the traffic and the faults."""

    def __init__(self, traffic: Traffic, faults: Faults, stream: Stream) -> None:
        self._faults = faults
        self._stream = stream
        self._timer: asyncio.TimerHandle | None = None
        self._topics: set[str] = set()
        traffic.heard = lambda: self._soon("traffic")
        faults.heard = lambda: self._soon("faults")

    def _soon(self, topic: str) -> None:
        self._topics.add(topic)
        if self._timer is None:
            try:
                self._timer = asyncio.get_running_loop().call_later(_PAUSE, self._tell)
            except RuntimeError:  # nothing runs yet, so no page listens
                return

    def _tell(self) -> None:
        self._timer = None
        topics, self._topics = self._topics, set()
        if "traffic" in topics:
            self._stream.hint({"type": "traffic"})
        if "faults" in topics:
            self._stream.hint({"type": "faults", "on": len(self._faults.planned)})

    def close(self) -> None:
        """Tell nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
