"""Gaps in prices over two numbers: lines for ranges of width and height that leave a combination
without any.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product as combinations

import numpy as np

from catalog.expressions import nodes
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import Node, children, reads
from catalog.expressions.types import Scope
from catalog.kinds.register import kind_of
from catalog.product_model import Option, PriceLine, ProductModel
from configurator.engine.face.examination import Array
from pricing.price_forms import PriceRefused, Reading

MOST_CELLS = 20_000


@dataclass(frozen=True)
class Grid:
    """Price lines whose conditions read the same two numbers, no two of which hold at once.

    `gap` holds where a combination has no line, though the lines around it do; None where there is
    no such combination. `is_too_large` says that this was not looked at.
    """

    options: tuple[Option, Option]
    lines: tuple[PriceLine, ...]
    gap: Node | None = None
    is_too_large: bool = False


def grids_of(model: ProductModel, lines: Sequence[PriceLine], scope: Scope) -> Iterator[Grid]:
    """Return the grids among price lines, each with its gap."""
    found: dict[tuple[str, str], list[tuple[PriceLine, Node]]] = {}
    for line in lines:
        if line.when is None or line.is_bound:
            continue
        reading = Reading(line, model, scope)
        try:
            (when,) = reading.conditions
        except PriceRefused:
            continue
        keys = sorted(reads(when))
        if len(keys) == 2 and all(kind_of(model.option_by_key[key]).is_stepped for key in keys):
            found.setdefault((keys[0], keys[1]), []).append((line, when))
    for (one, other), members in found.items():
        if len(members) > 1:
            yield _grid((model.option_by_key[one], model.option_by_key[other]), members)


def _grid(options: tuple[Option, Option], members: Sequence[tuple[PriceLine, Node]]) -> Grid:
    lines = tuple(line for line, _ in members)
    conditions = [when for _, when in members]
    axes = [_axis(option, conditions) for option in options]
    if len(axes[0]) * len(axes[1]) > MOST_CELLS:
        return Grid(options, lines, is_too_large=True)
    covered: Array = np.zeros((len(axes[0]), len(axes[1])), np.int64)
    tests = [function_of(when) for when in conditions]
    for (row, (x, _)), (column, (y, _)) in combinations(enumerate(axes[0]), enumerate(axes[1])):
        values = {
            each.key: kind_of(each).at_number(end)
            for each, end in zip(options, (x, y), strict=True)
        }
        covered[row, column] = sum(bool(holds(values)) for holds in tests)
    if (covered > 1).any():
        return Grid(options, lines)  # such lines add up, and are no scale
    has = covered.astype(bool)
    rows, columns = has.any(axis=1), has.any(axis=0)
    inside = np.outer(rows, columns) | _between(has) | _between(has.T).T
    cells = np.argwhere(inside & ~has)
    if not len(cells):
        return Grid(options, lines)
    places = [
        nodes.And((_within(options[0], axes[0][row]), _within(options[1], axes[1][column])))
        for row, column in cells
    ]
    somewhere: Node = places[0] if len(places) == 1 else nodes.Or(tuple(places))
    return Grid(options, lines, nodes.And((somewhere, *(nodes.Not(when) for when in conditions))))


def _between(has: Array) -> Array:
    """Return where something is covered both before and after in the same row."""
    before = np.maximum.accumulate(has, axis=1)
    after = np.maximum.accumulate(has[:, ::-1], axis=1)[:, ::-1]
    return before & after


def _axis(option: Option, conditions: Sequence[Node]) -> list[tuple[Decimal, Decimal]]:
    """Return runs of numbers that no condition tells apart; single numbers where conditions compute
    with them.
    """
    number = kind_of(option).scale(option)
    assert number is not None
    count = len(number)
    limits: set[Fraction] = set()
    if not all(_limits(when, option.key, limits) for when in conditions):
        if count > MOST_CELLS:
            return [(number.first, number.first)] * (MOST_CELLS + 1)
        return [(number.at(place), number.at(place)) for place in range(count)]
    first, step = Fraction(number.first), Fraction(number.step)
    starts = {0}
    for limit in limits:
        place = (limit - first) / step
        # A limit may hold for itself on either side, and so is a run of its own.
        starts.update({int(place // 1), int(place // 1) + 1} if place >= 0 else ())
    kept = sorted(place for place in starts if place < count)
    ends = [*(place - 1 for place in kept[1:]), count - 1]
    return [(number.at(start), number.at(end)) for start, end in zip(kept, ends, strict=True)]


def _limits(node: Node, key: str, found: set[Fraction]) -> bool:
    """Collect what a number is compared with; False where it is used in another way."""
    if isinstance(node, nodes.Compare):
        sides = (node.left, node.right)
        for one, other in (sides, sides[::-1]):
            is_own = isinstance(one, nodes.NumberOf) and one.option == key
            if is_own and isinstance(other, nodes.Constant) and isinstance(other.value, Fraction):
                found.add(other.value)
                return True
        return key not in reads(node)
    if isinstance(node, nodes.NumberOf):
        return node.option != key
    return all(_limits(child, key, found) for child in children(node))


def _within(option: Option, ends: tuple[Decimal, Decimal]) -> Node:
    own = kind_of(option).as_number(option)
    low, high = (nodes.Constant(Fraction(end)) for end in ends)
    return nodes.And((nodes.Compare(">=", own, low), nodes.Compare("<=", own, high)))
