"""Light of a bright room: a dome above, a soft lamp beside the camera, and what comes back from the
floor and from other parts.

Light is told in linear shares of what a plain white face in full light gives back. Each place casts
a few rays; which ones is a pattern of the picture, without chance, so that neighbours together see
all directions.
"""

from dataclasses import dataclass
from math import cos, pi, radians, sin

import numpy as np

from configurator.geometry.camera import Camera
from configurator.geometry.surfaces import Caster, Numbers, Surfaces, Whole

DOME_RAYS, LAMP_RAYS = 8, 2
# What comes from straight above, from the horizon, and from the floor below.
ABOVE, HORIZON, FLOOR = 0.82, 0.50, 0.42
LAMP = 0.50
LAMP_ASIDE, LAMP_HEIGHT, LAMP_WIDTH = 38.0, 52.0, 0.16
# The share of its colour that a part gives back to its neighbours.
RETURNED = 0.5
LEAST_RETURNED = 0.1
# How far a ray begins from the face it leaves, as a share of the scene.
CLEAR = 2e-4
# The two ratios of the sequence R2, which spreads points evenly over a square. Source: Roberts,
# "The unreasonable effectiveness of quasirandom sequences", 2018.
R2 = 0.7548776662466927, 0.5698402909980532


@dataclass(frozen=True, slots=True, eq=False)
class Lit:
    """The light at n places: that of the dome (n, 3), and how much of the lamp is seen (n,)."""

    dome: Numbers
    lamp: Numbers


def lamp_of(camera: Camera) -> Numbers:
    """Return the direction towards the lamp: to the left of the camera, and above."""
    azimuth, height = radians(camera.view.azimuth - LAMP_ASIDE), radians(LAMP_HEIGHT)
    return np.array(
        [cos(height) * sin(azimuth), -cos(height) * cos(azimuth), sin(height)], np.float32
    )


def spread(places: Whole) -> Numbers:
    """Return two numbers from 0 to 1 for places of the picture (n, 2): far apart for neighbours.

    The result is (n, 2).
    """
    across, down = places[:, 0].astype(np.float64), places[:, 1].astype(np.float64)
    one = np.modf(across * R2[0] + down * R2[1])[0]
    other = np.modf(across * R2[1] + down * (1 - R2[0]) + 0.5)[0]
    return np.column_stack([one, other]).astype(np.float32)


def lit(
    caster: Caster,
    surfaces: Surfaces,
    lamp: Numbers,
    points: Numbers,
    normals: Numbers,
    own: Numbers,
) -> Lit:
    """Return the light at `points` (n, 3) with `normals`; `own` (n, 2) are the numbers of each place.

    The dome is told as a share of what would be there without anything in its way.
    """
    origins = points + normals * np.float32(CLEAR)
    open_ = np.zeros(len(points), np.float32)
    direct, returned = np.zeros_like(open_), np.zeros((len(points), 3), np.float32)
    colours = surfaces.looks[surfaces.look_of, :3] * np.float32(RETURNED)
    for number in range(DOME_RAYS):
        along = _over(normals, _nth(own, number, DOME_RAYS))
        met = caster.met(origins, along)
        is_met = met >= 0
        open_ += ~is_met
        direct += np.where(is_met, 0, sky(along[:, 2]))
        returned += np.where(is_met[:, None], colours[met], 0)
    # In a closed box nothing comes back of what never came in.
    returned *= (LEAST_RETURNED + (1 - LEAST_RETURNED) * open_ / DOME_RAYS)[:, None]
    dome = (direct[:, None] + returned) / (DOME_RAYS * unhindered(normals[:, 2]))[:, None]
    return Lit(dome, _lamp_seen(caster, lamp, origins, normals, own))


def shaded_floor(caster: Caster, lamp: Numbers, points: Numbers, own: Numbers) -> Numbers:
    """Return how much of the light of an empty floor comes to `points` (n, 3) of it, from 0 to 1."""
    normals = np.zeros_like(points)
    normals[:, 2] = 1
    origins = points + normals * np.float32(CLEAR)
    came = np.zeros(len(points), np.float32)
    for number in range(DOME_RAYS):
        along = _over(normals, _nth(own, number, DOME_RAYS))
        came += np.where(caster.blocked(origins, along), np.float32(0.12), sky(along[:, 2]))
    came /= np.float32(DOME_RAYS)
    full = unhindered(np.ones(1, np.float32)) + LAMP * lamp[2]
    seen = _lamp_seen(caster, lamp, origins, normals, own)
    shares: Numbers = (came + np.float32(LAMP) * lamp[2] * seen) / full
    return np.minimum(shares, np.float32(1))


def sky(height: Numbers) -> Numbers:
    """Return the light from directions whose z is `height`."""
    up = np.clip(height, 0, 1)
    light: Numbers = np.where(
        height < 0, np.float32(FLOOR), np.float32(HORIZON) + np.float32(ABOVE - HORIZON) * up
    )
    return light


def unhindered(height: Numbers) -> Numbers:
    """Return about how much light of the whole dome and the floor comes to faces whose normal has
    the z `height`.
    """
    above = (1 + height) / np.float32(2)
    dome = np.float32(HORIZON) + np.float32((ABOVE - HORIZON) * 2 / 3) * above
    light: Numbers = above * dome + (1 - above) * np.float32(FLOOR)
    return light


def _nth(own: Numbers, number: int, count: int) -> Numbers:
    """Return the numbers of the `number`th ray of each place: one turn shared out in `count`."""
    one = np.modf(own[:, 0] + np.float32(number / count))[0]
    other = np.modf(own[:, 1] + np.float32((number * R2[1]) % 1))[0]
    return np.column_stack([one, other])


def _over(normals: Numbers, pair: Numbers) -> Numbers:
    """Return directions over faces, the more of them the nearer to the normal: (n, 3) of length 1.

    A point of a sphere that stands on the face has just that spread.
    """
    angle = np.float32(2 * pi) * pair[:, 0]
    height = 1 - 2 * pair[:, 1]
    round_ = np.sqrt(np.maximum(1 - height * height, 0))
    along = normals.copy()
    along[:, 0] += np.cos(angle) * round_
    along[:, 1] += np.sin(angle) * round_
    along[:, 2] += height
    along /= np.maximum(np.sqrt(np.einsum("ij,ij->i", along, along)), np.float32(1e-4))[:, None]
    return along


def _lamp_seen(
    caster: Caster, lamp: Numbers, origins: Numbers, normals: Numbers, own: Numbers
) -> Numbers:
    """Return how much of the lamp, a disc, each place sees; none where it looks away."""
    right = np.array([-lamp[1], lamp[0], 0], np.float32)
    right /= np.linalg.norm(right)
    up = np.cross(lamp, right)
    seen = np.zeros(len(origins), np.float32)
    faces = np.flatnonzero(normals @ lamp > 0)
    begins = origins[faces]
    for number in range(LAMP_RAYS):
        pair = _nth(own[faces], number, LAMP_RAYS)
        angle = np.float32(2 * pi) * pair[:, :1]
        out = np.float32(LAMP_WIDTH) * np.sqrt(pair[:, 1:])
        along = lamp + np.cos(angle) * out * right + np.sin(angle) * out * up
        seen[faces] += ~caster.blocked(begins, along.astype(np.float32))
    return seen / np.float32(LAMP_RAYS)
