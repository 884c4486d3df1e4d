"""What bills are made of for one product: read once, whatever is chosen afterwards."""

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
from configurator.engine.amounts import Box, Reader, conditions_in
from configurator.engine.compiled import Compiled
from configurator.engine.question import Amount, Bill

MOST_KEPT = 4
FEW_CELLS = 3


@dataclass(frozen=True)
class Single:
    """What an amount is where a slot has a cell, None where it is undefined."""

    slot: int
    cell: int
    amount: Fraction | None


@dataclass(frozen=True)
class Term:
    """An amount of a bill; `slots` are what decides what is added, ascending.

    `singles` are the cells for which its conditions hold, where it reads a single slot of few cells or counts for one
    cell alone; None where it reads more.
    """

    amount: Amount
    singles: tuple[Single, ...] | None
    slots: tuple[int, ...]


class Terms:
    """The terms of some bills, and of each slot the numbers, percentages and conditions that read it."""

    def __init__(self, compiled: Compiled, texts: Mapping[str, str], bills: Mapping[str, Bill]) -> None:
        self.compiled = compiled
        self.bills = bills
        self.reader = Reader(compiled, texts)
        self.everything: Box = {slot.index: range(slot.cells) for slot in compiled.slots.all}
        self.numbers: dict[int, list[Node]] = {}
        self.rates: dict[int, list[Node]] = {}
        self.conditions: dict[int, list[Node]] = {}
        self.told_roughly = frozenset[str]().union(*(bill.options for bill in bills.values()))
        self.of_bill = {name: tuple(map(self._term, bill.amounts)) for name, bill in bills.items()}
        self.reads = {name: self._all_read(name) for name in bills}
        self.costs = self._costs()
        self.may_fall = not all(self._rises(name) for name in bills)

    def _term(self, amount: Amount) -> Term:
        single = self.reader.single(amount.conditions, amount.number)
        if single is not None:
            return Term(amount, (self._single(amount, *single),), (single[0],))
        slots = tuple(self.slots(amount.nodes))
        if len(slots) != 1 or len(self.everything[slots[0]]) > FEW_CELLS:
            return Term(amount, None, slots)
        (slot,) = slots
        holds = all_hold(amount.conditions)
        cells = [cell for cell in self.everything[slot] if holds(self.reader.values({slot: cell}))]
        return Term(amount, tuple(self._single(amount, slot, cell) for cell in cells), slots)

    def _single(self, amount: Amount, slot: int, cell: int) -> Single:
        number = amount.number
        values = self.reader.values({slot: cell})
        worth = number.value if isinstance(number, nodes.Constant) else function_of(number)(values)
        return Single(slot, cell, worth if isinstance(worth, Fraction) else None)

    def is_defined(self, cells: Sequence[int]) -> bool:
        """Tell whether no amount is undefined for a configuration.

        A price may leave out what it cannot know before a text is given, so that it tells less.
        """
        for terms in self.of_bill.values():
            for term in terms:
                if term.singles is not None:
                    if any(each.amount is None and cells[each.slot] == each.cell for each in term.singles):
                        return False
                    continue
                values = self.reader.values({slot: cells[slot] for slot in term.slots})
                if guarded(term.amount.number, term.amount.conditions)(values) is None:
                    return False
        return True

    def slots(self, parts: Sequence[Node]) -> list[int]:
        """Return the slots that decide what some expressions are worth, ascending."""
        return sorted(frozenset[int]().union(*map(self.reader.slots, parts)))

    def _all_read(self, name: str) -> list[int]:
        """Return the slots that decide what a bill comes to; notes on the way what reads each."""
        bill = self.bills[name]
        read: set[int] = set()
        for term in self.of_bill[name]:
            read.update(term.slots)
            if term.singles is not None:
                self.numbers.setdefault(term.slots[0], []).append(term.amount.number)
                self.conditions.setdefault(term.slots[0], []).extend(term.amount.conditions)
            else:
                self._note(self.numbers, term.amount.number, term.amount.conditions)
        for share in bill.shares:
            read.update(self.slots(share.nodes))
            self._note(self.rates, share.rate, share.conditions)
        for key in bill.options:
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
        """Return what each cell of a choice adds to each bill, for choices that amounts read one value at a time."""
        found: dict[int, dict[int, dict[str, Any]]] = {}
        others: set[int] = set()
        for name, bill in self.bills.items():
            for share in bill.shares:
                others.update(self.slots(share.nodes))
            for term in self.of_bill[name]:
                if term.singles is None:
                    others.update(term.slots)
                for single in term.singles or ():
                    costs = found.setdefault(single.slot, {}).setdefault(single.cell, {})
                    amount = inf if single.amount is None else single.amount
                    costs[name] = costs[name] + amount if name in costs else amount
        return {slot: costs for slot, costs in found.items() if slot not in others}

    def _rises(self, name: str) -> bool:
        """Tell whether less of an amount is always as good: the total then does not rise, and is never below zero.

        With percentages, only where no amount is negative and there is no reduction, or a single one of at most all,
        that no further percentage reads.
        """
        bill = self.bills[name]
        lows = [self._low(term) for term in self.of_bill[name]]
        if not bill.shares:
            return bool(sum(lows) >= 0)
        if any(low < 0 for low in lows):
            return False
        rates = [(share, (self.reader.bounds(share.rate, self.everything) or (0, 0))[0]) for share in bill.shares]
        below = [(share, rate) for share, rate in rates if rate < 0]
        if not below:
            return True
        reduction, rate = below[0]
        return len(below) == 1 and rate >= -100 and not any(reduction.line in share.of for share in bill.shares)

    def _low(self, term: Term) -> Any:
        if term.singles is not None:
            lows = [single.amount or 0 for single in term.singles]
            return min(lows) if len(lows) == len(self.everything[term.slots[0]]) else min(0, *lows, 0)
        bounds = self.reader.bounds(term.amount.number, self.everything)
        low = 0 if bounds is None else bounds[0]
        return min(0, low) if term.amount.conditions else low

    @cached_property
    def ways(self) -> dict[tuple[int, str], tuple[bool, bool]]:
        """Which ways numbers go with an option, as far as that was asked: by the number's identity."""
        return {}

    def goes(self, number: Node, key: str) -> tuple[bool, bool]:
        """Tell whether a number may rise, and whether it may fall, when the number option `key` rises."""
        known = self.ways.get((id(number), key))
        if known is None:
            known = self.ways[id(number), key] = self.reader.goes(number, key, self.everything)
        return known


def terms_of(compiled: Compiled, texts: Mapping[str, str], bills: Mapping[str, Bill]) -> Terms:
    """Return the terms of some bills, made when first asked for; the latest are kept with the compiled product."""
    kept: list[Terms] = compiled.latest.get("terms", [])
    for each in kept:
        if each.reader.texts == texts and each.bills == bills:
            return each
    found = Terms(compiled, texts, bills)
    compiled.latest["terms"] = [found, *kept[: MOST_KEPT - 1]]
    return found


def guarded(number: Node, conditions: Sequence[Node]) -> Callable[[Mapping[str, Choice]], Any]:
    """Return a function that gives the number where all conditions hold, else 0; None where it is undefined."""
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
