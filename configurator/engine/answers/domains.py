"""The valid domain of an option: exactly what some complete configuration with all choices so far
contains.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.kinds.register import KINDS
from catalog.product_model import NOTHING, Choice, Kind, plain_number


@dataclass(frozen=True, slots=True)
class Domain:
    """What an option can still have.

    `values`: of a choice or boolean the values still possible, in model order (yes before no); of a
    multi-choice the values it can contain. `forced`: the values a multi-choice must contain.
    `runs`: of a stepped option the numbers that stand for the first and last of each run of steps,
    ascending. `given`: some complete configuration has a value for the option (this is all that is
    known of a text or colour); `none`: some has no value for it.

    Where it is not `checked`, the budget did not suffice to tell all of it: `unchecked` are the
    values (of a multi-choice those of which it is open whether they can be in, or out) and
    `unchecked_runs` the numbers that may be in it or not.
    """

    kind: Kind
    values: tuple[str | bool, ...] = ()
    forced: tuple[str, ...] = ()
    runs: tuple[tuple[Decimal, Decimal], ...] = ()
    step: Decimal | None = None
    given: bool = False
    none: bool = False
    checked: bool = True
    unchecked: tuple[str | bool, ...] = ()
    unchecked_runs: tuple[tuple[Decimal, Decimal], ...] = ()

    def allows(self, choice: Choice) -> bool:
        """Tell whether the choice is in the domain; of a multi-choice, whether each of its values
        is.
        """
        if choice == NOTHING:
            return self.none
        kind = KINDS[self.kind]
        if kind.is_several:
            return isinstance(choice, tuple) and all(value in self.values for value in choice)
        if kind.is_stepped:
            number = kind.number_of(choice)
            if number is None or self.step is None:
                return False
            place = bisect_right(self.runs, number, key=lambda run: run[0]) - 1
            return (
                place >= 0
                and number <= self.runs[place][1]
                and (number - self.runs[place][0]) % self.step == 0
            )
        if kind.is_open:
            return isinstance(choice, str) and self.given
        return any(value == choice and type(value) is type(choice) for value in self.values)

    def listed(self, most: int) -> list[Choice] | None:
        """Return all values of one option that is no multi-choice, text or colour; None where there
        are more.
        """
        kind = KINDS[self.kind]
        if not kind.is_stepped:
            return list(self.values) if len(self.values) <= most else None
        found: list[Choice] = []
        for first, last in self.runs:
            assert self.step is not None
            count = int((last - first) / self.step) + 1
            if len(found) + count > most:
                return None
            found += [
                kind.at_number(plain_number(first + place * self.step)) for place in range(count)
            ]
        return found

    def with_more(self, found: Sequence[Choice], unchecked: Sequence[Choice] = ()) -> "Domain":
        """Return the domain with further numbers or truths in it, and others of which that is not
        known yet.
        """
        if not found and not unchecked:
            return self
        checked = self.checked and not unchecked
        if KINDS[self.kind].is_stepped:
            return replace(
                self,
                runs=self._joined(self.runs, found),
                given=self.given or bool(found),
                checked=checked,
                unchecked_runs=self._joined(self.unchecked_runs, unchecked),
            )
        return replace(
            self,
            values=tuple(
                truth for truth in (True, False) if truth in self.values or truth in found
            ),
            given=self.given or bool(found),
            checked=checked,
            unchecked=(*self.unchecked, *(each for each in unchecked if isinstance(each, bool))),
        )

    def _joined(
        self, runs: tuple[tuple[Decimal, Decimal], ...], more: Sequence[Choice]
    ) -> tuple[tuple[Decimal, Decimal], ...]:
        """Return runs with further single numbers, those that follow on each other as one."""
        joined: list[tuple[Decimal, Decimal]] = []
        numbers = [
            number for each in more if (number := KINDS[self.kind].number_of(each)) is not None
        ]
        for first, last in sorted((*runs, *((each, each) for each in numbers))):
            if joined and self.step is not None and first - joined[-1][1] == self.step:
                joined[-1] = (joined[-1][0], last)
            else:
                joined.append((first, last))
        return tuple(joined)

    @property
    def only(self) -> Choice | None:
        """The single possibility, where there is exactly one and an option without value is none."""
        if self.none or not self.checked:
            return None
        kind = KINDS[self.kind]
        if kind.is_several:
            return self.forced if self.forced and self.forced == self.values else None
        if kind.is_stepped:
            is_one = len(self.runs) == 1 and self.runs[0][0] == self.runs[0][1]
            return kind.at_number(self.runs[0][0]) if is_one else None
        return self.values[0] if len(self.values) == 1 else None
