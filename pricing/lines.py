"""Price lines made ready to be asked: each a function of the values and the quantity, in smallest
units of a currency.

`compile_prices` takes the lines of a product that hold in a price list, with the amounts kept in
the list put in their place, above those of the list that it is made from. `pricing.breakdown` sums
them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import Any, Literal

from catalog.assemblies import expanded
from catalog.expressions.arithmetic import ONE as ONE_NODE
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import plain_function_of
from catalog.expressions.nodes import Constant, Node, reads
from catalog.expressions.types import Scope, bind_in_unit
from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Option, PriceLine, ProductModel, Text
from pricing.in_force import ClassTax, InForce, of_class, untold_tax
from pricing.money import decimals, smallest_unit
from pricing.price_forms import (
    PIECES,
    AmountBySize,
    AmountByValue,
    Bound,
    Formula,
    Minimum,
    Percentage,
    PriceRefused,
    Reading,
    constant_number,
    form_of,
    forms_of,
    unreadable,
    value_keys,
)
from pricing.price_list import PriceList
from pricing.rounding import Amount, Rounding, ratio
from pricing.tables import sized
from pricing.taxes import TaxClass, Taxing, tax_class

type Values = Mapping[str, Choice]
type Form = Literal[
    "amount", "value", "material", "percent", "minimum", "maximum", "least", "rounding"
]

MAX_UNITS = 10**15
MOST_REMEMBERED = 4_096


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
    """An amount that a line gives, for `value` of its option where it is for one; `cost` is exact,
    None unknown.
    """

    value: str | None
    amount: Amount
    cost: Amount | None


@dataclass(slots=True, eq=False)
class Part:
    """What one line gives for some values: items that sum to `amount`, or a rate or bound in it;
    `why` tells a no.

    `counts` tells that something applies, so that there is a price. `cost` is that of all items,
    None where it is not known of one. `rows` is how they are printed, once somebody has asked;
    nothing else changes in a part, and the same one may be given many times.
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

    `of` holds the indexes of the lines that a percentage, minimum or maximum is of; None for other
    lines. `below` is the place of the line in the list that this one is made from; `takes_costs`
    that its costs are taken. `is_whole` says that the line counts once for the whole order.
    `labels` are by value. `awaits` are options without which the line gives less than it will: they
    decide whether a part is needed that its material is for. `is_fine` says that an amount of it is
    written finer than a smallest unit. `factor` is what the amount of a minimum or maximum is times
    here. `made` remembers what was made of parts of the line below, `bounded` what a bound of so
    much comes to.
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
    bounded: dict[tuple[Part, Amount], Part] = field(default_factory=dict, repr=False)

    @property
    def has_cost(self) -> bool:
        """Whether the line is for something that costs the merchant something: no percentage, bound
        or rounding.
        """
        return self.form in {"amount", "value", "material"}


@dataclass(frozen=True, eq=False)
class Prices:
    """The price lines of a product model that hold in one price list, compiled. `readers` is by
    option.

    With `base` the first lines are those of the list it is made from: each amount times `factor`,
    which holds the `conversion` between the smallest units of the two currencies. `bounds` are the
    indexes of lines that are of others, `above` those of lines by the place below that they are
    made from. `wholes` tells of each line, and of what stands behind the lines, whether it counts
    once for the whole order; `is_kept` whether its part is given again for the same values.
    `moving` holds, by option, the lines that may come to something else where its value is another.
    `tax_class` is what the product is taxed with, and `line_classes` what lines of other classes
    are, where that differs; their key is that of the class. `rounding` is that of a piece,
    `order_rounding` that of what counts once; `is_several` tells that these prices are those of
    several pieces.
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
    def printed(self) -> tuple[tuple[tuple[int, Line], ...], tuple[tuple[int, Line], ...]]:
        """The lines that are for a piece, and those for the whole order, each with its place;
        without rounding.
        """
        places: tuple[list[tuple[int, Line]], ...] = ([], [])
        for place, line in enumerate(self.lines):
            places[self.wholes[place]].append((place, line))
        if self.price_list.least_over_cost is not None:
            for is_whole in (False, True):
                places[is_whole].append((len(self.lines) + is_whole, self.least_line))
        return tuple(places[0]), tuple(places[1])

    @cached_property
    def line_by_key(self) -> Mapping[str, Line]:
        """The lines by their keys; the first one of those that share a key."""
        return {line.line.key: line for line in reversed(self.lines)}

    @cached_property
    def has_wholes(self) -> bool:
        """Whether a line counts once for the whole order."""
        return any(self.wholes[: len(self.lines)])

    @cached_property
    def of_others(self) -> tuple[bool, ...]:
        """Of each line, whether it is of other lines: of those before it, or of one in the list
        below.
        """
        return tuple(line.of is not None or line.below is not None for line in self.lines)

    @cached_property
    def costing(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The places of lines that cost the merchant something for a piece, and for the whole
        order.
        """
        places = [place for place, line in enumerate(self.lines) if line.has_cost]
        return (
            tuple(place for place in places if not self.wholes[place]),
            tuple(place for place in places if self.wholes[place]),
        )

    @cached_property
    def tells_moves(self) -> bool:
        """Whether a difference follows from the lines that move: no tax of each line, no least
        price over all.
        """
        price_list = self.price_list
        if self.has_floors:
            return False
        tells_tax = not self.shows_totals_as_they_are
        if self.tells_taxes_apart or (tells_tax and price_list.tax_rounding_of == "line"):
            return False
        below: Prices | None = self
        while below is not None:
            if below.price_list.least_over_cost is not None:
                return False
            below = below.base
        return True

    @cached_property
    def has_floors(self) -> bool:
        """Whether rounding of the total stops at a minimum of all lines, in this list or in one
        below.
        """
        if self.base is not None and self.base.has_floors:
            return True
        return not self.rounding.by_line and any(is_floor(line) for line in self.lines)

    @cached_property
    def _several(self) -> "Prices":
        keeps = any(each.price_list.keeps_finer for each in self.terms.chain)
        return compile_prices(self.model, self.terms, is_several=True) if keeps else self

    def of(self, quantity: int) -> "Prices":
        """Return the prices of so many pieces: of several, what is finer than can be paid may be
        kept.
        """
        return self if self.is_several or quantity == 1 else self._several

    @cached_property
    def taxed_alike(self) -> Mapping[str, str]:
        """For each class of `line_classes` the first that is taxed like it: the tax on both is
        rounded once.
        """
        first: dict[TaxClass, str] = {}
        return {key: first.setdefault(each, key) for key, each in self.line_classes.items()}

    @cached_property
    def shows_totals_as_they_are(self) -> bool:
        """Whether what is shown of a total is the total, whatever the tax on it or in it."""
        price_list = self.price_list
        return price_list.shows == price_list.amounts_are and self.terms.tax_status is None

    @property
    def tells_taxes_apart(self) -> bool:
        """Whether what is shown depends on which lines a total consists of: they are taxed at
        different rates.
        """
        return bool(self.line_classes) and not self.shows_totals_as_they_are

    def cost_factor_of(self, line: PriceLine) -> Fraction:
        """Return what the costs of `line` are times to become its amounts, where these are made
        from costs.
        """
        return self.factor * self.gross_factor(
            self.line_classes.get(line.tax_class or "", self.tax_class)
        )

    def gross_factor(self, taxed: TaxClass) -> Fraction:
        """Return what a net amount is times here: where amounts are gross, they hold the tax."""
        return (
            1 + Fraction(taxed.rate) / 100
            if self.price_list.amounts_are == "gross"
            else Fraction(1)
        )

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
    """Tell whether a line is a minimum of all lines before it: the total is not rounded below that
    either.
    """
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
    PriceLine("rounding", Text("Rounding", (("de", "Rundung"), ("fr", "Arrondi")))),
    "rounding",
    _bare,
    frozenset(),
)


def lines_in(model: ProductModel, price_list: PriceList | InForce) -> tuple[PriceLine, ...]:
    """Return the price lines that hold in `price_list` itself, not in what it is made from.

    Those are the lines for it, and those for no list in particular where its currency is the
    model's, or where the list keeps an amount for them. A list of its own lines only, or one that
    is made from another, has none of the general.
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
                own.currency == model.currency
                or (line.key, line.option is not None or line.table is not None) in kept
            )
        )
    )


def compile_prices(
    model: ProductModel, price_list: PriceList | InForce, is_several: bool = False
) -> Prices:
    """Return the prices of `model` in `price_list`, made ready to be asked.

    Never refuses: price lines that cannot be read, or none at all, refuse when a price is asked
    for, so that the rest of a product works without. The publish checks tell the same beforehand.
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
    if (
        refusal is None
        and terms.tax_status is not None
        and any(each.taxing is None for each in others.values())
    ):
        refusal = PriceRefused(untold_tax(own), price_list=own.key, product=model.product)
    wholes = [
        line.is_whole if line.below is None or base is None else base.wholes[line.below]
        for line in lines
    ]
    return Prices(
        model=model,
        terms=terms,
        lines=lines,
        readers={option: tuple(indexes) for option, indexes in readers.items()},
        rounding=compiler.rounding,
        places=places,
        required=frozenset(
            option.key
            for option in model.options
            if option.required and not kind_of(option).is_several
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
            and (
                line.below is None
                or base is None
                or (line.below < len(base.lines) and base.is_kept[line.below])
            )
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
    """Return, by option, the lines that read it, those made from lines below that move, and what is
    of these.
    """
    found: dict[str, tuple[int, ...]] = {}
    for option in {*readers, *(base.moving if base is not None else ())}:
        touched = set(readers.get(option, ()))
        if base is not None and option in base.moving:
            behind = range(len(base.lines), len(base.wholes))
            touched.update(
                above[index] for index in (*base.moving[option], *behind) if index in above
            )
        for index in bounds:
            of = lines[index].of
            if of is not None and not of.isdisjoint(touched):
                touched.add(index)
        found[option] = tuple(sorted(touched))
    return found


def _line_classes(
    model: ProductModel, terms: InForce, lines: Sequence[Line], products: TaxClass
) -> dict[str, TaxClass]:
    """Return what lines of other classes are taxed with, where that is not what the product is
    taxed with.
    """
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
    return tuple(
        dict.fromkeys(
            line.tax_class for line in expanded(model).price_lines if line.tax_class is not None
        )
    )


def amount_keys(line: PriceLine, option: Option | None) -> Collection[str]:
    """Return under what a list keeps the amounts of a line: values, cells of its table, or "" for a
    single amount.
    """
    forms = forms_of(line)
    return forms[0].keys(option) if forms else ("",)


def amount_problem(scope: Scope, line: PriceLine, text: str) -> str | None:
    """Return why an amount that a list keeps for `line` cannot be read, or never has a value; None
    where it can.
    """
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
        tuple(
            sorted((each, f"{first.in_locale(each)}: {second.in_locale(each)}") for each in locales)
        ),
    )


def with_amounts(
    line: PriceLine, amounts: Mapping[str, str], is_foreign: bool = False
) -> PriceLine:
    """Return `line` with the amounts that a list keeps for it: under "" its own, else those of
    values.

    With `is_foreign` nothing remains of what the line itself says: its amounts are in another
    currency.
    """
    if is_foreign:
        line = replace(line, cost=None, costs={})
        if any(each.amount is not None for each in line.breaks):
            raise unreadable(
                line, "its breaks have amounts in another currency; write them as percentages"
            )
    return form_of(line).with_amounts(line, amounts, only=is_foreign)


def kept_line(line: PriceLine, kept: Mapping[str, str]) -> PriceLine | None:
    """Return `line` with only the amounts that a derived list keeps for it, None where it keeps
    none.

    Costs are left out: they are those of the list below.
    """
    form = form_of(line)
    if not isinstance(form, AmountByValue) and kept.keys().isdisjoint(form.keys(None)):
        return None
    return replace(form.with_amounts(line, kept, only=True), cost=None, costs={})


# ---- compiling -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Function:
    """An expression ready to be asked, with the options it reads."""

    value: Callable[[Values], Any]
    reads: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Below:
    """What a line with kept amounts has of the list below: what its breaks' amounts are times, and
    that it is fine.
    """

    factor: Fraction
    is_fine: bool


type _CellOf = Callable[[Values], tuple[str | None, Amount | None, str]]


class _Compiler:
    """Compiles the lines of one product in one list, one after another."""

    def __init__(
        self, model: ProductModel, terms: InForce, base: Prices | None, is_several: bool
    ) -> None:
        self.model = model
        self.terms = terms
        self.base = base
        own = terms.price_list
        keeps: Literal["all", "small"] = "all" if own.rounding_per == "order" else "small"
        self.order_rounding = Rounding(own, decimals(own.currency))
        self.rounding = Rounding(
            own, decimals(own.currency), keeps if is_several and own.keeps_finer else None
        )
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
        taken = {other.line.key for other in self.lines if other.form not in _ADDED}
        for line in held:
            amounts = self.kept.get(line.key)
            own = (
                with_amounts(line, amounts, is_foreign and line.price_list is None)
                if amounts
                else line
            )
            if own.key in taken:
                raise unreadable(own, "there are two price lines with this key in one price list")
            self.lines.append(self._compiled(own))
            taken.add(own.key)

    def _derived_lines(self, base: Prices) -> None:
        derived = self.terms.price_list.derived
        takes_costs = derived is not None and derived.take == "costs"
        trailing = [
            *([LEAST, LEAST] if base.price_list.least_over_cost is not None else []),
            ROUNDING,
            ROUNDING,
        ]
        for index, below in enumerate((*base.lines, *trailing)):
            kept = None if below.form in _ADDED else self.kept.get(below.line.key)
            if kept and not below.has_cost and "" in kept:
                self.lines.append(self._compiled(with_amounts(below.line, kept)))
                continue
            if below.line.is_bound and not takes_costs and self._is_of_kept(below.line):
                # What it is of is something else here: it is of what the lines come to in this
                # list.
                self.lines.append(
                    self._compiled(below.line, _Below(self._fixed_factor(below), below.is_fine))
                )
                continue
            part, own_reads, is_fine = (
                self._kept_amounts(below, kept) if kept else (_bare, frozenset[str](), False)
            )
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
        """Tell whether a percentage, minimum or maximum is of a line that this list keeps amounts
        for.
        """
        return any(
            self.kept.get(other.line.key) or (other.of is not None and other.below is None)
            for index, other in enumerate(self.lines)
            if index in self._of(line)
        )

    def _kept_amounts(
        self, below: Line, kept: Mapping[str, str]
    ) -> tuple[Callable[[Values, Pieces], Part], frozenset[str], bool]:
        """Return the amounts that this list keeps in place of those of the list below, as items by
        value.

        With them, what they read, and whether one is written finer than a smallest unit.

        They come from the line itself with these amounts put in: its material, breaks and tiers
        stay what they are.
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
        """Return what fixed amounts in the breaks of a line are times here: they are made like any
        other amount.
        """
        factor, terms, line, base = Fraction(1), self.terms, below, self.base
        while True:
            derived = terms.price_list.derived
            assert derived is not None and base is not None
            factor *= Fraction(terms.rate or 1) * derived.exact_factor
            if line.below is None or base.base is None:
                return factor * line.factor
            terms, line, base = base.terms, base.base.lines[line.below], base.base

    def _compiled(self, line: PriceLine, below: "_Below | None" = None) -> Line:
        """Return `line` compiled; with `below` as one that a derived list keeps amounts for, some
        or all.
        """
        reading = Reading(line, self.model, self.scope)
        form = reading.form
        when = _function(reading.when)
        if isinstance(form, Bound):
            return self._bound(reading, form, when, Fraction(1) if below is None else below.factor)
        if isinstance(form, AmountByValue):
            return self._per_value(reading, when, below)
        return self._amount(reading, when, below)

    def _bound(
        self, reading: Reading, form: Bound, when: "_Function | None", made: Fraction
    ) -> Line:
        """Return a percentage, a minimum or a maximum: what it is of stands before it.

        A minimum or maximum of a list below is times `made` here, as any amount of it is.
        """
        line = reading.line
        bound = _function_of(reading.number)
        rounding = self.order_rounding if line.once else self.rounding
        is_percentage, is_minimum = isinstance(form, Percentage), isinstance(form, Minimum)
        factor = Fraction(1) if is_percentage else made

        def part(values: Values, pieces: Pieces) -> Part:
            if when is not None and not when.value(values):
                return SKIPPED
            given = bound.value(values)
            if given is None:
                return _undefined(line)
            if is_percentage:
                return Part("applied", given)
            given *= factor
            return Part("applied", rounding.floor(given) if is_minimum else rounding.amount(given))

        every = _reads(when, bound)
        compiled = _remembered(part, every, False)
        return Line(
            line, form.field, compiled, every, self._of(line), is_whole=line.once, factor=factor
        )

    def _of(self, line: PriceLine) -> frozenset[int]:
        known = {each.key for each in self.model.price_lines}
        known |= {each.subtotal for each in self.model.price_lines if each.subtotal is not None}
        if line.of and not set(line.of) <= known:
            missing = ", ".join(sorted(set(line.of) - known))
            raise unreadable(line, f"it is of {missing}, which is no price line and no subtotal")
        indexes = frozenset(
            index
            for index, other in enumerate(self.lines)
            if not line.of
            # What the list below adds at the end is a line here: "all lines before" are what that
            # list costs.
            or (
                other.form not in _ADDED
                and (other.line.key in line.of or other.line.subtotal in line.of)
            )
        )
        if line.of and not indexes:
            raise unreadable(line, "none of the lines it is of stands before it in this price list")
        return indexes

    def _amount(self, reading: Reading, when: "_Function | None", below: "_Below | None") -> Line:
        """Return a line with one amount, which is written or found in a table: then the item is for
        its cell.
        """
        line = reading.line
        amount, cell_of = self._given(reading)
        count = _count(reading)
        cost = _function(reading.costs.get(""))
        tiers = self._tiers(reading, below)
        rounding, is_fine = self._rounding(reading, below)

        def part(values: Values, pieces: Pieces) -> Part:
            if when is not None and not when.value(values):
                return SKIPPED
            cell: str | None = None
            if cell_of is None:
                one = amount.value(values)
            else:
                cell, one, why = cell_of(values)
                if one is None:
                    # A derived list keeps amounts for some cells; where it has none, the list below
                    # tells.
                    told = f"The price line {line.key!r} has {why}."
                    return SKIPPED if below is not None else Part("undefined", why=told)
            price = tiers(values, pieces, one)
            if price is None:
                return _undefined(line)
            spent = None if cost is None else cost.value(values)
            if cost is not None and spent is None:
                return Part(
                    "undefined", why=f"The price line {line.key!r} has no cost with these choices."
                )
            if count is not None:
                units = _charged(line, count, values, pieces)
                if (problem := _no_quantity(line, units)) is not None:
                    return problem
                price, spent = price * units, None if spent is None else spent * units
            return _applied(
                line, rounding, is_fine, [(cell, price, spent)], pieces.count if line.tiered else 1
            )

        every = _reads(when, amount, cost, count) | tiers.reads
        return Line(
            line,
            "material" if line.per is not None else "amount",
            _remembered(part, every, bool(line.breaks) or line.tiered or line.whole),
            every,
            is_whole=line.is_for_order,
            awaits=reading.awaits,
            is_fine=is_fine,
        )

    def _rounding(self, reading: Reading, below: "_Below | None") -> tuple[Rounding, bool]:
        """Return how the amounts of a line are rounded, and whether one is written finer than a
        smallest unit.
        """
        line, form = reading.line, reading.form
        assert not isinstance(form, Bound)
        unit = smallest_unit(self.terms.price_list.currency)
        numbers = [*form.plain_numbers, *(constant_number(each.amount) for each in line.breaks)]
        is_fine = below is not None and below.is_fine
        is_fine = is_fine or any(number is not None and number % unit for number in numbers)
        return self.order_rounding if line.is_for_order else self.rounding, is_fine

    def _given(self, reading: Reading) -> tuple["_Function", "_CellOf | None"]:
        """Return the amount of a line and, where a table has it, the function that finds its cell."""
        if not isinstance(reading.form, AmountBySize):
            return _function_of(reading.number), None
        column, row = map(_function_of, reading.sizes)
        cell_of = sized(reading.form.table, column.value, row.value)
        return _Function(lambda values: cell_of(values)[1], _reads(column, row)), cell_of

    def _per_value(
        self, reading: Reading, when: "_Function | None", below: "_Below | None"
    ) -> Line:
        line, option = reading.line, reading.option
        if option is None:
            raise unreadable(line, f"there is no option {line.option!r}")
        if not kind_of(option).is_priced_by_value:
            raise unreadable(
                line, f"the option {option.key!r} has no listed values; write a formula as amount"
            )
        key = option.key
        functions = {value: _function_of(formula) for value, formula in reading.amounts.items()}
        count = _count(reading)
        costs = {value: _function_of(formula) for value, formula in reading.costs.items()}
        tiers = self._tiers(reading, below)
        every = _reads(when, count, *functions.values(), *costs.values()) | tiers.reads | {key}
        rounding, is_fine = self._rounding(reading, below)

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
                    return Part(
                        "undefined",
                        why=f"The price line {line.key!r} has no cost for {value!r}.",
                        value=value,
                    )
                amounts.append((value, exact * units, None if spent is None else spent * units))
            return (
                _applied(line, rounding, is_fine, amounts, pieces.count if line.tiered else 1)
                if chosen
                else SKIPPED
            )

        return Line(
            line,
            "value",
            _remembered(part, every, bool(line.breaks) or line.tiered or line.whole),
            every,
            is_whole=line.is_for_order,
            awaits=reading.awaits,
            labels={value: _label(line, option, value) for value in value_keys(option)},
            is_fine=is_fine,
        )

    def _tiers(self, reading: Reading, below: "_Below | None") -> "_Tiers":
        breaks = tuple(
            (each.pieces, each.is_amount, _function_of(each.formula)) for each in reading.breaks
        )
        if reading.line.tiered and reading.line.once:
            raise unreadable(
                reading.line, "what is tiered depends on the pieces, and what counts once does not"
            )
        return _Tiers(breaks, reading.line.tiered, 1 if below is None else below.factor)


def _function(formula: Formula | None) -> _Function | None:
    return None if formula is None else _function_of(formula)


def _function_of(formula: Formula) -> _Function:
    """Return an expression ready to be asked."""
    return _compiled_node(formula.node)


def _compiled_node(node: Node) -> _Function:
    if isinstance(node, Constant):
        constant = (
            ratio(*node.value.as_integer_ratio())
            if isinstance(node.value, Fraction)
            else node.value
        )
        return _Function(lambda values: constant, frozenset())
    return _Function(plain_function_of(node), reads(node))


def _count(reading: Reading) -> _Function | None:
    """Return how much of a material is charged: for one piece, or where it is taken whole for
    `PIECES`.
    """
    if reading.need is None:
        return None
    needed = _compiled_node(reading.charged(PIECES if reading.line.whole else ONE_NODE))
    return replace(needed, reads=needed.reads - {PIECES.option} | reading.awaits)


class _Tiers:
    """The quantity breaks of a line: what the line gives for so many pieces, from what it gives for
    one.
    """

    def __init__(
        self, breaks: tuple[tuple[int, bool, _Function], ...], is_tiered: bool, fixed: Amount
    ) -> None:
        self.breaks = breaks
        self.is_tiered = is_tiered
        self.fixed = fixed
        self.reads = _reads(*(function for _, _, function in breaks))

    def __call__(self, values: Values, pieces: Pieces, amount: Amount | None) -> Amount | None:
        """Return the amount of one of `pieces`; of a tiered line their share of the whole order,
        tier by tier.

        None where the amount, or one that a break reached gives, is undefined.
        """
        if amount is None or not (self.breaks or self.is_tiered):
            return amount
        reached: list[tuple[int, Amount]] = [(1, amount)]
        for first, is_amount, function in self.breaks:
            if first > pieces.order:
                break
            given = function.value(values)
            if given is None:
                return None
            reached.append(
                (first, given * self.fixed if is_amount else _percent(amount, 100 + given))
            )
        if not self.is_tiered:
            return reached[-1][1]
        ends = [first for first, _ in reached[1:]] + [pieces.order + 1]
        total: Amount = sum(
            (end - first) * each for (first, each), end in zip(reached, ends, strict=True)
        )
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
            why = (
                f"The price line {line.key!r} gives an amount{place} that is too large to be right."
            )
            return Part("too_large", why=why, value=value)
        total += units
        cost = None if cost is None else cost * rounding.scale * pieces
        spent = None if cost is None or spent is None else spent + cost
        items.append(Item(value, units, cost))
    return Part("applied", total, tuple(items), counts=bool(items), cost=spent)


def _charged(line: PriceLine, count: _Function, values: Values, pieces: Pieces) -> Any:
    """Return how much of a material is charged, None where it is undefined; of whole units, the
    share of the order.
    """
    if not line.whole:
        return count.value(values)
    units = count.value({**values, PIECES.option: Decimal(pieces.order)})
    return units if units is None or units <= 0 else pieces.share_of(ceil(units))


def _no_quantity(line: PriceLine, units: Amount | None) -> Part | None:
    """Return why there is no price for so much of a material, None where there is one."""
    if units is None:
        return Part(
            "undefined", why=f"The price line {line.key!r} has no quantity with these choices."
        )
    if units < 0:
        return Part("refused", why=f"The price line {line.key!r} gives a quantity below zero.")
    return None


def _undefined(line: PriceLine, value: str | None = None) -> Part:
    place = f" for {value!r}" if value else ""
    return Part(
        "undefined",
        why=f"The price line {line.key!r} has no amount{place} with these choices.",
        value=value,
    )


def _label(line: PriceLine, option: Option, value: str) -> Text:
    """Return the line's label with the value's: "Top: Glass"."""
    known = option.value_by_key.get(value)
    return line.label if known is None else joined(line.label, known.label)


def _reads(*functions: _Function | None) -> frozenset[str]:
    return frozenset[str]().union(*(each.reads for each in functions if each is not None))


def _remembered(
    part: Callable[[Values, Pieces], Part], read: Iterable[str], by_quantity: bool
) -> Callable[[Values, Pieces], Part]:
    """Return `part` with a memory for the values of the options it reads; once it is full, it
    starts again.
    """
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
