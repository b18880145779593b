"""The platform's replies: XML, JSON, or JavaScript that assigns JSON, all read into one plain `Reply`.

Source: MVB2000 V5 WEBCTI2 interface manual 1.6.0, chapters 1 and 3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
from lxml import etree

Row = dict[str, str]
Tree = str | list["Tree"] | dict[str, "Tree"]
"""A value with its nesting; every leaf is text."""


class EnvelopeError(ValueError):
    """A body is not the documented envelope; the message says where it departs from it."""


@dataclass(frozen=True, slots=True)
class Reply:
    errcode: int
    """0: success."""
    message: str | None
    """A sentence for people; never to be tested, it differs from endpoint to endpoint."""
    total: int | None
    """Matching rows; for addobtask the id of the new task. None: not given."""
    data: list[Row] = field(default_factory=list)
    """Rows, every value as text. A nested value (4.106, 4.125, 4.136) is its JSON text; see `tree`."""
    tree: Tree = field(default_factory=list)
    """The same with its nesting kept."""


class _FlatEnvelope(msgspec.Struct):
    """The usual reply, decoded without a detour."""

    errcode: int | str
    message: str | None = None
    total: int | str | None = None
    data: list[dict[str, str]] = []


_FLAT = msgspec.json.Decoder(_FlatEnvelope)
_ANYTHING = msgspec.json.Decoder()
_JAVASCRIPT_BEGINS = b"var "


def read_reply(body: bytes) -> Reply:
    """Read a body in any of the platform's three forms; raise `EnvelopeError` when it is none of them."""
    try:
        flat = _FLAT.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _read_unusual(body)
    return Reply(_read_code(flat.errcode), flat.message, _read_total(flat.total), flat.data, flat.data)  # type: ignore[arg-type]  # dict is invariant; these rows are a Tree


def _read_unusual(body: bytes) -> Reply:
    text = body.removeprefix(b"\xef\xbb\xbf").strip()
    if text.startswith(_JAVASCRIPT_BEGINS):
        text = text.partition(b"=")[2].strip().rstrip(b";").rstrip()
    if not text:
        raise EnvelopeError("empty")
    return _read_json(text) if text[:1] in (b"{", b"[") else _read_xml(text)


def _read_json(text: bytes) -> Reply:
    try:
        root = _ANYTHING.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EnvelopeError(f"not JSON: {error}") from None
    if not isinstance(root, dict) or "errcode" not in root:
        raise EnvelopeError("JSON without errcode")
    return _build(root.get("errcode"), root.get("message"), root.get("total"), _as_text(root.get("data")))


def _read_xml(text: bytes) -> Reply:
    if b"<!DOCTYPE" in text.partition(b"<root")[0]:
        raise EnvelopeError("XML with a document type")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise EnvelopeError(f"neither JSON nor well-formed XML: {error.msg}") from None
    if root.tag != "root" or root.find("errcode") is None:
        raise EnvelopeError("XML without root/errcode")
    data = root.find("data")
    return _build(
        root.findtext("errcode"),
        root.findtext("message"),
        root.findtext("total"),
        [] if data is None else _read_element(data),
    )


def _read_element(element: etree._Element) -> Tree:
    """Read `<item>` children as a list, other children as a row, no children as text."""
    children = list(element)
    if not children:
        return (element.text or "").strip()
    if all(child.tag == "item" for child in children):
        return [_read_element(child) for child in children]
    return {str(child.tag): _read_element(child) for child in children}


def _build(errcode: object, message: object, total: object, tree: Tree) -> Reply:
    if tree == "":
        tree = []
    items = tree if isinstance(tree, list) else [tree]
    rows: list[Row] = []
    for item in items:
        if item == "":
            continue
        if not isinstance(item, dict):
            raise EnvelopeError("data is not a list of rows")
        rows.append({name: _flatten(value) for name, value in item.items()})
    return Reply(
        _read_code(errcode), None if message is None else str(_as_text(message)), _read_total(total), rows, tree
    )


def _flatten(value: Tree) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _as_text(value: object) -> Tree:
    """Turn every leaf into text: null is empty, true and false are 1 and 0, as PHP writes them."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "1" if value else "0"
        case int() | float():
            return str(value)
        case list():
            return [_as_text(item) for item in value]
        case dict():
            return {str(name): _as_text(item) for name, item in value.items()}
        case _:
            raise EnvelopeError(f"unexpected {type(value).__name__} in data")


def _read_code(value: object) -> int:
    try:
        return int(str(value).strip())
    except ValueError:
        raise EnvelopeError("errcode is not a number") from None


def _read_total(value: object) -> int | None:
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise EnvelopeError("total is not a number") from None


NO_VALUE = frozenset({"", "null", "(null)", "0000-00-00 00:00:00", "0000-00-00"})
"""What the platform writes where it has nothing to say."""


def read_text(row: Row, name: str) -> str:
    """The text of a field; empty when the field is absent or one of the platform's ways to say nothing."""
    value = row.get(name, "")
    return "" if value in NO_VALUE else value


def read_number(row: Row, name: str) -> int | None:
    """The whole number of a field, or None when there is none."""
    value = read_text(row, name).strip()
    try:
        return int(value) if value else None
    except ValueError:
        return None


def read_time(row: Row, name: str, zone: ZoneInfo) -> datetime | None:
    """The time of a field, local time of the platform, as UTC; None when there is none or it makes no sense."""
    value = read_text(row, name)
    if not value:
        return None
    try:
        local = datetime.fromisoformat(value)
    except ValueError:
        return None
    return local.replace(tzinfo=zone).astimezone(UTC)
