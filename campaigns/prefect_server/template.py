"""An empty Prefect database that is migrated already, kept in the user's cache for the next data directory.

A hundred and thirty migrations cost three seconds of CPU on an empty database (reflection, not disk), and every new
data directory would pay them. The copy is only a head start: the server still migrates whatever it finds.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from importlib import metadata
from pathlib import Path


def prepare_database(database: Path) -> None:
    """Put a migrated database in place if there is none; leaves one that exists alone.

    To be called by the server process, before anything has used Prefect's database.
    """
    if database.exists() or os.environ.keys() & {
        "PREFECT_SERVER_DATABASE_CONNECTION_URL",
        "PREFECT_API_DATABASE_CONNECTION_URL",
    }:
        return
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "callsheet"
    template = cache / f"prefect-{metadata.version('prefect')}.db"
    draft = database.with_suffix(".draft")
    try:
        shutil.copyfile(template, draft)
        draft.replace(database)
    except OSError:
        asyncio.run(_migrate())
        with suppress(OSError, sqlite3.Error):  # no cache, no head start
            _save(database, template)


async def _migrate() -> None:
    from prefect.server.database import provide_database_interface

    await provide_database_interface().create_db()


def _save(database: Path, template: Path) -> None:
    template.parent.mkdir(parents=True, exist_ok=True)
    draft = template.with_suffix(f".{os.getpid()}.tmp")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("VACUUM INTO ?", (str(draft),))
    draft.replace(template)
