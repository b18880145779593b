"""Write the results of a campaign to a file of the kind that its name asks for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlmodel import Session

from campaigns.clock import Clock
from campaigns.db.engine import Database
from campaigns.errors import CampaignError
from campaigns.results.collect import collect_report
from campaigns.results.delimited import write_csv
from campaigns.results.model import Language
from campaigns.results.parquet import write_parquet
from campaigns.results.workbook import Progress, write_workbook

KINDS = (".xlsx", ".csv", ".parquet")


def export_results(
    database: Database,
    campaign_id: int,
    out: Path,
    *,
    language: str,
    clock: Clock,
    progress: Progress | None = None,
    run_ids: Sequence[str] = (),
) -> None:
    """Write results as .xlsx, .csv or .parquet to `out`, which appears whole or not at all; the ledger stays as it is.

    `language` is "en" or "zh". Calls may be running: the file shows one consistent state. Raises `CampaignError` for
    another kind of file or a folder that does not exist.
    """
    kind = out.suffix.lower()
    if kind not in KINDS:
        raise CampaignError(
            f"{out.name}: results are written as {', '.join(KINDS)}; give the file one of these endings"
        )
    if not out.parent.is_dir():
        raise CampaignError(f"{out}: there is no folder {out.parent}; make it first")
    with database.reading() as db:
        _see_one_state(db)
        report = collect_report(db, campaign_id, language=Language(language), at=clock(), run_ids=run_ids)
        match kind:
            case ".xlsx":
                write_workbook(out, report, progress=progress)
            case ".csv":
                write_csv(out, report.results, timezone=report.summary.timezone, progress=progress)
            case ".parquet":
                write_parquet(out, report.results, timezone=report.summary.timezone, progress=progress)


def _see_one_state(db: Session) -> None:
    """Make the transaction a snapshot: counts and rows are read one after the other and must agree."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
