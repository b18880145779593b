"""A named limit that does not exist is an error, never no limit at all."""

from __future__ import annotations

import pytest

from campaigns.prefect_server import ServerHandle

pytestmark = pytest.mark.prefect


async def test_a_missing_limit_stops_the_start(engine: ServerHandle) -> None:
    """Without its limit no chunk of the account starts."""
    from prefect.concurrency.asyncio import ConcurrencySlotAcquisitionError

    from flows.account_limits import wait_for_start

    with pytest.raises(ConcurrencySlotAcquisitionError):
        await wait_for_start("nobody")


async def test_an_operators_limit_stays(engine: ServerHandle) -> None:
    """Making sure of a limit twice leaves what an operator has set, and lets chunks start."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate

    from flows.account_limits import ensure_limit, limit_name, wait_for_start

    await ensure_limit("main")
    async with get_client() as client:
        await client.update_global_concurrency_limit(limit_name("main"), GlobalConcurrencyLimitUpdate(limit=3))
        await ensure_limit("main")
        assert (await client.read_global_concurrency_limit_by_name(limit_name("main"))).limit == 3
    await wait_for_start("main")
