"""Scenes of evaluations and of stored configurations, and the models that are made of them; both
are remembered.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Literal

from catalog.errors import NotFound
from catalog.memory import MEGABYTE, Remembered, size_of
from catalog.product_model import Choice, ProductModel
from catalog.shape_expressions import has_shapes
from configurator.choices import kept_choices
from configurator.evaluation.evaluation import Evaluation
from configurator.geometry.compiling import CompiledShapes, compile_shapes
from configurator.geometry.driving import Driving, driving
from configurator.geometry.glb import fingerprint, glb
from configurator.geometry.production import production
from configurator.geometry.scene import Scene, resolve
from configurator.models import Configuration
from configurator.stored import model_of

type Detail = Literal["view", "production"]

SHAPES_BYTES = 4 * MEGABYTE
MODEL_BYTES = 7 * MEGABYTE
DRIVING_BYTES = MEGABYTE

_shapes: Remembered[str, CompiledShapes] = Remembered(
    SHAPES_BYTES, lambda _, shapes: size_of(shapes)
)
_driving: Remembered[str, Driving] = Remembered(DRIVING_BYTES, lambda _, known: size_of(known))
_models: Remembered[str, bytes] = Remembered(MODEL_BYTES, lambda _, content: len(content))


def scene_of(
    evaluation: Evaluation, locale: str | None = None, hidden: Collection[str] = ()
) -> Scene:
    """Return the scene of the values of `evaluation`, chosen or not; refuses as `scene_with` does."""
    return scene_with(evaluation.model, evaluation.values, locale, hidden)


def scene_of_configuration(configuration: Configuration, hidden: Collection[str] = ()) -> Scene:
    """Return the scene of a stored configuration under its own version; refuses as `scene_with`
    does.
    """
    model = model_of(configuration)
    values = kept_choices(model, configuration.stored["values"])
    return scene_with(model, values, configuration.locale or None, hidden)


def scene_with(
    model: ProductModel,
    values: Mapping[str, Choice],
    locale: str | None = None,
    hidden: Collection[str] = (),
) -> Scene:
    """Return the scene of `values`, without the names of options that are `hidden`.

    `locale` is that of messages. Refuses with NotFound a product without shapes, with SceneRefused
    what nobody can build.
    """
    if not has_shapes(model):
        raise NotFound("This product has no shapes, so there is no scene of it.")
    scene = resolve(_compiled(model), values, locale)
    if not hidden:
        return scene
    return replace(
        scene,
        materials=tuple(
            replace(each, finish=None) if each.finish in hidden else each
            for each in scene.materials
        ),
        variants=tuple(each for each in scene.variants if each.option not in hidden),
    )


def in_detail(scene: Scene, detail: Detail) -> Scene:
    """Return `scene` as it is looked at, or as it leaves the workshop; refuses as `production`
    does.
    """
    return production(scene) if detail == "production" else scene


def model_file(scene: Scene) -> bytes:
    """Return the GLB of `scene`."""
    return _models.get_or_make(fingerprint(scene), lambda: glb(scene))


def driving_of(model: ProductModel) -> Driving:
    """Return which options the scenes of `model` depend on, and which drive its shapes; refuses with
    SceneRefused more shapes than there may be.
    """
    return _driving.get_or_make(model.digest, lambda: driving(model, _compiled(model)))


def _compiled(model: ProductModel) -> CompiledShapes:
    return _shapes.get_or_make(model.digest, lambda: compile_shapes(model))
