"""Totals that cannot be: below zero, where discounts outweigh what they are taken from, or too
large to be right.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product as combinations
from math import prod

from catalog.expressions import nodes
from catalog.expressions.arithmetic import constant
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import Node, reads
from catalog.expressions.types import Scope
from catalog.findings import Finding, Progress
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, PriceLine
from configurator.engine_checks.bounds import bounds
from configurator.engine_checks.examined import Examined
from configurator.engine_checks.words import example_of
from pricing.breakdown import PriceRefused, Prices, compile_prices, lines_in, total_of_one
from pricing.lines import MAX_UNITS
from pricing.money import decimals
from pricing.price_forms import (
    AmountBySize,
    AmountByValue,
    Maximum,
    Minimum,
    Percentage,
    PriceTooLarge,
    Reading,
    SingleAmount,
    form_of,
)
from pricing.price_list import PriceList

MOST_COMBINATIONS = 20_000
# An option with more values stays in an example without being tried.
MOST_VALUES = 2_000
_CHANGES = 4


def negative_totals(
    product: Examined, price_lists: Sequence[PriceList]
) -> Iterator[Finding | Progress]:
    """Return for each price list a configuration whose total is below zero, if one is found.

    Where the least amounts of all lines sum to zero or more there is none. Else the cheapest values
    are taken one after another, as long as they go together; where that does not lead below zero, a
    note says that this is no proof.
    """
    scope = Scope.of(product.model)
    for done, price_list in enumerate(price_lists):
        yield Progress("Totals below zero", done, len(price_lists))
        lines = lines_in(product.model, price_list)
        least = [_least(product, Reading(line, product.model, scope)) for line in lines]
        known = [each for each in least if each is not None]
        if len(known) == len(least) and _is_never_below_zero(lines, known):
            continue
        prices = compile_prices(product.model, price_list)
        if prices.refusal is not None:
            continue  # the checks of price lines tell why
        found = _extreme_configuration(product, prices)
        below = _total(prices, found)
        if below is not None and below < 0:
            yield Finding(
                "warning" if price_list.on_request else "error",
                "price-negative",
                "price_lines",
                f"In the price list '{price_list.key}' the total can fall below zero, and then there is no price. "
                "Limit the discounts, or say with a rule that such a combination is not sold.",
                example_of(_needed(product, prices, found)),
                about=(price_list.key,),
            )
        else:
            yield Finding(
                "note",
                "not-examined",
                "price_lines",
                f"Whether a total in the price list '{price_list.key}' can fall below zero was tried and not proved: "
                "the least amounts of its lines would, taken together.",
                about=(price_list.key, "totals"),
            )


def overflowing_totals(
    product: Examined, price_lists: Sequence[PriceList]
) -> Iterator[Finding | Progress]:
    """Return for each price list a configuration whose total is too large to be right, if one is
    found.

    It is looked for, the dearest values one after another, only where the greatest amounts of all
    lines would be so.
    """
    scope = Scope.of(product.model)
    for done, price_list in enumerate(price_lists):
        yield Progress("Totals that are too large", done, len(price_lists))
        lines = lines_in(product.model, price_list)
        each_most = [_most(product, Reading(line, product.model, scope)) for line in lines]
        known = [each for each in each_most if each is not None]
        most = sum(known, Fraction(0)) if len(known) == len(each_most) else None
        if most is not None and most * 10 ** decimals(price_list.currency) < MAX_UNITS:
            continue
        prices = compile_prices(product.model, price_list)
        if prices.refusal is not None:
            continue  # the checks of price lines tell why
        found = _extreme_configuration(product, prices, is_greatest=True)
        above = _total(prices, found, is_greatest=True)
        if above is not None and above >= MAX_UNITS:
            yield Finding(
                "error",
                "price-overflow",
                "price_lines",
                f"In the price list '{price_list.key}' the total can be too large to be a price. Correct the formulas: "
                "an amount in a wrong unit, or one factor too many, leads there.",
                example_of(_needed(product, prices, found, is_greatest=True)),
                about=(price_list.key,),
            )
        elif most is None:
            yield Finding(
                "note",
                "not-examined",
                "price_lines",
                f"Whether a total in the price list '{price_list.key}' can be too large to be a price was tried and "
                "not proved: how much its lines add at most is not known by their form.",
                about=(price_list.key, "large totals"),
            )


def _most(product: Examined, reading: Reading) -> Fraction | None:
    """Return the most that a line adds to the total, None where that is not known."""
    try:
        found = [_most_of(product, node) for node in _greatest(reading)]
        quantity = Fraction(1) if reading.need is None else _most_of(product, reading.charged())
    except (PriceRefused, KeyError):
        return None
    known = [each for each in found if each is not None]
    if len(known) < len(found) or quantity is None:
        return None
    return sum((each * quantity for each in known if each > 0), Fraction(0))


def _greatest(reading: Reading) -> Iterator[Node]:
    """Return the amounts that a line may add; a percentage and a maximum only take from others, or
    are of them.
    """
    match reading.form:
        case AmountBySize() as form:
            yield constant(max(Fraction(each) for each in form.plain_numbers if each is not None))
        case SingleAmount() | AmountByValue() | Minimum():
            yield from (each.node for each in reading.amounts.values())
    yield from (each.formula.node for each in reading.breaks if each.is_amount)


def _most_of(product: Examined, node: Node) -> Fraction | None:
    bound = bounds(product.model, node).most
    if bound is not None:
        return bound
    least = _least_of(product, None, nodes.Arithmetic("-", nodes.Constant(Fraction(0)), node))
    return None if least is None else -least


def _is_never_below_zero(lines: Sequence[PriceLine], least: Sequence[Fraction]) -> bool:
    """Tell whether no total is below zero where each line adds at least `least`, a percentage at
    least that rate.

    A maximum takes off at most what is above its least.
    """
    amounts = [each for line, each in zip(lines, least, strict=True) if not line.is_bound]
    rates = [
        each
        for line, each in zip(lines, least, strict=True)
        if isinstance(form_of(line), Percentage)
    ]
    maxima = [
        each for line, each in zip(lines, least, strict=True) if isinstance(form_of(line), Maximum)
    ]
    if not rates and not maxima and not any(line.is_for_order for line in lines):
        return sum(amounts, Fraction(0)) >= 0
    if any(each < 0 for each in amounts):
        return False
    if maxima:
        # One of its own lines may be reduced once more by a percentage, or by another maximum.
        return len(maxima) == 1 and maxima[0] >= 0 and all(rate >= 0 for rate in rates)
    return sum((min(rate, Fraction(0)) for rate in rates), Fraction(0)) >= -100


def _least(product: Examined, reading: Reading) -> Fraction | None:
    """Return the least that a line can add to the total, None where that is not known.

    Of a percentage it is the least rate, of a maximum the least of that; a minimum adds nothing or
    more.

    What the line reads is gone through in all combinations, whether they go together or not; where
    they are too many, the form of the expression tells a bound.
    """
    try:
        when = None if reading.when is None else reading.when.node
        match reading.form:
            case Minimum():
                return Fraction(0)
            case Percentage() | Maximum():
                return _least_of(product, when, reading.number.node)
            case SingleAmount():
                return _for_all(product, reading, _least_of(product, when, reading.number.node))
            case AmountBySize() as form:
                amounts = [Fraction(each) for each in form.plain_numbers if each is not None]
                return _for_all(
                    product, reading, min([*amounts, *([Fraction(0)] if when is not None else [])])
                )
            case AmountByValue(key):
                option = product.model.option_by_key[key]
                each = [
                    _least_of(product, when, formula.node) for formula in reading.amounts.values()
                ]
                known = [
                    found
                    for amount in each
                    if (found := _for_all(product, reading, amount)) is not None
                ]
                if len(known) < len(each):
                    return None
                if kind_of(option).is_several:
                    return sum((min(amount, Fraction(0)) for amount in known), Fraction(0))
                is_always = when is None and option.required
                return min([*known, *([] if is_always else [Fraction(0)])], default=Fraction(0))
    except (PriceRefused, KeyError):
        return None


def _for_all(product: Examined, reading: Reading, least: Fraction | None) -> Fraction | None:
    """Return the least of an amount, at least `least` for one piece, for however many pieces and
    much of a material.
    """
    if least is None:
        return None
    found = least
    for each in reading.breaks:
        given = _least_of(product, None, each.formula.node)
        if given is None or (not each.is_amount and (least < 0 or given < -100)):
            return None
        found = min(found, given if each.is_amount else least * (100 + given) / 100)
    # Of a material there is never less than nothing.
    return found if reading.need is None else Fraction(0) if found >= 0 else None


def _least_of(product: Examined, when: Node | None, node: Node) -> Fraction | None:
    keys = sorted(reads(node) | (reads(when) if when is not None else frozenset()))
    domains = [_values(product, product.model.option_by_key[key]) for key in keys]
    known = [domain for domain in domains if domain is not None]
    if len(known) < len(domains) or prod(len(domain) for domain in known) > MOST_COMBINATIONS:
        bound = bounds(product.model, node).least
        return bound if bound is None or when is None else min(bound, Fraction(0))
    amount_of, holds = function_of(node), function_of(when) if when is not None else None
    least: Fraction | None = None
    for combination in combinations(*known):
        values = {
            key: value for key, value in zip(keys, combination, strict=True) if value is not None
        }
        amount = amount_of(values) if holds is None or holds(values) else Fraction(0)
        if isinstance(amount, Fraction) and (least is None or amount < least):
            least = amount
    return Fraction(0) if least is None else least


def _values(product: Examined, option: Option) -> list[Choice | None] | None:
    """Return what an option can be, None among them where it can have no value; None where that is
    too much.
    """
    domain = product.deduction.domains[option.key]
    absent: list[Choice | None] = [None] if domain.none else []
    kind = kind_of(option)
    if kind.is_several:
        if len(domain.values) > 10:
            return None
        some: list[Choice | None] = [()]
        for value in domain.values:
            some += [(*each, str(value)) for each in some if isinstance(each, tuple)]
        return some
    if kind.is_open:
        return None
    listed = domain.listed(MOST_COMBINATIONS) if kind.is_stepped else domain.values
    return None if listed is None else [*listed, *absent]


def _total(prices: Prices, values: dict[str, Choice], is_greatest: bool = False) -> Fraction | None:
    """Return the total of `values`, also below zero or too large; None where there is no price for
    another reason.
    """
    try:
        return Fraction(total_of_one(prices, values, is_greatest))
    except PriceTooLarge:
        return Fraction(MAX_UNITS) if is_greatest else None
    except PriceRefused:
        return None


def _needed(
    product: Examined, prices: Prices, found: dict[str, Choice], is_greatest: bool = False
) -> dict[str, Choice]:
    """Return those of the choices that lead to the total, whatever is chosen for the others.

    What is left out takes the value that leads furthest away from it, one after another, whether
    the rules allow that or not.
    """
    worst = dict(found)
    needed = {key: choice for key, choice in found.items() if key in prices.readers}
    for key in list(needed):
        values = _values(product, product.model.option_by_key[key])
        if values is None or len(values) > MOST_VALUES:
            continue
        totals = {}
        for value in values:
            others = {other: choice for other, choice in worst.items() if other != key}
            state = others if value is None else {**others, key: value}
            totals[_total(prices, state, is_greatest)] = state
        known = [total for total in totals if total is not None]
        if len(known) < len(totals):
            continue
        farthest = min(known) if is_greatest else max(known)
        if farthest >= MAX_UNITS if is_greatest else farthest < 0:
            worst = totals[farthest]
            del needed[key]
    return needed


def _extreme_configuration(
    product: Examined, prices: Prices, is_greatest: bool = False
) -> dict[str, Choice]:
    """Return a configuration with a low total, or a great one.

    Option by option it takes the cheapest (or dearest) value that goes with those before.
    """
    fixed: list[int] = []
    chosen: dict[str, Choice] = {}
    now = product.configuration(fixed) or {}
    read = [option for option in product.model.options if option.key in prices.readers]
    for option in read:
        values = [value for value in _values(product, option) or () if value is not None]
        worth: dict[Fraction, Choice] = {}
        for value in values[:MOST_COMBINATIONS]:
            total = _total(prices, {**now, option.key: value}, is_greatest)
            if total is not None:
                worth.setdefault(total, value)
        for total in sorted(worth, reverse=is_greatest)[:_CHANGES]:
            literals = [*fixed, *product.literals(option, worth[total])]
            found = product.configuration(literals)
            if found is not None:
                # Numbers that no rule tells apart stand for one another, and the engine names the
                # first of them.
                chosen |= {} if kind_of(option).is_several else {option.key: worth[total]}
                fixed, now = literals, {**found, **chosen}
                break
    return now
