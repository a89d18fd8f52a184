"""An example of everything that admins see."""

from typing import Any

from bot.features.admin import views
from bot.features.admin.health import Health
from bot.features.initiatives.examples import CHANNEL, NOW, PERSON, Words
from bot.slack.blocks import Message
from storage.events import ProcessedEvent
from storage.outbox import OutboxRow, OutboxVerb


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    faults = [ProcessedEvent(workspace_id="T1", key=str(number), fault="7F3A", received_at=NOW) for number in range(20)]
    return {
        "all is well": views.health(Health([], [], 214)),
        "something is wrong": views.health(Health([_dead(words, number) for number in range(20)], faults, 1)),
        "one thing is wrong": views.health(Health([_dead(words, 1)], faults[:1], 1)),
    }


def _dead(words: Words, number: int) -> OutboxRow:
    target = PERSON if number % 2 else f"{CHANNEL}{number}"
    return OutboxRow(
        workspace_id="T1",
        key=str(number),
        lane="T1",
        verb=OutboxVerb.POST,
        target=target,
        error=words.text,
        not_before=NOW,
        created_at=NOW,
    )


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form: none."""
    del words
    return {}
