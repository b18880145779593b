"""Looks: the cell formats and colours that all sheets of a results workbook share."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from campaigns.results.model import ColumnKind

INK = "#1F2933"
QUIET = "#6B7785"
RULE = "#D5DBE1"
ACCENT = "#1F5FA8"
PALE = "#EEF3F9"

GOOD = ("#1E7B45", "#DFF3E6")
WAIT = ("#8A5A00", "#FFF1CC")
BAD = ("#A8261C", "#FBE1DE")
GREY = ("#5C6670", "#E9ECEF")
BLUE = ("#1F5FA8", "#E1ECF8")

OUTCOME_COLOURS: dict[str, tuple[str, str]] = {
    "answered": GOOD,
    "no_answer": WAIT,
    "busy": WAIT,
    "rejected": WAIT,
    "unreachable": WAIT,
    "switched_off": WAIT,
    "network_congestion": WAIT,
    "invalid_number": BAD,
    "suspended": BAD,
    "cancelled": GREY,
    "expired": GREY,
    "lost": BAD,
    "unknown": GREY,
}
ROW_STATUS_COLOURS: dict[str, tuple[str, str]] = {
    "called": GOOD,
    "pending": BLUE,
    "planned": BLUE,
    "not_yet_planned": GREY,
    "suppressed": GREY,
    "duplicate": GREY,
    "unconfirmed": WAIT,
    "lost": BAD,
    "refused": BAD,
    "unexplained": BAD,
}
OUTCOME_CHART_COLOURS: dict[str, str] = {
    "answered": "#2E9E5B",
    "no_answer": "#E5A823",
    "busy": "#D98324",
    "rejected": "#C8643A",
    "invalid_number": "#B8433A",
    "unreachable": "#9A6FB0",
    "switched_off": "#7A86C8",
    "suspended": "#5A6FA8",
    "network_congestion": "#4FA3B5",
}
DISPOSITION_CHART_COLOURS: dict[str, str] = {
    "done": "#2E9E5B",
    "call_again": "#3B82C4",
    "give_up": "#AEB7C0",
    "not_known": "#E5A823",
    "opt_out": "#B8433A",
}
OTHER_CHART_COLOUR = "#AEB7C0"

MOMENT_FORMAT = "yyyy-mm-dd hh:mm:ss"


class Styles:
    """The formats of one workbook, made on first use."""

    def __init__(self, workbook: Workbook, font: str) -> None:
        self.font = font
        self._workbook = workbook
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, **properties: Any) -> Format:
        """Return the format with these properties; the same properties give the same format."""
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({"font_name": self.font, "valign": "vcenter", **properties})
        return self._made[key]

    def cell(self, kind: ColumnKind) -> Format:
        """Return the format of data cells; text has the number format that keeps spreadsheet programs from guessing."""
        match kind:
            case ColumnKind.TEXT:
                return self.of(num_format="@")
            case ColumnKind.INTEGER:
                return self.of(num_format="0", align="center")
            case ColumnKind.MOMENT:
                return self.of(num_format=MOMENT_FORMAT, align="left")

    def heading(self, *, is_original: bool) -> Format:
        """Return the format of headings; the manager's own columns are told from ours by colour."""
        return self.of(
            bold=True,
            font_color="#FFFFFF",
            bg_color="#52606D" if is_original else ACCENT,
            num_format="@",
            text_wrap=True,
            border=1,
            border_color="#FFFFFF",
        )

    def badge(self, colours: tuple[str, str]) -> Format:
        """Return a conditional format: dark letters on a pale ground."""
        return self.of(font_color=colours[0], bg_color=colours[1])
