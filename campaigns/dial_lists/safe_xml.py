"""Parse a stranger's XML: no entities, no network, no document types, bounded depth and size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, cast

from lxml import etree

from campaigns.dial_lists.limits import ByteStream
from campaigns.errors import DialListError


def parse_document(data: bytes, what: str) -> etree._Element:
    """The root element of a small XML document."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _broken(what, error) from None
    _refuse_document_type(root, what)
    return root


def iterate_elements(stream: ByteStream, name: str | Sequence[str], what: str) -> Iterator[etree._Element]:
    """Each element of that local name, or of one of those names, in turn.

    An element is emptied as soon as the next one is asked for.
    """
    is_checked = False
    names = (name,) if isinstance(name, str) else name
    try:
        for _, element in etree.iterparse(
            cast(IO[bytes], stream),
            events=("end",),
            tag=tuple("{*}" + each for each in names),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            if not is_checked:
                _refuse_document_type(element, what)
                is_checked = True
            yield element
            element.clear()
            parent = element.getparent()
            if parent is not None:
                while element.getprevious() is not None:
                    del parent[0]
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise _broken(what, error) from None


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def text_of(element: etree._Element) -> str:
    """The text directly inside an element."""
    return element.text or ""


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its local name, whatever its namespace."""
    value = element.get(name)
    if value is not None:
        return str(value)
    return next((str(held) for key, held in element.attrib.items() if str(key).rpartition("}")[2] == name), None)


def _refuse_document_type(element: etree._Element, what: str) -> None:
    # the stubs do not know the attribute
    if element.getroottree().docinfo.doctype:  # type: ignore[attr-defined]
        raise DialListError(
            what=what, why="it declares XML entities, which no spreadsheet program writes; it is not read."
        )


def _broken(what: str, error: Exception) -> DialListError:
    line = getattr(error, "lineno", None)
    return DialListError(
        what=what,
        where=f"line {line} of its XML" if line else "",
        why="it is damaged: its XML cannot be read.",
        advice="Open it in a spreadsheet program and save it anew.",
    )
