"""Serve the platform-facing app on its port: for good, or in a thread for the time of a campaign."""

from __future__ import annotations

import errno
import http.client
import json
import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn

from campaigns.clock import now
from campaigns.db.engine import Database
from campaigns.errors import SettingsError
from campaigns.platform_facing.app import SERVICE, PlatformFacingApp, ledger_fingerprint
from campaigns.platform_facing.doors import read_doors
from campaigns.settings import Settings

logger = logging.getLogger(__name__)

_BACKLOG = 2048
_STOP_SECONDS = 5
_LOOK_EVERY_SECONDS = 1.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def serve_platform_facing(settings: Settings, database: Database, listener: socket.socket) -> None:
    """Serve until the process is told to end; `listener` is open."""
    uvicorn.Server(_config(settings, database)).run(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Listen on the address; raises `OSError` when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only on sockets that say they are TCP
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


@contextmanager
def platform_facing_open(settings: Settings, database: Database) -> Iterator[None]:
    """Keep the app open on its port for the time of the block, unless it is open already for the same ledger.

    Whoever finds it open stands by, and opens it should the other end. Raises `SettingsError` when the port is
    taken by something else.
    """
    if not read_doors(settings):
        yield
        return
    listener = _listen_or_stand_by(settings, database)
    keeper = _Keeper(settings, database, listener)
    keeper.start()
    try:
        yield
    finally:
        keeper.stop()


class _Keeper(threading.Thread):
    """Serves in a thread of its own: a campaign's loop may be busy for seconds, a platform does not wait so long."""

    def __init__(self, settings: Settings, database: Database, listener: socket.socket | None) -> None:
        super().__init__(name="platform-facing", daemon=True)
        self._settings = settings
        self._database = database
        self._listener = listener
        self._is_stopping = threading.Event()
        self._server: uvicorn.Server | None = None

    def run(self) -> None:
        where = self._settings.platform_facing
        while not self._is_stopping.is_set():
            if self._listener is not None:
                self._server = uvicorn.Server(_config(self._settings, self._database))
                self._server.should_exit = self._is_stopping.is_set()
                self._server.run(sockets=[self._listener])
                return
            self._is_stopping.wait(_LOOK_EVERY_SECONDS)
            if not self._is_stopping.is_set():
                try:
                    self._listener = listen(where.host, where.port)
                    logger.info("platform-facing app taken over port=%s", where.port)
                except OSError:
                    continue

    def stop(self) -> None:
        self._is_stopping.set()
        if self._server is not None:
            self._server.should_exit = True
        self.join()
        if self._listener is not None:
            self._listener.close()


def _listen_or_stand_by(settings: Settings, database: Database) -> socket.socket | None:
    where = settings.platform_facing
    try:
        return listen(where.host, where.port)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise SettingsError(
                f"`platform_facing`: cannot listen on {where.host} port {where.port}: {error.strerror}"
            ) from None
    answering = who_answers(where.host, where.port)
    if answering.get("service") == SERVICE and answering.get("ledger") == ledger_fingerprint(database):
        return None
    who = "a Callsheet with another ledger" if answering.get("service") == SERVICE else "another program"
    raise SettingsError(f"`platform_facing.port`: port {where.port} is used by {who}; choose another")


def who_answers(host: str, port: int) -> dict[str, Any]:
    """Return what the program on this port says of its health; empty when it is not ours."""
    connection = http.client.HTTPConnection(_ANYWHERE.get(host, host), port, timeout=5)
    try:
        connection.request("GET", "/health")
        answer = json.loads(connection.getresponse().read(10_000))
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return answer if isinstance(answer, dict) else {}


def _config(settings: Settings, database: Database) -> uvicorn.Config:
    where = settings.platform_facing
    app = PlatformFacingApp(
        database,
        read_doors(settings),
        clock=now,
        max_body_bytes=where.max_body_bytes,
        messages_per_second=where.messages_per_second,
    )
    return uvicorn.Config(
        cast("Any", app),
        http="httptools",
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="critical",
        access_log=False,  # addresses hold secrets
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=_STOP_SECONDS,
        backlog=_BACKLOG,
    )
