"""Price and lead time of a product as bills: what completion asks the solver to make least.

A line that gives an amount or a percentage of others is told as such, and so is a minimum or maximum of these. Lists
that are made from others, endings, a least price over cost and what counts once beside a rounded total are told as one
number that is worked out as `pricing.breakdown` does it. All is told for one piece.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache

from catalog.assemblies import ExpandedModel, Instance, expanded, place_of
from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.expressions.types import Scope, bind, bind_in_unit
from catalog.expressions.wanted_units import DAYS, unit_of_material, unit_of_measure, unit_of_parts
from catalog.kinds.register import kind_of
from catalog.product_model import LeadTimeLine, Option, PriceLine, ProductModel
from configurator.engine.question import Amount, Bill, Share
from pricing.breakdown import Prices, value_keys
from pricing.lead_time import MAX_DAYS
from pricing.lines import MAX_UNITS, MEASURES, Line, constant_number, is_floor, kept_line
from pricing.money import smallest_unit
from pricing.tables import number_of

MOST_NODES = 20_000
"""How large a number that tells a whole price may become; beyond, it is told only roughly, and proves nothing."""

type Conditions = tuple[Node, ...]


def constant(number: int | Fraction) -> Node:
    return nodes.Constant(Fraction(number))


ZERO = constant(0)
UNDEFINED = nodes.Arithmetic("/", constant(1), ZERO)


@dataclass(frozen=True)
class LineItem:
    """What a line gives, for `value` of its option where it is for one, where all `conditions` hold; None: no cost."""

    value: str | None
    conditions: Conditions
    amount: Node
    cost: Node | None


# ---- numbers ---------------------------------------------------------------------------------------------------------


def _sum(parts: Iterable[Node]) -> Node:
    known = tuple(part for part in parts if part != ZERO)
    return ZERO if not known else known[0] if len(known) == 1 else nodes.Call("sum", known)


def _times(number: Node, factor: int | Fraction) -> Node:
    if factor == 1 or number == ZERO:
        return number
    if isinstance(number, nodes.Constant) and isinstance(number.value, Fraction):
        return constant(number.value * factor)
    return nodes.Arithmetic("*", number, constant(factor))


def _where(conditions: Conditions, number: Node) -> Node:
    if not conditions or number == ZERO:
        return number
    return nodes.If(conditions[0] if len(conditions) == 1 else nodes.And(conditions), number, ZERO)


def _with(number: Node, other: Node | None) -> Node:
    """Return `number`, undefined also where `other` is."""
    if other is None or isinstance(other, nodes.Constant):
        return number
    return nodes.Arithmetic("+", number, nodes.Arithmetic("*", other, ZERO))


def _above_zero(number: Node) -> Node:
    return nodes.Call("max", (number, ZERO))


def _size(node: Node, known: dict[int, int]) -> int:
    found = known.get(id(node))
    if found is None:
        found = known[id(node)] = 1 + sum(_size(child, known) for child in nodes.children(node))
    return found


# ---- one line --------------------------------------------------------------------------------------------------------


class LineReader:
    """Reads the expressions of a model's lines."""

    def __init__(self, model: ProductModel) -> None:
        self.model = model
        self.scope = Scope.of(model)

    def number(self, text: str, unit: str | None = None) -> Node:
        if re.fullmatch(r"\d{1,12}(\.\d{1,8})?", text):
            return constant(Fraction(text))
        return bind_in_unit(text, self.scope, unit)

    def maybe(self, text: str | None) -> Node | None:
        return None if text is None else self.number(text)

    def condition(self, text: str | None) -> Conditions:
        return () if text is None else (bind(text, self.scope, "condition", lengths=True),)

    def items(self, line: PriceLine) -> tuple[LineItem, ...]:
        """Return what a line of its own gives, amounts and costs in units of the currency, not rounded."""
        when = self.condition(line.when)
        needed = None if line.per is None else self._needed(line)

        def charged(number: Node) -> Node:
            return number if needed is None else nodes.Arithmetic("*", number, needed)

        if line.option is not None:
            option = self.model.option_by_key[line.option]
            return tuple(
                LineItem(
                    key,
                    (*has_value(option, key), *when),
                    charged(self.number(line.amounts[key])) if key in line.amounts else UNDEFINED,
                    charged(self.number(line.costs[key])) if key in line.costs else None,
                )
                for key in value_keys(option)
            )
        cost = self.maybe(line.cost)
        amount = charged(number_of(line.table, self.scope) if line.table else self.number(line.amount or "0"))
        return (LineItem(None, when, amount, None if cost is None else charged(cost)),)

    def _needed(self, line: PriceLine) -> Node:
        """Return how much of a material is charged; undefined where it would be below zero."""
        unit = unit_of_material(line.per)
        if line.quantity is not None:
            used = self.number(line.quantity, unit)
        else:
            used = _sum(self._part(line, key) for key in line.parts)
        if line.waste is not None:
            percent = nodes.Arithmetic("+", constant(100), self.number(line.waste))
            used = nodes.Arithmetic("/", nodes.Arithmetic("*", used, percent), constant(100))
        charged = used
        if line.at_least is not None:
            least = self.number(line.at_least, unit)
            some = nodes.Compare(">", used, ZERO)
            charged = _with(nodes.If(some, nodes.Call("max", (used, least)), used), least)
        units = nodes.Call("ceil", (charged, constant(1))) if line.whole else charged
        if isinstance(charged, nodes.Constant) and isinstance(charged.value, Fraction) and charged.value >= 0:
            return units
        return nodes.If(nodes.Compare(">=", charged, ZERO), units, UNDEFINED)

    def _part(self, line: PriceLine, key: str) -> Node:
        part = next(each for each in self.model.bom_lines if each.key == key)
        names, divisor = MEASURES[line.per or "piece"]
        count = self.number(part.quantity, unit_of_parts(part))
        if line.whole and part.whole:
            count = nodes.If(nodes.Compare(">", count, ZERO), nodes.Call("ceil", (count, constant(1))), count)
        for name in names:
            measure = self.number(part.measures[name], unit_of_measure(name))
            count = nodes.Arithmetic("*", count, measure)
        if divisor != 1:
            count = nodes.Arithmetic("/", count, constant(divisor))
        if part.option is not None:
            option = self.model.option_by_key[part.option]
            chosen: Node = (
                nodes.CountOf(option.key) if kind_of(option).is_several else nodes.CountTrue((nodes.Given(option.key),))
            )
            count = _where((nodes.Compare(">", chosen, ZERO),), nodes.Arithmetic("*", count, chosen))
        return _where(self.condition(part.when), count)


def has_value(option: Option, key: str) -> Conditions:
    """Return the condition that `option` has the value that an amount is kept under."""
    kind = kind_of(option)
    if kind.is_several:
        return (nodes.Has(option.key, key),)
    if kind.is_truth:
        yes = nodes.IsTrue(option.key)
        return (yes,) if key == "true" else (nodes.Given(option.key), nodes.Not(yes))
    return (nodes.IsOneOf(option.key, (key,)),)


# ---- a whole price as one number -------------------------------------------------------------------------------------


class _Whole:
    """The price in one list as numbers in smallest units, line by line, as `pricing.breakdown.summed` adds them up."""

    def __init__(self, prices: Prices, reader: LineReader) -> None:
        self.prices = prices
        self.reader = reader
        self.rounding = prices.rounding
        self.base = _Whole(prices.base, reader) if prices.base is not None else None
        self.kept: dict[str, dict[str, str]] = {}
        for key, value, amount in prices.terms.amounts:
            self.kept.setdefault(key, {})[value] = amount
        self.lines: list[tuple[LineItem, ...]] = []
        self.wholes = [self._is_whole(compiled) for compiled in prices.lines]
        for compiled in prices.lines:
            self.lines.append(self._items(compiled))

    def _is_whole(self, compiled: Line) -> bool:
        """Tell whether a line counts once for the whole order; of what rounding adds below, the sum alone knows it."""
        if self.base is None or compiled.below is None:
            return compiled.is_whole
        own = len(self.base.wholes)
        return self.base.wholes[compiled.below] if compiled.below < own else self.base.trailing[compiled.below - own][1]

    @property
    def is_exact(self) -> bool:
        """Whether the numbers tell the price exactly: no number tells how halves are rounded to even ones."""
        if _stops_rounding(self.prices):
            return False
        # What a list below rounds in its total is a line of this one.
        lists = [self.base] if self.base is not None else []
        while lists and lists[-1].base is not None:
            lists.append(lists[-1].base)
        if any(each.rounding.mode == "half_even" for each in lists):
            return False
        return self.rounding.mode != "half_even" or not (self.rounding.by_line or self.rounds_inside)

    @property
    def rounds_inside(self) -> bool:
        """Whether a rounded total is only a part of what the whole comes to."""
        return self.has_order or bool(self.rounding.ending)

    @property
    def has_order(self) -> bool:
        return any(self.wholes)

    @cached_property
    def exact_piece(self) -> Node:
        piece = self._lines_sum(False)
        return piece if self.least is None else _sum((piece, self.least))

    @cached_property
    def exact_order(self) -> Node:
        return self._lines_sum(True)

    @cached_property
    def least(self) -> Node | None:
        """What the price of one piece lacks to the least over its cost; None in a list that has no such bound."""
        percent = self.prices.price_list.least_over_cost
        if percent is None:
            return None
        cost = _sum(
            _where(item.conditions, UNDEFINED if item.cost is None else item.cost)
            for line, is_whole, items in zip(self.prices.lines, self.wholes, self.lines, strict=True)
            if line.has_cost and not is_whole
            for item in items
        )
        exact = _times(cost, (100 + Fraction(percent)) / 100)
        least = nodes.Call("ceil", (exact, constant(self.rounding.increment)))
        return _above_zero(nodes.Arithmetic("-", least, self._lines_sum(False)))

    @property
    def piece(self) -> Node:
        return self._total(self.exact_piece)

    @property
    def order(self) -> Node:
        return self._total(self.exact_order)

    @property
    def trailing(self) -> list[tuple[Node, bool]]:
        """What stands behind the lines: the least price and what rounding adds, with whether that counts once."""
        rests = [
            (nodes.Arithmetic("-", self.piece, self.exact_piece), False),
            (nodes.Arithmetic("-", self.order, self.exact_order), True),
        ]
        return [*([] if self.least is None else [(self.least, False), (ZERO, True)]), *rests]

    @property
    def applies(self) -> Conditions:
        """The conditions without which no line applies, in this list or in one below."""
        below = self.base.applies if self.base is not None else ()
        guards = [item.conditions for items in self.lines for item in items]
        if () in guards:
            return below
        return (*below, nodes.Or(tuple(nodes.And(guard) for guard in guards)))

    def amount(self, index: int) -> Node:
        return _sum(_where(item.conditions, item.amount) for item in self.lines[index])

    def _lines_sum(self, is_whole: bool) -> Node:
        return _sum(self.amount(at) for at, each in enumerate(self.wholes) if each is is_whole)

    def _items(self, compiled: Line) -> tuple[LineItem, ...]:
        if compiled.below is not None:
            return self._derived(compiled, compiled.below)
        if compiled.of is None:
            scale = self.rounding.scale
            return tuple(
                LineItem(
                    item.value,
                    item.conditions,
                    self._rounded_line(_times(_with(item.amount, item.cost), scale)),
                    None if item.cost is None else _times(item.cost, scale),
                )
                for item in self.reader.items(compiled.line)
            )
        return (LineItem(None, self.reader.condition(compiled.line.when), self.bound(compiled), None),)

    def bound(self, compiled: Line) -> Node:
        """Return what a percentage, minimum or maximum comes to where it applies."""
        line = compiled.line
        before = _sum(self.amount(at) for at in sorted(compiled.of or ()) if compiled.is_whole or not self.wholes[at])
        given = self.reader.number(line.percent or line.minimum or line.maximum or "0")
        if compiled.form == "percent":
            return self._rounded_line(nodes.Arithmetic("*", before, _times(given, Fraction(1, 100))))
        wanted = _times(given, self.rounding.scale * compiled.factor)
        is_raised = compiled.form == "minimum" and self.rounding.by_line
        wanted = self._not_below(wanted) if is_raised else self._rounded_line(wanted)
        lacks = nodes.Arithmetic("-", wanted, before)
        return nodes.Call("max" if compiled.form == "minimum" else "min", (lacks, ZERO))

    def _derived(self, compiled: Line, at: int) -> tuple[LineItem, ...]:
        assert self.base is not None
        if compiled.takes_costs and not compiled.has_cost:
            return ()
        below = self.base.prices.lines
        if at >= len(below):
            amount, _ = self.base.trailing[at - len(below)]
            return (LineItem(None, (), self._rounded_line(_times(amount, self.prices.factor)), None),)
        kept = self.kept.get(compiled.line.key, {})
        instead = kept_line(compiled.line, kept) if kept else None
        own = {item.value: item.amount for item in self.reader.items(instead)} if instead is not None else {}
        items = []
        for item in self.base.lines[at]:
            if compiled.line.table is not None and own:
                items.append(self._of_cells(compiled, item, own[None]))
                continue
            cost = None if item.cost is None else _times(item.cost, self.prices.conversion)
            if (item.value or "") in kept:
                amount = _times(own[item.value], self.rounding.scale)
                amount = _with(amount, item.amount)
            elif compiled.takes_costs:
                factor = self.prices.cost_factor_of(compiled.line)
                amount = UNDEFINED if item.cost is None else _times(item.cost, factor)
                amount = _with(amount, item.amount)
            else:
                amount = _times(item.amount, self.prices.factor)
            items.append(LineItem(item.value, item.conditions, self._rounded_line(amount), cost))
        return tuple(items)

    def _of_cells(self, compiled: Line, item: LineItem, own: Node) -> LineItem:
        """Return what a line with a table gives where this list keeps amounts for some of its cells."""
        cost = None if item.cost is None else _times(item.cost, self.prices.conversion)
        amount = UNDEFINED if compiled.takes_costs and item.cost is None else item.cost or ZERO
        factor = self.prices.cost_factor_of(compiled.line) if compiled.takes_costs else self.prices.factor
        amount = _times(amount if compiled.takes_costs else item.amount, factor)
        kept = _times(own, self.rounding.scale)
        has_own = nodes.Compare("==", kept, kept)
        either = nodes.If(has_own, self._rounded_line(kept), self._rounded_line(amount))
        return LineItem(item.value, item.conditions, _with(either, item.amount), cost)

    # -- rounding, as `pricing.lines.Rounding` does it

    def _rounded_line(self, units: Node) -> Node:
        return self._rounded(units) if self.rounding.by_line else units

    def _not_below(self, units: Node) -> Node:
        """Return what rounding makes of a minimum: never less than it asks for."""
        if isinstance(units, nodes.Constant) and isinstance(units.value, Fraction):
            return constant(Fraction(self.rounding.floor(units.value / self.rounding.scale)))
        ending, increment = constant(self.rounding.ending), constant(self.rounding.increment)
        above = nodes.Call("ceil", (nodes.Arithmetic("-", units, ending), increment))
        least = nodes.Call("max", (nodes.Arithmetic("+", above, ending), ending))
        rounded = self._rounded(units)
        lacks = nodes.And((nodes.Compare("<", rounded, units), nodes.Compare(">", units, ZERO)))
        return nodes.If(lacks, least, rounded)

    def _total(self, units: Node) -> Node:
        return units if self.rounding.by_line else self._rounded(units)

    def _rounded(self, units: Node) -> Node:
        if isinstance(units, nodes.Constant) and isinstance(units.value, Fraction):
            return constant(self.rounding.rounded(units.value))
        ending = self.rounding.ending
        if not ending:
            return self._multiple(units)
        size = nodes.Arithmetic("-", nodes.Call("abs", (units,)), constant(ending))
        nearest = nodes.Arithmetic("+", self._multiple(size), constant(ending))
        nearest_from = nodes.Call("max", (nearest, constant(ending)))
        below = nodes.If(nodes.Compare("<", units, ZERO), _times(nearest_from, -1), units)
        return nodes.If(nodes.Compare(">", units, ZERO), nearest_from, below)

    def _multiple(self, units: Node) -> Node:
        arguments = (units, constant(self.rounding.increment))
        if self.rounding.mode in ("half_up", "half_even"):
            return nodes.Call("round", arguments)
        up, down = nodes.Call("ceil", arguments), nodes.Call("floor", arguments)
        away, towards = (up, down) if self.rounding.mode == "up" else (down, up)
        return nodes.If(nodes.Compare(">=", units, ZERO), away, towards)


# ---- bills -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def price_bill(prices: Prices) -> Bill:
    """Return the total of one piece, with what counts once for the whole order, as a bill in smallest units."""
    bill = _total_bill(prices)
    # Of lines that are taxed differently, the least total need not be the least that is paid; nor is it where the tax
    # of each line is rounded, and taken out.
    taxes_lines = prices.terms.tax_status is not None and prices.price_list.tax_rounding_of == "line"
    is_told = not (prices.tells_taxes_apart or taxes_lines)
    return bill if is_told else replace(bill, is_exact=False, options=_read(prices))


def _total_bill(prices: Prices) -> Bill:
    reader = LineReader(prices.model)
    own, rounding = prices.price_list, prices.rounding
    order = any(line.is_whole for line in prices.lines) and not rounding.by_line
    if prices.base is None and own.least_over_cost is None and not rounding.ending and not order:
        bill = _line_by_line(prices, reader)
        if bill is not None:
            return bill
    elif _tells_least(prices):
        whole = _Whole(prices, reader)
        parts = (whole.exact_piece, whole.exact_order) if not whole.rounds_inside else (whole.piece, whole.order)
        total = _guarded(whole.applies, _sum(parts))
        if _size(total, {}) <= MOST_NODES:
            return Bill(
                (Amount(0, total),),
                increment=1 if whole.rounds_inside or rounding.by_line else rounding.increment,
                mode=rounding.mode,
                most=2 * (MAX_UNITS - 1),
                is_exact=whole.is_exact,
                options=frozenset() if whole.is_exact else _read(prices),
            )
    return _roughly(prices, reader)


def _tells_least(prices: Prices) -> bool:
    """Tell whether a least price over cost, here or below, is a matter of one piece: no tax in it, no ending."""
    own = prices.price_list
    is_told = own.least_over_cost is None or not (
        any(prices.wholes[: len(prices.lines)])
        or prices.rounding.ending
        or (own.amounts_are == "gross" and (prices.tax_class.rate or prices.tax_class.taxing or prices.line_classes))
    )
    return is_told and (prices.base is None or _tells_least(prices.base))


def _stops_rounding(prices: Prices) -> bool:
    """Tell whether a total may be rounded otherwise since a minimum stands in the way; a bill does not know that."""
    if not prices.has_floors:
        return False
    floors = [constant_number(line.line.minimum) for line in prices.lines if is_floor(line)]
    unit = smallest_unit(prices.price_list.currency)
    is_plain = prices.base is None and prices.rounding.increment == 1 and not prices.rounding.ending
    return not is_plain or any(each is None or bool(each % unit) for each in floors)


def _guarded(conditions: Conditions, number: Node) -> Node:
    return number if not conditions else nodes.If(nodes.And(conditions), number, UNDEFINED)


def _line_by_line(prices: Prices, reader: LineReader) -> Bill | None:
    """Return the bill of lines that are added up and rounded as a bill does it; None where a bound is too large."""
    amounts: list[Amount] = []
    shares: list[Share] = []
    is_exact = not _stops_rounding(prices)
    bounds: _Whole | None = None
    for number, compiled in enumerate(prices.lines):
        line = compiled.line
        if compiled.of is None:
            amounts += _amounts(number, reader.items(compiled.line))
            continue
        when = reader.condition(line.when)
        if compiled.form == "percent":
            shares.append(Share(number, reader.number(line.percent or "0"), _of(prices, compiled), when))
            continue
        bounds = bounds or _Whole(prices, reader)
        bound = _times(bounds.bound(compiled), Fraction(1, prices.rounding.scale))
        if _size(bound, {}) > MOST_NODES:
            return None
        is_exact = is_exact and bounds.is_exact
        amounts.append(Amount(number, bound, when))
    return _bill(prices, amounts, shares, is_exact)


def _roughly(prices: Prices, reader: LineReader) -> Bill:
    """Return a bill that tells about what the lines come to: it leads to good answers and proves none."""
    amounts: list[Amount] = []
    shares: list[Share] = []
    below = prices
    while below.base is not None:
        below = below.base
    for number, compiled in enumerate(below.lines):
        if compiled.of is None:
            amounts += _amounts(number, reader.items(compiled.line))
        elif compiled.form == "percent":
            rate = reader.number(compiled.line.percent or "0")
            shares.append(Share(number, rate, _of(below, compiled), reader.condition(compiled.line.when)))
    # A minimum or maximum, which is not told, may be the only line that applies.
    is_whole = not any(compiled.form in {"minimum", "maximum"} for compiled in below.lines)
    return replace(_bill(below, amounts, shares, False), needs_a_line=is_whole, options=_read(prices))


def _read(prices: Prices) -> frozenset[str]:
    return frozenset(prices.readers) | (_read(prices.base) if prices.base is not None else frozenset())


def _amounts(number: int, items: Sequence[LineItem]) -> list[Amount]:
    return [Amount(number, _with(item.amount, item.cost), item.conditions) for item in items]


def _of(prices: Prices, compiled: Line) -> frozenset[int]:
    """Return the lines a percentage is of: what counts once is no part of what one piece comes to."""
    of = compiled.of or frozenset()
    return of if compiled.is_whole else frozenset(at for at in of if not prices.lines[at].is_whole)


def _bill(prices: Prices, amounts: Sequence[Amount], shares: Sequence[Share], is_exact: bool) -> Bill:
    return Bill(
        amounts=tuple(amounts),
        shares=tuple(shares),
        scale=prices.rounding.scale,
        increment=prices.rounding.increment,
        mode=prices.rounding.mode,
        by_line=prices.rounding.by_line,
        most=MAX_UNITS - 1,
        needs_a_line=True,
        is_exact=is_exact,
    )


# ---- lead time -------------------------------------------------------------------------------------------------------


def lead_time_bill(model: ProductModel) -> Bill:
    """Return the days as a bill: of lines of one stage, and of instances made at the same time, the slowest counts."""
    written = expanded(model)
    instances: dict[str, list[Instance]] = {}
    for instance in written.instances if isinstance(written, ExpandedModel) else ():
        instances.setdefault(place_of(instance.assembly), []).append(instance)
    lines: dict[str, list[LeadTimeLine]] = {}
    for line in written.lead_time_lines:
        lines.setdefault(place_of(line.key) if instances else "", []).append(line)
    days = _days(LineReader(written), lines, instances, "")
    return Bill(tuple(Amount(number, each, when) for number, (when, each) in enumerate(days)), mode="up", most=MAX_DAYS)


def _days(
    reader: LineReader,
    lines: Mapping[str, Sequence[LeadTimeLine]],
    instances: Mapping[str, Sequence[Instance]],
    place: str,
) -> list[tuple[Conditions, Node]]:
    """Return what is added up to the days of a place, each where its conditions hold."""
    found: list[tuple[Conditions, Node]] = []
    stages: dict[str, list[LeadTimeLine]] = {}
    for line in lines.get(place, ()):
        if line.stage is None:
            found.append((reader.condition(line.when), reader.number(line.days, DAYS)))
        else:
            stages.setdefault(line.stage, []).append(line)
    found += [((), _slowest(reader, each)) for each in stages.values()]
    side_by_side: dict[str, list[Node]] = {}
    for instance in instances.get(place, ()):
        own = _days(reader, lines, instances, instance.place)
        if instance.lead_time == "added":
            found += own
        elif own:
            total = _sum(_where(when, days) for when, days in own)
            side_by_side.setdefault(instance.assembly, []).append(total)
    for totals in side_by_side.values():
        found.append(((), totals[0] if len(totals) == 1 else nodes.Call("max", tuple(totals))))
    return found


def _slowest(reader: LineReader, lines: Sequence[LeadTimeLine]) -> Node:
    """Return the most days of the lines that apply, 0 where none does; undefined where one that applies is."""
    days = [(reader.condition(line.when), reader.number(line.days, DAYS)) for line in lines]
    # A line that does not apply is undefined to the fold, and left out of it.
    most = nodes.Fold("max", tuple(_guarded(when, number) for when, number in days))
    defined = _sum(nodes.Arithmetic("*", _where(when, number), ZERO) for when, number in days)
    if any(not when for when, _ in days):
        return nodes.Arithmetic("+", most, defined)
    some = nodes.Or(tuple(nodes.And(when) for when, _ in days))
    return nodes.If(some, nodes.Arithmetic("+", most, defined), ZERO)
