"""What follows from choices: the valid domain of every option, and the values that are the only
ones left.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from catalog.kinds.register import kind_of
from catalog.product_model import NOTHING, Choice, Option
from configurator.engine.answers.domains import Domain
from configurator.engine.constraints.exact import Array
from configurator.engine.constraints.slots import IN, OUT
from configurator.engine.solver.compiled import Compiled
from configurator.engine.solver.search import Budget, Possible

MAX_KNOWN = 10_000


@dataclass(frozen=True)
class Deduction:
    """What follows from choices. Where they are not `consistent`, domains and inferred values are
    empty.

    `domains` is exact: a value is in it exactly if some complete configuration contains it and all
    choices. `inferred` holds the options nobody chose that have exactly one possibility left.
    """

    consistent: bool
    domains: Mapping[str, Domain]
    inferred: Mapping[str, Choice]

    @property
    def unchecked(self) -> tuple[str, ...]:
        """The options whose domain is not told whole, because the budget did not suffice."""
        return tuple(key for key, domain in self.domains.items() if not domain.checked)


def deduce(
    compiled: Compiled, choices: Mapping[str, Choice], budget: Budget | None = None
) -> Deduction:
    """Return what follows from `choices`; refuses with ChoiceUnknown what no option declares.

    With a `budget` (of the solver's conflicts) a domain may be told in part: what is in it is sure,
    the rest unchecked. The same question again goes on where this one stopped. Whether the choices
    stand together is always told, or refused with EngineExhausted.

    The choice on a multi-choice is the tuple of values wanted in it, the others stay free; of a
    choice on a text or colour only counts that there is one.
    """
    return compiled.memory.answer(
        "deduce",
        choices,
        lambda: _deduced(compiled, choices, budget),
        keep=lambda found: not found.unchecked,
    )


def _deduced(compiled: Compiled, choices: Mapping[str, Choice], budget: Budget | None) -> Deduction:
    answer = compiled.components.valid(compiled.fixed(choices), budget=budget)
    if answer is None:
        return Deduction(False, {}, {})
    domains, inferred = _told(compiled, answer)
    for key, choice in choices.items():
        inferred.pop(key, None)
        option = compiled.model.option_by_key[key]
        if not kind_of(option).is_several:
            domains[key] = _chosen_domain(option, choice)
    return Deduction(True, domains, inferred)


@dataclass(frozen=True)
class _Told:
    """What was told of all options the last time: most of it is the same the next time."""

    answer: Possible
    domains: Mapping[str, Domain]
    only: Mapping[str, Choice | None]


def _told(compiled: Compiled, answer: Possible) -> tuple[dict[str, Domain], dict[str, Choice]]:
    """Return the domains of all options, and the values that are the only ones, as far as `answer`
    tells.
    """
    options = compiled.model.options
    before: _Told | None = compiled.latest.get("told")
    if before is None:
        changed: Sequence[int] = range(len(options))
        domains: dict[str, Domain] = {}
        only: dict[str, Choice | None] = {}
    else:
        is_other = (answer.seen != before.answer.seen) | (
            answer.undecided != before.answer.undecided
        )
        changed = np.unique(compiled.option_of_target[is_other]).tolist()
        domains, only = dict(before.domains), dict(before.only)
    for place in changed:
        option = options[place]
        domain = domains[option.key] = domain_of(compiled, option, answer)
        only[option.key] = domain.only
    compiled.latest["told"] = _Told(answer, domains, only)
    return dict(domains), {key: value for key, value in only.items() if value is not None}


def alternatives(
    compiled: Compiled, choices: Mapping[str, Choice], budget: Budget | None = None
) -> Mapping[str, Domain]:
    """Return for each chosen option what it could have instead, all other choices kept.

    Empty domains where the other choices are not consistent. `budget` is as in `deduce`.
    """
    return compiled.memory.answer(
        "alternatives",
        choices,
        lambda: _alternatives(compiled, choices, budget),
        keep=lambda found: all(domain.checked for domain in found.values()),
    )


def _alternatives(
    compiled: Compiled, choices: Mapping[str, Choice], budget: Budget | None
) -> Mapping[str, Domain]:
    return {
        key: domain_beside(
            compiled, {each: choice for each, choice in choices.items() if each != key}, key, budget
        )
        for key in choices
    }


def domain_beside(
    compiled: Compiled, choices: Mapping[str, Choice], key: str, budget: Budget | None = None
) -> Domain:
    """Return what one option, not among `choices`, can have with them; an empty domain where they
    are inconsistent.
    """
    option = compiled.model.option_by_key[key]
    wanted = np.flatnonzero(compiled.option_of_target == compiled.places[key])
    answer = compiled.components.valid(compiled.fixed(choices), budget=budget, wanted=wanted)
    return Domain(option.kind) if answer is None else domain_of(compiled, option, answer)


def domain_of(compiled: Compiled, option: Option, answer: Possible) -> Domain:
    """Return the domain of an option, as far as `answer` tells."""
    seen, undecided = answer.seen, answer.undecided
    is_several = kind_of(option).is_several
    empty = is_several and bool(seen[compiled.place_of_empty(option.key)])
    slots = _slots(compiled, option)
    starts = compiled.search.program.starts
    if not slots:
        return Domain(option.kind, none=empty)
    own = slice(starts[slots[0]], starts[slots[-1] + 1])
    if undecided[own].any() or (is_several and undecided[compiled.place_of_empty(option.key)]):
        return _partly(compiled, option, _domain_of(compiled, option, seen, empty), undecided)
    key = (option.key, empty, seen[own].tobytes())
    known = compiled.known_domains
    domain: Domain | None = known.get(key)
    if domain is None:
        if len(known) > MAX_KNOWN:
            known.clear()
        domain = known[key] = _domain_of(compiled, option, seen, empty)
    return domain


def _domain_of(compiled: Compiled, option: Option, seen: Array, empty: bool) -> Domain:
    offsets = compiled.search.program.offsets
    kind = kind_of(option)
    if kind.is_several:
        states = [seen[offsets[slot] : offsets[slot + 1]] for slot in _slots(compiled, option)]
        values = tuple(
            value.key for value, state in zip(option.values, states, strict=True) if state[IN]
        )
        forced = tuple(
            value.key for value, state in zip(option.values, states, strict=True) if not state[OUT]
        )
        return Domain(option.kind, values=values, forced=forced, given=bool(values), none=empty)
    slot = compiled.slots.of_option[option.key]
    cells = seen[offsets[slot.index] : offsets[slot.index + 1]][
        compiled.classes.of_cell[slot.index]
    ]
    none = slot.none is not None and bool(cells[slot.none])
    scale = kind.scale(option)
    if scale is not None:
        ends = np.flatnonzero(
            np.diff(cells[: len(scale)].astype(np.int8), prepend=0, append=0)
        ).tolist()
        runs = tuple(
            (scale.at(first), scale.at(stop - 1))
            for first, stop in zip(ends[::2], ends[1::2], strict=True)
        )
        return Domain(option.kind, runs=runs, step=scale.step, given=bool(runs), none=none)
    found = [
        kind.value_at(option, place)
        for place in np.flatnonzero(cells).tolist()
        if place != slot.none
    ]
    # Of yes and no, yes is told first.
    known: list[str | bool] = [each for each in found if isinstance(each, (str, bool))]
    in_order = tuple(known[::-1] if kind.is_truth else known)
    return Domain(option.kind, values=in_order, given=bool(found), none=none)


def _partly(compiled: Compiled, option: Option, domain: Domain, undecided: Array) -> Domain:
    """Return a domain that is told in part, with what is `undecided`."""
    offsets = compiled.search.program.offsets
    if kind_of(option).is_several:
        states = [undecided[offsets[slot] : offsets[slot + 1]] for slot in _slots(compiled, option)]
        open_values = tuple(
            value.key for value, state in zip(option.values, states, strict=True) if state.any()
        )
        forced = tuple(key for key in domain.forced if key not in open_values)
        return replace(domain, checked=False, unchecked=open_values, forced=forced)
    open_domain = _domain_of(compiled, option, undecided, False)
    return replace(
        domain, checked=False, unchecked=open_domain.values, unchecked_runs=open_domain.runs
    )


def _chosen_domain(option: Option, choice: Choice) -> Domain:
    """Return the domain of an option that was chosen: the choice alone, not all that no rule can
    tell from it.
    """
    if choice == NOTHING:
        return Domain(option.kind, none=True)
    kind = kind_of(option)
    scale, number = kind.scale(option), kind.number_of(choice)
    if scale is not None and number is not None:
        return Domain(option.kind, runs=((number, number),), step=scale.step, given=True)
    values = (choice,) if isinstance(choice, (str, bool)) and not kind.is_open else ()
    return Domain(option.kind, values=values, given=True)


def _slots(compiled: Compiled, option: Option) -> list[int]:
    return [slot.index for slot in compiled.slots.of(option)]
