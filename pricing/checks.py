"""What is wrong with the price lines of a product model before it is published: missing amounts,
unknown names.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import pairwise

from catalog.assemblies import expanded
from catalog.expressions.errors import suggestion
from catalog.expressions.types import Scope
from catalog.findings import Finding, Severity
from catalog.kinds.register import kind_of
from catalog.kinds.words import short
from catalog.model_checks import inside
from catalog.product_model import PriceLine, ProductModel
from pricing.breakdown import lines_in
from pricing.in_force import (
    NO_TAX,
    ListAmount,
    TaxRate,
    cycles,
    gaps,
    last_of_all,
    latest,
    overlaps,
    rates_in,
    told_period,
)
from pricing.lines import amount_keys, amount_problem
from pricing.money import MoneyRefused, decimals, formatted, in_units, smallest_unit, whole
from pricing.price_forms import (
    AmountByValue,
    PriceRefused,
    SingleAmount,
    constant_number,
    forms_of,
    need_of,
    need_of_parts,
    value_keys,
)
from pricing.price_list import PriceList
from pricing.rounding import Rounding


@dataclass(frozen=True)
class Elsewhere:
    """Where a merchant sells otherwise: lists for everybody in other currencies than the product's,
    as key and code.
    """

    lists: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HasEnded:
    """Of a currency, that its last list for everybody has ended by the time of the check."""

    currency: str


def findings(model: ProductModel, beside: Collection[object] = ()) -> list[Finding]:
    """Return what is wrong with the price lines of `model`, and with price lists and amounts in
    them that are `beside`.

    Expressions that cannot be read are found by the catalog's own checks. Without price lists, what
    a line says of one is taken on trust.
    """
    price_lists = [each for each in beside if isinstance(each, PriceList)]
    list_amounts = [each for each in beside if isinstance(each, ListAmount)]
    found = list(_currency_findings(model))
    found += _lines_findings(model)
    if price_lists:
        tax_rates = [each for each in beside if isinstance(each, TaxRate)]
        found += _list_findings(model, price_lists, tax_rates)
        found += _derived_findings(model, price_lists)
        found += _period_findings(price_lists)
        found += _list_amount_findings(model, list_amounts)
        found += _tax_class_findings(model, price_lists, tax_rates)
    found += _currency_list_findings(model, price_lists, beside)
    found += _end_findings(model, price_lists, HasEnded(model.currency) in beside)
    if not expanded(model).price_lines:
        found.append(
            Finding(
                "warning",
                "no-prices",
                "price_lines",
                "The product has no price lines, so no price.",
            )
        )
    return found


def _lines_findings(model: ProductModel) -> Iterator[Finding]:
    """Return what is wrong with the lines of the product and of the products it contains."""
    for line in model.price_lines:
        yield from _form_findings(model, line)
        yield from _material_findings(model, line)
        yield from _break_findings(line)
    yield from _percentage_findings(model)
    yield from _subtotal_findings(model)
    for assembly in model.assemblies:
        yield from (inside(assembly, finding) for finding in _lines_findings(assembly.definition))


def _error(code: str, path: str, sentence: str) -> Finding:
    return Finding("error", code, path, sentence)


def _hinted(key: str, known: Collection[str]) -> str:
    hint = suggestion(key, known)
    return f"; {hint}" if hint else "."


def _currency_findings(model: ProductModel) -> Iterator[Finding]:
    try:
        decimals(model.currency)
    except MoneyRefused as refusal:
        yield _error("unknown-currency", "currency", f"{refusal.sentence.rstrip('?.')}.")


def _form_findings(model: ProductModel, line: PriceLine) -> Iterator[Finding]:
    path = f"price_lines/{line.key}"
    if len(forms_of(line)) != 1:
        sentence = (
            f"Price line '{line.key}' must have either an amount, or an option with an amount for each value, "
            "or a table of amounts, or a percentage, a minimum or a maximum."
        )
        yield _error("price-form", path, sentence)
        return
    if line.option is None and line.amounts:
        sentence = f"Price line '{line.key}' has amounts for values, and no option they belong to; name the option."
        yield _error("price-form", f"{path}/amounts", sentence)
    if line.of and not line.is_bound:
        sentence = (
            f"Price line '{line.key}' is no percentage, minimum or maximum, so the lines it is 'of' mean nothing; "
            "remove them."
        )
        yield Finding("warning", "idle-of", f"{path}/of", sentence)
    if line.option is not None:
        yield from _amount_findings(model, line, line.option, path)


def _material_findings(model: ProductModel, line: PriceLine) -> Iterator[Finding]:
    path = f"price_lines/{line.key}"
    yield from _need_findings(line, path)
    if line.per is None:
        return
    known = {each.key: each for each in model.bom_lines}
    need = need_of_parts(line)
    for key in line.parts:
        if key not in known:
            sentence = f"Price line '{line.key}' is for the part '{key}', which is no BOM line"
            yield _error("unknown-bom-line", f"{path}/parts", sentence + _hinted(key, known))
            continue
        if need.counts_parts and known[key].whole and not line.whole:
            sentence = (
                f"The part '{key}' is taken whole by the order, and price line '{line.key}' charges what each piece "
                "needs of it, so that less may be charged than is listed; let the price line be whole, too."
            )
            yield Finding("warning", "whole-part", f"{path}/whole", sentence)
        for name in need.measures:
            if name not in known[key].measures:
                sentence = f"Price line '{line.key}' is priced per {line.per}, and the part '{key}' has no '{name}'."
                yield _error("no-measure", f"{path}/parts", sentence)


def _need_findings(line: PriceLine, path: str) -> Iterator[Finding]:
    """Return why it cannot be told how much there is of a material."""
    has_need = bool(line.parts) or any(
        each is not None for each in (line.quantity, line.waste, line.at_least)
    )
    if line.per is None and has_need:
        sentence = f"Price line '{line.key}' tells how much of a material there is; say what it is priced 'per'."
        yield _error("material", f"{path}/per", sentence)
    elif line.per is not None and ((line.quantity is None) == (not line.parts) or line.is_bound):
        sentence = (
            f"Price line '{line.key}' needs the amount of one {line.per}, or one for each value, and either a quantity "
            "or parts."
        )
        yield _error("material", path, sentence)
    elif not line.is_bound:
        try:
            need_of(line)
        except PriceRefused as refused:
            yield _error("material", path, refused.sentence)


def _break_findings(line: PriceLine) -> Iterator[Finding]:
    path = f"price_lines/{line.key}/breaks"
    if (line.breaks or line.tiered) and (line.is_bound or len(forms_of(line)) != 1):
        yield _error(
            "break",
            path,
            f"Price line '{line.key}' has no amount, so it has no quantity breaks either.",
        )
    if line.tiered and line.once:
        sentence = f"Price line '{line.key}' counts once, however many pieces there are; it cannot be tiered too."
        yield _error("break", path, sentence)
    seen: set[int] = set()
    for each in line.breaks:
        if (
            (each.amount is None) == (each.percent is None)
            or each.pieces < 2
            or each.pieces in seen
        ):
            sentence = (
                f"Each break of price line '{line.key}' begins at another number of pieces from 2 on, and has either "
                "an amount or a percentage."
            )
            yield _error("break", path, sentence)
            return
        if each.amount is not None and line.option is not None:
            sentence = (
                f"Price line '{line.key}' has amounts for values; write its breaks as percentages."
            )
            yield _error("break", path, sentence)
            return
        seen.add(each.pieces)
    breaks = sorted(line.breaks, key=lambda each: each.pieces)
    first = _constant(line.amount)
    percents = [_constant(each.percent) for each in breaks]
    fixed = [_constant(each.amount) for each in breaks]
    # Of an amount that depends on choices only percentages can be compared, and fixed amounts with
    # one another.
    told = (
        ([Decimal(0), *percents], fixed)
        if first is None
        else (
            [
                first,
                *(
                    amount if percent is None else first * (100 + percent) / 100
                    for amount, percent in zip(fixed, percents, strict=True)
                ),
            ],
        )
    )
    for row in told:
        numbers = [number for number in row if number is not None]
        if any(later > earlier for earlier, later in pairwise(numbers)):
            sentence = f"Price line '{line.key}' costs more for more pieces: a break is above the one before it."
            yield Finding("warning", "rising-break", path, sentence)
            return


def _constant(text: str | None) -> Decimal | None:
    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        return None


def _subtotal_findings(model: ProductModel) -> Iterator[Finding]:
    keys = {line.key for line in model.price_lines}
    for line in model.price_lines:
        if line.subtotal in keys:
            sentence = (
                f"Price line '{line.key}' counts in the subtotal '{line.subtotal}', and a price "
                f"line is called so."
            )
            yield _error("subtotal-key", f"price_lines/{line.key}/subtotal", sentence)


def _amount_findings(
    model: ProductModel, line: PriceLine, key: str, path: str
) -> Iterator[Finding]:
    option = expanded(model).option_by_key.get(key)
    if option is None:
        sentence = f"Price line '{line.key}' is for the option '{key}', which does not exist"
        yield _error(
            "unknown-option", f"{path}/option", sentence + _hinted(key, model.option_by_key)
        )
        return
    kind = kind_of(option)
    if not kind.is_priced_by_value:
        sentence = f"Option '{key}' is a {option.kind} and has no listed values; write a formula as the amount instead."
        yield _error("price-form", f"{path}/option", sentence)
        return
    keys = value_keys(option)
    for value in keys:
        if value not in line.amounts:
            sentence = (
                f"Price line '{line.key}' has no amount for the value '{value}' of option '{key}'; "
                "write one, 0 if it costs nothing."
            )
            choice = value == "true" if kind.is_truth else value
            example = {key: [value] if kind.is_several else choice}
            yield Finding("error", "unpriced-value", f"{path}/amounts/{value}", sentence, example)
    for value in line.amounts:
        if value not in keys:
            sentence = f"Price line '{line.key}' has an amount for '{value}', which is no value of option '{key}'"
            yield _error(
                "unknown-value", f"{path}/amounts/{value}", sentence + _hinted(value, keys)
            )


def _percentage_findings(model: ProductModel) -> Iterator[Finding]:
    order = {line.key: position for position, line in reversed(list(enumerate(model.price_lines)))}
    subtotals: dict[str, list[str]] = {}
    for line in model.price_lines:
        if line.subtotal is not None:
            subtotals.setdefault(line.subtotal, []).append(line.key)
    once = {line.key for line in model.price_lines if line.is_for_order}
    for position, line in enumerate(model.price_lines):
        if not line.is_bound or len(forms_of(line)) != 1:
            continue
        path = f"price_lines/{line.key}/of"
        for other in line.of:
            if other in model.assembly_by_key:
                continue
            if other in subtotals:
                if all(order[each] >= position for each in subtotals[other]):
                    sentence = f"Price line '{line.key}' is of the subtotal '{other}', and no line before it counts in."
                    yield _error("later-price-line", path, sentence)
            elif other not in order:
                sentence = f"Price line '{line.key}' is of '{other}', which is no price line and no subtotal"
                yield _error(
                    "unknown-price-line", path, sentence + _hinted(other, {*order, *subtotals})
                )
            elif order[other] >= position:
                sentence = (
                    f"Price line '{line.key}' is a percentage of '{other}', which does not stand before it; "
                    f"move '{line.key}' below '{other}'."
                )
                yield _error("later-price-line", path, sentence)
            if other in once and not line.once:
                sentence = (
                    f"Price line '{line.key}' is for each piece, and '{other}' counts for the whole order; let "
                    f"'{line.key}' count once, too."
                )
                yield _error("once-of", path, sentence)
        holds_others = any(each.definition.price_lines for each in model.assemblies)
        if not line.of and position == 0 and line.minimum is None and not holds_others:
            sentence = f"Price line '{line.key}' is a percentage of all lines before it, and it is the first."
            yield Finding("warning", "percentage-of-nothing", path, sentence)


def _list_findings(
    model: ProductModel, price_lists: Collection[PriceList], tax_rates: Collection[TaxRate]
) -> Iterator[Finding]:
    known = {each.key: each for each in price_lists}
    for line in model.price_lines:
        if line.price_list is not None and line.price_list not in known:
            sentence = f"Price line '{line.key}' is for the price list '{line.price_list}', which does not exist"
            yield _error(
                "unknown-price-list",
                f"price_lines/{line.key}/price_list",
                sentence + _hinted(line.price_list, known),
            )
    for each in price_lists:
        path = f"price_lists/{each.key}"
        lines = lines_in(model, each)
        if each.own_lines_only and not lines and each.derived is None:
            sentence = (
                f"The product has no price line for the price list '{each.key}', which takes lines of its own only: it "
                "has no price there."
            )
            is_everybodys = (
                each.is_default and each.currency == model.currency and not each.on_request
            )
            yield Finding(
                "warning" if is_everybodys else "note", "not-in-price-list", path, sentence
            )
        elif expanded(model).price_lines and not lines and each.derived is None:
            yield _no_lines(model, each, path)
        if each.derived is None:
            yield from _absent_bases(lines, path)
        yield from _finer_findings(lines, each)
        yield from _gross_findings(lines, each, model, tax_rates)
        knows_tax = _rate_at_home(each, model.tax_class, model, tax_rates) is not None
        if each.least_over_cost is not None or (
            each.derived is not None and each.derived.take == "costs"
        ):
            yield from _cost_findings(model, each, knows_tax)
        if each.shows != each.amounts_are and not knows_tax:
            sentence = f"The price list '{each.key}' has no tax rate, so its {each.amounts_are} amounts are shown."
            yield Finding("note", "tax-unknown", f"{path}/tax_rate", sentence)
    for currency in sorted({each.currency for each in price_lists}):
        same = [
            each for each in price_lists if each.currency == currency and not any(each.audience)
        ]
        if len(same) > 1 and not any(each.is_default for each in same):
            listed = ", ".join(each.key for each in same)
            sentence = (
                f"There are several price lists in {currency} ({listed}), and none of them is "
                f"the default; choose one."
            )
            yield Finding("warning", "default-price-list", "price_lists", sentence)


def _tax_class_findings(
    model: ProductModel, price_lists: Collection[PriceList], tax_rates: Collection[TaxRate]
) -> Iterator[Finding]:
    """Tell of lines of another tax class than the product, in lists that have no rate for it."""
    lists = {each.key: each for each in price_lists}
    for price_list in price_lists:
        if _rate_at_home(price_list, model.tax_class, model, tax_rates) is None:
            continue  # The tax is not known at all, and that is told.
        first: dict[str, PriceLine] = {}
        for line in _lines_with_below(model, price_list, lists):
            first.setdefault(line.tax_class or model.tax_class, line)
        for tax_class, line in first.items():
            if _rate_at_home(price_list, tax_class, model, tax_rates) is not None:
                continue
            sentence = (
                f"Price line '{line.key}' has the tax class '{tax_class}', and the price list '{price_list.key}' has "
                "no rate for it where nobody says where the buyer is: the tax of the whole price is then not known. "
                "Give the list the country it is at home in, and that country a rate for the class."
            )
            yield Finding(
                "warning",
                "tax-class",
                f"price_lists/{price_list.key}/country",
                sentence,
                about=(tax_class,),
            )


def _lines_with_below(
    model: ProductModel, price_list: PriceList, lists: Mapping[str, PriceList]
) -> Iterator[PriceLine]:
    """Return the price lines of a list and of those that it is made from."""
    seen: set[str] = set()
    below: PriceList | None = price_list
    while below is not None and below.key not in seen:
        seen.add(below.key)
        yield from lines_in(model, below)
        below = lists.get(below.derived.of) if below.derived is not None else None


def _rate_at_home(
    price_list: PriceList, tax_class: str, model: ProductModel, tax_rates: Collection[TaxRate]
) -> Decimal | None:
    """Return the tax on a class of goods where nobody says where the buyer is; None where it is not
    known.

    Of several rates one after another it is the last.
    """
    if tax_class == NO_TAX:
        return Decimal(0)
    at_home = price_list.country is not None
    rates = rates_in(tax_rates, price_list.country, price_list.region, tax_class) if at_home else []
    found = latest(rates)
    own = price_list.tax_rate if tax_class == model.tax_class else None
    return own if found is None else found.rate


def _plain_amounts(line: PriceLine) -> Iterator[tuple[str, Decimal | None]]:
    """Return the amounts of a line with their places; None for a formula."""
    for form in forms_of(line):
        if isinstance(form, SingleAmount | AmountByValue):
            for value, text in form.amounts.items():
                yield f"amounts/{value}" if value else "amount", constant_number(text)


def _finer_findings(lines: Sequence[PriceLine], price_list: PriceList) -> Iterator[Finding]:
    """Return which amounts are finer than what can be paid, and what the list makes of them."""
    unit = smallest_unit(price_list.currency)
    rounding = Rounding(price_list, decimals(price_list.currency))
    for line in lines:
        if line.per is not None or line.once or line.tiered:
            continue
        for place, amount in _plain_amounts(line):
            if amount is None or not amount % unit:
                continue
            one = rounding.printed(rounding.rounded(Fraction(amount) * rounding.scale))
            told = formatted(in_units(one, decimals(price_list.currency)), price_list.currency)
            sentence = (
                f"Price line '{line.key}' has the amount {amount:f}, finer than "
                f"{price_list.currency} can be paid"
            )
            if price_list.keeps_finer:
                sentence += f": alone, one piece is {told}; of several pieces the order is rounded, not each of them."
            else:
                sentence += (
                    f", and the price list '{price_list.key}' rounds each piece: it counts as {told}. Leave the "
                    "increment out, or let 'rounding_per' be 'order', to have the order rounded."
                )
            severity: Severity = "note" if one and price_list.keeps_finer else "warning"
            yield Finding(
                severity,
                "finer-amount",
                f"price_lines/{line.key}/{place}",
                sentence,
                about=(price_list.key,),
            )


def _gross_findings(
    lines: Sequence[PriceLine],
    price_list: PriceList,
    model: ProductModel,
    tax_rates: Collection[TaxRate],
) -> Iterator[Finding]:
    """Return which gross prices no net price and its tax add up to, in a list whose buyers read net
    prices.
    """
    if price_list.amounts_are != "gross" or price_list.shows != "net":
        return
    scale = 10 ** decimals(price_list.currency)
    for line in lines:
        percent = _rate_at_home(price_list, line.tax_class or model.tax_class, model, tax_rates)
        if not percent:
            continue
        rate = Fraction(percent) / 100
        for place, amount in _plain_amounts(line):
            gross = Fraction(amount or 0) * scale
            if gross.denominator != 1 or gross <= 0:
                continue
            nearest = int(gross / (1 + rate))
            if any(
                net + whole(net * rate, "half_up") == gross
                for net in range(nearest - 1, nearest + 3)
            ):
                continue
            sentence = (
                f"Price line '{line.key}' has the gross amount {amount:f}, and no net price with "
                f"{percent:f} % of tax is exactly that. Buyers in '{price_list.key}' read net prices."
            )
            yield Finding(
                "note",
                "no-net-price",
                f"price_lines/{line.key}/{place}",
                sentence,
                about=(price_list.key,),
            )


def _no_lines(model: ProductModel, price_list: PriceList, path: str) -> Finding:
    """Return what to say of a list in which no price line holds."""
    if price_list.own_lines_only and price_list.on_request:
        sentence = (
            f"In the price list '{price_list.key}' all prices are told on request: it has no "
            f"price line of its own."
        )
        return Finding("note", "all-on-request", path, sentence)
    why = (
        "it takes price lines that name it only, and none does"
        if price_list.own_lines_only
        else f"it is in {price_list.currency}, and lines without a price list hold in {model.currency} only"
    )
    sentence = f"No price line holds in the price list '{price_list.key}': {why}. Add lines for it."
    return _error("no-price-lines", path, sentence)


def _derived_findings(model: ProductModel, price_lists: Collection[PriceList]) -> Iterator[Finding]:
    known = {each.key: each for each in price_lists}
    for ring in cycles(price_lists):
        sentence = f"Price lists are made from one another: {' → '.join((*ring, ring[0]))}; make one of them by itself."
        yield _error("price-list-cycle", f"price_lists/{ring[0]}/derived", sentence)
    for each in price_lists:
        if each.derived is None:
            continue
        path = f"price_lists/{each.key}/derived"
        below = known.get(each.derived.of)
        if below is None:
            sentence = f"The price list '{each.key}' is made from '{each.derived.of}', which does not exist"
            yield _error("unknown-price-list", path, sentence + _hinted(each.derived.of, known))
        elif below.amounts_are != each.amounts_are and each.derived.take == "amounts":
            sentence = (
                f"The amounts of '{each.key}' are {each.amounts_are}, and those of '{below.key}', which it is made "
                f"from, {below.amounts_are}; let both be the same."
            )
            yield _error("derived-terms", path, sentence)


def _cost_findings(
    model: ProductModel, price_list: PriceList, knows_tax: bool
) -> Iterator[Finding]:
    if price_list.amounts_are == "gross" and not knows_tax:
        sentence = (
            f"The price list '{price_list.key}' goes by costs, which are net, and its amounts are gross with a tax "
            "that is not known: they are taken for net. Give it a tax rate, or let its amounts be net."
        )
        yield Finding("warning", "net-costs", f"price_lists/{price_list.key}/tax_rate", sentence)
    for line in model.price_lines:
        if line.price_list is not None or (line.amount is None and line.option is None):
            continue
        option = model.option_by_key.get(line.option or "")
        without = (
            [key for key in value_keys(option) if key not in line.costs]
            if option is not None
            else []
        )
        if (line.amount is not None and line.cost is None) or without:
            place = f" for '{without[0]}'" if without else ""
            sentence = (
                f"The price list '{price_list.key}' needs costs, and price line '{line.key}' has none{place}; "
                "what has no cost has no price there."
            )
            yield Finding("warning", "no-cost", f"price_lines/{line.key}/cost", sentence)


def _period_findings(price_lists: Collection[PriceList]) -> Iterator[Finding]:
    for first, second in overlaps(price_lists):
        sentence = (
            f"The price lists '{first.key}' (holds {told_period(first)}) and '{second.key}' (holds "
            f"{told_period(second)}) are for the same buyers at the same time; end one before the other begins."
        )
        yield _error("price-list-overlap", f"price_lists/{second.key}/valid_from", sentence)
    for first, second in gaps(price_lists):
        assert first.valid_until is not None and second.valid_from is not None
        sentence = (
            f"Between {first.valid_until.isoformat()}, when the price list '{first.key}' ends, and "
            f"{second.valid_from.isoformat()}, when '{second.key}' begins, none holds for these buyers."
        )
        yield Finding("warning", "price-list-gap", f"price_lists/{second.key}/valid_from", sentence)


def _currency_list_findings(
    model: ProductModel, price_lists: Collection[PriceList], beside: Collection[object]
) -> Iterator[Finding]:
    """Tell of a product whose merchant has lists, and none of them in the currency of the product."""
    if not expanded(model).price_lines or any(
        each.currency == model.currency for each in price_lists
    ):
        return
    named = [(each.key, each.currency) for each in price_lists if not any(each.audience)]
    named += [each for other in beside if isinstance(other, Elsewhere) for each in other.lists]
    if named:
        listed = ", ".join(f"'{key}' in {currency}" for key, currency in dict.fromkeys(named))
        sentence = (
            f"The currency of the product is {model.currency}, and no price list is in it: there is {listed}. Amounts "
            f"would be {model.currency}, without a tax that is known. Give the product the currency of a list, or make "
            f"a list in {model.currency}."
        )
        yield Finding("warning", "list-currency", "currency", sentence)


def _end_findings(
    model: ProductModel, price_lists: Collection[PriceList], has_ended: bool
) -> Iterator[Finding]:
    """Tell when the last list for everybody in the currency of the product ends: from then on there
    is no price.
    """
    last = last_of_all(price_lists, model.currency)
    if last is None or not expanded(model).price_lines:
        return
    price_list, end = last
    ends = "has ended" if has_ended else "ends"
    sentence = (
        f"The price list '{price_list.key}' {ends} at {end.isoformat()}, and none in {model.currency} for everybody "
        f"follows: {'there' if has_ended else 'from then on there'} is no price. Let another begin then, or let this "
        "one hold on."
    )
    path = f"price_lists/{price_list.key}/valid_until"
    yield Finding("error" if has_ended else "warning", "price-list-end", path, sentence)


def _list_amount_findings(
    model: ProductModel, list_amounts: Collection[ListAmount]
) -> Iterator[Finding]:
    lines = {line.key: line for line in model.price_lines}
    scope = Scope.of(model)
    for each in list_amounts:
        path = f"list_amounts/{each.price_list}/{each.line}"
        line = lines.get(each.line)
        if line is None:
            sentence = f"The price list '{each.price_list}' keeps an amount for '{each.line}', which is no price line"
            yield _error("unknown-price-line", path, sentence + _hinted(each.line, lines))
            continue
        option = model.option_by_key.get(line.option or "")
        keys = amount_keys(line, option)
        if each.value not in keys:
            only = "sizes of its table" if line.table is not None else "values"
            what = f"no value '{each.value}'" if each.value else f"amounts for {only} only"
            sentence = f"The price list '{each.price_list}' keeps an amount for '{each.line}', which has {what}"
            yield _error("unknown-value", path, sentence + _hinted(each.value, keys))
        elif (problem := amount_problem(scope, line, each.amount)) is not None:
            sentence = f"The amount '{short(each.amount)}' of '{each.line}' in the price list '{each.price_list}'"
            yield _error("kept-amount", path, f"{sentence} cannot be read: {problem.rstrip('.')}.")


def _absent_bases(lines: Sequence[PriceLine], path: str) -> Iterator[Finding]:
    before: set[str] = set()
    for line in lines:
        if line.is_bound and line.of and before.isdisjoint(line.of):
            sentence = (
                f"Price line '{line.key}' is a percentage of {', '.join(line.of)}, and none of these holds in "
                f"the price list '{path.rpartition('/')[2]}'."
            )
            yield _error("absent-price-line", f"price_lines/{line.key}/of", sentence)
        before |= {line.key} if line.subtotal is None else {line.key, line.subtotal}
