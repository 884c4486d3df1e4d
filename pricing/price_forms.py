"""What a price line says, read once: the class of its form, how much of a material it is for, its
expressions as nodes.

Closures (`pricing.lines`), completion, reasons and publish checks derive what they need from these.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, Literal

from catalog.errors import Refusal
from catalog.expressions import nodes
from catalog.expressions.arithmetic import (
    ONE,
    UNDEFINED,
    ZERO,
    Conditions,
    constant,
    sum_of,
    undefined_with,
    where,
)
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.nodes import Node, reads
from catalog.expressions.types import Scope, bind, bind_in_unit
from catalog.expressions.wanted_units import unit_of_material
from catalog.kinds.register import kind_of
from catalog.part_needs import PartNeed
from catalog.product_model import Option, PriceLine, PriceTable, ProductModel
from pricing.tables import has_amount, number_of, with_cells


class PriceRefused(Refusal):
    """There is no price for these values; `data` names the price line, option and value where they
    are known.
    """

    slug = "price-refused"
    title = "There is no price for this"


class PriceTooLarge(PriceRefused):
    """A formula leads to an amount that no price has."""


def unreadable(line: PriceLine, why: str) -> PriceRefused:
    """Return the refusal of a line that cannot be used."""
    end = "" if why.endswith(("?", ".")) else "."
    return PriceRefused(f"The price line {line.key!r} cannot be used: {why}{end}", line=line.key)


def value_keys(option: Option) -> tuple[str, ...]:
    """Return the keys under which a line gives an amount for each value of `option`."""
    if kind_of(option).is_truth:
        return ("true", "false")
    return tuple(value.key for value in option.values)


def constant_number(text: str | None) -> Decimal | None:
    """Return the number that a text is, None where it is none or a formula."""
    if text is None or not _CONSTANT.fullmatch(text.strip()):
        return None
    return Decimal(text.strip())


_CONSTANT = re.compile(r"-?\d{1,15}(\.\d{1,15})?")


# ---- forms ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SingleAmount:
    """An amount, written as a number or a formula."""

    amount: str
    cost: str | None

    @property
    def amounts(self) -> Mapping[str, str]:
        """The amounts as they are written, by the value or cell that each is for; "" for an amount
        of neither.
        """
        return {"": self.amount}

    @property
    def costs(self) -> Mapping[str, str]:
        return {} if self.cost is None else {"": self.cost}

    @property
    def plain_numbers(self) -> tuple[Decimal | None, ...]:
        """The amounts that are plain numbers; None for a formula."""
        return (constant_number(self.amount),)

    def keys(self, option: Option | None) -> tuple[str, ...]:
        """Return under what a list keeps the amounts of a line."""
        return ("",)

    def with_amounts(
        self, line: PriceLine, amounts: Mapping[str, str], only: bool = False
    ) -> PriceLine:
        """Return `line` with these amounts in place of its own; with `only` nothing remains of the
        others.
        """
        return replace(line, amount=amounts[""]) if "" in amounts else line

    def rule(self, value: str | None) -> str:
        """Return what the line gives for a value or cell, as it is written."""
        return self.amount


@dataclass(frozen=True)
class AmountByValue:
    """An amount for each value of an option."""

    option: str
    amounts: Mapping[str, str]
    costs: Mapping[str, str]

    @property
    def plain_numbers(self) -> tuple[Decimal | None, ...]:
        """The amounts that are plain numbers; None for a formula."""
        return tuple(map(constant_number, self.amounts.values()))

    def keys(self, option: Option | None) -> tuple[str, ...]:
        return ("",) if option is None else value_keys(option)

    def with_amounts(
        self, line: PriceLine, amounts: Mapping[str, str], only: bool = False
    ) -> PriceLine:
        own = {} if only else dict(self.amounts)
        return replace(
            line, amounts={**own, **{value: text for value, text in amounts.items() if value}}
        )

    def rule(self, value: str | None) -> str:
        return self.amounts.get(value or "", "")


@dataclass(frozen=True)
class AmountBySize:
    """An amount found in a table by two numbers."""

    table: PriceTable
    cost: str | None

    @property
    def amounts(self) -> Mapping[str, str]:
        return {
            cell: f"{amount:f}" for cell, amount in self.table.cells.items() if amount is not None
        }

    @property
    def costs(self) -> Mapping[str, str]:
        return {} if self.cost is None else {"": self.cost}

    @property
    def plain_numbers(self) -> tuple[Decimal | None, ...]:
        """The amounts as numbers; None where there is none."""
        return tuple(self.table.cells.values())

    def keys(self, option: Option | None) -> tuple[str, ...]:
        return tuple(self.table.cells)

    def with_amounts(
        self, line: PriceLine, amounts: Mapping[str, str], only: bool = False
    ) -> PriceLine:
        """Return `line` with these amounts in its cells; those of sizes that it no longer has mean
        nothing.
        """
        try:
            cells = {
                cell: Decimal(text) for cell, text in amounts.items() if cell in self.table.cells
            }
        except InvalidOperation:
            raise unreadable(
                line, "an amount that is kept for a cell of its table is no number"
            ) from None
        return replace(line, table=with_cells(self.table, cells, only=only))

    def rule(self, value: str | None) -> str:
        between = "" if self.table.exact else ", the next size up"
        return f"{self.table.cells.get(value or '')} in its table at {value}{between}"


@dataclass(frozen=True)
class Bound:
    """A percentage, minimum or maximum of the lines before it, or of some of them; `number` says
    how much.
    """

    field: ClassVar[Literal["percent", "minimum", "maximum"]]
    noun: ClassVar[str]
    number: str
    of: tuple[str, ...]

    @property
    def amounts(self) -> Mapping[str, str]:
        return {"": self.number}

    @property
    def costs(self) -> Mapping[str, str]:
        return {}

    def keys(self, option: Option | None) -> tuple[str, ...]:
        return ("",)

    def with_amounts(
        self, line: PriceLine, amounts: Mapping[str, str], only: bool = False
    ) -> PriceLine:
        changes: dict[str, Any] = {self.field: amounts[""]} if "" in amounts else {}
        return replace(line, **changes)

    @property
    def of_told(self) -> str:
        return ", ".join(self.of) or "all lines before"


class Percentage(Bound):
    """A percentage of lines before it."""

    field = "percent"
    noun = "percentage"

    def rule(self, value: str | None) -> str:
        return f"{self.number} % of {self.of_told}"


class Minimum(Bound):
    """What lines before it lack to an amount."""

    field = "minimum"
    noun = "minimum"

    def rule(self, value: str | None) -> str:
        return f"at least {self.number}, with {self.of_told}"


class Maximum(Bound):
    """What lines before it exceed an amount by, taken off."""

    field = "maximum"
    noun = "maximum"

    def rule(self, value: str | None) -> str:
        return f"at most {self.number}, with {self.of_told}"


type Form = SingleAmount | AmountByValue | AmountBySize | Percentage | Minimum | Maximum


def forms_of(line: PriceLine) -> tuple[Form, ...]:
    """Return each form that something is written for; a line that can be used has one."""
    found: list[Form] = []
    if line.amount is not None:
        found.append(SingleAmount(line.amount, line.cost))
    if line.option is not None:
        found.append(AmountByValue(line.option, line.amounts, line.costs))
    if line.table is not None:
        found.append(AmountBySize(line.table, line.cost))
    if line.percent is not None:
        found.append(Percentage(line.percent, line.of))
    if line.minimum is not None:
        found.append(Minimum(line.minimum, line.of))
    if line.maximum is not None:
        found.append(Maximum(line.maximum, line.of))
    return tuple(found)


def form_of(line: PriceLine) -> Form:
    """Return the form of a line; refuses with PriceRefused what has none, or several."""
    found = forms_of(line)
    if len(found) != 1:
        raise unreadable(
            line,
            "it needs either an amount, an option with amounts, a table, a percentage, a minimum or a maximum",
        )
    return found[0]


# ---- materials -----------------------------------------------------------------------------------

PIECES = nodes.NumberOf("/pieces")
"""How many pieces there are, read like the number of an option; no option has such a key."""


_UNITS = {"m2": "m²", "m3": "m³"}


@dataclass(frozen=True)
class Quantity:
    """So much of a material as a formula tells."""

    per: str
    text: str

    parts: ClassVar[tuple[str, ...]] = ()
    measures: ClassVar[tuple[str, ...]] = ()

    @property
    def unit(self) -> str:
        """What the amount is the price of, as people read it."""
        return _UNITS.get(self.per, self.per)

    def needed(self, reading: "Reading", pieces: Node) -> Node:
        """Return how much so many pieces need."""
        quantity = reading.quantity
        assert quantity is not None
        return for_all(quantity.node, pieces)

    @property
    def told(self) -> str:
        return self.text


@dataclass(frozen=True)
class OfParts:
    """What parts need: the quantity of each, times those of its measures that the material is
    priced by.
    """

    per: str
    parts: tuple[str, ...]

    counts_parts: ClassVar[bool] = True
    # In millimetres, `weight` in kilograms.
    _MEASURES: ClassVar[Mapping[str, tuple[tuple[str, ...], int]]] = {
        "piece": ((), 1),
        "m": (("length",), 10**3),
        "m2": (("length", "width"), 10**6),
        "m3": (("length", "width", "thickness"), 10**9),
        "kg": (("weight",), 1),
    }

    @property
    def unit(self) -> str:
        """What the amount is the price of, as people read it."""
        return _UNITS.get(self.per, self.per)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that each of the parts needs to have."""
        return self._MEASURES[self.per][0]

    def needed(self, reading: "Reading", pieces: Node) -> Node:
        """Return how much so many pieces need; of a material that is taken whole, whole parts are
        rounded up.
        """
        names, divisor = self._MEASURES[self.per]
        needs = [reading.part_needs[key] for key in self.parts]
        return sum_of(
            need.needed(names, divisor, reading.line.whole and need.line.whole, pieces)
            for need in needs
        )

    @property
    def told(self) -> str:
        return f"what {', '.join(self.parts)} needs"


@dataclass(frozen=True)
class LongestPart:
    """The length of the longest of those parts that are there."""

    per: str
    parts: tuple[str, ...]

    counts_parts: ClassVar[bool] = False
    unit: ClassVar[str] = "m"
    measures: ClassVar[tuple[str, ...]] = ("length",)

    def needed(self, reading: "Reading", pieces: Node) -> Node:
        """Return how much so many pieces need: each of them as much as its longest part is long."""
        lengths = tuple(_length(reading.part_needs[key]) for key in self.parts)
        return for_all(lengths[0] if len(lengths) == 1 else nodes.Call("max", lengths), pieces)

    @property
    def told(self) -> str:
        return f"the length of the longest of {', '.join(self.parts)}"


def _length(part: PartNeed) -> Node:
    """Return the length of a part in metres, nothing where one piece needs none of it."""
    length = nodes.Arithmetic("/", part.measure("length"), constant(1000))
    # Where it is not known how many there are, nothing is known.
    known = nodes.If(
        nodes.Compare(">", part.quantity, ZERO), length, nodes.Arithmetic("*", part.quantity, ZERO)
    )
    return where(part.conditions, known)


type Need = Quantity | OfParts | LongestPart
_OF_PARTS: Mapping[str, type[OfParts] | type[LongestPart]] = {"m_of_longest": LongestPart}


def need_of(line: PriceLine) -> Need | None:
    """Return how much there is of a material, None for a line without; refuses with PriceRefused
    what is half told.
    """
    if line.whole and (line.per is None or line.once or line.tiered or line.at_least is not None):
        raise unreadable(
            line, "whole units are of a material, for the order: neither once, tiered nor at least"
        )
    if line.per is None:
        if (
            line.quantity is not None
            or line.parts
            or line.waste is not None
            or line.at_least is not None
        ):
            raise unreadable(line, "it tells a quantity of material, and not what it is priced per")
        return None
    if (line.quantity is None) == (not line.parts):
        raise unreadable(line, "a material needs either a quantity or the parts it is for")
    if line.parts:
        return need_of_parts(line)
    if line.per in _OF_PARTS:
        raise unreadable(line, f"{line.per} is of parts, so it needs them, and no quantity")
    return Quantity(line.per, line.quantity or "")


def need_of_parts(line: PriceLine) -> OfParts | LongestPart:
    """Return what the parts of a line need of the material that it is priced per."""
    assert line.per is not None
    return _OF_PARTS.get(line.per, OfParts)(line.per, line.parts)


def for_all(number: Node, pieces: Node) -> Node:
    """Return a number of one piece times the pieces."""
    return number if pieces == ONE else nodes.Arithmetic("*", number, pieces)


# ---- expressions ---------------------------------------------------------------------------------


class Formula:
    """One expression of a price line: its place in the line, a noun for it, and its node, read when
    it is asked for.
    """

    __slots__ = ("_node", "_read", "line", "noun", "place")

    def __init__(self, line: PriceLine, place: str, noun: str, read: Callable[[], Node]) -> None:
        self.line, self.place, self.noun = line, place, noun
        self._read = read
        self._node: Node | None = None

    @property
    def node(self) -> Node:
        """The expression bound; refuses with PriceRefused what cannot be read."""
        if self._node is None:
            try:
                self._node = self._read()
            except ExpressionRefused as refused:
                raise _at(self.line, self.place, refused) from refused
        return self._node


def _at(line: PriceLine, place: str, refused: ExpressionRefused) -> PriceRefused:
    """Return the refusal of a line that cannot be read at a place."""
    return unreadable(line, f"{place}: {refused.sentence}")


@dataclass(frozen=True)
class Break:
    """What a line gives from so many pieces on: another amount, or a percentage that is added to
    its own.
    """

    pieces: int
    is_amount: bool
    formula: Formula


@dataclass(frozen=True)
class Item:
    """What a line gives for `value` of its option where all `conditions` hold; a cost of None is
    not known.

    Amount and cost are in units of the currency, for as much of a material as one piece needs, and
    not rounded.
    """

    value: str | None
    conditions: Conditions
    amount: Node
    cost: Node | None


class Reading:
    """A price line read: its form, and each of its expressions when it is first asked for.

    Refuses with PriceRefused what cannot be read, naming its place in the line.
    """

    def __init__(self, line: PriceLine, model: ProductModel, scope: Scope) -> None:
        self.line = line
        self.model = model
        self._scope = scope

    @cached_property
    def form(self) -> Form:
        return form_of(self.line)

    @property
    def option(self) -> Option | None:
        """The option that the line has amounts for; None where it has none, or the product has no
        such option.
        """
        return self.model.option_by_key.get(self.line.option or "")

    @cached_property
    def when(self) -> Formula | None:
        """The condition without which the line does not apply; None where it always does."""
        text = self.line.when
        if text is None:
            return None
        return Formula(
            self.line,
            "when",
            "condition",
            lambda: bind(text, self._scope, "condition", lengths=True),
        )

    def _number(self, place: str, noun: str, text: str, unit: str | None = None) -> Formula:
        return Formula(self.line, place, noun, lambda: bind_in_unit(text, self._scope, unit))

    def _maybe(
        self, place: str, noun: str, text: str | None, unit: str | None = None
    ) -> Formula | None:
        return None if text is None else self._number(place, noun, text, unit)

    @cached_property
    def amounts(self) -> Mapping[str, Formula]:
        """What the line gives: by value of its option, or under "" the one amount, percentage,
        minimum or maximum.
        """
        match self.form:
            case AmountByValue(_, amounts):
                return {
                    value: self._number(f"amounts/{value}", "amount", text)
                    for value, text in amounts.items()
                }
            case AmountBySize(table):
                across, down = self.sizes
                return {
                    "": Formula(
                        self.line,
                        "table",
                        "amount",
                        lambda: number_of(table, across.node, down.node),
                    )
                }
            case SingleAmount(amount):
                return {"": self._number("amount", "amount", amount)}
            case Percentage(number) | Minimum(number) | Maximum(number) as bound:
                return {"": self._number(bound.field, bound.noun, number)}

    @property
    def number(self) -> Formula:
        """The one amount, percentage, minimum or maximum of a line that has none by value."""
        return self.amounts[""]

    @cached_property
    def sizes(self) -> tuple[Formula, Formula]:
        """The numbers by which an amount is found in a table: that of its column, and that of its
        row.
        """
        table = self.line.table
        assert table is not None
        return (
            self._number("table/columns", "size across", table.columns),
            self._number("table/rows", "size down", table.rows),
        )

    @property
    def has_amount(self) -> Node:
        """The condition that the table of a line has an amount."""
        assert self.line.table is not None
        across, down = self.sizes
        return has_amount(self.line.table, across.node, down.node)

    @cached_property
    def costs(self) -> Mapping[str, Formula]:
        """What the line costs the merchant, by the keys of `amounts`; what is missing is not known."""
        return {
            value: self._number(f"costs/{value}" if value else "cost", "cost", text)
            for value, text in self.form.costs.items()
        }

    @property
    def breaks(self) -> tuple[Break, ...]:
        """The quantity breaks, from few pieces to many."""
        found = []
        for each in sorted(self.line.breaks, key=lambda each: each.pieces):
            if (each.amount is None) == (each.percent is None) or each.pieces < 2:
                raise unreadable(
                    self.line,
                    "each of its breaks is from 2 pieces on, and has an amount or a percentage",
                )
            if each.amount is not None and isinstance(self.form, AmountByValue):
                raise unreadable(
                    self.line, "breaks of a line with amounts for values are percentages"
                )
            text = each.amount if each.amount is not None else each.percent or ""
            noun = f"amount from {each.pieces} pieces on"
            formula = self._number(f"breaks/{each.pieces}", noun, text)
            found.append(Break(each.pieces, each.amount is not None, formula))
        return tuple(found)

    # -- materials

    @cached_property
    def need(self) -> Need | None:
        """How much there is of a material; None for a line without one."""
        return need_of(self.line)

    @property
    def quantity(self) -> Formula | None:
        return self._maybe(
            "quantity", "quantity", self.line.quantity, unit_of_material(self.line.per)
        )

    @property
    def waste(self) -> Formula | None:
        return self._maybe("waste", "waste", self.line.waste)

    @property
    def at_least(self) -> Formula | None:
        return self._maybe(
            "at_least", "least quantity", self.line.at_least, unit_of_material(self.line.per)
        )

    @cached_property
    def part_needs(self) -> Mapping[str, PartNeed]:
        """The BOM lines that the material is for, whose expressions that matter here can all be
        read.
        """
        need = self.need
        if need is None or not need.parts:
            return {}
        found: dict[str, PartNeed] = {}
        known = {each.key: each for each in self.model.bom_lines}
        for key in need.parts:
            if key not in known:
                raise unreadable(self.line, f"there is no BOM line {key!r}")
            if missing := [name for name in need.measures if name not in known[key].measures]:
                raise unreadable(
                    self.line, f"the BOM line {key!r} has no measure {', '.join(missing)}"
                )
            found[key] = PartNeed(known[key], self._scope)
            for name in ("when", "quantity", *need.measures):
                try:
                    found[key].measure(name) if name in need.measures else getattr(found[key], name)
                except ExpressionRefused as refused:
                    raise _at(self.line, f"parts/{key}/{name}", refused) from refused
        return found

    @property
    def awaits(self) -> frozenset[str]:
        """The options that decide whether there are the parts that a material is for."""
        parts = self.part_needs.values()
        if not parts:
            return frozenset()
        conditions = [reads(each.when) for each in parts if each.when is not None]
        return frozenset[str]().union(
            *conditions, *({each.option.key} for each in parts if each.option is not None)
        )

    def charged(self, pieces: Node = ONE) -> Node:
        """Return how much is charged of the material for so many pieces, before an order takes
        whole units of it.

        It includes waste, and is at least what the line says where there is any need. Below zero
        there is no price.
        """
        assert self.need is not None
        charged = self.need.needed(self, pieces)
        waste, at_least = self.waste, self.at_least
        if waste is not None:
            percent = nodes.Arithmetic("+", constant(100), waste.node)
            charged = nodes.Arithmetic("/", nodes.Arithmetic("*", charged, percent), constant(100))
        if at_least is not None:
            least = at_least.node
            some = nodes.Compare(">", charged, ZERO)
            charged = undefined_with(
                nodes.If(some, nodes.Call("max", (charged, least)), charged), least
            )
        return charged

    # -- the line as a whole, for one piece

    @cached_property
    def conditions(self) -> Conditions:
        return () if self.when is None else (self.when.node,)

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """What a line gives for one piece, value by value, without its breaks; nothing where it is
        of other lines.
        """
        if isinstance(self.form, Bound):
            return ()
        units = None if self.need is None else self._units()

        def of_all(number: Node) -> Node:
            return number if units is None else nodes.Arithmetic("*", number, units)

        amounts = {value: of_all(each.node) for value, each in self.amounts.items()}
        costs = {value: of_all(each.node) for value, each in self.costs.items()}
        if self.line.option is None:
            return (Item(None, self.conditions, amounts[""], costs.get("")),)
        option = self.model.option_by_key[self.line.option]
        return tuple(
            Item(
                key,
                (*has_value(option, key), *self.conditions),
                amounts.get(key, UNDEFINED),
                costs.get(key),
            )
            for key in value_keys(option)
        )

    def _units(self) -> Node:
        """Return how much of a material is charged for one piece; undefined where it would be below
        zero.
        """
        charged = self.charged()
        units = nodes.Call("ceil", (charged, ONE)) if self.line.whole else charged
        if (
            isinstance(charged, nodes.Constant)
            and isinstance(charged.value, Fraction)
            and charged.value >= 0
        ):
            return units
        return nodes.If(nodes.Compare(">=", charged, ZERO), units, UNDEFINED)


def has_value(option: Option, key: str) -> Conditions:
    """Return the condition that `option` has the value that an amount is kept under."""
    kind = kind_of(option)
    if kind.is_several:
        return (nodes.Has(option.key, key),)
    if kind.is_truth:
        yes = nodes.IsTrue(option.key)
        return (yes,) if key == "true" else (nodes.Given(option.key), nodes.Not(yes))
    return (nodes.IsOneOf(option.key, (key,)),)
