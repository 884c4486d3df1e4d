"""What a product costs as it is configured: price lines in, a breakdown whose lines sum to the total out.

`compile_prices` reads the price lines of a model once for one price list; `price` answers for one set of values, and
`difference` tells what other values would change without pricing everything again.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from catalog.assemblies import expanded
from catalog.errors import Refusal
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import Constant, reads
from catalog.expressions.types import Scope, bind
from catalog.product_model import Choice, Kind, Option, PriceLine, ProductModel, Text
from pricing.money import decimals, formatted, in_units, plain, whole
from pricing.price_list import PriceList, Terms

type Values = Mapping[str, Choice]
type Amount = int | Fraction
type LineKind = Literal["amount", "value", "percent", "rounding"]

MAX_QUANTITY = 1_000_000
MAX_UNITS = 10**15
_MEMO = 4_096
_ROUNDING = Text("Rounding")


class PriceRefused(Refusal):
    """There is no price for these values; `data` names the price line, option and value where they are known."""

    slug = "price-refused"
    title = "There is no price for this"


@dataclass(frozen=True, slots=True)
class BreakdownLine:
    """One amount with its reason, rounded. `key` is that of the price line; `option` and `value` say what it is for."""

    key: str
    label: Text
    amount: Decimal
    kind: LineKind
    option: str | None = None
    value: str | None = None


@dataclass(frozen=True)
class Breakdown:
    """The lines that apply, and their totals, in `currency`; `price_list` is the key of the list.

    `lines` sum to `unit_total` exactly, and `total` is that times `quantity`. Both are net or gross as the amounts of
    the list are (`amounts_are`). `net` + `tax` = `gross` for the whole quantity; where the tax is not known
    (`tax_known` False) it is None, and so is whichever of net and gross depends on it. `shown`, and `unit_shown` for
    one piece, is what a shopper sees first: net or gross as `shows` says. `open` names the options without value that
    lines still wait for: until they are decided the total is the price so far.
    """

    price_list: str
    currency: str
    lines: tuple[BreakdownLine, ...]
    unit_total: Decimal
    quantity: int
    total: Decimal
    amounts_are: Terms
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal | None
    tax_rate: Decimal | None
    tax_label: Text | None
    tax_known: bool
    shows: Terms
    shown: Decimal
    unit_shown: Decimal
    open: tuple[str, ...]
    known: "Known" = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Known:
    """What `difference` reuses of a breakdown: the amount of each compiled line, what each percentage is of, and sums.

    Amounts count smallest units of the currency; lines that do not apply have 0. `bases` is by index of the line.
    """

    amounts: tuple[Amount, ...]
    applied: tuple[bool, ...]
    bases: Mapping[int, Amount]
    total: Amount
    unit_shown: int
    waiting: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Part:
    """What one line gives for some values. A percentage's `amount` is the rate; `why` tells what is refused."""

    state: Literal["applied", "skipped", "undefined", "refused"]
    amount: Amount = 0
    lines: tuple[BreakdownLine, ...] = ()
    why: str = ""
    value: str | None = None


@dataclass(frozen=True, eq=False)
class _Line:
    """A price line ready to be asked. `of` holds the indexes of the lines a percentage is of; None for other lines."""

    line: PriceLine
    part: Callable[[Values], _Part]
    reads: frozenset[str]
    of: frozenset[int] | None


@dataclass(frozen=True, eq=False)
class Prices:
    """The price lines of a product model that hold in one price list, compiled. `readers` is by option."""

    model: ProductModel
    price_list: PriceList
    lines: tuple[_Line, ...]
    readers: Mapping[str, tuple[int, ...]]
    percentages: tuple[int, ...]
    places: int
    increment: int
    required: frozenset[str]
    refusal: PriceRefused | None


def lines_in(model: ProductModel, price_list: PriceList) -> tuple[PriceLine, ...]:
    """Return the price lines that hold in `price_list`: those for it, and in the model's currency the general."""
    model = expanded(model)
    is_own_currency = price_list.currency == model.currency
    return tuple(
        line
        for line in model.price_lines
        if line.price_list == price_list.key or (line.price_list is None and is_own_currency)
    )


def compile_prices(model: ProductModel, price_list: PriceList) -> Prices:
    """Return the prices of `model` in `price_list`, made ready to be asked.

    Never refuses: price lines that cannot be read, or none at all, refuse when a price is asked for, so that the rest
    of a product works without. The publish checks tell the same beforehand.
    """
    model = expanded(model)
    places = decimals(price_list.currency)
    rounding = _Rounding(price_list, places)
    scope = Scope.of(model)
    lines: list[_Line] = []
    refusal: PriceRefused | None = None
    held = lines_in(model, price_list)
    try:
        if not held:
            raise PriceRefused(
                f"The price list {price_list.name.default!r} has no prices for this product.",
                price_list=price_list.key,
                product=model.product,
            )
        for line in held:
            lines.append(_compiled(line, model, scope, lines, rounding))
    except PriceRefused as refused:
        refusal = refused
    readers: dict[str, list[int]] = {}
    for index, compiled in enumerate(lines):
        for option in compiled.reads:
            readers.setdefault(option, []).append(index)
    return Prices(
        model=model,
        price_list=price_list,
        lines=tuple(lines),
        readers={option: tuple(indexes) for option, indexes in readers.items()},
        percentages=tuple(index for index, compiled in enumerate(lines) if compiled.of is not None),
        places=places,
        increment=rounding.increment,
        required=frozenset(option.key for option in model.options if option.required and option.kind is not Kind.MULTI),
        refusal=refusal,
    )


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
    amounts: list[Amount] = []
    applied: list[bool] = []
    bases: dict[int, Amount] = {}
    printed: list[BreakdownLine] = []
    unsettled: set[str] = set()
    for index, line in enumerate(prices.lines):
        part = line.part(values)
        amount: Amount = 0
        if part.state == "applied":
            amount = part.amount
            if line.of is None:
                printed += part.lines
            else:
                bases[index] = base = sum(amounts[each] for each in line.of)
                amount = _percentage(prices, base, amount)
                printed += _percent_line(prices, line.line, amount)
        else:
            waits = waiting & line.reads if waiting else waiting
            if waits:
                unsettled |= waits
            elif part.state != "skipped":
                raise _refused(prices, line.line, part)
            if line.of is not None:
                bases[index] = sum(amounts[each] for each in line.of)
        amounts.append(amount)
        applied.append(part.state == "applied")
    if not any(applied) and not unsettled:
        raise _nothing_applies(prices)
    exact = sum(amounts)
    units = _total_units(prices, exact)
    if units < 0:
        raise PriceRefused(
            f"The price would be below zero: {formatted(in_units(units, prices.places), prices.price_list.currency)}.",
            price_list=prices.price_list.key,
        )
    if units >= MAX_UNITS:
        raise PriceRefused("The price is too large to be right.", price_list=prices.price_list.key)
    rest = units - sum(_units(line.amount, prices.places) for line in printed)
    if rest:
        printed.append(BreakdownLine("rounding", _ROUNDING, in_units(rest, prices.places), "rounding"))
    return _breakdown(
        prices,
        tuple(printed),
        units,
        quantity,
        tuple(option.key for option in prices.model.options if option.key in unsettled),
        Known(tuple(amounts), tuple(applied), bases, exact, _shown_units(prices, units), waiting),
    )


def difference(
    prices: Prices,
    breakdown: Breakdown,
    values: Values,
    changed: Collection[str],
    undecided: Collection[str] | None = None,
) -> Decimal | None:
    """Return the `unit_shown` that `values` would have minus that of `breakdown`; None if they would have no price.

    `changed` names the options whose value differs between the two; only lines that read one of them are computed
    again, and percentages over those. `undecided` is as in `price`; by default those of `breakdown` that still have no
    value. What `price` would refuse has no difference.
    """
    known = breakdown.known
    touched: set[int] = set()
    for option in changed:
        touched.update(prices.readers.get(option, ()))
    if not touched:
        return in_units(0, prices.places)
    if undecided is None:
        waiting = known.waiting.difference(values) if known.waiting else known.waiting
    else:
        waiting = prices.required.intersection(undecided).difference(values)
    deltas: dict[int, Amount] = {}
    gone = fresh = 0
    waits = bool(breakdown.open)
    rates: dict[int, _Part] = {}
    for index in touched:
        line = prices.lines[index]
        part = line.part(values)
        is_applied = part.state == "applied"
        if not is_applied:
            if waiting and waiting & line.reads:
                waits = True
            elif part.state != "skipped":
                return None
        gone += known.applied[index] and not is_applied
        fresh += is_applied and not known.applied[index]
        if line.of is None:
            deltas[index] = part.amount - known.amounts[index]
        else:
            rates[index] = part
    for index in prices.percentages:
        line = prices.lines[index]
        if line.of is None:
            continue
        shift: Amount = sum(delta for other, delta in deltas.items() if other in line.of)
        if not shift and index not in rates:
            continue
        part = rates.get(index) or line.part(values)
        amount = _percentage(prices, known.bases[index] + shift, part.amount) if part.state == "applied" else 0
        deltas[index] = amount - known.amounts[index]
    if gone and not fresh and not waits and sum(known.applied) == gone:
        return None
    units = _total_units(prices, known.total + sum(deltas.values()))
    if not 0 <= units < MAX_UNITS:
        return None
    return in_units(_shown_units(prices, units) - known.unit_shown, prices.places)


def breakdown_json(breakdown: Breakdown, locale: str | None = None) -> dict[str, Any]:
    """Return `breakdown` as plain JSON values: amounts as decimal strings ("486.00"), texts in `locale`."""
    currency = breakdown.currency

    def told(amount: Decimal | None) -> str | None:
        return None if amount is None else plain(amount, currency)

    return {
        "price_list": breakdown.price_list,
        "currency": currency,
        "lines": [_line_json(line, currency, locale) for line in breakdown.lines],
        "unit_total": told(breakdown.unit_total),
        "quantity": breakdown.quantity,
        "total": told(breakdown.total),
        "amounts_are": breakdown.amounts_are,
        "net": told(breakdown.net),
        "tax": told(breakdown.tax),
        "gross": told(breakdown.gross),
        "tax_known": breakdown.tax_known,
        "tax_rate": None if breakdown.tax_rate is None else format(breakdown.tax_rate, "f"),
        "tax_label": breakdown.tax_label.in_locale(locale) if breakdown.tax_label else None,
        "shows": breakdown.shows,
        "shown": told(breakdown.shown),
        "unit_shown": told(breakdown.unit_shown),
        "shown_text": formatted(breakdown.shown, currency, locale),
        "open": list(breakdown.open),
    }


def _line_json(line: BreakdownLine, currency: str, locale: str | None) -> dict[str, Any]:
    document: dict[str, Any] = {
        "key": line.key,
        "label": line.label.in_locale(locale),
        "amount": plain(line.amount, currency),
        "kind": line.kind,
    }
    if line.option is not None:
        document |= {"option": line.option, "value": line.value}
    return document


# ---- totals ----------------------------------------------------------------------------------------------------------


def _units(amount: Decimal, places: int) -> int:
    return int(amount.scaleb(places))


def _total_units(prices: Prices, exact: Amount) -> int:
    """Return the sum of all lines in smallest units, rounded if that has not happened line by line."""
    if isinstance(exact, int) and prices.price_list.rounding_of == "line":
        return exact
    return whole(Fraction(exact) / prices.increment, prices.price_list.rounding_mode) * prices.increment


def _tax_units(prices: Prices, units: int) -> int | None:
    """Return the tax on `units`, or in them where amounts are gross; to the nearest smallest unit, halves up."""
    tax = prices.price_list.tax_fraction
    if tax is None:
        return None
    is_net = prices.price_list.amounts_are == "net"
    return whole(units * tax if is_net else units * tax / (1 + tax), "half_up")


def _shown_units(prices: Prices, units: int) -> int:
    if prices.price_list.shows == prices.price_list.amounts_are:
        return units
    tax = _tax_units(prices, units)
    if tax is None:
        return units
    return units + tax if prices.price_list.shows == "gross" else units - tax


def _breakdown(
    prices: Prices,
    lines: tuple[BreakdownLine, ...],
    units: int,
    quantity: int,
    unsettled: tuple[str, ...],
    known: Known,
) -> Breakdown:
    price_list, places = prices.price_list, prices.places
    total = units * quantity
    tax = _tax_units(prices, total)
    net = total if price_list.amounts_are == "net" else None if tax is None else total - tax
    gross = total if price_list.amounts_are == "gross" else None if tax is None else total + tax
    return Breakdown(
        price_list=price_list.key,
        currency=price_list.currency,
        lines=lines,
        unit_total=in_units(units, places),
        quantity=quantity,
        total=in_units(total, places),
        amounts_are=price_list.amounts_are,
        net=None if net is None else in_units(net, places),
        tax=None if tax is None else in_units(tax, places),
        gross=None if gross is None else in_units(gross, places),
        tax_rate=price_list.tax_rate,
        tax_label=price_list.tax_label,
        tax_known=tax is not None,
        shows=price_list.amounts_are if tax is None else price_list.shows,
        shown=in_units(_shown_units(prices, total), places),
        unit_shown=in_units(known.unit_shown, places),
        open=unsettled,
        known=known,
    )


def _percentage(prices: Prices, base: Amount, rate: Amount) -> Amount:
    exact = Fraction(base * rate) / 100
    if prices.price_list.rounding_of == "total":
        return exact
    return whole(exact / prices.increment, prices.price_list.rounding_mode) * prices.increment


def _percent_line(prices: Prices, line: PriceLine, amount: Amount) -> list[BreakdownLine]:
    units = amount if isinstance(amount, int) else whole(amount, prices.price_list.rounding_mode)
    return [BreakdownLine(line.key, line.label, in_units(units, prices.places), "percent")] if units else []


def _refused(prices: Prices, line: PriceLine, part: _Part) -> PriceRefused:
    data = {"line": line.key, "price_list": prices.price_list.key}
    if line.option is not None:
        data["option"] = line.option
    if part.value is not None:
        data["value"] = part.value
    return PriceRefused(part.why, **data)


def _nothing_applies(prices: Prices) -> PriceRefused:
    return PriceRefused(
        f"No price line of the price list {prices.price_list.name.default!r} applies to these choices.",
        price_list=prices.price_list.key,
        product=prices.model.product,
    )


# ---- compiling -------------------------------------------------------------------------------------------------------


class _Rounding:
    """How one list rounds an amount: to what a line adds to the sum, and to what is printed."""

    def __init__(self, price_list: PriceList, places: int) -> None:
        self.scale = 10**places
        self.places = places
        self.increment = int(price_list.increment * self.scale)
        self.mode = price_list.rounding_mode
        self.by_line = price_list.rounding_of == "line"

    def amount(self, exact: Fraction) -> Amount:
        """Return an amount of the currency in smallest units, rounded where the list rounds each line."""
        units = exact * self.scale
        return whole(units / self.increment, self.mode) * self.increment if self.by_line else units

    def printed(self, amount: Amount) -> Decimal:
        return in_units(amount if isinstance(amount, int) else whole(amount, self.mode), self.places)


def _compiled(line: PriceLine, model: ProductModel, scope: Scope, before: list[_Line], rounding: _Rounding) -> _Line:
    if any(other.line.key == line.key for other in before):
        raise _unreadable(line, "there are two price lines with this key in one price list")
    forms = (line.amount is not None, line.option is not None, line.percent is not None)
    if sum(forms) != 1:
        raise _unreadable(line, "it needs either an amount, or an option with amounts, or a percentage")
    when = _function(line, "when", line.when, scope, "condition")
    if line.option is not None:
        return _per_value(line, model, scope, when, rounding)
    if line.amount is not None:
        return _formula(line, scope, when, rounding)
    of = None if not line.of else frozenset(line.of)
    known = {each.key for each in model.price_lines}
    if of is not None and not of <= known:
        raise _unreadable(line, f"it is a percentage of {', '.join(sorted(of - known))}, which is no price line")
    indexes = frozenset(index for index, other in enumerate(before) if of is None or other.line.key in of)
    if of is not None and not indexes:
        raise _unreadable(line, "none of the lines it is a percentage of stands before it in this price list")
    rate = _function(line, "percent", line.percent, scope, "number")
    assert rate is not None

    def part(values: Values) -> _Part:
        if when is not None and not when.value(values):
            return _SKIPPED
        percent = rate.value(values)
        return _Part("applied", percent) if percent is not None else _undefined(line)

    return _Line(line, _remembered(part, _reads(when, rate)), _reads(when, rate), indexes)


_SKIPPED = _Part("skipped")


@dataclass(frozen=True, slots=True)
class _Function:
    """An expression ready to be asked, with the options it reads."""

    value: Callable[[Values], Any]
    reads: frozenset[str]


def _function(
    line: PriceLine, place: str, text: str | None, scope: Scope, expected: Literal["condition", "number"]
) -> _Function | None:
    if text is None:
        return None
    try:
        node = bind(text, scope, expected, lengths=True)
    except ExpressionRefused as refused:
        raise _unreadable(line, f"{place}: {refused.sentence}") from refused
    if isinstance(node, Constant):
        constant = node.value
        return _Function(lambda values: constant, frozenset())
    return _Function(function_of(node), reads(node))


def _unreadable(line: PriceLine, why: str) -> PriceRefused:
    end = "" if why.endswith(("?", ".")) else "."
    return PriceRefused(f"The price line {line.key!r} cannot be used: {why}{end}", line=line.key)


def _undefined(line: PriceLine, value: str | None = None) -> _Part:
    place = f" for {value!r}" if value else ""
    return _Part("undefined", why=f"The price line {line.key!r} has no amount{place} with these choices.", value=value)


def _formula(line: PriceLine, scope: Scope, when: _Function | None, rounding: _Rounding) -> _Line:
    amount = _function(line, "amount", line.amount, scope, "number")
    assert amount is not None

    def part(values: Values) -> _Part:
        if when is not None and not when.value(values):
            return _SKIPPED
        exact = amount.value(values)
        if exact is None:
            return _undefined(line)
        units = rounding.amount(exact)
        if not -MAX_UNITS < units < MAX_UNITS:
            return _Part("refused", why=f"The price line {line.key!r} gives an amount that is too large to be right.")
        printed = rounding.printed(units)
        lines = (BreakdownLine(line.key, line.label, printed, "amount"),) if printed else ()
        return _Part("applied", units, lines)

    return _Line(line, _remembered(part, _reads(when, amount)), _reads(when, amount), None)


def _per_value(
    line: PriceLine, model: ProductModel, scope: Scope, when: _Function | None, rounding: _Rounding
) -> _Line:
    option = model.option_by_key.get(line.option or "")
    if option is None:
        raise _unreadable(line, f"there is no option {line.option!r}")
    if option.kind not in {Kind.CHOICE, Kind.MULTI, Kind.BOOLEAN}:
        raise _unreadable(line, f"the option {option.key!r} has no listed values; write a formula as amount")
    key = option.key
    functions: dict[str, _Function] = {}
    for value, text in line.amounts.items():
        function = _function(line, f"amounts/{value}", text, scope, "number")
        assert function is not None
        functions[value] = function
    labels = {value: _label(line, option, value) for value in value_keys(option)}
    every = _reads(when, *functions.values()) | {key}

    def part(values: Values) -> _Part:
        if when is not None and not when.value(values):
            return _SKIPPED
        chosen = _chosen(values.get(key))
        total: Amount = 0
        lines: list[BreakdownLine] = []
        for value in chosen:
            function = functions.get(value)
            if function is None:
                why = f"The price line {line.key!r} has no amount for the value {value!r} of {key!r}."
                return _Part("refused", why=why, value=value)
            exact = function.value(values)
            if exact is None:
                return _undefined(line, value)
            units = rounding.amount(exact)
            if not -MAX_UNITS < units < MAX_UNITS:
                why = f"The price line {line.key!r} gives an amount for {value!r} that is too large to be right."
                return _Part("refused", why=why, value=value)
            total += units
            printed = rounding.printed(units)
            if printed:
                lines.append(BreakdownLine(line.key, labels[value], printed, "value", key, value))
        return _Part("applied", total, tuple(lines)) if chosen else _SKIPPED

    return _Line(line, _remembered(part, every), every, None)


def value_keys(option: Option) -> tuple[str, ...]:
    """Return the keys under which a line gives an amount for each value of `option`."""
    if option.kind is Kind.BOOLEAN:
        return ("true", "false")
    return tuple(value.key for value in option.values)


def _chosen(choice: Choice | None) -> tuple[str, ...]:
    if choice is None:
        return ()
    if isinstance(choice, bool):
        return ("true",) if choice else ("false",)
    return choice if isinstance(choice, tuple) else (str(choice),)


def _label(line: PriceLine, option: Option, value: str) -> Text:
    """Return the line's label with the value's: "Top: Glass"."""
    known = option.value_by_key.get(value)
    return line.label if known is None else joined(line.label, known.label)


def joined(first: Text, second: Text) -> Text:
    """Return "first: second" in every locale that either of them knows."""
    locales = dict.fromkeys(locale for locale, _ in (*first.translations, *second.translations))
    return Text(
        f"{first.default}: {second.default}",
        tuple(sorted((each, f"{first.in_locale(each)}: {second.in_locale(each)}") for each in locales)),
    )


def _reads(*functions: _Function | None) -> frozenset[str]:
    return frozenset[str]().union(*(each.reads for each in functions if each is not None))


def _remembered(part: Callable[[Values], _Part], read: Iterable[str]) -> Callable[[Values], _Part]:
    """Return `part` with a memory for the values of the options it reads; once it is full, it starts again."""
    keys = tuple(sorted(read))
    memory: dict[Any, _Part] = {}  # shared by threads: a lost entry is only computed again
    if not keys:
        constant = part({})
        return lambda values: constant
    if len(keys) == 1:
        only = keys[0]

        def of_one(values: Values) -> _Part:
            value = values.get(only)
            known = memory.get(value)
            if known is None:
                if len(memory) >= _MEMO:
                    memory.clear()
                known = memory[value] = part(values)
            return known

        return of_one

    def of_many(values: Values) -> _Part:
        several = tuple([values.get(key) for key in keys])
        known = memory.get(several)
        if known is None:
            if len(memory) >= _MEMO:
                memory.clear()
            known = memory[several] = part(values)
        return known

    return of_many
