"""Draws help and the App Home."""

from collections.abc import Sequence
from typing import Any, Final

from bot.features.initiatives import views as initiatives
from bot.features.initiatives.card import Card
from bot.slack import blocks as b

ANNOUNCE: Final = "announcements.open_form"

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
    opening = f"I do not know `{b.quote(unknown, 40)}`. This is what you can do:" if unknown else "I tell you who already works on what you are about to start."
    commands = [*COMMANDS, *(ADMIN_COMMANDS if admin else ())]
    lines = "\n".join(f"`{command}`: {what}" for command, what in commands)
    also = ("Or post `New initiative: …` in a channel that I am in; plain words do when they are clear. "
            "On any message, *Register as initiative* is in its menu.")  # fmt: skip
    return b.Message(b.fallback(opening), [b.section(opening), b.section(lines), b.context(also)])


def home(cards: Sequence[Card], *, registered: int) -> dict[str, Any]:
    """The App Home: one's own, and the way to announce and search."""
    drawn: list[b.Block] = [b.header("Yours")]
    if cards:
        for card in cards[: initiatives.LISTED]:
            menu = b.overflow(initiatives.MANAGE, [b.option("Edit", f"edit:{card.id}"), b.option("Hand over", f"hand_over:{card.id}"),
                                                   b.option("Close", f"close:{card.id}"), b.option("Withdraw", f"withdraw:{card.id}")])  # fmt: skip
            drawn.append(b.section(initiatives.line(card), accessory=menu))
        if len(cards) > initiatives.LISTED:
            drawn.append(b.context(f"And {len(cards) - initiatives.LISTED} more; `/rowbot mine` lists them."))
    else:
        drawn.append(b.section("Nothing here is yours yet. Announce what you are starting, and see who already works on it."))
    drawn += [
        b.actions(b.button("Announce", ANNOUNCE, style="primary")),
        b.divider(),
        b.context(f"{registered} initiatives in the registry. `/rowbot search TEXT` looks through them; `/rowbot help` shows the rest."),
    ]
    return b.home(drawn)
