"""Inbox and bills are worked off by flows too, for what comes when no campaign runs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.orchestrator import run_flow
from campaigns.prefect_server import ServerHandle
from connectors.infin8linx.simulator import DEFAULT_ACCESSKEY, DEFAULT_APPID, SimulatorSettings, create_simulator
from connectors.simulation.server import SimulatorServer
from tests.builders import make_campaign, make_chunk
from tests.told_platform import receive

pytestmark = pytest.mark.prefect

_UNKNOWN = (
    '{"id": 7, "customuuid": "zzzzzzzz-0001", "destnumber": "8120000", "billsec": 0, '
    '"starttime": "2026-11-23 12:00:00"}'
)


async def test_flows_read_the_inbox_and_the_bills(
    engine: ServerHandle, sqlite: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each flow returns small counts; running it again finds nothing new."""
    async with SimulatorServer(create_simulator(SimulatorSettings.instant())) as server:
        config = tmp_path / "callsheet.toml"
        config.write_text(
            f'database_url = "{sqlite.url}"\n[accounts.main]\nplatform = "infin8linx"\n'
            f'base_url = "{server.base_url}"\nappid = "{DEFAULT_APPID}"\naccesskey = "{DEFAULT_ACCESSKEY}"\n'
            'callback_secret = "unguessable"\n',
            encoding="utf-8",
        )
        monkeypatch.setenv("CALLSHEET_CONFIG", str(config))
        campaign = make_campaign(sqlite, ["+6281200000001"], country="ID", platform="infin8linx")
        with sqlite.writing() as db:
            make_chunk(db, campaign)
        receive(sqlite, _UNKNOWN.encode(), b"garbled")
        read = await run_flow(engine, "flows.apply_callbacks:apply_callbacks", {"account": "main"})
        assert read == {"messages": 2, "not_understood": 2, "settled": 0, "differing": 0}
        again = await run_flow(engine, "flows.apply_callbacks:apply_callbacks", {"account": "main"})
        assert again["messages"] == 0
        since = now() - timedelta(hours=1)
        pulled = await run_flow(engine, "flows.pull_bills:pull_bills", {"account": "main", "since": since})
        assert pulled["settled"] == 0
