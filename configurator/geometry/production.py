"""The scene of what leaves the workshop: each board with its cuts, its volume and weight exact."""

from dataclasses import replace

from configurator.geometry.cuts import overlaps
from configurator.geometry.machining import cut_solid, machined_measures
from configurator.geometry.refusals import SceneRefused
from configurator.geometry.scene import Part, Scene

MOST_OVERLAPS = 4_000
"""How many pairs of cuts may overlap in all different boards."""
_CUBIC_METRE, _SQUARE_METRE = 1e9, 1e6


def production(scene: Scene) -> Scene:
    """Return `scene` with what operations take out of its parts taken out.

    Refuses with SceneRefused, naming the shape, a part of which nothing is left.
    """
    refuse_entangled(scene)
    densities = {material.key: material.density for material in scene.materials}
    parts = [_machined(part, densities.get(part.material or "")) for part in scene.parts]
    return replace(scene, parts=tuple(parts))


def refuse_entangled(scene: Scene) -> None:
    """Refuse with SceneRefused, naming the shape, boards whose cuts overlap too often to be made."""
    boards = {
        cut_solid(part.solid, part.axes, part.operations): part
        for part in scene.parts
        if part.operations
    }
    pairs = 0
    for part in boards.values():
        pairs += overlaps(part.operations, part.lengths)
        if pairs > MOST_OVERLAPS:
            told = (
                f"Shape '{part.shape}', operations: with it cuts overlap more than "
                f"{MOST_OVERLAPS:,} times; make one larger cut of several."
            )
            raise SceneRefused(told, shape=part.shape, field="operations")


def _machined(part: Part, density: float | None) -> Part:
    if not part.operations:
        return part
    solid = cut_solid(part.solid, part.axes, part.operations)
    try:
        measured = machined_measures(solid)
    except SceneRefused as refused:
        told = f"Shape '{part.shape}', operations: {refused.sentence}"
        raise SceneRefused(told, shape=part.shape, field="operations") from None
    volume = measured.volume / _CUBIC_METRE
    (x, y, z), (right, back, up) = part.corner, measured.centre
    return replace(
        part,
        solid=solid,
        volume=volume,
        surface=measured.surface / _SQUARE_METRE,
        centre=(x + right, y + back, z + up),
        weight=None if density is None else volume * density,
    )
