"""Rates that say of how many, or say that there are too few. Pure."""

from dataclasses import dataclass
from typing import Final

#: Of fewer than this no rate is told: it would say more of single people than of the work.
ENOUGH: Final = 5


@dataclass(frozen=True, slots=True)
class Rate:
    """A part of a whole."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """In whole per cent (a half is rounded up); None where there are too few."""
        if self.whole < ENOUGH:
            return None
        return (200 * self.part + self.whole) // (2 * self.whole)

    @property
    def words(self) -> str:
        """The rate with its n: "75 % of 8"; "too few (3)"; "none" where there was nothing at all."""
        if self.whole == 0:
            return "none"
        return f"too few ({self.whole})" if self.percent is None else f"{self.percent} % of {self.whole}"


def change(now: int, before: int) -> str:
    """How a count moved: "2 more", "1 fewer", "as many"."""
    if now == before:
        return "as many"
    return f"{now - before} more" if now > before else f"{before - now} fewer"
