"""Price and lead time of a product as objectives: what completion asks the solver to make least.

A line that gives an amount or a percentage of others is told as such, and so is a minimum or
maximum of these. Lists that are made from others, endings, a least price over cost and what counts
once beside a rounded total are told as one number that is worked out as `pricing.breakdown` does
it. All is told for one piece.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property, lru_cache

from catalog.assemblies import ExpandedModel, Instance, expanded, place_of
from catalog.expressions import nodes
from catalog.expressions.arithmetic import (
    UNDEFINED,
    ZERO,
    Conditions,
    constant,
    sum_of,
    times,
    undefined_with,
    where,
)
from catalog.expressions.nodes import Node
from catalog.expressions.types import Scope, bind, bind_in_unit
from catalog.expressions.wanted_units import DAYS
from catalog.product_model import LeadTimeLine, PriceLine, ProductModel
from configurator.engine.face.rest import Objective, Share, Term
from pricing.breakdown import Prices
from pricing.lead_time import MAX_DAYS
from pricing.lines import MAX_UNITS, Line, is_floor, kept_line
from pricing.money import smallest_unit
from pricing.price_forms import Item, Reading, constant_number, form_of

MOST_NODES = 20_000
"""How large a number that tells a whole price may become; beyond, it is told only roughly, and
proves nothing.
"""

# ---- one line ------------------------------------------------------------------------------------


class LineReader:
    """Reads the expressions of a model's lines."""

    def __init__(self, model: ProductModel) -> None:
        self.model = model
        self.scope = Scope.of(model)

    def number(self, text: str, unit: str | None = None) -> Node:
        if re.fullmatch(r"\d{1,12}(\.\d{1,8})?", text):
            return constant(Fraction(text))
        return bind_in_unit(text, self.scope, unit)

    def condition(self, text: str | None) -> Conditions:
        return () if text is None else (bind(text, self.scope, "condition", lengths=True),)

    def price_line(self, line: PriceLine) -> Reading:
        """Return a price line read."""
        return Reading(line, self.model, self.scope)


def _above_zero(number: Node) -> Node:
    return nodes.Call("max", (number, ZERO))


def _size(node: Node, known: dict[int, int]) -> int:
    found = known.get(id(node))
    if found is None:
        found = known[id(node)] = 1 + sum(_size(child, known) for child in nodes.children(node))
    return found


# ---- a whole price as one number -----------------------------------------------------------------


class _Whole:
    """The price in one list as numbers in smallest units, line by line, as
    `pricing.breakdown.summed` adds them up.
    """

    def __init__(self, prices: Prices, reader: LineReader) -> None:
        self.prices = prices
        self.reader = reader
        self.rounding = prices.rounding
        self.base = _Whole(prices.base, reader) if prices.base is not None else None
        self.kept: dict[str, dict[str, str]] = {}
        for key, value, amount in prices.terms.amounts:
            self.kept.setdefault(key, {})[value] = amount
        self.lines: list[tuple[Item, ...]] = []
        # What lines come to that this list leaves out: without a price below there is none here.
        self.left_out: list[Node] = []
        self.wholes = [self._is_whole(compiled) for compiled in prices.lines]
        for compiled in prices.lines:
            self.lines.append(self._items(compiled))

    def _is_whole(self, compiled: Line) -> bool:
        """Tell whether a line counts once for the whole order; of what rounding adds below, the sum
        alone knows it.
        """
        if self.base is None or compiled.below is None:
            return compiled.is_whole
        own = len(self.base.wholes)
        return (
            self.base.wholes[compiled.below]
            if compiled.below < own
            else self.base.trailing[compiled.below - own][1]
        )

    @property
    def is_exact(self) -> bool:
        """Whether the numbers tell the price exactly: no number tells how halves are rounded to
        even ones.
        """
        if _stops_rounding(self.prices):
            return False
        # What a list below rounds in its total is a line of this one.
        lists = [self.base] if self.base is not None else []
        while lists and lists[-1].base is not None:
            lists.append(lists[-1].base)
        if any(each.rounding.mode == "half_even" for each in lists):
            return False
        return self.rounding.mode != "half_even" or not (
            self.rounding.by_line or self.rounds_inside
        )

    @property
    def rounds_inside(self) -> bool:
        """Whether a rounded total is only a part of what the whole comes to."""
        return self.has_order or bool(self.rounding.ending)

    @property
    def has_order(self) -> bool:
        return any(self.wholes)

    @cached_property
    def exact_piece(self) -> Node:
        piece = undefined_with(self._sum_of_lines(False), sum_of(self.left_out))
        return piece if self.least is None else sum_of((piece, self.least))

    @cached_property
    def exact_order(self) -> Node:
        return self._sum_of_lines(True)

    @cached_property
    def least(self) -> Node | None:
        """What the price of one piece lacks to the least over its cost; None in a list that has no
        such bound.
        """
        percent = self.prices.price_list.least_over_cost
        if percent is None:
            return None
        cost = sum_of(
            where(item.conditions, UNDEFINED if item.cost is None else item.cost)
            for line, is_whole, items in zip(
                self.prices.lines, self.wholes, self.lines, strict=True
            )
            if line.has_cost and not is_whole
            for item in items
        )
        exact = times(cost, (100 + Fraction(percent)) / 100)
        least = nodes.Call("ceil", (exact, constant(self.rounding.increment)))
        return _above_zero(nodes.Arithmetic("-", least, self._sum_of_lines(False)))

    @property
    def piece(self) -> Node:
        return self._total(self.exact_piece)

    @property
    def order(self) -> Node:
        return self._total(self.exact_order)

    @property
    def trailing(self) -> list[tuple[Node, bool]]:
        """What stands behind the lines: the least price and what rounding adds, with whether that
        counts once.
        """
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
        return sum_of(where(item.conditions, item.amount) for item in self.lines[index])

    def _sum_of_lines(self, is_whole: bool) -> Node:
        return sum_of(self.amount(at) for at, each in enumerate(self.wholes) if each is is_whole)

    def _items(self, compiled: Line) -> tuple[Item, ...]:
        if compiled.below is not None:
            return self._derived(compiled, compiled.below)
        if compiled.of is None:
            scale = self.rounding.scale
            return tuple(
                Item(
                    item.value,
                    item.conditions,
                    self._rounded_line(times(undefined_with(item.amount, item.cost), scale)),
                    None if item.cost is None else times(item.cost, scale),
                )
                for item in self.reader.price_line(compiled.line).items
            )
        return (
            Item(
                None, self.reader.price_line(compiled.line).conditions, self.bound(compiled), None
            ),
        )

    def bound(self, compiled: Line) -> Node:
        """Return what a percentage, minimum or maximum comes to where it applies."""
        before = sum_of(
            self.amount(at)
            for at in sorted(compiled.of or ())
            if compiled.is_whole or not self.wholes[at]
        )
        given = self.reader.price_line(compiled.line).number.node
        if compiled.form == "percent":
            return self._rounded_line(nodes.Arithmetic("*", before, times(given, Fraction(1, 100))))
        wanted = times(given, self.rounding.scale * compiled.factor)
        is_raised = compiled.form == "minimum" and self.rounding.by_line
        wanted = self._not_below(wanted) if is_raised else self._rounded_line(wanted)
        lacks = nodes.Arithmetic("-", wanted, before)
        return nodes.Call("max" if compiled.form == "minimum" else "min", (lacks, ZERO))

    def _derived(self, compiled: Line, at: int) -> tuple[Item, ...]:
        assert self.base is not None
        below = self.base.prices.lines
        if compiled.takes_costs and not compiled.has_cost:
            if at < len(below):
                self.left_out += [
                    where(item.conditions, item.amount) for item in self.base.lines[at]
                ]
            return ()
        if at >= len(below):
            amount, _ = self.base.trailing[at - len(below)]
            return (Item(None, (), self._rounded_line(times(amount, self.prices.factor)), None),)
        kept = self.kept.get(compiled.line.key, {})
        instead = kept_line(compiled.line, kept) if kept else None
        own = (
            {item.value: item.amount for item in self.reader.price_line(instead).items}
            if instead is not None
            else {}
        )
        items = []
        for item in self.base.lines[at]:
            if compiled.line.table is not None and own:
                items.append(self._of_cells(compiled, item, own[None]))
                continue
            cost = None if item.cost is None else times(item.cost, self.prices.conversion)
            if (item.value or "") in kept:
                amount = times(own[item.value], self.rounding.scale)
                amount = undefined_with(amount, item.amount)
            elif compiled.takes_costs:
                factor = self.prices.cost_factor_of(compiled.line)
                amount = UNDEFINED if item.cost is None else times(item.cost, factor)
                amount = undefined_with(amount, item.amount)
            else:
                amount = times(item.amount, self.prices.factor)
            items.append(Item(item.value, item.conditions, self._rounded_line(amount), cost))
        return tuple(items)

    def _of_cells(self, compiled: Line, item: Item, own: Node) -> Item:
        """Return what a line with a table gives where this list keeps amounts for some of its
        cells.
        """
        cost = None if item.cost is None else times(item.cost, self.prices.conversion)
        amount = UNDEFINED if compiled.takes_costs and item.cost is None else item.cost or ZERO
        factor = (
            self.prices.cost_factor_of(compiled.line)
            if compiled.takes_costs
            else self.prices.factor
        )
        amount = times(amount if compiled.takes_costs else item.amount, factor)
        kept = times(own, self.rounding.scale)
        has_own = nodes.Compare("==", kept, kept)
        either = nodes.If(has_own, self._rounded_line(kept), self._rounded_line(amount))
        return Item(item.value, item.conditions, undefined_with(either, item.amount), cost)

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
        below = nodes.If(nodes.Compare("<", units, ZERO), times(nearest_from, -1), units)
        return nodes.If(nodes.Compare(">", units, ZERO), nearest_from, below)

    def _multiple(self, units: Node) -> Node:
        arguments = (units, constant(self.rounding.increment))
        if self.rounding.mode in ("half_up", "half_even"):
            return nodes.Call("round", arguments)
        up, down = nodes.Call("ceil", arguments), nodes.Call("floor", arguments)
        away, towards = (up, down) if self.rounding.mode == "up" else (down, up)
        return nodes.If(nodes.Compare(">=", units, ZERO), away, towards)


# ---- objectives ----------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def price_objective(prices: Prices) -> Objective:
    """Return the total of one piece, with what counts once for the whole order, as an objective in
    smallest units.
    """
    objective = _total_objective(prices)
    # Of lines that are taxed differently, the least total need not be the least that is paid; nor
    # is it where the tax of each line is rounded, and taken out.
    taxes_lines = (
        prices.terms.tax_status is not None and prices.price_list.tax_rounding_of == "line"
    )
    is_told = not (prices.tells_taxes_apart or taxes_lines)
    return objective if is_told else replace(objective, is_exact=False, options=_read(prices))


def _total_objective(prices: Prices) -> Objective:
    reader = LineReader(prices.model)
    own, rounding = prices.price_list, prices.rounding
    order = any(line.is_whole for line in prices.lines) and not rounding.by_line
    if prices.base is None and own.least_over_cost is None and not rounding.ending and not order:
        objective = _line_by_line(prices, reader)
        if objective is not None:
            return objective
    elif _tells_least(prices):
        whole = _Whole(prices, reader)
        parts = (
            (whole.exact_piece, whole.exact_order)
            if not whole.rounds_inside
            else (whole.piece, whole.order)
        )
        total = _guarded(whole.applies, sum_of(parts))
        if _size(total, {}) <= MOST_NODES:
            return Objective(
                (Term(0, total),),
                increment=1 if whole.rounds_inside or rounding.by_line else rounding.increment,
                mode=rounding.mode,
                most=2 * (MAX_UNITS - 1),
                is_exact=whole.is_exact,
                options=frozenset() if whole.is_exact else _read(prices),
            )
    return _roughly(prices, reader)


def _tells_least(prices: Prices) -> bool:
    """Tell whether a least price over cost, here or below, is a matter of one piece: no tax in it,
    no ending.
    """
    own = prices.price_list
    is_told = own.least_over_cost is None or not (
        any(prices.wholes[: len(prices.lines)])
        or prices.rounding.ending
        or (
            own.amounts_are == "gross"
            and (prices.tax_class.rate or prices.tax_class.taxing or prices.line_classes)
        )
    )
    return is_told and (prices.base is None or _tells_least(prices.base))


def _stops_rounding(prices: Prices) -> bool:
    """Tell whether a total may be rounded otherwise since a minimum is in the way, which no
    objective knows.
    """
    if not prices.has_floors:
        return False
    floors = [
        constant_number(form_of(line.line).amounts[""]) for line in prices.lines if is_floor(line)
    ]
    unit = smallest_unit(prices.price_list.currency)
    is_plain = prices.base is None and prices.rounding.increment == 1 and not prices.rounding.ending
    return not is_plain or any(each is None or bool(each % unit) for each in floors)


def _guarded(conditions: Conditions, number: Node) -> Node:
    return number if not conditions else nodes.If(nodes.And(conditions), number, UNDEFINED)


def _line_by_line(prices: Prices, reader: LineReader) -> Objective | None:
    """Return the objective of lines that it adds up and rounds itself; None where a bound is too
    large.
    """
    amounts: list[Term] = []
    shares: list[Share] = []
    is_exact = not _stops_rounding(prices)
    bounds: _Whole | None = None
    for number, compiled in enumerate(prices.lines):
        line = reader.price_line(compiled.line)
        if compiled.of is None:
            amounts += _amounts(number, line.items)
            continue
        if compiled.form == "percent":
            shares.append(Share(number, line.number.node, _of(prices, compiled), line.conditions))
            continue
        bounds = bounds or _Whole(prices, reader)
        bound = times(bounds.bound(compiled), Fraction(1, prices.rounding.scale))
        if _size(bound, {}) > MOST_NODES:
            return None
        is_exact = is_exact and bounds.is_exact
        amounts.append(Term(number, bound, line.conditions))
    return _objective(prices, amounts, shares, is_exact)


def _roughly(prices: Prices, reader: LineReader) -> Objective:
    """Return an objective that tells about what the lines come to: it leads to good answers and
    proves none.
    """
    amounts: list[Term] = []
    shares: list[Share] = []
    below = prices
    while below.base is not None:
        below = below.base
    for number, compiled in enumerate(below.lines):
        line = reader.price_line(compiled.line)
        if compiled.of is None:
            amounts += _amounts(number, line.items)
        elif compiled.form == "percent":
            shares.append(Share(number, line.number.node, _of(below, compiled), line.conditions))
    # A minimum or maximum, which is not told, may be the only line that applies.
    is_whole = not any(compiled.form in {"minimum", "maximum"} for compiled in below.lines)
    return replace(
        _objective(below, amounts, shares, False), needs_a_line=is_whole, options=_read(prices)
    )


def _read(prices: Prices) -> frozenset[str]:
    return frozenset(prices.readers) | (
        _read(prices.base) if prices.base is not None else frozenset()
    )


def _amounts(number: int, items: Sequence[Item]) -> list[Term]:
    return [Term(number, undefined_with(item.amount, item.cost), item.conditions) for item in items]


def _of(prices: Prices, compiled: Line) -> frozenset[int]:
    """Return the lines a percentage is of: what counts once is no part of what one piece comes to."""
    of = compiled.of or frozenset()
    return of if compiled.is_whole else frozenset(at for at in of if not prices.lines[at].is_whole)


def _objective(
    prices: Prices, amounts: Sequence[Term], shares: Sequence[Share], is_exact: bool
) -> Objective:
    return Objective(
        terms=tuple(amounts),
        shares=tuple(shares),
        scale=prices.rounding.scale,
        increment=prices.rounding.increment,
        mode=prices.rounding.mode,
        by_line=prices.rounding.by_line,
        most=MAX_UNITS - 1,
        needs_a_line=True,
        is_exact=is_exact,
    )


# ---- lead time -----------------------------------------------------------------------------------


def lead_time_objective(model: ProductModel) -> Objective:
    """Return the days as an objective; of lines of one stage, and of instances made at once, the
    slowest counts.
    """
    written = expanded(model)
    instances: dict[str, list[Instance]] = {}
    for instance in written.instances if isinstance(written, ExpandedModel) else ():
        instances.setdefault(place_of(instance.assembly), []).append(instance)
    lines: dict[str, list[LeadTimeLine]] = {}
    for line in written.lead_time_lines:
        lines.setdefault(place_of(line.key) if instances else "", []).append(line)
    days = _days(LineReader(written), lines, instances, "")
    return Objective(
        tuple(Term(number, each, when) for number, (when, each) in enumerate(days)),
        mode="up",
        most=MAX_DAYS,
    )


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
            total = sum_of(where(when, days) for when, days in own)
            side_by_side.setdefault(instance.assembly, []).append(total)
    for totals in side_by_side.values():
        found.append(((), totals[0] if len(totals) == 1 else nodes.Call("max", tuple(totals))))
    return found


def _slowest(reader: LineReader, lines: Sequence[LeadTimeLine]) -> Node:
    """Return the most days of the lines that apply, 0 where none does; undefined where one that
    applies is.
    """
    days = [(reader.condition(line.when), reader.number(line.days, DAYS)) for line in lines]
    # A line that does not apply is undefined to the fold, and left out of it.
    most = nodes.Fold("max", tuple(_guarded(when, number) for when, number in days))
    defined = sum_of(nodes.Arithmetic("*", where(when, number), ZERO) for when, number in days)
    if any(not when for when, _ in days):
        return nodes.Arithmetic("+", most, defined)
    some = nodes.Or(tuple(nodes.And(when) for when, _ in days))
    return nodes.If(some, nodes.Arithmetic("+", most, defined), ZERO)
