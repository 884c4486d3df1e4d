"""The lounge chair as a file that a maker of chairs would send: binary glTF with three covers, and
the picture of how it starts.

Lengths are metres, y points up and z to the front, as glTF has them.
"""

import hashlib
from dataclasses import replace
from io import BytesIO
from math import cos, radians, sin
from typing import Any

import numpy as np
from PIL import Image

from catalog.glb_contents import held
from catalog.glb_files import VARIANTS, written
from configurator.compiled_product import compile_product
from configurator.engine.face.choices import default_completion
from configurator.geometry.colours import linear
from configurator.geometry.compiling import compile_shapes
from configurator.geometry.picture_files import Wish, picture_file
from configurator.geometry.scene import resolve
from configurator_site.demo.drawing.scene import FOLDER
from pricing.product_file import read_product_file

NAME = "lounge/lounge.glb"
CREDIT = "Chair by Larch & Lane, CC0 1.0"
COVERS = {"Sand": "#cdbb9b", "Moss": "#6d7a55", "Midnight": "#3d4660"}
WOOD = "#b58a5a"
WEAVE = 64
"""How many pixels a piece of the weave has along each side, and below how large it is."""
WEAVE_METRES = 0.05

type Points = np.ndarray[Any, np.dtype[np.float32]]


class _File:
    """A description that grows with what is put in, and its binary part."""

    def __init__(self) -> None:
        self.binary = bytearray()
        self.views: list[dict[str, Any]] = []
        self.accessors: list[dict[str, Any]] = []

    def view(self, content: bytes, target: int | None = None) -> int:
        self.binary += bytes(-len(self.binary) % 4)
        told = {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(content)}
        self.views.append(told if target is None else {**told, "target": target})
        self.binary += content
        return len(self.views) - 1

    def points(self, rows: Points, kind: str, has_bounds: bool = False) -> int:
        told: dict[str, Any] = {
            "bufferView": self.view(rows.astype("<f4").tobytes(), 34962),
            "componentType": 5126,
            "count": len(rows),
            "type": kind,
        }
        if has_bounds:
            told["min"], told["max"] = (each.tolist() for each in (rows.min(0), rows.max(0)))
        self.accessors.append(told)
        return len(self.accessors) - 1

    def mesh(
        self, name: str, made: tuple[Points, Points, Points, Any], material: int, covers: bool
    ) -> dict[str, Any]:
        """Return a mesh; one of a cover has a texture and another material in each variant."""
        positions, normals, at, corners = made
        attributes = {
            "POSITION": self.points(positions, "VEC3", has_bounds=True),
            "NORMAL": self.points(normals, "VEC3"),
        }
        if covers:
            attributes["TEXCOORD_0"] = self.points(at, "VEC2")
        self.accessors.append(
            {
                "bufferView": self.view(corners.astype("<u2").tobytes(), 34963),
                "componentType": 5123,
                "count": corners.size,
                "type": "SCALAR",
            }
        )
        primitive: dict[str, Any] = {
            "attributes": attributes,
            "indices": len(self.accessors) - 1,
            "material": material,
        }
        if covers:
            mappings = [{"material": each, "variants": [each]} for each in range(len(COVERS))]
            primitive["extensions"] = {VARIANTS: {"mappings": mappings}}
        return {"name": name, "primitives": [primitive]}


def rounded(
    size: tuple[float, float, float], radius: float, steps: int = 2
) -> tuple[Points, Points, Points, Any]:
    """Return a box round its middle with round edges: positions, normals, places on the weave, and
    triangles.
    """
    half = np.array(size) / 2
    inner = half - radius
    positions: list[Any] = []
    normals: list[Any] = []
    at: list[tuple[float, float]] = []
    corners: list[list[int]] = []
    bends = [1 - np.tan(radians(45 * (1 - step / steps))) for step in range(steps + 1)]
    for axis in range(3):
        one, other = (axis + 1) % 3, (axis + 2) % 3
        lines = [
            [-half[each] + radius * bend for bend in bends]
            + [half[each] - radius * bend for bend in reversed(bends)]
            for each in (one, other)
        ]
        count = len(lines[0])
        for side in (-1.0, 1.0):
            first = len(positions)
            for a in lines[0]:
                for b in lines[1]:
                    point = np.zeros(3)
                    point[axis], point[one], point[other] = side * half[axis], a, b
                    core = np.clip(point, -inner, inner)
                    away = (point - core) / np.linalg.norm(point - core)
                    positions.append(core + radius * away)
                    normals.append(away)
                    at.append((a / WEAVE_METRES, b / WEAVE_METRES))
            for row in range(count - 1):
                for column in range(count - 1):
                    p = first + row * count + column
                    q, r, s = p + count, p + count + 1, p + 1
                    faces = [[p, q, r], [p, r, s]]
                    corners += faces if side > 0 else [face[::-1] for face in faces]
    return (
        np.array(positions, "f4"),
        np.array(normals, "f4"),
        np.array(at, "f4"),
        np.array(corners),
    )


def leg(height: float, below: float, above: float, sides: int = 16) -> tuple[Any, ...]:
    """Return a leg from y = 0 up, with its radius below and above."""
    turns = 2 * np.pi * np.arange(sides + 1) / sides
    ring = np.column_stack([np.cos(turns), np.zeros(sides + 1), np.sin(turns)])
    slope = np.array([0, (below - above) / height, 0])
    outward = (ring + slope) / np.linalg.norm(ring + slope, axis=1)[:, None]
    up = np.array([0, height, 0])
    positions = [ring * below, ring * above + up]
    normals = [outward, outward]
    low, high = np.arange(sides), np.arange(sides) + sides + 1
    corners = [
        np.column_stack([low, high, high + 1]),
        np.column_stack([low, high + 1, low + 1]),
    ]
    for radius, place, direction in ((below, 0 * up, -1.0), (above, up, 1.0)):
        first = sum(map(len, positions))
        positions.append(ring[:-1] * radius + place)
        normals.append(np.tile([0, direction, 0], (sides, 1)))
        fan = np.column_stack([np.full(sides - 2, 0), np.arange(2, sides), np.arange(1, sides - 1)])
        corners.append(first + (fan if direction > 0 else fan[:, ::-1]))
    points = np.vstack(positions).astype("f4")
    return points, np.vstack(normals).astype("f4"), points[:, :2], np.vstack(corners)


def weave() -> bytes:
    """Return a piece of woven cloth in greys, which any colour may shine through."""
    across, down = np.meshgrid(np.arange(WEAVE), np.arange(WEAVE))
    over = (across // 8 + down // 8) % 2
    thread = np.where(
        over, np.sin(np.pi * (across % 8 + 0.5) / 8), np.sin(np.pi * (down % 8 + 0.5) / 8)
    )
    noise = np.random.default_rng(7).normal(0, 5, (WEAVE, WEAVE))
    grey = np.clip(196 + 50 * thread + noise, 0, 255).astype(np.uint8)
    file = BytesIO()
    Image.fromarray(grey).convert("RGB").save(file, "JPEG", quality=80)
    return file.getvalue()


def glb() -> bytes:
    """Return the chair: 0.74 m wide, with cushions in one of COVERS and a frame of wood."""
    file = _File()
    wood = len(COVERS)
    pieces = {
        "Seat": (rounded((0.62, 0.17, 0.64), 0.065), 0, True),
        "Back": (rounded((0.62, 0.54, 0.16), 0.065), 0, True),
        "Arm": (rounded((0.06, 0.034, 0.70), 0.016), wood, False),
        "Leg": (leg(0.53, 0.014, 0.021), wood, False),
        "Side rail": (rounded((0.028, 0.055, 0.60), 0.008, 1), wood, False),
        "Cross rail": (rounded((0.66, 0.055, 0.028), 0.008, 1), wood, False),
    }
    meshes = [
        file.mesh(name, made, material, covers) for name, (made, material, covers) in pieces.items()
    ]
    image = file.view(weave())
    nodes = [{"name": "Lounge chair"}, *_nodes(list(pieces))]
    nodes[0]["children"] = list(range(1, len(nodes)))
    covers = [
        {
            "name": f"Cover {name}",
            "pbrMetallicRoughness": {
                "baseColorFactor": [*linear(colour), 1],
                "baseColorTexture": {"index": 0},
                "metallicFactor": 0,
                "roughnessFactor": 0.95,
            },
        }
        for name, colour in COVERS.items()
    ]
    frame = {
        "name": "Wood",
        "pbrMetallicRoughness": {
            "baseColorFactor": [*linear(WOOD), 1],
            "metallicFactor": 0,
            "roughnessFactor": 0.5,
        },
    }
    document = {
        "asset": {"version": "2.0", "generator": "open-configurator", "copyright": CREDIT},
        "extensionsUsed": [VARIANTS],
        "extensions": {VARIANTS: {"variants": [{"name": name} for name in COVERS]}},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": nodes,
        "meshes": meshes,
        "materials": [*covers, frame],
        "textures": [{"source": 0, "sampler": 0}],
        "samplers": [{"wrapS": 10497, "wrapT": 10497}],
        "images": [{"bufferView": image, "mimeType": "image/jpeg", "name": "weave"}],
        "accessors": file.accessors,
        "bufferViews": file.views,
        "buffers": [{"byteLength": len(file.binary)}],
    }
    return written(document, bytes(file.binary))


def _nodes(pieces: list[str]) -> list[dict[str, Any]]:
    def node(piece: str, place: tuple[float, float, float], tilt: float = 0) -> dict[str, Any]:
        half = radians(tilt) / 2
        told: dict[str, Any] = {"name": piece, "mesh": pieces.index(piece)}
        told["translation"] = list(place)
        if tilt:
            told["rotation"] = [round(sin(half), 9), 0, 0, round(cos(half), 9)]
        return told

    found = [node("Seat", (0, 0.365, 0.03), -5), node("Back", (0, 0.64, -0.285), -16)]
    for side in (-0.34, 0.34):
        found += [node("Arm", (side, 0.545, 0)), node("Side rail", (side, 0.25, 0))]
        found += [node("Leg", (side, 0, 0.29)), node("Leg", (side, 0, -0.36), 7)]
    found += [node("Cross rail", (0, 0.25, z)) for z in (-0.285, 0.285)]
    return found


def draw() -> None:
    """Write the chair, and draw and save the picture of how it starts."""
    content = glb()
    path = FOLDER / NAME
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    text = (FOLDER / "lounge.yaml").read_text(encoding="utf-8")
    digest = hashlib.sha256(content).hexdigest()
    model = replace(read_product_file(text, "lounge.yaml").model, assets={NAME: digest})
    started = default_completion(compile_product(model).engine, {}).values
    with held({digest: content}):
        scene = resolve(compile_shapes(model), started)
        drawn = picture_file(scene, Wish("corner"))
    (path.parent / "lounge.webp").write_bytes(drawn)
