"""Why choices clash, and the ways out of it, the cheapest first and priced."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations, groupby, islice

from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option
from configurator.compiled_product import CompiledProduct, Values
from configurator.engine.face.choices import default_completion, domain_beside, needed
from configurator.engine.face.conflicts import MOST_REPAIRS, explanations, repairs, stands
from configurator.evaluation.decision import Clash, applied
from configurator.evaluation.evaluation import Conflict, Evaluation, RepairOffer
from configurator.evaluation.open_options import is_active, is_missing, undecided_options
from configurator.evaluation.present import changed_options
from pricing.breakdown import Prices, difference, priced_later
from pricing.lead_time import days_difference

SHOWN_REPAIRS = 3
MOST_CANDIDATES = 24


def conflict_of(
    product: CompiledProduct,
    prices: Prices,
    before: Evaluation,
    clash: Clash,
    explained: int = 1,
    repaired: int = SHOWN_REPAIRS,
) -> Conflict:
    """Return why choices clash, and what can be done, against what held `before`.

    With up to `explained` explanations, and up to `repaired` ways on.
    """
    changes = clash.changes
    wanted = applied(product, clash.choices, changes)
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
    """Return what the choices become by each way out that keeps `changes`, in threes, in their
    order.

    First those with the fewest other choices to change, then with the least importance of their
    options, all told. Of equal ones, each with the closest value of its option comes before any
    with the next closest, in the order of the options. Nothing is settled and priced for that: only
    what is shown has to be.
    """
    attempted = frozenset(key for key, choice in changes.items() if choice is not None)
    # Who is offered the ways out may not see these, and another system that chose them means them.
    attempted |= product.model.internal_options & wanted.keys()
    options = product.model.option_by_key
    ways = [
        _Way(
            (len(repair.retract), sum(options[key].importance for key in repair.retract)),
            choices,
            repair.retract,
        )
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
    product: CompiledProduct,
    before: Evaluation,
    wanted: Values,
    changes: Mapping[str, Choice | None],
) -> list[dict[str, Choice]]:
    """Return `wanted` with the fewest members of a multi-choice given up for those that were added
    to it.

    Sets of members of one size, the smallest with which the added ones can stand beside the other
    choices; where none does, all old members are given up, and other choices have to change as
    well.
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
                choices = {
                    **wanted,
                    key: tuple(member for member in change if member not in given_up),
                }
                if stands(product.engine, choices):
                    found.append(choices)
            if found:
                break
        else:
            found.append({**wanted, key: tuple(member for member in change if member not in old)})
    return found[:SHOWN_REPAIRS]


def _closest_choices(
    product: CompiledProduct, prices: Prices, before: Evaluation, way: _Way
) -> list[Values]:
    """Return what the choices become where those that are taken back get the closest values they
    can then have.

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
    return [
        {**after, last.key: choice} for choice in closest[: 1 if others else MOST_CANDIDATES]
    ] or [after]


def _offer(
    product: CompiledProduct,
    prices: Prices,
    before: Evaluation,
    wanted: Mapping[str, Choice],
    after: Values,
) -> RepairOffer:
    """Return the repair that leads to the choices `after`, with all that changes by it."""
    settled = default_completion(product.engine, after)
    asked_for = needed(product.engine, settled)
    changes: dict[str, Choice | None] = {
        key: after.get(key)
        for key in (*wanted, *before.choices)
        if before.choices.get(key) != after.get(key)
    }
    undecided = undecided_options(product, settled.values)
    changed = changed_options(before.values, settled.values)
    needs = settled.unsettled | asked_for.options
    return RepairOffer(
        changes=changes,
        also={
            option.key: settled.values.get(option.key)
            for option in product.model.options
            if option.key not in changes
            and before.values.get(option.key) != settled.values.get(option.key)
        },
        price_difference=difference(
            prices, before.breakdown, settled.values, changed, undecided, needs
        )
        if before.breakdown
        and not priced_later(prices, before.breakdown, settled.values, changed, undecided, needs)
        else None,
        days_difference=days_difference(
            product.lead_time, before.lead_time, settled.values, changed, undecided
        )
        if before.lead_time
        else None,
        complete=not (asked_for.is_broken or asked_for.lacking.difference(settled.values))
        and not any(
            is_missing(option, settled, asked_for) and is_active(product, option, settled.values)
            for option in product.model.options
        ),
    )


def _closest(
    product: CompiledProduct,
    prices: Prices,
    before: Evaluation,
    after: Values,
    option: Option,
    old: Choice,
) -> Sequence[Choice]:
    """Return what `option` can have with the choices `after`, closest to `old` first.

    The nearest number, the members of a multi-choice that can stay, or the values whose own price
    is nearest.
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
            domain.values[:MOST_CANDIDATES],
            key=lambda value: _distance(product, prices, before, option, value),
        )
    return []


def _distance(
    product: CompiledProduct, prices: Prices, before: Evaluation, option: Option, value: Choice
) -> Decimal:
    """Return by how much the price changes where `option` has `value` and all else stays as it was
    `before`.
    """
    if before.breakdown is None:
        return Decimal(0)
    values = {**before.values, option.key: value}
    delta = difference(
        prices, before.breakdown, values, (option.key,), undecided_options(product, values)
    )
    return Decimal("Infinity") if delta is None else abs(delta)
