"""Reads the demo organisation: who works there, in which teams, what they said lately, what a newcomer may try."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

DATA: Final = Path(__file__).parent / "data"
REGISTRY: Final = DATA / "registry.csv"


@dataclass(frozen=True, slots=True)
class Organisation:
    """The demo organisation as its files have it. People are named by a short key, channels by their name."""

    name: str
    people: Mapping[str, Mapping[str, Any]]
    teams: tuple[Mapping[str, Any], ...]
    channels: tuple[Mapping[str, Any], ...]
    suggestions: tuple[Mapping[str, Any], ...]


def read() -> Organisation:
    """The organisation that ships with Rowbot."""
    loaded: dict[str, Any] = yaml.safe_load((DATA / "organisation.yml").read_text(encoding="utf-8"))
    suggestions: list[dict[str, Any]] = yaml.safe_load((DATA / "suggestions.yml").read_text(encoding="utf-8"))[
        "suggestions"
    ]
    return Organisation(
        name=loaded["workspace"], people=loaded["people"], teams=tuple(loaded["teams"]), channels=tuple(loaded["channels"]), suggestions=tuple(suggestions),
    )  # fmt: skip
