"""The triangles of a GLB in space: x to the right, y to the back, z up, in millimetres."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from catalog.glb_files import Document, GlbFile, GlbRefused, entries, parents_of, roots

MOST_TRIANGLES, MOST_VERTICES = 200_000, 600_000
"""How many a model may have, those of a mesh counted wherever it stands."""
_METRE = 1000.0
_MOST_PLACED = 1e12
"""Numbers of a place; with larger ones that of a point can be beyond all numbers, and then none."""
_KINDS: dict[int, np.dtype[Any]] = {
    5120: np.dtype("<i1"),
    5121: np.dtype("<u1"),
    5122: np.dtype("<i2"),
    5123: np.dtype("<u2"),
    5125: np.dtype("<u4"),
    5126: np.dtype("<f4"),
}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
TRIANGLES, STRIP, FAN = 4, 5, 6
# From metres with y up and z to the front.
_PLACED = np.array([[_METRE, 0, 0, 0], [0, 0, -_METRE, 0], [0, _METRE, 0, 0], [0, 0, 0, 1.0]])

type Floats = np.ndarray[tuple[int, int], np.dtype[np.float64]]
type Indices = np.ndarray[tuple[int, int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A primitive of a mesh where one of its nodes stands; `matrix` (4, 4) leads from its own
    metres to the millimetres of the whole.
    """

    mesh: int
    place: int
    primitive: Document
    matrix: Floats

    def put(self, points: Floats) -> Floats:
        """Return points (n, 3) of the primitive where they are."""
        moved: Floats = points @ self.matrix[:3, :3].T + self.matrix[:3, 3]
        return moved


def placed(file: GlbFile) -> Iterator[Placed]:
    """Return every primitive in every place that the scene shows it in; refuses with GlbRefused
    nodes that stand in themselves, or nowhere.
    """
    parents_of(file.document)
    nodes, meshes = entries(file.document, "nodes"), entries(file.document, "meshes")
    left = [(node, _PLACED) for node in roots(file.document)]
    while left:
        number, above = left.pop()
        node = nodes[number]
        with np.errstate(over="ignore", invalid="ignore"):
            matrix = above @ _own(node)
        if not np.abs(matrix).max() <= _MOST_PLACED:
            raise GlbRefused("A part of the model is larger than 100 m; save it in metres.")
        left += ((child, matrix) for child in node.get("children", []))
        if "mesh" in node:
            for place, primitive in enumerate(meshes[node["mesh"]]["primitives"]):
                yield Placed(node["mesh"], place, primitive, matrix)


def numbers(file: GlbFile, accessor: int) -> np.ndarray[Any, np.dtype[Any]]:
    """Return the numbers of an accessor as they are kept, (n, width); refuses with GlbRefused those
    that do not lie in the file.
    """
    told = entries(file.document, "accessors")[accessor]
    if "sparse" in told or "bufferView" not in told:
        raise GlbRefused(
            "The model keeps numbers as differences; save it without sparse accessors."
        )
    kind, width, count = _KINDS[told["componentType"]], _WIDTHS[told["type"]], told["count"]
    view = entries(file.document, "bufferViews")[told["bufferView"]]
    begin, size = told.get("byteOffset", 0), kind.itemsize * width
    stride = view.get("byteStride", size)
    if type(count) is not int or type(begin) is not int or count < 1 or begin < 0:
        raise ValueError("a count")
    if stride < size or begin + stride * (count - 1) + size > view["byteLength"]:
        raise GlbRefused("Numbers of the model lie behind their end; save it again.")
    return np.ndarray(
        (count, width),
        kind,
        file.binary,
        view.get("byteOffset", 0) + begin,
        (stride, kind.itemsize),
    )


def floats(file: GlbFile, accessor: int) -> Floats:
    """Return the numbers of an accessor as they are meant; refuses as `numbers` does."""
    found = numbers(file, accessor)
    as_meant = found.astype(np.float64)
    if entries(file.document, "accessors")[accessor].get("normalized"):
        as_meant = np.maximum(as_meant / np.iinfo(found.dtype).max, -1.0)
    return as_meant


def corners(file: GlbFile, primitive: Document) -> Indices:
    """Return the triangles (n, 3) of a primitive by the places of their points; none of lines and
    points. Refuses with GlbRefused corners that are no points.
    """
    points = entries(file.document, "accessors")[primitive["attributes"]["POSITION"]]["count"]
    if "indices" in primitive:
        order = numbers(file, primitive["indices"])[:, 0].astype(np.int64)
        if order.max() >= points:
            raise GlbRefused("A corner of the model has no point; save the model again.")
    else:
        order = np.arange(points)
    mode = primitive.get("mode", TRIANGLES)
    if mode == TRIANGLES:
        return order[: len(order) // 3 * 3].reshape(-1, 3)
    if mode not in (STRIP, FAN) or len(order) < 3:
        return np.empty((0, 3), np.int64)
    first = order[:-2] if mode == STRIP else np.full(len(order) - 2, order[0])
    found = np.column_stack([first, order[1:-1], order[2:]])
    if mode == STRIP:
        found[1::2] = found[1::2, [1, 0, 2]]
    return found


def _own(node: Document) -> Floats:
    """Return where a node stands within the one above it."""
    if "matrix" in node:
        told = [float(each) for each in node["matrix"]]
        if len(told) != 16 or not all(map(isfinite, told)):
            raise ValueError("a matrix")
        return np.array(told).reshape(4, 4).T
    x, y, z, w = (float(each) for each in node.get("rotation", (0, 0, 0, 1)))
    turned = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    found = np.eye(4)
    found[:3, :3] = turned * np.array([float(each) for each in node.get("scale", (1, 1, 1))])
    found[:3, 3] = [float(each) for each in node.get("translation", (0, 0, 0))]
    if not np.isfinite(found).all():
        raise ValueError("a place")
    return found
