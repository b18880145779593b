"""`callsheet decide`: what a person types and reads."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from click.testing import CliRunner, Result

from campaigns.cli.main import main
from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.models import Campaign, Chunk
from campaigns.queries.chunks import get_chunk
from campaigns.statuses import ChunkStatus
from connectors.errors import OutcomeUnknownError
from tests.campaigns.test_submission_at_once import make_running, submit
from tests.told_platform import ToldPlatform


async def make_doubtful(database: Database) -> tuple[Campaign, Chunk]:
    campaign, (chunk,) = make_running(database)
    error = OutcomeUnknownError("no reply", platform="infin8linx", operation="submit")
    await submit(database, campaign, chunk, ToldPlatform(after=[error]), at=now())
    return campaign, chunk


async def call(database: Database, folder: Path, *words: str, wait: str = "1s") -> Result:
    config = folder / "callsheet.toml"
    config.write_text(
        f'database_url = "{database.url}"\n[accounts.main]\nplatform = "infin8linx"\nbase_url = "http://127.0.0.1:9"\n'
        f'appid = "invented"\naccesskey = "invented"\n[watching]\nevidence_wait = "{wait}"\n',
        encoding="utf-8",
    )
    # the command runs a loop of its own
    return await asyncio.to_thread(
        CliRunner().invoke, main, ["--config", str(config), "decide", "Balance reminder", *words]
    )


async def test_a_verdict_and_a_reason_are_needed(sqlite: Database, tmp_path: Path) -> None:
    """Without a verdict or a reason nothing is decided."""
    _, chunk = await make_doubtful(sqlite)
    assert (await call(sqlite, tmp_path, "1", "--accept")).exit_code == 2
    assert (await call(sqlite, tmp_path, "1", "--reason", "asked")).exit_code == 2
    with sqlite.reading() as db:
        assert get_chunk(db, chunk.id or 0).status == ChunkStatus.UNCONFIRMED


async def test_too_early_is_not_allowed_now(sqlite: Database, tmp_path: Path) -> None:
    """While evidence is looked for, the command says until when, with the exit code for it."""
    await make_doubtful(sqlite)
    said = await call(sqlite, tmp_path, "1", "--resubmit", "--reason", "asked the vendor", wait="2h")
    assert said.exit_code == 7
    assert "evidence of chunk" in said.output


async def test_the_decision_is_told_as_data(sqlite: Database, tmp_path: Path) -> None:
    """With --json the decision names chunk, status, calls, and the chunk that takes its place."""
    _, chunk = await make_doubtful(sqlite)
    said = await call(
        sqlite, tmp_path, chunk.reference, "--resubmit", "--reason", "asked the vendor", "--json", wait="0s"
    )
    assert said.exit_code == 0, said.output
    data = json.loads(said.output)
    assert (data["chunk"], data["status"], data["calls"]) == (chunk.reference, "refused", 3)
    assert data["new_chunk"].endswith("-0002")
