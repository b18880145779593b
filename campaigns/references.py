"""Our references on the platforms: one per call, one per chunk, unique for ever and readable back."""

from __future__ import annotations

_SHOWN_CHARACTERS = 40


def call_ref(campaign_reference: str, attempt_id: int) -> str:
    """Return the reference of one call, for example `k7f3qd9x-10000000101`."""
    return f"{campaign_reference}-{attempt_id}"


def read_call_ref(reference: str, campaign_reference: str) -> int | None:
    """Return the attempt id of a reference of this campaign, None for anything else."""
    prefix, dash, number = reference.strip().partition("-")
    if prefix != campaign_reference or not dash or not number.isascii() or not number.isdigit():
        return None
    return int(number)


def chunk_reference(campaign_reference: str, chunk_number: int) -> str:
    return f"{campaign_reference}-{chunk_number:04d}"


def submission_name(campaign_name: str, reference: str) -> str:
    """Return the name under which a chunk stands on the platform: for people to read, for us to find."""
    shown = campaign_name[:_SHOWN_CHARACTERS].strip()
    return f"{shown} {reference}"
