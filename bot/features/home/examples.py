"""An example of everything that home draws."""

from dataclasses import replace
from typing import Any

from bot.features.home import views
from bot.features.home.desk import Asked, Desk, Question, SetUp, Wish
from bot.features.initiatives.examples import CHANNEL, NOW, OTHER, PERSON, Words, card, other_card
from bot.features.items.examples import card as item
from bot.features.matching.explanation import Explanation
from bot.features.syncs.card import Side, SyncCard
from bot.features.syncs.meeting_card import Agreed
from bot.slack.blocks import Message
from storage.overlaps import Verb
from storage.syncs import Cadence, SyncState


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    return {
        "help": views.help_message(),
        "help for admins": views.help_message(admin=True),
        "an unknown word": views.help_message(unknown=words.text or "x"),
        "strangers": views.strangers(),
    }


def desk(words: Words, **changes: Any) -> Desk:  # noqa: ANN401 - fields of Desk
    """A desk with nothing on it."""
    return replace(Desk(person_id=PERSON, cards=(), registered=0), **changes)


def check_in(words: Words, number: int) -> SyncCard:
    """A check-in to come, or a paused one."""
    coming = bool(number % 2)
    sides = (Side(PERSON, words.name), *(Side(f"{OTHER}{each}", words.name) for each in range(6)))
    return SyncCard(number, words.title, Cadence.WEEKLY, SyncState.ACTIVE if coming else SyncState.PAUSED, 570, NOW.date(), None, NOW if coming else None,
                    sides)  # fmt: skip


def meeting(words: Words, number: int) -> Agreed:
    """A meeting to come; every second one was agreed where nothing can be pointed at."""
    others = tuple(Side(f"{OTHER}{each}", words.name) for each in range(6))
    return Agreed(number, words.title, NOW, 30, others, words.link if number % 2 else "")


def crowded(words: Words, *, count: int) -> Desk:
    """A desk with that many of everything."""
    numbers = range(1, count + 1)
    return desk(
        words,
        cards=tuple(card(words, id=number) for number in numbers),
        registered=count,
        questions=tuple(Question(number, words.text, CHANNEL, words.link) for number in numbers),
        wishes=tuple(
            Wish(OTHER, verb, card(words), other_card(words), NOW) for _ in numbers for verb in (Verb.JOIN, Verb.SYNC)
        ),
        asked=tuple(Asked(number, words.title, NOW) for number in numbers),
        owned=tuple(item(words, id=number) for number in numbers),
        waited_for=tuple(item(words, id=number) for number in numbers),
        answered=tuple(Asked(number, words.title, NOW) for number in numbers),
        check_ins=tuple(check_in(words, number) for number in numbers),
        meetings=tuple(meeting(words, number) for number in numbers),
        is_admin=True,
        set_up=SetUp(channels=count, initiatives=count, teams=count + 1, leadless=1),
    )


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every Home tab and form."""
    found = [(card(words, id=number), Explanation(phrases=(words.name,))) for number in range(1, 9)]
    set_ups = {
        "nothing set up": SetUp(0, 0, 0, 0), "all set up": SetUp(1, 1, 1, 0), "teams without leads": SetUp(2, 40, 6, 2),
    }  # fmt: skip
    drawn = {f"home, {count} of everything": views.home(crowded(words, count=count)) for count in (1, 7, 100)}
    drawn |= {f"home, {name}": views.home(desk(words, is_admin=True, set_up=state)) for name, state in set_ups.items()}
    return drawn | {
        "home, away": views.home(desk(words, check_ins=(check_in(words, 1),), back_on=NOW.date())),
        "home, the registry is read anew": views.home(desk(words, is_admin=True, reading=(7_440, 12_000))),
        "home, empty": views.home(desk(words)),
        "home of strangers": views.for_members_only(),
        "search": views.search_form(),
        "search results": views.search_results(words.text, found, registered=214),
        "search results, none": views.search_results(words.text, (), registered=0),
    }
