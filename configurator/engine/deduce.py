"""What follows from choices: the valid domain of every option, and the values that are the only ones left."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from catalog.product_model import Choice, Kind, Option
from configurator.engine.compiled import Compiled
from configurator.engine.domains import Domain
from configurator.engine.exact import Array
from configurator.engine.slots import IN, NO, NOT_GIVEN, OUT, YES

MAX_KNOWN = 10_000


@dataclass(frozen=True)
class Deduction:
    """What follows from choices. Where they are not `consistent`, domains and inferred values are empty.

    `domains` is exact: a value is in it exactly if some complete configuration contains it and all choices.
    `inferred` holds the options nobody chose that have exactly one possibility left.
    """

    consistent: bool
    domains: Mapping[str, Domain]
    inferred: Mapping[str, Choice]


def deduce(compiled: Compiled, choices: Mapping[str, Choice]) -> Deduction:
    """Return what follows from `choices`; refuses with ChoiceUnknown what no option declares.

    The choice on a multi-choice is the tuple of values wanted in it, the others stay free; of a choice on a text or
    colour only counts that there is one.
    """
    return compiled.memory.answer("deduce", choices, lambda: _deduced(compiled, choices))


def _deduced(compiled: Compiled, choices: Mapping[str, Choice]) -> Deduction:
    fixed = compiled.fixed(choices)
    assumptions = compiled.assumptions(fixed)
    with compiled.search.asking() as search:
        seen = search.valid(fixed, assumptions)
        if seen is None:
            return Deduction(False, {}, {})
        empty = {
            key: search.solvable([*assumptions, -literal])
            for key, literal in compiled.some_member.items()
            if not choices.get(key)
        }
    domains = {
        option.key: _chosen_domain(option, choices[option.key])
        if option.key in choices and option.kind is not Kind.MULTI
        else domain_of(compiled, option, seen, empty.get(option.key, False))
        for option in compiled.model.options
    }
    inferred = {
        key: only for key, domain in domains.items() if key not in choices and (only := domain.only) is not None
    }
    return Deduction(True, domains, inferred)


def alternatives(compiled: Compiled, choices: Mapping[str, Choice]) -> Mapping[str, Domain]:
    """Return for each chosen option what it could have instead, all other choices kept.

    Empty domains where the other choices are not consistent.
    """
    return compiled.memory.answer("alternatives", choices, lambda: _alternatives(compiled, choices))


def _alternatives(compiled: Compiled, choices: Mapping[str, Choice]) -> Mapping[str, Domain]:
    found: dict[str, Domain] = {}
    with compiled.search.asking() as search:
        for key in choices:
            option = compiled.model.option_by_key[key]
            others = {other: choice for other, choice in choices.items() if other != key}
            fixed = compiled.fixed(others)
            assumptions = compiled.assumptions(fixed)
            wanted = np.zeros(len(search.program.literals), bool)
            for slot in _slots(compiled, option):
                wanted[search.program.offsets[slot] : search.program.offsets[slot + 1]] = True
            seen = search.valid(fixed, assumptions, wanted)
            if seen is None:
                found[key] = Domain(option.kind)
                continue
            literal = compiled.some_member.get(key)
            empty = literal is not None and search.solvable([*assumptions, -literal])
            found[key] = domain_of(compiled, option, seen, empty)
    return found


def domain_of(compiled: Compiled, option: Option, seen: Array, empty: bool) -> Domain:
    """Return the domain of an option from the classes `seen`; `empty` tells whether a multi-choice can be empty."""
    slots = _slots(compiled, option)
    starts = compiled.search.program.starts
    if not slots:
        return Domain(option.kind, none=empty)
    key = (option.key, empty, seen[starts[slots[0]] : starts[slots[-1] + 1]].tobytes())
    known = compiled.known_domains
    domain: Domain | None = known.get(key)
    if domain is None:
        if len(known) > MAX_KNOWN:
            known.clear()
        domain = known[key] = _domain_of(compiled, option, seen, empty)
    return domain


def _domain_of(compiled: Compiled, option: Option, seen: Array, empty: bool) -> Domain:
    offsets = compiled.search.program.offsets
    if option.kind is Kind.MULTI:
        states = [seen[offsets[slot] : offsets[slot + 1]] for slot in _slots(compiled, option)]
        values = tuple(value.key for value, state in zip(option.values, states, strict=True) if state[IN])
        forced = tuple(value.key for value, state in zip(option.values, states, strict=True) if not state[OUT])
        return Domain(option.kind, values=values, forced=forced, given=bool(values), none=empty)
    slot = compiled.slots.of_option[option.key]
    cells = seen[offsets[slot.index] : offsets[slot.index + 1]][compiled.classes.of_cell[slot.index]]
    none = slot.none is not None and bool(cells[slot.none])
    if option.kind is Kind.CHOICE:
        keys = tuple(option.values[place].key for place in np.flatnonzero(cells[:-1]).tolist())
        return Domain(option.kind, values=keys, given=bool(keys), none=none)
    if option.kind is Kind.BOOLEAN:
        truths = tuple(truth for truth, cell in ((True, YES), (False, NO)) if cells[cell])
        return Domain(option.kind, values=truths, given=bool(truths), none=none)
    if option.kind is Kind.NUMBER:
        assert option.number is not None
        ends = np.flatnonzero(np.diff(cells[:-1].astype(np.int8), prepend=0, append=0)).tolist()
        runs = tuple(
            (option.number.at(first), option.number.at(stop - 1))
            for first, stop in zip(ends[::2], ends[1::2], strict=True)
        )
        return Domain(option.kind, runs=runs, step=option.number.step, given=bool(runs), none=none)
    return Domain(option.kind, given=bool(cells[1 - NOT_GIVEN]), none=none)


def _chosen_domain(option: Option, choice: Choice) -> Domain:
    """Return the domain of an option that was chosen: the choice alone, not all that no rule can tell from it."""
    if isinstance(choice, Decimal) and option.number is not None:
        return Domain(option.kind, runs=((choice, choice),), step=option.number.step, given=True)
    values = (choice,) if isinstance(choice, (str, bool)) and option.kind in (Kind.CHOICE, Kind.BOOLEAN) else ()
    return Domain(option.kind, values=values, given=True)


def _slots(compiled: Compiled, option: Option) -> list[int]:
    if option.kind is Kind.MULTI:
        return [slot.index for slot in compiled.slots.members(option)]
    return [compiled.slots.of_option[option.key].index]
