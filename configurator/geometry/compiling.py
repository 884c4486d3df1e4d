"""The shapes of a product compiled: every expression a function of values, read once a product.

Those of contained products, and those that stand in each instance, are compiled for each instance.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.assemblies import as_written, expanded
from catalog.errors import NotFound
from catalog.expressions.evaluate import plain_function_of
from catalog.expressions.nodes import reads
from catalog.expressions.scope import Scope
from catalog.expressions.types import bind, bind_derived, bind_in_unit, existence
from catalog.expressions.wanted_units import COUNT, LENGTH, WEIGHT
from catalog.glb_contents import content_of
from catalog.glb_facts import GlbFacts, facts_of
from catalog.glb_files import GlbRefused
from catalog.product_model import (
    SHAPE_LENGTHS,
    Choice,
    Edge,
    Fitting,
    Material,
    Option,
    ProductModel,
    Shape,
    ShapeCheck,
    SubAssembly,
)
from catalog.shape_expressions import (
    MOST_PLACED,
    PlacedShape,
    has_shapes,
    instances_of,
    placed_key,
    placed_shapes,
    scope_of_instance,
    scope_of_placed,
    shape_count,
)
from configurator.geometry.fittings import CompiledFitting, compile_fitting
from configurator.geometry.operations import CompiledOperations, compile_operations
from configurator.geometry.refusals import SceneRefused
from configurator.prints.printed import CompiledPrint, compile_prints

type Values = Mapping[str, Choice]
type Worth = Callable[[Values], Any]


@dataclass(frozen=True, eq=False)
class CompiledShape:
    """A shape compiled, for the instance at `place`; `key` is what it is called among the shapes,
    `name` what its parts are called after.

    `counts` and `each` are by the names that values have them under, `own` by those that the shape
    gives them. The lengths `same` read no counter, and so are those of all its solids;
    `is_one_solid` says that of all sizes.
    """

    shape: Shape
    key: str
    name: str
    place: str
    material: str | None
    counts: Mapping[str, Worth]
    each: Mapping[str, Worth]
    own: Mapping[str, str]
    lengths: Mapping[str, Worth]
    same: frozenset[str]
    is_one_solid: bool
    outline: tuple[tuple[Worth, Worth], ...]
    when: Worth | None
    edges: Mapping[Edge, Worth]
    operations: CompiledOperations
    model: "CompiledModel | None" = None
    fittings: tuple[CompiledFitting, ...] = ()
    letters: CompiledPrint | None = None


@dataclass(frozen=True, eq=False)
class CompiledModel:
    """What only a 3D model has: the `digest` and `facts` of its file, and its `slots` by keys of
    placed materials. The options that its variant `reads` change its looks alone.
    """

    digest: str
    facts: GlbFacts
    variant: Worth | None
    weight: Worth | None
    turn: Worth | None
    slots: Mapping[str, str]
    reads: frozenset[str]


@dataclass(frozen=True, eq=False)
class CompiledMaterial:
    """A material compiled; `key` is that of a placed one, `modules.2.board`."""

    key: str
    material: Material
    finishes: tuple[Option, ...]
    density: Worth | None
    roughness: Worth
    metallic: Worth


@dataclass(frozen=True, eq=False)
class CompiledInstance:
    """Where an instance stands: `spacing` after the one `before` it, or where its `owner` does."""

    place: str
    owner: str
    before: str | None
    exists: Worth | None
    spacing: Mapping[str, Worth]


@dataclass(frozen=True, eq=False)
class CompiledCheck:
    """A shape check compiled, of the product or of the instance at `place`; `reads` are the options
    that it depends on.
    """

    check: ShapeCheck
    place: str
    when: Worth
    then: Worth
    reads: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class CompiledShapes:
    """The shapes of a product, ready to be given values; `reads` are the options that sizes and
    places depend on, `looks` those that materials and variants of 3D models do, which `options` has.
    """

    product: str
    shapes: tuple[CompiledShape, ...]
    instances: tuple[CompiledInstance, ...]
    materials: Mapping[str, CompiledMaterial]
    checks: tuple[CompiledCheck, ...]
    reads: frozenset[str]
    looks: frozenset[str]
    options: Mapping[str, Option]


class _Reading:
    """Turns expressions into functions of values, and notes the options that they read."""

    def __init__(self) -> None:
        self.read: set[str] = set()

    def worth(self, node: Any, own: Mapping[str, str] = {}) -> Worth:
        self.read |= reads(node) - own.keys()
        return plain_function_of(node)


def compile_shapes(model: ProductModel) -> CompiledShapes:
    """Return the shapes of `model` compiled.

    Refuses with ExpressionRefused what cannot be read, with SceneRefused more than MOST_PLACED.
    """
    if (count := shape_count(model)) > MOST_PLACED:
        told = f"The product has {count:,} shapes, more than {MOST_PLACED:,}; leave some out."
        raise SceneRefused(told)
    reading, looking = _Reading(), _Reading()
    materials = {each.key: each for each in _materials(model, model, "", looking)}
    finishes = {option.key for each in materials.values() for option in each.finishes}
    fittings: dict[tuple[str, str], list[Fitting]] = {}
    for owner, fitting in _fittings(model):
        fittings.setdefault((owner, fitting.shape), []).append(fitting)
    shapes = tuple(
        _shape(each, model, reading, looking, fittings.get((each.owner, each.shape.key), ()))
        for each in placed_shapes(model)
    )
    return CompiledShapes(
        as_written(model).product,
        shapes,
        tuple(_instances(model, model, "", reading)),
        materials,
        tuple(_checks(model, model, "", reading)),
        frozenset(reading.read),
        frozenset(looking.read | finishes),
        _worn_options(model, shapes),
    )


def _worn_options(model: ProductModel, shapes: tuple[CompiledShape, ...]) -> dict[str, Option]:
    """Return the options that 3D models take their looks from, in the order of the product."""
    read = {key for each in shapes if each.model is not None for key in each.model.reads}
    return {option.key: option for option in expanded(model).options if option.key in read}


def _contained(model: ProductModel) -> Iterator[SubAssembly]:
    """Return the sub-assemblies whose instances have shapes."""
    model = as_written(model)
    own = {shape.of for shape in model.shapes}
    return (each for each in model.assemblies if each.key in own or has_shapes(each.definition))


def _shape(
    placed: PlacedShape,
    model: ProductModel,
    reading: _Reading,
    looking: _Reading,
    fittings: Sequence[Fitting],
) -> CompiledShape:
    shape, scope = placed.shape, scope_of_placed(model, placed)
    own = {placed_key(placed.place, key): key for key in (*shape.repeat, *shape.each)}
    counters = {placed_key(placed.place, key) for key in shape.repeat}

    def worth(node: Any) -> Worth:
        return reading.worth(node, own)

    def condition(text: str) -> Worth:
        return worth(bind(text, scope, "condition", lengths=True))

    given = {name: text for name in SHAPE_LENGTHS if (text := getattr(shape, name)) is not None}
    lengths = {name: bind_in_unit(text, scope, LENGTH) for name, text in given.items()}
    outline = [[bind_in_unit(text, scope, LENGTH) for text in point] for point in shape.outline]
    same = frozenset(name for name, node in lengths.items() if counters.isdisjoint(reads(node)))
    is_fixed = all(counters.isdisjoint(reads(node)) for point in outline for node in point)
    material = None if shape.material is None else placed_key(placed.owner, shape.material)
    return CompiledShape(
        shape,
        placed.key,
        placed_key(placed.place, shape.key),
        placed.place,
        material,
        counts={
            placed_key(placed.place, key): worth(bind_in_unit(text, scope, COUNT))
            for key, text in shape.repeat.items()
        },
        each={
            placed_key(placed.place, key): worth(bind_derived(placed_key(placed.place, key), scope))
            for key in shape.each
        },
        own=own,
        lengths={name: worth(node) for name, node in lengths.items()},
        same=same,
        is_one_solid=is_fixed and same.issuperset(lengths.keys() - {"x", "y", "z"}),
        outline=tuple((worth(across), worth(up)) for across, up in outline),
        when=None if shape.when is None else condition(shape.when),
        edges={edge: condition(text) for edge, text in shape.edges.items()},
        operations=compile_operations(shape, scope, worth, counters),
        model=_model(placed, scope, own, worth, looking) if shape.form == "model" else None,
        fittings=tuple(compile_fitting(each, placed.owner, scope, worth) for each in fittings),
        letters=_letters(placed, model, reading) if shape.form == "letters" else None,
    )


def _letters(placed: PlacedShape, model: ProductModel, reading: _Reading) -> CompiledPrint:
    """Return the print that a shape shows; refuses with SceneRefused one that there is not."""
    for each in compile_prints(expanded(model)):
        if each.print.key == placed.shape.print and not placed.owner:
            reading.read |= each.reads
            return each
    told = f"Shape '{placed.key}', print: there is no print '{placed.shape.print}' of the product."
    raise SceneRefused(told, shape=placed.key, field="print")


def _model(
    placed: PlacedShape,
    scope: Scope,
    own: Mapping[str, str],
    worth: Callable[[Any], Worth],
    looking: _Reading,
) -> CompiledModel:
    """Return what only a 3D model has; refuses with SceneRefused one whose file is not here."""
    shape = placed.shape

    def number(text: str | None, unit: str) -> Worth | None:
        return None if text is None else worth(bind_in_unit(text, scope, unit))

    variant = None if shape.variant is None else bind(shape.variant, scope, "text", lengths=True)
    return CompiledModel(
        placed.digest,
        _facts(placed),
        None if variant is None else looking.worth(variant, own),
        number(shape.weight, WEIGHT),
        number(shape.turn, COUNT),
        {name: placed_key(placed.owner, key) for name, key in shape.slots.items()},
        frozenset() if variant is None else frozenset(reads(variant) - own.keys()),
    )


def _facts(placed: PlacedShape) -> GlbFacts:
    told = f"Shape '{placed.key}'"
    if not placed.digest:
        raise SceneRefused(
            f"{told}, model: there is no 3D model '{placed.shape.model or ''}'; upload it.",
            shape=placed.key,
            field="model",
        )
    try:
        facts = facts_of(content_of(placed.digest))
    except (NotFound, GlbRefused) as refused:
        sentence = f"{told}, model: {refused.sentence}"
        raise SceneRefused(sentence, shape=placed.key, field="model") from None
    for name in placed.shape.slots:
        if name not in facts.materials:
            known = ", ".join(dict.fromkeys(filter(None, facts.materials))) or "none with a name"
            sentence = f"{told}, slots: its file has no material '{name}'; it has {known}."
            raise SceneRefused(sentence, shape=placed.key, field="slots")
    return facts


def _fittings(model: ProductModel, owner: str = "") -> Iterator[tuple[str, Fitting]]:
    """Return every fitting with the instance whose definition it is of."""
    model = as_written(model)
    yield from ((owner, fitting) for fitting in model.fittings)
    for assembly in _contained(model):
        for place in instances_of(assembly, owner):
            yield from _fittings(assembly.definition, place)


def _instances(
    model: ProductModel, whole: ProductModel, owner: str, reading: _Reading
) -> Iterator[CompiledInstance]:
    """Return the instances of a product or of one that it contains, the outer ones first."""
    scope = Scope.of(whole)
    for assembly in _contained(model):
        before: str | None = None
        for place in instances_of(assembly, owner):
            exists = existence(scope, scope.instance_at[place])
            spacing = {} if before is None else assembly.spacing
            between = scope_of_instance(whole, place if before is None else before)
            yield CompiledInstance(
                place,
                owner,
                before,
                None if exists is None else reading.worth(exists.node),
                {
                    axis: reading.worth(bind_in_unit(text, between, LENGTH))
                    for axis, text in spacing.items()
                },
            )
            yield from _instances(assembly.definition, whole, place, reading)
            before = place


def _materials(
    model: ProductModel, whole: ProductModel, owner: str, looking: _Reading
) -> Iterator[CompiledMaterial]:
    scope = Scope(whole, (owner,))
    options = expanded(whole).option_by_key

    def number(text: str) -> Worth:
        return looking.worth(bind_in_unit(text, scope, COUNT))

    for each in as_written(model).materials:
        finishes = (placed_key(owner, key) for key in each.finishes)
        yield CompiledMaterial(
            placed_key(owner, each.key),
            each,
            tuple(options[key] for key in finishes if key in options),
            None if each.density is None else number(each.density),
            number(each.roughness),
            number(each.metallic),
        )
    for assembly in _contained(model):
        for place in instances_of(assembly, owner):
            yield from _materials(assembly.definition, whole, place, looking)


def _checks(
    model: ProductModel, whole: ProductModel, owner: str, reading: _Reading
) -> Iterator[CompiledCheck]:
    scope = Scope(whole, (owner,))
    for check in as_written(model).shape_checks:
        nodes = [
            bind(text, scope, "condition", lengths=True)
            for text in (check.when or "true", check.then)
        ]
        when, then = map(reading.worth, nodes)
        read = reads(nodes[0]) | reads(nodes[1])
        yield CompiledCheck(check, owner, when, then, tuple(sorted(read)))
    for assembly in _contained(model):
        for place in instances_of(assembly, owner):
            yield from _checks(assembly.definition, whole, place, reading)
