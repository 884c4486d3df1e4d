"""A product model compiled once per version: slots, merged classes, constraints, clauses."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any

import numpy as np

from catalog.assemblies import expanded
from catalog.expressions.nodes import Node
from catalog.kinds.boolean import NO
from catalog.kinds.register import kind_of
from catalog.product_model import NOTHING, Choice, Option, ProductModel
from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.formulas import (
    Formula,
    Known,
    Truth,
    projected,
    slots_read,
    truth,
)
from configurator.engine.constraints.reading import Constraint, Reader, Reason
from configurator.engine.constraints.refusals import ChoiceUnknown, EngineRefused
from configurator.engine.constraints.slots import IN, OUT, Slots, cell_of, slots_of
from configurator.engine.constraints.symmetry import symmetry_of
from configurator.engine.constraints.value_classes import Classes, classes_of
from configurator.engine.sat.all_different import grids_of
from configurator.engine.sat.clauses import Clauses, SlotLiterals
from configurator.engine.sat.encode import Encoder
from configurator.engine.sat.pigeonholes import groups_of
from configurator.engine.sat.program import Program
from configurator.engine.solver.components import Components, Tie
from configurator.engine.solver.memory import Memory
from configurator.engine.solver.patience import Patience
from configurator.engine.solver.search import Search

MAX_CLASSES = 100_000


@dataclass(frozen=True, eq=False)
class Compiled:
    """A compiled product; the same for all threads and requests.

    `conditions` holds, by option, the formula of its condition and a literal that says the same.
    `some_member` holds, by multi-choice, a literal that says it contains something; `watched` the
    literals of the conditions that `compile_model` was asked to watch; `preferences`, by key and in
    their order, the formula of each with a literal that says the same.
    """

    model: ProductModel
    slots: Slots
    classes: Classes
    literals: tuple[SlotLiterals, ...]
    constraints: tuple[Constraint, ...]
    conditions: Mapping[str, tuple[Formula, int]]
    some_member: Mapping[str, int]
    watched: Mapping[str, int]
    preferences: Mapping[str, tuple[Formula, int]]
    search: Search = field(repr=False)
    memory: Memory = field(repr=False, default_factory=Memory)
    patience: Patience = field(repr=False, default_factory=Patience)

    def __getstate__(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def fixed(self, choices: Mapping[str, Choice]) -> dict[int, int]:
        """Return the class of each slot that the choices decide; refuses with ChoiceUnknown what no
        option declares.
        """
        found: dict[int, int] = {}
        for key, choice in choices.items():
            option = self.model.option_by_key.get(key)
            if option is None:
                raise ChoiceUnknown(f"There is no option '{key}'.", option=key)
            found.update(self.cells_of(option, choice))
        return found

    def cells_of(self, option: Option, choice: Choice) -> Iterator[tuple[int, int]]:
        """Return (slot, class) for all that a choice says."""
        if kind_of(option).is_several:
            if not isinstance(choice, tuple):
                raise _unknown(option, choice)
            for value in choice:
                slot = self.slots.of_member.get((option.key, value))
                if slot is None:
                    raise _unknown(option, choice)
                yield slot.index, IN
            return
        slot = self.slots.of_option[option.key]
        cell = cell_of(option, slot, choice)
        if cell is None:
            raise _unknown(option, choice)
        yield slot.index, int(self.classes.of_cell[slot.index][cell])

    def literal(self, slot: int, cell: int) -> int:
        """Return the literal that says: the class of `slot` is `cell`."""
        return self.literals[slot].cells[cell]

    def make_ready(self) -> None:
        """Build what is built once and not kept on a disk, before a click needs it. Safe beside
        those who ask.
        """
        import numpy.ma  # noqa: F401 (numpy itself loads it at the first use of some functions)

        for name, each in vars(Compiled).items():
            if isinstance(each, cached_property):
                getattr(self, name)
        self.components.make_ready()
        self.search.make_ready(explains=True)

    def assumptions(self, fixed: Mapping[int, int]) -> list[int]:
        return [self.literals[slot].cells[cell] for slot, cell in fixed.items()]

    def holds(self, constraint: int, cells: Sequence[int]) -> bool:
        """Tell whether a configuration, told as the class of each slot, satisfies the constraint of
        this number.
        """
        found = self._tests.get(constraint)
        if found is None:
            found = self._tests[constraint] = truth(self.constraints[constraint].formula)
        return bool(found(cells))

    @cached_property
    def _tests(self) -> dict[int, Truth]:
        return {}

    def place_of_empty(self, key: str) -> int:
        """Return which of the search's targets says that the multi-choice is empty."""
        return len(self.search.program.literals) + self._multis[key]

    @cached_property
    def _multis(self) -> Mapping[str, int]:
        return {key: place for place, key in enumerate(self.some_member)}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each option among the options."""
        return {option.key: place for place, option in enumerate(self.model.options)}

    @cached_property
    def places_of_reasons(self) -> Mapping[Reason, int]:
        """The place of each constraint among the constraints, and behind them that of each
        preference.
        """
        preferences = [Reason("preference", key) for key in self.preferences]
        reasons = [*(constraint.reason for constraint in self.constraints), *preferences]
        return {reason: place for place, reason in enumerate(reasons)}

    @property
    def tests(self) -> tuple[tuple[Truth, ...], ...]:
        """For each slot: tests of a configuration, one for each constraint that reads the slot."""
        return self.search.program.tests

    @cached_property
    def defaults(self) -> Mapping[str, tuple[int, int]]:
        """For each option with a default it can have, multi-choices aside: the slot and class of
        the default.
        """
        found: dict[str, tuple[int, int]] = {}
        for option in self.model.options:
            if option.default not in (None, NOTHING) and not kind_of(option).is_several:
                with suppress(ChoiceUnknown):
                    found[option.key] = next(self.cells_of(option, option.default))
        return found

    @cached_property
    def liked(self) -> Mapping[int, int]:
        """The class that each slot has where its default is taken: also the silent ones, no and
        out.
        """
        found = dict(self.defaults.values())
        for option in self.model.options:
            kind = kind_of(option)
            if kind.is_truth and option.default is None:
                found[self.slots.of_option[option.key].index] = NO
            elif kind.is_several:
                wanted = option.default if isinstance(option.default, tuple) else ()
                found.update(
                    {
                        slot.index: IN if slot.value in wanted else OUT
                        for slot in self.slots.members(option)
                    }
                )
        return found

    @cached_property
    def components(self) -> Components:
        """The product in pieces that no rule connects; all that an option and its condition read is
        on one.
        """
        ties = []
        for option in self.model.options:
            slots = [slot.index for slot in self.slots.of(option)]
            if option.key in self.conditions:
                formula, literal = self.conditions[option.key]
                ties.append(Tie(slots, (literal,), tuple(slots_read(formula))))
        for formula, literal in self.preferences.values():
            reads = sorted(slots_read(formula))
            ties.append(Tie(reads[:1], (literal,), tuple(reads)))
        return Components(self.search, ties)

    @cached_property
    def option_of_target(self) -> Array:
        """For each of the search's targets: the place of the option it speaks of."""
        places = {option.key: place for place, option in enumerate(self.model.options)}
        of_slot = np.array([places[slot.option] for slot in self.slots.all], np.int64)
        of_set = np.array([places[key] for key in self.some_member], np.int64)
        return np.concatenate([of_slot[self.search.program.slots_of_flat], of_set])

    @cached_property
    def latest(self) -> dict[str, Any]:
        """What was told last, to start the next answer from."""
        return {}

    @cached_property
    def known_domains(self) -> dict[Any, Any]:
        """Domains made before, by what was seen: most come again with the next choice."""
        return {}

    @cached_property
    def condition_tests(self) -> Mapping[str, Truth]:
        """For each option with a condition: a test whether a configuration satisfies it."""
        return {key: truth(formula) for key, (formula, _) in self.conditions.items()}

    @cached_property
    def condition_reads(self) -> Mapping[str, frozenset[int]]:
        """For each option with a condition: the slots that it reads."""
        return {key: slots_read(formula) for key, (formula, _) in self.conditions.items()}

    @cached_property
    def preference_tests(self) -> Mapping[str, Truth]:
        """For each preference: a test whether a configuration satisfies it."""
        return {key: truth(formula) for key, (formula, _) in self.preferences.items()}


def compile_model(model: ProductModel, watch: Mapping[str, Node] | None = None) -> Compiled:
    """Return `model` compiled; `watch` names bound conditions that demand nothing, but may be asked
    about.

    Sub-assemblies are written out. Refuses with EngineRefused what cannot be held exactly, with
    ExpressionRefused what cannot be read, and with AssembliesRefused sub-assemblies that are too
    many or too deep.
    """
    model = expanded(model)
    slots = slots_of(model)
    reader = Reader(model, slots)
    raw_conditions = {
        option.key: reader.condition(option.when, f"options/{option.key}/when")
        for option in model.options
        if option.when is not None
    }
    raw = reader.constraints(raw_conditions)
    raw_watched = {key: reader.bound_condition(node, key) for key, node in (watch or {}).items()}
    raw_preferences = {each.key: reader.preference(each) for each in model.preferences}
    classes = classes_of(
        slots,
        [
            *(each.formula for each in raw),
            *raw_conditions.values(),
            *raw_watched.values(),
            *raw_preferences.values(),
        ],
    )
    made: Known = {}
    constraints = tuple(
        Constraint(each.reason, projected(each.formula, classes.first, made)) for each in raw
    )
    for slot, first in zip(slots.all, classes.first, strict=True):
        if len(first) > MAX_CLASSES:
            raise EngineRefused(
                f"The rules tell {len(first):,} numbers of '{slot.option}' apart, more than {MAX_CLASSES:,}; "
                "give it a wider step, or round it less finely in rules.",
                path=f"options/{slot.option}/number",
            )
    clauses = Clauses()
    literals = tuple(clauses.slot_variables(len(first)) for first in classes.first)
    for slot, own in zip(slots.all, literals, strict=True):
        clauses.exactly_one(own, slot.ordered)
    encoder = Encoder(clauses, literals)
    conditions: dict[str, tuple[Formula, int]] = {}
    for key, formula in raw_conditions.items():
        formula = projected(formula, classes.first, made)
        conditions[key] = (formula, encoder.defined(formula))
    some_member = {
        option.key: encoder.defined(projected(reader.given(option), classes.first))
        for option in model.options
        if kind_of(option).is_several
    }
    watched = {
        key: encoder.defined(projected(formula, classes.first, made))
        for key, formula in raw_watched.items()
    }
    preferences: dict[str, tuple[Formula, int]] = {}
    for key, formula in raw_preferences.items():
        formula = projected(formula, classes.first, made)
        preferences[key] = (formula, encoder.defined(formula))
    for number, constraint in enumerate(constraints):
        clauses.owner = number
        encoder.share(constraint.formula)
        encoder.require(constraint.formula)
    cells = [own.cells for own in literals]
    offsets = np.cumsum([0, *map(len, cells)])
    program = Program(
        variables=clauses.variables,
        clauses=clauses.clauses,
        owners=clauses.owners,
        constraint_count=len(constraints),
        literals=np.array([literal for own in literals for literal in own.cells], np.int64),
        offsets=offsets,
        formulas=[constraint.formula for constraint in constraints],
        sets=[
            ([slot.index for slot in slots.members(model.option_by_key[key])], -literal)
            for key, literal in some_member.items()
        ],
        lazy=encoder.lazy,
        symmetry=symmetry_of(model, slots, classes, offsets),
        grids=(
            *grids_of(clauses.clauses, clauses.owners, cells),
            *groups_of(
                clauses.clauses, clauses.owners, cells, [each.formula for each in constraints]
            ),
        ),
    )
    return Compiled(
        model,
        slots,
        classes,
        literals,
        constraints,
        conditions,
        some_member,
        watched,
        preferences,
        Search(program),
    )


def _unknown(option: Option, choice: Choice) -> ChoiceUnknown:
    told = ", ".join(choice) if isinstance(choice, tuple) else f"{choice}"
    return ChoiceUnknown(f"'{option.key}' cannot be '{told}'.", option=option.key)
