"""Rows of tables that do nothing: nothing reaches them, or they stand twice."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from catalog.findings import Finding, Progress
from catalog.kinds.register import kind_of
from catalog.product_model import Option, TableRule, write_number
from configurator.engine.face.conflicts import Reason
from configurator.engine.face.examination import Slot, slots_read, truth
from configurator.engine_checks.examined import Examined
from configurator.engine_checks.words import joined

# How many rows the solver is asked about, and how many configurations others are tried in.
MOST_ASKED = 2_000
MOST_KEPT = 4

type Classes = tuple[int, ...]
type Row = tuple[Classes, ...]
"""The classes that each cell of a row takes, column by column."""


def idle_rows(product: Examined) -> Iterator[Finding | Progress]:
    """Return the rows of tables that nothing reaches, and rows that stand twice.

    A row that allows is reached by a configuration that matches it and has a value for at least one
    of the table's options; a row that forbids, by one that would match it if the table were not
    there.
    """
    for number, table in enumerate(product.model.tables):
        yield Progress("Rows of tables", number, len(product.model.tables))
        yield from _repeated(table)
        yield from (
            _Table(product, table).allowing()
            if table.allows
            else _Table(product, table).forbidding()
        )


def _repeated(table: TableRule) -> Iterator[Finding]:
    places: dict[Any, int] = {}
    twice: list[tuple[int, int]] = []
    for place, row in enumerate(table.rows):
        key = tuple((type(cell), cell) for cell in row)
        if key in places:
            twice.append((places[key], place))
        else:
            places[key] = place
    if twice:
        named = joined([f"row {later + 1} (as row {first + 1})" for first, later in twice])
        several = len(twice) > 1
        yield Finding(
            "note",
            "row-repeated",
            f"tables/{table.key}/rows/{twice[0][1]}",
            f"Table '{table.key}' says the same twice: {named}. Remove the later row{'s' if several else ''}.",
            also=tuple(f"tables/{table.key}/rows/{later}" for _, later in twice[1:]),
            about=tuple(str(table.rows[later]) for _, later in twice),
        )


class _Table:
    """A table under examination."""

    def __init__(self, product: Examined, table: TableRule) -> None:
        self.product = product
        self.table = table
        self.own = product.places[Reason("table", table.key)]
        self.options = [product.model.option_by_key[key] for key in table.options]
        self.slots = [product.compiled.slots.of_option[key] for key in table.options]
        self.nones = [product.compiled.classes.none(slot) for slot in self.slots]
        self.taken: list[dict[Any, Classes]] = [{} for _ in self.slots]
        touched = {slot.index for slot in self.slots}
        self.tests = [
            truth(constraint.formula)
            for place, constraint in enumerate(product.compiled.constraints)
            if (place != self.own or table.allows)
            and not touched.isdisjoint(slots_read(constraint.formula))
        ]
        self.configurations: list[list[int]] = []

    def allowing(self) -> Iterator[Finding | Progress]:
        """Return the rows of a table that allows which no configuration matches."""
        unreached = yield from self._not_passing(self._matched)
        if unreached:
            yield self._unreached(unreached)

    def forbidding(self) -> Iterator[Finding | Progress]:
        """Return the rows of a table that forbids which forbid nothing that the rest allows."""
        others = self.product.without(Reason("table", self.table.key))

        def possible(row: Row) -> bool:
            literals = self._literals(row)
            return literals is not None and self.product.stands(literals, others)

        idle = yield from self._not_passing(possible)
        if idle:
            yield self._idle(idle)

    def _not_passing(
        self, possible: Callable[[Row], bool]
    ) -> Generator[Finding | Progress, None, list[int]]:
        """Return the rows that are not `possible`; those that a known configuration could have need
        no question.
        """
        self._keep([])
        found: list[int] = []
        asked = 0
        for place in range(len(self.table.rows)):
            if place % 1_000 == 0:
                yield Progress(f"Rows of table {self.table.key}", place, len(self.table.rows))
            row = self._row(place)
            if self._fits_somewhere(row):
                continue
            if asked == MOST_ASKED:
                yield self._not_examined(place)
                break
            asked += 1
            if not possible(row):
                found.append(place)
        return found

    # -- what reaches a row

    def _fits_somewhere(self, row: Row) -> bool:
        """Tell whether one of the configurations found last satisfies everything with the row's
        values in it.
        """
        given = [self._given(classes, column) for column, classes in enumerate(row)]
        if not all(given):
            return False
        for configuration in self.configurations:
            cells = list(configuration)
            for slot, classes in zip(self.slots, given, strict=True):
                cells[slot.index] = classes[0]
            if all(test(cells) for test in self.tests):
                return True
        return False

    def _keep(self, literals: Sequence[int]) -> bool:
        """Tell whether some configuration satisfies the literals, and keep it."""
        with self.product.asking() as search:
            if not search.solvable(literals):
                return False
            self.configurations = [search.witness().tolist(), *self.configurations[: MOST_KEPT - 1]]
        return True

    def _matched(self, row: Row) -> bool:
        """Tell whether some configuration matches the row and has a value for one of the options."""
        literals = self._literals(row)
        if literals is None:
            return False
        for slot, none in zip(self.slots, self.nones, strict=True):
            given = [] if none is None else [-self.product.compiled.literal(slot.index, none)]
            if self._keep([*literals, *given]):
                return True
            if not given:
                return False
        return False

    def _literals(self, row: Row) -> list[int] | None:
        """Return literals that say together that the row matches; None where a cell takes nothing."""
        found: list[int] = []
        for slot, classes in zip(self.slots, row, strict=True):
            cells = self.product.compiled.literals[slot.index].cells
            if not classes:
                return None
            inside = set(classes)
            found += (
                [cells[classes[0]]]
                if len(classes) == 1
                else [-literal for place, literal in enumerate(cells) if place not in inside]
            )
        return found

    # -- what a row takes

    def _row(self, place: int) -> Row:
        return tuple(
            self._classes(column, cell) for column, cell in enumerate(self.table.rows[place])
        )

    def _given(self, classes: Classes, column: int) -> Classes:
        return tuple(each for each in classes if each != self.nones[column])

    def _classes(self, column: int, cell: Any) -> Classes:
        key = (type(cell), cell)
        known = self.taken[column].get(key)
        if known is None:
            option, slot = self.options[column], self.slots[column]
            of_cell = self.product.compiled.classes.of_cell[slot.index]
            found = set(of_cell[list(_cells(option, slot, cell))].tolist())
            none = self.nones[column]
            if self.table.allows and none is not None:
                found.add(none)
            known = self.taken[column][key] = tuple(sorted(found))
        return known

    # -- what is told

    def _not_examined(self, place: int) -> Finding:
        return Finding(
            "note",
            "not-examined",
            f"tables/{self.table.key}",
            f"Of the {len(self.table.rows):,} rows of table '{self.table.key}' those from row {place + 1:,} on were "
            "not all looked at: there are too many.",
        )

    def _unreached(self, places: Sequence[int]) -> Finding:
        count = len(self.table.rows)
        whole = (
            f"No row of table '{self.table.key}'"
            if len(places) == count
            else _rows_told(places, self.table)
        )
        return self._about(
            "warning",
            "row-unreachable",
            places,
            f"{whole} can {'' if len(places) == count else 'never '}be reached: rules or other tables rule out what "
            f"{'it allows' if len(places) == 1 else 'they allow'}. Correct or remove "
            f"{'it' if len(places) == 1 else 'them'}, or allow the combination elsewhere.",
        )

    def _idle(self, places: Sequence[int]) -> Finding:
        whole = f"No row of table '{self.table.key}' forbids anything: all"
        told = (
            whole
            if len(places) == len(self.table.rows)
            else f"{_rows_told(places, self.table)} forbid"
            + ("s nothing: it" if len(places) == 1 else " nothing: they")
        )
        return self._about(
            "note",
            "row-idle",
            places,
            f"{told} name{'s' if len(places) == 1 and told is not whole else ''} what is impossible anyway. "
            "Nothing changes without.",
        )

    def _about(self, severity: str, code: str, places: Sequence[int], sentence: str) -> Finding:
        row = self.table.rows[places[0]]
        return Finding(
            "warning" if severity == "warning" else "note",
            code,
            f"tables/{self.table.key}/rows/{places[0]}",
            sentence,
            {key: _plain(cell) for key, cell in zip(self.table.options, row, strict=True)},
            also=tuple(f"tables/{self.table.key}/rows/{place}" for place in places[1:]),
            about=tuple(str(self.table.rows[place]) for place in places),
        )


def _rows_told(places: Sequence[int], table: TableRule) -> str:
    named = joined([str(place + 1) for place in places])
    return f"{'Row' if len(places) == 1 else 'Rows'} {named} of table '{table.key}'"


def _plain(cell: Any) -> Any:
    if isinstance(cell, tuple):
        return [_plain(each) for each in cell]
    return write_number(cell) if isinstance(cell, Decimal) else cell


def _cells(option: Option, slot: Slot, cell: Any) -> Iterable[int]:
    """Return the cells of `slot` that a table's cell takes; "no value" is none of them."""
    if isinstance(cell, tuple):
        return {each for part in cell for each in _cells(option, slot, part)}
    if cell == "*":
        return [each for each in range(slot.cells) if each != slot.none]
    marked = kind_of(option).marked(option, cell)
    return () if marked is None else range(*marked)
