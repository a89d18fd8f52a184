"""The shapes of tables and charts.

Sources: https://docs.slack.dev/reference/block-kit/blocks/table-block, …/data-table-block, …/data-visualization-block
"""

from typing import Any

from bot.sandbox.limits import LIMITS
from bot.sandbox.rich_text import BLOCK_ID, RICH_TEXT
from bot.sandbox.schema import Rule, array, boolean, by_type, choice, fault, integer, number, record, string

_Object = dict[str, Any]

_CELL = by_type(
    {
        "raw_text": record({"text": string(least=1)}, ("text",)),
        "raw_number": record({"text": string(least=1), "value": number}, ("text", "value")),
        "rich_text": RICH_TEXT,
    }
)
_COLUMN = record({"align": choice("left", "center", "right"), "is_wrapped": boolean})


def _column(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON; null leaves a column as it is
    if value is not None:
        _COLUMN(value, at, found)


def _rectangle(block: _Object, at: str, found: list[str]) -> None:
    if len({len(row) for row in block["rows"]}) > 1:
        fault(found, "all rows must have the same number of cells", f"{at}/rows")
    if any(cell["type"] == "rich_text" for cell in block["rows"][0]):
        fault(found, "header cells must not be rich_text", f"{at}/rows/0")


def _above_zero(value: Any, at: str, found: list[str]) -> None:  # noqa: ANN401 - any JSON
    number(value, at, found)
    if isinstance(value, int | float) and value <= 0:
        fault(found, "must be greater than 0", at)


def _series_fit(chart: _Object, at: str, found: list[str]) -> None:
    names = [series["name"] for series in chart["series"]]
    if len(set(names)) < len(names):
        fault(found, "series names must be unique", f"{at}/series")
    categories = sorted(chart["axis_config"]["categories"])
    for index, series in enumerate(chart["series"]):
        if sorted(point["label"] for point in series["data"]) != categories:
            fault(found, "data must have every category exactly once", f"{at}/series/{index}/data")


_SERIES = record(
    {
        "series": array(
            record(
                {
                    "name": string("chart.series_name", least=1),
                    "data": array(
                        record({"label": string("chart.category", least=1), "value": number}, ("label", "value")),
                        "chart.points",
                        least=1,
                    ),
                },
                ("name", "data"),
            ),
            "chart.series",
            least=1,
        ),
        "axis_config": record(
            {
                "categories": array(string("chart.category", least=1), "chart.points", least=1),
                "x_label": string("chart.axis_label"),
                "y_label": string("chart.axis_label"),
            },
            ("categories",),
        ),
    },
    ("series", "axis_config"),
    also=_series_fit,
)
_SEGMENT = record({"label": string("chart.segment_label", least=1), "value": _above_zero}, ("label", "value"))
_CHART = by_type(
    {
        "pie": record({"segments": array(_SEGMENT, "chart.segments", least=1)}, ("segments",)),
        "bar": _SERIES,
        "line": _SERIES,
        "area": _SERIES,
    }
)

TABLES: dict[str, Rule] = {
    "table": record(
        {
            **BLOCK_ID,
            "rows": array(array(_CELL, "table.cells", least=1), "table.rows", least=1),
            "column_settings": array(_column, "table.column_settings"),
        },
        ("rows",),
    ),
    "data_table": record(
        {
            **BLOCK_ID,
            "caption": string(least=1),
            "rows": array(array(_CELL, "data_table.cells", least=1), "data_table.rows", least=2),
            "page_size": integer(1, LIMITS["data_table.page_size"]),
            "row_header_column_index": integer(0, LIMITS["data_table.cells"] - 1),
        },
        ("caption", "rows"),
        also=_rectangle,
    ),
    "data_visualization": record(
        {**BLOCK_ID, "title": string("chart.title", least=1), "chart": _CHART}, ("title", "chart")
    ),
}
"""The blocks that show data."""
