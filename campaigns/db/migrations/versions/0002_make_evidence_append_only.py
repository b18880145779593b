"""Make evidence append-only in the database itself

What was planned, sent and learnt is never changed, whoever has the connection. Rows of a dial list may go while nobody
of the campaign is planned (an import that was cut off, or taken back); everything else stays.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEVER_CHANGED = (
    "contact",
    "row_refusal",
    "exclusion",
    "attempt",
    "outcome",
    "status_change",
    "difference",
    "audit_entry",
)
NEVER_DELETED = ("attempt", "outcome", "status_change", "difference", "audit_entry")
DELETED_BEFORE_PLANNING = ("contact", "row_refusal", "exclusion")

_PLANNED = "EXISTS (SELECT 1 FROM chunk WHERE campaign_id = OLD.campaign_id)"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _guard_sqlite() -> None:
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: a row is never changed'); END"
        )
    for table in NEVER_DELETED:
        op.execute(
            f"CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: a row is never deleted'); END"
        )
    for table in DELETED_BEFORE_PLANNING:
        op.execute(
            f"CREATE TRIGGER {table}_stays_once_planned BEFORE DELETE ON {table} WHEN {_PLANNED} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only once calls were planned'); END"
        )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP; END $$"
    )
    op.execute(
        "CREATE FUNCTION refuse_once_planned() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN IF {_PLANNED} THEN "
        "RAISE EXCEPTION '% is append-only once calls were planned', TG_TABLE_NAME; END IF; RETURN OLD; END $$"
    )
    for table in NEVER_CHANGED:
        op.execute(
            f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    for table in NEVER_DELETED:
        op.execute(
            f"CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    for table in DELETED_BEFORE_PLANNING:
        op.execute(
            f"CREATE TRIGGER {table}_stays_once_planned BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_once_planned()"
        )


def downgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    names = [(table, f"{table}_is_never_changed") for table in NEVER_CHANGED]
    names += [(table, f"{table}_is_never_deleted") for table in NEVER_DELETED]
    names += [(table, f"{table}_stays_once_planned") for table in DELETED_BEFORE_PLANNING]
    if not is_sqlite:
        names += [(table, f"{table}_is_never_emptied") for table in NEVER_CHANGED]
    for table, name in names:
        op.execute(f"DROP TRIGGER {name}" + ("" if is_sqlite else f" ON {table}"))
    if not is_sqlite:
        op.execute("DROP FUNCTION refuse_change()")
        op.execute("DROP FUNCTION refuse_once_planned()")
