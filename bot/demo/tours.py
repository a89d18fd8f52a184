"""The guided tour's stories, one file each, in the order of their names."""

from typing import Any, Final

import yaml

from bot.demo.organisation import DATA

TOURS: Final = DATA / "tours"


def stories() -> list[dict[str, Any]]:
    """What the page leads a newcomer through. `docs/tour.md` says how a story is written."""
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(TOURS.glob("*.yml"))]
