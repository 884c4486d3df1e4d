"""What a comparison is worth along its axes: for arrays of positions at once, for one point, and
which way it tips.

A *position* along an axis stands for all that the comparison cannot tell apart there. Columns hold
what the parts of the comparison that read a single axis are worth at each position.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import prod
from operator import mul
from typing import Any

import numpy as np
import numpy.typing as npt

from catalog.expressions import nodes
from catalog.expressions.evaluate import Function, function_of
from catalog.expressions.nodes import Node
from configurator.engine.constraints import exact
from configurator.engine.constraints.exact import Array, Numbers
from configurator.engine.constraints.intervals import (
    NOTHING,
    UNKNOWN,
    Interval,
    called,
    hull,
    inverse,
    negative,
    or_nothing,
    product,
    total,
)

MOST_AT_ONCE = 1 << 16
MOST_TURNS = 300_000


@dataclass(frozen=True, slots=True)
class Texts:
    """An array of texts by number, each defined where `ok`."""

    ids: Array
    ok: Array

    def reshaped(self, shape: tuple[int, ...]) -> "Texts":
        return Texts(self.ids.reshape(shape), self.ok.reshape(shape))


type Result = Numbers | Texts | Array


@dataclass(frozen=True, slots=True)
class Column:
    """A part of a comparison that reads the axis `axis` alone: its results, numbers or truths, by
    position.
    """

    node: Node
    axis: int
    results: Numbers | Array


@dataclass(frozen=True, slots=True)
class _Trend:
    """Within which interval numbers lie, and where each axis takes them.

    `ways` holds 1 for an axis along which they never fall, -1 where they never rise, 0 where they
    stay, None where that is not known.
    """

    interval: Interval
    ways: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class _Turns:
    """Where a comparison turns along `axis`, for all positions along the others.

    `places` tells it by the number of those positions (the axis itself has stride 0): with `falls`
    the comparison holds before the place and not from there on, without it the other way round.
    `rest` tells what it is at the positions of the axis that are not regular, None where it never
    holds there.
    """

    axis: int
    falls: bool
    strides: tuple[int, ...]
    places: Array
    rest: Array | None


class Computation:
    """A comparison by `<`, `<=`, `>=` or `>` over axes with `lengths` positions each.

    Along each axis the first `regular[i]` positions are those where all columns are defined.
    `ways[i]` tells what happens to `left - right` from one of these to the next: 1 never falls, -1
    never rises, 0 stays, None unknown.
    """

    def __init__(
        self, comparison: nodes.Compare, columns: Sequence[Column], lengths: Sequence[int]
    ) -> None:
        self.comparison = comparison
        self.columns = tuple(columns)
        self.lengths = tuple(lengths)
        defined = [np.ones(length, bool) for length in lengths]
        for column in columns:
            if isinstance(column.results, Numbers):
                defined[column.axis] &= column.results.ok
        self.regular = tuple(
            int(np.argmin(each)) if not each.all() else len(each) for each in defined
        )
        self.ways = self._ways()

    def __reduce__(self) -> tuple[Any, ...]:
        return Computation, (self.comparison, self.columns, self.lengths)

    def test(self, point: Sequence[int]) -> Any:
        """Tell whether the comparison holds at a point, given by its position along each axis."""
        turns = self._turns
        if turns is None:
            return self._function({key: values[point[axis]] for key, axis, values in self._single})
        row = sum(map(mul, point, turns.strides))
        place, regular = point[turns.axis], self.regular[turns.axis]
        if place >= regular:
            return turns.rest is not None and turns.rest[row, place - regular]
        return (place < turns.places[row]) == turns.falls

    def at(self, points: Sequence[Array]) -> npt.NDArray[np.bool_]:
        """Return where the comparison holds; `points` are positions along each axis, broadcast
        together.
        """
        turns = self._turns
        if turns is None:
            return self._computed_at(points)
        row: Any = sum(
            each * stride for each, stride in zip(points, turns.strides, strict=True) if stride
        )
        places, regular = points[turns.axis], self.regular[turns.axis]
        before: Array = places < turns.places[row]
        if regular == self.lengths[turns.axis]:
            return before if turns.falls else ~before
        holds: Array = before if turns.falls else ~before & (places < regular)
        if turns.rest is not None:
            holds = np.where(
                places < regular, holds, turns.rest[row, np.maximum(places - regular, 0)]
            )
        return holds

    @cached_property
    def _turns(self) -> _Turns | None:
        """Where the comparison turns along its longest axis, if that can be told; None where it
        cannot.
        """
        known = [
            axis for axis, way in enumerate(self.ways) if way is not None and self.regular[axis]
        ]
        axis = max(known, key=lambda each: self.lengths[each], default=None)
        if axis is None:
            return None
        shape = [1 if place == axis else length for place, length in enumerate(self.lengths)]
        regular, length = self.regular[axis], self.lengths[axis]
        if prod(shape) * max(1, length - regular) > MOST_TURNS:
            return None
        strides = tuple(
            0 if place == axis else prod(shape[place + 1 :]) for place in range(len(shape))
        )
        points = list(np.ix_(*map(np.arange, shape)))
        first = self._computed_at(points)
        turn = self._tipping(points, axis, first)
        # Where `left - right` rises, `<` and `<=` can only turn false.
        falls = (self.ways[axis] != -1) == (self.comparison.operator in ("<", "<="))
        places = np.where(first == falls, turn, 0).reshape(-1).astype(np.int32)
        points[axis] = np.moveaxis(
            np.arange(regular, length).reshape((-1, *[1] * (len(shape) - 1))), 0, axis
        )
        rest = np.moveaxis(self._computed_at(points), axis, -1).reshape(
            len(places), length - regular
        )
        return _Turns(axis, falls, strides, places, rest if rest.any() else None)

    def _computed_at(self, points: Sequence[Array]) -> npt.NDArray[np.bool_]:
        known = {
            column.node: _taken(column.results, points[column.axis]) for column in self.columns
        }
        shape = np.broadcast_shapes(*(each.shape for each in points))
        return np.broadcast_to(np.asarray(value(self.comparison, known), bool), shape)

    def line(self, point: Sequence[int], axis: int, positions: Array) -> npt.NDArray[np.bool_]:
        """Return where the comparison holds at `positions` along one axis, the others as in
        `point`.
        """
        return self.at(
            [positions if place == axis else np.array([each]) for place, each in enumerate(point)]
        )

    def tipping(self, points: Sequence[Array], axis: int) -> Array:
        """Return the first regular position along `axis` from which on the comparison is other than
        at 0.

        There the way must be known. `points` are positions along all axes, broadcast together;
        those along `axis` do not matter. Found by bisection, for all points at once.
        """
        others = [
            np.zeros(1, np.int64) if place == axis else each for place, each in enumerate(points)
        ]
        return self._tipping(others, axis, self.at(others))

    def _tipping(self, points: Sequence[Array], axis: int, before: Array) -> Array:
        """Return what `tipping` does; `before` tells where the comparison holds at position 0."""
        at = self.at if "_turns" in vars(self) else self._computed_at
        others = list(points)
        low = np.zeros(before.shape, np.int64)
        high = np.full(before.shape, self.regular[axis], np.int64)
        while True:
            open_ones = high - low > 1
            if not open_ones.any():
                return high
            middle = (low + high) // 2
            others[axis] = middle
            same = at(others) == before
            low = np.where(open_ones & same, middle, low)
            high = np.where(open_ones & ~same, middle, high)

    def box(self, point: Sequence[int], holds: bool, order: Sequence[int]) -> list[Array | slice]:
        """Return positions for each axis, around `point`, such that the comparison is `not holds`
        in the whole box.

        It must be so at `point`. The box is grown along the axes in this `order`: what comes first
        is grown most.
        """
        corner = list(point)
        box: list[Array | slice] = [slice(place, place + 1) for place in point]
        rest: list[int] = []
        for axis in order:
            way = self.ways[axis]
            if way is None or point[axis] >= self.regular[axis]:
                rest.append(axis)
                continue
            # Where `left - right` rises, `<` and `<=` can only turn false.
            worse = way if (self.comparison.operator in ("<", "<=")) == holds else -way
            corner[axis] = self._corner(corner, axis, worse, holds)
            box[axis] = slice(0, self.regular[axis])
            if worse:
                box[axis] = (
                    slice(corner[axis], self.regular[axis])
                    if worse > 0
                    else slice(0, corner[axis] + 1)
                )
        for axis in rest:
            self._widen(box, corner, axis, holds)
        return box

    def _corner(self, corner: Sequence[int], axis: int, worse: int, holds: bool) -> int:
        """Return the last position along `axis`, seen from the worst, where the comparison is still
        `not holds`.
        """
        best = 0 if worse > 0 else self.regular[axis] - 1
        moved = list(corner)

        def broken(position: int) -> bool:
            moved[axis] = position
            return bool(self.test(moved)) != holds

        if not worse or broken(best):
            return best
        good, bad = best, corner[axis]
        while abs(bad - good) > 1:
            middle = (good + bad) // 2
            if broken(middle):
                bad = middle
            else:
                good = middle
        return bad

    def _widen(
        self, box: list[Array | slice], corner: Sequence[int], axis: int, holds: bool
    ) -> None:
        """Take all positions along `axis` into the box where all of the box, as far as it is grown,
        is `not holds`.
        """
        taken = [
            np.arange(self.lengths[axis])
            if other == axis
            else np.array([corner[other]])
            if self.ways[other] is not None and corner[other] < self.regular[other]
            else np.arange(self.lengths[other])[box[other]]
            for other in range(len(corner))
        ]
        size = 1
        for each in taken:
            size *= len(each)
        if size > MOST_AT_ONCE:
            return
        shape = [len(each) for each in taken]
        places = [
            each.reshape([-1 if place == other else 1 for other in range(len(shape))])
            for place, each in enumerate(taken)
        ]
        broken = self.at(places) != holds
        box[axis] = np.flatnonzero(
            broken.all(axis=tuple(other for other in range(len(shape)) if other != axis))
        )

    # -- one point

    @cached_property
    def _single(self) -> list[tuple[str, int, list[Any]]]:
        return [
            (f"#{place}", column.axis, _plain(column.results))
            for place, column in enumerate(self.columns)
        ]

    @cached_property
    def _function(self) -> Function:
        put: dict[Node, Node] = {
            column.node: nodes.NumberOf(f"#{place}")
            if isinstance(column.results, Numbers)
            else nodes.IsTrue(f"#{place}")
            for place, column in enumerate(self.columns)
        }
        return function_of(_replaced(self.comparison, put))

    # -- which way it tips

    def _ways(self) -> tuple[int | None, ...]:
        trends = {column.node: self._column_trend(column) for column in self.columns}
        still = (0,) * len(self.lengths)

        def trend(node: Node) -> _Trend:
            found = trends.get(node)
            if found is None:
                found = trends[node] = anew(node)
            return found

        def anew(node: Node) -> _Trend:
            match node:
                case nodes.Constant(Fraction() as number):
                    return _Trend((number, number), still)
                case nodes.Arithmetic("+" | "-", left, right):
                    sign = 1 if node.operator == "+" else -1
                    return _added(trend(left), _times(trend(right), sign))
                case nodes.Arithmetic("*", left, right):
                    return _multiplied(trend(left), trend(right))
                case nodes.Arithmetic("/", left, right):
                    return _multiplied(trend(left), _inverse(trend(right)))
                case nodes.Call("abs", (only,)):
                    return _absolute(trend(only))
                case nodes.Call("floor" | "ceil" | "round", arguments):
                    return _rounded(node.function, [trend(each) for each in arguments])
                case nodes.Call("sum", arguments) | nodes.Fold("sum", arguments):
                    found = _Trend(NOTHING, still)
                    for each in arguments:
                        found = _added(
                            found,
                            _also_nothing(trend(each))
                            if isinstance(node, nodes.Fold)
                            else trend(each),
                        )
                    return found
                case nodes.Call("min" | "max", arguments) | nodes.Fold("min" | "max", arguments):
                    return _either([trend(each) for each in arguments])
                case nodes.If(condition, yes, no):
                    found = _either([trend(yes), trend(no)])
                    asked = {
                        column.axis for column in self.columns if column.node in _below(condition)
                    }
                    ways = tuple(
                        None if axis in asked else way for axis, way in enumerate(found.ways)
                    )
                    return replace(found, ways=ways)
                case _:
                    return _Trend(UNKNOWN, (None,) * len(self.lengths))

        left, right = trend(self.comparison.left), trend(self.comparison.right)
        return _added(left, _times(right, -1)).ways

    def _column_trend(self, column: Column) -> _Trend:
        ways: list[int | None] = [0] * len(self.lengths)
        if not isinstance(column.results, Numbers):
            ways[column.axis] = None
            return _Trend(UNKNOWN, tuple(ways))
        numbers = _plain(column.results)
        defined = [number for number in numbers if number is not None]
        regular = [
            Fraction(number)
            for number in numbers[: self.regular[column.axis]]
            if number is not None
        ]
        pairs = list(pairwise(regular))
        rises, falls = any(a < b for a, b in pairs), any(a > b for a, b in pairs)
        ways[column.axis] = None if rises and falls else 1 if rises else -1 if falls else 0
        if not defined:
            return _Trend(NOTHING, tuple(ways))
        return _Trend((Fraction(min(defined)), Fraction(max(defined))), tuple(ways))


def _plain(results: Numbers | Array) -> list[Any]:
    """Return results one by one: whole numbers as ints, others as fractions, None where undefined;
    or truths.
    """
    if not isinstance(results, Numbers):
        truths: list[Any] = [bool(each) for each in results]
        return truths
    shape = np.broadcast_shapes(results.p.shape, results.q.shape, results.ok.shape)
    parts = (np.broadcast_to(part, shape).tolist() for part in (results.p, results.q, results.ok))
    return [
        None if not ok else p if q == 1 else p // q if p % q == 0 else Fraction(p, q)
        for p, q, ok in zip(*parts, strict=True)
    ]


def fractions_of(results: Numbers, length: int) -> list[Fraction | None]:
    """Return `length` results one by one, None where undefined."""
    parts = Numbers(
        *(np.broadcast_to(part, (length,)) for part in (results.p, results.q, results.ok))
    )
    return [None if number is None else Fraction(number) for number in _plain(parts)]


def _taken(results: Numbers | Array, positions: Array) -> Numbers | Array:
    if not isinstance(results, Numbers):
        return results[positions]
    return Numbers(
        *(part[positions] if part.size > 1 else part for part in (results.p, results.q, results.ok))
    )


def _replaced(node: Node, put: Mapping[Node, Node]) -> Node:
    """Return a node with the parts named in `put` replaced."""
    if node in put:
        return put[node]
    changes: dict[str, Any] = {}
    for each in fields(node):
        below = getattr(node, each.name)
        if isinstance(below, tuple) and any(
            hasattr(part, "__dataclass_fields__") for part in below
        ):
            changes[each.name] = tuple(_replaced(part, put) for part in below)
        elif hasattr(below, "__dataclass_fields__"):
            changes[each.name] = _replaced(below, put)
    return replace(node, **changes) if changes else node


def _below(node: Node) -> set[Node]:
    return {node}.union(*(_below(child) for child in nodes.children(node)))


# -- trends


def _joined(one: int | None, other: int | None) -> int | None:
    if one == 0 or one == other:
        return other
    return one if other == 0 else None


def _added(one: _Trend, other: _Trend) -> _Trend:
    ways = tuple(_joined(a, b) for a, b in zip(one.ways, other.ways, strict=True))
    return _Trend(total((one.interval, other.interval)), ways)


def _times(trend: _Trend, sign: int | None) -> _Trend:
    """Return the trend of numbers times something of a known `sign` that stays, as far as ways go;
    times 1 or -1.
    """
    ways = tuple(
        0 if way == 0 or sign == 0 else None if way is None or sign is None else way * sign
        for way in trend.ways
    )
    if sign == 1:
        return replace(trend, ways=ways)
    return _Trend(negative(trend.interval) if sign == -1 else UNKNOWN, ways)


def _sign(trend: _Trend) -> int | None:
    low, high = trend.interval
    return 1 if low >= 0 else -1 if high <= 0 else None


def _multiplied(one: _Trend, other: _Trend) -> _Trend:
    ways = tuple(
        _joined(a, b)
        for a, b in zip(_times(one, _sign(other)).ways, _times(other, _sign(one)).ways, strict=True)
    )
    return _Trend(product(one.interval, other.interval), ways)


def _inverse(trend: _Trend) -> _Trend:
    interval = inverse(trend.interval)
    if interval is None or interval == UNKNOWN:
        return _Trend(UNKNOWN, tuple(0 if way == 0 else None for way in trend.ways))
    return _Trend(interval, _times(trend, -1).ways)


def _absolute(trend: _Trend) -> _Trend:
    sign = _sign(trend)
    ways = (
        tuple(0 if way == 0 else None for way in trend.ways)
        if sign is None
        else _times(trend, sign).ways
    )
    return _Trend(called("abs", [trend.interval]) or UNKNOWN, ways)


def _rounded(function: str, trends: Sequence[_Trend]) -> _Trend:
    """Return the trend of the first numbers rounded, to a multiple of the second where there is
    one.
    """
    interval = called(function, [trend.interval for trend in trends]) or UNKNOWN
    ways = trends[0].ways
    if len(trends) > 1:
        low, high = trends[1].interval
        if low != high or not low:
            ways = tuple(
                0 if a == b == 0 else None for a, b in zip(ways, trends[1].ways, strict=True)
            )
    return _Trend(interval, ways)


def _also_nothing(trend: _Trend) -> _Trend:
    """Return the trend of numbers of which some may be left out of a sum."""
    return replace(trend, interval=or_nothing(trend.interval))


def _either(trends: Sequence[_Trend]) -> _Trend:
    found = trends[0]
    for each in trends[1:]:
        ways = tuple(_joined(a, b) for a, b in zip(found.ways, each.ways, strict=True))
        found = _Trend(hull((found.interval, each.interval)) or UNKNOWN, ways)
    return found


# -- arrays


def value(node: Node, known: Mapping[Node, Result]) -> Any:
    """Return the result of a node, in arrays; what it reads of options must be in `known`."""
    if node in known:
        return known[node]
    match node:
        case nodes.Constant():
            return (
                np.array([node.value])
                if isinstance(node.value, bool)
                else exact.constant(_number(node.value))
            )
        case nodes.Arithmetic():
            return _ARITHMETIC[node.operator](value(node.left, known), value(node.right, known))
        case nodes.Call():
            return _called(node.function, [value(part, known) for part in node.arguments])
        case nodes.Fold():
            return _folded(node.function, [value(part, known) for part in node.parts])
        case nodes.Compare():
            return _compared(node.operator, value(node.left, known), value(node.right, known))
        case nodes.If():
            return _chosen(
                value(node.condition, known), value(node.yes, known), value(node.no, known)
            )
        case nodes.And():
            return np.logical_and.reduce(
                np.broadcast_arrays(*(value(part, known) for part in node.parts))
            )
        case nodes.Or():
            return np.logical_or.reduce(
                np.broadcast_arrays(*(value(part, known) for part in node.parts))
            )
        case nodes.Not():
            return ~value(node.part, known)
        case nodes.Implies():
            return ~value(node.premise, known) | value(node.conclusion, known)
        case _:
            raise TypeError(f"{type(node).__name__} has no value of its own in a comparison")


def _number(value: Fraction | str) -> Fraction:
    assert isinstance(value, Fraction)
    return value


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
    """Return the sum, least or greatest of the parts that are defined."""
    nothing = exact.constant(Fraction(0))
    if function == "sum":
        return _called("sum", [nothing, *(exact.choose(part.ok, part, nothing) for part in parts)])
    result = Numbers(nothing.p, nothing.q, ~nothing.ok)
    for part in parts:
        both = _FOLDED[function](result, part)
        one = exact.choose(result.ok, result, part)
        result = exact.choose(both.ok, both, one)
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
