"""An example of everything that imports draw."""

from dataclasses import replace
from typing import Any

from bot.features.imports import views
from bot.features.imports.past import Kept, PastRun, Undone
from bot.features.initiatives.examples import NOW, Words
from bot.slack.blocks import Message


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    run = PastRun(7, words.title or "x", NOW, 412, 9)
    kept = tuple(Kept(words.title or "x", "edited since") for _ in range(20))
    names = tuple(words.name or "x" for _ in range(30))
    return {
        "nothing imported yet": views.runs([]),
        "runs": views.runs(
            [run, replace(run, undone_at=NOW), replace(run, is_going=True), replace(run, new=0, changed=0)] * 3
        ),
        "taken back": views.undone(Undone(replace(run, undone_at=NOW), 400, 9, 12, kept[:1])),
        "taken back in part": views.undone(Undone(run, 0, 0, 4000, kept, names, names)),
        "taken back, nothing left": views.undone(Undone(run, 0, 0, 0)),
    }


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """No form."""
    return {}
