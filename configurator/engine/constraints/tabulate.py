"""A comparison of numbers or texts as a table over the joint domain of all it reads: exact,
whatever the arithmetic.

Each option it reads is first reduced to what can be told apart by it (the distinct attributes, the
distinct values of the largest parts that read only this option); then the comparison is computed
for all combinations at once, and equal neighbours are merged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import lcm, prod
from typing import Any, Literal

import numpy as np

from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.kinds.register import kind_of
from catalog.product_model import Option, ProductModel
from configurator.engine.constraints import exact
from configurator.engine.constraints.computed import (
    Column,
    Computation,
    Result,
    Texts,
    fractions_of,
    value,
)
from configurator.engine.constraints.exact import Array, Numbers
from configurator.engine.constraints.formulas import (
    FALSE,
    TRUE,
    Axis,
    Computed,
    Formula,
    Mask,
    Positions,
    Relation,
    SlotAxis,
    SumAxis,
    TruthAxis,
    Within,
    all_of,
    some_of,
    within,
)
from configurator.engine.constraints.slots import Slots, scaled_steps
from configurator.engine.constraints.sums import MAX_TOTALS, totals_of

# As many as an array of numpy can have.
MAX_AXES = 64
MAX_TABLE = 2_000_000
MAX_COMBINATIONS = 20_000_000
MAX_SCATTERED = 4_096
MAX_CORNERS = 300_000
MAX_SMALL = 20_000
MIN_SHARES = 4
MAX_LEVELS = 2_000
_ROOM = 1 << 60
CHUNK = 1 << 19


_SUMS = (nodes.AttributeOf, nodes.CountOf, nodes.CountTrue, nodes.Fold)
_BOTH_SIDES: tuple[Literal["<=", ">="], ...] = ("<=", ">=")
_EITHER_SIDE: tuple[Literal["<", ">"], ...] = ("<", ">")


class TooWide(Exception):
    """A comparison over more combinations than can be tabulated; `reads` tells the options and how
    many each brings.
    """

    def __init__(self, reads: Sequence[tuple[str, int]]) -> None:
        super().__init__(f"{prod(count for _, count in reads):,} combinations")
        self.reads = tuple(reads)


class ReadsText(Exception):
    """A comparison with the characters of a text option, of which there is no end."""

    def __init__(self, option: str) -> None:
        super().__init__(option)
        self.option = option


type AxisKey = int | Node
"""An axis is known by its slot, or by the node it stands for: a condition, a count, a sum."""


@dataclass
class _Plan:
    """How a comparison is split into axes: which nodes become axes of their own, and who reads
    which.

    Where sums over instances `are_open`, what they add is read instead of their totals.
    """

    direct: frozenset[int]
    are_open: bool = False
    read: dict[Node, frozenset[AxisKey]] = field(default_factory=dict)


@dataclass
class _Linear:
    """A sum: by slot or condition an axis with the amount at each position, and a constant.

    It is undefined unless all of `defined` hold.
    """

    shares: dict[AxisKey, tuple[SlotAxis | TruthAxis, tuple[Fraction, ...]]] = field(
        default_factory=dict
    )
    constant: Fraction = Fraction(0)
    defined: list[Formula] = field(default_factory=list)

    def add(self, key: AxisKey, axis: SlotAxis | TruthAxis, amounts: tuple[Fraction, ...]) -> None:
        if key in self.shares:
            axis, before = self.shares[key]
            amounts = tuple(a + b for a, b in zip(before, amounts, strict=True))
        self.shares[key] = (axis, amounts)


class Tabulator:
    """Turns comparisons of one product into formulas. `formula_of` gives the formula of a condition
    inside one.
    """

    def __init__(
        self, model: ProductModel, slots: Slots, formula_of: Callable[[Node], Formula]
    ) -> None:
        self.options: Mapping[str, Option] = model.option_by_key
        self.slots = slots
        self.formula_of = formula_of
        self.text_ids: dict[str, int] = {}
        self.sums: dict[Node, SumAxis] = {}

    def formula(self, comparison: nodes.Compare) -> Formula:
        """Return the comparison as a formula over the cells of slots; TooWide where it reads too
        much at once.
        """
        try:
            return self._tabulated(comparison, are_open=False)
        except TooWide as wide:
            if not _has_folds(comparison):
                raise
            try:
                # Many totals may come of few combinations.
                return self._tabulated(comparison, are_open=True)
            except TooWide:
                raise wide from None

    def _tabulated(self, comparison: nodes.Compare, are_open: bool) -> Formula:
        plan, keys = self._planned(comparison, are_open)
        if any(isinstance(key, nodes.Fold) for key in keys):
            summed = self._summed(comparison, plan)
            if summed is not None:
                return summed
        if len(keys) > MAX_AXES:
            raise TooWide([(self._told(key), 2) for key in keys])
        positions, known, lengths = self._along(comparison, plan, keys)
        texts = any(isinstance(result, Texts) for result in known.values())
        if prod(lengths) > MAX_SMALL and len(keys) > 1 and not texts:
            summed = self._summed(comparison, plan)
            if summed is not None:
                return summed
        if prod(lengths) > MAX_TABLE and len(keys) > 1 and not texts:
            computed = self._computed(comparison, keys, positions, known, lengths)
            if computed is not None:
                return computed
        if prod(lengths) > MAX_COMBINATIONS:
            raise TooWide(
                [(self._told(key), length) for key, length in zip(keys, lengths, strict=True)]
            )
        table = self._table(comparison, known, lengths)
        axes = [self._axis(key, positions) for key in keys]
        return merged(axes, table, self.slots)

    def _planned(self, node: Node, are_open: bool = False) -> tuple[_Plan, list[AxisKey]]:
        """Return how a node is split into axes, and which."""
        plan = _Plan(self._slots_computed_with(node, are_open), are_open)
        return plan, sorted(self._axes(node, plan), key=_axis_order)

    def _along(
        self, node: Node, plan: _Plan, keys: Sequence[AxisKey]
    ) -> tuple[dict[AxisKey, Positions], dict[Node, Result], list[int]]:
        """Return the positions of slots along the axes of a node, what is known along each, and
        their lengths.
        """
        columns = self._columns(node, plan, {})
        positions: dict[AxisKey, Positions] = {}
        known: dict[Node, Result] = {}
        lengths: list[int] = []
        for index, key in enumerate(keys):
            shape = tuple(-1 if index == place else 1 for place in range(len(keys)))
            if isinstance(key, int):
                own = [part for part, slot in columns.items() if slot == key]
                found, values, length = self._distinct(key, own, plan)
                positions[key] = found
                for part, value in zip(own, values, strict=True):
                    known[part] = _reshaped(value, shape)
            else:
                value = self._axis_values(key)
                length = 2 if isinstance(value, np.ndarray) else value.p.size
                known[key] = _reshaped(value, shape)
            lengths.append(length)
        return positions, known, lengths

    def _computed(
        self,
        comparison: nodes.Compare,
        keys: Sequence[AxisKey],
        positions: Mapping[AxisKey, Positions],
        known: Mapping[Node, Result],
        lengths: Sequence[int],
    ) -> Formula | None:
        """Return the comparison as a formula that computes it when asked; None where it tips too
        often for that.
        """
        if comparison.operator == "==":
            parts = [
                self.formula(replace(comparison, operator=operator)) for operator in _BOTH_SIDES
            ]
            return all_of(parts)
        if comparison.operator == "!=":
            return some_of(
                [self.formula(replace(comparison, operator=operator)) for operator in _EITHER_SIDE]
            )
        columns: list[Column] = []
        for node, result in known.items():
            assert not isinstance(result, Texts)
            shape = (
                result.shape
                if isinstance(result, np.ndarray)
                else np.broadcast_shapes(*_shapes(result))
            )
            axis = next((place for place, length in enumerate(shape) if length > 1), 0)
            columns.append(Column(node, axis, _flat(result, lengths[axis])))
        computation = Computation(comparison, columns, lengths)
        unknown = [
            length for length, way in zip(lengths, computation.ways, strict=True) if way is None
        ]
        if prod(unknown) > MAX_SCATTERED:
            return None
        axes = [self._axis(key, positions) for key in keys]
        return Computed(tuple(_told_apart(computation, axes)), computation)

    # -- axes

    def _slots_computed_with(self, node: Node, are_open: bool = False) -> frozenset[int]:
        """Return the slots whose numbers or texts are computed with, outside of conditions."""
        computed_with = partial(self._slots_computed_with, are_open=are_open)
        match node:
            case nodes.NumberOf() | nodes.TextOf():
                return frozenset((self.slots.of_option[node.option].index,))
            case nodes.AttributeOf() if not node.summed:
                return frozenset((self.slots.of_option[node.option].index,))
            case nodes.If():
                return computed_with(node.yes) | computed_with(node.no)
            case nodes.CountTrue() | nodes.AttributeOf():
                return frozenset()
            case nodes.Fold(function="sum") if not are_open:
                return frozenset()
            case _:
                return frozenset[int]().union(*map(computed_with, nodes.children(node)))

    def _axes(self, node: Node, plan: _Plan) -> frozenset[AxisKey]:
        found = plan.read.get(node)
        if found is None:
            found = plan.read[node] = self._axes_anew(node, plan)
        return found

    def _axes_anew(self, node: Node, plan: _Plan) -> frozenset[AxisKey]:
        match node:
            case nodes.TextOf() if not kind_of(self.options[node.option]).is_single:
                raise ReadsText(node.option)
            case (
                nodes.NumberOf() | nodes.TextOf() | nodes.IsTrue() | nodes.IsOneOf() | nodes.Given()
            ):
                return frozenset((self.slots.of_option[node.option].index,))
            case nodes.AttributeOf() if not node.summed:
                return frozenset((self.slots.of_option[node.option].index,))
            case nodes.AttributeOf() | nodes.CountOf() | nodes.CountTrue():
                return frozenset((node,))
            case nodes.Fold(function="sum") if not plan.are_open:
                return frozenset((node,))
            case nodes.If():
                branches = self._axes(node.yes, plan) | self._axes(node.no, plan)
                if self._computes_inside(node.condition, plan):
                    return branches | self._axes(node.condition, plan)
                return branches | {node.condition}
            case nodes.LengthOf():
                raise ReadsText(node.option)
            case _:
                return frozenset[AxisKey]().union(
                    *(self._axes(child, plan) for child in nodes.children(node))
                )

    def _computes_inside(self, condition: Node, plan: _Plan) -> bool:
        """Tell whether a condition can be computed with the rest, without bringing further
        combinations.
        """
        read = nodes.reads(condition)
        if any(option not in self.slots.of_option for option in read) or _has_counts(condition):
            return False
        return {self.slots.of_option[option].index for option in read} <= plan.direct

    def _columns(self, node: Node, plan: _Plan, found: dict[Node, int]) -> dict[Node, int]:
        """Return the largest parts that read a single slot, with the slot."""
        read = plan.read.get(node, frozenset())
        if node in read:
            return found
        if len(read) == 1 and isinstance(only := next(iter(read)), int):
            found[node] = only
            return found
        if isinstance(node, nodes.If) and node.condition in read:
            below: Sequence[Node] = (node.yes, node.no)
        else:
            below = tuple(nodes.children(node))
        for child in below:
            self._axes(child, plan)
            self._columns(child, plan, found)
        return found

    def _distinct(
        self, slot: int, own: Sequence[Node], plan: _Plan
    ) -> tuple[Positions, list[Result], int]:
        """Return the position of each cell among the distinct results of `own`, and these results
        by position.
        """
        count = self.slots.all[slot].cells
        results = [self._results(node) for node in own]
        columns: list[Array] = []
        for result in results:
            if isinstance(result, Numbers):
                columns.extend(exact.canonical(result, count))
            elif isinstance(result, Texts):
                columns.append(np.where(result.ok, result.ids, -1))
            else:
                columns.append(np.broadcast_to(result, (count,)).astype(np.int64))
        positions, representatives = _in_order(results, *distinct_rows(columns, count), count)
        taken = [_taken(result, representatives, count) for result in results]
        return positions, taken, len(representatives)

    def _axis_values(self, node: Node) -> Numbers | Array:
        if isinstance(node, _SUMS):
            axis = self.sum_axis(node)
            return exact.of_integers(axis.totals, [axis.scale])
        return np.array([False, True])

    def _axis(self, key: AxisKey, positions: Mapping[AxisKey, Positions]) -> Axis:
        if isinstance(key, int):
            return SlotAxis(key, positions[key])
        if isinstance(key, _SUMS):
            return self.sum_axis(key)
        return TruthAxis(self.formula_of(key))

    def sum_axis(self, node: Node) -> SumAxis:
        """Return a sum as an axis; TooWide where its totals are too many."""
        known = self.sums.get(node)
        if known is None:
            linear = self._linear(node, _Plan(self._slots_computed_with(node)))
            known = None if linear is None else self._sum_of(linear)
            if known is None:
                raise TooWide([(self._told(node), MAX_TOTALS + 1)])
            self.sums[node] = known
        return known

    def _sum_of(self, linear: "_Linear") -> SumAxis | None:
        """Return an axis for a sum (the constant added to its first share); None where its totals
        are too many.
        """
        scale = lcm(
            linear.constant.denominator,
            *(a.denominator for _, each in linear.shares.values() for a in each),
        )
        shares = [
            (axis, tuple(int(amount * scale) for amount in amounts))
            for axis, amounts in linear.shares.values()
        ]
        extra = int(linear.constant * scale)
        shares = shares or [(TruthAxis(TRUE), (0, 0))]
        if extra:
            shares[0] = (shares[0][0], tuple(amount + extra for amount in shares[0][1]))
        if sum(max(abs(amount) for amount in amounts) for _, amounts in shares) >= _ROOM:
            return None
        totals = totals_of([amounts for _, amounts in shares])
        if totals is None:
            return None
        return SumAxis(tuple(shares), totals, np.arange(len(totals)), scale)

    def _linear(self, node: Node, plan: _Plan) -> "_Linear | None":
        found = _Linear()
        return found if self._add(found, node, Fraction(1), plan, strict=True) else None

    def _add(
        self, linear: "_Linear", node: Node, factor: Fraction, plan: _Plan, strict: bool
    ) -> bool:
        """Add `factor` times a node to a sum; tell whether that was possible: it is a sum of parts
        that read one axis.

        Where such a part is undefined, so is the sum if `strict`, else the part is left out.
        """
        keys = self._axes(node, plan)
        if not keys and not isinstance(node, nodes.Fold):
            number = _single(value(node, {}))
            if number is None and strict:
                linear.defined.append(FALSE)
            linear.constant += factor * (number or Fraction(0))
            return True
        match node:
            case nodes.AttributeOf(summed=True) | nodes.CountOf():
                amounts = dict(node.by_value) if isinstance(node, nodes.AttributeOf) else None
                for each in self.options[node.option].values:
                    amount = Fraction(1) if amounts is None else amounts.get(each.key, Fraction(0))
                    if isinstance(amount, Fraction) and amount:
                        slot = self.slots.of_member[node.option, each.key].index
                        linear.add(
                            slot, SlotAxis(slot, np.arange(2)), (Fraction(0), amount * factor)
                        )
                return True
            case nodes.CountTrue():
                for condition in node.conditions:
                    self._add_truth(linear, condition, (Fraction(0), factor))
                return True
        if len(keys) == 1 and not isinstance(only := next(iter(keys)), _SUMS):
            return self._add_part(linear, node, only, factor, strict)
        match node:
            case nodes.Arithmetic("+" | "-", left, right) if strict:
                sign = 1 if node.operator == "+" else -1
                return self._add(linear, left, factor, plan, True) and self._add(
                    linear, right, factor * sign, plan, True
                )
            case nodes.Arithmetic("*" | "/", left, right) if strict:
                if node.operator == "*" and not self._axes(left, plan):
                    left, right = right, left
                number = None if self._axes(right, plan) else _single(value(right, {}))
                if number is None or (not number and node.operator == "/"):
                    return False
                return self._add(
                    linear,
                    left,
                    factor * number if node.operator == "*" else factor / number,
                    plan,
                    True,
                )
            case nodes.Call("sum", parts) if strict:
                return all(self._add(linear, part, factor, plan, True) for part in parts)
            case nodes.Fold("sum", parts):
                return all(self._add(linear, part, factor, plan, False) for part in parts)
        return not strict and self._add_levels(linear, node, factor)

    def _add_levels(self, linear: "_Linear", part: Node, factor: Fraction) -> bool:
        """Add a number over several axes as conditions: the least it can be, and each step where it
        reaches that.

        Nothing is added where it is undefined. Tell whether there are few enough.
        """
        plan, keys = self._planned(part)
        _, known, lengths = self._along(part, plan, keys)
        if prod(lengths) > MAX_COMBINATIONS // 10:
            return False
        numbers = value(part, known)
        parts = np.broadcast_arrays(numbers.p, numbers.q, numbers.ok)
        above, below, ok = (each.reshape(-1) for each in parts)
        levels = sorted(
            {
                Fraction(int(p), int(q))
                for p, q in zip(above[ok].tolist(), below[ok].tolist(), strict=True)
            }
        )
        if len(levels) > MAX_LEVELS:
            return False
        for before, level in pairwise([Fraction(0), *levels]):
            if level != before:
                reached = nodes.Compare(">=", part, nodes.Constant(level))
                self._add_truth(linear, reached, (Fraction(0), factor * (level - before)))
        return True

    def _add_part(
        self, linear: "_Linear", node: Node, key: AxisKey, factor: Fraction, strict: bool
    ) -> bool:
        if isinstance(key, int):
            numbers = fractions_of(self._results(node), self.slots.all[key].cells)
            if strict:
                linear.defined.append(
                    within(key, np.array([number is not None for number in numbers]))
                )
            amounts = tuple(factor * (number or Fraction(0)) for number in numbers)
            linear.add(key, SlotAxis(key, np.arange(len(amounts))), amounts)
            return True
        no, yes = fractions_of(value(node, {key: np.array([False, True])}), 2)
        if strict and (no is None or yes is None):
            return False
        self._add_truth(linear, key, (factor * (no or 0), factor * (yes or 0)))
        return True

    def _add_truth(
        self, linear: "_Linear", condition: Node, amounts: tuple[Fraction, Fraction]
    ) -> None:
        formula = self.formula_of(condition)
        if isinstance(formula, Within):
            of_cell = tuple(amounts[int(marked)] for marked in formula.mask.tolist())
            linear.add(formula.slot, SlotAxis(formula.slot, np.arange(len(of_cell))), of_cell)
        else:
            linear.add(condition, TruthAxis(formula), amounts)

    def _summed(self, comparison: nodes.Compare, plan: _Plan) -> Formula | None:
        """Return a comparison of sums over many options, summed one after the other; None where it
        is none.
        """
        linear = self._linear(nodes.Arithmetic("-", comparison.left, comparison.right), plan)
        if linear is None or len(linear.shares) < MIN_SHARES:
            return None
        axis = self._sum_of(linear)
        if axis is None:
            return None
        zero = exact.constant(Fraction(0))
        table = exact.compare(comparison.operator, exact.of_integers(axis.totals, [1]), zero)
        return all_of([*linear.defined, merged([axis], table, self.slots)])

    def _told(self, key: AxisKey) -> str:
        if isinstance(key, int):
            return self.slots.all[key].option
        return getattr(key, "option", "") or ", ".join(sorted(nodes.reads(key)))

    # -- values

    def _table(
        self, comparison: nodes.Compare, known: Mapping[Node, Result], lengths: Sequence[int]
    ) -> Mask:
        """Return the comparison over all combinations, computed in chunks along the first axis."""
        shape = tuple(lengths)
        if not shape:
            return np.asarray(value(comparison, known), bool).reshape(())
        table = np.empty(shape, bool)
        rows = max(1, CHUNK // max(1, prod(shape[1:])))
        for start in range(0, shape[0], rows):
            part = {node: _rows(result, start, start + rows) for node, result in known.items()}
            table[start : start + rows] = value(comparison, part)
        return table

    def _results(self, node: Node) -> Any:
        """Return the results of a node that reads a single slot, for all cells of this slot."""
        known: dict[Node, Result] = {}
        self._read(node, known)
        return value(node, known)

    def _read(self, node: Node, known: dict[Node, Result]) -> None:
        match node:
            case nodes.Constant(str() as text):
                known[node] = Texts(np.array([self._text(text)]), np.array([True]))
            case nodes.NumberOf():
                known[node] = self._numbers_of(self.options[node.option])
            case nodes.TextOf():
                known[node] = self._texts([value.key for value in self.options[node.option].values])
            case nodes.AttributeOf():
                known[node] = self._attributes(node)
            case nodes.IsTrue() | nodes.IsOneOf() | nodes.Given():
                known[node] = self._cells_of(node)
            case _:
                for child in nodes.children(node):
                    self._read(child, known)

    def _numbers_of(self, option: Option) -> Numbers:
        scale = kind_of(option).scale(option)
        assert scale is not None
        count = len(scale)
        first, step, denominator = scaled_steps(scale)
        ok = np.arange(count + 1) < count
        numerators = np.arange(count + 1, dtype=object) * step + first
        return exact.of_integers(numerators, [denominator], ok)

    def _attributes(self, node: nodes.AttributeOf) -> Numbers | Texts:
        by_value = dict(node.by_value)
        found = [by_value.get(value.key) for value in self.options[node.option].values]
        if any(isinstance(value, str) for value in found):
            return self._texts([value if isinstance(value, str) else None for value in found])
        return exact.of_fractions(
            [*(value if isinstance(value, Fraction) else None for value in found), None]
        )

    def _texts(self, texts: Sequence[str | None]) -> Texts:
        known = [*texts, None]
        ids = np.array([0 if text is None else self._text(text) for text in known])
        return Texts(ids, np.array([text is not None for text in known]))

    def _text(self, text: str) -> int:
        return self.text_ids.setdefault(text, len(self.text_ids))

    def _cells_of(self, node: nodes.IsTrue | nodes.IsOneOf | nodes.Given) -> Mask:
        formula = self.formula_of(node)
        slot = self.slots.of_option[node.option]
        if formula is TRUE or formula is FALSE:
            return np.full(slot.cells, formula is TRUE)
        assert isinstance(formula, Within)
        return formula.mask


def _in_order(
    results: Sequence[Result], positions: Positions, representatives: Positions, count: int
) -> tuple[Positions, Positions]:
    """Return kinds of cells renumbered: those of a single number by size, and last those where a
    number is missing.
    """
    numbers = [result for result in results if isinstance(result, Numbers)]
    taken = [_taken(result, representatives, count) for result in numbers]
    defined = [
        np.broadcast_to(each.ok, (len(representatives),))
        for each in taken
        if isinstance(each, Numbers)
    ]
    missing = ~np.logical_and.reduce(defined) if defined else np.zeros(len(representatives), bool)
    order = np.argsort(missing, kind="stable")
    if len(results) == 1 and isinstance(only := taken[0] if taken else None, Numbers):
        sizes = exact.ranks(only, len(representatives))
        order = np.lexsort((sizes, missing))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return place[positions], representatives[order]


def distinct_rows(columns: Sequence[Array], count: int) -> tuple[Positions, Positions]:
    """Return for each of `count` rows the position of its kind, and the first row of each kind;
    kinds by first row.
    """
    if not columns:
        return np.zeros(count, np.int64), np.zeros(1, np.int64)
    seen: dict[Any, int] = {}
    first: list[int] = []
    positions = np.empty(count, np.int64)
    for row, key in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        place = seen.get(key)
        if place is None:
            place = seen[key] = len(first)
            first.append(row)
        positions[row] = place
    return positions, np.array(first, np.int64)


def _told_apart(computation: Computation, axes: Sequence[Axis]) -> list[Axis]:
    """Return the axes, positions along slots that are alike for all positions along the others
    taken as one.
    """
    alike = [np.arange(length) for length in computation.lengths]
    merged = list(axes)
    for index in sorted(range(len(axes)), key=lambda index: -computation.lengths[index]):
        regular, axis = computation.regular[index], axes[index]
        others = [
            np.zeros(1, np.int64) if place == index else np.unique(each)
            for place, each in enumerate(alike)
        ]
        many = prod(len(each) for each in others) > MAX_CORNERS
        if computation.ways[index] is None or regular < 2 or many or not isinstance(axis, SlotAxis):
            continue
        turns = np.unique(computation.tipping(np.ix_(*others), index))
        starts = np.concatenate([[0], turns[(turns > 0) & (turns < regular)]])
        alike[index][:regular] = starts[
            np.searchsorted(starts, np.arange(regular), side="right") - 1
        ]
        merged[index] = SlotAxis(axis.slot, alike[index][axis.positions])
    return merged


def _single(result: Any) -> Fraction | None:
    """Return the only number of a result, None where it is undefined."""
    return fractions_of(result, 1)[0]


def merged(axes: Sequence[Axis], table: Mask, slots: Slots) -> Formula:
    """Return the formula of a table: equal positions of slots merged, axes dropped that make no
    difference.
    """
    kept: list[Axis] = []
    for axis in axes:
        place = len(kept)
        count = table.shape[place]
        flat = np.moveaxis(table, place, 0).reshape(count, -1)
        packed = np.packbits(flat, axis=1) if flat.shape[1] else np.zeros((count, 0), np.uint8)
        groups, first = distinct_rows(
            [np.array([row.tobytes() for row in packed], dtype=object)], count
        )
        if len(first) == 1:
            table = np.take(table, 0, axis=place)
            continue
        if isinstance(axis, SlotAxis):
            positions = groups[axis.positions]
            if slots.all[axis.slot].ordered:
                changes = np.diff(positions, prepend=-1) != 0
                runs = positions[changes]
                if table.size // count * len(runs) > MAX_COMBINATIONS:
                    raise TooWide(
                        [
                            (slots.all[axis.slot].option, len(runs)),
                            ("the others", table.size // count),
                        ]
                    )
                table = np.take(table, first[runs], axis=place)
                positions = np.cumsum(changes) - 1
            else:
                table = np.take(table, first, axis=place)
            axis = SlotAxis(axis.slot, positions)
        elif isinstance(axis, SumAxis):
            changes = np.diff(groups, prepend=-1) != 0
            table = np.compress(changes, table, axis=place)
            axis = SumAxis(
                axis.shares, axis.totals, (np.cumsum(changes) - 1)[axis.positions], axis.scale
            )
        kept.append(axis)
    if not kept:
        return TRUE if table.all() else FALSE
    if len(kept) == 1 and isinstance(only := kept[0], SlotAxis):
        return within(only.slot, table[only.positions])
    return Relation(tuple(kept), np.ascontiguousarray(table))


def _has_counts(node: Node) -> bool:
    return isinstance(node, nodes.CountTrue | nodes.Fold) or any(
        _has_counts(child) for child in nodes.children(node)
    )


def _has_folds(node: Node) -> bool:
    return isinstance(node, nodes.Fold) or any(_has_folds(child) for child in nodes.children(node))


def _axis_order(key: AxisKey) -> tuple[int, int | str]:
    return (0, key) if isinstance(key, int) else (1, repr(key))


def _reshaped(value: Result, shape: tuple[int, ...]) -> Result:
    return value.reshape(shape) if isinstance(value, np.ndarray) else value.reshaped(shape)


def _taken(result: Result, positions: Positions, count: int) -> Result:
    """Return the results at `positions` of a slot with `count` cells."""
    if isinstance(result, Numbers):
        parts = [
            np.broadcast_to(part, (count,))[positions] for part in (result.p, result.q, result.ok)
        ]
        return Numbers(parts[0], parts[1], parts[2])
    if isinstance(result, Texts):
        return Texts(result.ids[positions], result.ok[positions])
    return np.broadcast_to(result, (count,))[positions]


def _shapes(numbers: Any) -> list[tuple[int, ...]]:
    return [numbers.p.shape, numbers.q.shape, numbers.ok.shape]


def _flat(result: Numbers | Array, length: int) -> Numbers | Array:
    """Return results along an axis as one dimension of `length`."""
    if isinstance(result, np.ndarray):
        return np.broadcast_to(result.reshape(-1), (length,))
    return Numbers(
        *(np.broadcast_to(part.reshape(-1), (length,)) for part in (result.p, result.q, result.ok))
    )


def _rows(value: Result, start: int, stop: int) -> Result:
    """Return the part of a value from `start` to `stop` along the first axis, where it has one."""

    def cut(array: Array) -> Array:
        return array[start:stop] if array.ndim and array.shape[0] > 1 else array

    if isinstance(value, Numbers):
        return Numbers(cut(value.p), cut(value.q), cut(value.ok))
    if isinstance(value, Texts):
        return Texts(cut(value.ids), cut(value.ok))
    return cut(value)
