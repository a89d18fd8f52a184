"""How much a sentence is about the work, and not about people, calendars and papers: by a weight for each of its words.

The weights stand in `smalltalk.txt`: a line for each weight, positive for words of work. `tools/build_smalltalk.py` makes them from example sentences and
from what the network thinks of each word, so that a word that no example holds has a weight too. At run time nothing is embedded: this is a table.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("smalltalk.txt")

_TOKEN: Final = re.compile(r"[^\W\d_]+|\d+|\?")
#: A word that nobody weighed is a name or a term; of either a text that is about work has more.
_UNKNOWN: Final = 0.5


def tokens(said: str) -> list[str]:
    """What is weighed: words in lower case, one sign for every number, and whether the sentence asks."""
    return ["0" if token[0].isdigit() else token for token in _TOKEN.findall(said.lower())]


def damped(count: int) -> float:
    """What a word counts in a sentence of so many: many words that lean a little one way say less than their sum."""
    return float((count + 1.0) ** -0.5)


def work(said: str) -> float:
    """Log odds that a sentence or part of one is about work: above 0 it rather is, below 0 it is rather small talk."""
    return _table()[0] + damped(len(tokens(said))) * weight(said)


def weight(said: str) -> float:
    """The weights of some words, added up."""
    weights = _table()[1]
    return sum([weights.get(token, _UNKNOWN) for token in tokens(said)])


def leaning(word: str) -> float:
    """The weight of one word in lower case."""
    return _table()[1].get(word, _UNKNOWN)


@lru_cache(maxsize=1)
def _table() -> tuple[float, dict[str, float]]:
    bias, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split(" ") for line in lines]
    return float(bias), {word: float(value) for value, *said in rows for word in said}
