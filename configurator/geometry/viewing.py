"""What a viewer has to know beside the file of a scene: which variants show it, which other files
they would lead to, what its meshes are of.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from catalog.product_model import Choice
from configurator.geometry.glb import WRITER, fingerprint
from configurator.geometry.scene import Look, Scene
from configurator.geometry.solids import Solid


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
    shapes: dict[tuple[Solid, str | None], str] = {}
    for part in scene.parts:
        shapes.setdefault((part.solid, part.material), part.shape)
    meshes = tuple(shapes.values())
    shown = [each for each in scene.variants if values.get(each.option) == each.value]
    led = {key: look for variant in shown for key, look in variant.looks.items()}
    varied = {key for variant in scene.variants for key in variant.looks}
    true = {each.key: each.look for each in scene.materials}
    is_clear = sum(len(variant.looks) for variant in shown) == len(led)
    if not is_clear or any(led.get(key) != true[key] for key in varied):
        return Viewing(fingerprint(scene), (), meshes)
    lasting = {key: look for key, look in true.items() if key not in varied}
    return Viewing(_form(scene, lasting), tuple(each.name for each in shown), meshes)


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
        )
        for part in scene.parts
    ]
    content = orjson.dumps([WRITER, scene.product, parts, lasting, scene.variants])
    return hashlib.sha256(content).hexdigest()
