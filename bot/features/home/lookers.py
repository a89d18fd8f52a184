"""Who has their App Home open, as far as Slack tells: theirs is drawn anew when what it shows has changed.

Slack says when somebody opens the tab and never when they leave it, so each is followed for a while. Kept in memory: after
a restart the next opening begins anew.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

#: How long after its opening a Home tab is kept up to date.
FOLLOWED_FOR: Final = timedelta(minutes=20)
#: People at most; the one who opened theirs longest ago is no longer followed.
FOLLOWED: Final = 200


class Lookers:
    """People and what their Home showed last."""

    def __init__(self) -> None:
        self._opened: dict[str, datetime] = {}
        self._shown: dict[str, str] = {}

    def opened(self, person_id: str, view: Mapping[str, Any], *, now: datetime) -> None:
        """Somebody opened their Home and was shown this."""
        self._opened.pop(person_id, None)
        self._opened[person_id] = now
        self._shown[person_id] = _digest(view)
        while len(self._opened) > FOLLOWED:
            self._forget(next(iter(self._opened)))

    def followed(self, *, now: datetime) -> list[str]:
        """Whose Home is kept up to date now."""
        for person_id in [each for each, at in self._opened.items() if now - at > FOLLOWED_FOR]:
            self._forget(person_id)
        return list(self._opened)

    def is_news(self, person_id: str, view: Mapping[str, Any]) -> bool:
        """Whether this is something else than what their Home shows."""
        return self._shown.get(person_id) != _digest(view)

    def shown(self, person_id: str, view: Mapping[str, Any]) -> None:
        """Their Home shows this now."""
        if person_id in self._opened:
            self._shown[person_id] = _digest(view)

    def _forget(self, person_id: str) -> None:
        self._opened.pop(person_id, None)
        self._shown.pop(person_id, None)


def _digest(view: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
