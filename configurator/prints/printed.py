"""The prints of a product with the values of a configuration: which text, how large, or why not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.expressions.evaluate import function_of, plain_function_of
from catalog.expressions.nodes import reads
from catalog.expressions.scope import Scope
from catalog.expressions.types import bind, bind_in_unit
from catalog.expressions.wanted_units import LENGTH
from catalog.product_model import PRINT_LENGTHS, Choice, Option, Print, ProductModel, Typeface
from configurator.prints.letters import Area, Lettering, lettering
from configurator.prints.refusals import PrintRefused

type Values = Mapping[str, Choice]

MOST_LENGTH = 100_000
"""How large an area may be, in millimetres."""


@dataclass(frozen=True, eq=False)
class CompiledPrint:
    """A print compiled: every expression a function of values; `reads` are the options that say
    what it looks like. Those of `typeface_of` and `colour_of` are None where it has none.
    """

    print: Print
    reads: frozenset[str]
    typeface_of: Option | None
    colour_of: Option | None
    lengths: Mapping[str, Callable[[Values], Any]]
    when: Callable[[Values], Any] | None


@dataclass(frozen=True)
class Problem:
    """Why a text cannot be printed; `reason` is lacking, large, long or "", with what a sentence in
    another language needs.
    """

    sentence: str
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Printed:
    """A print of a configuration: its letters, or the problem that there are none."""

    print: Print
    text: str
    typeface: Typeface
    colour: str
    lettering: Lettering | None
    problem: Problem | None


def compile_prints(model: ProductModel) -> tuple[CompiledPrint, ...]:
    """Return the prints of `model` compiled; refuses with ExpressionRefused what cannot be read."""
    scope = Scope.of(model)
    return tuple(_compiled(model, each, scope) for each in model.prints)


def _compiled(model: ProductModel, each: Print, scope: Scope) -> CompiledPrint:
    lengths = {name: bind_in_unit(getattr(each, name), scope, LENGTH) for name in PRINT_LENGTHS}
    when = bind(each.when, scope, "condition", lengths=True) if each.when else None
    nodes = [*lengths.values(), *([when] if when else [])]
    named = {key for key in (each.text, each.typeface_of, each.colour_of) if key}
    return CompiledPrint(
        each,
        frozenset(named.union(*(reads(node) for node in nodes))),
        model.option_by_key.get(each.typeface_of or ""),
        model.option_by_key.get(each.colour_of or ""),
        {name: plain_function_of(node) for name, node in lengths.items()},
        None if when is None else function_of(when),
    )


def printed(prints: tuple[CompiledPrint, ...], values: Values) -> tuple[Printed, ...]:
    """Return what is printed with `values`: prints whose condition holds and whose text is given.

    What depends on a size that is still open is left out, as a part is that nobody can count yet.
    """
    return tuple(_printed(prints, values))


def _printed(prints: tuple[CompiledPrint, ...], values: Values) -> Iterator[Printed]:
    for each in prints:
        text = values.get(each.print.text)
        if not isinstance(text, str) or not text or (each.when and not each.when(values)):
            continue
        lengths = {name: length(values) for name, length in each.lengths.items()}
        if any(length is None for length in lengths.values()):
            continue
        typeface = _typeface(each, values)
        colour = _colour(each, values)
        letters, problem = _letters(each.print, text, typeface, lengths)
        yield Printed(each.print, text, typeface, colour, letters, problem)


def _letters(
    print: Print, text: str, typeface: Typeface, lengths: Mapping[str, Any]
) -> tuple[Lettering | None, Problem | None]:
    try:
        if any(abs(length) > MOST_LENGTH for length in lengths.values()):
            raise PrintRefused(f"Nothing is printed over more than {MOST_LENGTH:,} mm.")
        area = Area(**{name: float(length) for name, length in lengths.items()}, align=print.align)
        return lettering(text, typeface, area), None
    except PrintRefused as refused:
        data = dict(refused.data)
        return None, Problem(refused.sentence, data.pop("reason", ""), data)


def _typeface(each: CompiledPrint, values: Values) -> Typeface:
    chosen = _chosen_value(each.typeface_of, values)
    found: Typeface = each.print.typeface if chosen is None else chosen.attributes["typeface"]
    return found


def _colour(each: CompiledPrint, values: Values) -> str:
    chosen = None if each.colour_of is None else values.get(each.colour_of.key)
    if isinstance(chosen, str) and chosen.startswith("#"):
        return chosen
    value = _chosen_value(each.colour_of, values)
    return value.swatch if value is not None and value.swatch else each.print.colour


def _chosen_value(option: Option | None, values: Values) -> Any:
    """Return the value that is chosen for an option; None where there is none."""
    chosen = None if option is None else values.get(option.key)
    return option.value_by_key.get(chosen) if option and isinstance(chosen, str) else None
