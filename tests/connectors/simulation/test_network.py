"""The pretend telephone network can be predicted where it should be, and is lifelike elsewhere."""

from collections import Counter

import pytest
from pydantic import ValidationError

from connectors.contract import Outcome
from connectors.simulation.network import NetworkSettings, TelephoneNetwork

ENDINGS = {
    "00": Outcome.ANSWERED,
    "01": Outcome.BUSY,
    "02": Outcome.NO_ANSWER,
    "03": Outcome.REJECTED,
    "04": Outcome.INVALID_NUMBER,
    "05": Outcome.SWITCHED_OFF,
    "06": Outcome.UNREACHABLE,
    "07": Outcome.SUSPENDED,
    "08": Outcome.NETWORK_CONGESTION,
    "11": Outcome.ANSWERED,
    "12": Outcome.ANSWERED,
    "13": Outcome.ANSWERED,
}


@pytest.mark.parametrize(("ending", "outcome"), ENDINGS.items())
def test_endings_decide(ending: str, outcome: Outcome) -> None:
    """The last two digits decide, whatever the seed and however often the number is dialled."""
    for seed in range(5):
        network = TelephoneNetwork(NetworkSettings(seed=seed))
        assert {network.plan_call("138001300" + ending, attempt=attempt).outcome for attempt in range(1, 9)} == {
            outcome
        }


@pytest.mark.parametrize(("ending", "first"), [("09", Outcome.BUSY), ("10", Outcome.NO_ANSWER)])
def test_second_time_lucky(ending: str, first: Outcome) -> None:
    """Some numbers are reached at the second attempt only."""
    network = TelephoneNetwork()
    assert network.plan_call("138001300" + ending, attempt=1).outcome is first
    assert network.plan_call("138001300" + ending, attempt=2).outcome is Outcome.ANSWERED


def test_same_seed_same_calls() -> None:
    """Calls repeat by seed, and differ between seeds and attempts."""
    numbers = [f"1380013{n:04d}" for n in range(500)]
    plans = [[TelephoneNetwork(NetworkSettings(seed=seed)).plan_call(n) for n in numbers] for seed in (1, 1, 2)]
    assert plans[0] == plans[1] != plans[2]
    assert [TelephoneNetwork().plan_call(n, attempt=2) for n in numbers] != plans[0]


def test_shares_are_kept() -> None:
    """Where the number does not decide, the shares do."""
    network = TelephoneNetwork(NetworkSettings(fixed_endings=False))
    counts = Counter(network.plan_call(f"1380013{n:05d}").outcome for n in range(20_000))
    for outcome, share in network.settings.shares.items():
        assert counts[outcome] / 20_000 == pytest.approx(share, abs=0.01)


def test_calls_hold_together() -> None:
    """Only answered calls have talk time and keys, and nobody rings longer than the dial timeout."""
    network = TelephoneNetwork()
    for n in range(3000):
        call = network.plan_call(f"1380013{n:04d}", valid_keys=("1", "2"), ring_limit_seconds=20)
        assert 0 < call.ring_seconds <= 20
        assert (call.talk_seconds > 0) == (call.outcome is Outcome.ANSWERED)
        assert not call.dtmf_digits or call.outcome is Outcome.ANSWERED


def test_keys_follow_the_ending() -> None:
    """First valid key, no key, no time for a key, a key that is not valid."""
    network = TelephoneNetwork()
    pressed = [
        network.plan_call("138001300" + end, valid_keys=("5", "6")).dtmf_digits for end in ("00", "11", "12", "13")
    ]
    assert pressed == ["5", "", "", "0"]
    assert network.plan_call("13800130000").dtmf_digits == ""


def test_impossible_shares_are_refused() -> None:
    """A share for something that a network cannot do, or nothing at all, is an error."""
    with pytest.raises(ValidationError, match="does not answer a call with lost"):
        NetworkSettings(shares={Outcome.LOST: 1})
    with pytest.raises(ValidationError, match="above zero"):
        NetworkSettings(shares={Outcome.BUSY: 0})
