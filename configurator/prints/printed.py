"""The prints of a product with the values of a configuration: which text or picture, how large, or
why not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from catalog.expressions.evaluate import function_of, plain_function_of
from catalog.expressions.nodes import reads
from catalog.expressions.scope import Scope
from catalog.expressions.types import bind, bind_in_unit
from catalog.expressions.wanted_units import COUNT, LENGTH
from catalog.product_model import (
    PRINT_LENGTHS,
    PRINT_NUMBERS,
    Choice,
    Option,
    Print,
    ProductModel,
    Typeface,
)
from catalog.uploaded import Uploaded, uploaded
from configurator.prints.letters import Area, Lettering, lettering
from configurator.prints.placing import Placed, placed
from configurator.prints.refusals import PrintRefused

type Values = Mapping[str, Choice]

MOST_LENGTH = 100_000
"""How large an area may be, in millimetres."""
_OF_TEXTS = ("size", "least", "curve")
_OF_PICTURES = ("x", "y", *PRINT_NUMBERS)


@dataclass(frozen=True, eq=False)
class CompiledPrint:
    """A print compiled: every expression a function of values; `reads` are the options that say
    what it looks like. Those of `typeface_of` and `colour_of` are None where it has none.
    """

    print: Print
    reads: frozenset[str]
    typeface_of: Option | None
    colour_of: Option | None
    numbers: Mapping[str, Callable[[Values], Any]]
    when: Callable[[Values], Any] | None


@dataclass(frozen=True)
class Problem:
    """Why something cannot be printed, or not well; `reason` is lacking, large, long, scale,
    outside, coarse or "", with what a sentence in another language needs.
    """

    sentence: str
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Printed:
    """A print of a configuration: its letters, or its picture, or the problem that there are none.

    A `warning` keeps nobody from ordering.
    """

    print: Print
    text: str
    typeface: Typeface
    colour: str
    lettering: Lettering | None
    problem: Problem | None
    picture: Placed | None = None
    warning: Problem | None = None


def compile_prints(model: ProductModel) -> tuple[CompiledPrint, ...]:
    """Return the prints of `model` compiled; refuses with ExpressionRefused what cannot be read."""
    scope = Scope.of(model)
    return tuple(_compiled(model, each, scope) for each in model.prints)


def _compiled(model: ProductModel, each: Print, scope: Scope) -> CompiledPrint:
    wanted = {**dict.fromkeys(PRINT_LENGTHS, LENGTH), **dict.fromkeys(PRINT_NUMBERS, COUNT)}
    unused = _OF_PICTURES if each.file is None else _OF_TEXTS
    numbers = {
        name: bind_in_unit(text, scope, unit)
        for name, unit in wanted.items()
        if name not in unused and (text := getattr(each, name)) is not None
    }
    when = bind(each.when, scope, "condition", lengths=True) if each.when else None
    nodes = [*numbers.values(), *([when] if when else [])]
    named = {key for key in (each.text, each.file, each.typeface_of, each.colour_of) if key}
    return CompiledPrint(
        each,
        frozenset(named.union(*(reads(node) for node in nodes))),
        model.option_by_key.get(each.typeface_of or ""),
        model.option_by_key.get(each.colour_of or ""),
        {name: plain_function_of(node) for name, node in numbers.items()},
        None if when is None else function_of(when),
    )


def printed(prints: tuple[CompiledPrint, ...], values: Values) -> tuple[Printed, ...]:
    """Return what is printed with `values`: prints whose condition holds and whose text or picture
    is given.

    What depends on a size that is still open is left out, as a part is that nobody can count yet.
    """
    return tuple(_printed(prints, values))


def _printed(prints: tuple[CompiledPrint, ...], values: Values) -> Iterator[Printed]:
    for each in prints:
        given = values.get(each.print.text or each.print.file or "")
        if not isinstance(given, str) or not given or (each.when and not each.when(values)):
            continue
        numbers = {name: number(values) for name, number in each.numbers.items()}
        is_unfinished = each.print.file is None and "size" not in numbers
        if is_unfinished or any(number is None for number in numbers.values()):
            continue
        typeface, colour = _typeface(each, values), _colour(each, values)
        if each.print.file is None:
            letters, problem = _letters(each.print, given, typeface, numbers)
            yield Printed(each.print, given, typeface, colour, letters, problem)
        elif (file := uploaded(given)) is not None:
            picture, problem = _picture(each.print, file, numbers)
            warning = None if picture is None else _coarse(each.print, picture)
            yield Printed(each.print, "", typeface, colour, None, problem, picture, warning)


def _letters(
    print: Print, text: str, typeface: Typeface, lengths: Mapping[str, Any]
) -> tuple[Lettering | None, Problem | None]:
    try:
        _refuse_long(lengths)
        area = Area(**{name: float(length) for name, length in lengths.items()}, align=print.align)
        return lettering(text, typeface, area), None
    except PrintRefused as refused:
        return None, _problem(refused)


def _picture(
    print: Print, file: Uploaded, numbers: Mapping[str, Any]
) -> tuple[Placed | None, Problem | None]:
    try:
        _refuse_long(numbers)
        width, height, scale, x, y, turn = (
            float(numbers[name]) for name in ("width", "height", "scale", "x", "y", "turn")
        )
        return placed(file, (width, height), print.fit, scale, (x, y), turn), None
    except PrintRefused as refused:
        return None, _problem(refused)


def _coarse(print: Print, picture: Placed) -> Problem | None:
    """Return that a picture has too few dots for its size, and how many would do; None where it has
    enough.
    """
    dpi = picture.dpi
    if dpi is None or dpi >= print.least_dpi:
        return None
    width, height = picture.pixels_at(print.least_dpi)
    told = f"At this size the picture has {dpi:.0f} dots an inch and may look blurred"
    return Problem(
        f"{told}; one of {width:,} × {height:,} pixels would be sharp.",
        "coarse",
        {"dpi": round(dpi), "width": width, "height": height},
    )


def _refuse_long(numbers: Mapping[str, Any]) -> None:
    if any(abs(number) > MOST_LENGTH for number in numbers.values()):
        raise PrintRefused(f"Nothing is printed over more than {MOST_LENGTH:,} mm.")


def _problem(refused: PrintRefused) -> Problem:
    data = dict(refused.data)
    return Problem(refused.sentence, data.pop("reason", ""), data)


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
