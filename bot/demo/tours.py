"""The guided tour's stories, one file each, in the order of their names."""

from typing import Any, Final

from bot.demo.organisation import DATA
from bot.yaml_files import read_yaml

TOURS: Final = DATA / "tours"


def stories() -> list[dict[str, Any]]:
    """What the page leads a newcomer through. `docs/tour.md` says how a story is written."""
    return [read_yaml(path.read_text(encoding="utf-8")) for path in sorted(TOURS.glob("*.yml"))]
