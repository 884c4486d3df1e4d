"""One pure answer to one set of choices: what is still possible, what it costs, when it is ready, what will be made.

`evaluate` runs engine, prices, lead time and parts; an `Evaluation` holds all that any face prints.
"""

import hashlib
import json
from collections.abc import Callable, ItemsView, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import combinations, groupby, islice
from math import comb
from typing import Any

from catalog.assemblies import ExpandedModel, Instance, expanded, place_of
from catalog.errors import Refusal
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import reads
from catalog.expressions.types import Scope, bind, bind_derived, existence
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, ProductModel
from configurator.choices import plain_choices
from configurator.engine import explain as engine_explain
from configurator.engine.compiled import Compiled, compile_model
from configurator.engine.deduce import Deduction, alternatives, deduce, domain_beside
from configurator.engine.domains import Domain
from configurator.engine.explain import MOST_EXPLANATIONS, Explanation, Explanations, Reason, explain, explanations
from configurator.engine.repair import MOST_REPAIRS, repairs, stands, switched_off
from configurator.engine.search import Budget, Undecided
from configurator.engine.settle import NOTHING_NEEDED, Change, Needed, Settled, change_with, needed, settle
from configurator.engine.whole import whole_values
from configurator.falling import may_fall
from configurator.holding import Demand, Wall
from configurator.instances import with_fewer
from configurator.production.bom import BomItem, CompiledBom, bom, compile_bom
from configurator.reasons import told
from pricing.breakdown import Breakdown, Differences, Prices, difference, price, priced_later
from pricing.calendar import Schedule, told_ready_on
from pricing.lead_time import CompiledLeadTime, LeadTime, compile_lead_time, days_difference, lead_time

type Values = Mapping[str, Choice]

# The public models of up to 18,000 features need fewer for a click; a hard product takes some tenths of a second.
MOST_CONFLICTS = 3_000
SHOWN_REPAIRS = 3
MOST_CANDIDATES = 24
# Where more answers are open the least price is not looked for: each takes about as long as a click.
MOST_ANSWERS = 12
# Whose values a shopper is told to have been set for them.
SET_FOR_THEM = ("inferred", "adjusted")


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
    wall: Wall


def compile_product(model: ProductModel, engine: Compiled | None = None) -> CompiledProduct:
    """Return `model` compiled; refuses as its parts do: AssembliesRefused, ExpressionRefused, EngineRefused.

    `engine` is what `compile_model` once made of it, where that was kept: nearly all of the work.
    """
    model = expanded(model)
    scope = Scope.of(model)
    conditions = {option.key: bind(option.when, scope, "condition") for option in model.options if option.when}
    return CompiledProduct(
        model=model,
        engine=compile_model(model) if engine is None else engine,
        conditions={key: function_of(node) for key, node in conditions.items()},
        condition_reads=frozenset().union(*(reads(node) for node in conditions.values())),
        derived={each.key: _derived(each.key, scope) for each in model.derived},
        layers=tuple(
            (layer.key, function_of(bind(layer.when, scope, "condition", lengths=True)) if layer.when else None)
            for layer in model.layers
        ),
        lead_time=compile_lead_time(model),
        bom=compile_bom(model),
        wall=Wall(model),
    )


def _derived(key: str, scope: Scope) -> Callable[[Values], Any]:
    """Return the function of a derived value; that of an instance has no value where there is no such instance."""
    value = function_of(bind_derived(key, scope))
    instance = scope.instance_at.get(place_of(key))
    bound = None if instance is None else existence(scope, instance)
    if bound is None:
        return value
    exists = function_of(bound.node)
    return lambda values: value(values) if exists(values) else None


@dataclass(frozen=True)
class ValueState:
    """What choosing a value (or toggling a member of a multi-choice) would mean now.

    `free`: it leads to a complete configuration with all choices so far; None where that is not checked yet. The
    differences are against the present total of all pieces and the present lead time, consequences included; of a value
    that is not free they are those of the value alone, without the change it needs. None where there is no price to
    tell. `opens` names the options that would then have to be answered and do not have to be now: the difference speaks
    of what is decided without them.

    Where what it costs depends on answers that are still to be given, or are open now and will not be asked, there is
    no difference: `price_open` names these options, and `price_from` is the least difference there will be, by the
    cheapest of their values, where a few tell.
    """

    free: bool | None
    price_difference: Decimal | None
    days_difference: int | None
    opens: tuple[str, ...] = ()
    price_from: Decimal | None = None
    price_open: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptionState:
    """An option after the choices so far.

    `active` tells whether it takes part now; `value` is None without one; `source` says who gave the value: "chosen",
    "inferred" (it is the only one left), "default", or "adjusted" (the nearest to a default that does not fit).
    `domain` is the exact valid domain: the values that lead to a complete configuration with all choices on other
    options. `values` tells more of each listed value, by key; of a
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
    """Choices and rules that cannot stand together, and the ways out.

    `attempted` are the changes that were refused. `explanations` tell why, none with anything superfluous, the smallest
    first; `explained` whether these are all. `repairs` are the ways out, the cheapest first; `more` tells whether there
    are others.
    """

    attempted: Mapping[str, Choice | None]
    explanations: tuple[Explanation, ...]
    explained: bool
    repairs: tuple[RepairOffer, ...]
    more: bool

    @property
    def choices(self) -> tuple[str, ...]:
        """The options whose choices clash, as the first explanation has it."""
        return self.explanations[0].choices

    @property
    def rules(self) -> tuple[Reason, ...]:
        """The reasons of the first explanation."""
        return self.explanations[0].rules


@dataclass(frozen=True)
class Why:
    """Why an option has its value, or why it cannot have another: nothing explains what was chosen or is possible.

    `value` is the one that was asked about; `source` tells who gave the present one.
    """

    option: str
    value: Choice | None
    source: str | None
    explanations: Explanations


@dataclass(frozen=True)
class OpenRule:
    """A demand that does not hold as long as none of `options` is answered: which of them is the shopper's to say."""

    reason: Reason
    options: tuple[str, ...]


@dataclass(frozen=True)
class Evaluation:
    """All that follows from one set of choices; with a `conflict`, the rest speaks of the choices kept before it.

    `missing` are the options that have to be answered: those that are required, and those that the rules leave no way
    around. Where several would do, `open_rules` tells what has to hold. `retracted` are choices that
    went with a change. `fault` are demands that break though the engine calls the values complete, which is a fault of
    ours: nothing is sold by it.

    `preferred` are the preferences that hold; the others had to give way. `unchecked` are the options of which
    something is not known yet, since it is hard to tell: asking again goes on where this answer stopped. `schedule` is
    the merchant's calendar as seen today, where there is one. `price_on_request` says that there is no price and the
    price list lets it be ordered all the same.
    """

    product: CompiledProduct
    choices: Mapping[str, Choice]
    values: Mapping[str, Choice]
    options: Mapping[str, OptionState]
    preferred: tuple[str, ...]
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
    unchecked: tuple[str, ...] = ()
    price_on_request: bool = False
    open_rules: tuple[OpenRule, ...] = ()
    retracted: Mapping[str, Choice] = field(default_factory=dict)
    fault: tuple[Reason, ...] = ()

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
        return not (self.missing or self.open_rules or self.fault or self.is_value_open)

    @property
    def is_value_open(self) -> bool:
        """Some option has no value only because it is not checked yet whether it has one."""
        return any(self.options[key].value is None and self.options[key].active for key in self.unchecked)

    @property
    def ready(self) -> bool:
        """Complete, with a price (or one on request) and a parts list: fit to be ordered."""
        return (
            self.complete
            and (self.breakdown is not None or self.price_on_request)
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
    explained: int = 1,
    repaired: int = SHOWN_REPAIRS,
    known: Callable[[Values], Evaluation] | None = None,
    order_quantity: int | None = None,
) -> Evaluation:
    """Return what follows from `choices` with `changes` (None retracts) applied to them.

    `order_quantity` is how many pieces of the product the whole order has, where it has other configurations, too.

    A change of how many instances there are retracts what was chosen in those that go, and one that switches options
    off what was chosen for these: `retracted` tells which. If the choices clash in any other way, `conflict` tells why,
    with up to `explained` explanations, and up to `repaired` ways on; the rest of the answer speaks of `choices` alone;
    if those clash by themselves, of what the cheapest repair leaves of them. `known` is asked for that evaluation where
    somebody may have it already. What takes the engine more than MOST_CONFLICTS to tell is `unchecked`; the same
    question again may take more, so that it is known in the end.
    """
    places = product.engine.places
    # The same question, asked in another order, has the same answer.
    choices = {key: choices[key] for key in sorted(choices, key=lambda key: places.get(key, -1))}
    changes = changes or {}
    asked = {key: changes[key] for key in sorted(changes, key=lambda key: places.get(key, -1))}
    changes = with_fewer(product.model, choices, asked)
    wanted = _applied(product, choices, changes)
    budget = product.engine.patience.budget(wanted, MOST_CONFLICTS)
    deduction = deduce(product.engine, wanted, budget)
    if deduction.consistent:
        fallen = _taken_back_with(product, wanted, choices, asked, deduction)
    else:
        fallen = _switched_off(product, wanted, asked)
    if fallen:
        wanted = {key: choice for key, choice in wanted.items() if key not in fallen}
        deduction = deduce(product.engine, wanted, budget)
    if deduction.consistent:
        retracted = {key: choice for key, choice in choices.items() if key not in wanted and key not in asked}
        found = _state(product, prices, wanted, deduction, quantity, budget, order_quantity)
        return _noted(replace(found, retracted=retracted))
    kept = dict(choices)
    if not stands(product.engine, kept):
        internal = product.model.internal_options & kept.keys()
        ways = repairs(product.engine, kept, internal, 1) or repairs(product.engine, kept, frozenset(), 1)
        if not ways:
            raise ProductVoid(product, explain(product.engine, {}).rules)
        for key in ways[0].retract:
            del kept[key]
    if known is not None:
        before = known(kept)
    else:
        budget = product.engine.patience.budget(kept, MOST_CONFLICTS)
        deduction = deduce(product.engine, kept, budget)
        before = _noted(_state(product, prices, kept, deduction, quantity, budget, order_quantity))
    return replace(before, conflict=conflict_of(product, prices, before, choices, changes, explained, repaired))


def _noted(evaluation: Evaluation) -> Evaluation:
    """Return the evaluation; where it leaves something open, the same question may take more the next time."""
    if evaluation.unchecked:
        evaluation.product.engine.patience.left_open(evaluation.choices)
    return evaluation


def evaluate_settled(
    product: CompiledProduct, prices: Prices, choices: Values, quantity: int = 1, order_quantity: int | None = None
) -> Evaluation | None:
    """Return what `evaluate` does for choices that leave nothing open; None for all others, and those that clash.

    The values of a complete configuration are such choices: what they cost is told without asking the engine what else
    could be had. `options` finds that out when somebody looks.
    """
    values = whole_values(product.engine, choices)
    if values is None:
        return None
    active = _active(product, values)
    found = _of_values(product, prices, choices, values, active, quantity, order_quantity=order_quantity)
    return replace(
        found,
        preferred=tuple(each.key for each in product.model.preferences),
        options=_OptionStates(found, prices),
        fault=tuple(demand.reason for demand in product.wall.broken(values)),
    )


class _OptionStates(Mapping[str, OptionState]):
    """The options of an evaluation of settled choices, found out when somebody looks at one."""

    def __init__(self, evaluation: Evaluation, prices: Prices) -> None:
        self._evaluation = evaluation
        self._prices = prices

    @cached_property
    def _states(self) -> Mapping[str, OptionState]:
        found = self._evaluation
        deduction = deduce(found.product.engine, found.choices)
        order = found.breakdown.order_quantity if found.breakdown is not None else None
        return _state(found.product, self._prices, found.choices, deduction, found.quantity, None, order).options

    def __getitem__(self, key: str) -> OptionState:
        return self._states[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)


def why(evaluation: Evaluation, option: str, value: Choice | None = None, limit: int = MOST_EXPLANATIONS) -> Why:
    """Return up to `limit` explanations why `option` cannot have `value`; without one, why its value is set.

    Of a multi-choice, `value` is all that would be in it.
    """
    engine, choices = evaluation.product.engine, evaluation.choices
    state = evaluation.options[option]
    if value is not None:
        return Why(option, value, state.source, engine_explain.why_not(engine, choices, option, value, limit))
    found = engine_explain.why(engine, choices, settle(engine, choices), option, limit)
    return Why(option, state.value, state.source, found)


def out_of_reach(evaluation: Evaluation, option: Option) -> list[Choice]:
    """Return values that `option` cannot have with the other choices, numbers at the edges of what it can have.

    Of a multi-choice, what would be in it with one value more.
    """
    state = evaluation.options[option.key]
    kind = kind_of(option)
    declared, runs = kind.scale(option), state.domain.runs
    if declared is not None:
        edges = [declared.first, declared.last]
        for first, last in runs:
            edges += [first - declared.step, last + declared.step]
        return [
            kind.at_number(edge)
            for edge in dict.fromkeys(edges)
            if declared.index(edge) is not None and not any(first <= edge <= last for first, last in runs)
        ]
    if kind.is_truth:
        return [truth for truth in (True, False) if truth not in state.domain.values]
    keys = [value.key for value in option.values if value.key not in state.domain.values]
    if kind.is_several:
        now = state.value if isinstance(state.value, tuple) else ()
        return [tuple(value.key for value in option.values if value.key in (*now, key)) for key in keys]
    return list(keys)


def fingerprint(model: ProductModel, values: Values) -> str:
    """SHA-256 of the version's digest and the values: equal fingerprint, equal product and files."""
    text = json.dumps([model.digest, plain_choices(values)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _applied(product: CompiledProduct, choices: Values, changes: Mapping[str, Choice | None]) -> dict[str, Choice]:
    """Return the choices with the changes, in the order of the options."""
    merged = {**choices, **changes}
    places = product.engine.places
    keys = sorted((key for key, choice in merged.items() if choice is not None), key=lambda key: places.get(key, -1))
    return {key: choice for key in keys if (choice := merged[key]) is not None}


def _taken_back_with(
    product: CompiledProduct,
    wanted: Values,
    choices: Values,
    changes: Mapping[str, Choice | None],
    deduction: Deduction,
) -> tuple[str, ...] | None:
    """Return the choices among `wanted` that would force upon an option what `changes` take back there.

    Who takes back a tick does not want it to stand because of what it opened.
    """
    for key, change in changes.items():
        option = product.model.option_by_key.get(key)
        if option is None or change is not None or key not in choices or deduction.inferred.get(key) != choices[key]:
            continue
        kind = kind_of(option)
        before = (option.default is True) if kind.is_truth else option.default
        if before is not None and before != choices[key] and not kind.is_several:
            fallen = switched_off(product.engine, {**wanted, key: before}, frozenset((key,)))
            if fallen:
                return fallen
    return None


def _switched_off(
    product: CompiledProduct, wanted: Values, changes: Mapping[str, Choice | None]
) -> tuple[str, ...] | None:
    """Return the choices among `wanted` on options that `changes` switch off, where nothing else clashes."""
    chosen = frozenset(key for key, choice in changes.items() if choice is not None)
    return switched_off(product.engine, wanted, chosen) if chosen else None


def _state(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    deduction: Deduction,
    quantity: int,
    budget: Budget | None,
    order_quantity: int | None = None,
) -> Evaluation:
    model = product.model
    settled = settle(product.engine, choices, budget)
    values = settled.values
    active = _active(product, values)
    asked_for = needed(product.engine, settled, budget)
    needs = settled.unsettled | asked_for.options
    found = _of_values(product, prices, choices, values, active, quantity, needs, order_quantity)
    domains = _domains(product, choices, deduction, budget)
    undecided = tuple(key for key, is_on in active.items() if is_on and key not in values)
    missing = tuple(
        option.key for option in model.options if active[option.key] and _is_missing(option, settled, asked_for)
    )
    if not missing and (hidden := (asked_for.lacking | asked_for.options).difference(values)):
        # Their conditions read themselves, or each other, so that no answer elsewhere would bring them up.
        active |= dict.fromkeys(hidden, True)
        missing = tuple(option.key for option in model.options if option.key in hidden)
    if found.breakdown is not None and found.breakdown.open:
        falls = may_fall(
            product.engine, prices, found.breakdown, choices, values, {*missing, *found.breakdown.open}, domains, budget
        )
        found = replace(found, breakdown=replace(found.breakdown, may_fall=falls))
    now = _Now(
        product,
        prices,
        choices,
        settled,
        found.breakdown,
        found.lead_time,
        undecided,
        frozenset(missing),
        needs,
    )
    sources = settled.sources_with(deduction.inferred)
    unchecked = tuple(
        option.key for option in model.options if option.key in settled.unchecked or not domains[option.key].checked
    )
    is_open = any(active[key] and key not in values for key in unchecked)
    broken: tuple[Demand, ...] = ()
    if not is_open and (asked_for.is_broken or not missing):
        broken = product.wall.broken(values)
    return replace(
        found,
        options={
            option.key: OptionState(
                active=active[option.key],
                value=values.get(option.key),
                source=sources.get(option.key),
                domain=domains[option.key],
                values=_ValueStates(now, option, domains[option.key]),
            )
            for option in model.options
        },
        preferred=settled.preferred,
        missing=missing,
        unchecked=unchecked,
        open_rules=_open_rules(product, values, active, missing, broken) if asked_for.is_broken else (),
        fault=() if asked_for.is_broken else tuple(demand.reason for demand in broken),
    )


def _open_rules(
    product: CompiledProduct,
    values: Values,
    active: Mapping[str, bool],
    missing: Sequence[str],
    broken: Sequence[Demand],
) -> tuple[OpenRule, ...]:
    """Return the `broken` demands that nothing `missing` decides, with what of each could still be answered."""
    waited = frozenset(missing)
    return tuple(
        OpenRule(
            demand.reason,
            tuple(
                option.key
                for option in product.model.options
                if option.key in demand.reads
                and active[option.key]
                and (option.key not in values or values[option.key] in (False, ()))
            ),
        )
        for demand in broken
        if waited.isdisjoint(demand.reads)
    )


def _of_values(
    product: CompiledProduct,
    prices: Prices,
    choices: Values,
    values: Values,
    active: Mapping[str, bool],
    quantity: int,
    needed: frozenset[str] = frozenset(),
    order_quantity: int | None = None,
) -> Evaluation:
    """Return what follows from `values`, and not from what could be had instead: an evaluation without options."""
    undecided = tuple(key for key, is_on in active.items() if is_on and key not in values)
    breakdown, price_problem = _told(lambda: price(prices, values, quantity, undecided, needed, order_quantity))
    days, days_problem = _told(lambda: lead_time(product.lead_time, values, undecided))
    items, parts_problem = _told(lambda: bom(product.bom, values, quantity, undecided, order_quantity))
    on_request = breakdown is None and prices.price_list.on_request
    return Evaluation(
        product=product,
        choices=choices,
        values=values,
        options={},
        preferred=(),
        derived={key: function(values) for key, function in product.derived.items()},
        missing=(),
        conflict=None,
        quantity=quantity,
        breakdown=breakdown,
        price_problem=(days_problem or price_problem) if on_request else (price_problem or days_problem),
        lead_time=days,
        bom=items or (),
        parts_problem=parts_problem,
        layers=tuple(key for key, condition in product.layers if condition is None or condition(values)),
        fingerprint=fingerprint(product.model, values),
        price_on_request=on_request,
    )


def _active(product: CompiledProduct, values: Values) -> dict[str, bool]:
    """Return of each option whether it takes part."""
    conditions = product.conditions
    # What has a value takes part, though its condition may still read something undecided.
    return {
        key: (condition := conditions.get(key)) is None or key in values or bool(condition(values))
        for key in product.model.option_by_key
    }


def _domains(
    product: CompiledProduct, choices: Values, deduction: Deduction, budget: Budget | None
) -> Mapping[str, Domain]:
    """Return what each option can have now: a chosen one what it could have instead, all other choices kept.

    Of a multi-choice, what can be added to the wanted values, and which of them could not be left out.
    """
    domains = {**deduction.domains, **alternatives(product.engine, choices, budget)}
    for key, choice in choices.items():
        if isinstance(choice, tuple):
            after = deduction.domains[key]
            stuck = (
                member
                for member in after.forced
                if member not in choice or member in _without(product, choices, key, member, budget).forced
            )
            domains[key] = replace(after, forced=tuple(stuck), none=domains[key].none)
    if isinstance(product.model, ExpandedModel):
        for key, instances in product.model.instances_of.items():
            most = max((each.number for each in instances if _is_chosen_in(each, choices)), default=0)
            if most:
                domains[key] = _with_fewer_of(product, choices, key, most, domains[key], budget)
    return domains


def _is_chosen_in(instance: Instance, choices: Values) -> bool:
    return any(key.startswith(f"{instance.place}.") for key in choices)


def _with_fewer_of(
    product: CompiledProduct, choices: Values, key: str, most: int, domain: Domain, budget: Budget | None
) -> Domain:
    """Return the domain of the option that counts instances, with the counts below `most` that can be chosen.

    Choosing one retracts what was chosen in the instances that go, so that it need not stand beside that.
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
        wanted = _applied(product, choices, with_fewer(product.model, choices, {key: count}))
        try:
            if stands(product.engine, wanted, budget):
                found.append(count)
        except Undecided:
            open_counts.append(count)
    return domain.with_more(found, open_counts)


def _without(product: CompiledProduct, choices: Values, key: str, member: str, budget: Budget | None) -> Domain:
    choice = choices[key]
    kept = tuple(each for each in choice if each != member) if isinstance(choice, tuple) else ()
    return deduce(product.engine, {**choices, key: kept}, budget).domains[key]


def _is_active(product: CompiledProduct, option: Option, values: Values) -> bool:
    # What has a value takes part, though its condition may still read something undecided.
    condition = product.conditions.get(option.key)
    return condition is None or option.key in values or bool(condition(values))


def _is_missing(option: Option, settled: Settled, asked_for: Needed) -> bool:
    """Tell whether `option`, where it takes part, needs a value, or a multi-choice more values than it has."""
    if option.key in settled.values and option.key not in settled.unsettled:
        return False
    return _asks(option, settled.unsettled, asked_for)


def _asks(option: Option, unsettled: frozenset[str], asked_for: Needed) -> bool:
    """Tell whether `option`, where it takes part and is not answered, has to be."""
    kind = kind_of(option)
    if kind.is_several:
        return option.key in unsettled or bool(option.at_least)
    return option.required or kind.is_truth or option.key in asked_for.options


def _undecided(product: CompiledProduct, values: Values) -> tuple[str, ...]:
    """Return the options that take part and have no value yet."""
    return tuple(
        option.key
        for option in product.model.options
        if option.key not in values and _is_active(product, option, values)
    )


def _opened(now: "_Now", change: Change | None, still: Sequence[str]) -> tuple[str, ...]:
    """Return the options that have to be answered after `change` and do not have to be now; `still` have no value."""
    unsettled = frozenset[str]() if change is None else change.unsettled
    if not still and not unsettled:
        return ()
    asked_for = NOTHING_NEEDED if change is None else Needed(change.needed)
    waiting = frozenset(still)
    if now.missing >= waiting | unsettled:
        return ()
    return tuple(
        option.key
        for option in (now.product.model.options if change is None else change.options)
        if option.key not in now.missing
        and (option.key in unsettled or (option.key in waiting and _asks(option, unsettled, asked_for)))
    )


def _told[Answer](ask: Callable[[], Answer]) -> tuple[Answer | None, str | None]:
    """Return what `ask` answers, or None and the sentence of its refusal."""
    try:
        return ask(), None
    except Refusal as refusal:
        return None, refusal.sentence


@dataclass(frozen=True)
class _Now:
    """The present state, which what a value would change is measured against."""

    product: CompiledProduct
    prices: Prices
    choices: Values
    settled: Settled
    breakdown: Breakdown | None
    days: LeadTime | None
    undecided: tuple[str, ...]
    missing: frozenset[str]
    needed: frozenset[str]

    @cached_property
    def differences(self) -> Differences | None:
        return None if self.breakdown is None else Differences(self.prices, self.breakdown)


class _ValueStates(Mapping[str, ValueState]):
    """What choosing each listed value of an option would change, found out when somebody looks at it.

    A product may list thousands of values, and a page shows some dozens of them.
    """

    def __init__(self, now: _Now, option: Option, domain: Domain) -> None:
        self._now = now
        self._option = option
        self._domain = domain

    @cached_property
    def _states(self) -> Mapping[str, ValueState]:
        value = self._now.settled.values.get(self._option.key)
        budget = Budget(MOST_CONFLICTS)
        return {
            key: _value_state(self._now, self._option, choice, free, is_now, budget)
            for key, choice, free, is_now in _alternatives(self._option, self._domain, value)
        }

    def __getitem__(self, key: str) -> ValueState:
        return self._states[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._states)

    def __len__(self) -> int:
        return len(self._states)

    def items(self) -> ItemsView[str, ValueState]:
        return self._states.items()

    def values(self) -> ValuesView[ValueState]:
        return self._states.values()


def _value_state(
    now: _Now, option: Option, choice: Choice, free: bool | None, is_now: bool, budget: Budget
) -> ValueState:
    """Return what choosing a value would change."""
    before, product = now.settled.values, now.product
    if is_now:
        return ValueState(free, Decimal(0) if now.breakdown else None, 0 if now.days else None)
    change: Change | None = None
    if free:
        change = _change_to(now, option, choice, budget)
        if change is None:
            # Not with what else is in this multi-choice now, though nobody chose that.
            free = False
        elif not change.checked:
            return ValueState(free, None, None)
    changed: Mapping[str, Choice | None] = {option.key: choice} if change is None else change.values
    # What is undecided changes only where a condition reads what changed, or where a value is lost.
    is_same = product.condition_reads.isdisjoint(changed) and None not in changed.values()
    after = dict(before)
    for key, value in changed.items():
        if value is None:
            after.pop(key, None)
        else:
            after[key] = value
    still = now.undecided
    if not is_same:
        looked_at = product.model.options if change is None else change.options
        keys = {each.key for each in looked_at}
        still = (
            *(key for key in now.undecided if key not in keys),
            *(each.key for each in looked_at if each.key not in after and _is_active(product, each, after)),
        )
    days = days_difference(product.lead_time, now.days, after, changed, still) if now.days else None
    opens = _opened(now, change, still)
    if now.breakdown is None or now.differences is None:
        return ValueState(free, None, days, opens)
    needs = now.needed
    if change is not None:
        if needs:
            needs = needs.difference(each.key for each in change.options)
        if change.unsettled or change.needed:
            needs = needs | change.unsettled | change.needed
    later = priced_later(now.prices, now.breakdown, after, changed, still, needs)
    if later:
        waits = tuple(each.key for each in product.model.options if each.key in later)
        changes = with_fewer(product.model, now.choices, {option.key: choice})
        wanted = _applied(product, now.choices, changes)
        least = _Answering(now, budget).least(wanted, waits) if free else None
        return ValueState(free, None, days, opens, least, waits)
    return ValueState(free, now.differences.of(after, changed, still, needs), days, opens)


class _Answering:
    """Goes through the answers that are open after a choice, for the least that it comes to; MOST_ANSWERS of them."""

    def __init__(self, now: _Now, budget: Budget) -> None:
        self.now = now
        self.budget = budget
        self.left = MOST_ANSWERS

    def least(self, choices: Values, waits: Sequence[str]) -> Decimal | None:
        """Return the least difference with `choices` and answers to `waits`; None where nobody knows without more work.

        What is open already is not answered: the present total lacks it, so that no difference tells what it costs.
        """
        product, breakdown = self.now.product, self.now.breakdown
        assert breakdown is not None
        if not breakdown.known.waiting.isdisjoint(waits):
            return None
        found = self._answers(choices, waits)
        if found is None:
            return None
        told: list[Decimal] = []
        for key, answer in found:
            after = {**choices, key: answer}
            try:
                # Each value of a multi-choice may be had, and not all of them together.
                if isinstance(answer, tuple) and not stands(product.engine, after, self.budget):
                    continue
            except Undecided:
                return None
            settled = settle(product.engine, after, self.budget)
            if settled.unchecked:
                return None
            changed, still = _changed(self.now.settled.values, settled.values), _undecided(product, settled.values)
            needs = settled.unsettled | needed(product.engine, settled, self.budget).options
            later = priced_later(self.now.prices, breakdown, settled.values, changed, still, needs)
            if later:
                least = self.least(after, tuple(each.key for each in product.model.options if each.key in later))
                if least is None:
                    return None
            else:
                least = difference(self.now.prices, breakdown, settled.values, changed, still, needs)
            if least is not None:
                told.append(least)
        return min(told) if told else None

    def _answers(self, choices: Values, waits: Sequence[str]) -> list[tuple[str, Choice]] | None:
        """Return every answer to one of `waits`; None where they are too many, or none of these has to be answered."""
        product = self.now.product
        for key in waits:
            option = product.model.option_by_key[key]
            domain = domain_beside(product.engine, choices, key, self.budget)
            if not domain.checked:
                return None
            if domain.none and len(waits) > 1:
                # Another answer may do without it.
                continue
            answers = _all_answers(option, domain, choices.get(key), self.left)
            if not answers:
                return None
            self.left -= len(answers)
            return [(key, answer) for answer in answers]
        return None


def _all_answers(option: Option, domain: Domain, chosen: Choice | None, most: int) -> list[Choice] | None:
    """Return all values of an option in its domain, of a multi-choice the sets with what is `chosen`; None for more."""
    kind = kind_of(option)
    if kind.is_open:
        return None
    if not kind.is_several:
        return domain.listed(most)
    held: set[str | bool] = {*domain.forced, *(chosen if isinstance(chosen, tuple) else ())}
    free = [value for value in domain.values if value not in held]
    at_most = len(option.values) if option.at_most is None else option.at_most
    sizes = range(max(0, (option.at_least or 0) - len(held)), min(len(free), at_most - len(held)) + 1)
    if sum(comb(len(free), size) for size in sizes) > most:
        return None
    sets = (held.union(more) for size in sizes for more in combinations(free, size))
    return [tuple(value.key for value in option.values if value.key in each) for each in sets]


def _change_to(now: _Now, option: Option, choice: Choice, budget: Budget) -> Change | None:
    """Return what choosing a value changes; fewer instances also lose what was chosen in those that go."""
    engine = now.product.engine
    model = now.product.model
    is_counting = isinstance(model, ExpandedModel) and option.key in model.instances_of
    changes = with_fewer(model, now.choices, {option.key: choice}) if is_counting else {option.key: choice}
    if len(changes) == 1:
        return change_with(engine, now.choices, now.settled, option.key, choice, budget)
    after = settle(engine, _applied(now.product, now.choices, changes), budget)
    changed = _changed(now.settled.values, after.values)
    return Change(
        {key: after.values.get(key) for key in changed},
        after.unsettled,
        now.product.model.options,
        not after.unchecked,
        needed(engine, after, budget).options,
    )


def _alternatives(option: Option, domain: Domain, now: Choice | None) -> list[tuple[str, Choice, bool | None, bool]]:
    """Return key, choice, whether it is free, and whether it is the present value, for each listed value."""

    def free(value: str | bool) -> bool | None:
        return True if value in domain.values else None if value in domain.unchecked else False

    kind = kind_of(option)
    if kind.is_single:
        return [(value.key, value.key, free(value.key), value.key == now) for value in option.values]
    if kind.is_truth:
        return [(name, truth, free(truth), truth == now) for name, truth in (("true", True), ("false", False))]
    if kind.is_several:
        chosen = now if isinstance(now, tuple) else ()
        return [
            (
                value.key,
                tuple(each.key for each in option.values if (each.key in chosen) != (each.key == value.key)),
                None
                if value.key in domain.unchecked
                else value.key not in domain.forced
                if value.key in chosen
                else value.key in domain.values,
                False,
            )
            for value in option.values
        ]
    return []


def _changed(before: Values, after: Values) -> tuple[str, ...]:
    return tuple({key for key, _ in before.items() ^ after.items()})


def conflict_of(
    product: CompiledProduct,
    prices: Prices,
    before: Evaluation,
    choices: Values,
    changes: Mapping[str, Choice | None],
    explained: int = 1,
    repaired: int = SHOWN_REPAIRS,
) -> Conflict:
    """Return why `choices` with `changes` applied clash, and what can be done, against what held `before`."""
    wanted = _applied(product, choices, changes)
    reasons = explanations(product.engine, wanted, explained)
    offers: list[RepairOffer] = []
    more = False
    for three in _ways_out(product, prices, before, wanted, changes, repaired):
        more = len(offers) >= repaired
        if more:
            break
        priced = [_offer(product, prices, before, wanted, after) for after in three]
        offers += sorted(priced, key=lambda offer: (not offer.complete, len(offer.also)))
    more = more or len(offers) > repaired
    return Conflict(dict(changes), reasons.found, reasons.complete, tuple(offers[:repaired]), more)


@dataclass(frozen=True)
class _Way:
    """A repair not yet priced: which choices are taken back from `wanted`, and what that costs."""

    cost: tuple[int, int]
    wanted: Values
    retract: tuple[str, ...]


def _ways_out(
    product: CompiledProduct,
    prices: Prices,
    before: Evaluation,
    wanted: Values,
    changes: Mapping[str, Choice | None],
    repaired: int,
) -> Iterator[Sequence[Values]]:
    """Return what the choices become by each way out that keeps `changes`, in threes, in their order.

    First those with the fewest other choices to change, then with the least importance of their options, all told. Of
    equal ones, each with the closest value of its option comes before any with the next closest, in the order of the
    options. Nothing is settled and priced for that: only what is shown has to be.
    """
    attempted = frozenset(key for key, choice in changes.items() if choice is not None)
    # Who is offered the ways out may not see these, and another system that chose them means them.
    attempted |= product.model.internal_options & wanted.keys()
    options = product.model.option_by_key
    ways = [
        _Way((len(repair.retract), sum(options[key].importance for key in repair.retract)), choices, repair.retract)
        for choices in (wanted, *_with_fewer_members(product, before, wanted, changes))
        for repair in repairs(product.engine, choices, attempted, min(repaired + 1, MOST_REPAIRS))
    ]
    for _, equal in groupby(sorted(ways, key=lambda way: way.cost), key=lambda way: way.cost):
        turns: list[list[Values]] = [[] for _ in range(MOST_CANDIDATES)]
        for way in equal:
            for turn, after in enumerate(_closest_choices(product, prices, before, way)):
                turns[turn].append(after)
        found = iter([after for turn in turns for after in turn])
        while three := list(islice(found, SHOWN_REPAIRS)):
            yield three


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
                if stands(product.engine, choices):
                    found.append(choices)
            if found:
                break
        else:
            found.append({**wanted, key: tuple(member for member in change if member not in old)})
    return found[:SHOWN_REPAIRS]


def _closest_choices(product: CompiledProduct, prices: Prices, before: Evaluation, way: _Way) -> list[Values]:
    """Return what the choices become where those that are taken back get the closest values they can then have.

    One for each of the closest values where there is a single option to change, else one.
    """
    after = {key: choice for key, choice in way.wanted.items() if key not in way.retract}
    if not way.retract:
        return [after]
    *others, last = (option for option in product.model.options if option.key in way.retract)
    for option in others:
        closest = _closest(product, prices, before, after, option, way.wanted[option.key])
        if closest:
            after[option.key] = closest[0]
    closest = _closest(product, prices, before, after, last, way.wanted[last.key])
    return [{**after, last.key: choice} for choice in closest[: 1 if others else MOST_CANDIDATES]] or [after]


def _offer(
    product: CompiledProduct, prices: Prices, before: Evaluation, wanted: Mapping[str, Choice], after: Values
) -> RepairOffer:
    """Return the repair that leads to the choices `after`, with all that changes by it."""
    settled = settle(product.engine, after)
    asked_for = needed(product.engine, settled)
    changes: dict[str, Choice | None] = {
        key: after.get(key) for key in (*wanted, *before.choices) if before.choices.get(key) != after.get(key)
    }
    undecided = _undecided(product, settled.values)
    changed = _changed(before.values, settled.values)
    needs = settled.unsettled | asked_for.options
    return RepairOffer(
        changes=changes,
        also=tuple(
            option.key
            for option in product.model.options
            if option.key not in changes and before.values.get(option.key) != settled.values.get(option.key)
        ),
        price_difference=difference(prices, before.breakdown, settled.values, changed, undecided, needs)
        if before.breakdown and not priced_later(prices, before.breakdown, settled.values, changed, undecided, needs)
        else None,
        days_difference=days_difference(product.lead_time, before.lead_time, settled.values, changed, undecided)
        if before.lead_time
        else None,
        complete=not (asked_for.is_broken or asked_for.lacking.difference(settled.values))
        and not any(
            _is_missing(option, settled, asked_for) and _is_active(product, option, settled.values)
            for option in product.model.options
        ),
    )


def _closest(
    product: CompiledProduct, prices: Prices, before: Evaluation, after: Values, option: Option, old: Choice
) -> Sequence[Choice]:
    """Return what `option` can have with the choices `after`, closest to `old` first.

    The nearest number, the members of a multi-choice that can stay, or the values whose own price is nearest.
    """
    kind = kind_of(option)
    if kind.is_several and isinstance(old, tuple):
        kept: tuple[str, ...] = ()
        for member in old:
            if stands(product.engine, {**after, option.key: (*kept, member)}):
                kept = (*kept, member)
        return [kept] if kept else []
    domain = domain_beside(product.engine, after, option.key)
    near = kind.number_of(old)
    if near is not None and domain.runs:
        ends = (min(max(near, first), last) for first, last in domain.runs)
        return [kind.at_number(min(ends, key=lambda number: (abs(number - near), number)))]
    if kind.is_truth:
        return list(domain.values[:1])
    if kind.is_single:
        return sorted(
            domain.values[:MOST_CANDIDATES], key=lambda value: _distance(product, prices, before, option, value)
        )
    return []


def _distance(product: CompiledProduct, prices: Prices, before: Evaluation, option: Option, value: Choice) -> Decimal:
    """Return by how much the price changes where `option` has `value` and all else stays as it was `before`."""
    if before.breakdown is None:
        return Decimal(0)
    values = {**before.values, option.key: value}
    delta = difference(prices, before.breakdown, values, (option.key,), _undecided(product, values))
    return Decimal("Infinity") if delta is None else abs(delta)
