"""The second wall: finished values held against every constraint of the model, formula by formula
and without a solver.

Shares nothing with the engine but the expressions' meaning: what the engine calls complete and this
does not is a fault of ours, and nothing is sold by it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from catalog.assemblies import expanded
from catalog.expressions.evaluate import plain_function_of
from catalog.expressions.nodes import reads
from catalog.expressions.types import Scope, bind
from catalog.kinds.kind import OptionKind
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, ProductModel, Rule, TableRule
from configurator.engine.face.conflicts import Reason

MOST_REMEMBERED = 1_024

type Values = Mapping[str, Choice]
type Holds = Callable[[Values], Any]


@dataclass(frozen=True)
class Constraint:
    """One thing that finished values have to satisfy: why, a test of it, and the options that it
    reads.
    """

    reason: Reason
    holds: Holds
    reads: frozenset[str]


class Wall:
    """All constraints of one product model, made when first asked for; threads may share it."""

    def __init__(self, model: ProductModel) -> None:
        self._model = expanded(model)
        self._passed: dict[str, Choice] | None = None

    @cached_property
    def _constraints(self) -> tuple[Constraint, ...]:
        return tuple(_constraints(self._model))

    @cached_property
    def _of_option(self) -> Mapping[str, "_OfOption"]:
        found: dict[str, tuple[list[Constraint], list[Constraint]]] = {}
        for constraint in self._constraints:
            for key in constraint.reads:
                found.setdefault(key, ([], []))[len(constraint.reads) > 1].append(constraint)
        return {
            key: _OfOption(tuple(alone), tuple(shared)) for key, (alone, shared) in found.items()
        }

    def broken(self, values: Values) -> tuple[Constraint, ...]:
        """Return the constraints that `values` do not satisfy, in the order of the model; none
        where all is well.

        An option that is not in `values` has no value. A constraint is tested again where something
        that it reads is other than in the values that passed last. One that reads a single option
        is tested once for each of its values.
        """
        if self._holds(values):
            self._passed = dict(values)
            return ()
        return tuple(constraint for constraint in self._constraints if not constraint.holds(values))

    def _holds(self, values: Values) -> bool:
        passed = self._passed
        if passed is None:
            return all(constraint.holds(values) for constraint in self._constraints)
        of_option = self._of_option
        asked: dict[int, Constraint] = {}
        for key, value in values.items():
            was = passed.get(key)
            if was is value or (type(was) is type(value) and was == value):
                continue
            own = of_option.get(key)
            if own is None:
                continue
            if own.fitting.get(value) is not type(value) and not own.fits(value, values):
                return False
            for constraint in own.shared:
                asked[id(constraint)] = constraint
        for key in passed:
            if key not in values and key in of_option:
                own = of_option[key]
                asked |= {id(constraint): constraint for constraint in (*own.alone, *own.shared)}
        return all(constraint.holds(values) for constraint in asked.values())


@dataclass(frozen=True, eq=False)
class _OfOption:
    """The constraints that read one option alone, and those that read others as well.

    `fitting` are values that the former hold for, with their types: yes is no number 1.
    """

    alone: tuple[Constraint, ...]
    shared: tuple[Constraint, ...]
    fitting: dict[Choice, type] = field(default_factory=dict)

    def fits(self, value: Choice, values: Values) -> bool:
        """Tell whether the constraints that read this option alone hold for `value`, that of
        `values`.
        """
        if not all(constraint.holds(values) for constraint in self.alone):
            return False
        if len(self.fitting) >= MOST_REMEMBERED:
            self.fitting.clear()
        self.fitting[value] = type(value)
        return True


def _constraints(model: ProductModel) -> Iterator[Constraint]:
    scope = Scope.of(model)
    for option in model.options:
        yield from _constraints_of(option, scope)
    for rule in model.rules:
        yield _rule(rule, scope)
    for table in model.tables:
        yield Constraint(Reason("table", table.key), _table(table, model), frozenset(table.options))


def _condition(text: str, scope: Scope) -> tuple[Holds, frozenset[str]]:
    node = bind(text, scope, "condition")
    return plain_function_of(node), reads(node)


def _rule(rule: Rule, scope: Scope) -> Constraint:
    then, read = _condition(rule.then, scope)
    reason = Reason("rule", rule.key)
    if rule.when is None:
        return Constraint(reason, then, read)
    when, also = _condition(rule.when, scope)
    return Constraint(reason, lambda values: not when(values) or then(values), read | also)


# ---- options -------------------------------------------------------------------------------------


def _constraints_of(option: Option, scope: Scope) -> Iterator[Constraint]:
    key = option.key
    own = frozenset((key,))
    yield Constraint(Reason("domain", key), _in_domain(option), own)
    is_on, read = _condition(option.when, scope) if option.when else (_always, frozenset[str]())
    if option.when:
        off = Reason("option_condition", key)
        yield Constraint(off, lambda values: values.get(key, ()) == () or is_on(values), own | read)
    kind = kind_of(option)
    if kind.is_several:
        if option.at_least or option.at_most is not None:
            yield Constraint(Reason("count", key), _counted(option, is_on), own | read)
    elif option.required or kind.is_truth:
        yield Constraint(
            Reason("required", key), lambda values: key in values or not is_on(values), own | read
        )
    for value in option.values:
        if value.when:
            may, also = _condition(value.when, scope)
            yield Constraint(
                Reason("value_condition", f"{key}.{value.key}"),
                _value_may(option, value.key, may),
                own | also,
            )


def _always(values: Values) -> bool:
    return True


def _value_may(option: Option, value: str, may: Holds) -> Holds:
    key = option.key
    if kind_of(option).is_several:
        return lambda values: value not in _members(values.get(key)) or may(values)
    return lambda values: values.get(key) != value or may(values)


def _members(choice: Choice | None) -> tuple[str, ...]:
    return choice if isinstance(choice, tuple) else ()


def _counted(option: Option, is_on: Holds) -> Holds:
    key, least = option.key, option.at_least or 0
    most = len(option.values) if option.at_most is None else option.at_most

    def holds(values: Values) -> bool:
        count = len(_members(values.get(key)))
        return count <= most and (count >= least or not is_on(values))

    return holds


def _in_domain(option: Option) -> Holds:
    """Return a test whether the option's value, if it has one, is one that it declares."""
    key, declares = option.key, kind_of(option).declares
    return lambda values: (value := values.get(key)) is None or declares(option, value)


# ---- tables --------------------------------------------------------------------------------------


def _table(table: TableRule, model: ProductModel) -> Holds:
    """Return a test of a table; in one that allows, an option without a value fits every row."""
    rows = _Rows(table, model)
    return rows.some_row_fits if table.allows else lambda values: not rows.some_row_fits(values)


class _Rows:
    """The rows of a table, found by what their most telling column says."""

    def __init__(self, table: TableRule, model: ProductModel) -> None:
        self.options = table.options
        self.kinds = [kind_of(model.option_by_key[key]) for key in table.options]
        self.fits_without = table.allows
        self.rows = table.rows
        self.column = max(range(len(table.options)), key=self._kinds, default=-1)
        self.by_cell: dict[tuple[type, Any], list[Sequence[Any]]] = {}
        self.others: list[Sequence[Any]] = []
        for row in table.rows if self.column >= 0 else ():
            cell = row[self.column]
            if isinstance(cell, tuple) or (isinstance(cell, str) and (cell == "*" or ".." in cell)):
                self.others.append(row)
            else:
                self.by_cell.setdefault((type(cell), cell), []).append(row)

    def _kinds(self, column: int) -> int:
        return len(
            {
                (type(row[column]), row[column])
                for row in self.rows
                if not isinstance(row[column], tuple)
            }
        )

    def some_row_fits(self, values: Values) -> bool:
        if self.column < 0:
            return bool(self.rows)
        value = values.get(self.options[self.column])
        if value is None:
            return any(self._fits(row, values) for row in self.rows)
        likely = self.by_cell.get((type(value), value), ())
        return any(self._fits(row, values) for row in likely) or any(
            self._fits(row, values) for row in self.others
        )

    def _fits(self, row: Sequence[Any], values: Values) -> bool:
        return all(
            self.fits_without
            if (value := values.get(key)) is None
            else _cell_fits(kind, cell, value)
            for key, kind, cell in zip(self.options, self.kinds, row, strict=True)
        )


def _cell_fits(kind: OptionKind, cell: Any, value: Choice) -> bool:
    if isinstance(cell, tuple):
        return any(_cell_fits(kind, each, value) for each in cell)
    if cell == "*":
        return True
    number, ends = kind.number_of(value), kind.read_ends(cell) if isinstance(cell, str) else None
    if number is not None and ends is not None:
        return ends[0] <= number <= ends[1]
    return type(cell) is type(value) and bool(cell == value)
