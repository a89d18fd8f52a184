"""Slack's text markup: what a person types becomes escaped text with <@U…>, <#C…|name> and <https://…> in it.

Source: https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable, Iterator, Mapping

from bot.sandbox.records import Channel, ChannelKind, Json, Person

_TOKEN = re.compile(
    r"<(?:@[UW][A-Z0-9]+(?:\|[^<>]*)?|#[CG][A-Z0-9]+(?:\|[^<>]*)?|![a-z][^<>]*|(?:https?://|mailto:)[^<>\s]+(?:\|[^<>]*)?)>"
)
_URL = re.compile(r"https?://[^\s<>|]+[^\s<>|.,;:!?)\]'\"*_~]")
_AT = re.compile(r"(?<![\w@.])@([A-Za-z0-9][\w.'-]*(?: [A-Z][\w'-]*)?)")
_HASH = re.compile(r"(?<![\w#&])#([a-z0-9][\w-]*)")
_BROADCASTS = ("here", "channel", "everyone")


def escape(text: str) -> str:
    """Escape the three characters that mean something to Slack."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _outside(
    pattern: re.Pattern[str], text: str, replace: Callable[[re.Match[str]], str], rest: Callable[[str], str]
) -> str:
    parts, at = [], 0
    for match in pattern.finditer(text):
        parts += [rest(text[at : match.start()]), replace(match)]
        at = match.end()
    return "".join([*parts, rest(text[at:])])


def from_typed(
    text: str, *, people: Mapping[str, Person], channels: Mapping[str, Channel], labels: bool = False
) -> str:
    """What Slack makes of typed text.

    Names after `@` and `#` that exist become mentions, addresses become links, the rest is escaped. Markup that is
    there already stays as it is, unless it points to nobody.

    Args:
        text: As typed.
        people: Everybody who can be mentioned, by id.
        channels: Every channel that can be mentioned, by id.
        labels: Write `<@U1|name>`, as in the text of slash commands.
    """
    by_name = {key: person for person in people.values() for key in (person.real_name.lower(), person.name.lower())}
    first_names: dict[str, list[Person]] = {}
    for person in people.values():
        first_names.setdefault(person.real_name.split(" ")[0].lower(), []).append(person)
    by_name |= {name: found[0] for name, found in first_names.items() if len(found) == 1 and name not in by_name}
    named = {
        channel.name: channel
        for channel in channels.values()
        if channel.kind in {ChannelKind.PUBLIC, ChannelKind.PRIVATE}
    }

    def at(match: re.Match[str]) -> str:
        typed = match.group(1)
        if typed.lower() in _BROADCASTS:
            return f"<!{typed.lower()}>"
        tail = ""
        candidates = [typed, typed.split(" ")[0]]
        candidates += [candidate.rstrip(".'-") for candidate in candidates]
        for candidate in candidates:
            person = by_name.get(candidate.lower())
            if person is not None:
                tail = typed[len(candidate) :]
                return f"<@{person.id}|{person.name}>{escape(tail)}" if labels else f"<@{person.id}>{escape(tail)}"
        return escape(match.group(0))

    def channel(match: re.Match[str]) -> str:
        found = named.get(match.group(1))
        return f"<#{found.id}|{found.name}>" if found else escape(match.group(0))

    def words(part: str) -> str:
        return _outside(_AT, part, at, lambda piece: _outside(_HASH, piece, channel, escape))

    def links(part: str) -> str:
        return _outside(
            _URL, part, lambda match: f"<{escape(match.group(0)).replace('&lt;', '').replace('&gt;', '')}>", words
        )

    return _outside(_TOKEN, text, lambda match: match.group(0), links)


def plain_command(text: str, *, people: Mapping[str, Person]) -> str:
    """The text of a slash command for an app that did not ask for escaping: `@name` and `#channel` as typed."""

    def back(match: re.Match[str]) -> str:
        token = match.group(0)[1:-1]
        target, _, label = token.partition("|")
        if target.startswith("@"):
            person = people.get(target[1:])
            return f"@{label or (person.name if person else target[1:])}"
        if target.startswith("#"):
            return f"#{label or target[1:]}"
        return target.removeprefix("!") if target.startswith("!") else target

    return _outside(_TOKEN, text, back, escape)


def _elements(text: str) -> Iterator[Json]:
    at = 0
    for match in _TOKEN.finditer(text):
        if match.start() > at:
            yield {"type": "text", "text": unescape(text[at : match.start()])}
        target, _, label = match.group(0)[1:-1].partition("|")
        if target.startswith("@"):
            yield {"type": "user", "user_id": target[1:]}
        elif target.startswith("#"):
            yield {"type": "channel", "channel_id": target[1:]}
        elif target.startswith("!"):
            yield {"type": "broadcast", "range": target[1:]}
        else:
            yield {"type": "link", "url": unescape(target)} | ({"text": unescape(label)} if label else {})
        at = match.end()
    if at < len(text):
        yield {"type": "text", "text": unescape(text[at:])}


def rich_text(text: str, *, block_id: str) -> list[Json]:
    """The `rich_text` block that accompanies a person's message."""
    if not text:
        return []
    section = {"type": "rich_text_section", "elements": list(_elements(text))}
    return [{"type": "rich_text", "block_id": block_id, "elements": [section]}]
