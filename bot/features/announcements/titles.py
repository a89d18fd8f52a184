"""Titles: the short noun phrase that an announcement is remembered by."""

import re
from itertools import takewhile

from bot.features.announcements.language import vocabulary
from bot.features.announcements.language.claims import Claim, claims
from bot.features.announcements.language.clauses import Subject
from bot.features.announcements.language.sentences import Word, sentences
from bot.features.announcements.language.verbs import Act

__all__ = ["TITLE_LENGTH", "from_claim", "from_noun", "from_phrase", "tidy"]

TITLE_LENGTH = 150
# "CLI" says little: the clause behind a phrase of so few words belongs to its title, if the whole stays this short.
_BARE = 4
_RELATIVE_WORDS = 16
_WITH_RELATIVE = {1: 110, 2: 110, 3: 75, 4: 75}  # words of the phrase: characters of the title

# Behind a marker, -ing of these begins a sentence; of others ("training data", "scoring rules") it may be part of a name.
_MAKING = frozenset(("build", "create", "develop", "design", "write", "implement", "prototype"))

# Marks that say how to write and not what; joiners (U+200C, U+200D) belong to words and pictures.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SHORT_WITH = re.compile(r"(?<![\w/])w/(?=\s|$)", re.IGNORECASE)
_EDGES = " .,;:!?-–—*_~`'|>•"
_PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b00-\u2bff\u200d\ufe0f]")
_LEADING = re.compile(
    r"^(?:(?:the )?(?:launch|start|beginning|kick-?off) of )?(?:(?:a|an|the|our|my|its|their|this|one|some|another)\s+)?"
    r"(?:(?:own|very|brand|brand-new|new|small|little|lil|tiny|quick|proper|long[- ]promised|long[- ]awaited|so[- ]called)\s+){0,3}",
    re.IGNORECASE,
)
_EFFORT = re.compile(
    r"^(?:(?:\d+[- ]\w+|joint|cross-team|cross-functional|dedicated|bigger|big|larger|multi-quarter|internal|virtual|tiger)\s+)?"
    r"(?:(?:initiative|effort|project|workstream|stream of work|work|programme|program|undertaking|push|development|design|implementation)s?(?:\s+with [\w&]+(?: [A-Z&]\w*){0,2}(?=\s+(?:on|to)\b))?"
    r"(?:\s+(?:around|about|on|for|to|of|called|named|in|-|–|—|(?:where|in which) (?:we|i)(?: will|'ll)?)|\s*[:,])"
    r"|(?:job|task|topic|challenge|problem|way|ways)\s+(?:of|to)"
    r"|(?:team|squad|group|task ?force|crew|plan)(?:\s+together)?\s+to(?:\s+(?:build|create|develop|design|write|look at|work on))?)\s+(?:the\s+|an?\s+)?",
    re.IGNORECASE,
)
# Heads that leave it to what follows to say what the work is.
_GENERIC = frozenset(("topic", "thing", "things", "capability", "idea", "challenge", "piece", "one"))
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAY = "monday|tuesday|wednesday|thursday|friday|today|tomorrow"
_BEGINNING = rf"(?:from|since|as of|starting) (?:next|now|{_DAY}|this (?:morning|week|month|quarter|sprint|year))"
_DATED_EFFORT = re.compile(
    rf"\b(project|initiative|effort|workstream|development|work) (?:in (?:{_MONTH})|(?:this|next) \w+|on {_DAY})\b",
    re.IGNORECASE,
)
_WHEN = re.compile(
    rf"\s+(?:(?:this|next|last) (?:{_DAY}|week|month|quarter|sprint|year|half|cycle|summer|winter|spring|autumn)|over the|in the (?:next|coming|new)|during|starting|beginning"
    rf"|by (?:the )?(?:end of|summer|spring|autumn|winter|easter|{_MONTH})|first (?:version|cut)|as of|{_BEGINNING}|in (?:q[1-4]|h[12]|20\d\d|{_MONTH})"
    rf"|soon|right now|on (?:{_DAY})|(?:{_DAY})\b|work begins|with the goal)\b.*$",
    re.IGNORECASE,
)
_SO = (
    rf"\b{vocabulary.PERSON}\b"
    r"|\b(?:because|so that|since|which|who|whose|where|instead of|rather than|in order to|until|but|plus|ourselves|myself|from scratch|from the ground up"
    r"|and (?:we|i|then|could|will|starts?|begins?)|and \w+ (?=(?:the|its|our|all|a|an|every)\b))\b"
    r"|\bso (?:we|that|people|nobody|no one|teams|every|the|our|they|it)\b"
    r"|\bthat\b|\bto (?:stop|avoid|make sure|help|reduce|save|cut|get rid)\b"
)
_REASON = re.compile(rf"\s*(?:[;:(]|\s[-–—]\s|{_SO}).*$", re.IGNORECASE)
_LONG_REASON = re.compile(rf"\s*(?:,(?!\d)|[;:(]|\s[-–—]\s|{_SO}).*$", re.IGNORECASE)
_SINCE = re.compile(rf"\s+{_BEGINNING}\b(?!').*$", re.IGNORECASE)
_SENTENCE = re.compile(r"[.!?…]\s+\S.*$")
_OURS = re.compile(r"^(?:our|my|its|all our|all my)\s+", re.IGNORECASE)


# What a title never ends with: it was cut in the middle of a thought.
_DANGLING = re.compile(r"(?:[\s,]+(?:and|or|with|of|for|the|a|an|which|e\.g|i\.e))+$", re.IGNORECASE)


def tidy(text: str) -> str:
    """One line without pictures and stray punctuation, first letter capital, at most 150 characters, cut between words."""
    written = _SHORT_WITH.sub("with", _INVISIBLE.sub("", text))
    line = " ".join(_PICTURES.sub(" ", written).split()).strip(_EDGES)
    signs = line.count('"')
    if signs % 2 or (signs == 2 and line[0] == line[-1] == '"'):  # a lone one, or a pair around it all
        line = line.replace('"', "").strip(_EDGES)
    if line.count("“") != line.count("”"):
        line = re.sub("[“”]", "", line)
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1].strip()
    line = _DANGLING.sub("", line) or line
    if len(line) > TITLE_LENGTH:
        line = line[: TITLE_LENGTH - 1].rsplit(" ", 1)[0].rstrip(" .,;:-–—") + "…"
    first = line.split(" ", 1)[0]
    return line[:1].upper() + line[1:] if first.islower() else line


def from_phrase(phrase: str) -> str:
    """A title from what follows a marker or a label, a noun phrase or a sentence: "we're building X" → "X"."""
    for sentence in sentences(phrase)[:1]:
        for claim in claims(sentence):
            says = claim.started or claim.subject is Subject.FIRST or claim.lemma in _MAKING
            if says and claim.verb_at <= 5 and (title := from_claim(claim)):
                return title
    return from_noun(phrase)


def from_noun(phrase: str) -> str:
    """The first sentence, without the reasons when it is long."""
    first = phrase.strip().splitlines()[0] if phrase.strip() else ""
    first = _without_front(_SENTENCE.sub("", first[:1_000]))
    first = _SINCE.sub("", first) or first
    if len(first) > 70:
        shorter = _LONG_REASON.sub("", first)
        first = shorter if len(shorter.split()) >= 2 else first
    return tidy(first)


def from_claim(claim: Claim) -> str:
    """The work that a claim names: "We're kicking off a feature store for ranking" → "Feature store for ranking"."""
    words, after = _phrase(claim.object)
    named = _named_behind(claim, words, after)
    if named and named[0].low in vocabulary.FIRST_PERSON:  # "a new project in Search: we will build …"
        return from_phrase(claim.sentence.text[named[0].start :])
    words = named or words
    if not words:
        return ""
    text = claim.sentence.text[words[0].start : words[-1].end]
    code_name = _code_name(claim, words, after)
    if claim.act not in (Act.CHANGE, Act.SOLVE):
        text = _without_front(_DATED_EFFORT.sub(r"\1", text))
    shorter = _REASON.sub("", " " + text).strip()
    if " " in shorter or " " not in text:  # not "Collect" of "collect and label the …"
        text = shorter or text
    text = _WHEN.sub("", " " + text).strip() or text
    if code_name:
        return code_name
    if claim.act is Act.SOLVE:
        text = _OURS.sub("the ", text)
        longer = f"{text}{_relative(claim, words, text)}" if len(text.split()) <= _BARE else text
        return tidy(f"{claim.lemma.capitalize()} {longer if len(longer) <= _WITH_RELATIVE[1] else text}")
    if claim.act is Act.CHANGE:
        return tidy(f"{claim.lemma.capitalize()} {_OURS.sub('the ', text)}")
    if text.lower().startswith("one "):  # "we will build a new one on Flink"
        return tidy(f"{claim.lemma.capitalize()} a new {text}")
    if len(text.split()) <= _BARE:
        longer = f"{text}{_relative(claim, words, text)}"
        text = longer if len(longer) <= _WITH_RELATIVE[len(text.split()) or 1] else text
    return tidy(text)


def _named_behind(claim: Claim, words: tuple[Word, ...], after: tuple[Word, ...]) -> tuple[Word, ...]:
    """What a colon, a dash or quotation marks name where the phrase before says nothing: "a new project in Search: safe rollouts"."""
    named = tuple(takewhile(lambda word: word.low != "w", claim.head)) or claim.head  # "an effort w/ Ana"
    kind = named[-1].low
    if after and after[0].text in (":", "–", "—", "-"):
        if words[len(named) : len(named) + 1] and words[len(named)].low == "to" and _is_list(after[1:]):
            return ()  # "an effort to make training reproducible: containers, snapshots, seeds"
        bare = len(words) <= len(named) and _says_nothing(words)
        return _phrase(after[1:])[0] if bare or kind in vocabulary.EFFORTS or kind in _GENERIC else ()
    if kind in _GENERIC:
        colon = next((index for index, word in enumerate(claim.object[:20]) if word.text == ":"), None)
        return _phrase(claim.object[colon + 1 :])[0] if colon is not None else ()
    if words and words[-1].low in vocabulary.EFFORTS and after and after[0].text in ('"', "“"):
        return _phrase(after[1:])[0]  # the project "Smart Dunning"
    return ()


def _code_name(claim: Claim, words: tuple[Word, ...], after: tuple[Word, ...]) -> str:
    """The name and what it does ("Project Beacon: alerting for models") where a name alone would say nothing; else empty."""
    if len(words) != 2 or words[0].low != "project" or not words[1].is_capital or not after or after[0].text != ":":
        return ""
    named, _ = _phrase(after[1:])
    if not named:
        return ""
    text = claim.sentence.text
    return tidy(f"Project {words[1].text}: {_without_front(text[named[0].start : named[-1].end])}")


def _says_nothing(words: tuple[Word, ...]) -> bool:
    """Whether a phrase names no work of its own: "a new project", "a study-turned-product"."""
    last = words[-1].low if words else ""
    named = {word.low for word in words} - vocabulary.DETERMINERS - {"new", "first", "next"}
    return last in vocabulary.EFFORTS or (
        len(named) <= 1 and last not in vocabulary.WORKS and not vocabulary.DOMAIN.fullmatch(last)
    )


def _without_front(text: str) -> str:
    stripped = _LEADING.sub("", text.strip(), count=1)
    inner = _EFFORT.sub("", stripped, count=1)
    if inner != stripped:
        stripped = _LEADING.sub("", inner, count=1)
    return stripped or text


def _relative(claim: Claim, words: tuple[Word, ...], said: str) -> str:
    """The clause behind a bare title, as far as the next stop: " that turns dashboards into alerts"."""
    begin = next(
        (index for index, word in enumerate(words) if word.low in ("that", "which", "where", "who")), len(words)
    )
    if not begin or not said.endswith(words[begin - 1].text):
        return ""  # something was left out in between
    clause = words[begin : begin + _RELATIVE_WORDS]
    if begin + _RELATIVE_WORDS < len(words):  # cut short: back to where a part ends
        ends = [index for index, word in enumerate(clause) if word.low in vocabulary.PREPOSITIONS or word.low == "what"]
        clause = clause[: ends[-1]] if ends else ()
    while clause and clause[-1].low in (*vocabulary.PREPOSITIONS, "a", "an", "the", "and", "or", "that", "which", "is"):
        clause = clause[:-1]
    return f" {claim.sentence.text[clause[0].start : clause[-1].end]}" if len(clause) > 2 else ""


def _phrase(following: tuple[Word, ...]) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """The words up to the first stop or reason, and what is behind them. A short list ("docs, tickets and chats") stays whole."""
    end = len(following)
    for index, word in enumerate(following):
        near = [each.low for each in following[index + 1 : index + 5]]
        listed = _is_in_number(following, index) or (
            word.text == ","
            and ("and" in near[1:4] or "or" in near[1:4])
            and near[0] not in ("and", "so")
            and not set(near[:2]) & {"we", "i"}
        )
        if (word.is_stop and not listed) or word.low in ("because", "so", "since", "until", "while", "but", "if"):
            end = index
            break
    words = following[:end]
    words = words[1:] if words and words[0].low == "w" else words  # "begins w/ a predictor"
    while words and (words[-1].low in (*vocabulary.PREPOSITIONS, "w", "and", "or", "the", "a") or words[-1].is_stop):
        words = words[:-1]
    if (
        words
        and words[-1].low.isdigit()
        and following[len(words) : len(words) + 1]
        and following[len(words)].text == ")"
    ):
        words = words[:-1]  # "query rewriting 2) typo model"
    return words, following[end:]


def _is_list(words: tuple[Word, ...]) -> bool:
    """Whether a list of three things and more begins there."""
    stops = [word.text for word in words if word.is_stop]
    return stops[:2] == [",", ","]


def _is_in_number(words: tuple[Word, ...], at: int) -> bool:
    """Whether a comma only parts the digits of a number: "1,000"."""
    if not 0 < at < len(words) - 1 or words[at].text != ",":
        return False
    before, after = words[at - 1], words[at + 1]
    return before.low[-1].isdigit() and after.low[0].isdigit() and before.end + 1 == after.start
