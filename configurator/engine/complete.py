"""The rest of a configuration, chosen for the least of something: price, days, or changes.

A model of OR-Tools' CP-SAT is made of the engine's own clauses and of what each amount is for the cells it reads. What
does not fit into it exactly is left out at first and held against every answer: an answer that breaks it is forbidden,
with as much around it as breaks it too, and the question is asked again. So the last answer is exact, and the solver's
bound holds at all times.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import reduce
from itertools import product
from math import ceil, gcd, inf, lcm, prod
from typing import Any

import numpy as np

from catalog.expressions import nodes
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import Node
from catalog.product_model import Choice, Kind, Option
from configurator.engine.amounts import Box, Reader, cell_of, conditions_in, summands
from configurator.engine.compiled import Compiled
from configurator.engine.exact import Array
from configurator.engine.formulas import Formula, along, slots_read, truth
from configurator.engine.refusals import EngineExhausted
from configurator.engine.settle import settle
from configurator.engine.slots import GIVEN, NOT_GIVEN, Slot
from pricing.money import RoundingMode, whole

MOST_COMBINATIONS = 5_000
MOST_FOR_A_RATE = 20_000
MOST_WORK = 1.0
"""In the solver's own measure, which counts steps and not time: one takes some seconds."""
MOST_ROUNDS = 100
MOST_SECONDS = 20.0
"""The end of what the solver does not count as work; no question asked so far came near it."""
LARGEST = 1 << 60
"""What no sum in a constraint may come near: the solver's numbers end at 2**63."""
LARGEST_TOTAL = 1 << 50
"""What a sum that is to be least may come to: the solver tells its bound as a binary floating point number."""
LARGEST_FLOORED = 1 << 40
"""The same, where numbers are too fine to be held and rounded down."""
_FINE = 1_000
_SEED = 20_260


@dataclass(frozen=True)
class Amount:
    """What line number `line` adds where all `conditions` hold: a number, in the unit of its bill."""

    line: int
    number: Node
    conditions: tuple[Node, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        return (self.number, *self.conditions)


@dataclass(frozen=True)
class Share:
    """A percentage of what the lines numbered in `of` give, where all `conditions` hold."""

    line: int
    rate: Node
    of: frozenset[int]
    conditions: tuple[Node, ...] = ()

    @property
    def nodes(self) -> tuple[Node, ...]:
        return (self.rate, *self.conditions)


@dataclass(frozen=True)
class Bill:
    """A sum over lines, in smallest units of which `scale` make one unit of its amounts.

    Each line (`by_line`) or the total is rounded to multiples of `increment`. A configuration is out where an amount
    is undefined, where the rounded total is not within 0 and `most`, and, where the bill `needs_a_line`, if none of
    its lines applies. A bill that is not exact tells about the total; it proves nothing, and
    names the `options` that the total reads, since its amounts may not.
    """

    amounts: tuple[Amount, ...]
    shares: tuple[Share, ...] = ()
    scale: int = 1
    increment: int = 1
    mode: RoundingMode = "half_up"
    by_line: bool = False
    most: int = 10**15 - 1
    needs_a_line: bool = False
    is_exact: bool = True
    options: frozenset[str] = frozenset()

    @property
    def parts(self) -> tuple[Amount | Share, ...]:
        return (*self.amounts, *self.shares)

    def rounded(self, amount: Fraction) -> int:
        """Return an amount in smallest units, rounded."""
        return whole(amount / self.increment, self.mode) * self.increment


@dataclass(frozen=True)
class Question:
    """What is to be chosen: the rest of `choices`, for the least of each of `goals`, the first counting most.

    A goal is the name of a bill, or of a mapping in `likings`: from slots to cells that are liked, each slot with
    another cell counting as one change. `totals` returns the exact total of each bill for a configuration with these
    values and these options still without their text, None where one is refused.
    """

    choices: Mapping[str, Choice]
    goals: tuple[str, ...]
    bills: Mapping[str, Bill]
    likings: Mapping[str, Mapping[int, int]]
    totals: Callable[[Mapping[str, Choice], tuple[str, ...]], Mapping[str, int] | None]


@dataclass(frozen=True)
class Rest:
    """A complete configuration: the `values` of all options that have one.

    `texts` are options that need a text or colour, which nobody can invent. `reached` tells for each goal what it came
    to; `bound` what the first goal cannot be less than (None where nothing is known), `proven` that it is reached.
    """

    values: Mapping[str, Choice]
    texts: tuple[str, ...]
    reached: Mapping[str, int]
    proven: bool
    bound: int | None


def rest(compiled: Compiled, question: Question, most_work: float = MOST_WORK) -> Rest | None:
    """Return the best complete configuration with the choices of `question`, which must be consistent; None without.

    Every configuration is one that `settle` shows for its own values as choices: nothing is left out that a default
    would bring back. The same question has the same answer in every process: a single worker with a fixed seed, and
    work counted in steps. Where `most_work` does not suffice, the best found, not proven; without any, it refuses
    with EngineExhausted.
    """
    found = _Asking(compiled, question, most_work, without_texts=True).answer()
    if found is None:
        # A text that is not required may be demanded by a rule all the same.
        found = _Asking(compiled, question, most_work, without_texts=False).answer()
    return found


# ---- sums of literals ------------------------------------------------------------------------------------------------


@dataclass
class _Sum:
    """A constant and a sum of variables with whole factors; it lies between `low` and `high`.

    What it tells of is at least as much, and at most `slack` more: numbers that are too fine are rounded down.
    """

    constant: int = 0
    factors: dict[int, int] = field(default_factory=dict)
    low: int = 0
    high: int = 0
    slack: int = 0

    def add_literal(self, literal: int, factor: int) -> None:
        if literal < 0:
            self.constant += factor
            literal, factor = -literal, -factor
        self.factors[literal] = self.factors.get(literal, 0) + factor

    def times(self, factor: int) -> "_Sum":
        constant = self.constant + (self.slack if factor < 0 else 0)
        low, high = sorted(
            ((self.low + constant - self.constant) * factor, (self.high + constant - self.constant) * factor)
        )
        factors = {variable: own * factor for variable, own in self.factors.items()}
        return _Sum(constant * factor, factors, low, high, self.slack * abs(factor))


def _total(sums: Sequence[_Sum]) -> _Sum:
    found = _Sum()
    for each in sums:
        found.constant += each.constant
        found.low += each.low
        found.high += each.high
        found.slack += each.slack
        for variable, factor in each.factors.items():
            found.factors[variable] = found.factors.get(variable, 0) + factor
    return found


# ---- the model -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Wide:
    """A number that reads too much to be tabulated: `variable` is held to it answer by answer.

    `held` gives the value of the variable for a number; a greater number never has a smaller one.
    """

    variable: int
    number: Node
    conditions: tuple[Node, ...]
    slots: tuple[int, ...]
    held: Callable[[Fraction], int]
    function: Callable[[Mapping[str, Choice]], Any]


@dataclass(frozen=True)
class _Piece:
    """An amount as a sum of tables (over combinations of cells of slots) and of numbers that cannot be tabulated.

    Its numbers count `fine` parts of a smallest unit; `is_rounded` tells that they are rounded already. `single` is a
    slot, the cell that the amount is for, and what it is.
    """

    amount: Amount
    tables: Sequence[tuple[Sequence[int], Sequence[Any]]]
    wide: Sequence[Node]
    fine: int
    is_rounded: bool
    single: tuple[int, int, Fraction | None] | None = None


@dataclass
class _Priced:
    """The total of a bill as a sum over variables, `fine` of which make a smallest unit.

    Where numbers are too fine for that (`is_floored`), it may be less than what an answer comes to.
    """

    total: _Sum
    fine: int
    is_floored: bool


class _Model:
    """What CP-SAT is asked: variables from 1, literals as the engine writes them, and sums."""

    def __init__(self, compiled: Compiled, reader: Reader, cells: Mapping[int, Sequence[int]]) -> None:
        from ortools.sat.python import cp_model

        self.compiled = compiled
        self.reader = reader
        self.cells = cells
        self.made = cp_model.CpModel()
        self.proto = self.made.proto
        self.ends: list[tuple[int, int]] = [(0, 0)]
        self.is_exact = True
        self.wide: list[_Wide] = []
        program = compiled.search.program
        for _ in range(program.variables):
            self.variable()
        for clause in program.clauses:
            self.clause(clause)
        self.literals: list[dict[int, int]] = [
            self._cell_literals(slot, cells[slot.index]) for slot in compiled.slots.all
        ]

    def variable(self, low: int = 0, high: int = 1) -> int:
        self.proto.variables.add().domain.extend([low, high])
        self.ends.append((low, high))
        return len(self.ends) - 1

    def clause(self, literals: Sequence[int]) -> None:
        self.proto.constraints.add().bool_or.literals.extend([_reference(literal) for literal in literals])

    def exactly_one(self, literals: Sequence[int]) -> None:
        self.proto.constraints.add().exactly_one.literals.extend([_reference(literal) for literal in literals])

    def within(self, total: _Sum, low: int, high: int, where: Sequence[int] = ()) -> None:
        """Demand that a sum lies between `low` and `high` where all literals `where` hold.

        What the solver cannot hold without an overflow is left out, and then nothing is proven any more.
        """
        factors = {variable: factor for variable, factor in total.factors.items() if factor}
        common = gcd(*factors.values()) or 1
        ends = [sorted(end * (factor // common) for end in self.ends[variable]) for variable, factor in factors.items()]
        least, most = sum(first for first, _ in ends), sum(last for _, last in ends)
        low, high = max(-(-(low - total.constant) // common), least), min((high - total.constant) // common, most)
        if low > high:
            self.clause([-literal for literal in where])
        elif sum(max(abs(first), abs(last)) for first, last in ends) > LARGEST:
            self.is_exact = False
        elif (low, high) != (least, most):
            constraint = self.proto.constraints.add()
            constraint.enforcement_literal.extend([_reference(literal) for literal in where])
            constraint.linear.vars.extend([variable - 1 for variable in factors])
            constraint.linear.coeffs.extend([factor // common for factor in factors.values()])
            constraint.linear.domain.extend([low, high])

    def _cell_literals(self, slot: Slot, cells: Sequence[int]) -> dict[int, int]:
        """Return the literals of the cells of a slot: its class where that has one of them, else a new one."""
        classes = self.compiled.classes.of_cell[slot.index]
        own = self.compiled.literals[slot.index].cells
        alike: dict[int, list[int]] = {}
        for cell in cells:
            alike.setdefault(int(classes[cell]), []).append(cell)
        found: dict[int, int] = {}
        for kind, literal in enumerate(own):
            members = alike.get(kind, [])
            if not members:
                self.clause([-literal])
            elif len(members) == 1:
                found[members[0]] = literal
            else:
                new = {cell: self.variable() for cell in members}
                self.exactly_one([-literal, *new.values()])
                found |= new
        return found

    # -- amounts

    def count(self, slots: Sequence[int]) -> int:
        return prod(len(self.cells[slot]) for slot in slots)

    def read(self, parts: Sequence[Node]) -> list[int]:
        return sorted(frozenset[int]().union(*(self.reader.slots(part) for part in parts)))

    def table(self, slots: Sequence[int], function: Callable[[Mapping[str, Choice]], Any]) -> list[Any]:
        """Return what `function` says of the values of all combinations of cells of `slots`, the last turning first."""
        read = self.reader.values
        return [
            function(read(dict(zip(slots, combination, strict=True))))
            for combination in product(*(self.cells[slot] for slot in slots))
        ]

    def tabulated(self, slots: Sequence[int], amounts: Sequence[int | None]) -> _Sum:
        """Return the sum that has these amounts, combination by combination; None forbids one."""
        known = sorted({amount for amount in amounts if amount is not None})
        if not known:
            self.clause([])
            return _Sum()
        low, high = known[0], known[-1]
        if len(known) == 1 and None not in amounts:
            return _Sum(low, {}, low, low)
        found = _Sum(low=low, high=high)
        if len(slots) == 1:
            for cell, amount in zip(self.cells[slots[0]], amounts, strict=True):
                if amount is None:
                    self.clause([-self.literals[slots[0]][cell]])
                elif amount:
                    found.add_literal(self.literals[slots[0]][cell], amount)
            return found
        for amount, literal in self.told_apart(slots, amounts).items():
            found.add_literal(literal, amount)
        if len(known) == 1:
            found.constant = low
        return found

    def told_apart(self, slots: Sequence[int], answers: Sequence[Any]) -> dict[Any, int]:
        """Return for each answer a literal that holds exactly where it is given; None is forbidden.

        A single answer needs no literal, and gets none.
        """
        numbers = {answer: place for place, answer in enumerate(dict.fromkeys(answers))}
        table = np.array([numbers[answer] for answer in answers]).reshape([len(self.cells[slot]) for slot in slots])
        kept, axes = self._merged(slots, table)
        known = [answer for answer in numbers if answer is not None]
        if len(known) == 1 or not known:
            found = {}
        elif len(known) == 2:
            literal = self.variable()
            found = {known[0]: -literal, known[1]: literal}
        else:
            found = {answer: self.variable() for answer in known}
            self.exactly_one(list(found.values()))
        names = {place: answer for answer, place in numbers.items()}
        for place, number in np.ndenumerate(kept):
            answer = names[int(number)]
            outside = [-literals[at] for literals, at in zip(axes, place, strict=True)]
            if answer is None:
                self.clause(outside)
            elif found:
                self.clause([*outside, found[answer]])
        return found

    def _merged(self, slots: Sequence[int], table: Array) -> tuple[Array, list[list[int]]]:
        """Return the table with equal slices of each axis merged, axes without a difference dropped, and literals."""
        axes: list[list[int]] = []
        for slot in slots:
            place = len(axes)
            rows = np.moveaxis(table, place, 0).reshape(table.shape[place], -1)
            _, first, groups = np.unique(rows, axis=0, return_index=True, return_inverse=True)
            groups = groups.reshape(-1)
            if len(first) == 1:
                table = np.take(table, 0, axis=place)
                continue
            table = np.take(table, first, axis=place)
            literals: list[int] = []
            for group in range(len(first)):
                own = [self.literals[slot][self.cells[slot][at]] for at in np.flatnonzero(groups == group).tolist()]
                if len(own) > 1:
                    either = self.variable()
                    for literal in own:
                        self.clause([-literal, either])
                    own = [either]
                literals.extend(own)
            axes.append(literals)
        return table, axes

    def wide_number(
        self, number: Node, conditions: tuple[Node, ...], held: Callable[[Fraction], int], slack: int
    ) -> _Sum:
        """Return a variable for a number that reads too much to be tabulated; `held` gives its value for the number."""
        slots = self.read([number, *conditions])
        bounds = self.bounds_in(number, conditions, self.cells)
        if inf in (abs(bounds[0]), abs(bounds[1])):
            # Nothing is known of it: answers are priced as they come, and none is proved to be the best.
            self.is_exact = False
            return _Sum()
        low, high = (held(Fraction(end)) for end in bounds)
        variable = self.variable(low, high)
        self.wide.append(_Wide(variable, number, conditions, tuple(slots), held, _guarded(number, conditions)))
        return _Sum(0, {variable: 1}, low, high, slack)

    def bounds_in(self, number: Node, conditions: Sequence[Node], box: Box) -> tuple[Any, Any]:
        """Return the bounds of what is added in `box`; impossible ones where it is undefined all over it."""
        truths = [self.reader.holds(condition, box) for condition in conditions]
        if False in truths:
            return 0, 0
        bounds = self.reader.bounds(number, box)
        if None in truths:
            return (0, 0) if bounds is None else (min(0, bounds[0]), max(0, bounds[1]))
        return (inf, -inf) if bounds is None else bounds

    # -- bills

    def priced(self, bill: Bill) -> _Priced | None:
        """Return the total of a bill; None where its numbers are too large to be held."""
        self.is_exact = self.is_exact and bill.is_exact
        pieces = [self._piece(bill, amount) for amount in bill.amounts]
        rates = [self._rates(share) for share in bill.shares]
        size = self._size(bill, pieces, rates)
        if size > LARGEST_TOTAL:
            return None
        roughly = max(1, LARGEST_FLOORED // size)
        fine = grain = 1
        if not bill.by_line:
            fine = lcm(*(piece.fine for piece in pieces))
            grain = prod(100 * lcm(*(rate.denominator for rate in answers)) for answers in rates)
            if fine * grain * size > LARGEST_TOTAL:
                fine, grain = min(fine * grain, roughly), 1
        by_line: dict[int, list[_Sum]] = {}
        for piece in pieces:
            own = min(piece.fine, roughly) if bill.by_line else fine
            total = self._piece_total(bill, piece, own)
            if bill.by_line and not piece.is_rounded:
                total = self.rounded(total, own * bill.increment, bill.mode).times(bill.increment)
            by_line.setdefault(piece.amount.line, []).append(total.times(grain))
        for share, answers in zip(bill.shares, rates, strict=True):
            base = _total([each for line in share.of for each in by_line.get(line, [])])
            by_line.setdefault(share.line, []).append(self._share(bill, base, answers))
        if bill.needs_a_line:
            self._need_a_line([part.conditions for part in bill.parts])
        total = _total([each for sums in by_line.values() for each in sums])
        is_floored = bool(total.slack)
        if is_floored:
            # What rounding down has left out: nothing at first, and what it is where an answer tells it.
            rest = _Sum(0, {self.variable(0, total.slack): 1}, 0, total.slack)
            total = _total([replace(total, slack=0), rest])
        fine *= grain
        if self.is_exact:
            self.within(total, _least(bill, fine, 0), _most(bill, fine, bill.most))
        return _Priced(total, fine, is_floored)

    def _size(self, bill: Bill, pieces: Sequence["_Piece"], rates: Sequence[Mapping[Fraction, int | None]]) -> int:
        """Return what a total and all it is made of is less than, in smallest units, whether above or below zero."""
        zero = Fraction(0)
        sizes: dict[int, Fraction] = {}
        for piece in pieces:
            size = Fraction(bill.increment)
            if piece.single is not None:
                size += abs(piece.single[2] or zero)
            for _, table in piece.tables:
                size += max((abs(each) for each in table if each is not None), default=zero)
            for number in piece.wide:
                ends = self.bounds_in(number, piece.amount.conditions, self.cells)
                size += max((abs(end) for end in ends if abs(end) != inf), default=zero)
            sizes[piece.amount.line] = sizes.get(piece.amount.line, zero) + size
        for share, answers in zip(bill.shares, rates, strict=True):
            size = sum((sizes.get(line, zero) for line in share.of), zero) * max(map(abs, answers)) / 100
            sizes[share.line] = sizes.get(share.line, zero) + size + bill.increment
        return ceil(sum(sizes.values(), zero)) + 1

    def _piece(self, bill: Bill, amount: Amount) -> "_Piece":
        """Return an amount as tables over little, as far as it can be taken apart so; in smallest units."""
        single = self.reader.single(amount.conditions, amount.number)
        if single is not None:
            slot, cell = single
            if cell not in self.literals[slot]:
                return _Piece(amount, [], [], 1, True)
            worth = _of_value(self.reader, amount, slot, cell)
            exact = None if worth is None else worth * bill.scale
            if bill.by_line and exact is not None:
                exact = Fraction(bill.rounded(exact))
            return _Piece(amount, [], [], 1 if exact is None else exact.denominator, True, (slot, cell, exact))
        slots = self.read([amount.number, *amount.conditions])
        parts = [(Fraction(1), amount.number)]
        if self.count(slots) > MOST_COMBINATIONS:
            options = self.compiled.model.option_by_key
            alike: dict[tuple[int, ...], list[tuple[Fraction, Node]]] = {}
            for own in summands(amount.number, lambda key: [value.key for value in options[key].values]):
                alike.setdefault(tuple(self.read([own[1]])), []).append(own)
            parts = [found[0] if len(found) == 1 else (Fraction(1), _joined(found)) for found in alike.values()]
        tables: list[tuple[Sequence[int], list[Any]]] = []
        wide: list[Node] = []
        fine = 1
        for factor, part in parts:
            slots = self.read([part, *amount.conditions])
            if self.count(slots) > MOST_COMBINATIONS:
                wide.append(nodes.Arithmetic("*", part, nodes.Constant(factor * bill.scale)))
                continue
            table = [
                None if each is None else each * factor * bill.scale
                for each in self.table(slots, _guarded(part, amount.conditions))
            ]
            if bill.by_line and len(parts) == 1:
                table = [None if each is None else Fraction(bill.rounded(each)) for each in table]
            fine = lcm(fine, *(each.denominator for each in table if each is not None))
            tables.append((slots, table))
        is_rounded = bill.by_line and len(parts) == 1
        return _Piece(amount, tables, wide, lcm(fine, _FINE) if wide and not is_rounded else fine, is_rounded)

    def _piece_total(self, bill: Bill, piece: "_Piece", fine: int) -> _Sum:
        if piece.single is not None:
            slot, cell, exact = piece.single
            literal = self.literals[slot][cell]
            if exact is None:
                self.clause([-literal])
                return _Sum()
            units = _floor(exact * fine)
            found = _Sum(low=min(0, units), high=max(0, units), slack=int(units != exact * fine))
            found.add_literal(literal, units)
            return found
        sums = []
        for slots, table in piece.tables:
            numbers = [None if each is None else each * fine for each in table]
            total = self.tabulated(slots, [None if each is None else _floor(each) for each in numbers])
            total.slack = int(any(each is not None and each.denominator > 1 for each in numbers))
            sums.append(total)

        def held(number: Fraction) -> int:
            return bill.rounded(number) if piece.is_rounded else _floor(number * fine)

        slack = 0 if piece.is_rounded else 1
        sums += [self.wide_number(number, piece.amount.conditions, held, slack) for number in piece.wide]
        return _total(sums)

    def _need_a_line(self, guards: Sequence[Sequence[Node]]) -> None:
        """Demand that all conditions of one of the `guards` hold."""
        applying: list[int] = []
        for conditions in guards:
            single = self.reader.single(conditions, nodes.Constant(Fraction(0)))
            if single is not None:
                slot, cell = single
                applying += [self.literals[slot][cell]] if cell in self.literals[slot] else []
                continue
            slots = self.read(conditions)
            if not conditions or self.count(slots) > MOST_FOR_A_RATE:
                # Of what is not demanded here, answers that break it are found out by their totals.
                return
            tests = [function_of(condition) for condition in conditions]
            answers = self.table(slots, _all_hold(tests))
            if all(answers):
                return
            if any(answers):
                applying.append(self.told_apart(slots, answers)[True])
        self.clause(applying)

    def _rates(self, share: Share) -> dict[Fraction, int | None]:
        """Return the rates a share can have, each with a literal; None where it is the only one."""
        slots = self.read([share.rate, *share.conditions])
        if self.count(slots) > MOST_FOR_A_RATE:
            self.is_exact = False
            return {Fraction(0): None}
        answers = self.table(slots, _guarded(share.rate, share.conditions))
        if not any(answer is not None for answer in answers):
            self.clause([])
            return {Fraction(0): None}
        literals = self.told_apart(slots, answers)
        return {answer: literals.get(answer) for answer in dict.fromkeys(answers) if answer is not None}

    def _share(self, bill: Bill, base: _Sum, rates: Mapping[Fraction, int | None]) -> _Sum:
        if not bill.by_line:
            return self._floored_share(base, rates)
        sums: list[_Sum] = []
        for rate, literal in rates.items():
            where = [] if literal is None else [literal]
            amount = self.rounded(
                base.times(rate.numerator), 100 * rate.denominator * bill.increment, bill.mode, where
            ).times(bill.increment)
            sums.append(amount)
        return _total(sums)

    def _floored_share(self, base: _Sum, rates: Mapping[Fraction, int | None]) -> _Sum:
        """Return the share of a sum, rounded down: exact where the factors of the sum are fine enough."""
        found = [(base.times(rate.numerator), 100 * rate.denominator, literal) for rate, literal in rates.items()]
        low = min(number.low // below for number, below, _ in found)
        high = max(-(-number.high // below) for number, below, _ in found)
        variable = self.variable(min(low, 0), max(high, 0))
        slack = 0
        for number, below, literal in found:
            rest = 0 if gcd(number.constant, *number.factors.values()) % below == 0 else below - 1
            slack = max(slack, -(-number.slack // below) + (1 if rest else 0))
            difference = _total([replace(number, slack=0), _Sum(0, {variable: -below})])
            self.within(difference, 0, rest, [] if literal is None else [literal])
        return _Sum(0, {variable: 1}, low, high, slack)

    def rounded(self, number: _Sum, below: int, mode: RoundingMode, where: Sequence[int] = ()) -> _Sum:
        """Return number / below, rounded to whole ones, where all literals `where` hold, and else 0."""
        if below == 1 and not where:
            return number
        slack = -(-number.slack // below) + 1 if number.slack else 0
        number = replace(number, slack=0)
        low = whole(Fraction(number.low, below), mode)
        high = whole(Fraction(number.high, below), mode)
        if where:
            low, high = min(low, 0), max(high, 0)
        variable = self.variable(low, high)
        rounded = _Sum(0, {variable: 1}, low, high)
        told = replace(rounded, slack=slack)
        for literal in where:
            self.within(rounded, 0, 0, [-literal])
        if not where:
            # Follows from what comes below; said at once it is what a linear relaxation can use.
            self.within(_total([number, rounded.times(-below)]), -below, below)
        if mode == "half_even":
            self._half_even(number, rounded, below, where)
            return told
        sides = [(1, list(where))] if number.low >= 0 else [(-1, list(where))] if number.high < 0 else []
        if not sides:
            positive = self.variable()
            self.within(number, 0, number.high, [positive])
            self.within(number, number.low, -1, [-positive])
            sides = [(1, [*where, positive]), (-1, [*where, -positive])]
        for sign, holding in sides:
            if mode == "half_up":
                rest = _total([number.times(2 * sign), rounded.times(-2 * below * sign), _Sum(below)])
                self.within(rest, 0, 2 * below - 1, holding)
            elif mode == "up":
                rest = _total([rounded.times(below * sign), number.times(-sign)])
                self.within(rest, 0, below - 1, holding)
            else:
                rest = _total([number.times(sign), rounded.times(-below * sign)])
                self.within(rest, 0, below - 1, holding)
        return told

    def _half_even(self, number: _Sum, rounded: _Sum, below: int, where: Sequence[int]) -> None:
        # Halves up first; one less where that was a half and is odd.
        up = self.variable(rounded.low - 1, rounded.high + 1)
        half, odd, less = self.variable(), self.variable(), self.variable()
        pairs = self.variable(rounded.low // 2 - 1, rounded.high // 2 + 1)
        over = _total([number.times(2), _Sum(below, {up: -2 * below})])
        self.within(over, 0, 2 * below - 1, where)
        self.within(over, 0, 0, [*where, half])
        self.within(over, 1, 2 * below - 1, [*where, -half])
        self.within(_Sum(0, {up: 1, pairs: -2, odd: -1}), 0, 0, where)
        self.clause([-less, half])
        self.clause([-less, odd])
        self.clause([less, -half, -odd])
        self.within(_total([rounded, _Sum(0, {up: -1, less: 1})]), 0, 0, where)


def _reference(literal: int) -> int:
    """Return a literal as CP-SAT counts: variables from 0, denials as -1 - variable."""
    return literal - 1 if literal > 0 else literal


def _guarded(number: Node, conditions: Sequence[Node]) -> Callable[[Mapping[str, Choice]], Any]:
    """Return a function that gives the number where all conditions hold, else 0; None where it is undefined."""
    worth = function_of(number)
    tests = [function_of(condition) for condition in conditions]

    def guarded(values: Mapping[str, Choice]) -> Any:
        for test in tests:
            if not test(values):
                return Fraction(0)
        return worth(values)

    return guarded


def _of_value(reader: Reader, amount: Amount, slot: int, cell: int) -> Fraction | None:
    if isinstance(amount.number, nodes.Constant):
        return amount.number.value if isinstance(amount.number.value, Fraction) else None
    worth = function_of(amount.number)(reader.values({slot: cell}))
    return worth if isinstance(worth, Fraction) else None


def _all_hold(tests: Sequence[Callable[[Mapping[str, Choice]], Any]]) -> Callable[[Mapping[str, Choice]], bool]:
    return lambda values: all(test(values) for test in tests)


def _joined(parts: Sequence[tuple[Fraction, Node]]) -> Node:
    products = [nodes.Arithmetic("*", part, nodes.Constant(factor)) for factor, part in parts]
    return reduce(lambda left, right: nodes.Arithmetic("+", left, right), products)


def _floor(number: Fraction) -> int:
    return number.numerator // number.denominator


def _least(bill: Bill, fine: int, units: int) -> int:
    """Return the least total, in parts of which `fine` make a unit, that is at least `units` once rounded."""
    if bill.by_line:
        return units * fine
    low, high = (units - 2 * bill.increment) * fine, (units + 2 * bill.increment) * fine
    while low < high:
        middle = (low + high) // 2
        if bill.rounded(Fraction(middle, fine)) >= units:
            high = middle
        else:
            low = middle + 1
    return low


def _most(bill: Bill, fine: int, units: int) -> int:
    """Return the greatest total that is at most `units` once rounded."""
    return units * fine if bill.by_line else _least(bill, fine, units + 1) - 1


# ---- asking ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Answer:
    """A configuration: the cell of each slot, its values, what it comes to for each goal."""

    cells: tuple[int, ...]
    values: Mapping[str, Choice]
    texts: tuple[str, ...]
    reached: tuple[int, ...]


class _Asking:
    """One question: the model that is refined answer by answer, and the best configuration so far."""

    def __init__(self, compiled: Compiled, question: Question, most_work: float, without_texts: bool) -> None:
        self.compiled = compiled
        self.question = question
        self.left = most_work
        self.best: _Answer | None = None
        texts = {
            option.key: str(text)
            for option in compiled.model.options
            if option.kind in (Kind.TEXT, Kind.COLOUR)
            and (text := question.choices.get(option.key, option.default)) is not None
        }
        self.reader = Reader(compiled, texts)
        self.tests = [truth(constraint.formula) for constraint in compiled.constraints]
        cells = _Cells(compiled, self.reader, question).all()
        self.model = _Model(compiled, self.reader, cells)
        fixed = compiled.fixed(question.choices)
        for literal in compiled.assumptions(fixed):
            self.model.clause([literal])
        if without_texts:
            for option in compiled.model.options:
                if option.kind in (Kind.TEXT, Kind.COLOUR) and not option.required and option.key not in texts:
                    slot = compiled.slots.of_option[option.key]
                    self.model.clause([compiled.literal(slot.index, NOT_GIVEN)])
        self.bills = {name: self.model.priced(bill) for name, bill in question.bills.items()}

    def answer(self) -> Rest | None:
        bound: int | None = None
        proven = True
        for place, goal in enumerate(self.question.goals):
            is_proven, least = self._least_of(goal, place == len(self.question.goals) - 1)
            if self.best is not None and least is not None:
                # What cannot be is had: then the solver is mistaken, and what it says proves nothing.
                least = least if least <= self.best.reached[place] else None
                is_proven = least == self.best.reached[place]
            if place == 0:
                proven, bound = is_proven, least
            if self.best is None:
                if is_proven:
                    return None
                raise EngineExhausted(
                    "No complete configuration was found in reasonable time. Choose a little more first, then ask for "
                    "the rest again."
                )
            if not is_proven:
                break
            self._hold(goal, place, is_last=place == len(self.question.goals) - 1)
        assert self.best is not None
        reached = dict(zip(self.question.goals, self.best.reached, strict=True))
        first = self.best.reached[0]
        if bound is not None and bound >= first:
            proven, bound = True, first
        return Rest(self.best.values, self.best.texts, reached, proven, bound)

    # -- goals

    def _least_of(self, goal: str, is_last: bool) -> tuple[bool, int | None]:
        """Ask for the least of a goal; return whether that is proven, and what it cannot be less than.

        Without an answer, "proven" says that there is no configuration at all.
        """
        objective, fine = self._objective(goal, is_last)
        if objective is None:
            objective = _Sum()
        known: int | None = None
        for _ in range(MOST_ROUNDS):
            status, cells, least = self._solve(objective)
            if status == "INFEASIBLE":
                return True, None
            if least is not None and fine is not None:
                known = max(least, known) if known is not None else least
            if cells is not None and self._holds(cells) and status == "OPTIMAL":
                is_proven = fine is not None and self.model.is_exact
                return is_proven, self._in_units(goal, known, fine)
            if status != "OPTIMAL":
                break
        return False, self._in_units(goal, known, fine)

    def _objective(self, goal: str, is_last: bool) -> tuple[_Sum | None, int | None]:
        """Return what is to be least, and how many of it make one unit of the goal; None where it cannot be held."""
        if goal in self.bills:
            priced = self.bills[goal]
            return (priced.total, priced.fine) if priced is not None else (None, None)
        changes = self._changes(goal)
        if not is_last:
            return changes, 1
        # Among equals the first cells of all, so that as little as possible is left to the solver.
        places = _Sum()
        for slot, literals in enumerate(self.model.literals):
            for place, cell in enumerate(self.model.cells[slot]):
                if place:
                    places.add_literal(literals[cell], place)
            places.high += len(literals) - 1
        fine = places.high + 1
        if fine * (changes.high + 1) > LARGEST:
            return changes, 1
        return _total([changes.times(fine), places]), fine

    def _changes(self, goal: str) -> _Sum:
        found = _Sum()
        for slot, liked in self.question.likings[goal].items():
            literal = self.model.literals[slot].get(liked)
            found.high += 1
            if literal is None:
                found.constant += 1
                found.low += 1
            else:
                found.add_literal(-literal, 1)
        return found

    def _hold(self, goal: str, place: int, is_last: bool) -> None:
        """Demand from now on what has been reached of a goal."""
        if is_last or self.best is None:
            return
        reached = self.best.reached[place]
        priced = self.bills.get(goal)
        if priced is not None:
            bill = self.question.bills[goal]
            self.model.within(priced.total, priced.total.low, _most(bill, priced.fine, reached))
        else:
            self.model.within(self._changes(goal), 0, reached)

    def _in_units(self, goal: str, least: int | None, fine: int | None) -> int | None:
        """Return a bound of the solver in units of the goal, rounded as the goal is."""
        if least is None or fine is None or not self.model.is_exact:
            return None
        bill = self.question.bills.get(goal)
        if bill is None:
            return -(-least // fine) if fine == 1 else least // fine
        return least // fine if bill.by_line else bill.rounded(Fraction(least, fine))

    # -- answers

    def _solve(self, objective: _Sum) -> tuple[str, list[int] | None, int | None]:
        """Return the status, the cell of each slot, and the solver's bound of the objective."""
        from ortools.sat.python import cp_model

        proto = self.model.proto
        proto.clear_objective()
        if objective.factors:
            proto.objective.vars.extend([variable - 1 for variable in objective.factors])
            proto.objective.coeffs.extend(list(objective.factors.values()))
        solver = cp_model.CpSolver()
        parameters = solver.parameters
        parameters.num_workers = 1
        parameters.random_seed = _SEED
        parameters.linearization_level = 2
        # What this would do loses answers where a sum passes 2**31. Source: issue 5293 of google/or-tools, in 9.15.
        parameters.presolve_inclusion_work_limit = 0
        parameters.max_deterministic_time = max(self.left, 0.001)
        parameters.max_time_in_seconds = MOST_SECONDS
        status = solver.solve(self.model.made)
        response = solver.response_proto
        self.left -= response.deterministic_time
        name = solver.status_name(status)
        if name in ("INFEASIBLE", "MODEL_INVALID"):
            assert name == "INFEASIBLE", self.model.made.validate()
            return name, None, None
        bound = None
        if objective.factors:
            told = response.best_objective_bound
            bound = ceil(told - max(1e-6, abs(told) * 2**-50)) + objective.constant
        elif name == "OPTIMAL":
            bound = objective.constant
        if name == "UNKNOWN":
            return name, None, bound
        holds = list(response.solution)
        cells = []
        for literals in self.model.literals:
            cells.append(
                next(cell for cell, literal in literals.items() if bool(holds[abs(literal) - 1]) == (literal > 0))
            )
        self.solution = holds
        return name, cells, bound

    def _holds(self, cells: Sequence[int]) -> bool:
        """Tell whether an answer is a configuration worth what the model says; else forbid what is wrong with it."""
        classes = [int(of_cell[cell]) for of_cell, cell in zip(self.compiled.classes.of_cell, cells, strict=True)]
        broken = [
            constraint.formula
            for constraint, test in zip(self.compiled.constraints, self.tests, strict=True)
            if not test(classes)
        ]
        if broken and not self._forbid_wide(classes):
            for formula in broken:
                self._forbid_classes(formula, classes)
        if broken:
            return False
        values = self.reader.values(dict(enumerate(cells)))
        for option in self.compiled.model.options:
            # A multi-choice without members has a value only where it is asked, or chosen to have none.
            if option.kind is Kind.MULTI and not values.get(option.key):
                if option.key in self.question.choices or self._asked(option.key, classes):
                    values[option.key] = ()
                else:
                    values.pop(option.key, None)
        ends_well = self._stays(cells, classes, values)
        texts = self._unknown_texts(cells, values)
        totals = self.question.totals(values, texts) if ends_well else None
        if totals is not None:
            self._note(cells, values, texts, totals)
        refined = [each for each in self.model.wide if not self._sharpened(each, cells)]
        if not ends_well or refined:
            return False
        if totals is None:
            self._forbid_cells(self._read(*self.question.bills.values()), cells)
            return False
        doubted = [name for name, total in totals.items() if not self._agrees(name, cells, total)]
        return not doubted

    def _asked(self, key: str, classes: Sequence[int]) -> bool:
        test = self.compiled.condition_tests.get(key)
        return test is None or bool(test(classes))

    def _unknown_texts(self, cells: Sequence[int], values: Mapping[str, Choice]) -> tuple[str, ...]:
        return tuple(
            option.key
            for option in self.compiled.model.options
            if option.kind in (Kind.TEXT, Kind.COLOUR)
            and option.key not in values
            and cells[self.compiled.slots.of_option[option.key].index] == GIVEN
        )

    def _note(
        self, cells: Sequence[int], values: Mapping[str, Choice], texts: tuple[str, ...], totals: Mapping[str, int]
    ) -> None:
        """Keep an answer if it is the best so far."""
        reached = tuple(
            totals[goal]
            if goal in self.bills
            else sum(cells[slot] != liked for slot, liked in self.question.likings[goal].items())
            for goal in self.question.goals
        )
        # The latest of equals: it was asked for with more in mind.
        if self.best is None or reached <= self.best.reached:
            self.best = _Answer(tuple(cells), values, texts, reached)

    def _read(self, *bills: Bill) -> list[int]:
        """Return the slots that decide what bills come to."""
        read = set(self.model.read([node for bill in bills for part in bill.parts for node in part.nodes]))
        for key in frozenset[str]().union(*(bill.options for bill in bills)):
            read.update(slot.index for slot in self.reader.slots_of_option(self.compiled.model.option_by_key[key]))
        return sorted(read)

    def _agrees(self, goal: str, cells: Sequence[int], total: int) -> bool:
        """Tell whether the model says of an answer what it comes to; else demand that it says at least as much."""
        bill, priced = self.question.bills[goal], self.bills[goal]
        if goal not in self.question.goals or priced is None or not self.model.is_exact:
            return True
        least, most = _least(bill, priced.fine, total), _most(bill, priced.fine, total)
        told = priced.total.constant + sum(
            factor * int(self.solution[variable - 1]) for variable, factor in priced.total.factors.items()
        )
        if told < least and priced.is_floored:
            where = [self.model.literals[slot][cells[slot]] for slot in self._read(bill)]
            self.model.within(priced.total, least, LARGEST, where)
            return False
        if not least <= told <= most:
            # What a model says that is mistaken proves nothing.
            self.model.is_exact = False
        return True

    def _stays(self, cells: Sequence[int], classes: Sequence[int], values: Mapping[str, Choice]) -> bool:
        """Tell whether `settle` shows these values for the same choices: no default comes back, no preference adds any.

        That needs a look only where an option that is asked has no value in spite of its default, or a preference does
        not hold.
        """
        model = self.compiled.model
        lost = [
            option
            for option in model.options
            if option.key in self.compiled.defaults
            and cells[slot := self.compiled.slots.of_option[option.key].index] == self.compiled.slots.all[slot].none
            and option.kind is not Kind.BOOLEAN
            and self._asked(option.key, classes)
        ]
        if not lost and all(test(classes) for test in self.compiled.preference_tests.values()):
            return True
        decided = {slot.index for key in values for slot in self.reader.slots_of_option(model.option_by_key[key])}
        is_left = True
        # Where there are preferences, they may keep a default from coming back.
        for option in () if self.compiled.preferences else lost:
            slot, wanted = self.compiled.defaults[option.key]
            changed = list(classes)
            changed[slot] = wanted
            is_certain = self.compiled.condition_reads.get(option.key, frozenset()) <= decided
            if is_certain and all(test(changed) for test in self.compiled.tests[slot]):
                demands = self.compiled.search.program.demands[slot]
                others = frozenset[int]().union(*(slots_read(demand) for demand in demands)) - {slot}
                self.model.clause([-self.compiled.literal(slot, classes[slot]), *self._differing(others, classes)])
                is_left = False
        if not is_left:
            return False
        settled = settle(self.compiled, values)
        if settled.values == values and not settled.unsettled:
            return True
        for option in model.options:
            if settled.values.get(option.key) != values.get(option.key) or option.key in settled.unsettled:
                decided.update(slot.index for slot in self.reader.slots_of_option(option))
        self.model.clause(self._differing(decided, classes))
        return False

    def _differing(self, slots: Iterable[int], classes: Sequence[int]) -> list[int]:
        return [-self.compiled.literal(slot, classes[slot]) for slot in sorted(slots)]

    def _forbid_classes(self, formula: Formula, classes: Sequence[int]) -> None:
        """Forbid the answer's classes of the slots that a formula reads, and along one of them all that break it."""
        slots = sorted(slots_read(formula))
        widest: tuple[int, list[int]] = (-1, [])
        for slot in slots:
            count = len(self.compiled.literals[slot].cells)
            holds = np.broadcast_to(along(formula, slot, classes, count), (count,))
            breaking = np.flatnonzero(~np.asarray(holds, bool)).tolist()
            if len(breaking) > len(widest[1]):
                widest = (slot, breaking)
        chosen, breaking = widest
        others = [slot for slot in slots if slot != chosen]
        outside = [
            literal for cell, literal in enumerate(self.compiled.literals[chosen].cells) if cell not in set(breaking)
        ]
        self.model.clause([*self._differing(others, classes), *outside])

    def _forbid_wide(self, classes: Sequence[int]) -> bool:
        """Forbid what an answer breaks of the demands that are held beside the clauses; False where that is nothing."""
        chosen = self.compiled.fixed(self.question.choices).keys()
        found = False
        for demand in self.compiled.search.program.wide:
            guard = demand.guard
            holds = not guard or bool(self.solution[abs(guard) - 1]) == (guard > 0)
            if holds and not demand.test(classes):
                for clause in demand.against(classes, chosen):
                    self.model.clause(clause)
                    found = True
        return found

    def _forbid_cells(self, slots: Sequence[int], cells: Sequence[int]) -> None:
        self.model.clause([-self.model.literals[slot][cells[slot]] for slot in slots])

    # -- numbers held answer by answer

    def _sharpened(self, wide: _Wide, cells: Sequence[int]) -> bool:
        """Tell whether a variable has what its number is worth in an answer; else bound it around the answer.

        The bound holds in a box, grown slot by slot as long as the bound is close to what the answer is worth.
        """
        exact = wide.function(self.reader.values({slot: cells[slot] for slot in wide.slots}))
        if exact is None:
            self._forbid_cells(wide.slots, cells)
            return False
        worth = wide.held(Fraction(exact))
        told = int(self.solution[wide.variable - 1])
        if told == worth:
            return True
        is_low = told < worth
        target = worth - (worth - told) // 4 if is_low else worth + (told - worth) // 4
        box: dict[int, Sequence[int]] = {slot: [cells[slot]] for slot in wide.slots}

        def fits(grown: Mapping[int, Sequence[int]]) -> bool:
            low, high = self.model.bounds_in(wide.number, wide.conditions, grown)
            end = low if is_low else high
            if abs(end) == inf:
                return bool((end == inf) == is_low)
            value = wide.held(Fraction(end))
            fits_in: bool = value >= target if is_low else value <= target
            return fits_in

        if fits(box):
            for slot in wide.slots:
                box[slot] = self._grown(box, slot, fits)
        limit = worth if all(len(box[slot]) == 1 for slot in wide.slots) else target
        where = [self._one_of(slot, box[slot]) for slot in wide.slots if len(box[slot]) < len(self.model.cells[slot])]
        variable = _Sum(0, {wide.variable: 1}, -LARGEST, LARGEST)
        self.model.within(variable, *((limit, LARGEST) if is_low else (-LARGEST, limit)), where)
        return False

    def _grown(
        self, box: Mapping[int, Sequence[int]], slot: int, fits: Callable[[Mapping[int, Sequence[int]]], bool]
    ) -> Sequence[int]:
        """Return the cells that a slot may have in the box: all of them, or as long a run around its cell as fits."""
        cells = self.model.cells[slot]
        if fits({**box, slot: cells}):
            return cells
        middle = list(cells).index(box[slot][0])
        first, last = middle, middle
        for step in (1, -1):
            size = len(cells)
            while size:
                end = (last if step == 1 else first) + step * size
                if 0 <= end < len(cells):
                    low, high = (first, end) if step == 1 else (end, last)
                    if fits({**box, slot: cells[low : high + 1]}):
                        first, last = low, high
                        continue
                size //= 2
        return cells[first : last + 1]

    def _one_of(self, slot: int, cells: Sequence[int]) -> int:
        """Return a literal that holds wherever the slot has one of the cells."""
        literals = self.model.literals[slot]
        if len(cells) == 1:
            return literals[cells[0]]
        either = self.model.variable()
        for cell in cells:
            self.model.clause([-literals[cell], either])
        return either


# ---- which cells are worth asking about ------------------------------------------------------------------------------


class _Cells:
    """Of each slot the cells among which the best is found: rules and amounts cannot tell more apart."""

    def __init__(self, compiled: Compiled, reader: Reader, question: Question) -> None:
        self.compiled = compiled
        self.reader = reader
        self.question = question
        self.liked: dict[int, set[int]] = {}
        for liking in question.likings.values():
            for slot, cell in liking.items():
                self.liked.setdefault(slot, set()).add(cell)
        self.numbers: dict[int, list[Node]] = {}
        self.rates: dict[int, list[Node]] = {}
        self.conditions: dict[int, list[Node]] = {}
        for bill in question.bills.values():
            for each in bill.parts:
                number = each.nodes[0]
                self._reads(self.numbers if isinstance(each, Amount) else self.rates, number)
                for condition in (*each.conditions, *conditions_in(number)):
                    self._reads(self.conditions, condition)
        self.told_roughly = frozenset[str]().union(*(bill.options for bill in question.bills.values()))
        self.costs = self._costs()
        everything = self._everything
        self.may_fall = not all(_rises(bill, reader, everything) for bill in question.bills.values())

    def _reads(self, found: dict[int, list[Node]], node: Node) -> None:
        for slot in self.reader.slots(node):
            found.setdefault(slot, []).append(node)

    def _costs(self) -> dict[int, dict[int, dict[str, Any]]]:
        """Return what each cell of a choice adds to each bill, for choices that amounts read one value at a time."""
        found: dict[int, dict[int, dict[str, Any]]] = {}
        others: set[int] = set()
        for name, bill in self.question.bills.items():
            for part in bill.parts:
                single = self.reader.single(part.conditions, part.number) if isinstance(part, Amount) else None
                if single is None or not isinstance(part, Amount):
                    others.update(slot for node in part.nodes for slot in self.reader.slots(node))
                    continue
                slot, cell = single
                worth = _of_value(self.reader, part, slot, cell)
                costs = found.setdefault(slot, {}).setdefault(cell, {})
                costs[name] = costs.get(name, 0) + (inf if worth is None else worth)
        return {slot: costs for slot, costs in found.items() if slot not in others}

    def _cheapest(self, slot: int, possible: Array, classes: Array) -> list[int]:
        """Return the cells of a choice that are not dearer in every bill than one that no rule tells from them."""
        best: dict[int, list[tuple[int, tuple[Any, ...]]]] = {}
        names = tuple(self.question.bills)
        for cell in possible.tolist():
            costs = self.costs[slot].get(cell, {})
            own = tuple(costs.get(name, 0) for name in names)
            kept = best.setdefault(int(classes[cell]), [])
            if not any(all(a <= b for a, b in zip(each, own, strict=True)) for _, each in kept):
                kept[:] = [(at, each) for at, each in kept if not all(a <= b for a, b in zip(own, each, strict=True))]
                kept.append((cell, own))
        return [cell for kept in best.values() for cell, _ in kept]

    @property
    def _everything(self) -> Box:
        return {slot.index: range(slot.cells) for slot in self.compiled.slots.all}

    def all(self) -> dict[int, Sequence[int]]:
        found: dict[int, Sequence[int]] = {}
        possible = self.compiled.islands.valid(self.compiled.fixed(self.question.choices))
        if possible is None:
            raise ValueError("the choices contradict each other or the rules")
        starts = self.compiled.search.program.starts
        options = self.compiled.model.option_by_key
        for slot in self.compiled.slots.all:
            option = options[slot.option]
            if slot.value is None and option.kind in (Kind.CHOICE, Kind.NUMBER) and option.key in self.question.choices:
                cell = cell_of(option, slot, self.question.choices[option.key])
                assert cell is not None
                found[slot.index] = [cell]
                continue
            valid = possible.seen[starts[slot.index] : starts[slot.index + 1]]
            found[slot.index] = self._of_slot(slot, option, valid)
        return found

    def _of_slot(self, slot: Slot, option: Option, valid: Array) -> Sequence[int]:
        classes = self.compiled.classes.of_cell[slot.index]
        possible = np.flatnonzero(valid[classes])
        if slot.cells <= 3 and option.kind is not Kind.NUMBER and option.kind is not Kind.CHOICE:
            return _listed(possible)
        if option.key in self.told_roughly:
            return _listed(possible)
        numbers, conditions = self.numbers.get(slot.index, []), self.conditions.get(slot.index, [])
        rates = self.rates.get(slot.index, [])
        liked = {cell for cell in self.liked.get(slot.index, ()) if valid[classes[cell]]}
        if option.kind is Kind.CHOICE:
            if not self.may_fall and slot.index in self.costs and not rates:
                return sorted({*self._cheapest(slot.index, possible, classes), *liked})
            if numbers or conditions or rates:
                return _listed(possible)
            _, first = np.unique(classes[possible], return_index=True)
            return sorted({*possible[first].tolist(), *liked})
        return self._of_number(slot, option, possible, classes, numbers, conditions, bool(rates), liked)

    def _of_number(
        self,
        slot: Slot,
        option: Option,
        possible: Array,
        classes: Array,
        numbers: Sequence[Node],
        conditions: Sequence[Node],
        is_rate: bool,
        liked: set[int],
    ) -> Sequence[int]:
        """Return the ends of runs within which no rule and no condition changes and all amounts go one way.

        All cells, where amounts may go both ways.
        """
        rises, falls = is_rate, is_rate
        columns: list[Array] = [classes[possible]]
        for condition in conditions:
            if nodes.reads(condition) != {option.key}:
                rises = falls = True
                continue
            test = function_of(condition)
            told = [bool(test(self.reader.values({slot.index: cell}))) for cell in possible.tolist()]
            columns.append(np.array(told))
        for number in numbers:
            up, down = self.reader.goes(number, option.key, self._everything)
            rises, falls = rises or up, falls or down
        if self.may_fall and (rises or falls):
            rises = falls = True
        if rises and falls:
            return _listed(possible)
        changes = np.zeros(len(possible), bool)
        changes[:1] = True
        for column in columns:
            changes[1:] |= column[1:] != column[:-1]
        starts = np.flatnonzero(changes)
        ends = np.append(starts[1:], len(possible)) - 1
        chosen = possible[ends if falls else starts].tolist()
        return sorted({*chosen, *liked})


def _listed(cells: Array) -> list[int]:
    return [int(cell) for cell in cells]


def _rises(bill: Bill, reader: Reader, box: Box) -> bool:
    """Tell whether less of an amount is always as good: the total then does not rise, and is never below zero.

    With percentages, only where no amount is negative and there is no reduction, or a single one of at most all, that
    no further percentage reads.
    """
    lows = [_low(reader, amount, box) for amount in bill.amounts]
    if not bill.shares:
        return bool(sum(lows) >= 0)
    if any(low < 0 for low in lows):
        return False
    rates = [(share, (reader.bounds(share.rate, box) or (0, 0))[0]) for share in bill.shares]
    below = [(share, rate) for share, rate in rates if rate < 0]
    if not below:
        return True
    reduction, rate = below[0]
    return len(below) == 1 and rate >= -100 and not any(reduction.line in share.of for share in bill.shares)


def _low(reader: Reader, amount: Amount, box: Box) -> Any:
    bounds = reader.bounds(amount.number, box)
    low = 0 if bounds is None else bounds[0]
    return min(0, low) if amount.conditions else low
