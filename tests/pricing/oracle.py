"""What a price has to be, computed the slow and plain way with fractions; it shares no code with
the product.

A `Tale` tells one price model twice: as the documents that the product reads, and as plain
functions and numbers that this module adds up. `random_tale` makes them up. Amounts here are in
whole currency, never in smallest units.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction as F
from typing import Any

COLOURS = ("red", "green", "blue")
PLACES = {"EUR": 2, "JPY": 0, "BHD": 3, "CHF": 2}

Values = dict[str, Any]
Number = Callable[[Values], F | None]
Row = tuple[str, str, F, dict[str, F]]


class NoPrice(Exception):
    """There is no price, for whatever reason."""


@dataclass
class Table:
    """Amounts by two numbers: for each (column, row) of sizes one, or None."""

    columns: Number
    rows: Number
    amounts: dict[tuple[int, int], F | None]
    exact: bool

    def cell(self, values: Values) -> tuple[int, int] | None:
        """Return the sizes that are paid for: the least ones that are not less than the two
        numbers.
        """
        chosen = []
        for which, number in enumerate((self.columns(values), self.rows(values))):
            sizes = sorted({sizes[which] for sizes in self.amounts})
            fitting = [
                s
                for s in sizes
                if number is not None and (s == number if self.exact else s >= number)
            ]
            if not fitting:
                return None
            chosen.append(fitting[0])
        return chosen[0], chosen[1]


@dataclass
class Line:
    """A price line as the oracle knows it; functions take the values and return a fraction or None."""

    key: str
    form: str
    when: Callable[[Values], bool] = lambda values: True
    amount: Number | None = None
    amounts: dict[str, Number] = field(default_factory=dict)
    option: str = ""
    of: list[str] | None = None
    subtotal: str = ""
    breaks: list[tuple[int, str, F]] = field(default_factory=list)
    tiered: bool = False
    once: bool = False
    whole: bool = False
    count: Number | None = None
    needs: Callable[[Values, int], F | None] | None = (
        None  # Of so many pieces, where parts are taken whole.
    )
    waste: F = F(0)
    at_least: F = F(0)
    cost: F | None = None
    costs: dict[str, F] = field(default_factory=dict)
    table: Table | None = None
    tax_class: str = ""  # Its own, if it has one.
    own: str = ""  # The list it is for, if it is for one.
    written: dict[str, F] = field(default_factory=dict)  # Amounts that are plain numbers, by value.


@dataclass(frozen=True)
class Tax:
    """The tax on a class of lines, None where it is not known; with `parts` it is several."""

    rate: F | None = None
    label: str = ""
    parts: tuple[F, ...] = ()


@dataclass
class List:
    """A price list: terms, what it is made from, and the amounts it keeps by (line, value)."""

    key: str
    currency: str
    step: F
    ending: F
    mode: str
    by_line: bool
    net: bool
    shows_net: bool
    tax: F | None
    taxes: list[F]
    tax_mode: str
    tax_by_line: bool
    least: F | None
    base: List | None
    takes_costs: bool
    factor: F
    rate: F
    own_only: bool
    kept: dict[tuple[str, str], F]
    per: str = ""
    paid: F | None = None
    label: str = ""
    class_taxes: dict[str, Tax] = field(default_factory=dict)
    home_rates: dict[str, F | None] = field(
        default_factory=dict
    )  # By class, for who is not at home.
    has_problem: bool = False  # Nothing can be priced in it.

    def tax_of(self, tax_class: str) -> Tax:
        """Return the tax on a class of lines; the product's own has no name."""
        return (
            self.class_taxes.get(tax_class, Tax())
            if tax_class
            else Tax(self.tax, self.label, tuple(self.taxes))
        )

    def rate_of(self, tax_class: str) -> F | None:
        """Return the rate on a class of lines; None where it is not known."""
        return self.tax_of(tax_class).rate

    def borne(self, tax_class: str) -> F:
        """Return what costs bear in gross amounts: where the rate is not known, that at home."""
        rate = self.rate_of(tax_class)
        rate = self.home_rates.get(tax_class) if rate is None else rate
        return F(0) if self.net or rate is None else rate

    def alike(self, tax_class: str, known: Iterable[str]) -> str:
        """Return the first of the `known` classes that is taxed like another: the product's own
        before all.
        """
        mine = self.tax_of(tax_class)
        return next((each for each in ("", *known) if self.tax_of(each) == mine), tax_class)

    @property
    def cent(self) -> F:
        return F(1, 10 ** PLACES[self.currency])


@dataclass
class Item:
    value: str
    amount: F
    cost: F | None


@dataclass
class Sum:
    """What a line comes to; `kind` tells lines that cost something from those that do not."""

    key: str
    subtotal: str
    kind: str
    items: list[Item]
    once: bool
    applied: bool = True
    floor: F | None = None  # What a minimum of all lines before it asks for.
    shares: dict[str, F] = field(default_factory=lambda: {"": F(1)})

    @property
    def amount(self) -> F:
        return sum((item.amount for item in self.items), F(0))


@dataclass
class Tale:
    product: dict[str, Any]
    price_lists: list[dict[str, Any]]
    list_amounts: list[dict[str, Any]]
    exchange_rates: list[dict[str, Any]]
    lines: list[Line]
    lists: list[List]
    values: Values
    quantity: int
    tax_rates: list[dict[str, Any]] = field(default_factory=list)
    pays_no_tax: bool = False
    asked: List | None = None  # The list that holds for who asks; none where there is no price.
    buyer: dict[str, str] = field(default_factory=dict)
    key: str | None = None  # The list that is asked for, if one is.
    at: str = "2026-06-01T00:00:00+00:00"
    tax_class: str = "standard"
    order: int = 0  # How many pieces the whole order has, if there are others like these.

    @property
    def order_quantity(self) -> int:
        return self.order or self.quantity

    def class_of(self, line: Line) -> str:
        """Return the tax class of a line; the product's own has no name."""
        return "" if line.tax_class == self.tax_class else line.tax_class


@dataclass
class Told:
    """A price as the oracle tells it; `lines` and `order_lines` are (key, value, amount) as
    printed.
    """

    lines: list[tuple[str, str, F]]
    order_lines: list[tuple[str, str, F]]
    unit: F
    order: F
    total: F
    tax: F | None
    taxes: list[tuple[F, F]] | None
    shown: F
    cost: F | None


# ---- rounding ------------------------------------------------------------------------------------


def to_step(amount: F, step: F, mode: str) -> F:
    """Return `amount` as a multiple of `step`: "up" is away from zero, "down" towards it, halves
    away or to even.
    """
    steps = abs(amount) / step
    whole = {
        "up": lambda: math.ceil(steps),
        "down": lambda: math.floor(steps),
        "half_up": lambda: math.floor(steps + F(1, 2)),
        "half_even": lambda: round(steps),
    }[mode]()
    return whole * step if amount >= 0 else -whole * step


def rounded(amount: F, terms: List) -> F:
    """Return `amount` as the list rounds it: to its step, or to what ends as it says, the nearest
    of both sides.
    """
    if amount == 0 or not terms.ending:
        return to_step(amount, terms.step, terms.mode)
    size = abs(amount)
    if size <= terms.ending:
        answer = terms.ending
    else:
        below = terms.ending + math.floor((size - terms.ending) / terms.step) * terms.step
        above = below if below == size else below + terms.step
        if terms.mode == "down" or below == above:
            answer = below
        elif terms.mode == "up":
            answer = above
        elif size - below != above - size:
            answer = below if size - below < above - size else above
        else:
            is_even = (below - terms.ending) / terms.step % 2 == 0
            answer = below if terms.mode == "half_even" and is_even else above
    return answer if amount > 0 else -answer


def is_kept(amount: F, terms: List, tale: Tale, fine: bool) -> bool:
    """Tell whether of an amount for one of several pieces what is finer than a cent is kept."""
    keeps = terms.per == "order" if terms.per else not terms.ending and terms.step <= terms.cent
    return (
        tale.quantity > 1
        and keeps
        and (terms.per == "order" or fine or abs(amount) < 100 * terms.cent)
    )


def settled(amount: F, terms: List, tale: Tale, once: bool, fine: bool = False) -> F:
    """Return an amount rounded as the list says, or to a ten-thousandth of a cent where it is kept."""
    if not once and is_kept(amount, terms, tale, fine):
        return to_step(amount, terms.cent / 10_000, terms.mode)
    return rounded(amount, terms)


def each(amount: F, terms: List, tale: Tale, once: bool, fine: bool = False) -> F:
    return settled(amount, terms, tale, once, fine) if terms.by_line else amount


def is_fine(line: Line, terms: List) -> bool:
    """Tell whether an amount of the line is written finer than a cent, in this list or one that it
    is made from.
    """
    kept = {value: amount for (key, value), amount in terms.kept.items() if key == line.key}
    breaks = [number for _, what, number in line.breaks if what == "amount"]
    if line.form not in {"amount", "value", "table"}:
        return False
    if terms.base is None or line.own == terms.key:
        written = [*({**line.written, **kept}.values()), *breaks]
    else:
        if is_fine(line, terms.base):
            return True
        written = [*kept.values(), *breaks] if kept else []
    return any(number % terms.cent for number in written)


def holds(line: Line, terms: List) -> bool:
    """Tell whether the line is one of the list, or of one that it is made from."""
    if line.own == terms.key or (not line.own and terms.base is None and not terms.own_only):
        return True
    return terms.base is not None and holds(line, terms.base)


# ---- lines ---------------------------------------------------------------------------------------


def sums_of(terms: List, tale: Tale) -> tuple[list[Sum], F, F]:
    """Return what each line of a list comes to, and the totals of one piece and of the order."""
    values, quantity = tale.values, tale.quantity
    sums: list[Sum] = []
    if terms.base is not None:
        below, _, _ = sums_of(terms.base, tale)
        own = {key for key, _ in terms.kept}
        for one in below:
            line = next((line for line in tale.lines if line.key == one.key), None)
            is_bound = line is not None and line.form in {"percent", "minimum", "maximum"}
            of = [each for each in sums if line is not None and is_of(line, each)]
            if is_bound and (
                (one.key, "") in terms.kept
                or (not terms.takes_costs and own & {each.key for each in of})
            ):
                assert line is not None
                own.add(line.key)
                sums.append(bound(line, terms, sums, tale))
            else:
                sums.append(derived(one, terms, tale))
    for line in tale.lines:
        is_general = not line.own and terms.base is None and not terms.own_only
        if line.own == terms.key or is_general:
            sums.append(of_line(line, terms, sums, values, quantity, tale))
    if not any(one.applied for one in sums):
        raise NoPrice
    piece = sum((one.amount for one in sums if not one.once), F(0))
    order = sum((one.amount for one in sums if one.once), F(0))
    if terms.least is None:
        return ended(sums, piece, order, terms, tale)
    costs = [cost_of(sums, once) for once in (False, True)]
    if costs[0] is None or costs[1] is None:
        raise NoPrice
    floor = (costs[0] * tale.quantity + costs[1]) * (1 + terms.least / 100)
    classes = classes_of(sums, tale.quantity, terms)
    net_share = net_of(parts_of(classes, False), terms)
    more, once = F(0), F(0)
    fine = any(is_fine(line, terms) for line in tale.lines if holds(line, terms))
    if not any(one.once for one in sums):
        wanted = piece + (floor - net_of(classes, terms)) / tale.quantity / net_share
        now = piece if terms.by_line else settled(piece, terms, tale, False, fine)
        if wanted > 0 and now < wanted:
            more = at_least(wanted, terms) - piece

    def raised(more: F, once: F) -> tuple[tuple[list[Sum], F, F], F]:
        all_of = parts_of(classes, False)
        ends = [Sum("least", "", "least", [Item("", more, None)], False, False, shares=all_of)]
        ends.append(Sum("least", "", "least", [Item("", once, None)], True, False, shares=all_of))
        found = ended([*sums, *ends], piece + more, order + once, terms, tale)
        total = found[1] * tale.quantity + found[2]
        tax = None if terms.net else tax_of(found, total, terms, tale)
        of_all = classes_of(found[0], tale.quantity, terms)
        return found, floor - (net_of(of_all, terms) if tax is None else total - tax)

    while True:
        found, short = raised(more, once)
        if short <= 0:
            # A step less is enough where the tax in it is rounded to what is wanted.
            while not terms.net and (once or more) >= terms.step:
                more, once = (more, once - terms.step) if once else (more - terms.step, once)
                lower, short = raised(more, once)
                if short > 0 or lower[1:] == found[1:]:
                    break
                found = lower
            return found
        wanted = order + once + max(short / net_share, terms.cent)
        once = (
            at_least(wanted, terms) if wanted > 0 else math.ceil(wanted / terms.step) * terms.step
        ) - order


def at_least(amount: F, terms: List) -> F:
    """Return the least amount above zero that the list rounds to and that is not below `amount`."""
    return max(
        terms.ending + math.ceil((amount - terms.ending) / terms.step) * terms.step, terms.ending
    )


def not_below(amount: F, terms: List) -> F:
    """Return the least amount that the list rounds to and that is not below `amount`."""
    return at_least(amount, terms) if amount > 0 else math.ceil(amount / terms.cent) * terms.cent


def ended(sums: list[Sum], piece: F, order: F, terms: List, tale: Tale) -> tuple[list[Sum], F, F]:
    """Return the sums with what rounding adds, and the totals of one piece and of the order."""
    sums = list(sums)
    fine = any(is_fine(line, terms) for line in tale.lines if holds(line, terms))
    unit = piece if terms.by_line else settled(piece, terms, tale, False, fine)
    whole = order if terms.by_line else rounded(order, terms)
    keeps = is_kept(piece, terms, tale, fine)
    of_order = []
    for place, one in enumerate(sums):
        if one.floor is None or terms.by_line:
            continue
        behind = sums[place + 1 :]
        if one.once:
            floor = one.floor
            for other in behind:
                floor += other.amount if other.once else other.amount * tale.quantity
            of_order.append(min(floor, piece * tale.quantity + order))
            continue
        floor = min(
            one.floor + sum((other.amount for other in behind if not other.once), F(0)), piece
        )
        if keeps:
            of_order.append(min(floor * tale.quantity + order, piece * tale.quantity + order))
        elif unit < floor:
            unit = not_below(floor, terms)
    if unit % terms.cent or whole % terms.cent:
        whole = to_step(unit * tale.quantity + whole, terms.cent, terms.mode) - unit * tale.quantity
    if of_order and unit * tale.quantity + whole < max(of_order):
        if unit % terms.cent:
            whole = math.ceil(max(of_order) / terms.cent) * terms.cent - unit * tale.quantity
        else:
            whole = not_below(max(of_order) - unit * tale.quantity, terms)
    lines = sums if terms.least is None else sums[:-2]  # Without its own least price.
    all_of = parts_of(classes_of(lines, tale.quantity, terms), False)
    sums.append(
        Sum("rounding", "", "rounding", [Item("", unit - piece, None)], False, False, shares=all_of)
    )
    sums.append(
        Sum("rounding", "", "rounding", [Item("", whole - order, None)], True, False, shares=all_of)
    )
    return sums, unit, whole


def derived(one: Sum, terms: List, tale: Tale) -> Sum:
    items = []
    costs_something = one.kind == "line"
    line = next((line for line in tale.lines if line.key == one.key), None)
    fine = line is not None and is_fine(line, terms)
    for item in one.items:
        cost = None if item.cost is None else item.cost * terms.rate
        if terms.takes_costs and not costs_something:
            continue
        if (one.key, item.value) in terms.kept and costs_something:
            assert line is not None
            exact, _ = amount_of(line, terms.kept[one.key, item.value], tale, fixed(line, terms))
            amount = each(exact, terms, tale, one.once, fine)
        elif terms.takes_costs:
            if item.cost is None:
                raise NoPrice
            (tax_class,) = one.shares
            gross = item.cost * (1 + terms.borne(tax_class))  # Costs are net.
            amount = each(gross * terms.rate * terms.factor, terms, tale, one.once, fine)
        else:
            amount = each(item.amount * terms.rate * terms.factor, terms, tale, one.once, fine)
        items.append(Item(item.value, amount, cost))
    applied = one.applied and (costs_something or not terms.takes_costs)
    floor = (
        None if one.floor is None or terms.takes_costs else one.floor * terms.rate * terms.factor
    )
    return Sum(one.key, one.subtotal, one.kind, items, one.once, applied, floor, one.shares)


def of_line(
    line: Line, terms: List, before: list[Sum], values: Values, quantity: int, tale: Tale
) -> Sum:
    once = line.once or line.tiered or line.whole
    kind = "line" if line.form in {"amount", "value", "table"} else "bound"
    nothing = Sum(line.key, line.subtotal, kind, [], once, False)
    if kind == "bound":
        return bound(line, terms, before, tale)
    if not line.when(values):
        return nothing
    if line.form == "amount":
        kept = terms.kept.get((line.key, ""))
        given = [("", (lambda _: kept) if kept is not None else line.amount, line.cost)]
    elif line.table is not None:
        cell = line.table.cell(values)
        if cell is None:
            raise NoPrice
        name = f"{cell[0]}x{cell[1]}"
        in_cell = terms.kept.get((line.key, name), line.table.amounts[cell])
        given = [(name, lambda _: in_cell, line.cost)]
    else:
        chosen = values.get(line.option, ())
        chosen = (chosen,) if isinstance(chosen, str) else chosen
        given = []
        for value in chosen:
            kept = terms.kept.get((line.key, value))
            number = (lambda _, kept=kept: kept) if kept is not None else line.amounts[value]
            given.append((value, number, line.costs.get(value)))
        if not given:
            return nothing
    items = []
    for value, number, cost in given:
        assert number is not None
        one = number(values)
        if one is None:
            raise NoPrice
        amount, used = amount_of(line, one, tale, F(1))
        spent = None if cost is None else cost * used
        if line.tiered and spent is not None:
            spent *= quantity
        items.append(Item(value, each(amount, terms, tale, once, is_fine(line, terms)), spent))
    return Sum(line.key, line.subtotal, kind, items, once, shares={tale.class_of(line): F(1)})


def fixed(line: Line, terms: List) -> F:
    """Return what fixed amounts in the breaks of a line are times in a derived list: as any amount
    is, list by list.
    """
    factor = F(1)
    while terms.base is not None and line.own != terms.key:
        factor *= terms.rate * terms.factor
        terms = terms.base
    return factor


def amount_of(line: Line, one: F, tale: Tale, factor: F) -> tuple[F, F]:
    """Return what a line gives whose amount is `one`, and how much of a material that is for."""
    amount, share = for_pieces(line, one, tale, factor), F(tale.quantity, tale.order_quantity)
    if line.count is None:
        return amount, F(1)
    pieces = tale.order_quantity if line.whole else 1
    need = line.count(tale.values) if line.needs is None else line.needs(tale.values, pieces)
    if need is None or need < 0:
        raise NoPrice
    used = need * (1 if line.needs else pieces) * (1 + line.waste / 100)
    if line.whole:
        used = math.ceil(used) * share
    used = max(used, line.at_least) if used else F(0)
    return amount * used, used


def for_pieces(line: Line, amount: F, tale: Tale, factor: F) -> F:
    """Return the amount of one piece; of tiered lines the share of what the whole order costs,
    piece by piece.
    """
    order = tale.order_quantity

    def of_tier(piece: int) -> F:
        reached = [
            (what, number) for pieces, what, number in sorted(line.breaks) if pieces <= piece
        ]
        if not reached:
            return amount
        what, number = reached[-1]
        return number * factor if what == "amount" else amount * (1 + number / 100)

    if line.tiered:
        return sum((of_tier(piece) for piece in range(1, order + 1)), F(0)) * F(
            tale.quantity, order
        )
    return of_tier(order)


def said(line: Line, terms: List, values: Values) -> F | None:
    """Return what a bound says in a list: kept there, or in the nearest below; a minimum is made,
    list by list.
    """
    factor = F(1)
    while (line.key, "") not in terms.kept:
        if terms.base is None or line.own == terms.key:
            given = line.amount(values) if line.amount else None
            return None if given is None else given * factor
        factor *= terms.rate * terms.factor if line.form != "percent" else 1
        terms = terms.base
    return terms.kept[line.key, ""] * factor


def is_of(line: Line, one: Sum) -> bool:
    return line.of is None or one.key in line.of or one.subtotal in line.of


def bound(line: Line, terms: List, before: list[Sum], tale: Tale) -> Sum:
    if not line.when(tale.values):
        return Sum(line.key, line.subtotal, "bound", [], line.once, False)
    given = said(line, terms, tale.values)
    if given is None:
        raise NoPrice
    base = F(0)
    classes: dict[str, F] = {}
    for one in before:
        if not is_of(line, one):
            continue
        counted = F(0)
        if line.once:
            counted = one.amount if one.once else one.amount * tale.quantity
        elif not one.once:
            counted = one.amount
        base += counted
        for tax_class, share in one.shares.items():
            classes[tax_class] = classes.get(tax_class, F(0)) + counted * share
    shares = (
        {tale.class_of(line): F(1)} if line.tax_class else parts_of(classes, line.form == "percent")
    )
    floor = None
    if line.form == "percent":
        amount = each(base * given / 100, terms, tale, line.once)
    elif line.form == "minimum":
        least = each(given, terms, tale, line.once)
        if given > 0 and least < given and terms.by_line:
            least = at_least(given, terms)
        amount = max(least - base, F(0))
        floor = least if line.of is None else None
    else:
        amount = min(each(given, terms, tale, line.once) - base, F(0))
    return Sum(
        line.key, line.subtotal, "bound", [Item("", amount, None)], line.once, True, floor, shares
    )


def parts_of(classes: dict[str, F], with_negative: bool) -> dict[str, F]:
    """Return how what is of amounts of several classes is spread: as they are, or as those above
    zero are.
    """
    counted = {
        key: amount for key, amount in classes.items() if amount > 0 or (with_negative and amount)
    }
    total = sum(counted.values(), F(0))
    return {key: amount / total for key, amount in counted.items()} if total else {"": F(1)}


def classes_of(sums: list[Sum], quantity: int, terms: List) -> dict[str, F]:
    """Return what lines come to by class."""
    classes: dict[str, F] = {}
    for one in sums:
        amount = one.amount if one.once else one.amount * quantity
        for tax_class, share in one.shares.items() if amount else ():
            classes[tax_class] = classes.get(tax_class, F(0)) + amount * share
    return classes


def net_of(classes: dict[str, F], terms: List) -> F:
    """Return what is net of amounts by class."""
    return sum((amount / (1 + terms.borne(key)) for key, amount in classes.items()), F(0))


def cost_of(sums: list[Sum], once: bool) -> F | None:
    items = [item for one in sums if one.kind == "line" and one.once is once for item in one.items]
    return (
        None
        if any(item.cost is None for item in items)
        else sum((item.cost or F(0) for item in items), F(0))
    )


# ---- totals --------------------------------------------------------------------------------------


def rows(sums: list[Sum], unit: F, order: F, terms: List, tale: Tale) -> dict[bool, list[Row]]:
    """Return what is printed: for a piece (False) and once for the order (True), each row with its
    classes.
    """
    cent = terms.cent
    exact = sum((one.amount for one in sums[:-2] if not one.once), F(0))
    fine = any(is_fine(line, terms) for line in tale.lines if holds(line, terms))
    in_parts = is_kept(exact, terms, tale, fine)
    printed: dict[bool, list[Row]] = {False: [], True: []}
    for one in sums[:-2]:
        for item in one.items:
            step = cent / 10_000 if in_parts and not one.once else cent
            amount = item.amount if terms.by_line else to_step(item.amount, step, terms.mode)
            if amount:
                value = "" if "x" in item.value else item.value
                printed[one.once].append((one.key, value, amount, one.shares))
    for once, whole in ((False, unit), (True, order)):
        rest = whole - sum((amount for _, _, amount, _ in printed[once]), F(0))
        if rest:
            printed[once].append(("rounding", "", rest, sums[-1].shares))
    return printed


def tax_of(found: tuple[list[Sum], F, F], total: F, terms: List, tale: Tale) -> F | None:
    taxes = taxes_of(found, total, terms, tale)
    return None if taxes is None else sum((tax for _, tax in taxes), F(0))


def taxes_of(
    found: tuple[list[Sum], F, F], total: F, terms: List, tale: Tale
) -> list[tuple[F, F]] | None:
    """Return each tax on the total, or in it, with its net base; None where one is not known.

    Each class is rounded to cents, and the greatest takes what is left; its tax is rounded once, or
    row by row.
    """
    sums, cent = found[0], terms.cent
    exact: dict[str, F] = {}
    for key, amount in classes_of(sums, tale.quantity, terms).items():
        alike = terms.alike(key, exact)
        exact[alike] = exact.get(alike, F(0)) + amount
    classes = {key: to_step(amount, cent, "half_up") for key, amount in exact.items()} or {
        "": total
    }
    greatest = max(classes, key=lambda key: abs(exact.get(key, F(0))))
    classes[greatest] += total - sum(classes.values(), F(0))
    printed: list[tuple[str, F]] = []
    if terms.tax_by_line:
        known = dict.fromkeys(classes)
        for once, lines in rows(*found, terms, tale).items():
            for _, _, row, shares in lines:
                of_row: dict[str, F] = {}
                for key, share in shares.items():
                    alike = terms.alike(key, known)
                    known[alike] = None
                    of_row[alike] = (
                        of_row.get(alike, F(0)) + row * (1 if once else tale.quantity) * share
                    )
                printed += of_row.items()
        for tax_class, _ in printed:
            classes.setdefault(tax_class, F(0))
    taxes = []
    for tax_class, amount in classes.items():
        tax = terms.tax_of(tax_class)
        of_class = tax.rate
        if of_class is None:
            return None
        amounts = (
            [row for key, row in printed if key == tax_class] if terms.tax_by_line else [amount]
        )
        rounded_taxes = []
        for rate in tax.parts or (of_class,):
            part = rate if terms.net else rate / (1 + of_class)
            rounded_taxes.append(
                sum((to_step(each * part, cent, terms.tax_mode) for each in amounts), F(0))
            )
        base = amount if terms.net else amount - sum(rounded_taxes, F(0))
        taxes += [(base, tax) for tax in rounded_taxes]
    return taxes


def chain(terms: List) -> list[List]:
    """Return a list and those it is made from."""
    return [terms, *(chain(terms.base) if terms.base is not None else [])]


def told(tale: Tale) -> Told | None:
    """Return the price of the list that is asked for, None where there is none."""
    terms = tale.asked
    if terms is None or any(each.has_problem for each in chain(terms)):
        return None
    try:
        sums, unit, order = sums_of(terms, tale)
    except NoPrice:
        return None
    total = unit * tale.quantity + order
    if total < 0:
        return None
    cent = terms.cent
    found = rows(sums, unit, order, terms, tale)
    printed = {
        once: [(key, value, amount) for key, value, amount, _ in found[once]] for once in found
    }
    taxes = taxes_of((sums, unit, order), total, terms, tale)
    tax = None if taxes is None else sum((each for _, each in taxes), F(0))
    if tale.pays_no_tax:
        # Gross amounts of which the tax is not known have no price without it.
        held = ["", *(tale.class_of(line) for line in tale.lines if holds(line, terms))]
        if not terms.net and any(terms.rate_of(key) is None for key in held):
            return None
        held = F(0) if terms.net or tax is None else tax
        total, order = total - held, order - held
        printed[True] += [("not_charged", "", -held)] if held else []
        tax, taxes = F(0), [(total, F(0))]
    shown = total
    if tax is not None and terms.shows_net != terms.net:
        shown = total - tax if terms.shows_net else total + tax
    paid = terms.paid
    if (
        paid is None
        and not terms.by_line
        and terms.net
        and not terms.shows_net
        and not terms.ending
    ):
        paid = terms.step
    is_gross = not terms.net if tax is None else not terms.shows_net
    if paid is not None and is_gross:
        shown = to_step(shown, paid, terms.mode)
    costs = [cost_of(sums, once) for once in (False, True)]
    cost = None
    if costs[0] is not None and costs[1] is not None:
        cost = to_step(costs[0] * tale.quantity + costs[1], cent, "half_up")
    return Told(printed[False], printed[True], unit, order, total, tax, taxes, shown, cost)


# ---- tales ---------------------------------------------------------------------------------------


def decimal(number: F) -> float | int:
    """Return a fraction that has few decimals as the JSON number for it."""
    return int(number) if number.denominator == 1 else float(number)


def money(luck: random.Random, low: int = -50, high: int = 400) -> F:
    return (
        F(luck.randint(low * 1000, high * 1000), 1000)
        if luck.random() < 0.5
        else F(luck.randint(low, high))
    )


def formula(luck: random.Random, low: int = -50, high: int = 400) -> tuple[str, Number]:
    """Return an expression and what it means; some are undefined for some values."""
    factor = money(luck, low, high) if luck.random() < 0.8 else F(luck.randint(1, 2000), 1000)
    text = f"{float(factor):.3f}"
    kind = luck.choice(["constant", "constant", "number", "if", "divided"])
    if kind == "number":
        return (
            f"{text} * number / 7",
            lambda v: None if "number" not in v else factor * v["number"] / 7,
        )
    if kind == "if":
        return (
            f"(if lacquered then {text} else 3)",
            lambda v: factor if v.get("lacquered") else F(3),
        )
    if kind == "divided":
        return (
            f"{text} / (number - 4)",
            lambda v: None if v.get("number") in (None, 4) else factor / (F(v["number"]) - 4),
        )
    return text, lambda v: factor


def written(texts: dict[str, str]) -> dict[str, F]:
    """Return those of the texts that are plain numbers."""
    return {value: F(text) for value, text in texts.items() if not set(text) - set("-.0123456789")}


def condition(luck: random.Random) -> tuple[str, Callable[[Values], bool]]:
    colour = luck.choice(COLOURS)
    return luck.choice(
        [
            (f"colour == {colour}", lambda v: v.get("colour") == colour),
            (f"extras has {colour}", lambda v: colour in v.get("extras", ())),
            ("number > 5", lambda v: v.get("number", 0) > 5),
        ]
    )


def random_line(
    luck: random.Random, index: int, lines: list[Line], parts: list[str], has_tables: bool = True
) -> tuple[dict[str, Any], Line]:
    key = f"line_{index}"
    tables = ["table"] if has_tables else []
    bounds = ["percent", "percent", "minimum", "maximum"]
    form = luck.choice(["amount", "amount", "amount", *tables, "value", "value", *bounds])
    form = "amount" if index == 0 else form
    document: dict[str, Any] = {"key": key, "label": key}
    line = Line(key, form)
    if luck.random() < 0.3 and index:
        document["when"], line.when = condition(luck)
    if luck.random() < 0.3:
        document["subtotal"] = line.subtotal = luck.choice(["wood", "metal"])
    if form in {"percent", "minimum", "maximum"}:
        low, high = (-30, 40) if form == "percent" else (0, 900)
        document[form], line.amount = formula(luck, low, high)
        if luck.random() < 0.25:
            document["once"] = line.once = True
        names = [one.key for one in lines] + [one.subtotal for one in lines if one.subtotal]
        if luck.random() < 0.6:
            document["of"] = line.of = sorted(set(luck.choices(names, k=luck.randint(1, 3))))
        return document, line
    if form in {"amount", "table"}:
        if form == "table":
            document["table"], line.table = table(luck)
            cells = line.table.amounts.items()
            line.written = {
                f"{column}x{row}": amount for (column, row), amount in cells if amount is not None
            }
        else:
            document["amount"], line.amount = formula(luck, 0 if index == 0 else -20)
            line.written = written({"": document["amount"]})
        if luck.random() < 0.7:
            line.cost = money(luck, 0, 200)
            document["cost"] = decimal(line.cost)
        if luck.random() < 0.25:
            material(luck, document, line, parts, has_tables)
    else:
        line.option = document["option"] = luck.choice(["colour", "extras"])
        made = {value: formula(luck, -20) for value in COLOURS}
        document["amounts"] = {value: text for value, (text, _) in made.items()}
        line.amounts = {value: number for value, (_, number) in made.items()}
        line.written = written(document["amounts"])
        if luck.random() < 0.7:
            line.costs = {value: money(luck, 0, 200) for value in COLOURS if luck.random() < 0.9}
            document["costs"] = {value: decimal(cost) for value, cost in line.costs.items()}
        if has_tables and luck.random() < 0.25:
            material(luck, document, line, parts)
    if luck.random() < 0.3:
        for pieces in sorted(luck.sample(range(2, 9), luck.randint(1, 3))):
            what = luck.choice(["amount", "percent"]) if form != "value" else "percent"
            number = money(luck, 0, 200) if what == "amount" else F(luck.randint(-40, 10))
            line.breaks.append((pieces, what, number))
        document["breaks"] = [
            {"pieces": pieces, what: decimal(number)} for pieces, what, number in line.breaks
        ]
    if has_tables and line.count is not None and not line.at_least and luck.random() < 0.4:
        document["whole"] = line.whole = True
    elif luck.random() < 0.15:
        document["tiered"] = line.tiered = True
    elif luck.random() < 0.15:
        document["once"] = line.once = True
    return document, line


def table(luck: random.Random) -> tuple[dict[str, Any], Table]:
    """Return a table of amounts as the product reads it, and as it is meant; some cells have no
    amount.
    """
    columns = sorted(luck.sample(range(1, 40), luck.randint(1, 5)))
    rows = sorted(luck.sample(range(10), luck.randint(1, 6)))
    if luck.random() < 0.7:
        rows = sorted({*rows, 9})
    amounts = {
        (c, r): money(luck, -20, 300) if luck.random() < 0.9 else None
        for c in columns
        for r in rows
    }
    amounts[columns[0], rows[0]] = F(10)
    exact = luck.random() < 0.3
    width = luck.randint(1, columns[-1])
    text, number = luck.choice(
        [
            ("number * 2 + 1", lambda v: None if "number" not in v else F(v["number"]) * 2 + 1),
            (
                f"if lacquered then {width} else {columns[0]}",
                lambda v: F(width if v.get("lacquered") else columns[0]),
            ),
        ]
    )
    document = {
        "columns": text,
        "rows": "number",
        "column_sizes": columns,
        "row_sizes": rows,
        "amounts": [
            [None if amounts[c, r] is None else decimal(amounts[c, r]) for c in columns]
            for r in rows
        ],
        "exact": exact,
    }
    by_number: Number = lambda v: None if "number" not in v else F(v["number"])  # noqa: E731
    return document, Table(number, by_number, amounts, exact)


def material(
    luck: random.Random,
    document: dict[str, Any],
    line: Line,
    parts: list[str],
    has_longest: bool = True,
) -> None:
    longest = ["m_of_longest"] if has_longest else []
    document["per"] = per = luck.choice(["m2", "m", "m3", "kg", "piece", *longest])
    if per == "m_of_longest":
        document["parts"] = chosen = luck.sample(parts, luck.randint(1, len(parts)))
        line.count = lambda v: F(14, 10) if any(part_count(part, v) for part in chosen) else F(0)
    elif luck.random() < 0.5:
        document["quantity"] = "number / 3 + 1"
        line.count = lambda v: None if "number" not in v else F(v["number"]) / 3 + 1
    else:
        document["parts"] = chosen = luck.sample(parts, luck.randint(1, len(parts)))
        each_need = {"piece": F(1), "m": F(1400, 1000), "m2": F(1400 * 500, 10**6)}
        each_need |= {"m3": F(1400 * 500 * 18, 10**9), "kg": F(7, 2)}
        line.count = lambda v: sum((part_count(part, v) * each_need[per] for part in chosen), F(0))
    if luck.random() < 0.5:
        line.waste = F(luck.randint(1, 30))
        document["waste"] = decimal(line.waste)
    if luck.random() < 0.3:
        line.at_least = F(luck.randint(1, 40), 10)
        document["at_least"] = decimal(line.at_least)


MEASURES = {"length": 1400, "width": 500, "thickness": 18, "weight": 3.5}
PARTS = [
    {"key": "board", "label": "Board", "part": "B", "quantity": 2, "measures": MEASURES},
    {"key": "lid", "label": "Lid", "part": "L", "when": "lacquered", "measures": MEASURES},
    {"key": "extra", "label": "Extra", "option": "extras", "measures": MEASURES},
]


def part_count(part: str, values: Values) -> F:
    return F(
        {
            "board": 2,
            "lid": 1 if values.get("lacquered") else 0,
            "extra": len(values.get("extras", ())),
        }[part]
    )


def random_list(
    luck: random.Random, index: int, base: List | None, lines: list[Line]
) -> tuple[dict[str, Any], List]:
    key = f"list_{index}"
    currency = "EUR" if base is None or luck.random() < 0.5 else luck.choice(["JPY", "BHD", "CHF"])
    cent = F(1, 10 ** PLACES[currency])
    step = cent * luck.choice([1, 1, 1, 5, 10, 100])
    ending = (
        cent * luck.randint(1, int(step / cent) - 1)
        if step > cent and luck.random() < 0.4
        else F(0)
    )
    derived_net = base.net if base is not None else luck.random() < 0.5
    terms = List(
        key=key,
        currency=currency,
        step=step,
        ending=ending,
        mode=luck.choice(["half_up", "half_even", "up", "down"]),
        by_line=luck.random() < 0.5,
        net=derived_net,
        shows_net=luck.random() < 0.5,
        tax=luck.choice([None, F(0), F(7, 100), F(135, 1000), F(19, 100)]),
        taxes=[],
        tax_mode=luck.choice(["half_up", "half_up", "half_even", "up", "down"]),
        tax_by_line=luck.random() < 0.4,
        least=F(luck.randint(-20, 30)) if luck.random() < 0.25 else None,
        base=base,
        takes_costs=base is not None and luck.random() < 0.2,
        factor=F(1),
        rate=F(1),
        own_only=False,
        kept={},
        per=luck.choice(["", "", "piece", "order"]),
        paid=luck.choice([None, None, None, cent * 5]),
    )
    document: dict[str, Any] = {
        "key": key,
        "name": key,
        "currency": currency,
        "amounts_are": "net" if terms.net else "gross",
        "shows": "net" if terms.shows_net else "gross",
        "rounding_increment": decimal(step),
        "rounding_mode": terms.mode,
        "rounding_of": "line" if terms.by_line else "total",
        "tax_rounding_of": "line" if terms.tax_by_line else "total",
    }
    if terms.paid:
        document["paid_increment"] = decimal(terms.paid)
    if terms.per:
        document["rounding_per"] = terms.per
    if ending:
        document["rounding_ending"] = decimal(ending)
    if terms.tax is not None:
        document["tax_rate"] = decimal(terms.tax * 100)
        document["tax_rounding_mode"] = terms.tax_mode
        if terms.tax and luck.random() < 0.4:
            first = terms.tax * luck.choice([F(1, 4), F(1, 2), F(3, 4)])
            terms.taxes = [first, terms.tax - first]
            document["taxes"] = [
                {"label": f"Tax {number}", "rate": decimal(rate * 100)}
                for number, rate in enumerate(terms.taxes)
            ]
    if terms.least is not None:
        document["least_over_cost"] = decimal(terms.least)
    if base is not None:
        factor, percent = F(luck.choice([1, 1, F(1, 2), F(3, 4), 2])), F(luck.randint(-60, 60))
        terms.factor = factor * (1 + percent / 100)
        document["derived"] = {
            "of": base.key,
            "factor": decimal(factor),
            "percent": decimal(percent),
        }
        if terms.takes_costs:
            document["derived"]["take"] = "costs"
    for line in lines:
        if line.own in {"", key} and luck.random() < 0.12:
            values = COLOURS if line.form == "value" else ("",)
            if line.table is not None:
                values = tuple(f"{column}x{row}" for column, row in line.table.amounts)
            for value in values:
                if luck.random() < 0.6:
                    low, high = (-20, 20) if line.form == "percent" else (0, 300)
                    terms.kept[line.key, value] = F(luck.randint(low, high))
    return document, terms


def random_tale(luck: random.Random, has_tables: bool = True) -> Tale:
    """Return a price model with values and a quantity, made up from `luck`.

    Without `has_tables` it has no tables and no materials by value: so seeds of old still tell what
    they told.
    """
    lines: list[Line] = []
    documents: list[dict[str, Any]] = []
    for index in range(luck.randint(1, 8)):
        document, line = random_line(
            luck, index, lines, [part["key"] for part in PARTS], has_tables
        )
        lines.append(line)
        documents.append(document)
    lists: list[List] = []
    list_documents = []
    rates = []
    for index in range(luck.choice([1, 1, 2, 2, 3])):
        document, terms = random_list(luck, index, lists[-1] if lists else None, lines)
        if lists and terms.currency != lists[-1].currency:
            terms.rate = F(luck.randint(1, 200_000), 1000)
            rates.append(
                {
                    "currency": lists[-1].currency,
                    "into": terms.currency,
                    "rate": decimal(terms.rate),
                    "valid_from": "2026-01-01T00:00:00Z",
                }
            )
        lists.append(terms)
        list_documents.append(document)
    last = lists[-1]
    if last.base is not None and luck.random() < 0.4:
        # A line of the derived list itself, on top of what it takes from the other.
        document, line = random_line(
            luck, len(lines), lines, [part["key"] for part in PARTS], has_tables
        )
        document["price_list"] = line.own = last.key
        lines.append(line)
        documents.append(document)
    kept = [
        {"price_list": terms.key, "line": line, "value": value, "amount": decimal(amount)}
        for terms in lists
        for (line, value), amount in terms.kept.items()
    ]
    listed = [{"key": key, "label": key.title(), "sku": key} for key in COLOURS]
    product = {
        "product": "random",
        "name": "Random",
        "options": [
            {"key": "colour", "kind": "choice", "label": "Colour", "values": listed},
            {
                "key": "extras",
                "kind": "multi",
                "label": "Extras",
                "values": listed,
                "required": False,
            },
            {
                "key": "number",
                "kind": "number",
                "label": "N",
                "number": {"first": 0, "last": 9},
                "required": False,
            },
            {"key": "lacquered", "kind": "boolean", "label": "Lacquered"},
        ],
        "price_lines": documents,
        "bom_lines": PARTS,
    }
    tale = Tale(
        product, list_documents, kept, rates, lines, lists, random_values(luck), luck.randint(1, 12)
    )
    tale.asked, tale.key = last, last.key
    tax_classes(random.Random(f"classes {luck.random()}"), tale)
    return tale


def tax_classes(luck: random.Random, tale: Tale) -> None:
    """Let some lines have a tax class of their own, and some buyers pay no tax."""
    tale.pays_no_tax = luck.random() < 0.15
    if luck.random() < 0.6:
        return
    rate = luck.choice([None, F(5, 100), F(7, 100), F(135, 1000)])
    if rate is not None:
        tale.tax_rates = [
            {
                "country": "DE",
                "tax_class": "reduced",
                "rate": decimal(rate * 100),
                "label": "Reduced",
            }
        ]
    for document, terms in zip(tale.price_lists, tale.lists, strict=True):
        document |= {"country": "DE", "tax_rounding_mode": terms.tax_mode}
        terms.class_taxes = {"reduced": Tax(rate, "Reduced"), "none": Tax(F(0), "Not taxed")}
    for document, line in zip(tale.product["price_lines"], tale.lines, strict=True):
        line.tax_class = luck.choice(["", "", "reduced", "reduced", "none"])
        if line.tax_class:
            document["tax_class"] = line.tax_class


def random_values(luck: random.Random) -> Values:
    values: Values = {"colour": luck.choice(COLOURS), "lacquered": luck.random() < 0.5}
    if luck.random() < 0.85:
        values["number"] = luck.randint(0, 9)
    if luck.random() < 0.7:
        values["extras"] = tuple(luck.sample(COLOURS, luck.randint(1, 3)))
    return values
