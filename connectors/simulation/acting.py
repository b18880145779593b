"""Act on fault decisions at the ASGI end: do the work or not, and let the client see what it is meant to see."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from starlette.types import Receive, Scope, Send

from connectors.simulation.faults import NO_FAULT, FaultDecision, ReplyForm, Work
from connectors.simulation.server import cut_connection


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply before anything happens to it on its way."""

    body: bytes
    content_type: bytes = b"application/json"
    status_code: int = 200


class OutageForm(StrEnum):
    CUT = "cut"
    """Connections are cut as soon as a request arrives."""
    UNAVAILABLE = "unavailable"
    """Requests are answered with 503."""


class Outage:
    """Whether the platform is out of service, and how that looks from outside."""

    def __init__(self, time_source: Callable[[], float] = time.monotonic) -> None:
        self._time_source = time_source
        self._until: float | None = 0.0
        self.form = OutageForm.CUT

    def begin(self, seconds: float | None, form: OutageForm = OutageForm.CUT) -> None:
        """Go out of service for some real seconds, or until `end` when None."""
        self._until = None if seconds is None else self._time_source() + seconds
        self.form = form

    def end(self) -> None:
        self._until = 0.0

    @property
    def is_on(self) -> bool:
        return self._until is None or self._time_source() < self._until


async def send_reply(send: Send, reply: Reply) -> None:
    """Send a whole reply."""
    await send(
        {
            "type": "http.response.start",
            "status": reply.status_code,
            "headers": [
                (b"content-type", reply.content_type),
                (b"content-length", str(len(reply.body)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": reply.body})


class Performer:
    """Do what requests ask for under fault decisions, and keep work that is to be done later."""

    def __init__(self, outage: Outage) -> None:
        self._outage = outage
        self._late: set[asyncio.TimerHandle] = set()

    @property
    def waiting_works(self) -> int:
        """Requests whose work is still to be done."""
        return len(self._late)

    async def act(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        *,
        decision: FaultDecision,
        do_work: Callable[[], Reply],
        make_refusal: Callable[[int, str], Reply],
    ) -> None:
        """Answer one request as decided; `do_work` may be called never, once, twice or later."""
        if decision is NO_FAULT:
            await send_reply(send, do_work())
            return
        if decision.down_seconds:
            self._outage.begin(decision.down_seconds)
        if decision.seconds_before_work:
            await asyncio.sleep(decision.seconds_before_work)
        reply = self._work(decision, do_work)
        if decision.reply is ReplyForm.REFUSAL:
            reply = make_refusal(decision.error_code, decision.message)
        if decision.seconds_before_reply:
            await asyncio.sleep(decision.seconds_before_reply)
        await _send_spoilt(scope, receive, send, decision, reply)

    def forget_late_works(self) -> None:
        """Drop what was to be done later, as a platform that stops would."""
        for handle in self._late:
            handle.cancel()
        self._late.clear()

    def _work(self, decision: FaultDecision, do_work: Callable[[], Reply]) -> Reply:
        match decision.work:
            case Work.DONE:
                return do_work()
            case Work.DONE_TWICE:
                do_work()
                return do_work()
            case Work.NOT_DONE:
                return Reply(b"")
            case Work.DONE_LATER:
                self._do_later(decision.seconds_until_late_work, do_work)
                return Reply(b"")
            case never:
                assert_never(never)

    def _do_later(self, seconds: float, do_work: Callable[[], Reply]) -> None:
        def work() -> None:
            self._late.discard(handle)
            do_work()

        handle = asyncio.get_running_loop().call_later(seconds, work)
        self._late.add(handle)


async def answer_outage(scope: Scope, receive: Receive, send: Send, form: OutageForm) -> None:
    """Let a client see that the platform is out of service."""
    if form is OutageForm.CUT:
        await cut_connection(scope, receive)
    else:
        await send_reply(send, _error_page(503))


async def _send_spoilt(scope: Scope, receive: Receive, send: Send, decision: FaultDecision, reply: Reply) -> None:
    match decision.reply:
        case ReplyForm.WHOLE | ReplyForm.REFUSAL:
            await send_reply(send, reply)
        case ReplyForm.HTTP_ERROR:
            await send_reply(send, _error_page(decision.status_code))
        case ReplyForm.CUT:
            await cut_connection(scope, receive)
        case ReplyForm.GARBLED:
            await send_reply(send, Reply(_garbled(reply.body), reply.content_type, reply.status_code))
        case ReplyForm.PAGE:
            page = b"<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"
            await send_reply(send, Reply(page, b"text/html; charset=UTF-8"))
        case ReplyForm.HALF:
            await _send_half(scope, receive, send, reply)
        case never:
            assert_never(never)


async def _send_half(scope: Scope, receive: Receive, send: Send, reply: Reply) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": reply.status_code,
            "headers": [
                (b"content-type", reply.content_type),
                (b"content-length", str(len(reply.body)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": reply.body[: len(reply.body) // 2], "more_body": True})
    await cut_connection(scope, receive, after_sending=True)


def _garbled(body: bytes) -> bytes:
    middle = len(body) // 2
    return body[: middle // 2] + b"\xff\xfe<\x00" + body[middle : middle * 2]


def _error_page(status_code: int) -> Reply:
    body = f"<html><head><title>{status_code}</title></head><body><h1>Error {status_code}</h1></body></html>"
    return Reply(body.encode(), b"text/html; charset=UTF-8", status_code)
