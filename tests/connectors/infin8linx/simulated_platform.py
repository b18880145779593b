"""A simulated platform on a real port, a client that posts plain forms to it, and an address that callbacks reach."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx

from connectors.infin8linx.simulator import (
    DEFAULT_ACCESSKEY,
    DEFAULT_APPID,
    Simulator,
    SimulatorSettings,
    create_simulator,
)
from connectors.simulation.server import SimulatorServer

NINE = datetime.fromisoformat("2026-11-21T09:00:00")
BATCH = {
    "service": "App.Sip_Call.PlayVoice",
    "appid": DEFAULT_APPID,
    "accesskey": DEFAULT_ACCESSKEY,
    "nationcode": "id",
    "voicetype": "1",
    "voicefile": "reminder",
    "customuuid": "k-0001",
}
RANGE = {"starttime": "2026-11-21 00:00:00", "endtime": "2026-11-22 23:59:59"}


class RawClient:
    """Asks the platform service by service, as multipart forms."""

    def __init__(self, http: httpx.AsyncClient, simulator: Simulator, base_url: str) -> None:
        self.http = http
        self.simulator = simulator
        self.base_url = base_url
        self._token = ""

    async def post(self, **form: str) -> httpx.Response:
        return await self.http.post("/api/yunhu", files={name: (None, value) for name, value in form.items()})

    async def play(self, *numbers: str, **form: str) -> Any:
        return (await self.post(**{**BATCH, "destnumber": ",".join(numbers), **form})).json()

    async def log_in(self) -> str:
        reply = await self.post(service="App.Sip_Auth.Login", appid=DEFAULT_APPID, accesskey=DEFAULT_ACCESSKEY)
        token: str = reply.json()["data"]["result"]["token"]
        return token

    async def bills(self, **form: str) -> Any:
        """The whole reply of GetBill for batch calls of two days, seen or unseen."""
        self._token = form.get("token") or self._token or await self.log_in()
        asked = {"token": self._token, **RANGE, "callmethod": "6", "syncflag": "3", "itemsperpage": "1000", **form}
        return (await self.post(service="App.Sip_Cdr.GetBill", **asked)).json()

    async def records(self, **form: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.bills(**form))["data"]["result"]["bills"]
        return found

    async def control(self, method: str, what: str, **body: Any) -> Any:
        reply = await self.http.request(method, f"/_simulator/{what}", json=body or None)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def wait_until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Look at the platform's state until it is so."""
        async with asyncio.timeout(10):
            while not is_so(state := await self.control("GET", "state")):
                await asyncio.sleep(0.01)
        return dict(state)


@asynccontextmanager
async def simulated_platform(**settings: Any) -> AsyncIterator[RawClient]:
    """Serve a platform whose calls take no time and whose clock stands still at nine, unless told otherwise."""
    simulator = create_simulator(SimulatorSettings.instant(**{"start": NINE, "speed": 0, **settings}))
    async with (
        SimulatorServer(simulator) as server,
        httpx.AsyncClient(base_url=server.base_url, timeout=5, trust_env=False) as http,
    ):
        yield RawClient(http, simulator, server.base_url)


class CallbackInbox:
    """An ASGI application that keeps what is pushed, and answers as told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.status = 200

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while True:
                message = await receive()
                await send({"type": f"{message['type']}.complete"})
                if message["type"] == "lifespan.shutdown":
                    return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body", False):
                break
        self.bodies.append(body)
        await send({"type": "http.response.start", "status": self.status, "headers": [(b"content-length", b"1")]})
        await send({"type": "http.response.body", "body": b"1"})


@asynccontextmanager
async def callback_inbox() -> AsyncIterator[tuple[CallbackInbox, str]]:
    """Serve an inbox on a real port; gives it and its address."""
    inbox = CallbackInbox()
    async with SimulatorServer(inbox) as server:
        yield inbox, f"{server.base_url}/callbacks/infin8linx/manila/secret"
