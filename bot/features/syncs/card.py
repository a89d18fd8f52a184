"""What is said of a check-in, as facts ready to be worded for one reader. Made by `facts`, drawn by the views."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from bot.features.items.card import ItemCard
from storage.initiatives import Status
from storage.rounds import PromptState, Pulse, View
from storage.syncs import Cadence, SyncState

#: Block ids of the forms' fields, so that a refusal stands beside its field.
FIELD_PEOPLE: Final = "sync.people"
FIELD_TOPIC: Final = "sync.topic"
FIELD_WORK: Final = "sync.work"
FIELD_CADENCE: Final = "sync.cadence"
FIELD_FIRST_ON: Final = "sync.first_on"
FIELD_AT: Final = "sync.at"
FIELD_TEAMS: Final = "sync.teams"
FIELD_EVERY: Final = "sync.every_weeks"
FIELD_WEEKDAYS: Final = "sync.weekdays"
FIELD_RULED_BY: Final = "sync.ruled_by"
FIELD_AGENDA: Final = "sync.agenda"
FIELD_MEET: Final = "sync.meet_minutes"
FIELD_HEIR: Final = "sync.heir"
FIELD_PLACE: Final = "sync.place"
FIELD_PULSE: Final = "answer.pulse"
FIELD_CHANGED: Final = "answer.changed"
FIELD_WAITING: Final = "answer.waiting_for"
FIELD_TEAM: Final = "answer.team"
FIELD_HELPED: Final = "answer.helped_by"
FIELD_STATUS: Final = "answer.status"
FIELD_PERSON: Final = "answer.person"
FIELD_SYSTEM: Final = "answer.system"
FIELD_CLARITY: Final = "answer.clarity"
FIELD_PLAN: Final = "answer.plan"
#: With the overlap's id behind it.
FIELD_OVERLAP: Final = "answer.overlap."


class Loss(StrEnum):
    """Why a check-in cannot live in its channel any more."""

    #: The bot was removed.
    ABSENT = "absent"
    ARCHIVED = "archived"
    DELETED = "deleted"
    #: Shared with another organisation.
    SHARED = "shared"
    #: Slack did not take the last summary there.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Plan:
    """A check-in that somebody wants. What is None or empty takes the workspace's defaults."""

    people: tuple[str, ...]
    topic: str = ""
    #: Ids of the initiatives that it is about.
    work: tuple[int, ...] = ()
    #: Ids of teams whose leads take part.
    teams: tuple[int, ...] = ()
    cadence: Cadence | None = None
    first_on: date | None = None
    at_minute: int | None = None
    every_weeks: int = 1
    weekdays: tuple[int, ...] = ()
    #: On whose clock everybody is asked at once; "": each on their own.
    ruled_by: str = ""
    agenda: str = ""
    #: How long they want to meet, in minutes; 0: they only write.
    meet_minutes: int = 0
    #: The overlap that it is about: it has one check-in at a time.
    overlap_id: int | None = None
    #: The thread for the summaries; "" for direct messages.
    channel_id: str = ""
    thread_ts: str = ""


@dataclass(frozen=True, slots=True)
class Times:
    """When and how a check-in comes round, and what goes with it: what a move sets anew."""

    cadence: Cadence
    first_on: date
    at_minute: int
    every_weeks: int = 1
    weekdays: tuple[int, ...] = ()
    ruled_by: str = ""
    agenda: str = ""
    meet_minutes: int = 0
    #: The channel for the summaries; "" for direct messages, None for where they go now.
    channel_id: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A participant, and what they speak for as far as the reader may see it."""

    person_id: str
    #: "" where it is unknown.
    name: str = ""
    #: Team and title of the initiative that they speak for; "" for none.
    team: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class SyncCard:
    """A check-in."""

    id: int
    topic: str
    cadence: Cadence
    state: SyncState
    #: Minutes after midnight on each participant's own clock, or on that of ``ruled_by``.
    at_minute: int
    #: The day that carries the weekday.
    first_on: date
    #: The day of the next round, and when the reader is asked (or would be), on their own clock; None when there will be none.
    next_on: date | None
    next_at: datetime | None
    sides: tuple[Side, ...]
    #: The channel in whose thread the summary is posted; "" for direct messages.
    place: str = ""
    created_by: str = ""
    #: Whether a round is open now.
    is_open: bool = False
    #: Whether the reader is left out next time, because they are away.
    is_away: bool = False
    #: For a rhythm of its own: every how many weeks, and on which weekdays (0 is Monday).
    every_weeks: int = 1
    weekdays: tuple[int, ...] = ()
    #: On whose clock everybody is asked at once; None: each on their own.
    ruled_by: Side | None = None
    agenda: str = ""
    #: How long they want to meet, in minutes (0: they only write), and when next, on the reader's own clock.
    meet_minutes: int = 0
    meets_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody answers."""

    pulse: Pulse
    changed: str = ""
    waiting_for: str = ""
    waiting_team_id: int | None = None
    #: Slack ids of those who helped.
    helped_by: tuple[str, ...] = ()
    waiting_person_id: str = ""
    #: A legacy system of the registry.
    waiting_system_id: int | None = None
    #: What the plan is now; "" where it did not change.
    plan: str = ""
    #: How clear it is to them what the others do, 1 to 5. Never shown by itself.
    clarity: int | None = None
    #: Where their initiative stands from now on; None leaves it.
    status: Status | None = None
    #: What they say of overlaps, as (overlap, view).
    views: tuple[tuple[int, View], ...] = ()


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody answered, ready to be worded."""

    report: Report
    #: The names of the team, person and system that they wait for, as far as the reader may see them; "" for none.
    team: str = ""
    helpers: tuple[Side, ...] = ()
    is_edited: bool = False
    person: str = ""
    system: str = ""
    #: What changed is what they said the time before.
    is_as_before: bool = False
    #: How the answer changed where their initiative stands: before and since.
    stood: Status | None = None
    stands: Status | None = None


@dataclass(frozen=True, slots=True)
class OverlapAsked:
    """An open overlap that somebody is asked about: the other side's title and team."""

    id: int
    title: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Questions:
    """What one person can be asked, because there are facts behind it."""

    #: The initiative that they speak for; "" for none.
    title: str = ""
    #: Where it stands; None where it is not theirs to change.
    status: Status | None = None
    overlaps: tuple[OverlapAsked, ...] = ()
    #: What they have answered of overlaps already.
    views: tuple[tuple[int, View], ...] = ()
    #: Teams and legacy systems that somebody can wait for, as (id, name).
    teams: tuple[tuple[int, str], ...] = ()
    systems: tuple[tuple[int, str], ...] = ()
    #: A changed plan becomes part of the initiative's text.
    plan_is_kept: bool = False
    #: What they waited for last time is not done.
    still_waits: bool = True
    #: What stands in the form that was not sent, and since when on the reader's own clock.
    draft: Report | None = None
    drafted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OverlapSaid:
    """What those who speak for the two sides of an overlap say of it."""

    titles: tuple[str, ...]
    #: Everybody who was asked, with their view; None for nothing.
    views: tuple[tuple[Side, View | None], ...]

    @property
    def agreed(self) -> View | None:
        """The view that all of them hold; None where they differ, or somebody said nothing."""
        views = {view for _, view in self.views}
        return views.pop() if len(self.views) > 1 and len(views) == 1 else None


@dataclass(frozen=True, slots=True)
class Ended:
    """An initiative of the check-in that is not under way any more; ``status`` None: taken out of the registry."""

    title: str
    status: Status | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the message that asks somebody says now."""

    prompt_id: int
    sync_id: int
    topic: str
    cadence: Cadence
    state: PromptState
    #: On the reader's own clock.
    deadline: datetime
    #: The reader's present moment, to say "today".
    now: datetime
    #: Where the summary goes; "" for direct messages to the participants.
    place: str = ""
    last: Reported | None = None
    reported: Reported | None = None
    answered_at: datetime | None = None
    #: When somebody who asked for it is asked again.
    again_at: datetime | None = None
    #: Whether it can still be answered or edited.
    is_open: bool = True
    ended: tuple[Ended, ...] = ()
    #: Who used to take part and does not this time.
    without: tuple[Side, ...] = ()
    #: Who is away this time, and on which day they are back (see `teams.calendars.ENDLESS`).
    away: tuple[tuple[Side, date], ...] = ()
    #: When the reader is back, if they are the one who is away.
    back_on: date | None = None
    #: Rounds before this one in which nobody was asked, because the bot was not running.
    missed: int = 0
    #: The check-in was paused or ended before an answer.
    stopped: SyncState | None = None
    #: When a draft that was not sent was kept, on the reader's own clock.
    drafted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One participant in a summary."""

    side: Side
    state: PromptState
    #: Whether they were ever asked in this round.
    was_asked: bool
    reported: Reported | None = None
    #: The day on which who is away is back; None for everybody else, and for who can't take part any more.
    back_on: date | None = None
    #: What they wait for, if they named anything.
    item: ItemCard | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """One round, summed up."""

    sync_id: int
    topic: str
    number: int
    lines: tuple[Line, ...]
    next_on: date | None
    state: SyncState
    cadence: Cadence
    #: The day of the round.
    on_day: date
    overlaps: tuple[OverlapSaid, ...] = ()
    #: How clear it is to people what the others do, as (mean, how many said); None where too few did.
    clarity: tuple[float, int] | None = None

    @property
    def is_settled(self) -> bool:
        """Whether everybody says of every overlap here that it is settled."""
        return bool(self.overlaps) and all(each.agreed is View.SETTLED for each in self.overlaps)

    @property
    def answered(self) -> int:
        """How many answered, in time or late."""
        return sum(line.state in (PromptState.ANSWERED, PromptState.LATE) for line in self.lines)

    @property
    def asked(self) -> int:
        """Of how many: who could not be asked does not count."""
        return sum(line.state is not PromptState.AWAY for line in self.lines)
