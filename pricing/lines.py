"""Price lines made ready to be asked: each a function of the values and the quantity, in smallest units of a currency.

`compile_prices` takes the lines of a product that hold in a price list, with the amounts kept in the list put in their
place, above those of the list that it is made from. `pricing.breakdown` sums them.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Any, Literal

from catalog.assemblies import expanded
from catalog.errors import Refusal
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import plain_function_of
from catalog.expressions.nodes import Constant, reads
from catalog.expressions.types import Scope, bind, bind_in_unit
from catalog.expressions.wanted_units import unit_of_material, unit_of_measure, unit_of_parts
from catalog.kinds.register import kind_of
from catalog.product_model import BomLine, Choice, Option, PriceLine, ProductModel, Text
from pricing.in_force import ClassTax, InForce, of_class, untold_tax
from pricing.money import PARTS, WHOLE_OF_RATIO, decimals, smallest_unit, whole
from pricing.price_list import PriceList
from pricing.tables import sized, with_cells
from pricing.taxes import TaxClass, Taxing, tax_class

type Values = Mapping[str, Choice]
type Amount = int | Fraction
type Form = Literal["amount", "value", "material", "percent", "minimum", "maximum", "least", "rounding"]

MAX_UNITS = 10**15
MOST_REMEMBERED = 4_096
# How a part's measures (in millimetres, `weight` in kilograms) become what a material is priced by.
MEASURES: Mapping[str, tuple[tuple[str, ...], int]] = {
    "piece": ((), 1),
    "m": (("length",), 10**3),
    "m2": (("length", "width"), 10**6),
    "m3": (("length", "width", "thickness"), 10**9),
    "kg": (("weight",), 1),
}


class PriceRefused(Refusal):
    """There is no price for these values; `data` names the price line, option and value where they are known."""

    slug = "price-refused"
    title = "There is no price for this"


class PriceTooLarge(PriceRefused):
    """A formula leads to an amount that no price has."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """How many pieces are priced, and how many like them the whole order has: that many at least."""

    count: int
    order: int

    def share_of(self, amount: Amount) -> Amount:
        """Return what is these pieces' of an amount for the whole order."""
        if self.count == self.order:
            return amount
        above, below = amount.as_integer_ratio()
        return ratio(above * self.count, below * self.order)


ONE = Pieces(1, 1)


@dataclass(frozen=True, slots=True)
class Item:
    """An amount that a line gives, for `value` of its option where it is for one; `cost` is exact, None unknown."""

    value: str | None
    amount: Amount
    cost: Amount | None


@dataclass(slots=True, eq=False)
class Part:
    """What one line gives for some values: items that sum to `amount`, or a rate or bound in it; `why` tells a no.

    `counts` tells that something applies, so that there is a price. `cost` is that of all items, None where it is not
    known of one. `rows` is how they are printed, once somebody has asked; nothing else changes in a part, and the same
    one may be given many times.
    """

    state: Literal["applied", "skipped", "undefined", "refused", "too_large"]
    amount: Amount = 0
    items: tuple[Item, ...] = ()
    why: str = ""
    value: str | None = None
    counts: bool = False
    cost: Amount | None = 0
    rows: Any = None


@dataclass(frozen=True, eq=False)
class Line:
    """A price line ready to be asked.

    `of` holds the indexes of the lines that a percentage, minimum or maximum is of; None for other lines. `below` is
    the place of the line in the list that this one is made from; `takes_costs` that its costs are taken. `is_whole`
    says that the line counts once for the whole order. `labels` are by value. `awaits` are options without which the
    line gives less than it will: they decide whether a part is needed that its material is for. `is_fine` says that an
    amount of it is written finer than a smallest unit. `factor` is what the amount of a minimum or maximum is times
    here. `made` remembers what was made of parts of the line below.
    """

    line: PriceLine
    form: Form
    part: Callable[[Values, Pieces], Part]
    reads: frozenset[str]
    of: frozenset[int] | None = None
    below: int | None = None
    takes_costs: bool = False
    is_whole: bool = False
    labels: Mapping[str, Text] = field(default_factory=dict)
    awaits: frozenset[str] = frozenset()
    is_fine: bool = False
    factor: Fraction = Fraction(1)
    made: dict[tuple[Part, Part], Part] = field(default_factory=dict, repr=False)

    @property
    def has_cost(self) -> bool:
        """Whether the line is for something that costs the merchant something: no percentage, bound or rounding."""
        return self.form in {"amount", "value", "material"}


# What comes to so many smallest units for a piece is rounded by half a percent at most.
_MUCH = 100


class Rounding:
    """How one list rounds an amount: to what a line adds to the sum, and to what is printed.

    With `keeps`, for several pieces, amounts finer than a smallest unit of the currency are kept: all of them ("all"),
    or ("small") those that rounding would change much and those of lines that are written so finely.
    """

    def __init__(self, price_list: PriceList, places: int, keeps: Literal["all", "small"] | None = None) -> None:
        self.scale: int = 10**places
        self.increment = int(price_list.increment * self.scale)
        self.ending = int((price_list.rounding_ending or 0) * self.scale)
        self.mode = price_list.rounding_mode
        self.by_line = price_list.rounding_of == "line"
        self.keeps = keeps
        self._whole = WHOLE_OF_RATIO[self.mode]

    def amount(self, exact: Fraction | int | Decimal, is_fine: bool = False) -> Amount:
        """Return an amount of the currency in smallest units, rounded where the list rounds each line."""
        above, below = exact.as_integer_ratio()
        return self.amount_of_ratio(above * self.scale, below, is_fine)

    def amount_of_units(self, units: Amount, is_fine: bool = False) -> Amount:
        """Return an amount in smallest units, rounded where the list rounds each line."""
        return self.amount_of_ratio(*units.as_integer_ratio(), is_fine) if self.by_line else units

    def amount_of_ratio(self, above: int, below: int, is_fine: bool = False) -> Amount:
        """Return above / below smallest units, rounded where the list rounds each line."""
        if not self.by_line:
            return ratio(above, below)
        return self._kept_or_rounded(above, below, is_fine)

    def total(self, exact: Amount, is_fine: bool = False) -> Amount:
        """Return the sum of all lines in smallest units, rounded if that has not happened line by line."""
        return exact if self.by_line else self._kept_or_rounded(*exact.as_integer_ratio(), is_fine)

    def at_least(self, exact: Amount) -> int:
        """Return the least amount, rounded as the list rounds, that is not below `exact`, which is above zero."""
        above, below = exact.as_integer_ratio()
        steps = -(-(above - self.ending * below) // (below * self.increment))
        return max(steps * self.increment + self.ending, self.ending)

    def not_below(self, exact: Amount) -> int:
        """Return the least amount, rounded as the list rounds, that is not below `exact`; below zero in whole steps."""
        if exact > 0:
            return self.at_least(exact)
        above, below = exact.as_integer_ratio()
        return -((-above) // (below * self.increment)) * self.increment

    def floor(self, exact: Fraction | int | Decimal) -> Amount:
        """Return what `amount` does, and never less than `exact`."""
        units = Fraction(exact) * self.scale
        found = self.amount(exact)
        return found if found >= units or units <= 0 else self.at_least(units)

    def paid(self, exact: Amount) -> int:
        """Return what is paid of an amount: whole smallest units."""
        return exact if isinstance(exact, int) else whole(exact, self.mode)

    def printed(self, amount: Amount, is_fine: bool = False) -> Amount:
        """Return what is printed of an amount, in smallest units; with parts of them where `is_fine`."""
        if isinstance(amount, int):
            return amount
        return self._in_parts(*amount.as_integer_ratio()) if is_fine else whole(amount, self.mode)

    def rounded(self, units: Amount) -> int:
        """Return an amount in smallest units, rounded as the list rounds."""
        return self._rounded(*units.as_integer_ratio())

    def is_kept(self, exact: Amount, is_fine: bool) -> bool:
        """Tell whether parts of a smallest unit are kept of an amount for a piece."""
        return self.keeps is not None and (is_fine or self.keeps == "all" or -_MUCH < exact < _MUCH)

    def _kept_or_rounded(self, above: int, below: int, is_fine: bool) -> Amount:
        if self.keeps is not None and (is_fine or self.keeps == "all" or abs(above) < _MUCH * below):
            return self._in_parts(above, below)
        return self._rounded(above, below)

    def _in_parts(self, above: int, below: int) -> Amount:
        return ratio(self._whole(above * PARTS, below), PARTS)

    def _rounded(self, above: int, below: int) -> int:
        increment = self.increment
        if not self.ending or not above:
            return self._whole(above, below * increment) * increment
        nearest = self._whole(abs(above) - self.ending * below, below * increment) * increment + self.ending
        # What is below the first ending takes it: an amount never becomes nothing, nor changes its sign.
        nearest = max(nearest, self.ending)
        return nearest if above > 0 else -nearest


def ratio(above: int, below: int) -> Amount:
    """Return above / below exactly, as an int where it is one."""
    quotient, rest = divmod(above, below)
    return Fraction(above, below) if rest else quotient


@dataclass(frozen=True, eq=False)
class Prices:
    """The price lines of a product model that hold in one price list, compiled. `readers` is by option.

    With `base` the first lines are those of the list it is made from: each amount times `factor`, which holds the
    `conversion` between the smallest units of the two currencies. `bounds` are the indexes of lines that are of others,
    `above` those of lines by the place below that they are made from. `wholes` tells of each line, and of what stands
    behind the lines, whether it counts once for the whole order; `is_kept` whether its part is given again for the same
    values. `moving` holds, by option, the lines that may come to something else where its value is another.
    `tax_class` is what the product is taxed with, and `line_classes` what lines of other classes are, where that
    differs; their key is that of the class. `rounding` is that of a piece, `order_rounding` that of what counts once;
    `is_several` tells that these prices are those of several pieces.
    """

    model: ProductModel
    terms: InForce
    lines: tuple[Line, ...]
    readers: Mapping[str, tuple[int, ...]]
    rounding: Rounding
    places: int
    required: frozenset[str]
    refusal: PriceRefused | None
    bounds: tuple[int, ...] = ()
    above: Mapping[int, int] = field(default_factory=dict)
    base: "Prices | None" = None
    factor: Fraction = Fraction(1)
    conversion: Fraction = Fraction(1)
    wholes: tuple[bool, ...] = ()
    is_kept: tuple[bool, ...] = ()
    moving: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    tax_class: TaxClass = field(kw_only=True)
    line_classes: Mapping[str, TaxClass] = field(default_factory=dict)
    is_several: bool = False

    @property
    def taxing(self) -> Taxing | None:
        """What makes taxes of amounts that are all taxed alike; None where the tax is not known."""
        return self.tax_class.taxing

    @cached_property
    def order_rounding(self) -> Rounding:
        return Rounding(self.price_list, self.places)

    @cached_property
    def multis(self) -> frozenset[str]:
        """The options that may have several values."""
        return frozenset(option.key for option in self.model.options if kind_of(option).is_several)

    @cached_property
    def is_fine(self) -> bool:
        """Whether an amount of a line is written finer than a smallest unit."""
        return any(line.is_fine for line in self.lines)

    @cached_property
    def has_floors(self) -> bool:
        """Whether rounding of the total stops at a minimum of all lines, in this list or in one below."""
        if self.base is not None and self.base.has_floors:
            return True
        return not self.rounding.by_line and any(is_floor(line) for line in self.lines)

    @cached_property
    def _several(self) -> "Prices":
        keeps = any(each.price_list.keeps_finer for each in self.terms.chain)
        return compile_prices(self.model, self.terms, is_several=True) if keeps else self

    def of(self, quantity: int) -> "Prices":
        """Return the prices of so many pieces: of several, what is finer than can be paid may be kept."""
        return self if self.is_several or quantity == 1 else self._several

    @cached_property
    def taxed_alike(self) -> Mapping[str, str]:
        """For each class of `line_classes` the first that is taxed like it: the tax on both is rounded once."""
        first: dict[TaxClass, str] = {}
        return {key: first.setdefault(each, key) for key, each in self.line_classes.items()}

    @property
    def tells_taxes_apart(self) -> bool:
        """Whether what is shown depends on which lines a total consists of: they are taxed at different rates."""
        is_total = self.price_list.shows == self.price_list.amounts_are and self.terms.tax_status is None
        return bool(self.line_classes) and not is_total

    def cost_factor_of(self, line: PriceLine) -> Fraction:
        """Return what the costs of `line` are times to become its amounts, where these are made from costs."""
        return self.factor * self.gross_factor(self.line_classes.get(line.tax_class or "", self.tax_class))

    def gross_factor(self, taxed: TaxClass) -> Fraction:
        """Return what a net amount is times here: where amounts are gross, they hold the tax."""
        return 1 + Fraction(taxed.rate) / 100 if self.price_list.amounts_are == "gross" else Fraction(1)

    @property
    def price_list(self) -> PriceList:
        return self.terms.price_list

    @property
    def least_line(self) -> Line:
        """The line that raises a price to the least over its cost."""
        return LEAST

    @property
    def rounding_line(self) -> Line:
        """The line that tells what rounding the total adds."""
        return ROUNDING


def is_floor(line: Line) -> bool:
    """Tell whether a line is a minimum of all lines before it: the total is not rounded below that either."""
    return line.form == "minimum" and not line.line.of


# Forms of lines that no model has: what a list adds at the end.
_ADDED = ("least", "rounding")
SKIPPED = Part("skipped")
_BARE = Part("applied")


def _bare(values: Values, pieces: Pieces) -> Part:
    return _BARE


LEAST = Line(
    PriceLine("least", Text("Least price", (("de", "Mindestpreis"), ("fr", "Prix minimal")))),
    "least",
    _bare,
    frozenset(),
)
ROUNDING = Line(
    PriceLine("rounding", Text("Rounding", (("de", "Rundung"), ("fr", "Arrondi")))), "rounding", _bare, frozenset()
)


def lines_in(model: ProductModel, price_list: PriceList | InForce) -> tuple[PriceLine, ...]:
    """Return the price lines that hold in `price_list` itself, not in what it is made from.

    Those are the lines for it, and those for no list in particular where its currency is the model's, or where the list
    keeps an amount for them. A list of its own lines only, or one that is made from another, has none of the general.
    """
    model = expanded(model)
    terms = price_list if isinstance(price_list, InForce) else InForce(price_list)
    own = terms.price_list
    takes_general = not own.own_lines_only and own.derived is None
    kept = {(line, bool(value)) for line, value, _ in terms.amounts}
    return tuple(
        line
        for line in model.price_lines
        if line.price_list == own.key
        or (
            line.price_list is None
            and takes_general
            and (
                own.currency == model.currency or (line.key, line.option is not None or line.table is not None) in kept
            )
        )
    )


def compile_prices(model: ProductModel, price_list: PriceList | InForce, is_several: bool = False) -> Prices:
    """Return the prices of `model` in `price_list`, made ready to be asked.

    Never refuses: price lines that cannot be read, or none at all, refuse when a price is asked for, so that the rest
    of a product works without. The publish checks tell the same beforehand.
    """
    model = expanded(model)
    terms = price_list if isinstance(price_list, InForce) else InForce(price_list)
    own = terms.price_list
    base = compile_prices(model, terms.base, is_several) if terms.base is not None else None
    places = decimals(own.currency)
    compiler = _Compiler(model, terms, base, is_several)
    refusal: PriceRefused | None = None
    try:
        if terms.problem is not None:
            raise PriceRefused(terms.problem, price_list=own.key, product=model.product)
        if own.derived is not None and terms.base is None:
            raise PriceRefused(
                f"The price list {own.name.default!r} is made from {own.derived.of!r}, which is not here.",
                price_list=own.key,
                product=model.product,
            )
        if base is not None and base.refusal is not None:
            raise base.refusal
        compiler.compile()
    except PriceRefused as refused:
        refusal = refused
    lines = tuple(compiler.lines)
    readers: dict[str, list[int]] = {}
    for index, compiled in enumerate(lines):
        for option in compiled.reads:
            readers.setdefault(option, []).append(index)
    above = {line.below: index for index, line in enumerate(lines) if line.below is not None}
    bounds = tuple(index for index, line in enumerate(lines) if line.of is not None)
    conversion = Fraction(terms.rate or 1)
    if base is not None:
        conversion = conversion * 10**places / 10**base.places
    factor = conversion * (own.derived.exact_factor if own.derived is not None else 1)
    trailing = (*([False, True] if own.least_over_cost is not None else []), False, True)
    products = tax_class(own, own, _home_tax(terms, model.tax_class))
    others = _line_classes(model, terms, lines, products)
    if refusal is None and terms.tax_status is not None and any(each.taxing is None for each in others.values()):
        refusal = PriceRefused(untold_tax(own), price_list=own.key, product=model.product)
    wholes = [line.is_whole if line.below is None or base is None else base.wholes[line.below] for line in lines]
    return Prices(
        model=model,
        terms=terms,
        lines=lines,
        readers={option: tuple(indexes) for option, indexes in readers.items()},
        rounding=compiler.rounding,
        places=places,
        required=frozenset(
            option.key for option in model.options if option.required and not kind_of(option).is_several
        ),
        refusal=refusal,
        bounds=bounds,
        above=above,
        base=base,
        factor=factor,
        conversion=conversion,
        wholes=(*wholes, *trailing),
        is_kept=tuple(
            line.of is None
            and (line.below is None or base is None or (line.below < len(base.lines) and base.is_kept[line.below]))
            for line in lines
        ),
        moving=_moving(lines, readers, bounds, above, base),
        tax_class=products,
        line_classes=others,
        is_several=is_several,
    )


def _moving(
    lines: Sequence[Line],
    readers: Mapping[str, Sequence[int]],
    bounds: Sequence[int],
    above: Mapping[int, int],
    base: Prices | None,
) -> dict[str, tuple[int, ...]]:
    """Return, by option, the lines that read it, those made from lines below that move, and what is of these."""
    found: dict[str, tuple[int, ...]] = {}
    for option in {*readers, *(base.moving if base is not None else ())}:
        touched = set(readers.get(option, ()))
        if base is not None and option in base.moving:
            behind = range(len(base.lines), len(base.wholes))
            touched.update(above[index] for index in (*base.moving[option], *behind) if index in above)
        for index in bounds:
            of = lines[index].of
            if of is not None and not of.isdisjoint(touched):
                touched.add(index)
        found[option] = tuple(sorted(touched))
    return found


def _line_classes(
    model: ProductModel, terms: InForce, lines: Sequence[Line], products: TaxClass
) -> dict[str, TaxClass]:
    """Return what lines of other classes are taxed with, where that is not what the product is taxed with."""
    told = {each.tax_class: each for each in terms.class_taxes}
    keys = dict.fromkeys(line.line.tax_class for line in lines)
    others = {
        key: tax_class(terms.price_list, told.get(key) or of_class(key), _home_tax(terms, key))
        for key in keys
        if key is not None and key != model.tax_class
    }
    return {key: each for key, each in others.items() if each != products}


def _home_tax(terms: InForce, key: str) -> ClassTax | None:
    return next((each for each in terms.home_taxes if each.tax_class == key), None)


def line_classes(model: ProductModel) -> tuple[str, ...]:
    """Return the tax classes of price lines that have one of their own, in order."""
    return tuple(dict.fromkeys(line.tax_class for line in expanded(model).price_lines if line.tax_class is not None))


def value_keys(option: Option) -> tuple[str, ...]:
    """Return the keys under which a line gives an amount for each value of `option`."""
    if kind_of(option).is_truth:
        return ("true", "false")
    return tuple(value.key for value in option.values)


def amount_keys(line: PriceLine, option: Option | None) -> Collection[str]:
    """Return under what a list keeps the amounts of a line: values, cells of its table, or "" for a single amount."""
    if line.table is not None:
        return line.table.cells.keys()
    return ("",) if option is None else value_keys(option)


def amount_problem(scope: Scope, line: PriceLine, text: str) -> str | None:
    """Return why an amount that a list keeps for `line` cannot be read, or never has a value; None where it can."""
    try:
        if line.table is not None:
            Decimal(text)
        else:
            node = bind_in_unit(text, scope, None)
            if not reads(node) and plain_function_of(node)({}) is None:
                return "it has no value, whatever is chosen: it divides by zero"
    except ExpressionRefused as refused:
        return refused.sentence
    except InvalidOperation:
        return "a cell of a table holds a number"
    return None


def chosen_values(choice: Choice | None) -> tuple[str, ...]:
    """Return the keys of the values that `choice` stands for."""
    if choice is None:
        return ()
    if isinstance(choice, bool):
        return ("true",) if choice else ("false",)
    return choice if isinstance(choice, tuple) else (str(choice),)


def joined(first: Text, second: Text) -> Text:
    """Return "first: second" in every locale that either of them knows."""
    locales = dict.fromkeys(locale for locale, _ in (*first.translations, *second.translations))
    return Text(
        f"{first.default}: {second.default}",
        tuple(sorted((each, f"{first.in_locale(each)}: {second.in_locale(each)}") for each in locales)),
    )


def forms_of(line: PriceLine) -> tuple[str, ...]:
    """Return which of the six forms a line has; it should be one."""
    named = {
        "amount": line.amount,
        "option": line.option,
        "table": line.table,
        "percent": line.percent,
        "minimum": line.minimum,
        "maximum": line.maximum,
    }
    return tuple(name for name, content in named.items() if content is not None)


def with_amounts(line: PriceLine, amounts: Mapping[str, str], is_foreign: bool = False) -> PriceLine:
    """Return `line` with the amounts that a list keeps for it: under "" its own, else those of values.

    With `is_foreign` nothing remains of what the line itself says: its amounts are in another currency.
    """
    if is_foreign:
        line = replace(line, cost=None, costs={})
        if any(each.amount is not None for each in line.breaks):
            raise _unreadable(line, "its breaks have amounts in another currency; write them as percentages")
    if line.option is not None:
        own = {} if is_foreign else dict(line.amounts)
        return replace(line, amounts={**own, **{value: text for value, text in amounts.items() if value}})
    if line.table is not None:
        return replace(line, table=with_cells(line.table, _cell_amounts(line, amounts), only=is_foreign))
    if "" not in amounts:
        return line
    changes: dict[str, Any] = {next(iter(forms_of(line)), "amount"): amounts[""]}
    return replace(line, **changes)


def kept_line(line: PriceLine, kept: Mapping[str, str]) -> PriceLine | None:
    """Return `line` with only the amounts that a derived list keeps for it, None where it keeps none.

    Costs are left out: they are those of the list below.
    """
    if line.option is not None:
        return replace(line, amounts={value: text for value, text in kept.items() if value}, costs={})
    if line.table is not None:
        cells = _cell_amounts(line, kept)
        return replace(line, table=with_cells(line.table, cells, only=True), cost=None) if cells else None
    return replace(with_amounts(line, kept), cost=None) if "" in kept else None


def _cell_amounts(line: PriceLine, kept: Mapping[str, str]) -> dict[str, Decimal]:
    """Return the amounts kept for cells of a line's table; those of sizes that it no longer has mean nothing."""
    assert line.table is not None
    cells = {cell: text for cell, text in kept.items() if cell in line.table.cells}
    try:
        return {cell: Decimal(text) for cell, text in cells.items()}
    except InvalidOperation:
        raise _unreadable(line, "an amount that is kept for a cell of its table is no number") from None


# ---- compiling -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Function:
    """An expression ready to be asked, with the options it reads."""

    value: Callable[[Values], Any]
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Below:
    """What a line with kept amounts has of the list below: what its breaks' amounts are times, and that it is fine."""

    factor: Fraction
    is_fine: bool


@dataclass(frozen=True, slots=True)
class _Count:
    """How much so many pieces need of something, with the options that are read."""

    value: Callable[[Values, int], Any]
    reads: frozenset[str]


type _CellOf = Callable[[Values], tuple[str | None, Amount | None, str]]
_ZERO = _Function(lambda values: 0, frozenset())


class _Compiler:
    """Compiles the lines of one product in one list, one after another."""

    def __init__(self, model: ProductModel, terms: InForce, base: Prices | None, is_several: bool) -> None:
        self.model = model
        self.terms = terms
        self.base = base
        own = terms.price_list
        keeps: Literal["all", "small"] = "all" if own.rounding_per == "order" else "small"
        self.order_rounding = Rounding(own, decimals(own.currency))
        self.rounding = Rounding(own, decimals(own.currency), keeps if is_several and own.keeps_finer else None)
        self.scope = Scope.of(model)
        self.lines: list[Line] = []
        self.kept: dict[str, dict[str, str]] = {}
        for line, value, amount in terms.amounts:
            self.kept.setdefault(line, {})[value] = amount

    def compile(self) -> None:
        held = lines_in(self.model, self.terms)
        if self.base is not None:
            self._derived_lines(self.base)
        elif not held:
            raise PriceRefused(
                f"The price list {self.terms.price_list.name.default!r} has no prices for this product.",
                price_list=self.terms.price_list.key,
                product=self.model.product,
            )
        is_foreign = self.terms.price_list.currency != self.model.currency
        for line in held:
            amounts = self.kept.get(line.key)
            own = with_amounts(line, amounts, is_foreign and line.price_list is None) if amounts else line
            if any(other.line.key == own.key and other.form not in _ADDED for other in self.lines):
                raise _unreadable(own, "there are two price lines with this key in one price list")
            self.lines.append(self._compiled(own))

    def _derived_lines(self, base: Prices) -> None:
        derived = self.terms.price_list.derived
        takes_costs = derived is not None and derived.take == "costs"
        trailing = [*([LEAST, LEAST] if base.price_list.least_over_cost is not None else []), ROUNDING, ROUNDING]
        for index, below in enumerate((*base.lines, *trailing)):
            kept = None if below.form in _ADDED else self.kept.get(below.line.key)
            if kept and not below.has_cost and "" in kept:
                self.lines.append(self._compiled(with_amounts(below.line, kept)))
                continue
            if below.line.is_bound and not takes_costs and self._is_of_kept(below.line):
                # What it is of is something else here: it is of what the lines come to in this list.
                self.lines.append(self._compiled(below.line, _Below(self._fixed_factor(below), below.is_fine)))
                continue
            part, own_reads, is_fine = self._kept_amounts(below, kept) if kept else (_bare, frozenset[str](), False)
            self.lines.append(
                Line(
                    below.line,
                    below.form,
                    part,
                    own_reads,
                    below=index,
                    takes_costs=takes_costs,
                    is_whole=below.is_whole,
                    labels=below.labels,
                    awaits=below.awaits,
                    is_fine=is_fine or below.is_fine,
                )
            )

    def _is_of_kept(self, line: PriceLine) -> bool:
        """Tell whether a percentage, minimum or maximum is of a line that this list keeps amounts for."""
        return any(
            self.kept.get(other.line.key) or (other.of is not None and other.below is None)
            for index, other in enumerate(self.lines)
            if index in self._of(line)
        )

    def _kept_amounts(
        self, below: Line, kept: Mapping[str, str]
    ) -> tuple[Callable[[Values, Pieces], Part], frozenset[str], bool]:
        """Return the amounts that this list keeps in place of those of the list below, as items by value.

        With them, what they read, and whether one is written finer than a smallest unit.

        They come from the line itself with these amounts put in: its material, breaks and tiers stay what they are.
        """
        own = kept_line(below.line, kept)
        if own is None:
            return _bare, frozenset(), False
        compiled = self._compiled(own, _Below(self._fixed_factor(below), below.is_fine))

        def part(values: Values, pieces: Pieces) -> Part:
            made = compiled.part(values, pieces)
            # Whether the line applies is told by the list below.
            return _BARE if made.state == "skipped" else made

        return part, compiled.reads, compiled.is_fine

    def _fixed_factor(self, below: Line) -> Fraction:
        """Return what fixed amounts in the breaks of a line are times here: they are made like any other amount."""
        factor, terms, line, base = Fraction(1), self.terms, below, self.base
        while True:
            derived = terms.price_list.derived
            assert derived is not None and base is not None
            factor *= Fraction(terms.rate or 1) * derived.exact_factor
            if line.below is None or base.base is None:
                return factor * line.factor
            terms, line, base = base.terms, base.base.lines[line.below], base.base

    def _compiled(self, line: PriceLine, below: "_Below | None" = None) -> Line:
        """Return `line` compiled; with `below` as one that a derived list keeps amounts for, some or all."""
        if len(forms_of(line)) != 1:
            raise _unreadable(
                line,
                "it needs either an amount, an option with amounts, a table, a percentage, a minimum or a maximum",
            )
        when = self._function(line, "when", line.when, "condition")
        if line.option is not None:
            return self._per_value(line, when, below)
        if line.amount is not None or line.table is not None:
            return self._amount(line, when, below)
        return self._bound(line, when, Fraction(1) if below is None else below.factor)

    def _function(
        self,
        line: PriceLine,
        place: str,
        text: str | None,
        expected: Literal["condition", "number"],
        unit: str | None = None,
    ) -> _Function | None:
        if text is None:
            return None
        try:
            node = (
                bind(text, self.scope, expected, lengths=True)
                if expected == "condition"
                else bind_in_unit(text, self.scope, unit)
            )
        except ExpressionRefused as refused:
            raise _unreadable(line, f"{place}: {refused.sentence}") from refused
        if isinstance(node, Constant):
            constant = ratio(*node.value.as_integer_ratio()) if isinstance(node.value, Fraction) else node.value
            return _Function(lambda values: constant, frozenset())
        return _Function(plain_function_of(node), reads(node))

    def _number(self, line: PriceLine, place: str, text: str, unit: str | None = None) -> _Function:
        function = self._function(line, place, text, "number", unit)
        assert function is not None
        return function

    def _bound(self, line: PriceLine, when: _Function | None, made: Fraction) -> Line:
        """Return a percentage, a minimum or a maximum: what it is of stands before it.

        A minimum or maximum of a list below is times `made` here, as any amount of it is.
        """
        form: Form = "percent" if line.percent is not None else "minimum" if line.minimum is not None else "maximum"
        text = line.percent or line.minimum or line.maximum or ""
        bound = self._number(line, form, text)
        rounding = self.order_rounding if line.once else self.rounding
        factor = Fraction(1) if form == "percent" else made

        def part(values: Values, pieces: Pieces) -> Part:
            if when is not None and not when.value(values):
                return SKIPPED
            given = bound.value(values)
            if given is None:
                return _undefined(line)
            if form == "percent":
                return Part("applied", given)
            given *= factor
            return Part("applied", rounding.floor(given) if form == "minimum" else rounding.amount(given))

        every = _reads(when, bound)
        compiled = _remembered(part, every, False)
        return Line(line, form, compiled, every, self._of(line), is_whole=line.once, factor=factor)

    def _of(self, line: PriceLine) -> frozenset[int]:
        known = {each.key for each in self.model.price_lines}
        known |= {each.subtotal for each in self.model.price_lines if each.subtotal is not None}
        if line.of and not set(line.of) <= known:
            missing = ", ".join(sorted(set(line.of) - known))
            raise _unreadable(line, f"it is of {missing}, which is no price line and no subtotal")
        indexes = frozenset(
            index
            for index, other in enumerate(self.lines)
            if not line.of
            # What the list below adds at the end is a line here: "all lines before" are what that list costs.
            or (other.form not in _ADDED and (other.line.key in line.of or other.line.subtotal in line.of))
        )
        if line.of and not indexes:
            raise _unreadable(line, "none of the lines it is of stands before it in this price list")
        return indexes

    def _amount(self, line: PriceLine, when: _Function | None, below: "_Below | None") -> Line:
        """Return a line with one amount, which is written or found in a table: then the item is for its cell."""
        amount, cell_of = self._given(line)
        count = self._count(line)
        cost = self._function(line, "cost", line.cost, "number")
        tiers = self._tiers(line, amount, below)
        rounding, is_fine = self._rounding(line, below)

        def part(values: Values, pieces: Pieces) -> Part:
            if when is not None and not when.value(values):
                return SKIPPED
            cell: str | None = None
            if cell_of is None:
                one = amount.value(values)
            else:
                cell, one, why = cell_of(values)
                if one is None:
                    # A derived list keeps amounts for some cells; where it has none, the list below tells.
                    told = f"The price line {line.key!r} has {why}."
                    return SKIPPED if below is not None else Part("undefined", why=told)
            price = tiers(values, pieces, one)
            if price is None:
                return _undefined(line)
            spent = None if cost is None else cost.value(values)
            if cost is not None and spent is None:
                return Part("undefined", why=f"The price line {line.key!r} has no cost with these choices.")
            if count is not None:
                units = _charged(line, count, values, pieces)
                if (problem := _no_quantity(line, units)) is not None:
                    return problem
                price, spent = price * units, None if spent is None else spent * units
            return _applied(line, rounding, is_fine, [(cell, price, spent)], pieces.count if line.tiered else 1)

        every = _reads(when, amount, cost, count) | tiers.reads
        return Line(
            line,
            "material" if line.per is not None else "amount",
            _remembered(part, every, bool(line.breaks) or line.tiered or line.whole),
            every,
            is_whole=line.once or line.tiered or line.whole,
            awaits=self._awaits(line),
            is_fine=is_fine,
        )

    def _rounding(self, line: PriceLine, below: "_Below | None") -> tuple[Rounding, bool]:
        """Return how the amounts of a line are rounded, and whether one is written finer than a smallest unit."""
        unit = smallest_unit(self.terms.price_list.currency)
        texts = [line.amount, *line.amounts.values(), *(each.amount for each in line.breaks)]
        cells = () if line.table is None else line.table.cells.values()
        is_fine = below is not None and below.is_fine
        is_fine = is_fine or any(number is not None and number % unit for number in map(constant_number, texts))
        is_fine = is_fine or any(number is not None and number % unit for number in cells)
        return self.order_rounding if line.once or line.tiered or line.whole else self.rounding, is_fine

    def _given(self, line: PriceLine) -> tuple[_Function, "_CellOf | None"]:
        """Return the amount of a line and, where a table has it, the function that finds its cell."""
        table = line.table
        if table is None:
            return self._number(line, "amount", line.amount or ""), None
        column, row = self._number(line, "table/columns", table.columns), self._number(line, "table/rows", table.rows)
        cell_of = sized(table, column.value, row.value)
        return _Function(lambda values: cell_of(values)[1], _reads(column, row)), cell_of

    def _awaits(self, line: PriceLine) -> frozenset[str]:
        """Return the options that decide whether there are the parts that a material is for."""
        parts = [each for each in self.model.bom_lines if each.key in line.parts]
        conditions = [self._function(line, f"parts/{each.key}/when", each.when, "condition") for each in parts]
        return _reads(*conditions).union(each.option for each in parts if each.option is not None)

    def _per_value(self, line: PriceLine, when: _Function | None, below: "_Below | None") -> Line:
        option = self.model.option_by_key.get(line.option or "")
        if option is None:
            raise _unreadable(line, f"there is no option {line.option!r}")
        if not kind_of(option).is_priced_by_value:
            raise _unreadable(line, f"the option {option.key!r} has no listed values; write a formula as amount")
        key = option.key
        functions = {value: self._number(line, f"amounts/{value}", text) for value, text in line.amounts.items()}
        count = self._count(line)
        costs = {value: self._number(line, f"costs/{value}", text) for value, text in line.costs.items()}
        tiers = self._tiers(line, None, below)
        every = _reads(when, count, *functions.values(), *costs.values()) | tiers.reads | {key}
        rounding, is_fine = self._rounding(line, below)

        def part(values: Values, pieces: Pieces) -> Part:
            if when is not None and not when.value(values):
                return SKIPPED
            chosen = chosen_values(values.get(key))
            amounts: list[tuple[str | None, Amount, Amount | None]] = []
            units = 1 if count is None or not chosen else _charged(line, count, values, pieces)
            if (problem := _no_quantity(line, units)) is not None:
                return problem
            for value in chosen:
                function = functions.get(value)
                if function is None and below is not None:
                    continue
                if function is None:
                    why = f"The price line {line.key!r} has no amount for the value {value!r} of {key!r}."
                    return Part("refused", why=why, value=value)
                exact = tiers(values, pieces, function.value(values))
                if exact is None:
                    return _undefined(line, value)
                spent = costs[value].value(values) if value in costs else None
                if value in costs and spent is None:
                    return Part("undefined", why=f"The price line {line.key!r} has no cost for {value!r}.", value=value)
                amounts.append((value, exact * units, None if spent is None else spent * units))
            return _applied(line, rounding, is_fine, amounts, pieces.count if line.tiered else 1) if chosen else SKIPPED

        return Line(
            line,
            "value",
            _remembered(part, every, bool(line.breaks) or line.tiered or line.whole),
            every,
            is_whole=line.once or line.tiered or line.whole,
            awaits=self._awaits(line),
            labels={value: _label(line, option, value) for value in value_keys(option)},
            is_fine=is_fine,
        )

    def _tiers(self, line: PriceLine, amount: _Function | None, below: "_Below | None") -> "_Tiers":
        breaks = []
        for each in sorted(line.breaks, key=lambda each: each.pieces):
            if (each.amount is None) == (each.percent is None) or each.pieces < 2:
                raise _unreadable(line, "each of its breaks is from 2 pieces on, and has an amount or a percentage")
            if each.amount is not None and amount is None:
                raise _unreadable(line, "breaks of a line with amounts for values are percentages")
            text = each.amount if each.amount is not None else each.percent or ""
            breaks.append((each.pieces, each.amount is not None, self._number(line, f"breaks/{each.pieces}", text)))
        if line.tiered and line.once:
            raise _unreadable(line, "what is tiered depends on the pieces, and what counts once does not")
        return _Tiers(tuple(breaks), line.tiered, 1 if below is None else below.factor)

    def _count(self, line: PriceLine) -> "_Count | None":
        """Return how much of a material so many pieces need, in its unit; None for a line that has none."""
        if line.whole and (line.per is None or line.once or line.tiered or line.at_least is not None):
            raise _unreadable(line, "whole units are of a material, for the order: neither once, tiered nor at least")
        if line.per is None:
            if line.quantity is not None or line.parts or line.waste is not None or line.at_least is not None:
                raise _unreadable(line, "it tells a quantity of material, and not what it is priced per")
            return None
        if (line.quantity is None) == (not line.parts):
            raise _unreadable(line, "a material needs either a quantity or the parts it is for")
        unit = unit_of_material(line.per)
        needed: list[_Count] = [self._part_count(line, key) for key in line.parts]
        if line.quantity is not None:
            quantity = self._number(line, "quantity", line.quantity, unit)
            needed = [_Count(lambda values, pieces: _times(quantity.value(values), pieces), quantity.reads)]
        waste = self._number(line, "waste", line.waste) if line.waste is not None else _ZERO
        least = self._number(line, "at_least", line.at_least, unit) if line.at_least is not None else _ZERO

        def count(values: Values, pieces: int) -> Amount | None:
            amounts = [each.value(values, pieces) for each in needed]
            more, floor = waste.value(values), least.value(values)
            if more is None or floor is None or any(amount is None for amount in amounts):
                return None
            used = _percent(sum(amounts), 100 + more)
            # What is not needed at all is not charged either, and what is below zero is refused.
            return max(used, floor) if used > 0 else used

        return _Count(count, _reads(*needed, waste, least))

    def _part_count(self, line: PriceLine, key: str) -> "_Count":
        part = next((each for each in self.model.bom_lines if each.key == key), None)
        if part is None:
            raise _unreadable(line, f"there is no BOM line {key!r}")
        names, divisor = MEASURES[line.per or "piece"]
        if missing := [name for name in names if name not in part.measures]:
            raise _unreadable(line, f"the BOM line {key!r} has no measure {', '.join(missing)}")
        when = self._function(line, f"parts/{key}/when", part.when, "condition")
        factors = [self._number(line, f"parts/{key}/quantity", part.quantity, unit_of_parts(part))]
        factors += [
            self._number(line, f"parts/{key}/{name}", part.measures[name], unit_of_measure(name)) for name in names
        ]
        return _Count(
            _part_count(part, when, factors, divisor, part.whole and line.whole),
            _reads(when, *factors) | (frozenset({part.option}) if part.option is not None else frozenset()),
        )


def _part_count(
    part: BomLine, when: _Function | None, factors: Sequence[_Function], divisor: int, is_whole: bool
) -> Callable[[Values, int], Amount | None]:
    """Return how much pieces need of a part: its quantity, then its measures; `is_whole` as the parts list takes it."""
    quantity, *measures = factors

    def count(values: Values, pieces: int) -> Amount | None:
        if when is not None and not when.value(values):
            return 0
        product: Amount = len(chosen_values(values.get(part.option))) if part.option is not None else 1
        if not product:
            return 0  # A part that is not there has no measures.
        needed = _times(quantity.value(values), pieces)
        if needed is None:
            return None
        product *= ceil(needed) if is_whole and needed > 0 else needed
        for factor in measures:
            each = factor.value(values)
            if each is None:
                return None
            product *= each
        above, below = product.as_integer_ratio()
        return ratio(above, below * divisor)

    return count


def _times(number: Any, pieces: int) -> Any:
    return None if number is None else number * pieces


class _Tiers:
    """The quantity breaks of a line: what the line gives for so many pieces, from what it gives for one."""

    def __init__(self, breaks: tuple[tuple[int, bool, _Function], ...], is_tiered: bool, fixed: Amount) -> None:
        self.breaks = breaks
        self.is_tiered = is_tiered
        self.fixed = fixed
        self.reads = _reads(*(function for _, _, function in breaks))

    def __call__(self, values: Values, pieces: Pieces, amount: Amount | None) -> Amount | None:
        """Return the amount of one of `pieces`; of a tiered line their share of the whole order, tier by tier.

        None where the amount, or one that a break reached gives, is undefined.
        """
        if amount is None:
            return None
        reached: list[tuple[int, Amount]] = [(1, amount)]
        for first, is_amount, function in self.breaks:
            if first > pieces.order:
                break
            given = function.value(values)
            if given is None:
                return None
            reached.append((first, given * self.fixed if is_amount else _percent(amount, 100 + given)))
        if not self.is_tiered:
            return reached[-1][1]
        ends = [first for first, _ in reached[1:]] + [pieces.order + 1]
        total: Amount = sum((end - first) * each for (first, each), end in zip(reached, ends, strict=True))
        return pieces.share_of(total)


def _percent(amount: Amount, percent: Amount) -> Amount:
    above, below = (amount * percent).as_integer_ratio()
    return ratio(above, below * 100)


def _applied(
    line: PriceLine,
    rounding: Rounding,
    is_fine: bool,
    amounts: Iterable[tuple[str | None, Amount, Amount | None]],
    pieces: int,
) -> Part:
    items = []
    total: Amount = 0
    spent: Amount | None = 0
    for value, exact, cost in amounts:
        units = rounding.amount(exact, is_fine)
        if not -MAX_UNITS < units < MAX_UNITS:
            place = f" for {value!r}" if value else ""
            why = f"The price line {line.key!r} gives an amount{place} that is too large to be right."
            return Part("too_large", why=why, value=value)
        total += units
        cost = None if cost is None else cost * rounding.scale * pieces
        spent = None if cost is None or spent is None else spent + cost
        items.append(Item(value, units, cost))
    return Part("applied", total, tuple(items), counts=bool(items), cost=spent)


def constant_number(text: str | None) -> Decimal | None:
    """Return the number that a text is, None where it is none or a formula."""
    if text is None or not _CONSTANT.fullmatch(text.strip()):
        return None
    return Decimal(text.strip())


_CONSTANT = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


def _unreadable(line: PriceLine, why: str) -> PriceRefused:
    end = "" if why.endswith(("?", ".")) else "."
    return PriceRefused(f"The price line {line.key!r} cannot be used: {why}{end}", line=line.key)


def _charged(line: PriceLine, count: _Count, values: Values, pieces: Pieces) -> Any:
    """Return how much of a material is charged, None where it is undefined; of whole units, the share of the order."""
    if not line.whole:
        return count.value(values, 1)
    units = count.value(values, pieces.order)
    return units if units is None or units <= 0 else pieces.share_of(ceil(units))


def _no_quantity(line: PriceLine, units: Amount | None) -> Part | None:
    """Return why there is no price for so much of a material, None where there is one."""
    if units is None:
        return Part("undefined", why=f"The price line {line.key!r} has no quantity with these choices.")
    if units < 0:
        return Part("refused", why=f"The price line {line.key!r} gives a quantity below zero.")
    return None


def _undefined(line: PriceLine, value: str | None = None) -> Part:
    place = f" for {value!r}" if value else ""
    return Part("undefined", why=f"The price line {line.key!r} has no amount{place} with these choices.", value=value)


def _label(line: PriceLine, option: Option, value: str) -> Text:
    """Return the line's label with the value's: "Top: Glass"."""
    known = option.value_by_key.get(value)
    return line.label if known is None else joined(line.label, known.label)


def _reads(*functions: "_Function | _Count | None") -> frozenset[str]:
    return frozenset[str]().union(*(each.reads for each in functions if each is not None))


def _remembered(
    part: Callable[[Values, Pieces], Part], read: Iterable[str], by_quantity: bool
) -> Callable[[Values, Pieces], Part]:
    """Return `part` with a memory for the values of the options it reads; once it is full, it starts again."""
    keys = tuple(sorted(read))
    memory: dict[Any, Part] = {}  # shared by threads: a lost entry is only computed again
    if not keys and not by_quantity:
        constant = part({}, ONE)
        return lambda values, pieces: constant
    if len(keys) == 1 and not by_quantity:
        only = keys[0]

        def of_one(values: Values, pieces: Pieces) -> Part:
            value = values.get(only)
            known = memory.get(value)
            if known is None:
                if len(memory) >= MOST_REMEMBERED:
                    memory.clear()
                known = memory[value] = part(values, ONE)
            return known

        return of_one

    if len(keys) == 2 and not by_quantity:
        one, other = keys

        def of_two(values: Values, pieces: Pieces) -> Part:
            both = (values.get(one), values.get(other))
            known = memory.get(both)
            if known is None:
                if len(memory) >= MOST_REMEMBERED:
                    memory.clear()
                known = memory[both] = part(values, ONE)
            return known

        return of_two

    def of_many(values: Values, pieces: Pieces) -> Part:
        several = (*[values.get(key) for key in keys], pieces if by_quantity else ONE)
        known = memory.get(several)
        if known is None:
            if len(memory) >= MOST_REMEMBERED:
                memory.clear()
            known = memory[several] = part(values, pieces)
        return known

    return of_many
