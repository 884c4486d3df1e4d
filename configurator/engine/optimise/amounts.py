"""What is known of an amount before everything is chosen: which slots decide it, its bounds, which
way it goes.

A `Box` holds for each slot the cells it may have. Conditions are true, false or open (None) in a
box; numbers lie between two bounds, infinite ones where nothing better is known.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from catalog.expressions import nodes
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import Node
from catalog.kinds.boolean import YES
from catalog.kinds.kind import GIVEN
from catalog.kinds.register import kind_of
from catalog.plain_texts import length_of
from catalog.product_model import Choice, Option
from configurator.engine.constraints.intervals import (
    UNKNOWN,
    ZERO,
    Interval,
    calculated,
    called,
    hull,
    or_nothing,
    total,
)
from configurator.engine.constraints.slots import IN, OUT, Slot, cell_of
from configurator.engine.solver.compiled import Compiled

type Box = Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class CellReader:
    """Reads cells as values: `texts` are the texts and colours known so far, by option."""

    compiled: Compiled
    texts: Mapping[str, str]

    def slots(self, node: Node) -> frozenset[int]:
        """Return the slots that decide what `node` is worth."""
        slots = self.compiled.slots
        if isinstance(node, nodes.Has):
            return frozenset((slots.of_member[node.option, node.value].index,))
        own = getattr(node, "option", None)
        if own is None:
            return frozenset[int]().union(*(self.slots(child) for child in nodes.children(node)))
        return frozenset(
            slot.index for slot in self.slots_of_option(self.compiled.model.option_by_key[own])
        )

    def slots_of_option(self, option: Option) -> tuple[Slot, ...]:
        return self.compiled.slots.of(option)

    def values(self, cells: Mapping[int, int]) -> dict[str, Choice]:
        """Return the values that the options of these slots have; a text only where it is known."""
        found: dict[str, Any] = {}
        for index, cell in cells.items():
            slot = self.compiled.slots.all[index]
            if slot.value is not None:
                found[slot.option] = (
                    *found.get(slot.option, ()),
                    *([slot.value] if cell == IN else ()),
                )
            elif cell != slot.none and (value := self.value(slot, cell)) is not None:
                found[slot.option] = value
        return found

    def value(self, slot: Slot, cell: int) -> Choice | None:
        """Return what `cell`, which is not "no value", says of the option of a slot; None for a
        text not known yet.
        """
        option = self.compiled.model.option_by_key[slot.option]
        kind = kind_of(option)
        return self.texts.get(option.key) if kind.is_open else kind.value_at(option, cell)

    def cells(self, option: Option, value: Choice | None) -> dict[int, int]:
        """Return the cells of the slots of an option that say `value`; none for a value that it
        does not have.
        """
        if kind_of(option).is_several:
            members = value if isinstance(value, tuple) else ()
            return {
                slot.index: IN if slot.value in members else OUT
                for slot in self.compiled.slots.members(option)
            }
        slot = self.compiled.slots.of_option[option.key]
        cell = cell_of(option, slot, value)
        return {} if cell is None else {slot.index: cell}

    def single(self, conditions: Sequence[Node], number: Node) -> tuple[int, int] | None:
        """Return slot and cell where a number counts for one value of a choice only, and reads
        nothing else.
        """
        if (
            len(conditions) != 1
            or not isinstance(only := conditions[0], nodes.IsOneOf)
            or len(only.values) != 1
        ):
            return None
        if not nodes.reads(number) <= {only.option}:
            return None
        option = self.compiled.model.option_by_key[only.option]
        slot = self.compiled.slots.of_option[only.option]
        cell = cell_of(option, slot, only.values[0])
        return None if cell is None else (slot.index, cell)

    # -- bounds

    def bounds(self, node: Node, box: Box) -> Interval | None:
        """Return the bounds of a number in `box`; None where it is undefined all over it."""
        match node:
            case nodes.Constant():
                return (node.value, node.value) if isinstance(node.value, Fraction) else UNKNOWN
            case nodes.NumberOf():
                slot = self.compiled.slots.of_option[node.option]
                option = self.compiled.model.option_by_key[node.option]
                domain = kind_of(option).scale(option)
                ends = _ends(box[slot.index], slot.none)
                if ends is None or domain is None:
                    return None
                return Fraction(domain.at(ends[0])), Fraction(domain.at(ends[1]))
            case nodes.AttributeOf() | nodes.CountOf():
                return self._attribute_bounds(node, box)
            case nodes.LengthOf():
                length = Fraction(length_of(self.texts.get(node.option, "")))
                return min(ZERO, length), length
            case nodes.CountTrue():
                truths = [self.holds(condition, box) for condition in node.conditions]
                return Fraction(truths.count(True)), Fraction(len(truths) - truths.count(False))
            case nodes.If():
                truth = self.holds(node.condition, box)
                sides = [
                    side
                    for side, wanted in ((node.yes, True), (node.no, False))
                    if truth in (None, wanted)
                ]
                return hull([self.bounds(side, box) for side in sides])
            case nodes.Arithmetic():
                return self._arithmetic_bounds(node, box)
            case nodes.Call():
                return called(node.function, [self.bounds(each, box) for each in node.arguments])
            case nodes.Fold():
                parts = [
                    bounds for part in node.parts if (bounds := self.bounds(part, box)) is not None
                ]
                if node.function == "sum":
                    # A part may be undefined in some places of the box, and then adds nothing.
                    return total(map(or_nothing, parts))
                return hull(parts)
        return UNKNOWN

    def _arithmetic_bounds(self, node: nodes.Arithmetic, box: Box) -> Interval | None:
        left, right = self.bounds(node.left, box), self.bounds(node.right, box)
        if node.operator == "/" and right is not None and right[0] <= 0 <= right[1]:
            slots = self.slots(node.right)
            if len(slots) == 1 and left is not None:
                # Nothing is divided by zero, but by what is next to it on both sides.
                (slot,) = slots
                worth = function_of(node.right)
                all_of_them = [worth(self.values({slot: cell})) for cell in box[slot]]
                divisors = [each for each in all_of_them if isinstance(each, Fraction) and each]
                sides = [
                    [each for each in divisors if each < 0],
                    [each for each in divisors if each > 0],
                ]
                return hull(
                    [calculated("/", left, (min(side), max(side))) for side in sides if side]
                )
        return calculated(node.operator, left, right)

    def _attribute_bounds(
        self, node: nodes.AttributeOf | nodes.CountOf, box: Box
    ) -> Interval | None:
        option = self.compiled.model.option_by_key[node.option]
        amounts = dict(node.by_value) if isinstance(node, nodes.AttributeOf) else None
        if isinstance(node, nodes.AttributeOf) and not node.summed:
            slot = self.compiled.slots.of_option[node.option]
            known = [
                amount
                for cell in box[slot.index]
                if cell != slot.none
                and (amount := node_value(amounts, option.values[cell].key)) is not None
            ]
            numbers = [each for each in known if isinstance(each, Fraction)]
            return (min(numbers), max(numbers)) if numbers else None
        low = high = ZERO
        for slot in self.compiled.slots.members(option):
            amount = Fraction(1) if amounts is None else node_value(amounts, slot.value or "")
            if isinstance(amount, Fraction):
                ends = [amount if cell == IN else ZERO for cell in box[slot.index]]
                low, high = low + min(ends), high + max(ends)
        return low, high

    def holds(self, node: Node, box: Box) -> bool | None:
        """Tell whether a condition holds all over `box` (True), nowhere (False), or neither is
        certain (None).
        """
        match node:
            case nodes.Constant():
                return bool(node.value)
            case nodes.IsTrue():
                return self._all(node.option, box, lambda cell, option: cell == YES)
            case nodes.IsOneOf():
                values = frozenset(node.values)
                return self._all(
                    node.option,
                    box,
                    lambda cell, option: (
                        cell < len(option.values) and option.values[cell].key in values
                    ),
                )
            case nodes.Has():
                cells = box[self.compiled.slots.of_member[node.option, node.value].index]
                return _only([cell == IN for cell in cells])
            case nodes.Given():
                option = self.compiled.model.option_by_key[node.option]
                slots = self.slots_of_option(option)
                kind = kind_of(option)
                if kind.is_several:
                    return _some(
                        [_only([cell == IN for cell in box[slot.index]]) for slot in slots]
                    )
                if kind.is_open:
                    return _only(
                        [cell == GIVEN and option.key in self.texts for cell in box[slots[0].index]]
                    )
                return _only([cell != slots[0].none for cell in box[slots[0].index]])
            case nodes.Compare():
                return self._compared(node, box)
            case nodes.And():
                return _negated(_some([_negated(self.holds(part, box)) for part in node.parts]))
            case nodes.Or():
                return _some([self.holds(part, box) for part in node.parts])
            case nodes.Not():
                return _negated(self.holds(node.part, box))
            case nodes.Implies():
                return _some(
                    [_negated(self.holds(node.premise, box)), self.holds(node.conclusion, box)]
                )
            case nodes.If():
                truth = self.holds(node.condition, box)
                if truth is None:
                    return None
                return self.holds(node.yes if truth else node.no, box)
        return None

    def _all(self, key: str, box: Box, test: Callable[[int, Option], bool]) -> bool | None:
        option = self.compiled.model.option_by_key[key]
        return _only([test(cell, option) for cell in box[self.compiled.slots.of_option[key].index]])

    def _compared(self, node: nodes.Compare, box: Box) -> bool | None:
        if self._is_text(node.left) or self._is_text(node.right):
            return None
        left, right = self.bounds(node.left, box), self.bounds(node.right, box)
        if left is None or right is None:
            return False
        (a, b), (c, d) = left, right
        # Where a side may be undefined the comparison may be false: only what never holds is
        # certain.
        never = {
            "<": a >= d,
            "<=": a > d,
            "==": a > d or b < c,
            "!=": a == b == c == d,
            ">=": b < c,
            ">": b <= c,
        }
        return False if never[node.operator] else None

    def _is_text(self, node: Node) -> bool:
        if isinstance(node, nodes.Constant):
            return isinstance(node.value, str)
        if isinstance(node, nodes.AttributeOf):
            return any(isinstance(content, str) for _, content in node.by_value)
        return isinstance(node, nodes.TextOf) or (
            isinstance(node, nodes.If) and self._is_text(node.yes)
        )

    # -- which way

    def goes(self, node: Node, key: str, box: Box) -> tuple[bool, bool]:
        """Tell whether a number may rise, and whether it may fall, when the number option `key`
        rises in `box`.

        Conditions that read nothing but this option are taken as fixed: whoever asks looks between
        their thresholds.
        """
        if key not in nodes.reads(node):
            return False, False
        match node:
            case nodes.NumberOf():
                return True, False
            case nodes.Arithmetic():
                return self._arithmetic_goes(node, key, box)
            case nodes.Call() if node.function in ("min", "max", "sum"):
                return _either([self.goes(each, key, box) for each in node.arguments])
            case nodes.Call() if node.function == "abs":
                return _scaled(
                    self.goes(node.arguments[0], key, box), self.bounds(node.arguments[0], box)
                )
            case nodes.Call() if all(key not in nodes.reads(each) for each in node.arguments[1:]):
                return self.goes(node.arguments[0], key, box)
            case nodes.If() if nodes.reads(node.condition) == {key} or key not in nodes.reads(
                node.condition
            ):
                return _either([self.goes(node.yes, key, box), self.goes(node.no, key, box)])
            case nodes.CountTrue() if all(
                nodes.reads(each) in ({key}, frozenset()) for each in node.conditions
            ):
                return False, False
        return True, True

    def _arithmetic_goes(self, node: nodes.Arithmetic, key: str, box: Box) -> tuple[bool, bool]:
        left, right = self.goes(node.left, key, box), self.goes(node.right, key, box)
        if node.operator == "+":
            return _either([left, right])
        if node.operator == "-":
            return _either([left, right[::-1]])
        of_left, of_right = self.bounds(node.left, box), self.bounds(node.right, box)
        if node.operator == "*":
            return _either([_scaled(left, of_right), _scaled(right, of_left)])
        if of_right is None or of_right[0] <= 0 <= of_right[1]:
            return True, True
        return _either([_scaled(left, of_right), _scaled(right, of_left)[::-1]])


def _ends(cells: Collection[int], none: int | None) -> tuple[int, int] | None:
    """Return the least and the greatest of `cells` but for "no value", which stands behind all
    others.
    """
    if isinstance(cells, range) and cells.step == 1:
        some = cells[:-1] if cells and cells[-1] == none else cells
        return (some[0], some[-1]) if some else None
    numbers = [cell for cell in cells if cell != none]
    return (min(numbers), max(numbers)) if numbers else None


def node_value(amounts: Mapping[str, Any] | None, key: str) -> Any:
    return None if amounts is None else amounts.get(key)


def conditions_in(node: Node) -> Iterator[Node]:
    """Return all conditions inside a number."""
    match node:
        case nodes.If():
            yield node.condition
        case nodes.CountTrue():
            yield from node.conditions
    for child in nodes.children(node):
        yield from conditions_in(child)


def summands(
    node: Node, model_values: Callable[[str], Sequence[str]]
) -> list[tuple[Fraction, Node]]:
    """Return numbers, each with a factor, that sum to `node` and are undefined only where it is."""
    match node:
        case nodes.Arithmetic("+", left, right):
            return [*summands(left, model_values), *summands(right, model_values)]
        case nodes.Arithmetic("-", left, right):
            negative = [(-factor, part) for factor, part in summands(right, model_values)]
            return [*summands(left, model_values), *negative]
        case nodes.Arithmetic("*", nodes.Constant(Fraction() as number), other) | nodes.Arithmetic(
            "*", other, nodes.Constant(Fraction() as number)
        ):
            return [(factor * number, part) for factor, part in summands(other, model_values)]
        case nodes.Arithmetic("/", other, nodes.Constant(Fraction() as number)) if number:
            return [(factor / number, part) for factor, part in summands(other, model_values)]
        case nodes.Call("sum", arguments):
            return [each for argument in arguments for each in summands(argument, model_values)]
        case nodes.CountTrue(conditions):
            return [(Fraction(1), _one_if(condition)) for condition in conditions]
        case nodes.CountOf(option):
            return [
                (Fraction(1), _one_if(nodes.Has(option, value))) for value in model_values(option)
            ]
        case nodes.AttributeOf(option, _, by_value, True):
            return [
                (amount, _one_if(nodes.Has(option, value)))
                for value, amount in by_value
                if isinstance(amount, Fraction)
            ]
    return [(Fraction(1), node)]


def _one_if(condition: Node) -> Node:
    return nodes.If(condition, nodes.Constant(Fraction(1)), nodes.Constant(ZERO))


# -- which way


def _scaled(way: tuple[bool, bool], factor: Interval | None) -> tuple[bool, bool]:
    """Return which way something goes that is multiplied by a number with these bounds."""
    if factor is None or way == (False, False):
        return False, False
    low, high = factor
    if low >= 0:
        return way
    return way[::-1] if high <= 0 else (True, True)


def _either(ways: Sequence[tuple[bool, bool]]) -> tuple[bool, bool]:
    return any(up for up, _ in ways), any(down for _, down in ways)


# -- truths that may be open


def _only(truths: Sequence[bool]) -> bool | None:
    return truths[0] if truths and all(truth == truths[0] for truth in truths) else None


def _negated(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _some(truths: Sequence[bool | None]) -> bool | None:
    if True in truths:
        return True
    return None if None in truths else False
