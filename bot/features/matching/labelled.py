"""Texts with known answers, as `python -m bot evaluate` scores the matcher on them, wherever they were read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

LONGEST_TEXT: Final = 40_000
"""Characters: Slack takes no longer message."""
_FAULTS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Text:
    """A row of the corpus or a query. Where it has a source, it is only compared with rows of the same source."""

    id: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts, and whether they describe the same work; None where nobody said."""

    id: str | int
    a: str
    b: str
    label: bool | None


@dataclass(frozen=True, slots=True)
class Labelled:
    """What there is to rank and to rate; None for what the files do not have."""

    name: str
    corpus: Sequence[Text] = ()
    queries: Sequence[Text] | None = None
    #: By query, the ids that are to be found.
    answers: Mapping[str, Collection[str]] | None = None
    pairs: Sequence[Pair] | None = None
    #: Ids that are numbers in the files are written as numbers again.
    numbers: Mapping[str, int] = field(default_factory=dict)
    files: Sequence[Path] = ()
    #: What these files would need so that there is something to rank, or to rate.
    ranking_needs: str = "queries.jsonl"
    rating_needs: str = "pairs.jsonl"


def fault_of(name: str, value: object) -> str:
    """What is wrong with a text; "" when nothing is."""
    if not isinstance(value, str):
        return f"`{name}` is missing, or is not text"
    if not value.strip():
        return f"`{name}` is empty"
    if len(value) > LONGEST_TEXT:
        return f"`{name}` has {len(value):,} characters; {LONGEST_TEXT:,} fit, as in a Slack message"
    try:
        value.encode()
    except UnicodeEncodeError:
        return f"`{name}` holds half a character (a surrogate without the other one)"
    return ""


def refuse(path: Path, faults: Sequence[str]) -> None:
    """Raise ValueError with the first faults, if there are any: nothing is scored by half."""
    if faults:
        more = [f"{len(faults) - _FAULTS_SHOWN} more."] if len(faults) > _FAULTS_SHOWN else []
        raise ValueError("\n".join([f"{path}: nothing was scored.", *faults[:_FAULTS_SHOWN], *more]))
