"""What an announcement says: title, summary, and whatever its labels name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.features.announcements.reading import read

FORM = """*Title:* Shared OCR benchmark
*Team:* Documents
*Owner:* <@U0DOC1|kavya>
*Summary:* five teams evaluate OCR on five private sets.
We want one.
*Why:* nobody can compare
*Status:* Proposed
*System:* paper-reader
*Link:* <https://example.com/ocr?a=1&amp;b=2|the doc>"""


def test_a_form_fills_every_field() -> None:
    draft = read(FORM)

    assert draft.title == "Shared OCR benchmark"
    assert draft.summary == "five teams evaluate OCR on five private sets.\nWe want one.\nnobody can compare"
    assert (draft.team, draft.lead, draft.system, draft.status) == ("Documents", "U0DOC1", "paper-reader", "Proposed")
    assert draft.url == "https://example.com/ocr?a=1&b=2"
    assert draft.labels["why"] == "nobody can compare"


def test_a_workflow_may_put_each_answer_below_its_question() -> None:
    draft = read(
        "*Title*\nLLM tool registry\n*Team*\nAssist\n*Lead*\n<@U0AST>\n*What is it about?*\nOwners and limits for every tool"
    )

    assert (draft.title, draft.team, draft.lead) == ("LLM tool registry", "Assist", "U0AST")
    assert draft.summary == "Owners and limits for every tool"


def test_prose_keeps_its_words_as_the_summary_and_gives_its_first_link() -> None:
    draft = read(
        "We're kicking off a *feature store* for ranking :tada: <@U5> leads. Plan: <https://example.com/fs|doc>",
        names={"U5": "Ana"},
    )

    assert draft.title == "Feature store for ranking"
    assert draft.summary == "We're kicking off a feature store for ranking Ana leads. Plan: doc"
    assert (draft.lead, draft.url) == ("U5", "https://example.com/fs")


def test_the_line_of_the_marker_is_not_repeated_in_the_summary() -> None:
    draft = read(":rocket: *New initiative:* GPU broker &amp; quota market\nTeams lend idle GPUs. Lead: <@U1ABC>")

    assert draft.title == "GPU broker & quota market"
    assert draft.summary == "Teams lend idle GPUs. Lead: someone"
    assert draft.lead == "U1ABC"


def test_a_marked_sentence_is_read_as_a_sentence() -> None:
    draft = read("New initiative: we're building a `cache` for _prompts_ because they repeat")

    assert draft.title == "Cache for prompts"
    assert draft.summary == "we're building a cache for prompts because they repeat"


def test_one_label_in_prose_does_not_make_a_form() -> None:
    draft = read("We are starting a drift monitor.\nTeam: please read the doc first")

    assert draft.title == "Drift monitor"
    assert draft.team == ""


def test_any_text_with_words_gets_a_title_for_the_shortcut() -> None:
    assert read("lunch at noon, who is in?").title == "Lunch at noon, who is in"
    assert read(":tada:").title == ""


def test_long_texts_are_cut_between_words_to_what_slack_can_show() -> None:
    draft = read("New initiative: " + "wonderful words " * 40 + "\n" + "more words " * 2_000)

    assert len(draft.title) <= 150
    assert draft.title.endswith("…")
    assert len(draft.summary) <= 3_000
    assert draft.summary.endswith("…")


START = "We're starting to build a defect detector on Monday. "


@pytest.mark.parametrize(
    "said",
    [
        "Led by <@U3>.",
        "It is owned by <@U3>.",
        "Contact: <@U3>",
        "_Contact_: <@U3>",
        "Ping <@U3> if you want to contribute.",
        "Questions? Please ping <@U3>!",
        "I'm happy to say more: reach out to <@U3|zoe> for details.",
    ],
)
def test_whoever_leads_the_work_or_answers_for_it_is_its_lead(said: str) -> None:
    assert read(START + said).lead == "U3"


@pytest.mark.parametrize(
    "said",
    [
        "Images are labelled by <@U3>.",
        "Legal questions are handled by <@U3>. <@U5> and I build it.",
        "For GPU quota ping <@U3>.",
        "For GPU quota, ping <@U3>.",
        "Ping <@U3> for GPU quota.",
        "I build it with <@U5>. Ping <@U3>.",
        "I'm leading it, owner of the data is <@U3>, data owner <@U3>.",
        "It replaces the old detector (owner <@U3>).",
    ],
)
def test_whoever_is_named_for_something_else_is_not_its_lead(said: str) -> None:
    assert read(START + said).lead == ""


@pytest.mark.parametrize(
    "shown",
    [
        "> Title: Old search\n> Owner: <@U1>\n> Team: Search\n> Link: <https://example.com/old>\n",
        "&gt; New initiative: Old search, <@U1> leads, see <https://example.com/old>\n",
        "```Title: Old search\nOwner: <@U1>\nTeam: Search\nLink: <https://example.com/old>```\n",
    ],
)
def test_what_a_message_only_shows_is_not_what_it_says(shown: str) -> None:
    draft = read(f"{shown}{START}<@U2> leads.")

    assert (draft.title, draft.lead, draft.team, draft.url) == ("Defect detector", "U2", "", "")


def test_a_message_that_is_all_quotation_is_read_as_it_stands() -> None:
    draft = read("> Title: Shared OCR benchmark\n> Owner: <@U1>\n> Team: Documents")

    assert (draft.title, draft.lead, draft.team) == ("Shared OCR benchmark", "U1", "Documents")


@given(st.text(max_size=300))
def test_no_text_is_too_strange_to_read(text: str) -> None:
    draft = read(text)
    assert len(draft.title) <= 150
    assert "\n" not in draft.title
