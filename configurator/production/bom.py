"""The parts of one configuration: BOM lines whose condition holds, with part numbers, quantities
and measures.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from catalog.assemblies import expanded
from catalog.errors import Refusal
from catalog.expressions.evaluate import function_of
from catalog.expressions.nodes import reads
from catalog.expressions.types import Scope
from catalog.kinds.register import kind_of
from catalog.part_needs import PartNeed, for_pieces
from catalog.product_model import (
    MAX_DIGITS,
    MAX_MAGNITUDE,
    BomLine,
    Choice,
    Option,
    ProductModel,
    Text,
    plain_number,
)
from pricing.breakdown import joined

type Values = Mapping[str, Choice]

PLACES = 4
MOST_PLACES = 12


class BomRefused(Refusal):
    """The parts cannot be told; `data` names line, option and value where they are known."""

    slug = "bom-refused"
    title = "The parts are not known"


@dataclass(frozen=True, slots=True)
class BomItem:
    """A part with its number, how many of it (in `unit`, pieces if that is empty), and its
    measures.

    `quantity` is for all pieces of the product together, measures are for one part, in millimetres
    or as the line names them. Both are exact where they end within twelve decimals, such as 32nds
    of an inch; a third is rounded to four, halves to the even digit. `key` is that of the BOM line;
    where a multi-choice gives the parts, several items share it.
    """

    key: str
    part: str
    label: Text
    quantity: Decimal
    unit: str = ""
    measures: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Line:
    line: BomLine
    option: Option | None
    when: Callable[[Values], Any] | None
    quantity: Callable[[Values], Any]
    measures: Mapping[str, Callable[[Values], Any]]
    reads: frozenset[str]


@dataclass(frozen=True, eq=False)
class CompiledBom:
    """The BOM lines of a model, ready to be asked; `required` are the options that need a value."""

    lines: tuple[_Line, ...]
    required: frozenset[str]


def compile_bom(model: ProductModel) -> CompiledBom:
    """Return the BOM lines of `model` compiled; refuses what cannot be read with ExpressionRefused
    or BomRefused.
    """
    model = expanded(model)
    scope = Scope.of(model)
    return CompiledBom(
        tuple(_compiled(line, model, scope) for line in model.bom_lines),
        frozenset(
            option.key
            for option in model.options
            if option.required and not kind_of(option).is_several
        ),
    )


def bom(
    compiled: CompiledBom,
    values: Values,
    quantity: int = 1,
    undecided: Collection[str] = (),
    order_quantity: int | None = None,
) -> tuple[BomItem, ...]:
    """Return the parts of `quantity` pieces with `values`, in the order of the lines.

    Of what is taken whole by an order of `order_quantity` such pieces, these here have their share.

    A line with quantity 0 is left out, as is one whose part comes from an option without value, and
    one that waits for a required option among `undecided` (options that take part and have no value
    yet). Refuses with BomRefused a chosen value without part number, and a quantity or measure that
    is undefined, below zero or beyond a million millions.
    """
    waiting = compiled.required.intersection(undecided).difference(values)
    items: list[BomItem] = []
    for each in compiled.lines:
        if each.when is not None and not each.when(values):
            continue
        parts = _parts(each, values)
        if not parts:
            continue
        count = each.quantity(values)
        lengths = {name: function(values) for name, function in each.measures.items()}
        if (count is None or None in lengths.values()) and waiting & each.reads:
            continue
        if count is not None and not count:
            continue
        needed = None if count is None else count * quantity
        if count is not None and each.line.whole:
            order = quantity if order_quantity is None else order_quantity
            needed = Fraction(for_pieces(count, order, True) * quantity, order)
        total = _decimal(each.line, "quantity", needed)
        told = {name: _decimal(each.line, name, length) for name, length in lengths.items()}
        if total:
            items += [
                BomItem(each.line.key, part, label, total, each.line.unit, told)
                for part, label in parts
            ]
    return tuple(items)


def _compiled(line: BomLine, model: ProductModel, scope: Scope) -> _Line:
    option = None
    if line.option is not None:
        option = model.option_by_key.get(line.option)
        if option is None or not kind_of(option).is_listed:
            raise BomRefused(
                f"The BOM line {line.key!r} takes its part from {line.option!r}, which has no listed values.",
                line=line.key,
            )
    need = PartNeed(line, scope)
    when, quantity = need.when, need.quantity
    measures = {name: need.measure(name) for name in line.measures}
    return _Line(
        line=line,
        option=option,
        when=function_of(when) if when is not None else None,
        quantity=function_of(quantity),
        measures={name: function_of(node) for name, node in measures.items()},
        reads=reads(quantity).union(*(reads(node) for node in measures.values())),
    )


def _parts(each: _Line, values: Values) -> list[tuple[str, Text]]:
    """Return number and label of each part that the line speaks of: one, or one for each chosen
    value.
    """
    if each.option is None:
        return [(each.line.part, each.line.label)]
    choice = values.get(each.option.key)
    chosen = choice if isinstance(choice, tuple) else () if choice is None else (str(choice),)
    parts = []
    for key in chosen:
        value = each.option.value_by_key.get(key)
        if value is None or not value.sku:
            raise BomRefused(
                f"The BOM line {each.line.key!r} needs the part number of {key!r} of {each.option.key!r}, "
                "and that value has no SKU.",
                line=each.line.key,
                option=each.option.key,
                value=key,
            )
        parts.append((value.sku, joined(each.line.label, value.label)))
    return parts


def _decimal(line: BomLine, name: str, number: Fraction | None) -> Decimal:
    if number is None:
        raise BomRefused(
            f"The {name} of the BOM line {line.key!r} has no amount with these choices.",
            line=line.key,
        )
    if not 0 <= number < MAX_MAGNITUDE:
        raise BomRefused(
            f"The {name} of the BOM line {line.key!r} would be {float(number):.6g}, which cannot be right.",
            line=line.key,
        )
    places = MOST_PLACES if (number * 10**MOST_PLACES).denominator == 1 else PLACES
    scaled = round(number * 10**places)
    exact = plain_number(Decimal(scaled).scaleb(-places))
    # What a JSON number keeps of it.
    return (
        exact if len(exact.as_tuple().digits) <= MAX_DIGITS else plain_number(round(exact, PLACES))
    )
