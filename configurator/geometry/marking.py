"""A scene as who models it looks at it: each shape can be told from the others, and one is marked."""

from dataclasses import replace

from configurator.geometry.scene import PLAIN_COLOUR, Look, Part, Scene, SceneMaterial

MARK = Look("#e8751a", 0.6, 0.0)


def told_apart(scene: Scene, marked: str = "") -> Scene:
    """Return `scene` with a material for each shape, called after it, which looks as before; that
    of the shape `marked` has a colour that stands out, and what stands before it is left out.

    So a file of it has meshes of one shape each, and a viewer changes the look of one alone. 3D
    models keep the materials of their files, and are never marked.
    """
    begins = [part.corner[1] for part in scene.parts if part.shape == marked]
    if begins:
        seen = [p for p in scene.parts if p.shape == marked or p.upper[1] > min(begins)]
        scene = replace(scene, parts=tuple(seen))
    looks = {each.key: each for each in scene.materials}
    materials: dict[str, SceneMaterial] = {}
    for part in scene.parts:
        if part.worn is not None:
            # No shape is called so, since no key has a stroke.
            materials |= {
                f"{part.shape}/{key}": replace(looks[key], key=f"{part.shape}/{key}")
                for key in part.worn.slots.values()
            }
            continue
        own = looks.get(part.material or "")
        look = own.look if own is not None else Look(PLAIN_COLOUR, 0.7, 0.0)
        density = own.density if own is not None else None
        materials.setdefault(
            part.shape,
            SceneMaterial(
                part.shape, part.label, MARK if part.shape == marked else look, density, None
            ),
        )
    parts = tuple(_apart(part) for part in scene.parts)
    return replace(scene, parts=parts, materials=tuple(materials.values()), variants=())


def _apart(part: Part) -> Part:
    if part.worn is None:
        return replace(part, material=part.shape)
    slots = {name: f"{part.shape}/{key}" for name, key in part.worn.slots.items()}
    return replace(part, worn=replace(part.worn, slots=slots))
