"""The cues of an announcement and their weights in points: who, which verb, which work, how new; and what speaks against it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.features.announcements.language import verbs, vocabulary
from bot.features.announcements.language.claims import Claim, Subject, Time
from bot.features.announcements.language.sentences import Sentence, Word
from bot.features.announcements.language.verbs import Act

__all__ = ["Cue", "of_claim", "of_phrase"]


@dataclass(frozen=True, slots=True)
class Cue:
    """One piece of evidence: its name, its weight in points, the words it was read from."""

    name: str
    weight: float
    words: str = ""


# One of these must stand behind a public answer: a word of machine learning, data or platforms; a system; a described piece of work.
FIELD = "work: of the field"
OUTSIDE = "of home and office"
# Whatever else speaks for a message, with one of these it is not answered in public: its author is asked at most.
NEVER_PUBLIC = frozenset(
    (
        OUTSIDE,
        "it is over",
        "long ago",
        "somebody else's news",
        "people, not work",
        "in their own time",
        "in jest",
        "routine",
    )
)
SUBSTANCE = frozenset((FIELD, "work: a system", "work: described", "work: of a kind that models do"))
MAX_SENTENCE = 600

_SUBJECTS = {Subject.FIRST: 1.0, Subject.TEAM: 1.0, Subject.NAMED: 0.5, Subject.DROPPED: 0.5}
_ACTS = {
    Act.START: 2.0,
    Act.MAKE: 1.5,
    Act.CHANGE: 1.5,
    Act.WORK: 0.5,
    Act.SOLVE: 1.0,
    Act.PROPOSE: 1.5,
    Act.OTHER: 1.0,
}


def of_claim(claim: Claim) -> Iterator[Cue]:
    """Who starts what, by which verb, and whether the work is of the kind a registry keeps."""
    tentative = claim.lemma in verbs.TENTATIVE and not claim.started
    errand = claim.act is Act.SOLVE and claim.lemma not in verbs.TECHNICAL
    near = {word.low for word in claim.sentence.words[max(0, claim.verb_at - 4) : claim.verb_at + 4]}
    colleagues = claim.subject in (Subject.TEAM, Subject.NAMED)
    begun = claim.started and (not errand or colleagues or bool(near & _WORKING))  # not "I started learning Rust"
    ahead = claim.act is Act.WORK and claim.time is Time.AHEAD and claim.head[0].low not in _DEFINITE
    weight = 1.5 if ahead and not begun else _ACTS[claim.act]
    begun = begun or (claim.act is Act.SOLVE and colleagues)
    yield Cue(f"verb: {claim.act}", 0.5 if tentative else 2.0 if begun else weight, claim.lemma)
    who = " ".join(word.text for word in claim.subject_words[-3:])
    yield Cue(f"who: {claim.subject}", _SUBJECTS.get(claim.subject, 0.0), who)
    if claim.subject is Subject.DROPPED and _is_title_case(claim.sentence):
        yield Cue("reads like an article's title", -2.0)
    planned = claim.time is Time.AHEAD or (claim.started and claim.time is not Time.DONE)
    if planned:
        yield Cue("said as a plan", 0.5)
    if claim.lemma in verbs.TECHNICAL:
        yield Cue("work: of a kind that models do", 1.5, claim.lemma)
    fresh = _is_fresh(claim.head)
    if claim.lemma == "launch" and claim.head[-1].low not in vocabulary.EFFORTS:
        yield Cue("may be a release", -3.0 if claim.sentence.words[claim.verb_at].low == "launched" else -1.0)
    if claim.time is Time.DONE:
        yield Cue("already done", -2.5)
    elif claim.time is Time.WISH:
        yield Cue("a wish", -1.0)
    elif claim.time is Time.HABIT and not _FROM_NOW.search(claim.sentence.text[:MAX_SENTENCE]):
        yield Cue(
            "may be what they always do",
            -0.5 if fresh or _BECOMES.search(" ".join(word.low for word in claim.object[:14])) else -2.5,
        )
    elif (
        (claim.act is Act.WORK or tentative)
        and not (
            claim.started or (claim.time is Time.AHEAD and claim.lemma in verbs.TRYING and claim.head[0].low != "the")
        )
        and not (claim.act is Act.WORK and claim.time is Time.AHEAD)
        and (not fresh or claim.head[0].low == "the")
    ):
        yield Cue("work in progress", -1.5)
    made = claim.act is Act.MAKE and claim.lemma in _BUILDING and len(claim.head) > (1 if planned else 2)
    if errand and claim.head[0].low in _DEFINITE:
        yield Cue("an errand", -1.0 if colleagues else -1.5, claim.head[0].low)
    yield from of_phrase(
        claim.object, claim.head, change=claim.act is Act.CHANGE, solved=claim.act is Act.SOLVE, made=made
    )


def of_phrase(
    following: tuple[Word, ...],
    head: tuple[Word, ...],
    *,
    change: bool = False,
    solved: bool = False,
    made: bool = False,
) -> Iterator[Cue]:
    """The work itself: the head of the noun phrase decides, words of the field around it add.

    `change` says that the work is a change of the thing named, `solved` that the thing is its subject matter; both exist
    already. `made` says, that it is built and
    described, so that even "a batch scoring job" may be work.
    """
    acted_on = change or solved
    lows = [word.low for word in head]
    while lows and lows[0] in vocabulary.ADVERBS:
        lows = lows[1:]
    if not lows:
        yield Cue("no object", -3.0)
        return
    text = " ".join(word.low for word in following[:14])
    yield from _of_noun(lows, text, change=change, solved=solved, made=made, told=_told(following))
    outside = vocabulary.OUTSIDE & {word.low for word in following[:20]}
    # "a coffee roast classifier" is a classifier; "a cake system" may be a joke, and "the holiday policy" is no model's policy.
    technical = vocabulary.DOMAIN.search(lows[-1]) and lows[-1] in vocabulary.WORKS and lows[-1] not in _OF_OFFICES
    if outside and not technical:
        yield Cue(OUTSIDE, -3.0, ", ".join(sorted(outside)))
    if _is_fresh(head) or (lows[-1].endswith("s") and lows[0] not in vocabulary.DETERMINERS):
        yield Cue("one to come", 0.5, lows[0])
    if "quick" in lows:
        yield Cue("a quick one", -2.0, "quick")
    if "new" in lows or _NEW.search(text):
        yield Cue("new", 0.5)
    if lows[0] in ("every", "each", "any", "all") and not acted_on:
        yield Cue("a habit", -2.5, lows[0])
    if lows[0] in ("the", "this", "that", "these", "its") and not acted_on:
        bare = len(lows) == 2 and lows[1] in vocabulary.EFFORTS
        yield Cue("known already", -1.5 if bare else -0.5, lows[0])
    if lows[0] in ("my", "your", "his", "her", "their") and not acted_on:
        yield Cue("personal", -1.0, lows[0])
    if _MINE.search(text):
        yield Cue("personal", -3.0)


_DEFINITE = frozenset(("the", "your", "this", "that", "my", "his", "her", "their", "these", "those"))
_FROM_NOW = re.compile(
    r"\b(?:from|starting|beginning|as of) (?:now|today|tomorrow|this|next|monday|tuesday|wednesday|thursday|friday|january|february|march|april|may|june|july"
    r"|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_WORKING = frozenset(("work", "working", "development", "project", "effort", "initiative"))
_OF_OFFICES = frozenset(("policy", "policies", "app", "platform", "search", "standard", "standards"))
_BUILDING = frozenset(("build", "develop", "design", "implement"))
# Chores that are work when somebody builds them.
_BUILT = frozenset(("job", "jobs", "tests", "script", "report", "test"))
_BECOMES = re.compile(r"\b(?:into|by|with) (?:a|an|one)\b")
_NEW = re.compile(
    r"\bfrom scratch\b|\bin-house\b|\bof (?:its|our|my|their) own\b|\bv0\b|\bfirst (?:version|cut|milestone|consumer)\b"
)
_MINE = re.compile(r"\bof my\b|\bmy (?:laptop|machine|desk|home|house|thesis)\b|\brun \d+|#\d{2,}")


def _is_title_case(sentence: Sentence) -> bool:
    """Whether Nearly All Longer Words Are Capitalised."""
    longer = [word for word in sentence.words if len(word.text) >= 4]
    return len(longer) >= 3 and sum(word.is_capital for word in longer) >= 0.75 * len(longer)


def _is_fresh(head: tuple[Word, ...]) -> bool:
    lows = [word.low for word in head]
    return bool(lows) and (lows[0] in vocabulary.FRESH_DETERMINERS or "own" in lows[:3] or "new" in lows[:4])


def _of_noun(lows: list[str], text: str, *, change: bool, solved: bool, made: bool, told: int) -> Iterator[Cue]:
    phrase, last = " ".join(lows), lows[-1]
    field = vocabulary.DOMAIN.search(text)
    if last in vocabulary.QUESTS and _QUEST.match(text, len(phrase)):
        last = "project"  # "the job of estimating …"
    built = bool(set(lows) & vocabulary.BUILT_FOR_GOOD) and last not in vocabulary.TALK
    # "route tickets", "replace the scripts with a proper tool": the chore's thing is only what the work is about.
    built = built or (solved and lows[0] not in vocabulary.DETERMINERS)
    built = built or (change and last not in vocabulary.TALK and _BECOMES.search(text) is not None)
    chore = (not built and last in vocabulary.CHORES) or bool(set(lows) & vocabulary.LOCAL)
    working = last in ("group", "team", "force", "squad") and bool(set(lows) & vocabulary.WORKING)
    if chore and not (last not in vocabulary.TALK and field and (change or (made and last in _BUILT))):
        yield Cue("a chore", -4.0, phrase)
    elif last in vocabulary.ABSTRACT and not vocabulary.DOMAIN.search(phrase):
        yield Cue("nothing built", -4.0, phrase)
    elif last in vocabulary.EFFORTS or working:
        yield Cue("an undertaking", 2.0, phrase)
        if not field and told >= _DESCRIBED and _QUEST.match(text, len(phrase)):
            yield Cue("work: described", 0.5, phrase)
        if field:
            yield Cue(FIELD, 1.0, field.group())
    elif last in vocabulary.WORKS:
        described = field is not None or len(set(lows) - vocabulary.DETERMINERS) > 1
        yield Cue("work: a system", 2.0 if described else 1.0, phrase)
        if field:
            yield Cue(FIELD, 1.0 if field.group().lower() != last else 0.0, field.group())
    elif field:
        yield Cue(FIELD, 1.5, field.group())
    elif told >= _NAMED:
        yield Cue("work: described", 1.0 if told >= _WELL_DESCRIBED else 0.5 if told >= _DESCRIBED else 0.0, phrase)
    else:
        yield Cue("unknown work", -0.5, phrase)


_QUEST = re.compile(r"\s*(?:of|to|on|for|around|about|in|:|that|which|where|called)\s")
# So many words of content describe a piece of work that no list knows.
_NAMED = 3
_DESCRIBED = 4
_WELL_DESCRIBED = 7


def _told(following: tuple[Word, ...]) -> int:
    """How many words of content a phrase has up to the end of its sentence or clause."""
    count = 0
    for word in following[:24]:
        if word.text in (";", "(", ")", "!", "?", "=") or word.low in ("because", "but", "since"):
            break
        count += not (
            word.is_stop
            or word.low in vocabulary.PREPOSITIONS
            or word.low in vocabulary.DETERMINERS
            or word.low in vocabulary.CLAUSE_ENDS
            or word.low in vocabulary.ADVERBS
            or word.low in vocabulary.MOMENTS
        )
    return count
