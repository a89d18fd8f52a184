"""Headlines: announcements that are no sentence of the form "somebody starts something", and softer hints of one.

Each pattern gives its name, its weight in points and the words that name the work (`rest`). Anchored or bounded, so that a
long line costs linear time.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.features.announcements.language.sentences import Sentence

__all__ = ["Headline", "headlines", "joined"]

# A headline is short; what follows is read by other means.
MAX_LENGTH = 600


@dataclass(frozen=True, slots=True)
class Headline:
    """A way to read a sentence as the title of new work. A `soft` one is worth a question, never a public answer."""

    name: str
    weight: float
    lead: str
    rest: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    name: str
    weight: float
    pattern: re.Pattern[str]
    soft: bool = False
    top_only: bool = False
    also: tuple[re.Pattern[str], ...] = ()  # patterns that the sentence must hold besides, in any order


def _shape(
    name: str,
    weight: float,
    *parts: str,
    soft: bool = False,
    top_only: bool = False,
    also: tuple[re.Pattern[str], ...] = (),
) -> _Shape:
    return _Shape(name, weight, re.compile("".join(parts), re.IGNORECASE), soft, top_only, also)


_WHEN = r"(?:on|this|next|in|from|today|tomorrow|monday|tuesday|wednesday|thursday|friday)\b"
_FRESH = r"(?=(?:a|an|one|our own|another)\s)"
# What may follow the name of an undertaking before its colon: "kickoff of … today", "new project from Ads". Not another noun.
_TAIL = r"(?:\s+[\"“][^\"”\n]{1,40}[\"”])?(?:\s+(?:of|on|for|from|by|in|at|with|between|today|tomorrow|this|next|time|alert|announcement|starting|incoming|is)\b[^:.!?\n]{0,40}?)?"
_MAKE = r"(?:build|develop|creat|design|establish|launch|implement|introduc|automat)(?:e|ing)? "
_FORWARD = (
    r"(?:full[- ]time|heads[- ]down|sleeves|kick\w*|official|adopted|volunteers?|groundwork|milestone|tasked|assigned|mandate|goal|mission"
    r"|plan(?:s|ned|ning)?|bet|roadmap|go-ahead|green light|(?:this|next) (?:quarter|sprint|month|week|year|half)|in q[1-4]|from (?:monday|today|tomorrow|next|the 1st)"
    r"|start(?:s|ed|ing)?|begin(?:s|ning)?|begun|announc\w*|new|next|project|effort|initiative)"
)

_SOMEBODY = re.compile(r"\b(?:we|i|us|my team|our team|team|squad|group)\b", re.IGNORECASE)
_AHEAD = re.compile(rf"\b{_FORWARD}\b", re.IGNORECASE)

_SHAPES = (
    _shape(
        "headline",
        3.5,
        r"^\W{0,4}(?:(?:hi|hey|hello)\b[^.:!?\n]{0,30}[,!.]\s*)?(?:",
        r"(?:project\s+|team\s+|official\s+)?kick(?:ing)?[ -]?(?:things\s+)?off",
        _TAIL,
        r"|project (?:start|begin|launch)",
        r"|\[?\s*(?:rfc|proposal|project proposal|pitch|design proposal|new proposal)(?:\s*#?\d+)?\s*\]?(?:\s+(?:for|to|from)\s[^:\n]{1,40})?",
        r"|(?:new|upcoming|announcing a new|starting a new)\s+(?:project|effort|workstream|programme|program|work|undertaking)",
        _TAIL,
        r"|project announcement",
        r"|(?:next up|up next|upcoming|in the works|on the horizon|soon to come|coming soon|coming up|new on (?:our|the) roadmap|next on (?:our|my|the) (?:list|plate|roadmap))[^:\n]{0,40}",
        r"|[^:\n]{0,40}\b(?:(?:our|my|its|main|big|biggest|next|first|q[1-4]) ){1,3}(?:bet|project|adventure)\b[^:\n]{0,40}",
        r"|[^:\n]{0,40}\bwhat (?:we|i|my team|our team)(?:'re| are| will|'ll)? (?:do|does|doing|build|builds|building|start|starting)(?: on| with)? next",
        r"|[^:\n]{0,40}\b(?:this|next) (?:quarter|month|half|year|sprint)'s (?:bet|project|undertaking|adventure)\b[^:\n]{0,40}",
        r")\s*(?:[:\]–—]|\s-\s|(?<=\])\s)\s*(?P<rest>.+)$",
    ),
    _shape(
        "a new effort, named",
        2.5,
        r"^(?![^:\n]{0,80}\b(?:update|status|progress|slides|notes|recap|thanks|question|feedback|lessons|retro|issue|problem|bug|demo|from)\b)",
        r"[^:\n]{0,80}\b(?:a|an|our|my|one) (?:new|next|upcoming|joint|big|second) (?:\w+ )?(?:project|effort|initiative|workstream|undertaking|programme|program|venture|adventure|task force)\b",
        _TAIL,
        r"\s*:\s+(?P<rest>.+)$",
    ),
    _shape(
        "on the roadmap",
        2.0,
        r"\b(?:our|my|the) (?:roadmap|plans?|okrs?)\b[^.:!?\n]{0,40} (?:includes?|contains?|foresees?) (?P<rest>.+)$",
    ),
    _shape("full time", 2.5, r"\b(?:full[- ]time|heads[- ]down) on (?P<rest>.+)$"),
    _shape(
        "new behind a colon",
        2.5,
        r"^[^:\n]{0,80}\b(?:new (?:in|on) (?:our|the) (?:roadmap|plan|backlog)|starting (?:this|next) (?:week|month|quarter|sprint|year))\b[^:\n]{0,40}:\s+",
        _FRESH,
        r"(?P<rest>.+)$",
    ),
    _shape("introduction", 2.0, r"^\W{0,4}(?:announcing|introducing|presenting|meet)\s+(?P<rest>.+)$", top_only=True),
    _shape(
        "the beginning of something",
        2.5,
        r"\b(?:(?:start|beginning|kick-?off|launch) of (?=(?:a new|our|my)\b)",
        r"|(?:our|my) (?:first|next|new) (?:project|initiative) (?:is|will be) )(?P<rest>.+)$",
    ),
    _shape("to come", 1.5, r"^[^.:!?\n]{0,60}\bthere will be ", _FRESH, r"(?P<rest>.+)$"),
    _shape(
        "next is", 1.5, r"\b(?:next|first|new)\b[^.:!?\n]{0,40}\b(?:is|will be)\s+", _FRESH, r"(?P<rest>.+)$", soft=True
    ),
    _shape(
        "a mandate",
        2.0,
        r"\b(?:go-ahead|green light|approval|approved|budget|funding|sign-off|headcount|thumbs up)\s+(?:for|on)\s+",
        _FRESH,
        r"(?P<rest>.+)$",
    ),
    _shape(
        "a mandate to make",
        2.5,
        r"\b(?:ok|okay|go-ahead|green light|approval|permission|budget|sign-off)\b(?: from \w+)? to ",
        _MAKE,
        r"(?P<rest>.+)$",
    ),
    _shape(
        "a plan to make",
        2.5,
        r"\b(?:our|my|the) (?:\w+ )?(?:focus|goal|plan|mission|aim|bet|priority|ambition)\b[^.:!?\n]{0,40} (?:is|will be) (?:on |to )?",
        _MAKE,
        r"(?P<rest>.+)$",
    ),
    _shape(
        "work begins",
        2.5,
        r"^\W{0,4}(?:work|development) (?:starts|begins|is starting|has started|has begun|will start|will begin) (?:on|for) (?P<rest>.+)$",
    ),
    _shape(
        "something begins",
        2.0,
        r"^\W{0,4}(?:[\w -]{2,24}?(?:[:,–—]|\s-)\s*)?(?P<rest>(?:(?:(?:the|our|a|joint) )?(?:work|development|design|implementation|build)",
        r"|[^.,!?:\n]{0,80}\b(?:rewrite|redesign|migration|replacement|consolidation|project|initiative|effort))\b[^.!?\n]{0,120}?)\s(?:starts|begins|kicks off|is starting|is beginning|will start|will begin|is kicking off)\b",
        r"(?! to\b)(?:\s+",
        _WHEN,
        r"[^:]{0,60})?(?:\s*:\s*(?P<more>.+))?",
    ),
    _shape(
        "something is being made",
        1.5,
        r"^\W{0,4}(?P<rest>(?:a|an|one|our own|another)\s[^.!?;\n]{3,120}?)\s(?:(?:is|are) (?:now |currently )?being|will be|is going to be) ",
        r"(?:built|created|developed|designed|put together|prototyped|set up|written|started|kicked off|spun up)\b",
    ),
    _shape(
        "something is being changed",
        1.5,
        r"^\W{0,4}(?P<rest>[^.!?;:\n]{3,120}?)\s(?:is|are|will be) (?:now |currently )?(?:(?:being|to be|going to be) )?",
        r"(?:rebuilt|rewritten|redesigned|re-?architected|re-?engineered|re-?platformed|replaced by|digiti[sz]ed|moderni[sz]ed)\b",
    ),
    _shape(
        "named behind a colon",
        1.5,
        r"^(?=[^:\n]{0,80}\b",
        _FORWARD,
        r"\b)[^:\n]{3,80}:\s+",
        _FRESH,
        r"(?P<rest>.+)$",
        soft=True,
    ),
    _shape(
        "somebody is on it",
        1.5,
        r"\b(?:on|into|for|to|with|of) ",
        _FRESH,
        r"(?P<rest>.+)$",
        soft=True,
        also=(_SOMEBODY, _AHEAD),
    ),
)

_MAKING_OF = re.compile(
    r"^(?:(?:the|our|a) )?(?:development|work|design|build|implementation|project|effort) (?:of|on|for) ", re.IGNORECASE
)
_APPOINTMENT = re.compile(
    r"^(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|moved|at \d|\d{1,2}[:.]\d\d|\d{1,2} ?(?:am|pm)|meeting|notes|slides|agenda"
    r"|let's|lets|lunch|no |say |room |in room|join |link|zoom|see |please |bring |myself|me\b|us\b|the (?:team|winner)|our new colleague)",
    re.IGNORECASE,
)
_QUOTES = re.compile('["“”]')
_DENIED = re.compile(r"\b(?:not|isn't|no|never|won't|instead of|if|whether|before|after|when)\b", re.IGNORECASE)
# A hint is not enough where the sentence asks, wishes, refuses, or tells of something finished.
_NOT_SOFT = re.compile(
    r"\b(?:not|n't|never|no|would|could|should|might|may|if|whether|when|who|which|anyone|someone|you|your|they|their|he|she|need|needs|wish|want|ask\w*|question"
    r"|looking|problem|issue|example|thanks|available|live|released?|shipped|launched|ready|done|finished|built|was|were|had|available|out|did)\b|n't\b",
    re.IGNORECASE,
)


_OPENER = re.compile(
    r"^(?P<opener>\W{0,6}(?:(?:a |our )?(?:new|next) (?:project|initiative|effort|workstream|undertaking)(?: time| alert| announcement| starting| incoming)?"
    r"|(?:project )?kick[ -]?off(?: time| alert| today| tomorrow| this week| next week| on \w+)?|project (?:start|announcement|launch))\*?)"
    r"(?:[ \t]*(?::[a-z0-9_+-]{1,40}:|[!.\n]))+\s*(?=\S)",
    re.IGNORECASE,
)


def joined(text: str) -> str:
    """The text with a colon behind a short opening such as "New project!", "Kickoff :rocket:": what follows names the work."""
    return _OPENER.sub(r"\g<opener>: ", text, count=1)


def headlines(sentence: Sentence) -> Iterator[Headline]:
    """Every shape that a sentence has, strongest first."""
    if sentence.is_question:
        return
    text = sentence.text[:MAX_LENGTH]
    plain = _NOT_SOFT.search(text) is None
    for shape in _SHAPES:
        if (shape.top_only and sentence.line > 2) or (shape.soft and not plain):
            continue
        if not all(pattern.search(text) for pattern in shape.also):
            continue
        match = shape.pattern.search(text)
        if match is None:
            continue
        found = (match.groupdict().get("more") or match.group("rest")).strip()
        rest = _MAKING_OF.sub("", found)
        before = text[: match.start("rest")]
        if _DENIED.search(before) or (len(_QUOTES.findall(before)) % 2 and _QUOTES.search(text, match.end("rest") - 1)):
            continue  # or it is somebody's words: in the old wiki: "We will begin …"
        if rest and not _APPOINTMENT.match(rest):
            undertaking = 1.0 if rest != found else 0.0
            lead = text[: match.start("rest")].strip() or text[match.end("rest") :][:40].strip()
            yield Headline(shape.name, shape.weight + undertaking, lead, rest, shape.soft)
