"""Contacts → chunks within a platform's limits. Pure and deterministic: same contacts in, same chunks out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple


class ContactToCall(NamedTuple):
    contact_id: int
    phone_number: str
    """E.164."""
    country: str


@dataclass(frozen=True, slots=True)
class PlannedChunk:
    country: str
    """Empty unless the platform takes one country a submission."""
    contacts: tuple[ContactToCall, ...]

    @property
    def content_hash(self) -> str:
        """SHA-256 over contacts and numbers in order: what was approved is what is sent."""
        lines = "".join(f"{contact.contact_id} {contact.phone_number}\n" for contact in self.contacts)
        return hashlib.sha256(lines.encode()).hexdigest()


def plan_chunks(
    contacts: Iterable[ContactToCall], calls_per_submission: int, *, one_country_each: bool
) -> Iterator[PlannedChunk]:
    """Cut contacts into chunks of at most `calls_per_submission`, in order; by country where the platform asks it.

    Streams: at most one open chunk per country is held. Every contact is in exactly one chunk.
    """
    if calls_per_submission < 1:
        raise ValueError("a chunk holds at least one call")
    filling: dict[str, list[ContactToCall]] = {}
    for contact in contacts:
        country = contact.country if one_country_each else ""
        chunk = filling.setdefault(country, [])
        chunk.append(contact)
        if len(chunk) == calls_per_submission:
            yield PlannedChunk(country, tuple(filling.pop(country)))
    for country, rest in filling.items():
        yield PlannedChunk(country, tuple(rest))
