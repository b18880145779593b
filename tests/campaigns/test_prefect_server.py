"""The embedded server with real processes: killed, doubled, forgotten, misled by stale files."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from campaigns.prefect_server import (
    EngineUnavailableError,
    ServerHandle,
    ensure_server,
    flow_environment,
    is_server_running,
    leave_server,
    stop_server,
)
from campaigns.prefect_server.environment import server_environment
from campaigns.prefect_server.paths import ServerPaths
from campaigns.prefect_server.record import ServerRecord, ServerState, read_record, write_record

LINGER = timedelta(seconds=2)
PROJECT = Path(__file__).resolve().parents[2]

# A command in miniature: ensures the server, says where it is, and stays until it is killed or its input ends.
COMMAND = """
import sys
from datetime import timedelta
from pathlib import Path
from campaigns.prefect_server import ensure_server
print(ensure_server(Path(sys.argv[1]), linger=timedelta(seconds=2)).url, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _no_other_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def data_directory(tmp_path: Path) -> Iterator[Path]:
    """Give a data directory whose server is gone afterwards, whatever happened."""
    yield tmp_path
    leave_server(tmp_path)
    paths = ServerPaths.under(tmp_path)
    if is_server_running(tmp_path) and read_record(paths.record) is not None:
        stop_server(tmp_path)


def start_command(data_directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, str(data_directory)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def end_command(command: subprocess.Popen[str], sent: signal.Signals = signal.SIGKILL) -> None:
    os.killpg(command.pid, sent)
    command.communicate()


def process_id(data_directory: Path) -> int:
    record = read_record(ServerPaths.under(data_directory).record)
    assert record is not None
    return record.process_id


def wait_until(holds: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"still not so after {seconds} s"
        time.sleep(0.05)


def connect(handle: ServerHandle) -> bytes:
    host, port = handle.url.removeprefix("http://").removesuffix("/api").split(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"GET /api/health HTTP/1.0\r\n\r\n")
        return connection.recv(100)


@pytest.mark.prefect
def test_killed_server_is_replaced_at_the_same_address(data_directory: Path) -> None:
    """After SIGKILL the next command gets a new, answering server, where the old one was; SIGTERM ends it in order."""
    first = ensure_server(data_directory, linger=LINGER)
    killed = process_id(data_directory)
    os.kill(killed, signal.SIGKILL)

    second = ensure_server(data_directory, linger=LINGER)
    assert process_id(data_directory) != killed
    assert second == first
    assert connect(second).startswith(b"HTTP/1.1 200")

    os.kill(process_id(data_directory), signal.SIGTERM)
    wait_until(lambda: not is_server_running(data_directory), seconds=20)
    assert "Traceback" not in ServerPaths.under(data_directory).log.read_text()


@pytest.mark.prefect
def test_eight_commands_at_once_start_one_server_that_ends_after_the_last(data_directory: Path) -> None:
    """All get the same address; killing them one by one leaves the server to the others, and then it stops itself."""
    commands = [start_command(data_directory) for _ in range(8)]
    urls = [command.stdout.readline().strip() for command in commands if command.stdout is not None]
    assert len(set(urls)) == 1
    assert urls[0].startswith("http://127.0.0.1:")
    assert os.getsid(process_id(data_directory)) not in {command.pid for command in commands}

    for command in commands[:-1]:
        end_command(command)
    time.sleep(2 * LINGER.total_seconds())  # the promise is that nothing happens in this time
    assert is_server_running(data_directory)
    end_command(commands[-1])
    wait_until(lambda: not is_server_running(data_directory), seconds=20)


@pytest.mark.prefect
def test_a_taken_port_moves_the_server(data_directory: Path) -> None:
    """If somebody took the port meanwhile, the next server has another, and its record says so."""
    first = ensure_server(data_directory, linger=LINGER)
    os.kill(process_id(data_directory), signal.SIGKILL)
    wait_until(lambda: not is_server_running(data_directory), seconds=5)
    port = int(first.ui_url.rsplit(":", 1)[1])
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", port))
        squatter.listen()
        second = ensure_server(data_directory, linger=LINGER)
    assert second.url != first.url
    assert connect(second).startswith(b"HTTP/1.1 200")


@pytest.mark.prefect
def test_garbled_record_is_no_obstacle(data_directory: Path) -> None:
    """A `server.json` that cannot be read is written anew by the next server."""
    paths = ServerPaths.under(data_directory)
    paths.home.mkdir()
    paths.record.write_bytes(b'{"state": "ready", "port": \xff')
    handle = ensure_server(data_directory, linger=LINGER)
    assert json.loads(paths.record.read_text())["url"] == handle.url


@pytest.mark.prefect
def test_a_process_that_took_over_the_number_is_neither_believed_nor_harmed(data_directory: Path) -> None:
    """A stale record whose process number belongs to someone else now leads to a new server, and no signal to them."""
    paths = ServerPaths.under(data_directory)
    paths.users.mkdir(parents=True)
    bystander = start_command(data_directory.with_name("elsewhere"))
    try:
        stale = ServerRecord(ServerState.READY, bystander.pid, 9, "http://127.0.0.1:9/api", "http://127.0.0.1:9")
        write_record(paths.record, stale)
        (paths.users / f"{bystander.pid}-0000").touch()
        assert not stop_server(data_directory)
        ensure_server(data_directory, linger=LINGER)
        assert process_id(data_directory) != bystander.pid
        assert bystander.poll() is None
        leave_server(data_directory)
        # The stale user file of that process number does not keep the server either.
        wait_until(lambda: not is_server_running(data_directory), seconds=20)
    finally:
        end_command(bystander)
        wait_until(lambda: not is_server_running(data_directory.with_name("elsewhere")), seconds=30)


def test_a_server_that_cannot_start_shows_the_end_of_its_log(
    data_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error is prompt and quotes what the server said."""
    monkeypatch.setenv("PREFECT_SERVER_DATABASE_CONNECTION_URL", "nonsense")
    with pytest.raises(EngineUnavailableError, match=r"did not start.*server\.log:\n(.|\n)*SQLAlchemy URL"):
        ensure_server(data_directory, linger=LINGER)


def test_a_foreign_server_that_is_away_is_named_without_its_login(
    data_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`PREFECT_API_URL` is obeyed, never silently replaced, and its password stays out of the message."""
    monkeypatch.setenv("PREFECT_API_URL", "http://ops:hunter2@127.0.0.1:9/api")
    with pytest.raises(EngineUnavailableError, match=r"127\.0\.0\.1:9 that PREFECT_API_URL names") as caught:
        ensure_server(data_directory)
    assert "hunter2" not in str(caught.value)
    assert not is_server_running(data_directory)


def test_environment_keeps_a_persons_settings_but_not_their_profile(data_directory: Path) -> None:
    """What a person set wins over our defaults; home, address and profile are the embedded server's own."""
    inherited = {
        "PREFECT_SERVER_DATABASE_TIMEOUT": "5",
        "PREFECT_PROFILE": "cloud",
        "PREFECT_API_URL": "x",
        "LANG": "C",
    }
    environment = server_environment(data_directory, inherited)
    assert environment["PREFECT_SERVER_DATABASE_TIMEOUT"] == "5"
    assert environment["PREFECT_SERVER_UI_API_URL"] == "/api"
    assert environment["PREFECT_HOME"] == str(data_directory / "prefect")
    assert environment["LANG"] == "C"
    assert not {"PREFECT_PROFILE", "PREFECT_API_URL"} & environment.keys()


def test_flows_on_a_foreign_server_keep_their_own_home(data_directory: Path) -> None:
    """A shared server's keys stand in the person's own Prefect home, which stays in force."""
    foreign = ServerHandle("http://prefect.test/api", "http://prefect.test", False, data_directory)
    assert "PREFECT_HOME" not in flow_environment(foreign)
    assert flow_environment(foreign)["PREFECT_API_URL"] == "http://prefect.test/api"
