"""One chunk to one platform."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from prefect import task

from campaigns.submission import submit_staged_chunk
from campaigns.submission_at_once import submit_chunk_at_once
from connectors.contract import HandOver
from flows.account_limits import wait_for_start
from flows.opening import current_run
from flows.task_policies import chunk_task_options


@task(**chunk_task_options("chunk {chunk}", time_limit=timedelta(hours=2)))
async def submit_chunk(chunk_id: int, chunk: str) -> dict[str, Any]:
    """Hand one chunk over; `chunk` is its reference, for people. RINGS PHONES. Returns small counts."""
    await wait_for_start(current_run().connector.account)
    run = current_run()
    if run.connector.abilities.hand_over == HandOver.AT_ONCE:
        return asdict(await submit_chunk_at_once(run, chunk_id))
    return asdict(await submit_staged_chunk(run, chunk_id))
