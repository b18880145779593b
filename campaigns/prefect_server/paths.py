"""The files of one embedded server, all under `<data directory>/prefect`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerPaths:
    """Name the files that commands and the server share."""

    home: Path
    """The server's `PREFECT_HOME`."""

    @classmethod
    def under(cls, data_directory: Path) -> ServerPaths:
        """Name the files of this data directory; creates nothing."""
        return cls(home=data_directory.resolve() / "prefect")

    @property
    def record(self) -> Path:
        """Where the server is and whether it is ready."""
        return self.home / "server.json"

    @property
    def server_lock(self) -> Path:
        """Held by the server process for as long as it lives."""
        return self.home / "server.lock"

    @property
    def start_lock(self) -> Path:
        """Held while anyone decides whether a server is to start or to stop."""
        return self.home / "start.lock"

    @property
    def users(self) -> Path:
        """A locked file for each command that uses the server."""
        return self.home / "users"

    @property
    def log(self) -> Path:
        """What the server prints."""
        return self.home / "server.log"

    @property
    def database(self) -> Path:
        """Prefect's own SQLite file; never the campaigns' one."""
        return self.home / "prefect.db"
