"""An example of everything that home draws."""

from typing import Any

from bot.features.home import views
from bot.features.initiatives.examples import Words, card
from bot.slack.blocks import Message


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    return {
        "help": views.help_message(),
        "help for admins": views.help_message(admin=True),
        "an unknown word": views.help_message(unknown=words.text or "x"),
        "strangers": views.strangers(),
    }


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every Home tab."""
    drawn = {
        f"home, {count}": views.home([card(words, id=number) for number in range(1, count + 1)], registered=count)
        for count in (0, 1, 100)
    }
    return drawn | {"home of strangers": views.for_members_only()}
