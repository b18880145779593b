"""`callsheet db`"""

from __future__ import annotations

import click

from campaigns.cli.context import App, command
from campaigns.db.engine import Database
from campaigns.db.upgrading import current_revision, upgrade


@click.group()
def db() -> None:
    """The ledger itself."""


@db.command("upgrade")
@command
def upgrade_command(app: App) -> None:
    """Bring the database to the schema of this version; safe to run twice."""
    database = Database(app.settings.database_url)
    before = current_revision(database)
    upgrade(database)
    after = current_revision(database)
    database.close()
    same = f"The database is up to date ({after})."
    moved = f"The database went from {before or 'nothing'} to {after}."
    app.show({"from": before, "to": after}, same if before == after else moved)
