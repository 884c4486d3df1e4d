"""Laws of the engine that hold whatever the product: properties over random models and choices."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.expressions.evaluate import evaluate
from catalog.expressions.types import Scope, bind
from catalog.product_model import Choice, Kind, Option, ProductModel, read
from configurator.engine.answers.deduce import deduce
from configurator.engine.answers.default_completion import default_completion
from configurator.engine.answers.domains import Domain
from configurator.engine.answers.repair import repairs
from configurator.engine.solver.compiled import compile_model
from tests.configurator.engine.oracle import Maker

SEEDS = st.integers(0, 10**9)
FEW = settings(max_examples=60, deadline=None)


def product(seed: int) -> tuple[ProductModel, random.Random]:
    """Return a random product, larger than enumeration could manage, and chance to go on with."""
    chance = random.Random(seed)
    return read(Maker(chance, most=10**7).sketch().document()), chance


def offered(option: Option, domain: Domain, chance: random.Random) -> Choice | None:
    """Return some value that the domain offers, None if it offers none."""
    if option.kind is Kind.NUMBER and domain.runs:
        return chance.choice(chance.choice(domain.runs))
    if option.kind is Kind.MULTI:
        return tuple(chance.sample(domain.values, min(1, len(domain.values))))  # type: ignore[arg-type]
    if option.kind in (Kind.TEXT, Kind.COLOUR):
        return "text" if domain.given else None
    return chance.choice(domain.values) if domain.values else None


def walk(model: ProductModel, chance: random.Random) -> list[dict[str, Choice]]:
    """Return the choices of a shopper who takes what is offered, step by step."""
    compiled = compile_model(model)
    states: list[dict[str, Choice]] = []
    choices: dict[str, Choice] = {}
    deduction = deduce(compiled, choices)
    for option in chance.sample(model.options, len(model.options)) if deduction.consistent else ():
        value = offered(option, deduction.domains[option.key], chance)
        if value is not None:
            choices = {**choices, option.key: value}
            deduction = deduce(compiled, choices)
            states.append(choices)
    return states


@given(SEEDS)
@FEW
def test_choosing_what_is_offered_never_leads_to_a_conflict(seed):
    model, chance = product(seed)
    compiled = compile_model(model)
    for choices in walk(model, chance):
        assert deduce(compiled, choices).consistent


@given(SEEDS)
@FEW
def test_retracting_a_choice_never_shrinks_a_domain(seed):
    model, chance = product(seed)
    compiled = compile_model(model)
    for choices in walk(model, chance)[-1:]:
        now = deduce(compiled, choices).domains
        for key in choices:
            before = deduce(
                compiled, {other: value for other, value in choices.items() if other != key}
            ).domains
            assert all(within(now[option], before[option]) for option in now)


@given(SEEDS)
@FEW
def test_the_order_of_choices_does_not_matter(seed):
    model, chance = product(seed)
    for choices in walk(model, chance)[-1:]:
        shuffled = dict(chance.sample(list(choices.items()), len(choices)))
        one, other = compile_model(model), compile_model(model)
        assert deduce(one, choices) == deduce(other, shuffled)
        assert default_completion(one, choices) == default_completion(other, shuffled)


@given(SEEDS)
@FEW
def test_another_rule_never_enlarges_a_domain(seed):
    model, _ = product(seed)
    if not model.rules:
        return
    fewer = ProductModel(**{**vars_of(model), "rules": model.rules[1:]})
    now, before = deduce(compile_model(model), {}), deduce(compile_model(fewer), {})
    assert not now.consistent or all(
        within(now.domains[key], before.domains[key]) for key in now.domains
    )


@given(SEEDS)
@FEW
def test_a_fresh_engine_answers_as_a_used_one(seed):
    model, chance = product(seed)
    states = walk(model, chance)
    used = compile_model(model)
    for choices in states:
        deduce(used, choices)
        default_completion(used, choices)
    for choices in states:
        used.memory.forget()
        fresh = compile_model(model)
        assert deduce(fresh, choices) == deduce(used, choices)
        assert default_completion(fresh, choices) == default_completion(used, choices)


@given(SEEDS)
@FEW
def test_what_is_settled_and_complete_satisfies_every_rule_as_expressions_are_evaluated(seed):
    model, chance = product(seed)
    compiled, scope = compile_model(model), Scope.of(model)
    for choices in walk(model, chance)[-1:]:
        settled = default_completion(compiled, choices)
        values = settled.values
        active = [
            option
            for option in model.options
            if not option.when or evaluate(bind(option.when, scope), values)
        ]
        is_open = any(
            option.required and option.key not in values and option.kind is not Kind.MULTI
            for option in active
        )
        if is_open or settled.unsettled:
            continue
        assert all(option in active or not values.get(option.key) for option in model.options)
        for rule in model.rules:
            assert (rule.when and not evaluate(bind(rule.when, scope), values)) or evaluate(
                bind(rule.then, scope), values
            )


@given(SEEDS)
@FEW
def test_a_repair_repairs_and_none_of_it_is_superfluous(seed):
    model, chance = product(seed)
    compiled = compile_model(model)
    choices: dict[str, Any] = {option.key: anything(option, chance) for option in model.options}
    for repair in repairs(compiled, choices, limit=5):
        rest = {key: value for key, value in choices.items() if key not in repair.retract}
        assert deduce(compiled, rest).consistent
        assert not any(
            deduce(compiled, {**rest, key: choices[key]}).consistent for key in repair.retract
        )


def anything(option: Option, chance: random.Random) -> Choice:
    if option.number is not None:
        return option.number.at(chance.randrange(len(option.number)))
    if option.kind is Kind.BOOLEAN:
        return chance.random() < 0.5
    if option.kind in (Kind.TEXT, Kind.COLOUR):
        return "text"
    value = chance.choice(option.values).key
    return (value,) if option.kind is Kind.MULTI else value


def within(small: Domain, large: Domain) -> bool:
    """Tell whether all that the one domain holds is in the other."""
    ends = all(
        any(first <= one and other <= last for first, last in large.runs)
        for one, other in small.runs
    )
    return (
        ends
        and set(small.values) <= set(large.values)
        and small.none <= large.none
        and small.given <= large.given
    )


def vars_of(model: ProductModel) -> dict[str, Any]:
    return {name: getattr(model, name) for name in ProductModel.__dataclass_fields__}


def test_walks_make_many_choices():
    lengths = [len(walk(*product(seed))) for seed in range(40)]
    assert sum(lengths) > 80
