"""What `/rowbot settings` shows, ready to be worded; and the names that forms and rules share."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from bot.features.matching.learning import Level as Standing
from storage.channels import Channel, ChannelMode
from storage.digests import Digest
from storage.preferences import Preferences
from storage.teams import Team


class Page(StrEnum):
    """The pages behind the first one."""

    CHANNELS = "channels"
    WARNING = "warning"
    TEAMS = "teams"
    CHECKINS = "checkins"
    ADMINS = "admins"
    KEEPING = "keeping"
    CHANGES = "changes"


#: The preferences that a page's form holds.
HELD: Final[Mapping[Page, tuple[str, ...]]] = {
    Page.CHANNELS: ("channel_mode",),
    Page.WARNING: ("threshold", "precision", "learns"),
    Page.CHECKINS: ("cadence", "checkin_weekday", "checkin_minute", "deadline_minute", "workdays", "work_from", "work_until",
                    "quiet_from", "quiet_until", "escalate_after_days"),
    Page.ADMINS: ("admins",),
    Page.KEEPING: ("keep_days", "keep_text_days"),
}  # fmt: skip

#: The second of two initiatives that an admin asks about.
FIELD_OTHER: Final = "admin.pair_other"

#: Rows on a page of channels or teams: with what stands around them, under the 100 blocks of a modal.
PER_PAGE: Final = 25


def field_of(name: str) -> str:
    """The block id of a preference's field."""
    return f"setting.{name}"


def mark_of(value: object) -> str:
    """A short sign of a preference's value: equal for equal values."""
    return f"{zlib.crc32(repr(value).encode()):08x}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One of two initiatives that an admin asks about, with the text that is embedded before the transaction that explains."""

    id: int
    title: str
    summary: str


class Level(StrEnum):
    """How early the bot warns, in words."""

    EARLY = "early"
    BALANCED = "balanced"
    RARELY = "rarely"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Levels:
    """The probability behind each word, around what this process would use by itself."""

    balanced: float

    @property
    def early(self) -> float:
        """A third below."""
        return round(self.balanced * 2 / 3, 2)

    @property
    def rarely(self) -> float:
        """Two fifths of the way to certainty."""
        return round(self.balanced + (1 - self.balanced) * 0.4, 2)

    def of(self, threshold: float | None) -> Level:
        """The word for what is set."""
        words = {None: Level.BALANCED, self.early: Level.EARLY, self.rarely: Level.RARELY}
        return words.get(threshold, Level.EXACT)

    def number(self, level: Level) -> float | None:
        """What is set for a word; None for the process's own."""
        return {Level.EARLY: self.early, Level.RARELY: self.rarely}.get(level)


@dataclass(frozen=True, slots=True)
class Preview:
    """What each level would have meant for the last 30 days: initiatives that were warned of."""

    warned: int
    #: Of them, how many would have been at this level; a level below what was in force is left out: weaker matches were not kept.
    would: Mapping[Level, int] = field(default_factory=dict)
    #: From where on there is a warning now, and what was learnt from answers; None: not asked.
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The first page: the settings as they stand."""

    chosen: Preferences
    levels: Levels
    channels: int
    teams: int


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """Some of the channels that the bot is in. ``found``: the one that was looked for, alone."""

    channels: tuple[tuple[Channel, ChannelMode], ...]
    default: ChannelMode
    offset: int = 0
    total: int = 0
    found: str = ""
    #: Those of them that have a weekly digest, by id.
    digests: Mapping[str, Digest] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TeamPage:
    """Some of the teams, each with how many are in it."""

    teams: tuple[tuple[Team, int], ...]
    offset: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Changed:
    """One entry of the list of changes."""

    id: int
    name: str
    #: The team's name, and of the one that it was merged into; "" for anything else.
    team: str
    other: str
    before: Any
    after: Any
    person_id: str
    changed_at: datetime
    undone: bool
    #: Whether it is still so, and can be taken back.
    stands: bool
