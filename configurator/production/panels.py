"""The panels of a scene: the boxes that a workshop cuts from boards, each distinct one once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from catalog.kinds.register import kind_of
from catalog.product_model import Choice, Edge, ProductModel, Text
from configurator.geometry.cuts import Cut
from configurator.geometry.scene import Scene

PLACES = 4
"""Lengths that are equal to so many decimals of a millimetre are made alike."""


@dataclass(frozen=True, slots=True)
class BoardMaterial:
    """What a panel is cut from: the chosen value of the option that its material looks as.

    `key` is that of the material, `value` the chosen value, "" where there is no choice.
    """

    key: str
    value: str
    label: Text
    sku: str

    @property
    def keys(self) -> tuple[str, ...]:
        """What a workshop may call it by, the most exact first."""
        return tuple(each for each in (self.sku, self.value, self.key) if each)


@dataclass(frozen=True, slots=True)
class Panel:
    """Boards that are made alike: `names` are the parts of the scene, for one piece of the product.

    `lengths` are the finished length, width and thickness. Of a panel with grain it runs along its
    `length` or its `width`. `count` is how many there are in all pieces.
    """

    id: str
    label: Text
    names: tuple[str, ...]
    count: int
    lengths: tuple[float, float, float]
    material: BoardMaterial | None
    edges: tuple[Edge, ...] = ()
    grain: str | None = None
    sku: str = ""
    cuts: tuple[Cut, ...] = ()


def board_materials(
    scene: Scene, model: ProductModel, values: Mapping[str, Choice]
) -> dict[str, BoardMaterial]:
    """Return what each material of `scene` is with these values, by its key."""
    found = {}
    for material in scene.materials:
        option = model.option_by_key.get(material.finish or "")
        choice = None if option is None else values.get(option.key)
        if option is None or choice is None:
            found[material.key] = BoardMaterial(material.key, "", material.label, "")
        elif kind_of(option).is_listed and not kind_of(option).is_several:
            value = option.value_by_key[str(choice)]
            found[material.key] = BoardMaterial(material.key, value.key, value.label, value.sku)
        else:
            told = Text(kind_of(option).told(option, choice, None))
            found[material.key] = BoardMaterial(material.key, "", told, "")
    return found


def panels(
    scene: Scene, materials: Mapping[str, BoardMaterial], quantity: int = 1
) -> tuple[Panel, ...]:
    """Return the panels of `quantity` pieces, in the order of the scene.

    Boards are one panel where all that is made of them is equal: size, material, grain, edges, cuts
    and part number. Their ids are P01, P02 and so on.
    """
    alike: dict[tuple[object, ...], list[str]] = {}
    first: dict[tuple[object, ...], Panel] = {}
    for part in scene.parts:
        if part.solid.form != "box":
            continue
        panel = Panel(
            id="",
            label=part.label,
            names=(),
            count=0,
            lengths=_rounded(part.lengths),
            material=materials.get(part.material or ""),
            edges=tuple(sorted(part.edges)),
            grain=part.grain,
            sku=part.sku,
            cuts=part.operations,
        )
        known = (
            panel.lengths,
            panel.material,
            panel.edges,
            panel.grain,
            panel.sku,
            tuple(sorted(_made(cut) for cut in panel.cuts)),
            panel.label,
        )
        first.setdefault(known, panel)
        alike.setdefault(known, []).append(part.name)
    digits = max(2, len(str(len(alike))))
    return tuple(
        replace(
            first[known], id=f"P{place:0{digits}}", names=tuple(names), count=len(names) * quantity
        )
        for place, (known, names) in enumerate(alike.items(), 1)
    )


def _made(cut: Cut) -> tuple[object, ...]:
    """Return what a machine does for a cut, in numbers that can be put in order."""
    lengths = (cut.x, cut.y, cut.diameter, cut.length, cut.width, cut.depth, cut.px, cut.py)
    told = tuple(-1.0 if each is None else round(each, PLACES) + 0.0 for each in lengths)
    return cut.kind, cut.face, *told, cut.nx, cut.ny, cut.sku


def _rounded(lengths: tuple[float, float, float]) -> tuple[float, float, float]:
    length, width, thickness = (round(each, PLACES) for each in lengths)
    return length, width, thickness
