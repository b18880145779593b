"""What can go wrong while results are written."""

from __future__ import annotations

from campaigns.errors import CampaignError


class RowCountError(CampaignError):
    """A stream held more or fewer rows than announced: rows would be unexplained, so nothing is written."""

    def __init__(self, what: str, expected: int, found: str) -> None:
        super().__init__(
            f"{what} was to hold {expected} rows and received {found}; no file was written. Write the results again."
        )
        self.expected = expected
