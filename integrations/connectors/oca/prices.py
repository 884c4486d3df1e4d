"""Prices of the source system: list price, prices and costs of values, and price lists.

What a configuration costs there is the list price of the template and, for each chosen value, the
price of the product related to it, or else its extra price. A price list is a chain of steps over
that sum. One whose items hold for every product becomes a list that is made from another; one with
items for some products only tells its amounts line by line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.errors import Malformed
from catalog.product_model import PriceLine, Text
from integrations.connectors.oca.kinds import EXTRA, ITEM, PRICELIST
from integrations.connectors.oca.literals import Ref
from integrations.connectors.oca.records import Record, Records
from integrations.connectors.oca.templates import (
    SourceLine,
    SourceTemplate,
    SourceValue,
    ordered,
    unique,
)
from pricing.in_force import cycles
from pricing.price_list import Derivation, PriceList

CENT = Decimal("0.01")
STANDARD = "list_price"


@dataclass(frozen=True)
class Terms:
    """How a price list makes its price: percentages one after another, then perhaps an amount; or
    one fixed amount.

    `problem` tells why a list cannot be carried over.
    """

    percents: tuple[Decimal, ...] = ()
    surcharge: Decimal = Decimal(0)
    fixed: Decimal | None = None
    problem: str = ""


@dataclass(frozen=True)
class Made:
    """A price list here. `base` is the source's list it is made from, None for the list price or
    the costs.

    `is_plain` says that the list price holds in it; `terms` are those of a list that tells its
    amounts line by line. `problem` tells why a list cannot be carried over.
    """

    key: str
    name: str
    currency: str
    base: Record | None = None
    take: str = "amounts"
    percent: Decimal = Decimal(0)
    increment: Decimal | None = None
    surcharge: Decimal = Decimal(0)
    fixed: Decimal | None = None
    is_plain: bool = False
    terms: Terms | None = None
    problem: str = ""


@dataclass(frozen=True)
class Priced:
    """The price lists and price lines of one product, and what was left behind."""

    price_lists: tuple[PriceList, ...]
    price_lines: tuple[PriceLine, ...]
    notes: tuple[str, ...]
    currency: str


def price_of(
    records: Records, template: SourceTemplate, line: SourceLine, value: SourceValue
) -> Decimal:
    """Return what choosing a value adds: the price of its related product, else its extra price."""
    if value.product is not None:
        return value.product.number("lst_price") or value.product.number("list_price") or Decimal(0)
    for record in records.of(EXTRA):
        if records.find(record.fields.get("product_attribute_value_id")) is not value.record:
            continue
        owner = records.find(record.fields.get("product_tmpl_id"))
        of_line = records.find(record.fields.get("attribute_line_id"))
        if owner is template.record or of_line is line.record:
            return record.number("price_extra") or Decimal(0)
    return value.record.number("default_extra_price") or Decimal(0)


def cost_of(value: SourceValue) -> Decimal | None:
    """Return what a value costs: the cost of its related product, None where the data does not tell
    it.
    """
    return value.product.number("standard_price") if value.product is not None else None


def prices_of(records: Records, template: SourceTemplate, currency: str | None) -> Priced:
    """Return the prices of `template`; `currency` counts where the data names none. Refuses with
    Malformed.
    """
    pricelists = ordered(records.of(PRICELIST))
    named = [code for record in pricelists if (code := _currency(record))]
    own = named[0] if named else currency or "EUR"
    notes = [] if named else [f"The data names no currency; prices are taken to be in {own}."]
    made, left = _lists(records, template, pricelists, own)
    notes += left
    lists = _price_lists(made, own)
    if any(
        each.derived is not None and each.derived.take == "costs" for each in lists
    ) and not _costs(template):
        notes.append(
            "Price lists are made from costs, and no costs are in the data: add them to the price lines."
        )
    notes += [
        f"The price list '{each.name.default}' is in {each.currency}, and the data has no exchange rate: add one."
        for each in lists
        if each.derived is not None and each.currency != own
    ]
    return Priced(lists, _lines(records, template, made), tuple(notes), own)


def _lists(
    records: Records, template: SourceTemplate, pricelists: Sequence[Record], own: str
) -> tuple[dict[str, Made], list[str]]:
    """Return the lists by the source's id, in order; with notes on what is left behind."""
    made: dict[str, Made] = {}
    notes: list[str] = []
    for record in pricelists:
        key = unique(
            record.name.lower().removeprefix("pricelist_")[:50],
            [each.key for each in made.values()],
        )
        key = key if key[:1].isalpha() else f"list_{key}"
        name = record.text("name") or record.id
        made[record.id] = _made(records, template, record, key, name, _currency(record) or own)
        if not _items_of(records, record):
            notes.append(
                f"The price list '{name}' has no items: the list price holds in it, as in the source system."
            )
    while dropped := [
        key
        for key, each in made.items()
        if each.problem or (each.base and each.base.id not in made)
    ]:
        for key in dropped:
            gone = made.pop(key)
            problem = gone.problem
            if not problem and gone.base is not None:
                problem = f"it builds on '{gone.base.text('name') or gone.base.id}', and that cannot be carried over"
            notes.append(f"The price list '{gone.name}' is not carried over: {problem}.")
    for ring in cycles(_price_lists(made, own)):
        for key in [key for key, each in made.items() if each.key in ring]:
            notes.append(
                f"The price list '{made.pop(key).name}' is not carried over: it builds on itself."
            )
    kept = {key: each for key, each in made.items() if each.base is None or each.base.id in made}
    return kept, notes


def _price_lists(made: dict[str, Made], own: str) -> tuple[PriceList, ...]:
    """Return the lists, with one of the list price where others are made from it and none of them
    is it.
    """
    plain = next(
        (each.key for each in made.values() if each.is_plain and each.currency == own), None
    )
    needs_plain = any(_is_derived(each, own) and each.base is None for each in made.values())
    lists = (
        []
        if plain is not None or (made and not needs_plain)
        else [_list(STANDARD, "List price", own, True)]
    )
    default = plain or (STANDARD if lists else next(iter(made.values())).key)
    base = plain or STANDARD
    for each in made.values():
        derived = None
        if _is_derived(each, own):
            of = made[each.base.id].key if each.base is not None and each.base.id in made else base
            take = "costs" if each.take == "costs" else "amounts"
            derived = Derivation(of, take, percent=each.percent)  # type: ignore[arg-type]
        lists.append(
            PriceList(
                each.key,
                Text(each.name),
                each.currency,
                # Prices are without tax there unless a tax says otherwise, and taxes are not among
                # the data.
                amounts_are="net",
                shows="net",
                rounding_of="total",
                rounding_increment=each.increment,
                is_default=each.key == default,
                own_lines_only=each.fixed is not None or each.terms is not None,
                derived=derived,
            )
        )
    return tuple(lists)


def _is_derived(each: Made, own: str) -> bool:
    stands_alone = each.fixed is not None or each.terms is not None
    return not stands_alone and not (each.is_plain and each.currency == own)


def _list(key: str, name: str, currency: str, is_default: bool) -> PriceList:
    return PriceList(
        key,
        Text(name),
        currency,
        amounts_are="net",
        shows="net",
        rounding_of="total",
        is_default=is_default,
    )


def _made(
    records: Records, template: SourceTemplate, record: Record, key: str, name: str, currency: str
) -> Made:
    """Return what a price list of the source is here, its problem told where it can be nothing."""
    items = _items_of(records, record)
    if not items:
        return Made(key, name, currency, is_plain=True)
    if any((item.text("applied_on") or "3_global") != "3_global" for item in items):
        terms = _terms(records, template, record, ())
        return Made(key, name, currency, terms=terms, problem=terms.problem)
    item = items[0]
    if problem := _problem_of(item):
        return Made(key, name, currency, problem=problem)
    how = item.text("compute_price") or "fixed"
    if how == "fixed":
        return Made(key, name, currency, fixed=item.number("fixed_price") or Decimal(0))
    percent, surcharge = _steps(item, how)
    base_name = item.text("base") or "list_price"
    base = records.find(item.fields.get("base_pricelist_id")) if base_name == "pricelist" else None
    if base_name == "pricelist" and base is None:
        problem = f"its item {item.id} builds on a price list that is not in the data"
    rounding = item.number("price_round") or Decimal(0)
    if rounding > CENT and surcharge:
        problem = f"its item {item.id} rounds to {rounding:f} before it adds an amount"
    if rounding > CENT and rounding % CENT:
        problem = f"its item {item.id} rounds to {rounding:f}, which no coin can pay"
    return Made(
        key,
        name,
        currency,
        base=base,
        take="costs" if base_name == "standard_price" else "amounts",
        percent=percent,
        increment=rounding.normalize() if rounding > CENT else None,
        surcharge=surcharge,
        problem=problem,
    )


def _steps(item: Record, how: str) -> tuple[Decimal, Decimal]:
    """Return the percentage and the amount that an item adds."""
    if how == "percentage":
        return -(item.number("percent_price") or Decimal(0)), Decimal(0)
    markup = item.number("price_markup")
    percent = markup if markup is not None else -(item.number("price_discount") or Decimal(0))
    return percent, item.number("price_surcharge") or Decimal(0)


def _problem_of(item: Record) -> str:
    for name, told in (
        ("min_quantity", "a quantity"),
        ("date_start", "a date"),
        ("date_end", "a date"),
    ):
        value = item.fields.get(name)
        if value not in (None, "", False, Decimal(0), "0", "1", Decimal(1)):
            return f"its item {item.id} depends on {told}"
    if any((item.number(name) or 0) != 0 for name in ("price_min_margin", "price_max_margin")):
        return f"its item {item.id} keeps a margin"
    return ""


def _items_of(records: Records, pricelist: Record) -> list[Record]:
    return [
        item
        for item in records.of(ITEM)
        if records.find(item.fields.get("pricelist_id")) is pricelist
    ]


def _currency(record: Record) -> str:
    reference = record.fields.get("currency_id")
    return reference.id.rpartition(".")[2] if isinstance(reference, Ref) else ""


def _items(records: Records, template: SourceTemplate, pricelist: Record) -> list[Record]:
    """Return the items of a price list that apply to the template, the most particular first."""
    ranked: list[tuple[str, Record]] = []
    for item in _items_of(records, pricelist):
        applied = item.text("applied_on") or "3_global"
        about = {"1_product": "product_tmpl_id", "2_product_category": "categ_id"}.get(applied)
        if (
            applied == "3_global"
            or (
                about == "product_tmpl_id"
                and records.find(item.fields.get(about)) is template.record
            )
            or (about == "categ_id" and item.fields.get(about) == template.record.fields.get(about))
        ):
            ranked.append((applied, item))
    return [item for _, item in sorted(ranked, key=lambda each: each[0])]


def _terms(
    records: Records, template: SourceTemplate, pricelist: Record, above: tuple[str, ...]
) -> Terms:
    if pricelist.id in above:
        return Terms(problem="it builds on itself")
    items = _items(records, template, pricelist)
    if not items:
        return Terms()
    item = items[0]
    if problem := _problem_of(item):
        return Terms(problem=problem)
    how = item.text("compute_price") or "fixed"
    if how == "fixed":
        return Terms(fixed=item.number("fixed_price") or Decimal(0))
    percent, surcharge = _steps(item, how)
    rounding = item.number("price_round") or Decimal(0)
    if rounding > CENT:
        return Terms(problem=f"its item {item.id} rounds to {rounding:f} in between")
    return _with(_base(records, template, item, above), percent, surcharge)


def _base(
    records: Records, template: SourceTemplate, item: Record, above: tuple[str, ...]
) -> Terms:
    base = item.text("base") or "list_price"
    if base == "list_price":
        return Terms()
    if base == "pricelist":
        pricelist = records.find(item.fields.get("pricelist_id"))
        other = records.find(item.fields.get("base_pricelist_id"))
        if other is None or pricelist is None:
            return Terms(
                problem=f"its item {item.id} builds on a price list that is not in the data"
            )
        terms = _terms(records, template, other, (*above, pricelist.id))
        name = other.text("name") or other.id
        return (
            Terms(problem=f"it builds on '{name}', and that cannot be carried over")
            if terms.problem
            else terms
        )
    return Terms(problem=f"its item {item.id} builds on the cost, for some products only")


def _with(base: Terms, percent: Decimal, surcharge: Decimal) -> Terms:
    if base.problem:
        return base
    if base.surcharge:
        return Terms(problem="it takes a percentage after an amount was added")
    percents = (*base.percents, percent) if percent else base.percents
    return Terms(percents, surcharge, base.fixed)


def _lines(
    records: Records, template: SourceTemplate, made: dict[str, Made]
) -> tuple[PriceLine, ...]:
    amounts = _amounts(records, template)
    lines = list(amounts)
    for each in made.values():
        name = Text(each.name)
        fixed = each.fixed if each.terms is None else each.terms.fixed
        if fixed is not None:
            lines.append(PriceLine(f"fixed_{each.key}", name, _written(fixed), price_list=each.key))
        elif each.terms is not None:
            # A list of its own lines only: the general ones are told again for it.
            lines += [
                replace(line, key=f"{line.key}_{each.key}", price_list=each.key) for line in amounts
            ]
        percents = each.terms.percents if each.terms is not None else ()
        for number, percent in enumerate(percents, 1):
            key = f"terms_{each.key}_{number}"
            lines.append(PriceLine(key, name, percent=_written(percent), price_list=each.key))
        surcharge = each.terms.surcharge if each.terms is not None else each.surcharge
        if surcharge:
            lines.append(
                PriceLine(f"surcharge_{each.key}", name, _written(surcharge), price_list=each.key)
            )
    return tuple(lines)


def _costs(template: SourceTemplate) -> bool:
    """Return whether the data tells what anything costs."""
    own = template.record.number("standard_price") is not None
    return own or any(
        cost_of(value) is not None for line in template.lines for value in line.values
    )


def _amounts(records: Records, template: SourceTemplate) -> tuple[PriceLine, ...]:
    base = template.record.number("list_price") or Decimal(0)
    cost = template.record.number("standard_price")
    told = None if cost is None else _written(cost)
    lines = [PriceLine("list_price", Text(template.label), _written(base), cost=told)]
    for line in template.lines:
        prices = {value.key: price_of(records, template, line, value) for value in line.values}
        costs = {
            value.key: _written(known)
            for value in line.values
            if (known := cost_of(value)) is not None
        }
        if any(prices.values()) or costs:
            amounts = {key: _written(amount) for key, amount in prices.items()}
            lines.append(
                PriceLine(
                    f"value_{line.key}",
                    Text(line.label),
                    option=line.key,
                    amounts=amounts,
                    costs=costs,
                )
            )
    return tuple(lines)


def _written(number: Decimal) -> str:
    if abs(number) >= Decimal(10) ** 12:
        raise Malformed(f"an amount of {number:.3g} cannot be right")
    return format(number.normalize() + 0, "f")
