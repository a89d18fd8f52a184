"""Slack's message markup: what a text says, without its signs, and whom and what it points to.

Every function takes the text as Slack sends it (mrkdwn, `&amp;` for an ampersand, `<@U…>` for a person). The grammar is
described at https://docs.slack.dev/messaging/formatting-message-text. All patterns run in linear time: a text may be as
long as Slack allows (40,000 characters).
"""

import hashlib
import html
import re
import unicodedata
from collections.abc import Mapping

__all__ = ["fingerprint", "links", "mentions", "plain", "without_links", "without_quotes"]

_REFERENCE = re.compile(r"<([^<>\n]{1,4000})>")
_EMOJI = re.compile(r"(?<!\w):[a-z0-9_+'-]{1,80}:", re.IGNORECASE)
_EMOJI_BEFORE_STOP = re.compile(r"\s?(?<!\w):[a-z0-9_+'-]{1,80}:(?=[,.;!?])", re.IGNORECASE)
_STRUCK = re.compile(r"(?<![\w~])~(?=[^\s~])[^~\n]*(?<=[^\s~])~(?![\w~])")
_BOLD = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]*)(?<=[^\s*])\*(?![\w*])")
_ITALIC = re.compile(r"(?<!\w)_(?=[^\s_])([^_\n]*)(?<=[^\s_])_(?!\w)")
_CODE = re.compile(r"`([^`\n]+)`")
_QUOTE = re.compile(r"^[ \t]*(?:&gt;|>)+[ \t]?", re.MULTILINE)
_LONG_QUOTE = re.compile(r"^[ \t]*(?:&gt;|>){3}", re.MULTILINE)
_QUOTED_LINE = re.compile(r"^[ \t]*(?:&gt;|>).*$", re.MULTILINE)
_BARE_URL = re.compile(r"(?<![\w/])https?://[^\s<>|]+", re.IGNORECASE)
# Soft hyphens, blanks of no width, marks of direction.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"[^\S\n]+")
_CROSS_POST = re.compile(r"^\W{0,3}(?:x|cross)[ -]?post(?:ed|ing)?\b[^\n:]{0,80}[:\n]", re.IGNORECASE)
_FENCE = "```"
_URL_TAIL = re.compile(r"[?#].*$")


def plain(
    text: str, *, names: Mapping[str, str] | None = None, unknown: str = "someone", bare_links: bool = True
) -> str:
    """What the text says to a reader: no markup, entities decoded, one space between words, line breaks kept.

    `names` gives the display names of the user ids that are known; the others read "someone" (or `unknown`), so that a
    sentence stays a sentence. Struck-out words and emoji codes say nothing and are left out; code and quotes keep their words. A link reads
    as its label; one without a label keeps its address, unless `bare_links` is False.
    """
    known = names or {}

    def say(reference: re.Match[str]) -> str:
        return _spoken(reference.group(1), known, unknown, bare_links=bare_links)

    spoken = _REFERENCE.sub(say, text.replace(_FENCE, "\n"))
    spoken = _QUOTE.sub("", spoken)
    spoken = _CODE.sub(r"\1", spoken)
    spoken = _STRUCK.sub("", spoken)
    spoken = _BOLD.sub(r"\1", spoken)
    spoken = _ITALIC.sub(r"\1", spoken)
    spoken = _BOLD.sub(r"\1", spoken)  # bold inside italics
    spoken = _EMOJI.sub(" ", _EMOJI_BEFORE_STOP.sub("", spoken))
    if not bare_links:
        spoken = _BARE_URL.sub(" ", spoken)
    spoken = _INVISIBLE.sub("", html.unescape(spoken).replace("\u00a0", " ")).replace("’", "'")
    return "\n".join(line.strip() for line in _SPACES.sub(" ", spoken).splitlines()).strip()


def without_quotes(text: str) -> str:
    """The text without what its author only shows: quoted lines and code blocks. Still markup."""
    own = "\n".join(text.split(_FENCE)[::2]) if _FENCE in text else text
    everything_after = _LONG_QUOTE.search(own)
    if everything_after:
        own = own[: everything_after.start()]
    return _QUOTED_LINE.sub("", own)


def without_links(text: str) -> str:
    """The text without web links and their labels: nothing is left of a message that only passes something on."""
    return _BARE_URL.sub(" ", _REFERENCE.sub(lambda match: match.group() if match.group(1)[0] in "@#!" else " ", text))


def links(text: str) -> tuple[str, ...]:
    """The web addresses in the text, each once, in order; labelled or bare, entities decoded."""
    found: dict[str, None] = {}
    for reference in _REFERENCE.findall(text):
        address = reference.partition("|")[0]
        if address.lower().startswith(("http://", "https://")):
            found[html.unescape(address)] = None
    for address in _BARE_URL.findall(_REFERENCE.sub(" ", text)):
        found[html.unescape(address).rstrip(".,;:!?)]}'\"")] = None
    return tuple(found)


def mentions(text: str) -> tuple[str, ...]:
    """The user ids (`U…`, `W…`) that the text mentions, each once, in order."""
    found: dict[str, None] = {}
    for reference in _REFERENCE.findall(text):
        if reference.startswith("@"):
            found[reference[1:].partition("|")[0]] = None
    return tuple(found)


def fingerprint(text: str) -> str:
    """A stable 32-digit hash of what the text says: equal for the same text posted elsewhere.

    Case, white space, punctuation, emoji, markup and whom it mentions make no difference, nor does a "cross-posting from …"
    line above it; the addresses it links to do, because a form's text may differ in nothing else.
    """
    said = _CROSS_POST.sub("", plain(_without_people(text), bare_links=False))
    folded = unicodedata.normalize("NFKC", said).casefold()
    letters = "".join(character for character in folded if character.isalnum())
    addresses = " ".join(sorted(_URL_TAIL.sub("", address).rstrip("/").casefold() for address in links(text)))
    content = f"{letters} {addresses}".strip() or " ".join(text.split())
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def _without_people(text: str) -> str:
    return _REFERENCE.sub(lambda match: " " if match.group(1)[0] in "@#!" else match.group(0), text)


def _spoken(reference: str, names: Mapping[str, str], unknown: str, *, bare_links: bool) -> str:
    address, _, label = reference.partition("|")
    if address.startswith("@"):
        name = names.get(address[1:]) or label
        return name.lstrip("@") if name else unknown
    if address.startswith("#"):
        return f"#{label.lstrip('#')}" if label else "a channel"
    if address.startswith("!"):
        if address.startswith("!subteam"):
            return label.lstrip("@") or "a group"
        return label if address.startswith("!date") else ""  # @here and @channel call people and say nothing
    if address.lower().startswith(("http://", "https://", "mailto:")):
        if label:
            return label
        return address if bare_links else ""
    return label or reference  # "<" and ">" that a person typed arrive as entities, so this is no markup we know
