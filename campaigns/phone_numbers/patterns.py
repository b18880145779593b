"""Turn the digit patterns of the numbering metadata into sorted ranges of integers.

The metadata of `phonenumbers` describes numbers by regular expressions of a small kind: digits, `\\d`, sets of digits,
groups, alternatives and counted repeats. Such an expression matches, at each length, a union of integer ranges. Many
expressions are walked at once, so that a range says for each of them whether it matches.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_ANY_DIGIT = (1 << 10) - 1
"""A set of digits is a bit mask; bit d stands for the digit d."""


class UnsupportedPatternError(ValueError):
    """The expression uses something beyond digits, sets, groups, alternatives and counted repeats."""


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit out of a set."""

    allowed: int


@dataclass(frozen=True, slots=True)
class Sequence:
    parts: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    options: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    part: Pattern
    least: int
    most: int


Pattern = Digit | Sequence | Choice | Repeat


def read_pattern(text: str) -> Pattern:
    """Read a regular expression; `UnsupportedPatternError` for anything that numbering metadata rarely uses."""
    reader = _Reader(text)
    pattern = reader.choice()
    if reader.at != len(text):
        raise UnsupportedPatternError(text)
    return pattern


class _Reader:
    """Recursive descent over one expression."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def choice(self) -> Pattern:
        options = [self.sequence()]
        while self.take("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Pattern:
        parts: list[Pattern] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self.repeated(self.item()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def item(self) -> Pattern:
        if self.take("\\d"):
            return Digit(_ANY_DIGIT)
        if self.take("(?:") or (not self.text.startswith("(?", self.at) and self.take("(")):
            inner = self.choice()
            self.must_take(")")
            return inner
        if self.take("["):
            return Digit(self.digit_set())
        return Digit(1 << self.digit())

    def digit_set(self) -> int:
        allowed = 0
        while not self.take("]"):
            if self.take("\\d"):
                allowed = _ANY_DIGIT
                continue
            first = last = self.digit()
            if self.take("-"):
                last = self.digit()
            for digit in range(first, last + 1):
                allowed |= 1 << digit
        return allowed

    def repeated(self, part: Pattern) -> Pattern:
        if self.take("?"):
            return Repeat(part, 0, 1)
        if not self.take("{"):
            return part
        least = most = self.integer()
        if self.take(","):
            most = self.integer()
        self.must_take("}")
        return Repeat(part, least, most)

    def digit(self) -> int:
        if self.at >= len(self.text) or self.text[self.at] not in "0123456789":
            raise UnsupportedPatternError(self.text)
        self.at += 1
        return int(self.text[self.at - 1])

    def integer(self) -> int:
        value = self.digit()
        while self.at < len(self.text) and self.text[self.at] in "0123456789":
            value = value * 10 + self.digit()
        return value

    def take(self, token: str) -> bool:
        if not self.text.startswith(token, self.at):
            return False
        self.at += len(token)
        return True

    def must_take(self, token: str) -> None:
        if not self.take(token):
            raise UnsupportedPatternError(self.text)


@dataclass(slots=True)
class Automaton:
    """A machine that reads digits and says which of the patterns added to it match the whole.

    States are numbers. `moves[s]` lists (set of digits, next state), `jumps[s]` the states reached without a digit,
    `accepts[s]` is a mask of the patterns that end in the state.
    """

    moves: list[list[tuple[int, int]]] = field(default_factory=list)
    jumps: list[list[int]] = field(default_factory=list)
    accepts: list[int] = field(default_factory=list)

    def add(self, pattern: Pattern, bit: int, *, then_anything: bool = False) -> int:
        """Add a pattern whose matches carry `1 << bit`; return its first state.

        With `then_anything`, whatever digits follow a match belong to it.
        """
        start = self._new_state()
        end = self._add(pattern, start)
        if then_anything:
            loop = self._new_state()
            self.jumps[end].append(loop)
            self.moves[loop].append((_ANY_DIGIT, loop))
            end = loop
        self.accepts[end] |= 1 << bit
        return start

    def ranges(self, starts: Iterable[int], length: int) -> list[tuple[int, int]]:
        """Cut the numbers of `length` digits (leading zeros count) where the set of matching patterns changes.

        Returns (first number, mask) in rising order; each range reaches to the next one's first number.
        """
        memo: dict[tuple[frozenset[int], int], list[tuple[int, int]]] = {}
        return self._ranges(self._closure(starts), length, memo)

    def _ranges(
        self, states: frozenset[int], length: int, memo: dict[tuple[frozenset[int], int], list[tuple[int, int]]]
    ) -> list[tuple[int, int]]:
        if not states:
            return [(0, 0)]
        if length == 0:
            mask = 0
            for state in states:
                mask |= self.accepts[state]
            return [(0, mask)]
        known = memo.get((states, length))
        if known is not None:
            return known
        found: list[tuple[int, int]] = []
        size = 10 ** (length - 1)
        for digit in range(10):
            reached = self._closure(
                target for state in states for allowed, target in self.moves[state] if allowed >> digit & 1
            )
            for first, mask in self._ranges(reached, length - 1, memo):
                if not found or found[-1][1] != mask:
                    found.append((digit * size + first, mask))
        memo[states, length] = found
        return found

    def _closure(self, states: Iterable[int]) -> frozenset[int]:
        reached = set(states)
        waiting = list(reached)
        while waiting:
            for target in self.jumps[waiting.pop()]:
                if target not in reached:
                    reached.add(target)
                    waiting.append(target)
        return frozenset(state for state in reached if self.moves[state] or self.accepts[state])

    def _add(self, pattern: Pattern, start: int) -> int:
        """Lay the pattern out behind `start`; return the state reached after it."""
        match pattern:
            case Digit(allowed):
                end = self._new_state()
                self.moves[start].append((allowed, end))
                return end
            case Sequence(parts):
                for part in parts:
                    start = self._add(part, start)
                return start
            case Choice(options):
                end = self._new_state()
                for option in options:
                    first = self._new_state()
                    self.jumps[start].append(first)
                    self.jumps[self._add(option, first)].append(end)
                return end
            case Repeat(part, least, most):
                end = self._new_state()
                for done in range(most):
                    if done >= least:
                        self.jumps[start].append(end)
                    start = self._add(part, start)
                self.jumps[start].append(end)
                return end

    def _new_state(self) -> int:
        self.moves.append([])
        self.jumps.append([])
        self.accepts.append(0)
        return len(self.moves) - 1
