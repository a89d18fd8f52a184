"""An example of everything that matching draws."""

from typing import Any

from bot.features.initiatives.examples import Words, card
from bot.features.matching import views
from bot.features.matching.explanation import Explanation
from bot.slack.blocks import Message


def messages(words: Words) -> dict[str, Message]:
    """Every message."""
    reasons = Explanation(
        capabilities=(words.name,), phrases=(words.name,) * 4, sentences=(words.text, words.text), system=words.name
    )
    return {
        "nothing found": views.results(words.text, [], registered=214),
        "nothing registered": views.results(words.text, [], registered=0),
        "found": views.results(
            words.text, [(card(words, id=number), reasons) for number in range(1, 9)], registered=214
        ),
    }


def forms(words: Words) -> dict[str, dict[str, Any]]:
    """Every form: none."""
    del words
    return {}
