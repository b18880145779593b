"""Add schedules up and print what the README quotes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from tests.proof.playing import Played

Case = TypeVar("Case")


@dataclass
class Totals:
    """Sums over schedules."""

    schedules: int = 0
    starts: int = 0
    kills: int = 0
    crashes: int = 0
    pauses: int = 0
    platform_restarts: int = 0
    contacts: int = 0
    put_twice: int = 0
    lost: int = 0
    unexplained: int = 0
    seconds: float = 0.0
    events: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def add(self, played: Played) -> None:
        self.schedules += 1
        self.starts += played.starts
        self.kills += played.kills
        self.crashes += played.crashes
        self.pauses += played.pauses
        self.platform_restarts += played.platform_restarts
        self.contacts += played.verdict.contacts
        self.put_twice += len(played.verdict.put_twice)
        self.lost += len(played.verdict.lost)
        self.unexplained += len(played.verdict.unexplained)
        self.seconds += played.seconds
        self.events += played.events
        self.faults += played.faults

    @property
    def is_kept(self) -> bool:
        return not (self.put_twice or self.lost or self.unexplained)

    def __str__(self) -> str:
        rows: list[tuple[str, int]] = [
            ("schedules", self.schedules),
            ("processes started", self.starts),
            ("processes killed", self.kills),
            ("processes that ended by an error", self.crashes),
            ("campaigns that paused themselves", self.pauses),
            ("platform restarts", self.platform_restarts),
            *((f"event: {kind}", count) for kind, count in sorted(self.events.items())),
            *((f"fault: {kind}", count) for kind, count in sorted(self.faults.items())),
            ("contacts", self.contacts),
            ("put twice", self.put_twice),
            ("lost", self.lost),
            ("unexplained", self.unexplained),
        ]
        width = max(len(name) for name, _ in rows)
        return "\n".join(f"{name:<{width}}  {count:>9,}" for name, count in rows)


def play_all(cases: Iterable[Case], play: Callable[[Case], Played], *, at_once: int) -> Iterator[Played]:
    """Play cases a few at a time; most of their time is waiting."""
    with ThreadPoolExecutor(at_once) as pool:
        yield from pool.map(play, cases)
