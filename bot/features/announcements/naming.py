"""What a message's work is called where no claim names it well: the best of all phrases that may, and never half a greeting."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from bot.features.announcements import titles
from bot.features.announcements.language import vocabulary
from bot.features.announcements.language.claims import Claim
from bot.features.announcements.language.clauses import Subject, Time
from bot.features.announcements.language.objects import after_particle, behind_colon, head_of, inner_verb, object_of
from bot.features.announcements.language.sentences import Sentence, Word, sentences, words_of
from bot.features.announcements.language.verbs import AUXILIARIES, NEEDS_PARTICLE, VERBS, Act, Tense, Verb

__all__ = ["is_clumsy", "name_of"]

_READ: Final = 10  # sentences
_LONGEST: Final = 110
_GOOD: Final = 2.0
_FAIR: Final = 1.5
_MADE: Final = 1.0

_DAYS: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
    "|today|tomorrow|yesterday|now|morning|afternoon|evening|weeks|months|next|these days|this|soon|right|immediately"
)
# What stands behind a small noun that is no part of a name: "work starts", "part of", "week 9"; but "work order", "part number".
_GOES_ON: Final = (
    r"is|are|was|were|has|have|had|will|would|can|could|may|and|or|but|not|the|a|an|our|my|this|that|we|i|you|one|two|time|all"
    r"|to|of|on|for|in|at|with|by|from|about|up|into|starts?|begins?|continues|wants?|needs?|asked|asks|decided|gets?|goes|kicks?|lands?|\d\S*"
)
# "In" or "next" begin no title; "in-house" and "next-best-action" may.
_CLUMSY: Final = re.compile(
    rf"^(?:(?:{_DAYS}|\d+(?:st|nd|rd|th)?|with|to|by|at|of|from|it|that|something|one|them|you|i|we|me|us|i'm|we're|i've|so|ok|okay|hi|hey|hello|dear|good|folks|all|guys|everyone"
    r"|starts?|starting|begins?|beginning|begun|excited|expect|glad|happy|what|who|why|how|which|because|since|as|after|before|until|if|in|for|on"
    r"|opinions|will|whether|gets?|be|first)(?:\b(?![-/])|$)"
    rf"|(?:work|things?|part|point|team|small|management|half|week|month|sprint|step)(?:$|[,:;.–—]| (?:{_GOES_ON})\b)"
    r"|(?:a |the |our |tiger |small |working |joint )*(?:team|group|crew|squad|workstream|effort|project|initiative|stream|piece|plan|scope|ask|go|dev|spec|step|base|data|study)$"
    r"|(?!Project\b)\S+$|[A-Z]\w+ colleagues$|[A-Z]\w+(?:, [A-Z]\w+)*,? (?:and|,) (?:i|me)$|find the\b|kickoff was\b|go for\b|two\s|place with\b|plan is\b|lots of\b)"
    r"|\b(?:starts|begins|ends|happens) (?:in|on|at|today|tomorrow|next|this)\b|\bnothing\b|\s(?:here|first)$"
    r"|\b(?:i'm|i am|i've|we're|we've|we are|we have|to see|to find out|ourselves|what i)\b"
    r"|\b(?:is|are|was|were|has|have|will|and|or|with|of|for|the|a|an|to|see|into)$|\s(?:in|on|at|by|goes)$",
    re.IGNORECASE,
)
_SMALL: Final = re.compile(
    r"^(?:\w+ ){0,2}(?:data|eval set|review screen|sample set|repo|design doc|examples?|luck|labels?|access|notes|minutes|meeting|kick-?off|workshop)$",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"\b(?:not|no|never|nobody|instead|don't|doesn't|isn't|won't|until now|old|current|today's|existing)\b",
    re.IGNORECASE,
)
_NEWS: Final = re.compile(
    r"\b(?:start|begin|began|begun|kick|new|next|will|'ll|going to|gonna|from (?:today|now)|as of|mandate\w*|asked|task\w*|assign\w*|approved|decided|decision|agreed|on it|lead|build|develop|joins?|takes?|taking|introduc|turn)\w*\b",
    re.IGNORECASE,
)
# Behind what a phrase stands that names work: a colon, a word for work, a thing that has begun.
_NOUN: Final = re.compile(r"(?:the|a|an|our|my|their)\s", re.IGNORECASE)
# A line that says who and when.
_LOGISTICS: Final = re.compile(
    r"^\W*(?:team|stack|timeline|when|who|people|members|lead|owner|sponsor|contact|budget|duration|deadline|(?:design )?doc)\s*:",
    re.IGNORECASE,
)
_HALF: Final = re.compile(
    r"\b(?:to put|real|is|was|has|gets|wants|prepares)$|^(?:\w+ ){1,3}(?:is|was|has|gets|wants|put|prepares)\b|, \w+ \w+s the\b"
)
_BEHIND: Final = (
    re.compile(r"^[^:\n]{2,90}:\s+(?P<name>[^:]{6,200})$"),
    re.compile(r"\b(?:work(?:s|ing)?|research|study|effort|spike|project|piece of work|development|construction|implementation|introduction|rollout|evaluation|assessment|rewrite|rework|re-?design"
               r"|redevelopment|migration|overhaul|replacement|deprecation|port|transfer|move|go|go-ahead|green light|approval|PoC|prototype|pilot|version|generation)(?: work)? (?:on|of|for|into|in)\s+(?P<name>.{4,160})$", re.IGNORECASE),
    re.compile(r"\b(?:is|are|am|'m|'s|been|be|now|gets|got|moved|assigned|put|full time|on it:?) (?:on|to|onto|handed|given)\s+(?P<name>(?:the|a|an|our)\s.{4,140})$", re.IGNORECASE),
    re.compile(r"\b(?:begin|begins|began|begun|start|starts|started|starting|day one|day 1|stab|kick-?off|try out|trying out|evaluate|evaluating|assess|explore|study)\s+(?:with|on|of|at|in)?\s*(?P<name>(?:(?:the|a|an|our)\s)?.{4,140})$", re.IGNORECASE),
    re.compile(r"\b(?:got|get|gets|took|take|takes|taking|inherited|own|owns|handed|given|gave (?:me|us)|want|wants|lead|leads|leading|tackling)\s+(?:over\s+|on\s+|up\s+)?(?P<name>(?:the|a|an|our|their)\s.{4,140})$", re.IGNORECASE),
)  # fmt: skip
_SUBJECT: Final = re.compile(
    r"^\W*(?:(?:[\w' -]{2,24})[:,–—]\s+)?(?P<name>[^.:;!?]{4,110}?),?\s+(?:(?:now |officially |finally )*(?:(?:has |have )?landed|is (?:now |officially |finally )*(?:ours|mine|on|my|what|a thing)|begins|begin|starts|start|goes ahead|development starts"
    r"|gets?|will be|is (?:going )?to be|to be introduced|has been (?:given|approved|started|handed)|has (?:started|begun)|kicks off|lands)\b|: ours\b)",
    re.IGNORECASE,
)
_OPENING: Final = re.compile(
    r"^\W*(?:(?:ok|okay|so|hi|hey|hello|hola|folks|team|all|everyone|everybody|guys|friends|colleagues|dear|good|morning|evening|fyi|psa|tl;dr|news|update|note|heads[ -]?up|quick|short|small|announcement|right|alright|well|yes"
    r"|finally|btw|guess what|guess who (?:gets|is going) to(?: do)?|data|for the records?|for transparency|transparency|sharing early|platform news|reminder|an?)\b[\s,:!.–—-]*){1,6}",
    re.IGNORECASE,
)
# "Since you asked, we …", "After the audit we …", "the day has come, we …": the work stands behind.
_BEFORE: Final = re.compile(
    r"^[^,:]{3,90}[,:]\s+(?:so (?!that\b)(?:now )?|(?:(?:starting|from|as of|since) (?:next )?\w+,? )?(?=(?:we|i|me|my|our)\b))",
    re.IGNORECASE,
)
_SELF: Final = re.compile(
    r"^(?:(?:today|tomorrow|yesterday|(?:this|next) (?:week|month|sprint|quarter)),? )?(?:we|i|he|she|they)(?:'re| are|'ve| have|'ll| will|'m| am|'s)?\s+(?:now |finally |also |just |officially )*(?:going to |about to |start(?:ing)? to |decided to |want to |be |to )?(?=\w)|^it (?:was|has been) decided\b[^,;:]{0,30}? that ",
    re.IGNORECASE,
)
_GREETING: Final = re.compile(
    r"^(?:good (?:morning|evening)|morning|hello|hi|dear|wish|pray|retro notes|minutes|notes|weekly|lots of|long (?:week|message)|not |(?:a )?word |sorry|thanks)\b",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"\s*(?:,(?!\d)|[;(–—]|:\s|\s-\s|\s(?:from|since|as of|starting) (?:today|tomorrow|monday|tuesday|wednesday|thursday|friday|next|this|now)\b|\s(?:this|next) (?:morning|afternoon|week|month|sprint|quarter)\b|(?: goes)?(?: in)? (?:today|tomorrow)\b|\bso that\b|\bbecause\b|\bsince\b|\bwhich\b(?! (?:sorts|tells|forecasts|reads|pulls))|\bto (?:stop|avoid|replace)\b|\binstead of\b|\band (?:we|i|it|then)\b|\bby [A-Z]|\bwho\b|\bis ours?\b|\bis (?:over|done)\b).*$"
)

_SMALL_WORDS: Final = (
    vocabulary.PREPOSITIONS | vocabulary.DETERMINERS | vocabulary.CLAUSE_ENDS | vocabulary.ADVERBS | vocabulary.OTHERS | vocabulary.FIRST_PERSON
    | vocabulary.GROUPS | vocabulary.MOMENTS | vocabulary.MONTHS | AUXILIARIES | {"try", "explore", "keep", "off", "up", "out", "want", "all", "new", "every", "each", "days", "weeks", "months", "sprints"}
)  # fmt: skip
_BUILDING: Final = ("build", "create", "develop", "write", "implement")  # "two of us building pipelines"
_MEANS: Final = frozenset(("using", "with", "by", "via", "from", "through", "per", "every", "each"))
_BEGINNING: Final = (Act.START, Act.WORK, Act.PROPOSE)
_FINITE: Final = AUXILIARIES - {"to", "for", "of", "with", "about"} | {"landed"}


def name_of(said: tuple[Sentence, ...], claimed: str = "", *, likely: str = "") -> str:
    """A title for a message: what a claim was found to name, if that reads well; else the best phrase of any; else its first words of substance.

    `likely` is what the nearest reading names where none was a claim: one phrase among the others.
    """
    if claimed and not is_clumsy(claimed):
        return claimed
    told = [sentence for sentence in said[:_READ] if _has_substance(sentence.text)]
    best, found = 0.0, ""
    for sentence in said[:_READ]:
        if sentence.is_question:
            continue
        others_tell = any(each is not sentence for each in told)
        for phrase, bonus in _phrases(sentence):
            if others_tell and bonus < _MADE and not _has_substance(phrase):
                continue
            points = _points(phrase, sentence)
            points += (bonus + 0.5 * (phrase == likely)) if points > 0 else 0.0
            if points > best and phrase.casefold() != claimed.casefold():
                best, found = points, phrase
    if best >= (_GOOD if _reads(claimed) else _FAIR):
        return found
    return claimed if _reads(claimed) else _opening(said) or found or claimed


def is_clumsy(title: str) -> bool:
    """Whether a title says nothing of the work, or begins or ends in the middle of a thought."""
    return _CLUMSY.search(title) is not None or len(title) > _LONGEST


def _reads(title: str) -> bool:
    """Whether even a clumsy title says something of the field."""
    return len(title.split()) > 1 and not _SMALL.match(title) and vocabulary.DOMAIN.search(title) is not None


def _has_substance(text: str) -> bool:
    """Whether it names anything of the field, or a thing that is made: not "Starting Monday, 3 people"."""
    return vocabulary.DOMAIN.search(text) is not None or any(word.low in vocabulary.WORKS for word in words_of(text))


def _points(title: str, sentence: Sentence) -> float:
    """How well a title names work of the field."""
    head = head_of(words_of(title))
    is_group = bool(head) and head[-1].low in vocabulary.GROUPS
    if is_group or is_clumsy(title) or _SMALL.match(title) or vocabulary.PERSON in title:
        return 0.0
    if _LOGISTICS.match(sentence.text):
        return 0.0
    words = title.split()
    field = len({match.lower() for match in vocabulary.DOMAIN.findall(title)})
    works = any(word.strip(",").lower() in vocabulary.WORKS or word.lower() in vocabulary.EFFORTS for word in words)
    points = 1.5 * min(field, 2) + works + (1.0 if 3 <= len(words) <= 10 else 0.0) - (1.0 if len(words) > 13 else 0.0)
    points += 1.0 if _NEWS.search(sentence.text) else 0.0
    points -= 1.5 if _HALF.search(title) else 0.0
    points -= 2.0 if _DENIED.search(sentence.text) else 0.0
    return points - 0.25 * min(sentence.line, 4)


def _phrases(sentence: Sentence) -> Iterator[tuple[str, float]]:
    """Every phrase of a sentence that may name its work, and how much it is preferred for where it stands."""
    for claim in _acts(sentence):
        yield titles.from_claim(claim), _MADE if claim.act in (Act.MAKE, Act.CHANGE) else 0.0
    for number, pattern in enumerate(_BEHIND):
        match = pattern.search(sentence.text[:400])
        if match is not None:
            text = match.group("name")
            first = sentences(text)[:1]
            cut = _TAIL.sub("", first[0].text if first else text)
            cut = cut if len(cut.split()) > 1 else text
            named = titles.from_noun(cut) if _NOUN.match(cut) else titles.from_phrase(cut)
            yield named, 3.0 if named.startswith("Project ") else 1.5 if number == 0 else 0.5
    subject = _SUBJECT.match(sentence.text[:300])
    if subject is not None:
        yield titles.from_phrase(_TAIL.sub("", subject.group("name")) or subject.group("name")), 0.5
    if sentence.line == 0 and 2 <= len(sentence.words) <= 8 and not any(word.low in VERBS for word in sentence.words):
        yield titles.from_phrase(sentence.text), 0.5


def _acts(sentence: Sentence) -> Iterator[Claim]:
    """Whatever is made or done in a sentence, whoever does it."""
    words = sentence.words
    for at, word in enumerate(words[:60]):
        before = words[at - 1].low if at else ""
        if before in vocabulary.DETERMINERS or sentence.is_quoted(at):
            continue
        for verb in VERBS.get(word.low, ())[:1]:
            if _is_noun(words, at, verb):
                named = _noun_around(words, at)
                if named:
                    yield _claim(sentence, replace(verb, act=Act.WORK), named, at)
                continue
            if (
                verb.tense is Tense.PAST
                and verb.lemma not in NEEDS_PARTICLE
                and before not in ("be", "being", "have", "has")
            ):
                continue
            begin = after_particle(words, verb.lemma, at + 1)
            if begin is None:
                continue
            inner, begin = inner_verb(words, behind_colon(words, begin), verb)
            following = object_of(words, begin)
            if following and following[0].low in ("us", "you", "them"):
                following = following[1:]  # "I build you a dashboard"
            head = head_of(following)
            if head and head[0].low not in vocabulary.PEOPLE and head[0].low not in vocabulary.OTHERS:
                yield _claim(sentence, inner, following, at, started=verb.act is Act.START)


def _claim(sentence: Sentence, verb: Verb, named: tuple[Word, ...], at: int, *, started: bool = False) -> Claim:
    return Claim(sentence, verb.act, verb.lemma, started, Time.NOW, Subject.FIRST, (), named, head_of(named), at)


def _is_noun(words: tuple[Word, ...], at: int, verb: Verb) -> bool:
    """Whether a form of a verb is part of a name: "query rewriting with", "a semantic cache in", not "Ana rewriting the"."""
    after = words[at + 1] if at + 1 < len(words) else None
    if not at or verb.tense not in (Tense.ING, Tense.BASE) or verb.lemma in _BUILDING:
        return False
    if after and after.low in vocabulary.DETERMINERS:
        return False
    before = words[at - 1]
    if not _is_plain(before) and vocabulary.DOMAIN.fullmatch(f"{before.low} {words[at].low}") is None:
        return False
    ends = after is None or after.is_stop or after.low in vocabulary.PREPOSITIONS
    return verb.tense is Tense.ING or (ends and not before.low.endswith("s"))


def _noun_around(words: tuple[Word, ...], at: int) -> tuple[Word, ...]:
    """The phrase that a noun stands in, from its first adjective to where something is said of it; empty where it is a means."""
    begin = at - 1
    while begin and _is_plain(words[begin - 1]):
        begin -= 1
    if {word.low for word in words[max(0, begin - 2) : begin]} & _MEANS:
        return ()
    end = next((index for index in range(at + 1, len(words)) if _ends_phrase(words[index])), len(words))
    return words[begin : min(end, begin + 40)]


def _is_plain(word: Word) -> bool:
    """Whether it is no small word and begins nothing: a noun or an adjective."""
    return (
        word.low[0].isalnum()
        and word.low not in _SMALL_WORDS
        and not any(verb.act in _BEGINNING for verb in VERBS.get(word.low, ()))
    )


def _ends_phrase(word: Word) -> bool:
    return (
        word.text == ":" or word.low in _FINITE or any(verb.tense is Tense.PRESENT for verb in VERBS.get(word.low, ()))
    )


def _opening(said: tuple[Sentence, ...]) -> str:
    """The first words of substance, of the sentence whose first words say most of the field: without a greeting, up to where the clause ends."""
    told = [(_beginning(each), each) for each in said[:_READ] if not each.is_question or _has_substance(each.text)]
    named = [(title, sentence) for title, sentence in told if len(title.split()) >= 3 and not _GREETING.match(title)]
    title = max(named, key=lambda each: _worth(*each))[0] if named else ""
    return title[:1].upper() + title[1:]


def _beginning(sentence: Sentence) -> str:
    rest = _SELF.sub("", _OPENING.sub("", _BEFORE.sub("", sentence.text)))
    cut = _TAIL.sub("", rest)
    title = titles.tidy(cut if len(cut.split()) >= 3 else rest)
    return title if len(title) <= _LONGEST else titles.tidy(title[:_LONGEST].rsplit(" ", 1)[0]) + "…"


def _worth(title: str, sentence: Sentence) -> tuple[int, ...]:
    """By what one beginning is preferred to another."""
    field = len({match.lower() for match in vocabulary.DOMAIN.findall(title)})
    says = not _LOGISTICS.match(sentence.text)
    return says, min(field, 2), not is_clumsy(title), not sentence.is_question, _NEWS.search(sentence.text) is not None
