"""What objectives are made of for one product: read once, whatever is chosen afterwards."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import inf
from typing import Any

from catalog.expressions import nodes
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import Node
from catalog.product_model import Choice
from configurator.engine.optimise.amounts import Box, CellReader, conditions_in
from configurator.engine.optimise.objective import Objective, Term
from configurator.engine.solver.compiled import Compiled

MOST_KEPT = 4
FEW_CELLS = 3


@dataclass(frozen=True)
class Single:
    """What an amount is where a slot has a cell, None where it is undefined."""

    slot: int
    cell: int
    amount: Fraction | None


@dataclass(frozen=True)
class ReadTerm:
    """A term of an objective as it was `declared`; `slots` are what decides what is added,
    ascending.

    `singles` are the cells for which its conditions hold, where it reads a single slot of few cells
    or counts for one cell alone; None where it reads more.
    """

    declared: Term
    singles: tuple[Single, ...] | None
    slots: tuple[int, ...]


class ReadObjectives:
    """The terms of some objectives, and of each slot the numbers, percentages and conditions that
    read it.
    """

    def __init__(
        self, compiled: Compiled, texts: Mapping[str, str], objectives: Mapping[str, Objective]
    ) -> None:
        self.compiled = compiled
        self.objectives = objectives
        self.reader = CellReader(compiled, texts)
        self.everything: Box = {slot.index: range(slot.cells) for slot in compiled.slots.all}
        self.numbers: dict[int, list[Node]] = {}
        self.rates: dict[int, list[Node]] = {}
        self.conditions: dict[int, list[Node]] = {}
        self.told_roughly = frozenset[str]().union(
            *(objective.options for objective in objectives.values())
        )
        self.of_objective = {
            name: tuple(map(self._term, objective.terms)) for name, objective in objectives.items()
        }
        self.reads = {name: self._all_read(name) for name in objectives}
        self.costs = self._costs()
        self.may_fall = not all(self._rises(name) for name in objectives)

    def _term(self, amount: Term) -> ReadTerm:
        single = self.reader.single(amount.conditions, amount.number)
        if single is not None:
            return ReadTerm(amount, (self._single(amount, *single),), (single[0],))
        slots = tuple(self.slots(amount.nodes))
        if len(slots) != 1 or len(self.everything[slots[0]]) > FEW_CELLS:
            return ReadTerm(amount, None, slots)
        (slot,) = slots
        holds = all_hold(amount.conditions)
        cells = [cell for cell in self.everything[slot] if holds(self.reader.values({slot: cell}))]
        return ReadTerm(amount, tuple(self._single(amount, slot, cell) for cell in cells), slots)

    def _single(self, amount: Term, slot: int, cell: int) -> Single:
        number = amount.number
        values = self.reader.values({slot: cell})
        worth = number.value if isinstance(number, nodes.Constant) else function_of(number)(values)
        return Single(slot, cell, worth if isinstance(worth, Fraction) else None)

    def is_defined(self, cells: Sequence[int]) -> bool:
        """Tell whether no amount is undefined for a configuration.

        A price may leave out what it cannot know before a text is given, so that it tells less.
        """
        for terms in self.of_objective.values():
            for term in terms:
                if term.singles is not None:
                    if any(
                        each.amount is None and cells[each.slot] == each.cell
                        for each in term.singles
                    ):
                        return False
                    continue
                values = self.reader.values({slot: cells[slot] for slot in term.slots})
                if guarded(term.declared.number, term.declared.conditions)(values) is None:
                    return False
        return True

    def slots(self, parts: Sequence[Node]) -> list[int]:
        """Return the slots that decide what some expressions are worth, ascending."""
        return sorted(frozenset[int]().union(*map(self.reader.slots, parts)))

    def _all_read(self, name: str) -> list[int]:
        """Return the slots that decide what an objective comes to; notes on the way what reads
        each.
        """
        objective = self.objectives[name]
        read: set[int] = set()
        for term in self.of_objective[name]:
            read.update(term.slots)
            if term.singles is not None:
                self.numbers.setdefault(term.slots[0], []).append(term.declared.number)
                self.conditions.setdefault(term.slots[0], []).extend(term.declared.conditions)
            else:
                self._note(self.numbers, term.declared.number, term.declared.conditions)
        for share in objective.shares:
            read.update(self.slots(share.nodes))
            self._note(self.rates, share.rate, share.conditions)
        for key in objective.options:
            option = self.compiled.model.option_by_key[key]
            read.update(slot.index for slot in self.reader.slots_of_option(option))
        return sorted(read)

    def _note(self, found: dict[int, list[Node]], number: Node, conditions: Sequence[Node]) -> None:
        for slot in self.reader.slots(number):
            found.setdefault(slot, []).append(number)
        # A table of amounts asks each of its sizes many times.
        for condition in dict.fromkeys((*conditions, *conditions_in(number))):
            for slot in self.reader.slots(condition):
                self.conditions.setdefault(slot, []).append(condition)

    def _costs(self) -> dict[int, dict[int, dict[str, Any]]]:
        """Return what each cell of a choice adds to each objective, for choices read one value at a
        time.
        """
        found: dict[int, dict[int, dict[str, Any]]] = {}
        others: set[int] = set()
        for name, objective in self.objectives.items():
            for share in objective.shares:
                others.update(self.slots(share.nodes))
            for term in self.of_objective[name]:
                if term.singles is None:
                    others.update(term.slots)
                for single in term.singles or ():
                    costs = found.setdefault(single.slot, {}).setdefault(single.cell, {})
                    amount = inf if single.amount is None else single.amount
                    costs[name] = costs[name] + amount if name in costs else amount
        return {slot: costs for slot, costs in found.items() if slot not in others}

    def _rises(self, name: str) -> bool:
        """Tell whether less of an amount is always as good: the total then does not rise, and is
        never below zero.

        With percentages, only where no amount is negative and there is no reduction, or a single
        one of at most all, that no further percentage reads.
        """
        objective = self.objectives[name]
        lows = [self._low(term) for term in self.of_objective[name]]
        if not objective.shares:
            return bool(sum(lows) >= 0)
        if any(low < 0 for low in lows):
            return False
        rates = [
            (share, (self.reader.bounds(share.rate, self.everything) or (0, 0))[0])
            for share in objective.shares
        ]
        below = [(share, rate) for share, rate in rates if rate < 0]
        if not below:
            return True
        reduction, rate = below[0]
        return (
            len(below) == 1
            and rate >= -100
            and not any(reduction.line in share.of for share in objective.shares)
        )

    def _low(self, term: ReadTerm) -> Any:
        if term.singles is not None:
            lows = [single.amount or 0 for single in term.singles]
            return (
                min(lows) if len(lows) == len(self.everything[term.slots[0]]) else min(0, *lows, 0)
            )
        bounds = self.reader.bounds(term.declared.number, self.everything)
        low = 0 if bounds is None else bounds[0]
        return min(0, low) if term.declared.conditions else low

    @cached_property
    def ways(self) -> dict[tuple[int, str], tuple[bool, bool]]:
        """Which ways numbers go with an option, as far as that was asked: by the number's identity."""
        return {}

    def goes(self, number: Node, key: str) -> tuple[bool, bool]:
        """Tell whether a number may rise, and whether it may fall, when the number option `key`
        rises.
        """
        known = self.ways.get((id(number), key))
        if known is None:
            known = self.ways[id(number), key] = self.reader.goes(number, key, self.everything)
        return known


def read_objectives(
    compiled: Compiled, texts: Mapping[str, str], objectives: Mapping[str, Objective]
) -> ReadObjectives:
    """Return the terms of some objectives, made when first asked for; the latest are kept with the
    compiled product.
    """
    kept: list[ReadObjectives] = compiled.latest.get("terms", [])
    for each in kept:
        if each.reader.texts == texts and each.objectives == objectives:
            return each
    found = ReadObjectives(compiled, texts, objectives)
    compiled.latest["terms"] = [found, *kept[: MOST_KEPT - 1]]
    return found


def guarded(number: Node, conditions: Sequence[Node]) -> Callable[[Mapping[str, Choice]], Any]:
    """Return a function that gives the number where all conditions hold, else 0; None where it is
    undefined.
    """
    worth = function_of(number)
    tests = [function_of(condition) for condition in conditions]

    def found(values: Mapping[str, Choice]) -> Any:
        for test in tests:
            if not test(values):
                return Fraction(0)
        return worth(values)

    return found


def all_hold(conditions: Sequence[Node]) -> Callable[[Mapping[str, Choice]], bool]:
    """Return a function that tells whether all conditions hold."""
    tests = [function_of(condition) for condition in conditions]
    return lambda values: all(test(values) for test in tests)
