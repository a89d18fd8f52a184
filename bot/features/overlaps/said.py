"""A candidate and what people said of it, ready to be worded."""

from dataclasses import dataclass

from bot.features.initiatives.card import Card
from bot.features.matching.explanation import Explanation
from storage.overlaps import Verb


@dataclass(frozen=True, slots=True)
class Said:
    """One standing word of one person; ``name`` is "" where it is unknown."""

    id: int
    person_id: str
    name: str
    verb: Verb
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One candidate as it is shown: its card, why it was found, what people said of the pair."""

    card: Card
    reasons: Explanation
    said: tuple[Said, ...] = ()

    @property
    def unrelated(self) -> Said | None:
        """Who marked it as not related, if anybody did."""
        return next((said for said in self.said if said.verb is Verb.NOT_RELATED), None)
