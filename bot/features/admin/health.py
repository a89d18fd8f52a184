"""What went wrong lately, ready to be worded."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.features.announcements.vacancies import Vacancies
from storage.events import ProcessedEvent
from storage.undelivered import DeadGroup


@dataclass(frozen=True, slots=True)
class Health:
    """What went wrong lately."""

    #: What could not be delivered, by place and reason, the youngest first.
    dead: list[DeadGroup]
    faults: list[ProcessedEvent]
    initiatives: int
    #: Places of these to which something can be sent again.
    reachable: frozenset[str] = frozenset()
    #: Public work and teams whose leads have left.
    vacant: Vacancies = field(default_factory=Vacancies)


@dataclass(frozen=True, slots=True)
class BackupHealth:
    """How the nightly backups stand."""

    #: When the last one was taken; None: there is none yet.
    last_at: datetime | None = None
    #: What the last try said, if it failed.
    failure: str = ""
    is_late: bool = False
