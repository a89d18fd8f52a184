"""Titles: the short noun phrase that an announcement is remembered by."""

import re

from bot.features.announcements import wording
from bot.features.announcements.claims import Claim
from bot.features.announcements.sentences import Word
from bot.features.announcements.wording import Act

__all__ = ["TITLE_LENGTH", "from_claim", "from_phrase", "tidy"]

TITLE_LENGTH = 150

_EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u200d\ufe0f]")
_LEADING = re.compile(
    r"^(?:(?:a|an|the|our|my|its|their|this|one|some)\s+)?(?:(?:own|very|brand|brand-new|new|small|little|tiny|quick|long[- ]promised|so[- ]called)\s+){0,3}",
    re.IGNORECASE,
)
_EFFORT = re.compile(
    r"^(?:(?:joint|cross-team|dedicated|bigger|big|larger|multi-quarter|quarter-long|internal)\s+)?"
    r"(?:initiative|effort|project|workstream|stream|work|programme|program|undertaking|track|push|development|design|implementation)s?"
    r"\s+(?:around|about|on|for|to|of|called|named|in|:|-|–|—)\s+(?:the\s+)?",
    re.IGNORECASE,
)
_WHEN = re.compile(
    r"\s+(?:this|next|over the (?:next|coming)|in the (?:next|coming)|during|starting|beginning|by (?:the )?end of|as of|from (?:next|monday|tuesday|wednesday|thursday|friday|today|tomorrow)"
    r"|in (?:q[1-4]|h[12]|january|february|march|april|may|june|july|august|september|october|november|december|20\d\d)"
    r"|today|tomorrow|soon|right now|on (?:monday|tuesday|wednesday|thursday|friday)|work begins|with the goal)\b.*$",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\s*(?:[,;:(]|\s[-–—]\s|\b(?:because|so that|since|which|who|whose|instead of|in order to|until|and (?:we|i|then|could|will)|but|plus)\b|\bso (?:we|that|people|nobody|no one|teams|every|the|our|they|it)\b"
    r"|\bthat(?:'s| is| will| can| learns| lets| any| all| every|\b)|\bto (?:stop|avoid|make sure|help|reduce|save|cut|get rid)\b).*$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[.!?…]\s+\S.*$")


def tidy(text: str) -> str:
    """One line without emoji and stray punctuation, first letter capital, at most 150 characters, cut between words."""
    line = " ".join(_EMOJI.sub(" ", text).split()).strip(" .,;:!?-–—*_~`\"'|>•")
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1].strip()
    if len(line) > TITLE_LENGTH:
        line = line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" .,;:-–—") + "…"
    first = line.split(" ", 1)[0]
    return line[:1].upper() + line[1:] if first.islower() or first == "a" else line


def from_phrase(phrase: str) -> str:
    """A title from what follows a marker or a label: its first sentence, without the reasons when it is long."""
    first = phrase.strip().splitlines()[0] if phrase.strip() else ""
    first = _SENTENCE.sub("", first)
    if len(first) > 70:
        shorter = _WHY.sub("", first)
        first = shorter if len(shorter.split()) >= 2 else first
    return tidy(_strip_front(first))


def _strip_front(text: str) -> str:
    stripped = _LEADING.sub("", text.strip(), count=1)
    inner = _EFFORT.sub("", stripped, count=1)
    if inner != stripped:
        stripped = _LEADING.sub("", inner, count=1)
    return stripped or text


def from_claim(claim: Claim) -> str:
    """The work that a claim names: "We're kicking off a feature store for ranking" → "Feature store for ranking"."""
    words = _phrase(claim.object)
    if not words:
        return ""
    text = claim.sentence.text[words[0].start : words[-1].end]
    text = _WHY.sub("", " " + text).strip() or text
    text = _WHEN.sub("", " " + text).strip() or text
    if claim.act is Act.CHANGE:
        text = f"{claim.lemma.capitalize()} {re.sub(r'^(?:our|my) ', 'the ', text, flags=re.IGNORECASE)}"
        return tidy(text)
    return tidy(_strip_front(text))


def _phrase(following: tuple[Word, ...]) -> tuple[Word, ...]:
    end = 0
    for end, word in enumerate(following):  # noqa: B007 - the index is used after the loop
        if word.is_stop or word.low in ("because", "so", "since", "which", "until", "while", "but", "if"):
            break
    else:
        end = len(following)
    words = following[:end]
    while words and words[-1].low in (*wording.PREPOSITIONS, "and", "or", "the", "a"):
        words = words[:-1]
    return words
