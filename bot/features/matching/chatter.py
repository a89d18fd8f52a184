"""Takes out of an announcement what says nothing about the work: greetings, mentions, meetings, thanks, signatures, Slack's markup.

Markup, forms, greetings and farewells are told by rules; what is left is cut into pieces, and those stay of which the words speak of work
(`pieces.py`, `smalltalk.py`). Nothing is embedded, and a text never becomes empty.
"""

from __future__ import annotations

import html
import re
from typing import Final

from bot.features.matching import pieces, smalltalk, words
from bot.features.matching.pieces import Joint, Piece

_CODE: Final = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
# Paths, assignments, commands and file names say how to run something.
_INLINE_COMMAND: Final = re.compile(r"`[^`\n]*(?:[/=$]|--|\.\w{1,4}\b)[^`\n]*`")
_INLINE_CODE: Final = re.compile(r"`([^`\n]+)`")
# A template's heading stands alone on its line, in bold.
_HEADING: Final = re.compile(r"^[ \t]*\*([^*\n]{2,60}?)[:?]?\*[:?]?[ \t]*$", re.MULTILINE)
_LABEL: Final = re.compile(r"^[ \t]*([A-Z][^:\n]{1,60}?)\s*[:?][ \t]+(\S.*)$", re.MULTILINE)
_QUOTE: Final = re.compile(r"^[ \t]*(?:&gt;|>).*$", re.MULTILINE)
_QUOTED: Final = re.compile(r"^[ \t]*(?:(?:&gt;|>)\s*)+", re.MULTILINE)
_MENTION: Final = re.compile(
    r"<(?:@[UWB][A-Z0-9]+|!subteam\^[A-Z0-9]+)(?:\|[^>]*)?>|<!(?:here|channel|everyone)(?:\|[^>]*)?>"
)
_CHANNEL: Final = re.compile(r"<#[CG][A-Z0-9]+(?:\|[^>]*)?>")
_DATE: Final = re.compile(r"<!date\^[^>|]*(?:\|[^>]*)?>")
_LABELLED_LINK: Final = re.compile(r"<(?:https?://|mailto:|slack:)[^>|]*\|([^>]*)>")
_LINK: Final = re.compile(
    r"<(?:https?://|mailto:|slack:|tel:)[^>]*>|https?://\S+|\b[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,200}\b"
)
_PLAIN_MENTION: Final = re.compile(r"(?<![\w/])[@#][A-Za-z][\w.-]*")
_EMOJI: Final = re.compile(r":[a-z0-9_+'-]*[a-z][a-z0-9_+'-]*:(?::skin-tone-\d:)?", re.IGNORECASE)
# Two signs in a row, or one before a capital letter, stand where a stop would.
_EMOJI_STOP: Final = re.compile(
    r"(?<=[\w)!?.]) *(?::[a-z0-9_+'-]+: *(?::[a-z0-9_+'-]+: *)+|:[a-z0-9_+'-]*[a-z][a-z0-9_+'-]*: +(?=[A-Z]|(?:\S+ +){3}))"
)
_ASIDE: Final = re.compile(r"\(([^()\n]{3,200})\)")
_INTRODUCED: Final = re.compile(r"^([^:\n]{1,240}):\s+(?=\S)")
_PICTOGRAPH: Final = re.compile("[\u2190-\u21ff\u2600-\u27bf\u2b00-\u2bff\ufe0f\u200d\U0001f000-\U0001faff]+")
_EMPHASIS: Final = re.compile(r"(?<![\w*_~])([*_~]{1,2})(?=\S)(.{1,200}?)(?<=\S)\1(?![\w*_~])")
_ROW: Final = re.compile(r"^[ \t]*\|.*\|[ \t]*$", re.MULTILINE)
_BULLET: Final = re.compile(r"^[ \t]*(?:[-*•◦▪–—]|\d{1,2}[.)])\s+", re.MULTILINE)

# "Team: Search ML" names people, "Summary: ..." names the work: the first goes with its content, the second loses its label.
_PEOPLE_FIELD: Final = re.compile(
    r"^[ \t]*(?:team|owners?|leads?|dri|contacts?|authors?|squad|reviewers?|stakeholders?|sponsors?|slack(?: channel)?|channel|status|priority"
    r"|eta|due(?: date)?|dates?|start(?: date| ?ed on)?|started|end(?: date)?|deadline|timeline|target(?: date)?|quarter|link|links|docs?|doc link|jira|ticket|cc|when|where|who)"
    r"(?:[ \t]*[:=](?:[ \t]+|$)|[ \t]+[–—-][ \t]+)(?P<said>.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_CONTENT_FIELD: Final = re.compile(
    r"^[ \t]*(?:\[?(?:new )?(?:initiative|project|proposal|announcement|effort|workstream|rfc|fyi|psa|heads[- ]up)|new\]?|title|name|project name|summary|description|what|what we are doing|why|goal|goals|scope"
    r"|overview|problem|motivation|context|abstract|details|about|capabilit(?:y|ies)|system|q|a)(?:\s*[:=\]]\s*|\s+[–—-]\s+)",
    re.IGNORECASE | re.MULTILINE,
)

_SENTENCE: Final = re.compile(
    r"(?<=[a-z]{3}[.!?])\s+|(?<=[a-z]{2}[!?])\s+|(?<=[.!?])[\"')\]]?\s+(?=[A-Z0-9\"'(\[*_:<@#]|\S{0,2}$)|\n+"
)

_GREETING: Final = re.compile(
    r"^\W*(?:(?:hi|hey|hello|hiya|howdy|yo|moin|hallo|servus|hola|bonjour|salut|ciao|greetings|dear|good (?:morning|afternoon|evening|day)|morning(?=\W*$|\s*[!,.:;–—-]|\s+(?:all|team|folks|everyone|everybody|friends|people|guys|crew)\b)|happy (?:monday|tuesday|wednesday|thursday|friday))"
    r"(?:[ ,]+(?:@?here|zusammen|all|team|teams|folks|everyone|everybody|friends|there|y'?all|people|channel|again|guys|crew|ppl|colleagues)\b){0,4}(?![\w-])\s*[!,.:;–—-]*\s*)+",
    re.IGNORECASE,
)
# Openings that announce the announcement; what follows is the content.
_OPENING: Final = re.compile(
    r"^\W*(?:(?:just |a |an |some ){0,2}(?:quick|small|short|little|brief)? ?(?:heads[- ]up|fyi|psa)\b(?: (?:that|from (?:our|my) \w+|from \w+))?\s*[:,;.!–—-]*\s*)"
    r"|^\W*(?:(?:just |a |an |some ){0,2}(?:quick|small|short|little|brief)? ?(?:update|note|announcement|reminder|shout[- ]?out)\b(?: that\b| from (?:our |my )?\w+|(?=\s*[:,;.!–—-]|$))\s*[:,;.!–—-]*\s*)"
    r"|^\W*(?:(?:super |very |so |really )?(?:excited|happy|thrilled|pleased|proud|glad|delighted|stoked|pumped) to (?:share|announce|say|report|let you (?:all )?know|introduce)"
    r"(?: with (?:you|everyone)(?: all)?)?(?: that)?\s*[:,–—-]*\s*)"
    r"|^\W*(?:(?:i|we)(?:'d| would| wanted| want|'m| am|'re| are)?(?: just)?(?: like)?(?: (?:super |very |so |really )?(?:excited|happy|thrilled|pleased|proud|glad|delighted|stoked))? to (?:share|announce|say|let (?:you|everyone|everybody|folks)(?: all)? know|introduce)"
    r"(?: with (?:you|everyone)(?: all)?)?(?: that)?\s*[:,–—-]*\s*)"
    r"|^\W*(?:as (?:some|many|most) of you (?:may |might )?(?:already )?know\s*[:,–—-]*\s*)"
    r"|^\W*(?:tl;?dr\b\s*[:,;.–—-]*\s*)"
    r"|^\W*(?:(?:big|great|good|exciting|fun) news\s*[:,.!–—-]*\s*)",
    re.IGNORECASE,
)
# "We're kicking off", "Starting work on", "New initiative:" say that something begins, which every announcement does.
_BEGINNING: Final = re.compile(
    r"^\W*(?:(?:so|and|now|today|this week|this quarter|finally|officially|also|next)[ ,]+)*"
    r"(?:(?:super |very |so |really )?(?:excited|happy|thrilled|pleased|proud|glad|delighted|stoked) to (?:be )?)?"
    r"(?:(?:i|we|our team|the team|my team|us)(?:['’](?:ve|re|m|ll|d))?\s+(?:(?:have|are|am|will|is|want|plan|decided|hope|all|also|now|just|finally|officially|soon|currently|recently|be|been|going|planning|looking|about|hoping|to)\s+)*"
    r"(?:kick(?:ing|ed)?[- ]?off|start(?:ing|ed|s)?(?: up| out| off)?|begin(?:ning|s)?|began|launch(?:ing|ed)?|embark(?:ing|ed)? on|set(?:ting)? out to|get(?:ting)? going (?:on|with)|work(?:ing)? on|stand(?:ing)? up|spin(?:ning)? up|roll(?:ing)? out"
    r"|build(?:ing)?(?: out)?|creat(?:e|ing)|develop(?:ing)?|mak(?:e|ing)|set(?:ting)? up|put(?:ting)? together|introduc(?:e|ing)|propos(?:e|ing))"
    r"|kicking[- ]?off|starting(?: up| out| off)?|beginning|launching|embarking on|getting going (?:on|with)|working on|standing up|spinning up|rolling out|building(?: out)?|creating|developing|setting up|putting together|introducing|proposing)\b"
    r"(?:\s+(?:now|today|soon|this (?:week|month|quarter|sprint)|next (?:week|month|quarter|sprint)))?"
    r"(?:\s+(?:work(?:ing)? (?:on|towards?)|the work on|to work on|to|with|on|off|up|doing))?"
    r"(?:\s+(?:build(?:ing)?(?: out)?|creat(?:e|ing)|develop(?:ing)?|set(?:ting)? up|implement(?:ing)?|put(?:ting)? together|mak(?:e|ing)))?"
    r"(?:\s+(?:a|an|our|the)(?: new| small| big)? (?:project|initiative|effort|workstream|programme|program|piece of work) (?:to|on|for|around|about|that|which|where|called)(?: build| create| develop)?)?\s+(?=\w)",
    re.IGNORECASE,
)
_DAY: Final = (
    r"(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?s?\b|tomorrow\b|today\b|tonight\b|next week\b|this week\b|end of (?:the )?(?:week|month|quarter|day)\b|eo[dwm]\b|\d{1,2}(?::\d\d)? ?[ap]m\b|\d{1,2}:\d\d\b"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]* \d{1,2}\b|\d{1,2}(?:st|nd|rd|th)\b|q[1-4]\b"
)
# A whole sentence is left out when it is about reaching people, meeting, thanking or waiting, and says it in these words.
_LOGISTICS: Final = re.compile(
    r"\b(?:reach(?:ing)? out (?:to|if)|ping (?:me|us|@|<@)|(?:dm|message|slack|contact|email|e-mail) (?:(?:me|us|him|her|them)\b|@)|drop (?:me|us|a) (?:a )?(?:line|note|message|comment|thread)"
    r"|(?:happy|glad|keen|love|free|available) to (?:chat|talk|discuss|answer|hear|help|connect|jump on|hop on|walk (?:you|anyone)|sync|demo|pair)"
    r"|(?:if (?:you )?(?:have )?|with |have )(?:any )?(?:questions?|feedback|thoughts|concerns|ideas|comments)|any (?:questions?|feedback|thoughts|concerns|comments)\W*$|questions?(?:,| and| or)? (?:feedback|comments|thoughts|welcome)|feedback (?:is )?(?:very |always |most )?welcome|thoughts\?|let (?:me|us) know|would love (?:your|to hear|any|some|feedback)"
    r"|(?<![^,;.!(–—-] )(?<![^\W])(?:(?:many|big|huge|special) )?(?:thanks|thank you|thx|ty|cheers|kudos|shout[- ]?out)\b|stay tuned|more (?:details|info|information|news|updates?|soon|to come)(?: (?:to follow|soon|coming|later|to come|below|in))?|watch this space|details (?:below|in thread|to follow|here)|see (?:the )?thread|in (?:the )?thread\b|:thread:"
    r"|(?:join|subscribe to|follow) (?:us\b|#|<#|our channel|the channel)|(?:office hours|calendar invite|invite (?:to follow|sent|coming)|zoom link|google meet|grab (?:a )?(?:coffee|time|15)|book (?:a |some )?time|find (?:a |some )?time|put (?:something|time) on)"
    r"|(?:say|shout|speak up|raise your hand|give (?:me|us) a shout|chime in|poke (?:me|us)|come (?:find|talk|say)|talk to (?:me|us)|find (?:me|us))\b.{0,40}\b(?:if|hi|hello|here|interested|want)\b|who(?:'s| is)? (?:interested|in\?)|interested\?|wish us luck|let'?s (?:go|do this|sync|chat|talk|discuss)\b|feel free|don'?t hesitate|please (?:share|shout|comment|react|add yourself|rsvp|read|review|take a look)"
    r"|(?:tell|send|give) (?:me|us) (?:if|your|a)|(?:what|how) do you think|cc:?\s|tl;?dr$)",
    re.IGNORECASE,
)
_TRAILING_DAY: Final = re.compile(
    rf"(?:[\s,(]+(?:(?:on|next|this|at|from|by|in|starting|beginning|kicking off|coming|early|late|mid|the week of)\s+)*(?:{_DAY})[)\s]*)+\W*$",
    re.IGNORECASE,
)
_MEETING: Final = re.compile(
    rf"\b(?:kick(?:ing)?[- ]?off|kickoff|meeting|sync|call|demo|standup|stand-up|office hours|starts?|starting|begins?|session|workshop|review|huddle|presentation|town hall|all[- ]hands|planning|eta|due|target(?:ing)?|launch(?:ing)?|see you|check[- ]?in)\b.{{0,60}}(?:{_DAY})",
    re.IGNORECASE,
)
# What led to a piece that is left out: "a model hub, kicking off | next Monday".
_DANGLING: Final = re.compile(
    r"(?:[\s,;(–—-]+(?:kick(?:ing|s)?[- ]?off|start(?:ing|s)?|beginning|launching|when|while|with|and|or|but|so|for|on|at|by|in|from|the|an?|to|of|as|if|that|which|because))+[\s,;:(–—-]*$",
    re.IGNORECASE,
)
_FAREWELL: Final = re.compile(
    r"\W*(?:cheers|best(?: regards| wishes)?|(?:kind |warm )?regards|sincerely|yours|thanks(?: (?:all|everyone|again|so much|a lot))?|thank you(?: all)?"
    r"|thx|ty|br|(?:viele|liebe|beste) grüße|mit freundlichen grüßen|grüße|gruß|saludos|cordialement|cumprimentos)(?:\W+(?:aus|from|desde|de) \w+)?(?:\W+\w+)?\W*",
    re.IGNORECASE,
)
_LONGEST_SIGNATURE: Final = 6
#: Words of a field that names people or days; a longer one may say more.
_FIELD_AT_MOST: Final = 5
#: So many labels or headings make a template.
_TEMPLATE_FROM: Final = 3
_CONTENT_LABEL: Final = re.compile(
    r"\b(?:descri\w+|summary|idea|what|title|name|goals?|aims?|objective|problem|purpose|scope|why|motivation|background|context|overview|abstract|pitch|proposal|initiative|project|in short|details|about)\b",
    re.IGNORECASE,
)
# Of these fields of a template an answer says nothing about the work, unless it plainly does.
_PAPERWORK: Final = re.compile(
    r"\b(?:questions?|risks?|next steps|actions?|out of scope|not doing|stakeholders?|approv\w*|budget|timeline|priority|status|owner|team|lead|sponsor|confidence"
    r"|support|deadline|date|updated|known? that|done|from|to|cc|subject|sent|attendees)\b",
    re.IGNORECASE,
)
# Log odds, chosen so that the wrapped texts of the tests lose little and the announcements of the tests nothing.
_LEVEL: Final = -0.4
_PLAINLY: Final = 1.0
_SURELY: Final = 2.5
_LEADS: Final = 0.3
_LONG_ASIDE: Final = -0.5
#: The best piece of a message counts as this sure at least: somebody announced something.
_SURE: Final = 1.2
_CHATS: Final = -2.5
#: What stands behind a farewell.
_SIGNED: Final = -2.5
#: What somebody says to begin, if it may be work at all.
_BEGUN: Final = 1.0
_BEGUN_FROM: Final = 0.5
#: Of fewer telling words than these each one that is missing takes something away.
_FEW: Final = 4
_SHORT: Final = 0.25
_SAYS_NOTHING: Final = -1.4
_WORDS: Final = re.compile(r"[^\W\d_]{2,}")
#: From these log odds on a sentence is about work, whatever phrases of meetings and thanks it holds ("routes email messages").
_ANYWAY: Final = 0.5
# A meeting sentence of more words than this has something else to say too.
_LONGEST_MEETING: Final = 14
_SHORTEST_CONTENT: Final = 2


def plain(text: str) -> str:
    """A Slack message as somebody reads it: markup, links, mentions, emoji codes and entities resolved, code and quotes left out.

    Link labels stay, addresses go. Never empty for a text that has words.
    """
    bare = _QUOTE.sub(" ", _CODE.sub("\n", text))
    if not _WORDS.search(bare):
        bare = text
    for pattern, replacement in (
        (_MENTION, " "),
        (_CHANNEL, " "),
        (_DATE, " "),
        (_LABELLED_LINK, r"\1"),
        (_LINK, " "),
        (_EMOJI, " "),
        (_PICTOGRAPH, " "),
        (_INLINE_COMMAND, " "),
        (_INLINE_CODE, r"\1"),
        (_BULLET, ""),
        (_EMPHASIS, r"\2"),
        (_EMPHASIS, r"\2"),
    ):
        bare = pattern.sub(replacement, bare)
    bare = html.unescape(bare)
    lines = (" ".join(line.split()) for line in bare.splitlines())
    return "\n".join(line for line in lines if line)


def content(text: str) -> str:
    """What an announcement says about the work, sentence by sentence, without chatter.

    Quotes count where nothing else is about the work. If every sentence looks like chatter, the whole text comes back without its
    markup only: little is better than nothing.
    """
    unquoted = _QUOTE.sub("", _CODE.sub("\n", text))
    said = text
    if unquoted != text and not any(_odds(piece.said) > 0 for piece in _pieces(unquoted)):
        said = _QUOTED.sub("", text)
    kept = _kept(said, strict=True) or _kept(said, strict=False)
    return "\n".join(kept) or plain(said) or text.strip()


def _kept(text: str, *, strict: bool) -> list[str]:
    """The sentences that stay; where strict, nothing that is rather small talk."""
    found = _pieces(text)
    is_post = any(sign.search(text) for sign in (_MENTION, _CHANNEL, _EMOJI, _CODE, _LINK, _GREETING))
    about = _about_work(found, is_post=is_post) if strict else [True] * len(found)
    kept: list[str] = []
    for piece, stays, before, after in zip(found, about, [False, *about], [*about[1:], True], strict=False):
        said = piece.said if after else _DANGLING.sub("", piece.said)
        rest = _stripped(said, first=not kept) if stays else ""
        if rest and before and kept and piece.joint is not Joint.STOP:
            kept[-1] += f" {rest}"
        elif rest:
            kept.append(rest)
    return kept


def _pieces(text: str) -> list[Piece]:
    """The sentences of a message and the parts of those that nobody ended, up to a short signature."""
    found: list[Piece] = []
    for sentence in sentences(_PEOPLE_FIELD.sub(_of_people, _filled_in(_readable(text)))):
        said = _introduced(_ASIDE.sub(lambda aside: " " if _is_aside(aside.group(1)) else aside.group(), sentence))
        found += [Piece(_introduced(piece.said), piece.joint) for piece in pieces.parts(said)]
    for number, piece in enumerate(found):
        left = sum(len(later.said.split()) for later in found[number + 1 :]) if _FAREWELL.fullmatch(piece.said) else 0
        if number and left and left <= _LONGEST_SIGNATURE:
            return found[:number]
    return found


def _of_people(line: re.Match[str]) -> str:
    """Nothing of "Team: Search ML"; all of "Team - we're building a feature store on Redis"."""
    said = line.group("said") or ""
    is_work = len(said.split()) > _FIELD_AT_MOST and smalltalk.work(said) > _PLAINLY
    return said if is_work else ""


def _readable(text: str) -> str:
    """The text with each cell of a table in a line of its own, and a line's end where emoji stand for a stop."""
    return _EMOJI_STOP.sub("\n", _ROW.sub(lambda row: row.group().replace("|", "\n"), text))


def _about_work(found: list[Piece], *, is_post: bool) -> list[bool]:
    """Which pieces are about work: at least the one that is likeliest to be. `is_post` says that it has mentions or other signs of a chat."""
    odds = []
    signed = 0.0
    for number, piece in enumerate(found):
        if number and _FAREWELL.fullmatch(piece.said):
            signed = _SIGNED
        odds.append(_odds(piece.said) + signed)
    if not is_post and min(odds, default=0.0) > _CHATS:
        return [True] * len(found)  # nobody chats here: a short sentence is part of the description
    best = max(odds, default=0.0)
    shift = _LEVEL + max(0.0, _SURE - best)
    return pieces.about_work([piece.joint for piece in found], [each + shift for each in odds])


def _odds(piece: str) -> float:
    """Log odds that a piece of a message is about work."""
    rest = _without_greeting(piece)
    if _BEGINNING.match(rest):
        begun = smalltalk.work(_BEGINNING.sub("", rest))
        if begun > _BEGUN_FROM:
            return begun + _BEGUN
    telling = sum(word not in words.STOP_WORDS for word in smalltalk.tokens(rest))
    if not telling:
        return _SAYS_NOTHING
    return smalltalk.work(rest) - _SHORT * max(0, _FEW - telling)


def _filled_in(text: str) -> str:
    """The readable text of a message; of a filled-in template only what describes something, with a label that says so or a long answer."""
    headings = list(_HEADING.finditer(text))
    if len(headings) >= _TEMPLATE_FROM:
        ends = [*(heading.start() for heading in headings[1:]), len(text)]
        answers = [
            (plain(heading.group(1)), plain(text[heading.end() : end]))
            for heading, end in zip(headings, ends, strict=True)
        ]
        said = [plain(text[: headings[0].start()]), *(answer for label, answer in answers if _describes(label, answer))]
        return "\n".join(part for part in said if part)
    readable = plain(text)
    labels = list(_LABEL.finditer(readable))
    if len(labels) < _TEMPLATE_FROM:
        return readable
    return _LABEL.sub(lambda found: found.group(2) if _describes(found.group(1), found.group(2)) else "", readable)


def _describes(label: str, answer: str) -> bool:
    if _PAPERWORK.search(label):
        return smalltalk.work(answer) > _SURELY
    return _CONTENT_LABEL.search(label) is not None or smalltalk.work(answer) > _PLAINLY


def _is_aside(said: str) -> bool:
    """Whether what stands in brackets says nothing about the work: short ones are often names, so they must say so plainly."""
    return smalltalk.work(said) < (_LONG_ASIDE if len(said.split()) >= _FEW else _CHATS)


def _introduced(part: str) -> str:
    """What stands behind a colon, where the words in front of it only lead there."""
    found = _INTRODUCED.match(part)
    if not found:
        return part
    label = smalltalk.tokens(found.group(1))
    leads = all(word in words.STOP_WORDS for word in label) or (
        len(label) > 1 and smalltalk.work(found.group(1)) < -_LEADS
    )
    return part[found.end() :] if leads else part


def sentences(text: str) -> list[str]:
    """The sentences of a plain text; a line break ends one too."""
    return [part for piece in _SENTENCE.split(text) if (part := piece.strip())]


def _stripped(sentence: str, *, first: bool) -> str:
    """The sentence without greeting, opening and mentions; empty if nothing but chatter is left."""
    rest = _without_greeting(sentence)
    begun = _BEGINNING.match(rest) is not None
    if begun:
        rest = _DANGLING.sub("", " " + _TRAILING_DAY.sub("", rest)).lstrip()
    if smalltalk.work(rest) < _ANYWAY and (
        _LOGISTICS.search(rest) or (_MEETING.search(rest) and len(rest.split()) <= _LONGEST_MEETING)
    ):
        rest = _without_greeting(_content_before_logistics(rest))
    for _ in range(2):
        rest = _CONTENT_FIELD.sub("", _BEGINNING.sub("", rest))
    rest = _PLAIN_MENTION.sub("", rest)
    rest = " ".join(rest.split()).strip(" ,;:–—-")
    said = len(_WORDS.findall(rest))
    # One word is content as a title, or as the thing that is begun: "Building a cache".
    return (
        rest
        if said >= _SHORTEST_CONTENT
        or (said == 1 and smalltalk.work(rest) > 0 and (begun or (first and rest[0].isupper())))
        else ""
    )


def without_opening(sentence: str) -> str:
    """The sentence behind its greeting, its "quick heads-up", its form label and its "we're starting"."""
    return _BEGINNING.sub("", _without_greeting(sentence))


def _without_greeting(sentence: str) -> str:
    rest = sentence
    for _ in range(3):
        shorter = _CONTENT_FIELD.sub("", _OPENING.sub("", _GREETING.sub("", rest)))
        if shorter == rest:
            break
        rest = shorter
    return rest


_JOINT: Final = re.compile(r"\s*(?:[;–—]|,? (?:so|and|but|please)\b|,)\s*", re.IGNORECASE)


def _content_before_logistics(sentence: str) -> str:
    """The clauses in front of the logistics, when they are long enough to say something by themselves."""
    match = _LOGISTICS.search(sentence) or _MEETING.search(sentence)
    if match is None:
        return sentence
    before = sentence[: match.start()]
    joints = list(_JOINT.finditer(before))
    clause = before[: joints[-1].start()] if joints else ""
    return clause if len(_WORDS.findall(clause)) >= 4 else ""


def is_logistics(sentence: str) -> bool:
    """Whether a sentence is about reaching people or meeting them, in words that say so."""
    return bool(_LOGISTICS.search(sentence) or _MEETING.search(sentence))
