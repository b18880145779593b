"""What the platform's codes mean."""

from __future__ import annotations

import logging

import pytest

from connectors.contract import Outcome, StageState
from connectors.mvb2000.codes import read_outcome, read_stage_state


@pytest.mark.parametrize(
    ("status", "disposition", "cause", "outcome"),
    [
        ("S", "ANSWER", "16", Outcome.ANSWERED),
        ("s", "ANSWERED", "16", Outcome.ANSWERED),
        ("S", "", "", Outcome.ANSWERED),
        ("S", "", "16", Outcome.ANSWERED),
        ("S", "BUSY", "17", Outcome.BUSY),
        ("S", "", "17", Outcome.BUSY),
        ("F", "BUSY", "", Outcome.BUSY),
        ("F", "BUSY", "16", Outcome.BUSY),
        ("F", "NOANSWER", "0", Outcome.NO_ANSWER),
        ("F", "NO ANSWER", "19", Outcome.NO_ANSWER),
        ("F", "CANCEL", "", Outcome.NO_ANSWER),
        ("F", "CONGESTION", "", Outcome.NETWORK_CONGESTION),
        ("F", "CONGESTION", "1", Outcome.INVALID_NUMBER),
        ("F", "CHANUNAVAIL", "20", Outcome.SWITCHED_OFF),
        ("F", "CHANUNAVAIL", "", Outcome.UNREACHABLE),
        ("F", "", "1", Outcome.INVALID_NUMBER),
        ("F", "", "28", Outcome.INVALID_NUMBER),
        ("F", "", "18", Outcome.NO_ANSWER),
        ("F", "", "21", Outcome.REJECTED),
        ("F", "FAILED", "27", Outcome.UNREACHABLE),
        ("F", "FAILED", "34", Outcome.NETWORK_CONGESTION),
        ("F", "", "38", Outcome.NETWORK_CONGESTION),
        ("F", "", "41", Outcome.NETWORK_CONGESTION),
        ("F", "", "42", Outcome.NETWORK_CONGESTION),
    ],
)
def test_known_codes(status: str, disposition: str, cause: str, outcome: Outcome) -> None:
    """Status, dial result and cause together give one outcome."""
    assert read_outcome(status, disposition, cause) is outcome


@pytest.mark.parametrize(
    ("status", "disposition", "cause"),
    [("F", "", ""), ("F", "", "16"), ("S", "SOMETHING", "16"), ("F", "SOMETHING", ""), ("X", "", ""), ("F", "", "999")],
)
def test_unknown_codes_are_no_guess(
    status: str, disposition: str, cause: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A code in no table is unknown and a warning."""
    with caplog.at_level(logging.WARNING):
        assert read_outcome(status, disposition, cause) is Outcome.UNKNOWN
    assert "unknown call result" in caplog.text


def test_letters_of_tasks() -> None:
    """Task letters read in either case; rows' letters are another matter."""
    states = {letter: read_stage_state(letter) for letter in "NBRCPSFx"}
    assert states == {
        "N": StageState.OPEN,
        "B": StageState.STARTED,
        "R": StageState.STARTED,
        "C": StageState.STARTED,
        "P": StageState.PAUSED,
        "S": StageState.STOPPED,
        "F": StageState.FINISHED,
        "x": None,
    }
    assert read_stage_state("s") is StageState.STOPPED
