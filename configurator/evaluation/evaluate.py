"""One pure answer to one set of choices: what is still possible, what it costs, when it is ready,
what will be made.

`evaluate` runs engine, prices, lead time and parts; an `Evaluation` holds all that any face prints.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TypedDict

from catalog.errors import Refusal
from catalog.product_model import Choice, ProductModel
from configurator.choices import plain_choices
from configurator.compiled_product import CompiledProduct, Values
from configurator.engine.face.choices import (
    Budget,
    Deduction,
    DefaultCompletion,
    Domain,
    Needed,
    deduce,
    default_completion,
    needed,
    whole_values,
)
from configurator.evaluation.alternatives import value_states
from configurator.evaluation.decision import MOST_CONFLICTS, Begun, decide
from configurator.evaluation.domains import domains_of
from configurator.evaluation.evaluation import Evaluation, OpenRule, OptionState
from configurator.evaluation.lazy import Lazy
from configurator.evaluation.open_options import active_options, is_missing
from configurator.evaluation.present import Present
from configurator.evaluation.ways_out import SHOWN_REPAIRS, conflict_of
from configurator.falling import may_fall
from configurator.holding import Constraint
from configurator.prints.printed import Printed, printed
from configurator.production.bom import BomItem, bom
from pricing.breakdown import Breakdown, Prices, price
from pricing.calendar import Schedule
from pricing.lead_time import LeadTime, lead_time


def evaluate(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    changes: Mapping[str, Choice | None] | None = None,
    quantity: int = 1,
    explained: int = 1,
    repaired: int = SHOWN_REPAIRS,
    order_quantity: int | None = None,
) -> Evaluation:
    """Return what follows from `choices` with `changes` (None retracts) applied to them, as
    `decide` tells.

    `retracted` are the choices that went with the changes. If the choices clash, `conflict` tells
    why, with up to `explained` explanations, and up to `repaired` ways on; the rest of the answer
    speaks of what stands.
    """
    decision = decide(product, choices, changes)
    state = evaluate_state(
        product, prices, decision.choices, quantity, order_quantity, begun=decision.begun
    )
    if decision.clash is None:
        return replace(state, retracted=decision.retracted) if decision.retracted else state
    return replace(
        state, conflict=conflict_of(product, prices, state, decision.clash, explained, repaired)
    )


def evaluate_state(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    quantity: int = 1,
    order_quantity: int | None = None,
    schedule: Schedule | None = None,
    begun: Begun | None = None,
) -> Evaluation:
    """Return what follows from `choices` that stand together, in the order of the options, as
    `decide` returns them.

    `order_quantity` is how many pieces of the product the whole order has, where it has other
    configurations, too. What takes the engine more than MOST_CONFLICTS to tell is `unchecked`; the
    same question again may take more, so that it is known in the end.
    """
    if begun is None:
        budget = product.engine.patience.budget(choices, MOST_CONFLICTS)
        begun = Begun(deduce(product.engine, choices, budget), budget)
    found = _state(
        product, prices, choices, begun.deduction, quantity, begun.budget, order_quantity, schedule
    )
    if found.unchecked:
        product.engine.patience.left_open(choices)
    return found


def evaluate_settled(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    quantity: int = 1,
    order_quantity: int | None = None,
    schedule: Schedule | None = None,
) -> Evaluation | None:
    """Return what `evaluate` does for choices that leave nothing open; None for all others, and
    those that clash.

    The values of a complete configuration are such choices: what they cost is told without asking
    the engine what else could be had. `options` is Lazy, and finds that out when somebody looks.
    """
    values = whole_values(product.engine, choices)
    if values is None:
        return None
    worth = _worth(
        product,
        prices,
        values,
        active_options(product, values),
        quantity,
        order_quantity=order_quantity,
    )
    return Evaluation(
        **worth,
        product=product,
        choices=choices,
        options=Lazy(partial(_settled_options, product, prices, choices, quantity, order_quantity)),
        preferred=tuple(each.key for each in product.model.preferences),
        missing=(),
        conflict=None,
        schedule=schedule,
        fault=tuple(constraint.reason for constraint in product.wall.broken(values)),
    )


def _settled_options(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    quantity: int,
    order_quantity: int | None,
) -> Mapping[str, OptionState]:
    """Return what else could be had beside settled choices."""
    return _state(
        product, prices, choices, deduce(product.engine, choices), quantity, None, order_quantity
    ).options


def _state(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    deduction: Deduction,
    quantity: int,
    budget: Budget | None,
    order_quantity: int | None,
    schedule: Schedule | None = None,
) -> Evaluation:
    model = product.model
    settled = default_completion(product.engine, choices, budget)
    values = settled.values
    active = active_options(product, values)
    asked_for = needed(product.engine, settled, budget)
    needs = settled.unsettled | asked_for.options
    worth = _worth(product, prices, values, active, quantity, needs, order_quantity)
    breakdown, days = worth["breakdown"], worth["lead_time"]
    domains = domains_of(product, choices, deduction, budget)
    undecided = tuple(key for key, is_on in active.items() if is_on and key not in values)
    missing = _missing(model, active, settled, asked_for)
    active |= dict.fromkeys(missing, True)
    if breakdown is not None and breakdown.open:
        asked = {*missing, *breakdown.open}
        falls = may_fall(product.engine, prices, breakdown, choices, values, asked, domains, budget)
        worth["breakdown"] = breakdown = replace(breakdown, may_fall=falls)
    now = Present(
        product, prices, choices, settled, breakdown, days, undecided, frozenset(missing), needs
    )
    unchecked = tuple(
        option.key
        for option in model.options
        if option.key in settled.unchecked or not domains[option.key].checked
    )
    is_open = any(active[key] and key not in values for key in unchecked)
    broken: tuple[Constraint, ...] = ()
    if not is_open and (asked_for.is_broken or not missing):
        broken = product.wall.broken(values)
    return Evaluation(
        **worth,
        product=product,
        choices=choices,
        options=_option_states(now, deduction, domains, active),
        preferred=settled.preferred,
        missing=missing,
        conflict=None,
        schedule=schedule,
        unchecked=unchecked,
        open_rules=_open_rules(product, values, active, missing, broken)
        if asked_for.is_broken
        else (),
        fault=() if asked_for.is_broken else tuple(constraint.reason for constraint in broken),
    )


def _missing(
    model: ProductModel,
    active: Mapping[str, bool],
    settled: DefaultCompletion,
    asked_for: Needed,
) -> tuple[str, ...]:
    """Return the options that have to be answered, in their order.

    Where no option that takes part has to be, they are those whose conditions read themselves, or
    each other: no answer elsewhere would bring them up.
    """
    missing = tuple(
        option.key
        for option in model.options
        if active[option.key] and is_missing(option, settled, asked_for)
    )
    if missing:
        return missing
    hidden = (asked_for.lacking | asked_for.options).difference(settled.values)
    return tuple(option.key for option in model.options if option.key in hidden) if hidden else ()


def _option_states(
    now: Present,
    deduction: Deduction,
    domains: Mapping[str, Domain],
    active: Mapping[str, bool],
) -> dict[str, OptionState]:
    """Return the state of each option; what its values would change is found out when somebody
    looks.
    """
    values = now.settled.values
    sources = now.settled.sources_with(deduction.inferred)
    return {
        option.key: OptionState(
            active=active[option.key],
            value=values.get(option.key),
            source=sources.get(option.key),
            domain=domains[option.key],
            values=Lazy(partial(value_states, now, option, domains[option.key])),
        )
        for option in now.product.model.options
    }


def _open_rules(
    product: CompiledProduct,
    values: Values,
    active: Mapping[str, bool],
    missing: Sequence[str],
    broken: Sequence[Constraint],
) -> tuple[OpenRule, ...]:
    """Return the `broken` constraints that nothing `missing` decides, with what of each could still
    be answered.
    """
    waited = frozenset(missing)
    return tuple(
        OpenRule(
            constraint.reason,
            tuple(
                option.key
                for option in product.model.options
                if option.key in constraint.reads
                and active[option.key]
                and (option.key not in values or values[option.key] in (False, ()))
            ),
        )
        for constraint in broken
        if waited.isdisjoint(constraint.reads)
    )


class _Worth(TypedDict):
    """What follows from values, and not from what could be had instead; see Evaluation."""

    values: Mapping[str, Choice]
    quantity: int
    derived: Mapping[str, Fraction | bool | str | None]
    breakdown: Breakdown | None
    price_problem: str | None
    lead_time: LeadTime | None
    bom: tuple[BomItem, ...]
    parts_problem: str | None
    layers: tuple[str, ...]
    prints: tuple[Printed, ...]
    fingerprint: str
    price_on_request: bool


def _worth(
    product: CompiledProduct,
    prices: Prices,
    values: Values,
    active: Mapping[str, bool],
    quantity: int,
    needed: frozenset[str] = frozenset(),
    order_quantity: int | None = None,
) -> _Worth:
    undecided = tuple(key for key, is_on in active.items() if is_on and key not in values)
    breakdown, price_problem = _answer_or_problem(
        lambda: price(prices, values, quantity, undecided, needed, order_quantity)
    )
    days, days_problem = _answer_or_problem(lambda: lead_time(product.lead_time, values, undecided))
    items, parts_problem = _answer_or_problem(
        lambda: bom(product.bom, values, quantity, undecided, order_quantity)
    )
    on_request = breakdown is None and prices.price_list.on_request
    return _Worth(
        values=values,
        quantity=quantity,
        derived={key: function(values) for key, function in product.derived.items()},
        breakdown=breakdown,
        price_problem=(days_problem or price_problem)
        if on_request
        else (price_problem or days_problem),
        lead_time=days,
        bom=items or (),
        parts_problem=parts_problem,
        layers=tuple(
            key for key, condition in product.layers if condition is None or condition(values)
        ),
        prints=printed(product.prints, values) if product.prints else (),
        fingerprint=fingerprint(product.model, values),
        price_on_request=on_request,
    )


def _answer_or_problem[Answer](ask: Callable[[], Answer]) -> tuple[Answer | None, str | None]:
    """Return what `ask` answers, or None and the sentence of its refusal."""
    try:
        return ask(), None
    except Refusal as refusal:
        return None, refusal.sentence


def fingerprint(model: ProductModel, values: Values) -> str:
    """SHA-256 of the version's digest and the values: equal fingerprint, equal product and files."""
    text = json.dumps([model.digest, plain_choices(values)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
