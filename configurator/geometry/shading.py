"""What colour a lit face has: matt, shining or of metal, and how bright light is shown.

Colours are linear shares. Sources: Walter and others, "Microfacet models for refraction through
rough surfaces", 2007; Khronos, "PBR Neutral Tone Mapper", 2024; IEC 61966-2-1 (sRGB).
"""

from math import pi

import numpy as np

from configurator.geometry.light import LAMP, Lit, unhindered
from configurator.geometry.surfaces import Numbers

PLAIN_REFLECTION = 0.04
EXPOSURE = 1.12
# The lamp is wide: no highlight is smaller than it.
LEAST_ROUGHNESS = 0.22
_BRIGHT, _PALING = 0.8 - PLAIN_REFLECTION, 0.15


def shaded(looks: Numbers, normals: Numbers, to_eye: Numbers, lamp: Numbers, light: Lit) -> Numbers:
    """Return the colours (n, 3) that faces show, each share from 0 to 1.

    `looks` (n, 5) are colour, roughness and metal. `to_eye` (n, 3) are of length 1, as is `lamp`.
    """
    colour, rough, metal = looks[:, :3], looks[:, 3], looks[:, 4:5]
    facing = np.abs(np.einsum("ij,ij->i", normals, to_eye))
    slant = np.maximum(normals @ lamp, 0)
    beam = np.float32(LAMP) * slant * light.lamp
    came = unhindered(normals[:, 2])[:, None] * light.dome
    seen = colour * (1 - metal) * (came + beam[:, None])
    plain = PLAIN_REFLECTION * (1 - metal) + colour * metal
    edge = np.maximum(1 - rough, PLAIN_REFLECTION)[:, None]
    mirrored = plain + np.maximum(edge - plain, 0) * (1 - facing[:, None]) ** 5
    away = 2 * np.einsum("ij,ij->i", normals, to_eye)[:, None] * normals - to_eye
    red, green, blue = light.dome.T
    clear = np.minimum((red + green + blue) / 3, 1)
    seen += mirrored * (_room(away[:, 2], rough) * clear)[:, None]
    seen += plain * (_highlight(normals, to_eye, lamp, rough) * beam)[:, None]
    return toned(seen * np.float32(EXPOSURE))


def _room(height: Numbers, rough: Numbers) -> Numbers:
    """Return what a face mirrors of the room towards directions whose z is `height`."""
    up = np.clip((height - 0.05) / 0.7, 0, 1)
    sharp = np.where(
        height < 0, 0.34 + 0.16 * np.minimum(-height, 1), 0.34 + 0.86 * up * up * (3 - 2 * up)
    )
    share = np.clip(rough * 1.2, 0, 1)
    light: Numbers = (sharp * (1 - share) + unhindered(height) * share).astype(np.float32)
    return light


def _highlight(normals: Numbers, to_eye: Numbers, lamp: Numbers, rough: Numbers) -> Numbers:
    """Return how much more of the lamp is mirrored to the eye than a matt white face gives back."""
    half = to_eye + lamp
    half /= np.maximum(np.sqrt(np.einsum("ij,ij->i", half, half)), 1e-6)[:, None]
    width = np.maximum(rough, LEAST_ROUGHNESS) ** 4
    middle = np.maximum(np.einsum("ij,ij->i", normals, half), 0) ** 2
    spread = width / (pi * (middle * (width - 1) + 1) ** 2)
    near = np.maximum(half @ lamp, 0.1) ** 2
    light: Numbers = (pi * spread / (4 * near)).astype(np.float32)
    return np.minimum(light, 12)


def toned(light: Numbers) -> Numbers:
    """Return light (n, 3) of any strength as shares from 0 to 1: plain colours stay as they are."""
    red, green, blue = light[:, :1], light[:, 1:2], light[:, 2:]
    least = np.minimum(np.minimum(red, green), blue)
    lifted = np.where(
        least < 2 * PLAIN_REFLECTION,
        least - least * least / (4 * PLAIN_REFLECTION),
        PLAIN_REFLECTION,
    )
    light = light - lifted
    peak = np.maximum(np.maximum(np.maximum(red, green), blue) - lifted, 1e-6)
    room = 1 - _BRIGHT
    beyond = np.maximum(peak - _BRIGHT, 0)
    lower = np.where(beyond > 0, 1 - room * room / (beyond + room), peak)
    pale = 1 - 1 / (_PALING * (peak - lower) + 1)
    shown: Numbers = (light * (lower / peak)) * (1 - pale) + lower * pale
    return shown.astype(np.float32)


def as_srgb(light: Numbers) -> Numbers:
    """Return linear shares as those of sRGB."""
    light = np.clip(light, 0, 1)
    shown: Numbers = np.where(
        light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055
    ).astype(np.float32)
    return shown


def veil(share: Numbers) -> Numbers:
    """Return how dense a black veil is that leaves white the `share` of its light."""
    return 1 - as_srgb(share)
