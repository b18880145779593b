"""Prefect's settings, as environment variables, for the embedded server and for the process that runs flows.

Why each one: docs/decisions/0003-prefect-engine-not-record.md.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from campaigns.prefect_server.handle import ServerHandle
from campaigns.prefect_server.paths import ServerPaths

_NO_PHONING_HOME = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
}

_SERVER = {
    **_NO_PHONING_HOME,
    # Relative, because the default is port 4200 whatever port the server has, and the pages stay blank.
    "PREFECT_SERVER_UI_API_URL": "/api",
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    "PREFECT_SERVER_DATABASE_TIMEOUT": "60",
    # The defaults record one event at a time: 27 ms of CPU a task run instead of 7, and a queue that overflows.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
    # Runs and logs are kept for ever unless asked otherwise.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    # Leases in memory are lost with the server, and a lost lease crashes a healthy run.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
}

_FLOWS = {
    **_NO_PHONING_HOME,
    "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
    "PREFECT_RUNNER_POLL_FREQUENCY": "2",
    "PREFECT_WORKER_QUERY_SECONDS": "2",
    "PREFECT_LOGGING_EXTRA_LOGGERS": "campaigns,connectors",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    # The terminal belongs to our own lines; the run's log still reaches the server.
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_HANDLERS_DEBUG_LEVEL": "CRITICAL",
}

# A person's own Prefect profile names servers and keys that have no place in a server of ours.
_PROFILE_VARIABLES = ("PREFECT_PROFILE", "PREFECT_PROFILES_PATH")


def server_environment(data_directory: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """Give the whole environment of an embedded server; settings that a person made in `inherited` win over ours."""
    environment = {**_SERVER, **inherited, "PREFECT_HOME": str(ServerPaths.under(data_directory).home)}
    for name in (*_PROFILE_VARIABLES, "PREFECT_API_URL"):
        environment.pop(name, None)
    return environment


def flow_environment(handle: ServerHandle) -> dict[str, str]:
    """Give the variables that a process needs before it imports Prefect to run flows on this server.

    For a server of somebody else's, Prefect's home (profile, keys) stays that person's own.
    """
    environment = {**_FLOWS, "PREFECT_API_URL": handle.url}
    if handle.is_ours:
        environment["PREFECT_HOME"] = str(ServerPaths.under(handle.data_directory).home)
    return environment


def apply_flow_environment(handle: ServerHandle) -> None:
    """Put `flow_environment` into this process; variables that a person has set win, except where the server is.

    Prefect reads its settings when it is imported. If that has happened already, they are read again.
    """
    decided = {"PREFECT_API_URL", "PREFECT_HOME"}
    changed: set[str] = set()
    for name, value in flow_environment(handle).items():
        if os.environ.get(name) != value and (name in decided or name not in os.environ):
            os.environ[name] = value
            changed.add(name)
    if handle.is_ours:
        for name in _PROFILE_VARIABLES:
            os.environ.pop(name, None)
    if "prefect.context" in sys.modules and "prefect.logging.configuration" in sys.modules:
        sys.modules["prefect.context"].refresh_global_settings_context()
        # Only when needed: each set-up adds one more sender of the same lines to our loggers.
        if any(name.startswith("PREFECT_LOGGING_") for name in changed):
            sys.modules["prefect.logging.configuration"].setup_logging(incremental=False)
