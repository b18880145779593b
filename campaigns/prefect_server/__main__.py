"""The embedded server process: Prefect's own server app under uvicorn, until nobody uses it any more."""

from __future__ import annotations

import argparse
import importlib.util
import os
import socket
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from campaigns.prefect_server.locks import acquire_lock, held_lock
from campaigns.prefect_server.paths import ServerPaths
from campaigns.prefect_server.record import ServerRecord, ServerState, read_record, write_record
from campaigns.prefect_server.template import prepare_database
from campaigns.prefect_server.users import count_users

if TYPE_CHECKING:
    import uvicorn

_PREDECESSOR_SECONDS = 60.0
_USERS_CHECKED_EVERY_SECONDS = 1.0
_GRACEFUL_SHUTDOWN_SECONDS = 5


def main() -> int:
    """Run the server of one data directory; ends with 0 when it has found no users for the linger time."""
    arguments = _read_arguments()
    if arguments.detach and os.fork():
        os._exit(0)
    if arguments.alive_descriptor is not None:
        os.set_inheritable(arguments.alive_descriptor, False)
    paths = ServerPaths.under(arguments.data_directory)
    paths.users.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A predecessor that is on its way out still writes to the database: wait for it.
    if acquire_lock(paths.server_lock, timeout_seconds=_PREDECESSOR_SECONDS) is None:
        sys.stderr.write(f"Another Prefect server holds {paths.server_lock}.\n")
        return 1

    previous = read_record(paths.record)
    preferred_port = previous.port if previous is not None else 0
    _write_state(paths, ServerState.STARTING, preferred_port)
    listener = _listen_on_loopback(preferred_port)
    _serve(paths, listener, arguments.linger_seconds)
    return 0


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m campaigns.prefect_server", description=__doc__)
    parser.add_argument("--data-directory", type=Path, required=True)
    parser.add_argument("--linger-seconds", type=float, default=600.0)
    parser.add_argument("--detach", action="store_true", help="go on in a process that has no parent")
    parser.add_argument("--alive-descriptor", type=int, help="a pipe whose end tells the starter that we are gone")
    return parser.parse_args()


def _write_state(paths: ServerPaths, state: ServerState, port: int) -> None:
    ui_url = f"http://127.0.0.1:{port}"
    write_record(paths.record, ServerRecord(state, os.getpid(), port, url=f"{ui_url}/api", ui_url=ui_url))


def _listen_on_loopback(preferred_port: int) -> socket.socket:
    """Listen on the port of the last server, so that open pages and running flows find this one, or on a free one."""
    for port in (preferred_port, 0):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            listener.close()
            continue
        return listener
    raise OSError("no free port on 127.0.0.1")


def _keep_ui_files_with_us(paths: ServerPaths) -> None:
    """Have Prefect unpack its pages under its home if it cannot write beside its own code, its default."""
    prefect = importlib.util.find_spec("prefect")
    if prefect is not None and prefect.origin is not None and not os.access(Path(prefect.origin).parent, os.W_OK):
        os.environ.setdefault("PREFECT_UI_STATIC_DIRECTORY", str(paths.home / "ui"))


def _serve(paths: ServerPaths, listener: socket.socket, linger_seconds: float) -> None:
    _keep_ui_files_with_us(paths)
    # Imported here: they take seconds, and the starter waits for nothing but the fork.
    import uvicorn
    from prefect.server.api.server import create_app

    prepare_database(paths.database)
    port = listener.getsockname()[1]

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                _write_state(paths, ServerState.READY, port)

    config = uvicorn.Config(
        create_app(final=True),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_GRACEFUL_SHUTDOWN_SECONDS,
    )
    server = Server(config)
    threading.Thread(target=_stop_when_unused, args=(server, paths, port, linger_seconds), daemon=True).start()
    server.run(sockets=[listener])


def _stop_when_unused(server: uvicorn.Server, paths: ServerPaths, port: int, linger_seconds: float) -> None:
    used_at = time.monotonic()
    while not server.should_exit:
        time.sleep(min(_USERS_CHECKED_EVERY_SECONDS, linger_seconds))
        with held_lock(paths.start_lock, timeout_seconds=0) as is_held:
            # Whoever holds the lock is about to become a user.
            if not is_held or count_users(paths.users) > 0:
                used_at = time.monotonic()
            elif server.started and time.monotonic() - used_at >= linger_seconds:
                _write_state(paths, ServerState.STOPPING, port)
                server.should_exit = True


if __name__ == "__main__":
    sys.exit(main())
