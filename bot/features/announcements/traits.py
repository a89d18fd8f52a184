"""Traits of a message: which kinds of things its sentences say, by classes of words. What the second opinion is formed from, besides the rules' cues.

Each class is searched once in each sentence, and only the top of a long message is read, so that it takes well under a millisecond.
"""

import re
from typing import Final

from bot.features.announcements.language import vocabulary

__all__ = ["NAMES", "traits_of"]

# Sentences and characters that are read.
_SENTENCES: Final = 24
_LONGEST: Final = 400
_TOP: Final = 4_000

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAY = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|now|this (?:morning|afternoon|week|month|sprint|quarter|summer|season|year)"
    rf"|next (?:week|month|sprint|quarter|year|mon|tue|wed|thu|fri)\w*|{_MONTHS}|\d"
)
_PERIOD = r"weeks?|months?|sprints?|years?|quarters?"

_CLASSES: dict[str, str] = {
    # What speaks for new work.
    "begins": r"\b(?:start|begin|began|begun|commenc|kick|launch|embark|initiat|undertak|tackl)\w*|\bbreak ground|\bday (?:one|1)\b|\bunderway\b|\bhere we go\b|\bcreated the repo\b|\b(?:new|empty) repo\b",
    "begins on a day": rf"\b(?:start|begin|began|begun|commenc|kick|launch)\w*(?:[ -]?off)?\W+(?:\w+\W+){{0,2}}?(?:{_DAY}|right|immediately|in (?:week|may|two|the))\b",
    "from a day on": rf"\b(?:from|as of|since|beginning|starting|effective)(?: on| the)? (?:{_DAY}|immediately|the \d|of)|\bfrom [\w ]{{2,20}} on\b|\bas of\b|\beffective immediately|\bfrom (?:now|today|tomorrow)\b",
    "a time ahead": r"\b(?:over|for|in|during|until|till) the (?:next|coming)\b|\bcoming (?:weeks|months|days|quarter|sprint)s?\b|\b(?:this|next) (?:week|month|sprint|quarter|half|season|iteration)\b|\bnext up\b|\bup next\b",
    "we or I": r"\b(?:we|we're|we'll|we've|i|i'm|i'll|i've|im)\b",
    "ours": r"\b(?:our|my|us|me|myself|ours|ourselves|mine|yours truly)\b",
    "a team": r"\b(?:team|squad|group|crew|tribe|guild|unit|department|division|office|lab|chapter|task force|working group|colleagues|folks|guys|intern|phd|students?|contractors?|engineers?)\b",
    "a mandate": r"\b(?:been|was|were|am|are|is|got|get|gets|have|has|we|i) (?:\w+ )?(?:asked|tasked|given|handed|assigned|mandated|commissioned|entrusted|chosen|appointed|moved|allocated|picked|put on)\b|\b(?:green light|go-ahead|mandate|assignment|assigned|approved|funded|funding|grant|budget|signed|the go|sponsor\w*|charter|commission\w*|entrust\w*|volunteered)\b|\bsaid yes\b",
    "a new task": r"\bnew (?:\w+ )?(?:task|topic|job|assignment|thing|mission|adventure|project|initiative|workstream|work|effort|programme|program|toy|one|piece|baby|challenge|plate|stream|undertaking|endeavou?r)\b|\b(?:on our plate|my desk|our turn|next big|big rock)\b",
    "is on it": r"\b(?:is|are|am|'m|'re|i'm|we're) (?:now |both |all )?(?:on (?:it|this|that)|at it)\b|\bfull[- ]time on\b|\blanded (?:with|on)\b|\b(?:taking|took|take|takes|taken) (?:over|on|up)\b|\bget(?:s|ting)? to work\b|\b(?:is|are) (?:now |officially )*(?:ours|mine)\b|\b(?:ours|mine) (?:now|since|from)\b|\b(?:my|our) job\b|\bon it\b|\b(?:gave|handed|landed|dropped) (?:me|us|on)\b|\bturn(?:s|ing)? to\b|\bworks? on\b|\bworking on\b|\bbus[yi]\w* with\b",
    "is being made": r"\b(?:is|are|be|gets?|being|been) (?:\w+ ){0,2}(?:built|rebuilt|made|replaced|introduced|started|digiti[sz]ed|written|rewritten|migrated|moved|created|developed|re-?\w+ed|set up)\b",
    "a lead": r"\b(?:lead|leads|leading|leader|led by|owner|owns|owning|dri|driver|driving|contact|pi|coordinat\w+|in charge|responsib\w+|supervis\w+|architect)\b",
    "more than one person": r"\bcolleague\b|\b(?:and|with|&|\+) (?:i|me|myself)\b|\bjoins?\b|\btogether\b|\bmyself\b|\bfull[- ]time\b|\bassisted\b|\b(?:two|three|four|five|both) of us\b",
    "names somebody": r"(?:\b(?:and|with|by|to|&|,) [A-Z][a-zà-ž]{2,}|(?:^|[.!?:,] )[A-Z][a-zà-ž]{2,} (?:is|leads|will|has|starts|begins|joins|does|and|takes|helps|supports)\b)",
    "and or with": r"\b(?:and|with)\b",
    "to come": r"\b(?:will|gonna|going to|about to|is to|are to|i'm to|plan(?:s|ned|ning)? to|shall|set out)\b|'ll\b",
    "making": r"\b(?:build|creat|develop|construct|design|writ|implement|prototyp|draft|mak|set(?:ting)? up|stand(?:ing)? up|put(?:ting)? together|pull(?:ing)? together|draw(?:ing)? up|introduc|establish|deliver|train|explor|evaluat|investigat|research|pilot|trial|assess|stud(?:y|ies|ying)|try(?:ing)?|test(?:ing)? out|model)\w*",
    "changing": r"\b(?:replac|rewrit|rewrot|re-?build|re-?engineer|re-?platform|migrat|mov|consolidat|unif|standardi|centrali|merg|port|refactor|re-?design|overhaul|retir|sunset|moderni|switch|convert|automat|re-?work|re-?vamp|transition|decommission|rip|ditch|digiti|translat|swap|clean)\w*",
    "new": r"\b(?:new|own|from scratch|in-house|first|brand|greenfield|from zero|clean sheet|empty|nothing exists)\b",
    "a first step": r"\bfirst (?:step|task|thing|version|results?|milestone|cut|session|sprint|drafts?|lines?|beta|alpha|commit|prototype|baseline|wave|one|\w+ (?:goes|go|come))\b|\b(?:phase|wave|step|sprint) (?:0|1|one)\b|\b(?:v0|mvp|poc|pilot|prototype|proof of concept|baseline|skeleton|repo|kick-?off|beta|alpha|spec|discovery|requirements|spike|design (?:doc|session))\b",
    "how long": rf"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve|couple of|few|half) ?(?:-|–)?\d* ?(?:{_PERIOD})\b|\b(?:until|till|by|before|through)(?: the)?(?: end of)? (?:christmas|easter|summer|autumn|spring|winter|year|mid|q\d|{_MONTHS}|end)\b",
    "why": r"\b(?:so that|so we|so nobody|instead of|replac\w+|goal|aim|reason|because|since|in order to|stop|tired)\b",
    "asks others in": r"\b(?:ping|shout|dm|@ me|talk to|tell me|let me know|welcome|opinions|feedback|if (?:you|u|your|anyone|someone|somebody)|interested|volunteers|takers|scars|questions)\b",
    "a labelled line": r"^\W*(?:who|what|why|when|team|goal|start|starts|begin|begins|lead|owner|scope|until|members|stack|sponsor|timeline)\W*:",
    # What speaks against it.
    "done": r"\b(?:done|finish\w*|complet\w*|live|releas\w*|shipped|deploy\w*|merged|closed|over|wrap\w*|went|passed|accepted|published|fixed|resolved|succeeded|now available|rolled out|in production|switched off|retired|is up|in use|went well|since (?:19|20)\d\d|ago)\b",
    "denied": r"\b(?:not|no|never|nobody|none|nothing|cancel\w*|postpon\w*|put off|refus\w*|reject\w*|off the table|on ice|shelved|turned down|dropped|dead|stopped|paused|hold|cannot|without|unfortunately)\b|n't\b",
    "only thought of": r"\b(?:would|could|should|if|might|maybe|perhaps|unless|wish|dream|imagine|ideally|ought|whether|once|some ?day|one day|at some point|proposal|proposed|idea|hope)\b|'d\b",
    "asks": r"\?|\b(?:anyone|anybody|somebody|someone|who|how do|can you|could you|does|is there)\b",
    "reminds": r"\b(?:reminder|remember|don't forget|please|deadline|register|sign up|submit|fill in|vote|rsvp|invite|agenda|slides|meeting|stand-?up|1:1|room)\b",
    "people": r"\b(?:welcome|hiring|congrat\w*|promot\w*|birthday|last day|farewell|thank\w*|kudos|shout-?out|proud|award|joined|vacanc\w*|job ad|head of)\b",
    "hours and minutes": r"\b\d+ ?(?:min|mins|minutes|hours?|h|am|pm)\b|\b\d{1,2}:\d\d\b|\b(?:tonight|hour|minutes|afternoon|lunch|weekend|saturday|sunday)\b",
    "running a system": r"\b(?:incident|outage|down|fail\w*|error\w*|broken|broke|crash\w*|latency|rollback|rolled back|alert\w*|restart\w*|red|bug|hotfix|lag|disk|timeout|prod|staging|ci|pr|mr|review|upgrade|nightly|backfill)\b",
    "the past": r"\b(?:was|were|had|did|used to|last (?:year|month|week|quarter|night|autumn|spring|summer|winter))\b",
    "somebody else": r"\b(?:they|their|he|she|google|openai|netflix|databricks|microsoft|amazon|aws|meta|spotify|uber|nvidia|vendor|vendor's|supplier|competitor|startup|paper|blog|article|talk|conference|press|news|rumou?r|heard|apparently|says|announced|according)\b",
    "they make": r"\b(?:they|they're|they'll|vendor|supplier|competitor|startup|google|openai|netflix|databricks|microsoft|amazon|aws|meta|spotify|uber|nvidia)\b(?:\W+\w+){0,3}?\W+(?:start|begin|began|build|built|plan|develop|launch|introduc|releas|want|creat|replac|offer|bring|roll)\w*",
    "leisure": r"\b(?:lol|haha|joke|coffee|pizza|cake|lunch|beer|party|game|football|ski|cat|cats|dog|garden|home|weekend|wife|husband|daughter|son|kids|canteen|kitchen|office|fun|drinks|dinner|trip)\b",
    "a report": r"\b(?:status|weekly|monthly|daily|update|progress|recap|summary|still|again|as usual|every|on track)\b|\d ?%",
    "a link": r"https?://",
    "quoted": r"[\"“]",
}
_NAMES_SOMEBODY: Final = "names somebody"
# Of lower-case text, which is searched faster than without regard to case; only names need their capital letters.
_PATTERNS: Final = {name: re.compile(pattern) for name, pattern in _CLASSES.items() if name != _NAMES_SOMEBODY}
_PROPER: Final = re.compile(_CLASSES[_NAMES_SOMEBODY])

_ACTS: Final = frozenset(("making", "changing"))
_SUBJECTS: Final = frozenset(("we or I", "ours", "a team"))
_AGAINST: Final = frozenset(("denied", "only thought of", "done", "asks", "running a system", "the past", "they make"))
_FOR: Final = frozenset(
    (
        *("begins", "begins on a day", "from a day on", "a time ahead", "a mandate", "a new task", "is on it"),
        *("a lead", "more than one person", "to come", "a first step", "how long", "a labelled line"),
    )
)
# Said together in one sentence; with "plainly", in one where nothing speaks against it.
_TOGETHER: Final[tuple[tuple[frozenset[str], ...], ...]] = (
    (frozenset(("begins",)), _ACTS),
    (frozenset(("begins",)), _SUBJECTS),
    (frozenset(("from a day on",)), _SUBJECTS),
    (frozenset(("from a day on", "a time ahead")), _ACTS),
    (frozenset(("to come",)), _ACTS, _SUBJECTS),
    (frozenset(("a mandate", "is on it")), _SUBJECTS),
    (frozenset(("begins on a day",)),),
    (frozenset(("from a day on",)),),
    (frozenset(("a new task",)),),
    (frozenset(("is on it",)),),
)
_PAIRS: Final = tuple(" + ".join(" or ".join(sorted(part)) for part in parts) for parts in _TOGETHER)
_REST: Final = (
    "sentences against",
    "first against",
    "length",
    "words",
    "kinds for",
    "best balance",
    "ends in a question",
    "lines",
    "field",
    "home and office",
    "a system",
)
NAMES: Final = (
    *_CLASSES,
    *(f"share: {name}" for name in _CLASSES),
    *_PAIRS,
    *(f"plainly: {name}" for name in _PAIRS),
    *_REST,
)
"""What the numbers of `traits_of` stand for."""

# Seven words and more in quotation marks are somebody else's, or an example.
_QUOTED: Final = re.compile(r"[\"“][^\"“”\s]+(?:[ \t]+[^\"“”\s]+){6,60}[\"”]")
_CUT: Final = re.compile(r"(?<=[.!?])\s+|\n")
_LETTERS: Final = re.compile(r"[a-z][a-z-]*")


def traits_of(own: str) -> list[float]:
    """The traits of a message's own words (plain text), one number per name in `NAMES`; each about between 0 and 1."""
    top = _QUOTED.sub(" ", own[:_TOP])
    said = [piece[:_LONGEST] for piece in _CUT.split(top) if piece.strip()][:_SENTENCES]
    found = [_kinds(sentence) for sentence in said]
    count = max(1, len(said))
    held = [sum(name in kinds for kinds in found) for name in _CLASSES]
    plain = [kinds for kinds in found if not kinds & _AGAINST]
    words = set(_LETTERS.findall(top.lower()))
    return [
        *(float(each > 0) for each in held),
        *(each / count for each in held),
        *(_any(found, parts) for parts in _TOGETHER),
        *(_any(plain, parts) for parts in _TOGETHER),
        (len(found) - len(plain)) / count,
        float(bool(found and found[0] & _AGAINST)),
        min(count, 12) / 6,
        min(len(top.split()), 200) / 60,
        len(_FOR.intersection(*[frozenset().union(*found)])) / 6 if found else 0.0,
        max((len(kinds & _FOR) - len(kinds & _AGAINST) for kinds in found), default=0) / 4,
        float(top.rstrip().endswith("?")),
        float(top.count("\n") > 1),
        min(len(vocabulary.DOMAIN.findall(top)), 6) / 3,
        float(bool(words & vocabulary.OUTSIDE)),
        float(bool(words & vocabulary.WORKS)),
    ]


def _kinds(sentence: str) -> set[str]:
    low = sentence.lower()
    kinds = {name for name, pattern in _PATTERNS.items() if pattern.search(low)}
    return kinds | {_NAMES_SOMEBODY} if _PROPER.search(sentence) else kinds


def _any(found: list[set[str]], parts: tuple[frozenset[str], ...]) -> float:
    return float(any(all(kinds & part for part in parts) for kinds in found))
