"""From bound expressions, tables and the declarations of options to formulas over cells: all that a
product demands.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from catalog.counts import told_count
from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.expressions.types import Scope, bind
from catalog.kinds.boolean import YES
from catalog.kinds.kind import Run
from catalog.kinds.register import kind_of
from catalog.product_model import Option, Preference, ProductModel, Rule, TableRule
from configurator.engine.constraints.folds import part_by_part
from configurator.engine.constraints.formulas import (
    FALSE,
    TRUE,
    Formula,
    Positions,
    all_of,
    denied,
    some_of,
    within,
    without_repeats,
)
from configurator.engine.constraints.marks import Marks, marks_of_runs
from configurator.engine.constraints.refusals import EngineRefused
from configurator.engine.constraints.slots import IN, Slot, Slots
from configurator.engine.constraints.tabulate import ReadsText, Tabulator, TooWide, merged

type ReasonKind = Literal[
    "rule",
    "table",
    "option_condition",
    "value_condition",
    "count",
    "required",
    "preference",
    "domain",
]


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing the product demands, or prefers. `key` names the rule or table, the option, or
    `option.value`.
    """

    kind: ReasonKind
    key: str

    @property
    def path(self) -> str:
        """The place in the product model that constraints it."""
        owner, _, value = self.key.rpartition(".")
        match self.kind:
            case "rule":
                return f"rules/{self.key}/then"
            case "table":
                return f"tables/{self.key}"
            case "preference":
                return f"preferences/{self.key}/then"
            case "option_condition":
                return f"options/{self.key}/when"
            case "value_condition":
                return f"options/{owner}/values/{value}/when"
            case _:
                return f"options/{self.key}"


@dataclass(frozen=True)
class Constraint:
    """A constraint as a formula that every complete configuration satisfies."""

    reason: Reason
    formula: Formula


class Reader:
    """Reads the conditions of one product model into formulas over the cells of its slots."""

    def __init__(self, model: ProductModel, slots: Slots) -> None:
        self.model = model
        self.slots = slots
        self.scope = Scope.of(model)
        self.tabulator = Tabulator(model, slots, self.formula)
        # What conditions have become, by identity: what derived values share is read once, and
        # stays shared.
        self._known: dict[int, tuple[Node, Formula]] = {}

    def condition(self, text: str, path: str) -> Formula:
        """Return the condition `text` as a formula; `path` names its place in a refusal."""
        return self.bound_condition(bind(text, self.scope, "condition"), path)

    def bound_condition(self, node: Node, path: str) -> Formula:
        """Return a bound condition as a formula; refuses with EngineRefused what cannot be held
        exactly.
        """
        try:
            return self.formula(node)
        except TooWide as wide:
            told = " and ".join(f"{option} ({count:,})" for option, count in wide.reads)
            raise EngineRefused(
                f"The expression at {path} compares too much at once: {told}, {wide}. Give a number a wider step, or "
                "split the comparison into several that each read fewer options.",
                path=path,
            ) from None
        except ReadsText as text_read:
            raise EngineRefused(
                f"The expression at {path} reads the characters of '{text_read.option}', which rules cannot; ask "
                f"whether there is a text with 'given({text_read.option})'.",
                path=path,
            ) from None

    def formula(self, node: Node) -> Formula:
        """Return a bound condition as a formula."""
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = node, self._formula(node)
        return known[1]

    def _formula(self, node: Node) -> Formula:
        match node:
            case nodes.Constant():
                return TRUE if node.value is True else FALSE
            case nodes.IsTrue():
                return self._marked(self.slots.of_option[node.option], [YES])
            case nodes.IsOneOf():
                keys = [value.key for value in self.model.option_by_key[node.option].values]
                return self._marked(
                    self.slots.of_option[node.option], [keys.index(value) for value in node.values]
                )
            case nodes.Has():
                return self._marked(self.slots.of_member[node.option, node.value], [IN])
            case nodes.Given():
                return self.given(self.model.option_by_key[node.option])
            case nodes.Compare():
                parts = part_by_part(node)
                return self.tabulator.formula(node) if parts is None else self.formula(parts)
            case nodes.And():
                return all_of([self.formula(part) for part in node.parts])
            case nodes.Or():
                return some_of([self.formula(part) for part in node.parts])
            case nodes.Not():
                return denied(self.formula(node.part))
            case nodes.Implies():
                return some_of([denied(self.formula(node.premise)), self.formula(node.conclusion)])
            case nodes.If():
                condition = self.formula(node.condition)
                yes = some_of([denied(condition), self.formula(node.yes)])
                return all_of([yes, some_of([condition, self.formula(node.no)])])
            case _:
                raise TypeError(f"{type(node).__name__} is no condition")

    def given(self, option: Option) -> Formula:
        """Return that the option has a value."""
        if kind_of(option).is_several:
            return some_of([self._marked(slot, [IN]) for slot in self.slots.members(option)])
        slot = self.slots.of_option[option.key]
        if slot.none is None:
            return TRUE
        return within(slot.index, np.arange(slot.cells) != slot.none)

    def _marked(self, slot: Slot, cells: Sequence[int]) -> Formula:
        mask = np.zeros(slot.cells, bool)
        mask[list(cells)] = True
        return within(slot.index, mask)

    # -- what the model constraints

    def constraints(self, conditions: dict[str, Formula]) -> list[Constraint]:
        """Return all constraints of the model, in its order; `conditions` holds those of options,
        by key.
        """
        found: list[Constraint] = []
        for option in self.model.options:
            condition = conditions.get(option.key, TRUE)
            found.extend(self._switched(option, condition))
            if barred := kind_of(option).barred(option):
                allowed = denied(self._marked(self.slots.of_option[option.key], barred))
                found.append(Constraint(Reason("domain", option.key), allowed))
            for place, value in enumerate(option.values):
                if value.when is not None:
                    holds = self.condition(
                        value.when, f"options/{option.key}/values/{value.key}/when"
                    )
                    if kind_of(option).is_several:
                        has = self._marked(self.slots.of_member[option.key, value.key], [IN])
                    else:
                        has = self._marked(self.slots.of_option[option.key], [place])
                    reason = Reason("value_condition", f"{option.key}.{value.key}")
                    found.append(Constraint(reason, some_of([denied(has), holds])))
        found.extend(
            Constraint(Reason("rule", rule.key), self._statement("rules", rule))
            for rule in self.model.rules
        )
        found.extend(
            Constraint(Reason("table", table.key), self._table(table))
            for table in self.model.tables
        )
        return found

    def preference(self, preference: Preference) -> Formula:
        """Return what a preference says as a formula."""
        return self._statement("preferences", preference)

    def _statement(self, place: str, statement: Rule | Preference) -> Formula:
        then = self.condition(statement.then, f"{place}/{statement.key}/then")
        if statement.when is None:
            return then
        return some_of(
            [denied(self.condition(statement.when, f"{place}/{statement.key}/when")), then]
        )

    def _switched(self, option: Option, condition: Formula) -> list[Constraint]:
        """Return when the option has a value, and how many of a multi-choice."""
        found: list[Constraint] = []
        given = self.given(option)
        if condition is not TRUE:
            absent = denied(given)
            found.append(
                Constraint(Reason("option_condition", option.key), some_of([condition, absent]))
            )
        kind = kind_of(option)
        if kind.is_several:
            counted = self._counted(option, condition)
            if counted is not TRUE:
                found.append(Constraint(Reason("count", option.key), counted))
        elif (option.required or kind.is_truth) and given is not TRUE:
            found.append(
                Constraint(Reason("required", option.key), some_of([denied(condition), given]))
            )
        return found

    def _counted(self, option: Option, condition: Formula) -> Formula:
        members = [self._marked(slot, [IN]) for slot in self.slots.members(option)]
        count = len(members)
        least, most = option.at_least or 0, count if option.at_most is None else option.at_most
        parts: list[Formula] = []
        if least > count or most < 0:
            parts.append(denied(condition))
        elif least == 1:
            parts.append(some_of([denied(condition), *members]))
        elif least > 1:
            parts.append(
                some_of([denied(condition), self._sum_within(option, lambda total: total >= least)])
            )
        if 0 <= most < count:
            parts.append(self._sum_within(option, lambda total: total <= most))
        return all_of(parts)

    def _sum_within(self, option: Option, wanted: Callable[[int], bool]) -> Formula:
        axis = self.tabulator.sum_axis(nodes.CountOf(option.key))
        return merged(
            [axis], np.array([wanted(total) for total in axis.totals.tolist()]), self.slots
        )

    # -- tables

    def _table(self, table: TableRule) -> Formula:
        options = [self._column(table, key) for key in table.options]
        for place, row in enumerate(table.rows):
            if len(row) != len(options):
                raise EngineRefused(
                    f"Row {place + 1} of table '{table.key}' has {told_count(len(row), 'cell')} for "
                    f"{told_count(len(options), 'option')}; give one cell for each.",
                    path=f"tables/{table.key}/rows/{place}",
                )
        slots = tuple(self.slots.of_option[option.key].index for option in options)
        columns = [self._kinds(table, column, option) for column, option in enumerate(options)]
        if not table.allows:
            return all_of(
                [
                    denied(
                        all_of(
                            [
                                within(slot, marks.of(int(kinds[place])))
                                for slot, (marks, kinds) in zip(slots, columns, strict=True)
                            ]
                        )
                    )
                    for place in range(len(table.rows))
                ]
            )
        if not table.rows or not options:
            return TRUE if table.rows else FALSE
        return without_repeats(
            slots, [marks for marks, _ in columns], [kinds for _, kinds in columns]
        )

    def _kinds(self, table: TableRule, column: int, option: Option) -> tuple[Marks, Positions]:
        """Return what the cells of a column mark, for each kind of cell, and the kind of each row's
        cell.

        In a table that allows, every cell marks "no value" as well.
        """
        slot = self.slots.of_option[option.key]
        always = [(slot.none, slot.none + 1)] if table.allows and slot.none is not None else []
        known: dict[Any, int] = {}
        marked: list[list[Run]] = []
        kinds: list[int] = []
        for place, row in enumerate(table.rows):
            cell = row[column]
            key = (type(cell), cell)
            kind = known.get(key)
            if kind is None:
                kind = known[key] = len(marked)
                marked.append([*self._marked_by(table, place, option, cell), *always])
            kinds.append(kind)
        return marks_of_runs(slot.cells, marked), np.array(kinds, np.int64)

    def _column(self, table: TableRule, key: str) -> Option:
        option = self.model.option_by_key.get(key)
        if option is None or kind_of(option).is_several or kind_of(option).is_open:
            problem = "is no option" if option is None else f"is a {option.kind}"
            raise EngineRefused(
                f"Table '{table.key}' has a column '{key}', which {problem}; columns are choices, booleans and numbers."
                + (
                    " Use rules with 'has' instead."
                    if option and kind_of(option).is_several
                    else ""
                ),
                path=f"tables/{table.key}/options",
            )
        return option

    def _marked_by(self, table: TableRule, place: int, option: Option, cell: Any) -> Iterator[Run]:
        """Return the runs of cells that a table's cell marks."""
        if isinstance(cell, tuple):
            for each in cell:
                yield from self._marked_by(table, place, option, each)
            return
        slot = self.slots.of_option[option.key]
        if cell == "*":
            end = slot.cells if slot.none is None else slot.none
            yield from ((0, end), (end + 1, slot.cells)) if end < slot.cells else ((0, end),)
            return
        run = kind_of(option).marked(option, cell)
        if run is None:
            raise EngineRefused(
                f"Row {place + 1} of table '{table.key}' has '{cell}' for '{option.key}': "
                f"that is {kind_of(option).expected(option)}.",
                path=f"tables/{table.key}/rows/{place}",
            )
        yield run
