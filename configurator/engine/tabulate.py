"""A comparison of numbers or texts as a table over the joint domain of all it reads: exact, whatever the arithmetic.

Each option it reads is first reduced to what can be told apart by it (the distinct attributes, the distinct values of
the largest parts that read only this option); then the comparison is computed for all combinations at once, and equal
neighbours are merged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.product_model import Kind, Option, ProductModel
from configurator.engine import exact
from configurator.engine.exact import Array, Numbers
from configurator.engine.formulas import (
    FALSE,
    TRUE,
    Axis,
    Formula,
    Mask,
    Positions,
    Relation,
    SlotAxis,
    SumAxis,
    TruthAxis,
    Within,
    within,
)
from configurator.engine.slots import Slots, scaled_steps

MAX_COMBINATIONS = 20_000_000
MAX_SUMS = 20_000
CHUNK = 1 << 19


class TooWide(Exception):
    """A comparison over more combinations than can be tabulated; `reads` tells the options and how many each brings."""

    def __init__(self, reads: Sequence[tuple[str, int]]) -> None:
        super().__init__(f"{prod(count for _, count in reads):,} combinations")
        self.reads = tuple(reads)


class ReadsText(Exception):
    """A comparison with the characters of a text option, of which there is no end."""

    def __init__(self, option: str) -> None:
        super().__init__(option)
        self.option = option


@dataclass(frozen=True, slots=True)
class Texts:
    """An array of texts by number, each defined where `ok`."""

    ids: Array
    ok: Array

    def reshaped(self, shape: tuple[int, ...]) -> "Texts":
        return Texts(self.ids.reshape(shape), self.ok.reshape(shape))


type Result = Numbers | Texts | Array
type AxisKey = int | Node
"""An axis is known by its slot, or by the node it stands for: a condition, a count, a sum."""


@dataclass
class _Plan:
    """How a comparison is split into axes: which nodes become axes of their own, and who reads which."""

    direct: frozenset[int]
    read: dict[Node, frozenset[AxisKey]] = field(default_factory=dict)


class Tabulator:
    """Turns comparisons of one product into formulas. `formula_of` gives the formula of a condition inside one."""

    def __init__(self, model: ProductModel, slots: Slots, formula_of: Callable[[Node], Formula]) -> None:
        self.options: Mapping[str, Option] = model.option_by_key
        self.slots = slots
        self.formula_of = formula_of
        self.text_ids: dict[str, int] = {}
        self.sum_axes: dict[Node, SumAxis] = {}

    def formula(self, comparison: nodes.Compare) -> Formula:
        """Return the comparison as a formula over the cells of slots; TooWide where it reads too much at once."""
        keys, positions, known, lengths = self._prepared(comparison)
        table = self._table(comparison, known, lengths)
        axes = [self._axis(key, positions) for key in keys]
        return _merged(axes, table, self.slots)

    def _prepared(self, node: Node) -> tuple[list[AxisKey], dict[AxisKey, Positions], dict[Node, Result], list[int]]:
        """Return the axes of a node, the positions of slots along them, what is known along each, and their lengths."""
        plan = _Plan(self._slots_computed_with(node))
        keys = sorted(self._axes(node, plan), key=_axis_order)
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
        if prod(lengths) > MAX_COMBINATIONS:
            raise TooWide([(self._told(key), length) for key, length in zip(keys, lengths, strict=True)])
        return keys, positions, known, lengths

    # -- axes

    def _slots_computed_with(self, node: Node) -> frozenset[int]:
        """Return the slots whose numbers or texts are computed with, outside of conditions."""
        match node:
            case nodes.NumberOf() | nodes.TextOf():
                return frozenset((self.slots.of_option[node.option].index,))
            case nodes.AttributeOf() if not node.summed:
                return frozenset((self.slots.of_option[node.option].index,))
            case nodes.If():
                return self._slots_computed_with(node.yes) | self._slots_computed_with(node.no)
            case nodes.CountTrue() | nodes.AttributeOf() | nodes.Fold(function="sum"):
                return frozenset()
            case _:
                return frozenset[int]().union(*(self._slots_computed_with(child) for child in nodes.children(node)))

    def _axes(self, node: Node, plan: _Plan) -> frozenset[AxisKey]:
        found = plan.read.get(node)
        if found is None:
            found = plan.read[node] = self._axes_anew(node, plan)
        return found

    def _axes_anew(self, node: Node, plan: _Plan) -> frozenset[AxisKey]:
        match node:
            case nodes.TextOf() if self.options[node.option].kind is not Kind.CHOICE:
                raise ReadsText(node.option)
            case nodes.NumberOf() | nodes.TextOf() | nodes.IsTrue() | nodes.IsOneOf() | nodes.Given():
                return frozenset((self.slots.of_option[node.option].index,))
            case nodes.AttributeOf() if not node.summed:
                return frozenset((self.slots.of_option[node.option].index,))
            case nodes.AttributeOf() | nodes.CountOf() | nodes.CountTrue() | nodes.Fold(function="sum"):
                return frozenset((node,))
            case nodes.If():
                branches = self._axes(node.yes, plan) | self._axes(node.no, plan)
                if self._computes_inside(node.condition, plan):
                    return branches | self._axes(node.condition, plan)
                return branches | {node.condition}
            case nodes.LengthOf():
                raise ReadsText(node.option)
            case _:
                return frozenset[AxisKey]().union(*(self._axes(child, plan) for child in nodes.children(node)))

    def _computes_inside(self, condition: Node, plan: _Plan) -> bool:
        """Tell whether a condition can be computed with the rest, without bringing further combinations."""
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

    def _distinct(self, slot: int, own: Sequence[Node], plan: _Plan) -> tuple[Positions, list[Result], int]:
        """Return the position of each cell among the distinct results of `own`, and these results by position."""
        count = self.slots.all[slot].cells
        results = [self._value(node, {}, slot) for node in own]
        columns: list[Array] = []
        for result in results:
            if isinstance(result, Numbers):
                columns.extend(exact.canonical(result, count))
            elif isinstance(result, Texts):
                columns.append(np.where(result.ok, result.ids, -1))
            else:
                columns.append(np.broadcast_to(result, (count,)).astype(np.int64))
        positions, representatives = distinct_rows(columns, count)
        taken = [_taken(result, representatives, count) for result in results]
        return positions, taken, len(representatives)

    def _axis_values(self, node: Node) -> Numbers | Array:
        if isinstance(node, nodes.AttributeOf | nodes.CountOf | nodes.CountTrue | nodes.Fold):
            return exact.of_fractions(self._sum_axis(node).sums)
        return np.array([False, True])

    def _axis(self, key: AxisKey, positions: Mapping[AxisKey, Positions]) -> Axis:
        if isinstance(key, int):
            return SlotAxis(key, positions[key])
        if isinstance(key, nodes.AttributeOf | nodes.CountOf | nodes.CountTrue | nodes.Fold):
            return self._sum_axis(key)
        return TruthAxis(self.formula_of(key))

    def _sum_axis(self, node: nodes.AttributeOf | nodes.CountOf | nodes.CountTrue | nodes.Fold) -> SumAxis:
        known = self.sum_axes.get(node)
        if known is None:
            known = self.sum_axes[node] = self._sum_axis_anew(node)
        return known

    def _sum_axis_anew(self, node: nodes.AttributeOf | nodes.CountOf | nodes.CountTrue | nodes.Fold) -> SumAxis:
        if isinstance(node, nodes.Fold):
            terms = [term for part in node.parts for term in self._terms_of(part)]
        elif isinstance(node, nodes.CountTrue):
            terms = [(self.formula_of(condition), Fraction(1)) for condition in node.conditions]
        else:
            amounts = dict(node.by_value) if isinstance(node, nodes.AttributeOf) else None
            terms = []
            for value in self.options[node.option].values:
                amount = Fraction(1) if amounts is None else amounts.get(value.key, Fraction(0))
                if isinstance(amount, Fraction) and amount:
                    terms.append((self.formula_of(nodes.Has(node.option, value.key)), amount))
        sums = {Fraction(0)}
        for _, amount in terms:
            sums |= {total + amount for total in sums}
            if len(sums) > MAX_SUMS:
                raise TooWide([(self._told(node), 2 ** len(terms))])
        return SumAxis(tuple(terms), tuple(sorted(sums)))

    def _terms_of(self, part: Node) -> list[tuple[Formula, Fraction]]:
        """Return conditions with amounts that add up to a number, to nothing where it is undefined.

        The least it can be where it is defined, and each further step where it reaches that.
        """
        _, _, known, lengths = self._prepared(part)
        if prod(lengths) > MAX_COMBINATIONS // 10:
            raise TooWide([(self._told(part), prod(lengths))])
        numbers = self._value(part, known, None)
        above, below, ok = (
            np.broadcast_to(each, np.broadcast_shapes(numbers.p.shape, numbers.q.shape, numbers.ok.shape))
            for each in (numbers.p, numbers.q, numbers.ok)
        )
        found = {Fraction(int(p), int(q)) for p, q in zip(above[ok].tolist(), below[ok].tolist(), strict=True)}
        levels = sorted(found)
        before = [Fraction(0), *levels]
        return [
            (self.formula_of(nodes.Compare(">=", part, nodes.Constant(level))), level - last)
            for level, last in zip(levels, before, strict=False)
            if level != last
        ]

    def _told(self, key: AxisKey) -> str:
        if isinstance(key, int):
            return self.slots.all[key].option
        return getattr(key, "option", "") or ", ".join(sorted(nodes.reads(key)))

    # -- values

    def _table(self, comparison: nodes.Compare, known: Mapping[Node, Result], lengths: Sequence[int]) -> Mask:
        """Return the comparison over all combinations, computed in chunks along the first axis."""
        shape = tuple(lengths)
        if not shape:
            return np.asarray(self._value(comparison, known, None), bool).reshape(())
        table = np.empty(shape, bool)
        rows = max(1, CHUNK // max(1, prod(shape[1:])))
        for start in range(0, shape[0], rows):
            part = {node: _rows(value, start, start + rows) for node, value in known.items()}
            table[start : start + rows] = self._value(comparison, part, None)
        return table

    def _value(self, node: Node, known: Mapping[Node, Result], slot: int | None) -> Any:
        """Return the result of a node: from `known`, or computed over all cells of `slot` where it reads that one."""
        if node in known:
            return known[node]
        match node:
            case nodes.Constant():
                if isinstance(node.value, bool):
                    return np.array([node.value])
                if isinstance(node.value, str):
                    return Texts(np.array([self._text(node.value)]), np.array([True]))
                return exact.constant(node.value)
            case nodes.NumberOf():
                return self._numbers_of(self.options[node.option])
            case nodes.TextOf():
                return self._texts([value.key for value in self.options[node.option].values])
            case nodes.AttributeOf():
                return self._attributes(node)
            case nodes.IsTrue() | nodes.IsOneOf() | nodes.Given():
                return self._cells_of(node)
            case nodes.Arithmetic():
                return _ARITHMETIC[node.operator](
                    self._value(node.left, known, slot), self._value(node.right, known, slot)
                )
            case nodes.Call():
                return _called(node.function, [self._value(part, known, slot) for part in node.arguments])
            case nodes.Fold():
                return _folded(node.function, self._values(node.parts, known, slot))
            case nodes.Compare():
                return _compared(
                    node.operator, self._value(node.left, known, slot), self._value(node.right, known, slot)
                )
            case nodes.If():
                condition = self._value(node.condition, known, slot)
                yes, no = self._value(node.yes, known, slot), self._value(node.no, known, slot)
                return _chosen(condition, yes, no)
            case nodes.And():
                return np.logical_and.reduce(np.broadcast_arrays(*self._values(node.parts, known, slot)))
            case nodes.Or():
                return np.logical_or.reduce(np.broadcast_arrays(*self._values(node.parts, known, slot)))
            case nodes.Not():
                return ~self._value(node.part, known, slot)
            case nodes.Implies():
                return ~self._value(node.premise, known, slot) | self._value(node.conclusion, known, slot)
            case _:
                raise TypeError(f"{type(node).__name__} has no value of its own in a comparison")

    def _values(self, parts: Sequence[Node], known: Mapping[Node, Result], slot: int | None) -> list[Any]:
        return [self._value(part, known, slot) for part in parts]

    def _numbers_of(self, option: Option) -> Numbers:
        assert option.number is not None
        count = len(option.number)
        first, step, denominator = scaled_steps(option.number)
        ok = np.arange(count + 1) < count
        numerators = np.arange(count + 1, dtype=object) * step + first
        return exact.of_integers(numerators, [denominator], ok)

    def _attributes(self, node: nodes.AttributeOf) -> Numbers | Texts:
        by_value = dict(node.by_value)
        found = [by_value.get(value.key) for value in self.options[node.option].values]
        if any(isinstance(value, str) for value in found):
            return self._texts([value if isinstance(value, str) else None for value in found])
        return exact.of_fractions([*(value if isinstance(value, Fraction) else None for value in found), None])

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


def distinct_rows(columns: Sequence[Array], count: int) -> tuple[Positions, Positions]:
    """Return for each of `count` rows the position of its kind, and the first row of each kind; kinds by first row."""
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


def _merged(axes: Sequence[Axis], table: Mask, slots: Slots) -> Formula:
    """Return the formula of a table: equal positions of slots merged, axes dropped that make no difference."""
    kept: list[Axis] = []
    for axis in axes:
        place = len(kept)
        count = table.shape[place]
        flat = np.moveaxis(table, place, 0).reshape(count, -1)
        packed = np.packbits(flat, axis=1) if flat.shape[1] else np.zeros((count, 0), np.uint8)
        groups, first = distinct_rows([np.array([row.tobytes() for row in packed], dtype=object)], count)
        if len(first) == 1:
            table = np.take(table, 0, axis=place)
            continue
        if isinstance(axis, SlotAxis):
            positions = groups[axis.positions]
            if slots.all[axis.slot].ordered:
                changes = np.diff(positions, prepend=-1) != 0
                runs = positions[changes]
                if table.size // count * len(runs) > MAX_COMBINATIONS:
                    raise TooWide([(slots.all[axis.slot].option, len(runs)), ("the others", table.size // count)])
                table = np.take(table, first[runs], axis=place)
                positions = np.cumsum(changes) - 1
            else:
                table = np.take(table, first, axis=place)
            axis = SlotAxis(axis.slot, positions)
        kept.append(axis)
    if not kept:
        return TRUE if table.all() else FALSE
    if len(kept) == 1 and isinstance(only := kept[0], SlotAxis):
        return within(only.slot, table[only.positions])
    return Relation(tuple(kept), np.ascontiguousarray(table))


_ARITHMETIC: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "+": exact.add,
    "-": exact.subtract,
    "*": exact.multiply,
    "/": exact.divide,
}
_FOLDED: dict[str, Callable[[Numbers, Numbers], Numbers]] = {
    "min": exact.least,
    "max": exact.greatest,
    "sum": exact.add,
}
_ROUNDED: dict[str, Callable[[Numbers], Numbers]] = {
    "ceil": exact.ceil,
    "floor": exact.floor,
    "round": exact.rounded,
}


def _called(function: str, arguments: Sequence[Numbers]) -> Numbers:
    if function in _FOLDED:
        result = arguments[0]
        for argument in arguments[1:]:
            result = _FOLDED[function](result, argument)
        return result
    if function == "abs":
        return exact.absolute(arguments[0])
    if len(arguments) == 2:
        return exact.in_multiples(_ROUNDED[function], arguments[0], arguments[1])
    return _ROUNDED[function](arguments[0])


def _folded(function: str, parts: Sequence[Numbers]) -> Numbers:
    """Return the least or greatest of the parts that are defined."""
    result = parts[0]
    for part in parts[1:]:
        both = _FOLDED[function](result, part)
        result = exact.choose(result.ok & part.ok, both, exact.choose(result.ok, result, part))
    return result


def _compared(operator: str, left: Any, right: Any) -> Array:
    if isinstance(left, Numbers):
        return exact.compare(operator, left, right)
    alike = left.ids == right.ids if operator == "==" else left.ids != right.ids
    return np.asarray(alike & left.ok & right.ok)


def _chosen(condition: Array, yes: Any, no: Any) -> Any:
    if isinstance(yes, Numbers):
        return exact.choose(condition, yes, no)
    if isinstance(yes, Texts):
        return Texts(np.where(condition, yes.ids, no.ids), np.where(condition, yes.ok, no.ok))
    return (condition & yes) | (~condition & no)


def _has_counts(node: Node) -> bool:
    return isinstance(node, nodes.CountTrue | nodes.Fold) or any(_has_counts(child) for child in nodes.children(node))


def _axis_order(key: AxisKey) -> tuple[int, int | str]:
    return (0, key) if isinstance(key, int) else (1, repr(key))


def _reshaped(value: Result, shape: tuple[int, ...]) -> Result:
    return value.reshape(shape) if isinstance(value, np.ndarray) else value.reshaped(shape)


def _taken(result: Result, positions: Positions, count: int) -> Result:
    """Return the results at `positions` of a slot with `count` cells."""
    if isinstance(result, Numbers):
        parts = [np.broadcast_to(part, (count,))[positions] for part in (result.p, result.q, result.ok)]
        return Numbers(parts[0], parts[1], parts[2])
    if isinstance(result, Texts):
        return Texts(result.ids[positions], result.ok[positions])
    return np.broadcast_to(result, (count,))[positions]


def _rows(value: Result, start: int, stop: int) -> Result:
    """Return the part of a value from `start` to `stop` along the first axis, where it has one."""

    def cut(array: Array) -> Array:
        return array[start:stop] if array.ndim and array.shape[0] > 1 else array

    if isinstance(value, Numbers):
        return Numbers(cut(value.p), cut(value.q), cut(value.ok))
    if isinstance(value, Texts):
        return Texts(cut(value.ids), cut(value.ok))
    return cut(value)
