"""Who does something and when: the words before a verb, read from right to left.

Behind the verb stand first its auxiliaries ("are going to"), then the subject. A question of grammar only; what the verb
does, and to what, is for `claims`.
"""

import re
from enum import StrEnum

from bot.features.announcements.language import verbs, vocabulary
from bot.features.announcements.language.sentences import Word
from bot.features.announcements.language.verbs import Act, Tense, Verb

__all__ = ["Subject", "Time", "chain_before", "subject_before", "time_of"]


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


_FINITE = frozenset(
    (
        "is",
        "are",
        "'s",
        "'re",
        "will",
        "'ll",
        "begin",
        "begins",
        "start",
        "starts",
        "have",
        "has",
        "plan",
        "plans",
        "intend",
    )
)
_DECIDING = frozenset(
    (
        "agreed",
        "decided",
        "committed",
        "chosen",
        "chose",
        "plan",
        "plans",
        "intend",
        "weeks",
        "months",
        "days",
        "sprints",
        "hours",
    )
)


def chain_before(words: tuple[Word, ...], at: int, verb: Verb) -> tuple[list[str], int]:
    """The auxiliaries of the verb at `at`, in order, and the index behind its subject."""
    chain, subject_end = _chain(words, at)
    if not chain and verb.tense is Tense.ING:
        chain, subject_end = _continued(words, at) or (chain, subject_end)
    if not chain and verb.tense is Tense.BASE:
        chain, subject_end = _coordinated(words, at) or (chain, subject_end)
    if chain[-1:] == ["to"] and not set(chain) & verbs.INTENT:
        chain, subject_end = _decided(words, at) or (chain, subject_end)
    return chain, subject_end


def _chain(words: tuple[Word, ...], at: int) -> tuple[list[str], int]:
    """The auxiliaries before the verb, in order, and the index after the subject."""
    chain: list[str] = []
    index = at - 1
    mandated = False
    while index >= 0 and len(chain) < 12:
        low = words[index].low
        mandate = low in verbs.MANDATES and (mandated or words[index + 1].low in ("to", "for", "of", "with"))
        linked = low in ("with", "of", "for") and index > 0 and words[index - 1].low in verbs.MANDATES
        small = mandated and low in (
            "in",
            "the",
            "a",
            "an",
            "our",
            "my",
            "with",
            "of",
            "for",
            "by",
            "on",
            "from",
            "green",
            "this",
            "next",
            "two",
            "three",
            "four",
            "six",
        )
        if low in verbs.AUXILIARIES or mandate or linked or small:
            chain.insert(0, low)
        elif low not in vocabulary.ADVERBS:
            break
        mandated = mandated or mandate
        index -= 1
    return chain, index + 1


def _coordinated(words: tuple[Word, ...], at: int) -> tuple[list[str], int] | None:
    """The auxiliaries that an earlier verb shares with this one: "we plan to leave the vendor and develop our own"."""
    if not at or words[at - 1].low not in ("and", ",", "then"):
        return None
    for index in range(at - 2, max(0, at - 16), -1):
        if words[index].low in ("will", "'ll", "to", "gonna"):
            chain, subject_end = _chain(words, index + 1)
            return (chain, subject_end) if set(chain) & verbs.INTENT else None
        if words[index].is_stop and words[index].text != ",":
            return None
    return None


def _continued(words: tuple[Word, ...], at: int) -> tuple[list[str], int] | None:
    """The auxiliaries that an earlier -ing shares with this one: "we're taking the plunge and building our own"."""
    if not at or words[at - 1].low not in ("and", "then"):
        return None
    for index in range(at - 2, max(0, at - 9), -1):
        if words[index].is_stop:
            return None
        if words[index].low.endswith("ing") and words[index - 1].low in ("are", "'re", "am", "'m", "is"):
            return _chain(words, index)
    return None


def _decided(words: tuple[Word, ...], at: int) -> tuple[list[str], int] | None:
    """The decision a few words before "to": "we agreed in planning to build"."""
    for index in range(at - 2, max(-1, at - 7), -1):
        if words[index].is_stop:
            return None
        if words[index].low in _DECIDING:
            chain, subject_end = _chain(words, index)
            return [*chain, "decided", "to"], subject_end
    return None


def subject_before(words: tuple[Word, ...], end: int) -> tuple[Subject, tuple[Word, ...]]:
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
    if last in vocabulary.FIRST_PERSON or (last == "me" and "and" in lows[-3:]):
        return (Subject.OTHER if set(lows) & vocabulary.HEARSAY and "asked" not in lows else Subject.FIRST), clause
    if (
        last in vocabulary.OTHERS
        or set(lows) & vocabulary.HEARSAY
        or {word.text for word in clause} & vocabulary.STRANGERS
        or (lows[0] in vocabulary.STRANGERS and len(lows) == 1)
    ):
        return Subject.OTHER, clause
    if _PRAISE.search(" ".join(lows)):
        return Subject.OTHER, clause
    if last in ("and", "so", "but", "or", "to"):
        if len(clause) == 1:
            return (Subject.DROPPED if _is_opening(words, begin) else Subject.OTHER), clause
        return subject_before(words, end - 1)[0], clause
    if last in vocabulary.COMPANIES and clause[-1].is_capital:
        return Subject.OTHER, clause
    if last.rpartition("-")[2] in vocabulary.TEAM_NOUNS:  # "ml-infra", as a channel or a group is called
        return _team(lows), clause
    if {"my", "our"} & set(lows[-4:]):
        things = last in vocabulary.WORKS or last in vocabulary.CHORES or last in vocabulary.LOCAL
        return (Subject.OTHER if things or last.endswith("s") else Subject.FIRST), clause
    if clause[-1].is_capital and last not in vocabulary.OPENERS:
        return Subject.NAMED, clause
    if set(lows) & vocabulary.GROUPS:
        return _team(lows), clause
    if set(lows) <= vocabulary.OPENERS:
        return (Subject.DROPPED if _is_opening(words, begin) else Subject.OTHER), clause
    return Subject.OTHER, clause


_PRAISE = re.compile(r"\b(?:great|good|nice|cool|awesome|amazing|fantastic|wonderful) (?:that|to hear)\b")


def _is_opening(words: tuple[Word, ...], begin: int) -> bool:
    """Whether a clause without a subject may begin here: at the start, behind a colon or a dash, or behind a greeting."""
    if begin == 0 or words[begin - 1].text != ",":
        return True
    return begin <= 12 and all(
        word.is_stop or word.low in vocabulary.OPENERS or word.is_capital for word in words[:begin]
    )


def _team(lows: list[str]) -> Subject:
    if lows[0] in ("a", "an") and {"at", "of", "from"} & set(lows):
        return Subject.OTHER
    if {"another", "every", "each", "any", "some", "other", "your", "their", "which", "many", "no"} & set(lows):
        return Subject.OTHER
    return Subject.FIRST if {"my", "our"} & set(lows) else Subject.TEAM


_INVERTED = frozenset(("should", "could", "would", "can", "shall", "may", "might", "are", "is", "am", "will"))


def _is_subordinate(lows: list[str]) -> bool:
    text = " ".join(lows)
    if "which is why" in text or "that 's why" in text or "this is why" in text:
        return False
    before = lows[-2] if len(lows) > 1 else ""
    if len(lows) == 2 and before in _INVERTED:
        return True  # "Should we build …" without its question mark
    return bool(set(lows) & vocabulary.SUBORDINATORS) or bool({before, lows[-1]} & vocabulary.CONJUNCTIONS)


def _before_brackets(words: tuple[Word, ...], end: int) -> int:
    """Skips a remark between subject and verb: "We (Growth and CRM) begin", "Infra, together with Security, is building"."""
    closing = words[end - 1].text if end else ""
    opening = {")": "(", ",": ","}.get(closing)
    for index in range(end - 2, max(0, end - 12), -1):
        if opening and words[index].text == opening:
            return index
    return end


def time_of(verb: Verb, chain: list[str], subject: Subject, words: tuple[Word, ...], at: int) -> Time | None:
    """When the verb at `at` happens; None where it is denied, wished away, or only a possibility."""
    links = set(chain)
    if links & verbs.NEGATION or links & verbs.ABANDONED:
        return None
    if {"try", "will"} <= links or {"try", "going"} <= links:
        return Time.AHEAD
    if {"want", "wants", "hope", "hopes", "hoping", "try", "trying"} & links and not links & verbs.BEGINNINGS:
        return Time.WISH
    if {"like", "love"} & links and {"would", "'d"} & links:
        return Time.AHEAD if verb.act is Act.PROPOSE else Time.WISH
    if links & verbs.HYPOTHETICAL or "'d" in links:
        return None
    if verb.tense is Tense.ING:
        return _time_of_ing(chain, subject)
    if verb.tense is Tense.BASE:
        return _time_of_base(verb, links, subject, words, at)
    if verb.tense is Tense.PRESENT:
        if links or subject not in (Subject.TEAM, Subject.NAMED, Subject.FIRST) or verb.lemma in verbs.STANDING:
            return None
        return Time.NOW if verb.act in (Act.START, Act.PROPOSE) else Time.HABIT
    return _time_of_past(verb, links, subject, words, at)


_HAVING = frozenset(("got", "get", "have", "'ve", "has", "been", "are", "'re"))


def _time_of_ing(chain: list[str], subject: Subject) -> Time | None:
    links = set(chain)
    if {"was", "were"} & links:
        return None
    if (
        chain
        and chain[-1] in ("about", "to", "for", "of", "with", "like")
        and not (links & (verbs.MANDATES | {"committed", "forward"}))
    ):
        return None
    if {"will", "'ll", "shall", "committed"} & links or (
        links & verbs.MANDATES and (links & _HAVING or subject is Subject.FIRST)
    ):
        return Time.AHEAD
    if links & verbs.BEING or links & verbs.BEGINNINGS:
        return Time.NOW
    return Time.NOW if subject is Subject.DROPPED else None


def _time_of_base(verb: Verb, links: set[str], subject: Subject, words: tuple[Word, ...], at: int) -> Time | None:
    near = {word.low for word in words[max(0, at - 4) : at]}
    meant = {word.low for word in words[max(0, at - 10) : at]} & (vocabulary.PLANS | {"mission", "plan", "goal"})
    if meant and {"is", "to"} <= links:  # "our mission for Q2 is to bring …"
        return Time.AHEAD
    if links & verbs.INTENT or ("to" in links and (links & verbs.MANDATES or {"asked", "tasked"} & near)):
        return Time.AHEAD
    if "to" in links and not (links & {"are", "is", "am", "'re", "'m"}):
        return None
    if subject is Subject.DROPPED:
        # As in: Plan for next quarter: build one metrics layer.
        planned = (
            at >= 2
            and words[at - 1].text in (":", "–", "—")
            and any(word.low in vocabulary.PLANS for word in words[:at])
        )
        return Time.AHEAD if planned else None
    if links and not links & {"are", "is", "am", "'re", "'m"}:
        return None
    if verb.lemma in verbs.STANDING and not links:
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
