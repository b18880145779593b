"""The Summary: one page that a manager can forward."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook

from campaigns.results.cell_text import fitted, storable
from campaigns.results.model import CampaignSummary
from campaigns.results.styles import (
    ACCENT,
    BAD,
    DISPOSITION_CHART_COLOURS,
    GOOD,
    INK,
    MOMENT_FORMAT,
    OTHER_CHART_COLOUR,
    OUTCOME_CHART_COLOURS,
    PALE,
    QUIET,
    RULE,
    Styles,
)
from campaigns.results.summary_charts import ChartPlace, Slice, add_column_chart, add_hour_chart, add_pie_chart
from campaigns.results.table_sheet import set_up_page
from campaigns.results.texts import texts_in, words

_LABEL, _COUNT, _SHARE = 1, 2, 3
_FIRST_CHART_COLUMN, _LAST_CHART_COLUMN = 5, 10
_CHART_TOP_ROW, _CHART_ROWS = 6, 15
_SECONDS_PER_DAY = 86_400

_PARTS = ("refused", "duplicate", "suppressed", "not_yet_planned", "planned", "submitted")
_SUBMITTED_PARTS = ("outcomes", "pending", "unconfirmed", "lost")


def add_summary_sheet(workbook: Workbook, styles: Styles, summary: CampaignSummary) -> None:
    """Add the Summary as the next sheet of `workbook`."""
    _SummarySheet(workbook, styles, summary).write()


class _SummarySheet:
    def __init__(self, workbook: Workbook, styles: Styles, summary: CampaignSummary) -> None:
        self._workbook = workbook
        self._styles = styles
        self._summary = summary
        self._texts = texts_in(summary.language)
        self._words = {group: words(summary.language, group) for group in ("outcome", "disposition", "campaign_status")}
        self._name = self._texts["sheet.summary"]
        self._sheet = workbook.add_worksheet(self._name)
        self._chart_row = _CHART_TOP_ROW

    def write(self) -> None:
        self._set_up()
        self._title()
        row = self._facts(_CHART_TOP_ROW)
        row, submitted_row = self._identity(row + 1)
        row = self._outcomes(row + 1)
        row = self._dispositions(row + 1)
        row = self._hours(row + 1)
        row = self._keys(row + 1)
        self._tiles(submitted_row)
        self._sheet.print_area(0, 0, max(row, self._chart_row), _LAST_CHART_COLUMN)

    def _set_up(self) -> None:
        sheet = self._sheet
        sheet.hide_gridlines(2)
        sheet.set_tab_color(GOOD[0])
        sheet.set_column(0, 0, 2)
        sheet.set_column(_LABEL, _LABEL, 42)
        sheet.set_column(_COUNT, _SHARE, 13)
        sheet.set_column(4, 4, 3)
        sheet.set_column(_FIRST_CHART_COLUMN, _LAST_CHART_COLUMN, 13)
        set_up_page(sheet)
        # The whole page is about as high as a sheet of A4 on its narrow side: nothing is cut in two.
        sheet.set_portrait()
        sheet.fit_to_pages(1, 1)
        sheet.set_first_sheet()
        sheet.activate()

    def _title(self) -> None:
        summary = self._summary
        self._sheet.set_row(0, 32)
        self._text(0, _LABEL, summary.campaign, font_size=20, bold=True, font_color=INK)
        status = self._words["campaign_status"].get(summary.status, summary.status)
        line = f"{self._texts['summary.subtitle']} · {status}"
        if summary.status_reason:
            line = f"{line}: {summary.status_reason}"
        self._text(1, _LABEL, line, font_size=11, font_color=QUIET)

    def _tiles(self, submitted_row: int) -> None:
        """Write five large figures; the ones that are sums or shares follow the tables below by formula."""
        identity, outcomes = self._summary.identity, self._summary.outcomes
        answered = outcomes.get("answered", 0)
        called = f"C{submitted_row + 1}"
        reached = identity.submitted and answered / identity.submitted
        tiles = [
            ("summary.rows", "", identity.rows, "#,##0", (1, 1)),
            ("summary.called", f"={called}", identity.submitted, "#,##0", (2, 3)),
            ("summary.answered", "", answered, "#,##0", (5, 6)),
            ("summary.answer_rate", f"=IF({called}=0,0,F5/{called})", reached, "0.0%", (7, 8)),
            ("summary.talk_time", "", self._summary.talk_seconds / _SECONDS_PER_DAY, "[h]:mm", (9, 10)),
        ]
        self._sheet.set_row(3, 18)
        self._sheet.set_row(4, 32)
        for key, formula, value, number_format, (first, last) in tiles:
            label = self._styles.of(font_color=QUIET, font_size=10, bg_color=PALE, align="left", indent=1)
            figure = self._styles.of(
                font_color=ACCENT,
                font_size=20,
                bold=True,
                bg_color=PALE,
                align="left",
                indent=1,
                num_format=number_format,
            )
            if first != last:
                self._sheet.merge_range(3, first, 3, last, "", label)
                self._sheet.merge_range(4, first, 4, last, "", figure)
            self._sheet.write_string(3, first, self._texts[key], label)
            if formula:
                self._sheet.write_formula(4, first, formula, figure, value)
            else:
                self._sheet.write_number(4, first, value, figure)

    def _facts(self, row: int) -> int:
        summary = self._summary
        row = self._heading(row, "summary.facts")
        facts: list[tuple[str, str | datetime | None]] = [
            ("summary.status", self._words["campaign_status"].get(summary.status, summary.status)),
            ("summary.account", ", ".join(summary.accounts)),
            ("summary.platform", ", ".join(summary.platforms)),
            ("summary.started", summary.started_at),
            ("summary.ended", summary.ended_at),
            ("summary.written", summary.written_at),
            ("summary.timezone", summary.timezone),
        ]
        for key, value in facts:
            self._text(row, _LABEL, self._texts[key], **_line())
            if isinstance(value, datetime):
                local = value.astimezone(ZoneInfo(summary.timezone)).replace(tzinfo=None, microsecond=0)
                style = self._styles.of(num_format=MOMENT_FORMAT, align="right", **_line())
                self._sheet.merge_range(row, _COUNT, row, _SHARE, "", style)
                self._sheet.write_datetime(row, _COUNT, local, style)
            else:
                style = self._styles.of(align="right", text_wrap=True, **_line())
                text = fitted(storable(value or self._texts["summary.none"]))
                self._sheet.merge_range(row, _COUNT, row, _SHARE, "", style)
                self._sheet.write_string(row, _COUNT, text, style)
                if len(text) > 24:
                    self._sheet.set_row(row, 15 * (1 + len(text) // 24))
            row += 1
        return row

    def _identity(self, row: int) -> tuple[int, int]:
        """Write the identity as a table that checks itself; return the next row and the row of `submitted`."""
        identity = self._summary.identity
        row = self._heading(row, "summary.identity", "summary.count", "summary.share")
        total_row = row
        self._figure(row, "summary.rows_total", identity.rows, total_row, bold=True)
        row += 1
        first_part = row
        for part in _PARTS:
            self._figure(row, f"summary.{part}", getattr(identity, part), total_row, bold=part == "submitted")
            row += 1
        submitted_row = row - 1
        for part in _SUBMITTED_PARTS:
            self._figure(row, f"summary.{part}", getattr(identity, part), submitted_row, indent=2)
            row += 1
        holds, fails = self._texts["summary.holds"], self._texts["summary.does_not_hold"]
        formula = (
            f"=IF(AND(C{total_row + 1}=SUM(C{first_part + 1}:C{submitted_row + 1}),"
            f'C{submitted_row + 1}=SUM(C{submitted_row + 2}:C{row})),"{holds}","{fails}")'
        )
        self._sheet.merge_range(row, _LABEL, row, _SHARE, "", self._styles.of(bold=True, indent=1))
        self._sheet.write_formula(
            row, _LABEL, formula, self._styles.of(bold=True, indent=1), holds if identity.holds else fails
        )
        for text, colours in ((holds, GOOD), (fails, BAD)):
            rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": self._styles.badge(colours)}
            self._sheet.conditional_format(row, _LABEL, row, _SHARE, rule)
        self._sheet.set_row(row, 20)
        return row + 1, submitted_row

    def _outcomes(self, row: int) -> int:
        known = self._words["outcome"]
        tallies = sorted(self._summary.outcomes.items(), key=lambda item: -item[1])
        slices = [
            Slice(known.get(code, code), count, OUTCOME_CHART_COLOURS.get(code, OTHER_CHART_COLOUR))
            for code, count in tallies
            if count
        ]
        first_row = row + 1
        row = self._tally(row, "summary.outcome_table", slices)
        if slices:
            add_column_chart(self._chart_place("summary.outcome_table", first_row, len(slices)), slices)
        return row

    def _dispositions(self, row: int) -> int:
        known = self._words["disposition"]
        slices = [
            Slice(known.get(code, code), count, DISPOSITION_CHART_COLOURS.get(code, OTHER_CHART_COLOUR))
            for code, count in self._summary.dispositions.items()
            if count
        ]
        first_row = row + 1
        row = self._tally(row, "summary.disposition_table", slices)
        if slices:
            add_pie_chart(self._chart_place("summary.disposition_table", first_row, len(slices)), slices)
        return row

    def _keys(self, row: int) -> int:
        keys = [tally for tally in self._summary.keys if tally.contacts]
        if not keys:
            return row
        slices = [Slice(f"{key.digits}  {key.label}".strip(), key.contacts, ACCENT) for key in keys]
        first_row = row + 1
        row = self._tally(row, "summary.key_table", slices)
        add_column_chart(self._chart_place("summary.key_table", first_row, len(slices)), slices)
        return row

    def _hours(self, row: int) -> int:
        """Write one row for each hour from the first to the last with calls, quiet ones between included."""
        hours = {tally.hour: tally for tally in self._summary.hours if tally.attempts}
        if not hours:
            return row
        row = self._heading(row, "summary.hour_table", "summary.answered_calls", "summary.other_calls")
        first_row = row
        for hour in range(min(hours), max(hours) + 1):
            tally = hours.get(hour)
            answered = tally.answered if tally else 0
            others = tally.attempts - tally.answered if tally else 0
            self._text(row, _LABEL, f"{hour:02d}:00–{hour + 1:02d}:00", **_line())
            self._number(row, _COUNT, answered)
            self._number(row, _SHARE, others)
            row += 1
        self._text(row, _LABEL, self._texts["summary.total"], bold=True, top=1, **_line())
        for column, value in (
            (_COUNT, sum(tally.answered for tally in hours.values())),
            (_SHARE, sum(tally.attempts - tally.answered for tally in hours.values())),
        ):
            letter = "ABCD"[column]
            style = self._styles.of(num_format="#,##0", bold=True, top=1, **_line())
            self._sheet.write_formula(row, column, f"=SUM({letter}{first_row + 1}:{letter}{row})", style, value)
        place = self._chart_place("summary.hour_table", first_row, row - first_row)
        add_hour_chart(place, self._texts["summary.answered_calls"], self._texts["summary.other_calls"])
        return row + 1

    def _tally(self, row: int, heading: str, slices: list[Slice]) -> int:
        """Write a table of counts with shares and a live total; return the row after it."""
        row = self._heading(row, heading, "summary.people", "summary.share")
        first_row, total_row = row, row + len(slices)
        for piece in slices:
            self._text(row, _LABEL, piece.label, **_line())
            self._number(row, _COUNT, piece.count)
            self._share(row, piece.count, sum(other.count for other in slices), total_row)
            row += 1
        total = sum(piece.count for piece in slices)
        self._text(row, _LABEL, self._texts["summary.total"], bold=True, top=1, **_line())
        style = self._styles.of(num_format="#,##0", bold=True, top=1, **_line())
        if slices:
            self._sheet.write_formula(row, _COUNT, f"=SUM(C{first_row + 1}:C{row})", style, total)
        else:
            self._sheet.write_number(row, _COUNT, 0, style)
        self._sheet.write_blank(row, _SHARE, None, style)
        return row + 1

    def _heading(self, row: int, title: str, count: str | None = None, share: str | None = None) -> int:
        left = self._styles.of(bold=True, font_color=ACCENT, font_size=11, bottom=2, bottom_color=ACCENT)
        right = self._styles.of(font_color=QUIET, bottom=2, bottom_color=ACCENT, align="right")
        self._sheet.set_row(row, 20)
        self._sheet.write_string(row, _LABEL, self._texts[title], left)
        for column, key in ((_COUNT, count), (_SHARE, share)):
            self._sheet.write_string(row, column, self._texts[key] if key else "", right)
        return row + 1

    def _figure(self, row: int, key: str, value: int, of_row: int, *, bold: bool = False, indent: int = 0) -> None:
        self._text(row, _LABEL, self._texts[key], bold=bold, indent=indent, **_line())
        self._number(row, _COUNT, value, bold=bold)
        whole = self._summary.identity.submitted if indent else self._summary.identity.rows
        self._share(row, value, whole, of_row)

    def _number(self, row: int, column: int, value: int, *, bold: bool = False) -> None:
        self._sheet.write_number(row, column, value, self._styles.of(num_format="#,##0", bold=bold, **_line()))

    def _share(self, row: int, value: int, whole: int, whole_row: int) -> None:
        style = self._styles.of(num_format="0.0%", font_color=QUIET, **_line())
        formula = f"=IF(C${whole_row + 1}=0,0,C{row + 1}/C${whole_row + 1})"
        self._sheet.write_formula(row, _SHARE, formula, style, value / whole if whole else 0)

    def _text(self, row: int, column: int, text: str, **properties: Any) -> None:
        self._sheet.write_string(row, column, fitted(storable(text)), self._styles.of(**properties))

    def _chart_place(self, title: str, first_row: int, row_count: int) -> ChartPlace:
        place = ChartPlace(
            workbook=self._workbook,
            sheet=self._sheet,
            sheet_name=self._name,
            font=self._styles.font,
            row=self._chart_row,
            title=self._texts[title],
            first_row=first_row,
            last_row=first_row + row_count - 1,
        )
        self._chart_row += _CHART_ROWS + 1
        return place


def _line() -> dict[str, Any]:
    return {"bottom": 1, "bottom_color": RULE}
