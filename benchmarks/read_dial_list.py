"""Measure how fast and in how much memory a dial list is read: `python benchmarks/read_dial_list.py [ROWS]`.

Makes a list of ROWS (1,000,000 if not given) times 8 columns as xlsx and as csv, once, in the temporary directory; then
reads each in a fresh process and prints rows a second, seconds and peak memory, and the ratio to a floor that is
measured right beside it: inflating the archive without looking at it, or reading the plain file.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

HEADER = ("手机号", "姓名", "性别", "城市", "流水号", "日期", "订单号", "备注")
ROUNDS = 3


def main() -> None:
    """Print one line for each file and what it took; runs itself for each single measurement."""
    if len(sys.argv) == 3:
        say(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
        return
    row_count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    say(f"{'file':5} {'rows':>9} {'rows/s':>11} {'seconds':>8} {'peak MB':>8} {'floor s':>8} {'ratio':>6}")
    for path in make_lists(row_count):
        reads, floors = [], []
        for _ in range(ROUNDS):
            floors.append(run_apart("floor", path)["seconds"])
            reads.append(run_apart("read", path))
        best = min(reads, key=lambda read: read["seconds"])
        seconds, floor = best["seconds"], min(floors)
        say(
            f"{path.suffix[1:]:5} {best['rows']:>9,.0f} {best['rows'] / seconds:>11,.0f} {seconds:>8.2f} "
            f"{best['peak_megabytes']:>8.0f} {floor:>8.2f} {seconds / floor:>6.1f}"
        )


def say(line: str) -> None:
    sys.stdout.write(line + "\n")


def run_apart(task: str, path: Path) -> dict[str, float]:
    command = [sys.executable, __file__, task, str(path)]
    measured: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return measured


def measure(task: str, path: Path) -> dict[str, float]:
    """Seconds, rows and the peak memory of this process; imports are outside the clock and inside the memory."""
    from campaigns.dial_lists import open_dial_list

    begun_at = time.perf_counter()
    rows = 0
    if task == "read":
        with open_dial_list(path) as dial_list:
            rows = sum(map(len, dial_list.batches()))
    else:
        swallow(path)
    seconds = time.perf_counter() - begun_at
    return {"seconds": seconds, "rows": rows, "peak_megabytes": peak_megabytes()}


def swallow(path: Path) -> None:
    """Take all bytes in, unpacked, and do nothing with them."""
    if path.suffix == ".csv":
        with path.open("rb") as stream:
            while stream.read(1024 * 1024):
                pass
        return
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            with archive.open(name) as part:
                while part.read(1024 * 1024):
                    pass


def peak_megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def make_lists(row_count: int) -> list[Path]:
    """The two files, made unless they are there from an earlier run; the numbers are invented."""
    folder = Path(tempfile.gettempdir()) / "callsheet-benchmarks"
    folder.mkdir(exist_ok=True)
    workbook_path, csv_path = folder / f"dial_list_{row_count}.xlsx", folder / f"dial_list_{row_count}.csv"
    if not csv_path.exists():
        with csv_path.open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows(make_rows(row_count))
    if not workbook_path.exists():
        write_workbook(workbook_path, row_count)
    return [workbook_path, csv_path]


def write_workbook(path: Path, row_count: int) -> None:
    import xlsxwriter

    unfinished = path.with_suffix(".part")
    book = xlsxwriter.Workbook(str(unfinished))
    sheet = book.add_worksheet()
    for number, row in enumerate(make_rows(row_count)):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, value)
    book.close()
    unfinished.rename(path)


def make_rows(row_count: int) -> Iterator[tuple[str | int, ...]]:
    yield HEADER
    cities = ("北京", "上海", "广州", "深圳")
    for n in range(1, row_count):
        yield (
            f"1380013{n % 10_000:04}",
            f"客户{n}",
            "女" if n % 2 else "男",
            cities[n % 4],
            700_000_000_000 + n,
            f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}",
            f"D{900_000_000 + n}",
            f"备注 {n * 7919 % row_count}",
        )


if __name__ == "__main__":
    main()
