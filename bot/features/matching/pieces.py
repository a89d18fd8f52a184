"""Where work ends and small talk begins, in sentences that nobody ended too: "drift alerts for all models let me know what you think".

A post is cut wherever a turn is likely; then the likeliest series of work and talk is found, in which turning from one to the other costs something.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from bot.features.matching import smalltalk, words

if TYPE_CHECKING:
    from collections.abc import Sequence


class Joint(Enum):
    """What parts a piece from the one before it; the value is what it costs to turn from work to talk there, or back."""

    STOP = 0.3
    WORDS = 0.4
    NAME = 2.0
    """A word written large that may as well be a name."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, or a part of one."""

    said: str
    joint: Joint = Joint.STOP


# Behind a sentence that nobody ended, a word that is written large and not followed by another such word begins the next one.
_TURN: Final = re.compile(r"(?<=[a-z0-9)!?,;….\"']) +(?=([A-Z][a-z]*)(?:['’][a-z]+)?[,:]? +(?:[a-z0-9@#:(]|I\b))")
# Words written large that lean less than this to talk are taken for names.
_NO_NAME: Final = -1.0
# In lower case, these begin a new clause; conjunctions such as "and" or "when" more often go on with the old one.
_CLAUSE: Final = frozenset(
    """
    i we you they he she my but so if please let because would could does thanks thx hope happy right ok anyway lmk ping
    shout dm not no yes
    """.split()  # noqa: SIM905 - reads better than literals
)
_SIGNS: Final = ",.;:!?)…-–—"
_SPACED: Final = re.compile(r"\S+")
_APOSTROPHE: Final = re.compile("['’]")
#: Words below which a part is not looked at for edges.
_SHORTEST: Final = 7
#: How plainly small talk an edge must be, in log odds: behind a sign or with a capital, and elsewhere.
_MARKED: Final = -1.0
_UNMARKED: Final = -2.0


def parts(sentence: str) -> list[Piece]:
    """The sentence, cut where its words alone say that another begins. Joined by blanks, the parts are the sentence."""
    starts = [(Joint.STOP, 0)]
    for match in _TURN.finditer(sentence):
        word, start = match.group(1).lower(), match.start(1)
        if word in words.STOP_WORDS:
            starts.append((Joint.WORDS, start))
        elif smalltalk.leaning(word) < _NO_NAME:
            # "next Tuesday": little words in front belong to it.
            *_, last = sentence[starts[-1][1] : start].split() or [""]
            led = last in words.STOP_WORDS and smalltalk.leaning(last) < 0
            starts.append((Joint.NAME, sentence.rindex(last, 0, start) if led else start))
    ends = [*(place for _, place in starts[1:]), len(sentence)]
    return [
        Piece(said, joint if number == 0 else Joint.WORDS)
        for (joint, start), end in zip(starts, ends, strict=True)
        for number, said in enumerate(_without_edges(sentence[start:end].strip()))
    ]


def about_work(joints: Sequence[Joint], odds: Sequence[float]) -> list[bool]:
    """Which pieces are about work, by the log odds of each: what says little goes with what stands beside it."""
    work = talk = 0.0
    came: list[tuple[bool, bool]] = []
    for joint, each in zip(joints, odds, strict=True):
        came.append((work >= talk - joint.value, work - joint.value > talk))
        work, talk = max(work, talk - joint.value) + each / 2, max(talk, work - joint.value) - each / 2
    is_work = work >= talk
    found = []
    for from_work_to_work, from_work_to_talk in reversed(came):
        found.append(is_work)
        is_work = from_work_to_work if is_work else from_work_to_talk
    return found[::-1]


def _without_edges(part: str) -> list[str]:
    """The part, cut where it begins or ends in small talk."""
    said = _SPACED.findall(part)
    if len(said) < _SHORTEST:
        return [part]
    weights = [smalltalk.weight(each) for each in said]
    before = [0.0, *itertools.accumulate(weights)]
    end = len(said)
    begins = [place for place in range(2, end - 2) if _may_begin(said, place)]
    tails = [(before[-1] - before[place], end - place, _is_marked(said, place), place) for place in begins]
    if cut := _cut(tails):
        while cut - 1 in begins or (cut > 2 and weights[cut - 1] < 0 and said[cut - 1] in words.STOP_WORDS):
            cut -= 1
        end = cut
    heads = [(before[place], place, False, place) for place in range(3, end - 1) if said[place - 1][-1] in _SIGNS]
    begin = _cut(heads)
    return [" ".join(said[a:b]) for a, b in itertools.pairwise(sorted({0, begin, end, len(said)}))]


def _cut(places: Sequence[tuple[float, int, bool, int]]) -> int:
    """Of (weight, words, is marked, place) the place that leaves most small talk outside; 0 if there is hardly any."""
    enough = [
        (weight, place)
        for weight, count, marked, place in places
        if weight * smalltalk.damped(count) < (_MARKED if marked else _UNMARKED)
    ]
    return min(enough, default=(0.0, 0))[1]


def _may_begin(said: Sequence[str], place: int) -> bool:
    return _is_marked(said, place) or _APOSTROPHE.split(said[place].lower().strip(_SIGNS))[0] in _CLAUSE


def _is_marked(said: Sequence[str], place: int) -> bool:
    """Whether a sign stands before the word, or it is written as the first of a sentence."""
    word, after = said[place], said[place + 1] if place + 1 < len(said) else "."
    if said[place - 1][-1] in _SIGNS:
        return True
    bare = _APOSTROPHE.split(word.strip(_SIGNS))[0]
    is_large = bare == "I" or (len(bare) > 1 and bare.istitle())
    return is_large and (word[-1] in _SIGNS or not after[0].isupper() or after == "I")
