"""Prove that the engine works: some version combinations start, look healthy, and never fire a schedule."""

from __future__ import annotations

import asyncio
import importlib
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from importlib import metadata

from campaigns.prefect_server.environment import apply_flow_environment
from campaigns.prefect_server.handle import ServerHandle

_BOUNDED_PACKAGES = ("prefect", "fastapi", "sqlalchemy")
_FLOW_NAME = "callsheet-self-check"
_POLL_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check of the engine found."""

    check: str
    is_well: bool
    message: str
    """A sentence for people; if it is not well, with the next step."""


async def check_engine(engine: ServerHandle, *, schedule_allowance: timedelta = timedelta(seconds=90)) -> list[Finding]:
    """Check versions, the server app, and that a schedule yields a run; gives a finding for each, good or bad.

    Makes a deployment with a one-minute schedule, waits until the server has planned a run of it, and deletes it
    again. Nothing is run. The scheduler looks for new deployments every five seconds and for all others every minute,
    which is what `schedule_allowance` must cover.
    """
    apply_flow_environment(engine)
    findings = [_check_bounds()]
    if engine.is_ours:
        findings.append(await asyncio.to_thread(_check_server_app))
    findings.append(await _check_server_version(engine))
    if findings[-1].is_well:
        findings.append(await _check_schedule(engine, schedule_allowance))
    return findings


def _check_bounds() -> Finding:
    from packaging.requirements import Requirement

    versions = {name: metadata.version(name) for name in _BOUNDED_PACKAGES}
    for requirement in map(Requirement, metadata.requires("callsheet") or ()):
        name = requirement.name.lower()
        if name in versions and not requirement.specifier.contains(versions[name], prereleases=True):
            return Finding(
                "versions",
                False,
                f"{name} {versions[name]} is installed, and {requirement} is needed; install Callsheet anew.",
            )
    return Finding("versions", True, ", ".join(f"{name} {version}" for name, version in versions.items()))


def _check_server_app() -> Finding:
    try:
        importlib.import_module("prefect.server.api.server")
    except Exception as error:  # whatever a wrong combination of libraries raises at import
        return Finding("server app", False, f"Prefect's server cannot be imported ({error!r}); install Callsheet anew.")
    return Finding("server app", True, "Prefect's server can be imported.")


async def _check_server_version(engine: ServerHandle) -> Finding:
    import prefect
    from prefect.client.orchestration import get_client

    try:
        async with get_client() as client:
            theirs = await client.api_version()
    except Exception as error:  # httpx, Prefect and TLS errors all say the same here
        return Finding("server", False, f"The server at {engine.url} does not answer ({type(error).__name__}).")
    ours = prefect.__version__
    if theirs.split(".")[:2] != ours.split(".")[:2]:
        return Finding("server", False, f"The server is Prefect {theirs}, we are {ours}; use one version.")
    return Finding("server", True, f"The server at {engine.url} is Prefect {theirs}.")


async def _check_schedule(engine: ServerHandle, allowance: timedelta) -> Finding:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import DeploymentScheduleCreate
    from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
    from prefect.client.schemas.schedules import IntervalSchedule

    started = time.monotonic()
    async with get_client() as client:
        flow_id = await client.create_flow_from_name(_FLOW_NAME)
        deployment_id = await client.create_deployment(
            flow_id=flow_id,
            name=f"check-{secrets.token_hex(4)}",
            schedules=[DeploymentScheduleCreate(schedule=IntervalSchedule(interval=timedelta(minutes=1)), active=True)],
        )
        try:
            own = DeploymentFilter(id=DeploymentFilterId(any_=[deployment_id]))
            while time.monotonic() - started < allowance.total_seconds():
                if await client.read_flow_runs(deployment_filter=own, limit=1):
                    seconds = time.monotonic() - started
                    return Finding("schedule", True, f"A schedule was turned into a run after {seconds:.0f} s.")
                await asyncio.sleep(_POLL_SECONDS)
        finally:
            await client.delete_deployment(deployment_id)
    return Finding(
        "schedule",
        False,
        f"A schedule yielded no run in {allowance.total_seconds():.0f} s: the server's scheduler does not work. Look "
        "into the server's log, and at the versions of sqlalchemy and prefect.",
    )
