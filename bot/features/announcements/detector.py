"""Whether a message announces new work. Precision first: a public reply needs evidence, a doubt asks the author quietly.

Each message is weighed by cues with fixed weights: who, which verb, which work, how new, why and when, less whatever says
that it is a question, a chore, a report or somebody else's news. The evidence of a verdict names every cue that counted.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.features.announcements import circumstances, cues, forms, titles
from bot.features.announcements.cues import Cue
from bot.features.announcements.headlines import headlines, joined
from bot.features.announcements.language import verbs, vocabulary
from bot.features.announcements.language.claims import Claim, claims
from bot.features.announcements.language.objects import head_of
from bot.features.announcements.language.sentences import Sentence, sentences, words_of
from bot.features.announcements.language.verbs import Act
from bot.features.announcements.markup import plain, without_links, without_quotes
from bot.features.matching.english import is_english

__all__ = ["Cue", "Detection", "Kind", "Weighed", "detect", "is_public", "weigh"]

# Points. SURE was set on tests/features/announcements/data/detector_dev.tsv so that no public reply there is wrong.
SURE = 4.0
UNSURE = 3.5
# What stands further down is read as text, not as announcement.
MAX_TEXT = 12_000
MARKER_LINES = 5
# What comes first names the work; a later sentence must say it by so much more clearly.
_EARLIER = 1.0


class Kind(StrEnum):
    """What to do with a message."""

    MARKED = "marked"  # its author says that it is one: register it
    SURE = "sure"  # register it, answer in the thread
    UNSURE = "unsure"  # ask the author, nobody else sees it
    NONE = "none"  # silence


def is_public(kind: Kind) -> bool:
    """Whether a message of this kind is registered and answered for everybody to see."""
    return kind in (Kind.MARKED, Kind.SURE)


@dataclass(frozen=True, slots=True)
class Detection:
    """The verdict on a message; `title` and `sentence` are empty for NONE. `score` is in points, see SURE and UNSURE."""

    kind: Kind
    title: str = ""
    sentence: str = ""
    score: float = 0.0
    evidence: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a sentence as an announcement."""

    evidence: tuple[Cue, ...]
    claim: Claim | None = None
    phrase: str = ""
    soft: bool = False

    def title(self) -> str:
        return titles.from_claim(self.claim) if self.claim is not None else titles.from_phrase(self.phrase)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the rules make of a message. `nearest` is the best of its readings whatever its points, of kind NONE.

    `against` are the names of the topics that any of its sentences speaks of, whether or not that sentence has a reading.
    """

    verdict: Detection
    nearest: Detection
    own: str
    said: tuple[Sentence, ...]
    against: frozenset[str] = frozenset()


_NOTHING = Detection(Kind.NONE)
_MARKER = re.compile(
    r"^(?:(?:hi|hey|hello|good morning|morning|heads[ -]?up|fyi|announcement|announcing)\b[^.:!?\n]{0,40}[,:!–-]\s*)?\W{0,6}"
    r"(?:[\[(]\s*(?P<tag>(?:new\s+)?initiative)\s*[\])]\s*[:–—-]?\s*"
    r"|(?P<word>new\s+initiative|initiative)(?:(?:\s+alert)?(?:\s+(?:from|by|in|at)\s[^:\n]{1,40})?\s*[:|]\s*|\s+[–—-]\s+))(?P<rest>.*)$",
    re.IGNORECASE,
)
# "Initiative: the churn model is live", "[initiative] weekly notes": of one that began long ago.
_NEWS_OF_ONE = re.compile(
    r"^\W*status\b|\b(?:is|are|was|went|goes) (?:now )?(?:live|done|finished|delayed|blocked|on track)\b|\b(?:weekly|monthly) (?:sync|notes|update)",
    re.IGNORECASE,
)
# Behind a marker: "none from our side", "does anyone know who owns …?"; but "are holds fair?" may be what somebody will find out.
_NAMES_NOTHING = re.compile(
    r"^\W*(?:(?:none|nothing|n/?a|tbd|tba|anyone|anybody)\b"
    r"|(?:does|do|did|is|has|can|could|would|will) (?:any|some)(?:one|body)\b|who\b[^.\n]*\?\W*$"
    r"|(?:owner|title|name|status|team)\b\s*\||(?:is|was|were|has|that's|it's)\b)",
    re.IGNORECASE,
)
_PROGRESS = re.compile(
    r"^(?:status|update|progress|health|rag|this week|last week|eta|% ?done)\s*[:–-]\s*"
    r"(?:on track|green|amber|yellow|red|at risk|blocked|done|delayed|\d+ ?%|.{0,200}\b(?:done|finished|shipped|blocked|on track|cancel+ed|completed|live|abandoned|on hold)\b)",
    re.IGNORECASE | re.MULTILINE,
)
_SPEAKER = re.compile(r"\b(?:we|i|our|my)\b", re.IGNORECASE)
_QUOTES = str.maketrans("„«»", '"' * 3)
_LETTERS = re.compile(r"[a-z]+")
_COMMITTEE = re.compile(r"\b(?:fun|social|party|happiness|culture|events?|wellness) committee\b", re.IGNORECASE)
_HEADLINE_WORDS = frozenset(
    [
        "rfc",
        "kickoff",
        "upcoming",
        "roadmap",
        "proposal",
        "pitch",
        "project",
        "projects",
        "presenting",
        "meet",
        "next",
        "coming",
        "come",
        "bet",
        "title",
        "name",
        "new",
        "budget",
        "funding",
        "will",
        "are",
        "is",
        "am",
        "ll",
        "re",
        "m",
        "to",
    ]
)


# Four words and more in code are no name but an example.
_CODE_SENTENCE = re.compile(r"`([^`\s]+(?:[ \t]+[^`\s]+){3,})`")

# Words that say the same as one other, so that the grammar needs to know one of them.
_SYNONYMS = (
    (re.compile(r"\b(?:piece|stream|line|body) of (?:work|research)\b", re.IGNORECASE), "workstream"),
    (
        re.compile(
            r"\b(?:just )?(?:we|i)(?:'d like| want| would like| wanted)? to let (?:everyone|everybody|you(?: all)?|all|people) know(?: that)?\b",
            re.IGNORECASE,
        ),
        "",
    ),
    # "use a language model to draft replies" → "draft replies with a language model"
    (
        re.compile(
            r"\b(?:use|apply|leverage) (?P<means>(?:an? )?(?:[\w-]+ ){0,2}(?:llms?|ml|ai|models?|learning|nlp|vision|networks?)) to (?P<work>[^.!?,;:\n]{5,200})",
            re.IGNORECASE,
        ),
        r"\g<work> with \g<means>",
    ),
    (re.compile(r"\bwanna\b", re.IGNORECASE), "want to"),
    (re.compile(r"\bim\b", re.IGNORECASE), "I'm"),
    (re.compile(r"\bwe r\b", re.IGNORECASE), "we are"),
    (re.compile(r"^(\W*)tl;?dr\b[:,]?\s*", re.IGNORECASE | re.MULTILINE), r"\1"),
)


def detect(text: str, *, marked_only: bool = False) -> Detection:
    """Judge a message by its text in Slack's markup (see `payloads.text_of`). Never raises.

    With `marked_only` prose is not judged, only explicit markers. Linear in the length of the text; usual messages take
    about half a millisecond.
    """
    return weigh(text, marked_only=marked_only).verdict


def weigh(text: str, *, marked_only: bool = False) -> Weighed:
    """Judge a message and keep what a second opinion needs: its own words, its sentences, the reading that comes nearest to a claim."""
    shown = _CODE_SENTENCE.sub(r'"\g<1>"', without_quotes(text[:MAX_TEXT].replace("**", "*"))).translate(_QUOTES)
    own = plain(joined(shown), unknown=vocabulary.PERSON, bare_links=False)
    for pattern, word in _SYNONYMS:
        own = pattern.sub(word, own)
    marked = _marked(own)
    if marked is not None or marked_only:
        return Weighed(marked or _NOTHING, _NOTHING, own, ())
    if not is_english(own) or not plain(without_links(text[:MAX_TEXT]), bare_links=False):
        return Weighed(_NOTHING, _NOTHING, "", ())
    said = tuple(sentences(own))
    against = frozenset(circumstances.topics_of(said))
    if not _may_announce(own):
        return Weighed(_NOTHING, _NOTHING, own, said, against)
    verdict, nearest = _judge(own, said)
    return Weighed(verdict, nearest, own, said, against)


def _may_announce(own: str) -> bool:
    """Whether any word could begin a claim or a headline: most chatter ends here."""
    return any(word in verbs.VERBS or word in _HEADLINE_WORDS for word in _LETTERS.findall(own.lower()))


def _marked(own: str) -> Detection | None:
    top = [line for line in own.splitlines() if line.strip()][: MARKER_LINES + 1]
    for number, line in enumerate(top[:MARKER_LINES]):
        match = _MARKER.match(line[:600])
        if match is None:
            continue
        following = top[number + 1] if number + 1 < len(top) else ""
        rest = match.group("rest").strip() or following
        title = titles.from_phrase(rest)
        if not title or _NAMES_NOTHING.match(rest):
            continue
        marker = (match.group("tag") or match.group("word")).strip()
        if marker.lower() == "initiative" and (_PROGRESS.search(own) or _NEWS_OF_ONE.search(rest)):
            return Detection(Kind.UNSURE, title, line, UNSURE, (Cue("marker on a progress report", UNSURE, marker),))
        outside = _leisure(line)
        if outside:
            evidence = (Cue("marker", 10.0, marker), Cue(cues.OUTSIDE, UNSURE - 10.0, outside))
            return Detection(Kind.UNSURE, title, line, UNSURE, evidence)
        return Detection(Kind.MARKED, title, line, 10.0, (Cue("marker", 10.0, marker),))
    return None


def _leisure(line: str) -> str:
    """The words by which a marked line is of home and office; "" where it may be work."""
    if vocabulary.DOMAIN.search(line):
        return ""
    committee = _COMMITTEE.search(line)
    return (
        committee.group()
        if committee
        else ", ".join(sorted(vocabulary.OUTSIDE.intersection(_LETTERS.findall(line.lower()))))
    )


def _judge(own: str, said: tuple[Sentence, ...]) -> tuple[Detection, Detection]:
    """The verdict, and the reading that comes nearest, whatever its points."""
    around = tuple(circumstances.of_message(own))
    best, chosen = _NOTHING, None
    nearest, closest = _NOTHING, None
    for sentence in said:
        readings = list(_readings(sentence))
        against = tuple(circumstances.of_sentence(sentence, said[0])) if readings else ()
        for reading in readings:
            own_news = any(cue.name == "who: first" for cue in reading.evidence)
            counted = tuple(cue for cue in against if not (own_news and _is_of_the_work(cue, sentence)))
            evidence = (*reading.evidence, *around, *counted)
            score = round(sum(cue.weight for cue in evidence), 2)
            kind = _kind(score, replace(reading, evidence=evidence))
            if closest is None or score > nearest.score:
                nearest, closest = Detection(Kind.NONE, "", sentence.text, score, evidence), reading
            ahead = _EARLIER if best.sentence not in ("", sentence.text) else 0.0
            if kind is not Kind.NONE and (_rank(kind), score) > (_rank(best.kind), best.score + ahead):
                best, chosen = Detection(kind, "", sentence.text, score, evidence), reading
    if chosen is not None:
        best = replace(best, title=chosen.title())
    if closest is not None:
        nearest = replace(nearest, title=closest.title())
    form = forms.form_of(own)
    if best.kind is not Kind.NONE and "title" in form.fields and len(form.fields) > 1:
        best = replace(best, title=titles.from_phrase(form.fields["title"]) or best.title)
    if form.names_work and best.kind is not Kind.SURE:
        return _judge_form(form, best, around), nearest
    return best, nearest


def _is_of_the_work(cue: Cue, sentence: Sentence) -> bool:
    """Whether words of somebody else's news are about our own work: "we are building a podcast recommender" is no news from a podcast."""
    if cue.name != "somebody else's news":
        return False
    speaker = _SPEAKER.search(sentence.text)
    return speaker is None or cue.words not in sentence.text[: speaker.start()]


def _readings(sentence: Sentence) -> Iterator[_Reading]:
    for claim in claims(sentence):
        yield _Reading(tuple(cues.of_claim(claim)), claim=claim, soft=_is_doubtful(claim))
    for headline in headlines(sentence):
        words = words_of(headline.rest)
        opening = Cue(headline.name, headline.weight, headline.lead)
        yield _Reading((opening, *cues.of_phrase(words, head_of(words))), phrase=headline.rest, soft=headline.soft)


def _is_doubtful(claim: Claim) -> bool:
    """A verb that we do not know, or news of a colleague who has not spoken."""
    return claim.act is Act.OTHER or (bool(claim.subject_words) and claim.subject_words[-1].text == vocabulary.PERSON)


def _judge_form(form: forms.Form, best: Detection, around: tuple[Cue, ...]) -> Detection:
    """A filled-in form: it announces if what it is titled is work of the field."""
    named = form.fields.get("title") or _heading(form) or form.fields["summary"]
    title = titles.from_phrase(named)
    words = words_of(title)
    about = (*words, *words_of(form.fields.get("summary", "")))
    profile = len(words) == 1 and not form.fields.keys() & {"why", "when", "lead", "url"}  # "Name: Ana, Team: Search"
    weight = (0.0 if profile else 2.0) + 0.5 * sum(
        bool(form.fields.keys() & part) for part in ({"team", "lead"}, {"when"}, {"why"})
    )
    filled = Cue("a ticket's form", -4.0) if form.is_ticket else Cue("a filled-in form", weight, ", ".join(form.fields))
    evidence = (filled, *cues.of_phrase(about, head_of(words)), *around)
    score = round(sum(cue.weight for cue in evidence), 2)
    kind = _kind(score, _Reading(evidence))
    if (_rank(kind), score) <= (_rank(best.kind), best.score):
        return best
    return Detection(kind, title, named, score, evidence)


def _heading(form: forms.Form) -> str:
    """The short line above the labels, which names the work; "" where there is none."""
    first = form.rest.partition("\n")[0].strip()
    return first if 1 < len(first.split()) <= 8 and first[-1] not in ".:?!" else ""


def _kind(score: float, reading: _Reading) -> Kind:
    known = any(cue.name in cues.SUBSTANCE for cue in reading.evidence)
    forbidden = any(cue.name in cues.NEVER_PUBLIC for cue in reading.evidence)
    hint = reading.soft and reading.claim is None
    if score >= (SURE + 1.0 if hint else SURE) and known and not forbidden and (hint or not reading.soft):
        return Kind.SURE
    return Kind.UNSURE if score >= UNSURE and (known or not reading.soft) else Kind.NONE


def _rank(kind: Kind) -> int:
    return (Kind.NONE, Kind.UNSURE, Kind.SURE, Kind.MARKED).index(kind)
