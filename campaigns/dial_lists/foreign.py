"""Read binary workbooks (xls, xlsb) through `foreign_worker`, a process that may die without harm."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa

from campaigns.dial_lists.foreign_worker import PASSWORD, TOO_WIDE
from campaigns.dial_lists.limits import ReadingMeter
from campaigns.dial_lists.package import damaged
from campaigns.dial_lists.rows import RowBatch, SheetInfo, cut_batches
from campaigns.dial_lists.sheets import SheetsFile
from campaigns.errors import DialListError


class ForeignWorkbookFile(SheetsFile):
    """An open xls or xlsb workbook."""

    def __init__(self, path: Path, kind: str, meter: ReadingMeter, chosen: str | None) -> None:
        self._path = path
        self.format = kind
        with _worker(path, None, meter) as process:
            assert process.stdout is not None
            line = process.stdout.readline(1024 * 1024)
            _check_end(process, meter)
        super().__init__(meter, [SheetInfo(name, is_hidden) for name, is_hidden in json.loads(line)], chosen)
        self.notice(f"Hidden rows cannot be told from others in {kind} files; all rows are read as visible.")

    def close(self) -> None:
        """Nothing is held open between readings."""

    def read_sheet(self, sheet: SheetInfo) -> Iterator[RowBatch]:
        row_number = 1
        with _worker(self._path, sheet.name, self._meter) as process:
            try:
                with pa.ipc.open_stream(process.stdout) as stream:
                    for batch in stream:
                        numbers = np.arange(row_number, row_number + len(batch), dtype=np.int64)
                        row_number += len(batch)
                        is_hidden = np.zeros(len(batch), dtype=bool)
                        yield from cut_batches(sheet.name, numbers, is_hidden, batch.columns, self._meter)
            except (pa.ArrowInvalid, OSError):
                _check_end(process, self._meter)
                raise damaged(self._meter.what) from None
            _check_end(process, self._meter)


@contextmanager
def _worker(path: Path, sheet: str | None, meter: ReadingMeter) -> Iterator[subprocess.Popen[bytes]]:
    """The worker at its task; killed when time is up, and when nobody wants to know any more."""
    request = {
        "path": str(path.resolve()),
        "sheet": sheet,
        "max_bytes": meter.limits.max_foreign_bytes,
        "max_columns": meter.limits.max_columns,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "campaigns.dial_lists.foreign_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    timer = threading.Timer(meter.seconds_left, process.kill)
    timer.daemon = True
    timer.start()
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            with process.stdin:
                process.stdin.write(json.dumps(request).encode() + b"\n")
        except BrokenPipeError:
            _check_end(process, meter)
        yield process
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _check_end(process: subprocess.Popen[bytes], meter: ReadingMeter) -> None:
    """Raise what the exit code means."""
    code = process.wait()
    if code == 0:
        return
    meter.check_time()
    if code == PASSWORD:
        raise protected(meter.what)
    if code == TOO_WIDE:
        meter.check_columns(meter.limits.max_columns + 1, "")
    raise damaged(meter.what)


def protected(what: str) -> DialListError:
    return DialListError(what=what, why="it is protected by a password.", advice="Save it without one.")
