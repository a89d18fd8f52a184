"""Faults on demand: what Slack does on a bad day, method by method."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

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

    @property
    def accepts(self) -> bool:
        """Whether the call takes effect."""
        return self.value.startswith("accept") or self is Fault.SLOW


@dataclass
class Planned:
    """A fault that waits for its calls.

    `left` is how many calls it will still hit; `skip` how many it lets pass first.
    """

    method: str
    fault: Fault
    left: int
    skip: int = 0
    retry_after: int = 1
    seconds: float = 30.0
    code: str = "internal_error"
    when: Callable[[Json], bool] | None = None


class Faults:
    """The faults that are planned."""

    def __init__(self) -> None:
        self.planned: list[Planned] = []

    def on(
        self,
        method: str,
        fault: Fault | str,
        *,
        times: int = 1,
        skip: int = 0,
        retry_after: int = 1,
        seconds: float = 30.0,
        code: str = "internal_error",
        when: Callable[[Json], bool] | None = None,
    ) -> None:
        """Plan a fault.

        Args:
            method: The Web API method, `response_url`, `upload`, or `*` for every method.
            fault: What goes wrong.
            times: How many calls it hits.
            skip: How many calls pass unharmed before.
            retry_after: For `rate_limit`: the seconds of the Retry-After header.
            seconds: For `slow` and the hanging ones: how long.
            code: For `refuse`: the error of the `ok: false` answer.
            when: Hits only calls whose arguments satisfy this.
        """
        self.planned.append(Planned(method, Fault(fault), times, skip, retry_after, seconds, code, when))

    def take(self, method: str, arguments: Json) -> Planned | None:
        """The fault that hits this call, if any; it is used up by it."""
        for plan in self.planned:
            if plan.method not in {"*", method} or plan.left <= 0 or (plan.when and not plan.when(arguments)):
                continue
            if plan.skip:
                plan.skip -= 1
                continue
            plan.left -= 1
            if not plan.left:
                self.planned.remove(plan)
            return plan
        return None

    def clear(self) -> None:
        """Plan nothing any more."""
        self.planned.clear()
