"""Which of our calls a platform speaks of, when it gives back our chunk's name and a number in a form of its own."""

from __future__ import annotations

from collections.abc import Iterable

from campaigns.phone_numbers import significant_number

_SHORTEST = 6
"""Fewer trailing digits than this name nobody."""


def read_chunk_reference(submission_name: str | None) -> str:
    """Return the chunk reference in a submission's name, which ends with it; empty when there is none."""
    words = (submission_name or "").split()
    return words[-1] if words else ""


class DialledNumbers:
    """The numbers of one chunk, found by whatever national or international form a platform gives back.

    A number is recognised by its trailing digits: country code, trunk and carrier prefixes may stand in front of it.
    Where several numbers of the chunk fit, the longest does: 9112345678 is that Indian number if it is in the chunk,
    and 12345678 behind India's code only otherwise.
    """

    def __init__(self, numbers: Iterable[tuple[int, str]]) -> None:
        """Take (attempt id, E.164 number) pairs; the numbers differ, and belong to one country or to few."""
        self._attempts = {significant_number(e164): attempt for attempt, e164 in numbers}
        lengths = {len(significant) for significant in self._attempts}
        self._lengths = sorted((length for length in lengths if length >= _SHORTEST), reverse=True)

    def find(self, dialled_number: str) -> int | None:
        """Return the attempt of a number as the platform writes it, None when it is not of this chunk."""
        digits = "".join(sign for sign in dialled_number if sign.isascii() and sign.isdigit())
        for length in self._lengths:
            if length <= len(digits):
                attempt = self._attempts.get(digits[len(digits) - length :])
                if attempt is not None:
                    return attempt
        return None
