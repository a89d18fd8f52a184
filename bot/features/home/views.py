"""Draws help and the App Home."""

from collections.abc import Sequence
from typing import Any, Final

from bot.features.initiatives import views as initiatives
from bot.features.initiatives.card import Card
from bot.slack import blocks as b

MEMBERS_ONLY: Final = "Rowbot's registry is for members of the workspace that installed it."
ANNOUNCE: Final = "announcements.open_form"

#: Entries of one's own: a Home tab holds a hundred blocks.
LISTED: Final = 90

#: What everybody can do, and what only admins can: (command, what it does).
COMMANDS: Final = (
    ("/rowbot announce", "a form that shows similar work before anything is saved"),
    ("/rowbot search TEXT", "who works on something like it"),
    ("/rowbot mine", "yours: edit, hand over, close, withdraw"),
    ("/rowbot channel on|quiet|observe|off", "how loud I am in this channel"),
    ("/rowbot help", "this list"),
)
ADMIN_COMMANDS: Final = (("/rowbot health", "messages I could not deliver, and events I could not handle"),)


def help_message(*, admin: bool = False, unknown: str = "") -> b.Message:
    """What this person can do."""
    opening = (
        f"I do not know `{b.quote(unknown, 40).replace('`', '')}`. This is what you can do:"
        if unknown
        else "I tell you who already works on what you are about to start."
    )
    commands = [*COMMANDS, *(ADMIN_COMMANDS if admin else ())]
    lines = "\n".join(f"`{command}`: {what}" for command, what in commands)
    also = ("Or post `New initiative: …` in a channel that I am in; plain words do when they are clear. "
            "On any message, *Register as initiative* is in its menu.")  # fmt: skip
    return b.Message(b.fallback(opening), [b.section(opening), b.section(lines), b.context(also)])


def home(cards: Sequence[Card], *, registered: int) -> dict[str, Any]:
    """The App Home: one's own, and the way to announce and search."""
    drawn: list[b.Block] = [b.header("Yours")]
    if cards:
        drawn += [initiatives.entry(card) for card in cards[:LISTED]]
        if len(cards) > LISTED:
            drawn.append(b.context("And more; `/rowbot search TEXT` finds them."))
    else:
        drawn.append(
            b.section("Nothing here is yours yet. Announce what you are starting, and see who already works on it.")
        )
    drawn += [
        b.actions(b.button("Announce", ANNOUNCE, style="primary")),
        b.divider(),
        b.context(
            f"{registered} initiative{'' if registered == 1 else 's'} in the registry. `/rowbot search TEXT` looks through them; `/rowbot help` shows the rest."
        ),
    ]
    return b.home(drawn)


def for_members_only() -> dict[str, Any]:
    """The App Home of somebody of another organisation."""
    return b.home([b.section(MEMBERS_ONLY)])


def strangers() -> b.Message:
    """To somebody of another organisation who writes to the bot."""
    return b.Message(MEMBERS_ONLY, [b.section(MEMBERS_ONLY)])
