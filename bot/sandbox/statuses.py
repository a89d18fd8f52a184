"""What people set beside their names: an emoji and some words, until a moment."""

import asyncio
import re
from typing import Final

from bot.sandbox.errors import NotPossibleError
from bot.sandbox.workspace import Workspace

#: https://docs.slack.dev/reference/methods/users.profile.set: a status text holds 100 characters.
LONGEST: Final = 100
_EMOJI: Final = re.compile(r":[a-z0-9_+'-]+(::skin-tone-[2-6])?:")
#: Seconds between two looks at what has ended.
LOOK: Final = 0.5


class Statuses:
    """Everybody's status."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def set(self, user: str, *, text: str, emoji: str, until: float) -> None:
        """Set somebody's status, as their profile menu does; nothing at all clears it. `until` 0 stays.

        Raises:
            NotPossibleError: Slack would not take it; the sentence says why.
        """
        text, emoji = text.strip(), emoji.strip()
        if len(text) > LONGEST:
            raise NotPossibleError(f"A status holds {LONGEST} characters at most.")
        if emoji and not _EMOJI.fullmatch(emoji):
            raise NotPossibleError("A status has one emoji, written as :palm_tree:.")
        if until and until <= self._workspace.clock():
            raise NotPossibleError("A status ends after now.")
        if text and not emoji:
            emoji = ":speech_balloon:"  # Slack's own stand-in
        self._change(user, text, emoji, int(until) if text or emoji else 0)

    def next_end(self, after: float) -> float | None:
        """When the next status ends after a moment; None when none does."""
        return min((end for end in self._ends() if end > after), default=None)

    def end_those_that_are_over(self) -> None:
        """Clear what has ended by now, the earliest first."""
        now = self._workspace.clock()
        over = [one for one in self._workspace.people.values() if 0 < one.status_expiration <= now]
        for person in sorted(over, key=lambda one: one.status_expiration):
            self._change(person.id, "", "", 0)

    async def watch(self) -> None:
        """Clear each status as it ends, for as long as the sandbox runs."""
        while True:
            self.end_those_that_are_over()
            await asyncio.sleep(LOOK)

    def _ends(self) -> list[int]:
        return [person.status_expiration for person in self._workspace.people.values() if person.status_expiration]

    def _change(self, user: str, text: str, emoji: str, expiration: int) -> None:
        self._workspace.change_person(user, status_text=text, status_emoji=emoji, status_expiration=expiration)
