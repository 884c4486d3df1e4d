"""What is wrong with the fittings of a product by their form, before any number is worked out."""

from collections.abc import Iterator

from catalog.expressions.errors import suggestion
from catalog.findings import Finding
from catalog.product_model import Fitting, ProductModel
from catalog.shape_expressions import MOST_CUTS

MOST_FITTINGS = 200
_MEETS_BY_EDGE = ("dowel", "confirmat", "cam", "hinge", "hinge_cup")
_HAS_A_SIDE = ("cam", "hinge")


def check_fittings(model: ProductModel) -> Iterator[Finding]:
    """Return an error for each fitting that no boards of the product can have as it is written."""
    if len(model.fittings) > MOST_FITTINGS:
        told = (
            f"The product has {len(model.fittings)} fittings; at most {MOST_FITTINGS} are possible."
        )
        yield Finding("error", "fitting", "fittings", told)
    for fitting in model.fittings:
        yield from _findings(model, fitting)


def _findings(model: ProductModel, fitting: Fitting) -> Iterator[Finding]:
    told, path = f"Fitting '{fitting.key}'", f"fittings/{fitting.key}"
    forms = {shape.key: shape.form for shape in model.shapes}
    for name, keys in (("shape", (fitting.shape,)), ("to", fitting.to)):
        for key in keys:
            if key not in forms:
                hint = suggestion(key, forms)
                sentence = (
                    f"{told}, {name}: there is no shape '{key}'{f'; {hint}' if hint else '.'}"
                )
                yield Finding("error", "unknown-shape", f"{path}/{name}", sentence)
            elif forms[key] != "box":
                sentence = f"{told}, {name}: '{key}' is no board; only boxes are joined."
                yield _error(f"{path}/{name}", sentence)
    if not fitting.to:
        yield _error(
            f"{path}/to", f"{told}, to: name the shapes that it joins '{fitting.shape}' to."
        )
    if fitting.edge is not None and fitting.kind not in _MEETS_BY_EDGE:
        sentence = f"{told}, edge: a {fitting.kind} joins faces; remove it."
        yield _error(f"{path}/edge", sentence)
    if fitting.face is not None and fitting.kind not in _HAS_A_SIDE:
        sentence = f"{told}, face: a {fitting.kind.replace('_', ' ')} has none; remove it."
        yield _error(f"{path}/face", sentence)
    if fitting.count.isdecimal() and not 1 <= int(fitting.count) <= MOST_CUTS:
        yield _error(f"{path}/count", f"{told}, count: write a number from 1 to {MOST_CUTS:,}.")


def _error(path: str, sentence: str) -> Finding:
    return Finding("error", "fitting", path, sentence)
