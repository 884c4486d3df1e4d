"""Publish checks of prints, and of the layers that show them."""

from collections.abc import Iterator
from typing import get_args

from catalog.expressions.errors import suggestion
from catalog.findings import Finding
from catalog.kinds.register import kind_of
from catalog.product_model import Kind, Layer, Option, PictureView, Print, ProductModel, Typeface

TYPEFACES: tuple[str, ...] = get_args(Typeface.__value__)


def check_prints(model: ProductModel) -> Iterator[Finding]:
    """Return an error for each option that a print cannot take its text, typeface or colour from,
    and for each layer that shows neither a picture nor a print as it should.
    """
    for each in model.prints:
        yield from _of_print(model, each)
    for number, layer in enumerate(model.layers):
        yield from _of_layer(model, layer, number)
    pictures = {each.key for each in model.prints if each.file is not None}
    for shape in model.shapes:
        path, told = f"shapes/{shape.key}", f"Shape '{shape.key}'"
        if shape.print is not None:
            yield from _unknown(model, path, told, shape.print)
        if shape.print in pictures:
            sentence = f"{told} is made of letters, and the print '{shape.print}' is of a picture; name one of a text."
            yield Finding("error", "print-letters", f"{path}/print", sentence)


def _of_print(model: ProductModel, each: Print) -> Iterator[Finding]:
    told = f"Print '{each.key}'"
    options = model.option_by_key
    yield from _of_content(each, told)
    for name, key, wanted in (
        ("text", each.text, "option for a text"),
        ("file", each.file, "option for a picture"),
        ("typeface_of", each.typeface_of, "choice"),
        ("colour_of", each.colour_of, "option for a colour, nor a choice"),
    ):
        if key is None:
            continue
        option = options.get(key)
        if option is None or not _gives(option, name):
            hint = suggestion(key, [each.key for each in model.options if _gives(each, name)])
            sentence = (
                f"{told} names '{key}' for its {name.partition('_')[0]}, which is no {wanted}"
            )
            end = f"; {hint}" if hint else "."
            yield Finding("error", "print-option", f"prints/{each.key}/{name}", sentence + end)
        elif name == "typeface_of":
            yield from _of_typefaces(each, option)


def _of_content(each: Print, told: str) -> Iterator[Finding]:
    path = f"prints/{each.key}"
    if (each.text is None) == (each.file is None):
        sentence = f"{told} is of a text or of a picture: name one option for one of them."
        yield Finding("error", "print-content", f"{path}/text", sentence)
    elif each.text is not None and each.size is None:
        sentence = f"{told} has no height of capital letters; give a size, such as 20 mm."
        yield Finding("error", "print-size", f"{path}/size", sentence)


def _gives(option: Option, name: str) -> bool:
    kind = kind_of(option)
    if name in ("text", "file"):
        return kind.is_text if name == "text" else kind.is_file
    return option.kind is Kind.CHOICE or (name == "colour_of" and kind.is_colour)


def _of_typefaces(each: Print, option: Option) -> Iterator[Finding]:
    wrong = [
        value.key for value in option.values if value.attributes.get("typeface") not in TYPEFACES
    ]
    if wrong:
        sentence = (
            f"Print '{each.key}' takes its typeface from '{option.key}', whose value '{wrong[0]}' has no attribute "
            f"typeface that is one of {', '.join(TYPEFACES)}."
        )
        yield Finding(
            "error", "print-typeface", f"options/{option.key}/values/{wrong[0]}", sentence
        )


def _of_layer(model: ProductModel, layer: Layer, number: int) -> Iterator[Finding]:
    path, told = f"layers/{layer.key}", f"Layer '{layer.key}'"
    if (layer.image is None) == (layer.print is None):
        sentence = f"{told} shows a picture or a print: name one of them."
        yield Finding("error", "layer-content", f"{path}/image", sentence)
        return
    if layer.print is None:
        return
    yield from _unknown(model, path, told, layer.print)
    if not is_square(layer.corners):
        sentence = (
            f"{told}: tell the four corners of its print from the upper left one round to the lower left one, "
            "such as 20, 40 and 60, 40 and 60, 50 and 20, 50."
        )
        yield Finding("error", "layer-corners", f"{path}/corners", sentence)
    views: tuple[PictureView | None, ...] = (layer.view,)
    if layer.view is None:
        views = tuple(dict.fromkeys(each.view for each in model.layers if each.view)) or (None,)
    for view in views:
        if any(other.image and other.view in (None, view) for other in model.layers[:number]):
            continue
        where = f" of the view '{view}'" if view else ""
        sentence = (
            f"{told} lies below every picture{where}; put one before it, whose size it then has."
        )
        yield Finding("error", "layer-below", f"{path}/print", sentence)


def _unknown(model: ProductModel, path: str, told: str, key: str) -> Iterator[Finding]:
    keys = [each.key for each in model.prints]
    if key not in keys:
        hint = suggestion(key, keys)
        sentence = f"{told} shows '{key}', and there is no such print"
        end = f"; {hint}" if hint else "."
        yield Finding("error", "unknown-print", f"{path}/print", sentence + end)


def is_square(corners: tuple[tuple[float, float], ...]) -> bool:
    """Return whether these are four corners of an area that bulges, clockwise in a picture."""
    if len(corners) != 4:
        return False
    turns = []
    for place in range(4):
        (ax, ay), (bx, by), (cx, cy) = (corners[(place + step) % 4] for step in range(3))
        turns.append((bx - ax) * (cy - by) - (by - ay) * (cx - bx))
    return min(turns) > 0
