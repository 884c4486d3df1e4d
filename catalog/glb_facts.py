"""What a GLB tells of itself: its size, its parts, its looks, whose work it is, and what may trouble
those who see it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Any

import numpy as np

from catalog.glb_files import KNOWN, GlbFile, GlbRefused, entries, mappings_of, opened, written
from catalog.glb_meshes import (
    MOST_TRIANGLES,
    MOST_VERTICES,
    Placed,
    corners,
    floats,
    numbers,
    placed,
)
from catalog.glb_surfaces import refuse_broken_points, refuse_broken_surfaces

MOST_PIXELS, MOST_PIXELS_TOGETHER = 24_000_000, 64_000_000
MOST_SIZE = 100_000
"""In millimetres."""
MOST_NAME = 200
_PLACES = 4
"""Of a millimetre: what numbers of four bytes in metres keep of a piece of furniture."""
_HEAVY_BYTES, _HEAVY_TRIANGLES, _HEAVY_SIDE = 4 * 1024 * 1024, 100_000, 2_048
_LARGE, _SMALL = 20_000, 5
_LICENCES = re.compile(
    r"CC0(?: 1\.0)?|CC[ -]BY(?:[ -](?:NC|SA|ND))*(?: [1-4]\.0)?|public domain", re.IGNORECASE
)
# Extensions that stay beside other shapes; cameras, lights, animations and all others do not.
KEPT = frozenset(name for name in KNOWN if name != "KHR_lights_punctual")

type Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class GlbImage:
    """A picture within a model; its sides in pixels."""

    media_type: str
    width: int
    height: int
    size: int


@dataclass(frozen=True, slots=True)
class GlbFacts:
    """What is known of a model: the corners of its bounds in millimetres (x to the right, y to the
    back, z up), how many triangles are seen, and its names. `meshes` counts those of the file.

    `varied` names the materials of what looks otherwise in some variant. `credit` says whose work it
    is and `licence` under which terms; "" where the file tells none.
    `warnings` are sentences for who keeps it.
    """

    lower: Vector
    upper: Vector
    triangles: int
    meshes: int
    nodes: tuple[str, ...]
    materials: tuple[str, ...]
    variants: tuple[str, ...]
    varied: tuple[str, ...]
    images: tuple[GlbImage, ...]
    extensions: tuple[str, ...]
    credit: str
    licence: str
    warnings: tuple[str, ...]

    @property
    def size(self) -> Vector:
        """How wide, deep and high it is, in millimetres."""
        (left, front, low), (right, back, high) = self.lower, self.upper
        return right - left, back - front, high - low

    def as_json(self) -> dict[str, Any]:
        """Return the facts as plain JSON values, with the size."""
        return {**asdict(self), "size": list(self.size)}


def facts_of(content: bytes) -> GlbFacts:
    """Return what `content` tells of itself; refuses with GlbRefused what is no GLB within the
    limits, or breaks the rules of glTF 2.0 that viewers rely on.

    Time and memory grow with the file alone; pictures are measured and not decoded.
    """
    file = opened(content)
    try:
        return _facts(file, len(content))
    except (AttributeError, KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
        told = f"The model is not built as glTF 2.0 says ({type(error).__name__})"
        raise GlbRefused(f"{told}; save it again with another program.") from error


def variant_called(variants: Iterable[str], name: str) -> str | None:
    """Return the variant that is meant by `name`: called so, or so once written as a key
    (`ruby_velvet` for "Ruby Velvet"); None where there is none.
    """
    known = list(variants)
    if name in known:
        return name
    return next((each for each in known if _key(each) == name), None)


def credited(content: bytes, credit: str, licence: str) -> bytes:
    """Return `content` with its credit and licence told in it; the very same where it tells them."""
    file = opened(content)
    if credit_of(file.document["asset"]) == (credit, licence):
        return content
    asset = {**file.document["asset"], "copyright": credit}
    if credit_of(asset) != (credit, licence):
        asset["extras"] = {**_extras(asset), "license": licence}
    return written({**file.document, "asset": asset}, file.binary)


def credit_of(asset: dict[str, Any]) -> tuple[str, str]:
    """Return whose work a model is, and under which licence, as far as its `asset` tells."""
    extras = _extras(asset)
    told = {key: each for key, each in extras.items() if isinstance(each, str) and each.strip()}
    credit = asset.get("copyright", "").strip()
    if not credit and "author" in told:
        credit = " by ".join(filter(None, (told.get("title", ""), told["author"])))
    licence = told.get("license") or told.get("licence") or ""
    if not licence and (found := _LICENCES.search(credit)):
        licence = found[0]
    return credit[:500], licence[:200]


def _extras(asset: dict[str, Any]) -> dict[str, Any]:
    extras = asset.get("extras")
    return extras if isinstance(extras, dict) else {}


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _facts(file: GlbFile, size: int) -> GlbFacts:
    document = file.document
    _refuse_mappings(document)
    refuse_broken_surfaces(file)
    lower, upper, triangles, is_lined = _measured(file)
    if not triangles:
        raise GlbRefused("The model has no surface that its scene shows.")
    # Places upon places can be beyond all numbers, and what is none is not larger than anything.
    if not max(np.abs([lower, upper]).max(), (upper - lower).max()) <= MOST_SIZE:
        raise GlbRefused("The model is larger than 100 m; save it in metres.")
    images = tuple(_images(file))
    credit, licence = credit_of(document["asset"])
    used = tuple(str(each)[:MOST_NAME] for each in document.get("extensionsUsed", []))
    variants = _names(document, "variants")
    if len(set(variants)) != len(variants) or "" in variants:
        raise GlbRefused("Variants of the model need names, each another; name them.")
    return GlbFacts(
        _vector(np.round(lower, _PLACES) + 0.0),
        _vector(np.round(upper, _PLACES) + 0.0),
        triangles,
        len(entries(document, "meshes")),
        _names(document, "nodes"),
        _names(document, "materials"),
        variants,
        tuple(dict.fromkeys(_varied(document))),
        images,
        used,
        credit,
        licence,
        tuple(_warnings(file, size, triangles, images, used, upper - lower, is_lined)),
    )


def _measured(file: GlbFile) -> tuple[Any, Any, int, bool]:
    """Return the corners of the bounds, how many triangles there are, and whether there are lines or
    points beside them.
    """
    lower, upper = np.full(3, np.inf), np.full(3, -np.inf)
    counts: dict[tuple[int, int], int] = {}
    points = triangles = 0
    is_lined = False
    for each in placed(file):
        position = each.primitive["attributes"]["POSITION"]
        points += entries(file.document, "accessors")[position]["count"]
        if points > MOST_VERTICES:
            raise GlbRefused(
                f"The model has more than {MOST_VERTICES:,} points; save a simpler one."
            )
        known = each.mesh, each.place
        if known not in counts:
            refuse_broken_points(file, each.primitive)
            counts[known] = len(corners(file, each.primitive))
            _refuse_primitive(file, each)
        triangles += counts[known]
        is_lined |= not counts[known]
        if triangles > MOST_TRIANGLES:
            told = f"The model has more than {MOST_TRIANGLES:,} triangles"
            raise GlbRefused(f"{told}; save a simpler one.")
        seen = each.put(floats(file, position))
        lower, upper = np.minimum(lower, seen.min(axis=0)), np.maximum(upper, seen.max(axis=0))
    return lower, upper, triangles, is_lined


def _refuse_primitive(file: GlbFile, each: Placed) -> None:
    """Refuse what viewers would show wrongly: bounds that are others, and numbers that are none."""
    attributes = each.primitive["attributes"]
    positions = attributes["POSITION"]
    accessors = entries(file.document, "accessors")
    found = numbers(file, positions)
    told = accessors[positions]
    if accessors[positions]["type"] != "VEC3" or not np.isfinite(floats(file, positions)).all():
        raise GlbRefused("A point of the model is nowhere; save the model again.")
    bounds = (told["min"], found.min(axis=0)), (told["max"], found.max(axis=0))
    if any((np.asarray(said, found.dtype) != true).any() for said, true in bounds):
        raise GlbRefused("The model says other bounds than it has; save it again.")
    for name, accessor in attributes.items():
        if len(numbers(file, accessor)) != len(found):
            raise GlbRefused(f"The model has another number of {str(name)[:30]} than of points.")


def _refuse_mappings(document: dict[str, Any]) -> None:
    """Refuse a primitive that has two materials in one variant."""
    for primitive in _primitives(document):
        worn = [each for mapping in mappings_of(primitive) for each in mapping["variants"]]
        if len(set(worn)) != len(worn):
            raise GlbRefused("A part of the model has two looks in one variant; save it again.")


def _images(file: GlbFile) -> Iterator[GlbImage]:
    """Return the pictures by what they are; refuses those that are none, or too large."""
    pixels = 0
    for image in entries(file.document, "images"):
        content = image_content(file, image)
        found = _image(content)
        pixels += found.width * found.height
        if found.media_type != image["mimeType"]:
            raise GlbRefused("A picture of the model is another kind than it says; save it again.")
        if pixels > MOST_PIXELS_TOGETHER or found.width * found.height > MOST_PIXELS:
            most, together = MOST_PIXELS // 1_000_000, MOST_PIXELS_TOGETHER // 1_000_000
            told = f"at most {most} million pixels in one and {together} in all are kept"
            raise GlbRefused(f"Pictures of the model are too large; {told}.")
        yield found


def image_content(file: GlbFile, image: dict[str, Any]) -> bytes:
    """Return a picture of the file as it is."""
    view = entries(file.document, "bufferViews")[image["bufferView"]]
    begin = view.get("byteOffset", 0)
    return file.binary[begin : begin + view["byteLength"]]


def _image(content: bytes) -> GlbImage:
    from PIL import Image, UnidentifiedImageError

    from catalog.pictures import MEDIA_TYPES

    try:
        # Only its head is read here: no pixel is decoded.
        with Image.open(BytesIO(content), formats=tuple(MEDIA_TYPES)) as image:
            width, height = image.size
            return GlbImage(MEDIA_TYPES[image.format or ""], width, height, len(content))
    except Image.DecompressionBombError as error:
        raise GlbRefused(
            "A picture of the model has far too many pixels; make it smaller."
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise GlbRefused("A picture of the model is no whole PNG, JPEG or WebP.") from error


def refuse_broken_images(content: bytes) -> None:
    """Refuse with GlbRefused a model with a picture that cannot be decoded; takes as much memory as
    the largest of them.
    """
    from catalog.pictures import PictureRefused, verified

    file = opened(content)
    for number, image in enumerate(entries(file.document, "images"), 1):
        try:
            verified(image_content(file, image))
        except PictureRefused as refused:
            raise GlbRefused(f"Picture {number} of the model: {refused.sentence}") from refused


def _names(document: dict[str, Any], kind: str) -> tuple[str, ...]:
    return tuple(str(each.get("name", ""))[:MOST_NAME] for each in entries(document, kind))


def _varied(document: dict[str, Any]) -> Iterator[str]:
    materials = _names(document, "materials")
    for primitive in _primitives(document):
        mappings = mappings_of(primitive)
        if mappings:
            yield from (
                materials[each["material"]] for each in (primitive, *mappings) if "material" in each
            )


def _warnings(
    file: GlbFile,
    size: int,
    triangles: int,
    images: tuple[GlbImage, ...],
    used: tuple[str, ...],
    sides: Any,
    is_lined: bool,
) -> Iterator[str]:
    document = file.document
    if size > _HEAVY_BYTES:
        yield f"It has {size / 1048576:.1f} MB; phones load up to 4 MB without a long wait."
    if triangles > _HEAVY_TRIANGLES:
        yield f"It has {triangles:,} triangles; phones turn up to 100,000 smoothly."
    if any(max(each.width, each.height) > _HEAVY_SIDE for each in images):
        yield f"A picture of it is wider or higher than {_HEAVY_SIDE:,} pixels; 2,048 are enough."
    if sides.max() > _LARGE or sides.max() < _SMALL:
        yield "Its size is unusual; glTF is in metres. Give the shape a length to have it scaled."
    if is_lined:
        yield "Lines and points of it are in the file, and not in pictures."
    for key, told in (("animations", "moves"), ("cameras", "cameras")):
        if entries(document, key):
            yield f"It has {told}; they are left out where it stands beside other shapes."
    if others := sorted(set(used) - KEPT):
        names = ", ".join(others)
        yield f"It uses {names}: left out where it stands beside other shapes."
    if any(_wants_tangents(document, each) for each in _primitives(document)):
        yield "It has fine relief (a normal map) without tangents; viewers differ a little there."


def _primitives(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (each for mesh in entries(document, "meshes") for each in mesh["primitives"])


def _wants_tangents(document: dict[str, Any], primitive: dict[str, Any]) -> bool:
    if "material" not in primitive or "TANGENT" in primitive["attributes"]:
        return False
    return "normalTexture" in entries(document, "materials")[primitive["material"]]


def _vector(numbers_: Any) -> Vector:
    x, y, z = (float(each) for each in numbers_)
    return x, y, z
