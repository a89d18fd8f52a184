"""Hands the sandbox an example of everything that the features draw, for its gallery."""

import importlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from bot import features
from bot.features.initiatives.examples import CHANNEL, OTHER, PERSON, Words

FEATURES: Final = Path(features.__file__).parent
#: For whom a feature draws; one that is not named here draws for everybody.
AUDIENCES: Final = {
    "admin": "Admins",
    "announcements": "Whoever announces, and who reads along",
    "digests": "Channels that asked for it",
    "imports": "Admins",
    "items": "Whoever waits, and whom they wait for",
    "overlaps": "Leads of work that looks the same",
    "reports": "Whoever asks for a report",
    "syncs": "Leads who check in",
}
EVERYBODY: Final = "Everybody"
PEOPLE: Final = {PERSON: "Ana Ruiz", OTHER: "Bo Lindqvist"}


@cache
def gallery() -> dict[str, Any]:
    """People and channels of the examples by id, and the examples."""
    return {"people": PEOPLE, "channels": {CHANNEL: "ml-initiatives"}, "examples": list(_examples())}


def _examples() -> Iterator[dict[str, Any]]:
    for path in sorted(FEATURES.glob("*/examples.py")):
        feature = path.parent.name
        examples = importlib.import_module(f"bot.features.{feature}.examples")
        named = {"feature": feature, "for": AUDIENCES.get(feature, EVERYBODY)}
        for title, message in examples.messages(Words()).items():
            yield named | {"title": title, "kind": "message", "blocks": message.blocks, "text": message.text}
        for title, view in examples.forms(Words()).items():
            yield (
                named
                | {"title": title, "kind": view["type"], "blocks": view["blocks"]}
                | {
                    key: view[name]["text"]
                    for key, name in (("heading", "title"), ("submit", "submit"), ("close", "close"))
                    if view.get(name)
                }
            )
