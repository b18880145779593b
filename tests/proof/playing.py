"""Play a schedule: let everything in it happen to a campaign, lead the campaign to its end, and count."""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.proof.processes import wait_until
from tests.proof.schedules import Event, EventKind, Schedule
from tests.proof.verdict import Verdict
from tests.proof.world import World

_DEADLINE_SECONDS = 60
_PATIENCE_SECONDS = 0.25
"""How long the platform may be idle before the moment of an event is no longer waited for."""

_START_SECONDS = 10
"""The same before the first request: a list is read first, and the machine may be busy."""


@dataclass
class Played:
    """What happened in a schedule, and the verdict."""

    schedule: Schedule
    verdict: Verdict
    events: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    starts: int = 0
    kills: int = 0
    crashes: int = 0
    pauses: int = 0
    platform_restarts: int = 0
    seconds: float = 0.0
    log: str = ""

    def explain(self) -> str:
        return f"{self.verdict}\n{self.schedule}\n{self.log[-6000:]}"


def play(
    schedule: Schedule,
    *,
    database_url: str | None = None,
    starts_first: bool = True,
    deadline_seconds: float = _DEADLINE_SECONDS,
) -> Played:
    """Play a schedule to its end and judge it; a campaign that does not end counts as unexplained.

    Without `starts_first` the first event starts the first run, which is then killed at a commit of its choice.
    """
    began = time.monotonic()
    faults = {"seed": schedule.seed, "dials": list(schedule.dials)}
    with World(schedule.shape, database_url=database_url, faults=faults) as world:
        if starts_first:
            world.start_run()
        events: Counter[str] = Counter()
        for event in schedule.events:
            if world.runs:
                _wait_for(world, event)
            if world.has_ended():
                break
            _ACTIONS[event.kind](world, event)
            events[event.kind] += 1
        has_ended = lead_to_end(world, deadline_seconds)
        verdict = world.judge()
        if not has_ended:
            verdict.unexplained.append("the campaign does not end")
        state = world.platform.state()
        world.platform.end()
        played = Played(
            schedule, verdict, events, world.platform.faults_met, world.starts, world.kills, world.crashes,
            world.pauses, world.platform.restarts, log=world.log() + f"\n{state}",
        )  # fmt: skip
    played.seconds = time.monotonic() - began
    return played


def lead_to_end(world: World, deadline_seconds: float = _DEADLINE_SECONDS) -> bool:
    """Restart runs until the campaign has ended, wake up who sleeps, and let everybody finish."""

    def is_over() -> bool:
        world.keep_running()
        return world.has_ended()

    has_ended = wait_until(is_over, seconds=deadline_seconds, every=0.02)
    for run in world.living():
        if run.is_stopped:
            run.wake()
    for run in world.living():
        run.wait(10)
    world.crashes += sum(run.exit_code == 1 for run in world.runs[-1:])
    return has_ended


def _wait_for(world: World, event: Event) -> None:
    """Wait for the event's moment, or until nothing moves any more: it may never come."""
    requests, moved_at = -1, time.monotonic()
    while time.monotonic() - moved_at < (_PATIENCE_SECONDS if requests > 0 else _START_SECONDS):
        world.keep_running()
        counts = world.platform.counts()
        arrived = counts[event.operation] if event.operation else counts.total()
        if arrived >= event.nth or world.has_ended():
            return
        if counts.total() != requests:
            requests, moved_at = counts.total(), time.monotonic()
        time.sleep(0.008)


def _kill(world: World, event: Event) -> None:
    world.kill_runs()
    world.start_run()


def _kill_at_commit(world: World, event: Event) -> None:
    world.kill_runs()
    run = world.start_run(dies_before_commit=event.count)
    run.wait(2)
    world.kills += run.exit_code == -9


def _kill_after_commit(world: World, event: Event) -> None:
    world.kill_runs()
    run = world.start_run(dies_after_commit=event.count)
    run.wait(2)
    world.kills += run.exit_code == -9


def _start_more(world: World, event: Event) -> None:
    for _ in range(event.count):
        world.start_run()


def _sleep(world: World, event: Event) -> None:
    """All runs stand still; another takes the lease over when it has run out; the sleepers wake up in its midst."""
    sleepers = world.living()
    for run in sleepers:
        run.stop()
    world.start_run()
    before = world.platform.counts().total()
    lease_seconds = world.shape.lease_ms / 1000
    wait_until(
        lambda: world.has_ended() or world.platform.counts().total() > before + event.count,
        seconds=2 * lease_seconds,
        every=0.01,
    )
    time.sleep(event.seconds / 3)
    for run in sleepers:
        run.wake()


def _platform_kill(world: World, event: Event) -> None:
    world.platform.kill()
    time.sleep(event.seconds)
    world.platform.start()


def _platform_restart(world: World, event: Event) -> None:
    world.platform.end()
    time.sleep(event.seconds)
    world.platform.start()


def _platform_away(world: World, event: Event) -> None:
    world.platform.go_down(event.seconds)


def _disk_full(world: World, event: Event) -> None:
    sizes = [path.stat().st_size for path in world.folder.glob("ledger*")]
    for run in world.living():
        try:
            resource.prlimit(run.pid, resource.RLIMIT_FSIZE, (max(sizes, default=0), resource.RLIM_INFINITY))
        except ProcessLookupError:
            continue
    time.sleep(event.seconds)
    for run in world.living():
        try:
            resource.prlimit(run.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        except ProcessLookupError:
            continue


_ACTIONS: dict[EventKind, Callable[[World, Event], None]] = {
    EventKind.KILL: _kill,
    EventKind.KILL_AT_COMMIT: _kill_at_commit,
    EventKind.KILL_AFTER_COMMIT: _kill_after_commit,
    EventKind.START_MORE: _start_more,
    EventKind.SLEEP: _sleep,
    EventKind.PLATFORM_KILL: _platform_kill,
    EventKind.PLATFORM_RESTART: _platform_restart,
    EventKind.PLATFORM_AWAY: _platform_away,
    EventKind.DISK_FULL: _disk_full,
}


def shrink(schedule: Schedule, *, tries: int = 2) -> Schedule:
    """Drop faults and events while the schedule still fails; each candidate gets a few tries, as time plays a part."""

    def fails(candidate: Schedule) -> bool:
        return any(not play(candidate).verdict.is_kept for _ in range(tries))

    index = 0
    while index < len(schedule.events) + len(schedule.dials):
        dials = len(schedule.dials)
        smaller = schedule.without_dial(index) if index < dials else schedule.without_event(index - dials)
        if fails(smaller):
            schedule = smaller
        else:
            index += 1
    return schedule
