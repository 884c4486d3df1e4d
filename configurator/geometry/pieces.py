"""The triangles of a mesh with the faces that they belong to, as pictures are drawn of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from configurator.geometry.solids import Mesh


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Triangles: corners and normals (n, 3, 3), and of each its face, one of `count`, and whether
    it is part of a bent one.
    """

    corners: np.ndarray[Any, np.dtype[np.float64]]
    normals: np.ndarray[Any, np.dtype[np.float32]]
    faces: np.ndarray[Any, np.dtype[np.int32]]
    is_bent: np.ndarray[Any, np.dtype[np.bool_]]
    count: int


def pieces_of(made: Mesh) -> Pieces:
    """Return the triangles of a mesh with the faces they belong to.

    Triangles that share a point of the mesh are one face: it keeps a point once for each direction.
    """
    names = np.arange(len(made.positions))
    while True:
        least = names[made.corners].min(axis=1)
        before = names.copy()
        np.minimum.at(names, made.corners, least[:, None])
        names = names[names]
        if (names == before).all():
            break
    _, faces = np.unique(names[made.corners[:, 0]], return_inverse=True)
    normals = made.normals[made.corners].astype(np.float32)
    is_bent = (np.abs(normals - normals[:, :1]) > 1e-6).any(axis=(1, 2))
    return Pieces(
        made.positions[made.corners],
        normals,
        faces.astype(np.int32),
        is_bent,
        int(faces.max()) + 1,
    )
