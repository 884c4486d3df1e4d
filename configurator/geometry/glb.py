"""A scene as a binary glTF file: what browsers, phones and 3D programs open.

Equal solids of one material share a mesh, nodes place it. Values of an option that change colours
alone are variants of the file. Lengths become metres, y points up. Source: Khronos, "glTF 2.0
Specification", 2021, and KHR_materials_variants.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from catalog.glb_files import MEDIA_TYPE as MEDIA_TYPE
from catalog.glb_files import VARIANTS, written
from catalog.memory import MEGABYTE, Remembered
from configurator.geometry.colours import linear
from configurator.geometry.foreign import Merging, alone, models_of, place_of_node
from configurator.geometry.machining import surface
from configurator.geometry.scene import PLAIN_COLOUR, Look, Part, Scene
from configurator.geometry.solids import Floats, Imported, Mesh, Solid, box, mesh

# Part of what tells files apart, so that another way of writing them is another file.
WRITER = "1"
_VERTICES, _CORNERS = 34962, 34963
_FLOAT, _SHORT, _INT = 5126, 5123, 5125
_METRE = 1000.0
# Up to so many vertices their numbers take two bytes.
MOST_SHORT = 65_535
_UPRIGHT, _TO_THE_FRONT = [0, 2, 1], np.array([1.0, 1.0, -1.0])


def fingerprint(scene: Scene) -> str:
    """Return what tells the GLB of `scene` from others, without writing it: equal fingerprint,
    equal bytes.
    """
    return hashlib.sha256(f"{WRITER} {scene.digest}".encode()).hexdigest()


def glb(scene: Scene) -> bytes:
    """Return `scene` as a GLB; equal scenes give equal bytes.

    Each part is a node with its name, and with its shape, SKU, size and material as extras. 3D
    models are taken from their files as they are; refuses with NotFound a file that is not here.
    """
    return _Writing(scene, models_of(scene)).written()


@dataclass(frozen=True, slots=True)
class _Sides:
    """The normals and corners of a mesh as bytes."""

    normals: bytes
    corners: bytes


@dataclass(frozen=True, slots=True)
class _Packed:
    """The mesh of a solid as bytes, how many vertices it has, and its bounds as the file keeps
    them.
    """

    positions: bytes
    sides: _Sides
    vertices: int
    bounds: Mapping[str, Sequence[float]]


_packs: Remembered[Solid, _Packed] = Remembered(
    5 * MEGABYTE,
    lambda _, made: len(made.positions) + len(made.sides.normals) + len(made.sides.corners),
)


def _packed(solid: Solid) -> _Packed:
    made = surface(solid)
    positions = (_upright(made.positions) / _METRE).astype(np.float32)
    bounds = {"min": positions.min(axis=0).tolist(), "max": positions.max(axis=0).tolist()}
    is_plain = solid.form == "box" and not solid.cuts
    sides = _sides_of_boxes() if is_plain else _sides(made)
    return _Packed(positions.tobytes(), sides, len(positions), bounds)


@cache
def _sides_of_boxes() -> _Sides:
    """Return what all boxes have in common."""
    return _sides(mesh(box(1, 1, 1)))


def _sides(made: Mesh) -> _Sides:
    corners = made.corners.astype(np.uint16 if len(made.positions) < MOST_SHORT else np.uint32)
    return _Sides(_upright(made.normals).astype(np.float32).tobytes(), corners.tobytes())


class _Writing:
    def __init__(self, scene: Scene, contents: Mapping[str, bytes]) -> None:
        self.scene, self.contents = scene, contents
        self.binary = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []
        self.materials: list[dict[str, Any]] = []
        self.meshes: list[dict[str, Any]] = []
        self._material: dict[tuple[str, Look], int] = {}
        self._accessor: dict[tuple[bytes, int, bool], int] = {}
        self._place: dict[tuple[int, str | None], int] = {}
        self._size: dict[int, list[float]] = {}
        self._mesh: dict[tuple[Solid, str | None], int] = {}
        self.looks: Mapping[str, Look] = {each.key: each.look for each in scene.materials}
        self.foreign: dict[str, list[dict[str, Any]]] = {
            "accessors": self.accessors,
            "bufferViews": self.views,
            "materials": self.materials,
            "meshes": self.meshes,
            **{name: [] for name in ("images", "samplers", "textures")},
        }
        self.merging = Merging(scene, self.foreign, self.binary, contents)

    def written(self) -> bytes:
        scene = self.scene
        if len(scene.parts) == 1 and isinstance(solid := scene.parts[0].solid, Imported):
            return alone(scene, self.contents[solid.digest], self.told(scene.parts[0]))
        nodes = [self.node(part) for part in scene.parts]
        root = {"name": scene.product, "children": list(range(1, len(nodes) + 1))}
        nodes += self.inner_nodes(nodes)
        document: dict[str, Any] = {
            "asset": {"version": "2.0", "generator": "open-configurator"},
            "scene": 0,
            "scenes": [{"name": scene.product, "nodes": [0]}],
            "nodes": [root, *nodes],
            "meshes": self.meshes,
            "materials": self.materials,
            "accessors": self.accessors,
            "bufferViews": self.views,
            "buffers": [{"byteLength": len(self.binary)}],
        }
        document |= {
            name: self.foreign[name]
            for name in ("images", "samplers", "textures")
            if self.foreign[name]
        }
        if scene.credits:
            document["asset"]["copyright"] = "; ".join(each.told for each in scene.credits)
        used, variants = set(self.merging.used), self.merging.variants
        if variants:
            used.add(VARIANTS)
            document["extensions"] = {VARIANTS: {"variants": [{"name": each} for each in variants]}}
        if used:
            document["extensionsUsed"] = sorted(used)
        if self.merging.required:
            document["extensionsRequired"] = sorted(self.merging.required)
        return written(document, bytes(self.binary))

    def inner_nodes(self, nodes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the nodes of 3D models, which stand behind all parts; each becomes a child of its
        part.
        """
        found: list[dict[str, Any]] = []
        for part, node in zip(self.scene.parts, nodes, strict=True):
            if part.worn is not None:
                inner, node["children"] = self.merging.nodes(part, 1 + len(nodes) + len(found))
                found += inner
        return found

    def node(self, part: Part) -> dict[str, Any]:
        told = self.told(part)
        if part.worn is not None:
            # Its meshes come now, in the order of the parts.
            self.merging.meshes(part)
            return told
        return {**told, "mesh": self.mesh(part)}

    def told(self, part: Part) -> dict[str, Any]:
        """Return the node of a part without what is to be seen there."""
        x, y, z = part.corner
        extras: dict[str, Any] = {
            "shape": part.shape,
            "label": part.label.default,
            "size_mm": self.size(part.solid),
        }
        if part.material is not None:
            extras["material"] = part.material
        if part.sku:
            extras["sku"] = part.sku
        place = {"translation": [_metres(x), _metres(z), _metres(-y)]}
        if part.worn is not None:
            place = place_of_node(part)
        return {"name": part.name, **place, "extras": extras}

    def size(self, solid: Solid) -> list[float]:
        """Return how large a solid is; most equal ones are the same object."""
        known = id(solid)
        if known not in self._size:
            self._size[known] = [_short(each) for each in solid.size]
        return self._size[known]

    def mesh(self, part: Part) -> int:
        # Most equal solids are the same object, which need not be compared.
        place = id(part.solid), part.material
        if place not in self._place:
            self._place[place] = self._mesh_of(part)
        return self._place[place]

    def _mesh_of(self, part: Part) -> int:
        key = part.solid, part.material
        if key not in self._mesh:
            positions, normals, corners = self.solid(part.solid)
            primitive: dict[str, Any] = {
                "attributes": {"POSITION": positions, "NORMAL": normals},
                "indices": corners,
                "material": self.material(part.material, self.looks.get(part.material or "")),
            }
            mappings = self.mappings(part.material)
            if mappings:
                primitive["extensions"] = {VARIANTS: {"mappings": mappings}}
            self._mesh[key] = len(self.meshes)
            self.meshes.append({"name": part.shape, "primitives": [primitive]})
        return self._mesh[key]

    def mappings(self, material: str | None) -> list[dict[str, Any]]:
        """Return which material a primitive has in which of the variants."""
        found: dict[int, list[int]] = {}
        for place, variant in enumerate(self.scene.variants):
            if material is not None and material in variant.looks:
                found.setdefault(self.material(material, variant.looks[material]), []).append(place)
        return [{"material": each, "variants": places} for each, places in found.items()]

    def material(self, key: str | None, look: Look | None) -> int:
        look = look or Look(PLAIN_COLOUR, 0.7, 0.0)
        known = key or "", look
        if known not in self._material:
            self._material[known] = len(self.materials)
            self.materials.append(
                {
                    "name": key or "plain",
                    "pbrMetallicRoughness": {
                        "baseColorFactor": [*linear(look.colour), 1],
                        "metallicFactor": look.metallic,
                        "roughnessFactor": look.roughness,
                    },
                }
            )
        return self._material[known]

    def solid(self, solid: Solid) -> tuple[int, int, int]:
        """Return the accessors of positions, normals and corners."""
        made = _packs.get_or_make(solid, lambda: _packed(solid))
        corners = made.sides.corners
        kind, width = (_SHORT, 2) if made.vertices < MOST_SHORT else (_INT, 4)
        return (
            self.accessor(made.positions, _VERTICES, _FLOAT, made.vertices, "VEC3", made.bounds),
            self.accessor(made.sides.normals, _VERTICES, _FLOAT, made.vertices, "VEC3"),
            self.accessor(corners, _CORNERS, kind, len(corners) // width, "SCALAR"),
        )

    def accessor(
        self,
        content: bytes,
        target: int,
        kind: int,
        count: int,
        shape: str,
        bounds: Mapping[str, Sequence[float]] = {},
    ) -> int:
        known = content, kind, bool(bounds)
        if known in self._accessor:
            # Boxes have their normals and corners in common.
            return self._accessor[known]
        self.binary += bytes(-len(self.binary) % 4)
        view = {
            "buffer": 0,
            "byteOffset": len(self.binary),
            "byteLength": len(content),
            "target": target,
        }
        self.views.append(view)
        self.binary += content
        self.accessors.append(
            {
                "bufferView": len(self.views) - 1,
                "componentType": kind,
                "count": count,
                "type": shape,
                **bounds,
            }
        )
        self._accessor[known] = len(self.accessors) - 1
        return len(self.accessors) - 1


def _upright(vectors: Floats) -> Floats:
    """Return vectors with y up and z to the front, as glTF has them."""
    turned: Floats = vectors[:, _UPRIGHT] * _TO_THE_FRONT
    return turned


def _metres(number: float) -> float:
    return _short(number / _METRE)


def _short(number: float) -> float:
    """Return a number without the tail that adding and dividing leave."""
    number = round(number, 9) + 0.0
    return int(number) if number == int(number) else number
