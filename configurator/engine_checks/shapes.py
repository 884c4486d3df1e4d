"""Whether the shapes of a product can be built: from what shoppers start with, from presets, from
some configurations.

What is built is written as a file and read by another reader, so that a solid with a gap is found
before it is sold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from catalog.findings import Finding
from catalog.product_model import Choice, ProductModel
from catalog.shape_expressions import has_shapes
from configurator.engine.face.choices import ChoiceUnknown, default_completion
from configurator.engine_checks.examined import Examined
from configurator.engine_checks.words import example_of
from configurator.geometry.compiling import CompiledShapes
from configurator.geometry.glb import glb
from configurator.geometry.inspection import inspection
from configurator.geometry.production import production
from configurator.geometry.scene import Scene, SceneRefused, compile_shapes, resolve, unworn
from configurator.production.bom import BomRefused, bom, compile_bom

# Ten times finer than what a file in metres keeps of a length.
CLOSE = 0.1


def shapes(product: Examined) -> Iterator[Finding]:
    """Return a warning for each shape that cannot be built, and an error for a solid that is not
    closed.
    """
    model = product.model
    if not has_shapes(model):
        return
    try:
        compiled = compile_shapes(model)
    except SceneRefused as refused:
        # Such as a 3D model whose file is not here.
        path = f"shapes/{refused.data['shape']}" if "shape" in refused.data else "shapes"
        yield Finding("warning", refused.slug, path, refused.sentence)
        return
    told: set[str] = set()
    for start in _starts(product):
        try:
            # With all that is taken out of its parts, which has to leave closed solids too.
            scene = production(resolve(compiled, start))
        except SceneRefused as refused:
            path = f"shapes/{refused.data['shape']}" if "shape" in refused.data else "shapes"
            path = f"shape_checks/{refused.data['check']}" if "check" in refused.data else path
            path = f"fittings/{refused.data['fitting']}" if "fitting" in refused.data else path
            if path not in told:
                told.add(path)
                yield Finding("warning", refused.slug, path, refused.sentence, example_of(start))
            continue
        yield from (each for each in unsound(scene) if each.path not in told)
        for finding in _unworn(compiled, start):
            if finding.sentence not in told:
                told.add(finding.sentence)
                yield finding
        for finding in miscounted(product.model, scene, start):
            if finding.path not in told:
                told.add(finding.path)
                yield finding
        told |= {f"shapes/{part.shape}" for part in scene.parts}


def _starts(product: Examined) -> Iterator[Mapping[str, Choice]]:
    """Return the values that shoppers start with, those of each preset, and those of some whole
    configuration.

    What still waits for an answer is left out, as are presets that clash.
    """
    for choices in ({}, *(preset.choices for preset in product.model.presets)):
        try:
            if choices and product.clash(choices) is not None:
                continue
        except ChoiceUnknown:
            continue
        settled = default_completion(product.compiled, choices)
        if not settled.unfinished:
            yield settled.values
    if (some := product.configuration([])) is not None:
        yield some


def unsound(scene: Scene) -> Iterator[Finding]:
    """Return an error for each shape that is not closed as another reader sees it, and for bounds
    that differ. 3D models need not be closed, and were measured where they were uploaded.
    """
    scene = replace(scene, parts=tuple(part for part in scene.parts if part.worn is None))
    if not scene.parts:
        return
    seen = inspection(glb(scene), "glb")
    shape_of = {part.name: part.shape for part in scene.parts}
    for key in dict.fromkeys(
        shape_of[name] for name, solid in seen.solids.items() if not solid.sound
    ):
        sentence = f"Shape '{key}' has a surface that is not closed; look at its outline."
        yield Finding("error", "shape-open", f"shapes/{key}", sentence)
    both = zip((*scene.bounds[0], *scene.bounds[1]), (*seen.lower, *seen.upper), strict=True)
    if any(abs(own - other) > CLOSE for own, other in both):
        yield Finding(
            "error",
            "shape-bounds",
            "shapes",
            "The shapes are so far away that their sizes get lost.",
        )


def _unworn(compiled: CompiledShapes, values: Mapping[str, Choice]) -> Iterator[Finding]:
    """Return a warning for each value of a choice that a 3D model has no look for."""
    for shape, option, value, told in unworn(compiled, values):
        sentence = f"Shape '{shape}', variant: with '{value}' of '{option}' {told}"
        yield Finding("warning", "variant-unknown", f"shapes/{shape}/variant", sentence)


def miscounted(
    model: ProductModel, scene: Scene, values: Mapping[str, Choice]
) -> Iterator[Finding]:
    """Return a warning for each part number of which operations take another number than the parts
    list tells.
    """
    if not scene.hardware:
        return
    try:
        items = bom(compile_bom(model), values)
    except BomRefused:
        return  # told where parts are examined
    for sku, count in scene.hardware.items():
        own = [item for item in items if item.part == sku]
        listed = sum(item.quantity for item in own)
        taking = next(part for part in scene.parts for cut in part.operations if cut.sku == sku)
        path = f"bom_lines/{own[0].key}" if own else f"shapes/{taking.shape}"
        if listed != count:
            sentence = (
                f"The operations of the shapes take {count} of '{sku}', and the parts list tells "
                f"{listed:f}; let the quantity of the part follow the operations."
            )
            yield Finding("warning", "hardware-count", path, sentence, example_of(values))
