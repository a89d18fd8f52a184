"""Why an entry was named, and how it may differ: found in both texts, never invented."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Final

from bot.features.matching import chatter, words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from bot.features.matching.index import Hit

MOST_PHRASES: Final = 4
LIKE_SENTENCES_FROM: Final = 0.42
"""The cosine from which two sentences of the same work are shown side by side; those of strangers stay below 0.3."""
REWORDED_FROM: Final = 0.5
#: From this cosine on, "the same idea in other words" may be said and is reason enough.
CLOSE_FROM: Final = 0.46
"""The cosine from which two whole texts say the same idea."""

# Sentences compared per side: 4 + 3 * 3 short ones are embedded in about 35 ms.
_MOST_NEW: Final = 4
_MOST_EXISTING: Final = 3
_LONGEST_SENTENCE: Final = 140
_SHORTEST_SENTENCE: Final = 5
# From this share of a sentence's words on, the pair shows nothing that the shared phrases do not.
_SAME_WORDS: Final = 0.5
_FEW_PHRASES: Final = 2
_LONGEST_RUN: Final = 4
_LONGEST_PURPOSE: Final = 5
_BEFORE: Final = 20
#: Small words over which a purpose goes on: "for decisions at the counter".
_WITHIN: Final = frozenset({"of", "at", "in", "the", "a", "an", "on", "to"})
_ARTICLES: Final = frozenset({"the", "a", "an"})
# Two purposes whose cosine is above this may be one purpose in two words: "food" and "eats".
_OTHER_PURPOSE_TO: Final = 0.4
# "for every customer" says how much and not what for; "for predictions" is what models do.
_NO_PURPOSE: Final = frozenset(
    {"every", "each", "all", "any", "free", "example", "now", "instance", "most", "many", "both", "predictions", "prediction", "inference"}
)  # fmt: skip

_PIECE: Final = re.compile(r"(\w+)")
# "Looking for volunteers", "responsible for": no purpose.
_OF_VERBS: Final = re.compile(
    r"\b(?:look|ask|wait|pay|search|account|care|apply|stand|responsible|except|substitute|need|compensate|thanks?)(?:s|ed|ing)?\s+$",
    re.IGNORECASE,
)
_PURPOSE: Final = re.compile(r"\bfor\s+((?:[\w’'/-]+[ \t]+){0,6}[\w’'/-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts as people wrote it, with its capabilities (key to the name shown) and the system it belongs to."""

    title: str
    body: str
    capabilities: Mapping[str, str] = field(default_factory=dict)
    system: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasons of one candidate, strongest kind first; any part may be empty, never all of them.

    Wording for the views, joined by semicolons behind "Why:" -
    `capabilities`: both are a _feature store_ · `leaning`: both seem to be about _data validation_ ·
    `system`: both belong to *Ranker* · `team`: both are *Search*'s · `people`: *Ana* is on both sides · `phrases`: both speak of *fresh features* and *request time* ·
    `sentences`: “shared definitions across squads” ≈ “a registry of feature definitions” (theirs second) ·
    `reworded`: the same idea in other words · `since`: both under way since March 2026.
    `differs`, on a line of its own: May differ: yours is for *ranking*, theirs for *bidding*; or of one side alone.
    """

    capabilities: tuple[str, ...] = ()
    """Names of the capabilities of both."""
    leaning: str | None = None
    """The key of a capability that both lean towards, though it was not recognised in both."""
    system: str = ""
    team: str = ""
    people: tuple[str, ...] = ()
    """Names of those who stand on both sides."""
    since: date | None = None
    """Since when both are under way."""
    phrases: tuple[str, ...] = ()
    """Words and word pairs of both, as the new text writes them, the rarest first."""
    sentences: tuple[str, str] | None = None
    """The new text's sentence and the existing one's that say nearly the same in other words."""
    reworded: bool = False
    differs: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """What the new work and the existing one say they are for, where the other does not say the same; either may be empty."""


def explain(
    new: Side,
    existing: Side,
    hit: Hit,
    *,
    rarity: Callable[[str], float],
    embed: Callable[[Sequence[str]], NDArray[np.float32]] | None = None,
) -> Explanation:
    """The reasons of a single candidate; see `explain_all`."""
    return explain_all(new, [(existing, hit)], rarity=rarity, embed=embed)[0]


def explain_all(
    new: Side,
    candidates: Sequence[tuple[Side, Hit]],
    *,
    rarity: Callable[[str], float],
    embed: Callable[[Sequence[str]], NDArray[np.float32]] | None = None,
) -> list[Explanation]:
    """The reasons of all candidates of a new text, in their order, with one run of the network for all sentences.

    `rarity` is `Index.rarity`. Without `embed` no sentences are compared; with it three candidates take about 40 ms.
    """
    mine = _Text.of(new)
    texts = [_Text.of(side) for side, _ in candidates]
    pairs = _like_sentences(mine, texts, embed) if embed and candidates else [None] * len(candidates)
    purposes = _other_purposes(mine, texts, embed)
    return [
        _explained(new, side, hit, texts=(mine, theirs), pair=pair, purposes=purpose, rarity=rarity)
        for (side, hit), theirs, pair, purpose in zip(candidates, texts, pairs, purposes, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Text:
    text: str
    sentences: tuple[str, ...]
    read: tuple[tuple[words.Word, ...], ...]

    @classmethod
    def of(cls, side: Side) -> _Text:
        body = chatter.content(side.body) if side.body.strip() else ""
        text = "\n".join(part for part in (chatter.plain(side.title), body) if part)
        return cls.bare(text)

    @classmethod
    def bare(cls, text: str) -> _Text:
        """A text as it stands."""
        sentences = tuple(chatter.sentences(text))
        return cls(text, sentences, tuple(tuple(words.read(sentence)) for sentence in sentences))

    def surfaces(self) -> dict[str, str]:
        """How each stem is written here first."""
        found: dict[str, str] = {}
        for sentence in self.read:
            for word in sentence:
                found.setdefault(word.stem, word.surface)
        return found

    def runs(self) -> dict[tuple[str, ...], str]:
        """Two to four words that stand side by side, by their stems, as they are first written: `real-time` is `real time` too."""
        found: dict[tuple[str, ...], str] = {}
        lower = self.text.lower()
        for sentence in self.read:
            for start in range(len(sentence)):
                written = sentence[start].surface
                for end in range(start + 1, min(start + _LONGEST_RUN, len(sentence))):
                    joined = (f"{written}{between}{sentence[end].surface}" for between in (" ", "-"))
                    longer = next((each for each in joined if _stands_in(each, lower)), "")
                    if not longer:
                        break
                    written = longer
                    found.setdefault(tuple(word.stem for word in sentence[start : end + 1]), written)
        return found


def _stands_in(phrase: str, text: str) -> bool:
    """Whether the phrase stands there in whole words."""
    return phrase in text and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None


def _explained(
    new: Side,
    existing: Side,
    hit: Hit,
    *,
    texts: tuple[_Text, _Text],
    pair: tuple[str, str] | None,
    purposes: tuple[str, str],
    rarity: Callable[[str], float],
) -> Explanation:
    shared = tuple(name for key, name in new.capabilities.items() if key in existing.capabilities)
    phrases = _phrases(*texts, rarity, said=shared)
    system = new.system if new.system and new.system.casefold() == existing.system.casefold() else ""
    leaning = hit.leaning if not shared else None
    nothing_else = not (shared or system or phrases or pair)
    return Explanation(
        capabilities=shared,
        leaning=leaning,
        system=system,
        phrases=phrases,
        sentences=pair,
        reworded=nothing_else or (pair is None and len(phrases) < _FEW_PHRASES and (hit.cosine or 0) >= REWORDED_FROM),
        differs=(_one(purposes[0]), _one(purposes[1])),
    )


def _one(said: str) -> tuple[str, ...]:
    return (said,) if said else ()


def _phrases(mine: _Text, theirs: _Text, rarity: Callable[[str], float], *, said: Sequence[str]) -> tuple[str, ...]:
    """Shared runs of words and words, the rarest first, without generic ones and what the capabilities' names already say."""
    told = {word.stem for name in said for word in words.read(name)}
    surfaces, known = mine.surfaces(), theirs.surfaces()

    def telling(stem: str) -> bool:
        return stem not in told and stem not in _GENERIC_STEMS

    found: list[tuple[float, str, frozenset[str]]] = []
    their_runs = theirs.runs()
    for stems, written in mine.runs().items():
        if stems in their_runs and any(map(telling, stems)) and not told.issuperset(stems):
            found.append((sum(map(rarity, stems)), written, frozenset(stems)))
    found += [(rarity(stem), surfaces[stem], frozenset({stem})) for stem in surfaces if stem in known and telling(stem)]
    found.sort(key=lambda entry: (-entry[0], entry[1]))
    chosen: list[str] = []
    used: set[str] = set()
    for _, written, stems_of in found:
        if len(chosen) < MOST_PHRASES and not used & stems_of:
            chosen.append(written)
            used |= stems_of
    return tuple(chosen)


def _like_sentences(
    mine: _Text, texts: Sequence[_Text], embed: Callable[[Sequence[str]], NDArray[np.float32]]
) -> list[tuple[str, str] | None]:
    """Per candidate the pair of sentences closest in meaning, if it is close, says it in other words and is no whole text twice."""
    ours = _fit_to_show(mine)[:_MOST_NEW]
    rows = [_fit_to_show(text)[:_MOST_EXISTING] for text in texts]
    # Two texts of one sentence each stand in the message anyway.
    rows = [row if len(ours) > 1 or len(row) > 1 else [] for row in rows]
    if not ours or not any(rows):
        return [None] * len(texts)
    vectors = embed([*ours, *(sentence for row in rows for sentence in row)])
    found: list[tuple[str, str] | None] = []
    start = len(ours)
    for row in rows:
        best: tuple[str, str] | None = None
        if row:
            likeness = vectors[: len(ours)] @ vectors[start : start + len(row)].T
            place = int(likeness.argmax())
            a, b = ours[place // len(row)], row[place % len(row)]
            if likeness.flat[place] >= LIKE_SENTENCES_FROM and _in_other_words(a, b):
                best = (a, b)
        found.append(best)
        start += len(row)
    return found


def _fit_to_show(text: _Text) -> list[str]:
    return [
        sentence.rstrip(".!;: ")
        for sentence in text.sentences
        if len(sentence) <= _LONGEST_SENTENCE and len(sentence.split()) >= _SHORTEST_SENTENCE
    ]


def closest(mine: Side, theirs: Side, embed: Callable[[Sequence[str]], NDArray[np.float32]]) -> tuple[str, str] | None:
    """The sentence of either that say nearly the same in other words. Runs the network: call it outside of a transaction."""
    return _like_sentences(_Text.of(mine), [_Text.of(theirs)], embed)[0]


@dataclass(frozen=True, slots=True)
class Shared:
    """What two texts have in common: stems that say something, and runs of two to four words around one of these."""

    stems: frozenset[str]
    runs: frozenset[tuple[str, ...]]


def shared(mine: str, theirs: str) -> Shared:
    """What stands in both texts and says something."""
    one, other = _Text.bare(mine), _Text.bare(theirs)
    stems = frozenset(one.surfaces()) & frozenset(other.surfaces()) - _GENERIC_STEMS
    runs = one.runs().keys() & other.runs().keys()
    return Shared(stems, frozenset(run for run in runs if not stems.isdisjoint(run)))


def marked(text: str, both: Shared) -> list[tuple[str, bool]]:
    """A text in pieces that make it up again, and of each whether both have it: words, and whole phrases with what is between their words."""
    pieces = _PIECE.split(text)
    stems = [words.stems(piece) if place % 2 else [] for place, piece in enumerate(pieces)]
    bold = [not both.stems.isdisjoint(each) for each in stems]
    for start in range(1, len(pieces), 2):
        run = list(stems[start][-1:])
        if not run:
            continue
        for end in range(start + 2, min(start + 2 * _LONGEST_RUN, len(pieces)), 2):
            if pieces[end - 1] not in (" ", "-") or not stems[end]:
                break
            run.append(stems[end][0])
            if tuple(run) in both.runs:
                bold[start : end + 1] = [True] * (end + 1 - start)
    told = groupby(((piece, is_bold) for piece, is_bold in zip(pieces, bold, strict=True) if piece), key=lambda each: each[1])  # fmt: skip
    return [("".join(written for written, _ in group), is_shared) for is_shared, group in told]


def _in_other_words(a: str, b: str) -> bool:
    mine, theirs = set(words.stems(a)), set(words.stems(b))
    return bool(mine and theirs) and len(mine & theirs) / min(len(mine), len(theirs)) < _SAME_WORDS


def _other_purposes(
    mine: _Text, texts: Sequence[_Text], embed: Callable[[Sequence[str]], NDArray[np.float32]] | None
) -> list[tuple[str, str]]:
    """Per candidate what each says that it is for, "" where it does not; nothing if both may be one purpose in two words."""
    found = [_purposes(mine, theirs) for theirs in texts]
    both = [(ours, theirs) for ours, theirs in found if ours and theirs]
    if embed and both:
        first, *others = embed([both[0][0], *(theirs for _, theirs in both)])
        likeness = iter([float(first @ other) for other in others])
        found = [("", "") if all(each) and next(likeness) > _OTHER_PURPOSE_TO else each for each in found]
    return found


def _purposes(mine: _Text, theirs: _Text) -> tuple[str, str]:
    """What either text says it is for, where the other has no word of it."""
    ours, existing = _purpose(mine.text), _purpose(theirs.text)
    if set(words.stems(ours)) & set(words.stems(theirs.text)):
        ours = ""
    if set(words.stems(existing)) & set(words.stems(mine.text)):
        existing = ""
    return ours, existing


def _purpose(text: str) -> str:
    """The first "for ..." of a text that says something; empty if there is none."""
    for match in _PURPOSE.finditer(text):
        if _OF_VERBS.search(text[: match.start()][-_BEFORE:]):
            continue
        said = match.group(1).split()
        while said and said[0].lower() in words.STOP_WORDS - _NO_PURPOSE - _ARTICLES:
            del said[0]
        if not said or said[0].lower() in _NO_PURPOSE:
            continue
        taken = list(takewhile(lambda word: word.lower() not in words.STOP_WORDS - _WITHIN, said))[:_LONGEST_PURPOSE]
        # "for hosted and in-house models": half of it would say something else.
        if said[len(taken) : len(taken) + 1] in (["and"], ["or"]) or any(word.isdigit() for word in taken):
            continue
        while taken and taken[-1].lower() in words.STOP_WORDS:
            taken.pop()
        read = words.read(" ".join(taken))
        # "for the vision team" names people, "for AP" may be spelt out on the other side.
        if read and read[-1].stem not in _GENERIC_STEMS and not any(word.isupper() for word in taken):
            return " ".join(taken)
    return ""


_GENERIC_STEMS: Final = frozenset(stem for word in words.GENERIC_WORDS for stem in words.stems(word))


def showable(reasons: Explanation, *, cosine: float | None) -> Explanation | None:
    """The reasons that can be shown to people; None when nothing is left that would convince anybody.

    One everyday word that both happen to use ("photos", "forecast") is no reason, and "the same idea in other words" may only
    be said where the vectors are close. Nobody is warned without a reason: in organisations nobody had looked at, this is what most
    of the wrong warnings had in common (docs/matching.md).
    """
    lone = len(reasons.phrases) == 1 and " " not in reasons.phrases[0]
    close = (cosine or 0.0) >= CLOSE_FROM
    better = bool(reasons.capabilities or reasons.leaning or reasons.system or reasons.sentences)
    phrases = () if lone else reasons.phrases
    if not (better or phrases or close):
        return None
    return replace(reasons, phrases=phrases, reworded=close and (reasons.reworded or not (better or phrases)))
