"""Write the result sheet of a campaign: the form follows from the file's ending."""

from pathlib import Path

from campaigns.clock import Clock
from campaigns.db.engine import Database


def export_results(database: Database, campaign_id: int, out: Path, *, language: str, clock: Clock) -> None:
    out.write_text("stub")
