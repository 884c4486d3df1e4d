"""From where a picture is taken: named views, and the camera that shows all of a scene from one.

Angles are those of model-viewer's `camera-orbit`, so that a viewer can go on from where the picture
stands. Lengths are in millimetres: x points right, y back, z up.
"""

from dataclasses import dataclass, replace
from itertools import product
from math import cos, radians, sin, tan
from typing import Literal

import numpy as np

from catalog.memory import MEGABYTE, Remembered
from configurator.geometry.scene import Scene
from configurator.geometry.solids import Floats, Imported, Lettered, Solid, Vector, mesh
from configurator.geometry.surfaces import Numbers

type Framing = Literal["near", "round"]
"""As near as all corners allow, or so that all is seen while it is turned round, with some space."""

FIELD_OF_VIEW = 30.0
"""How much of the height is seen, in degrees: what model-viewer begins with."""
MARGIN = 0.06
"""How much of the picture's half stays free on each side, where it is as near as it can be."""
ROUND = 1.05
"""How far off model-viewer shows what is turned round: by so much farther than it would have to, and
no farther whatever it is asked for.
"""


@dataclass(frozen=True, slots=True)
class View:
    """A direction to look from: `azimuth` goes round to the right from the front, `polar` down
    from straight above; in degrees.
    """

    azimuth: float
    polar: float


VIEWS = {
    "corner": View(30, 75),
    "front": View(0, 86),
    "side": View(90, 82),
    "back": View(210, 75),
    # A viewer lets nobody look from higher.
    "top": View(0, 22.5),
}


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera at `place`: it looks at `target`; `axes` (3, 3) point right, up and back.

    `reach` is how far to the side and up is seen at a distance of one.
    """

    view: View
    place: Vector
    target: Vector
    distance: float
    axes: Floats
    reach: tuple[float, float]

    @property
    def orbit(self) -> str:
        """The `camera-orbit` of model-viewer, whose lengths are metres."""
        return f"{self.view.azimuth:g}deg {self.view.polar:g}deg {self.distance / 1000:.4f}m"


def outer_points(scene: Scene) -> Floats:
    """Return the points (n, 3) of all parts that a camera has to see."""
    return np.concatenate([_points_of(part.solid) + np.array(part.corner) for part in scene.parts])


_points: Remembered[Solid, Floats] = Remembered(MEGABYTE, lambda _, points: points.nbytes)


def _points_of(solid: Solid) -> Floats:
    if isinstance(solid, Imported | Lettered):
        # Its box stands for it: nothing of its file has to be read for that.
        return np.array(list(product(*((0.0, side) for side in solid.size))))
    # What is taken out of a board lies within it.
    plain = replace(solid, cuts=())
    return _points.get_or_make(plain, lambda: np.unique(mesh(plain).positions, axis=0))


def turning_aspect(points: Floats) -> float:
    """Return the width by the height of the narrowest picture that `points` (n, 3) fit in while they
    are turned round, without more of the height being seen.
    """
    _, _, beside = _turned(points)
    return beside / tan(radians(FIELD_OF_VIEW) / 2)


def _turned(points: Floats) -> tuple[Floats, float, float]:
    """Return the points from the middle of their bounds, how far off a camera has to be to see them
    while they are turned round, and how far to the side it then sees any, at a distance of one.
    """
    away = points - (points.min(axis=0) + points.max(axis=0)) / 2
    off = float(np.linalg.norm(away, axis=1).max()) / sin(radians(FIELD_OF_VIEW) / 2)
    beside = np.hypot(away[:, 0], away[:, 1]) / (off - np.abs(away[:, 2]))
    return away, off, float(beside.max())


def camera_for(view: View, points: Floats, aspect: float, framing: Framing = "near") -> Camera:
    """Return the camera that sees all `points` (n, 3) from the direction of `view`.

    It looks at the middle of their bounds. `aspect` is the width of the picture by its height.
    """
    target = (points.min(axis=0) + points.max(axis=0)) / 2
    azimuth, polar = radians(view.azimuth), radians(view.polar)
    back = np.array([sin(polar) * sin(azimuth), -sin(polar) * cos(azimuth), cos(polar)])
    right = np.array([cos(azimuth), sin(azimuth), 0.0])
    axes = np.array([right, np.cross(back, right), back])
    away, off, beside = _turned(points)
    # A viewer sees more of the height in a narrow picture, so that nothing is cut off at its sides.
    tall = max(tan(radians(FIELD_OF_VIEW) / 2), beside / aspect)
    reach = tall * aspect, tall
    if framing == "round":
        distance = ROUND * off
    else:
        across, up, nearer = axes @ away.T
        wide, high = reach[0] * (1 - MARGIN), tall * (1 - MARGIN)
        # Each point is at distance - nearer, and has to lie within what is seen there.
        needed = nearer + np.maximum(np.abs(across) / wide, np.abs(up) / high)
        distance = float(needed.max())
    x, y, z = (float(each) for each in target + distance * back)
    middle = float(target[0]), float(target[1]), float(target[2])
    return Camera(view, (x, y, z), middle, distance, axes, reach)


def directions(camera: Camera, across: Numbers, down: Numbers) -> Numbers:
    """Return where rays through places of the picture go, (n, 3) of any length; `across` and
    `down` (n,) count from 0 to 1 from its upper left.
    """
    right, up, back = camera.axes
    wide, tall = camera.reach
    first = tall * up - wide * right - back
    step, fall = 2 * wide * right, -2 * tall * up
    along = np.empty((len(across), 3), np.float32)
    for axis in range(3):
        along[:, axis] = across * np.float32(step[axis])
        along[:, axis] += down * np.float32(fall[axis]) + np.float32(first[axis])
    return along


def places_of(camera: Camera, points: Floats) -> tuple[Floats, Floats]:
    """Return where `points` (n, 3) are seen: across and down (n,), from 0 to 1 within the picture."""
    right, up, back = camera.axes @ (points - np.array(camera.place)).T
    wide, tall = camera.reach
    return (1 - right / (back * wide)) / 2, (1 + up / (back * tall)) / 2
