"""Bring a database to the schema of this version."""

from __future__ import annotations

from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from campaigns.db.engine import Database


def migration_config() -> Config:
    """Return Alembic's configuration, pointing at the migrations shipped with the package."""
    config = Config()
    config.set_main_option("script_location", str(files("campaigns.db") / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def newest_revision() -> str:
    head = ScriptDirectory.from_config(migration_config()).get_current_head()
    assert head is not None
    return head


def current_revision(database: Database) -> str | None:
    """Return the revision of the database, None for one without tables."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> None:
    """Run the migrations that are missing; safe to run twice, and twice at once. Effect: writes."""
    config = migration_config()
    writing = database.engine.execution_options(callsheet_writes=True)
    with writing.begin() as connection:
        if not database.is_sqlite:
            # two processes that start together would both create the tables
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7216202611)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
