"""The triangles of 3D models as pictures show them: each in one colour, the mean of what its texture
shows there.

Sources: Khronos, "glTF 2.0 Specification", 2021, and KHR_texture_transform.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from math import cos, sin
from typing import Any

import numpy as np

from catalog.glb_contents import content_of
from catalog.glb_facts import image_content
from catalog.glb_files import WEBP, Document, GlbFile, entries, opened
from catalog.glb_meshes import Placed, corners, floats, placed
from catalog.pictures import MEDIA_TYPES
from configurator.geometry.dressing import coloured, material_of, worn_looks
from configurator.geometry.foreign import variant_names
from configurator.geometry.imported import Worn, placing
from configurator.geometry.pieces import Pieces, pieces_of
from configurator.geometry.scene import Look
from configurator.geometry.solids import Floats, Imported, Indices, Mesh

MOST_SIDE = 1_024
"""How many pixels of a texture are looked at along each side."""
# Where in a triangle its texture is looked at: in the middle, and towards each corner.
_SPOTS = np.array(
    [[1 / 3] * 3, [2 / 3, 1 / 6, 1 / 6], [1 / 6, 2 / 3, 1 / 6], [1 / 6, 1 / 6, 2 / 3]]
)
_CLOSE = 6
"""Digits of points and directions that are the same, in millimetres and shares."""

type Numbers = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(slots=True, eq=False)
class _Textures:
    """The textures of a file, each decoded once where it is first looked at."""

    file: GlbFile
    _known: dict[tuple[int, bool], list[Floats]] = field(default_factory=dict)

    def shown(self, told: Document, is_colour: bool) -> list[Floats]:
        """Return the pixels (rows, columns, 3) of a texture as shares, colours in linear light;
        then those of half its size and so on, to a single one.
        """
        texture = entries(self.file.document, "textures")[told["index"]]
        source = texture.get("extensions", {}).get(WEBP, {}).get("source", texture.get("source"))
        known = source, is_colour
        if known not in self._known:
            self._known[known] = list(_halved(self._decoded(source, is_colour)))
        return self._known[known]

    def _decoded(self, source: int, is_colour: bool) -> Floats:
        from PIL import Image

        content = image_content(self.file, entries(self.file.document, "images")[source])
        with Image.open(BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
            image.draft("RGB", (MOST_SIDE, MOST_SIDE))
            plain = image.convert("RGB")
            plain.thumbnail((MOST_SIDE, MOST_SIDE), Image.Resampling.BOX)
        found: Floats = (_light() if is_colour else np.arange(256) / 255)[np.asarray(plain)]
        return found


def _halved(pixels: Floats) -> Iterator[Floats]:
    yield pixels
    while max(pixels.shape[:2]) > 1:
        rows, columns = (max(side // 2, 1) for side in pixels.shape[:2])
        tall, wide = pixels.shape[0] // rows, pixels.shape[1] // columns
        blocks = pixels[: rows * tall, : columns * wide].reshape(rows, tall, columns, wide, 3)
        pixels = blocks.mean(axis=(1, 3))
        yield pixels


@cache
def _light() -> Floats:
    """Return the linear light of each of 256 shares. Source: IEC 61966-2-1."""
    share = np.arange(256) / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def worn_pieces(solid: Imported, worn: Worn, looks: Mapping[str, Look]) -> tuple[Pieces, Numbers]:
    """Return the triangles of a model in its size and turn, and a look of each (n, 5): colour in
    linear light, roughness and metal. `looks` are those of the product's materials.

    Refuses with NotFound where its file is not here. What is seen through is drawn as if it were
    not.
    """
    file = opened(content_of(solid.digest))
    names, own = variant_names(file), worn_looks(worn, looks)
    textures = _Textures(file)
    matrix, begin = placing(solid)
    meshes: list[Mesh] = []
    shown: list[Numbers] = []
    for each in placed(file):
        triangles = corners(file, each.primitive)
        if not len(triangles):
            continue
        points = each.put(floats(file, each.primitive["attributes"]["POSITION"]))
        normals = _normals(file, each, matrix, points @ matrix.T, triangles)
        meshes.append(Mesh(points @ matrix.T + np.array(begin), normals[0], normals[1]))
        number = material_of(each.primitive, names, worn.variant)
        material = {} if number is None else entries(file.document, "materials")[number]
        if (look := own.get(material.get("name", ""))) is not None:
            material = coloured(material, look)
        shown.append(_looks(each.primitive, material, triangles, textures))
    return pieces_of(_welded(meshes)), np.concatenate(shown)


def _normals(
    file: GlbFile, each: Placed, matrix: Floats, points: Floats, triangles: Indices
) -> tuple[Floats, Indices]:
    """Return the directions of all points, and the triangles; of a primitive that tells none, the
    points of each triangle are its own, at the end of `_welded`.
    """
    if "NORMAL" in each.primitive["attributes"]:
        whole = matrix @ each.matrix[:3, :3]
        if abs(np.linalg.det(whole)) > 0:
            told = floats(file, each.primitive["attributes"]["NORMAL"]) @ np.linalg.inv(whole)
            return _of_length_one(told), triangles
    a, b, c = (points[triangles[:, place]] for place in range(3))
    flat = np.cross(b - a, c - a)
    directions = np.zeros_like(points)
    for place in range(3):
        np.add.at(directions, triangles[:, place], flat)
    return _of_length_one(directions), triangles


def _of_length_one(vectors: Floats) -> Floats:
    long = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Floats = np.where(long > 0, vectors / np.where(long > 0, long, 1), (0.0, 0.0, 1.0))
    return found


def _welded(meshes: list[Mesh]) -> Mesh:
    """Return all meshes as one that keeps a point once for each direction it is seen from."""
    begins = np.cumsum([0, *(len(each.positions) for each in meshes)])
    positions = np.vstack([each.positions for each in meshes])
    normals = np.vstack([each.normals for each in meshes])
    triangles = np.vstack(
        [each.corners + begin for each, begin in zip(meshes, begins, strict=False)]
    )
    rows = np.round(np.hstack([positions, normals]), _CLOSE) + 0.0
    packed = np.ascontiguousarray(rows).view(np.dtype((np.void, rows.itemsize * 6))).ravel()
    _, first, own = np.unique(packed, return_index=True, return_inverse=True)
    return Mesh(positions[first], normals[first], own[triangles])


def _looks(
    primitive: Document, material: Document, triangles: Indices, textures: _Textures
) -> Numbers:
    """Return colour in linear light, roughness and metal of each triangle (n, 5)."""
    surface = material.get("pbrMetallicRoughness", {})
    found = np.empty((len(triangles), 5))
    found[:, :3] = surface.get("baseColorFactor", [1, 1, 1, 1])[:3]
    found[:, 3] = surface.get("roughnessFactor", 1)
    found[:, 4] = surface.get("metallicFactor", 1)
    file = textures.file
    if "COLOR_0" in primitive["attributes"]:
        colours = floats(file, primitive["attributes"]["COLOR_0"])[:, :3]
        found[:, :3] *= colours[triangles].mean(axis=1)
    if (told := surface.get("baseColorTexture")) is not None:
        found[:, :3] *= _seen(primitive, told, triangles, textures, True)
    if (told := surface.get("metallicRoughnessTexture")) is not None:
        found[:, 3:] *= _seen(primitive, told, triangles, textures, False)[:, 1:]
    return np.clip(found, 0, 1).astype(np.float32)


def _seen(
    primitive: Document, told: Document, triangles: Indices, textures: _Textures, is_colour: bool
) -> Floats:
    """Return the mean (n, 3) of what a texture shows on each triangle."""
    moved = told.get("extensions", {}).get("KHR_texture_transform", {})
    name = f"TEXCOORD_{moved.get('texCoord', told.get('texCoord', 0))}"
    levels = textures.shown(told, is_colour)
    if name not in primitive["attributes"]:
        return np.broadcast_to(levels[0][0, 0], (len(triangles), 3))
    at = floats(textures.file, primitive["attributes"][name])
    if moved:
        turn, (wide, high) = float(moved.get("rotation", 0)), moved.get("scale", (1, 1))
        matrix = np.array(
            [[cos(turn) * wide, sin(turn) * high], [-sin(turn) * wide, cos(turn) * high]]
        )
        at = at @ matrix.T + np.array(moved.get("offset", (0, 0)))
    own = at[triangles]
    spots = np.einsum("sc,ncd->nsd", _SPOTS, own) % 1.0
    # Of a texture that a triangle shows much of, pixels are looked at that are as large as a spot.
    spread = (own.max(axis=1) - own.min(axis=1)).max(axis=1) * max(levels[0].shape[:2])
    level_of = np.clip(np.log2(np.maximum(spread / 2, 1)), 0, len(levels) - 1).astype(int)
    found = np.empty((len(triangles), 3))
    for level in np.unique(level_of):
        pixels, picked = levels[level], level_of == level
        rows, columns = pixels.shape[:2]
        across = np.minimum((spots[picked, :, 0] * columns).astype(int), columns - 1)
        down = np.minimum((spots[picked, :, 1] * rows).astype(int), rows - 1)
        found[picked] = pixels[down, across].mean(axis=1)
    return found
