"""What every test stands on: a clean environment, and a migrated ledger on either database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from campaigns.db.engine import Database
from campaigns.db.upgrading import upgrade
from tests.postgresql import PostgresqlServer


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person at the keyboard reaches a test."""
    for name in os.environ:
        if name.startswith("CALLSHEET_"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """A real PostgreSQL server of our own, for the session."""
    server = PostgresqlServer.start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty ledger with the migrated schema, once on each database."""
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
    else:
        opened = Database(request.getfixturevalue("postgresql").create_database())
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """An empty ledger on SQLite, where the database makes no difference to what is tested."""
    opened = Database(f"sqlite:///{tmp_path / 'ledger.db'}")
    upgrade(opened)
    yield opened
    opened.close()
