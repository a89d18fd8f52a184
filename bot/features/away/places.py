"""What can be chosen as somebody's clock and as their country, found by what they type. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from zoneinfo import available_timezones

#: So many fit into a menu.
OFFERED: Final = 100
_SMALL: Final = {"and", "of", "the", "da"}


@dataclass(frozen=True, slots=True)
class Place:
    """A choice: what is kept, and what it is called."""

    value: str
    label: str


def zones(typed: str, *, limit: int = OFFERED) -> list[Place]:
    """Zones whose name has every word in it, cities that begin with the first of them first."""
    return _found(typed, _zones(), limit)


def countries(typed: str, *, limit: int = OFFERED) -> list[Place]:
    """Countries, and parts of them that have holidays of their own, that have every word in their name; whole countries first."""
    return _found(typed, _countries(), limit)


def zone_named(value: str) -> Place | None:
    """The zone of this IANA name."""
    return next((place for place, _ in _zones() if place.value == value), None)


def country_named(value: str) -> Place | None:
    """The country, or the part of one, that is kept as this."""
    return next((place for place, _ in _countries() if place.value == value), None)


def _found(typed: str, places: Sequence[tuple[Place, str]], limit: int) -> list[Place]:
    words = _folded(typed).split()
    if not words:
        return [place for place, _ in places[:limit]]
    matching = [(place, name) for place, name in places if all(word in name for word in words)]
    ranked = sorted(matching, key=lambda each: not re.search(rf"(?:^|[ /]){re.escape(words[0])}", each[1]))
    return [place for place, _ in ranked[:limit]]


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("_", " "))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


@lru_cache(maxsize=1)
def _zones() -> tuple[tuple[Place, str], ...]:
    names = [
        name
        for name in available_timezones()
        if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "SystemV/"))
    ]
    return tuple((Place(name, name.replace("_", " ")), _folded(name)) for name in ["UTC", *sorted(names)])


@lru_cache(maxsize=1)
def _countries() -> tuple[tuple[Place, str], ...]:
    # Imported here: it costs 0.2 s that a process in which nobody chooses a country should not pay.
    import holidays  # noqa: PLC0415
    from holidays.registry import COUNTRIES  # noqa: PLC0415

    whole: list[tuple[Place, str]] = []
    parts: list[tuple[Place, str]] = []
    for key, (entity, code, *_) in COUNTRIES.items():
        known = getattr(holidays, entity)
        country = " ".join(word if word in _SMALL else word.capitalize() for word in key.split("_"))
        whole.append((Place(code, country), _folded(f"{country} {code}")))
        names: dict[str, list[str]] = {part: [] for part in known.subdivisions}
        for name, part in known.subdivisions_aliases.items():
            names.setdefault(part, []).append(name)
        for part, called in names.items():
            label = f"{country} · {called[0] if called else part}"
            parts.append((Place(f"{code}-{part}", label), _folded(f"{country} {' '.join(called)} {part}")))
    return (*sorted(whole, key=lambda each: each[1]), *sorted(parts, key=lambda each: each[1]))
