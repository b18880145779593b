"""What platforms may post, and that nothing which was acknowledged is ever lost."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
from sqlalchemy import func, select
from sqlmodel import col

from campaigns.db.engine import Database
from campaigns.models import Callback
from campaigns.queries.callbacks import has_unapplied
from tests.platform_facing.conftest import PATH, SECRET, Serves, write_settings


def stored_bodies(database: Database) -> list[bytes]:
    with database.reading() as db:
        return list(db.execute(select(col(Callback.body)).order_by(col(Callback.id))).scalars())


async def test_nothing_acknowledged_is_lost_when_the_process_is_killed(
    sqlite: Database, tmp_path: Path, serve: Serves
) -> None:
    """Every message that was answered stands in the inbox after a kill in the middle of the stream."""
    serving = serve(write_settings(tmp_path, str(sqlite.url)))
    acknowledged: set[bytes] = set()
    numbers = iter(range(1_000_000))

    async def push(client: httpx.AsyncClient) -> None:
        while True:
            body = json.dumps({"id": next(numbers)}).encode()
            try:
                answer = await client.post(PATH, content=body)
            except httpx.HTTPError:
                return
            assert (answer.status_code, answer.content) == (200, b"1")
            acknowledged.add(body)
            if len(acknowledged) == 500:
                serving.kill()

    async with httpx.AsyncClient(base_url=serving.address, timeout=30) as client:
        await asyncio.gather(*(push(client) for _ in range(32)))
    stored = stored_bodies(sqlite)
    assert len(acknowledged) >= 500
    assert acknowledged <= set(stored)
    assert len(stored) == len(set(stored))
    with sqlite.reading() as db:
        assert has_unapplied(db, "manila"), "killed between the answer and its application"


async def test_who_may_come_in(sqlite: Database, tmp_path: Path, serve: Serves) -> None:
    """Only the right platform, account and secret open; everything else looks like an address that does not exist."""
    serving = serve(write_settings(tmp_path, str(sqlite.url), more="max_body_bytes = 2000"))
    async with httpx.AsyncClient(base_url=serving.address) as client:
        for path in (
            f"/callbacks/infin8linx/manila/{SECRET}x",
            "/callbacks/infin8linx/manila/",
            f"/callbacks/infin8linx/nobody/{SECRET}",
            f"/callbacks/mvb2000/manila/{SECRET}",
            f"/callbacks/infin8linx/manila/{SECRET}/more",
            "/callbacks/infin8linx/manila/%C3%A9",
            "/",
        ):
            answer = await client.post(path, content=b"{}")
            assert (answer.status_code, answer.content) == (404, b"not found\n"), path
        assert (await client.get(PATH)).status_code == 405
        assert (await client.post(PATH, content=b"x" * 2001)).status_code == 413

        async def in_pieces() -> object:
            for _ in range(30):
                yield b"x" * 100

        assert (await client.post(PATH, content=in_pieces())).status_code == 413  # type: ignore[arg-type]  # an async generator
        health = await client.get("/health")
        assert health.status_code == 200
        assert SECRET not in health.text
    assert stored_bodies(sqlite) == []


async def test_a_repeated_message_is_stored_once_and_answered_each_time(
    database: Database, tmp_path: Path, serve: Serves
) -> None:
    """A platform that repeats itself gets the same answer, and the inbox holds the message once."""
    url = database.url.render_as_string(hide_password=False)
    serving = serve(write_settings(tmp_path, url))
    async with httpx.AsyncClient(base_url=serving.address) as client:
        answers = await asyncio.gather(*(client.post(PATH, content=b'{"id": 1}') for _ in range(20)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, b"1")}
    assert stored_bodies(database) == [b'{"id": 1}']


async def test_source_addresses_and_pace(sqlite: Database, tmp_path: Path, serve: Serves) -> None:
    """An account may list who calls back for it, and takes only so many messages a second."""
    closed = write_settings(tmp_path, str(sqlite.url), more='sources = {manila = ["10.1.2.0/24"]}')
    async with httpx.AsyncClient(base_url=serve(closed).address) as client:
        assert (await client.post(PATH, content=b"{}")).status_code == 404
    slow = write_settings(
        tmp_path, str(sqlite.url), more='sources = {manila = ["127.0.0.0/8"]}\nmessages_per_second = 5'
    )
    async with httpx.AsyncClient(base_url=serve(slow).address) as client:
        statuses = [(await client.post(PATH, content=str(number).encode())).status_code for number in range(12)]
    assert statuses[:5] == [200] * 5
    assert 429 in statuses


async def test_a_message_that_was_cut_off_is_not_stored(sqlite: Database, tmp_path: Path, serve: Serves) -> None:
    """Half a body is no message: the platform got no answer and will say it again."""
    serving = serve(write_settings(tmp_path, str(sqlite.url)))
    host, _, port = serving.address.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    async with httpx.AsyncClient(base_url=serving.address) as client:
        assert (await client.post(PATH, content=b"whole")).status_code == 200
    assert stored_bodies(sqlite) == [b"whole"]


async def test_a_stop_lets_what_waits_be_stored(sqlite: Database, tmp_path: Path, serve: Serves) -> None:
    """Asked to stop, the app answers what it has taken in, then ends."""
    serving = serve(write_settings(tmp_path, str(sqlite.url)))
    async with httpx.AsyncClient(base_url=serving.address) as client:
        answered = await asyncio.gather(*(client.post(PATH, content=str(number).encode()) for number in range(50)))
        serving.process.terminate()
    assert all(answer.status_code == 200 for answer in answered)
    assert await asyncio.to_thread(serving.process.wait, 20) in (0, -15)
    with sqlite.reading() as db:
        assert db.execute(select(func.count()).select_from(Callback)).scalar_one() == 50
