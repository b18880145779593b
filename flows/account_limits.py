"""Each account's named limit: how fast chunks may be started, for an operator to turn down in the Prefect UI.

A rate, not slots: a slot that a killed run held would stay taken for minutes. The pace of requests is our own
(`campaigns.account_sharing`); this is the operator's handle beside it. Prefect takes an unknown name for no limit at
all unless told otherwise, so it is told: a limit that does not exist is an error.
"""

from __future__ import annotations

from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import GlobalConcurrencyLimitCreate
from prefect.concurrency.asyncio import rate_limit
from prefect.exceptions import ObjectAlreadyExists, ObjectNotFound

CHUNK_STARTS_PER_SECOND = 20.0
CHUNK_STARTS_AT_ONCE = 20


def limit_name(account: str) -> str:
    return f"callsheet-chunks-{account}"


async def ensure_limit(account: str) -> None:
    """Create the account's limit unless there is one; what an operator has set stays."""
    name = limit_name(account)
    async with get_client() as client:
        try:
            await client.read_global_concurrency_limit_by_name(name)
        except ObjectNotFound:
            try:
                await client.create_global_concurrency_limit(
                    GlobalConcurrencyLimitCreate(
                        name=name, limit=CHUNK_STARTS_AT_ONCE, slot_decay_per_second=CHUNK_STARTS_PER_SECOND
                    )
                )
            except ObjectAlreadyExists:
                return


async def wait_for_start(account: str) -> None:
    """Wait until the account's limit lets a chunk start; raises when there is no such limit."""
    await rate_limit(limit_name(account), occupy=1, strict=True)
