"""Why a price is what it is: for each printed line its rule, the inputs with their values, the list
and its revision.

A merchant, or a caller who may see it, is told the same as data and as plain text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.counts import told_count
from catalog.product_model import Choice, PriceLine, Text, write_choice
from pricing.breakdown import Breakdown, BreakdownLine, Sums, printed_rows, taxed_parts
from pricing.lines import Item, Line, Prices, kept_line
from pricing.money import formatted, in_units, plain
from pricing.price_forms import Bound, form_of, need_of
from pricing.rounding import Amount
from pricing.tax_shares import ByClass, Shares, tax_class_of
from pricing.taxes import TaxAmount, tax_amounts, told_tax

type Values = Mapping[str, Choice]

_MOST_DIGITS = 8


@dataclass(frozen=True)
class LineReason:
    """Why one printed line has its amount.

    `price_list` is the list whose line or amount it is, `revision` that list's. `rule` is its
    formula as it is written, `when` its condition; `inputs` are the options these read, with their
    values. `steps` lead from there to the amount, one after another, through every list that is
    made from another.
    """

    key: str
    value: str | None
    label: Text
    amount: Decimal
    price_list: str
    revision: int
    rule: str
    when: str | None
    inputs: Mapping[str, Choice]
    steps: tuple[str, ...]


def reasons(
    prices: Prices, breakdown: Breakdown, values: Values, costs: bool = True
) -> tuple[LineReason, ...]:
    """Return the reason of each line of `breakdown`, those for one piece before those for the whole
    order.

    `prices` and `values` are those it was made with. What a line costs the merchant is told only
    with `costs`.
    """
    sums = breakdown.known.sums
    prices = prices.of(breakdown.quantity)
    found = []
    printed = iter((*breakdown.lines, *breakdown.order_lines))
    by_class = ByClass(prices, sums, breakdown.quantity) if prices.line_classes else None
    for is_whole in (False, True):
        for line, item, _ in printed_rows(prices, sums, is_whole):
            told = next(printed)
            source, rule, steps = _told(prices, sums, line, item, breakdown.order_quantity, costs)
            found.append(
                LineReason(
                    key=told.key,
                    value=told.value,
                    label=told.label,
                    amount=told.amount,
                    price_list=source.price_list.key,
                    revision=source.terms.revision,
                    rule=rule,
                    when=line.line.when,
                    inputs={
                        key: values[key] for key in sorted(_reads(source, line)) if key in values
                    },
                    steps=(
                        *steps,
                        *_rounding(prices, line, item, told.amount),
                        *([] if by_class is None else [_taxed_as(prices, by_class.of(line))]),
                    ),
                )
            )
    return (
        *found,
        *(
            _not_charged(prices, sums, line, breakdown.quantity)
            for line in printed
            if line.kind == "not_charged"
        ),
    )


def _taxed_as(prices: Prices, shares: Shares) -> str:
    """Return the tax on a line; of one that is spread, with the share of each."""
    told = []
    for key, share in shares.items():
        taxed = tax_class_of(prices, key)
        rate = "a tax that is not known" if taxed.taxing is None else f"{taxed.rate:f} %"
        told.append(rate if len(shares) == 1 else f"{float(share * 100):.4g} % of it at {rate}")
    return (
        f"taxed at {told[0]}" if len(shares) == 1 else f"taxed as what it is of: {', '.join(told)}"
    )


def _not_charged(prices: Prices, sums: Sums, line: BreakdownLine, quantity: int) -> LineReason:
    """Return why a buyer who pays no tax pays so much less than the gross amounts."""
    currency, places = prices.price_list.currency, prices.places
    total = int(sums.piece * quantity + sums.order)
    taxes = tax_amounts(taxed_parts(prices, sums, quantity, total) or (), places)
    return LineReason(
        key=line.key,
        value=None,
        label=line.label,
        amount=line.amount,
        price_list=prices.price_list.key,
        revision=prices.terms.revision,
        rule="the tax that these amounts hold at home, which this buyer does not pay",
        when=None,
        inputs={},
        steps=tuple(
            f"{told_tax(each)} {plain(each.amount, currency)}, on net {plain(each.base, currency)}"
            for each in taxes
        ),
    )


def reasons_json(
    found: tuple[LineReason, ...], currency: str, locale: str | None = None
) -> list[dict[str, Any]]:
    """Return `found` as plain JSON values."""
    return [
        {
            "key": each.key,
            "value": each.value,
            "label": each.label.in_locale(locale),
            "amount": plain(each.amount, currency),
            "price_list": each.price_list,
            "revision": each.revision,
            "rule": each.rule,
            "when": each.when,
            "inputs": {key: write_choice(choice) for key, choice in each.inputs.items()},
            "steps": list(each.steps),
        }
        for each in found
    ]


def reasons_text(
    found: tuple[LineReason, ...], breakdown: Breakdown, locale: str | None = None
) -> str:
    """Return `found` as lines of plain text, fit for a document: what `reasons_json` tells, and the
    totals.
    """

    def told(amount: Decimal) -> str:
        return formatted(amount, breakdown.currency)

    lines = []
    for each in found:
        lines.append(f"{each.label.in_locale(locale)}: {told(each.amount)}")
        lines.append(
            f"  {each.key}, price list {each.price_list}, revision {each.revision}: {each.rule}"
        )
        if each.when:
            lines.append(f"  only when {each.when}")
        if each.inputs:
            given = (f"{key} = {_input(choice)}" for key, choice in each.inputs.items())
            lines.append(f"  with {', '.join(given)}")
        lines += [f"  {step}" for step in each.steps]
    lines.append(f"One piece: {told(breakdown.unit_total)}")
    lines.append(f"{breakdown.quantity} in all: {told(breakdown.total)}")
    if breakdown.tax is not None and breakdown.net is not None and breakdown.gross is not None:
        net, gross = told(breakdown.net), told(breakdown.gross)
        taxes = (_tax_text(breakdown, each, locale) for each in breakdown.taxes)
        lines.append(f"Net {net}, {', '.join(taxes)}, gross {gross}")
        if breakdown.paid_rounding:
            lines.append(f"What is paid is rounded by {told(breakdown.paid_rounding)}")
    else:
        lines.append("The tax is not known.")
    return "\n".join(lines) + "\n"


def _input(choice: Choice) -> str:
    if isinstance(choice, bool):
        return "yes" if choice else "no"
    if isinstance(choice, tuple):
        return " + ".join(choice) or "none"
    return f"{choice:f}" if isinstance(choice, Decimal) else choice


def _tax_text(breakdown: Breakdown, tax: TaxAmount, locale: str | None) -> str:
    """Return a tax with what it comes to, and with what it is on where that is not the whole."""
    on = "" if tax.base == breakdown.net else f" on {formatted(tax.base, breakdown.currency)}"
    return f"{told_tax(tax, locale)} {formatted(tax.amount, breakdown.currency)}{on}"


def _reads(prices: Prices, line: Line) -> frozenset[str]:
    """Return the options that the line reads where its amount is made."""
    return prices.line_by_key.get(line.line.key, line).reads


def _told(
    prices: Prices, sums: Sums, line: Line, item: Item, quantity: int, costs: bool
) -> tuple[Prices, str, tuple[str, ...]]:
    """Return the prices in whose list the amount is made, the rule there, and the steps from it."""
    if line.form == "rounding" and line.below is None:
        mode = prices.price_list.rounding_mode.replace("_", " ")
        return prices, f"the total is rounded {mode} to {prices.price_list.increment:f}", ()
    if line.form == "least" and line.below is None:
        # Who knows the percentage knows the cost, too: the price is their product.
        percent = f"{prices.price_list.least_over_cost:f} %" if costs else "a percentage"
        return prices, f"the price is at least the cost and {percent}", ()
    index = prices.lines.index(line)
    if line.below is None:
        return (
            prices,
            _rule(line.line, item),
            tuple(_own_steps(prices, sums, line, index, quantity)),
        )
    kept = {value: text for key, value, text in prices.terms.amounts if key == line.line.key}
    if (item.value or "") in kept:
        own = kept_line(line.line, kept)
        assert own is not None
        return prices, _rule(own, item), ("an amount kept in this list", *_breaks(own, quantity))
    base, below_sums = prices.base, sums.base
    assert base is not None and below_sums is not None
    below = below_sums.parts[line.below]
    source_item = next(each for each in below.items if each.value == item.value)
    if line.below < len(base.lines):
        source, rule, steps = _told(
            base, below_sums, base.lines[line.below], source_item, quantity, costs
        )
    else:
        source, rule, steps = base, line.line.label.default, ()
    if line.takes_costs and not costs:
        return source, rule, (*steps, f"made from the cost in {base.price_list.key}")
    return source, rule, (*steps, *_derived_steps(prices, base, line, source_item))


def _derived_steps(prices: Prices, base: Prices, line: Line, below: Item) -> Iterator[str]:
    derived = prices.price_list.derived
    assert derived is not None
    what = "cost" if line.takes_costs else "amount"
    number: Amount = (below.cost or Fraction(0)) if line.takes_costs else below.amount
    yield f"{what} in {base.price_list.key}: {_number(number, base.places)} {base.price_list.currency}"
    if prices.terms.rate is not None:
        yield f"1 {base.price_list.currency} = {prices.terms.rate:f} {prices.price_list.currency}"
    if derived.factor != 1:
        yield f"times {derived.factor:f} in {prices.price_list.key}"
    if derived.percent:
        yield f"{derived.percent:+f} % in {prices.price_list.key}"


def _own_steps(prices: Prices, sums: Sums, line: Line, index: int, quantity: int) -> Iterator[str]:
    if line.line.key in {key for key, _, _ in prices.terms.amounts}:
        yield "an amount kept in this list"
    if line.of is not None:
        before = sums.befores[index]
        of = ", ".join(line.line.of) or "all lines before"
        if line.factor != 1:
            yield f"times {_number(line.factor, 0)}, as amounts of the list below are here"
        yield f"of {_number(before, prices.places)} {prices.price_list.currency} ({of})"
    yield from _breaks(line.line, quantity)


def _breaks(line: PriceLine, quantity: int) -> Iterator[str]:
    if line.breaks:
        reached = [each for each in line.breaks if each.pieces <= quantity]
        yield f"for {told_count(quantity, 'piece')}, {len(reached)} of {told_count(len(line.breaks), 'break')} reached"


def _rule(told: PriceLine, item: Item) -> str:
    """Return what a line says, as it is written."""
    form = form_of(told)
    rule, need = form.rule(item.value), None if isinstance(form, Bound) else need_of(told)
    if need is None:
        return rule
    waste = f" and {told.waste} % waste" if told.waste is not None else ""
    least = f", at least {told.at_least}" if told.at_least is not None else ""
    whole = ", whole ones for all pieces" if told.whole else ""
    return f"{rule} per {need.unit}, times {need.told}{waste}{least}{whole}"


def _rounding(prices: Prices, line: Line, item: Item, amount: Decimal) -> Iterator[str]:
    if prices.rounding.by_line and line.form not in {"rounding", "least"}:
        if prices.price_list.rounding_increment is not None:
            yield f"rounded to {amount:f}"
    elif Fraction(item.amount) != Fraction(amount) * 10**prices.places:
        yield f"exactly {_number(item.amount, prices.places)}"


def _number(units: Amount, places: int) -> str:
    """Return an amount in smallest units as people read it: all its digits, or so many that it is
    clear.
    """
    exact = Fraction(units) / 10**places
    scaled = exact * 10**_MOST_DIGITS
    whole = round(scaled)
    number = in_units(whole, _MOST_DIGITS).normalize()
    exponent = number.as_tuple().exponent
    shown = f"{number:.{max(places, -exponent if isinstance(exponent, int) else 0)}f}"
    return shown if whole == scaled else f"{shown}…"
