"""Read a posted form as PHP does: multipart or URL-encoded, the last of two equal names counts."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

_BOUNDARY = re.compile(r'boundary="?([^";,]+)"?', re.IGNORECASE)
_NAME = re.compile(rb'name="([^"]*)"', re.IGNORECASE)


def read_form(body: bytes, content_type: str) -> dict[str, str]:
    """Return the fields of a form; what is none has no fields."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    found = _BOUNDARY.search(content_type)
    if kind != "multipart/form-data" or found is None:
        return {}
    fields = {}
    for part in body.split(b"--" + found[1].encode())[1:]:
        head, gap, value = part.partition(b"\r\n\r\n")
        name = _NAME.search(head)
        if gap and name is not None:
            fields[name[1].decode("utf-8", "replace")] = value.removesuffix(b"\r\n").decode("utf-8", "replace")
    return fields
