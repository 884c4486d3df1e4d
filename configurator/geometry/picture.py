"""A picture of a scene by casting rays: no graphics card, equal input gives equal bytes.

Each pixel is looked at in its middle and at its corners. Its light is smoothed over neighbours that
see the same face. Only pixels that see several faces are looked at more closely. Work goes by rows,
so that memory grows with the pixels and not with the rays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from configurator.geometry.camera import (
    Framing,
    View,
    camera_for,
    directions,
    outer_points,
    places_of,
)
from configurator.geometry.light import Lit, lamp_of, lit, shaded_floor, spread
from configurator.geometry.scene import Scene
from configurator.geometry.shading import as_srgb, shaded, veil
from configurator.geometry.solids import Floats
from configurator.geometry.surfaces import Caster, Flags, Hits, Numbers, Picks, Whole, surfaces_of

type Ground = Literal["white", "shadow", "none"]

NOTHING = -1
PIXELS_AT_ONCE = 32_768
EDGES_AT_ONCE = 4_096
# Where within a pixel with an edge is looked: 16 columns and 16 rows, each once.
SAMPLES = 16
_BITS = np.array([int(f"{number:04b}"[::-1], 2) for number in range(SAMPLES)])
_WITHIN = (np.column_stack([np.arange(SAMPLES), _BITS]) + 0.5) / SAMPLES
# How far neighbours lie from which light is taken, first near and then between.
_STEPS = (1, 2, 4)
# A shadow on the floor ends that far from what casts it, as a share of the scene.
SHADOW_BEGINS, SHADOW_ENDS = 0.0, 0.7
# The share of the picture at its border within which a shadow fades.
BORDER = 0.12
# Smaller pictures are drawn larger and made smaller, so that no thin gap is missed.
FEWEST_PIXELS, MOST_FINER = 160_000, 8
_HALF = np.float32(0.5)


@dataclass(slots=True, eq=False)
class _Frame:
    """What each pixel (rows, columns) sees in its middle: a face or NOTHING, its look and normal,
    and the light there.

    `light` are four planes: that of the dome in three colours, and of the lamp. Where nothing is
    seen, the last is the share of light that the floor gets.
    """

    faces: Whole
    edges: Flags
    looks: Whole
    normals: Numbers
    light: Numbers


@dataclass(frozen=True, slots=True)
class Shot:
    """From which side a picture is taken, and how far off."""

    view: View
    framing: Framing = "near"


class _Picture:
    def __init__(self, scene: Scene, shot: Shot, width: int, height: int, with_floor: bool) -> None:
        self.surfaces = surfaces_of(scene)
        self.caster = Caster(self.surfaces)
        points = (outer_points(scene) - self.surfaces.middle) / self.surfaces.scale
        self.lower = points.min(axis=0).astype(np.float32)
        self.upper = points.max(axis=0).astype(np.float32)
        self.camera = camera_for(shot.view, points, width / height, shot.framing)
        self.lamp = lamp_of(self.camera)
        self.width, self.height, self.with_floor = width, height, with_floor
        size = height, width
        self.frame = _Frame(
            np.full(size, NOTHING, np.int32),
            np.zeros(size, np.bool_),
            np.zeros(size, np.int32),
            np.zeros((*size, 3), np.float32),
            np.zeros((4, *size), np.float32),
        )
        self.frame.light[3] = 1
        across, down = places_of(self.camera, points)
        self.covered = (
            _around(down * height, height),
            _around(across * width, width),
        )

    def drawn(self) -> Numbers:
        """Return the picture as linear light and cover (rows, columns, 4), not multiplied."""
        whole = slice(0, self.height)
        for rows in _bands(whole, self.width):
            self.look(rows)
        rows, columns = self.covered
        for some in _bands(rows, 4 * (columns.stop - columns.start)):
            self.find_edges(some, columns)
        for step in _STEPS:
            self.frame.light = _smoothed(self.frame, step)
        shown = np.empty((self.height, self.width, 4), np.float32)
        for rows in _bands(whole, self.width):
            shown[rows] = self.colours(rows)
        down, across = np.nonzero(self.frame.edges)
        places = np.column_stack([across, down])
        for first in range(0, len(places), EDGES_AT_ONCE):
            some_places = places[first : first + EDGES_AT_ONCE]
            shown[some_places[:, 1], some_places[:, 0]] = self.looked_closely(some_places)
        return shown

    def rays(self, across: Numbers, down: Numbers) -> tuple[Numbers, Numbers]:
        """Return origins and unit directions of rays through places counted in pixels, (n,) each."""
        along = directions(
            self.camera, across / np.float32(self.width), down / np.float32(self.height)
        )
        along /= np.sqrt(np.einsum("ij,ij->i", along, along))[:, None]
        origins = np.empty_like(along)
        origins[:] = self.camera.place
        return origins, along

    def look(self, rows: slice) -> None:
        """See what is in the middle of the pixels of `rows`, and how it is lit."""
        places = _places(rows, slice(0, self.width))
        origins, along = self.rays(places[:, 0] + _HALF, places[:, 1] + _HALF)
        hits = self.caster.hits(origins, along)
        own = spread(places)
        met = np.flatnonzero(hits.triangles >= 0)
        triangles = hits.triangles[met]
        normals = self.normals(hits, met, along)
        frame = self.frame
        frame.faces[rows].flat[met] = self.surfaces.faces[triangles]
        frame.looks[rows].flat[met] = self.surfaces.look_of[triangles]
        frame.normals[rows].reshape(-1, 3)[met] = normals
        light = frame.light[:, rows].reshape(4, -1)
        light[:, met] = self.lit(hits, met, normals, (origins, along), own)
        if self.with_floor:
            rest = np.flatnonzero(hits.triangles < 0)
            light[3, rest] = self.floor(origins[rest], along[rest], own[rest])
        frame.light[:, rows] = light.reshape(4, -1, self.width)

    def normals(self, hits: Hits, met: Picks, along: Numbers) -> Numbers:
        """Return the normals where the rays `met` hit, towards who looks."""
        triangles = hits.triangles[met]
        found = self.surfaces.normals[triangles, 0]
        bent = np.flatnonzero(self.surfaces.is_bent[triangles])
        first, second, third = np.moveaxis(self.surfaces.normals[triangles[bent]], 1, 0)
        u, v = hits.u[met[bent], None], hits.v[met[bent], None]
        mixed = first * (1 - u - v) + second * u + third * v
        found[bent] = mixed / np.maximum(np.linalg.norm(mixed, axis=1), 1e-6)[:, None]
        is_away = np.einsum("ij,ij->i", found, along[met]) > 0
        turned: Numbers = np.where(is_away[:, None], -found, found)
        return turned

    def lit(
        self,
        hits: Hits,
        met: Picks,
        normals: Numbers,
        rays: tuple[Numbers, Numbers],
        own: Numbers,
    ) -> Numbers:
        """Return the four planes of light where the rays `met` hit."""
        origins, along = rays
        points = origins[met] + along[met] * hits.lengths[met, None]
        light = lit(self.caster, self.surfaces, self.lamp, points, normals, own[met])
        return np.vstack([light.dome.T, light.lamp])

    def floor(self, origins: Numbers, along: Numbers, own: Numbers) -> Numbers:
        """Return the share of light that comes to the floor where rays meet it; 1 far away and
        where they do not.
        """
        shares = np.ones(len(along), np.float32)
        falling = np.flatnonzero(along[:, 2] < -1e-4)
        down = (self.lower[2] - origins[falling, 2]) / along[falling, 2]
        points = origins[falling] + along[falling] * down[:, None]
        flat = points[:, :2]
        beyond = np.maximum(np.maximum(self.lower[:2] - flat, flat - self.upper[:2]), 0)
        away = np.hypot(beyond[:, 0], beyond[:, 1])
        near = np.flatnonzero(away < SHADOW_ENDS)
        left = 1 - _eased((away[near] - SHADOW_BEGINS) / (SHADOW_ENDS - SHADOW_BEGINS))
        found = shaded_floor(self.caster, self.lamp, points[near], own[falling[near]])
        shares[falling[near]] = 1 - (1 - found) * left
        return shares

    def find_edges(self, rows: slice, columns: slice) -> None:
        """Mark the pixels whose middle and border see different faces."""
        fine = _places(_doubled(rows), _doubled(columns))
        origins, along = self.rays(fine[:, 0] * _HALF, fine[:, 1] * _HALF)
        met = self.caster.met(origins, along)
        faces = np.where(met >= 0, self.surfaces.faces[met], NOTHING)
        faces = faces.reshape(2 * (rows.stop - rows.start) + 1, -1)
        middle = faces[1::2, 1::2]
        for down in (slice(0, -1, 2), slice(1, None, 2), slice(2, None, 2)):
            for across in (slice(0, -1, 2), slice(1, None, 2), slice(2, None, 2)):
                self.frame.edges[rows, columns] |= faces[down, across] != middle

    def colours(self, rows: slice) -> Numbers:
        """Return the colours of pixels of one face (rows, columns, 4)."""
        frame = self.frame
        places = _places(rows, slice(0, self.width))
        found = np.zeros((len(places), 4), np.float32)
        faces = frame.faces[rows].ravel()
        light = frame.light[:, rows].reshape(4, -1)
        met, rest = np.flatnonzero(faces != NOTHING), np.flatnonzero(faces == NOTHING)
        _, along = self.rays(places[met, 0] + _HALF, places[met, 1] + _HALF)
        normals = frame.normals[rows].reshape(-1, 3)[met]
        looks = self.surfaces.looks[frame.looks[rows].ravel()[met]]
        own = Lit(light[:3, met].T, light[3, met])
        found[met, :3] = shaded(looks, normals, -along, self.lamp, own)
        found[met, 3] = 1
        found[rest, 3] = veil(light[3, rest])
        return found.reshape(-1, self.width, 4)

    def looked_closely(self, places: Picks) -> Numbers:
        """Return the colours (n, 4) of pixels that see several faces, at `places` (n, 2)."""
        across = (places[:, 0, None] + _WITHIN[:, 0]).astype(np.float32).ravel()
        down = (places[:, 1, None] + _WITHIN[:, 1]).astype(np.float32).ravel()
        rays = origins, along = self.rays(across, down)
        hits = self.caster.hits(origins, along)
        faces = np.where(hits.triangles >= 0, self.surfaces.faces[hits.triangles], NOTHING)
        light, is_known = _taken(self.frame, places, faces.reshape(-1, SAMPLES))
        met, rest = np.flatnonzero(faces != NOTHING), np.flatnonzero(faces == NOTHING)
        normals = self.normals(hits, met, along)
        # A face so small that no middle of a pixel near by sees it gets light of its own.
        own = spread(SAMPLES * np.repeat(places, SAMPLES, axis=0) + np.arange(len(faces))[:, None])
        new = np.flatnonzero(~is_known[met])
        light[:, met[new]] = self.lit(hits, met[new], normals[new], rays, own)
        if self.with_floor:
            bare = rest[~is_known[rest]]
            light[3, bare] = self.floor(origins[bare], along[bare], own[bare])
        found = np.zeros((len(faces), 4), np.float32)
        looks = self.surfaces.looks[self.surfaces.look_of[hits.triangles[met]]]
        lighted = Lit(light[:3, met].T, light[3, met])
        found[met, :3] = shaded(looks, normals, -along[met], self.lamp, lighted)
        found[met, 3] = 1
        found[rest, 3] = veil(light[3, rest])
        return _mean(found.reshape(-1, SAMPLES, 4))


def picture(
    scene: Scene, shot: Shot, width: int, height: int, ground: Ground = "white"
) -> np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]:
    """Return the picture of `scene` from where `shot` says as sRGB with cover, (height, width, 4).

    On `white` all is covered. `shadow` and `none` leave the ground clear, with or without the
    shadow on it.
    """
    finer = min(max(1, round((FEWEST_PIXELS / (width * height)) ** 0.5)), MOST_FINER)
    drawn = _Picture(scene, shot, width * finer, height * finer, ground != "none").drawn()
    if ground != "none":
        _fade(drawn)
    if finer > 1:
        parts = drawn.reshape(height, finer, width, finer, 4).swapaxes(1, 2)
        drawn = _mean(parts.reshape(height * width, -1, 4)).reshape(height, width, 4)
    colours, cover = as_srgb(drawn[..., :3]), drawn[..., 3:]
    if ground == "white":
        colours = colours * cover + (1 - cover)
        cover = np.ones_like(cover)
    return np.rint(np.clip(np.dstack([colours, cover]), 0, 1) * 255).astype(np.uint8)


def _bands(rows: slice, width: int) -> Iterator[slice]:
    many = max(1, PIXELS_AT_ONCE // width)
    starts = range(rows.start, rows.stop, many)
    return (slice(top, min(top + many, rows.stop)) for top in starts)


def _around(places: Floats, many: int) -> slice:
    """Return the rows or columns that `places` lie in, with one more on each side."""
    return slice(max(int(np.floor(places.min())) - 1, 0), min(int(np.ceil(places.max())) + 1, many))


def _doubled(places: slice) -> slice:
    return slice(2 * places.start, 2 * places.stop + 1)


def _places(rows: slice, columns: slice) -> Whole:
    """Return the places (n, 2) of pixels: how far across, and how far down."""
    down, across = np.mgrid[rows, columns].astype(np.int32)
    return np.column_stack([across.ravel(), down.ravel()])


def _eased(share: Numbers) -> Numbers:
    share = np.clip(share, 0, 1)
    return share * share * (3 - 2 * share)


def _mean(several: Numbers) -> Numbers:
    """Return the colour and cover (n, 4) of what consists of equal pieces (n, m, 4)."""
    cover = several[..., 3].sum(axis=1)
    colours = np.einsum("ijk,ij->ik", several[..., :3], several[..., 3])
    colours /= np.maximum(cover, 1e-6)[:, None]
    return np.column_stack([colours, cover / several.shape[1]])


def _fade(drawn: Numbers) -> None:
    """Let shadows end before the border; what has a colour stays."""
    height, width = drawn.shape[:2]
    across, down = (
        np.minimum(np.arange(many) + 0.5, many - np.arange(many) - 0.5) / (many * BORDER)
        for many in (width, height)
    )
    inside = _eased(np.minimum(across, down[:, None]).astype(np.float32))
    red, green, blue, cover = np.moveaxis(drawn, 2, 0)
    is_shadow = (red + green + blue == 0) & (cover < 1)
    drawn[..., 3] = np.where(is_shadow, cover * inside, cover)


def _smoothed(frame: _Frame, step: int) -> Numbers:
    """Return light as the mean of 3 by 3 pixels that are `step` apart and see one face."""
    height, width = frame.faces.shape
    light, count = frame.light.copy(), np.ones((height, width), np.float32)
    for down in (-step, 0, step):
        for across in (-step, 0, step):
            if not down and not across:
                continue
            at = _shifted(height, down), _shifted(width, across)
            from_ = _shifted(height, -down), _shifted(width, -across)
            same = (frame.faces[at] == frame.faces[from_]).astype(np.float32)
            for own, other in zip(light, frame.light, strict=True):
                own[at] += other[from_] * same
            count[at] += same
    light /= count
    return light


def _shifted(many: int, by: int) -> slice:
    return slice(max(by, 0), many + min(by, 0))


def _taken(frame: _Frame, places: Picks, faces: Whole) -> tuple[Numbers, Flags]:
    """Return the light (4, n) that neighbours of `places` see on `faces`, and whether any does."""
    height, width = frame.faces.shape
    light = np.zeros((4, *faces.shape), np.float32)
    count = np.zeros(faces.shape, np.float32)
    for down in (-1, 0, 1):
        for across in (-1, 0, 1):
            rows = np.clip(places[:, 1] + down, 0, height - 1)
            columns = np.clip(places[:, 0] + across, 0, width - 1)
            same = (frame.faces[rows, columns][:, None] == faces).astype(np.float32)
            light += frame.light[:, rows, columns][..., None] * same
            count += same
    light /= np.maximum(count, 1)
    return light.reshape(4, -1), count.ravel() > 0
