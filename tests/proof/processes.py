"""Processes that start in milliseconds and die when they are told to.

A fork server imports Callsheet once; each run and each platform is a fork of it in a process group of its own, so that
SIGKILL to the group leaves nothing behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1
_PRELOADED = ["tests.proof.leading", "tests.proof.platform"]


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


class GroupProcess:
    """A function in a process group of its own, with its output in a file."""

    def __init__(self, target: Callable[..., None], *args: Any, log: Path) -> None:
        self.is_stopped = False
        self._process: ForkServerProcess = _context().Process(target=_begin, args=(target, args, log), daemon=False)
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it lives; negative when a signal ended it."""
        return self._process.exitcode

    @property
    def is_alive(self) -> bool:
        return self._process.exitcode is None

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.signal(signal.SIGKILL)
        self._process.join(10)

    def terminate(self) -> None:
        self.signal(signal.SIGTERM)
        self._process.join(10)

    def stop(self) -> None:
        """Let it stand still, as a machine that sleeps does."""
        self.is_stopped = True
        self.signal(signal.SIGSTOP)

    def wake(self) -> None:
        self.is_stopped = False
        self.signal(signal.SIGCONT)

    def wait(self, seconds: float) -> bool:
        self._process.join(seconds)
        return not self.is_alive

    def signal(self, number: signal.Signals) -> None:
        if self.is_alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def close(self) -> None:
        self.kill()
        self._process.close()


def _begin(target: Callable[..., None], args: tuple[Any, ...], log: Path) -> None:
    os.setpgid(0, 0)
    _die_with_the_fork_server()
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdin.close()
    target(*args)


def _die_with_the_fork_server() -> None:
    """Should the proof itself be killed, its fork server ends, and with it every process of it, stopped ones too."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], *, seconds: float, every: float = 0.002) -> bool:
    """Ask again and again; False when the time is over."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(every)
    return True
