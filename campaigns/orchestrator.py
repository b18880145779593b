"""Run flows and start deployments: the only door from the campaigns to Prefect.

Prefect is imported inside the functions: it takes a second, which `callsheet status` need not spend, and it reads its
settings at that moment, when the environment must already name the server.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

from campaigns.prefect_server import (
    EngineUnavailableError,
    ServerHandle,
    apply_flow_environment,
    ensure_server,
    is_server_running,
)

_logger = logging.getLogger(__name__)

_WATCHED_EVERY_SECONDS = 1.0
_MAX_RESTARTS = 5


async def run_flow(engine: ServerHandle, entrypoint: str, parameters: Mapping[str, Any]) -> Any:
    """Run a flow in this process, recorded by `engine`, and give what it returns.

    `entrypoint` is "module:function". `parameters` are ids and small values: Prefect stores and shows them.

    While the flow runs, an embedded server that dies is started again at the same address; the flow goes on without
    noticing. Raises what the flow raises, and `EngineUnavailableError` if the server is away for longer than Prefect's
    client is patient (two and a half minutes): then ensure a server and run the flow again, which resumes.
    """
    apply_flow_environment(engine)
    # Prefect's log sender writes to stderr when the server is away; the terminal is ours.
    logging.raiseExceptions = False
    flow = _load(entrypoint)
    async with _server_kept_alive(engine):
        try:
            return await flow(**parameters)
        except Exception as error:
            if _is_engine_failure(error, engine):
                raise EngineUnavailableError(
                    f"The Prefect server at {engine.url} went away while {entrypoint} was running. What was done is "
                    "recorded; run the campaign again to go on."
                ) from error
            raise


async def start_deployment(
    engine: ServerHandle, name: str, parameters: Mapping[str, Any], *, idempotency_key: str
) -> UUID:
    """Ask for a run of the deployment "flow name/deployment name" and give the run's id without waiting for it.

    The same `idempotency_key` gives the same run. Raises `EngineUnavailableError` if the server does not answer and
    `LookupError` if it knows no such deployment.
    """
    apply_flow_environment(engine)
    from prefect.deployments import arun_deployment
    from prefect.exceptions import ObjectNotFound

    try:
        run = await arun_deployment(
            name, parameters=dict(parameters), idempotency_key=idempotency_key, timeout=0, as_subflow=False
        )
    except ObjectNotFound as error:
        raise LookupError(
            f"The Prefect server knows no deployment {name!r}; deploy it, or start `callsheet serve`, which does."
        ) from error
    except Exception as error:
        if _is_engine_failure(error, engine):
            raise EngineUnavailableError(f"The Prefect server at {engine.url} does not answer.") from error
        raise
    return run.id


def _load(entrypoint: str) -> Any:
    module_name, _, function_name = entrypoint.partition(":")
    return getattr(importlib.import_module(module_name), function_name)


@asynccontextmanager
async def _server_kept_alive(engine: ServerHandle) -> AsyncIterator[None]:
    if not engine.is_ours:
        yield
        return
    watch = asyncio.create_task(_restart_when_lost(engine))
    try:
        yield
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch


async def _restart_when_lost(engine: ServerHandle) -> None:
    for _ in range(_MAX_RESTARTS):
        while is_server_running(engine.data_directory):  # noqa: ASYNC110 - another process's death sets no event
            await asyncio.sleep(_WATCHED_EVERY_SECONDS)
        _logger.warning("engine lost, starting it again url=%s", engine.url)
        try:
            restarted = await asyncio.to_thread(ensure_server, engine.data_directory, linger=engine.linger)
        except EngineUnavailableError as error:
            _logger.error("engine cannot be started again: %s", error)
            return
        if restarted.url != engine.url:
            # Somebody took the port meanwhile. The run has its address from the start and cannot follow.
            _logger.error("engine has moved from %s to %s", engine.url, restarted.url)
            return


def _is_engine_failure(error: BaseException, engine: ServerHandle) -> bool:
    """Tell a lost server from an error of the flow: no answer, or a 5xx, from the engine's own address."""
    import httpx

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, httpx.HTTPStatusError):
            is_failure = cause.response.is_server_error
        else:
            is_failure = isinstance(cause, httpx.RequestError)
        if is_failure and isinstance(cause, httpx.RequestError | httpx.HTTPStatusError):
            return str(cause.request.url).startswith(engine.url)
        cause = cause.__cause__
    return False
