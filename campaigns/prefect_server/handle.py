"""Where a Prefect server is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerHandle:
    """A Prefect server that answered: one of ours, or the one that `PREFECT_API_URL` names."""

    url: str
    """Address of the API, ending in `/api`."""
    ui_url: str
    """Address to open in a browser."""
    is_ours: bool
    data_directory: Path
    """The data directory it serves; for a server of somebody else's, ours alone."""
    linger: timedelta = timedelta(minutes=10)
    """How long a server of ours stays after its last user has gone."""
