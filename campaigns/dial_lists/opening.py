"""Open a dial list, whatever kind of file it is."""

from __future__ import annotations

from pathlib import Path

from campaigns.dial_lists.delimited import DelimitedFile
from campaigns.dial_lists.limits import ReadingLimits, ReadingMeter
from campaigns.dial_lists.package import Package
from campaigns.dial_lists.rows import DialListFile
from campaigns.dial_lists.sniffing import SAMPLE_BYTES, name_foreign
from campaigns.dial_lists.workbook import WorkbookFile
from campaigns.errors import DialListError


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
            advice="Save the list as xlsx or csv and take that file.",
        )
    if head.startswith(b"PK"):
        return _open_archive(path, meter, sheet)
    return DelimitedFile(lambda: path.open("rb"), meter)


def _open_archive(path: Path, meter: ReadingMeter, sheet: str | None) -> DialListFile:
    package = Package(path, meter)
    try:
        return WorkbookFile(package, meter, sheet)
    except BaseException:
        package.close()
        raise
