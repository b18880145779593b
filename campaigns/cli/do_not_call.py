"""`callsheet dnc`"""

from __future__ import annotations

from pathlib import Path

import click

from campaigns.cli.context import App, command, person
from campaigns.clock import now
from campaigns.dial_lists.do_not_call_file import UnreadEntry, read_do_not_call
from campaigns.errors import CampaignError
from campaigns.importing import describe_unread
from campaigns.models import DoNotCallScope
from campaigns.phone_numbers import NumberRefusal, mask_number, read_number
from campaigns.queries.do_not_call import NewEntry, record_do_not_call
from campaigns.queries.explanations import find_do_not_call

_COUNTRY = click.option("--country", default="CN", show_default=True, help="Country of numbers without country code.")
_SCOPE = click.option(
    "--scope",
    type=click.Choice([scope.value for scope in DoNotCallScope]),
    default=DoNotCallScope.EVERYWHERE.value,
    show_default=True,
    help="Where the number must not ring.",
)
_NAME = click.option("--name", default="", help="The account or campaign, where the scope is one.")


@click.group()
def dnc() -> None:
    """Numbers that must not ring."""


@dnc.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why, for the record.")
@_SCOPE
@_NAME
@_COUNTRY
@command
def add(app: App, number: str, reason: str, scope: str, name: str, country: str) -> None:
    """Put one number on the do-not-call list; effective at once on everything not yet handed over."""
    e164 = _read(number, country)
    with app.database.writing() as db:
        new = record_do_not_call(
            db,
            [NewEntry(e164, reason)],
            scope=_scope(scope, name),
            scope_name=name,
            source=person(),
            at=now(),
        )
    said = "is on the do-not-call list now" if new else "was on the do-not-call list already"
    app.show({"number": mask_number(e164), "added": new}, f"{mask_number(e164)} {said}.")


@dnc.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--reason", default="", help="Why, where the file does not say.")
@_SCOPE
@_NAME
@_COUNTRY
@command
def import_command(app: App, file: Path, reason: str, scope: str, name: str, country: str) -> None:
    """Put the numbers of a file on the list; entries are added or prolonged, never weakened."""
    chosen = _scope(scope, name)
    read = new = 0
    unread: list[UnreadEntry] = []
    for batch in read_do_not_call(file, country=country.upper(), reason=reason):
        unread += batch.unread
        with app.database.writing() as db:
            new += record_do_not_call(db, batch.entries, scope=chosen, scope_name=name, source=file.name, at=now())
            read += len(batch.entries)
    data = {"file": file.name, "numbers": read, "added": new, "unread_rows": [entry.row_number for entry in unread]}
    app.show(data, f"{read:,} numbers read, {new:,} of them new. {describe_unread(file, unread)}".rstrip())


@dnc.command()
@click.argument("number")
@_COUNTRY
@command
def check(app: App, number: str, country: str) -> None:
    """Say whether a number may be called, and if not, why."""
    e164 = _read(number, country)
    with app.database.reading() as db:
        entries = find_do_not_call(db, e164)
    data = [
        {
            "scope": entry.scope,
            "name": entry.scope_name,
            "reason": entry.reason,
            "source": entry.source,
            "expires_at": entry.expires_at,
        }
        for entry in entries
    ]

    def text() -> None:
        if not entries:
            click.echo(f"{mask_number(e164)} is not on the do-not-call list.")
        for entry in entries:
            where = f"{entry.scope} {entry.scope_name}".strip()
            until = f" until {entry.expires_at:%Y-%m-%d}" if entry.expires_at else ""
            click.echo(f"{mask_number(e164)} must not ring ({where}{until}): {entry.reason} [{entry.source}]")

    app.show({"number": mask_number(e164), "entries": data}, text)


def _read(number: str, country: str) -> str:
    read = read_number(number, country.upper())
    if isinstance(read, NumberRefusal):
        raise CampaignError(f"this is not a telephone number ({read.reason.replace('_', ' ')})")
    return read.e164


def _scope(scope: str, name: str) -> DoNotCallScope:
    chosen = DoNotCallScope(scope)
    if (chosen == DoNotCallScope.EVERYWHERE) == bool(name):
        raise click.UsageError("give --name with --scope account or campaign, and only then")
    return chosen
