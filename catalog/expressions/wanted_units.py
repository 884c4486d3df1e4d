"""The units in which a product's numbers are wanted: prices by the square metre, measures in
millimetres, days.

Where a formula has a unit, `bind_in_unit` converts it to the one that is wanted.
"""

from collections.abc import Iterator

from catalog.product_model import (
    OPERATION_COUNTS,
    OPERATION_LENGTHS,
    PRINT_LENGTHS,
    PRINT_NUMBERS,
    SHAPE_LENGTHS,
    BomLine,
    ProductModel,
    Shape,
)
from catalog.units import STANDARD

DAYS = "days"
LENGTH = "mm"
COUNT = ""
WEIGHT = "kg"
_MEASURES = {
    "length": "mm",
    "width": "mm",
    "thickness": "mm",
    "height": "mm",
    "depth": "mm",
    "weight": "kg",
}
_PER = {"m": "m", "m2": "m2", "m3": "m3", "kg": "kg", "piece": COUNT, "m_of_longest": "m"}


def unit_of_measure(name: str) -> str | None:
    """Return the unit in which a part's measure called `name` is told; None where it is the
    formula's own.
    """
    return _MEASURES.get(name, name if name in STANDARD else None)


def unit_of_parts(line: BomLine) -> str | None:
    """Return the unit in which the quantity of a part is told; None where it is one nobody else
    knows.
    """
    return line.unit if not line.unit or line.unit in STANDARD else None


def unit_of_material(per: str | None) -> str:
    """Return the unit in which there has to be told how much of a material is needed."""
    return _PER[per or "piece"]


def wanted_units(model: ProductModel) -> Iterator[tuple[str, str]]:
    """Return the path of each formula that is wanted in a certain unit, with that unit; "" for a
    number without.
    """
    for price in model.price_lines:
        path = f"price_lines/{price.key}"
        unit = unit_of_material(price.per)
        yield from ((f"{path}/{name}", unit) for name in ("quantity", "at_least"))
        yield from ((f"{path}/{name}", COUNT) for name in ("percent", "waste"))
        yield from ((f"{path}/breaks/{each.pieces}/percent", COUNT) for each in price.breaks)
    for part in model.bom_lines:
        path = f"bom_lines/{part.key}"
        if (unit_told := unit_of_parts(part)) is not None:
            yield f"{path}/quantity", unit_told
        for name in part.measures:
            if (unit_told := unit_of_measure(name)) is not None:
                yield f"{path}/measures/{name}", unit_told
    yield from ((f"lead_time_lines/{lead.key}/days", DAYS) for lead in model.lead_time_lines)
    for each in model.prints:
        yield from ((f"prints/{each.key}/{name}", LENGTH) for name in PRINT_LENGTHS)
        yield from ((f"prints/{each.key}/{name}", COUNT) for name in PRINT_NUMBERS)
    for material in model.materials:
        yield from (
            (f"materials/{material.key}/{name}", COUNT)
            for name in ("density", "roughness", "metallic")
        )
    for assembly in model.assemblies:
        path = f"assemblies/{assembly.key}/spacing"
        yield from ((f"{path}/{axis}", LENGTH) for axis in assembly.spacing)
    for fitting in model.fittings:
        yield from ((f"fittings/{fitting.key}/{name}", LENGTH) for name in ("at", "pitch"))
        yield f"fittings/{fitting.key}/count", COUNT
    for shape in model.shapes:
        path = f"shapes/{shape.key}"
        yield from ((f"{path}/{name}", LENGTH) for name in SHAPE_LENGTHS)
        yield from ((f"{path}/outline/{place}", LENGTH) for place in outline_places(shape))
        yield from ((f"{path}/repeat/{name}", COUNT) for name in shape.repeat)
        yield from ((f"{path}/weight", WEIGHT), (f"{path}/turn", COUNT))
        for operation in shape.operations:
            place = f"{path}/operations/{operation.key}"
            yield from ((f"{place}/{name}", LENGTH) for name in OPERATION_LENGTHS)
            yield from ((f"{place}/{name}", COUNT) for name in OPERATION_COUNTS)


def outline_places(shape: Shape) -> Iterator[str]:
    """Return what the numbers of an outline are called, point by point: `1/across`, `1/up`,
    `2/across`.
    """
    for number in range(1, len(shape.outline) + 1):
        yield from (f"{number}/across", f"{number}/up")
