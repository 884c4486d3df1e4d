"""The units in which a product's numbers are wanted: prices by the square metre, measures in millimetres, days.

Where a formula has a unit, `bind_in_unit` converts it to the one that is wanted.
"""

from collections.abc import Iterator

from catalog.product_model import BomLine, ProductModel
from catalog.units import STANDARD

DAYS = "days"
COUNT = ""
_MEASURES = {"length": "mm", "width": "mm", "thickness": "mm", "height": "mm", "depth": "mm", "weight": "kg"}
_PER = {"m": "m", "m2": "m2", "m3": "m3", "kg": "kg", "piece": COUNT}


def unit_of_measure(name: str) -> str | None:
    """Return the unit in which a part's measure called `name` is told; None where it is the formula's own."""
    return _MEASURES.get(name, name if name in STANDARD else None)


def unit_of_parts(line: BomLine) -> str | None:
    """Return the unit in which the quantity of a part is told; None where it is one nobody else knows."""
    return line.unit if not line.unit or line.unit in STANDARD else None


def unit_of_material(per: str | None) -> str:
    """Return the unit in which there has to be told how much of a material is needed."""
    return _PER[per or "piece"]


def wanted_units(model: ProductModel) -> Iterator[tuple[str, str]]:
    """Return the path of each formula that is wanted in a certain unit, with that unit; "" for a number without."""
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
