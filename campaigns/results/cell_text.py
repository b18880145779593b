"""Any text as the text of a cell: what XML or the format cannot hold is written in the way the format provides.

- Control characters and U+FFFE/U+FFFF become `_x00HH_` (ECMA-376 part 1, 22.9.2.19, ST_Xstring), and a text that looks
  like such an escape gets its underscore escaped (`_x005F_`), so that every reader gives back the very same text.
- A carriage return becomes a character reference: bare, an XML reader would turn it into a line feed.
- A cell holds 32,767 UTF-16 units. A longer text is cut and says so in the cell; CSV and Parquet hold all of it.
- Half a surrogate pair is no character and cannot be stored anywhere; it becomes U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pyarrow as pa
import pyarrow.compute as pc

MAX_CELL_UNITS = 32_767
"""UTF-16 units in one cell."""
CUT_NOTICE = "… [{units} characters in all, too many for a cell; the whole text stands in the CSV and Parquet files]"

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff"
_ESCAPED = re.compile(f"[{_CONTROL}]")
_LOOKS_ESCAPED = re.compile(f"_(?=x[0-9A-Fa-f]{{4}}[_{_CONTROL}])")
_RARE_BYTES = bytes([*range(0x09), *range(0x0B, 0x20)])
_MAY_NEED_ESCAPE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{FFFE}\x{FFFF}]|_x[0-9A-Fa-f]{4}"
_MARKUP = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;"))


def text_array(values: Iterable[str | None]) -> pa.Array:
    """Return texts as an Arrow array; half surrogate pairs become U+FFFD."""
    values = list(values)
    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:
        return pa.array([None if value is None else storable(value) for value in values], pa.string())


def storable(text: str) -> str:
    """Return `text` with every half surrogate pair replaced, so that it can be encoded."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def printable(text: str) -> str:
    """Return `text` for places that know no escapes, such as a document's properties."""
    return _ESCAPED.sub(" ", storable(text))


def fitted(text: str) -> str:
    """Return `text`, cut to the size of a cell with a notice where it is longer."""
    if len(text) * 2 <= MAX_CELL_UNITS:
        return text
    units = len(text.encode("utf-16-le"))
    if units // 2 <= MAX_CELL_UNITS:
        return text
    notice = CUT_NOTICE.format(units=f"{len(text):,}")
    room = (MAX_CELL_UNITS - len(notice)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + notice


def escaped(text: str) -> str:
    """Return `text` with the format's own escapes, before any XML markup is escaped."""
    marked = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", marked)


def cell_texts(texts: pa.Array) -> pa.Array:
    """Return texts ready to stand between `<t>` and `</t>`, all at once; empty texts become null.

    Looks at the bytes of the whole column first, since nearly every column of a real list needs nothing at all.
    """
    if len(texts) == texts.null_count:
        return texts
    lengths = pc.min_max(pc.binary_length(texts)).as_py()
    if lengths["min"] == 0:
        texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    if lengths["max"] > MAX_CELL_UNITS:
        texts = _mapped(texts, pc.greater(pc.binary_length(texts), MAX_CELL_UNITS), fitted)
    content = text_bytes(texts)
    needs_escape = (
        len(content.translate(None, _RARE_BYTES)) != len(content) or b"\xef\xbf" in content or b"_x" in content
    )
    if needs_escape:
        texts = _mapped(texts, pc.match_substring_regex(texts, _MAY_NEED_ESCAPE), escaped)
    for character, entity in _MARKUP:
        if character.encode() in content:
            texts = pc.replace_substring(texts, character, entity)
    return texts


def has_outer_space(texts: pa.Array) -> bool:
    """Return whether any text begins or ends with white space, which is lost unless XML is told to keep it."""
    trimmed = pc.sum(pc.binary_length(pc.utf8_trim_whitespace(texts))).as_py()
    return bool(trimmed != pc.sum(pc.binary_length(texts)).as_py())


def text_bytes(texts: pa.Array) -> bytes:
    """Return the UTF-8 bytes of all texts of a string array, one after the other."""
    _, offsets, data = texts.buffers()
    if data is None:
        return b""
    bounds = memoryview(offsets).cast("i")
    return bytes(memoryview(data)[bounds[texts.offset] : bounds[texts.offset + len(texts)]])


def _mapped(texts: pa.Array, mask: pa.Array, change: Callable[[str], str]) -> pa.Array:
    chosen = pc.fill_null(mask, False)
    changed = [change(text) for text in texts.filter(chosen).to_pylist()]
    return pc.replace_with_mask(texts, chosen, pa.array(changed, pa.string()))
