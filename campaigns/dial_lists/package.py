"""Open the zip archive that a workbook or a packed csv is, without trusting what it says of itself."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from campaigns.dial_lists.limits import ByteStream, ReadingMeter
from campaigns.errors import DialListError

MAX_ENTRIES = 20_000
MAX_SMALL_PART_BYTES = 64 * 1024 * 1024
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, NotImplementedError, ValueError, RuntimeError, IndexError, OverflowError),
)
"""What the standard library raises for archives that lie about themselves."""


class Package:
    """The parts of a zip archive by name."""

    def __init__(self, path: Path, meter: ReadingMeter) -> None:
        self._meter = meter
        try:
            self._zip = zipfile.ZipFile(path)
        except _DAMAGED as error:
            raise damaged(meter.what) from error
        infos = self._zip.infolist()
        if len(infos) > MAX_ENTRIES:
            self._zip.close()
            raise DialListError(what=meter.what, why=f"the archive holds more than {MAX_ENTRIES:,} files.")
        self._infos = {info.filename.lstrip("/").lower(): info for info in infos if not info.filename.endswith("/")}

    @property
    def names(self) -> list[str]:
        """Every file in the archive, folders left out, in the spelling of the archive."""
        return [info.filename for info in self._infos.values()]

    def __contains__(self, name: str) -> bool:
        return name.lstrip("/").lower() in self._infos

    def open(self, name: str) -> ByteStream:
        """A part as a stream that counts what it unpacks. Raises `DialListError` if it is not there or locked."""
        info = self._infos.get(name.lstrip("/").lower())
        if info is None:
            raise damaged(self._meter.what)
        if info.flag_bits & 0x1:
            raise DialListError(
                what=self._meter.what, why="it is protected by a password.", advice="Save it without one."
            )
        try:
            raw = self._zip.open(info)
        except _DAMAGED as error:
            raise damaged(self._meter.what) from error
        return MeteredStream(raw, self._meter)

    def read_small(self, name: str) -> bytes:
        """A whole part that never is large in an honest file."""
        with self.open(name) as part:
            data = part.read(MAX_SMALL_PART_BYTES + 1)
        if len(data) > MAX_SMALL_PART_BYTES:
            raise DialListError(
                what=self._meter.what, where=name, why="this part of it is larger than any such part is."
            )
        return data

    def close(self) -> None:
        self._zip.close()


class MeteredStream:
    """A decompressing stream that keeps to the limits and turns its failures into `DialListError`."""

    def __init__(self, raw: Any, meter: ReadingMeter) -> None:
        self._raw = raw
        self._meter = meter

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, size: int = -1, /) -> bytes:
        """As many bytes as asked for, fewer only at the end."""
        try:
            data: bytes = self._raw.read(size if size >= 0 else MAX_SMALL_PART_BYTES)
        except _DAMAGED as error:
            raise damaged(self._meter.what) from error
        self._meter.add_unpacked(len(data))
        return data

    def close(self) -> None:
        self._raw.close()


def damaged(what: str) -> DialListError:
    return DialListError(
        what=what,
        why="it is damaged or was cut short on its way here.",
        advice="Open it in a spreadsheet program and save it anew, or fetch it once more.",
    )


def opener(package: Package, name: str) -> Callable[[], ByteStream]:
    """A function that opens the part from its start."""
    return lambda: package.open(name)


def check_archive_size(path: Path, meter: ReadingMeter) -> None:
    """Unpack every part once without keeping it, for readers that cannot be stopped while they unpack."""
    package = Package(path, meter)
    try:
        for name in package.names:
            with package.open(name) as part:
                while part.read(1024 * 1024):
                    pass
    finally:
        package.close()
