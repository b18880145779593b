"""The one way to a platform over HTTP: builds the connections, turns every transport error into ours, keeps exchanges.

Requests go straight to the httpx transport, past `httpx.AsyncClient`: nothing here follows redirects, keeps cookies or
reads proxies from the environment, and the client class alone would cost a third of the time of a request.

Three habits of the libraries below would call people twice, so they are undone here:

- aiohttp repeats a GET by itself when a kept-alive connection breaks. Platforms change things by GET.
- httpx-aiohttp reports a connection that broke *after* the request was sent as `ConnectTimeout`, which everywhere else
  means that nothing was sent. The error below it decides instead (`_is_unsent`).
- httpx, httpcore and aiohttp log whole addresses at INFO, keys and numbers included.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NoReturn, Protocol
from uuid import uuid4

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from connectors.errors import (
    CallRejectedError,
    MalformedReplyError,
    OutcomeUnknownError,
    PlatformAccountError,
    PlatformError,
    PlatformUnavailableError,
    RateLimitedError,
)
from connectors.redaction import redact

for _name in ("httpx", "httpcore", "aiohttp"):
    logging.getLogger(_name).setLevel(logging.WARNING)

KEEP_ALIVE_SECONDS = 4.0
"""Shorter than the 5 s after which many web servers hang up, so that a request seldom meets a closing connection."""

MAX_REPLY_BYTES = 64 * 1024 * 1024
MAX_FILE_BYTES = 1024 * 1024 * 1024
SAVED_AT_ONCE_BYTES = 256 * 1024
HEAD_BYTES = 64 * 1024
SHOWN_CHARACTERS = 300
"""How much of a reply an error quotes."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its reply, without secrets and whole numbers."""

    exchange_id: str
    platform: str
    account: str
    operation: str
    request_text: str
    reply_text: str | None
    """None: no reply."""
    http_status: int | None
    began_at: datetime
    seconds: float
    error: str | None = None
    """Why it counts as failed; None when it went well."""


class RecordsExchange(Protocol):
    """Keeps an exchange; called on the event loop, so it must be quick and must not raise."""

    def __call__(self, exchange: Exchange, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be sent, and what a failure of it would mean."""

    operation: str
    """The platform's name for it; stands in errors and records."""
    url: str
    """Whole and encoded."""
    changes: bool
    """It may change something on the platform, so a lost reply must not lead to a repetition."""
    method: str = "GET"
    content: bytes | None = None
    headers: Mapping[str, str] | None = None
    is_recorded: bool = True
    """False: only a failure is recorded. For requests that come by the thousand."""
    read_seconds: float | None = None
    """How long the platform may take to answer, when it is known to block; None: as set for the account."""
    save_to: Path | None = None
    """Write the body of a reply here instead of keeping it in memory."""
    accepts: Collection[int] = ()
    """HTTP statuses outside 2xx that the caller reads itself."""


@dataclass(slots=True)
class Answer:
    """A reply with a status that the caller can read."""

    request: Request
    status: int
    headers: httpx.Headers
    body: bytes
    """Whole; of a saved body only the beginning."""
    began_at: datetime
    seconds: float
    body_bytes: int = 0
    """Length of the whole body."""
    exchange_id: str | None = None
    """Set once it was recorded."""


class HttpTransport:
    """Exchanges with one account of one platform.

    `secrets` are hidden wherever they turn up in a record or an error. `transport` takes the place of the network in
    tests. Must be used and closed on one event loop.
    """

    def __init__(
        self,
        *,
        platform: str,
        account: str,
        requests_in_flight: int,
        connect_timeout: timedelta,
        read_timeout: timedelta,
        record: RecordsExchange | None = None,
        secrets: Collection[str] = (),
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.platform = platform
        self.account = account
        self._connect_seconds = connect_timeout.total_seconds()
        self._read_seconds = read_timeout.total_seconds()
        self._record = record
        self._secrets = tuple(secrets)
        self._clock = clock
        self._transport = transport or _build_transport(requests_in_flight)
        self._timeouts = {self._read_seconds: self._timeout_extension(self._read_seconds)}

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def send(self, request: Request) -> Answer:
        """Send once and read the whole reply.

        Raises `PlatformUnavailableError`, `RateLimitedError`, `OutcomeUnknownError`, `PlatformAccountError`,
        `CallRejectedError` or `MalformedReplyError` as the request and its fate demand; nothing else.
        """
        began_at = self._clock()
        began = time.perf_counter()
        read_seconds = request.read_seconds or self._read_seconds
        status: int | None = None
        try:
            async with asyncio.timeout(2 * self._connect_seconds + read_seconds):
                response = await self._transport.handle_async_request(
                    httpx.Request(
                        request.method,
                        request.url,
                        headers=request.headers,
                        content=request.content,
                        extensions=self._timeouts.get(read_seconds) or self._timeout_extension(read_seconds),
                    )
                )
                status = response.status_code
                try:
                    if request.save_to is None:
                        body = await _read_body(response)
                        body_bytes = len(body)
                    else:
                        body, body_bytes = await _save_body(response, request.save_to)
                finally:
                    await response.aclose()
        except Exception as error:
            self._fail(request, error, status, began_at, time.perf_counter() - began)
        answer = Answer(request, status, response.headers, body, began_at, time.perf_counter() - began, body_bytes)
        if not 200 <= status < 300 and status not in request.accepts:
            self._refuse(answer)
        if request.is_recorded:
            self.record(answer)
        return answer

    def record(self, answer: Answer, *, error: str | None = None) -> str | None:
        """Keep an exchange, redacted, once; return its id, or None when nobody keeps records."""
        if self._record is None:
            return None
        if answer.exchange_id is None:
            body = answer.body
            if answer.body_bytes > len(body):
                body = f"({answer.body_bytes} bytes, saved to a file)".encode()
            answer.exchange_id = self._keep(answer.request, body, answer.status, answer.began_at, answer.seconds, error)
        return answer.exchange_id

    def malformed(self, answer: Answer, why: str, *, raw_code: str | None = None) -> PlatformError:
        """Say that a reply cannot be understood: final for a question, an unknown outcome for a change."""
        excerpt = self.excerpt(answer.body)
        message = f"{self.platform} answered {answer.request.operation} with something unreadable ({why}): {excerpt}"
        error_type = OutcomeUnknownError if answer.request.changes else MalformedReplyError
        return error_type(
            message,
            platform=self.platform,
            operation=answer.request.operation,
            raw_code=raw_code,
            exchange_id=self.record(answer, error=why),
        )

    def excerpt(self, body: bytes) -> str:
        """The beginning of a reply, redacted."""
        return self.redact(body[: 4 * SHOWN_CHARACTERS].decode("utf-8", "replace"))[:SHOWN_CHARACTERS]

    def redact(self, text: str) -> str:
        return redact(text, self._secrets)

    def _timeout_extension(self, read_seconds: float) -> dict[str, dict[str, float]]:
        connect = self._connect_seconds
        return {"timeout": {"connect": connect, "pool": connect, "read": read_seconds, "write": read_seconds}}

    def _keep(
        self,
        request: Request,
        body: bytes | None,
        status: int | None,
        began_at: datetime,
        seconds: float,
        error: str | None,
    ) -> str | None:
        if self._record is None:
            return None
        request_text = f"{request.method} {request.url}"
        if request.content and b"\0" in request.content:
            request_text += f"\n\n({len(request.content)} bytes)"
        elif request.content:
            request_text += "\n\n" + request.content.decode("utf-8", "replace")
        exchange = Exchange(
            exchange_id=uuid4().hex,
            platform=self.platform,
            account=self.account,
            operation=request.operation,
            request_text=self.redact(request_text),
            reply_text=None if body is None else self.redact(body.decode("utf-8", "replace")),
            http_status=status,
            began_at=began_at,
            seconds=seconds,
            error=error,
        )
        self._record(exchange)
        return exchange.exchange_id

    def _fail(
        self, request: Request, error: Exception, status: int | None, began_at: datetime, seconds: float
    ) -> NoReturn:
        """Turn what the libraries raised into ours; their texts are not chained, since they may quote the address."""
        told = self.redact(str(error)) or type(error).__name__
        exchange_id = self._keep(request, None, status, began_at, seconds, f"{type(error).__name__}: {told}")
        error_type, what = classify_failure(error, changes=request.changes)
        raise error_type(
            f"{self.platform} account {self.account}: {request.operation} {what} ({told[:SHOWN_CHARACTERS]})",
            platform=self.platform,
            operation=request.operation,
            exchange_id=exchange_id,
        ) from None

    def _refuse(self, answer: Answer) -> NoReturn:
        """Turn an HTTP status that is no success into the error that says what to do next."""
        request, status = answer.request, answer.status
        exchange_id = self.record(answer, error=f"HTTP {status}")
        message = f"{self.platform} account {self.account}: {request.operation} was answered with HTTP {status}"
        if status == 429:
            raise RateLimitedError(
                message,
                platform=self.platform,
                operation=request.operation,
                raw_code=str(status),
                exchange_id=exchange_id,
                retry_after_seconds=_retry_after_seconds(answer.headers),
            )
        error_type: type[PlatformError]
        if status in (401, 403, 404, 407) or 300 <= status < 400:
            # a web server that does not know us, or our address, has done nothing
            error_type = PlatformAccountError
            message += "; check the account's base_url and credentials"
        elif 400 <= status < 500 and status != 408:
            error_type = CallRejectedError if request.changes else MalformedReplyError
        else:
            error_type = OutcomeUnknownError if request.changes else PlatformUnavailableError
        raise error_type(
            message,
            platform=self.platform,
            operation=request.operation,
            raw_code=str(status),
            exchange_id=exchange_id,
        )


class ReplyTooLargeError(Exception):
    """A reply is longer than anything a platform should send."""


def classify_failure(error: Exception, *, changes: bool) -> tuple[type[PlatformError], str]:
    """Say which of our errors a failed exchange is, and what happened in words.

    - the address itself is impossible: a person must mend the settings
    - nothing was sent: nothing took effect, whatever was asked
    - anything else: a question may be repeated, a change may have taken effect
    """
    if isinstance(error, (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError)):
        return PlatformAccountError, "could not be sent; check the account's base_url"
    if _is_unsent(error):
        return PlatformUnavailableError, "was not sent: no connection"
    if changes:
        return OutcomeUnknownError, "got no reply that could be read and may have taken effect"
    if isinstance(error, (httpx.DecodingError, ReplyTooLargeError)):
        return MalformedReplyError, "got a reply that cannot be read"
    return PlatformUnavailableError, "got no reply"


def _is_unsent(error: Exception) -> bool:
    """Whether it is certain that no byte of the request left."""
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return isinstance(cause, (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError))
    return isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError))


def _build_transport(requests_in_flight: int) -> httpx.AsyncBaseTransport:
    context = ssl.create_default_context()

    def open_session() -> aiohttp.ClientSession:
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=requests_in_flight, keepalive_timeout=KEEP_ALIVE_SECONDS, ssl=context, ttl_dns_cache=60
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        # No public switch exists. Without it a GET on a kept-alive connection that breaks is sent a second time.
        session._retry_connection = False
        return session

    return AiohttpTransport(client=open_session)


async def _read_body(response: httpx.Response) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        parts.append(part)
        size += len(part)
        if size > MAX_REPLY_BYTES:
            raise ReplyTooLargeError(f"longer than {MAX_REPLY_BYTES} bytes")
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def _save_body(response: httpx.Response, path: Path) -> tuple[bytes, int]:
    """Write the body to a file; return its beginning and its length. A file over the limit is removed."""
    head, size = b"", 0
    file = await asyncio.to_thread(path.open, "wb")
    try:
        async for part in response.aiter_bytes(SAVED_AT_ONCE_BYTES):
            head = head or part[:HEAD_BYTES]
            size += len(part)
            if size > MAX_FILE_BYTES:
                raise ReplyTooLargeError(f"longer than {MAX_FILE_BYTES} bytes")
            await asyncio.to_thread(file.write, part)
    except BaseException:
        file.close()
        os.unlink(path)
        raise
    await asyncio.to_thread(file.close)
    return head, size


def _retry_after_seconds(headers: httpx.Headers) -> float | None:
    """Read Retry-After where it is given in seconds; its other form, a date, is left to the caller's own pace."""
    text = headers.get("retry-after", "")
    return float(text) if text.isdigit() else None
