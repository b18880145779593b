"""Stream the XML parts of a workbook in pieces that end where an element ends."""

from __future__ import annotations

import re
from collections.abc import Iterator

from campaigns.errors import DialListError

MAX_ELEMENT_BYTES = 64 * 1024 * 1024
"""One row or one shared text never needs more than this."""

_ROOT = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?(worksheet|sst)[\s>/]")
_DECLARED_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([\w.-]+)[\"']")


class IrregularXmlError(Exception):
    """The part is well-formed perhaps, and written in a way that only a whole XML parser understands."""


def check_beginning(block: bytes, what: str) -> bytes:
    """The namespace prefix of the root element. Raises for document types and for what is not plain UTF-8."""
    if b"<!DOCTYPE" in block or "<!DOCTYPE".encode("utf-16-le") in block or "<!DOCTYPE".encode("utf-16-be") in block:
        raise DialListError(
            what=what, why="it declares XML entities, which no spreadsheet program writes; it is not read."
        )
    declared = _DECLARED_ENCODING.match(block.removeprefix(b"\xef\xbb\xbf"))
    root = _ROOT.search(block[:4096])
    if root is None or (declared is not None and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")):
        raise IrregularXmlError
    return root[1] or b""


def pieces_ending_with(
    blocks: Iterator[bytes], first: bytes, element: bytes, prefix: bytes, what: str
) -> Iterator[tuple[bytes, bool]]:
    """Cut after the last end tag of `element` that is there; the last piece, marked so, holds the rest.

    The namespace prefix is taken off all tags; `<` cannot stand in text, so that nothing else is touched.
    """
    qualified = prefix + b":" if prefix else b""
    marker = b"</" + qualified + element + b">"
    rest = first
    for block in blocks:
        rest += block
        cut = rest.rfind(marker, max(0, len(rest) - len(block) - len(marker)))
        if cut < 0:
            if len(rest) > MAX_ELEMENT_BYTES:
                raise DialListError(what=what, why=f"one row or text of it is larger than {MAX_ELEMENT_BYTES:,} bytes.")
            continue
        cut += len(marker)
        yield _clean(rest[:cut], qualified), False
        rest = rest[cut:]
    yield _clean(rest, qualified), True


def _clean(piece: bytes, qualified: bytes) -> bytes:
    if qualified:
        piece = piece.replace(b"<" + qualified, b"<").replace(b"</" + qualified, b"</")
    if b"\r" in piece:  # XML reads every line end as LF
        piece = piece.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if not piece.isascii():
        try:
            piece.decode()
        except UnicodeDecodeError:
            raise IrregularXmlError from None
    return piece
