"""Live progress: a bar on a terminal, a line of text now and then elsewhere, nothing with `--json`."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from campaigns.cli.context import App
from campaigns.queries.campaigns import get_campaign_by_id
from campaigns.queries.progress import read_progress
from campaigns.statuses import CampaignStatus

_SECONDS_BETWEEN_LOOKS = 0.5
_SECONDS_BETWEEN_LINES = 5.0


class LiveProgress:
    """Shows where a campaign stands, from the ledger, while somebody else works on it."""

    def __init__(self, app: App, campaign_id: int) -> None:
        self._app = app
        self._campaign_id = campaign_id
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._show_for_ever, name="progress", daemon=True)
        self._on_terminal = sys.stderr.isatty()
        self._last_line = ""
        self._last_line_at = 0.0

    def __enter__(self) -> Self:
        if not self._app.as_json:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def _show_for_ever(self) -> None:
        if not self._on_terminal:
            while not self._stopped.wait(_SECONDS_BETWEEN_LOOKS):
                self._print_line()
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), expand=True, transient=True) as bars:
            handed = bars.add_task("handed over", total=None)
            settled = bars.add_task("settled", total=None)
            while not self._stopped.wait(_SECONDS_BETWEEN_LOOKS):
                self._move(bars, handed, settled)

    def _move(self, bars: Progress, handed: TaskID, settled: TaskID) -> None:
        with self._app.database.reading() as db:
            progress = read_progress(db, self._campaign_id)
            status = get_campaign_by_id(db, self._campaign_id).status
        paused = "[yellow] (paused)" if status == CampaignStatus.PAUSED else ""
        bars.update(handed, completed=progress.accepted, total=progress.calls or None)
        bars.update(settled, completed=progress.settled, total=progress.calls or None, description=f"settled{paused}")

    def _print_line(self) -> None:
        with self._app.database.reading() as db:
            progress = read_progress(db, self._campaign_id)
            status = get_campaign_by_id(db, self._campaign_id).status
        line = f"{status}: {progress.accepted:,} of {progress.calls:,} handed over, {progress.settled:,} settled"
        if line != self._last_line and time.monotonic() - self._last_line_at >= _SECONDS_BETWEEN_LINES:
            print(line, file=sys.stderr, flush=True)  # noqa: T201  (this is the terminal's module)
            self._last_line, self._last_line_at = line, time.monotonic()
