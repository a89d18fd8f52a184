"""Claims: "somebody starts some work", found in plain sentences and taken apart, not yet judged.

A claim is a verb of beginning or making, who does it, and what it is done to. What a question, a wish, a condition, a
refusal or hearsay says is no claim. Pure and linear: each word is visited a bounded number of times, and only the
beginning of a long text is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.features.announcements import wording
from bot.features.announcements.sentences import Sentence, Word
from bot.features.announcements.wording import Act, Tense, Verb

__all__ = ["Claim", "Subject", "Time", "claims", "head_of"]


class Subject(StrEnum):
    """Who does the work, as far as the sentence says."""

    FIRST = "first"  # we, I, my team, Kavya and I
    TEAM = "team"  # the ads ranking crew
    NAMED = "named"  # Vision; Marta
    DROPPED = "dropped"  # "Kicking off …"
    OTHER = "other"  # they, OpenAI, someone


class Time(StrEnum):
    """When, as far as the verb says."""

    NOW = "now"  # are building, start, have begun
    AHEAD = "ahead"  # will, plan to, are going to
    WISH = "wish"  # would love to
    DONE = "done"  # started, built
    HABIT = "habit"  # builds


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
        known = wording.VERBS.get(word.low, ())
        for verb in known or _unknown_verb(sentence.words, at):
            claim = _claim(sentence, at, verb)
            if claim is not None:
                yield claim
                break


def _unknown_verb(words: tuple[Word, ...], at: int) -> tuple[Verb, ...]:
    """A verb that no list names, recognised by what stands before it: "is carving", "will in-source"."""
    low = words[at].low
    before = next((word.low for word in reversed(words[max(0, at - 3) : at]) if word.low not in wording.ADVERBS), "")
    if low in wording.EVERYDAY or low in wording.AUXILIARIES or low in wording.DETERMINERS or not low[0].isalpha():
        return ()
    if low.endswith("ing") and before in ("am", "are", "is", "'m", "'re", "'s", "be"):
        return (Verb(low, Act.OTHER, Tense.ING),)
    if before in ("will", "'ll", "to") and low not in wording.PREPOSITIONS:
        return (Verb(low, Act.OTHER, Tense.BASE),)
    return ()


def head_of(following: tuple[Word, ...]) -> tuple[Word, ...]:
    """The noun phrase at the front: up to the first preposition, stop, verb or new clause."""
    for end, word in enumerate(following):
        if word.is_stop or word.low.startswith("'") or word.low in wording.PREPOSITIONS or word.low in wording.CLAUSE_ENDS:
            return following[:end]
    return following


def _claim(sentence: Sentence, at: int, verb: Verb) -> Claim | None:
    words = sentence.words
    if _is_noun(words, at, verb) or sentence.is_quoted(at):
        return None
    chain, subject_end = _chain(words, at)
    if not chain and verb.tense is Tense.BASE:
        chain, subject_end = _coordinated(words, at) or (chain, subject_end)
    subject, subject_words = _subject(words, subject_end)
    time = None if subject is Subject.OTHER else _time(verb, chain, subject, words, at)
    if time is None:
        return None
    if verb.lemma == "move" and at + 1 < len(words) and words[at + 1].low in ("ahead", "forward"):
        verb = Verb("go", Act.START, verb.tense)
    started = verb.act is Act.START or bool(wording.BEGINNINGS & set(chain))
    begin = _after_particle(words, verb.lemma, at + 1)
    if begin is None:
        return None
    verb, begin = _inner(words, begin, verb)
    following = _object(words, begin)
    head = head_of(following)
    if subject is Subject.DROPPED and verb.tense is Tense.ING and _is_gerund(following):
        return None
    if verb.act is Act.OTHER and not _is_fresh_thing(head):
        return None
    if not head or _is_activity(head) or (len(head) == 1 and head[0].low in wording.PEOPLE) or head[0].low in _PERSONS:
        return None
    if verb.lemma in wording.ONLY_UNDERTAKINGS and not _is_undertaking(verb, head):
        return None
    return Claim(sentence, verb.act, verb.lemma, started, time, subject, subject_words, following, head, at)


def _is_noun(words: tuple[Word, ...], at: int, verb: Verb) -> bool:
    """Whether the word is no verb here: "the build of", "a new design", "our training set"."""
    before = words[at - 1].low if at else ""
    if before in wording.DETERMINERS or before in ("new", "first", "new-ish", "current", "whole", "entire"):
        return True
    after = words[at + 1].low if at + 1 < len(words) else ""
    if verb.lemma == "open" and after in ("source", "sourced", "sourcing", "ai"):
        return True
    return verb.tense is Tense.ING and verb.lemma in ("train", "label", "set", "open", "make", "code") and after in wording.WORKS


def _chain(words: tuple[Word, ...], at: int) -> tuple[list[str], int]:
    """The auxiliaries before the verb, in order, and the index after the subject."""
    chain: list[str] = []
    index = at - 1
    mandated = False
    while index >= 0 and len(chain) < 12:
        low = words[index].low
        mandate = low in wording.MANDATES and (mandated or words[index + 1].low in ("to", "for", "of", "with"))
        linked = low in ("with", "of", "for") and index > 0 and words[index - 1].low in wording.MANDATES
        small = mandated and low in ("in", "the", "a", "an", "our", "my", "with", "of", "for", "by", "on", "from", "green", "this", "next", "two", "three", "four", "six")
        if low in wording.AUXILIARIES or mandate or linked or small:
            chain.insert(0, low)
        elif low not in wording.ADVERBS:
            break
        mandated = mandated or mandate
        index -= 1
    return chain, index + 1


_PERSONS = wording.PEOPLE - {"that", "this", "it", "people", "her"}
_FINITE = frozenset(("is", "are", "'s", "'re", "will", "'ll", "begin", "begins", "start", "starts", "have", "has", "plan", "plans", "intend"))


def _coordinated(words: tuple[Word, ...], at: int) -> tuple[list[str], int] | None:
    """The auxiliaries that an earlier verb shares with this one: "we plan to leave the vendor and develop our own"."""
    if not at or words[at - 1].low not in ("and", ",", "then"):
        return None
    for index in range(at - 2, max(0, at - 16), -1):
        if words[index].low in ("will", "'ll", "to", "gonna"):
            chain, subject_end = _chain(words, index + 1)
            return (chain, subject_end) if set(chain) & wording.INTENT else None
        if words[index].is_stop and words[index].text != ",":
            return None
    return None


def _subject(words: tuple[Word, ...], end: int) -> tuple[Subject, tuple[Word, ...]]:
    """Who stands before the verb group that begins at `end`: the words of the same clause, judged by the nearest."""
    end = _before_brackets(words, end) if words[end : end + 1] and words[end].low in _FINITE else end
    begin = end
    while begin > 0 and end - begin < 12 and not words[begin - 1].is_stop:
        begin -= 1
    clause = words[begin:end]
    if not clause:
        return (Subject.DROPPED if _is_opening(words, begin) else Subject.OTHER), ()
    lows = [word.low for word in clause]
    last = lows[-1]
    if _is_subordinate(lows):
        return Subject.OTHER, clause
    if last in wording.FIRST_PERSON:
        return (Subject.OTHER if set(lows) & wording.HEARSAY and "asked" not in lows else Subject.FIRST), clause
    if last in wording.OTHERS or set(lows) & wording.HEARSAY or {word.text for word in clause} & wording.STRANGERS:
        return Subject.OTHER, clause
    if last in ("and", "so", "but", "or", "to"):
        if len(clause) == 1:
            return (Subject.DROPPED if _is_opening(words, begin) else Subject.OTHER), clause
        return _subject(words, end - 1)[0], clause
    if last in wording.COMPANIES and clause[-1].is_capital:
        return Subject.OTHER, clause
    if last in wording.TEAM_NOUNS:
        return _team(lows), clause
    if {"my", "our"} & set(lows[-4:]):
        return (Subject.OTHER if last in wording.WORKS or last.endswith("s") else Subject.FIRST), clause
    if clause[-1].is_capital and last not in wording.OPENERS:
        return Subject.NAMED, clause
    if set(lows) & wording.GROUPS:
        return _team(lows), clause
    if set(lows) <= wording.OPENERS:
        return (Subject.DROPPED if _is_opening(words, begin) else Subject.OTHER), clause
    return Subject.OTHER, clause


def _is_opening(words: tuple[Word, ...], begin: int) -> bool:
    """Whether a clause without a subject may begin here: at the start, behind a colon or a dash, or behind a greeting."""
    if begin == 0 or words[begin - 1].text != ",":
        return True
    return begin <= 12 and all(word.is_stop or word.low in wording.OPENERS or word.is_capital for word in words[:begin])


def _team(lows: list[str]) -> Subject:
    if lows[0] in ("a", "an") and {"at", "of", "from"} & set(lows):
        return Subject.OTHER
    if {"another", "every", "each", "any", "some", "other", "your", "their", "which", "many", "no"} & set(lows):
        return Subject.OTHER
    return Subject.FIRST if {"my", "our"} & set(lows) else Subject.TEAM


def _is_subordinate(lows: list[str]) -> bool:
    text = " ".join(lows)
    if "which is why" in text or "that 's why" in text or "this is why" in text:
        return False
    before = lows[-2] if len(lows) > 1 else ""
    return bool(set(lows) & wording.SUBORDINATORS) or before in wording.CONJUNCTIONS or lows[-1] in wording.CONJUNCTIONS


def _before_brackets(words: tuple[Word, ...], end: int) -> int:
    """Skips a remark between subject and verb: "We (Growth and CRM) begin", "Infra, together with Security, is building"."""
    closing = words[end - 1].text if end else ""
    opening = {")": "(", ",": ","}.get(closing)
    for index in range(end - 2, max(0, end - 12), -1):
        if opening and words[index].text == opening:
            return index
    return end


def _time(verb: Verb, chain: list[str], subject: Subject, words: tuple[Word, ...], at: int) -> Time | None:
    links = set(chain)
    if links & wording.NEGATION or links & wording.ABANDONED:
        return None
    if {"want", "wants", "hope", "hopes", "hoping", "try", "trying"} & links and not links & wording.BEGINNINGS:
        return Time.WISH
    if {"like", "love"} & links and {"would", "'d"} & links:
        return Time.AHEAD if verb.act is Act.PROPOSE else Time.WISH
    if links & wording.HYPOTHETICAL or "'d" in links:
        return None
    if verb.tense is Tense.ING:
        return _time_of_ing(chain, subject)
    if verb.tense is Tense.BASE:
        return _time_of_base(verb, links, subject, words, at)
    if verb.tense is Tense.PRESENT:
        if links or subject not in (Subject.TEAM, Subject.NAMED, Subject.FIRST) or verb.lemma in wording.STANDING:
            return None
        return Time.NOW if verb.act in (Act.START, Act.PROPOSE) else Time.HABIT
    return _time_of_past(verb, links, subject, words, at)


_HAVING = frozenset(("got", "get", "have", "'ve", "has", "been", "are", "'re"))


def _time_of_ing(chain: list[str], subject: Subject) -> Time | None:
    links = set(chain)
    if {"was", "were"} & links:
        return None
    if chain and chain[-1] in ("about", "to", "for", "of", "with", "like") and not (links & (wording.MANDATES | {"committed", "forward"})):
        return None
    if {"will", "'ll", "shall", "committed"} & links or (links & wording.MANDATES and (links & _HAVING or subject is Subject.FIRST)):
        return Time.AHEAD
    if links & wording.BEING or links & wording.BEGINNINGS:
        return Time.NOW
    return Time.NOW if subject is Subject.DROPPED else None


def _time_of_base(verb: Verb, links: set[str], subject: Subject, words: tuple[Word, ...], at: int) -> Time | None:
    near = {word.low for word in words[max(0, at - 4) : at]}
    if links & wording.INTENT or ("to" in links and (links & wording.MANDATES or {"asked", "tasked"} & near)):
        return Time.AHEAD
    if "to" in links and not (links & {"are", "is", "am", "'re", "'m"}):
        return None
    if subject is Subject.DROPPED:
        # "Plan for next quarter: build one metrics layer"
        planned = at >= 2 and words[at - 1].text in (":", "–", "—") and any(word.low in wording.PLANS for word in words[:at])
        return Time.AHEAD if planned else None
    if links and not links & {"are", "is", "am", "'re", "'m"}:
        return None
    if verb.lemma in wording.STANDING and not links:
        return None
    return Time.NOW if verb.act in (Act.START, Act.PROPOSE) else Time.HABIT


def _time_of_past(verb: Verb, links: set[str], subject: Subject, words: tuple[Word, ...], at: int) -> Time | None:
    if verb.act is not Act.START:
        return None if verb.act is not Act.PROPOSE else Time.DONE
    near = {word.low for word in words[max(0, at - 3) : at + 6]}
    if {"have", "'ve", "has"} & links or near & {"just", "today", "week", "monday", "yesterday", "now", "sprint"}:
        return Time.NOW
    if subject is Subject.DROPPED:
        return None
    return Time.DONE


_SPLIT = frozenset(("lay", "kick", "spin", "stand", "put", "set", "roll", "pick", "bake"))


def _after_particle(words: tuple[Word, ...], lemma: str, begin: int) -> int | None:
    """The index after the verb's particle; None where the verb means something else."""
    while begin < len(words) and lemma == "work" and words[begin].low in wording.ADVERBS:
        begin += 1
    if lemma in ("team", "partner", "join"):
        if lemma != "partner" and (begin >= len(words) or words[begin].low not in ("up", "forces")):
            return None
        return next((index for index in range(begin, min(len(words), begin + 10)) if words[index].low in ("to", "on")), None)
    if lemma in ("work", "collaborate") and begin < len(words) and words[begin].low in ("with", "together"):
        for index in range(begin + 1, min(len(words), begin + 7)):
            if words[index].low == "on":
                return index + 1  # "working with Catalog on a joint embedding"
    if begin < len(words) and words[begin].low in wording.IDIOMS.get(lemma, ()):
        return None
    wanted = wording.PARTICLES.get(lemma)
    if wanted is None:
        return begin
    needed = lemma in wording.NEEDS_PARTICLE
    for index in range(begin, min(len(words), begin + (5 if needed and lemma in _SPLIT else 1))):
        if words[index].low in wanted:
            return begin + 1 if index == begin else begin  # "put a crew together": the object stands between
        if words[index].is_stop:
            break
    return None if needed else begin


_BRIDGES = frozenset(("work", "working", "on", "with", "by", "in", "to", "out", "off", "up", "of", "ahead", "away", "things", "from", "zero", "scratch", "groundwork", "foundation", "foundations", "for", "forward"))
_NOUNS_OF_MAKING = frozenset(("development", "design", "implementation", "creation", "build", "building", "construction", "rollout", "prototyping"))


def _inner(words: tuple[Word, ...], begin: int, outer: Verb) -> tuple[Verb, int]:
    """The verb of making behind a verb of beginning, and where its object begins: "start work on building …"."""
    if outer.act is Act.PROPOSE:
        index = begin
        while index < len(words) and words[index].low in ("that", "to", "we", "i", "the", "platform", "team"):
            index += 1
    elif outer.act in (Act.START, Act.WORK) or outer.lemma in ("set", "invest", "experiment", "explore", "try", "own"):
        index = begin
        while index < len(words) and index - begin < 7 and (words[index].low in _BRIDGES or words[index].low in wording.ADVERBS):
            index += 1
        if outer.lemma == "own" and index < len(words) and words[index].low == "and":
            index += 1
    else:
        return outer, begin
    for verb in wording.VERBS.get(words[index].low, ()) if index < len(words) else ():
        if verb.tense in (Tense.ING, Tense.BASE) and verb.act in (Act.MAKE, Act.CHANGE) and not _is_compound(words, index):
            after = _after_particle(words, verb.lemma, index + 1)
            return (verb, after) if after is not None else (outer, begin)
    index = index + 1 if index < len(words) and words[index].low == "the" else index
    if index + 1 < len(words) and words[index].low in _NOUNS_OF_MAKING and words[index + 1].low in ("of", "on", "for"):
        return Verb("build", Act.MAKE, Tense.ING), index + 2
    return outer, begin


def _is_compound(words: tuple[Word, ...], index: int) -> bool:
    """Whether a form of a verb is the first part of a noun: "build pipeline", "training data"."""
    after = words[index + 1].low if index + 1 < len(words) else ""
    return after in wording.WORKS or after in wording.EFFORTS


def _object(words: tuple[Word, ...], begin: int) -> tuple[Word, ...]:
    index = begin
    while index < len(words) and (words[index].low in _BRIDGES or words[index].low in wording.ADVERBS):
        if words[index].low == "to" and index + 1 < len(words) and words[index + 1].low not in wording.DETERMINERS:
            return ()  # "starting to think"
        index += 1
    after = index
    while after < len(words) and (words[after].low in wording.MOMENTS or words[after].low in _BRIDGES):
        after += 1
    if after > index and after < len(words) and words[after - 1].low in (":", "on", "with"):
        index = after  # "started this week on a dashboard", "kicking off today: a shared model"
    return words[index : index + 40]


def _is_fresh_thing(head: tuple[Word, ...]) -> bool:
    lows = [word.low for word in head]
    return bool(lows) and (lows[0] in ("a", "an", "one") or "own" in lows[:2] or "new" in lows[:3])


_FINITE_AFTER = frozenset(("did", "does", "takes", "took", "is", "was", "will", "would", "has", "can", "requires", "needs", "feels", "helps", "makes", "are"))


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
    if lows & wording.TRIALS or ("new" in lows and (head[-1].low in wording.EFFORTS or head[-1].low == "stream")):
        return True
    return verb.lemma in ("do", "run") and verb.tense is Tense.ING and head[0].low in wording.FRESH_DETERMINERS and head[-1].low in wording.WORKS


def _is_activity(head: tuple[Word, ...]) -> bool:
    """Whether the phrase is something done and not something made: "reviewing the RFC"."""
    first = head[0].low
    if not first.endswith("ing"):
        return False
    if len(head) > 1 and head[1].low in wording.DETERMINERS:
        return True
    return len(head) == 1 and first not in wording.WORKS and not wording.DOMAIN.fullmatch(first)
