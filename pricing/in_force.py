"""Which price list holds at a time for somebody, and all that a price in it depends on.

A `Tariff` is everything a merchant keeps about prices. `in_force` picks the list, says why that
one, and gathers what it is made from: the lists below it, the exchange rate and the tax rate of the
day, and the amounts kept in the lists.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from itertools import combinations
from typing import Any, Literal, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError

from catalog.errors import Malformed, NotFound
from catalog.product_model import Expression, Key, Number, Text, TextField
from pricing.price_list import (
    Country,
    Currency,
    Moment,
    PriceList,
    TaxPart,
    holds,
    refuse_backwards,
    refuse_taxes,
    told_errors,
)

type Because = Literal["named", "customer", "customer_group", "channel", "default", "only", "none"]
type TaxStatus = Literal["exempt", "reverse_charge"]
type TaxFrom = Literal["price_list", "country", "buyer", "unknown"]

# Who pays no tax, with the name that stands in place of that of a tax.
TAX_STATUSES: Mapping[str, Text] = {
    "exempt": Text("Tax exempt", (("de", "Steuerfrei"), ("fr", "Exonéré de taxe"))),
    "reverse_charge": Text(
        "Reverse charge",
        (("de", "Steuerschuldnerschaft des Leistungsempfängers"), ("fr", "Autoliquidation")),
    ),
}

MAX_CHAIN = 10
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class ListAmount:
    """An amount kept in a price list: it stands in place of what the line `line` (and `value`) of a
    product says.

    For a percentage, minimum or maximum it replaces that. Of several that hold at a time the one
    counts that began last, so that a change can be entered before its day.
    """

    __pydantic_config__ = _STRICT

    price_list: Key
    line: Key
    amount: Expression
    value: str = ""
    valid_from: Moment | None = None
    valid_until: Moment | None = None

    def __post_init__(self) -> None:
        refuse_backwards(self.valid_from, self.valid_until)


@dataclass(frozen=True)
class ExchangeRate:
    """What one of `currency` is in the currency `into`, from `valid_from` on."""

    __pydantic_config__ = _STRICT

    currency: Currency
    into: Currency
    rate: Number
    valid_from: Moment

    def __post_init__(self) -> None:
        if self.rate <= 0 or self.currency == self.into:
            raise ValueError("an exchange rate is above 0 and between two currencies")


@dataclass(frozen=True)
class TaxRate:
    """The tax on goods of a class in a country, or in one region of it, in percent.

    `taxes` names the taxes that the rate is the sum of.
    """

    __pydantic_config__ = _STRICT

    country: Country
    rate: Number
    region: str | None = None
    tax_class: Key = "standard"
    label: TextField | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    taxes: tuple[TaxPart, ...] = ()

    def __post_init__(self) -> None:
        refuse_taxes(self.rate, self.taxes)
        refuse_backwards(self.valid_from, self.valid_until)


@dataclass(frozen=True)
class Tariff:
    """Everything a merchant keeps about prices; `list_amounts` are those of one product,
    `revisions` by list.
    """

    price_lists: tuple[PriceList, ...] = ()
    list_amounts: tuple[ListAmount, ...] = ()
    exchange_rates: tuple[ExchangeRate, ...] = ()
    tax_rates: tuple[TaxRate, ...] = ()
    revisions: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def moments(self) -> tuple[datetime, ...]:
        """The times at which something begins or ends to hold, in order: between two of them
        nothing changes.
        """
        rows: tuple[Any, ...] = (
            *self.price_lists,
            *self.list_amounts,
            *self.exchange_rates,
            *self.tax_rates,
        )
        ends = (
            each for row in rows for each in (row.valid_from, getattr(row, "valid_until", None))
        )
        return tuple(sorted({each for each in ends if each is not None}))


@dataclass(frozen=True)
class Buyer:
    """Who asks for a price, as far as it is known: sales channel, customer group, the customer's
    own id, and where.

    `tax_status` is one of TAX_STATUSES for who pays no tax; refuses another with Malformed.
    """

    channel: str | None = None
    customer_group: str | None = None
    customer: str | None = None
    country: str | None = None
    region: str | None = None
    tax_status: str | None = None

    def __post_init__(self) -> None:
        if self.tax_status is not None and self.tax_status not in TAX_STATUSES:
            told = f"expected {' or '.join(TAX_STATUSES)}, or nothing for a buyer who pays tax"
            raise Malformed(
                f"tax_status: {told}", errors=[{"pointer": "/tax_status", "detail": told}]
            )


NO_TAX = "none"
"""The tax class of what bears no tax, such as a deposit."""

NOT_TAXED = Text("Not taxed", (("de", "Nicht steuerbar"), ("fr", "Hors taxe")))


@dataclass(frozen=True)
class ClassTax:
    """The tax on lines of a price that are of another class than the product; without `rate` it is
    not known.
    """

    __pydantic_config__ = _STRICT

    tax_class: Key
    rate: Number | None = None
    label: TextField | None = None
    taxes: tuple[TaxPart, ...] = ()


def of_class(tax_class: str) -> ClassTax:
    """Return the tax on a class of goods of which nothing more is told: none, or one that is not
    known.
    """
    return (
        ClassTax(tax_class, Decimal(0), NOT_TAXED) if tax_class == NO_TAX else ClassTax(tax_class)
    )


@dataclass(frozen=True)
class InForce:
    """A price list as it holds at one time for one product, with all that a price in it depends on.

    `price_list` has the tax that holds for the buyer. `base` is the list it is made from, `rate`
    what one of that list's currency is in its own. `amounts` are those kept in this list, by line
    and value. `because` says why this list was chosen and `tax_from` where its tax is from.
    `problem` tells why nothing can be priced in it. `revision` counts the changes of the list and
    of the amounts kept in it. `class_taxes` are those of lines of other classes than the product. A
    buyer with `tax_status` pays gross amounts without the tax in them, which is that of the list.
    `home_taxes` are those at home of what has a tax that is not known for this buyer: costs bear
    them in gross amounts.
    """

    __pydantic_config__ = _STRICT

    price_list: PriceList
    amounts: tuple[tuple[str, str, Expression], ...] = ()
    base: "InForce | None" = None
    rate: Number | None = None
    because: Because = "named"
    tax_from: TaxFrom = "price_list"
    problem: str | None = None
    revision: int = 0
    class_taxes: tuple[ClassTax, ...] = ()
    tax_status: TaxStatus | None = None
    home_taxes: tuple[ClassTax, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that a price in this list depends on: equal digest, equal prices."""
        text = json.dumps(write_in_force(self), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def chain(self) -> tuple["InForce", ...]:
        """This list and those it is made from, itself first."""
        return (self, *(self.base.chain if self.base else ()))


def in_force(
    tariff: Tariff,
    currency: str,
    at: datetime,
    key: str | None = None,
    buyer: Buyer | None = None,
    tax_class: str = "standard",
    line_classes: Iterable[str] = (),
) -> InForce:
    """Return the list called `key`, or the one that `buyer` gets, as it holds at `at` for a product
    in `currency`.

    Without a key the most particular list counts: that of the customer, of the customer group, of
    the channel, and for everybody else the default of the currency, or the only list there is in
    it. Without any these are plain amounts whose tax is not known; where there was one that has
    ended, there is no price. `tax_class` is that of the product, `line_classes` are those of lines
    that have one of their own. Refuses with NotFound an unknown key, a list that does not hold at
    `at`, and several lists of which none goes first.
    """
    buyer = buyer or Buyer()
    chosen, because = (
        _named(tariff, key, at) if key is not None else _chosen(tariff, currency, at, buyer)
    )
    # Who pays no tax pays gross amounts without the tax that they hold at home.
    place = buyer if buyer.tax_status is None else Buyer()
    tax, tax_from = _tax_of(tariff, chosen, at, place, tax_class, is_products=True)
    classes = [each for each in dict.fromkeys(line_classes) if each != tax_class]
    others = tuple(_tax_of(tariff, chosen, at, place, each)[0] for each in classes)
    unknown = [
        each.tax_class
        for each in (tax, *others)
        if each.rate is None and chosen.amounts_are == "gross"
    ]
    home = [_tax_of(tariff, chosen, at, Buyer(), each, each == tax_class)[0] for each in unknown]
    problem = _told_end(chosen) if because == "none" and chosen.valid_until else None
    status: TaxStatus | None = None
    if buyer.tax_status is not None:
        tax_from = "buyer"
        if chosen.amounts_are == "net":
            told = TAX_STATUSES[buyer.tax_status]
            tax = ClassTax(tax_class, Decimal(0), told)
            others = tuple(replace(tax, tax_class=each) for each in classes)
        elif tax.rate is None:
            problem = problem or untold_tax(chosen)
        else:
            status = cast(TaxStatus, buyer.tax_status)
    taxed = replace(chosen, tax_rate=tax.rate, tax_label=tax.label, taxes=tax.taxes)
    made = _made(tariff, taxed, at, (), (tax_class, *classes))
    return replace(
        made,
        because=because,
        tax_from=tax_from,
        problem=problem or made.problem,
        class_taxes=others,
        tax_status=status,
        home_taxes=tuple(each for each in home if each.rate is not None),
    )


def untold_tax(price_list: PriceList) -> str:
    """Return why a buyer who pays no tax has no price: which tax is in it, nobody knows."""
    return (
        f"The amounts of the price list {price_list.name.default!r} are with tax, this buyer pays none, and which tax "
        "they hold is not known. Give the list its tax rate, or its country where there are tax rates."
    )


def _named(tariff: Tariff, key: str, at: datetime) -> tuple[PriceList, Because]:
    found = next((each for each in tariff.price_lists if each.key == key), None)
    if found is None:
        raise NotFound(f"There is no price list '{key}'.")
    if not holds(found, at):
        raise NotFound(
            f"The price list '{key}' does not hold at {at.isoformat()}; it holds {told_period(found)}."
        )
    return found, "named"


def told_period(row: Any) -> str:
    """Return from when until when `row` holds, in words."""
    begins = f"from {row.valid_from.isoformat()}" if row.valid_from else ""
    ends = f"until {row.valid_until.isoformat()}" if row.valid_until else ""
    return f"{begins} {ends}".strip() or "always"


_RANKS: tuple[Because, ...] = ("customer", "customer_group", "channel")


def _chosen(tariff: Tariff, currency: str, at: datetime, buyer: Buyer) -> tuple[PriceList, Because]:
    asked = (buyer.customer, buyer.customer_group, buyer.channel)
    best: list[PriceList] = []
    rank = (False, False, False)
    for each in tariff.price_lists:
        wanted = tuple(part is not None for part in each.audience)
        fits = all(
            part is None or part == given for part, given in zip(each.audience, asked, strict=True)
        )
        if not fits or not holds(each, at) or (each.currency != currency and not any(wanted)):
            continue
        if wanted > rank:
            best, rank = [], cast(tuple[bool, bool, bool], wanted)
        if wanted == rank:
            best.append(each)
    if not best:
        ended = last_ended(tariff.price_lists, currency, at)
        return ended or PriceList("standard", Text("Standard"), currency), "none"
    because = next((name for name, is_set in zip(_RANKS, rank, strict=True) if is_set), None)
    narrower = [each for each in best if each.is_default] or best
    narrower = [each for each in narrower if each.currency == currency] or narrower
    if len(narrower) > 1:
        keys = ", ".join(each.key for each in narrower)
        told = (
            f"There are {len(best)} price lists in {currency}, and none is the default; name one."
        )
        if because is not None:
            told = f"Several price lists are for the same {because.replace('_', ' ')} ({keys}); name one."
        elif all(each.is_default for each in narrower):
            told = f"Several default price lists in {currency} hold at {at.isoformat()} ({keys}); name one."
        raise NotFound(told)
    return narrower[0], because or ("default" if narrower[0].is_default else "only")


def _tax_of(
    tariff: Tariff,
    price_list: PriceList,
    at: datetime,
    buyer: Buyer,
    tax_class: str,
    is_products: bool = False,
) -> tuple[ClassTax, TaxFrom]:
    """Return the tax on a class of goods: of the buyer's country, at home, or one that is not
    known.

    The rate of the list itself is for the class of the product.
    """
    own = of_class(tax_class)
    if tax_class == NO_TAX:
        return own, "price_list"
    if is_products:
        own = ClassTax(tax_class, price_list.tax_rate, price_list.tax_label, price_list.taxes)
    own_from: TaxFrom = "unknown" if own.rate is None else "price_list"
    if not tariff.tax_rates or (buyer.country is None and price_list.country is None):
        return own, own_from
    is_home = buyer.country is None
    country = price_list.country if is_home else buyer.country
    region = price_list.region if is_home else buyer.region
    found = latest(
        rates_in((each for each in tariff.tax_rates if holds(each, at)), country, region, tax_class)
    )
    if found is None:
        return (own, own_from) if is_home else (ClassTax(tax_class), "unknown")
    label = found.label or price_list.tax_label
    return ClassTax(tax_class, found.rate, label, found.taxes), "country"


def rates_in(
    tax_rates: Iterable[TaxRate], country: str | None, region: str | None, tax_class: str
) -> list[TaxRate]:
    """Return the rates on a class of goods in a place; none where they are by region, and that is
    not known.
    """
    rates = [each for each in tax_rates if each.country == country and each.tax_class == tax_class]
    regional = [each for each in rates if each.region is not None]
    if region is None and regional:
        return []  # Which of them is not known, and it is not guessed.
    of_region = [each for each in regional if each.region == region]
    return of_region or [each for each in rates if each.region is None]


def latest[Row: (ListAmount, ExchangeRate, TaxRate)](rows: Sequence[Row]) -> Row | None:
    """Return the row that began last; of those that began at once, the one that stands last."""
    best: Row | None = None
    for row in rows:
        if best is None or _began(row) >= _began(best):
            best = row
    return best


def _began(row: Any) -> tuple[bool, float]:
    return (row.valid_from is not None, row.valid_from.timestamp() if row.valid_from else 0.0)


def _made(
    tariff: Tariff,
    price_list: PriceList,
    at: datetime,
    above: tuple[str, ...],
    classes: tuple[str, ...],
) -> InForce:
    """Return `price_list` with what it is made from: lists with the tax on these classes of goods
    at home.
    """
    amounts = _amounts(tariff, price_list.key, at)
    known = InForce(price_list, amounts, revision=tariff.revisions.get(price_list.key, 0))
    if price_list.derived is None:
        return known
    name = price_list.name.default
    below = next((each for each in tariff.price_lists if each.key == price_list.derived.of), None)
    problem = None
    if below is None:
        problem = f"The price list {name!r} is made from {price_list.derived.of!r}, and there is no such list."
    elif price_list.key in above or len(above) >= MAX_CHAIN:
        problem = f"The price list {name!r} is made from itself, or from more than {MAX_CHAIN} lists one after another."
    elif not holds(below, at):
        problem = (
            f"The price list {name!r} is made from {below.name.default!r}, which holds {told_period(below)}, "
            f"and not at {at.isoformat()}."
        )
    elif below.amounts_are != price_list.amounts_are and price_list.derived.take == "amounts":
        problem = (
            f"The amounts of {name!r} are {price_list.amounts_are}, those of {below.name.default!r} "
            f"{below.amounts_are}; a list has the terms of the one it is made from."
        )
    if problem is not None or below is None:
        return replace(known, problem=problem)
    tax, *others = (
        _tax_of(tariff, below, at, Buyer(), each, is_products=not place)[0]
        for place, each in enumerate(classes)
    )
    below = replace(below, tax_rate=tax.rate, tax_label=tax.label, taxes=tax.taxes)
    base = _made(tariff, below, at, (*above, price_list.key), classes)
    base = replace(base, class_taxes=tuple(others))
    rate = None
    if below.currency != price_list.currency:
        found = latest(
            [
                each
                for each in tariff.exchange_rates
                if (each.currency, each.into) == (below.currency, price_list.currency)
                and each.valid_from <= at
            ]
        )
        if found is None:
            problem = (
                f"There is no exchange rate from {below.currency} to {price_list.currency} at {at.isoformat()}, "
                f"which the price list {name!r} needs."
            )
        else:
            rate = found.rate
    return replace(known, base=base, rate=rate, problem=problem or base.problem)


def _amounts(tariff: Tariff, key: str, at: datetime) -> tuple[tuple[str, str, str], ...]:
    found: dict[tuple[str, str], list[ListAmount]] = {}
    for each in tariff.list_amounts:
        if each.price_list == key and holds(each, at):
            found.setdefault((each.line, each.value), []).append(each)
    last = {place: latest(rows) for place, rows in found.items()}
    return tuple(
        (line, value, row.amount) for (line, value), row in sorted(last.items()) if row is not None
    )


# ---- gaps and overlaps ---------------------------------------------------------------------------


def overlaps(price_lists: Iterable[PriceList]) -> list[tuple[PriceList, PriceList]]:
    """Return pairs of lists of which none goes first where both hold: same audience and currency,
    at one time.

    For everybody only defaults are meant, and lists where none is the default are not paired.
    """
    return [
        (first, second)
        for first, second in combinations(price_lists, 2)
        if first.audience == second.audience
        and first.currency == second.currency
        and first.is_default == second.is_default
        and (first.is_default or any(first.audience))
        and _meet(first, second)
    ]


def _meet(first: PriceList, second: PriceList) -> bool:
    def ends_before(one: PriceList, other: PriceList) -> bool:
        return (
            one.valid_until is not None
            and other.valid_from is not None
            and one.valid_until <= other.valid_from
        )

    return not ends_before(first, second) and not ends_before(second, first)


def gaps(price_lists: Iterable[PriceList]) -> list[tuple[PriceList, PriceList]]:
    """Return pairs of lists for the same audience and currency between which there is a time when
    neither holds.
    """
    groups: dict[Any, list[PriceList]] = {}
    for each in price_lists:
        if each.is_default or any(each.audience):
            groups.setdefault((each.audience, each.currency), []).append(each)
    found = []
    for rows in groups.values():
        rows.sort(key=_began)
        longest = rows[0]
        for row in rows[1:]:
            if (
                longest.valid_until is not None
                and row.valid_from is not None
                and longest.valid_until < row.valid_from
            ):
                found.append((longest, row))
            if longest.valid_until is not None and (
                row.valid_until is None or row.valid_until > longest.valid_until
            ):
                longest = row
    return found


def last_ended(price_lists: Iterable[PriceList], currency: str, at: datetime) -> PriceList | None:
    """Return the list for everybody in `currency` that ended last, if none holds at `at` and one
    has ended.
    """
    lists = [each for each in price_lists if each.currency == currency and not any(each.audience)]
    if any(holds(each, at) for each in lists):
        return None
    ended = [
        (each.valid_until, each)
        for each in lists
        if each.valid_until is not None and each.valid_until <= at
    ]
    return max(ended, key=lambda pair: pair[0])[1] if ended else None


def last_of_all(
    price_lists: Collection[PriceList], currency: str
) -> tuple[PriceList, datetime] | None:
    """Return the list for everybody in `currency` after which none follows, and when it ends; None
    where one stays.

    A list that is made from another ends with that one, too.
    """
    known = {each.key: each for each in price_lists}
    ends = [
        (each, _end(each, known))
        for each in price_lists
        if each.currency == currency and not any(each.audience)
    ]
    last = [(each, end) for each, end in ends if end is not None]
    return max(last, key=lambda pair: pair[1]) if last and len(last) == len(ends) else None


def _end(price_list: PriceList, known: Mapping[str, PriceList]) -> datetime | None:
    """Return when a list, or the first of those it is made from, ends."""
    ends: list[datetime] = []
    below: PriceList | None = price_list
    for _ in range(MAX_CHAIN + 1):
        if below is None:
            break
        ends += [] if below.valid_until is None else [below.valid_until]
        below = known.get(below.derived.of) if below.derived is not None else None
    return min(ends, default=None)


def _told_end(price_list: PriceList) -> str:
    assert price_list.valid_until is not None
    return (
        f"The price list {price_list.name.default!r} ended at {price_list.valid_until.isoformat()}, and none in "
        f"{price_list.currency} holds for everybody; there is no price until another begins."
    )


def cycles(price_lists: Iterable[PriceList]) -> list[tuple[str, ...]]:
    """Return each ring of lists that are made from one another, as keys, once."""
    below = {each.key: each.derived.of for each in price_lists if each.derived is not None}
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for start in below:
        path = [start]
        while (after := below.get(path[-1])) is not None and after not in path:
            path.append(after)
        if after is not None:
            ring = tuple(path[path.index(after) :])
            found.setdefault(frozenset(ring), ring)
    return list(found.values())


# ---- JSON ----------------------------------------------------------------------------------------


_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def write_in_force(known: InForce) -> dict[str, Any]:
    """Return `known` as plain JSON values, without whatever has its default; `read_in_force` undoes
    it.
    """
    return cast(
        dict[str, Any], _adapter(InForce).dump_python(known, mode="json", exclude_defaults=True)
    )


def read_in_force(document: Mapping[str, Any]) -> InForce:
    """Return what `write_in_force` wrote; the terms of a price list alone are that list as it
    stands.
    """
    return read_row(
        InForce, document if "price_list" in document else {"price_list": document}, "price list"
    )


def read_row[Row](kind: type[Row], document: Any, noun: str) -> Row:
    """Return the row of a tariff that plain JSON values tell; refuse with Malformed, every place
    named.
    """
    try:
        return cast(Row, _adapter(kind).validate_python(document))
    except ValidationError as error:
        errors = told_errors(error)
        first = errors[0]
        raise Malformed(
            f"{len(errors)} place(s) of the {noun} could not be read; the first is "
            f"{first['pointer'] or 'the whole'}: {first['detail']}",
            errors=errors,
        ) from None


def write_row(row: Any) -> dict[str, Any]:
    """Return a row of a tariff as plain JSON values, without whatever has its default; `read_row`
    undoes it.
    """
    return cast(
        dict[str, Any], _adapter(type(row)).dump_python(row, mode="json", exclude_defaults=True)
    )


def row_schema(kind: type) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a row of a tariff."""
    return _adapter(kind).json_schema(mode="validation")
