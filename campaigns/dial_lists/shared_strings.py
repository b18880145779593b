"""Read the texts that the cells of an xlsx workbook share, as one Arrow array."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
from lxml import etree

from campaigns.dial_lists.limits import ByteStream, ReadingMeter
from campaigns.dial_lists.safe_xml import iterate_elements, local_name, text_of
from campaigns.dial_lists.slices import TextSlices
from campaigns.dial_lists.xml_blocks import IrregularXmlError, check_beginning, pieces_ending_with
from campaigns.dial_lists.xml_text import resolve_all, resolve_escapes, resolve_references

BLOCK_BYTES = 1024 * 1024
_PHONETIC = re.compile(rb"<rPh[\s>].*?</rPh>", re.S)
_TEXT = re.compile(rb"<t(?:\s[^>]*)?>([^<]*)</t>")


def read_shared_strings(open_part: Callable[[], ByteStream], meter: ReadingMeter) -> pa.StringArray:
    """All shared texts in their order. Raises `DialListError` past the memory limit."""
    try:
        with open_part() as part:
            return _join(_read_quickly(part, meter), meter)
    except IrregularXmlError:
        with open_part() as part:
            return _join(_read_patiently(part, meter), meter)


def _join(arrays: Iterator[pa.StringArray], meter: ReadingMeter) -> pa.StringArray:
    kept: list[pa.StringArray] = []
    held_bytes = 0
    for array in arrays:
        held_bytes += array.nbytes
        meter.check_held(held_bytes)
        kept.append(array)
    return pa.concat_arrays(kept) if kept else pa.array([], pa.string())


def _read_quickly(part: ByteStream, meter: ReadingMeter) -> Iterator[pa.StringArray]:
    first = part.read(BLOCK_BYTES)
    prefix = check_beginning(first, meter.what)
    blocks = iter(lambda: part.read(BLOCK_BYTES), b"")
    for piece, is_last in pieces_ending_with(_once_more(b"", blocks), first, b"si", prefix, meter.what):
        if is_last:
            if b"<si" in re.sub(rb"<si\s*/>", b"", piece) or (b"</sst" not in piece and b"<sst" not in piece):
                raise IrregularXmlError
            empty = len(re.findall(rb"<si\s*/>", piece))
            yield pa.array([""] * empty, pa.string())
        else:
            try:
                yield _read_piece(piece)
            except IndexError:  # a tag is cut short
                raise IrregularXmlError from None


def _once_more(first: bytes, blocks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from blocks


def _read_piece(data: bytes) -> pa.StringArray:
    block = np.frombuffer(data, dtype=np.uint8)
    tags = np.flatnonzero(block == ord("<"))
    initial, second = block[tags + 1], block[tags + 2]
    if bool((initial == ord("!")).any()) or bool((initial[1:] == ord("?")).any()):
        raise IrregularXmlError
    is_item = (initial == ord("s")) & (second == ord("i"))
    is_text = (initial == ord("t")) & ((second == ord(">")) | (second == ord(" ")) | (second == ord("/")))
    is_run = initial == ord("r")
    items = np.flatnonzero(is_item)
    item_of_tag = np.cumsum(is_item) - 1
    texts = np.flatnonzero(is_text)
    if len(texts) and item_of_tag[texts[0]] < 0:
        raise IrregularXmlError
    text_counts = np.bincount(item_of_tag[texts], minlength=len(items))
    is_rich = text_counts > 1
    is_rich[item_of_tag[np.flatnonzero(is_run & (item_of_tag >= 0))]] = True
    starts = tags[items].copy()
    ends = starts.copy()
    ends_of_tags = np.flatnonzero(block == ord(">"))
    plain = texts[~is_rich[item_of_tag[texts]]]
    owners = item_of_tag[plain]
    closing = ends_of_tags[np.searchsorted(ends_of_tags, tags[plain])]
    is_closed = block[closing - 1] == ord("/")
    starts[owners] = closing + 1
    ends[owners] = np.where(is_closed, closing + 1, tags[np.minimum(plain + 1, len(tags) - 1)])
    rich = np.flatnonzero(is_rich)
    limits = np.append(tags[items], len(data))
    starts[rich], ends[rich] = limits[rich], limits[rich + 1]
    found = TextSlices(data, starts, ends).take(np.arange(len(items)))
    if len(rich):
        found = _replace(found, rich, [read_rich_text(data[limits[item] : limits[item + 1]]) for item in rich])
        untouched = np.ones(len(items), dtype=bool)
        untouched[rich] = False
        return pa.compute.if_else(pa.array(untouched), resolve_all(found), found)
    return resolve_all(found)


def read_rich_text(markup: bytes) -> str:
    """The text of an `<si>` or `<is>` made of several runs, without the pronunciation written above it."""
    parts = _TEXT.findall(_PHONETIC.sub(b"", markup))
    return resolve_escapes(resolve_references(b"".join(parts).decode()))


def _replace(
    texts: pa.StringArray, which: np.ndarray[tuple[int], np.dtype[np.int64]], values: list[str]
) -> pa.StringArray:
    mask = np.zeros(len(texts), dtype=bool)
    mask[which] = True
    return pa.compute.replace_with_mask(texts, pa.array(mask), pa.array(values, pa.string()))


def _read_patiently(part: ByteStream, meter: ReadingMeter) -> Iterator[pa.StringArray]:
    texts: list[str] = []
    for item in iterate_elements(part, "si", meter.what):
        texts.append(resolve_escapes(shared_text(item)))
        if len(texts) >= 10_000:
            yield pa.array(texts, pa.string())
            texts = []
    yield pa.array(texts, pa.string())


def shared_text(item: etree._Element) -> str:
    """The text of a parsed `<si>` or `<is>`."""
    parts = []
    for child in item:
        match local_name(child):
            case "t":
                parts.append(text_of(child))
            case "r":
                parts.extend(text_of(run) for run in child if local_name(run) == "t")
    return "".join(parts)
