"""The text of a message event, whoever wrote it: people send `text`, workflows and bots often only blocks or attachments."""

import re
from collections.abc import Iterable, Mapping

__all__ = ["text_of"]

# A few levels are all that Slack draws (containers, cards, lists in lists); a deeper payload is not a message.
_DEPTH = 8
_LETTERS = re.compile(r"[^\W_]+")


def text_of(event_message: Mapping[str, object]) -> str:
    """What a message says, as one mrkdwn text, from Slack's message object (an event's, or history's).

    People's messages carry the whole in `text`. Workflows and bots may leave `text` empty or put a poor fallback there:
    where blocks and attachments say more, they win. Previews of links and of other messages are somebody else's words and
    never count. Unknown or broken parts are passed over.
    """
    text = event_message.get("text")
    written = text.strip() if isinstance(text, str) else ""
    drawn = _blocks(event_message.get("blocks"), _DEPTH)
    attached = _attachments(event_message.get("attachments"))
    best = drawn if _amount(drawn) > _amount(written) else written
    if attached and _fold(attached) not in _fold(best):
        best = f"{best}\n{attached}"
    return best.strip()


def _fold(text: str) -> str:
    return " ".join(_LETTERS.findall(text)).casefold()


def _amount(text: str) -> int:
    return len(_fold(text))


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []


def _join(parts: Iterable[str], separator: str = "\n") -> str:
    return separator.join(part for part in parts if part.strip())


def _blocks(value: object, depth: int) -> str:
    return _join(_block(block, depth) for block in _mappings(value)) if depth else ""


def _block(block: Mapping[str, object], depth: int) -> str:
    match block.get("type"):
        case "section":
            fields = (_composed(field) for field in _mappings(block.get("fields")))
            return _join((_composed(block.get("text")), *fields))
        case "header":
            return _composed(block.get("text"))
        case "markdown":
            text = block.get("text")
            return _from_markdown(text) if isinstance(text, str) else ""
        case "rich_text":
            return _join(_rich(element, depth - 1) for element in _mappings(block.get("elements")))
        case "card":
            return _join(_composed(block.get(key)) for key in ("title", "subtitle", "body", "subtext"))
        case "container":
            return _join(
                (_composed(block.get("title")), _blocks(block.get("elements") or block.get("blocks"), depth - 1))
            )
        case _:
            return ""  # context, buttons, images and dividers: furniture


def _composed(value: object) -> str:
    """A text object's words: mrkdwn as it is, plain text escaped, so that the result is mrkdwn throughout."""
    if not isinstance(value, Mapping):
        return _escape(value) if isinstance(value, str) else ""
    text = value.get("text")
    if not isinstance(text, str):
        return ""
    return _escape(text) if value.get("type") == "plain_text" else text


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


_MARKDOWN_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\((https?://[^\s()]{1,3000})\)")
_MARKDOWN_HEADING = re.compile(r"^#{1,6} +", re.MULTILINE)


def _from_markdown(text: str) -> str:
    mrkdwn = _MARKDOWN_LINK.sub(r"<\2|\1>", text)
    return _MARKDOWN_HEADING.sub("", mrkdwn).replace("**", "*").replace("__", "_")


def _rich(element: Mapping[str, object], depth: int) -> str:
    if depth <= 0:
        return ""
    children = _mappings(element.get("elements"))
    match element.get("type"):
        case "rich_text_section":
            return "".join(_inline(child) for child in children)
        case "rich_text_list":
            return _join(f"• {_rich(child, depth - 1)}" for child in children)
        case "rich_text_quote":
            quoted = "".join(_inline(child) for child in children)
            return "\n".join(f"&gt; {line}" for line in quoted.splitlines())
        case "rich_text_preformatted":
            return f"```{''.join(_inline(child) for child in children)}```"
        case _:
            return ""


def _inline(element: Mapping[str, object]) -> str:
    def value(key: str) -> str:
        found = element.get(key)
        return found if isinstance(found, str) else ""

    match element.get("type"):
        case "text":
            style = element.get("style")
            return _styled(_escape(value("text")), style if isinstance(style, Mapping) else {})
        case "link":
            label = _escape(value("text")).replace("|", " ")
            return f"<{value('url')}|{label}>" if label else f"<{value('url')}>"
        case "user":
            return f"<@{value('user_id')}>"
        case "channel":
            return f"<#{value('channel_id')}>"
        case "usergroup":
            return f"<!subteam^{value('usergroup_id')}>"
        case "broadcast":
            return f"<!{value('range')}>"
        case "emoji":
            return f":{value('name')}:"
        case "date":
            return _escape(value("fallback"))
        case _:
            return ""


def _styled(text: str, style: Mapping[str, object]) -> str:
    """The text with the signs of its style; the spaces around stay outside, or they would not be signs."""
    if not text.strip() or "\n" in text.strip():
        return text
    core = text.strip()
    for name, sign in (("code", "`"), ("strike", "~"), ("italic", "_"), ("bold", "*")):
        if style.get(name) is True and sign not in core:
            core = f"{sign}{core}{sign}"
    start = text.find(text.strip())
    return f"{text[:start]}{core}{text[start + len(text.strip()) :]}"


def _attachments(value: object) -> str:
    return _join(_attachment(attachment) for attachment in _mappings(value))


def _attachment(attachment: Mapping[str, object]) -> str:
    borrowed = (
        "from_url",
        "original_url",
        "is_msg_unfurl",
        "is_share",
        "is_app_unfurl",
        "message_blocks",
        "service_name",
    )
    if any(attachment.get(key) for key in borrowed):
        return ""
    drawn = _blocks(attachment.get("blocks"), _DEPTH)
    if drawn:
        return drawn
    words = [attachment.get(key) for key in ("pretext", "title", "text")]
    parts = [word for word in words if isinstance(word, str)]
    for field in _mappings(attachment.get("fields")):
        title, content = field.get("title"), field.get("value")
        if isinstance(content, str):
            parts.append(f"*{title}:* {content}" if isinstance(title, str) and title else content)
    fallback = attachment.get("fallback")
    return _join(parts) or (fallback if isinstance(fallback, str) else "")
