"""Who uses an embedded server: one locked file per process, counted while that process lives.

There are no heartbeats to miss: a killed command is gone from the count at once. Registering and counting both happen
under the start lock, so that a server cannot decide to stop while a command is on its way in.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from campaigns.prefect_server.locks import acquire_lock, release_lock


class Registration:
    """This process's place among the users of one server."""

    def __init__(self, users_directory: Path) -> None:
        """Register; the caller holds the start lock."""
        self.process_id = os.getpid()
        self.path = users_directory / f"{self.process_id}-{secrets.token_hex(4)}"
        descriptor = acquire_lock(self.path)
        if descriptor is None:  # the name is random: nobody else can know it yet
            raise RuntimeError(f"{self.path} is locked by someone else")
        self._descriptor = descriptor

    def leave(self) -> None:
        """Stop counting as a user."""
        self.path.unlink(missing_ok=True)
        release_lock(self._descriptor)


def count_users(users_directory: Path) -> int:
    """Count the living users and sweep away what dead ones left; the caller holds the start lock."""
    living = 0
    for path in users_directory.iterdir():
        with suppress(FileNotFoundError):
            descriptor = acquire_lock(path)
            if descriptor is None:
                living += 1
                continue
            path.unlink()
            release_lock(descriptor)
    return living
