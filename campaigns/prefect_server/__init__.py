"""Start, share, find and stop the Prefect server that Callsheet brings with it.

Nothing here imports Prefect except the server process itself (`python -m campaigns.prefect_server`) and the self-check:
Prefect reads its settings when it is imported, so the environment must be in place before that.
"""

from __future__ import annotations

from campaigns.prefect_server.environment import apply_flow_environment, flow_environment
from campaigns.prefect_server.errors import EngineUnavailableError
from campaigns.prefect_server.handle import ServerHandle
from campaigns.prefect_server.launch import ensure_server, is_server_running, leave_server, stop_server

__all__ = [
    "EngineUnavailableError",
    "ServerHandle",
    "apply_flow_environment",
    "ensure_server",
    "flow_environment",
    "is_server_running",
    "leave_server",
    "stop_server",
]
