"""Reading an announcement: from Slack's message to title, summary and whatever its labels name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.features.announcements import titles
from bot.features.announcements.detector import Kind, Weighed, weigh
from bot.features.announcements.forms import form_of
from bot.features.announcements.language import vocabulary
from bot.features.announcements.markup import fingerprint, links, mentions, plain, without_quotes
from bot.features.announcements.naming import name_of
from bot.features.announcements.payloads import text_of

__all__ = ["Draft", "fingerprint", "links", "mentions", "plain", "read", "text_of"]

SUMMARY_LENGTH = 3_000


@dataclass(frozen=True, slots=True)
class Draft:
    """What an announcement says, ready for the form: all plain text, empty where it says nothing.

    `lead` is a user id. `team` and `status` are as written, not yet looked up. `labels` holds every label that was
    understood, plain.
    """

    title: str
    summary: str = ""
    team: str = ""
    lead: str = ""
    url: str = ""
    system: str = ""
    status: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


_STYLE = re.compile(r"[*_](?=\S)|(?<=\S)[*_]")
_LEAD_AFTER = re.compile(
    r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>\s*(?:\([^)\n]{0,40}\)\s*)?(?:leads|is leading|will lead|owns|is the (?:lead|owner|dri)|drives|is driving)",
    re.IGNORECASE,
)
_LEAD_BEFORE = re.compile(
    r"\b(?:led by|lead|leads|leads are|owner|owners|owned by|dri|driven by)\s{0,3}(?:is|:|=|-|–)?\s{0,3}<@([UW][A-Z0-9]+)",
    re.IGNORECASE,
)
# Whom to ask about the work itself: "Ping <@U1> if you want to join", not "For GPU quota ping <@U1>".
_CONTACT = re.compile(
    r"(?:^|[.!?;:(–—])\W{0,6}(?:(?:please|just|questions|interested|feedback|if you\b[^.!?;\n]{0,40}\b(?:interested|questions?|join|help|contribute|feedback))\W{1,3}){0,3}"
    r"(?:contact|ping|reach out to)\s{0,3}(?:is|:|=|-|–)?\s{0,3}<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>(?!\s+(?:for|about|regarding) (?!details|more|questions|info))",
    re.IGNORECASE | re.MULTILINE,
)
_AUTHOR_LEADS = re.compile(
    r"\bi(?:(?: will|'ll)? (?:lead|own|drive)|(?: am|'m) (?:leading|owning|driving|the (?:lead|owner|dri)))\b(?! the (?!work|project|effort|initiative))",
    re.IGNORECASE,
)
# "I'm happy to share" says nothing of who does the work.
_AUTHOR_WORKS = re.compile(
    r"\bi\b(?!\.)(?!(?: am|'m) (?:happy|excited|glad|pleased|delighted|proud|thrilled))", re.IGNORECASE
)
_OTHERS_OWNER = re.compile(
    r"\b(old|existing|current|legacy|previous)\b([^.!?()\n]{0,60})\([^()\n]{0,80}\)", re.IGNORECASE
)
_MARKER = re.compile(
    r"^\W{0,6}(?:new\s+)?initiative\s*(?:[:\])]\s*:?|\s[–—-]\s)\s*|^\W{0,4}(?:project\s+)?(?:kick-?off|rfc|proposal)\s*[:\]]\s*",
    re.IGNORECASE,
)
_PERSON = re.compile(r"<@([UW][A-Z0-9]+)")


def read(text: str, *, names: Mapping[str, str] | None = None, weighed: Weighed | None = None) -> Draft:
    """Read a message in Slack's markup as an announcement, whatever made it one. A title is found for any text with words.

    `weighed` is what the rules make of it, if that is known already. `names` gives display names for user ids that the summary mentions.
    """
    shown = without_quotes(text)
    own = shown if plain(shown) else text
    bare = _unstyled(own)
    form = form_of(bare)
    labelled = form.fields if len(form.fields) >= 2 or "title" in form.fields else {}
    seen = weighed or weigh(text)
    said = plain(text, names=names)
    title = ""
    if "title" in labelled:
        title = titles.from_phrase(plain(labelled["title"], unknown=vocabulary.PERSON, bare_links=False))
    title = title or _named(seen) or _first_line(own)
    found = links(labelled.get("url", "")) or links(own)
    return Draft(
        title=title,
        summary=_summary(title, said, labelled, form.rest, names),
        team=_short(labelled.get("team", ""), names),
        lead=_lead(bare, labelled),
        url=found[0] if found else "",
        system=_short(labelled.get("system", ""), names),
        status=_short(labelled.get("status", ""), names),
        labels=MappingProxyType({label: plain(value, names=names) for label, value in labelled.items()}),
    )


def _named(seen: Weighed) -> str:
    if seen.verdict.kind is Kind.MARKED or len(seen.said) == 0:
        return seen.verdict.title
    return name_of(seen.said, seen.verdict.title, likely=seen.nearest.title)


def _unstyled(text: str) -> str:
    """The markup without bold and italic signs at the edges of words, so that labels stand plain; references stay whole."""
    parts = re.split(r"(<[^<>\n]*>)", text)
    return "".join(part if part.startswith("<") else _STYLE.sub("", part) for part in parts)


def _short(value: str, names: Mapping[str, str] | None) -> str:
    lines = plain(value, names=names, bare_links=False).splitlines()
    return lines[0].strip(" .,;:*_~•")[: titles.TITLE_LENGTH] if lines else ""


def _first_line(text: str) -> str:
    for line in plain(text, unknown=vocabulary.PERSON, bare_links=False).splitlines():
        title = titles.from_phrase(line)
        if title:
            return title
    return ""


def _lead(own: str, labelled: Mapping[str, str]) -> str:
    """Who leads it, as far as the message says; "" where it is its author."""
    named = _PERSON.search(labelled.get("lead", ""))
    if named is None and _AUTHOR_LEADS.search(own) is None:
        ours = _OTHERS_OWNER.sub(r"\1\2", own)
        named = _LEAD_AFTER.search(ours) or _LEAD_BEFORE.search(ours)
        if named is None and _AUTHOR_WORKS.search(ours) is None:
            named = _CONTACT.search(ours)
    return named.group(1) if named is not None else ""


def _summary(title: str, said: str, labelled: Mapping[str, str], rest: str, names: Mapping[str, str] | None) -> str:
    """What it says besides its title: the labelled description, or the message without its marker and title line."""
    if "title" in labelled and ("summary" in labelled or "why" in labelled):
        parts = [labelled.get("summary", ""), labelled.get("why", ""), labelled.get("audience", ""), rest]
        text = "\n".join(plain(part, names=names) for part in parts if part)
    else:
        lines = [_MARKER.sub("", line, count=1) for line in said.splitlines()]
        text = "\n".join(line for line in lines if titles.tidy(line).casefold() != title.casefold())
    if len(text) > SUMMARY_LENGTH:
        text = text[: SUMMARY_LENGTH - 1].rsplit(" ", 1)[0] + "…"
    return text.strip()
