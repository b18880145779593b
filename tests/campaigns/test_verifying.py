"""The ledger is computed anew from file, plan and platform, and what does not agree is named."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from sqlalchemy import text

from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.dial_lists.importer import ImportOptions, import_dial_list
from campaigns.driving import drive_campaign
from campaigns.models import Campaign
from campaigns.planning import plan_campaign
from campaigns.queries.campaigns import create_campaign
from campaigns.submission import submit_staged_chunk
from campaigns.verifying import Check, verify_file, verify_ledger, verify_platform
from tests.builders import make_campaign, make_file, make_number
from tests.campaigns.conftest import OpenRun, serve_simulator


def problems(checks: list[Check]) -> list[str]:
    return [check.what for check in checks if not check.is_well]


async def test_a_finished_campaign_agrees_with_its_platform(database: Database, open_run: OpenRun) -> None:
    """After a calm campaign everything agrees; a row that vanishes from the platform is named with its chunk."""
    campaign = make_campaign(database, [make_number(index) for index in range(40)])
    async with (
        serve_simulator() as (simulator, base_url),
        open_run(database, campaign.id, base_url, max_calls_per_chunk=20) as run,
    ):
        plan_campaign(run)
        await drive_campaign(run, submit=lambda chunk: submit_staged_chunk(run, chunk.id or 0))
        assert problems(verify_ledger(database, campaign.id or 0)) == []
        assert problems(await verify_platform(database, run.connector, campaign.id or 0)) == []
        task = next(iter(simulator.state.tasks.values()))
        task.rows.pop(next(iter(task.rows)))
        (wrong,) = [c for c in await verify_platform(database, run.connector, campaign.id or 0) if not c.is_well]
    assert "1 missing" in wrong.message


def import_numbers(database: Database, path: Path, numbers: list[str]) -> Campaign:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["手机号"], *([number] for number in numbers)):
        sheet.append(row)
    book.save(path)
    with database.writing() as db:
        campaign = create_campaign(db, make_file(), platform="mvb2000", at=now())
    import_dial_list(database, campaign.id or 0, path, ImportOptions(country="CN"), at=now())
    return campaign


def test_the_file_is_read_again_and_compared(database: Database, tmp_path: Path) -> None:
    """The imported file agrees row by row; a contact that was tampered with is named by its row."""
    path = tmp_path / "contacts.xlsx"
    numbers = [make_number(index)[3:] for index in range(5)]
    campaign = import_numbers(database, path, [*numbers, "not a number"])
    assert problems(verify_file(database, campaign.id or 0, path, clock=now)) == []
    with database.writing() as db:
        db.execute(text("DELETE FROM contact WHERE row_number = 3"))
    (check,) = verify_file(database, campaign.id or 0, path, clock=now)
    assert not check.is_well
    assert "row 3" in check.message


def test_another_file_is_not_taken_for_the_imported_one(sqlite: Database, tmp_path: Path) -> None:
    """A file that was edited since is refused by its hash, not compared."""
    path = tmp_path / "contacts.xlsx"
    campaign = import_numbers(sqlite, path, [make_number(1)[3:]])
    path.write_bytes(path.read_bytes() + b" ")
    (check,) = verify_file(sqlite, campaign.id or 0, path, clock=now)
    assert not check.is_well
    assert "hash" in check.message
