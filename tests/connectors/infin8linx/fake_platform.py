"""An Infin8linx that answers what a test says, and keeps what it was sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from email.parser import BytesParser
from typing import Any

import httpx

from connectors.infin8linx.client import Infin8linxClient
from connectors.transport import Exchange
from tests.connectors.infin8linx.vectors import EXAMPLES, NOW, make_settings

Form = dict[str, str]
Told = httpx.Response | Exception | bytes | dict[str, Any]


def read_form(request: httpx.Request) -> Form:
    """Read multipart/form-data with the standard library, which shares nothing with what wrote it."""
    head = b"Content-Type: " + request.headers["content-type"].encode() + b"\r\n\r\n"
    message = BytesParser().parsebytes(head + request.content)
    assert message.get_content_type() == "multipart/form-data"
    form = {}
    for part in message.get_payload():
        assert not isinstance(part, str)
        name = part.get_param("name", header="content-disposition")
        assert isinstance(name, str)
        assert name not in form
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        form[name] = payload.decode("utf-8")
    return form


class FakePlatform:
    """`answers` maps a service's last word to what is answered, one after the other; the last one stays."""

    def __init__(self, **answers: Told | list[Told]) -> None:
        self.answers: dict[str, list[Told]] = {
            "Login": [EXAMPLES["login_reply_success"]["body"]],
            "PlayVoice": [EXAMPLES["playvoice_reply_success"]["body"]],
            "GetBill": [EXAMPLES["getbill_reply_success"]["body"]],
            "GetRecodeFile": [EXAMPLES["recording_link_reply_success"]["body"]],
            "Logout": [EXAMPLES["logout_reply_success"]["body"]],
            **{name: told if isinstance(told, list) else [told] for name, told in answers.items()},
        }
        self.sent: list[tuple[str, Form]] = []
        self.urls: list[str] = []

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    def forms(self, service: str) -> list[Form]:
        return [form for name, form in self.sent if name == service]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        assert request.method == "POST"
        form = read_form(request)
        service = form["service"].rpartition(".")[2]
        self.sent.append((service, form))
        self.urls.append(str(request.url))
        answers = self.answers[service]
        told = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(told, Exception):
            raise told
        if isinstance(told, httpx.Response):
            return told
        return httpx.Response(200, content=told if isinstance(told, bytes) else json.dumps(told).encode())


def make_client(
    platform: FakePlatform,
    *,
    record: Callable[[Exchange], None] | None = None,
    clock: Callable[[], Any] = lambda: NOW,
    **settings: object,
) -> Infin8linxClient:
    return Infin8linxClient(
        "manila", make_settings(**settings), clock=clock, record=record, transport=platform.transport
    )
