"""Serve a simulator on a real local port, with connections that can be cut in the middle of anything."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, cast

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT_EXTENSION = "simulator.transport"
_STOP_SECONDS = 1
_BACKLOG = 2048


class _CuttableProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which also hands the application its TCP connection.

    ASGI knows no way to break off: an application that returns without a reply makes uvicorn send a tidy 500, and no
    platform that loses its network does that.
    """

    def on_headers_complete(self) -> None:
        self.scope["extensions"] = {TRANSPORT_EXTENSION: {"transport": self.transport}}
        super().on_headers_complete()


async def cut_connection(scope: Scope, receive: Receive, *, after_sending: bool = False) -> None:
    """Break the TCP connection of a request off without a (whole) reply.

    With `after_sending` what was sent so far still arrives; else the client sees a reset. Mounted in-process, where
    there is no connection to cut, it raises `ConnectionResetError`.
    """
    extension = scope.get("extensions", {}).get(TRANSPORT_EXTENSION)
    if extension is None:
        raise ConnectionResetError("the simulated platform broke the connection off")
    transport = cast("asyncio.Transport", extension["transport"])
    if after_sending:
        transport.close()
    else:
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass  # uvicorn would send a 500 if we returned before it has noticed


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, *, owns_process: bool, on_started: Callable[[str], None] | None) -> None:
        super().__init__(config)
        self._owns_process = owns_process
        self._on_started = on_started

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals of the process alone unless it is ours."""
        if self._owns_process:
            with super().capture_signals():
                yield
        else:
            yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._on_started is not None and sockets:
            self._on_started(_base_url(sockets[0]))


class SimulatorServer:
    """Serve an ASGI simulator while the block lasts, in the running event loop.

    `port` 0 takes any free port; `base_url` ends without a slash.
    """

    def __init__(self, app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._app = app
        self._address = (host, port)
        self._server: _Server | None = None
        self._running: asyncio.Task[None] | None = None
        self.base_url = ""

    async def __aenter__(self) -> SimulatorServer:
        listener = _listen(*self._address)
        self.base_url = _base_url(listener)
        self._server = _Server(_config(self._app), owns_process=False, on_started=None)
        self._running = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started:
            if self._running.done():
                self._running.result()
                raise RuntimeError(f"the simulator at {self.base_url} ended while starting")
            await asyncio.sleep(0.005)
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is not None and self._running is not None:
            self._server.should_exit = True
            await self._running

    @property
    def port(self) -> int:
        return int(self.base_url.rpartition(":")[2])


def serve(
    app: ASGIApp, *, host: str = "127.0.0.1", port: int = 0, on_started: Callable[[str], None] | None = None
) -> None:
    """Serve an ASGI simulator until SIGINT or SIGTERM; `on_started` is told the base URL once requests are taken."""
    listener = _listen(host, port)
    server = _Server(_config(app), owns_process=True, on_started=on_started)
    server.run(sockets=[listener])


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        cast("Any", app),
        http=_CuttableProtocol,
        loop="uvloop",
        ws="none",
        lifespan="on",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        timeout_keep_alive=60,
        timeout_graceful_shutdown=_STOP_SECONDS,
        backlog=_BACKLOG,
    )


def _listen(host: str, port: int) -> socket.socket:
    # The protocol is named because asyncio turns Nagle's algorithm off only on sockets that say they are TCP.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def _base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def run_lifespan(
    receive: Receive, send: Send, *, on_start: Callable[[], None], on_stop: Callable[[], None]
) -> None:
    """Follow the ASGI lifespan protocol with two plain functions."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            on_start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            on_stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
