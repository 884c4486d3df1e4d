"""One pure answer to one set of choices: what is still possible, what it costs, when it is ready, what will be made.

`evaluate` runs engine, prices, lead time and parts; an `Evaluation` holds all that any face prints.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, islice
from typing import Any

from catalog.errors import Refusal
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import reads
from catalog.expressions.types import Scope, bind, bind_derived
from catalog.product_model import Choice, Kind, Option, ProductModel
from configurator.choices import plain_choices
from configurator.engine.compiled import Compiled, compile_model
from configurator.engine.deduce import Deduction, alternatives, deduce
from configurator.engine.domains import Domain
from configurator.engine.explain import Reason, explain
from configurator.engine.repair import repairs
from configurator.engine.settle import Settled, settle, settled_with
from configurator.production.bom import BomItem, CompiledBom, bom, compile_bom
from configurator.reasons import told
from pricing.breakdown import Breakdown, Prices, difference, price
from pricing.calendar import Schedule, told_ready_on
from pricing.lead_time import CompiledLeadTime, LeadTime, compile_lead_time, lead_time

type Values = Mapping[str, Choice]

MOST_REPAIRS = 3
MOST_CANDIDATES = 24


@dataclass(frozen=True)
class CompiledProduct:
    """A product model made ready to answer: everything that does not depend on choices is done once, here."""

    model: ProductModel
    engine: Compiled
    conditions: Mapping[str, Callable[[Values], Any]]
    condition_reads: frozenset[str]
    derived: Mapping[str, Callable[[Values], Any]]
    layers: tuple[tuple[str, Callable[[Values], Any] | None], ...]
    lead_time: CompiledLeadTime
    bom: CompiledBom


def compile_product(model: ProductModel) -> CompiledProduct:
    """Return `model` compiled; refuses as its parts do: ExpressionRefused, EngineRefused."""
    scope = Scope.of(model)
    conditions = {option.key: bind(option.when, scope, "condition") for option in model.options if option.when}
    return CompiledProduct(
        model=model,
        engine=compile_model(model),
        conditions={key: function_of(node) for key, node in conditions.items()},
        condition_reads=frozenset().union(*(reads(node) for node in conditions.values())),
        derived={each.key: function_of(bind_derived(each.key, scope)) for each in model.derived},
        layers=tuple(
            (layer.key, function_of(bind(layer.when, scope, "condition", lengths=True)) if layer.when else None)
            for layer in model.layers
        ),
        lead_time=compile_lead_time(model),
        bom=compile_bom(model),
    )


@dataclass(frozen=True)
class ValueState:
    """What choosing a value (or toggling a member of a multi-choice) would mean now.

    `free`: it leads to a complete configuration with all choices so far. The differences are against the present total
    of all pieces and the present lead time, consequences included; of a value that is not free they are those of the
    value alone, without the change it needs. None where there is no price to tell. `opens` names the options that would
    then wait for a value they have or do not need now: the difference speaks of what is decided without them.
    """

    free: bool
    price_difference: Decimal | None
    days_difference: int | None
    opens: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptionState:
    """An option after the choices so far.

    `active` tells whether it takes part now; `value` is None without one; `source` says who gave the value: "chosen",
    "inferred" (it is the only one left) or "default". `domain` is the exact valid domain: the values that lead to a
    complete configuration with all choices on other options. `values` tells more of each listed value, by key; of a
    boolean under "true" and "false".
    """

    active: bool
    value: Choice | None
    source: str | None
    domain: Domain
    values: Mapping[str, ValueState]


@dataclass(frozen=True)
class RepairOffer:
    """A change of choices that ends the conflict, no part of it superfluous.

    Applied on the choices so far, `changes` (None retracts) is consistent. `also` names options whose value would
    change with it though nobody chose them. Differences are against the present state.
    """

    changes: Mapping[str, Choice | None]
    also: tuple[str, ...]
    price_difference: Decimal | None
    days_difference: int | None
    complete: bool


@dataclass(frozen=True)
class Conflict:
    """Choices and rules that cannot stand together, none superfluous, and the ways out.

    `attempted` are the changes that were refused; `choices` the options whose choices clash, `rules` the reasons.
    """

    attempted: Mapping[str, Choice | None]
    choices: tuple[str, ...]
    rules: tuple[Reason, ...]
    repairs: tuple[RepairOffer, ...]


@dataclass(frozen=True)
class Evaluation:
    """All that follows from one set of choices; with a `conflict`, the rest speaks of the choices kept before it.

    `schedule` is the merchant's calendar as seen today, where there is one.
    """

    product: CompiledProduct
    choices: Mapping[str, Choice]
    values: Mapping[str, Choice]
    options: Mapping[str, OptionState]
    derived: Mapping[str, Fraction | bool | str | None]
    missing: tuple[str, ...]
    conflict: Conflict | None
    quantity: int
    breakdown: Breakdown | None
    price_problem: str | None
    lead_time: LeadTime | None
    bom: tuple[BomItem, ...]
    parts_problem: str | None
    layers: tuple[str, ...]
    fingerprint: str
    schedule: Schedule | None = None

    @property
    def model(self) -> ProductModel:
        return self.product.model

    @property
    def ready_on(self) -> date | None:
        """The day on which it is ready if it is ordered now; None where that is not known."""
        days = self.lead_time.days if self.lead_time is not None and self.lead_time.told else None
        return told_ready_on(self.schedule, days)

    def ready_with(self, days_difference: int | None) -> date | None:
        """Return the day on which it would be ready with so many days more; None where that is not known."""
        if self.lead_time is None or not self.lead_time.told or days_difference is None:
            return None
        return told_ready_on(self.schedule, self.lead_time.days + days_difference)

    @property
    def complete(self) -> bool:
        """Every required option has a value and every rule holds."""
        return not self.missing

    @property
    def ready(self) -> bool:
        """Complete, with a price and a parts list: fit to be ordered."""
        return (
            self.complete
            and self.conflict is None
            and self.breakdown is not None
            and self.lead_time is not None
            and self.parts_problem is None
        )


class ProductVoid(Refusal):
    """A product that no configuration satisfies; `data["rules"]` names rules that contradict each other."""

    slug = "product-void"
    title = "The product has no configuration"
    status = 409

    def __init__(self, product: CompiledProduct, rules: tuple[Reason, ...]) -> None:
        sentences = " ".join(told(product.model, rule, None) for rule in rules)
        super().__init__(
            f"No configuration satisfies all rules of this product: {sentences} Change one of them.",
            rules=[{"kind": rule.kind, "key": rule.key} for rule in rules],
        )


def evaluate(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    changes: Mapping[str, Choice | None] | None = None,
    quantity: int = 1,
) -> Evaluation:
    """Return what follows from `choices` with `changes` (None retracts) applied to them.

    If they clash, `conflict` tells why and how to go on, and the rest of the answer speaks of `choices` alone; if those
    clash by themselves, of what the smallest repair leaves of them.
    """
    changes = changes or {}
    wanted = _applied(choices, changes)
    deduction = deduce(product.engine, wanted)
    if deduction.consistent:
        return _state(product, prices, wanted, deduction, quantity)
    kept = dict(choices)
    deduction = deduce(product.engine, kept)
    if not deduction.consistent:
        ways = repairs(product.engine, kept, frozenset(), 1)
        if not ways:
            raise ProductVoid(product, explain(product.engine, {}).rules)
        for key in ways[0].retract:
            del kept[key]
        deduction = deduce(product.engine, kept)
    before = _state(product, prices, kept, deduction, quantity)
    conflict = _conflict(product, prices, before, wanted, changes)
    return replace(before, conflict=conflict)


def why_not(
    product: CompiledProduct, choices: Values, option: str, value: Choice
) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
    """Return the choices and rules that keep `option` from having `value`; both empty when nothing does."""
    wanted = {**choices, option: value}
    if deduce(product.engine, wanted).consistent:
        return (), ()
    explanation = explain(product.engine, wanted)
    return tuple(key for key in explanation.choices if key != option), explanation.rules


def fingerprint(model: ProductModel, values: Values) -> str:
    """SHA-256 of the version's digest and the values: equal fingerprint, equal product and files."""
    text = json.dumps([model.digest, plain_choices(values)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _applied(choices: Values, changes: Mapping[str, Choice | None]) -> dict[str, Choice]:
    merged = {**choices, **changes}
    return {key: choice for key, choice in merged.items() if choice is not None}


def _state(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    deduction: Deduction,
    quantity: int,
) -> Evaluation:
    model = product.model
    settled = settle(product.engine, choices)
    values = settled.values
    active = {option.key: _is_active(product, option, values) for option in model.options}
    missing = tuple(option.key for option in model.options if _is_missing(option, settled) and active[option.key])
    undecided = tuple(key for key, is_on in active.items() if is_on and key not in values)
    breakdown, price_problem = _told(lambda: price(prices, values, quantity, undecided))
    days, days_problem = _told(lambda: lead_time(product.lead_time, values, undecided))
    items, parts_problem = _told(lambda: bom(product.bom, values, quantity, undecided))
    domains = _domains(product, choices, deduction)
    return Evaluation(
        product=product,
        choices=choices,
        values=values,
        options={
            option.key: OptionState(
                active=active[option.key],
                value=values.get(option.key),
                source=settled.sources.get(option.key),
                domain=domains[option.key],
                values=_value_states(
                    product, prices, choices, settled, breakdown, days, undecided, option, domains[option.key]
                ),
            )
            for option in model.options
        },
        derived={key: function(values) for key, function in product.derived.items()},
        missing=missing,
        conflict=None,
        quantity=quantity,
        breakdown=breakdown,
        price_problem=price_problem or days_problem,
        lead_time=days,
        bom=items or (),
        parts_problem=parts_problem,
        layers=tuple(key for key, condition in product.layers if condition is None or condition(values)),
        fingerprint=fingerprint(model, values),
    )


def _domains(product: CompiledProduct, choices: Values, deduction: Deduction) -> Mapping[str, Domain]:
    """Return what each option can have now: a chosen one what it could have instead, all other choices kept.

    Of a multi-choice, what can be added to the wanted values, and which of them could not be left out.
    """
    domains = {**deduction.domains, **alternatives(product.engine, choices)}
    for key, choice in choices.items():
        if isinstance(choice, tuple):
            after = deduction.domains[key]
            stuck = (
                member
                for member in after.forced
                if member not in choice or member in _without(product, choices, key, member).forced
            )
            domains[key] = replace(after, forced=tuple(stuck), none=domains[key].none)
    return domains


def _without(product: CompiledProduct, choices: Values, key: str, member: str) -> Domain:
    choice = choices[key]
    kept = tuple(each for each in choice if each != member) if isinstance(choice, tuple) else ()
    return deduce(product.engine, {**choices, key: kept}).domains[key]


def _is_active(product: CompiledProduct, option: Option, values: Values) -> bool:
    # What has a value takes part, though its condition may still read something undecided.
    condition = product.conditions.get(option.key)
    return condition is None or option.key in values or bool(condition(values))


def _is_missing(option: Option, settled: Settled) -> bool:
    """Tell whether `option`, where it takes part, needs a value, or a multi-choice more values than it has."""
    if option.kind is Kind.MULTI:
        return option.key in settled.unsettled
    return option.required and option.key not in settled.values


def _undecided(product: CompiledProduct, values: Values) -> tuple[str, ...]:
    """Return the options that take part and have no value yet."""
    return tuple(
        option.key
        for option in product.model.options
        if option.key not in values and _is_active(product, option, values)
    )


def _opened(product: CompiledProduct, before: tuple[str, ...], after: tuple[str, ...]) -> tuple[str, ...]:
    """Return the required options that wait for a value in `after` and not in `before`."""
    options = product.model.option_by_key
    return tuple(key for key in after if key not in before and options[key].required)


def _told[Answer](ask: Callable[[], Answer]) -> tuple[Answer | None, str | None]:
    """Return what `ask` answers, or None and the sentence of its refusal."""
    try:
        return ask(), None
    except Refusal as refusal:
        return None, refusal.sentence


def _value_states(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    settled: Settled,
    breakdown: Breakdown | None,
    days: LeadTime | None,
    undecided: tuple[str, ...],
    option: Option,
    domain: Domain,
) -> Mapping[str, ValueState]:
    """Return for each listed value of `option` what choosing it would change."""
    answers: dict[str, ValueState] = {}
    for key, choice, free, is_now in _alternatives(option, domain, settled.values.get(option.key)):
        if is_now:
            answers[key] = ValueState(free, Decimal(0) if breakdown else None, 0 if days else None)
            continue
        if free:
            after = settled_with(product.engine, choices, settled, option.key, choice).values
        else:
            after = {**settled.values, option.key: choice}
        changed = _changed(settled.values, after)
        # What is undecided changes only where a condition reads what changed, or where a value is lost.
        is_same = product.condition_reads.isdisjoint(changed) and settled.values.keys() <= after.keys()
        still = undecided if is_same else _undecided(product, after)
        answers[key] = ValueState(
            free,
            difference(prices, breakdown, after, changed, still) if breakdown else None,
            _days_difference(product, days, after, still),
            () if is_same else _opened(product, undecided, still),
        )
    return answers


def _alternatives(option: Option, domain: Domain, now: Choice | None) -> list[tuple[str, Choice, bool, bool]]:
    """Return key, choice, whether it is free, and whether it is the present value, for each listed value."""
    if option.kind is Kind.CHOICE:
        return [(value.key, value.key, value.key in domain.values, value.key == now) for value in option.values]
    if option.kind is Kind.BOOLEAN:
        return [
            (name, truth, truth in domain.values, truth == now) for name, truth in (("true", True), ("false", False))
        ]
    if option.kind is Kind.MULTI:
        chosen = now if isinstance(now, tuple) else ()
        return [
            (
                value.key,
                tuple(each.key for each in option.values if (each.key in chosen) != (each.key == value.key)),
                value.key not in domain.forced if value.key in chosen else value.key in domain.values,
                False,
            )
            for value in option.values
        ]
    return []


def _changed(before: Values, after: Values) -> tuple[str, ...]:
    return tuple({key for key, _ in before.items() ^ after.items()})


def _days_difference(
    product: CompiledProduct, days: LeadTime | None, after: Values, undecided: tuple[str, ...]
) -> int | None:
    if days is None:
        return None
    then, _ = _told(lambda: lead_time(product.lead_time, after, undecided))
    return None if then is None else then.days - days.days


def _conflict(
    product: CompiledProduct,
    prices: Prices,
    before: Evaluation,
    wanted: Mapping[str, Choice],
    changes: Mapping[str, Choice | None],
) -> Conflict:
    explanation = explain(product.engine, wanted)
    attempted = frozenset(key for key, choice in changes.items() if choice is not None)
    offers = [
        offer
        for choices in (wanted, *_with_fewer_members(product, before, wanted, changes))
        for repair in repairs(product.engine, choices, attempted, MOST_REPAIRS)
        for offer in _offers(product, prices, before, choices, repair.retract)
    ]
    offers.sort(
        key=lambda offer: (
            len(offer.changes),
            not offer.complete,
            len(offer.also),
            offer.price_difference or Decimal(0),
        )
    )
    return Conflict(dict(changes), explanation.choices, explanation.rules, tuple(offers[:MOST_REPAIRS]))


def _with_fewer_members(
    product: CompiledProduct, before: Evaluation, wanted: Values, changes: Mapping[str, Choice | None]
) -> list[dict[str, Choice]]:
    """Return `wanted` with the fewest members of a multi-choice given up for those that were added to it.

    Sets of members of one size, the smallest with which the added ones can stand beside the other choices; where none
    does, all old members are given up, and other choices have to change as well.
    """
    found: list[dict[str, Choice]] = []
    for key, change in changes.items():
        had = before.choices.get(key)
        if not isinstance(change, tuple) or not isinstance(had, tuple):
            continue
        old = [member for member in change if member in had]
        if not old or len(old) == len(change):
            continue
        for count in range(1, len(old) + 1):
            for given_up in islice(combinations(old, count), MOST_CANDIDATES):
                choices = {**wanted, key: tuple(member for member in change if member not in given_up)}
                if deduce(product.engine, choices).consistent:
                    found.append(choices)
            if found:
                break
        else:
            found.append({**wanted, key: tuple(member for member in change if member not in old)})
    return found[:MOST_REPAIRS]


def _offers(
    product: CompiledProduct,
    prices: Prices,
    before: Evaluation,
    wanted: Mapping[str, Choice],
    retract: tuple[str, ...],
) -> list[RepairOffer]:
    """Return the repairs that retract `retract` and give those options the closest values they can then have.

    One for each of the closest values where there is a single option to change, else one.
    """
    after = {key: choice for key, choice in wanted.items() if key not in retract}
    if not retract:
        return [_offer(product, prices, before, wanted, after)]
    *others, last = (option for option in product.model.options if option.key in retract)
    for option in others:
        closest = _closest(product, prices, before, after, option, wanted[option.key])
        if closest:
            after[option.key] = closest[0]
    closest = _closest(product, prices, before, after, last, wanted[last.key])
    if not closest:
        return [_offer(product, prices, before, wanted, after)]
    most = 1 if others else MOST_REPAIRS
    return [_offer(product, prices, before, wanted, {**after, last.key: choice}) for choice in closest[:most]]


def _offer(
    product: CompiledProduct, prices: Prices, before: Evaluation, wanted: Mapping[str, Choice], after: Values
) -> RepairOffer:
    """Return the repair that leads to the choices `after`, with all that changes by it."""
    settled = settle(product.engine, after)
    changes: dict[str, Choice | None] = {
        key: after.get(key) for key in (*wanted, *before.choices) if before.choices.get(key) != after.get(key)
    }
    undecided = _undecided(product, settled.values)
    changed = _changed(before.values, settled.values)
    return RepairOffer(
        changes=changes,
        also=tuple(
            option.key
            for option in product.model.options
            if option.key not in changes and before.values.get(option.key) != settled.values.get(option.key)
        ),
        price_difference=difference(prices, before.breakdown, settled.values, changed, undecided)
        if before.breakdown
        else None,
        days_difference=_days_difference(product, before.lead_time, settled.values, undecided),
        complete=not any(
            _is_missing(option, settled) and _is_active(product, option, settled.values)
            for option in product.model.options
        ),
    )


def _closest(
    product: CompiledProduct, prices: Prices, before: Evaluation, after: Values, option: Option, old: Choice
) -> list[Choice]:
    """Return what `option` can have with the choices `after`, closest to `old` first.

    The nearest number, the members of a multi-choice that can stay, or values by what they change and what they cost.
    """
    domain = deduce(product.engine, after).domains[option.key]
    if option.kind is Kind.NUMBER and isinstance(old, Decimal) and domain.runs:
        ends = (min(max(old, first), last) for first, last in domain.runs)
        return [min(ends, key=lambda number: (abs(number - old), number))]
    if option.kind is Kind.MULTI and isinstance(old, tuple):
        kept: tuple[str, ...] = ()
        for member in old:
            if deduce(product.engine, {**after, option.key: (*kept, member)}).consistent:
                kept = (*kept, member)
        return [kept] if kept else []
    if option.kind is Kind.BOOLEAN:
        return list(domain.values[:1])
    if option.kind is Kind.CHOICE:
        return sorted(
            domain.values[:MOST_CANDIDATES],
            key=lambda value: _distance(product, prices, before, {**after, option.key: value}),
        )
    return []


def _distance(product: CompiledProduct, prices: Prices, before: Evaluation, after: Values) -> tuple[int, Decimal]:
    """Return how many values change from `before` to what follows from `after`, and by how much the price."""
    values = settle(product.engine, after).values
    changed = _changed(before.values, values)
    undecided = _undecided(product, values)
    delta = difference(prices, before.breakdown, values, changed, undecided) if before.breakdown else None
    return len(changed), Decimal("Infinity") if delta is None else abs(delta)
