"""An example of everything that initiatives draw; `words` says how people filled it: plainly, barely, at length, with ill will."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

from bot.features.initiatives import views
from bot.features.initiatives.card import Card
from bot.slack.blocks import Message
from storage.initiatives import Status
from storage.teams import Team

NOW: Final = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
PERSON: Final = "U0EXAMPLE1"
OTHER: Final = "U0EXAMPLE2"
CHANNEL: Final = "C0EXAMPLE1"


@dataclass(frozen=True, slots=True)
class Words:
    """How people filled in what is shown."""

    title: str = "Online feature store for ranking"
    text: str = "Serves fresh features to the ranking models within 10 ms."
    name: str = "Search ML"
    link: str = "https://wiki.example.com/feature-store"


def card(words: Words, **changes: Any) -> Card:  # noqa: ANN401 - fields of Card
    """An initiative."""
    plain = Card(id=1, title=words.title, summary=words.text, team=words.name, lead_id=PERSON, lead=words.name, status=Status.PROPOSED, legacy=False,
                 lesson="", link=words.link, capabilities=(words.name,) if words.name else (), started_on=date(2026, 3, 1), created_at=NOW,
                 updated_at=NOW, is_private=False)  # fmt: skip
    return replace(plain, **changes)


def other_card(words: Words, **changes: Any) -> Card:  # noqa: ANN401 - fields of Card
    """Another initiative, that looks like the same work."""
    return card(words, **{"id": 2, "lead_id": OTHER, "status": Status.ACTIVE, **changes})


def teams(words: Words, count: int = 3) -> list[Team]:
    """Teams to choose from."""
    return [
        Team(id=number, workspace_id="T1", name=words.name or "?", folded=str(number), created_at=NOW)
        for number in range(1, count + 1)
    ]


def capabilities(words: Words, count: int = 3) -> list[tuple[str, str]]:
    """Capabilities to choose from."""
    return [(f"capability-{number}", words.name or "?") for number in range(count)]


def values(words: Words) -> dict[str, Any]:
    """A filled form."""
    return {"title": words.title[:150], "summary": words.text[:3000], "team_id": 1, "team_name": words.name[:80], "lead_id": PERSON,
            "capabilities": tuple(key for key, _ in capabilities(words)), "status": Status.SHIPPED.value, "url": words.link[:1000],
            "lesson": words.text[:3000], "legacy": True, "channel_id": CHANNEL}  # fmt: skip


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    drawn = {
        f"mine, {count}": views.mine([card(words, id=number) for number in range(1, count + 1)])
        for count in (0, 1, 100)
    }
    return drawn | {
        "changed": views.changed(card(words), "is in the registry again."),
        "closed": views.closed(card(words, status=Status.SHIPPED), Status.ACTIVE, lesson_was_empty=True),
        "withdrawn": views.withdrawn(card(words)),
        "handed over": views.handed_over(card(words), by=OTHER),
    }


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form."""
    many: dict[str, Any] = {"teams": teams(words, 150), "capabilities": capabilities(words, 150)}
    return {
        "edit": views.edit_form(card(words), values(words), teams=teams(words), capabilities=capabilities(words)),
        "edit, with many to choose from": views.edit_form(card(words), values(words), **many),
        "edit, empty": views.edit_form(card(words), {}, teams=[], capabilities=[]),
        "close": views.close_form(card(words, lesson=words.text)),
        "hand over": views.hand_over_form(card(words)),
    }
