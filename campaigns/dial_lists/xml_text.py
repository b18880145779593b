"""Undo what XML and OOXML do to the characters of a text."""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|(amp|lt|gt|quot|apos));")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def resolve_references(text: str) -> str:
    """Resolve character references and the five entities that XML knows; no others exist here."""

    def resolve(found: re.Match[str]) -> str:
        if found[3]:
            return _NAMED[found[3]]
        code = int(found[1], 16) if found[1] else int(found[2])
        return chr(code) if code < 0xD800 or 0xDFFF < code <= 0x10FFFF else "\ufffd"

    return _REFERENCE.sub(resolve, text) if "&" in text else text


def resolve_escapes(text: str) -> str:
    """Resolve `_x000D_` and its kind (ECMA-376 part 1, 22.9.2.19); NUL and surrogates become U+FFFD."""

    def resolve(found: re.Match[str]) -> str:
        code = int(found[1], 16)
        return "\ufffd" if code == 0 or 0xD800 <= code <= 0xDFFF else chr(code)

    return _ESCAPE.sub(resolve, text) if "_x" in text else text


def resolve_all(texts: pa.StringArray) -> pa.StringArray:
    """Both, on the few texts that need it."""
    needs_work = pc.fill_null(pc.or_(pc.match_substring(texts, "&"), pc.match_substring(texts, "_x")), False)
    if not pc.any(needs_work).as_py():
        return texts
    resolved = [resolve_escapes(resolve_references(text)) for text in texts.filter(needs_work).to_pylist()]
    return pc.replace_with_mask(texts, needs_work, pa.array(resolved, pa.string()))
