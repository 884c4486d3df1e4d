"""All triangles of a scene in one place, and what rays hit of them.

The caster is Embree by way of embreex. It is imported when a picture is first made: pages never
wait for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from catalog.memory import MEGABYTE, Remembered
from configurator.geometry.colours import linear as linear
from configurator.geometry.imported_surfaces import worn_pieces
from configurator.geometry.machining import surface
from configurator.geometry.pieces import Pieces, pieces_of
from configurator.geometry.scene import PLAIN_COLOUR, Look, Part, Scene
from configurator.geometry.solids import Imported, Solid, Vector

type Numbers = np.ndarray[Any, np.dtype[np.float32]]
type Whole = np.ndarray[Any, np.dtype[np.int32]]
type Picks = np.ndarray[Any, np.dtype[np.intp]]
type Flags = np.ndarray[Any, np.dtype[np.bool_]]

PLAIN_LOOK = Look(PLAIN_COLOUR, 0.7, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Surfaces:
    """The triangles of a scene: corners and normals (n, 3, 3), and of each its face and its look.

    A face is a flat or smoothly bent piece of one part: triangles of different faces meet at an
    edge. `looks` (m, 5) holds colours in linear light, roughness and metal. Lengths are such that
    the scene is about as large as one, round `middle`; `scale` is what one of them is in
    millimetres.
    """

    corners: Numbers
    normals: Numbers
    faces: Whole
    look_of: Whole
    looks: Numbers
    is_bent: Flags
    middle: Vector
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What each of n rays meets first: a triangle, -1 for none, how many lengths of the ray away,
    and where on it.
    """

    triangles: Whole
    lengths: Numbers
    u: Numbers
    v: Numbers


class Caster:
    """Answers what rays meet; may be asked by several threads."""

    def __init__(self, surfaces: Surfaces) -> None:
        try:
            from embreex import mesh_construction, rtcore_scene
        except ImportError as missing:
            told = "Pictures are drawn by embreex, which is not installed; it has no build for Linux on ARM"
            raise ImportError(told) from missing
        self._scene = rtcore_scene.EmbreeScene()
        self._mesh = mesh_construction.TriangleMesh(self._scene, surfaces.corners)

    def met(self, origins: Numbers, along: Numbers) -> Whole:
        """Return the triangle that each ray meets first, -1 for none."""
        found: Whole = self._scene.run(origins, along)
        return found

    def hits(self, origins: Numbers, along: Numbers) -> Hits:
        """Return what each ray meets first, and where."""
        found = self._scene.run(origins, along, output=True)
        return Hits(found["primID"], found["tfar"], found["u"], found["v"])

    def blocked(self, origins: Numbers, along: Numbers) -> Flags:
        """Return whether each ray meets anything at all."""
        found: Flags = self._scene.run(origins, along, query="OCCLUDED") != -1
        return found


def surfaces_of(scene: Scene) -> Surfaces:
    """Return the triangles of `scene`."""
    lower, upper = (np.array(corner) for corner in scene.bounds)
    middle, scale = (lower + upper) / 2, float(np.linalg.norm(upper - lower)) / 2
    by_key = {each.key: each.look for each in scene.materials}
    looks: list[Numbers] = []
    corners, normals, faces, look_of, is_bent = [], [], [], [], []
    first_face = first_look = 0
    for part in scene.parts:
        own, shown = _of_part(part, by_key)
        corners.append(((own.corners + (np.array(part.corner) - middle)) / scale).astype("f4"))
        normals.append(own.normals)
        faces.append(own.faces + first_face)
        first_face += own.count
        count = len(own.faces)
        of_each = np.arange(count) if len(shown) == count else np.zeros(count)
        look_of.append((first_look + of_each).astype(np.int32))
        first_look += len(shown)
        looks.append(shown)
        is_bent.append(own.is_bent)
    return Surfaces(
        np.concatenate(corners),
        np.concatenate(normals),
        np.concatenate(faces),
        np.concatenate(look_of),
        np.concatenate(looks),
        np.concatenate(is_bent),
        (float(middle[0]), float(middle[1]), float(middle[2])),
        scale,
    )


_pieces: Remembered[Solid, Pieces] = Remembered(
    3 * MEGABYTE,
    lambda _, made: made.corners.nbytes + made.normals.nbytes + made.faces.nbytes,
)


def _pieces_of(solid: Solid) -> Pieces:
    return pieces_of(surface(solid))


def _of_part(part: Part, by_key: Mapping[str, Look]) -> tuple[Pieces, Numbers]:
    """Return the triangles of a part, and one look for all of them or one for each."""
    if part.worn is not None and isinstance(part.solid, Imported):
        # Pictures are drawn beside the requests, each once: a model is read for each of them.
        return worn_pieces(part.solid, part.worn, by_key)
    own = _pieces.get_or_make(part.solid, partial(_pieces_of, part.solid))
    look = by_key.get(part.material or "", PLAIN_LOOK)
    return own, np.array([[*linear(look.colour), look.roughness, look.metallic]], "f4")
