"""One call, checked, as the HTTP request that carries it: in the address, or as a form with a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

from connectors.errors import CallRejectedError
from connectors.mvb2000.checks import PLATFORM
from connectors.mvb2000.endpoints.declaration import Endpoint
from connectors.transport import Request

UNRECORDED = frozenset({"addobdiallist"})
"""Comes once for every number; only its failures are worth keeping."""


@dataclass(frozen=True, slots=True)
class Form:
    """Parameters and a file, as a browser would upload them."""

    fields: Mapping[str, str]
    file_param: str
    file_name: str
    content: bytes

    def write(self, webkey: str) -> tuple[bytes, str]:
        """Return the body and its content type."""
        boundary = f"callsheet-{uuid4().hex}"
        parts: list[bytes] = []
        for name, value in {"webkey": webkey, "json": "2", **self.fields}.items():
            parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        file_name = self.file_name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{self.file_param}"; filename="{file_name}"\r\n'
            f"Content-Type: application/octet-stream\r\n\r\n".encode()
        )
        return b"".join([*parts, self.content, f"\r\n--{boundary}--\r\n".encode()]), boundary


@dataclass(frozen=True, slots=True)
class Errand:
    """One call, checked and encoded, before it is known under which key and path it goes."""

    endpoint: Endpoint
    query: str = ""
    read_seconds: float | None = None
    save_to: Path | None = None
    form: Form | None = None

    def write(self, base_url: str, path: str, webkey: str) -> Request:
        if self.form is not None:
            content, boundary = self.form.write(webkey)
            return Request(
                operation=self.endpoint.name,
                url=base_url + path,
                changes=True,
                method="POST",
                content=content,
                headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
                accepts=(404,),
            )
        return Request(
            operation=self.endpoint.name,
            url=f"{base_url}{path}?webkey={webkey}&json=2{self.query}",
            changes=self.endpoint.changes,
            is_recorded=self.endpoint.name not in UNRECORDED,
            read_seconds=self.read_seconds,
            save_to=self.save_to,
            accepts=(404,),
        )


def write_query(operation: str, params: Mapping[str, str]) -> str:
    """Encode parameters as UTF-8 for the end of an address that has a query already."""
    try:
        return "".join([f"&{name}={quote(value, safe='')}" for name, value in params.items()])
    except UnicodeEncodeError:
        # half a surrogate pair, as left behind by cutting an emoji in two
        raise CallRejectedError(
            f"MVB2000 {operation}: a value holds a broken character", platform=PLATFORM, operation=operation
        ) from None
