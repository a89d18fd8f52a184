"""Tables of figures, each with its ratio to the peer of the same run."""

import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` percent lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share / 100 * (len(ordered) - 1)))] if ordered else float("nan")


class Table:
    """Rows of named figures."""

    def __init__(self, title: str, columns: list[str]) -> None:
        self.title, self.columns = title, columns
        self.rows: dict[str, dict[str, float]] = {}

    def row(self, name: str, **figures: float) -> None:
        """Add a row."""
        self.rows[name] = figures

    def show(self, *, peer: str) -> None:
        """Print the table, and below each row its ratios to the peer's."""
        width = max(len(name) for name in self.rows) + 2
        print(f"\n{self.title}\n{'':{width}}" + "".join(f"{column:>12}" for column in self.columns))  # noqa: T201
        for name, figures in self.rows.items():
            print(f"{name:{width}}" + "".join(f"{figures.get(column, float('nan')):>12.2f}" for column in self.columns))  # noqa: T201
            if name != peer:
                ratios = [
                    figures[column] / self.rows[peer][column] if self.rows[peer].get(column) else float("nan")
                    for column in self.columns
                ]
                print(f"{'  × ' + peer:{width}}" + "".join(f"{ratio:>12.2f}" for ratio in ratios))  # noqa: T201


def spread(values: Sequence[float]) -> str:
    """Median with the smallest and largest, to show how noisy it was."""
    return f"{statistics.median(values):.2f} ({min(values):.2f}–{max(values):.2f})"
