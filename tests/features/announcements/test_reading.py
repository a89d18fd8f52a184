"""What an announcement says: title, summary, and whatever its labels name."""

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


@given(st.text(max_size=300))
def test_no_text_is_too_strange_to_read(text: str) -> None:
    draft = read(text)
    assert len(draft.title) <= 150
    assert "\n" not in draft.title
