"""An example of everything that overlaps draw."""

from typing import Any, Final

from bot.features.initiatives.card import Card
from bot.features.initiatives.examples import CHANNEL, NOW, OTHER, PERSON, Words, card, other_card
from bot.features.matching.explanation import Explanation
from bot.features.overlaps import views
from bot.features.overlaps.said import Candidate, Said
from bot.slack.blocks import Message
from storage.initiatives import Status
from storage.overlaps import Verb

WISHES: Final = (Verb.JOIN, Verb.SYNC, Verb.DIFFER)


def reasons(words: Words) -> Explanation:
    """Every kind of reason at once."""
    return Explanation(capabilities=(words.name,) * 2, phrases=(words.name,) * 4, sentences=(words.text, words.text), reworded=True, system=words.name, team=words.name, people=(words.name,) * 3, since=NOW.date(),
                       differs=((words.name,) * 3, (words.name,) * 3))  # fmt: skip


def said(words: Words, *verbs: Verb) -> tuple[Said, ...]:
    """What people said of a pair."""
    return tuple(Said(number, PERSON, words.name, verb, words.text[:1000]) for number, verb in enumerate(verbs, 1))


def candidate(words: Words, *verbs: Verb, of: Card | None = None) -> Candidate:
    """A candidate with its reasons and what people said of it."""
    return Candidate(of or other_card(words), reasons(words), said(words, *verbs))


def candidates(words: Words) -> dict[str, tuple[Candidate, ...]]:
    """Candidates in every state."""
    found = {f"{status.value}{', legacy' if legacy else ''}": (candidate(words, of=other_card(words, status=status, legacy=legacy, lesson=words.text * 4)),)
             for status in Status for legacy in (False, True)}  # fmt: skip
    return found | {
        "none": (),
        "one without reasons": (Candidate(other_card(words), Explanation()),),
        "three with everything said": tuple(
            candidate(words, *Verb, *WISHES * 3, of=other_card(words, id=number)) for number in (2, 3, 4)
        ),
        "three, much said": tuple(
            candidate(words, *WISHES * 5, of=other_card(words, id=number)) for number in (2, 3, 4)
        ),
    }


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    mine, other = card(words), other_card(words)
    drawn = {
        f"wish to a lead, {verb.value}": views.wish_to_lead(verb, PERSON, words.text[:1000], mine, other)
        for verb in WISHES
    }
    drawn |= {f"not delivered, {verb.value}": views.not_delivered(verb, mine, OTHER) for verb in WISHES}
    drawn |= {
        f"owner answered, {verb.value}": views.owner_answered(other, verb)
        for verb in (Verb.INTRODUCE, Verb.NOT_NOW, Verb.NOT_RELATED)
    }
    drawn["wish to a lead, with a button"] = views.wish_to_lead(Verb.SYNC, PERSON, "", mine, other, can_sync=True)
    drawn |= {f"confirmation, {verb.value}": views.confirmation(verb, leads=[PERSON, OTHER], leadless=[other_card(words, lead=""), other],
                                                                withheld=[other], unfit=[other])
              for verb in WISHES}  # fmt: skip
    return drawn | {
        "confirmation, nobody to tell": views.confirmation(Verb.JOIN, leads=[], leadless=[]),
        "came up by one's own plan": views.came_up(
            mine, [candidate(words, *WISHES), candidate(words)], is_new_plan=True
        ),
        "came up by another's plan": views.came_up(mine, [candidate(words)], is_new_plan=False),
        "owner question": views.owner_question(mine, other, where=CHANNEL),
        "introduction": views.introduction(other, PERSON),
        "not introduced": views.not_introduced(other),
    }


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form."""
    ended = other_card(words, lesson=words.text, status=Status.ABANDONED)
    return {
        "differ": views.differ_form(card(words), other_card(words)),
        "lesson": views.lesson(ended),
        "comparison": views.comparison(card(words), other_card(words), reasons(words), (words.text, words.text)),
        "nothing shared": views.comparison(
            card(words), other_card(words, title="Lunch", summary=""), Explanation(), None
        ),
    }
