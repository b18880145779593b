"""`server.json`: what the embedded server says of itself."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path


class ServerState(StrEnum):
    """How far the server is."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    """It has found no users left; whoever comes now waits for it to end and starts another."""


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """The address of a server; it holds only while the server lock is held."""

    state: ServerState
    process_id: int
    port: int
    """0 while the server has no port yet. Kept after the end: the next server takes the same one if it is free."""
    url: str
    ui_url: str


def read_record(path: Path) -> ServerRecord | None:
    """Read the record; None if there is none or if it cannot be understood."""
    try:
        values = json.loads(path.read_bytes())
        return ServerRecord(
            state=ServerState(values["state"]),
            process_id=int(values["process_id"]),
            port=int(values["port"]),
            url=str(values["url"]),
            ui_url=str(values["ui_url"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_record(path: Path, record: ServerRecord) -> None:
    """Put the record in place whole: a reader sees the old one or the new one."""
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    draft.write_text(json.dumps(asdict(record)), encoding="utf-8")
    draft.replace(path)
