"""What 3D models look as in a scene: the variant of their file that is worn, and materials of their
file that look as materials of the product.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from catalog.glb_files import VARIANTS, Document, mappings_of
from configurator.geometry.colours import linear
from configurator.geometry.imported import Worn
from configurator.geometry.scene import Look, Part, Scene
from configurator.geometry.solids import Imported

type Colours = Mapping[str, Look]


def worn_looks(worn: Worn, looks: Colours) -> dict[str, Look]:
    """Return which materials of a file, by their names, look as what, `looks` being those of the
    product's materials.
    """
    return {name: looks[key] for name, key in worn.slots.items() if key in looks}


def dress_of(scene: Scene, part: Part) -> Any:
    """Return what tells the meshes of a model in `scene` from those of another: equal ones are one
    in its file. None for any other part.
    """
    if part.worn is None or not isinstance(part.solid, Imported):
        return None
    led = tuple(
        (variant.name, variant.worn[part.name])
        for variant in scene.variants
        if part.name in variant.worn
    )
    return part.solid.digest, part.worn.key, led


@dataclass(slots=True)
class Wardrobe:
    """The materials of a file, to which coloured ones are added where a part looks otherwise."""

    materials: list[Document]
    _coloured: dict[tuple[int, Look], int] = field(default_factory=dict)

    def coloured(self, material: int | None, looks: Colours) -> int | None:
        """Return the place of a material that looks as `looks` says of its name; itself where they
        say nothing of it.
        """
        look = None if material is None else looks.get(self.materials[material].get("name", ""))
        if material is None or look is None:
            return material
        known = material, look
        if known not in self._coloured:
            self._coloured[known] = len(self.materials)
            self.materials.append(coloured(self.materials[material], look))
        return self._coloured[known]


def coloured(material: Document, look: Look) -> Document:
    """Return a material in another colour: its pictures stay, and are seen through it, and where
    one tells how rough and metallic it is, that stays too.
    """
    found = deepcopy(material)
    surface = found.setdefault("pbrMetallicRoughness", {})
    see_through = surface.get("baseColorFactor", [1, 1, 1, 1])[3]
    surface["baseColorFactor"] = [*linear(look.colour), see_through]
    if "metallicRoughnessTexture" not in surface:
        surface["metallicFactor"], surface["roughnessFactor"] = look.metallic, look.roughness
    return found


def material_of(primitive: Document, variants: Sequence[str], worn: str | None) -> int | None:
    """Return the material of a primitive in one of the `variants` of its file; its own where the
    variant does not change it.
    """
    for mapping in mappings_of(primitive):
        if worn in (variants[place] for place in mapping["variants"]):
            found: int = mapping["material"]
            return found
    own: int | None = primitive.get("material")
    return own


@dataclass(frozen=True, slots=True)
class Dress:
    """How the primitives of one model are dressed.

    `variants` are those of its file, `places` where they stand in the file that is written. `scene`
    has variants of its own, written first of all or behind those of the file, from `first` on.
    """

    scene: Scene
    part: Part
    variants: Sequence[str]
    places: Mapping[str, int]
    first: int

    def put_on(self, primitive: Document, wardrobe: Wardrobe) -> None:
        """Give a primitive its material, and its materials in all variants.

        Its own mappings still count the variants of its file. What would be as it was is not
        touched.
        """
        assert self.part.worn is not None
        looks = {each.key: each.look for each in self.scene.materials}
        own = worn_looks(self.part.worn, looks)
        found: dict[int, list[int]] = {}
        for mapping in mappings_of(primitive):
            material = wardrobe.coloured(mapping["material"], own)
            if material is not None:
                told = (self.places[self.variants[place]] for place in mapping["variants"])
                found.setdefault(material, []).extend(told)
        shown = wardrobe.coloured(
            material_of(primitive, self.variants, self.part.worn.variant), own
        )
        for place, variant in enumerate(self.scene.variants, self.first):
            worn = variant.worn.get(self.part.name, self.part.worn.variant)
            other = wardrobe.coloured(
                material_of(primitive, self.variants, worn),
                worn_looks(self.part.worn, {**looks, **variant.looks}),
            )
            is_about = self.part.name in variant.worn or any(
                key in variant.looks for key in self.part.worn.slots.values()
            )
            if (
                other is not None
                and is_about
                and self._is_varied(primitive, variant.worn, wardrobe)
            ):
                found.setdefault(other, []).append(place)
        if shown is not None and shown != primitive.get("material"):
            primitive["material"] = shown
        mappings = [{"material": each, "variants": places} for each, places in found.items()]
        if mappings and mappings != mappings_of(primitive):
            primitive.setdefault("extensions", {})[VARIANTS] = {"mappings": mappings}

    def _is_varied(self, primitive: Document, worn: Mapping[str, str], wardrobe: Wardrobe) -> bool:
        """Tell whether variants of the scene change a primitive: it has looks of its own to be led
        to, or a material that is coloured.
        """
        assert self.part.worn is not None
        if self.part.name in worn and mappings_of(primitive):
            return True
        materials = [primitive.get("material"), *(m["material"] for m in mappings_of(primitive))]
        return any(
            wardrobe.materials[each].get("name", "") in self.part.worn.slots
            for each in materials
            if each is not None
        )
