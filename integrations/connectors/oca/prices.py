"""Prices of the source system: list price, prices of values, and those price lists that are told in the data.

What a configuration costs there is the list price of the template and, for each chosen value, the price of the product
related to it, or else its extra price. A price list is a chain of steps over that sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.errors import Malformed
from catalog.product_model import PriceLine, Text
from integrations.connectors.oca.literals import Ref
from integrations.connectors.oca.records import Record, Records
from integrations.connectors.oca.templates import SourceLine, SourceTemplate, SourceValue, ordered, unique
from pricing.price_list import PriceList

PRICELIST, ITEM = "product.pricelist", "product.pricelist.item"
EXTRA = "product.template.attribute.value"


@dataclass(frozen=True)
class Terms:
    """How a price list makes its price: percentages one after another, then perhaps an amount; or one fixed amount.

    `problem` tells why a list cannot be carried over.
    """

    percents: tuple[Decimal, ...] = ()
    surcharge: Decimal = Decimal(0)
    fixed: Decimal | None = None
    problem: str = ""


@dataclass(frozen=True)
class Priced:
    """The price lists and price lines of one product, and what was left behind."""

    price_lists: tuple[PriceList, ...]
    price_lines: tuple[PriceLine, ...]
    notes: tuple[str, ...]
    currency: str


def price_of(records: Records, template: SourceTemplate, line: SourceLine, value: SourceValue) -> Decimal:
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


def prices_of(records: Records, template: SourceTemplate, currency: str | None) -> Priced:
    """Return the prices of `template`; `currency` counts where the data names none. Refuses with Malformed."""
    pricelists = ordered(records.of(PRICELIST))
    named = [code for record in pricelists if (code := _currency(record))]
    own = named[0] if named else currency or "EUR"
    notes = [] if named else [f"The data names no currency; prices are taken to be in {own}."]
    if not pricelists:
        lists: tuple[tuple[PriceList, Terms], ...] = ((_list("standard", "Standard", own, True), Terms()),)
    else:
        lists, left = _lists(records, template, pricelists, own)
        notes += left
    lines = _lines(records, template, lists)
    return Priced(tuple(each for each, _ in lists), lines, tuple(notes), own)


def _lists(
    records: Records, template: SourceTemplate, pricelists: Sequence[Record], own: str
) -> tuple[tuple[tuple[PriceList, Terms], ...], list[str]]:
    found: list[tuple[str, str, Terms]] = []
    notes: list[str] = []
    for record in pricelists:
        name = record.text("name") or record.id
        code = _currency(record) or own
        terms = (
            Terms(problem=f"it is in {code}, and amounts are converted there by a rate that is not in the data")
            if code != own
            else _terms(records, template, record, ())
        )
        if terms.problem:
            notes.append(f"The price list '{name}' is not carried over: {terms.problem}.")
            continue
        if not terms.percents and terms.fixed is None and not _items(records, template, record):
            notes.append(f"The price list '{name}' has no items: the list price holds in it, as in the source system.")
        key = unique(record.id.lower().removeprefix("pricelist_")[:50], [each for each, _, _ in found])
        found.append((key if key[:1].isalpha() else f"list_{key}", name, terms))
    default = next((key for key, _, terms in found if terms == Terms()), found[0][0] if found else "")
    if not found:
        return ((_list("standard", "Standard", own, True), Terms()),), notes
    return tuple((_list(key, name, own, key == default), terms) for key, name, terms in found), notes


def _list(key: str, name: str, currency: str, is_default: bool) -> PriceList:
    # Prices are without tax there unless a tax says otherwise, and taxes are not among the data.
    return PriceList(key, Text(name), currency, amounts_are="net", shows="net", is_default=is_default)


def _currency(record: Record) -> str:
    reference = record.fields.get("currency_id")
    return reference.id.rpartition(".")[2] if isinstance(reference, Ref) else ""


def _items(records: Records, template: SourceTemplate, pricelist: Record) -> list[Record]:
    """Return the items of a price list that apply to the template, the most particular first."""
    ranked: list[tuple[str, Record]] = []
    for item in records.of(ITEM):
        if records.find(item.fields.get("pricelist_id")) is not pricelist:
            continue
        applied = item.text("applied_on") or "3_global"
        about = {"1_product": "product_tmpl_id", "2_product_category": "categ_id"}.get(applied)
        if (
            applied == "3_global"
            or (about == "product_tmpl_id" and records.find(item.fields.get(about)) is template.record)
            or (about == "categ_id" and item.fields.get(about) == template.record.fields.get(about))
        ):
            ranked.append((applied, item))
    return [item for _, item in sorted(ranked, key=lambda each: each[0])]


def _terms(records: Records, template: SourceTemplate, pricelist: Record, above: tuple[str, ...]) -> Terms:
    if pricelist.id in above:
        return Terms(problem="it builds on itself")
    items = _items(records, template, pricelist)
    if not items:
        return Terms()
    item = items[0]
    for name, told in (("min_quantity", "a quantity"), ("date_start", "a date"), ("date_end", "a date")):
        value = item.fields.get(name)
        if value not in (None, "", False, Decimal(0), "0", "1", Decimal(1)):
            return Terms(problem=f"its item {item.id} depends on {told}")
    if any((item.number(name) or 0) != 0 for name in ("price_min_margin", "price_max_margin")):
        return Terms(problem=f"its item {item.id} keeps a margin")
    how = item.text("compute_price") or "fixed"
    if how == "fixed":
        return Terms(fixed=item.number("fixed_price") or Decimal(0))
    if how == "percentage":
        return _with(_base(records, template, item, above), -(item.number("percent_price") or Decimal(0)), Decimal(0))
    markup = item.number("price_markup")
    percent = markup if markup is not None else -(item.number("price_discount") or Decimal(0))
    rounding = item.number("price_round") or Decimal(0)
    if rounding > Decimal("0.01"):
        return Terms(problem=f"its item {item.id} rounds to {rounding:f} in between")
    return _with(_base(records, template, item, above), percent, item.number("price_surcharge") or Decimal(0))


def _base(records: Records, template: SourceTemplate, item: Record, above: tuple[str, ...]) -> Terms:
    base = item.text("base") or "list_price"
    if base == "list_price":
        return Terms()
    if base == "pricelist":
        pricelist = records.find(item.fields.get("pricelist_id"))
        other = records.find(item.fields.get("base_pricelist_id"))
        if other is None or pricelist is None:
            return Terms(problem=f"its item {item.id} builds on a price list that is not in the data")
        terms = _terms(records, template, other, (*above, pricelist.id))
        name = other.text("name") or other.id
        return Terms(problem=f"it builds on '{name}', and that cannot be carried over") if terms.problem else terms
    return Terms(problem=f"its item {item.id} builds on the cost, and no costs are in the data")


def _with(base: Terms, percent: Decimal, surcharge: Decimal) -> Terms:
    if base.problem:
        return base
    if base.surcharge:
        return Terms(problem="it takes a percentage after an amount was added")
    percents = (*base.percents, percent) if percent else base.percents
    return Terms(percents, surcharge, base.fixed)


def _lines(
    records: Records, template: SourceTemplate, lists: tuple[tuple[PriceList, Terms], ...]
) -> tuple[PriceLine, ...]:
    amounts = _amounts(records, template)
    if all(terms.fixed is None for _, terms in lists):
        lines = list(amounts)
    else:
        # A fixed price stands instead of all other amounts, so those are told list by list.
        lines = [
            PriceLine(
                key=f"{line.key}_{each.key}",
                label=line.label,
                amount=line.amount,
                option=line.option,
                amounts=line.amounts,
                price_list=each.key,
            )
            for each, terms in lists
            if terms.fixed is None
            for line in amounts
        ]
    for each, terms in lists:
        if terms.fixed is not None:
            lines.append(PriceLine(f"fixed_{each.key}", each.name, _written(terms.fixed), price_list=each.key))
        for number, percent in enumerate(terms.percents, 1):
            key = f"terms_{each.key}_{number}"
            lines.append(PriceLine(key, each.name, percent=_written(percent), price_list=each.key))
        if terms.surcharge:
            key = f"surcharge_{each.key}"
            lines.append(PriceLine(key, each.name, _written(terms.surcharge), price_list=each.key))
    return tuple(lines)


def _amounts(records: Records, template: SourceTemplate) -> tuple[PriceLine, ...]:
    base = template.record.number("list_price") or Decimal(0)
    lines = [PriceLine("list_price", Text(template.label), _written(base))]
    for line in template.lines:
        prices = {value.key: price_of(records, template, line, value) for value in line.values}
        if any(prices.values()):
            amounts = {key: _written(amount) for key, amount in prices.items()}
            lines.append(PriceLine(f"value_{line.key}", Text(line.label), option=line.key, amounts=amounts))
    return tuple(lines)


def _written(number: Decimal) -> str:
    if abs(number) >= Decimal(10) ** 12:
        raise Malformed(f"an amount of {number:.3g} cannot be right")
    return format(number.normalize() + 0, "f")
