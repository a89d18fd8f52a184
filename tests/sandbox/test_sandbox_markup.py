"""What Slack makes of typed text."""

import pytest

from bot.sandbox import markup
from bot.sandbox.records import Channel, ChannelKind, Person

PEOPLE = {
    "U1": Person(id="U1", name="ana.ruiz", real_name="Ana Ruiz"),
    "U2": Person(id="U2", name="bo", real_name="Bo Lindqvist"),
    "U3": Person(id="U3", name="ana.silva", real_name="Ana Silva"),
    "U4": Person(id="U4", name="oarsman", real_name="Oarsman", is_bot=True),
}
CHANNELS = {
    "C1": Channel(id="C1", name="ml-news", kind=ChannelKind.PUBLIC),
    "D1": Channel(id="D1", name="", kind=ChannelKind.IM),
}


@pytest.mark.parametrize(
    ("typed", "marked"),
    [
        ("plain words", "plain words"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("ask @Ana Ruiz about it", "ask <@U1> about it"),
        ("ask @bo, or @Bo Lindqvist.", "ask <@U2>, or <@U2>."),
        ("@Oarsman help", "<@U4> help"),
        ("which @Ana?", "which @Ana?"),
        ("mail bo@sandbox.example", "mail bo@sandbox.example"),
        ("see #ml-news, not #nowhere", "see <#C1|ml-news>, not #nowhere"),
        ("read https://a.example/x?a=1&b=2.", "read <https://a.example/x?a=1&amp;b=2>."),
        ("(https://a.example/#ml-news)", "(<https://a.example/#ml-news>)"),
        ("already <@U2> and <https://a.example|this>", "already <@U2> and <https://a.example|this>"),
        ("@here now", "<!here> now"),
        ("<script>", "&lt;script&gt;"),
    ],
)
def test_typed_text_becomes_markup(typed: str, marked: str) -> None:
    assert markup.from_typed(typed, people=PEOPLE, channels=CHANNELS) == marked


def test_commands_get_labels_or_plain_names() -> None:
    marked = markup.from_typed("tell @bo in #ml-news", people=PEOPLE, channels=CHANNELS, labels=True)
    assert marked == "tell <@U2|bo> in <#C1|ml-news>"
    assert markup.plain_command(marked, people=PEOPLE) == "tell @bo in #ml-news"


def test_peoples_messages_carry_rich_text() -> None:
    (block,) = markup.rich_text("ask <@U1> &amp; <https://a.example|them> in <#C1|ml-news>", block_id="b")
    assert [element["type"] for element in block["elements"][0]["elements"]] == [
        "text",
        "user",
        "text",
        "link",
        "text",
        "channel",
    ]
    assert block["elements"][0]["elements"][2]["text"] == " & "
