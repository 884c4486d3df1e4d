"""What a viewer has to know beside the file of a scene: which variants show it, which other files
they would lead to, what its meshes are of.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from catalog.product_model import Choice
from configurator.geometry.dressing import dress_of
from configurator.geometry.glb import WRITER, fingerprint
from configurator.geometry.scene import Look, Part, Scene
from configurator.geometry.solids import Imported


@dataclass(frozen=True, slots=True)
class Viewing:
    """How a viewer shows a scene.

    In every file of one `form` the variants `looks` lead to what the scene looks as, so that a
    viewer which has one of them needs no other. `meshes` are the shapes of the file's meshes; one
    that several shapes share is of the first of them.
    """

    form: str
    looks: tuple[str, ...]
    meshes: tuple[str, ...]


def viewing(scene: Scene, values: Mapping[str, Choice]) -> Viewing:
    """Return how a viewer shows `scene`, which is that of `values`.

    Where variants would not lead to its looks, such as below a colour of one's own, the file has a
    form of its own and no `looks`.
    """
    meshes = tuple(_meshes(scene))
    shown = [each for each in scene.variants if values.get(each.option) == each.value]
    led = {key: look for variant in shown for key, look in variant.looks.items()}
    worn = {name: each for variant in shown for name, each in variant.worn.items()}
    varied = {key for variant in scene.variants for key in variant.looks}
    true = {each.key: each.look for each in scene.materials}
    is_clear = sum(len(each.looks) + len(each.worn) for each in shown) == len(led) + len(worn)
    is_true = all(led.get(key) == true[key] for key in varied) and all(
        part.worn is None or worn.get(part.name, part.worn.variant) == part.worn.variant
        for part in scene.parts
    )
    if not is_clear or not is_true or _is_tangled(scene):
        return Viewing(fingerprint(scene), (), meshes)
    lasting = {key: look for key, look in true.items() if key not in varied}
    return Viewing(_form(scene, lasting), tuple(each.name for each in shown), meshes)


def _meshes(scene: Scene) -> Iterator[str]:
    """Return the shape of each mesh of the file, in its order."""
    seen: set[Any] = set()
    for part in scene.parts:
        key = dress_of(scene, part) or (part.solid, part.material)
        if key not in seen:
            seen.add(key)
            count = part.solid.meshes if isinstance(part.solid, Imported) else 1
            yield from (part.shape for _ in range(count))


def _is_led(scene: Scene, part: Part) -> bool:
    """Tell whether variants of the scene change the look of a model."""
    return any(part.name in variant.worn for variant in scene.variants)


def _is_tangled(scene: Scene) -> bool:
    """Tell whether something in a 3D model follows two options: then no variant of a file leads to
    both.
    """
    for part in scene.parts:
        if part.worn is None:
            continue
        leading = {each.option for each in scene.variants if part.name in each.worn}
        slots = set(part.worn.slots.values()) if part.worn.is_mixed else set()
        colouring = {each.option for each in scene.variants if slots & each.looks.keys()}
        if leading and len(leading | colouring) > 1:
            return True
    return False


def _form(scene: Scene, lasting: Mapping[str, Look]) -> str:
    """Return a digest of all that is in the file of `scene` but the looks that variants change."""
    parts = [
        (
            part.name,
            part.shape,
            part.label.default,
            part.solid,
            part.corner,
            part.material,
            part.sku,
            part.worn and (None if _is_led(scene, part) else part.worn.variant),
            part.worn and part.worn.slots,
        )
        for part in scene.parts
    ]
    content = orjson.dumps([WRITER, scene.product, parts, lasting, scene.variants])
    return hashlib.sha256(content).hexdigest()
