"""Draws the question why two initiatives were not named beside each other, with its answer."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.features.admin.shown import FIELD_OTHER, Entry
from bot.slack import blocks as b

OPEN: Final = "admin.pair"
FORM: Final = "admin.pair_form"
ANNOUNCED: Final = "admin.pair_announced"
OTHER: Final = FIELD_OTHER


def opener() -> b.Block:
    """The way to the question, on the page of warnings."""
    return b.section(
        "Two initiatives that you would have expected side by side?",
        accessory=b.button("Why was it not named?…", OPEN),
    )


def form(entries: Sequence[Entry] = (), told: Sequence[str] = ()) -> dict[str, Any]:
    """Which two? Once they were asked about, they stay chosen, with the answer beneath."""
    announced, other = (*offered(entries), None, None)[:2]
    drawn = [
        b.field(ANNOUNCED, "When this is announced", b.external_select(ANNOUNCED, initial=announced, placeholder="Type a part of its title…")),
        b.field(OTHER, "Why is this one named, or not?", b.external_select(OTHER, initial=other, placeholder="Type a part of its title…"),
                hint="Answered by what you may see. Nobody else is told."),
    ]  # fmt: skip
    if told:
        drawn += [b.divider(), b.section(b.fitting([_line(line) for line in told]))]
    return b.modal("Why not named?", drawn, callback_id=FORM, submit="Explain", close="Back")


def _line(line: str) -> str:
    words = b.escape(line.strip())
    return words if line.startswith(" ") else f"*{words}*"


def offered(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Initiatives as choices."""
    return [b.option(f"{entry.id} · {entry.title}", str(entry.id)) for entry in entries]


def read_form(view: Mapping[str, Any]) -> list[int]:
    """The two that were chosen."""
    values = view["state"]["values"]
    return [int(b.read_value(values, name) or 0) for name in (ANNOUNCED, OTHER)]
