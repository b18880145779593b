"""Find the Prefect server that runs, or start one that outlives the command.

One server per data directory. `start.lock` lets one command at a time look and start; `server.lock` is held by the
server for life, so that a process number in a stale file proves nothing and is never trusted.
"""

from __future__ import annotations

import http.client
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from signal import SIGTERM
from urllib.parse import urlsplit

from campaigns.prefect_server.environment import server_environment
from campaigns.prefect_server.errors import EngineUnavailableError
from campaigns.prefect_server.handle import ServerHandle
from campaigns.prefect_server.locks import held_lock, is_locked
from campaigns.prefect_server.paths import ServerPaths
from campaigns.prefect_server.record import ServerState, read_record
from campaigns.prefect_server.users import Registration

_POLL_SECONDS = 0.1
_HEALTH_TIMEOUT_SECONDS = 5.0
_LOG_LINES_SHOWN = 15
_LOG_BYTES_KEPT = 5_000_000

_registrations: dict[Path, Registration] = {}
_our_urls: set[str] = set()


def ensure_server(
    data_directory: Path,
    *,
    linger: timedelta = timedelta(minutes=10),
    startup_allowance: timedelta = timedelta(seconds=90),
) -> ServerHandle:
    """Give a Prefect server that answers, and count this process among its users if it is ours.

    The server of `PREFECT_API_URL` if that is set; else the one of this data directory, started if it is not running
    and kept for `linger` after its last user has gone. Blocks; safe to call from many processes at once, and again
    after a server was lost. Raises `EngineUnavailableError` if no server answers within `startup_allowance`.
    """
    paths = ServerPaths.under(data_directory)
    foreign_url = os.environ.get("PREFECT_API_URL")
    if foreign_url and not _is_our_url(paths, foreign_url):
        return _check_foreign_server(foreign_url, data_directory)

    paths.users.mkdir(mode=0o700, parents=True, exist_ok=True)
    deadline = time.monotonic() + startup_allowance.total_seconds()
    with held_lock(paths.start_lock, timeout_seconds=startup_allowance.total_seconds()) as is_held:
        if not is_held:
            raise EngineUnavailableError(
                f"Another command has been starting the Prefect server of {paths.home} for "
                f"{startup_allowance.total_seconds():.0f} seconds. {_log_end(paths)}"
            )
        _register(paths)
        while is_locked(paths.server_lock):
            handle = _find_ready_server(paths, data_directory, linger)
            if handle is not None:
                return handle
            if time.monotonic() > deadline:
                raise EngineUnavailableError(_silent_server_message(paths))
            time.sleep(_POLL_SECONDS)
        return _start_server(paths, data_directory, linger, deadline)


def is_server_running(data_directory: Path) -> bool:
    """Tell, in microseconds, whether the embedded server's process lives; it may still be starting or stopping."""
    return is_locked(ServerPaths.under(data_directory).server_lock)


def leave_server(data_directory: Path) -> None:
    """Stop counting this process among the users; a process that ends need not call it."""
    registration = _registrations.pop(ServerPaths.under(data_directory).home, None)
    if registration is not None and registration.process_id == os.getpid():
        registration.leave()


def stop_server(data_directory: Path, *, timeout: timedelta = timedelta(seconds=30)) -> bool:
    """Stop the server of this data directory, whoever uses it, and wait until it is gone; False if none was running.

    Raises `EngineUnavailableError` if it does not end in time.
    """
    paths = ServerPaths.under(data_directory)
    if not is_locked(paths.server_lock):
        return False
    record = read_record(paths.record)
    if record is None:
        raise EngineUnavailableError(f"A Prefect server runs, but {paths.record} does not say which process it is.")
    with suppress(ProcessLookupError):
        os.kill(record.process_id, SIGTERM)
    deadline = time.monotonic() + timeout.total_seconds()
    while is_locked(paths.server_lock):
        if time.monotonic() > deadline:
            raise EngineUnavailableError(
                f"The Prefect server (process {record.process_id}) did not stop in "
                f"{timeout.total_seconds():.0f} seconds. {_log_end(paths)}"
            )
        time.sleep(_POLL_SECONDS)
    return True


def _is_our_url(paths: ServerPaths, url: str) -> bool:
    # Our own commands set PREFECT_API_URL for Prefect and for their children; that does not make the server foreign.
    record = read_record(paths.record)
    return url in _our_urls or (record is not None and record.url == url)


def _register(paths: ServerPaths) -> None:
    registration = _registrations.get(paths.home)
    if registration is None or registration.process_id != os.getpid() or not registration.path.exists():
        _registrations[paths.home] = Registration(paths.users)


def _find_ready_server(paths: ServerPaths, data_directory: Path, linger: timedelta) -> ServerHandle | None:
    record = read_record(paths.record)
    if record is None or record.state is not ServerState.READY or not _is_healthy_on_loopback(record.port):
        return None
    _our_urls.add(record.url)
    return ServerHandle(
        url=record.url, ui_url=record.ui_url, is_ours=True, data_directory=data_directory, linger=linger
    )


def _is_healthy_on_loopback(port: int) -> bool:
    # A direct connection: a proxy configured for the outer world must not be asked for a loopback address.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_HEALTH_TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/api/health")
        response = connection.getresponse()
        return response.status == http.client.OK and response.read(16).strip() == b"true"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _start_server(paths: ServerPaths, data_directory: Path, linger: timedelta, deadline: float) -> ServerHandle:
    if paths.log.exists() and paths.log.stat().st_size > _LOG_BYTES_KEPT:
        paths.log.replace(paths.log.with_suffix(".log.1"))
    environment = server_environment(data_directory, os.environ)
    # The server must find this very package, wherever the command was started from.
    package_root = str(Path(__file__).resolve().parents[2])
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [package_root, environment.get("PYTHONPATH")]))
    alive_read, alive_write = os.pipe()
    try:
        with paths.log.open("ab") as log:
            # Its own session: a signal to the command's process group, or its terminal closing, does not reach it.
            # `--detach` makes the started process fork and end, so that the server is nobody's child to reap.
            subprocess.run(
                [
                    *(sys.executable, "-m", "campaigns.prefect_server", "--detach"),
                    *("--data-directory", str(paths.home.parent)),
                    *("--linger-seconds", str(linger.total_seconds())),
                    *("--alive-descriptor", str(alive_write)),
                ],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                pass_fds=(alive_write,),
                check=True,
            )
        os.close(alive_write)
        alive_write = -1
        os.set_blocking(alive_read, False)
        while time.monotonic() < deadline:
            has_ended = _is_at_end(alive_read)
            handle = _find_ready_server(paths, data_directory, linger) if is_locked(paths.server_lock) else None
            if handle is not None:
                return handle
            if has_ended:
                raise EngineUnavailableError(f"The Prefect server did not start. {_log_end(paths)}")
            time.sleep(_POLL_SECONDS)
        raise EngineUnavailableError(_silent_server_message(paths))
    except subprocess.CalledProcessError as error:
        raise EngineUnavailableError(f"The Prefect server did not start. {_log_end(paths)}") from error
    finally:
        os.close(alive_read)
        if alive_write >= 0:
            os.close(alive_write)


def _is_at_end(descriptor: int) -> bool:
    # The server holds the other end of this pipe until it is ready; an end without that is its death.
    with suppress(BlockingIOError):
        return os.read(descriptor, 1) == b""
    return False


def _check_foreign_server(url: str, data_directory: Path) -> ServerHandle:
    address = f"{url.rstrip('/')}/health"
    context = ssl.create_default_context(cafile=os.environ.get("PREFECT_API_SSL_CERT_FILE"))
    try:
        with urllib.request.urlopen(address, timeout=_HEALTH_TIMEOUT_SECONDS, context=context) as response:
            response.read()
    except (OSError, ValueError, http.client.HTTPException) as error:
        # An address may hold a login: only host and port are shown.
        parts = urlsplit(url)
        reason = f"HTTP {error.code}" if isinstance(error, urllib.error.HTTPError) else type(error).__name__
        raise EngineUnavailableError(
            f"The Prefect server at {parts.hostname}:{parts.port or parts.scheme} that PREFECT_API_URL names does not "
            f"answer ({reason}). Start it, correct the address, or unset PREFECT_API_URL to use the embedded server."
        ) from error
    return ServerHandle(
        url=url, ui_url=url.rstrip("/").removesuffix("/api"), is_ours=False, data_directory=data_directory
    )


def _silent_server_message(paths: ServerPaths) -> str:
    record = read_record(paths.record)
    process = f" (process {record.process_id})" if record is not None else ""
    return f"The Prefect server{process} runs but does not answer; end that process and try again. {_log_end(paths)}"


def _log_end(paths: ServerPaths) -> str:
    try:
        lines = paths.log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return f"It left no log in {paths.log}."
    shown = "\n".join(lines[-_LOG_LINES_SHOWN:])
    return f"The end of {paths.log}:\n{shown}"
