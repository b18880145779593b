"""A schedule that never fires is silent; the self-check is what notices."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.prefect_server import ServerHandle, ensure_server, leave_server, stop_server
from campaigns.prefect_server.self_check import check_engine

pytestmark = pytest.mark.prefect


async def test_a_dead_scheduler_is_found(engine: ServerHandle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers but plans no runs is reported, with the next step."""
    monkeypatch.setenv("PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED", "false")
    monkeypatch.delenv("PREFECT_API_URL")
    lame = ensure_server(tmp_path, linger=timedelta(seconds=5))
    try:
        findings = await check_engine(lame, schedule_allowance=timedelta(seconds=12))
    finally:
        leave_server(tmp_path)
        stop_server(tmp_path)
    assert [finding.check for finding in findings if not finding.is_well] == ["schedule"]
    assert "scheduler" in findings[-1].message


async def test_a_schedule_yields_a_run(engine: ServerHandle) -> None:
    """On a sound server every check is well, and the check leaves no deployment behind."""
    from prefect.client.orchestration import get_client

    findings = await check_engine(engine)
    assert [finding.check for finding in findings if not finding.is_well] == []
    assert [finding.check for finding in findings] == ["versions", "server app", "server", "schedule"]
    async with get_client() as client:
        names = [deployment.name for deployment in await client.read_deployments()]
    assert not [name for name in names if name.startswith("check-")]
