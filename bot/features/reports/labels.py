"""Names for the small places of a chart. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count


def shorten(names: Sequence[str], limit: int) -> list[str]:
    """Each name in at most ``limit`` characters, in order, none like another.

    A name that fits stays as it is. A longer one keeps its beginning; where others begin alike, its beginning and its end;
    at last its beginning and a number.
    """
    fitting = {name for name in names if 0 < len(name) <= limit}
    beginnings = Counter(_beginning(name, limit) for name in {*names} if len(name) > limit)
    fitting |= {beginning for beginning, times in beginnings.items() if times > 1}
    used: set[str] = set()
    short: list[str] = []
    for name in names:
        free = (each for each in _ways(name, limit) if each not in used and (each == name or each not in fitting))
        used.add(chosen := next(free))
        short.append(chosen)
    return short


def _beginning(name: str, limit: int) -> str:
    return name.strip()[: limit - 1].rstrip() + "…"


def _ways(name: str, limit: int) -> Iterator[str]:
    """Ever less pretty ways to write a name."""
    name = name.strip() or "–"
    if len(name) <= limit:
        yield name
    else:
        yield _beginning(name, limit)
        tail = limit // 2 - 1
        yield name[: limit - 1 - tail].rstrip() + "…" + name[-tail:].lstrip()
    for number in count(2):
        mark = f" ({number})"
        yield name[: limit - len(mark)].rstrip() + mark
