"""What a product costs as it is configured: price lines in, a breakdown whose lines sum to the total out.

`compile_prices` reads the price lines of a model once for one price list; `price` answers for one set of values, and
`difference` tells what other values would change without pricing everything again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from catalog.product_model import Choice, PriceLine, Text
from pricing.in_force import Because, TaxFrom
from pricing.lines import (
    MAX_UNITS,
    Amount,
    Item,
    Line,
    Part,
    PriceRefused,
    Prices,
    PriceTooLarge,
    chosen_values,
    compile_prices,
    joined,
    lines_in,
    value_keys,
)
from pricing.money import formatted, in_units, plain, whole
from pricing.price_list import Terms

__all__ = (
    "Breakdown",
    "BreakdownLine",
    "PriceRefused",
    "Prices",
    "breakdown_json",
    "chosen_values",
    "compile_prices",
    "difference",
    "joined",
    "lines_in",
    "price",
    "total_of_one",
    "value_keys",
)

type Values = Mapping[str, Choice]
type LineKind = Literal["amount", "value", "material", "percent", "minimum", "maximum", "least", "rounding", "override"]

MAX_QUANTITY = 1_000_000


@dataclass(frozen=True, slots=True)
class BreakdownLine:
    """One amount with its reason, rounded. `key` is that of the price line; `option` and `value` say what it is for.

    `cost` is what it costs the merchant, None where that is not known.
    """

    key: str
    label: Text
    amount: Decimal
    kind: LineKind
    option: str | None = None
    value: str | None = None
    cost: Decimal | None = None


@dataclass(frozen=True)
class Breakdown:
    """The lines that apply, and their totals, in `currency`; `price_list` is the key of the list.

    `lines` sum to `unit_total` exactly and `order_lines`, which count once for the whole order, to `order_total`;
    `total` is unit_total times `quantity` plus order_total. All are net or gross as the amounts of the list are
    (`amounts_are`). `net` + `tax` = `gross` for the whole quantity; where the tax is not known (`tax_known` False) it
    is None, and so is whichever of net and gross depends on it. `shown`, and `unit_shown` for one piece without the
    order's lines, is what a shopper sees first: net or gross as `shows` says. `open` names the options without value
    that lines still wait for: until they are decided the total is the price so far.

    `cost` is what everything costs the merchant and `margin` what is left of the net price; None where a line's cost,
    or the net price, is not known. `because` tells why this list was chosen, `tax_from` where the tax is from.
    """

    price_list: str
    currency: str
    lines: tuple[BreakdownLine, ...]
    unit_total: Decimal
    quantity: int
    order_lines: tuple[BreakdownLine, ...]
    order_total: Decimal
    total: Decimal
    amounts_are: Terms
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal | None
    tax_rate: Decimal | None
    tax_label: Text | None
    tax_known: bool
    tax_from: TaxFrom
    shows: Terms
    shown: Decimal
    unit_shown: Decimal
    open: tuple[str, ...]
    cost: Decimal | None
    margin: Decimal | None
    because: Because
    known: "Known" = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What `difference` reuses of a breakdown: what each line gave and came to, and the amount that is shown.

    Amounts are in smallest units.
    """

    parts: "Parts"
    sums: "Sums"
    shown: int
    waiting: frozenset[str]


@dataclass(frozen=True, slots=True)
class Parts:
    """What each compiled line gave for some values and a quantity, and the lines of the list that is built upon."""

    own: tuple[Part, ...]
    base: "Parts | None"


@dataclass(frozen=True, slots=True)
class LineSum:
    """What one line comes to: its items, and their sum; `is_whole` says that it counts once for the whole order.

    `before` is what the lines come to that a percentage, minimum or maximum is of.
    """

    items: tuple[Item, ...]
    amount: Amount
    applied: bool
    is_whole: bool
    before: Amount = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """What all lines come to, with the total of one piece and of what counts once, in smallest units.

    `exact_piece` and `exact_order` are these before rounding, `applied` counts the lines that apply.
    """

    lines: tuple[LineSum, ...]
    piece: int
    order: int
    exact_piece: Amount
    exact_order: Amount
    applied: int
    unsettled: frozenset[str]
    base: "Sums | None"


def price(prices: Prices, values: Values, quantity: int = 1, undecided: Collection[str] = ()) -> Breakdown:
    """Return the breakdown of `quantity` pieces with `values`.

    `undecided` are the options that take part and have no value yet. A line that cannot be computed because it reads a
    required one of them waits, and `open` names the option. Any other missing or undefined amount refuses with
    PriceRefused, and so does a total below zero, a price without any line, a quantity below 1 or above a million.
    """
    if prices.refusal is not None:
        raise prices.refusal
    if isinstance(quantity, bool) or not 1 <= quantity <= MAX_QUANTITY:
        raise PriceRefused(f"The quantity must be a whole number from 1 to {MAX_QUANTITY:,}.", quantity=quantity)
    waiting = prices.required.intersection(undecided).difference(values)
    parts = _parts(prices, values, quantity)
    sums = summed(prices, parts, values, quantity, waiting)
    total = _total(prices, sums, quantity)
    price_list, places = prices.price_list, prices.places
    lines = _printed(prices, sums, False)
    order_lines = _printed(prices, sums, True)
    tax = _tax(prices, sums, quantity, total)
    net = total if price_list.amounts_are == "net" else None if tax is None else total - tax
    gross = total if price_list.amounts_are == "gross" else None if tax is None else total + tax
    shown = _shown(prices, total, tax)
    unit_tax = _tax(prices, sums, 1, sums.piece, pieces_only=True)
    cost = _cost(prices, sums, quantity)

    def told(units: int | None) -> Decimal | None:
        return None if units is None else in_units(units, places)

    return Breakdown(
        price_list=price_list.key,
        currency=price_list.currency,
        lines=lines,
        unit_total=in_units(sums.piece, places),
        quantity=quantity,
        order_lines=order_lines,
        order_total=in_units(sums.order, places),
        total=in_units(total, places),
        amounts_are=price_list.amounts_are,
        net=told(net),
        tax=told(tax),
        gross=told(gross),
        tax_rate=price_list.tax_rate,
        tax_label=price_list.tax_label,
        tax_known=tax is not None,
        tax_from=prices.terms.tax_from,
        shows=price_list.amounts_are if tax is None else price_list.shows,
        shown=in_units(shown, places),
        unit_shown=in_units(_shown(prices, sums.piece, unit_tax), places),
        open=tuple(option.key for option in prices.model.options if option.key in sums.unsettled),
        cost=told(cost),
        margin=told(None if cost is None or net is None else net - cost),
        because=prices.terms.because,
        known=Known(parts, sums, shown, waiting),
    )


def total_of_one(prices: Prices, values: Values, is_greatest: bool = False) -> int:
    """Return the total of one piece with what counts once, in smallest units, also where `price` would refuse it.

    Of the two the lesser of the piece's and the whole total; with `is_greatest` the greater of the piece's and of what
    counts once. Refuses with PriceRefused what has no amount.
    """
    if prices.refusal is not None:
        raise prices.refusal
    sums = summed(prices, _parts(prices, values, 1), values, 1, frozenset())
    return max(sums.piece, sums.order) if is_greatest else min(sums.piece, sums.piece + sums.order)


def difference(
    prices: Prices,
    breakdown: Breakdown,
    values: Values,
    changed: Collection[str],
    undecided: Collection[str] | None = None,
) -> Decimal | None:
    """Return the `shown` total that `values` would have minus that of `breakdown`; None if they would have no price.

    It is that of all pieces together, as the total is. `changed` names the options whose value differs between the two;
    only lines that read one of them are computed again, and what is of these. `undecided` is as in `price`; by default
    those of `breakdown` that still have no value. What `price` would refuse has no difference.
    """
    known = breakdown.known
    if undecided is None:
        waiting = known.waiting.difference(values) if known.waiting else known.waiting
    else:
        waiting = prices.required.intersection(undecided).difference(values)
    quantity = breakdown.quantity
    try:
        moved = _moved(prices, known.sums, values, quantity, changed, waiting)
        if moved is not None:
            if not moved.lines:
                return in_units(0, prices.places)
            total = _total(prices, moved, quantity)
            tax = _tax_of(prices, total)
        else:
            parts = _changed_parts(prices, known.parts, values, quantity, changed)
            sums = summed(prices, parts, values, quantity, waiting)
            total = _total(prices, sums, quantity)
            tax = _tax(prices, sums, quantity, total)
    except PriceRefused:
        return None
    return in_units(_shown(prices, total, tax) - known.shown, prices.places)


def breakdown_json(breakdown: Breakdown, locale: str | None = None, costs: bool = False) -> dict[str, Any]:
    """Return `breakdown` as plain JSON values: amounts as decimal strings ("486.00"), texts in `locale`.

    What it costs the merchant is told only with `costs`: it is nothing for shoppers.
    """
    currency = breakdown.currency

    def told(amount: Decimal | None) -> str | None:
        return None if amount is None else plain(amount, currency)

    document = {
        "price_list": breakdown.price_list,
        "price_list_because": breakdown.because,
        "currency": currency,
        "lines": [_line_json(line, currency, locale, costs) for line in breakdown.lines],
        "unit_total": told(breakdown.unit_total),
        "quantity": breakdown.quantity,
        "order_lines": [_line_json(line, currency, locale, costs) for line in breakdown.order_lines],
        "order_total": told(breakdown.order_total),
        "total": told(breakdown.total),
        "amounts_are": breakdown.amounts_are,
        "net": told(breakdown.net),
        "tax": told(breakdown.tax),
        "gross": told(breakdown.gross),
        "tax_known": breakdown.tax_known,
        "tax_from": breakdown.tax_from,
        "tax_rate": None if breakdown.tax_rate is None else format(breakdown.tax_rate, "f"),
        "tax_label": breakdown.tax_label.in_locale(locale) if breakdown.tax_label else None,
        "shows": breakdown.shows,
        "shown": told(breakdown.shown),
        "unit_shown": told(breakdown.unit_shown),
        "shown_text": formatted(breakdown.shown, currency, locale),
        "open": list(breakdown.open),
    }
    if costs:
        document |= {"cost": told(breakdown.cost), "margin": told(breakdown.margin)}
    return document


def _line_json(line: BreakdownLine, currency: str, locale: str | None, costs: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "key": line.key,
        "label": line.label.in_locale(locale),
        "amount": plain(line.amount, currency),
        "kind": line.kind,
    }
    if line.option is not None:
        document |= {"option": line.option, "value": line.value}
    if costs:
        document["cost"] = None if line.cost is None else plain(line.cost, currency)
    return document


# ---- lines to sums ---------------------------------------------------------------------------------------------------


def _parts(prices: Prices, values: Values, quantity: int) -> Parts:
    return Parts(
        tuple([line.part(values, quantity) for line in prices.lines]),
        _parts(prices.base, values, quantity) if prices.base is not None else None,
    )


def _changed_parts(prices: Prices, parts: Parts, values: Values, quantity: int, changed: Collection[str]) -> Parts:
    """Return `parts` for `values`, the lines that read what `changed` computed again; itself where none does."""
    base = parts.base
    if base is not None and prices.base is not None:
        base = _changed_parts(prices.base, base, values, quantity, changed)
    touched = {index for option in changed for index in prices.readers.get(option, ())}
    if not touched and base is parts.base:
        return parts
    own = list(parts.own)
    for index in touched:
        own[index] = prices.lines[index].part(values, quantity)
    return Parts(tuple(own), base)


@dataclass(frozen=True, slots=True)
class _Moved:
    """What other values move: the lines that come to something else, by index, and the totals then."""

    lines: Mapping[int, LineSum]
    piece: int
    order: int


def _moved(
    prices: Prices, sums: Sums, values: Values, quantity: int, changed: Collection[str], waiting: frozenset[str]
) -> _Moved | None:
    """Return what `values` move in `sums`; None where that cannot be told without adding up everything.

    Refuses with PriceRefused as `summed` does.
    """
    price_list = prices.price_list
    if price_list.least_over_cost is not None or not sums.unsettled <= waiting.union(changed):
        return None
    if price_list.tax_rounding_of == "line" and prices.price_list.shows != price_list.amounts_are:
        return None
    candidates = {index for option in changed for index in prices.readers.get(option, ())}
    below: Mapping[int, LineSum] = {}
    if prices.base is not None and sums.base is not None:
        base = _moved(prices.base, sums.base, values, quantity, changed, waiting)
        if base is None:
            return None
        below = base.lines
        candidates.update(prices.above[index] for index in below if index in prices.above)
    if not candidates:
        return _Moved({}, sums.piece, sums.order)
    found: dict[int, LineSum] = {}
    is_unsettled = False
    applied, piece, order = sums.applied, sums.exact_piece, sums.exact_order
    for index in sorted(candidates.union(prices.bounds)) if prices.bounds else sorted(candidates):
        line = prices.lines[index]
        was = sums.lines[index]
        if index not in candidates:
            assert line.of is not None
            if line.of.isdisjoint(found):
                continue
        part = line.part(values, quantity)
        if part.state != "applied":
            if waiting and waiting & line.reads:
                is_unsettled = True
            elif part.state != "skipped":
                raise _refused(prices, line.line, part)
            now = _NOTHING_WHOLE if line.is_whole else _NOTHING
            if line.of is not None:
                now = LineSum((), 0, False, line.is_whole, _before(line, was, found, sums, quantity))
        elif line.below is not None:
            assert sums.base is not None
            now = _derived(prices, line, part, below.get(line.below) or sums.base.lines[line.below])
        elif line.of is None:
            now = LineSum(part.items, part.amount, bool(part.items), line.is_whole)
        else:
            now = _bound_sum(prices, line, part, _before(line, was, found, sums, quantity))
        found[index] = now
        applied += now.applied - was.applied
        if was.is_whole:
            order += now.amount - was.amount
        else:
            piece += now.amount - was.amount
    if not applied and not is_unsettled and not sums.unsettled:
        raise _nothing_applies(prices)
    if not applied:
        return None
    total_piece, total_order = prices.rounding.total(piece), prices.rounding.total(order)
    last = len(prices.lines)
    found[last] = _rest(total_piece - piece, False)
    found[last + 1] = _rest(total_order - order, True)
    return _Moved(found, total_piece, total_order)


def _before(line: Line, was: LineSum, found: Mapping[int, LineSum], sums: Sums, quantity: int) -> Amount:
    """Return what the lines come to that `line` is of, from what they came to and what has moved since."""
    before = was.before
    for index in found:
        if line.of is not None and index in line.of:
            now, then = found[index], sums.lines[index]
            if line.is_whole:
                before += (now.amount - then.amount) * (1 if now.is_whole else quantity)
            elif not now.is_whole:
                before += now.amount - then.amount
    return before


def summed(prices: Prices, parts: Parts, values: Values, quantity: int, waiting: frozenset[str]) -> Sums:
    """Return what the lines come to, in smallest units; refuses with PriceRefused what has no amount."""
    if prices.base is not None and parts.base is not None:
        base = summed(prices.base, parts.base, values, quantity, waiting)
        unsettled = base.unsettled
    else:
        base, unsettled = None, frozenset[str]()
    sums: list[LineSum] = []
    applied = 0
    for line, part in zip(prices.lines, parts.own, strict=True):
        state = part.state
        if state == "applied":
            each = _line_sum(prices, line, part, sums, quantity, base)
            applied += each.applied
            sums.append(each)
            continue
        if waiting and (waits := waiting & line.reads):
            unsettled |= waits
        elif state != "skipped":
            raise _refused(prices, line.line, part)
        if line.of is not None:
            sums.append(LineSum((), 0, False, line.is_whole, amount_before(line, sums, quantity)))
        else:
            sums.append(_NOTHING_WHOLE if line.is_whole else _NOTHING)
    if not applied and not unsettled:
        raise _nothing_applies(prices)
    exact_piece: Amount = 0
    exact_order: Amount = 0
    for each in sums:
        if each.is_whole:
            exact_order += each.amount
        else:
            exact_piece += each.amount
    if prices.price_list.least_over_cost is not None:
        least = _least(prices, sums, exact_piece)
        exact_piece += least.amount
        sums.append(least)
    piece, order = prices.rounding.total(exact_piece), prices.rounding.total(exact_order)
    sums.append(_rest(piece - exact_piece, False))
    sums.append(_rest(order - exact_order, True))
    return Sums(tuple(sums), piece, order, exact_piece, exact_order, applied, unsettled, base)


_NOTHING = LineSum((), 0, False, False)
_NOTHING_WHOLE = LineSum((), 0, False, True)


def _line_sum(
    prices: Prices, line: Line, part: Part, sums: Sequence[LineSum], quantity: int, base: Sums | None
) -> LineSum:
    if line.below is not None:
        assert base is not None
        return _derived(prices, line, part, base.lines[line.below])
    if line.of is None:
        return LineSum(part.items, part.amount, bool(part.items), line.is_whole)
    return _bound_sum(prices, line, part, amount_before(line, sums, quantity))


def _bound_sum(prices: Prices, line: Line, part: Part, before: Amount) -> LineSum:
    """Return what a percentage, minimum or maximum of `before` comes to."""
    if line.form == "percent":
        amount = prices.rounding.amount_of_units(Fraction(before) * part.amount / 100)
    else:
        lacks = part.amount - before
        amount = max(lacks, 0) if line.form == "minimum" else min(lacks, 0)
    return LineSum((Item(None, amount, None),), amount, True, line.is_whole, before)


def amount_before(line: Line, sums: Sequence[LineSum], quantity: int) -> Amount:
    """Return what the lines that `line` is of come to: for one piece, or for the whole order if it counts once."""
    before: Amount = 0
    for index in line.of or ():
        other = sums[index]
        if line.is_whole:
            before += other.amount if other.is_whole else other.amount * quantity
        elif not other.is_whole:
            before += other.amount
    return before


def _derived(prices: Prices, line: Line, part: Part, below: LineSum) -> LineSum:
    """Return a line of the list below, made an amount of this list; amounts that are kept here stand instead."""
    if line.takes_costs and not line.has_cost:
        return _NOTHING_WHOLE if below.is_whole else _NOTHING
    factor = prices.factor
    own = {item.value: item.amount for item in part.items}
    items = []
    for item in below.items:
        cost = None if item.cost is None else item.cost * prices.conversion
        amount: Amount
        if item.value in own:
            amount = own[item.value]
        elif line.takes_costs:
            if item.cost is None:
                raise _no_cost(prices, line, item.value)
            amount = prices.rounding.amount_of_units(item.cost * factor)
        else:
            amount = prices.rounding.amount_of_units(item.amount * factor)
        items.append(Item(item.value, amount, cost))
    return LineSum(tuple(items), sum(item.amount for item in items), below.applied, below.is_whole)


def _least(prices: Prices, sums: Sequence[LineSum], exact: Amount) -> LineSum:
    """Return what the price of one piece lacks to its cost and the percentage over it."""
    percent = prices.price_list.least_over_cost
    assert percent is not None
    cost = _piece_cost(prices, sums)
    if cost is None:
        raise PriceRefused(
            f"The price list {prices.price_list.name.default!r} never goes below a percentage over the cost, and the "
            "cost of a price line is not known.",
            price_list=prices.price_list.key,
        )
    least = prices.rounding.amount_of_units(cost * (100 + Fraction(percent)) / 100)
    lacks = max(least - exact, 0)
    return LineSum((Item(None, lacks, None),), lacks, bool(lacks), False)


def _rest(amount: Amount, is_whole: bool) -> LineSum:
    return LineSum((Item(None, amount, None),), amount, False, is_whole)


def _piece_cost(prices: Prices, sums: Sequence[LineSum]) -> Fraction | None:
    return _costs_of(prices, sums, False)


def _costs_of(prices: Prices, sums: Sequence[LineSum], is_whole: bool) -> Fraction | None:
    """Return the exact cost of the lines, in smallest units; None where a line that has a cost does not tell it."""
    total = Fraction(0)
    for line, each in zip(prices.lines, sums, strict=False):
        if each.is_whole is not is_whole or not line.has_cost:
            continue
        for item in each.items:
            if item.cost is None:
                return None
            total += item.cost
    return total


def _cost(prices: Prices, sums: Sums, quantity: int) -> int | None:
    piece, order = _costs_of(prices, sums.lines, False), _costs_of(prices, sums.lines, True)
    return None if piece is None or order is None else whole(piece * quantity + order, "half_up")


# ---- totals and tax --------------------------------------------------------------------------------------------------


def _total(prices: Prices, sums: "Sums | _Moved", quantity: int) -> int:
    total = sums.piece * quantity + sums.order
    for units in (sums.piece, total):
        if units < 0:
            told = formatted(in_units(units, prices.places), prices.price_list.currency)
            raise PriceRefused(f"The price would be below zero: {told}.", price_list=prices.price_list.key)
    if max(sums.piece, sums.order) >= MAX_UNITS:
        raise PriceTooLarge("The price is too large to be right.", price_list=prices.price_list.key)
    return total


def _tax(prices: Prices, sums: Sums, quantity: int, units: int, pieces_only: bool = False) -> int | None:
    """Return the tax on `units`, or in them where amounts are gross, in smallest units, each rounding halves up.

    Rounded once, or line by line as the list says: then the tax of each printed line, for all pieces, is rounded.
    """
    tax = prices.price_list.tax_fraction
    if tax is None or prices.price_list.tax_rounding_of == "total":
        return _tax_of(prices, units)
    part = tax if prices.price_list.amounts_are == "net" else tax / (1 + tax)
    total = sum(whole(each * quantity * part, "half_up") for _, _, each in printed_rows(prices, sums, False))
    if not pieces_only:
        total += sum(whole(each * part, "half_up") for _, _, each in printed_rows(prices, sums, True))
    return total


def _tax_of(prices: Prices, units: int) -> int | None:
    """Return the tax on `units`, or in them, rounded once."""
    tax = prices.price_list.tax_fraction
    if tax is None:
        return None
    return whole(units * (tax if prices.price_list.amounts_are == "net" else tax / (1 + tax)), "half_up")


def _shown(prices: Prices, units: int, tax: int | None) -> int:
    if tax is None or prices.price_list.shows == prices.price_list.amounts_are:
        return units
    return units + tax if prices.price_list.shows == "gross" else units - tax


# ---- printing --------------------------------------------------------------------------------------------------------


def printed_rows(prices: Prices, sums: Sums, is_whole: bool) -> Iterator[tuple[Line, Item, int]]:
    """Return each item that is printed with its line and its amount in smallest units; at last what rounding adds."""
    printed = 0
    for line, each in zip(prices.lines, sums.lines, strict=False):
        if each.is_whole is is_whole:
            for item in each.items:
                units = prices.rounding.printed(item.amount)
                if units:
                    printed += units
                    yield line, item, units
    if not is_whole and prices.price_list.least_over_cost is not None:
        least = sums.lines[len(prices.lines)].items[0]
        units = prices.rounding.printed(least.amount)
        if units:
            printed += units
            yield prices.least_line, least, units
    rest = (sums.order if is_whole else sums.piece) - printed
    if rest:
        yield prices.rounding_line, Item(None, rest, None), rest


def _printed(prices: Prices, sums: Sums, is_whole: bool) -> tuple[BreakdownLine, ...]:
    places = prices.places
    printed = []
    for line, item, units in printed_rows(prices, sums, is_whole):
        cost = None if item.cost is None else in_units(whole(item.cost, "half_up"), places)
        value = item.value
        printed.append(
            BreakdownLine(
                line.line.key,
                line.labels.get(value, line.line.label) if value is not None else line.line.label,
                in_units(units, places),
                line.form,
                None if value is None else line.line.option,
                value,
                cost,
            )
        )
    return tuple(printed)


def _refused(prices: Prices, line: PriceLine, part: Part) -> PriceRefused:
    data = {"line": line.key, "price_list": prices.price_list.key}
    if line.option is not None:
        data["option"] = line.option
    if part.value is not None:
        data["value"] = part.value
    return (PriceTooLarge if part.state == "too_large" else PriceRefused)(part.why, **data)


def _no_cost(prices: Prices, line: Line, value: str | None) -> PriceRefused:
    place = f" for {value!r}" if value else ""
    data = {"line": line.line.key, "price_list": prices.price_list.key}
    return PriceRefused(
        f"The price list {prices.price_list.name.default!r} is made from costs, and the price line {line.line.key!r} "
        f"has no cost{place}.",
        **data,
    )


def _nothing_applies(prices: Prices) -> PriceRefused:
    return PriceRefused(
        f"No price line of the price list {prices.price_list.name.default!r} applies to these choices.",
        price_list=prices.price_list.key,
        product=prices.model.product,
    )
