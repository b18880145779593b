"""Where each contact stands, for thousands of contacts at once. Pure; the rules are those of the identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from campaigns.models.types import ATTEMPTS_PER_CONTACT
from campaigns.results.model import RowStatus

_Item = TypeVar("_Item", bound=np.generic)

Ids = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

STATUSES = tuple(RowStatus)
"""A status as a number is its place here."""


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts in the order of their ids, each with where its chunk stands."""

    ids: Ids
    is_handed_over: Flags
    is_planned: Flags
    is_unconfirmed: Flags
    is_open: Flags
    """Planned, being handed over or accepted."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Settled attempts in the order of their ids."""

    attempt_ids: Ids
    is_lost: Flags


@dataclass(frozen=True, slots=True)
class Excluded:
    """Contacts held back, in the order of their ids."""

    contact_ids: Ids
    is_duplicate: Flags


@dataclass(frozen=True, slots=True)
class States:
    """One entry a contact, in the order asked for; an index of -1 means that there is none."""

    statuses: npt.NDArray[np.int8]
    """Places in `STATUSES`."""
    attempt_counts: Ids
    """Attempts that were or may have been called."""
    last_attempt: Ids
    last_settled: Ids
    first_settled: Ids
    exclusion: Ids


def find_states(contact_ids: Ids, attempts: Attempts, settled: Settled, excluded: Excluded) -> States:
    """Return where each contact stands; all arrays are in the order of ids."""
    attempt_start, attempt_end = _bounds(attempts.ids // ATTEMPTS_PER_CONTACT, contact_ids)
    settled_start, settled_end = _bounds(settled.attempt_ids // ATTEMPTS_PER_CONTACT, contact_ids)
    exclusion_start, exclusion_end = _bounds(excluded.contact_ids, contact_ids)
    has_attempt, has_settled = attempt_end > attempt_start, settled_end > settled_start
    is_excluded = exclusion_end > exclusion_start
    last_attempt = np.where(has_attempt, attempt_end - 1, -1)
    last_settled = np.where(has_settled, settled_end - 1, -1)
    exclusion = np.where(is_excluded, exclusion_start, -1)

    handed_over = _count(attempts.is_handed_over, attempt_start, attempt_end)
    was_submitted = (handed_over > 0) & (~is_excluded | has_settled)
    is_settled = has_settled & (_at(settled.attempt_ids, last_settled) == _at(attempts.ids, last_attempt))
    is_lost = is_settled & _at(settled.is_lost, last_settled)
    place = {status: code for code, status in enumerate(STATUSES)}
    statuses = np.select(
        [
            is_lost & was_submitted,
            was_submitted & (is_settled | is_excluded),
            was_submitted & _at(attempts.is_unconfirmed, last_attempt),
            was_submitted & _at(attempts.is_open, last_attempt),
            was_submitted,
            is_excluded & _at(excluded.is_duplicate, exclusion),
            is_excluded,
            ~has_attempt,
            _at(attempts.is_planned, last_attempt),
        ],
        [
            place[RowStatus.LOST],
            place[RowStatus.CALLED],
            place[RowStatus.UNCONFIRMED],
            place[RowStatus.PENDING],
            place[RowStatus.UNEXPLAINED],
            place[RowStatus.DUPLICATE],
            place[RowStatus.SUPPRESSED],
            place[RowStatus.NOT_YET_PLANNED],
            place[RowStatus.PLANNED],
        ],
        place[RowStatus.UNEXPLAINED],
    ).astype(np.int8)
    return States(
        statuses=statuses,
        attempt_counts=np.where(was_submitted, handed_over, settled_end - settled_start),
        last_attempt=last_attempt,
        last_settled=last_settled,
        first_settled=np.where(has_settled, settled_start, -1),
        exclusion=exclusion,
    )


def _bounds(sorted_ids: Ids, wanted: Ids) -> tuple[Ids, Ids]:
    return np.searchsorted(sorted_ids, wanted, "left"), np.searchsorted(sorted_ids, wanted, "right")


def _count(flags: Flags, starts: Ids, ends: Ids) -> Ids:
    running = np.concatenate([np.zeros(1, np.int64), np.cumsum(flags, dtype=np.int64)])
    counts: Ids = running[ends] - running[starts]
    return counts


def _at(values: npt.NDArray[_Item], places: Ids) -> npt.NDArray[_Item]:
    """Return the values at places; where there is no place, something false or zero."""
    if not len(values):
        return np.zeros(len(places), values.dtype)
    return np.where(places >= 0, values[places], np.zeros(1, values.dtype))
