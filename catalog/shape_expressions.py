"""What shapes, materials and shape checks of a product say in expressions, and the names that those
may use.

A shape has names of its own beside those of its product: its counters are number options of the
scope it is read in, the values of `each` are derived values there. So the notation, its units and
its refusals are those of every formula.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from catalog.assemblies import as_written, expanded
from catalog.expressions.scope import Scope
from catalog.expressions.types import Expected
from catalog.expressions.wanted_units import outline_places
from catalog.product_model import (
    OPERATION_COUNTS,
    OPERATION_LENGTHS,
    SHAPE_LENGTHS,
    Derived,
    Fitting,
    Kind,
    NumberDomain,
    Option,
    ProductModel,
    Shape,
    SubAssembly,
    Text,
)

MOST_COUNTERS = 3
MOST_POINTS = 100
"""How many points an outline may have."""
MOST_SOLIDS = 2_000
"""How many solids a product may have, and how far a counter may count."""
MOST_PLACED = 1_000
"""How many shapes a product may have, those of each instance of a contained one counted."""
MOST_OPERATIONS, MOST_CUTS = 100, 5_000
"""How many operations a shape may have, and how many cuts they may come to in a product."""

NUMBER = "number"
"""What shapes in an instance call the number that it has."""

_NUMBERS_OF_MATERIAL = ("density", "roughness", "metallic")


@dataclass(frozen=True, slots=True)
class PlacedShape:
    """A shape of a product or of one that it contains, for one instance.

    `place` is the instance that it stands in, "" for the product itself. Its names are looked for
    in `places`, the first that has them counts; its own stand in the first. `owner` is the instance
    whose definition it is of, where its material is. `digest` is that of its 3D model, "" without.
    """

    shape: Shape
    place: str
    owner: str
    digest: str = ""

    @property
    def places(self) -> tuple[str, ...]:
        return (self.place,) if self.place == self.owner else (self.place, self.owner)

    @property
    def key(self) -> str:
        """What the shape is called among those of the product: `modules.2.shelf` of a contained
        one.
        """
        return placed_key(self.owner, self.shape.key)


def placed_key(place: str, key: str) -> str:
    """Return what something is called in an instance, or in the product where that is ""."""
    return f"{place}.{key}" if place else key


def placed_shapes(model: ProductModel, owner: str = "") -> Iterator[PlacedShape]:
    """Return every shape of `model` for each instance that there may be, those of contained
    products too.
    """
    model = as_written(model)
    for shape in model.shapes:
        assembly = model.assembly_by_key.get(shape.of or "")
        digest = model.assets.get(shape.model or "", "")
        if shape.of is None:
            yield PlacedShape(shape, owner, owner, digest)
        elif assembly is not None:
            for place in instances_of(assembly, owner):
                yield PlacedShape(shape, place, owner, digest)
    for assembly in model.assemblies:
        for place in instances_of(assembly, owner):
            yield from placed_shapes(assembly.definition, place)


def instances_of(assembly: SubAssembly, owner: str = "") -> Iterator[str]:
    """Return the places of the instances of a sub-assembly: `modules.1`, `modules.2`."""
    before = placed_key(owner, assembly.key)
    return (f"{before}.{number}" for number in range(1, assembly.at_most + 1))


def shape_count(model: ProductModel) -> int:
    """Return how many shapes `placed_shapes` returns, without placing any."""
    model = as_written(model)
    often = {None: 1} | {key: each.at_most for key, each in model.assembly_by_key.items()}
    return sum(often.get(shape.of, 0) for shape in model.shapes) + sum(
        each.at_most * shape_count(each.definition) for each in model.assemblies
    )


def has_shapes(model: ProductModel) -> bool:
    """Tell whether `model` or a product that it contains has shapes."""
    model = as_written(model)
    return bool(model.shapes) or any(has_shapes(each.definition) for each in model.assemblies)


def scope_of_shape(model: ProductModel, shape: Shape) -> Scope:
    """Return the names that expressions of `shape`, one of `model` itself, may use; refuses with
    AssembliesRefused as Scope does. Of a sub-assembly those of its first instance stand for all.
    """
    assembly = model.assembly_by_key.get(shape.of or "")
    place = "" if assembly is None else next(instances_of(assembly))
    return scope_of_placed(model, PlacedShape(shape, place, ""))


def scope_of_placed(model: ProductModel, placed: PlacedShape) -> Scope:
    """Return the names that expressions of a placed shape may use."""
    shape, place = placed.shape, placed.place
    counting = NumberDomain(Decimal(1), Decimal(MOST_SOLIDS))
    counters = [
        Option(placed_key(place, key), Kind.NUMBER, Text(key), number=counting)
        for key in shape.repeat
    ]
    values = [
        Derived(placed_key(place, key), Text(key), formula) for key, formula in shape.each.items()
    ]
    return _scope(model, placed.places, counters, values)


def scope_of_instance(model: ProductModel, place: str) -> Scope:
    """Return the names that the spacing after an instance may use."""
    owner = place.rpartition(".")[0].rpartition(".")[0]
    return _scope(model, (place, owner), (), [])


def _scope(
    model: ProductModel, places: Sequence[str], counters: Sequence[Option], values: list[Derived]
) -> Scope:
    """Return the names of `model` about `places`, with more of the first of them.

    Which instance it is stands in NUMBER, where the contained product has no such name itself.
    """
    model, place = expanded(model), places[0]
    number = placed_key(place, NUMBER)
    if place and number not in model.option_by_key and number not in model.derived_by_key:
        values = [*values, Derived(number, Text(NUMBER), place.rpartition(".")[2])]
    if not counters and not values:
        return Scope(model, places)
    more = replace(model, options=(*model.options, *counters), derived=(*model.derived, *values))
    return Scope(more, places, {value.key for value in values})


def expressions_of_spacing(assembly: SubAssembly) -> Iterator[tuple[str, str, Expected]]:
    """Return the spacing of a sub-assembly: path, text and what it must give."""
    for axis, text in assembly.spacing.items():
        yield f"assemblies/{assembly.key}/spacing/{axis}", text, "number"


def expressions_of_shape(shape: Shape) -> Iterator[tuple[str, str, Expected]]:
    """Return the expressions of `shape`: path, text and what it must give; those of `each` may give
    anything.
    """
    path = f"shapes/{shape.key}"
    for key, text in shape.repeat.items():
        yield f"{path}/repeat/{key}", text, "number"
    for key, text in shape.each.items():
        yield f"{path}/each/{key}", text, "any"
    for name in SHAPE_LENGTHS:
        if (text := getattr(shape, name)) is not None:
            yield f"{path}/{name}", text, "number"
    points = (number for point in shape.outline for number in point)
    for place, text in zip(outline_places(shape), points, strict=True):
        yield f"{path}/outline/{place}", text, "number"
    if shape.when is not None:
        yield f"{path}/when", shape.when, "condition"
    for edge, text in shape.edges.items():
        yield f"{path}/edges/{edge}", text, "condition"
    if shape.variant is not None:
        yield f"{path}/variant", shape.variant, "text"
    for name in ("weight", "turn"):
        if (text := getattr(shape, name)) is not None:
            yield f"{path}/{name}", text, "number"
    for operation in shape.operations:
        place = f"{path}/operations/{operation.key}"
        for name in (*OPERATION_LENGTHS, *OPERATION_COUNTS):
            if (text := getattr(operation, name)) is not None:
                yield f"{place}/{name}", text, "number"
        if operation.when is not None:
            yield f"{place}/when", operation.when, "condition"


def expressions_of_fitting(fitting: Fitting) -> Iterator[tuple[str, str, Expected]]:
    """Return the expressions of `fitting`, which use the names of its shape: path, text and what it
    must give.
    """
    path = f"fittings/{fitting.key}"
    for name in ("at", "count", "pitch"):
        if (text := getattr(fitting, name)) is not None:
            yield f"{path}/{name}", text, "number"
    if fitting.when is not None:
        yield f"{path}/when", fitting.when, "condition"


def shape_of_fitting(model: ProductModel, fitting: Fitting) -> Shape | None:
    """Return the shape that `fitting` is of; None where there is no such shape."""
    return next((shape for shape in model.shapes if shape.key == fitting.shape), None)


def expressions_beside_shapes(model: ProductModel) -> Iterator[tuple[str, str, Expected]]:
    """Return the expressions of materials and shape checks, which use the names of the product
    alone.
    """
    for material in model.materials:
        for name in _NUMBERS_OF_MATERIAL:
            if (text := getattr(material, name)) is not None:
                yield f"materials/{material.key}/{name}", text, "number"
    for check in model.shape_checks:
        if check.when is not None:
            yield f"shape_checks/{check.key}/when", check.when, "condition"
        yield f"shape_checks/{check.key}/then", check.then, "condition"
