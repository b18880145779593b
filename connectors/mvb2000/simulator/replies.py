"""The envelope in the forms of the manual's section 1: XML, a JavaScript variable, plain JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from xml.sax.saxutils import escape

import msgspec

from connectors.simulation.acting import Reply

Item: TypeAlias = msgspec.Struct | Mapping[str, object]

_XML = b"text/xml; charset=UTF-8"
_TEXT = b"text/html; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint has to say, before it is put into an envelope."""

    data: Sequence[Item] = ()
    total: int | str | None = None
    """None: the envelope has no total. Lists print it as text, `addobtask` and `gettaskreport` as a number."""
    errcode: int = 0
    message: str = "SUCCESS"


DONE = Answer()


def refusal(errcode: int, message: str) -> Answer:
    return Answer(errcode=errcode, message=message)


def render(answer: Answer, json: str | None) -> Reply:
    """Write the envelope; `json` is the parameter of that name.

    The manual names `json=3` without explaining it; it is answered like 2.
    """
    match json:
        case "1":
            return Reply(b"var responseJSON=" + _render_json(answer) + b";", _TEXT)
        case "2" | "3":
            return Reply(_render_json(answer), _TEXT)
        case _:
            return Reply(_render_xml(answer), _XML)


_DONE_JSON = b'{"errcode":0,"message":"SUCCESS","data":[]}'


def _render_json(answer: Answer) -> bytes:
    if answer is DONE:
        return _DONE_JSON
    envelope: dict[str, object] = {"errcode": answer.errcode, "message": answer.message}
    if answer.total is not None:
        envelope["total"] = answer.total
    envelope["data"] = answer.data
    return msgspec.json.encode(envelope)


def _render_xml(answer: Answer) -> bytes:
    parts = [f"<root><errcode>{answer.errcode}</errcode>", _element("message", answer.message)]
    if answer.total is not None:
        parts.append(_element("total", answer.total))
    if answer.data:
        parts.append("<data>")
        for item in answer.data:
            values = msgspec.structs.asdict(item) if isinstance(item, msgspec.Struct) else item
            parts.append("<item>")
            parts.extend(_element(name, value) for name, value in values.items())
            parts.append("</item>")
        parts.append("</data></root>")
    else:
        parts.append("<data/></root>")
    return "".join(parts).encode()


def _element(name: str, value: object) -> str:
    if value is None or value == "":
        return f"<{name}/>"
    return f"<{name}>{escape(str(value))}</{name}>"
