"""Amounts by two numbers: the cell that two numbers lead to, and the whole table as one number for
the engine.

The engine knows no tables. It is told a tree of comparisons that is as deep as the sizes are wide,
11 of them for 40 × 40, and its numbers are told apart at the sizes alone.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.expressions import nodes
from catalog.expressions.arithmetic import UNDEFINED
from catalog.expressions.nodes import Node
from catalog.product_model import Choice, PriceTable

type Exact = int | Fraction


def exact(number: Decimal) -> Exact:
    """Return a decimal as a number to compute with."""
    above, below = number.as_integer_ratio()
    return above if below == 1 else Fraction(above, below)


@dataclass(frozen=True)
class Lookup:
    """The cells of a table, found by number; sizes and amounts are those of the table, made ready."""

    table: PriceTable
    column_sizes: tuple[Exact, ...]
    row_sizes: tuple[Exact, ...]
    keys: tuple[tuple[str, ...], ...]
    amounts: tuple[tuple[Exact | None, ...], ...]

    def cell(self, column: Exact | None, row: Exact | None) -> tuple[str, Exact | None] | None:
        """Return key and amount of the cell for two numbers; None where one of them is missing or
        has no size.
        """
        across, down = self._place(self.column_sizes, column), self._place(self.row_sizes, row)
        if across is None or down is None:
            return None
        return self.keys[down][across], self.amounts[down][across]

    def _place(self, sizes: Sequence[Exact], number: Exact | None) -> int | None:
        if number is None:
            return None
        place = bisect_left(sizes, number)
        if place == len(sizes) or (self.table.exact and sizes[place] != number):
            return None
        return place

    def why_not(self, column: Exact | None, row: Exact | None) -> str:
        """Return why there is no amount for two numbers, as the end of a sentence."""
        if column is None or row is None:
            return "no amount with these choices"
        table = self.table
        told = f"no amount for {_told(column)} by {_told(row)}"
        if table.exact or (column <= self.column_sizes[-1] and row <= self.row_sizes[-1]):
            return told
        return f"{told}: its table goes up to {table.column_sizes[-1]:f} by {table.row_sizes[-1]:f}"


def _told(number: Exact) -> str:
    decimals = Fraction(number).limit_denominator(10**6)
    return f"{float(decimals):.6f}".rstrip("0").rstrip(".")


def lookup(table: PriceTable) -> Lookup:
    """Return `table` ready to be asked."""
    keys = iter(table.cells)
    return Lookup(
        table,
        tuple(map(exact, table.column_sizes)),
        tuple(map(exact, table.row_sizes)),
        tuple(tuple(next(keys) for _ in table.column_sizes) for _ in table.row_sizes),
        tuple(
            tuple(None if each is None else exact(each) for each in row) for row in table.amounts
        ),
    )


def with_cells(table: PriceTable, amounts: Mapping[str, Decimal], only: bool = False) -> PriceTable:
    """Return `table` with these amounts in their cells, and with `only` nothing in the others."""
    cells = iter(table.cells)
    kept = tuple(
        tuple(amounts.get(next(cells), None if only else amount) for amount in row)
        for row in table.amounts
    )
    return replace(table, amounts=kept)


def has_amount(table: PriceTable, column: Node, row: Node) -> Node:
    """Return the condition that there is an amount for the two numbers."""
    empty: list[Node] = []
    for place, cells in enumerate(table.amounts):
        for first, last in _runs([cell is None for cell in cells]):
            across = (
                *_above(column, table.column_sizes, first),
                _test("<=", column, table.column_sizes[last]),
            )
            down = (*_above(row, table.row_sizes, place), _test("<=", row, table.row_sizes[place]))
            empty.append(nodes.And((*across, *down)))
    has_size = _has_size(table, column, row)
    return (
        nodes.And((*has_size, nodes.Not(nodes.Or(tuple(empty))))) if empty else nodes.And(has_size)
    )


def _runs(truths: Sequence[bool]) -> list[tuple[int, int]]:
    """Return first and last place of each run of true ones."""
    starts = [at for at, truth in enumerate(truths) if truth and not (at and truths[at - 1])]
    ends = [
        at
        for at, truth in enumerate(truths)
        if truth and not (at + 1 < len(truths) and truths[at + 1])
    ]
    return list(zip(starts, ends, strict=True))


def _above(number: Node, sizes: Sequence[Decimal], place: int) -> tuple[Node, ...]:
    return () if place == 0 else (_test(">", number, sizes[place - 1]),)


def _has_size(table: PriceTable, column: Node, row: Node) -> tuple[Node, Node]:
    if not table.exact:
        return _test("<=", column, table.column_sizes[-1]), _test("<=", row, table.row_sizes[-1])
    return (
        nodes.Or(tuple(_test("==", column, size) for size in table.column_sizes)),
        nodes.Or(tuple(_test("==", row, size) for size in table.row_sizes)),
    )


def number_of(table: PriceTable, column: Node, row: Node) -> Node:
    """Return the table as a number that depends on two others, undefined where it has no amount."""
    column_tests = [_test("<=", column, size) for size in table.column_sizes]
    row_tests = [_test("<=", row, size) for size in table.row_sizes]

    def amount(cell: Decimal | None) -> Node:
        return UNDEFINED if cell is None else nodes.Constant(Fraction(cell))

    rows = [_chosen(column_tests, [amount(cell) for cell in cells]) for cells in table.amounts]
    has_size = _has_size(table, column, row)
    return nodes.If(nodes.And(has_size), _chosen(row_tests, rows), UNDEFINED)


def _test(operator: Any, number: Node, size: Decimal) -> Node:
    return nodes.Compare(operator, number, nodes.Constant(Fraction(size)))


def _chosen(tests: Sequence[Node], parts: Sequence[Node]) -> Node:
    """Return the part of the first test that holds, found by halves; the last one where no other
    holds.
    """
    if len(parts) == 1:
        return parts[0]
    middle = (len(parts) - 1) // 2
    below, above = (
        _chosen(tests[: middle + 1], parts[: middle + 1]),
        _chosen(tests[middle + 1 :], parts[middle + 1 :]),
    )
    return below if below == above else nodes.If(tests[middle], below, above)


def sized(
    table: PriceTable,
    column: Callable[[Mapping[str, Choice]], Any],
    row: Callable[[Mapping[str, Choice]], Any],
) -> Callable[[Mapping[str, Choice]], tuple[str | None, Exact | None, str]]:
    """Return a function that gives the cell's key, its amount, and why there is none, for values of
    options.
    """
    cells = lookup(table)

    def found(values: Mapping[str, Choice]) -> tuple[str | None, Exact | None, str]:
        across, down = column(values), row(values)
        cell = cells.cell(across, down)
        if cell is None or cell[1] is None:
            return (None if cell is None else cell[0]), None, cells.why_not(across, down)
        return cell[0], cell[1], ""

    return found
