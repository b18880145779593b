"""Open a dial list, whatever kind of file it is."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

from campaigns.dial_lists.delimited import DelimitedFile
from campaigns.dial_lists.foreign import ForeignWorkbookFile, protected
from campaigns.dial_lists.limits import ByteStream, ReadingLimits, ReadingMeter
from campaigns.dial_lists.markup import HtmlTableFile, SpreadsheetMlFile
from campaigns.dial_lists.opendocument import OpenDocumentFile
from campaigns.dial_lists.package import MeteredStream, Package, check_archive_size, opener
from campaigns.dial_lists.rows import DialListFile, RowBatch
from campaigns.dial_lists.sniffing import OLE_MAGIC, SAMPLE_BYTES, find_markup, is_old_excel, name_foreign
from campaigns.dial_lists.workbook import WorkbookFile
from campaigns.errors import DialListError

_SAVE_AS = "Save the list as xlsx or csv and take that file."


def open_dial_list(path: str | Path, *, limits: ReadingLimits | None = None, sheet: str | None = None) -> DialListFile:
    """Open a file as the dial list that its bytes say it is; its name decides nothing.

    `sheet` is the name of a sheet, "*" for all visible sheets, or None for the first visible one that has rows. Raises
    `DialListError`, here or while the batches are read, with a sentence for the person who chose the file.
    """
    path = Path(path)
    meter = ReadingMeter(limits or ReadingLimits(), path.name)
    try:
        with path.open("rb") as stream:
            head = stream.read(SAMPLE_BYTES)
    except OSError as error:
        raise DialListError(
            what=path.name, why=f"it cannot be opened ({error.strerror or 'unknown cause'}).", advice="Check its path."
        ) from None
    if not head:
        raise DialListError(what=path.name, why="it is empty (zero bytes).", advice="Fetch or save it once more.")
    foreign = name_foreign(head)
    if foreign is not None:
        raise DialListError(
            what=path.name,
            why=f"it is {foreign}, not a list.",
            advice=_SAVE_AS,
        )
    if head.startswith(b"PK"):
        return _open_archive(path, meter, sheet)
    if head.startswith(b"\x1f\x8b"):
        return _open_gzip(path, meter)
    if head.startswith(OLE_MAGIC):
        return _open_ole(path, meter, sheet)
    if is_old_excel(head):
        raise DialListError(
            what=path.name, why="it is a worksheet of Excel 4 or older.", advice="Save it anew as xlsx or csv."
        )
    return _open_text(lambda: path.open("rb"), head, meter, sheet)


def _open_text(
    open_stream: Callable[[], ByteStream], head: bytes, meter: ReadingMeter, sheet: str | None, within: str = ""
) -> DialListFile:
    match find_markup(head):
        case "html":
            return HtmlTableFile(open_stream, head, meter)
        case "spreadsheetml":
            return SpreadsheetMlFile(open_stream, meter, sheet)
        case _:
            return DelimitedFile(open_stream, meter, within=within)


def _open_archive(path: Path, meter: ReadingMeter, sheet: str | None) -> DialListFile:
    package = Package(path, meter)
    try:
        if "xl/workbook.bin" in package:
            package.close()
            check_archive_size(path, meter)
            return ForeignWorkbookFile(path, "xlsb", meter, sheet)
        if "word/document.xml" in package or "ppt/presentation.xml" in package:
            raise DialListError(what=path.name, why="it is a document, not a spreadsheet.", advice=_SAVE_AS)
        if "content.xml" in package:
            return OpenDocumentFile(package, meter, sheet)
        if "[Content_Types].xml" in package or "xl/workbook.xml" in package:
            return WorkbookFile(package, meter, sheet)
        return _open_packed(package, meter)
    except BaseException:
        package.close()
        raise


def _open_packed(package: Package, meter: ReadingMeter) -> DialListFile:
    """A csv file inside a zip archive."""
    names = [name for name in package.names if not _is_by_the_way(name)]
    if len(names) != 1:
        why = "the archive is empty." if not names else f"the archive holds {len(names)} files, not one."
        raise DialListError(what=meter.what, why=why, advice="Unpack it and take the file that holds the list.")
    with package.open(names[0]) as stream:
        head = stream.read(SAMPLE_BYTES)
    _check_packed(head, meter)
    return PackedFile(package, DelimitedFile(opener(package, names[0]), meter, within=names[0]))


def _open_gzip(path: Path, meter: ReadingMeter) -> DialListFile:
    def open_stream() -> ByteStream:
        return MeteredStream(gzip.open(path, "rb"), meter)

    with open_stream() as stream:
        head = stream.read(SAMPLE_BYTES)
    _check_packed(head, meter)
    return DelimitedFile(open_stream, meter, within=path.stem)


def _check_packed(head: bytes, meter: ReadingMeter) -> None:
    if not head:
        raise DialListError(what=meter.what, why="the file inside the archive is empty.")
    if head.startswith((b"PK", OLE_MAGIC, b"\x1f\x8b")) or name_foreign(head) or find_markup(head):
        raise DialListError(
            what=meter.what, why="the file inside the archive is not csv.", advice="Unpack it and take that file."
        )


def _open_ole(path: Path, meter: ReadingMeter, sheet: str | None) -> DialListFile:
    with path.open("rb") as stream:
        data = stream.read(meter.limits.max_held_bytes + 1)
    meter.check_held(len(data))
    if _utf16("EncryptedPackage") in data:
        raise protected(path.name)
    if _utf16("WordDocument") in data and _utf16("Workbook") not in data:
        raise DialListError(what=path.name, why="it is a Word document, not a spreadsheet.", advice=_SAVE_AS)
    if _utf16("Workbook") not in data and _utf16("Book") not in data:
        raise DialListError(
            what=path.name, why="it holds no workbook, or it was cut short on its way here.", advice=_SAVE_AS
        )
    return ForeignWorkbookFile(path, "xls", meter, sheet)


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _is_by_the_way(name: str) -> bool:
    """Files that archivers put in unasked."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in (".DS_Store", "Thumbs.db", "desktop.ini")


class PackedFile(DialListFile):
    """A csv file inside a zip archive, which is closed with it."""

    def __init__(self, package: Package, inner: DelimitedFile) -> None:
        super().__init__()
        self._package = package
        self._inner = inner
        self.format, self.encoding, self.delimiter = inner.format, inner.encoding, inner.delimiter
        self.sheets, self.notices = inner.sheets, inner.notices

    def batches(self) -> Iterator[RowBatch]:
        return self._inner.batches()

    def close(self) -> None:
        self._package.close()
