"""A pretend telephone network that every simulated platform dials into.

What happens depends on nothing but the seed, the number and how often the number has been dialled, so that a rehearsal
can be repeated and a test can choose an outcome by the last two digits of a number:

| ends in | what happens |
| --- | --- |
| 00 | answers, listens to the end, presses the first valid key |
| 01 | busy |
| 02 | rings, nobody answers |
| 03 | rejects the call |
| 04 | number does not exist |
| 05 | switched off |
| 06 | unreachable |
| 07 | suspended |
| 08 | network congestion |
| 09 | busy the first time, answers after that |
| 10 | nobody answers the first time, answers after that |
| 11 | answers and presses no key |
| 12 | answers and hangs up at once |
| 13 | answers and presses a key that is not valid |
| others | by chance, in the shares of `NetworkSettings` |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.contract import Outcome

_HANGUP_CAUSES: Mapping[Outcome, int] = {
    Outcome.ANSWERED: 16,
    Outcome.NO_ANSWER: 19,
    Outcome.BUSY: 17,
    Outcome.REJECTED: 21,
    Outcome.INVALID_NUMBER: 1,
    Outcome.UNREACHABLE: 27,
    Outcome.SWITCHED_OFF: 20,
    Outcome.SUSPENDED: 54,
    Outcome.NETWORK_CONGESTION: 34,
}
"""ITU-T Q.850 causes, as a switch would report them."""

_RINGS = frozenset({Outcome.ANSWERED, Outcome.NO_ANSWER, Outcome.REJECTED})
_KEYS = "0123456789*#"
_ALWAYS: Mapping[str, Outcome] = {
    "01": Outcome.BUSY,
    "02": Outcome.NO_ANSWER,
    "03": Outcome.REJECTED,
    "04": Outcome.INVALID_NUMBER,
    "05": Outcome.SWITCHED_OFF,
    "06": Outcome.UNREACHABLE,
    "07": Outcome.SUSPENDED,
    "08": Outcome.NETWORK_CONGESTION,
}
_FIRST_TIME: Mapping[str, Outcome] = {"09": Outcome.BUSY, "10": Outcome.NO_ANSWER}
_ANSWERS = frozenset({"00", "11", "12", "13"})


class NetworkSettings(BaseModel):
    """How people and switches behave where the number itself does not say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seed: int = Field(default=1, description="the same seed gives the same calls")
    shares: dict[Outcome, float] = Field(
        default={
            Outcome.ANSWERED: 0.38,
            Outcome.NO_ANSWER: 0.37,
            Outcome.BUSY: 0.09,
            Outcome.SWITCHED_OFF: 0.06,
            Outcome.REJECTED: 0.04,
            Outcome.UNREACHABLE: 0.025,
            Outcome.INVALID_NUMBER: 0.02,
            Outcome.SUSPENDED: 0.01,
            Outcome.NETWORK_CONGESTION: 0.005,
        },
        description="weights of what happens to a call; they need not add up to one",
    )
    key_share: float = Field(default=0.6, ge=0, le=1, description="share of answered calls in which a key is pressed")
    fixed_endings: bool = Field(default=True, description="numbers with the documented endings behave as documented")

    @field_validator("shares")
    @classmethod
    def _only_what_a_network_does(cls, shares: dict[Outcome, float]) -> dict[Outcome, float]:
        if strange := [outcome.value for outcome in shares if outcome not in _HANGUP_CAUSES]:
            raise ValueError(f"a network does not answer a call with {', '.join(strange)}")
        if min(shares.values(), default=0) < 0 or sum(shares.values()) <= 0:
            raise ValueError("shares must not be negative, and at least one must be above zero")
        return shares


@dataclass(frozen=True, slots=True)
class SimulatedCall:
    """What one call will come to."""

    outcome: Outcome
    ring_seconds: int
    """From dialling until answer or end."""
    talk_seconds: int
    """0 unless answered."""
    dtmf_digits: str
    """The key pressed; empty when none was."""
    hangup_cause: int
    """ITU-T Q.850."""


class TelephoneNetwork:
    """Plan what becomes of calls; holds settings only, so that any number of platforms can share it."""

    def __init__(self, settings: NetworkSettings | None = None) -> None:
        self.settings = settings or NetworkSettings()
        total = sum(self.settings.shares.values())
        reached = 0.0
        self._ladder: list[tuple[float, Outcome]] = []
        for outcome, share in self.settings.shares.items():
            reached += share / total
            self._ladder.append((reached, outcome))

    def plan_call(
        self, number: str, *, attempt: int = 1, valid_keys: Sequence[str] = (), ring_limit_seconds: int = 30
    ) -> SimulatedCall:
        """Say what happens when `number` is dialled for the `attempt`-th time, counted from 1.

        `valid_keys` are the keys that the announcement asks for; without any, nobody presses one.
        """
        dice = blake2b(f"{self.settings.seed}:{number}:{attempt}".encode(), digest_size=16).digest()
        ending = number[-2:] if self.settings.fixed_endings else ""
        outcome = self._outcome(ending, attempt, int.from_bytes(dice[:4], "big") / 2**32)
        if outcome not in _RINGS:
            ring_seconds = 1 + dice[4] % 4
        elif outcome is Outcome.NO_ANSWER:
            ring_seconds = ring_limit_seconds
        else:
            ring_seconds = min(3 + dice[4] % 20, ring_limit_seconds)
        talk_seconds, digits = 0, ""
        if outcome is Outcome.ANSWERED:
            talk_seconds = 1 if ending == "12" else 5 + (dice[5] % 12) * (dice[6] % 12)
            digits = self._keys_pressed(ending, valid_keys, dice)
        return SimulatedCall(outcome, ring_seconds, talk_seconds, digits, _HANGUP_CAUSES[outcome])

    def _outcome(self, ending: str, attempt: int, chance: float) -> Outcome:
        if ending in _ALWAYS:
            return _ALWAYS[ending]
        if ending in _FIRST_TIME:
            return _FIRST_TIME[ending] if attempt == 1 else Outcome.ANSWERED
        if ending in _ANSWERS:
            return Outcome.ANSWERED
        return next((outcome for reached, outcome in self._ladder if chance < reached), self._ladder[-1][1])

    def _keys_pressed(self, ending: str, valid_keys: Sequence[str], dice: bytes) -> str:
        if not valid_keys or ending in {"11", "12"}:
            return ""
        if ending == "00":
            return valid_keys[0]
        if ending == "13":
            return next((key for key in _KEYS if key not in valid_keys), "")
        if dice[7] / 256 >= self.settings.key_share:
            return ""
        return valid_keys[dice[8] % len(valid_keys)]
