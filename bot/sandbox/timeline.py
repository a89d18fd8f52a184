"""The messages of one channel in the order of their time stamps, with the threads they form."""

import bisect
from collections.abc import Iterator

from bot.sandbox.records import Message


def ts_key(ts: str) -> tuple[int, int]:
    """A time stamp as two numbers that sort; anything that is no time stamp sorts as the parts that are numbers."""
    seconds, _, micros = ts.partition(".")
    try:
        return int(seconds or 0), int((micros + "000000")[:6])
    except ValueError:
        return 0, 0


class Timeline:
    """All messages of one channel, roots and replies."""

    def __init__(self) -> None:
        self._order: list[tuple[int, int]] = []
        self._by_key: dict[tuple[int, int], Message] = {}
        self._threads: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[Message]:
        return (self._by_key[key] for key in self._order)

    def __len__(self) -> int:
        return len(self._order)

    def get(self, ts: str) -> Message | None:
        """The message with this time stamp."""
        return self._by_key.get(ts_key(ts))

    def add(self, message: Message) -> None:
        """Put a message in its place; its time stamp must be free."""
        key = ts_key(message.ts)
        bisect.insort(self._order, key)
        self._by_key[key] = message
        if message.is_reply:
            bisect.insort(self._threads.setdefault(message.thread_ts, []), message.ts, key=ts_key)

    def remove(self, message: Message) -> None:
        """Take a message out."""
        key = ts_key(message.ts)
        del self._order[bisect.bisect_left(self._order, key)]
        del self._by_key[key]
        if message.is_reply:
            self._threads[message.thread_ts].remove(message.ts)

    def replies(self, ts: str) -> list[Message]:
        """The replies of a thread, oldest first, without its root."""
        return [self._by_key[ts_key(reply)] for reply in self._threads.get(ts, [])]

    def in_channel(self) -> list[Message]:
        """What is seen in the channel itself, oldest first."""
        return [message for message in self if message.is_in_channel]

    def last_key(self) -> tuple[int, int]:
        """The newest time stamp, as numbers."""
        return self._order[-1] if self._order else (0, 0)
