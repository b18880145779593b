"""`callsheet serve` and `callsheet callbacks`: what platforms send us."""

from __future__ import annotations

import click

from campaigns.cli.context import App, command
from campaigns.errors import SettingsError
from campaigns.platform_facing.doors import read_doors
from campaigns.platform_facing.serving import listen, serve_platform_facing
from campaigns.queries.callbacks import find_not_understood, reopen_callbacks


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one. [default: settings]"
)
@command
def serve(app: App, port: int | None) -> None:
    """Take callbacks of platforms on the platform-facing port, until stopped."""
    where = app.settings.platform_facing
    doors = read_doors(app.settings)
    if not doors:
        raise SettingsError("no account has a `callback_secret`, so no platform can call back")
    try:
        listener = listen(where.host, where.port if port is None else port)
    except OSError as error:
        raise SettingsError(f"`platform_facing`: cannot listen on {where.host}: {error.strerror}") from None
    host, taken = listener.getsockname()[:2]
    paths = [f"/callbacks/{door.platform}/{door.account}/<callback_secret>" for door in doors.values()]
    data = {"host": host, "port": taken, "addresses": paths}

    def text() -> None:
        click.echo(f"Platforms are answered at http://{host}:{taken}")
        for path in paths:
            click.echo(f"  {path}")

    app.show(data, text)
    serve_platform_facing(app.settings, app.database, listener)


@click.group()
def callbacks() -> None:
    """Messages that platforms sent us."""


@callbacks.command(name="list")
@click.option("--account", help="Of this account only.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@command
def list_callbacks(app: App, account: str | None, limit: int) -> None:
    """Show the messages that were not understood, newest first."""
    with app.database.reading() as db:
        found = find_not_understood(db, account=account, limit=limit)
    data = [
        {
            "id": callback.id,
            "account": callback.account,
            "received_at": callback.received_at,
            "bytes": len(callback.body),
            "why": callback.note,
        }
        for callback in found
    ]

    def text() -> None:
        for row in data:
            click.echo(f"{row['received_at']:%Y-%m-%d %H:%M:%S}  {row['account']}  #{row['id']}  {row['why']}")
        if not data:
            click.echo("Every message was understood.")

    app.show({"not_understood": data}, text)


@callbacks.command()
@click.argument("account")
@command
def replay(app: App, account: str) -> None:
    """Have all messages of an account read again by the next run or look; what was settled stays settled."""
    app.account(account)
    with app.database.writing() as db:
        count = reopen_callbacks(db, account)
    app.show({"account": account, "reopened": count}, f"{count:,} messages of {account} will be read again.")
