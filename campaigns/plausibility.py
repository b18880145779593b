"""Outcomes that no list of people gives: a sign that trunk, caller ID or route is broken. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.contract import Outcome

_FAILURES = frozenset(
    {
        Outcome.REJECTED,
        Outcome.INVALID_NUMBER,
        Outcome.UNREACHABLE,
        Outcome.SWITCHED_OFF,
        Outcome.SUSPENDED,
        Outcome.NETWORK_CONGESTION,
        Outcome.UNKNOWN,
    }
)
"""The call did not even ring at somebody's."""


def find_implausible(outcomes: Mapping[Outcome, int], judged_after: int) -> str:
    """Say in a sentence what is implausible about the outcomes of so many calls in a row; empty when nothing is.

    Judged only from `judged_after` calls on (0: never): all failed, or all ended alike without an answer.
    """
    total = sum(outcomes.values())
    if not judged_after or total < judged_after or outcomes.get(Outcome.ANSWERED):
        return ""
    listed = ", ".join(
        f"{count:,} {outcome.replace('_', ' ')}"
        for outcome, count in sorted(outcomes.items(), key=lambda item: -item[1])
    )
    if all(outcome in _FAILURES for outcome in outcomes):
        return f"all of {total:,} calls failed ({listed}): look at trunk and caller ID before going on"
    if len(outcomes) == 1:
        return f"all of {total:,} calls ended alike ({listed}): look at the platform before going on"
    return ""
