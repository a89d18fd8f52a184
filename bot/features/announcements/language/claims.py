"""Claims: "somebody starts some work", found in plain sentences and taken apart, not yet judged.

A claim is a verb of beginning or making, who does it, and what it is done to. What a question, a wish, a condition, a
refusal or hearsay says is no claim. Pure and linear: each word is visited a bounded number of times, and only the
beginning of a long text is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.features.announcements.language import verbs, vocabulary
from bot.features.announcements.language.clauses import Subject, Time, chain_before, subject_before, time_of
from bot.features.announcements.language.objects import after_particle, behind_colon, head_of, inner_verb, object_of
from bot.features.announcements.language.sentences import Sentence, Word
from bot.features.announcements.language.verbs import Act, Tense, Verb

__all__ = ["Claim", "Subject", "Time", "claims"]


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody starts some work. `object` is everything behind the verb, `head` the noun phrase it begins with."""

    sentence: Sentence
    act: Act
    lemma: str
    started: bool  # said with a verb of beginning: "starting to build"
    time: Time
    subject: Subject
    subject_words: tuple[Word, ...]
    object: tuple[Word, ...]
    head: tuple[Word, ...]
    verb_at: int


def claims(sentence: Sentence) -> Iterator[Claim]:
    """Every claim of a sentence, in order."""
    if sentence.is_question:
        return
    for at, word in enumerate(sentence.words):
        known = verbs.VERBS.get(word.low, ())
        for verb in known or _unknown_verb(sentence.words, at):
            claim = _claim(sentence, at, verb)
            if claim is not None:
                yield claim
                break


def _unknown_verb(words: tuple[Word, ...], at: int) -> tuple[Verb, ...]:
    """A verb that no list names, recognised by what stands before it: "is carving", "will in-source"."""
    low = words[at].low
    before = next((word.low for word in reversed(words[max(0, at - 3) : at]) if word.low not in vocabulary.ADVERBS), "")
    if low in verbs.EVERYDAY or low in verbs.AUXILIARIES or low in vocabulary.DETERMINERS or not low[0].isalpha():
        return ()
    if low.endswith("ing") and before in ("am", "are", "is", "'m", "'re", "'s", "be"):
        return (Verb(low, Act.OTHER, Tense.ING),)
    if before in ("will", "'ll", "to") and low not in vocabulary.PREPOSITIONS:
        return (Verb(low, Act.OTHER, Tense.BASE),)
    return ()


def _claim(sentence: Sentence, at: int, verb: Verb) -> Claim | None:
    words = sentence.words
    if _is_noun(words, at, verb) or sentence.is_quoted(at):
        return None
    chain, subject_end = chain_before(words, at, verb)
    subject, subject_words = subject_before(words, subject_end)
    time = None if subject is Subject.OTHER else time_of(verb, chain, subject, words, at)
    if time is None:
        return None
    if verb.lemma == "move" and at + 1 < len(words) and words[at + 1].low in ("ahead", "forward"):
        verb = Verb("go", Act.START, verb.tense)
    started = verb.act is Act.START or bool(verbs.BEGINNINGS & set(chain))
    begin = after_particle(words, verb.lemma, at + 1)
    if begin is None:
        return None
    verb, begin = inner_verb(words, behind_colon(words, begin), verb)
    following = object_of(words, begin)
    head = head_of(following)
    if subject is Subject.DROPPED and verb.tense is Tense.ING and _is_gerund(following):
        return None
    if verb.lemma == "look":  # "look into the alert"; but "look at predicting …"
        return None
    if verb.act is Act.OTHER and not _is_fresh_thing(head):
        return None
    if verb.act is Act.SOLVE and not _is_solving(verb, head, planned=started or time in (Time.AHEAD, Time.WISH)):
        return None
    if (
        not head
        or _is_activity(head)
        or (len(head) == 1 and head[0].low in vocabulary.PEOPLE)
        or head[0].low in _PERSONS
    ):
        return None
    if verb.lemma in verbs.ONLY_UNDERTAKINGS and not _is_undertaking(verb, head):
        return None
    return Claim(sentence, verb.act, verb.lemma, started, time, subject, subject_words, following, head, at)


def _is_noun(words: tuple[Word, ...], at: int, verb: Verb) -> bool:
    """Whether the word is no verb here: "the build of", "a new design", "our training set"."""
    before = words[at - 1].low if at else ""
    if before in vocabulary.DETERMINERS or before in ("new", "first", "new-ish", "current", "whole", "entire"):
        return True
    after = words[at + 1].low if at + 1 < len(words) else ""
    if verb.lemma == "open" and after in ("source", "sourced", "sourcing", "ai"):
        return True
    return (
        verb.tense is Tense.ING
        and verb.lemma in ("train", "label", "set", "open", "make", "code")
        and after in vocabulary.WORKS
    )


_PERSONS = vocabulary.PEOPLE - {"that", "this", "it", "people", "her"}


def _is_fresh_thing(head: tuple[Word, ...]) -> bool:
    lows = [word.low for word in head]
    return bool(lows) and (lows[0] in ("a", "an", "one") or "own" in lows[:2] or "new" in lows[:3])


def _is_solving(verb: Verb, head: tuple[Word, ...], *, planned: bool) -> bool:
    """Whether somebody sets out to do it, and not "we're about to find out whether"."""
    asks = bool(head) and head[0].low in ("whether", "out", "how", "why", "if", "who")
    return planned and (verb.lemma in verbs.TECHNICAL or not asks)


_FINITE_AFTER = frozenset(
    (
        "did",
        "does",
        "takes",
        "took",
        "is",
        "was",
        "will",
        "would",
        "has",
        "can",
        "requires",
        "needs",
        "feels",
        "helps",
        "makes",
        "are",
    )
)


def _is_gerund(following: tuple[Word, ...]) -> bool:
    """Whether "Making the model smaller did not help": the phrase is a subject and not something started."""
    for word in following[:12]:
        if word.is_stop or word.low in ("that", "which", "who", "so", "because", "and", "where", "when", "since", "if"):
            return False
        if word.low in _FINITE_AFTER:
            return True
    return False


def _is_undertaking(verb: Verb, head: tuple[Word, ...]) -> bool:
    """Whether one does or runs it as work: a pilot, a new initiative, a shared library."""
    lows = {word.low for word in head}
    if lows & verbs.TRIALS or ("new" in lows and (head[-1].low in vocabulary.EFFORTS or head[-1].low == "stream")):
        return True
    if verb.lemma == "lead":
        return head[-1].low in vocabulary.EFFORTS
    if verb.lemma not in ("do", "run") or head[0].low not in vocabulary.FRESH_DETERMINERS:
        return False
    return head[-1].low in vocabulary.REWORKS or (verb.tense is Tense.ING and head[-1].low in vocabulary.WORKS)


def _is_activity(head: tuple[Word, ...]) -> bool:
    """Whether the phrase is something done and not something made: "reviewing the RFC"."""
    first = head[0].low
    if not first.endswith("ing"):
        return False
    if len(head) > 1 and head[1].low in vocabulary.DETERMINERS:
        return True
    thing = head[-1].low in vocabulary.WORKS or head[-1].low in vocabulary.EFFORTS
    return not thing and first not in vocabulary.WORKS and not vocabulary.DOMAIN.fullmatch(first)
