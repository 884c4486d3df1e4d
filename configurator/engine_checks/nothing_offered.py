"""Publish check of options that are asked while none of their values is offered.

Where every value of an optional option has a condition, the conditions may leave nothing to choose
from. That is allowed, and it is what restrictions that were meant the other way round look like.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from catalog.expressions.nodes import reads
from catalog.expressions.types import Scope, bind
from catalog.findings import Finding
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, ProductModel, Rule, write_choice
from configurator.engine.face.choices import Compiled, Domain, compile_model, deduce

MOST_LISTED = 6


def nothing_offered_findings(model: ProductModel) -> Iterator[Finding]:
    """Yield a finding, with a smallest example, for each optional option that may be asked with
    nothing offered.
    """
    suspects = {
        option.key: _nothing_offered(model, option)
        for option in model.options
        if _may_be_empty(option)
    }
    if not suspects:
        return
    scope = Scope.of(model)
    conditions = {key: bind(text, scope, "condition") for key, text in suspects.items()}
    compiled = compile_model(model, conditions)
    everything = deduce(compiled, {})
    if not everything.consistent:
        return  # the engine's own checks tell that no configuration exists
    for key, condition in conditions.items():
        option = model.option_by_key[key]
        if not everything.domains[key].values:
            continue  # they tell, too, of options that never have a value
        with compiled.search.asking() as search:
            possible = search.solvable([compiled.watched[key]])
        if possible:
            yield _finding(model, compiled, option, suspects[key], reads(condition) - {key})


def _may_be_empty(option: Option) -> bool:
    return (
        kind_of(option).is_listed
        and not option.required
        and bool(option.values)
        and all(value.when for value in option.values)
    )


def _nothing_offered(model: ProductModel, option: Option) -> str:
    """Return the condition that the option is asked, what its values wait for is told, and none of
    them is offered.

    An option that others wait for and nobody answered yet offers nothing either; that is no fault.
    """
    scope = Scope.of(model)
    read = frozenset[str]().union(
        *(reads(bind(value.when or "true", scope, "condition")) for value in option.values)
    )
    told = [
        each.key
        for each in model.options
        if each.key in read and each.when is None and not kind_of(each).is_several
    ]
    parts = [f"not ({value.when})" for value in option.values] + [f"given({key})" for key in told]
    return " and ".join(parts if option.when is None else [f"({option.when})", *parts])


def _finding(
    model: ProductModel, compiled: Compiled, option: Option, nothing: str, read: frozenset[str]
) -> Finding:
    example = _smallest(compiled, option, _choices(model, nothing, read))
    told = " and ".join(
        f"{_label_of(model, key, others)} as {model.option_by_key[key].label}"
        for key, others in _alternatives(compiled, option, example).items()
    )
    sentence = f"With {told}, no" if told else "Where nothing else is chosen, no"
    return Finding(
        "warning" if kind_of(option).is_single else "note",
        "option-left-without-value",
        f"options/{option.key}",
        f"{sentence} value of '{option.label}' is offered, though it is asked. Offer one there, or give the option a "
        "condition that leaves it out.",
        {key: write_choice(choice) for key, choice in example.items()},
    )


def _choices(model: ProductModel, nothing: str, read: frozenset[str]) -> dict[str, Choice]:
    """Return choices for what the condition `nothing` reads, in which it holds; as many of them as
    can be.
    """
    probed = compile_model(replace(model, rules=(*model.rules, Rule("offer_probe", nothing))))
    chosen: dict[str, Choice] = {}
    for key in (each.key for each in model.options if each.key in read):
        for choice in _first_choices(model.option_by_key[key], deduce(probed, chosen).domains[key]):
            if deduce(probed, {**chosen, key: choice}).consistent:
                chosen[key] = choice
                break
    return chosen


def _first_choices(option: Option, domain: Domain) -> Iterable[Choice]:
    kind = kind_of(option)
    if kind.is_stepped:
        return tuple(kind.at_number(first) for first, _ in domain.runs[:1])
    if kind.is_several:
        return (tuple(str(key) for key in domain.forced),) if domain.forced else ()
    return domain.values[:1]


def _empty(compiled: Compiled, option: Option, choices: Mapping[str, Choice]) -> bool:
    deduction = deduce(compiled, choices)
    return deduction.consistent and not deduction.domains[option.key].values


def _smallest(
    compiled: Compiled, option: Option, choices: Mapping[str, Choice]
) -> dict[str, Choice]:
    """Return choices none of which can go without something being offered again."""
    kept = dict(choices)
    if not _empty(compiled, option, kept):
        return kept
    for key in choices:
        fewer = {other: choice for other, choice in kept.items() if other != key}
        if _empty(compiled, option, fewer):
            kept = fewer
    return kept


def _alternatives(
    compiled: Compiled, option: Option, example: Mapping[str, Choice]
) -> Mapping[str, list[Any]]:
    """Return for each choice of the example the values that have the same effect in its place."""
    found: dict[str, list[Any]] = {}
    for key, choice in example.items():
        other = compiled.model.option_by_key[key]
        if kind_of(other).is_single and len(example) == 1:
            same = [
                value.key for value in other.values if _empty(compiled, option, {key: value.key})
            ]
            found[key] = same or [choice]
        else:
            found[key] = [choice]
    return found


def _label_of(model: ProductModel, key: str, choices: list[Any]) -> str:
    option = model.option_by_key[key]
    told = [
        f"'{option.value_by_key[choice].label}'"
        if isinstance(choice, str) and choice in option.value_by_key
        else str(write_choice(choice))
        for choice in choices
    ]
    if len(told) > MOST_LISTED:
        return f"{', '.join(told[:MOST_LISTED])} or one of {len(told) - MOST_LISTED} more"
    return " or ".join([", ".join(told[:-1]), told[-1]]) if len(told) > 1 else told[0]
