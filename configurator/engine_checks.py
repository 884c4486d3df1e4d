"""What the engine remarks about a product model at publish: what can never be chosen, asked or fulfilled, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.expressions.types import Scope, bind
from catalog.findings import Finding
from catalog.product_model import Choice, Kind, Option, ProductModel, write_choice
from configurator.engine.compiled import Compiled, compile_model
from configurator.engine.deduce import Deduction, deduce
from configurator.engine.explain import Reason, explain, smallest
from configurator.engine.refusals import ChoiceUnknown
from configurator.engine.settle import settle

MOST_LISTED = 12
MOST_CLASSES = 200


def findings(model: ProductModel) -> list[Finding]:
    """Return what the engine finds; refuses as `compile_model` does where there is nothing to examine.

    A value that can never be chosen is reported with a smallest set of reasons. Where options are left without any
    value, or the whole product without configuration, that is said instead of its consequences.
    """
    compiled = compile_model(model, _premises(model))
    deduction = deduce(compiled, {})
    examined = _Examined(compiled, deduction)
    if not deduction.consistent:
        return list(examined.void())
    return [
        *examined.never_active(),
        *examined.dead_values(),
        *examined.defaults(),
        *examined.presets(),
        *examined.rules_that_never_fire(),
    ]


@dataclass(frozen=True)
class _Dead:
    """A value (or the number, or yes and no) that no configuration has, and a smallest set of reasons."""

    option: Option
    value: Choice
    path: str
    told: str
    reasons: tuple[Reason, ...]


class _Examined:
    """A compiled product under examination."""

    def __init__(self, compiled: Compiled, deduction: Deduction) -> None:
        self.compiled = compiled
        self.model = compiled.model
        self.deduction = deduction
        self.reasons = [constraint.reason for constraint in compiled.constraints]

    # -- the whole

    def void(self) -> Iterator[Finding]:
        reasons = self._smallest([])
        yield Finding(
            "error",
            "model-void",
            "",
            f"No configuration of this product exists: {_listed(reasons)} cannot hold together. Change or remove one.",
            {},
        )
        for option in self._left_without_values([], reasons):
            others = [reason for reason in reasons if reason != Reason("required", option.key)]
            yield Finding(
                "error",
                "option-without-values",
                f"options/{option.key}",
                f"No value is left for '{option.label}': {_listed(others)} rule out all. "
                "Allow one of its values, or make the option optional.",
                {},
            )

    # -- options and values

    def never_active(self) -> Iterator[Finding]:
        for option in self.model.options:
            switch = self.compiled.conditions.get(option.key)
            if switch is None or self._solvable([switch[1]]):
                continue
            reasons = self._smallest([switch[1]])
            own = Reason("required", option.key)
            if own in reasons:
                others = [reason for reason in reasons if reason != own]
                yield Finding(
                    "error",
                    "option-without-values",
                    f"options/{option.key}",
                    f"Where '{option.label}' is asked it must have a value, and no value is left for it: "
                    f"{_listed(others)} rule out all. Allow one of its values, or make the option optional.",
                    {},
                )
                continue
            because = f": {_listed(reasons)} rule it out" if reasons else ", whatever is chosen"
            yield Finding(
                "warning",
                "option-never-active",
                f"options/{option.key}/when",
                f"'{option.label}' is never asked, since its condition never holds{because}. "
                "Correct the condition, or remove the option.",
                {},
            )

    def dead_values(self) -> Iterator[Finding]:
        starving: dict[str, list[_Dead]] = {}
        for option in self.model.options:
            domain = self.deduction.domains[option.key]
            switch = self.compiled.conditions.get(option.key)
            if switch is not None and not self._solvable([switch[1]]):
                continue  # told by `never_active`
            dead = list(self._dead(option))
            if not domain.given and (option.kind is Kind.NUMBER or dead):
                yield self._without_values(option, dead)
            for each in dead:
                yield Finding(
                    "warning",
                    "value-dead",
                    each.path,
                    f"{each.told} can never be chosen: {_listed(each.reasons)} {_verb(each.reasons)} it. "
                    "Remove the value, or change what forbids it.",
                    {option.key: write_choice(each.value)},
                )
                literals = self._literals(option, each.value)
                for starved in self._left_without_values(literals, each.reasons):
                    if starved is not option:
                        starving.setdefault(starved.key, []).append(each)
        for key, culprits in starving.items():
            yield self._starved(self.model.option_by_key[key], culprits)

    def _dead(self, option: Option) -> Iterator[_Dead]:
        domain = self.deduction.domains[option.key]
        if option.kind in (Kind.CHOICE, Kind.MULTI):
            for value in option.values:
                if value.key not in domain.values:
                    choice: Choice = (value.key,) if option.kind is Kind.MULTI else value.key
                    told = f"'{value.label}' of '{option.label}'"
                    yield self._explained(option, choice, f"options/{option.key}/values/{value.key}", told)
        elif option.kind is Kind.BOOLEAN:
            for truth in (True, False):
                if truth not in domain.values:
                    told = f"'{'Yes' if truth else 'No'}' of '{option.label}'"
                    yield self._explained(option, truth, f"options/{option.key}", told)

    def _explained(self, option: Option, choice: Choice, path: str, told: str) -> _Dead:
        return _Dead(option, choice, path, told, self._smallest(self._literals(option, choice)))

    def _left_without_values(self, literals: Sequence[int], reasons: Sequence[Reason]) -> Iterator[Option]:
        """Return the options that `reasons`, with the literals, leave without any value.

        That is so where the option's need of a value is among the reasons, or where each reason rules out some of its
        values, none all of them, and together they do.
        """
        for option in self.model.options:
            if Reason("required", option.key) in reasons:
                yield option
            elif 2 <= len(reasons) <= MOST_LISTED and (values := self._value_literals(option)):
                killed = [self._killed(values, [*literals], reason) for reason in reasons]
                if all(0 < len(each) < len(values) for each in killed) and set().union(*killed) == set(values):
                    yield option

    def _value_literals(self, option: Option) -> list[int]:
        """Return a literal for each value of `option` (for each class of them), none for very many."""
        slot = self.compiled.slots.of_option.get(option.key)
        if slot is None or len(self.compiled.classes.first[slot.index]) > MOST_CLASSES:
            return []
        none = self.compiled.classes.none(slot)
        cells = range(len(self.compiled.classes.first[slot.index]))
        return [self.compiled.literal(slot.index, cell) for cell in cells if cell != none]

    def _killed(self, values: Sequence[int], literals: Sequence[int], reason: Reason) -> set[int]:
        number = self.reasons.index(reason)
        with self.compiled.search.asking() as search:
            return {value for value in values if not search.consistent([*literals, value], [number])}

    def _without_values(self, option: Option, dead: Sequence[_Dead]) -> Finding:
        if option.kind is Kind.NUMBER:
            given = self.compiled.slots.of_option[option.key]
            none = self.compiled.classes.none(given)
            assert none is not None
            reasons = self._smallest([-self.compiled.literal(given.index, none)])
        else:
            reasons = tuple(dict.fromkeys(reason for each in dead for reason in each.reasons))
        return Finding(
            "warning",
            "option-without-values",
            f"options/{option.key}",
            f"'{option.label}' never has a value: {_listed(reasons)} rule out all. "
            "Allow one of its values, or remove the option.",
            {},
        )

    def _starved(self, option: Option, culprits: Sequence[_Dead]) -> Finding:
        names = ", ".join(each.told for each in culprits[:MOST_LISTED])
        more = f" and {len(culprits) - MOST_LISTED} more" if len(culprits) > MOST_LISTED else ""
        first = culprits[0]
        reasons = [reason for reason in first.reasons if reason != Reason("required", option.key)]
        return Finding(
            "warning",
            "option-without-values",
            f"options/{option.key}",
            f"'{option.label}' is left without any value by {names}{more}, which can therefore never be chosen "
            f"({_listed(reasons)}). Allow a value of '{option.label}' there, or make the option optional.",
            {first.option.key: write_choice(first.value)},
        )

    # -- defaults, presets, rules

    def defaults(self) -> Iterator[Finding]:
        settled = settle(self.compiled, {}).values
        for option in self.model.options:
            default = option.default
            if default is None or default == ():
                continue
            path = f"options/{option.key}/default"
            try:
                alone = self._clash({option.key: default})
            except ChoiceUnknown:
                continue  # the catalog's own checks tell that there is no such value
            if alone is not None:
                _, reasons = alone
                yield Finding(
                    "warning",
                    "default-clash",
                    path,
                    f"The default of '{option.label}' can never be chosen: {_listed(reasons)} {_verb(reasons)} it. "
                    "Choose another default.",
                    {option.key: write_choice(default)},
                )
                continue
            taken = settled.get(option.key)
            if taken == default or (taken is None and option.key in self.compiled.conditions):
                continue
            others = {key: value for key, value in settled.items() if key != option.key}
            clash = self._clash({**others, option.key: default})
            if clash is not None:
                keys, reasons = clash
                labels = _joined([f"'{self.model.option_by_key[key].label}'" for key in keys if key != option.key])
                yield Finding(
                    "warning",
                    "default-clash",
                    path,
                    f"The default of '{option.label}' clashes with what {labels} has at the start "
                    f"({_listed(reasons)}), so the product does not start with it. Choose defaults that go together.",
                    self._example({**others, option.key: default}, keys),
                )

    def presets(self) -> Iterator[Finding]:
        for preset in self.model.presets:
            try:
                clash = self._clash(preset.choices)
            except ChoiceUnknown:
                continue  # the catalog's own checks tell that there is no such value
            if clash is not None:
                keys, reasons = clash
                labels = _joined([f"'{self.model.option_by_key[key].label}'" for key in keys])
                yield Finding(
                    "error",
                    "preset-clash",
                    f"presets/{preset.key}",
                    f"The preset '{preset.label}' cannot be chosen: its choices for {labels} clash "
                    f"({_listed(reasons)}). Change one of them.",
                    self._example(preset.choices, keys),
                )

    def rules_that_never_fire(self) -> Iterator[Finding]:
        """A rule fires where its premise holds; what the rule itself forbids does not count."""
        for key, literal in self.compiled.watched.items():
            own = self.reasons.index(Reason("rule", key))
            others = [number for number in range(len(self.reasons)) if number != own]
            with self.compiled.search.asking() as search:
                if search.consistent([literal], others):
                    continue
            reasons = self._smallest([literal], others)
            because = f", since {_listed(reasons)} {_verb(reasons)} it" if reasons else ", whatever is chosen"
            yield Finding(
                "note",
                "rule-never-fires",
                f"rules/{key}",
                f"The rule '{key}' never comes into play: what it waits for never happens{because}. "
                "Correct its condition, or remove the rule.",
                {},
            )

    # -- questions

    def _literals(self, option: Option, choice: Choice) -> list[int]:
        return self.compiled.assumptions(self.compiled.fixed({option.key: choice}))

    def _solvable(self, literals: Sequence[int]) -> bool:
        with self.compiled.search.asking() as search:
            return search.solvable(literals)

    def _smallest(self, literals: Sequence[int], among: Sequence[int] | None = None) -> tuple[Reason, ...]:
        """Return a smallest set of reasons that rules out the literals."""
        numbers = range(len(self.reasons)) if among is None else among
        with self.compiled.search.asking() as search:
            found = smallest(
                lambda chosen: search.consistent(literals, [numbers[place] for place in chosen]), len(numbers)
            )
        return tuple(self.reasons[numbers[place]] for place in found)

    def _clash(self, choices: Mapping[str, Choice]) -> tuple[tuple[str, ...], tuple[Reason, ...]] | None:
        if deduce(self.compiled, choices).consistent:
            return None
        explanation = explain(self.compiled, choices)
        return explanation.choices, explanation.rules

    def _example(self, choices: Mapping[str, Choice], keys: Iterable[str]) -> dict[str, Any]:
        return {key: write_choice(choices[key]) for key in keys}


def _premises(model: ProductModel) -> dict[str, Node]:
    """Return what each rule waits for, by the rule's key, for rules that wait for something."""
    scope = Scope.of(model)
    found: dict[str, Node] = {}
    for rule in model.rules:
        parts: list[Node] = [] if rule.when is None else [bind(rule.when, scope, "condition")]
        then = bind(rule.then, scope, "condition")
        if isinstance(then, nodes.Implies):
            parts.append(then.premise)
        if parts:
            found[rule.key] = parts[0] if len(parts) == 1 else nodes.And(tuple(parts))
    return found


def _told(reason: Reason) -> str:
    match reason.kind:
        case "rule":
            return f"rule '{reason.key}'"
        case "table":
            return f"table '{reason.key}'"
        case "option_condition":
            return f"the condition of option '{reason.key}'"
        case "value_condition":
            return f"the condition of value '{reason.key}'"
        case "count":
            return f"how many values '{reason.key}' takes"
        case "required":
            return f"that '{reason.key}' needs a value"
        case "preference":
            return f"preference '{reason.key}'"


def _listed(reasons: Sequence[Reason]) -> str:
    told = [_told(reason) for reason in reasons[:MOST_LISTED]]
    if len(reasons) > MOST_LISTED:
        told.append(f"{len(reasons) - MOST_LISTED} more")
    return _joined(told) or "its own domain"


def _verb(reasons: Sequence[Reason]) -> str:
    return "forbids" if len(reasons) == 1 else "together forbid"


def _joined(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
