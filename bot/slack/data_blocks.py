"""Tables and charts of Block Kit, and the same in words for where they are not taken. slack_sdk has no models for them.

Limits: docs.slack.dev, data table block and data visualization block. What cannot fit is a programming error and raises.
"""

from collections.abc import Sequence
from typing import Any, Final

from bot.slack.blocks import HEADER, MESSAGE_BLOCKS, SECTION, Block, Message, clip, escape, section, without_turns

TABLE_ROWS: Final = 201
TABLE_CELLS: Final = 20
TABLE_PAGE: Final = 100
CHARTS: Final = 2
CHART_TITLE: Final = 50
CHART_POINTS: Final = 20
CHART_SERIES: Final = 6
CHART_LABEL: Final = 20
AXIS_LABEL: Final = 50


def data_table(caption: str, rows: Sequence[Sequence[str | int]], *, page_size: int = 10) -> Block:
    """A table that can be sorted and paged; the first row is its header, the first column names the rows."""
    if not 2 <= len(rows) <= TABLE_ROWS or not 1 <= len(rows[0]) <= TABLE_CELLS or len({len(row) for row in rows}) > 1:
        raise ValueError(
            f"A data table holds a header and up to {TABLE_ROWS - 1} rows, each of the same 1 to {TABLE_CELLS} cells."
        )
    return {
        "type": "data_table", "caption": clip(caption, HEADER) or "…", "page_size": min(max(page_size, 1), TABLE_PAGE), "row_header_column_index": 0,
        "rows": [[_cell(value) for value in row] for row in rows],
    }  # fmt: skip


def _cell(value: str | int) -> dict[str, Any]:
    if isinstance(value, int):
        return {"type": "raw_number", "text": str(value), "value": value}
    return {"type": "raw_text", "text": without_turns(value).strip() or " "}


def bar_chart(
    title: str, categories: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], *, x_label: str = "", y_label: str = ""
) -> Block:  # fmt: skip
    """Bars side by side: (name, a value for each category). The categories and the names are each unique and at most 20 characters long."""
    longest = max((len(label) for label in (*categories, *(name for name, _ in series))), default=0)
    if not 1 <= len(categories) <= CHART_POINTS or not 1 <= len(series) <= CHART_SERIES or longest > CHART_LABEL:
        raise ValueError(
            f"A chart holds 1 to {CHART_POINTS} categories and 1 to {CHART_SERIES} series, labelled by {CHART_LABEL} characters."
        )
    if len(set(categories)) < len(categories) or any(len(values) != len(categories) for _, values in series):
        raise ValueError("Every category of a chart has a label of its own and one value in each series.")
    axes: dict[str, Any] = {"categories": list(categories)}
    axes |= {name: clip(label, AXIS_LABEL) for name, label in (("x_label", x_label), ("y_label", y_label)) if label}
    drawn = [{"name": name, "data": [{"label": label, "value": value} for label, value in zip(categories, values, strict=True)]}
             for name, values in series]  # fmt: skip
    return {
        "type": "data_visualization",
        "title": clip(title, CHART_TITLE) or "…",
        "chart": {"type": "bar", "series": drawn, "axis_config": axes},
    }


def without_data(message: Message) -> Message:
    """The same message for a place that shows no tables and charts: tables in a fixed width, no charts."""
    kept: list[Block] = []
    for block in message.blocks:
        if block["type"] == "data_table":
            kept += _in_fixed_width(block)
        elif block["type"] != "data_visualization":
            kept.append(block)
    return Message(message.text, kept[:MESSAGE_BLOCKS])


def _in_fixed_width(table: Block) -> list[Block]:
    cells = [[clip(cell["text"], 40).replace("`", "'") for cell in row] for row in table["rows"]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    lines = [
        "  ".join(text.ljust(width) if column == 0 else text.rjust(width) for column, (text, width) in enumerate(zip(row, widths, strict=True)))
        for row in cells
    ]  # fmt: skip
    drawn, room = [], SECTION - 200
    while lines:
        part: list[str] = []
        while lines and sum(len(escape(line)) + 1 for line in (*part, lines[0])) < room:
            part.append(lines.pop(0))
        part = part or [lines.pop(0)[:200]]
        drawn.append(section("```\n" + "\n".join(escape(line.rstrip()) for line in part) + "\n```"))
    return [section(f"*{escape(table['caption'])}*"), *drawn]
