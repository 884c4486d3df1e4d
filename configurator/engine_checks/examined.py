"""A compiled product under examination: the questions that all checks of the engine ask of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.expressions.types import Scope, bind
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, ProductModel
from configurator.engine.face.choices import (
    Compiled,
    Deduction,
    EngineRefused,
    compile_model,
    deduce,
)
from configurator.engine.face.conflicts import Reason, explain
from configurator.engine.face.examination import Array, Search, Slot, minimal, slots_read, smallest
from configurator.engine.face.rest import IN

# Beyond so many constraints an explanation is one without anything superfluous, not one of the
# fewest.
MOST_FOR_SMALLEST = 64


@dataclass(frozen=True, eq=False)
class Examined:
    """A product, what is possible in it, and what could not be examined (`skipped`: a path, and
    why).
    """

    compiled: Compiled
    deduction: Deduction
    skipped: Mapping[str, str]

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        """All constraints of the product, by number."""
        return tuple(constraint.reason for constraint in self.compiled.constraints)

    @cached_property
    def places(self) -> Mapping[Reason, int]:
        """The number of each constraint."""
        return {reason: place for place, reason in enumerate(self.reasons)}

    @property
    def model(self) -> ProductModel:
        return self.compiled.model

    @contextmanager
    def asking(self) -> Iterator[Search]:
        """Hold the search for one question, which may take as long as one click."""
        with self.compiled.search.asking() as search:
            yield search

    def literals(self, option: Option, choice: Choice) -> list[int]:
        """Return the literals that say the choice."""
        return self.compiled.assumptions(self.compiled.fixed({option.key: choice}))

    def possible(self, literals: Sequence[int]) -> bool:
        """Tell whether some configuration satisfies the literals."""
        with self.asking() as search:
            return search.solvable(literals)

    def configuration(self, literals: Sequence[int]) -> dict[str, Choice] | None:
        """Return the values of some configuration that satisfies the literals, None where there is
        none.
        """
        with self.asking() as search:
            return self.values_of(search.witness()) if search.solvable(literals) else None

    def stands(self, literals: Sequence[int], constraints: Sequence[int]) -> bool:
        """Tell whether the literals satisfy the constraints of these numbers."""
        with self.asking() as search:
            return search.consistent(literals, constraints)

    def without(self, *reasons: Reason) -> list[int]:
        """Return the numbers of all constraints but these."""
        left = {self.places[reason] for reason in reasons}
        return [number for number in range(len(self.reasons)) if number not in left]

    def why(
        self, literals: Sequence[int], among: Sequence[int] | None = None
    ) -> tuple[Reason, ...]:
        """Return constraints (of those numbered in `among`) that rule the literals out, none of
        them superfluous.

        They are as few as possible where there are up to MOST_FOR_SMALLEST to choose from.
        """
        numbers = range(len(self.reasons)) if among is None else among
        with self.asking() as search:
            if len(numbers) <= MOST_FOR_SMALLEST:
                few = smallest(
                    lambda chosen: search.consistent(
                        literals, [numbers[place] for place in chosen]
                    ),
                    len(numbers),
                )
                return tuple(self.reasons[numbers[place]] for place in few)
            first = search.selectors().start
            switches = [first + number for number in numbers]
            found = minimal(
                lambda chosen: (
                    None if search.stands(chosen, literals) else search.core_of_selectors()
                ),
                switches,
            )
        return tuple(self.reasons[switch - first] for switch in found)

    def clash(
        self, choices: Mapping[str, Choice]
    ) -> tuple[tuple[str, ...], tuple[Reason, ...]] | None:
        """Return which of the choices clash, and because of what; None where none do. Refuses as
        `deduce` does.
        """
        if deduce(self.compiled, choices).consistent:
            return None
        explanation = explain(self.compiled, choices)
        return explanation.choices, explanation.rules

    def values_of(self, cells: Array) -> dict[str, Choice]:
        """Return the values of a configuration given as the class of each slot, of each class the
        first value.
        """
        found: dict[str, Choice] = {}
        for option in self.model.options:
            if kind_of(option).is_several:
                members = self.compiled.slots.members(option)
                found[option.key] = tuple(
                    slot.value for slot in members if slot.value and cells[slot.index] == IN
                )
                continue
            slot = self.compiled.slots.of_option[option.key]
            value = _value_at(
                option, slot, int(self.compiled.classes.first[slot.index][cells[slot.index]])
            )
            if value is not None:
                found[option.key] = value
        return found

    def options_read(self, reason: Reason) -> frozenset[str]:
        """Return the keys of the options that a constraint speaks of."""
        slots = slots_read(self.compiled.constraints[self.places[reason]].formula)
        return frozenset(self.compiled.slots.all[slot].option for slot in slots)

    @cached_property
    def never_asked(self) -> frozenset[str]:
        """The options that are never asked."""
        return frozenset(
            key
            for key, (_, holds) in self.compiled.conditions.items()
            if not self.deduction.domains[key].given and not self.possible([holds])
        )


def _value_at(option: Option, slot: Slot, cell: int) -> Choice | None:
    if cell == slot.none:
        return None
    kind = kind_of(option)
    return kind.example if kind.is_open else kind.value_at(option, cell)


def examined(model: ProductModel, watch: Mapping[str, Node]) -> Examined:
    """Return `model` ready to be asked; refuses as `compile_model` does where there is nothing to
    examine.

    `watch` names conditions by the path they are about. One that cannot be held exactly is left
    out, and told.
    """
    watched = dict(watch)
    skipped: dict[str, str] = {}
    while True:
        try:
            compiled = compile_model(model, watched)
        except EngineRefused as refused:
            path = str(refused.data.get("path"))
            if path not in watched:
                raise
            del watched[path]
            skipped[path] = refused.sentence
            continue
        return Examined(compiled, deduce(compiled, {}), skipped)


@dataclass(frozen=True)
class RuleParts:
    """A rule's statement, and what it waits for (None for one that always holds)."""

    statement: Node
    premise: Node | None


def rule_parts(model: ProductModel, scope: Scope) -> dict[str, RuleParts]:
    """Return the parts of each rule, by its key."""
    found: dict[str, RuleParts] = {}
    for rule in model.rules:
        then = bind(rule.then, scope, "condition")
        when = None if rule.when is None else bind(rule.when, scope, "condition")
        premises = [] if when is None else [when]
        if isinstance(then, nodes.Implies):
            premises.append(then.premise)
        premise = (
            None
            if not premises
            else premises[0]
            if len(premises) == 1
            else nodes.And(tuple(premises))
        )
        found[rule.key] = RuleParts(then if when is None else nodes.Implies(when, then), premise)
    return found
