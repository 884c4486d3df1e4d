"""What each option can have now, beside what is chosen for the others."""

from collections.abc import Mapping
from dataclasses import replace

from catalog.assemblies import ExpandedModel, Instance
from catalog.product_model import Choice
from configurator.compiled_product import CompiledProduct, Values
from configurator.engine.face.choices import (
    Budget,
    Deduction,
    Domain,
    Undecided,
    alternatives,
    deduce,
)
from configurator.engine.face.conflicts import stands
from configurator.evaluation.decision import applied
from configurator.instances import with_fewer


def domains_of(
    product: CompiledProduct, choices: Values, deduction: Deduction, budget: Budget | None
) -> Mapping[str, Domain]:
    """Return what each option can have now: a chosen one what it could have instead, all other
    choices kept.

    Of a multi-choice, what can be added to the wanted values, and which of them could not be left
    out.
    """
    domains = {**deduction.domains, **alternatives(product.engine, choices, budget)}
    for key, choice in choices.items():
        if isinstance(choice, tuple):
            after = deduction.domains[key]
            stuck = (
                member
                for member in after.forced
                if member not in choice
                or member in _without(product, choices, key, member, budget).forced
            )
            domains[key] = replace(after, forced=tuple(stuck), none=domains[key].none)
    if isinstance(product.model, ExpandedModel):
        for key, instances in product.model.instances_of.items():
            most = max(
                (each.number for each in instances if _is_chosen_in(each, choices)), default=0
            )
            if most:
                domains[key] = _with_fewer_of(product, choices, key, most, domains[key], budget)
    return domains


def _is_chosen_in(instance: Instance, choices: Values) -> bool:
    return any(key.startswith(f"{instance.place}.") for key in choices)


def _with_fewer_of(
    product: CompiledProduct,
    choices: Values,
    key: str,
    most: int,
    domain: Domain,
    budget: Budget | None,
) -> Domain:
    """Return the domain of the option that counts instances, with the counts below `most` that can
    be chosen.

    Choosing one retracts what was chosen in the instances that go, so that it need not stand beside
    that.
    """
    option = product.model.option_by_key[key]
    counts: list[Choice] = [False]
    if option.number is not None:
        counts = [option.number.at(place) for place in range(len(option.number))]
    found: list[Choice] = []
    open_counts: list[Choice] = []
    for count in counts:
        if int(count) >= most or domain.allows(count):  # type: ignore[arg-type]
            continue
        wanted = applied(product, choices, with_fewer(product.model, choices, {key: count}))
        try:
            if stands(product.engine, wanted, budget):
                found.append(count)
        except Undecided:
            open_counts.append(count)
    return domain.with_more(found, open_counts)


def _without(
    product: CompiledProduct, choices: Values, key: str, member: str, budget: Budget | None
) -> Domain:
    choice = choices[key]
    kept = tuple(each for each in choice if each != member) if isinstance(choice, tuple) else ()
    return deduce(product.engine, {**choices, key: kept}, budget).domains[key]
