"""The shape of rich text. Source: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""

from bot.sandbox.limits import LIMITS
from bot.sandbox.schema import Rule, array, boolean, by_type, choice, integer, number, record, string

BLOCK_ID: dict[str, Rule] = {"block_id": string("block_id", least=1)}

_STYLE = record(dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_BORDER = choice(0, 1)
_INLINE = by_type(
    {
        "text": record({"text": string(least=1), "style": _STYLE}, ("text",)),
        "link": record({"url": string(least=1), "text": string(), "unsafe": boolean, "style": _STYLE}, ("url",)),
        "emoji": record(
            {
                "name": string(least=1),
                "unicode": string(),
                "url": string(),
                "style": _STYLE,
                "skin_tone": integer(1, 6),
            },
            ("name",),
        ),
        "user": record({"user_id": string(least=1), "style": _STYLE}, ("user_id",)),
        "usergroup": record({"usergroup_id": string(least=1), "style": _STYLE}, ("usergroup_id",)),
        "channel": record({"channel_id": string(least=1), "style": _STYLE}, ("channel_id",)),
        "team": record({"team_id": string(least=1), "style": _STYLE}, ("team_id",)),
        "broadcast": record({"range": choice("here", "channel", "everyone"), "style": _STYLE}, ("range",)),
        "color": record({"value": string(least=1), "style": _STYLE}, ("value",)),
        "date": record(
            {"timestamp": number, "format": string(least=1), "url": string(), "fallback": string(), "style": _STYLE},
            ("timestamp", "format"),
        ),
    }
)
_SECTION = record({"elements": array(_INLINE)}, ("elements",))
RICH_TEXT = record(
    {
        **BLOCK_ID,
        "elements": array(
            by_type(
                {
                    "rich_text_section": _SECTION,
                    "rich_text_list": record(
                        {
                            "elements": array(by_type({"rich_text_section": _SECTION})),
                            "style": choice("bullet", "ordered"),
                            "indent": integer(0, LIMITS["rich_text.indent"]),
                            "offset": integer(0, 10**6),
                            "border": _BORDER,
                        },
                        ("elements", "style"),
                    ),
                    "rich_text_quote": record({"elements": array(_INLINE), "border": _BORDER}, ("elements",)),
                    "rich_text_preformatted": record(
                        {"elements": array(_INLINE), "border": _BORDER, "language": string()}, ("elements",)
                    ),
                }
            )
        ),
    },
    ("elements",),
)
