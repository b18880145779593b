"""Schedules of misfortune, drawn from a seed: the same seed gives the same campaign, faults and kills."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from tests.proof.world import CampaignShape


class EventKind(StrEnum):
    KILL = "kill"
    """SIGKILL to every run."""
    KILL_AT_COMMIT = "kill_at_commit"
    """SIGKILL to every run, and the next one kills itself right before its n-th commit."""
    KILL_AFTER_COMMIT = "kill_after_commit"
    START_MORE = "start_more"
    """The same campaign is started so many times more, at once."""
    SLEEP = "sleep"
    """A run stands still until after its lease has run out and another run took over; then it wakes up."""
    PLATFORM_KILL = "platform_kill"
    PLATFORM_RESTART = "platform_restart"
    PLATFORM_AWAY = "platform_away"
    """Every connection is cut for a while."""
    DISK_FULL = "disk_full"
    """No file of the running processes may grow any more; what they cannot stand they die of, and room is made."""


@dataclass(frozen=True)
class Event:
    """One thing that happens to the processes, and when."""

    kind: EventKind
    operation: str = ""
    """The moment: the `nth` request of this operation has arrived at the platform; of any when empty."""
    nth: int = 1
    count: int = 1
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.kind} at {self.operation or 'request'} {self.nth}, count {self.count}, {self.seconds:.2f} s"


@dataclass(frozen=True)
class Schedule:
    """One campaign and everything that befalls it."""

    seed: int
    shape: CampaignShape
    dials: tuple[dict[str, Any], ...] = ()
    events: tuple[Event, ...] = ()
    crosses_midnight: bool = False
    name: str = field(default="", compare=False)

    def without_dial(self, index: int) -> Schedule:
        return replace(self, dials=self.dials[:index] + self.dials[index + 1 :])

    def without_event(self, index: int) -> Schedule:
        return replace(self, events=self.events[:index] + self.events[index + 1 :])

    def __str__(self) -> str:
        shape = self.shape
        lines = [
            f"seed {self.seed} {self.name}: {shape.contacts} contacts, chunks of {shape.chunk_size}, "
            f"{shape.chunks_in_flight} at once"
        ]
        lines += [f"  fault {dial}" for dial in self.dials]
        lines += [f"  {event}" for event in self.events]
        return "\n".join(lines)


QUESTIONS = ("getobtasks", "getobdiallist", "gettaskreport")
CHANGES = ("addobtask", "addobdiallist", "delobdiallist", "delobtask", "setobtaskstatus")
_OPERATIONS = QUESTIONS + CHANGES
_HELD_SECONDS = 0.4
"""How long a request is held up whose client is to be killed meanwhile."""


def draw(seed: int) -> Schedule:
    """Draw a schedule."""
    chance = random.Random(seed)
    quiet_ms = 100
    crosses_midnight = chance.random() < 0.1
    platform: dict[str, Any] = {"call_seconds_scale": chance.choice((0, 0, 0.001))}
    if crosses_midnight:
        platform["start"] = _just_before_midnight(chance.uniform(0.05, 0.4)).isoformat()
    shape = CampaignShape(
        contacts=chance.randint(20, 60),
        chunk_size=chance.randint(10, 20),
        chunks_in_flight=chance.choice((1, 1, 2, 4)),
        requests_in_flight=chance.choice((1, 2, 4, 8)),
        page_size=chance.choice((7, 20, 1000)),
        quiet_period_ms=quiet_ms,
        lease_ms=1000,
        platform=platform,
    )
    dials = tuple(_draw_dial(chance, quiet_ms / 1000) for _ in range(chance.choice((0, 1, 1, 2, 3))))
    events = tuple(_draw_event(chance) for _ in range(chance.choice((1, 2, 2, 3, 4))))
    held = tuple(
        {"kind": "late_reply", "operations": [event.operation], "nth": [event.nth], "seconds": _HELD_SECONDS}
        for event in events
        if event.operation and chance.random() < 0.7
    )
    return Schedule(seed, shape, dials + held, events, crosses_midnight)


def _draw_dial(chance: random.Random, quiet_seconds: float) -> dict[str, Any]:
    kind = chance.choice(
        (
            "drop_after", "drop_after", "drop_before", "late_apply", "late_apply", "error_before", "error_after",
            "garble", "half_body", "wrong_content_type", "late_reply", "stale_page", "refuse",
        )
    )  # fmt: skip
    dial: dict[str, Any] = {"kind": kind, "probability": round(chance.uniform(0.02, 0.2), 3), "last": 120}
    if kind == "late_apply":
        # later than this is what remains possible: test_what_remains_possible.py
        dial.update(seconds=round(quiet_seconds * chance.uniform(0.1, 0.6), 3), operations=list(CHANGES))
    elif kind == "stale_page":
        dial.update(seconds=round(quiet_seconds * chance.uniform(0.1, 0.6), 3), operations=["getobdiallist"])
    elif kind == "late_reply":
        dial.update(seconds=chance.choice((0.05, 0.2, 1.3)), probability=0.02)
    elif kind == "refuse":
        dial.update(error_code=9000, operations=["addobtask", "addobdiallist", "getobdiallist"])
    if chance.random() < 0.3 and "operations" not in dial:
        dial["operations"] = [chance.choice(_OPERATIONS)]
        dial["probability"] = round(chance.uniform(0.1, 0.5), 3)
    return dial


def _draw_event(chance: random.Random) -> Event:
    kind = chance.choice(
        [EventKind.KILL] * 6
        + [EventKind.KILL_AT_COMMIT] * 2
        + [EventKind.KILL_AFTER_COMMIT] * 2
        + [EventKind.START_MORE] * 3
        + [EventKind.SLEEP] * 2
        + [EventKind.PLATFORM_KILL, EventKind.PLATFORM_RESTART, EventKind.PLATFORM_AWAY, EventKind.DISK_FULL]
    )
    operation, nth = "", chance.randint(1, 80)
    if chance.random() < 0.5:
        operation = chance.choice((*QUESTIONS, "addobtask", "addobdiallist", "setobtaskstatus"))
        nth = chance.randint(1, 20 if operation in ("addobdiallist", "getobdiallist") else 4)
    count = 1
    if kind == EventKind.START_MORE:
        count = chance.choice((1, 1, 2, 3, 5))
    elif kind in (EventKind.KILL_AT_COMMIT, EventKind.KILL_AFTER_COMMIT):
        count = chance.randint(1, 12)
    return Event(kind, operation, nth, count, round(chance.uniform(0.02, 0.3), 3))


def _just_before_midnight(seconds: float) -> datetime:
    """The platform's clock shows today's last moment: its key of the day changes while the campaign runs."""
    today = datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).replace(tzinfo=None)
    return today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1, seconds=-seconds)
