"""Which options a scene depends on, and which drive a shape, the most direct one first: what a
click on one of its parts is about.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from catalog.assemblies import as_written, expanded
from catalog.expressions.binder import Expected
from catalog.expressions.nodes import reads
from catalog.expressions.types import namings
from catalog.product_model import ProductModel, Shape
from catalog.shape_expressions import (
    PlacedShape,
    expressions_of_shape,
    instances_of,
    placed_key,
    placed_shapes,
    scope_of_placed,
)
from configurator.geometry.compiling import CompiledShapes

_SIZES = frozenset({"length", "width", "thickness", "outline"})

type Ranks = list[dict[str, None]]


@dataclass(frozen=True, slots=True)
class Driving:
    """The options that a scene `reads`, and those that drive each shape, by its key."""

    reads: frozenset[str]
    drivers: Mapping[str, tuple[str, ...]]


def driving(model: ProductModel, compiled: CompiledShapes) -> Driving:
    """Return what the scenes of `model`, whose shapes are `compiled`, depend on, and what drives
    these; refuses as `drivers` does.
    """
    reads = _options(model, compiled.reads | compiled.looks)
    return Driving(frozenset(reads), drivers(model))


def drivers(model: ProductModel) -> Mapping[str, tuple[str, ...]]:
    """Return the options that drive each shape of `model`, by its key, the most direct one first;
    those of contained products have the key of their instance before it.

    First come finishes of its materials, and what its counts and the look of a 3D model name, then
    what its condition names, then what its sizes name, then what all these read by way of derived
    values. Of equals, that
    which drives the fewest shapes is the first. Places and edges drive nothing. A shape that stands
    in each instance is driven as in the first. Refuses with ExpressionRefused what cannot be read.
    """
    firsts: dict[str, PlacedShape] = {}
    for placed in placed_shapes(model):
        firsts.setdefault(placed.key, placed)
    materials = dict(_finishes(model))
    ranked = {key: _ranks(model, placed, materials) for key, placed in firsts.items()}
    driven = [Counter(key for ranks in ranked.values() for key in ranks[rank]) for rank in range(4)]
    return {
        shape: tuple(
            dict.fromkeys(
                key
                for rank, keys in enumerate(ranks)
                for key in sorted(keys, key=driven[rank].__getitem__)
            )
        )
        for shape, ranks in ranked.items()
    }


def _finishes(model: ProductModel, owner: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return the options that each material looks as, by its key, those of contained products too."""
    model = as_written(model)
    for each in model.materials:
        found = (placed_key(owner, finish) for finish in each.finishes)
        yield placed_key(owner, each.key), tuple(found)
    for assembly in model.assemblies:
        for place in instances_of(assembly, owner):
            yield from _finishes(assembly.definition, place)


def _ranks(
    model: ProductModel, placed: PlacedShape, finishes: Mapping[str, tuple[str, ...]]
) -> Ranks:
    """Return the options of a shape by how directly they drive it."""
    shape = placed.shape
    materials = (placed_key(placed.owner, key) for key in _materials_of(shape))
    looks = (option for key in materials for option in finishes.get(key, ()))
    named: Ranks = [dict.fromkeys(looks), {}, {}]
    indirect: dict[str, None] = {}
    scope = scope_of_placed(model, placed)
    for rank, text, expected in _driving(shape):
        noted, node = namings(text, scope, expected)
        direct = {key for role, _option, key in noted.values() if role == "option"}
        for key in _options(model, reads(node)):
            (named[rank] if key in direct else indirect)[key] = None
    return [*named, indirect]


def _materials_of(shape: Shape) -> Iterator[str]:
    """Return the materials that a shape shows."""
    if shape.material is not None:
        yield shape.material
    yield from shape.slots.values()


def _driving(shape: Shape) -> Iterator[tuple[int, str, Expected]]:
    """Return the expressions that drive a shape, each with its rank."""
    for path, text, expected in expressions_of_shape(shape):
        field = path.split("/")[2]
        if field in ("repeat", "variant"):
            yield 0, text, expected
        elif field == "when":
            yield 1, text, expected
        elif field in _SIZES:
            yield 2, text, expected


def _options(model: ProductModel, keys: Iterable[str]) -> list[str]:
    """Return which of `keys` are options of the product, in its order."""
    wanted = set(keys)
    return [option.key for option in expanded(model).options if option.key in wanted]
