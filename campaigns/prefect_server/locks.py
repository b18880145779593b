"""Locks that the kernel lets go when their holder dies, however it dies.

That is why they stand here for "this process is alive": a process number may by now belong to another process, a lock
cannot.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_POLL_SECONDS = 0.05


def acquire_lock(path: Path, *, timeout_seconds: float = 0.0) -> int | None:
    """Take the lock of a file, made if need be; gives its descriptor, or None if someone else held it all the time.

    The lock lasts until `release_lock`, or until this process and all that were forked from it have ended.
    """
    deadline = time.monotonic() + timeout_seconds
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        if time.monotonic() >= deadline:
            os.close(descriptor)
            return None
        time.sleep(_POLL_SECONDS)


def release_lock(descriptor: int) -> None:
    """Let a lock go."""
    os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Tell whether a living process holds the lock of this file."""
    if not path.exists():
        return False
    descriptor = acquire_lock(path)
    if descriptor is None:
        return True
    release_lock(descriptor)
    return False


@contextmanager
def held_lock(path: Path, *, timeout_seconds: float) -> Iterator[bool]:
    """Hold a lock for a block; the block is told whether it was to be had."""
    descriptor = acquire_lock(path, timeout_seconds=timeout_seconds)
    try:
        yield descriptor is not None
    finally:
        if descriptor is not None:
            release_lock(descriptor)
