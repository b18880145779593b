"""Rows by the thousand, in the caller's transaction: tuples on SQLite, COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table, insert
from sqlmodel import Session, SQLModel


def table_of(model: type[SQLModel]) -> Table:
    """Return the table behind a SQLModel class."""
    table = model.__table__  # type: ignore[attr-defined]  # SQLModel does not declare what its metaclass adds
    assert isinstance(table, Table)
    return table


def insert_rows(
    db: Session,
    model: type[SQLModel],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    skip_existing: bool = False,
) -> None:
    """Insert `rows` (tuples in the order of `columns`) into the table of `model`; effect: writes.

    Values are written as the driver takes them: on SQLite a time is text "YYYY-MM-DD HH:MM:SS.ffffff" in UTC (see
    `driver_time`). With `skip_existing` a row whose key exists is left out, else it is an error.
    """
    table = table_of(model)
    connection = db.connection()
    if connection.dialect.name == "sqlite":
        verb = "INSERT OR IGNORE" if skip_existing else "INSERT"
        marks = ", ".join("?" * len(columns))
        statement = f"{verb} INTO {_quoted(table.name)} ({', '.join(map(_quoted, columns))}) VALUES ({marks})"
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.executemany(statement, rows)
        return
    if not skip_existing:
        _copy(connection, table.name, columns, rows)
        return
    names = ", ".join(map(_quoted, columns))
    incoming = f"incoming_{table.name}"
    connection.exec_driver_sql(
        f"CREATE TEMP TABLE {incoming} ON COMMIT DROP AS SELECT {names} FROM {_quoted(table.name)} WITH NO DATA"
    )
    _copy(connection, incoming, columns, rows)
    connection.exec_driver_sql(
        f"INSERT INTO {_quoted(table.name)} ({names}) SELECT {names} FROM {incoming} ON CONFLICT DO NOTHING"
    )
    connection.exec_driver_sql(f"DROP TABLE {incoming}")


def driver_time(db: Session, moment: datetime) -> str | datetime:
    """Return a moment in the form in which `insert_rows` must be given it."""
    in_utc = moment.astimezone(UTC)
    if db.get_bind().dialect.name == "sqlite":
        return in_utc.strftime("%Y-%m-%d %H:%M:%S.%f")
    return in_utc


def insert_one(db: Session, model: type[SQLModel], **values: Any) -> None:
    """Insert a single row through SQLAlchemy Core; effect: writes."""
    db.execute(insert(table_of(model)).values(**values))


def _copy(connection: Any, table_name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    driver = connection.connection.driver_connection
    names = ", ".join(map(_quoted, columns))
    with driver.cursor() as cursor, cursor.copy(f"COPY {_quoted(table_name)} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _quoted(name: str) -> str:
    return f'"{name}"'
