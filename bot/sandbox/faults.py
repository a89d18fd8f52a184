"""Faults on demand: what Slack does on a bad day, method by method."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bot.sandbox.records import Json


class Fault(StrEnum):
    """What goes wrong. Those that begin with `accept` take effect, and the app does not get to know."""

    RATE_LIMIT = "rate_limit"
    ERROR_500 = "error_500"
    ERROR_503 = "error_503"
    DROP = "drop"
    HANG = "hang"
    MALFORMED = "malformed"
    REFUSE = "refuse"
    SLOW = "slow"
    ACCEPT_THEN_500 = "accept_then_500"
    ACCEPT_THEN_HANG = "accept_then_hang"
    ACCEPT_THEN_DROP = "accept_then_drop"
    ACCEPT_THEN_MALFORMED = "accept_then_malformed"
    # Of `events`
    REDELIVER = "redeliver"
    # Of the `socket`
    DISCONNECT = "disconnect"
    CUT = "cut"

    @property
    def accepts(self) -> bool:
        """Whether the call takes effect."""
        return self.value.startswith("accept") or self is Fault.SLOW


#: What is no method of the Web API; `*` does not mean these.
_OF: Final = {"events": {Fault.REDELIVER}, "socket": {Fault.DISCONNECT, Fault.CUT}}


@dataclass
class Planned:
    """A fault that waits for its calls.

    `left` is how many calls it will still hit (None: all until it is taken back); `skip` how many it lets pass first; `share` how many of
    a hundred it hits; `hits` how many it has hit.
    """

    method: str
    fault: Fault
    left: int | None
    skip: int = 0
    retry_after: int = 1
    seconds: float = 30.0
    code: str = "internal_error"
    when: Callable[[Json], bool] | None = None
    share: int = 100
    copies: int = 2
    number: int = 0
    hits: int = 0

    def fits(self, method: str) -> bool:
        """Whether it is about this method."""
        if method in _OF or self.method in _OF:
            return method == self.method
        return self.method == "*" or method in self.method.split(",")

    def as_json(self) -> Json:
        """For the page."""
        names = ("number", "method", "left", "share", "hits", "retry_after", "seconds", "code", "copies")
        return {"fault": self.fault.value} | {name: getattr(self, name) for name in names}


class Faults:
    """The faults that are planned.

    Args:
        chance: Decides which calls a share of them hits.

    Attributes:
        paused: While true, nothing is hit.
        heard: Called whenever what is planned has changed.
    """

    def __init__(self, chance: random.Random | None = None) -> None:
        self.planned: list[Planned] = []
        self.paused = False
        self.heard: Callable[[], None] = lambda: None
        self._chance = chance or random.Random()  # noqa: S311 - bad luck, not a secret
        self._number = 0

    def on(
        self,
        method: str,
        fault: Fault | str,
        *,
        times: int | None = 1,
        skip: int = 0,
        retry_after: int = 1,
        seconds: float = 30.0,
        code: str = "internal_error",
        when: Callable[[Json], bool] | None = None,
        share: int = 100,
        copies: int = 2,
    ) -> Planned:
        """Plan a fault.

        Args:
            method: The Web API method, several with commas between, `response_url`, `upload`, or `*` for every method; `events` and
                `socket` for the faults that are theirs.
            fault: What goes wrong.
            times: How many calls it hits; None: all, until it is taken back.
            skip: How many calls pass unharmed before.
            retry_after: For `rate_limit`: the seconds of the Retry-After header.
            seconds: For `slow` and the hanging ones: how long.
            code: For `refuse`: the error of the `ok: false` answer.
            when: Hits only calls whose arguments satisfy this.
            share: Hits so many of a hundred calls, by chance.
            copies: For `redeliver`: how often the app gets the same event.
        """
        kind = Fault(fault)
        if any((method == place) is not (kind in kinds) for place, kinds in _OF.items()):
            raise ValueError(f"{kind} is no fault of {method}.")
        if (times is not None and times < 1) or not 1 <= share <= 100 or copies < 2 or seconds < 0 or retry_after < 0:
            raise ValueError("times must be 1 or more, share 1 to 100, copies 2 or more, seconds 0 or more.")
        self._number += 1
        plan = Planned(
            method, kind, times, skip, retry_after, seconds, code, when, share=share, copies=copies, number=self._number
        )
        self.planned.append(plan)
        self.heard()
        return plan

    def take(self, method: str, arguments: Json) -> Planned | None:
        """The fault that hits this call, if any; it is used up by it."""
        if self.paused:
            return None
        for plan in self.planned:
            if not plan.fits(method) or (plan.when and not plan.when(arguments)):
                continue
            if plan.share < 100 and self._chance.random() * 100 >= plan.share:
                continue
            if plan.skip:
                plan.skip -= 1
                continue
            plan.hits += 1
            if plan.left is not None:
                plan.left -= 1
                if not plan.left:
                    self.planned.remove(plan)
            self.heard()
            return plan
        return None

    def off(self, number: int) -> None:
        """Take one fault back."""
        self.planned = [plan for plan in self.planned if plan.number != number]
        self.heard()

    def clear(self) -> None:
        """Plan nothing any more."""
        self.planned.clear()
        self.heard()
