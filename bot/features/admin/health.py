"""What went wrong lately, ready to be worded."""

from dataclasses import dataclass

from storage.events import ProcessedEvent
from storage.outbox import OutboxRow


@dataclass(frozen=True, slots=True)
class Health:
    """What went wrong lately."""

    dead: list[OutboxRow]
    faults: list[ProcessedEvent]
    initiatives: int
