"""The platform of a proof: a simulator in a process of its own, on a port that it keeps when it is killed."""

from __future__ import annotations

import http.client
import json
import socket
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from connectors.mvb2000.simulator import SimulatorSettings, create_simulator
from connectors.simulation.journal import DialledCall
from connectors.simulation.server import serve
from tests.proof.processes import GroupProcess, wait_until

KEY = "proof-key"


class PlatformProcess:
    """Start, kill and question a simulated MVB2000 whose tasks, rows and dialled calls survive in a file."""

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        self.port = _free_port()
        self.restarts = -1
        self.faults_met: Counter[str] = Counter()
        self._met_now: Counter[str] = Counter()
        self._folder = folder
        self._settings = {"key": KEY, "state_path": str(folder / "platform.db"), **settings}
        self._process: GroupProcess | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/webservice2/"

    def start(self) -> None:
        log = self._folder / "platform.log"
        self._process = GroupProcess(serve_platform, self._settings, self.port, log=log)
        self.restarts += 1
        if not wait_until(self._answers, seconds=20, every=0.01):
            raise AssertionError(f"the simulated platform does not answer: {log.read_text()[-2000:]}")

    def kill(self) -> None:
        self._remember_faults()
        if self._process is not None:
            self._process.close()
            self._process = None

    def end(self) -> None:
        """Stop it in an orderly way."""
        self._remember_faults()
        if self._process is not None:
            self._process.terminate()
            self._process.close()
            self._process = None

    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._ask("GET", "state"))
        self._met_now = Counter(state["faults_met"])
        return state

    def counts(self) -> Counter[str]:
        """Requests by operation since the platform was started; none while it is away."""
        try:
            return Counter(self.state()["requests"])
        except OSError:
            return Counter()

    def calls(self) -> list[DialledCall]:
        """Every call that it really dialled: the independent count."""
        import msgspec

        return [msgspec.json.decode(line, type=DialledCall) for line in self._ask("GET", "calls").splitlines()]

    def turn_dials(self, dials: Mapping[str, Any]) -> None:
        self._remember_faults()
        self._ask("PUT", "faults", dials)

    def go_down(self, seconds: float) -> None:
        self._ask("POST", "down", {"seconds": seconds})

    def _remember_faults(self) -> None:
        if self._process is not None and self._process.is_alive and self._answers():
            self.faults_met += self._met_now
            self._met_now = Counter()

    def _answers(self) -> bool:
        try:
            self.state()
        except OSError:
            return False
        return True

    def _ask(self, method: str, what: str, body: Mapping[str, Any] | None = None) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, f"/_simulator/{what}", None if body is None else json.dumps(body))
            reply = connection.getresponse()
            content = reply.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from None
        finally:
            connection.close()
        assert reply.status == 200, content
        return content


def serve_platform(settings: Mapping[str, Any], port: int) -> None:
    serve(create_simulator(SimulatorSettings.instant(**settings)), port=port)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
