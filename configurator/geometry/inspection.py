"""What a file with meshes holds, as another reader sees it: its solids, whether they are closed,
and its bounds.

The reader is trimesh. It is imported when it is first needed: pages that only write files never
wait for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

from catalog.errors import Refusal
from configurator.geometry.solids import Vector

# Formats that tell no unit are taken as millimetres; a GLB is in metres, with y up.
FORMATS = ("glb", "stl", "obj", "ply")
MOST_BYTES = 64 * 1024 * 1024
_MILLIMETRES = 1000.0


class MeshRefused(Refusal):
    """A file that holds no meshes, or cannot be read."""

    slug = "mesh-refused"
    title = "The file holds no model"


@dataclass(frozen=True, slots=True)
class InspectedSolid:
    """One solid of a file: whether its surface is closed, and its volume in cubic millimetres, 0
    for an open one.

    A volume below zero says that it is inside out.
    """

    closed: bool
    volume: float

    @property
    def sound(self) -> bool:
        return self.closed and self.volume > 0


@dataclass(frozen=True, slots=True)
class Inspection:
    """The solids of a file by their names, and its bounds in millimetres: x to the right, y to the
    back, z up.
    """

    solids: Mapping[str, InspectedSolid]
    lower: Vector
    upper: Vector


def inspection(content: bytes, file_type: str) -> Inspection:
    """Return what `content`, a file of one of FORMATS, holds; refuses with MeshRefused what cannot
    be read.
    """
    import trimesh

    if file_type not in FORMATS or len(content) > MOST_BYTES:
        told = f"Give a file of one of the formats {', '.join(FORMATS)}, of at most {MOST_BYTES // 1024**2} MB."
        raise MeshRefused(told)
    try:
        scene = trimesh.load_scene(BytesIO(content), file_type=file_type)
        bounds = scene.bounds
    except Exception as trouble:  # The reader raises whatever its parts raise.
        raise MeshRefused(
            f"The {file_type} cannot be read: {str(trouble)[:200] or type(trouble).__name__}."
        ) from trouble
    if bounds is None:
        raise MeshRefused(f"The {file_type} holds no surface.")
    scale = _MILLIMETRES if file_type == "glb" else 1.0
    solids: dict[str, InspectedSolid] = {}
    closed: dict[str, InspectedSolid] = {}
    for node in scene.graph.nodes_geometry:
        name = str(scene.graph[node][1])
        if name not in closed:
            surface = scene.geometry[name].copy()
            # Edges are sharp where a point is kept once for each side; closed or not, those are
            # one.
            surface.merge_vertices(merge_tex=True, merge_norm=True)
            is_closed = bool(surface.is_watertight and surface.is_winding_consistent)
            closed[name] = InspectedSolid(
                is_closed, float(surface.volume) * scale**3 if is_closed else 0.0
            )
        solids[str(node)] = closed[name]
    lower, upper = ([float(each) * scale for each in corner] for corner in bounds)
    if file_type == "glb":
        # Its y is up and its z comes to the front.
        return Inspection(solids, (lower[0], -upper[2], lower[1]), (upper[0], -lower[2], upper[1]))
    return Inspection(solids, (lower[0], lower[1], lower[2]), (upper[0], upper[1], upper[2]))
