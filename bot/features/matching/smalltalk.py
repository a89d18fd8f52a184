"""Sentences that speak of people, calendars, papers and celebrations: most of their words are of that kind, and hardly any other is left.

One of words instead of pattern per phrase, because nobody can the phrases.
"""

from __future__ import annotations

import re
from typing import Final

from bot.features.matching import words

# Greetings and feelings, asking and answering, calendars, papers and money, people of an organisation, words of no substance.
_TALK: Final = frozenset(
    """
    hi hey hello morning evening afternoon weekend hope hopefully everyone everybody folks guys crew team teams channel
    thread thanks thank thx huge big cheers kudos credit credits congrats congratulations welcome goodbye farewell sorry
    apology apologies excited thrilled happy glad proud pumped stoked super finally cooking luck wish wishes hear heart
    love great awesome amazing nice good coffee lunch dinner pizza cake drinks beer breakfast mug raffle swag shirt
    shirts stickers snacks plants office floor desk ask asked asking question questions answer answers answered opinion
    opinions thought thoughts feedback comment comments idea ideas concern concerns objection objections object reply
    respond react reaction reactions ping dm poke shout yell tell told know let chat talk talked discuss discussed
    discussion call calls meet meets meeting meetings sync syncs session invite invitation calendar zoom slot slots
    minute minutes hour hours agenda notes note recap join joining attend post posted posting repost reposting
    cross-posting crosspost crossposting share shared sharing forward forwarding message messages mail email slack typo
    version picture slide slides deck doc docs wiki link links draft longer shorter details detail survey poll vote fill
    feel free please reminder reminders heads-up fyi tl dr tldr visibility loop stay tuned stories gotchas war
    submission send sent somebody anybody anyone someone nobody here there group interested interest volunteer
    volunteers hands hand help helps helped helping today tomorrow yesterday tonight monday tuesday wednesday thursday
    friday saturday sunday week weeks weekly month months quarter quarters sprint year years january february march
    april may june july august september october november december eod eow noon date dates deadline eta start starts
    starting started end ends ending begin begins due next last second first third early late soon later until done
    ready break holiday holidays christmas milestone milestones target kickoff kick-off retro retrospective standup
    review freeze plan plans planning roadmap okr okrs budget budgets cost costs eur usd fte headcount procurement
    vendor licence license approval approve approved sign signed signs sign-off sponsor sponsors stakeholder
    stakeholders steering committee leadership management manager managers director vp cto ceo lead leads owner owners
    dri contact contacts finance hr reorg offsite parental leave vacation on-call oncall paged hiring hire intern
    interns hackathon judges colleague colleagues boss status priority confidence risk green yellow red tbd tbc wip
    untitled unknown none n/a open pending confirmed agreed action needed item items step steps pr merged merge logs
    ticket tickets jira board figma confluence readme access request requests filed created booked book books room
    confidential internal attachment attachments recipient intended delete edited behalf acknowledge move mods thing
    things something anything everything nothing stuff way lot lots bit bunch people person couple several yes no ok
    okay sure whether yet still again already also just really very quite so too far side following below above happen
    happens happened go goes going went gone come comes coming came get gets getting got gotten give gives gave take
    takes took taking make put say says said see seen saw look looking looks want wants wanted need needs need'd try
    tries tried trying works show shows showed shown think thinks decide decided decision fine back forth update updated
    updates new old short long quick quickly small
    """.split()  # noqa: SIM905 - as literals it would be three screens long
)
_NUMBER: Final = re.compile(r"\W*(?:\d|p\d\b|q\d\b).*", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[^\W_][\w'’./+-]*")
# Two words of small talk, and for each that is none at least that are.
_LEAST: Final = 2
_PART: Final = 2


def is_smalltalk(sentence: str) -> bool:
    """Whether hardly a word of the sentence could be about the work."""
    talk, telling = _counted(sentence)
    return talk >= _LEAST and telling * _PART <= talk


def says_nothing(part: str) -> bool:
    """Whether no word of a part of a sentence, such as what stands before a colon, could be about the work."""
    return _counted(part)[1] == 0


def _counted(sentence: str) -> tuple[int, int]:
    """How many words are small talk, and how many might be a subject. Names in the midst of a sentence are neither."""
    talk = telling = 0
    for place, token in enumerate(_TOKEN.findall(sentence)):
        word = token.lower().rstrip(".'’/+-")
        if word in words.STOP_WORDS or _NUMBER.fullmatch(word) or "'" in word or "’" in word:
            continue
        if word in _TALK:
            talk += 1
        elif not (place and token[0].isupper() and token[1:].islower()):
            telling += 1
    return talk, telling
