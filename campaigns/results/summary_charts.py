"""Native charts beside the tables of the Summary; they follow the cells that they draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from campaigns.results.styles import INK, QUIET, RULE

_COLUMN = 5
_SIZE = {"width": 575, "height": 300}


@dataclass(frozen=True, slots=True)
class Slice:
    """One row of a tally as a chart shows it."""

    label: str
    count: int
    colour: str


@dataclass(frozen=True, slots=True)
class ChartPlace:
    """Where a chart stands, and where its figures do: labels in column B, counts from C on."""

    workbook: Workbook
    sheet: Worksheet
    sheet_name: str
    font: str
    row: int
    title: str
    first_row: int
    last_row: int

    def labels(self) -> list[Any]:
        return [self.sheet_name, self.first_row, 1, self.last_row, 1]

    def figures(self, column: int) -> list[Any]:
        return [self.sheet_name, self.first_row, column, self.last_row, column]


def add_column_chart(place: ChartPlace, slices: Sequence[Slice]) -> None:
    """Add a chart with one column for each row of a tally."""
    chart = place.workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "name": place.title,
            "categories": place.labels(),
            "values": place.figures(2),
            "points": [{"fill": {"color": piece.colour}} for piece in slices],
            "gap": 60,
            "data_labels": {"value": True, "num_format": "#,##0", "font": _font(place, QUIET)},
        }
    )
    _finish(chart, place)
    _set_axes(chart, place)
    chart.set_legend({"none": True})


def add_pie_chart(place: ChartPlace, slices: Sequence[Slice]) -> None:
    """Add a ring of the shares of a tally."""
    chart = place.workbook.add_chart({"type": "doughnut"})
    chart.add_series(
        {
            "name": place.title,
            "categories": place.labels(),
            "values": place.figures(2),
            "points": [{"fill": {"color": piece.colour}, "border": {"color": "#FFFFFF"}} for piece in slices],
        }
    )
    chart.set_hole_size(58)
    _finish(chart, place)
    chart.set_legend({"position": "right", "font": _font(place, INK, size=10)})


def add_hour_chart(place: ChartPlace, answered: str, others: str) -> None:
    """Add columns for each hour, answered calls below the others."""
    chart = place.workbook.add_chart({"type": "column", "subtype": "stacked"})
    for column, name, colour in ((2, answered, "#2E9E5B"), (3, others, "#C9D1D9")):
        chart.add_series(
            {
                "name": name,
                "categories": place.labels(),
                "values": place.figures(column),
                "fill": {"color": colour},
                "gap": 40,
            }
        )
    _finish(chart, place)
    _set_axes(chart, place)
    chart.set_legend({"position": "top", "font": _font(place, INK)})


def _finish(chart: Any, place: ChartPlace) -> None:
    chart.set_title({"name": place.title, "name_font": {**_font(place, INK, size=12), "bold": True}, "overlay": False})
    chart.set_size(_SIZE)
    chart.set_chartarea({"border": {"color": RULE}, "fill": {"color": "#FFFFFF"}})
    place.sheet.insert_chart(place.row, _COLUMN, chart, {"object_position": 2, "description": place.title})


def _set_axes(chart: Any, place: ChartPlace) -> None:
    chart.set_x_axis({"num_font": _font(place, INK), "line": {"color": RULE}, "major_tick_mark": "none"})
    chart.set_y_axis(
        {
            "num_font": _font(place, QUIET),
            "num_format": "#,##0",
            "line": {"none": True},
            "major_gridlines": {"visible": True, "line": {"color": "#E8ECF0"}},
            "min": 0,
        }
    )


def _font(place: ChartPlace, colour: str, *, size: int = 9) -> dict[str, Any]:
    return {"name": place.font, "size": size, "color": colour, "bold": False}
