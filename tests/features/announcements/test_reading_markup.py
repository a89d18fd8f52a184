"""Slack's markup and payloads, read back to what people wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.announcements.markup import fingerprint, links, mentions, plain, without_links, without_quotes
from bot.features.announcements.payloads import text_of


@pytest.mark.parametrize(
    ("markup", "said"),
    [
        ("*bold* _soft_ ~gone~ `code`", "bold soft code"),
        ("*_both_*", "both"),
        ("snake_case_name and 2*3*4 and ~200 GPUs, ~300 jobs", "snake_case_name and 2*3*4 and ~200 GPUs, ~300 jobs"),
        ("a &amp; b &lt;c&gt;", "a & b <c>"),
        ("&amp;lt;", "&lt;"),
        ("<https://example.com/x|the doc> and <https://example.com/y>", "the doc and https://example.com/y"),
        ("<mailto:ana@example.com|ana@example.com>", "ana@example.com"),
        ("<@U1> and <@U2|rui> and <@U3>", "Ana and rui and someone"),
        ("<#C1|ml-initiatives>, <#C2|>, <#C3>", "#ml-initiatives, a channel, a channel"),
        ("<!here> all of <!subteam^S1|@ml-leads>", "all of ml-leads"),
        ("<!date^1700000000^{date}|14 Nov>", "14 Nov"),
        ("hello :wave::skin-tone-3: at 10:30:45 :+1:", "hello at 10:30:45"),
        ("&gt; quoted\nown", "quoted\nown"),
        ("```x = 1```", "x = 1"),
        ("two  spaces\u00a0here\n\n\nlines", "two spaces here\n\n\nlines"),
        ("it’s", "it's"),
    ],
)
def test_plain_text_is_what_a_reader_sees(markup: str, said: str) -> None:
    assert plain(markup, names={"U1": "Ana"}) == said


def test_links_and_mentions_come_once_and_in_order() -> None:
    text = "<@U2> see <https://example.com/a?x=1&amp;y=2|doc>, https://example.com/b. and <https://example.com/a?x=1&amp;y=2> cc <@W3|x> <@U2>"

    assert links(text) == ("https://example.com/a?x=1&y=2", "https://example.com/b")
    assert mentions(text) == ("U2", "W3")


def test_what_somebody_only_shows_can_be_left_out() -> None:
    assert without_quotes("mine\n&gt; theirs\n```log```still mine").split() == ["mine", "still", "mine"]
    assert without_quotes("mine\n&gt;&gt;&gt; theirs\nand theirs").split() == ["mine"]
    assert without_links("<https://example.com|Title of a post> https://example.com/x").strip() == ""


def test_a_cross_post_has_the_same_fingerprint() -> None:
    original = "We're *kicking off* a feature store! :tada: <@U1> <https://example.com/fs?utm=1|doc>"
    copies = (
        "we’re kicking off a   feature store <@U2> <https://example.com/fs|doc>",
        "x-posting from <#C1|ml-initiatives>: We're kicking off a feature store! <https://example.com/fs|doc>",
        "<!channel>\nWe're kicking off a feature store\n<https://example.com/fs/|doc>",
    )
    assert {fingerprint(copy) for copy in copies} == {fingerprint(original)}


def test_other_words_or_another_document_have_another_fingerprint() -> None:
    texts = (
        "Feature store",
        "Feature stores",
        "Feature store <https://example.com/1>",
        "Feature store <https://example.com/2>",
        "",
        ":tada:",
        ":wave:",
    )
    assert len({fingerprint(text) for text in texts}) == len(texts)
    assert all(len(fingerprint(text)) == 32 for text in texts)


def test_a_persons_message_is_its_text() -> None:
    assert text_of({"text": "hello <@U1>", "blocks": [{"type": "rich_text", "elements": []}]}) == "hello <@U1>"


def test_a_workflow_that_fills_only_blocks_is_read_from_them() -> None:
    message = {
        "text": "",
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": "New initiative: A & B"}},
            {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Team:* Search"}]},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": "sent by a workflow"}]},
            {"type": "markdown", "text": "## See\n**the** [doc](https://example.com/d)"},
        ],
    }
    assert text_of(message) == "New initiative: A &amp; B\n*Team:* Search\nSee\n*the* <https://example.com/d|doc>"


def test_rich_text_keeps_people_links_quotes_lists_and_styles() -> None:
    section = [
        {"type": "text", "text": "Owner: ", "style": {"bold": True}},
        {"type": "user", "user_id": "U7"},
        {"type": "text", "text": " a<b "},
        {"type": "link", "url": "https://example.com", "text": "doc"},
        {"type": "emoji", "name": "wave"},
    ]
    elements = [
        {"type": "rich_text_section", "elements": section},
        {
            "type": "rich_text_list",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "theirs"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "log"}]},
    ]
    text = text_of({"text": "", "blocks": [{"type": "rich_text", "elements": elements}]})
    assert text == "*Owner:* <@U7> a&lt;b <https://example.com|doc>:wave:\n• one\n&gt; theirs\n```log```"


def test_a_poor_fallback_gives_way_to_blocks_and_a_good_text_does_not() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "New initiative: drift monitor for all"}}]
    assert text_of({"text": "New message", "blocks": blocks}) == "New initiative: drift monitor for all"
    assert text_of({"text": "New initiative: drift monitor for all models", "blocks": blocks}).endswith("models")


def test_a_bots_attachment_counts_and_a_preview_of_somebody_elses_page_does_not() -> None:
    form = {"fallback": "x", "pretext": "New initiative", "fields": [{"title": "Title", "value": "Drift monitor"}]}
    preview = {"from_url": "https://example.com", "title": "We are building a feature store", "text": "a post"}

    assert text_of({"text": "", "attachments": [form]}) == "New initiative\n*Title:* Drift monitor"
    assert text_of({"text": "look", "attachments": [preview]}) == "look"


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "elements", "fields", "blocks"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["text", "blocks", "attachments"]), NESTED))
def test_no_payload_is_too_broken(message: dict[str, object]) -> None:
    assert isinstance(text_of(message), str)


@given(st.text(max_size=300))
def test_no_markup_is_too_strange(text: str) -> None:
    assert plain(text) == plain(text).strip()
    assert len(fingerprint(text)) == 32
