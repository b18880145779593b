"""The one place that says what a flow or a task may try again, how often, and for how long.

Only `TransientPlatformError` is tried again: nothing that was asked for took effect, or asking twice does no harm.
Everything else ends the task, and the campaign's own records say what is left to do. Nothing is cached and no result
is kept: after a crash, Prefect's caches and transactions would send a chunk a second time, our ledger does not.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypedDict

from prefect import Task
from prefect.cache_policies import NO_CACHE, CachePolicy
from prefect.client.schemas.objects import State, TaskRun

from connectors.errors import TransientPlatformError

CHUNK_RETRIES = 4
FIRST_RETRY_SECONDS = 2.0
RETRY_JITTER_FACTOR = 0.5

MAX_TASK_RUNS_PER_FLOW_RUN = 2000
"""Beyond about 3,300 unrecorded task runs Prefect's event queue overflows and drops them: shard the campaign."""


class TaskOptions(TypedDict):
    """Keyword arguments of `prefect.task`."""

    retries: int
    retry_delay_seconds: list[float]
    retry_jitter_factor: float
    retry_condition_fn: Any
    timeout_seconds: float
    cache_policy: CachePolicy
    persist_result: bool
    task_run_name: str


class FlowOptions(TypedDict):
    """Keyword arguments of `prefect.flow`."""

    retries: int
    persist_result: bool
    validate_parameters: bool
    flow_run_name: str


def is_transient(task: Task[Any, Any], task_run: TaskRun, state: State[Any]) -> bool:
    """Tell Prefect whether a failed task may be tried again."""
    return isinstance(state.data, TransientPlatformError)


def chunk_task_options(task_run_name: str, *, time_limit: timedelta) -> TaskOptions:
    """Give the options of a task that handles one chunk: four more tries, 2, 4, 8 and 16 seconds apart (jittered).

    `task_run_name` may name the task's parameters, as in "chunk {chunk_id}". `time_limit` bounds each try; it is a
    backstop for a platform that hangs, to be set far above what pacing makes a chunk last.
    """
    return TaskOptions(
        retries=CHUNK_RETRIES,
        retry_delay_seconds=[FIRST_RETRY_SECONDS * 2**retry for retry in range(CHUNK_RETRIES)],
        retry_jitter_factor=RETRY_JITTER_FACTOR,
        retry_condition_fn=is_transient,
        timeout_seconds=time_limit.total_seconds(),
        cache_policy=NO_CACHE,
        persist_result=False,
        task_run_name=task_run_name,
    )


def step_task_options(task_run_name: str, *, time_limit: timedelta) -> TaskOptions:
    """Give the options of a task that touches only our own database and files: never tried again by itself."""
    return TaskOptions(
        **{**chunk_task_options(task_run_name, time_limit=time_limit), "retries": 0, "retry_delay_seconds": []}
    )


def flow_options(flow_run_name: str) -> FlowOptions:
    """Give the options of a flow: never run again by Prefect, which would not look at what a crash left behind.

    `flow_run_name` may name the flow's parameters, as in "campaign {campaign_id}". Flows are `async def`: a sync flow
    costs a second more.
    """
    return FlowOptions(retries=0, persist_result=False, validate_parameters=True, flow_run_name=flow_run_name)
