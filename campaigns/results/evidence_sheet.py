"""Evidence: what an auditor asks for, in small tables one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook

from campaigns.results.cell_text import fitted, storable
from campaigns.results.model import CampaignSummary, ColumnKind, Evidence
from campaigns.results.styles import ACCENT, GREY, Styles
from campaigns.results.table_sheet import set_up_page
from campaigns.results.texts import texts_in, words

_WIDTHS = (26, 36, 24, 22, 18, 14, 12, 20, 20, 20)

Value = str | int | datetime | None


def add_evidence_sheet(workbook: Workbook, styles: Styles, summary: CampaignSummary, evidence: Evidence) -> None:
    """Add Evidence as the next sheet of `workbook`."""
    _EvidenceSheet(workbook, styles, summary, evidence).write()


class _EvidenceSheet:
    def __init__(self, workbook: Workbook, styles: Styles, summary: CampaignSummary, evidence: Evidence) -> None:
        self._styles = styles
        self._summary = summary
        self._evidence = evidence
        self._texts = texts_in(summary.language)
        self._zone = ZoneInfo(summary.timezone)
        self._sheet = workbook.add_worksheet(self._texts["sheet.evidence"])
        self._row = 0

    def write(self) -> None:
        self._sheet.hide_gridlines(2)
        self._sheet.set_tab_color(GREY[0])
        for index, width in enumerate(_WIDTHS):
            self._sheet.set_column(index, index, width)
        set_up_page(self._sheet)
        self._campaign()
        self._files()
        self._moves()
        self._chunks()
        self._versions()

    def _campaign(self) -> None:
        summary, evidence = self._summary, self._evidence
        facts: list[tuple[str, Value]] = [
            ("name", summary.campaign),
            ("reference", evidence.campaign_reference),
            ("created", summary.created_at),
            ("accounts", ", ".join(summary.accounts)),
            ("attempts", summary.attempts),
            ("definition_hash", evidence.definition_hash),
            ("plan_hash", evidence.plan_hash),
            *(("run_ids", run_id) for run_id in evidence.run_ids),
        ]
        self._title("campaign")
        for key, value in facts:
            self._line([self._texts[f"evidence.{key}"], value])
        self._row += 1

    def _files(self) -> None:
        self._table(
            "files",
            ("file", "mapping", "imported", "sheets", "rows", "bytes", "sha256"),
            (
                (
                    file.name,
                    file.mapping,
                    file.imported_at,
                    ", ".join(file.sheets),
                    file.row_count,
                    file.size_bytes,
                    file.sha256,
                )
                for file in self._evidence.files
            ),
        )

    def _moves(self) -> None:
        status_words = words(self._summary.language, "campaign_status")
        self._table(
            "moves",
            ("changed", "from", "to", "actor", "reason"),
            (
                (
                    move.changed_at,
                    status_words.get(move.from_status, move.from_status),
                    status_words.get(move.to_status, move.to_status),
                    move.actor,
                    move.reason,
                )
                for move in self._evidence.moves
            ),
        )

    def _chunks(self) -> None:
        status_words = words(self._summary.language, "chunk_status")
        self._table(
            "chunks",
            (
                "chunk",
                "reference",
                "platform_id",
                "account",
                "status",
                "size",
                "wave",
                "planned",
                "submitted",
                "closed",
            ),
            (
                (
                    chunk.number,
                    chunk.reference,
                    chunk.platform_id,
                    chunk.account,
                    status_words.get(chunk.status, chunk.status),
                    chunk.size,
                    chunk.wave,
                    chunk.planned_at,
                    chunk.submitted_at,
                    chunk.closed_at,
                )
                for chunk in self._evidence.chunks
            ),
        )

    def _versions(self) -> None:
        self._table("versions", ("program", "version"), self._evidence.versions.items())

    def _table(self, title: str, headings: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        self._title(title)
        style = self._styles.heading(is_original=True)
        for index, heading in enumerate(headings):
            self._sheet.write_string(self._row, index, self._texts[f"evidence.{heading}"], style)
        self._row += 1
        for row in rows:
            self._line(row)
        self._row += 1

    def _title(self, title: str) -> None:
        style = self._styles.of(bold=True, font_size=12, font_color=ACCENT)
        self._sheet.set_row(self._row, 20)
        self._sheet.write_string(self._row, 0, self._texts[f"evidence.{title}"], style)
        self._row += 1

    def _line(self, values: Iterable[Value]) -> None:
        for index, value in enumerate(values):
            match value:
                case datetime():
                    local = value.astimezone(self._zone).replace(tzinfo=None, microsecond=0)
                    self._sheet.write_datetime(self._row, index, local, self._styles.cell(ColumnKind.MOMENT))
                case int():
                    self._sheet.write_number(self._row, index, value, self._styles.of(num_format="0", align="left"))
                case str():
                    text = fitted(storable(value))
                    self._sheet.write_string(self._row, index, text, self._styles.cell(ColumnKind.TEXT))
                case None:
                    pass
        self._row += 1
