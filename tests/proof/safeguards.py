"""The safeguards of the product, each of which can be taken away in a process of the proof to see who notices."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from typing import Any

import campaigns.leasing
import campaigns.planning
import campaigns.submission
from campaigns.lifecycle import move_chunk
from campaigns.references import submission_name
from campaigns.statuses import ChunkStatus

SAFEGUARDS: dict[str, Callable[[], None]] = {}


def remove_safeguard(name: str) -> None:
    """Take one safeguard out of this process; the empty name takes none."""
    if name:
        SAFEGUARDS[name]()


def safeguard(remove: Callable[[], None]) -> Callable[[], None]:
    SAFEGUARDS[remove.__name__] = remove
    return remove


def _replace(owner: Any, name: str, by: Any) -> None:
    assert hasattr(owner, name), f"{owner} has no {name} any more"
    setattr(owner, name, by)


@safeguard
def exclusive_lease() -> None:
    """Whoever asks gets the lease, even while another run holds it; and no transaction looks at it."""
    _replace(campaigns.leasing, "_is_dead", lambda owner: True)
    _replace(campaigns.leasing.Lease, "check", lambda self, db: None)
    _replace(campaigns.leasing, "renew", lambda database, lease: None)
    _replace(campaigns.leasing.Lease, "require_held", lambda self: None)


@safeguard
def lease_check() -> None:
    """No transaction looks whether the lease is still ours."""
    _replace(campaigns.leasing.Lease, "check", lambda self, db: None)


@safeguard
def require_held() -> None:
    """Requests go out whatever the clock says of the lease."""
    _replace(campaigns.leasing.Lease, "require_held", lambda self: None)


@safeguard
def quiet_period() -> None:
    """What the platform shows is believed at once after a request without a reply."""

    async def believe(work: Any) -> None:
        work.last_unresolved = -1e9

    _replace(campaigns.submission, "_quiet", believe)


@safeguard
def verify() -> None:
    """What was sent is believed to stand there; nothing is read back after the first look."""
    compare = campaigns.submission._compare
    read = campaigns.submission._read_back
    stages_read: set[str] = set()

    async def read_once(work: Any, stage: Any) -> Any:
        if stage.stage_id in stages_read:
            return None
        stages_read.add(stage.stage_id)
        return await read(work, stage)

    def believe(work: Any, calls: Any, staged: Any) -> Any:
        if staged is None:
            work.last_unresolved = -1e9
            return [], []
        return compare(work, calls, staged)

    _replace(campaigns.submission, "_read_back", read_once)
    _replace(campaigns.submission, "_compare", believe)


@safeguard
def surplus_removal() -> None:
    """A call that stands there twice is left there twice."""
    compare = campaigns.submission._compare
    _replace(campaigns.submission, "_compare", lambda *args: (compare(*args)[0], []))


@safeguard
def find_before_open() -> None:
    """A task is created without looking whether one of this name is there: sent again after every crash."""

    async def open_at_once(work: Any) -> Any:
        name = submission_name(work.campaign.name, work.chunk.reference)
        return await campaigns.submission._open(work, name)

    _replace(campaigns.submission, "_find_or_open", open_at_once)


@safeguard
def discard_of_a_sleepers_stage() -> None:
    """The task of a run that may wake up is used further instead of being deleted."""
    acquire = campaigns.leasing.acquire

    def acquire_from_the_dead(*args: Any) -> Any:
        lease = acquire(*args)
        lease.predecessor_is_dead = True
        return lease

    _replace(campaigns.leasing, "acquire", acquire_from_the_dead)


@safeguard
def commit_before_send() -> None:
    """That a chunk is being handed over, and by whom, is known to this process alone until it was accepted."""
    claim = campaigns.submission._claim

    def claim_in_memory(run: Any, staging: Any, chunk_id: int) -> Any:
        _replace(campaigns.submission, "move_chunk", lambda *args, **kwargs: True)
        try:
            work = claim(run, staging, chunk_id)
        finally:
            _replace(campaigns.submission, "move_chunk", move_chunk)
        work.chunk.status, work.chunk.fence = ChunkStatus.SUBMITTING, run.lease.fence
        return work

    _replace(campaigns.submission, "_claim", claim_in_memory)


@safeguard
def unique_attempts() -> None:
    """A contact's attempts are numbered as they come instead of by contact and attempt number."""
    numbers = itertools.count(time.time_ns() // 1000)
    _replace(campaigns.planning, "attempt_id", lambda contact, attempt: next(numbers))
