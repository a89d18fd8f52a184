"""What nobody leads any more: made by the service, drawn by the views."""

from dataclasses import dataclass

from bot.features.initiatives.card import Card


@dataclass(frozen=True, slots=True)
class Vacancies:
    """Initiatives and teams whose leads have left, ready to be worded."""

    cards: tuple[Card, ...] = ()
    #: Ids of those initiatives that nobody took over yet.
    open_ids: frozenset[int] = frozenset()
    #: Id, name, and who leads it now ("" while nobody does).
    teams: tuple[tuple[int, str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.cards) + len(self.teams)
