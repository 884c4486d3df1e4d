"""Objectives as sums over the variables of a model.

An amount that reads little is a table of what it is for every combination of cells; a product of
two such amounts is a product of variables. What fits into neither is a variable between bounds, to
be held to its number answer by answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from math import ceil, gcd, inf, lcm, prod
from typing import Any

from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.product_model import Choice
from configurator.engine.optimise.amounts import Box, summands
from configurator.engine.optimise.cell_model import CellModel
from configurator.engine.optimise.linear import Linear, total
from configurator.engine.optimise.objective import Objective, Share
from configurator.engine.optimise.read_objectives import ReadObjectives, ReadTerm, all_hold, guarded
from configurator.engine.optimise.sat_model import LARGEST_TOTAL
from pricing.money import RoundingMode, whole

MOST_COMBINATIONS = 5_000
MOST_ALONE = 200_000
"""How many cells of a single slot are told one by one: they have a literal each, whatever is asked
of them.
"""
MOST_FOR_A_RATE = 20_000
LARGEST_FLOORED = 1 << 24
"""What a sum may come to where numbers are too fine to be held and are rounded down."""
_FINE = 1_000
ZERO = Fraction(0)


@dataclass(frozen=True)
class LazyNumber:
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
class Priced:
    """The total of an objective as a sum over variables, `fine` of which make a smallest unit.

    Where numbers are too fine for that (`is_floored`), it may be less than what an answer comes to.
    """

    total: Linear
    fine: int
    is_floored: bool


@dataclass(frozen=True)
class _Piece:
    """An amount as tables over combinations of cells of slots, products, and numbers that are
    neither.

    Its numbers count `fine` parts of a smallest unit; `is_rounded` tells that they are rounded
    already. Products are sums of variables, each with the part of a smallest unit that one of them
    counts.
    """

    term: ReadTerm
    tables: Sequence[tuple[Sequence[int], Sequence[Any]]]
    products: Sequence[tuple[Linear, Fraction]]
    lazy: Sequence[Node]
    fine: int
    is_rounded: bool


class ObjectiveSums:
    """The totals of objectives over a model's variables.

    `is_exact` tells that totals are what the model says they are, once its `lazy` numbers are.
    """

    def __init__(self, model: CellModel, read: ReadObjectives) -> None:
        self.model = model
        self.read = read
        self.reader = read.reader
        self.lazy: list[LazyNumber] = []
        self._tells_all = True

    @property
    def is_exact(self) -> bool:
        return self._tells_all and self.model.is_whole

    def doubt(self) -> None:
        """Trust no bound of the model any more."""
        self._tells_all = False

    def priced(self, name: str) -> Priced | None:
        """Return the total of an objective; None where its numbers are too large to be held."""
        objective = self.read.objectives[name]
        if not objective.is_exact:
            self.doubt()
        pieces = [
            self._piece(objective, term)
            for term in self.read.of_objective[name]
            if term.singles is None
        ]
        singles = self._singles(objective, name)
        rates = [self._rates(share) for share in objective.shares]
        size = self._size(objective, singles, pieces, rates)
        if size > LARGEST_TOTAL:
            return None
        roughly = max(1, LARGEST_FLOORED // size)
        fine = grain = 1
        if not objective.by_line:
            parts = {amount.denominator for of_line in singles.values() for _, amount in of_line}
            fine = lcm(*parts, *(piece.fine for piece in pieces))
            grain = prod(100 * lcm(*(rate.denominator for rate in answers)) for answers in rates)
            if fine * grain * size > LARGEST_TOTAL:
                fine, grain = min(fine * grain, roughly), 1
        by_line = {
            line: [self._singles_total(of_line, fine * grain)] for line, of_line in singles.items()
        }
        for piece in pieces:
            own = min(piece.fine, roughly) if objective.by_line else fine
            amount = self._piece_total(objective, piece, own)
            if objective.by_line and not piece.is_rounded:
                amount = self.rounded(amount, own * objective.increment, objective.mode).times(
                    objective.increment
                )
            by_line.setdefault(piece.term.declared.line, []).append(amount.times(grain))
        for share, answers in zip(objective.shares, rates, strict=True):
            base = total([each for line in share.of for each in by_line.get(line, [])])
            by_line.setdefault(share.line, []).append(self._share(objective, base, answers))
        if objective.needs_a_line:
            self._need_a_line(name)
        found = total([each for sums in by_line.values() for each in sums])
        is_floored = bool(found.slack)
        if is_floored:
            # What rounding down has left out: nothing at first, and what it is where an answer
            # tells it.
            rest = Linear(0, {self.model.variable(0, found.slack): 1}, 0, found.slack)
            found = total([replace(found, slack=0), rest])
        fine *= grain
        if self.is_exact:
            self.model.within(
                found, least(objective, fine, 0), most(objective, fine, objective.most)
            )
        return Priced(found, fine, is_floored)

    def bounds_in(self, number: Node, conditions: Sequence[Node], box: Box) -> tuple[Any, Any]:
        """Return the bounds of what is added in `box`; impossible ones where it is undefined all
        over it.
        """
        truths = [self.reader.holds(condition, box) for condition in conditions]
        if False in truths:
            return 0, 0
        bounds = self.reader.bounds(number, box)
        if None in truths:
            return (0, 0) if bounds is None else (min(0, bounds[0]), max(0, bounds[1]))
        return (inf, -inf) if bounds is None else bounds

    # -- amounts for one cell

    def _singles(self, objective: Objective, name: str) -> dict[int, list[tuple[int, Fraction]]]:
        """Return the literal and what is added where it holds, by line, in smallest units; forbids
        the undefined.
        """
        found: dict[int, list[tuple[int, Fraction]]] = {}
        for term in self.read.of_objective[name]:
            for single in term.singles or ():
                of_line = found.setdefault(term.declared.line, [])
                literal = self.model.literals[single.slot].get(single.cell)
                if literal is None:
                    continue
                if single.amount is None:
                    self.model.clause([-literal])
                elif single.amount:
                    units = single.amount * objective.scale
                    of_line.append(
                        (
                            literal,
                            Fraction(objective.rounded(units)) if objective.by_line else units,
                        )
                    )
        return found

    def _singles_total(self, of_line: Sequence[tuple[int, Fraction]], fine: int) -> Linear:
        found = Linear()
        for literal, amount in of_line:
            numerator, denominator = amount.numerator * fine, amount.denominator
            units = numerator // denominator
            found.add_literal(literal, units)
            found.low += min(0, units)
            found.high += max(0, units)
            found.slack += units * denominator != numerator
        return found

    # -- amounts that read more

    def _piece(self, objective: Objective, term: ReadTerm) -> _Piece:
        """Return an amount taken apart so that its parts read little, as far as that goes; in
        smallest units.
        """
        amount = term.declared
        parts = [(Fraction(1), amount.number)]
        if not self._is_table(term.slots):
            options = self.model.compiled.model.option_by_key
            alike: dict[tuple[int, ...], list[tuple[Fraction, Node]]] = {}
            for own in summands(
                amount.number, lambda key: [value.key for value in options[key].values]
            ):
                alike.setdefault(tuple(self.read.slots([own[1]])), []).append(own)
            parts = [
                found[0] if len(found) == 1 else (Fraction(1), _joined(found))
                for found in alike.values()
            ]
        tables: list[tuple[Sequence[int], list[Any]]] = []
        products: list[tuple[Linear, Fraction]] = []
        lazy: list[Node] = []
        fine = 1
        for factor, part in parts:
            slots = self.read.slots([part, *amount.conditions])
            if not self._is_table(slots):
                product = self._where(amount.conditions, self._product(part))
                if product is None:
                    lazy.append(
                        nodes.Arithmetic("*", part, nodes.Constant(factor * objective.scale))
                    )
                else:
                    number, parts_of_one = product
                    products.append((number, factor * objective.scale / parts_of_one))
                    fine = lcm(fine, products[-1][1].denominator)
                continue
            table = [
                None if each is None else each * factor * objective.scale
                for each in self.model.table(slots, guarded(part, amount.conditions))
            ]
            if objective.by_line and len(parts) == 1:
                table = [
                    None if each is None else Fraction(objective.rounded(each)) for each in table
                ]
            fine = lcm(fine, *(each.denominator for each in table if each is not None))
            tables.append((slots, table))
        is_rounded = objective.by_line and len(parts) == 1 and not products
        if lazy and not is_rounded:
            fine = lcm(fine, _FINE)
        return _Piece(term, tables, products, lazy, fine, is_rounded)

    def _is_table(self, slots: Sequence[int]) -> bool:
        return self.model.count(slots) <= (MOST_ALONE if len(slots) == 1 else MOST_COMBINATIONS)

    def _product(self, number: Node) -> tuple[Linear, int] | None:
        """Return a product as a sum of variables, and how many of it make one; None where it is
        none of small ones.
        """
        slots = self.read.slots([number])
        if self._is_table(slots):
            table = self.model.table(slots, guarded(number, ()))
            if not all(isinstance(each, Fraction) for each in table):
                return None
            fine = lcm(*(each.denominator for each in table))
            if max(abs(each) for each in table) * fine > LARGEST_TOTAL:
                return None
            return self.model.tabulated(slots, [int(each * fine) for each in table]), fine
        if not isinstance(number, nodes.Arithmetic) or number.operator != "*":
            return None
        left, right = self._product(number.left), self._product(number.right)
        if left is None or right is None:
            return None
        found = self.model.product(left[0], right[0])
        return None if found is None else (found, left[1] * right[1])

    def _where(
        self, conditions: Sequence[Node], product: tuple[Linear, int] | None
    ) -> tuple[Linear, int] | None:
        """Return a product where all conditions hold, else 0; None where they read too much."""
        if not conditions or product is None:
            return product
        slots = self.read.slots(conditions)
        if self.model.count(slots) > MOST_FOR_A_RATE:
            return None
        answers = self.model.table(slots, all_hold(conditions))
        if all(answers):
            return product
        if not any(answers):
            return Linear(), 1
        literals = self.model.told_apart(slots, answers)
        number, fine = product
        low, high = min(0, number.low), max(0, number.high)
        found = Linear(0, {self.model.variable(low, high): 1}, low, high)
        self.model.within(found, 0, 0, [literals[False]])
        self.model.within(total([found, number.times(-1)]), 0, 0, [literals[True]])
        return found, fine

    def _piece_total(self, objective: Objective, piece: _Piece, fine: int) -> Linear:
        sums = []
        for slots, table in piece.tables:
            numbers = [None if each is None else each * fine for each in table]
            amount = self.model.tabulated(
                slots, [None if each is None else _floor(each) for each in numbers]
            )
            amount.slack = int(any(each is not None and each.denominator > 1 for each in numbers))
            sums.append(amount)
        for number, part in piece.products:
            sums.append(
                self._floored(number.times((part * fine).numerator), (part * fine).denominator)
            )

        def held(number: Fraction) -> int:
            return objective.rounded(number) if piece.is_rounded else _floor(number * fine)

        slack = 0 if piece.is_rounded else 1
        sums += [
            self._lazy_number(number, piece.term.declared.conditions, held, slack)
            for number in piece.lazy
        ]
        return total(sums)

    def _floored(self, number: Linear, below: int) -> Linear:
        """Return number / below, rounded down."""
        if below == 1:
            return number
        variable = self.model.variable(number.low // below, number.high // below)
        self.model.within(total([number, Linear(0, {variable: -below})]), 0, below - 1)
        return Linear(0, {variable: 1}, number.low // below, number.high // below, 1)

    def _lazy_number(
        self,
        number: Node,
        conditions: tuple[Node, ...],
        held: Callable[[Fraction], int],
        slack: int,
    ) -> Linear:
        """Return a variable for a number that reads too much; `held` gives its value for the
        number.
        """
        slots = self.read.slots([number, *conditions])
        bounds = self.bounds_in(number, conditions, self.model.cells)
        if inf in (abs(bounds[0]), abs(bounds[1])):
            # Nothing is known of it: answers are priced as they come, and none is proved to be the
            # best.
            self.doubt()
            return Linear()
        low, high = (held(Fraction(end)) for end in bounds)
        variable = self.model.variable(low, high)
        self.lazy.append(
            LazyNumber(
                variable, number, conditions, tuple(slots), held, guarded(number, conditions)
            )
        )
        return Linear(0, {variable: 1}, low, high, slack)

    # -- how large it may become

    def _size(
        self,
        objective: Objective,
        singles: Mapping[int, Sequence[tuple[int, Fraction]]],
        pieces: Sequence[_Piece],
        rates: Sequence[Mapping[Fraction, int | None]],
    ) -> int:
        """Return what a total and all it is made of is less than, in smallest units, whether above
        or below zero.
        """
        sizes: dict[int, Fraction] = {
            line: Fraction(sum(ceil(abs(amount)) for _, amount in of_line))
            for line, of_line in singles.items()
        }
        for piece in pieces:
            size = Fraction(objective.increment)
            for _, table in piece.tables:
                size += max((abs(each) for each in table if each is not None), default=ZERO)
            for number, part in piece.products:
                size += max(abs(number.low), abs(number.high)) * abs(part)
            for each in piece.lazy:
                ends = self.bounds_in(each, piece.term.declared.conditions, self.model.cells)
                size += max((abs(end) for end in ends if abs(end) != inf), default=ZERO)
            sizes[piece.term.declared.line] = sizes.get(piece.term.declared.line, ZERO) + size
        for share, answers in zip(objective.shares, rates, strict=True):
            size = (
                sum((sizes.get(line, ZERO) for line in share.of), ZERO)
                * max(map(abs, answers))
                / 100
            )
            sizes[share.line] = sizes.get(share.line, ZERO) + size + objective.increment
        return ceil(sum(sizes.values(), ZERO)) + 1

    # -- lines that apply

    def _need_a_line(self, name: str) -> None:
        """Demand that all conditions of one of an objective's parts hold."""
        objective = self.read.objectives[name]
        shares = [share.conditions for share in objective.shares]
        if () in shares or any(
            not term.declared.conditions for term in self.read.of_objective[name]
        ):
            return
        applying: list[int] = []
        guards: list[tuple[Node, ...]] = []
        for term in self.read.of_objective[name]:
            if term.singles is None:
                guards.append(term.declared.conditions)
            for single in term.singles or ():
                literal = self.model.literals[single.slot].get(single.cell)
                if literal is not None:
                    applying.append(literal)
        for conditions in [*guards, *shares]:
            slots = self.read.slots(conditions)
            if self.model.count(slots) > MOST_FOR_A_RATE:
                # Of what is not demanded here, answers that break it are found out by their totals.
                return
            answers = self.model.table(slots, all_hold(conditions))
            if all(answers):
                return
            if any(answers):
                applying.append(self.model.told_apart(slots, answers)[True])
        self.model.clause(applying)

    # -- percentages

    def _rates(self, share: Share) -> dict[Fraction, int | None]:
        """Return the rates a share can have, each with a literal; None where it is the only one."""
        slots = self.read.slots(share.nodes)
        if self.model.count(slots) > MOST_FOR_A_RATE:
            self.doubt()
            return {ZERO: None}
        answers = self.model.table(slots, guarded(share.rate, share.conditions))
        if not any(answer is not None for answer in answers):
            self.model.clause([])
            return {ZERO: None}
        literals = self.model.told_apart(slots, answers)
        return {
            answer: literals.get(answer) for answer in dict.fromkeys(answers) if answer is not None
        }

    def _share(
        self, objective: Objective, base: Linear, rates: Mapping[Fraction, int | None]
    ) -> Linear:
        if not objective.by_line:
            return self._floored_share(base, rates)
        sums: list[Linear] = []
        for rate, literal in rates.items():
            where = [] if literal is None else [literal]
            amount = self.rounded(
                base.times(rate.numerator),
                100 * rate.denominator * objective.increment,
                objective.mode,
                where,
            ).times(objective.increment)
            sums.append(amount)
        return total(sums)

    def _floored_share(self, base: Linear, rates: Mapping[Fraction, int | None]) -> Linear:
        """Return the share of a sum, rounded down: exact where the factors of the sum are fine
        enough.
        """
        found = [
            (base.times(rate.numerator), 100 * rate.denominator, literal)
            for rate, literal in rates.items()
        ]
        low = min(number.low // below for number, below, _ in found)
        high = max(-(-number.high // below) for number, below, _ in found)
        variable = self.model.variable(min(low, 0), max(high, 0))
        slack = 0
        for number, below, literal in found:
            rest = 0 if gcd(number.constant, *number.factors.values()) % below == 0 else below - 1
            slack = max(slack, -(-number.slack // below) + (1 if rest else 0))
            difference = total([replace(number, slack=0), Linear(0, {variable: -below})])
            self.model.within(difference, 0, rest, [] if literal is None else [literal])
        return Linear(0, {variable: 1}, low, high, slack)

    # -- rounding

    def rounded(
        self, number: Linear, below: int, mode: RoundingMode, where: Sequence[int] = ()
    ) -> Linear:
        """Return number / below, rounded to whole ones, where all literals `where` hold, and else
        0.
        """
        if below == 1 and not where:
            return number
        slack = -(-number.slack // below) + 1 if number.slack else 0
        number = replace(number, slack=0)
        low = whole(Fraction(number.low, below), mode)
        high = whole(Fraction(number.high, below), mode)
        if where:
            low, high = min(low, 0), max(high, 0)
        variable = self.model.variable(low, high)
        rounded = Linear(0, {variable: 1}, low, high)
        told = replace(rounded, slack=slack)
        for literal in where:
            self.model.within(rounded, 0, 0, [-literal])
        if not where:
            # Follows from what comes below; said at once it is what a linear relaxation can use.
            self.model.within(total([number, rounded.times(-below)]), -below, below)
        if mode == "half_even":
            self._half_even(number, rounded, below, where)
            return told
        sides = (
            [(1, list(where))]
            if number.low >= 0
            else [(-1, list(where))]
            if number.high < 0
            else []
        )
        if not sides:
            positive = self.model.variable()
            self.model.within(number, 0, number.high, [positive])
            self.model.within(number, number.low, -1, [-positive])
            sides = [(1, [*where, positive]), (-1, [*where, -positive])]
        for sign, holding in sides:
            if mode == "half_up":
                rest = total(
                    [number.times(2 * sign), rounded.times(-2 * below * sign), Linear(below)]
                )
                self.model.within(rest, 0, 2 * below - 1, holding)
            elif mode == "up":
                rest = total([rounded.times(below * sign), number.times(-sign)])
                self.model.within(rest, 0, below - 1, holding)
            else:
                rest = total([number.times(sign), rounded.times(-below * sign)])
                self.model.within(rest, 0, below - 1, holding)
        return told

    def _half_even(self, number: Linear, rounded: Linear, below: int, where: Sequence[int]) -> None:
        # Halves up first; one less where that was a half and is odd.
        up = self.model.variable(rounded.low - 1, rounded.high + 1)
        half, odd, less = self.model.variable(), self.model.variable(), self.model.variable()
        pairs = self.model.variable(rounded.low // 2 - 1, rounded.high // 2 + 1)
        over = total([number.times(2), Linear(below, {up: -2 * below})])
        self.model.within(over, 0, 2 * below - 1, where)
        self.model.within(over, 0, 0, [*where, half])
        self.model.within(over, 1, 2 * below - 1, [*where, -half])
        self.model.within(Linear(0, {up: 1, pairs: -2, odd: -1}), 0, 0, where)
        self.model.clause([-less, half])
        self.model.clause([-less, odd])
        self.model.clause([less, -half, -odd])
        self.model.within(total([rounded, Linear(0, {up: -1, less: 1})]), 0, 0, where)


def least(objective: Objective, fine: int, units: int) -> int:
    """Return the least total, in parts of which `fine` make a unit, that is at least `units` once
    rounded.
    """
    if objective.by_line:
        return units * fine
    low, high = (units - 2 * objective.increment) * fine, (units + 2 * objective.increment) * fine
    while low < high:
        middle = (low + high) // 2
        if objective.rounded(Fraction(middle, fine)) >= units:
            high = middle
        else:
            low = middle + 1
    return low


def most(objective: Objective, fine: int, units: int) -> int:
    """Return the greatest total that is at most `units` once rounded."""
    return units * fine if objective.by_line else least(objective, fine, units + 1) - 1


def _joined(parts: Sequence[tuple[Fraction, Node]]) -> Node:
    products = [nodes.Arithmetic("*", part, nodes.Constant(factor)) for factor, part in parts]
    return reduce(lambda left, right: nodes.Arithmetic("+", left, right), products)


def _floor(number: Fraction) -> int:
    return number.numerator // number.denominator
