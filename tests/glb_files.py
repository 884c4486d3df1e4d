"""Small 3D models for tests: written by hand, so that each of them can be spoilt in one place."""

import struct
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from catalog.glb_files import opened, written

# Real ones, which lie beside the repository where it is developed.
SHARED = Path(__file__).resolve().parents[2] / "shared" / "assets3d"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared models are not here")

CREDIT = "A stool by Jo Example, CC BY 4.0"
_CORNERS = [(0, 0, 0), (0.4, 0, 0), (0.4, 0.5, 0), (0, 0.5, 0)]
_ACROSS = [(0, 0, -0.3), (0, 0, 0), (0, 0.5, 0), (0, 0.5, -0.3)]


def shared(name: str) -> bytes:
    return (SHARED / name).read_bytes()


def picture(colour: tuple[int, int, int] = (200, 40, 40), side: int = 4) -> bytes:
    written_ = BytesIO()
    Image.new("RGB", (side, side), colour).save(written_, "PNG")
    return written_.getvalue()


def stool() -> dict[str, Any]:
    """Return the description of a model with two panels, 400 × 300 × 500 mm, in two colourways, the
    first panel with a red picture on it; its binary part is `stool_binary`.
    """
    views, accessors, place = [], [], 0
    for content, kind, width, target in _contents():
        views.append(
            {"buffer": 0, "byteOffset": place, "byteLength": len(content)}
            | ({"target": target} if target else {})
        )
        if kind:
            size = {5126: 4, 5123: 2}[kind]
            told = {1: "SCALAR", 2: "VEC2", 3: "VEC3"}[width]
            accessors.append(
                {
                    "bufferView": len(views) - 1,
                    "componentType": kind,
                    "count": len(content) // size // width,
                    "type": told,
                }
            )
        place += len(content) + -len(content) % 4
    for accessor, points in ((0, _CORNERS), (1, _ACROSS)):
        accessors[accessor]["min"] = [_single(min(each)) for each in zip(*points, strict=True)]
        accessors[accessor]["max"] = [_single(max(each)) for each in zip(*points, strict=True)]
    mappings = [{"material": 0, "variants": [0]}, {"material": 1, "variants": [1]}]
    return deepcopy(
        {
            "asset": {"version": "2.0", "copyright": CREDIT, "generator": "hand"},
            "extensionsUsed": ["KHR_materials_variants"],
            "extensions": {
                "KHR_materials_variants": {"variants": [{"name": "Ruby Red"}, {"name": "moss"}]}
            },
            "scene": 0,
            "scenes": [{"nodes": [0]}],
            "nodes": [
                {"name": "stool", "children": [1, 2]},
                {"name": "seat", "mesh": 0},
                {"name": "leg", "mesh": 1},
            ],
            "meshes": [
                {
                    "name": "seat",
                    "primitives": [
                        {
                            "attributes": {"POSITION": 0, "NORMAL": 2, "TEXCOORD_0": 3},
                            "indices": 4,
                            "material": 0,
                            "extensions": {"KHR_materials_variants": {"mappings": mappings}},
                        }
                    ],
                },
                {
                    "name": "leg",
                    "primitives": [{"attributes": {"POSITION": 1}, "indices": 4, "material": 2}],
                },
            ],
            "materials": [
                {
                    "name": "ruby",
                    "pbrMetallicRoughness": {
                        "baseColorTexture": {"index": 0},
                        "metallicFactor": 0,
                    },
                },
                {
                    "name": "moss",
                    "pbrMetallicRoughness": {
                        "baseColorFactor": [0.1, 0.4, 0.1, 1],
                        "metallicFactor": 0,
                    },
                },
                {
                    "name": "steel",
                    "pbrMetallicRoughness": {
                        "baseColorFactor": [0.5, 0.5, 0.5, 1],
                        "roughnessFactor": 0.3,
                    },
                },
            ],
            "textures": [{"source": 0, "sampler": 0}],
            "samplers": [{"magFilter": 9729}],
            "images": [{"bufferView": 5, "mimeType": "image/png", "name": "ruby"}],
            "accessors": accessors,
            "bufferViews": views,
            "buffers": [{"byteLength": len(stool_binary())}],
        }
    )


def stool_binary() -> bytes:
    return b"".join(content + bytes(-len(content) % 4) for content, *_ in _contents())


def stool_glb(**changes: Any) -> bytes:
    """Return the model with other top-level entries of its description."""
    return written({**stool(), **changes}, stool_binary())


def spoilt(change: Any) -> bytes:
    """Return the model after `change` was done to its description."""
    document = stool()
    change(document)
    return written(document, stool_binary())


def described(content: bytes) -> dict[str, Any]:
    return opened(content).document


def _contents() -> list[tuple[bytes, int, int, int]]:
    """Return content, component type, width and target of each part of the binary."""
    faces = struct.pack("<6H", 0, 1, 2, 0, 2, 3)
    texture = [(0, 1), (1, 1), (1, 0), (0, 0)]
    return [
        (_packed(_CORNERS), 5126, 3, 34962),
        (_packed(_ACROSS), 5126, 3, 34962),
        (_packed([(0, 0, 1)] * 4), 5126, 3, 34962),
        (_packed(texture), 5126, 2, 34962),
        (faces, 5123, 1, 34963),
        (picture(), 0, 0, 0),
    ]


def _packed(rows: list[tuple[float, ...]]) -> bytes:
    return b"".join(struct.pack(f"<{len(row)}f", *row) for row in rows)


def _single(number: float) -> float:
    single: float = struct.unpack("<f", struct.pack("<f", number))[0]
    return single
