"""Locate the rows, cells and texts in a piece of an xlsx worksheet's XML, all at once.

Tags are told apart by a letter or two and attributes by the quotes round them. Whatever departs from the shape that
spreadsheet programs write raises `IrregularXmlError`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from campaigns.dial_lists.slices import Flags, Positions, TextSlices
from campaigns.dial_lists.xml_blocks import IrregularXmlError

Codes = npt.NDArray[np.int32]


class Stored(IntEnum):
    """How the text of a cell is to be understood."""

    NUMBER = 0
    SHARED = 1
    TEXT = 2
    BOOLEAN = 3
    ERROR = 4
    ISO_DATE = 5
    RICH = 6
    FORMULA = 7
    """A formula whose value was never stored; shown as the formula."""


class SheetTags:
    """Where the tags and quotes of a piece of XML are."""

    def __init__(self, data: bytes) -> None:
        if b"='" in data or b"= " in data:
            _refuse_other_quoting(data)
        self.data = data
        self.block = np.frombuffer(data, dtype=np.uint8)
        self.marks = np.flatnonzero((self.block == ord("<")) | (self.block == ord('"')))
        is_tag = self.block[self.marks] == ord("<")
        self.is_quote = np.append(~is_tag, [False, False, False])
        self.mark_of_tag = np.flatnonzero(is_tag)
        self.tags = self.marks[self.mark_of_tag]
        self.initial = self.block[self.tags + 1]
        self.second = self.block[self.tags + 2]
        is_foreign = (self.initial == ord("!")) | (self.initial == ord("?"))
        is_foreign |= (self.initial == ord("/")) & (self.second == ord("s"))
        if bool(is_foreign.any()):
            raise IrregularXmlError

    def named(self, letter: str) -> Flags:
        """Opening tags of exactly this one-letter name."""
        is_end = (self.second == ord(">")) | (self.second == ord("/")) | (self.second <= ord(" "))
        is_named: Flags = (self.initial == ord(letter)) & is_end
        return is_named

    def attributes(self, of_tags: Positions) -> Iterator[tuple[Positions, Positions, Positions]]:
        """First attributes, second attributes, …: which of the tags have one, its opening and its closing quote."""
        which = np.arange(len(of_tags))
        mark = self.mark_of_tag[of_tags] + 1
        while True:
            has_more = self.is_quote[mark]
            if not has_more.all():
                which, mark = which[has_more], mark[has_more]
            if len(which) == 0:
                return
            if not bool(self.is_quote[mark + 1].all()):
                raise IrregularXmlError
            opening = self.marks[mark]
            if bool((self.block[opening - 1] != ord("=")).any()) or bool((self.block[opening - 2] <= ord(" ")).any()):
                raise IrregularXmlError
            yield which, opening, self.marks[mark + 1]
            mark = mark + 2

    def read_digits(self, starts: Positions, ends: Positions) -> Positions:
        """Unsigned decimal numbers of at most nine digits."""
        lengths = ends - starts
        numbers = np.zeros(len(starts), dtype=np.int64)
        if len(starts) == 0:
            return numbers
        if int(lengths.max()) > 9 or int(lengths.min()) < 1:
            raise IrregularXmlError
        for place in range(int(lengths.max())):
            is_there = lengths > place
            digits = self.block[np.where(is_there, starts + place, starts)].astype(np.int64) - ord("0")
            if bool(((digits < 0) | (digits > 9)).any()):
                raise IrregularXmlError
            numbers = np.where(is_there, numbers * 10 + digits, numbers)
        return numbers


@dataclass(frozen=True, slots=True)
class SheetCells:
    """The cells that hold anything, in document order."""

    rows: Positions
    """Index of the row within the piece."""
    columns: Codes
    """Zero-based."""
    kinds: Codes
    styles: Codes
    starts: Positions
    ends: Positions
    slices: TextSlices

    @classmethod
    def locate(cls, tags: SheetTags, rows: Positions) -> SheetCells:
        is_cell = tags.named("c")
        cells = np.flatnonzero(is_cell)
        count = len(cells)
        is_row = np.zeros(len(tags.tags), dtype=bool)
        is_row[rows] = True
        row_of_cell = (np.cumsum(is_row) - 1)[cells]
        if count and row_of_cell[0] < 0:
            raise IrregularXmlError
        columns, styles, kinds, is_inline = _read_cell_attributes(tags, cells, row_of_cell)
        cell_of_tag = np.cumsum(is_cell) - 1
        positions = tags.tags[cells]
        starts, ends = positions.copy(), positions.copy()
        _locate_values(tags, np.flatnonzero(tags.named("v")), cell_of_tag, starts, ends)
        _locate_formulas(tags, np.flatnonzero(tags.named("f")), cell_of_tag, kinds, starts, ends)
        if bool(is_inline.any()):
            _locate_inline_texts(tags, cell_of_tag, positions, kinds, starts, ends)
        is_filled = (ends > starts) | (kinds == Stored.FORMULA)
        if not is_filled.all():
            row_of_cell, columns, kinds = row_of_cell[is_filled], columns[is_filled], kinds[is_filled]
            styles, starts, ends = styles[is_filled], starts[is_filled], ends[is_filled]
        is_same_row = row_of_cell[1:] == row_of_cell[:-1]
        if bool((is_same_row & (columns[1:] <= columns[:-1])).any()):
            raise IrregularXmlError  # a cell stands twice in its row, or behind one to its right
        return cls(row_of_cell, columns, kinds, styles, starts, ends, TextSlices(tags.data, starts, ends))


def _read_cell_attributes(
    tags: SheetTags, cells: Positions, row_of_cell: Positions
) -> tuple[Codes, Codes, Codes, Flags]:
    """Column, style and kind of each cell, and whether its text stands inside it."""
    columns = np.full(len(cells), -1, dtype=np.int32)
    styles = np.zeros(len(cells), dtype=np.int32)
    kinds = np.zeros(len(cells), dtype=np.int32)
    is_inline = np.zeros(len(cells), dtype=bool)
    for which, opening, closing in tags.attributes(cells):
        name = tags.block[opening - 2]
        is_single = tags.block[opening - 3] <= ord(" ")
        for letter in (ord("r"), ord("s"), ord("t")):
            is_it = is_single & (name == letter)
            if not is_it.any():
                continue
            whole = is_it.all()
            of, start, end = (which, opening, closing) if whole else (which[is_it], opening[is_it], closing[is_it])
            if letter == ord("r"):
                columns[of] = _read_column_letters(tags.block, start + 1, end)
            elif letter == ord("s"):
                styles[of] = tags.read_digits(start + 1, end)
            else:
                kinds[of] = _read_kinds(tags.block, start + 1, end - start - 1)
                is_inline[of] = end - start - 1 == len("inlineStr")
    if len(cells) and bool((columns < 0).any()):
        if bool((columns >= 0).any()):
            raise IrregularXmlError
        firsts = np.searchsorted(row_of_cell, row_of_cell, side="left")
        columns = (np.arange(len(cells)) - firsts).astype(np.int32)
    return columns, styles, kinds, is_inline


def _read_column_letters(block: npt.NDArray[np.uint8], starts: Positions, ends: Positions) -> Codes:
    last = ends - 1
    letters = [block[np.minimum(starts + place, last)].astype(np.int32) - ord("A") + 1 for place in range(4)]
    first, second, third, fourth = letters
    has_second = second > 0
    has_third = has_second & (third > 0)
    is_wrong = (first < 1) | (first > 26) | (second > 26) | (has_third & ((third > 26) | (fourth > 0)))
    if bool(is_wrong.any()):
        raise IrregularXmlError
    columns = np.where(has_second, first * 26 + second, first)
    return np.where(has_third, columns * 26 + third, columns) - 1


def _read_kinds(block: npt.NDArray[np.uint8], starts: Positions, lengths: Positions) -> Codes:
    initial = block[starts]
    kinds = np.full(len(starts), -1, dtype=np.int32)
    for letter, length, kind in (
        ("s", 1, Stored.SHARED),
        ("n", 1, Stored.NUMBER),
        ("s", 3, Stored.TEXT),
        ("i", 9, Stored.TEXT),
        ("b", 1, Stored.BOOLEAN),
        ("e", 1, Stored.ERROR),
        ("d", 1, Stored.ISO_DATE),
    ):
        kinds[(initial == ord(letter)) & (lengths == length)] = kind
    if bool((kinds < 0).any()):
        raise IrregularXmlError
    return kinds


def _texts_inside(tags: SheetTags, of_tags: Positions) -> tuple[Positions, Positions]:
    """Where the text directly behind each opening tag starts and ends; empty behind a self-closing one."""
    starts = tags.tags[of_tags] + 3
    is_long = tags.second[of_tags] != ord(">")
    if bool(is_long.any()):
        ends_of_tags = np.flatnonzero(tags.block == ord(">"))
        ends = ends_of_tags[np.searchsorted(ends_of_tags, tags.tags[of_tags[is_long]])]
        starts[is_long] = ends + 1
        is_closed = np.zeros(len(of_tags), dtype=bool)
        is_closed[is_long] = tags.block[ends - 1] == ord("/")
    else:
        is_closed = is_long
    following = np.minimum(of_tags + 1, len(tags.tags) - 1)
    if bool((tags.initial[following[~is_closed]] != ord("/")).any()):
        raise IrregularXmlError
    return starts, np.where(is_closed, starts, tags.tags[following])


def _locate_values(tags: SheetTags, values: Positions, cell_of_tag: Any, starts: Positions, ends: Positions) -> None:
    owners = cell_of_tag[values]
    if len(owners) and (owners[0] < 0 or bool((np.diff(owners) <= 0).any())):
        raise IrregularXmlError
    starts[owners], ends[owners] = _texts_inside(tags, values)


def _locate_formulas(
    tags: SheetTags, formulas: Positions, cell_of_tag: Any, kinds: Codes, starts: Positions, ends: Positions
) -> None:
    """A formula takes the place of the value only where no value is stored."""
    owners = cell_of_tag[formulas]
    if len(owners) and (owners[0] < 0 or bool((np.diff(owners) <= 0).any())):
        raise IrregularXmlError
    is_bare = (ends[owners] == starts[owners]) & (kinds[owners] == Stored.NUMBER)
    if bool(is_bare.any()):
        bare = owners[is_bare]
        kinds[bare] = Stored.FORMULA
        starts[bare], ends[bare] = _texts_inside(tags, formulas[is_bare])


def _locate_inline_texts(
    tags: SheetTags, cell_of_tag: Any, positions: Positions, kinds: Codes, starts: Positions, ends: Positions
) -> None:
    texts = np.flatnonzero(tags.named("t"))
    runs = np.flatnonzero((tags.initial == ord("r")) & (tags.second != ord("o")))
    owners = cell_of_tag[texts]
    if len(owners) and owners[0] < 0:
        raise IrregularXmlError
    is_rich = np.bincount(owners, minlength=len(positions)) > 1
    is_rich[cell_of_tag[runs]] = True
    plain = ~is_rich[owners]
    starts[owners[plain]], ends[owners[plain]] = _texts_inside(tags, texts[plain])
    rich = np.flatnonzero(is_rich)
    kinds[rich] = Stored.RICH
    starts[rich], ends[rich] = positions[rich], np.append(positions, len(tags.data))[rich + 1]


def _refuse_other_quoting(data: bytes) -> None:
    """Attributes in single quotes, or with spaces round the equals sign, are for the patient parser."""
    if re.search(rb"<(?:c|row)\b[^<>]*=\s*'|<(?:c|row)\b[^<>]*=\s", data):
        raise IrregularXmlError
