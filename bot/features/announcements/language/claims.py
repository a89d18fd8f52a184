"""Claims: "somebody starts some work", found in plain sentences and taken apart, not yet judged.

A claim is a verb of beginning or making, who does it, and what it is done to. What a question, a wish, a condition, a
refusal or hearsay says is no claim. Pure and linear: each word is visited a bounded number of times, and only the
beginning of a long text is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.features.announcements.language import verbs, vocabulary
from bot.features.announcements.language.clauses import Subject, Time, chain_before, subject_before, time_of
from bot.features.announcements.language.sentences import Sentence, Word
from bot.features.announcements.language.verbs import Act, Tense, Verb

__all__ = ["Claim", "Subject", "Time", "claims", "head_of"]


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


def head_of(following: tuple[Word, ...]) -> tuple[Word, ...]:
    """The noun phrase at the front: up to the first preposition, stop, verb or new clause."""
    for end, word in enumerate(following):
        if (
            word.is_stop
            or word.low.startswith("'")
            or word.low in vocabulary.PREPOSITIONS
            or (end and word.low in ("this", "next") and _is_moment(following, end + 1))
            or (word.low in vocabulary.CLAUSE_ENDS and not _is_ordinal(following, end))
        ):
            return following[:end]
    return following


def _behind_colon(words: tuple[Word, ...], begin: int) -> int:
    """Where "we'll build it for real: a search over …", "something new: generating …" name their work; else `begin`."""
    if begin < len(words) and words[begin].low in ("it", "this", "that", "something"):
        colon = next((at for at in range(begin + 1, min(len(words), begin + 7)) if words[at].text == ":"), None)
        return begin if colon is None else colon + 1
    return begin


def _is_moment(words: tuple[Word, ...], at: int) -> bool:
    """Whether a word of time stands there: "a card generator this week"."""
    return at < len(words) and words[at].low in vocabulary.MOMENTS and not words[at].is_stop


def _is_ordinal(following: tuple[Word, ...], at: int) -> bool:
    """Whether "next" belongs to a phrase: "the next ticket"."""
    return following[at].low == "next" and at > 0 and following[at - 1].low in vocabulary.DETERMINERS


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
    begin = _after_particle(words, verb.lemma, at + 1)
    if begin is None:
        return None
    verb, begin = _inner(words, _behind_colon(words, begin), verb)
    following = _object(words, begin)
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


_SPLIT = frozenset(("lay", "kick", "spin", "stand", "put", "set", "roll", "pick", "bake"))


def _after_particle(words: tuple[Word, ...], lemma: str, begin: int) -> int | None:
    """The index after the verb's particle; None where the verb means something else."""
    while begin < len(words) and lemma == "work" and words[begin].low in vocabulary.ADVERBS:
        begin += 1
    if lemma in ("team", "partner", "join"):
        if lemma != "partner" and (begin >= len(words) or words[begin].low not in ("up", "forces")):
            return None
        return next(
            (index for index in range(begin, min(len(words), begin + 10)) if words[index].low in ("to", "on")), None
        )
    if lemma in ("work", "collaborate") and begin < len(words) and words[begin].low in ("with", "together"):
        for index in range(begin + 1, min(len(words), begin + 7)):
            if words[index].low == "on":
                return index + 1  # "working with Catalog on a joint embedding"
    if lemma == "provide":  # "provide all teams with a managed notebook"
        return next((at + 1 for at in range(begin, min(len(words), begin + 6)) if words[at].low == "with"), begin)
    if lemma in verbs.GIVING:
        return _behind_the_time_given(words, begin)
    if begin < len(words) and words[begin].low in verbs.IDIOMS.get(lemma, ()):
        undertaking = words[begin].low == "with" and vocabulary.EFFORTS & {word.low for word in words[begin : begin + 4]}
        return begin + 1 if undertaking else None
    wanted = verbs.PARTICLES.get(lemma)
    if wanted is None:
        return begin
    needed = lemma in verbs.NEEDS_PARTICLE
    for index in range(begin, min(len(words), begin + (5 if needed and lemma in _SPLIT else 1))):
        if words[index].low in wanted:
            return begin + 1 if index == begin else begin  # "put a crew together": the object stands between
        if words[index].is_stop:
            break
    own = [word.low for word in words[begin : begin + 2]]
    return begin if not needed or own in (["our", "own"], ["its", "own"], ["my", "own"]) else None


def _behind_the_time_given(words: tuple[Word, ...], begin: int) -> int | None:
    """Where the object of "spend two sprints on", "dedicate March to", "spend this quarter making" begins."""
    for index in range(begin, min(len(words), begin + 9)):
        word = words[index]
        if word.is_stop:
            return None
        making = any(verb.tense is Tense.ING for verb in verbs.VERBS.get(word.low, ()))
        if making or word.low in ("on", "to", "in", "into"):
            return index if making else index + 1
    return None


_BRIDGES = frozenset(
    (
        "work",
        "working",
        "on",
        "with",
        "by",
        "in",
        "to",
        "out",
        "off",
        "up",
        "of",
        "ahead",
        "away",
        "things",
        "from",
        "zero",
        "scratch",
        "groundwork",
        "foundation",
        "foundations",
        "for",
        "forward",
    )
)
_NOUNS_OF_MAKING = frozenset(
    (
        "development",
        "design",
        "implementation",
        "creation",
        "build",
        "building",
        "construction",
        "rollout",
        "prototyping",
    )
)


def _inner(words: tuple[Word, ...], begin: int, outer: Verb) -> tuple[Verb, int]:
    """The verb of making behind a verb of beginning, and where its object begins: "start work on building …"."""
    if outer.act is Act.PROPOSE:
        index = begin
        while index < len(words) and words[index].low in ("that", "to", "we", "i", "the", "platform", "team"):
            index += 1
    elif outer.act in (Act.START, Act.WORK) or outer.lemma in ("plan", "set", "invest", "experiment", "explore", "try", "own"):
        index = begin
        while (
            index < len(words)
            and index - begin < 7
            and (words[index].low in _BRIDGES or words[index].low in vocabulary.ADVERBS)
        ):
            index += 1
        if outer.lemma == "own" and index < len(words) and words[index].low == "and":
            index += 1
    else:
        return outer, begin
    for verb in verbs.VERBS.get(words[index].low, ()) if index < len(words) else ():
        if (
            verb.tense in (Tense.ING, Tense.BASE)
            and verb.act in (Act.MAKE, Act.CHANGE, Act.SOLVE)
            and not _is_compound(words, index)
        ):
            after = _after_particle(words, verb.lemma, index + 1)
            return (verb, after) if after is not None else (outer, begin)
    index = index + 1 if index < len(words) and words[index].low == "the" else index
    if index + 1 < len(words) and words[index].low in _NOUNS_OF_MAKING and words[index + 1].low in ("of", "on", "for"):
        return Verb("build", Act.MAKE, Tense.ING), index + 2
    return outer, begin


def _is_compound(words: tuple[Word, ...], index: int) -> bool:
    """Whether a form of a verb is the first part of a noun: "build pipeline", "training data"."""
    after = words[index + 1].low if index + 1 < len(words) else ""
    named = words[index].low in ("training", "build", "design", "labelling", "test", "draft", "model", "modelling")
    return named and (after in vocabulary.WORKS or after in vocabulary.EFFORTS)


def _object(words: tuple[Word, ...], begin: int) -> tuple[Word, ...]:
    index = begin
    while index < len(words) and (words[index].low in _BRIDGES or words[index].low in vocabulary.ADVERBS):
        if words[index].low == "to" and index + 1 < len(words) and words[index + 1].low not in vocabulary.DETERMINERS:
            return ()  # "starting to think"
        index += 1
    after = index
    while after < len(words) and (words[after].low in vocabulary.MOMENTS or words[after].low in _BRIDGES):
        after += 1
    if after > index and after < len(words) and words[after - 1].low in (":", "on", "with"):
        index = after  # "started this week on a dashboard", "kicking off today: a shared model"
    elif (
        index < len(words)
        and words[index].low in vocabulary.MOMENTS
        and not words[index].is_stop
        and words[index].low not in ("this", "next")
    ):
        return ()  # "starting Monday we meet"
    elif index + 1 < len(words) and words[index].low in ("this", "next") and words[index + 1].low in vocabulary.MOMENTS:
        return ()
    if index < len(words) and words[index].low in vocabulary.MONTHS and words[index].is_capital:
        return ()  # "we begin development in May"
    return words[index : index + 40]


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
    return (
        verb.lemma in ("do", "run")
        and verb.tense is Tense.ING
        and head[0].low in vocabulary.FRESH_DETERMINERS
        and head[-1].low in vocabulary.WORKS
    )


def _is_activity(head: tuple[Word, ...]) -> bool:
    """Whether the phrase is something done and not something made: "reviewing the RFC"."""
    first = head[0].low
    if not first.endswith("ing"):
        return False
    if len(head) > 1 and head[1].low in vocabulary.DETERMINERS:
        return True
    thing = head[-1].low in vocabulary.WORKS or head[-1].low in vocabulary.EFFORTS
    return not thing and first not in vocabulary.WORKS and not vocabulary.DOMAIN.fullmatch(first)
