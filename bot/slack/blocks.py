"""The smallest pieces of Block Kit: escaping, limits, and one function a block. No feature's words.

Limits: docs.slack.dev/reference/block-kit, and what Slack's own validator enforces beyond it. Texts that are too long are
cut at a word with an ellipsis; a layout that cannot fit is a programming error and raises.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

Block = dict[str, Any]
Element = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Message:
    """A finished message: its blocks, and the text for notifications and for readers that show no blocks."""

    text: str
    blocks: Sequence[Block] = ()


MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
SECTION: Final = 3000
FIELD: Final = 2000
HEADER: Final = 150
BUTTON: Final = 75
BUTTON_VALUE: Final = 2000
OPTION: Final = 75
OPTION_VALUE: Final = 150
OPTIONS: Final = 100
PLACEHOLDER: Final = 150
VIEW_TITLE: Final = 24
LABEL: Final = 2000
METADATA: Final = 3000
ACTIONS: Final = 25
CONTEXT: Final = 10
FALLBACK: Final = 3900

#: Marks that format a text where a word begins or ends. A zero-width space beside them leaves the letter and takes the effect.
_FORMATTING: Final = re.compile(r"(?<![A-Za-z0-9])([*_~`])|([*_~`])(?![A-Za-z0-9])")
_NO_EFFECT: Final = "\N{ZERO WIDTH SPACE}"
#: Signs that turn the direction of what follows: embeddings, overrides, isolates, marks.
_TURNS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
#: What is left when a cut went through an entity or a reference.
_TORN: Final = re.compile(r"(?:&[a-z]{0,4}|<[^<>]*)…$")
_LABELLED: Final = re.compile(r"<https?://[^<>|]+\|([^<>]*)>")
#: Formatting marks that took effect: those of people's words stand beside a zero-width space.
_OWN_MARK: Final = re.compile("(?<![A-Za-z0-9\u200b])[*_]|(?<!\u200b)[*_](?![A-Za-z0-9\u200b])")
#: Longer addresses stay a label: one of them must not eat a paragraph.
_LONGEST_LINK: Final = 1000


def escape(text: str) -> str:
    """People's words for a mrkdwn text: no mention, no link, no formatting, no change of direction comes out of them.

    Slack's three control characters are escaped (docs.slack.dev, formatting message text), formatting marks at word edges
    lose their effect, signs that turn the direction of a line are dropped, and words of right-to-left scripts are
    isolated (Unicode UAX 9) so that what stands beside them keeps its order. Texts are also sent with `verbatim`, so that
    bare addresses and names stay plain.
    """
    text = _TURNS.sub("", text)
    if any(unicodedata.bidirectional(character) in ("R", "AL") for character in text):
        text = f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _FORMATTING.sub(lambda mark: f"{_NO_EFFECT}{mark.group()}{_NO_EFFECT}", plain)


def without_turns(text: str) -> str:
    """A plain text without the signs that turn the direction of what follows it."""
    return _TURNS.sub("", text)


def clip(text: str, limit: int) -> str:
    """The text, cut at a word with an ellipsis if it is longer than ``limit`` code points."""
    text = text.strip()
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    word = cut.rfind(" ")
    return (cut[:word] if word > limit * 2 // 3 else cut).rstrip(" ,.;:") + "…"


def quote(text: str, limit: int = SECTION) -> str:
    """People's words, cut and escaped; one line."""
    return escape(clip(" ".join(text.split()), limit))


def link(url: str, label: str) -> str:
    """A link that a person can press; only http(s) addresses become one, anything else stays its label."""
    address, label = url.replace("&", "&amp;"), " ".join(label.split())
    if not re.fullmatch(r"https?://[^\s<>|]+", url) or len(address) > _LONGEST_LINK:
        return escape(label)
    return f"<{address}|{escape(label).replace('|', '¦')}>"


def fitting(lines: Sequence[str], limit: int = SECTION) -> str:
    """Finished lines, as many as fit whole; a line that does not is left out, so that none is cut inside."""
    kept: list[str] = []
    for line in lines:
        if sum(len(each) + 1 for each in kept) + len(line) <= limit:
            kept.append(line)
    return "\n".join(kept)


def listed(parts: Sequence[str]) -> str:
    """a, b and c."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + f" and {parts[-1]}"


def mention(person_id: str) -> str:
    """A person, who is notified."""
    return f"<@{person_id}>"


def channel(channel_id: str) -> str:
    """A channel's name, as each reader may see it."""
    return f"<#{channel_id}>"


def local_date(moment: datetime, fallback: str = "") -> str:
    """A date in each reader's own zone."""
    plain = fallback or moment.strftime("%-d %b %Y")
    return f"<!date^{int(moment.timestamp())}^{{date_short}}|{plain}>"


def local_moment(moment: datetime) -> str:
    """Weekday, date and time in each reader's own zone."""
    fallback = moment.strftime("%a %-d %b, %H:%M UTC")
    return f"<!date^{int(moment.timestamp())}^{{date_long_pretty}}, {{time}}|{fallback}>"


def plain(text: str, limit: int) -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": clip(text, limit) or "…", "emoji": True}


def mrkdwn(text: str, limit: int = SECTION) -> dict[str, Any]:
    """A mrkdwn object that turns nothing into links or mentions by itself."""
    return {"type": "mrkdwn", "text": _TORN.sub("…", clip(text, limit)) or "…", "verbatim": True}


def section(text: str, *, accessory: Element | None = None, block_id: str | None = None) -> Block:
    """A paragraph of mrkdwn, with something at its right."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory is not None:
        block["accessory"] = accessory
    return _named(block, block_id)


def rich_text(pieces: Sequence[tuple[str, bool]]) -> Block:
    """Text that is shown as it is written, in pieces; of each whether it is bold."""
    elements: list[Element] = [
        {"type": "text", "text": without_turns(piece)} | ({"style": {"bold": True}} if bold else {})
        for piece, bold in pieces
        if piece
    ]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def header(text: str) -> Block:
    """A headline."""
    return {"type": "header", "text": plain(text, HEADER)}


def context(*texts: str) -> Block:
    """Small print."""
    return {"type": "context", "elements": [mrkdwn(text) for text in texts[:CONTEXT] if text]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def actions(*elements: Element, block_id: str | None = None) -> Block:
    """A row of buttons and menus."""
    if not 1 <= len(elements) <= ACTIONS:
        raise ValueError(f"An actions block holds 1 to {ACTIONS} elements, not {len(elements)}.")
    return _named({"type": "actions", "elements": list(elements)}, block_id)


def button(
    label: str,
    action_id: str,
    *,
    value: str = "",
    style: str = "",
    confirm: dict[str, Any] | None = None,
    hint: str = "",
) -> Element:
    """A button. ``value`` is an id and no more: what may be done is decided when it comes back."""
    element: Element = {"type": "button", "text": plain(label, BUTTON), "action_id": action_id}
    if value:
        if len(value) > BUTTON_VALUE:
            raise ValueError(f"A button's value holds {BUTTON_VALUE} characters; this one has {len(value)}.")
        element["value"] = value
    if style:
        element["style"] = style
    if confirm is not None:
        element["confirm"] = confirm
    if hint:
        element["accessibility_label"] = clip(hint, BUTTON)
    return element


def link_button(label: str, action_id: str, url: str) -> Element:
    """A button that opens an address (Slack still reports the click)."""
    return {"type": "button", "text": plain(label, BUTTON), "action_id": action_id, "url": url}


def confirm(title: str, text: str, *, yes: str, no: str = "Cancel") -> dict[str, Any]:
    """A question before a button does its work."""
    return {"title": plain(title, 100), "text": plain(text, 300), "confirm": plain(yes, 30), "deny": plain(no, 30)}


def option(label: str, value: str, *, description: str = "") -> dict[str, Any]:
    """One choice of a menu."""
    choice: dict[str, Any] = {"text": plain(label, OPTION), "value": clip(value, OPTION_VALUE)}
    if description:
        choice["description"] = plain(description, OPTION)
    return choice


def overflow(action_id: str, options: Sequence[dict[str, Any]]) -> Element:
    """A "…" menu of up to five."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)[:5]}


def select(
    action_id: str, options: Sequence[dict[str, Any]], *, initial: str = "", placeholder: str = "Choose…"
) -> Element:
    """A menu of which one is chosen."""
    return _menu("static_select", action_id, options, [initial] if initial else [], placeholder)


def multi_select(
    action_id: str, options: Sequence[dict[str, Any]], *, initial: Sequence[str] = (), placeholder: str = "Choose…"
) -> Element:
    """A menu of which several are chosen."""
    return _menu("multi_static_select", action_id, options, initial, placeholder)


def _menu(
    kind: str, action_id: str, options: Sequence[dict[str, Any]], initial: Sequence[str], placeholder: str
) -> Element:
    shown = list(options)[:OPTIONS]
    element: Element = {
        "type": kind,
        "action_id": action_id,
        "options": shown,
        "placeholder": plain(placeholder, PLACEHOLDER),
    }
    chosen = [choice for choice in shown if choice["value"] in initial]
    if chosen and kind == "static_select":
        element["initial_option"] = chosen[0]
    elif chosen:
        element["initial_options"] = chosen
    return element


def external_select(
    action_id: str, *, initial: dict[str, Any] | None = None, placeholder: str = "Choose…", least: int = 1
) -> Element:
    """A menu whose choices are loaded while somebody types, from so many characters on; ``initial`` is an :func:`option`."""
    element: Element = {
        "type": "external_select", "action_id": action_id, "placeholder": plain(placeholder, PLACEHOLDER), "min_query_length": least,
    }  # fmt: skip
    return element | ({"initial_option": initial} if initial else {})


def person_select(action_id: str, *, initial: str = "", placeholder: str = "Choose a person…") -> Element:
    """A menu of the workspace's people."""
    element: Element = {"type": "users_select", "action_id": action_id, "placeholder": plain(placeholder, PLACEHOLDER)}
    return element | ({"initial_user": initial} if initial else {})


def people_select(
    action_id: str, *, initial: Sequence[str] = (), most: int = 0, placeholder: str = "Choose people…"
) -> Element:
    """A menu of the workspace's people of which several are chosen; ``most``: no more than that many."""
    element: Element = {
        "type": "multi_users_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, PLACEHOLDER),
    }
    return (
        element | ({"initial_users": list(initial)} if initial else {}) | ({"max_selected_items": most} if most else {})
    )


def date_picker(action_id: str, *, initial: date | None = None) -> Element:
    """A day of the calendar."""
    element: Element = {"type": "datepicker", "action_id": action_id}
    return element | ({"initial_date": initial.isoformat()} if initial else {})


def channel_select(action_id: str, *, initial: str = "", placeholder: str = "Choose a channel…") -> Element:
    """A menu of the channels that the person is in."""
    element: Element = {
        "type": "conversations_select", "action_id": action_id, "placeholder": plain(placeholder, PLACEHOLDER),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True, "exclude_external_shared_channels": True},
    }  # fmt: skip
    return element | ({"initial_conversation": initial} if initial else {})


def time_select(action_id: str, *, initial: str = "", placeholder: str = "Choose a time…") -> Element:
    """A clock; times are "HH:MM" of 24 hours."""
    element: Element = {"type": "timepicker", "action_id": action_id, "placeholder": plain(placeholder, PLACEHOLDER)}
    return element | ({"initial_time": initial} if initial else {})


def text_input(
    action_id: str, *, initial: str = "", multiline: bool = False, longest: int = 3000, placeholder: str = ""
) -> Element:
    """A field for words."""
    element: Element = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": min(longest, 3000),
    }
    if initial:
        element["initial_value"] = clip(initial, min(longest, 3000))
    if placeholder:
        element["placeholder"] = plain(placeholder, PLACEHOLDER)
    return element


def checkboxes(action_id: str, options: Sequence[dict[str, Any]], *, initial: Sequence[str] = ()) -> Element:
    """Boxes to tick, ten at most."""
    element: Element = {"type": "checkboxes", "action_id": action_id, "options": list(options)[:10]}
    chosen = [choice for choice in element["options"] if choice["value"] in initial]
    return element | ({"initial_options": chosen} if chosen else {})


def field(
    block_id: str, label: str, element: Element, *, optional: bool = False, hint: str = "", tells: bool = False
) -> Block:
    """A labelled field of a form. ``tells``: what is chosen is told at once, so that the form can follow it."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, LABEL),
        "element": element,
        "optional": optional,
    }
    block |= {"dispatch_action": True} if tells else {}
    return block | ({"hint": plain(hint, LABEL)} if hint else {})


def modal(
    title: str, blocks: Sequence[Block], *, callback_id: str, submit: str = "", close: str = "Cancel", metadata: str = "",
    notify_on_close: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A form. ``metadata`` comes back with it."""
    if len(metadata) > METADATA:
        raise ValueError(f"A form's metadata holds {METADATA} characters; this has {len(metadata)}.")
    view: dict[str, Any] = {
        "type": "modal", "callback_id": callback_id, "title": plain(title, VIEW_TITLE), "close": plain(close, VIEW_TITLE),
        "blocks": list(blocks)[:VIEW_BLOCKS], "private_metadata": metadata, "notify_on_close": notify_on_close,
    }  # fmt: skip
    return view | ({"submit": plain(submit, VIEW_TITLE)} if submit else {})


def home(blocks: Sequence[Block]) -> dict[str, Any]:
    """An App Home."""
    return {"type": "home", "blocks": list(blocks)[:VIEW_BLOCKS]}


def fallback(text: str) -> str:
    """The `text` of a message: what notifications and screen readers get. Links read as their labels, marks of ours are left out."""
    text = _OWN_MARK.sub("", _LABELLED.sub(r"\1", text))
    return _TORN.sub("…", clip(text, FALLBACK)) or "…"


def read_value(values: dict[str, Any], block_id: str) -> Any:  # noqa: ANN401 - whatever the field holds
    """What a person put into a form's field: text, chosen value(s) or id(s); None when it is empty."""
    for state in values.get(block_id, {}).values():
        if state.get("selected_option"):
            return state["selected_option"]["value"]
        if "selected_options" in state:
            return [choice["value"] for choice in state["selected_options"] or []]
        if "selected_users" in state:
            return list(state["selected_users"] or [])
        for name in (
            "value",
            "selected_user",
            "selected_conversation",
            "selected_channel",
            "selected_date",
            "selected_time",
        ):
            if state.get(name):
                return state[name]
    return None


def _named(block: Block, block_id: str | None) -> Block:
    return block | ({"block_id": block_id} if block_id else {})
