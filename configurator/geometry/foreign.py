"""Files of 3D models within the file of a scene: their binary parts are taken as bytes, and only
numbers that lead from one place to another become others.

A scene that is one model alone is the model's own file: nothing is left out, and only what has to
be told otherwise is.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from catalog.glb_contents import content_of
from catalog.glb_facts import KEPT
from catalog.glb_files import (
    VARIANTS,
    Document,
    GlbFile,
    entries,
    opened,
    references,
    roots,
    written,
)
from configurator.geometry.dressing import Dress, Wardrobe, dress_of
from configurator.geometry.imported import placing
from configurator.geometry.scene import Part, Scene
from configurator.geometry.solids import Imported

# What is taken of a file once, whatever stands in the scene how often.
_ONCE = ("accessors", "bufferViews", "images", "samplers", "textures", "materials")
# From millimetres with z up to metres with y up, and back.
_UPRIGHT = np.array([[1.0, 0, 0], [0, 0, 1.0], [0, -1.0, 0]])
_METRE = 1000.0


def models_of(scene: Scene | None) -> dict[str, bytes]:
    """Return the files of the 3D models in a scene by their digests; refuses with NotFound one that
    is not here.
    """
    parts = () if scene is None else scene.parts
    digests = {each.solid.digest for each in parts if isinstance(each.solid, Imported)}
    return {digest: content_of(digest) for digest in sorted(digests)}


def variant_names(file: GlbFile) -> list[str]:
    """Return what the variants of a file are called."""
    return [str(each.get("name", "")) for each in entries(file.document, "variants")]


def place_of_node(part: Part) -> Document:
    """Return where the node of a model stands, and how it is turned and scaled."""
    assert isinstance(part.solid, Imported)
    matrix, begin = placing(part.solid)
    turned = np.round(_UPRIGHT @ matrix @ _UPRIGHT.T, 9) + 0.0
    place = _UPRIGHT @ (np.array(part.corner) + np.array(begin)) / _METRE
    told = [round(float(each), 9) + 0.0 for each in place]
    if (turned == np.eye(3)).all():
        return {"translation": told} if any(told) else {}
    columns = [[*column, 0.0] for column in turned.T.tolist()]
    return {"matrix": [*columns[0], *columns[1], *columns[2], *told, 1.0]}


def alone(scene: Scene, content: bytes, node: Document) -> bytes:
    """Return the file of a scene that is one 3D model: its own with the binary part as it was.

    `node` is what stands above all that its scene shows. Its variants stay, and those of `scene`
    come behind them.
    """
    file = opened(content)
    (part,) = scene.parts
    document, names = deepcopy(file.document), variant_names(file)
    scenes = document["scenes"][document.get("scene", 0)]
    node["children"] = scenes["nodes"]
    document["nodes"].append(node)
    scenes["nodes"] = [len(document["nodes"]) - 1]
    wardrobe = Wardrobe(document.setdefault("materials", []))
    places = {name: place for place, name in enumerate(names)}
    dress = Dress(scene, part, names, places, len(names))
    for mesh in document["meshes"]:
        for primitive in mesh["primitives"]:
            dress.put_on(primitive, wardrobe)
    if not document["materials"]:
        del document["materials"]
    if scene.variants:
        told = document.setdefault("extensions", {}).setdefault(VARIANTS, {"variants": []})
        told["variants"] += [{"name": each.name} for each in scene.variants]
        used = document.setdefault("extensionsUsed", [])
        document["extensionsUsed"] = [*used, *({VARIANTS} - set(used))]
    return written(document, file.binary)


class Merging:
    """Takes files of 3D models into a file that is being written: into its lists, and its binary
    part.
    """

    def __init__(
        self,
        scene: Scene,
        lists: Mapping[str, list[Document]],
        binary: bytearray,
        contents: Mapping[str, bytes],
    ) -> None:
        self.scene, self.lists, self.binary = scene, lists, binary
        self.used: set[str] = set()
        self.required: set[str] = set()
        self.variants = [each.name for each in scene.variants]
        self._files = {digest: opened(content) for digest, content in contents.items()}
        self._begins: dict[str, Mapping[str, int]] = {}
        self._meshes: dict[Any, int] = {}

    def meshes(self, part: Part) -> int:
        """Return where the meshes of a model begin, dressed as the part is; equal ones are taken
        once.
        """
        dress = dress_of(self.scene, part)
        if dress not in self._meshes:
            self._meshes[dress] = self._dressed(part)
        return self._meshes[dress]

    def nodes(self, part: Part, first: int) -> tuple[list[Document], list[int]]:
        """Return the nodes of a model, the first of which will be the one at `first`, and those of
        them that its scene begins with.
        """
        file = self._file(part)
        begin = {"nodes": first, "meshes": self.meshes(part)}
        nodes: list[Document] = _stripped(entries(file.document, "nodes"))
        for node in nodes:
            node.pop("camera", None)
        for holder, key, kind in references({"nodes": nodes}):
            holder[key] += begin[kind]
        return nodes, [first + each for each in roots(file.document)]

    def _file(self, part: Part) -> GlbFile:
        assert isinstance(part.solid, Imported)
        return self._files[part.solid.digest]

    def _dressed(self, part: Part) -> int:
        """Take the meshes of a model, and return the place of the first."""
        file, begins = self._file(part), self._begin(part)
        names = variant_names(file)
        for name in names:
            if name not in self.variants:
                self.variants.append(name)
        places = {name: self.variants.index(name) for name in names}
        meshes: list[Document] = _stripped(entries(file.document, "meshes"))
        for holder, key, kind in references({"meshes": meshes}):
            # Variants are counted anew where the primitive is dressed.
            holder[key] += begins.get(kind, 0)
        dress = Dress(self.scene, part, names, places, 0)
        wardrobe = Wardrobe(self.lists["materials"])
        first = len(self.lists["meshes"])
        for mesh in meshes:
            for primitive in mesh["primitives"]:
                dress.put_on(primitive, wardrobe)
        self.lists["meshes"] += meshes
        return first

    def _begin(self, part: Part) -> Mapping[str, int]:
        """Take what a file has once, and return where it begins in each list."""
        assert isinstance(part.solid, Imported)
        digest, file = part.solid.digest, self._file(part)
        if digest in self._begins:
            return self._begins[digest]
        self.binary += bytes(-len(self.binary) % 4)
        begin = len(self.binary)
        self.binary += file.binary
        begins = {kind: len(self.lists[kind]) for kind in _ONCE}
        taken = {kind: _stripped(entries(file.document, kind)) for kind in _ONCE}
        for holder, key, kind in references(taken):
            if kind in begins:
                holder[key] += begins[kind]
        for view in taken["bufferViews"]:
            view["byteOffset"] = view.get("byteOffset", 0) + begin
        for kind in _ONCE:
            self.lists[kind] += taken[kind]
        for name in ("extensionsUsed", "extensionsRequired"):
            told = KEPT.intersection(file.document.get(name, [])) - {VARIANTS}
            (self.used if name == "extensionsUsed" else self.required).update(told)
        self._begins[digest] = begins
        return begins


def _stripped(told: Sequence[Document]) -> list[Any]:
    """Return a copy without extensions that nothing here knows the meaning of."""
    return [_known(each) for each in told]


def _known(told: Any) -> Any:
    if isinstance(told, list):
        return [_known(each) for each in told]
    if not isinstance(told, dict):
        return told
    found = {key: _known(each) for key, each in told.items() if key not in ("extensions", "extras")}
    if "extras" in told:
        found["extras"] = told["extras"]
    known = {key: _known(each) for key, each in told.get("extensions", {}).items() if key in KEPT}
    return {**found, "extensions": known} if known else found
