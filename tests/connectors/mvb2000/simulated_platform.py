"""A simulated platform on a real port, and a client that speaks plain HTTP to it from the manual's words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import md5
from typing import Any

import httpx

from connectors.mvb2000.simulator import DEFAULT_KEY, Simulator, SimulatorSettings, create_simulator
from connectors.simulation.server import SimulatorServer

NINE = datetime.fromisoformat("2026-11-21T09:00:00")
TODAY = "2026-11-21"
TASK = {"name": "t", "actiontype": 1, "runtype": 0, "begindate": TODAY, "enddate": TODAY, "voicefile1": "leavemsg"}


class RawClient:
    """Asks the platform endpoint by endpoint."""

    def __init__(self, http: httpx.AsyncClient, simulator: Simulator) -> None:
        self.http = http
        self.simulator = simulator

    def webkey(self) -> str:
        day = self.simulator.clock.now().strftime("%Y-%m-%d")
        return md5(f"{DEFAULT_KEY}{day}".encode(), usedforsecurity=False).hexdigest()

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.http.get(f"/webservice2/{path}.php", params={"webkey": self.webkey(), **params})

    async def ask(self, path: str, **params: Any) -> Any:
        """The JSON envelope, whatever its errcode."""
        return (await self.get(path, json=2, **params)).json()

    async def do(self, path: str, **params: Any) -> Any:
        """The JSON envelope of a request that must succeed."""
        envelope = await self.ask(path, **params)
        assert envelope["errcode"] == 0, envelope
        return envelope

    async def add_task(self, **params: Any) -> str:
        return str((await self.do("outcall/addobtask", **{**TASK, **params}))["total"])

    async def add_rows(self, taskid: str, *numbers: str) -> None:
        for place, number in enumerate(numbers):
            await self.do("outcall/addobdiallist", taskid=taskid, dialnumber=number, extrefid=f"ref-{place}")

    async def rows(self, taskid: str, **params: Any) -> list[dict[str, str]]:
        data: list[dict[str, str]] = (await self.do("outcall/getobdiallist", taskid=taskid, **params))["data"]
        return data

    async def task(self, taskid: str) -> dict[str, str]:
        found: dict[str, str] = (await self.do("outcall/getobtasks", id=taskid))["data"][0]
        return found

    async def set_status(self, taskid: str, status: str) -> Any:
        return await self.ask("outcall/setobtaskstatus", id=taskid, status=status)

    async def wait_for_status(self, taskid: str, status: str) -> dict[str, str]:
        async with asyncio.timeout(10):
            while (task := await self.task(taskid))["status"] != status:
                await asyncio.sleep(0.005)
        return task

    async def control(self, method: str, what: str, **body: Any) -> Any:
        reply = await self.http.request(method, f"/_simulator/{what}", json=body or None)
        assert reply.status_code == 200, reply.text
        return reply.json()


@asynccontextmanager
async def simulated_platform(**settings: Any) -> AsyncIterator[RawClient]:
    """Serve a platform whose calls take no time and whose clock stands still at nine, unless told otherwise."""
    simulator = create_simulator(SimulatorSettings.instant(**{"start": NINE, "speed": 0, **settings}))
    async with (
        SimulatorServer(simulator) as server,
        httpx.AsyncClient(base_url=server.base_url, timeout=5) as http,
    ):
        yield RawClient(http, simulator)
