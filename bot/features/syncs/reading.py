"""Reads an answer to a check-in that somebody wrote in their own words. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from storage.rounds import Pulse

#: Characters of a message that are read: more than an answer keeps, and few enough that no text takes long.
LONGEST: Final = 4000
#: Words that say how it goes, the longest first of those that begin alike.
_PULSES: Final = (
    (Pulse.ON_TRACK, r"on[ -]track|on schedule|on time|all good|all is well|going (?:well|fine)|green|:large_green_circle:|:white_check_mark:"),
    (Pulse.AT_RISK, r"at[ -]risk|off[ -]track|slipping|delayed|behind(?: schedule)?|yellow|amber|:large_yellow_circle:"),
    (Pulse.BLOCKED, r"blocked|stuck|red|:red_circle:"),
    (Pulse.PAUSED, r"paused|on hold|on ice|parked"),
    (Pulse.DONE, r"done|finished|complete|completed|shipped|launched|delivered"),
)  # fmt: skip
_ANY: Final = "|".join(words for _, words in _PULSES)
#: It says how it goes as a clause of its own: what follows is the end, a mark, or the reason.
_OPENS: Final = re.compile(
    rf"^(?:(?:we|it|this|i|all)(?:'s| is|'re| are|'m| am)?\s+(?:still\s+)?|still\s+|status:?\s+)?(?P<pulse>{_ANY})(?=\s*(?:$|[,.;:!\n–—-]|\b(?:by|on|because|since|due|with|for|until|but|and|again)\b))",
    re.IGNORECASE,
)
_WAITS: Final = re.compile(
    r"\b(?:(?:still |we(?:'re| are) |i(?:'m| am) )*(?:waiting (?:for|on)|wait(?:s|ing)? for)|blocked (?:by|on)|stuck on|held up by)\s+(?P<what>[^,;.\n]+(?:\.(?=\S)[^,;.\n]+)*)",
    re.IGNORECASE,
)
_SAME: Final = re.compile(
    r"^\s*(?:(?:all|same) as (?:before|last time)|as before|same(?: again)?|no change(?:s)?|nothing (?:new|changed))\s*[.!]?\s*$",
    re.IGNORECASE,
)
_FROM: Final = re.compile(r"^(?P<what>.+?)[\s(]+from\s+(?P<whom>[^()]+?)\)?$", re.IGNORECASE)
#: Somebody who begins like this asks or commands.
_ASKS: Final = re.compile(
    r"\?\s*$|^\s*(?:/?rowbot|search|find|who|what|where|which|is|are|does|do|can|help)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody wrote: how it goes (None where no word says so), what they wait for and from whom, and the rest."""

    pulse: Pulse | None = None
    changed: str = ""
    waiting_for: str = ""
    #: As they wrote it: a name or a mention.
    waiting_from: str = ""
    #: It says that all is as before, and nothing else.
    is_as_before: bool = False


def read(text: str) -> Words:
    """A message in Slack's markup as an answer."""
    text = text.strip()[:LONGEST]
    if _SAME.match(text):
        return Words(is_as_before=True)
    waits = _WAITS.search(text)
    opens = _OPENS.match(text)
    pulse = _pulse(opens["pulse"]) if opens is not None else _pulse_inside(text)
    if pulse is None and waits is not None and re.match(r"(?:blocked|stuck)", waits.group(), re.IGNORECASE):
        pulse = Pulse.BLOCKED
    rest = text
    if waits is not None:
        rest = f"{text[: waits.start()]}\0{text[waits.end() :]}"
    if opens is not None and (waits is None or opens.end("pulse") <= waits.start()):
        rest = rest[opens.end("pulse") :]
    what, whom = _from(waits["what"].strip()) if waits is not None else ("", "")
    return Words(pulse, _tidy(rest), what, whom)


def is_plainly(text: str) -> bool:
    """Whether a message that answers nothing by its place is an answer by its words: it opens with how it goes, or says what is waited for."""
    text = text.strip()
    if _ASKS.search(text):
        return False
    text = text[:LONGEST]
    return bool(_OPENS.match(text) or _SAME.match(text) or re.match(r"\s*(?:still )?(?:waiting (?:for|on)|blocked (?:by|on))\s+\S", text, re.IGNORECASE))  # fmt: skip


def _pulse(word: str) -> Pulse:
    return next(pulse for pulse, words in _PULSES if re.fullmatch(words, word, re.IGNORECASE))


def _pulse_inside(text: str) -> Pulse | None:
    """The first clause that says how it goes."""
    found = (_OPENS.match(clause.strip()) for clause in re.split(r"[,.;\n]+", text))
    return next((_pulse(each["pulse"]) for each in found if each is not None), None)


def _from(what: str) -> tuple[str, str]:
    found = _FROM.match(what)
    return (found["what"].strip(), found["whom"].strip()) if found is not None else (what, "")


def _tidy(rest: str) -> str:
    """What is left, without the marks and joints around what was taken out."""
    parts = [re.sub(r"^(?:[\s,.;!–—-]|:\s)+|[\s,;–—-]+$", "", part) for part in rest.split("\0")]
    parts = [re.sub(r"^(?:and|but|because|since)\s+|\s+(?:and|but)$", "", part, flags=re.IGNORECASE) for part in parts]
    return "; ".join(part for part in parts if part)
