"""What the surfaces of a GLB look as: its materials, its textures and what its points tell of them,
held against glTF before anything is drawn of it.

Source: Khronos, "glTF 2.0 Specification", 2021, sections 3.7 and 3.9, and KHR_texture_transform.
"""

from collections.abc import Iterator
from math import isfinite
from typing import Any

import numpy as np

from catalog.glb_files import WEBP, Document, GlbFile, GlbRefused, entries
from catalog.glb_meshes import TRIANGLES, floats

_NAMED = ("images", "materials", "meshes", "nodes", "textures", "variants")
_TRANSFORM = "KHR_texture_transform"
_TYPES = {"NORMAL": ("VEC3",), "TEXCOORD": ("VEC2",), "COLOR": ("VEC3", "VEC4")}
_INDICES = (5121, 5123, 5125)
_MOST_MODE = 6
_MOST_MOVED = 1_000_000
"""By how much a texture may be moved or repeated."""


def refuse_broken_surfaces(file: GlbFile) -> None:
    """Refuse with GlbRefused names that are no text, materials and textures that cannot be read, and
    directions, places in textures, colours and corners of points that are none.
    """
    for kind in _NAMED:
        for each in entries(file.document, kind):
            if not isinstance(each.get("name", ""), str):
                raise _broken(f"one of its {kind} has a name that is no text")
    for texture in entries(file.document, "textures"):
        if "source" not in texture and "source" not in texture.get("extensions", {}).get(WEBP, {}):
            raise _broken("a texture of it has no picture")
    for place, material in enumerate(entries(file.document, "materials")):
        told = f"material '{material.get('name') or place}"
        for problem in _of_material(material):
            raise _broken(f"{problem} of its {told[:80]}' cannot be read")


def refuse_broken_points(file: GlbFile, primitive: Document) -> None:
    """Refuse as `refuse_broken_surfaces` does what the points of one primitive tell."""
    accessors = entries(file.document, "accessors")
    mode = primitive.get("mode", TRIANGLES)
    if type(mode) is not int or not 0 <= mode <= _MOST_MODE:
        raise _broken("it draws neither points nor lines nor triangles")
    if "indices" in primitive:
        told = accessors[primitive["indices"]]
        if told["type"] != "SCALAR" or told["componentType"] not in _INDICES:
            raise _broken("corners of it are no whole numbers")
    for name, accessor in primitive["attributes"].items():
        types = _TYPES.get(name.partition("_")[0])
        if types is None:
            continue
        if accessors[accessor]["type"] not in types:
            raise _broken(f"its {name[:30]} has another type")
        if not np.isfinite(floats(file, accessor)).all():
            raise _broken(f"its {name[:30]} holds what is no number")


def _of_material(material: Document) -> Iterator[str]:
    """Return what is wrong with a material."""
    surface = material.get("pbrMetallicRoughness", {})
    if not isinstance(surface, dict):
        yield "the surface"
        return
    colour = surface.get("baseColorFactor", [1, 1, 1, 1])
    if not _are_numbers(colour, 4, 0, 1):
        yield "the colour"
    for name in ("metallicFactor", "roughnessFactor"):
        if not _is_number(surface.get(name, 1), 0, 1):
            yield f"the {name}"
    for holder in (material, surface):
        for name, told in holder.items():
            if name.endswith("Texture") and not _is_texture(told):
                yield f"the {name[:30]}"


def _is_texture(told: Any) -> bool:
    if not isinstance(told, dict) or "index" not in told:
        return False
    moved = told.get("extensions", {}).get(_TRANSFORM, {})
    sets = [each.get("texCoord", 0) for each in (told, moved)]
    return (
        all(type(each) is int and each >= 0 for each in sets)
        and _is_number(moved.get("rotation", 0), -_MOST_MOVED, _MOST_MOVED)
        and all(
            _are_numbers(moved.get(name, [1, 1]), 2, -_MOST_MOVED, _MOST_MOVED)
            for name in ("offset", "scale")
        )
    )


def _are_numbers(told: Any, count: int, least: float, most: float) -> bool:
    return (
        isinstance(told, list)
        and len(told) == count
        and all(_is_number(each, least, most) for each in told)
    )


def _is_number(told: Any, least: float, most: float) -> bool:
    return type(told) in (int, float) and isfinite(told) and least <= told <= most


def _broken(told: str) -> GlbRefused:
    return GlbRefused(f"The model is not valid glTF: {told}. Save it again with another program.")
