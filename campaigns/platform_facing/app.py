"""The ASGI app that platforms call. Plain ASGI: a callback costs little more than its share of a commit.

    POST /callbacks/<platform>/<account>/<secret>   stored raw, then answered as the platform expects
    GET  /health                                    whether messages can be stored, and for which ledger

A wrong platform, account, secret or source address is answered like any address that does not exist. No address is
ever logged: it holds the secret.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Mapping
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send

from campaigns.clock import Clock
from campaigns.db.engine import Database
from campaigns.platform_facing.allowance import Allowance
from campaigns.platform_facing.doors import Door, find_door
from campaigns.platform_facing.storing import CallbackStore, InboxFullError
from campaigns.queries.callbacks import NewCallback

logger = logging.getLogger(__name__)

SERVICE = "callsheet-platform-facing"
_LONGEST_ADDRESS = 1000
_THROWN_AWAY_BYTES = 1_048_576


class _GoneError(Exception):
    """The platform hung up before its message was whole."""


class _TooLargeError(Exception):
    """The message is larger than allowed."""


class PlatformFacingApp:
    """Routes, checks, stores and answers. Needs the ASGI lifespan: it starts and ends the storing."""

    def __init__(
        self,
        database: Database,
        doors: Mapping[tuple[str, str], Door],
        *,
        clock: Clock,
        max_body_bytes: int,
        messages_per_second: float,
    ) -> None:
        self._doors = doors
        self._clock = clock
        self._max_body_bytes = max_body_bytes
        self._ledger = ledger_fingerprint(database)
        self._store = CallbackStore(database)
        self._storing: asyncio.Task[None] | None = None
        self._allowances = {key: Allowance(messages_per_second) for key in doors}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._storing = asyncio.create_task(self._store.run())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._store.close()
                if self._storing is not None:
                    await self._storing
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path == "/health":
            await self._answer_health(send)
            return
        door = self._find_door(scope, path)
        if door is None:
            await _respond(send, 404, b"not found\n")
        elif scope["method"] != "POST":
            await _respond(send, 405, b"callbacks are posted\n", (b"allow", b"POST"))
        else:
            await self._take(scope, door, receive, send)

    def _find_door(self, scope: Scope, path: str) -> Door | None:
        parts = path.split("/")
        if len(path) > _LONGEST_ADDRESS or len(parts) != 5 or parts[1] != "callbacks":
            return None
        door = find_door(self._doors, parts[2], unquote(parts[3]), parts[4])
        if door is not None and not door.admits(scope["client"][0] if scope.get("client") else ""):
            logger.warning("callback from an address not listed account=%s", door.account)
            return None
        return door

    async def _take(self, scope: Scope, door: Door, receive: Receive, send: Send) -> None:
        if not self._allowances[door.platform, door.account].take():
            await _respond(send, 429, b"too many messages\n", (b"retry-after", b"1"))
            return
        headers = dict(scope["headers"])
        try:
            body = await _read_body(headers, receive, limit=self._max_body_bytes)
        except _TooLargeError:
            logger.warning("callback too large account=%s", door.account)
            await _respond(send, 413, b"too large\n", (b"connection", b"close"))
            return
        except _GoneError:
            return
        message = NewCallback(
            platform=door.platform,
            account=door.account,
            message_key=hashlib.sha256(body).hexdigest(),
            content_type=headers.get(b"content-type", b"").decode("latin-1")[:200],
            body=body,
            received_at=self._clock(),
        )
        try:
            await self._store.store(message)
        except InboxFullError:
            await _respond(send, 503, b"not stored, come again\n", (b"retry-after", b"5"))
            return
        is_json = door.reply.startswith((b"{", b"["))
        await _respond(send, 200, door.reply, content_type=b"application/json" if is_json else b"text/plain")

    async def _answer_health(self, send: Send) -> None:
        is_well = self._store.is_well or await self._store.try_again()
        state = {"service": SERVICE, "ledger": self._ledger, "status": "ok" if is_well else "not storing"}
        await _respond(send, 200 if is_well else 503, json.dumps(state).encode(), content_type=b"application/json")


def ledger_fingerprint(database: Database) -> str:
    """Return what tells whether two processes store into the same ledger, and tells nothing else."""
    plain = database.url.set(password=None).render_as_string()
    return hashlib.sha256(plain.encode()).hexdigest()[:16]


async def _read_body(headers: Mapping[bytes, bytes], receive: Receive, *, limit: int) -> bytes:
    """Return the whole body; raises `_TooLargeError` for one that is, and `_GoneError` for one that was cut off.

    A body somewhat too large is read to its end and thrown away: a platform that is still sending hears no answer.
    """
    declared = headers.get(b"content-length", b"")
    is_too_large = declared.isdigit() and int(declared) > limit
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        part: bytes = message.get("body", b"")
        size += len(part)
        is_too_large = is_too_large or size > limit
        is_whole = not message.get("more_body", False)
        if is_too_large and (is_whole or size > limit + _THROWN_AWAY_BYTES):
            raise _TooLargeError
        if not is_too_large:
            parts.append(part)
        if is_whole:
            return parts[0] if len(parts) == 1 else b"".join(parts)


async def _respond(
    send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes], content_type: bytes = b"text/plain"
) -> None:
    described = [(b"content-type", content_type), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": described})
    await send({"type": "http.response.body", "body": body})
