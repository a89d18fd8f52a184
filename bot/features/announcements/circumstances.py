"""The cues around a claim: what a message says for an announcement, and what speaks against it.

Each pattern is searched once in a bounded piece of text, so that a long message costs linear time.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.features.announcements.cues import MAX_SENTENCE, Cue
from bot.features.announcements.language.sentences import Sentence

__all__ = ["of_message", "of_sentence", "topics_of"]

_SENTENCES = 10


@dataclass(frozen=True, slots=True)
class _Pattern:
    name: str
    weight: float
    pattern: re.Pattern[str]


def _pattern(name: str, weight: float, *alternatives: str) -> _Pattern:
    return _Pattern(name, weight, re.compile("|".join(alternatives), re.IGNORECASE))


# Read anywhere near the top: what announcements say around their claim.
_FOR = (
    _pattern(
        "purpose",
        0.5,
        r"\b(?:so that|so (?:nobody|no one|people|we|teams|everyone|every)|instead of|in place of|because|since|in order to)\b",
        r"\b(?:to (?:stop|avoid|cut|reduce|replace|help|make)|for (?:all|every|everyone|any)|shared|common|central|unified|goal|aim)\b",
    ),
    _pattern(
        "time frame",
        0.5,
        r"\b(?:this|next|coming|over the next(?: few| two| three)?)\s+(?:quarters?|sprints?|months?|weeks?|half|year|cycle)\b|\b[qh][1-4]\b",
        r"\b(?:from (?:monday|today|next)|as of (?:today|now|monday|this week)|milestones?|by (?:the )?end of|early days|starting (?:today|tomorrow|monday|next))\b",
        r"\b(?:by|in|from|until|before|since) (?:january|february|march|april|may|june|july|august|september|october|november|december|summer|spring|autumn)\b",
    ),
    _pattern(
        "it begins",
        1.0,
        r"\b(?:work|we|it|development|build|building|coding|project|implementation) (?:(?:will|is|are) )?(?:start|begin|kick)(?:s|ing)?(?: off)?(?: (?:work|development|building|the build|coding))? (?:on|in|next|this|from|straight|right|with|today|tomorrow|monday|tuesday|wednesday|thursday|friday)\b",
        r"\b(?:starts|begins|kicks off) (?:on|in|next|this|from|right|today|tomorrow|monday|tuesday|wednesday|thursday|friday)\b",
        r"\b(?:kick-?off|start)(?: is)?:? (?:the \d|on|tomorrow|today|next|this|in [a-z]|monday|tuesday|wednesday|thursday|friday|\d)",
        r"\bfirst (?:version|users?|prototype|model|milestone|outcome|cut|pilot|results?)\b|\bpilot (?:in|with)\b|\bproof of concept\b",
    ),
    _pattern(
        "people and time for it",
        0.5,
        r"\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve|\d+) (?:engineers|people|ppl|of us|weeks|months|sprints|quarters)\b",
    ),
    _pattern(
        "invites others",
        0.5,
        r"\b(?:feedback|comments|thoughts|input|requirements|interested|ping me|reach out|talk to (?:me|us)|tell (?:me|us)|let (?:me|us) know|write me)\b",
        r"\b(?:happy to hear|want in|join us|collaborat\w+|contributors?|if you (?:have|are|know|already|did)|if (?:someone|something|anyone|anybody|any other))\b",
    ),
    _pattern(
        "a plan behind it",
        0.5,
        r"\b(?:design (?:doc|review)|rfc|proposal|scope doc|one-pager|charter|project page|repo|draft|kick-?off|green ?light|approved|headcount)\b",
        r"\b(?:owner|dri|leads?|led by|initiative|project|workstream|roadmap|prototype|v0)\b",
    ),
)

# Read in the sentence of the claim and in the opening sentence, which says what the message is.
_TOPICS = (
    _pattern(
        "congratulations or thanks",
        -2.5,
        r"\b(?:congrat\w*|kudos|well done|great (?:job|work|talk)|thanks (?:for|to|everyone)|thank you for|shout-?out|props to)\b",
    ),
    _pattern(
        "people, not work",
        -5.0,
        r"\b(?:my first (?:day|week)|new (?:intern|teammate|colleague|member|engineer|scientist|pm|manager|director|designer|joiner|hire|starter)|hiring)\b",
        r"\bnew (?:\w+ ){0,2}(?:manager|lead|director|head|colleague|hire)\b(?! to\b)|\binternships?\b|\bapplications? open\b|^\W*welcome\b",
        r"\b(?:we're looking for an?|open positions?|referrals?|please welcome|welcome (?:to|our|aboard)|joins? (?:us|the team)|joined|joining (?:us|the|as))\b",
        r"\bjob (?:opening|ad|posting)s?\b|\bapply (?:by|now|here|until)\b|\bpersonal news\b|\bstart(?:s|ing) (?:on|in|at|with) the (?:\w+ ){0,3}team\b|\bnew baby\b|\bsabbatical\b",
        r"\b(?:starting on monday as|vacation|pto|out of office|ooo|day off|parental leave)\b",
    ),
    _pattern(
        "a report",
        -2.5,
        r"^\W*(?:(?:weekly|daily|monthly|sprint|status|project|our|the) ){0,2}(?:q[1-4] )?(?:status|agenda|stand-up|yesterday:|today:|done:|update|summary|progress|recap|standup|retro(?:spective)?|meeting notes|minutes|notes|post-?(?:mortem|incident)\b.*|release notes|changelog)\b(?! to our| on our)",
        r"\b(?:on track|\d+ ?% (?:done|complete)|still (?:working|building|debugging))\b",
    ),
    _pattern(
        "a reminder",
        -2.0,
        r"\b(?:reminder|don't forget|psa|last call|save the date|rsvp|calendar invite|friendly ping)\b",
    ),
    _pattern(
        "somebody else's news",
        -3.5,
        r"\b(?:according to|the press|reportedly|rumou?r|article\b(?! \w+s\b)|blog ?post|paper|newsletter|podcast\b(?! \w+s\b)|in the news|see their|their blog|press release|on (?:twitter|linkedin|reddit))\b",
        r"\b(?:techcrunch|hacker ?news|(?:our|the|a) competitors?\b(?! (?:sites?|prices?|pricing))|competitor's|fwd|forwarded|vendor (?:update|news)|they (?:offer|offered|announced|said|say)|book recommendation|(?:wrote|writes|posted) (?:in|on|about)\b|interesting (?:thread|post|read|talk)|nice (?:talk|read|post))\b",
    ),
    _pattern(
        "in their own time",
        -4.0,
        r"\bin my (?:free|spare) time\b|\bside hustle\b|\bin the evenings\b",
        r"\bmy (?:\w+ )?(?:son|daughter|wife|husband|kids?|brother|sister|girlfriend|boyfriend|cats?|dogs?)\b|\bmy thesis\b",
        r"\b(?:home|weekend|hobby|pet|spare-time) (?:project|thing|build|hack)\b|\b(?:this|over the) weekend i\b|\braspberry pi\b",
    ),
    _pattern(
        "routine",
        -2.0,
        r"\bon-?call rota\b|\b(?:hand-?over|note to self|maintenance)\b(?=[^.!?\n]{0,12}:)|\bmaintenance window\b|\bbudget (?:planning|round)\b|^\W*audit of\b",
    ),
    _pattern("of the building", -2.0, r"\bnew (?:office|building|floor|canteen|kitchen)\b|\boffice (?:move|party)\b"),
    _pattern(
        "in jest",
        -2.0,
        r"\b(?:lol|haha|lmao|rofl|just kidding|jk|joking|imagine|sarcasm|time machine|skynet|world domination|for fun)\b",
    ),
    _pattern(
        "teaching",
        -2.5,
        r"\b(?:(?:free|online|training|video|new) courses?|course:|tutorial|webinar|workshop series|workshop on|bootcamp|talk (?:on|about|by)|on stage|lecture|reading (?:group|list)|(?:book|paper) club|guild meeting|sign up here|talk:|how to)\b",
    ),
    _pattern(
        "a story or a commit",
        -4.0,
        r"\bas an? [\w ]{2,30},? i want\b",
        r"\b(?:acceptance|todo|wip|fix|chore|feat)\s*(?:\([^)\n]{1,20}\))?:",
    ),
    _pattern(
        "an incident",
        -2.0,
        r"^\W*(?:post-)?(?:incident|outage|sev-?\d)\b",
        r"\b(?:pager|rolling back|root cause of|is down|failing|broken on|failed (?:run|job|deploy\w*)|ignore (?:the |any )?alerts?)\b",
    ),
)

# Read in the sentence of the claim only.
_AGAINST = (
    _pattern(
        "a small time frame",
        -1.5,
        r"\b(?:in \d+ ?(?:min(?:ute)?s?|h(?:ou)?rs?|m|h)|in (?:a|an|half an|a few) (?:minutes?|hours?)|back in (?:an|a|\d)|eta \d|at \d{1,2}(?::\d\d)?\s*(?:am|pm|utc|cet|pst|ist)?\b)",
        r"\b(?:tonight|this (?:morning|afternoon|evening|weekend)|(?:on|this|over) (?:saturday|sunday|the weekend)|may be incomplete|right now|after lunch|expect (?:lag|downtime|noise))\b",
    ),
    _pattern(
        "it is over",
        -4.0,
        r"\b(?:done with|wrapped up|scrapped|died|dropped the idea|put on hold|on hold|said no|budget was cut|regretted|went (?:well|great|fine|smoothly|live))\b",
        r"\b(?:declined|turned down|called off|shelved)\b|\b(?:proposal|plan|idea|request)\b[^.!?\n]{0,80}\b(?:rejected|refused|postponed|put off)\b",
        # Not where it belongs to the work: "a chatbot for cancelled flights", "which carts get abandoned".
        r"(?:^\W*|\b(?:is|was|were|been|has|have|had|we|i|they|got|project|effort|initiative|just|finally) (?:\w+ )?)(?:finished|completed|cancel+ed|abandoned|rejected|parked)\b",
    ),
    _pattern("once more", -1.5, r"\bagain\b|\bonce more\b|\bre-?run\b"),
    _pattern("a deployment", -2.0, r"\b(?:to|at) \d+ ?%|\bto prod(?:uction)?\b|\bhotfix\b|\bv\d+(?:\.\d+)+\b"),
    _pattern(
        "long ago",
        -3.0,
        r"\b(?:(?<!the )last (?:year|month|quarter|summer|spring|winter|autumn|fall)|years? ago|months ago|(?:back )?in (?:q[1-4] |\w+ )?20[01]\d|(?:mail|message|post|wiki|slide|memo)s? (?:is )?from 20\d\d|used to|for (?:a|\d+|two|three) (?:years?|months) now|(?:we|i) once|once upon|one time|in high school)\b",
    ),
    _pattern(
        "hedged",
        -4.0,
        r"\b(?:maybe|perhaps|might|probably)\b(?![^()\n]{0,60}\))|\b(?:one day|some ?day|at some point|eventually|if only|would be (?:great|nice|cool)|wish|not sure (?:if|whether)|(?:considering|thinking about) whether)\b",
    ),
    _pattern(
        "a request",
        -2.0,
        r"\b(?:can (?:someone|anyone|you|we|somebody)|could (?:someone|anyone|you)|please (?:review|look|check|don't|approve|merge|start)|would you|need help|help me)\b",
    ),
)


def of_message(own: str) -> Iterator[Cue]:
    """What the whole message says for an announcement; each cue counts once."""
    top = own[:2_000]
    yield from _found(_FOR, top)
    if len(top.split()) < 5:
        yield Cue("very short", -0.5)


def of_sentence(sentence: Sentence, opening: Sentence) -> Iterator[Cue]:
    """What the sentence of the claim, and the one that opens the message, say against it."""
    said = sentence.text[:MAX_SENTENCE]
    yield from _found(_TOPICS, said if sentence is opening else f"{opening.text[:MAX_SENTENCE]}\n{said}")
    yield from _found(_AGAINST, said)


def topics_of(said: Sequence[Sentence]) -> Iterator[str]:
    """The names of what any of the first sentences speaks of that is no work of ours, or no beginning."""
    top = "\n".join(sentence.text[:MAX_SENTENCE] for sentence in said[:_SENTENCES])
    for cue in _found(_TOPICS, top):
        yield cue.name


def _found(patterns: tuple[_Pattern, ...], text: str) -> Iterator[Cue]:
    for each in patterns:
        match = each.pattern.search(text)
        if match is not None:
            yield Cue(each.name, each.weight, match.group().strip())
