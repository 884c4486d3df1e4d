"""A scene as plain JSON values; lengths in millimetres, weights in kilograms, areas and volumes in
square and cubic metres.
"""

from collections.abc import Sequence
from typing import Any

from configurator.geometry.cuts import Cut
from configurator.geometry.scene import Part, Scene, SceneMaterial

# What is told of a number: thousandths of a millimetre, milligrams, square and cubic millimetres.
LENGTH_PLACES, WEIGHT_PLACES, SURFACE_PLACES, VOLUME_PLACES = 3, 6, 6, 9


def scene_json(scene: Scene, locale: str | None = None) -> dict[str, Any]:
    """Return `scene` with its texts in `locale`."""
    lower, upper = scene.bounds
    centre = scene.centre_of_gravity
    return {
        "lower": _lengths(lower),
        "upper": _lengths(upper),
        "size": _lengths(scene.size),
        "weight": _known(scene.weight, WEIGHT_PLACES),
        "centre_of_gravity": None if centre is None else _lengths(centre),
        "surface": _known(scene.surface, SURFACE_PLACES),
        "volume": _known(scene.volume, VOLUME_PLACES),
        "counts": dict(scene.counts),
        "hardware": dict(scene.hardware),
        "parts": [_part(part, locale) for part in scene.parts],
        "materials": [_material(material, locale) for material in scene.materials],
        "variants": [
            {
                "name": variant.name,
                "option": variant.option,
                "value": variant.value,
                "label": variant.label.in_locale(locale),
                "colours": {key: look.colour for key, look in variant.looks.items()},
                "models": dict(variant.worn),
            }
            for variant in scene.variants
        ],
        "credits": [{"credit": each.credit, "licence": each.licence} for each in scene.credits],
    }


def _part(part: Part, locale: str | None) -> dict[str, Any]:
    length, width, thickness = _lengths(part.lengths)
    return {
        "name": part.name,
        "shape": part.shape,
        "label": part.label.in_locale(locale),
        "form": part.solid.form,
        "sku": part.sku,
        "material": part.material,
        "lower": _lengths(part.corner),
        "upper": _lengths(part.upper),
        "length": length,
        "width": width,
        "thickness": thickness,
        "weight": _known(part.weight, WEIGHT_PLACES),
        "surface": _known(part.surface, SURFACE_PLACES),
        "volume": _known(part.volume, VOLUME_PLACES),
        "edges": list(part.edges),
        "banding": _number(part.banding, LENGTH_PLACES),
        "grain": part.grain,
        "operations": [_operation(cut) for cut in part.operations],
        "variant": None if part.worn is None else part.worn.variant,
    }


def _operation(cut: Cut) -> dict[str, Any]:
    lengths = ("x", "y", "diameter", "length", "width", "depth", "px", "py")
    told = {name: getattr(cut, name) for name in lengths}
    return {
        **{name: getattr(cut, name) for name in ("key", "kind", "face", "sku", "nx", "ny")},
        **{
            name: None if length is None else _number(length, LENGTH_PLACES)
            for name, length in told.items()
        },
    }


def _material(material: SceneMaterial, locale: str | None) -> dict[str, Any]:
    return {
        "key": material.key,
        "label": material.label.in_locale(locale),
        "colour": material.look.colour,
        "roughness": material.look.roughness,
        "metallic": material.look.metallic,
        "density": material.density,
        "finish": material.finish,
    }


def _lengths(vector: Sequence[float]) -> list[int | float]:
    return [_number(each, LENGTH_PLACES) for each in vector]


def _known(number: float | None, places: int) -> int | float | None:
    return None if number is None else _number(number, places)


def _number(number: float, places: int) -> int | float:
    rounded = round(number, places) + 0.0
    return int(rounded) if rounded == int(rounded) else rounded
