"""What a client on a real connection sees of a simulator that misbehaves."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from connectors.simulation.acting import Outage, OutageForm, Performer, Reply, answer_outage
from connectors.simulation.faults import FaultDial, FaultDials, FaultKind, FaultSchedule
from connectors.simulation.server import SimulatorServer, run_lifespan


class CountingPlatform:
    """Counts what it was asked to do; the fault is chosen by the path."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.has_worked = asyncio.Event()
        self.outage = Outage()
        self.performer = Performer(self.outage)
        self.schedule = FaultSchedule()
        self.stopped = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await run_lifespan(receive, send, on_start=lambda: None, on_stop=self.stop)
            return
        if self.outage.is_on:
            await answer_outage(scope, receive, send, self.outage.form)
            return
        path = scope["path"]

        def work() -> Reply:
            self.done.append(path)
            self.has_worked.set()
            return Reply(b'{"errcode":0,"message":"SUCCESS","data":[]}')

        await self.performer.act(
            scope,
            receive,
            send,
            decision=self.schedule.next_decision(path),
            do_work=work,
            make_refusal=lambda code, message: Reply(f"{code} {message}".encode()),
        )

    def stop(self) -> None:
        self.stopped = True

    def spoil(self, kind: FaultKind, **more: object) -> None:
        self.schedule.turn(
            FaultDials(dials=(FaultDial.model_validate({"kind": kind, "nth": (1,), "operations": ("/work",), **more}),))
        )


@pytest.fixture
def platform() -> CountingPlatform:
    return CountingPlatform()


@pytest.fixture
async def client(platform: CountingPlatform) -> AsyncIterator[httpx.AsyncClient]:
    async with SimulatorServer(platform) as server, httpx.AsyncClient(base_url=server.base_url, timeout=5) as client:
        yield client


async def expect_works(client: httpx.AsyncClient) -> None:
    assert (await client.get("/fine")).json()["errcode"] == 0


@pytest.mark.parametrize(("kind", "is_done"), [(FaultKind.DROP_BEFORE, False), (FaultKind.DROP_AFTER, True)])
async def test_cut_connections(
    platform: CountingPlatform, client: httpx.AsyncClient, kind: FaultKind, is_done: bool
) -> None:
    """A cut connection looks the same whether or not the work was done, and the next request is served."""
    platform.spoil(kind)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await client.get("/work")
    assert platform.done == ["/work"] * is_done
    await expect_works(client)


async def test_work_done_after_the_cut(platform: CountingPlatform, client: httpx.AsyncClient) -> None:
    """Work can be done some time after its reply was cut off."""
    platform.spoil(FaultKind.LATE_APPLY, seconds=0.2)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await client.get("/work")
    assert platform.done == []
    assert platform.performer.waiting_works == 1
    await asyncio.wait_for(platform.has_worked.wait(), 5)
    assert platform.done == ["/work"]
    assert platform.performer.waiting_works == 0


async def test_half_a_body(platform: CountingPlatform, client: httpx.AsyncClient) -> None:
    """The headers promise more than arrives, and the work was done."""
    platform.spoil(FaultKind.HALF_BODY)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        await client.get("/work")
    assert platform.done == ["/work"]
    await expect_works(client)


async def test_garbled_body(platform: CountingPlatform, client: httpx.AsyncClient) -> None:
    """A damaged body comes with status 200 and is neither UTF-8 nor JSON."""
    platform.spoil(FaultKind.GARBLE)
    reply = await client.get("/work")
    assert reply.status_code == 200
    with pytest.raises(UnicodeDecodeError):
        reply.content.decode()
    assert platform.done == ["/work"]


async def test_page_for_people(platform: CountingPlatform, client: httpx.AsyncClient) -> None:
    """A proxy's page comes with status 200 and the wrong type."""
    platform.spoil(FaultKind.WRONG_CONTENT_TYPE)
    reply = await client.get("/work")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/html; charset=UTF-8")
    assert "It works!" in reply.text


@pytest.mark.parametrize(("kind", "is_done"), [(FaultKind.ERROR_BEFORE, False), (FaultKind.ERROR_AFTER, True)])
async def test_server_errors(
    platform: CountingPlatform, client: httpx.AsyncClient, kind: FaultKind, is_done: bool
) -> None:
    """A server error does not tell whether the work was done."""
    platform.spoil(kind, status_code=502)
    assert (await client.get("/work")).status_code == 502
    assert platform.done == ["/work"] * is_done


async def test_refusal_does_nothing(platform: CountingPlatform, client: httpx.AsyncClient) -> None:
    """A refusal is the platform's own envelope, and nothing was done."""
    platform.spoil(FaultKind.REFUSE, error_code=9001, message="not started")
    assert (await client.get("/work")).text == "9001 not started"
    assert platform.done == []


async def test_doubled_work(platform: CountingPlatform, client: httpx.AsyncClient) -> None:
    """Work can be done twice under one reply."""
    platform.spoil(FaultKind.DOUBLED)
    await client.get("/work")
    assert platform.done == ["/work", "/work"]


@pytest.mark.parametrize("kind", [FaultKind.DELAY, FaultKind.LATE_REPLY])
async def test_work_goes_on_after_the_client_gave_up(
    platform: CountingPlatform, client: httpx.AsyncClient, kind: FaultKind
) -> None:
    """A client that does not wait has its work done all the same."""
    platform.spoil(kind, seconds=0.3)
    with pytest.raises(httpx.ReadTimeout):
        await client.get("/work", timeout=0.1)
    await asyncio.wait_for(platform.has_worked.wait(), 5)


async def test_going_down_and_up(platform: CountingPlatform, client: httpx.AsyncClient) -> None:
    """A platform that goes down cuts every connection, or answers 503, until it is up again."""
    platform.spoil(FaultKind.GO_DOWN, seconds=60)
    for _ in range(3):
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await client.get("/work")
    platform.outage.begin(None, OutageForm.UNAVAILABLE)
    assert (await client.get("/work")).status_code == 503
    platform.outage.end()
    assert platform.done == []
    await expect_works(client)


async def test_many_cuts_at_once(platform: CountingPlatform, client: httpx.AsyncClient) -> None:
    """Cuts among many requests in flight hit only their own."""
    platform.schedule.turn(FaultDials(dials=(FaultDial(kind=FaultKind.DROP_AFTER, probability=0.3),)))
    replies = await asyncio.gather(*(client.get("/work") for _ in range(200)), return_exceptions=True)
    assert len(platform.done) == 200
    lost = platform.schedule.met[FaultKind.DROP_AFTER]
    assert 0 < lost < 200
    assert sum(isinstance(reply, httpx.TransportError) for reply in replies) == lost


async def test_stops_at_once_and_frees_its_port(platform: CountingPlatform) -> None:
    """Leaving the block stops the server quickly, idle and busy connections or not."""
    async with SimulatorServer(platform) as server, httpx.AsyncClient(base_url=server.base_url) as client:
        await expect_works(client)
        began_at = time.monotonic()
    assert time.monotonic() - began_at < 2
    assert platform.stopped
    async with (
        SimulatorServer(platform, port=server.port) as again,
        httpx.AsyncClient(base_url=again.base_url) as client,
    ):
        await expect_works(client)


async def test_port_in_use_is_an_error(platform: CountingPlatform) -> None:
    """A port that is taken is said at once."""
    async with SimulatorServer(platform) as server:
        with pytest.raises(OSError, match="in use"):
            async with SimulatorServer(platform, port=server.port):
                pass


async def test_cut_in_process_is_a_reset(platform: CountingPlatform) -> None:
    """Mounted in-process there is no connection, so a cut is a `ConnectionResetError`."""
    platform.spoil(FaultKind.DROP_AFTER)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(platform), base_url="http://platform") as client:
        with pytest.raises(ConnectionResetError):
            await client.get("/work")
    assert platform.done == ["/work"]


def test_serving_until_told_to_stop() -> None:
    """The blocking form says where it is once it listens, and ends on SIGTERM."""
    program = (
        "from connectors.mvb2000.simulator import create_simulator\n"
        "from connectors.simulation.server import serve\n"
        "serve(create_simulator(), on_started=lambda url: print(url, flush=True))\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx.get(url + "/_simulator/state").json()["tasks"] == 0
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=5) in {0, -signal.SIGTERM}
