"""What a product costs as it is configured: price lines in, a breakdown whose lines sum to the
total out.

`compile_prices` reads the price lines of a model once for one price list; `price` answers for one
set of values, and `difference` tells what other values would change without pricing everything
again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any, Literal

from catalog.product_model import Choice, PriceLine, Text
from pricing.in_force import TAX_STATUSES, Because, TaxFrom
from pricing.lines import (
    MAX_UNITS,
    MOST_REMEMBERED,
    ONE,
    SKIPPED,
    Item,
    Line,
    Part,
    Pieces,
    Prices,
    chosen_values,
    compile_prices,
    is_floor,
    joined,
    line_classes,
    lines_in,
)
from pricing.money import formatted, in_parts_of, in_units, plain, smallest_unit, whole
from pricing.price_forms import (
    Bound,
    PriceRefused,
    PriceTooLarge,
    constant_number,
    form_of,
    value_keys,
)
from pricing.price_list import PriceList, TaxPart, Terms
from pricing.rounding import Amount
from pricing.tax_shares import (
    PRODUCTS,
    ByClass,
    net_share,
    rounded_to,
    spread,
    tax_class_of,
)
from pricing.taxes import TaxAmount, TaxClass, Taxed, tax_amounts, tax_json

__all__ = (
    "Breakdown",
    "BreakdownLine",
    "Differences",
    "PriceRefused",
    "Prices",
    "breakdown_json",
    "charged",
    "chosen_values",
    "compile_prices",
    "difference",
    "joined",
    "line_classes",
    "lines_in",
    "price",
    "priced_later",
    "total_of_one",
    "value_keys",
)

type Values = Mapping[str, Choice]
type LineKind = Literal[
    "amount",
    "value",
    "material",
    "percent",
    "minimum",
    "maximum",
    "least",
    "rounding",
    "override",
    "not_charged",
]

MAX_QUANTITY = 1_000_000
# What a percentage comes to is another sum for almost every choice: only the latest are asked for
# again.
MOST_BOUNDED = 64


@dataclass(frozen=True, slots=True)
class BreakdownLine:
    """One amount with its reason, rounded. `key` is that of the price line; `option` and `value`
    say what it is for.

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

    `order_quantity` is how many pieces the whole order has, `quantity` where nobody said more.
    `lines` sum to `unit_total` exactly and `order_lines`, which count once for the whole order, to
    `order_total`; `total` is unit_total times `quantity` plus order_total. All are net or gross as
    the amounts of the list are (`amounts_are`). `net` + `tax` + `paid_rounding` = `gross` for the
    whole quantity; where the tax is not known (`tax_known` False) it is None, and so is whichever
    of net and gross depends on it. `gross` is what is paid: `paid_rounding` is what the list adds
    to round that, apart from all amounts. `taxes` are what the tax is made of. `shown`, and
    `unit_shown` for one piece without the order's lines, is what a shopper sees first: net or gross
    as `shows` says. `open` names the options without value that lines still wait for: until they
    are decided the total is the price so far, and the least there will be unless it `may_fall`.

    `cost` is what everything costs the merchant and `margin` what is left of the net price; None
    where a line's cost, or the net price, is not known. `because` tells why this list was chosen,
    `tax_from` where the tax is from.
    """

    price_list: str
    currency: str
    lines: tuple[BreakdownLine, ...]
    unit_total: Decimal
    quantity: int
    order_quantity: int
    order_lines: tuple[BreakdownLine, ...]
    order_total: Decimal
    total: Decimal
    amounts_are: Terms
    net: Decimal | None
    tax: Decimal | None
    gross: Decimal | None
    tax_rate: Decimal | None
    tax_label: Text | None
    taxes: tuple[TaxAmount, ...]
    tax_known: bool
    tax_from: TaxFrom
    shows: Terms
    shown: Decimal
    unit_shown: Decimal
    open: tuple[str, ...]
    cost: Decimal | None
    margin: Decimal | None
    because: Because
    paid_rounding: Decimal
    known: "Known" = field(repr=False, compare=False)
    may_fall: bool = False

    @property
    def listed_total(self) -> Decimal:
        """The total as the list has it, with the tax in it that this buyer does not pay."""
        return self.total - sum(
            (line.amount for line in self.order_lines if line.kind == "not_charged"), Decimal(0)
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What `difference` reuses of a breakdown: what each line came to, and the amount that is
    shown.

    `by_move` tells that a difference can be told from the lines that move. Amounts are in smallest
    units.
    """

    sums: "Sums"
    pieces: Pieces
    shown: Amount
    waiting: frozenset[str]
    by_move: bool


@dataclass(frozen=True, slots=True)
class Sums:
    """What all lines come to, with the total of one piece and of what counts once, in smallest
    units.

    `parts` holds what each line gives, then the least price where the list has one, then what
    rounding adds for a piece and for the whole order; `prices.wholes` tells which count once.
    `befores` is what the lines come to that a percentage, minimum or maximum is of; `floors` what
    minima of all lines before them ask for. `exact_piece` and `exact_order` are the totals before
    rounding, `applied` counts the lines that apply.
    """

    parts: tuple[Part, ...]
    befores: Mapping[int, Amount]
    floors: Mapping[int, Amount]
    piece: Amount
    order: Amount
    exact_piece: Amount
    exact_order: Amount
    applied: int
    unsettled: frozenset[str]
    base: "Sums | None"


def price(
    prices: Prices,
    values: Values,
    quantity: int = 1,
    undecided: Collection[str] = (),
    needed: Collection[str] = (),
    order_quantity: int | None = None,
) -> Breakdown:
    """Return the breakdown of `quantity` pieces with `values`.

    Where these are a part of an order, `order_quantity` says how many pieces all its configurations
    of the product have together, these among them: breaks and tiers are those of the order, and of
    whole units a share is charged.

    `undecided` are the options that take part and have no value yet, `needed` those that have to be
    answered though they are not required, and multi-choices that need more than they have. A line
    that cannot be computed because it reads a required or needed one of them waits, and `open`
    names the option. Any other missing or undefined amount refuses with PriceRefused, and so does a
    total below zero, a price without any line, a quantity below 1 or above a million.
    """
    if prices.refusal is not None:
        raise prices.refusal
    if isinstance(quantity, bool) or not 1 <= quantity <= MAX_QUANTITY:
        raise PriceRefused(
            f"The quantity must be a whole number from 1 to {MAX_QUANTITY:,}.", quantity=quantity
        )
    pieces = ONE if quantity == 1 else Pieces(quantity, quantity)
    if order_quantity is not None and order_quantity != quantity:
        pieces = Pieces(quantity, order_quantity)
    if isinstance(order_quantity, bool) or not quantity <= pieces.order <= MAX_QUANTITY:
        raise PriceRefused(
            f"The whole order has from {quantity:,} pieces, those that are priced here, to {MAX_QUANTITY:,}.",
            quantity=quantity,
        )
    waiting = _waiting(prices, values, undecided, needed)
    prices = prices.of(quantity)
    sums = summed(prices, values, pieces, waiting)
    total = _total(prices, sums.piece, sums.order, quantity)
    price_list, places = prices.price_list, prices.places
    lines = _printed(prices, sums, False)
    order_lines = _printed(prices, sums, True)
    taxed = taxed_parts(prices, sums, quantity, total)
    if prices.terms.tax_status is not None and taxed is not None:
        held = tax_in(taxed)
        total -= int(held)
        order_lines += _not_charged(prices, held)
        taxed = untaxed(prices, total)
    tax = None if taxed is None else tax_in(taxed)
    net = total if price_list.amounts_are == "net" else None if tax is None else total - tax
    exact_gross = (
        total if price_list.amounts_are == "gross" else None if tax is None else total + tax
    )
    gross = None if exact_gross is None else paid(price_list, exact_gross)
    shown = _shown(prices, total, tax, True)
    unit = sums.piece
    is_all = quantity == 1 and not sums.order and not order_lines
    unit_taxed = taxed if is_all else taxed_parts(prices, sums, 1, unit, pieces_only=True)
    unit_tax = None if unit_taxed is None else tax_in(unit_taxed)
    if prices.terms.tax_status is not None and unit_tax is not None:
        unit, unit_tax = unit - unit_tax, 0
    cost = _cost(prices, sums, quantity)
    rate, label = (price_list.tax_rate, price_list.tax_label) if taxed is None else told_rate(taxed)

    def told(units: Amount | None) -> Decimal | None:
        return None if units is None else in_parts_of(units, places)

    return Breakdown(
        price_list=price_list.key,
        currency=price_list.currency,
        lines=lines,
        unit_total=in_parts_of(sums.piece, places),
        quantity=quantity,
        order_quantity=pieces.order,
        order_lines=order_lines,
        order_total=in_parts_of(total - sums.piece * quantity, places),
        total=in_units(total, places),
        amounts_are=price_list.amounts_are,
        net=told(net),
        tax=told(tax),
        gross=told(gross),
        tax_rate=rate,
        tax_label=label,
        taxes=() if taxed is None else tax_amounts(taxed, places),
        tax_known=tax is not None,
        tax_from=prices.terms.tax_from,
        shows=price_list.amounts_are if tax is None else price_list.shows,
        shown=in_parts_of(shown, places),
        unit_shown=in_parts_of(_shown(prices, unit, unit_tax), places),
        open=tuple(option.key for option in prices.model.options if option.key in sums.unsettled)
        if sums.unsettled
        else (),
        cost=told(cost),
        margin=told(None if cost is None or net is None else net - cost),
        because=prices.terms.because,
        paid_rounding=in_parts_of(
            0 if gross is None or exact_gross is None else gross - exact_gross, places
        ),
        known=Known(sums, pieces, shown, waiting, prices.tells_moves),
    )


def total_of_one(prices: Prices, values: Values, is_greatest: bool = False) -> int:
    """Return the total of one piece with what counts once, in smallest units, also where `price`
    would refuse it.

    Where more pieces may come to less it is the least total of so many pieces as a break begins at,
    or of very many; with `is_greatest` it is the greater of the piece's and of what counts once.
    Refuses with PriceRefused what has no amount.
    """
    if prices.refusal is not None:
        raise prices.refusal
    sums = summed(prices, values, ONE, frozenset())
    if is_greatest:
        return int(max(sums.piece, sums.order))
    least = int(sums.piece + sums.order)
    if prices.has_wholes:
        starts = {each.pieces for line in prices.lines for each in line.line.breaks}
        for quantity in sorted({*starts, *(start - 1 for start in starts if start > 2), _MANY}):
            more = summed(prices.of(quantity), values, Pieces(quantity, quantity), frozenset())
            least = min(least, int(more.piece * quantity + more.order))
    return least


# So many pieces that what counts once makes up for no piece below zero.
_MANY = 10_000


def difference(
    prices: Prices,
    breakdown: Breakdown,
    values: Values,
    changed: Collection[str],
    undecided: Collection[str] | None = None,
    needed: Collection[str] = (),
) -> Decimal | None:
    """Return the `shown` total that `values` would have minus that of `breakdown`; None if they
    would have no price.

    It is that of all pieces together, as the total is. `changed` names the options whose value
    differs between the two; only lines that read one of them are computed again, and what is of
    these. `undecided` and `needed` are as in `price`; by default those of `breakdown` that still
    have no value. What `price` would refuse has no difference.
    """
    known = breakdown.known
    if not known.sums.unsettled and prices.moving.keys().isdisjoint(changed):
        return in_units(0, prices.places)
    if undecided is None:
        waiting = known.waiting.difference(values) if known.waiting else known.waiting
    else:
        waiting = _waiting(prices, values, undecided, needed)
    quantity, pieces = breakdown.quantity, known.pieces
    if quantity != 1:
        prices = prices.of(quantity)
    try:
        moved = (
            _moved(prices, known.sums, values, pieces, changed, waiting) if known.by_move else None
        )
        if moved is not None:
            piece, order = moved
            total = _total(prices, piece, order, quantity)
            tax = None if prices.shows_totals_as_they_are else _tax_of_all(prices, total)
        else:
            sums = summed(prices, values, pieces, waiting)
            total = _total(prices, sums.piece, sums.order, quantity)
            taxed = taxed_parts(prices, sums, quantity, total)
            tax = None if taxed is None else tax_in(taxed)
    except PriceRefused:
        return None
    return _told_difference(prices, breakdown, total, tax)


type _Mover = tuple[int, Line, Part, bool, frozenset[int] | None]
"""A line that an option moves: its place, itself, what it comes to now, whether it counts once, and
which of the lines that move it is of; None where it moves by itself.
"""


class Differences:
    """The differences that other values make to one breakdown: what they all start from is looked
    up once.

    Most values move lines that wait for nothing. Then the totals move by what these lines move, and
    values that move them alike make one difference.
    """

    def __init__(self, prices: Prices, breakdown: Breakdown) -> None:
        known = breakdown.known
        self._listed, self._breakdown = prices, breakdown
        self._prices = prices.of(breakdown.quantity)
        self._pieces = known.pieces
        self._is_plain = known.by_move and not (
            known.waiting or known.sums.unsettled or self._prices.base is not None
        )
        self._moving: dict[str, tuple[_Mover, ...]] = {}
        self._by_totals: dict[tuple[Amount, Amount], Decimal | None] = {}

    def of(
        self,
        values: Values,
        changed: Collection[str],
        undecided: Collection[str],
        needed: Collection[str],
    ) -> Decimal | None:
        """Return what `difference` does."""
        if (
            self._is_plain
            and len(changed) == 1
            and not ((undecided or needed) and _waiting(self._prices, values, undecided, needed))
        ):
            (option,) = changed
            moving = self._moving[option] if option in self._moving else self._movers(option)
            return self._of_moving(moving, values)
        return difference(self._listed, self._breakdown, values, changed, undecided, needed)

    def _movers(self, option: str) -> tuple[_Mover, ...]:
        """Return the lines that `option` moves, in order, with what they come to now."""
        prices, parts = self._prices, self._breakdown.known.sums.parts
        places = prices.moving.get(option, ())
        lines = [(place, prices.lines[place]) for place in places]
        self._moving[option] = movers = tuple(
            (
                place,
                line,
                parts[place],
                prices.wholes[place],
                # One that reads the option moves by itself.
                None if line.of is None or option in line.reads else line.of.intersection(places),
            )
            for place, line in lines
        )
        return movers

    def _of_moving(self, moving: Sequence[_Mover], values: Values) -> Decimal | None:
        sums, prices, pieces = self._breakdown.known.sums, self._prices, self._pieces
        applied, piece, order = sums.applied, sums.exact_piece, sums.exact_order
        found: dict[int, Amount] = {}
        for place, line, was, is_whole, of in moving:
            if of is not None and of.isdisjoint(found):
                continue
            now = line.part(values, pieces)
            if now is was:
                continue
            amount = now.amount
            if now.state != "applied":
                if now.state != "skipped":
                    return None
                now, amount = SKIPPED, 0
                if was is now:
                    continue
            elif line.of is not None:
                before = _moved_before(prices, place, found, sums, pieces.count)
                amount, now = _bound_amount(prices, line, now, before), _BOUND
            applied += now.counts - was.counts
            found[place] = delta = amount - was.amount
            if is_whole:
                order += delta
            else:
                piece += delta
        if not applied:
            return None
        totals = (piece, order)
        if totals not in self._by_totals:
            self._by_totals[totals] = self._of_totals(piece, order)
        return self._by_totals[totals]

    def _of_totals(self, piece: Amount, order: Amount) -> Decimal | None:
        quantity = self._breakdown.quantity
        try:
            total = _total(self._prices, *_totals(self._prices, piece, order, quantity), quantity)
        except PriceRefused:
            return None
        return _told_difference(
            self._prices, self._breakdown, total, _tax_of_all(self._prices, total)
        )


def _told_difference(
    prices: Prices, breakdown: Breakdown, total: int, tax: Amount | None
) -> Decimal:
    """Return what is shown of a total with its tax, minus what is shown of `breakdown`."""
    if prices.terms.tax_status is not None and tax is not None:
        total, tax = total - int(tax), 0
    units = _shown(prices, total, tax, True) - breakdown.known.shown
    # Nearly always whole units, of each value at each click.
    return (
        in_units(units, prices.places) if type(units) is int else in_parts_of(units, prices.places)
    )


def _waiting(
    prices: Prices, values: Values, undecided: Collection[str], needed: Collection[str]
) -> frozenset[str]:
    """Return the options that lines wait for: without value, or a multi-choice that needs more than
    it has.
    """
    if not undecided and not needed:
        return _NOBODY
    return prices.required.intersection(undecided).difference(values).union(needed)


def priced_later(
    prices: Prices,
    breakdown: Breakdown,
    values: Values,
    changed: Collection[str],
    undecided: Collection[str],
    needed: Collection[str] = (),
) -> frozenset[str]:
    """Return the options whose answers decide what `values` cost more or less than `breakdown`;
    none where it is known.

    Arguments are as in `difference`. Lines that wait both before and after, and read nothing that
    differs, cost the same either way; but where a greatest price, a least one that they may fall
    below, or a rounding of the total stands above them, nobody knows. What a line waits for that
    nobody is asked any more decides it, too: what it would have come to falls away.
    """
    waiting = _waiting(prices, values, undecided, needed)
    known = breakdown.known
    if not waiting and not known.waiting:
        return _NOBODY
    prices = prices.of(breakdown.quantity)
    # To answer some of an open question, such as one value of a multi-choice, moves what is shown
    # by what it costs.
    answering = prices.multis.intersection(changed).intersection(known.waiting)
    gone = known.waiting.difference(waiting, values)
    later = _Later(
        values,
        known.pieces,
        waiting,
        answering,
        waiting.difference(known.waiting).union(changed),
        gone,
        waiting | known.waiting,
    )
    found = later.of(prices, known.sums).found
    below: Prices | None = prices
    while below is not None and _is_sum(below):
        below = below.base
    return found if below is None else found | (known.sums.unsettled & waiting)


@dataclass(frozen=True, slots=True)
class _Moving:
    """Of one list: the lines that move, for what each of them waits, and what decides the
    difference.
    """

    touched: set[int]
    waits: dict[int, frozenset[str]]
    found: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Later:
    """What is open about a difference: options that are waited for, that differ, and that nobody
    asks any more.

    Of `answering`, multi-choices that were open and have an answer more, lines with an amount wait
    no longer. What is `open` was waited for before, or is now.
    """

    values: Values
    pieces: Pieces
    waiting: frozenset[str]
    answering: frozenset[str]
    differing: frozenset[str]
    gone: frozenset[str]
    open: frozenset[str]

    def of(self, prices: Prices, sums: Sums) -> _Moving:
        """Return what moves and what waits in a list, and in those it is made from."""
        touched: set[int] = set()
        waits: dict[int, frozenset[str]] = {}
        found = _NOBODY
        is_coarse = _is_coarse(prices.price_list)
        if prices.base is not None and sums.base is not None:
            below = self.of(prices.base, sums.base)
            found = below.found
            touched = {prices.above[index] for index in below.touched if index in prices.above}
            waits = {
                prices.above[index]: each
                for index, each in below.waits.items()
                if index in prices.above
            }
            if is_coarse:
                found = found.union(*(waits[index] for index in touched if index in waits))
        readers = prices.readers
        touched.update(index for option in self.differing for index in readers.get(option, ()))
        own = {
            index: each
            for index in {index for option in self.waiting for index in readers.get(option, ())}
            if (each := self._waits(prices.lines[index]))
        }
        found = found.union(*(each for index, each in own.items() if index in touched))
        found |= {
            option
            for option in self.gone
            if any(sums.parts[index].state != "applied" for index in readers.get(option, ()))
        }
        waits |= own
        for index in prices.bounds:
            of = prices.lines[index].of or frozenset()
            is_own, is_moved = index in touched, not of.isdisjoint(touched)
            below_it = frozenset[str]().union(*(waits[each] for each in of if each in waits))
            if below_it and (is_own or is_moved) and prices.lines[index].form != "percent":
                # Whether what stands between the sum and its bound gives way depends on all of the
                # sum.
                if not is_own and self._gives_way(prices, sums, index):
                    continue
                found |= below_it
            elif is_own or (is_moved and is_coarse):
                # What rounding makes of both together is not what it makes of each.
                found |= below_it
            if is_own or is_moved:
                found |= own.get(index, _NOBODY)
                touched.add(index)
            if below_it:
                waits[index] = waits.get(index, _NOBODY) | below_it
        return _Moving(touched, waits, found)

    def _gives_way(self, prices: Prices, sums: Sums, index: int) -> bool:
        """Tell whether a minimum adds nothing, whatever is answered: what is known already comes to
        as much.

        So it is where that holds before and after, and what is open adds to it.
        """
        line = prices.lines[index]
        if line.form != "minimum" or prices.base is not None or not prices.rounding.by_line:
            return False
        if not line.reads.isdisjoint(self.open):
            return False
        least = line.part(self.values, self.pieces)
        if least.state != "applied":
            return least.state == "skipped"
        open_lines = {each for option in self.open for each in prices.readers.get(option, ())}
        open_lines |= {
            each for each in range(index) if not self.open.isdisjoint(prices.lines[each].awaits)
        }
        for each in prices.bounds:
            if not open_lines.isdisjoint(prices.lines[each].of or ()):
                open_lines.add(each)
        if not all(
            _only_adds(prices.lines[each]) for each in open_lines.intersection(line.of or ())
        ):
            return False
        try:
            after = summed(prices, self.values, self.pieces, self.waiting).parts
        except PriceRefused:
            return False
        return all(
            amount_before(
                prices,
                line,
                [SKIPPED if each in open_lines else part for each, part in enumerate(parts)],
                self.pieces.count,
            )
            >= least.amount
            for parts in (sums.parts, after)
        )

    def _waits(self, line: Line) -> frozenset[str]:
        return self.waiting.intersection(line.reads | line.awaits).difference(self.answering)


def _only_adds(line: Line) -> bool:
    """Tell whether a line comes to nothing or more, whatever is chosen, by the plain numbers it
    says.
    """
    if line.form == "minimum":
        return True
    if not line.has_cost or line.below is not None:
        return False
    form, breaks = form_of(line.line), line.line.breaks
    assert not isinstance(form, Bound)
    numbers = [
        *form.plain_numbers,
        *(constant_number(each.amount) for each in breaks if each.amount is not None),
    ]
    percents = [constant_number(each.percent) for each in breaks if each.percent is not None]
    return all(each is not None and each >= 0 for each in numbers) and all(
        each is not None and each >= -100 for each in percents
    )


def _is_sum(prices: Prices) -> bool:
    """Tell whether a total moves by what its lines move: no least price over all, no coarse
    rounding of it.
    """
    price_list = prices.price_list
    has_bounds = any(prices.lines[index].form != "percent" for index in prices.bounds)
    return (
        price_list.least_over_cost is None
        and price_list.paid_step is None
        and not (price_list.rounding_of == "total" and (has_bounds or _is_coarse(price_list)))
    )


def _is_coarse(price_list: PriceList) -> bool:
    return (
        price_list.increment > smallest_unit(price_list.currency)
        or price_list.rounding_ending is not None
    )


def breakdown_json(
    breakdown: Breakdown, locale: str | None = None, costs: bool = False
) -> dict[str, Any]:
    """Return `breakdown` as plain JSON values: amounts as decimal strings ("486.00"), texts in
    `locale`.

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
        "order_lines": [
            _line_json(line, currency, locale, costs) for line in breakdown.order_lines
        ],
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
        "taxes": [tax_json(each, currency, locale) for each in breakdown.taxes],
        "shows": breakdown.shows,
        "shown": told(breakdown.shown),
        "unit_shown": told(breakdown.unit_shown),
        "shown_text": _shown_text(breakdown, locale),
        "open": list(breakdown.open),
        "may_fall": breakdown.may_fall,
    }
    if breakdown.order_quantity != breakdown.quantity:
        document["order_quantity"] = breakdown.order_quantity
    if breakdown.paid_rounding:
        document["paid_rounding"] = told(breakdown.paid_rounding)
    if costs:
        document |= {"cost": told(breakdown.cost), "margin": told(breakdown.margin)}
    return document


_FROM = Text("from {}", (("de", "ab {}"), ("fr", "dès {}")))
_SO_FAR = Text("{} so far", (("de", "bisher {}"), ("fr", "{} pour l’instant")))


def _shown_text(breakdown: Breakdown, locale: str | None) -> str:
    """Return what a shopper reads first; a price that lacks a part is the least there will be, or
    the one so far.
    """
    text = formatted(breakdown.shown, breakdown.currency, locale)
    if not breakdown.open:
        return text
    return (_SO_FAR if breakdown.may_fall else _FROM).in_locale(locale).format(text)


def _line_json(
    line: BreakdownLine, currency: str, locale: str | None, costs: bool
) -> dict[str, Any]:
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


# ---- lines to sums -------------------------------------------------------------------------------

_NOBODY: frozenset[str] = frozenset()


def summed(prices: Prices, values: Values, pieces: Pieces, waiting: frozenset[str]) -> Sums:
    """Return what the lines come to, in smallest units; refuses with PriceRefused what has no
    amount.
    """
    quantity = pieces.count
    base = summed(prices.base, values, pieces, waiting) if prices.base is not None else None
    unsettled = base.unsettled if base is not None else _NOBODY
    lines, wholes, of_others = prices.lines, prices.wholes, prices.of_others
    parts = [line.part(values, pieces) for line in lines]
    befores: dict[int, Amount] = {}
    floors: dict[int, Amount] = {}
    for index in range(len(parts)) if waiting else _to_settle(parts, of_others):
        line, part = lines[index], parts[index]
        if line.of is not None:
            befores[index] = amount_before(prices, line, parts, quantity)
        if waiting and (
            waits := waiting & (line.awaits if part.state == "applied" else line.reads)
        ):
            unsettled |= waits
            parts[index] = SKIPPED
            continue
        if waiting:
            # What can be computed without an answer counts, such as what a multi-choice has so far;
            # it is not all yet.
            unsettled |= waiting & line.reads
        if part.state != "applied":
            if part.state != "skipped":
                raise _refused(prices, line.line, part)
            parts[index] = SKIPPED
        elif line.of is not None:
            if is_floor(line):
                floors[index] = part.amount
            parts[index] = _bound(prices, line, part, befores[index])
        elif line.below is not None:
            assert base is not None
            if line.below in base.floors and not line.takes_costs:
                floors[index] = base.floors[line.below] * prices.factor
            parts[index] = _derived(prices, index, line, part, base.parts[line.below])
    applied = sum([part.counts for part in parts])
    exact_piece: Amount = sum([part.amount for part in parts])
    exact_order: Amount = 0
    if prices.has_wholes:
        exact_piece = sum([part.amount for place, part in enumerate(parts) if not wholes[place]])
        exact_order = sum([part.amount for place, part in enumerate(parts) if wholes[place]])
    if not applied and not unsettled:
        raise _nothing_applies(prices)
    if prices.price_list.least_over_cost is None:
        return _summed(
            prices,
            parts,
            befores,
            floors,
            exact_piece,
            exact_order,
            applied,
            unsettled,
            base,
            quantity,
        )
    least = _least_net(prices, parts, quantity)
    lacks = 0 if prices.has_wholes else _lacking(prices, parts, exact_piece, least / quantity, base)
    once: Amount = 0

    def raised(lacks: Amount, once: Amount) -> Sums:
        ends = [*parts, _lone(lacks, bool(lacks)), _lone(once, bool(once))]
        piece, order = exact_piece + lacks, exact_order + once
        return _summed(
            prices, ends, befores, floors, piece, order, applied, unsettled, base, quantity
        )

    for _ in range(_MOST_RAISES):
        sums = raised(lacks, once)
        short = least - _net(prices, sums, quantity)
        if short <= 0:
            break
        lack = _gross_of(prices, sums, quantity, short)
        wanted = exact_order + once + (lack if lack > 1 else 1)
        once = prices.order_rounding.not_below(wanted) - exact_order
    if prices.price_list.amounts_are == "gross":
        # The tax in a gross price is rounded, so that a step less may still leave the least net
        # price.
        step = prices.order_rounding.increment
        for _ in range(_MOST_RAISES):
            less, less_once = (lacks, once - step) if once else (lacks - step, once)
            if less < 0 or less_once < 0:
                break
            lower = raised(less, less_once)
            is_same = (lower.piece, lower.order) == (sums.piece, sums.order)
            if is_same or _net(prices, lower, quantity) < least:
                break
            sums, lacks, once = lower, less, less_once
    return sums


def _to_settle(parts: Sequence[Part], of_others: Sequence[bool]) -> list[int]:
    """Return the places of lines whose part is not yet what they come to: they are of others, or do
    not apply.
    """
    return [
        place
        for place, (part, is_of_others) in enumerate(zip(parts, of_others, strict=True))
        if is_of_others or part.state != "applied"
    ]


# So often a total is raised until it is at least what it has to be; each time it lacks a rounding
# more at most.
_MOST_RAISES = 20


def _summed(
    prices: Prices,
    parts: list[Part],
    befores: Mapping[int, Amount],
    floors: Mapping[int, Amount],
    exact_piece: Amount,
    exact_order: Amount,
    applied: int,
    unsettled: frozenset[str],
    base: Sums | None,
    quantity: int,
) -> Sums:
    """Return the sums of `parts`, rounded, with what that adds behind them."""
    lowest = _lowest(prices, parts, floors, exact_piece, exact_order, quantity)
    piece, order = _totals(prices, exact_piece, exact_order, quantity, *lowest)
    rounding = (_lone(piece - exact_piece, False), _lone(order - exact_order, False))
    return Sums(
        (*parts, *rounding),
        befores,
        floors,
        piece,
        order,
        exact_piece,
        exact_order,
        applied,
        unsettled,
        base,
    )


def _lowest(
    prices: Prices,
    parts: Sequence[Part],
    floors: Mapping[int, Amount],
    exact_piece: Amount,
    exact_order: Amount,
    quantity: int,
) -> tuple[Amount | None, Amount | None]:
    """Return what rounding may not go below: of a piece, and of the whole order; None where there
    is no floor.

    Each minimum of all lines before it is one, with what the lines behind it come to.
    """
    if prices.rounding.by_line or not floors:
        return None, None
    wholes = prices.wholes
    total = exact_piece * quantity + exact_order
    of_piece: list[Amount] = []
    of_order: list[Amount] = []
    for index, floor in floors.items():
        behind = [(part.amount, wholes[at]) for at, part in enumerate(parts) if at > index]
        if wholes[index]:
            floor += sum(amount * (1 if is_whole else quantity) for amount, is_whole in behind)
            of_order.append(min(floor, total))
        else:
            of_piece.append(
                min(floor + sum(amount for amount, is_whole in behind if not is_whole), exact_piece)
            )
    if of_piece and prices.rounding.is_kept(exact_piece, prices.is_fine):
        # Parts of a unit are kept of the piece, so that only what is paid for all of them could
        # fall short.
        of_order.append(min(max(of_piece) * quantity + exact_order, total))
        of_piece = []
    return max(of_piece, default=None), max(of_order, default=None)


def _totals(
    prices: Prices,
    exact_piece: Amount,
    exact_order: Amount,
    quantity: int,
    lowest_piece: Amount | None = None,
    lowest_order: Amount | None = None,
) -> tuple[Amount, Amount]:
    """Return what a piece and what counts once come to, rounded; where a piece keeps parts of a
    unit, these round it.

    The whole order is always a whole number of smallest units. Neither is rounded below the lowest
    it may come to.
    """
    if prices.rounding.by_line and type(exact_piece) is int and type(exact_order) is int:
        # Without a floor: a list that rounds each line has none.
        return exact_piece, exact_order
    piece = prices.rounding.total(exact_piece, prices.is_fine)
    if lowest_piece is not None and piece < lowest_piece:
        piece = _not_below(prices, lowest_piece)
    order = prices.order_rounding.total(exact_order)
    if not isinstance(piece, int) or not isinstance(order, int):
        order = prices.order_rounding.paid(piece * quantity + order) - piece * quantity
    if lowest_order is not None and piece * quantity + order < lowest_order:
        wanted = lowest_order - piece * quantity
        whole_wanted = ceil(lowest_order) - piece * quantity
        order = _not_below(prices, wanted) if isinstance(piece, int) else whole_wanted
    return piece, order


def _not_below(prices: Prices, wanted: Amount) -> Amount:
    """Return the least amount, rounded as the list rounds, that is not below `wanted`."""
    return prices.order_rounding.at_least(wanted) if wanted > 0 else ceil(wanted)


def _moved(
    prices: Prices,
    sums: Sums,
    values: Values,
    pieces: Pieces,
    changed: Collection[str],
    waiting: frozenset[str],
    made: dict[int, Part] | None = None,
) -> tuple[Amount, Amount] | None:
    """Return the totals of one piece and of what counts once with other `values`; None where all
    has to be added up.

    The parts that moved are put into `made`, for a list that is made from this one. Refuses as
    `summed` does.
    """
    quantity = pieces.count
    if sums.unsettled and not sums.unsettled <= waiting.union(changed):
        return None
    below: dict[int, Part] = {}
    if (
        prices.base is not None
        and sums.base is not None
        and _moved(prices.base, sums.base, values, pieces, changed, waiting, below) is None
    ):
        return None
    lines, before, wholes = prices.lines, sums.parts, prices.wholes
    by_option = prices.moving
    # In order: a line that is of others comes behind them.
    moving: Sequence[int] = (
        by_option.get(next(iter(changed)), ())
        if len(changed) == 1
        else sorted({index for option in changed for index in by_option.get(option, ())})
    )
    found: dict[int, Amount] = {}
    is_unsettled, is_waiting = bool(sums.unsettled), bool(waiting)
    applied, piece, order = sums.applied, sums.exact_piece, sums.exact_order
    for index in moving:
        line, was = lines[index], before[index]
        of = line.of
        if of is not None and of.isdisjoint(found) and line.reads.isdisjoint(changed):
            continue
        now = line.part(values, pieces)
        amount = now.amount
        waits = False
        if is_waiting:
            waits = not waiting.isdisjoint(line.awaits if now.state == "applied" else line.reads)
        if waits or now.state != "applied":
            if waits:
                is_unsettled = True
            elif now.state != "skipped":
                raise _refused(prices, line.line, now)
            now, amount = SKIPPED, 0
        elif of is not None:
            amount = _bound_amount(
                prices, line, now, _moved_before(prices, index, found, sums, quantity)
            )
            now = _BOUND if made is None else _lone(amount, True)
        elif line.below is not None:
            assert sums.base is not None
            at = line.below
            now = _derived(
                prices, index, line, now, below[at] if at in below else sums.base.parts[at]
            )
            amount = now.amount
        if now is was:
            continue
        applied += now.counts - was.counts
        delta = amount - was.amount
        if made is not None:
            made[index] = now
        found[index] = delta
        if wholes[index]:
            order += delta
        else:
            piece += delta
    if not applied:
        if is_unsettled:
            return None
        raise _nothing_applies(prices)
    if not found:
        return sums.piece, sums.order
    total_piece, total_order = piece, order
    # Most lists round each line, and this is asked of each value at each click.
    if not prices.rounding.by_line or type(piece) is not int or type(order) is not int:
        total_piece, total_order = _totals(prices, piece, order, quantity)
    if made is not None:
        made[len(lines)] = _lone(total_piece - piece, False)
        made[len(lines) + 1] = _lone(total_order - order, False)
    return total_piece, total_order


# What a percentage, minimum or maximum is where only its amount is asked for.
_BOUND = Part("applied", counts=True)


def _moved_before(
    prices: Prices, index: int, found: Mapping[int, Amount], sums: Sums, quantity: int
) -> Amount:
    """Return what the lines come to that a line is of, from what they came to and by how much which
    have moved.
    """
    line, wholes = prices.lines[index], prices.wholes
    assert line.of is not None
    before = sums.befores[index]
    for other, delta in found.items():
        if other in line.of:
            if line.is_whole:
                before += delta * (1 if wholes[other] else quantity)
            elif not wholes[other]:
                before += delta
    return before


def _lone(amount: Amount, counts: bool) -> Part:
    """Return the part of a line that gives one amount, and costs nothing."""
    return Part("applied", amount, (Item(None, amount, None),), counts=counts)


def _bound(prices: Prices, line: Line, part: Part, before: Amount) -> Part:
    """Return what a percentage, minimum or maximum of `before` is as a line; the same part where it
    is asked again.
    """
    known = line.bounded.get((part, before))
    if known is None:
        if len(line.bounded) >= MOST_BOUNDED:
            line.bounded.clear()
        known = line.bounded[part, before] = _lone(_bound_amount(prices, line, part, before), True)
    return known


def _bound_amount(prices: Prices, line: Line, part: Part, before: Amount) -> Amount:
    """Return what a percentage, minimum or maximum of `before` comes to."""
    if line.form == "percent":
        above, below = (before * part.amount).as_integer_ratio()
        rounding = prices.order_rounding if line.is_whole else prices.rounding
        return rounding.amount_of_ratio(above, below * 100)
    lacks = part.amount - before
    return max(lacks, 0) if line.form == "minimum" else min(lacks, 0)


def amount_before(prices: Prices, line: Line, parts: Sequence[Part], quantity: int) -> Amount:
    """Return what the lines that `line` is of come to: for one piece, or for the whole order if it
    counts once.
    """
    before: Amount = 0
    for index in line.of or ():
        if line.is_whole:
            before += parts[index].amount * (1 if prices.wholes[index] else quantity)
        elif not prices.wholes[index]:
            before += parts[index].amount
    return before


def _derived(prices: Prices, index: int, line: Line, own: Part, below: Part) -> Part:
    """Return a line of the list below, made an amount of this list; amounts that are kept here
    stand instead.
    """
    if not prices.is_kept[index]:
        return _made(prices, line, own, below)
    known = line.made.get((below, own))
    if known is None:
        if len(line.made) >= MOST_REMEMBERED:
            line.made.clear()
        known = line.made[below, own] = _made(prices, line, own, below)
    return known


def _made(prices: Prices, line: Line, own: Part, below: Part) -> Part:
    if line.takes_costs and not line.has_cost:
        return SKIPPED
    instead = {item.value: item.amount for item in own.items}
    assert prices.base is not None and line.below is not None
    rounding = prices.order_rounding if prices.base.wholes[line.below] else prices.rounding
    items = []
    total: Amount = 0
    for item in below.items:
        cost = None if item.cost is None else item.cost * prices.conversion
        amount: Amount
        if item.value in instead:
            amount = instead[item.value]
        elif line.takes_costs:
            if item.cost is None:
                raise _no_cost(prices, line, item.value)
            amount = rounding.amount_of_units(
                item.cost * prices.cost_factor_of(line.line), line.is_fine
            )
        else:
            amount = rounding.amount_of_units(item.amount * prices.factor, line.is_fine)
        total += amount
        items.append(Item(item.value, amount, cost))
    spent = (
        below.cost if not line.has_cost or below.cost is None else below.cost * prices.conversion
    )
    return Part("applied", total, tuple(items), counts=below.counts, cost=spent)


def _least_net(prices: Prices, parts: Sequence[Part], quantity: int) -> Fraction:
    """Return what the net price of all pieces is at least, exactly: their cost and the percentage
    over it.
    """
    percent = prices.price_list.least_over_cost
    assert percent is not None
    piece, order = _costs_of(prices, parts, False), _costs_of(prices, parts, True)
    if piece is None or order is None:
        raise PriceRefused(
            f"The price list {prices.price_list.name.default!r} never goes below a percentage over the cost, and the "
            "cost of a price line is not known.",
            price_list=prices.price_list.key,
        )
    return (Fraction(piece) * quantity + order) * (100 + Fraction(percent)) / 100


def _lacking(
    prices: Prices, parts: Sequence[Part], exact: Amount, least: Fraction, base: Sums | None
) -> Amount:
    """Return what a piece that comes to `exact` lacks to the net price `least`, after all rounding."""
    if prices.line_classes:
        amounts = ByClass(prices, _Lines(tuple(parts), base), 1).amounts(range(len(parts)))
        short = least - sum(
            (amount * net_share(prices, {key: 1}) for key, amount in amounts.items()), Fraction(0)
        )
        wanted = exact + short / net_share(prices, spread(amounts))
    else:
        wanted = least * prices.gross_factor(prices.tax_class)
    if wanted <= 0 or prices.rounding.total(exact, prices.is_fine) >= wanted:
        return 0
    return prices.order_rounding.at_least(wanted) - exact


@dataclass(frozen=True, slots=True)
class _Lines:
    """What lines come to, before the list adds anything."""

    parts: tuple[Part, ...]
    base: Sums | None


def _net(prices: Prices, sums: Sums, quantity: int) -> Amount:
    """Return the net price of all pieces; where the tax in them is not known, it is taken for that
    at home.
    """
    total = int(sums.piece * quantity + sums.order)
    if prices.price_list.amounts_are == "net":
        return total
    taxed = taxed_parts(prices, sums, quantity, total)
    if taxed is not None:
        return total - tax_in(taxed)
    amounts = ByClass(prices, sums, quantity).total() if prices.line_classes else {PRODUCTS: total}
    return sum(
        (amount * net_share(prices, {key: 1}) for key, amount in amounts.items()), Fraction(0)
    )


def _gross_of(prices: Prices, sums: Sums, quantity: int, net: Amount) -> Amount:
    """Return how much a price has to be raised so that its net amount is raised by `net`."""
    if not prices.line_classes:
        return net * prices.gross_factor(prices.tax_class)
    return net / net_share(prices, ByClass(prices, sums, quantity).of_added)


def _costs_of(prices: Prices, parts: Sequence[Part], is_whole: bool) -> Amount | None:
    """Return the exact cost of the lines, in smallest units; None where a line that has a cost does
    not tell it.
    """
    total: Amount = 0
    for place in prices.costing[is_whole]:
        cost = parts[place].cost
        if cost is None:
            return None
        total += cost
    return total


def _cost(prices: Prices, sums: Sums, quantity: int) -> int | None:
    piece = _costs_of(prices, sums.parts, False)
    if piece is None:
        return None
    order = _costs_of(prices, sums.parts, True)
    return None if order is None else whole(piece * quantity + order, "half_up")


# ---- totals and tax ------------------------------------------------------------------------------


def _total(prices: Prices, piece: Amount, order: Amount, quantity: int) -> int:
    exact = piece * quantity + order
    total = exact if type(exact) is int else int(exact)
    if total < 0:
        told = formatted(in_units(total, prices.places), prices.price_list.currency)
        raise PriceRefused(
            f"The price would be below zero: {told}.", price_list=prices.price_list.key
        )
    if piece >= MAX_UNITS or order >= MAX_UNITS:
        raise PriceTooLarge("The price is too large to be right.", price_list=prices.price_list.key)
    return total


def taxed_parts(
    prices: Prices,
    sums: Sums,
    quantity: int,
    units: Amount,
    pieces_only: bool = False,
    added: int = 0,
) -> tuple[Taxed, ...] | None:
    """Return the parts of `units` that are taxed alike, with each tax on them; None where a tax is
    not known.

    Tax is in `units` where amounts are gross. With them comes what is `added` behind all lines. Tax
    is rounded once for each part, or line by line as the list says: then the tax of each printed
    line, for all pieces, is rounded.
    """
    amounts: Mapping[str, Amount] = {PRODUCTS: units}
    if prices.line_classes:
        amounts = (
            rounded_to(units, ByClass(prices, sums, quantity).total(pieces_only, added)) or amounts
        )
    by_line = prices.price_list.tax_rounding_of == "line"
    rows = _rows_of(prices, sums, quantity, pieces_only, added) if by_line else {}
    # Rows that come to nothing together may each bear a tax.
    amounts = {**amounts, **{key: 0 for key in rows if key not in amounts}}
    found = []
    for key, amount in amounts.items():
        tax_class = tax_class_of(prices, key)
        taxing = tax_class.taxing
        if taxing is None:
            return None
        taxes = taxing.of_rows(rows.get(key, ())) if by_line else taxing.of(amount)
        found.append(_taxed(prices, tax_class, amount, taxes))
    return tuple(found)


def taxed_with(
    prices: Prices, breakdown: Breakdown, added: int, after: int
) -> tuple[Taxed, ...] | None:
    """Return the parts of a total of `after` that are taxed alike: `breakdown` and what is `added`
    to it.
    """
    if breakdown.tax is None:
        return None
    if prices.terms.tax_status is not None:
        return untaxed(prices, after)
    quantity = breakdown.quantity
    return taxed_parts(prices.of(quantity), breakdown.known.sums, quantity, after, added=added)


def _tax_of_all(prices: Prices, units: int) -> Amount | None:
    """Return the tax on a total, or in it, that is taxed alike and rounded once."""
    taxing = prices.tax_class.taxing
    return None if taxing is None else taxing.sum_of(units)


def charged(prices: Prices, units: int) -> int:
    """Return what is charged of a total that is taxed alike: without the tax in it, for a buyer who
    pays none.
    """
    return (
        units if prices.terms.tax_status is None else units - int(_tax_of_all(prices, units) or 0)
    )


def _taxed(prices: Prices, tax_class: TaxClass, units: Amount, taxes: tuple[Amount, ...]) -> Taxed:
    return Taxed(
        tax_class, units if prices.price_list.amounts_are == "net" else units - sum(taxes), taxes
    )


def _rows_of(
    prices: Prices, sums: Sums, quantity: int, pieces_only: bool, added: int
) -> dict[str, list[Amount]]:
    """Return the amounts that are printed, for all pieces, by tax class; what is `added` comes
    last.
    """
    rows = [(line, each * quantity) for line, _, each in printed_rows(prices, sums, False)]
    if not pieces_only:
        rows += [(line, each) for line, _, each in printed_rows(prices, sums, True)]
    if added:
        rows.append((prices.rounding_line, added))
    if not prices.line_classes:
        return {PRODUCTS: [each for _, each in rows]}
    found: dict[str, list[Amount]] = {}
    for key, amount in ByClass(prices, sums, quantity).rows(rows):
        found.setdefault(key, []).append(amount)
    return found


def tax_in(taxed: Sequence[Taxed]) -> Amount:
    """Return what all taxes come to."""
    return sum([units for each in taxed for units in each.taxes])


def told_rate(taxed: Sequence[Taxed]) -> tuple[Decimal | None, Text | None]:
    """Return the rate that all of a price bears with the name of the tax; None of what is not the
    same for all.
    """
    rates, labels = (
        {each.tax_class.rate for each in taxed},
        {each.tax_class.label for each in taxed},
    )
    return rates.pop() if len(rates) == 1 else None, labels.pop() if len(labels) == 1 else None


def untaxed(prices: Prices, units: int) -> tuple[Taxed, ...]:
    """Return the whole of a price without tax, for a buyer who pays none."""
    assert prices.terms.tax_status is not None
    part = TaxPart(TAX_STATUSES[prices.terms.tax_status], Decimal(0))
    return (Taxed(TaxClass(part.rate, part.label, (part,), None), units, (0,)),)


_NOT_CHARGED = Text(
    "Tax not charged", (("de", "Nicht berechnete Steuer"), ("fr", "Taxe non facturée"))
)


def _not_charged(prices: Prices, held: Amount) -> tuple[BreakdownLine, ...]:
    """Return the line that takes out of gross amounts what a buyer who pays no tax does not pay."""
    if not held:
        return ()
    return (
        BreakdownLine(
            "not_charged", _NOT_CHARGED, in_parts_of(-held, prices.places), "not_charged"
        ),
    )


def _shown(prices: Prices, units: Amount, tax: Amount | None, is_paid: bool = False) -> Amount:
    """Return net or gross of `units` as the list shows it; of what `is_paid` the gross is rounded
    as that is.
    """
    price_list = prices.terms.price_list
    if tax is None:
        return paid(price_list, units) if is_paid and price_list.amounts_are == "gross" else units
    if price_list.shows == "net":
        return units if price_list.amounts_are == "net" else units - tax
    gross = units + tax if price_list.amounts_are == "net" else units
    return paid(price_list, gross) if is_paid and price_list.paid_step is not None else gross


def paid(price_list: PriceList, gross: Amount) -> Amount:
    """Return what is paid of a gross total in smallest units, rounded apart where the list says so."""
    if price_list.paid_step is None:
        return gross
    step = int(price_list.paid_step / smallest_unit(price_list.currency))
    return whole(Fraction(gross) / step, price_list.rounding_mode) * step


# ---- printing ------------------------------------------------------------------------------------


def _prints_parts(prices: Prices, sums: Sums, is_whole: bool) -> bool:
    """Tell whether amounts are printed with parts of smallest units, because they are kept so."""
    rounding = prices.order_rounding if is_whole else prices.rounding
    return rounding.by_line or rounding.is_kept(sums.exact_piece, prices.is_fine)


def printed_rows(prices: Prices, sums: Sums, is_whole: bool) -> Iterator[tuple[Line, Item, Amount]]:
    """Return each item that is printed with its line and its amount in smallest units; at last what
    rounding adds.
    """
    in_parts = _prints_parts(prices, sums, is_whole)
    printed: Amount = 0
    for line, part in _parts_of(prices, sums, is_whole):
        for item in part.items:
            units = prices.rounding.printed(item.amount, in_parts)
            if units:
                printed += units
                yield line, item, units
    rest = (sums.order if is_whole else sums.piece) - printed
    if rest:
        yield prices.rounding_line, Item(None, rest, None), rest


def _parts_of(prices: Prices, sums: Sums, is_whole: bool) -> Iterator[tuple[Line, Part]]:
    """Return the parts that are for a piece, or for the whole order, with their lines; without what
    rounding adds.
    """
    for place, line in prices.printed[is_whole]:
        part = sums.parts[place]
        if part.items:
            yield line, part


def _printed(prices: Prices, sums: Sums, is_whole: bool) -> tuple[BreakdownLine, ...]:
    in_parts = _prints_parts(prices, sums, is_whole)
    printed: list[BreakdownLine] = []
    rest = sums.order if is_whole else sums.piece
    parts = sums.parts
    for place, line in prices.printed[is_whole]:
        part = parts[place]
        if not part.items:
            continue
        known = part.rows
        if known is None or known[0] is not in_parts:
            known = part.rows = (in_parts, *_rows(prices, line, part, in_parts))
        rest -= known[1]
        printed += known[2]
    if rest:
        printed += _rows(prices, prices.rounding_line, _lone(rest, False), True)[1]
    return tuple(printed)


def _rows(
    prices: Prices, line: Line, part: Part, in_parts: bool
) -> tuple[Amount, tuple[BreakdownLine, ...]]:
    """Return what is printed of a part, with its sum in smallest units."""
    places = prices.places
    total: Amount = 0
    printed = []
    for item in part.items:
        units = prices.rounding.printed(item.amount, in_parts)
        if not units:
            continue
        total += units
        cost = None if item.cost is None else in_units(whole(item.cost, "half_up"), places)
        # A cell of a table is no value of an option.
        value = item.value if line.line.option is not None else None
        printed.append(
            BreakdownLine(
                line.line.key,
                line.labels.get(value, line.line.label) if value is not None else line.line.label,
                in_parts_of(units, places),
                line.form,
                None if value is None else line.line.option,
                value,
                cost,
            )
        )
    return total, tuple(printed)


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
