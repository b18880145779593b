"""What the campaign makes of an outcome: done, call again (when), give up. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from campaigns.campaign_file import RetryRule
from connectors.contract import Outcome


class Disposition(StrEnum):
    DONE = "done"
    """The person was reached."""
    CALL_AGAIN = "call_again"
    GIVE_UP = "give_up"
    """Not reached, and the policy wants no further attempt."""
    NOT_KNOWN = "not_known"
    """Nobody can say whether the person was reached; never called again without a person's decision."""


def decide_disposition(outcome: Outcome, attempt_number: int, retry: Mapping[Outcome, RetryRule]) -> Disposition:
    """Decide what follows from the outcome of a contact's `attempt_number`-th attempt."""
    if outcome == Outcome.ANSWERED:
        return Disposition.DONE
    if outcome in (Outcome.LOST, Outcome.UNKNOWN):
        return Disposition.NOT_KNOWN
    rule = retry.get(outcome)
    if rule is not None and attempt_number < rule.attempts:
        return Disposition.CALL_AGAIN
    return Disposition.GIVE_UP


def pause_before_retry(outcome: Outcome, retry: Mapping[Outcome, RetryRule]) -> timedelta:
    """Return how long after the end of a call with this outcome the next may start."""
    return retry[outcome].after
