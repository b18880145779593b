"""Shapes on the wire: form fields out, both reply envelopes and call records in. Past this file only our words count.

Sources: the Batch IVR page (request, `code` envelope), the page of error and status codes (`ret` envelope), the pages
on call-record callbacks of 2018 and 2025.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec

STAMP_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
PLAY_VOICE: Final = "App.Sip_Call.PlayVoice"
LOGIN: Final = "App.Sip_Auth.Login"
LOGOUT: Final = "App.Sip_Auth.Logout"
GET_BILL: Final = "App.Sip_Cdr.GetBill"
GET_RECORDING: Final = "App.Sip_Cdr.GetRecodeFile"
"""The vendor's spelling."""

_OTHER_NAMES = {"displaynumber": "disnumber"}
"""Names of the older record interface."""

_NO_TIME = frozenset({"", "0", "null", "0000-00-00 00:00:00"})
_TIME_ZERO_YEAR = 1970
"""1970-01-01 08:00:00, time zero at UTC+8, stands for "none"."""


class WireError(ValueError):
    """A body is none of the known shapes; the message says where it departs from them."""


def write_form(fields: Mapping[str, str]) -> tuple[bytes, str]:
    """Write fields as multipart/form-data, as the vendor's examples send them; return body and content type."""
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return f"{''.join(parts)}--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@dataclass(frozen=True, slots=True)
class Reply:
    """Both envelopes in one shape."""

    code: int
    """200 is success. From `code`, `ret` or, where those say success and `data.status` does not, `errors.code`."""
    message: str
    result: object = field(default=None)
    """`data.result` as it came; None where there is none."""

    @property
    def is_success(self) -> bool:
        return self.code == 200


UNNAMED_FAILURE: Final = 1002
"""`data.status` says failure and no code says which: "abnormal operation", the vaguest one there is."""


def read_reply(body: bytes) -> Reply:
    """Read a reply of either envelope; raise `WireError` when it is neither, or does not say how it went."""
    root = read_json(body)
    if not isinstance(root, dict):
        raise WireError("not an object")
    data = root.get("data")
    if "code" in root:
        told = read_text(root.get("msg"))
        code = _read_code(root["code"], "code")
        return Reply(code, told, data.get("result") if isinstance(data, dict) else None)
    if "ret" not in root:
        raise WireError("neither code nor ret")
    ret = _read_code(root["ret"], "ret")
    if ret != 200:
        return Reply(ret, read_text(root.get("msg")))
    if not isinstance(data, dict) or "status" not in data:
        raise WireError("ret 200 without data.status")
    status = _read_code(data["status"], "data.status")
    if status == 0:
        return Reply(200, read_text(data.get("desc")), data.get("result"))
    errors = data.get("errors")
    told = read_text(data.get("desc"))
    if not isinstance(errors, dict) or not read_text(errors.get("code")):
        return Reply(UNNAMED_FAILURE, told)
    code = _read_code(errors["code"], "errors.code")
    if code == 200:
        raise WireError("data.status says failure, errors.code success")
    return Reply(code, f"{told} {read_text(errors.get('codemsg'))}".strip())


def lower_names(record: Mapping[str, object]) -> dict[str, str]:
    """Return a call record with names in lower case and every value as text; of two equal names the filled one counts.

    Nested values are dropped: no record has any.
    """
    fields: dict[str, str] = {}
    for name, value in record.items():
        lower = name.strip().lower()
        lower = _OTHER_NAMES.get(lower, lower)
        text = read_text(value)
        if text or lower not in fields:
            fields[lower] = text
    return fields


def read_text(value: object) -> str:
    """Text of a value that may be text, a number or null."""
    match value:
        case str():
            return value.strip()
        case bool():
            return "1" if value else "0"
        case int():
            return str(value)
        case float():
            return str(int(value)) if value.is_integer() else str(value)
        case _:
            return ""


def read_own(text: str) -> str:
    """Own data that came back, where "0" stands for unset."""
    return "" if text == "0" else text


def read_seconds(text: str) -> int | None:
    """A whole, not negative number of seconds, or None."""
    try:
        seconds = int(float(text))
    except (ValueError, OverflowError):
        return None
    return seconds if seconds >= 0 else None


def read_time(text: str, zone: ZoneInfo) -> datetime | None:
    """A time of the platform in UTC; None when there is none or it makes no sense."""
    if text.lower() in _NO_TIME:
        return None
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return None
    if local.year <= _TIME_ZERO_YEAR:
        return None
    return (local if local.tzinfo else local.replace(tzinfo=zone)).astimezone(UTC)


def write_time(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime(STAMP_FORMAT)


def read_json(body: bytes) -> object:
    """Decode JSON, with or without a byte order mark; raise `WireError`."""
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not text:
        raise WireError("empty")
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WireError(f"not JSON: {error}") from None


def _read_code(value: object, name: str) -> int:
    text = read_text(value)
    if isinstance(value, bool) or not text.isascii() or not text.isdigit():
        raise WireError(f"{name} is not a number")
    return int(text)
