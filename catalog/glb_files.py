"""Files of 3D models (GLB, binary glTF 2.0) as content: their description and their binary part, and
what is refused of them before anything of it is believed.

Source: Khronos, "glTF 2.0 Specification", 2021.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from catalog.errors import Refusal

MEDIA_TYPE = "model/gltf-binary"
SUFFIX = ".glb"
MAX_BYTES = 12 * 1024 * 1024
MOST_JSON = 2 * 1024 * 1024
VARIANTS = "KHR_materials_variants"
WEBP = "EXT_texture_webp"
MOST = {
    "accessors": 10_000,
    "animations": 100,
    "bufferViews": 10_000,
    "buffers": 1,
    "cameras": 100,
    "images": 64,
    "materials": 500,
    "meshes": 1_000,
    "nodes": 2_000,
    "samplers": 500,
    "scenes": 10,
    "skins": 0,
    "textures": 500,
    "variants": 100,
}
"""How many of each a file may have; bones, which would move what is measured, none."""
MOST_PRIMITIVES = 2_000
"""How many all meshes of a file may have: each is drawn by itself, once for each look."""
KNOWN = frozenset(
    {
        VARIANTS,
        WEBP,
        "KHR_lights_punctual",
        "KHR_mesh_quantization",
        "KHR_texture_transform",
        *(
            f"KHR_materials_{name}"
            for name in (
                *("anisotropy", "clearcoat", "dispersion", "emissive_strength", "ior"),
                *("iridescence", "sheen", "specular", "transmission", "unlit", "volume"),
            )
        ),
    }
)
"""Extensions that a file may require."""
_PACKED = {
    "KHR_draco_mesh_compression": "Draco",
    "EXT_meshopt_compression": "meshopt",
    "KHR_texture_basisu": "KTX2",
}
_GLTF, _JSON, _BINARY = 0x46546C67, 0x4E4F534A, 0x004E4942
_HEAD = 12
_CHUNK_HEAD = 8

type Document = dict[str, Any]


class GlbRefused(Refusal):
    """A file that is no 3D model we keep; the sentence says why, and what to do."""

    slug = "model-refused"
    title = "This 3D model cannot be kept"


@dataclass(frozen=True, slots=True, eq=False)
class GlbFile:
    """The description of a file, and its binary part without padding before it."""

    document: Document
    binary: bytes


def is_glb(content: bytes) -> bool:
    """Tell whether content calls itself binary glTF."""
    return content.startswith(b"glTF")


def opened(content: bytes) -> GlbFile:
    """Return what a GLB holds, every index of its description known to lead somewhere.

    Refuses with GlbRefused what is no whole GLB of glTF 2, needs other files or extensions that are
    not in KNOWN, or has more than MOST of anything.
    """
    document, binary = _chunks(content)
    try:
        _refuse_asset(document)
        _refuse_extensions(document)
        _refuse_counts(document)
        _refuse_outside(document, len(binary))
        for holder, key, kind in references(document):
            _refuse_index(holder[key], kind, len(entries(document, kind)))
    except (AttributeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise _no_gltf(f"it is not built as glTF 2.0 says ({type(error).__name__})") from error
    return GlbFile(document, binary)


def written(document: Document, binary: bytes) -> bytes:
    """Return a GLB of a description and a binary part, each filled up to a multiple of four bytes."""
    described = orjson.dumps(document)
    described += b" " * (-len(described) % 4)
    binary += bytes(-len(binary) % 4)
    parts = [struct.pack("<II", len(described), _JSON), described]
    if binary:
        parts += [struct.pack("<II", len(binary), _BINARY), binary]
    length = _HEAD + sum(map(len, parts))
    return b"".join([struct.pack("<III", _GLTF, 2, length), *parts])


def entries(document: Document, kind: str) -> list[Document]:
    """Return the meshes, the nodes … of a description; variants stand in their extension."""
    found: list[Document]
    if kind == "variants":
        found = document.get("extensions", {}).get(VARIANTS, {}).get("variants", [])
    else:
        found = document.get(kind, [])
    return found


def roots(document: Document) -> list[int]:
    """Return the nodes that the scene shown at first begins with."""
    scenes = entries(document, "scenes")
    found: list[int] = scenes[document.get("scene", 0)].get("nodes", []) if scenes else []
    return found


def mappings_of(primitive: Document) -> list[Document]:
    """Return which material a primitive has in which variants."""
    found: list[Document] = primitive.get("extensions", {}).get(VARIANTS, {}).get("mappings", [])
    return found


def references(document: Document) -> Iterator[tuple[Any, Any, str]]:
    """Return every place that leads to another by its number: what holds it, under which key, and
    among what it counts.
    """
    if "scene" in document:
        yield document, "scene", "scenes"
    for scene in entries(document, "scenes"):
        yield from _each(scene.get("nodes", []), "nodes")
    for node in entries(document, "nodes"):
        yield from _each(node.get("children", []), "nodes")
        yield from _named(node, {"mesh": "meshes", "camera": "cameras", "skin": "skins"})
    for mesh in entries(document, "meshes"):
        for primitive in mesh["primitives"]:
            yield from _of_primitive(primitive)
    for material in entries(document, "materials"):
        yield from _of_textures(material)
    for texture in entries(document, "textures"):
        yield from _named(texture, {"source": "images", "sampler": "samplers"})
        yield from _named(texture.get("extensions", {}).get(WEBP, {}), {"source": "images"})
    for animation in entries(document, "animations"):
        for channel in animation["channels"]:
            yield from _named(channel["target"], {"node": "nodes"})
        for sampler in animation["samplers"]:
            yield from _named(sampler, {"input": "accessors", "output": "accessors"})
    for kind in ("images", "accessors"):
        for entry in entries(document, kind):
            yield from _named(entry, {"bufferView": "bufferViews"})
    for view in entries(document, "bufferViews"):
        yield view, "buffer", "buffers"


def _of_primitive(primitive: Document) -> Iterator[tuple[Any, Any, str]]:
    for attributes in (primitive["attributes"], *primitive.get("targets", [])):
        yield from _named(attributes, dict.fromkeys(attributes, "accessors"))
    yield from _named(primitive, {"indices": "accessors", "material": "materials"})
    for mapping in mappings_of(primitive):
        yield mapping, "material", "materials"
        yield from _each(mapping["variants"], "variants")


def _of_textures(holder: Any) -> Iterator[tuple[Any, Any, str]]:
    """Return the textures of a material, those of its extensions too: all are called so."""
    for key, value in holder.items():
        if isinstance(value, dict) and key != "extras":
            if key.endswith("Texture") and "index" in value:
                yield value, "index", "textures"
            yield from _of_textures(value)


def _each(numbers: list[Any], kind: str) -> Iterator[tuple[Any, Any, str]]:
    return ((numbers, place, kind) for place in range(len(numbers)))


def _named(holder: Any, kinds: dict[str, str]) -> Iterator[tuple[Any, Any, str]]:
    return ((holder, key, kind) for key, kind in kinds.items() if key in holder)


def _chunks(content: bytes) -> tuple[Document, bytes]:
    if len(content) > MAX_BYTES:
        raise GlbRefused(
            f"The model has {len(content) / 1048576:.1f} MB; at most {MAX_BYTES // 1048576} MB are kept. "
            "Make its pictures smaller."
        )
    if not is_glb(content):
        raise GlbRefused("The file is not binary glTF; save the model as .glb.")
    if len(content) < _HEAD + _CHUNK_HEAD:
        raise GlbRefused("The file ends within its first bytes; upload it again.")
    _, version, length = struct.unpack_from("<III", content)
    if version != 2:
        raise GlbRefused(f"The file is glTF {version}; save the model as glTF 2.0.")
    if length > len(content):
        told = f"The file is cut off: it has {len(content):,} of {length:,} bytes"
        raise GlbRefused(f"{told}; upload it again.")
    if length < len(content):
        raise GlbRefused("The file goes on behind its end; save the model again.")
    found = list(_parts(content))
    if [kind for kind, _ in found] not in ([_JSON], [_JSON, _BINARY]):
        raise GlbRefused("The file has other parts than a GLB; save the model as .glb again.")
    described = found[0][1]
    if len(described) > MOST_JSON:
        most = f"{MOST_JSON // 1048576} MB"
        raise GlbRefused(f"The model's description has more than {most}; join its parts.")
    try:
        document = orjson.loads(described)
    except ValueError as error:
        raise _no_gltf("its description cannot be read") from error
    if not isinstance(document, dict):
        raise _no_gltf("its description is no object")
    return document, found[1][1] if len(found) == 2 else b""


def _parts(content: bytes) -> Iterator[tuple[int, bytes]]:
    place = _HEAD
    while place < len(content):
        if place + _CHUNK_HEAD > len(content):
            raise GlbRefused("The file ends within a part; upload it again.")
        size, kind = struct.unpack_from("<II", content, place)
        place += _CHUNK_HEAD
        if size % 4 or place + size > len(content):
            raise GlbRefused("A part of the file is longer than the file; upload it again.")
        yield kind, content[place : place + size]
        place += size


def _refuse_asset(document: Document) -> None:
    version = document["asset"]["version"]
    if not isinstance(version, str) or not version.startswith("2."):
        raise GlbRefused("The model is not glTF 2; save it as glTF 2.0.")
    for key in ("copyright", "generator"):
        if not isinstance(document["asset"].get(key, ""), str):
            raise _no_gltf(f"its {key} is no text")


def _refuse_extensions(document: Document) -> None:
    required = document.get("extensionsRequired", [])
    for name in required:
        if name in _PACKED:
            raise GlbRefused(f"The model is packed with {_PACKED[name]}; save it without.")
        if name not in KNOWN:
            raise GlbRefused(
                f"The model needs '{str(name)[:60]}', which is not read; save it without."
            )
    if not set(required) <= set(document.get("extensionsUsed", [])):
        raise _no_gltf("it requires extensions that it does not use")


def _refuse_counts(document: Document) -> None:
    for kind, most in MOST.items():
        found = entries(document, kind)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise _no_gltf(f"its {kind} are no list")
        if len(found) > most:
            told = f"The model has {len(found):,} {kind}; at most {most:,} are kept"
            raise GlbRefused(f"{told}. Save it without bones." if kind == "skins" else f"{told}.")
    primitives = sum(len(each["primitives"]) for each in entries(document, "meshes"))
    if primitives > MOST_PRIMITIVES:
        told = f"The model has {primitives:,} surfaces; at most {MOST_PRIMITIVES:,} are kept"
        raise GlbRefused(f"{told}. Join those of one material.")


def _refuse_outside(document: Document, binary: int) -> None:
    """Refuse what lies in other files, and parts of the binary that it does not have."""
    for kind in ("buffers", "images"):
        if any("uri" in each for each in entries(document, kind)):
            raise GlbRefused("The model needs other files; save it as one .glb with its pictures.")
    length = 0
    for buffer in entries(document, "buffers"):
        length = _whole(buffer["byteLength"], 1)
        if not binary - 3 <= length <= binary:
            raise _no_gltf(f"it tells of {length:,} bytes and has {binary:,}")
    for view in entries(document, "bufferViews"):
        if _whole(view.get("byteOffset", 0)) + _whole(view["byteLength"], 1) > length:
            raise _no_gltf("a part of it lies behind its end")
        stride = view.get("byteStride", 4)
        if type(stride) is not int or not 4 <= stride <= 252 or stride % 4:
            raise _no_gltf("its numbers lie in an unknown distance")


def _refuse_index(number: Any, kind: str, count: int) -> None:
    if type(number) is not int or not 0 <= number < count:
        raise _no_gltf(f"it names one of its {kind} that there is not")


def _whole(number: Any, least: int = 0) -> int:
    if type(number) is not int or number < least:
        raise _no_gltf("a count in it is no whole number")
    return int(number)


def parents_of(document: Document) -> Sequence[int | None]:
    """Return the node that each node stands in; refuses with GlbRefused a node in two others, or in
    itself.
    """
    nodes = entries(document, "nodes")
    parents: list[int | None] = [None] * len(nodes)
    for place, node in enumerate(nodes):
        for child in node.get("children", []):
            if parents[child] is not None:
                raise _no_gltf("one of its nodes stands in two others")
            parents[child] = place
    for place in range(len(nodes)):
        above, steps = parents[place], 0
        while above is not None:
            above, steps = parents[above], steps + 1
            if steps > len(nodes):
                raise _no_gltf("one of its nodes stands in itself")
    return parents


def _no_gltf(told: str) -> GlbRefused:
    return GlbRefused(f"The model is not valid glTF: {told}. Save it again with another program.")
