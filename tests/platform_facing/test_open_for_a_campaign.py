"""The door is open for as long as a campaign runs, whoever else runs one, and never leads into another ledger."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import httpx
import pytest
from sqlalchemy import func, select

from campaigns.db.engine import Database
from campaigns.db.upgrading import upgrade
from campaigns.errors import SettingsError
from campaigns.models import Callback
from campaigns.platform_facing.serving import listen, platform_facing_open, who_answers
from campaigns.settings import Settings, load_settings
from tests.platform_facing.conftest import PATH, write_settings


@pytest.fixture
def settings(sqlite: Database, tmp_path: Path) -> Settings:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return load_settings(write_settings(tmp_path, str(sqlite.url), port=port))


def push(settings: Settings, body: bytes) -> httpx.Response:
    transport = httpx.HTTPTransport(retries=20)  # while one run hands the port to another
    with httpx.Client(transport=transport) as client:
        return client.post(f"http://127.0.0.1:{settings.platform_facing.port}{PATH}", content=body)


def test_it_is_open_during_the_block_only(sqlite: Database, settings: Settings) -> None:
    """A callback during a campaign is stored; after it the port is free again."""
    with platform_facing_open(settings, sqlite):
        assert push(settings, b"one").content == b"1"
    with sqlite.reading() as db:
        assert db.execute(select(func.count()).select_from(Callback)).scalar_one() == 1
    listen("127.0.0.1", settings.platform_facing.port).close()


def test_a_second_run_stands_by_and_takes_over(sqlite: Database, settings: Settings) -> None:
    """Two campaigns on one port: the second takes the port when the first ends."""
    first, second = platform_facing_open(settings, sqlite), platform_facing_open(settings, sqlite)
    first.__enter__()
    with second:
        assert push(settings, b"one").content == b"1"
        first.__exit__(None, None, None)
        assert push(settings, b"two").content == b"1"
    with sqlite.reading() as db:
        assert db.execute(select(func.count()).select_from(Callback)).scalar_one() == 2


def test_a_port_of_another_ledger_is_refused(sqlite: Database, settings: Settings, tmp_path: Path) -> None:
    """Callbacks must not end in somebody else's ledger: the run says so before anything is sent."""
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    upgrade(other)
    with (
        platform_facing_open(settings, other),
        pytest.raises(SettingsError, match="another ledger"),
        platform_facing_open(settings, sqlite),
    ):
        pass
    other.close()


def test_a_port_of_another_program_is_refused(sqlite: Database, settings: Settings) -> None:
    """A program that is not ours on the port is an error that names the setting."""
    with listen("127.0.0.1", settings.platform_facing.port) as taken:

        def answer() -> None:
            connection, _ = taken.accept()
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(SettingsError, match=r"platform_facing\.port"), platform_facing_open(settings, sqlite):
            pass
        thread.join()
    assert who_answers("127.0.0.1", settings.platform_facing.port) == {}


def test_without_callbacks_no_port_is_opened(sqlite: Database) -> None:
    """Accounts that are never called back need no door."""
    with platform_facing_open(Settings(), sqlite):
        assert who_answers("127.0.0.1", Settings().platform_facing.port) == {}
