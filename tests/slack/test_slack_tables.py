"""Tables and charts: what Slack takes, and the same in words for where it does not."""

import pytest

from bot.sandbox.blockkit import message_faults
from bot.slack import blocks as b
from bot.slack import data_blocks as d

ROWS: list[tuple[str | int, ...]] = [
    ("Team", "Registered"),
    ("Search ML", 12),
    ("", 0),
    ("`<!channel>` \u202etnemyap", 3),
]


def test_a_table_keeps_numbers_as_numbers_and_has_no_empty_cell() -> None:
    table = d.data_table("By team", ROWS)
    assert message_faults([table], files=()) == []
    assert table["rows"][1][1] == {"type": "raw_number", "text": "12", "value": 12}
    assert table["rows"][2][0]["text"].strip() == ""
    assert "\u202e" not in table["rows"][3][0]["text"]


@pytest.mark.parametrize("rows", [[("a",)], [("a", "b"), ("a",)], [("a",)] * 202, [("a",) * 21] * 2])
def test_a_table_that_slack_would_refuse_is_a_mistake_of_ours(rows: list[tuple[str, ...]]) -> None:
    with pytest.raises(ValueError, match="data table"):
        d.data_table("By team", rows)


def test_a_chart_has_a_value_for_every_category_of_every_series() -> None:
    chart = d.bar_chart(
        "Registered, by team",
        ["Search ML", "Ads"],
        [("This period", [3, 0]), ("Before", [1, 2])],
        y_label="initiatives",
    )
    assert message_faults([chart, chart], files=()) == []


@pytest.mark.parametrize(
    ("categories", "series"),
    [
        ([], [("Now", [])]),
        (["a"], []),
        (["a", "a"], [("Now", [1, 2])]),
        (["a", "b"], [("Now", [1])]),
        (["a" * 21], [("Now", [1])]),
        (["a"], [("N" * 21, [1])]),
        ([str(number) for number in range(21)], [("Now", [1] * 21)]),
        (["a"], [(str(number), [1]) for number in range(7)]),
    ],
)
def test_a_chart_that_slack_would_refuse_is_a_mistake_of_ours(
    categories: list[str], series: list[tuple[str, list[int]]]
) -> None:
    with pytest.raises(ValueError, match="chart"):
        d.bar_chart("Registered", categories, series)


def test_in_words_a_table_keeps_every_number_and_a_chart_is_left_out() -> None:
    chart = d.bar_chart("Registered", ["a"], [("Now", [1])])
    message = b.Message(
        "text", [b.section("before"), chart, d.data_table("By team", ROWS), b.actions(b.button("Press", "x.press"))]
    )
    plain = d.without_data(message)
    assert [block["type"] for block in plain.blocks] == ["section", "section", "section", "actions"]
    words = plain.blocks[2]["text"]["text"]
    assert words.startswith("```\nTeam")
    assert words.count("`") == 6
    assert "<!channel>" not in words
    assert [line.split()[-1] for line in words.split("\n")[1:-1]] == ["Registered", "12", "0", "3"]
    assert message_faults(list(plain.blocks), files=()) == []


def test_a_long_table_in_words_is_cut_between_lines() -> None:
    rows: list[tuple[str, int]] = [(f"Team {number} of the organisation", number) for number in range(200)]
    plain = d.without_data(b.Message("text", [d.data_table("By team", [("Team", "Registered"), *rows])]))
    assert message_faults(list(plain.blocks), files=()) == []
    text = "\n".join(block["text"]["text"] for block in plain.blocks)
    assert all(f"Team {number} of" in text for number in range(200))
