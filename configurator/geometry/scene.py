"""The scene of one configuration: its shapes with numbers, named and placed; every output is made
from it.

`compile_shapes` reads the expressions of a product model once, `resolve` gives them values.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

import orjson

from catalog.assemblies import place_of
from catalog.glb_facts import variant_called
from catalog.kinds.register import kind_of
from catalog.product_model import (
    ORIENTATIONS,
    SIZES,
    Edge,
    Kind,
    Option,
    Text,
)
from catalog.shape_expressions import MOST_CUTS, MOST_SOLIDS
from configurator.geometry.compiling import (
    CompiledMaterial,
    CompiledModel,
    CompiledShape,
    CompiledShapes,
    Values,
)
from configurator.geometry.compiling import compile_shapes as compile_shapes
from configurator.geometry.cuts import Cut, CutRefused
from configurator.geometry.fittings import MOST_PAIRS, BoardPlace, boards_of, fitted, is_there
from configurator.geometry.imported import Worn, imported
from configurator.geometry.numbers import (
    NumberRefused,
    as_float,
    count_of,
    length_of,
    plain_worth,
    share_of,
    size_of,
)
from configurator.geometry.operations import cuts_of
from configurator.geometry.outlines import Outline, OutlineRefused, Point
from configurator.geometry.places import places_of
from configurator.geometry.refusals import CheckFailed
from configurator.geometry.refusals import SceneRefused as SceneRefused
from configurator.geometry.solids import (
    Measures,
    Solid,
    Vector,
    box,
    lettered,
    measures,
    profile,
    triangle_count,
    turned,
)
from configurator.prints.letters import inked
from configurator.prints.printed import CompiledPrint, printed

MOST_TRIANGLES, MOST_POINTS_TOGETHER = 200_000, 4_000
"""Of all different solids, and of the outlines of all solids."""
MOST_NODES = 20_000
"""How many the 3D models of a scene may have together: they are written anew wherever one stands."""
PLAIN_COLOUR = "#c8c8c8"
_CUBIC_METRE, _SQUARE_METRE = 1e9, 1e6


@dataclass(frozen=True, slots=True)
class Look:
    """How a material looks: a colour as #rrggbb, and how rough and metallic it is, from 0 to 1."""

    colour: str
    roughness: float
    metallic: float


@dataclass(frozen=True, slots=True)
class SceneMaterial:
    """A material with its look; `density` in kilograms per cubic metre. `finish` is the option it
    looks as.
    """

    key: str
    label: Text
    look: Look
    density: float | None
    finish: str | None


@dataclass(frozen=True, slots=True)
class Variant:
    """Another value of an option that changes looks alone, with the looks of the materials that it
    changes, and by the names of parts the variants of 3D models.
    """

    option: str
    value: str
    label: Text
    looks: Mapping[str, Look]
    worn: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the variant is called in files: `finish=oak`."""
        return f"{self.option}={self.value}"


@dataclass(frozen=True, slots=True)
class Part:
    """A solid in its place: `corner` is the lower corner of its bounding box, `centre` that of its
    volume.

    `name` is the key of its shape, with the number of each counter where it repeats (`shelf.2`).
    Volume and surface are in cubic and square metres, None for a 3D model, whose `centre` is that
    of its bounds; `weight` is in kilograms, None where it is not known. A model has what it wears
    in `worn`. `numbers` are counters and values of its own. `lengths` are its length, width and
    thickness, along `axes` ("xyz"). `operations` are what is taken out of it; volume, surface and
    weight are those before them, as its solid is.
    """

    name: str
    shape: str
    label: Text
    solid: Solid
    corner: Vector
    lengths: Vector
    material: str | None
    volume: float | None
    surface: float | None
    centre: Vector
    weight: float | None
    numbers: Mapping[str, Any] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    grain: str | None = None
    sku: str = ""
    axes: str = "xyz"
    operations: tuple[Cut, ...] = ()
    worn: Worn | None = None

    @property
    def upper(self) -> Vector:
        """The upper corner of the bounding box."""
        (x, y, z), (wide, deep, high) = self.corner, self.solid.size
        return x + wide, y + deep, z + high

    @property
    def banding(self) -> float:
        """How many millimetres of its edges are banded."""
        length, width, _ = self.lengths
        return sum(length if edge.startswith("L") else width for edge in self.edges)


@dataclass(frozen=True, slots=True)
class Credit:
    """Whose work a 3D model is, and under which licence it is used."""

    credit: str
    licence: str

    @property
    def told(self) -> str:
        """Both in one line."""
        is_said = self.licence.casefold() in self.credit.casefold()
        return self.credit if is_said else f"{self.credit} ({self.licence})"


@dataclass(frozen=True)
class Scene:
    """The placed parts of one configuration: x points right, y back, z up, in millimetres.

    `credits` are those of its 3D models, each once.
    """

    product: str
    parts: tuple[Part, ...]
    materials: tuple[SceneMaterial, ...]
    variants: tuple[Variant, ...] = ()
    credits: tuple[Credit, ...] = ()

    @cached_property
    def bounds(self) -> tuple[Vector, Vector]:
        """The lower and upper corner of everything."""
        lowest, highest = [part.corner for part in self.parts], [part.upper for part in self.parts]
        return _vector(min(each) for each in zip(*lowest, strict=True)), _vector(
            max(each) for each in zip(*highest, strict=True)
        )

    @cached_property
    def size(self) -> Vector:
        """How wide, deep and high everything is."""
        lower, upper = self.bounds
        return _vector(high - low for low, high in zip(lower, upper, strict=True))

    @cached_property
    def weight(self) -> float | None:
        """The weight in kilograms; None unless it is known of every part."""
        return _sum(part.weight for part in self.parts)

    @property
    def surface(self) -> float | None:
        """The surface of all parts in square metres, hidden faces included; None with a 3D model."""
        return _sum(part.surface for part in self.parts)

    @property
    def volume(self) -> float | None:
        """The volume of all parts in cubic metres; None with a 3D model."""
        return _sum(part.volume for part in self.parts)

    @cached_property
    def centre_of_gravity(self) -> Vector | None:
        """The centre of all weights; None where a weight is not known."""
        if not self.weight:
            return None
        pulled = [[(part.weight or 0.0) * place for place in part.centre] for part in self.parts]
        return _vector(sum(along) / self.weight for along in zip(*pulled, strict=True))

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How many parts each shape has."""
        found: dict[str, int] = {}
        for part in self.parts:
            found[part.shape] = found.get(part.shape, 0) + 1
        return found

    @cached_property
    def hardware(self) -> Mapping[str, int]:
        """How many pieces of each SKU the operations take."""
        found: dict[str, int] = {}
        for cut in (cut for part in self.parts for cut in part.operations if cut.sku):
            found[cut.sku] = found.get(cut.sku, 0) + cut.count
        return found

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that is in the scene: equal digest, equal parts, looks and names."""
        content = orjson.dumps([self.product, self.parts, self.materials, self.variants])
        return hashlib.sha256(content).hexdigest()


@dataclass(slots=True)
class _Kept:
    """What the solids of a shape have in common, once the first is made; they are measured from
    `begin`.
    """

    begin: Vector
    lengths: dict[str, float] = field(default_factory=dict)
    solid: tuple[Solid, Measures, Vector] | None = None
    cuts: tuple[Cut, ...] | None = None
    ink: "_Ink | None" = None


@dataclass(slots=True)
class _Dressed:
    """A 3D model in the scene, the values that its variant reads, and the options among these."""

    name: str
    each: CompiledShape
    own: Values


def resolve(compiled: CompiledShapes, values: Values, locale: str | None = None) -> Scene:
    """Return the scene of `values`; refuses with SceneRefused, naming shape and field, what cannot
    be built.

    Counts are held against their limit before anything is repeated. `locale` is asked for in
    messages alone.
    """
    places = places_of(compiled, values)
    undecided = _undecided(compiled, values, places, locale)
    parts: list[Part] = []
    densities = {key: _density(each, values) for key, each in compiled.materials.items()}
    solids: set[Solid] = set()
    dressed: list[_Dressed] = []
    joined: list[tuple[CompiledShape, Values, int]] = []
    points = triangles = cuts = nodes = 0
    for each in compiled.shapes:
        if each.place not in places:
            continue
        ink = None if each.letters is None else _ink(each.letters, values)
        if each.letters is not None and ink is None:
            continue
        kept = _Kept(places[each.place], ink=ink)
        for own in _counted(each, values, len(parts)):
            if each.when is not None and not each.when(own):
                continue
            points += len(each.outline)
            if points > MOST_POINTS_TOGETHER:
                told = f"with it all outlines have more than {MOST_POINTS_TOGETHER:,} points"
                raise _refused(each.key, "outline", told)
            part = _part(each, own, densities, kept)
            if each.model is not None:
                dressed.append(_Dressed(part.name, each, own))
                nodes += len(each.model.facts.nodes)
                if nodes > MOST_NODES:
                    told = f"with it 3D models have more than {MOST_NODES:,} nodes"
                    raise _refused(each.key, "model", told)
            part = _machined(each, own, part, kept, MOST_CUTS - cuts)
            cuts += sum(cut.count for cut in part.operations)
            if each.fittings:
                joined.append((each, own, len(parts)))
            parts.append(part)
            if part.solid not in solids:
                solids.add(part.solid)
                triangles += triangle_count(part.solid)
                if triangles > MOST_TRIANGLES:
                    told = f"with it the solids come to more than {MOST_TRIANGLES:,} triangles"
                    raise _refused(each.key, "outline", told)
    if undecided is not None:
        raise undecided
    if not parts:
        raise SceneRefused("With these choices the product has no shape at all; choose others.")
    parts = _joined(parts, joined, MOST_CUTS - cuts)
    used = dict.fromkeys(key for part in parts for key in _materials_of(part))
    materials = tuple(_material(compiled.materials[key], values, densities[key]) for key in used)
    return Scene(
        compiled.product,
        tuple(parts),
        materials,
        tuple(_variants(compiled, materials, values, dressed)),
        tuple(dict.fromkeys(_credits(dressed))),
    )


def _joined(
    parts: list[Part], joined: list[tuple[CompiledShape, Values, int]], left: int
) -> list[Part]:
    """Return the parts with the cuts of fittings, at most `left` of them, after their own."""
    if not joined:
        return parts
    boards = boards_of(parts)
    of_shape: dict[str, list[BoardPlace]] = {}
    for board in boards.values():
        of_shape.setdefault(board.shape, []).append(board)
    more: dict[str, list[Cut]] = {}
    pairs_left = MOST_PAIRS
    for each, own, place in joined:
        for fitting in each.fittings:
            first = boards.get(parts[place].name)
            if first is None or not is_there(fitting, own):
                continue  # checks of the draft tell that only boards are joined
            others = [board for key in fitting.to for board in of_shape.get(key, ())]
            others = [board for board in others if board is not first]
            for name, cut in fitted(fitting, own, first, others, left, pairs_left):
                left -= cut.count
                more.setdefault(name, []).append(cut)
            pairs_left -= len(others)
    return [
        replace(part, operations=(*part.operations, *more[part.name]))
        if part.name in more
        else part
        for part in parts
    ]


def _undecided(
    compiled: CompiledShapes, values: Values, places: Collection[str], locale: str | None
) -> SceneRefused | None:
    """Refuse with SceneRefused what a check says no to; return the refusal of one that cannot be
    told yet, since an option that it reads has no value. What is open of sizes is told before it.
    """
    undecided = None
    for checked in compiled.checks:
        if checked.place not in places or not checked.when(values) or checked.then(values):
            continue
        key = checked.check.key
        # What belongs to an instance that there is not is not open.
        open_ = [each for each in checked.reads if each not in values and place_of(each) in places]
        if not open_:
            if checked.check.message:
                raise CheckFailed(checked.check.message.in_locale(locale), check=key)
            told = f"With these choices the shapes do not fit together (check '{key}')."
            raise SceneRefused(told, check=key)
        told = f"Check '{key}' cannot be told while '{open_[0]}' has no value; choose one."
        undecided = undecided or SceneRefused(told, check=key)
    return undecided


def _counted(each: CompiledShape, values: Values, before: int) -> list[Values]:
    """Return the values with counters for every solid of a shape; refuses counts beyond what is
    left of the limit.
    """
    found = [values]
    left = MOST_SOLIDS - before
    for key, worth in each.counts.items():
        spread: list[Values] = []
        for own in found:
            count = _count(each.key, each.own[key], worth(own))
            if len(spread) + count > left:
                raise _refused(
                    each.key,
                    f"repeat/{each.own[key]}",
                    f"with it there are more than {MOST_SOLIDS:,} solids",
                )
            spread += ({**own, key: Decimal(number)} for number in range(1, count + 1))
        found = spread
    if len(found) > left:
        raise _refused(each.key, "", f"with it there are more than {MOST_SOLIDS:,} solids")
    return found


def _count(shape: str, key: str, number: Any) -> int:
    try:
        return count_of(number, 0, MOST_SOLIDS)
    except NumberRefused as refused:
        raise _refused(shape, f"repeat/{key}", refused.sentence) from None


def _part(
    each: CompiledShape, own: Values, densities: Mapping[str, float | None], kept: _Kept
) -> Part:
    """Return a solid in its place; what all solids of the shape have in common is worked out once
    and `kept`.
    """
    shape, known = each.shape, kept.lengths
    lengths = {
        name: known[name] if name in known else _length(each.key, name, worth(own))
        for name, worth in each.lengths.items()
    }
    if each.model is not None:
        return _modelled(each, each.model, own, lengths, kept)
    solid, measured, own_lengths = kept.solid or _measured(each, _solid(each, own, lengths, kept))
    if not known:
        known.update((name, lengths[name]) for name in each.same)
        kept.solid = (solid, measured, own_lengths) if each.is_one_solid else None
    if kept.ink is not None:
        # The shape tells the corner of the area; the solid begins where its ink does.
        axes = zip(ORIENTATIONS[shape.orientation], kept.ink.low, strict=False)
        lengths |= {axis: lengths[axis] + by for axis, by in axes}
    corner = _corner(each, lengths, kept)
    volume = measured.volume / _CUBIC_METRE
    density = densities.get(each.material or "")
    return Part(
        name=_name(each, own),
        shape=each.key,
        label=shape.label,
        solid=solid,
        corner=corner,
        lengths=own_lengths,
        material=each.material if each.material in densities else None,
        volume=volume,
        surface=measured.surface / _SQUARE_METRE,
        centre=(
            corner[0] + measured.centre[0],
            corner[1] + measured.centre[1],
            corner[2] + measured.centre[2],
        ),
        weight=None if density is None else volume * density,
        numbers=_numbers(each, own),
        edges=tuple(edge for edge, worth in each.edges.items() if worth(own)) if each.edges else (),
        grain=shape.grain,
        sku=shape.sku,
        axes=ORIENTATIONS[shape.orientation],
    )


def _name(each: CompiledShape, own: Values) -> str:
    return ".".join([each.name, *(str(own[key]) for key in each.counts)])


def _numbers(each: CompiledShape, own: Values) -> dict[str, Any]:
    numbers = {each.own[key]: plain_worth(own[key]) for key in each.counts}
    numbers.update((each.own[key], plain_worth(worth(own))) for key, worth in each.each.items())
    return numbers


def _corner(each: CompiledShape, lengths: Mapping[str, float], kept: _Kept) -> Vector:
    if not each.place:
        return lengths["x"], lengths["y"], lengths["z"]
    x, y, z = (start + lengths[axis] for start, axis in zip(kept.begin, "xyz", strict=True))
    return round(x, 7), round(y, 7), round(z, 7)


def _modelled(
    each: CompiledShape,
    model: CompiledModel,
    own: Values,
    lengths: Mapping[str, float],
    kept: _Kept,
) -> Part:
    """Return a 3D model in its place."""
    shape = each.shape
    turn = Decimal(0) if model.turn is None else model.turn(own)
    if turn is None or turn % 90:
        told = "there is no such number" if turn is None else f"{as_float(turn):g} is no quarter"
        raise _refused(each.key, "turn", f"{told}; turn it by 0, 90, 180 or 270")
    given = {name: lengths[name] for name in SIZES if name in lengths}
    try:
        solid = imported(model.facts, model.digest, given, shape.orientation, int(turn // 90))
    except NumberRefused as refused:
        raise _refused(each.key, next(iter(given), "model"), refused.sentence) from None
    weight = None if model.weight is None else model.weight(own)
    if weight is not None and weight < 0:
        raise _refused(each.key, "weight", f"{as_float(weight):g} kg is below zero")
    corner = _corner(each, lengths, kept)
    return Part(
        name=_name(each, own),
        shape=each.key,
        label=shape.label,
        solid=solid,
        corner=corner,
        lengths=_vector(solid.size["xyz".index(axis)] for axis in solid.axes),
        material=None,
        volume=None,
        surface=None,
        centre=_vector(low + side / 2 for low, side in zip(corner, solid.size, strict=True)),
        weight=None if weight is None else as_float(weight),
        numbers=_numbers(each, own),
        sku=shape.sku,
        axes=solid.axes,
        worn=Worn(
            _variant_worn(each, model, own),
            model.slots,
            not model.slots.keys().isdisjoint(model.facts.varied),
        ),
    )


def _variant_worn(each: CompiledShape, model: CompiledModel, own: Values) -> str | None:
    """Return which look of its file a model wears; refuses with SceneRefused one that it has not."""
    if model.variant is None:
        return None
    asked, known = model.variant(own), model.facts.variants
    if asked is None:
        raise _refused(each.key, "variant", "there is none with these choices")
    found = variant_called(known, str(asked))
    if found is None:
        has = f"it has {', '.join(known)}" if known else "it has none"
        raise _refused(each.key, "variant", f"its file has no look '{asked}'; {has}")
    return found


def unworn(compiled: CompiledShapes, values: Values) -> Iterator[tuple[str, str, str, str]]:
    """Return the values of choices that a 3D model has no look for, the rest being `values`: the
    shape, the option, the value, and why. Counters of the shape count as one.
    """
    for each in compiled.shapes:
        if each.model is None or each.place:
            continue
        own = {**values, **dict.fromkeys(each.counts, Decimal(1))}
        options = (compiled.options[key] for key in compiled.options if key in each.model.reads)
        for option in options:
            for value in option.values if kind_of(option).is_listed else ():
                try:
                    _variant_worn(each, each.model, {**own, option.key: value.key})
                except SceneRefused as refused:
                    yield each.key, option.key, value.key, refused.sentence.partition(": ")[2]


def _materials_of(part: Part) -> Iterator[str]:
    """Return the materials of the product that a part shows."""
    if part.material is not None:
        yield part.material
    if part.worn is not None:
        yield from part.worn.slots.values()


def _machined(each: CompiledShape, own: Values, part: Part, kept: _Kept, left: int) -> Part:
    """Return a part with its cuts, at most `left` of them."""
    if not each.operations.each:
        return part
    is_known = kept.cuts is not None and sum(cut.count for cut in kept.cuts) <= left
    try:
        cuts = kept.cuts if is_known else cuts_of(each.operations, own, part.lengths, left)
    except CutRefused as refused:
        place = f"operations/{refused.data['operation']}/{refused.data['field']}"
        raise _refused(each.key, place, refused.sentence) from None
    assert cuts is not None
    kept.cuts = cuts if each.is_one_solid and each.operations.are_same else None
    return replace(part, operations=cuts)


def _measured(each: CompiledShape, solid: Solid) -> tuple[Solid, Measures, Vector]:
    """Return a solid with what it measures, and its length, width and thickness."""
    lengths = _vector(
        solid.size["xyz".index(axis)] for axis in ORIENTATIONS[each.shape.orientation]
    )
    return solid, measures(solid), lengths


@dataclass(frozen=True, slots=True)
class _Ink:
    """The rings of letters, moved to where their box begins at 0, 0, which is `low` in their area."""

    low: tuple[float, float]
    rings: tuple[Outline, ...]


def _ink(print: CompiledPrint, values: Values) -> _Ink | None:
    """Return what is written; None where nothing is, or it cannot be, which is told elsewhere, or
    the letters are too small for any ink.
    """
    found = printed((print,), values)
    letters = found[0].lettering if found else None
    rings = () if letters is None else inked(letters)
    if not rings:
        return None
    left, bottom = (min(point[axis] for ring in rings for point in ring) for axis in (0, 1))
    return _Ink(
        (left, bottom), tuple(tuple((x - left, y - bottom) for x, y in ring) for ring in rings)
    )


def _solid(each: CompiledShape, own: Values, lengths: Mapping[str, float], kept: _Kept) -> Solid:
    shape = each.shape
    for name in SIZES:
        if name in lengths:
            try:
                size_of(lengths[name])
            except NumberRefused as refused:
                raise _refused(each.key, name, refused.sentence) from None
    needed = {"box": SIZES, "profile": ("length",), "letters": ("thickness",)}.get(shape.form, ())
    for name in needed:
        if name not in lengths:
            raise _refused(each.key, name, f"a {shape.form} needs one")
    if shape.form == "box":
        return box(lengths["length"], lengths["width"], lengths["thickness"], shape.orientation)
    if kept.ink is not None:
        return lettered(kept.ink.rings, lengths["thickness"], shape.orientation)
    outline: list[Point] = []
    for number, (across, up) in enumerate(each.outline, 1):
        places = (f"outline/{number}/across", across), (f"outline/{number}/up", up)
        point = [_length(each.key, place, worth(own)) for place, worth in places]
        outline.append((point[0], point[1]))
    try:
        if shape.form == "profile":
            return profile(outline, lengths["length"], shape.orientation)
        return turned(outline, shape.orientation)
    except OutlineRefused as refused:
        raise _refused(each.key, "outline", refused.sentence) from None


def _length(shape: str, name: str, number: Any) -> float:
    try:
        return length_of(number)
    except NumberRefused as refused:
        raise _refused(shape, name, refused.sentence) from None


def _refused(shape: str, name: str, told: str) -> SceneRefused:
    match name.split("/"):
        case [""]:
            place = ""
        case ["operations", key, of]:
            place = f", operation '{key}', {of}"
        case words:
            place = f", {' '.join(words)}"
    return SceneRefused(f"Shape '{shape}'{place}: {told}.", shape=shape, field=name)


def _density(each: CompiledMaterial, values: Values) -> float | None:
    number = None if each.density is None else each.density(values)
    return None if number is None or number < 0 else as_float(number)


def _material(each: CompiledMaterial, values: Values, density: float | None) -> SceneMaterial:
    finish = _finish(each, values)
    return SceneMaterial(
        each.key,
        each.material.label,
        _look(each, values),
        density,
        None if finish is None else finish.key,
    )


def _finish(each: CompiledMaterial, values: Values) -> Option | None:
    """Return the option that a material takes its look from: the first that has a value."""
    return next((option for option in each.finishes if option.key in values), None)


def _look(each: CompiledMaterial, values: Values) -> Look:
    return Look(
        _colour(each, values), share_of(each.roughness(values)), share_of(each.metallic(values))
    )


def _colour(each: CompiledMaterial, values: Values) -> str:
    option = _finish(each, values)
    chosen = None if option is None else values[option.key]
    if option is not None and isinstance(chosen, str):
        if option.kind is Kind.COLOUR:
            return chosen.lower()
        value = option.value_by_key.get(chosen)
        if value is not None and value.swatch:
            return value.swatch
    return each.material.colour


def _variants(
    compiled: CompiledShapes,
    materials: tuple[SceneMaterial, ...],
    values: Values,
    dressed: Sequence[_Dressed],
) -> Iterator[Variant]:
    """Return the other looks that need no other shapes: values of choices that no size and no place
    depends on.

    Where a finish before it has a value, such as a colour of one's own, a variant is without that.
    A value that a 3D model has no look for is left out.
    """
    used = [compiled.materials[material.key] for material in materials]
    options = {option.key: option for each in used for option in each.finishes}
    options |= {key: compiled.options[key] for each in dressed for key in _worn_by(each, compiled)}
    for option in options.values():
        if (
            option.key in compiled.reads
            or not kind_of(option).is_listed
            or option.key not in values
        ):
            continue
        own = [each for each in used if option in each.finishes]
        wearing = [each for each in dressed if option.key in _worn_by(each, compiled)]
        for value in option.values:
            looks = {}
            for each in own:
                before = {finish.key for finish in each.finishes[: each.finishes.index(option)]}
                others = {key: choice for key, choice in values.items() if key not in before}
                looks[each.key] = _look(each, {**others, option.key: value.key})
            worn = _other_looks(wearing, option.key, value.key)
            if worn is not None:
                yield Variant(option.key, value.key, value.label, looks, worn)


def _credits(dressed: Sequence[_Dressed]) -> Iterator[Credit]:
    for part in dressed:
        if (model := part.each.model) is not None and model.facts.credit:
            yield Credit(model.facts.credit, model.facts.licence)


def _worn_by(dressed: _Dressed, compiled: CompiledShapes) -> Iterator[str]:
    """Return the options that a 3D model takes its look from."""
    found = dressed.each.model.reads if dressed.each.model is not None else frozenset()
    return (key for key in compiled.options if key in found)


def _other_looks(wearing: Sequence[_Dressed], option: str, value: str) -> dict[str, str] | None:
    """Return what 3D models wear with another value of an option; None where one has no such look."""
    worn: dict[str, str] = {}
    for part in wearing:
        model = part.each.model
        if model is None:
            continue
        try:
            found = _variant_worn(part.each, model, {**part.own, option: value})
        except SceneRefused:
            return None
        if found is not None:
            worn[part.name] = found
    return worn


def _sum(numbers: Iterable[float | None]) -> float | None:
    """Return the sum of numbers; None where one of them is not known."""
    known = list(numbers)
    return None if None in known else sum(each for each in known if each is not None)


def _vector(numbers: Any) -> Vector:
    x, y, z = numbers
    return x, y, z
