"""A scene as a binary glTF file: what browsers, phones and 3D programs open.

Equal solids of one material share a mesh, nodes place it. Values of an option that change colours
alone are variants of the file. Lengths become metres, y points up. Source: Khronos, "glTF 2.0
Specification", 2021, and KHR_materials_variants.
"""

import hashlib
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import orjson

from catalog.memory import MEGABYTE, Remembered
from configurator.geometry.machining import surface
from configurator.geometry.scene import PLAIN_COLOUR, Look, Part, Scene
from configurator.geometry.solids import Floats, Mesh, Solid, box, mesh

MEDIA_TYPE = "model/gltf-binary"
VARIANTS = "KHR_materials_variants"
# Part of what tells files apart, so that another way of writing them is another file.
WRITER = "1"
_GLTF, _JSON, _BINARY = 0x46546C67, 0x4E4F534A, 0x004E4942
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

    Each part is a node with its name, and with its shape, SKU, size and material as extras.
    """
    return _Writing(scene).written()


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
    def __init__(self, scene: Scene) -> None:
        self.scene = scene
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

    def written(self) -> bytes:
        scene = self.scene
        nodes = [self.node(part) for part in scene.parts]
        root = {"name": scene.product, "children": list(range(1, len(nodes) + 1))}
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
        if scene.variants:
            document["extensionsUsed"] = [VARIANTS]
            document["extensions"] = {
                VARIANTS: {"variants": [{"name": each.name} for each in scene.variants]}
            }
        return _chunks(orjson.dumps(document), bytes(self.binary))

    def node(self, part: Part) -> dict[str, Any]:
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
        return {
            "name": part.name,
            "mesh": self.mesh(part),
            "translation": [_metres(x), _metres(z), _metres(-y)],
            "extras": extras,
        }

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
                        "baseColorFactor": [*_linear(look.colour), 1],
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


def _chunks(document: bytes, binary: bytes) -> bytes:
    document += b" " * (-len(document) % 4)
    binary += bytes(-len(binary) % 4)
    length = 12 + 8 + len(document) + 8 + len(binary)
    return b"".join(
        [
            struct.pack("<III", _GLTF, 2, length),
            struct.pack("<II", len(document), _JSON),
            document,
            struct.pack("<II", len(binary), _BINARY),
            binary,
        ]
    )


def _upright(vectors: Floats) -> Floats:
    """Return vectors with y up and z to the front, as glTF has them."""
    turned: Floats = vectors[:, _UPRIGHT] * _TO_THE_FRONT
    return turned


def _linear(colour: str) -> list[float]:
    """Return the linear light of an sRGB colour. Source: IEC 61966-2-1."""
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [
        round(each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4, 6)
        for each in shares
    ]


def _metres(number: float) -> float:
    return _short(number / _METRE)


def _short(number: float) -> float:
    """Return a number without the tail that adding and dividing leave."""
    number = round(number, 9) + 0.0
    return int(number) if number == int(number) else number
