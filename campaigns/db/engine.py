"""Connection and unit of work, for SQLite at the desk and PostgreSQL in the call centre."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, make_url
from sqlalchemy.engine import Connection
from sqlmodel import Session, create_engine

_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    # An intent to submit must survive a power cut: NORMAL may lose the last commits, FULL does not.
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=60000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
    "PRAGMA wal_autocheckpoint=20000",
)


class Database:
    """The ledger. Every read and write happens inside one of its two units of work."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self.engine = self._sqlite_engine() if self.is_sqlite else self._postgresql_engine()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a transaction that may write; commit at the end, roll back on any error.

        On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that what it reads cannot change before it
        writes and no reader is upgraded into a deadlock. No network call belongs inside.
        """
        with Session(self.engine.execution_options(callsheet_writes=True), expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a transaction that sees one consistent state and writes nothing."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.expunge_all()  # what was read stays readable after the end

    def close(self) -> None:
        self.engine.dispose()

    def _sqlite_engine(self) -> Engine:
        engine = create_engine(self.url, connect_args={"timeout": 60}, hide_parameters=True)

        def set_up(connection: Any, _record: Any) -> None:
            assert isinstance(connection, sqlite3.Connection)
            connection.isolation_level = None  # we say BEGIN ourselves
            for pragma in _SQLITE_PRAGMAS:
                connection.execute(pragma).close()

        def begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get("callsheet_writes", False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        event.listen(engine, "connect", set_up)
        event.listen(engine, "begin", begin)
        return engine

    def _postgresql_engine(self) -> Engine:
        return create_engine(
            self.url,
            pool_pre_ping=True,
            hide_parameters=True,  # errors are shown and stored, and parameters hold telephone numbers
            pool_size=10,
            max_overflow=20,
            connect_args={"options": "-c timezone=UTC -c lock_timeout=60000"},
        )
